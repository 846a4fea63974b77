#!/bin/sh
# Make a minimal Debian tree, for builds and for tests of packages on a system without other software.
#
#   packaging/linux/tree.sh bullseye build/trees/bullseye [PACKAGE…]
#
# An existing tree with the same packages is kept. Requires root and mmdebstrap. mirror.sh determines the mirrors.
set -eu

suite=${1:?name of the suite}
tree=${2:?folder of the tree}
shift 2
packages=$(printf '%s ' "$@")

say() { printf '%s\n' "tree: $*" >&2; }

stamp=$tree.made
[ -d "$tree" ] && [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$suite $packages" ] && exit 0

[ "$(id -u)" -eq 0 ] || { say "this script must be run as root"; exit 1; }
command -v mmdebstrap >/dev/null || { say "mmdebstrap is missing: apt-get install mmdebstrap"; exit 1; }
. "$(dirname -- "$0")/mirror.sh"

rm -rf "$tree" "$stamp"
mkdir -p "$(dirname -- "$tree")"
say "making $tree ($suite)"
# Old suites' package lists are no longer renewed, and those of a kept tree expire.
mmdebstrap --quiet --mode=root --variant=apt --include="$(printf '%s' "$packages" | tr -s ' ' ',')" \
    --aptopt='Acquire::Check-Valid-Until "false"' --aptopt='APT::Install-Recommends "false"' \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
    "$suite" "$tree" \
    "deb $mirror $suite main" "deb $mirror $suite-updates main" "deb $security $suite-security main" >&2
printf '%s\n' "$suite $packages" >"$stamp"
