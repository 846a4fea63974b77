#!/bin/sh
# Make a bare Debian tree, to build in, or to see what a package does on a machine that has nothing yet.
#
#   packaging/linux/tree.sh bullseye build/trees/bullseye [PACKAGE…]
#
# A tree that stands there with the same packages is kept. Needs root and mmdebstrap. mirror.sh says where the
# packages come from.
set -eu

suite=${1:?which suite}
tree=${2:?where}
shift 2
packages=$(printf '%s ' "$@")

say() { printf '%s\n' "tree: $*" >&2; }

stamp=$tree.made
[ -d "$tree" ] && [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$suite $packages" ] && exit 0

[ "$(id -u)" -eq 0 ] || { say "a tree can only be made as root"; exit 1; }
command -v mmdebstrap >/dev/null || { say "mmdebstrap is missing: apt-get install mmdebstrap"; exit 1; }
. "$(dirname -- "$0")/mirror.sh"

rm -rf "$tree" "$stamp"
mkdir -p "$(dirname -- "$tree")"
say "making $tree ($suite)"
# The oldest suites' lists are not signed anew any more, and a kept tree's lists grow old.
mmdebstrap --quiet --mode=root --variant=apt --include="$(printf '%s' "$packages" | tr -s ' ' ',')" \
    --aptopt='Acquire::Check-Valid-Until "false"' --aptopt='APT::Install-Recommends "false"' \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
    "$suite" "$tree" \
    "deb $mirror $suite main" "deb $mirror $suite-updates main" "deb $security $suite-security main" >&2
printf '%s\n' "$suite $packages" >"$stamp"
