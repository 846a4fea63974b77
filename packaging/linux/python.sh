#!/bin/sh
# Make the tree in which the application is frozen: Debian 11, the oldest available, with a newer Python, OpenSSL and
# SQLite. They are built from Debian 12's sources, which include its security patches.
#
#   packaging/linux/python.sh build/tree
#
# An existing tree is kept. Requires root and mmdebstrap; takes some minutes on two processors.
set -eu

tree=${1:?folder of the tree}
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
sources=bookworm

say() { printf '%s\n' "python: $*" >&2; }

# Build tools for Python, OpenSSL and SQLite, the tool that reads libraries for PyInstaller, and Qt's dependencies.
"$here/tree.sh" bullseye "$tree" \
    build-essential pkg-config tcl file libbz2-dev libexpat1-dev libffi-dev liblzma-dev zlib1g-dev \
    libdbus-1-3 libegl1 libfontconfig1 libgl1 libglib2.0-0 libgssapi-krb5-2 libwayland-cursor0 libwayland-egl1 \
    libx11-xcb1 libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 \
    libxcb-shape0 libxcb-sync1 libxcb-xfixes0 libxcb-xkb1 libxkbcommon-x11-0

wanted=$(cat "$here/python.sh" "$here/python-build.sh" | cksum)
stamp=$tree/opt/python/made
[ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] && exit 0

. "$here/mirror.sh"
build=$tree/build
rm -rf "$build" "$tree/opt/python"
mkdir -p "$build/lists" "$build/cache"
printf 'deb-src %s main\n' "$mirror $sources" "$security $sources-security" >"$build/sources.list"

sourcing_apt() {
    # With separate package lists, and this machine's keys: apt rejects anything not signed by Debian.
    apt-get -qq -o Dir::Etc::SourceList="$build/sources.list" -o Dir::Etc::SourceParts=/dev/null -o Dir::Etc::Preferences=/dev/null \
        -o Dir::Etc::PreferencesParts=/dev/null -o Dir::State::Lists="$build/lists" -o Dir::Cache="$build/cache" \
        -o APT::Sandbox::User=root "$@"
}

say "downloading the sources of Python, OpenSSL and SQLite"
build=$(CDPATH='' cd -- "$build" && pwd)
sourcing_apt update
cd "$build"
for name in openssl sqlite3 python3.11; do
    sourcing_apt source --download-only "$name" && continue
    # Mirrors occasionally list a security update before they have it.
    say "the newest $name is not available; using the version of the last point release"
    sourcing_apt source --download-only "$name/$sources"
done
rm -rf lists cache
say "building $(basename -a ./*.dsc | tr '\n' ' ')"
cp "$here/python-build.sh" .
chroot .. sh /build/python-build.sh >build.log 2>&1 || { tail -n 30 build.log >&2; say "see $build/build.log"; exit 1; }
cd ..
rm -rf build
printf '%s\n' "$wanted" >opt/python/made
say "$(chroot . /opt/python/bin/python3.11 -c 'import sqlite3, ssl, sys
print("Python", sys.version.split()[0], "SQLite", sqlite3.sqlite_version, ssl.OPENSSL_VERSION)')"
