#!/bin/sh
# Freeze the application with its Python into build/frozen/esign-desktop, for Linux on x86_64 with glibc 2.28 or newer.
#
#   packaging/linux/frozen.sh
#
# The tree with Python and packages (build/tree) is kept for later runs. Requires root.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
cd "$here/../.."
tree=build/tree
packages=$tree/opt/packages
python=.venv/bin/python

say() { printf '%s\n' "frozen: $*" >&2; }

[ "$(uname -sm)" = "Linux x86_64" ] || { say "this script requires Linux on x86_64"; exit 1; }
[ "$(id -u)" -eq 0 ] || { say "this script must be run as root"; exit 1; }
"$here/python.sh" "$tree"

# Keeps the differences between two builds of one commit small.
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct 2>/dev/null || date +%s)
export SOURCE_DATE_EPOCH

pip="$python -m pip --disable-pip-version-check --no-input --quiet install --no-compile"
wanted=$(cksum <requirements/frozen.txt)
if [ ! -f "$packages/made" ] || [ "$(cat "$packages/made")" != "$wanted" ]; then
    say "downloading the packages"
    rm -rf "$packages"
    platforms=$(seq -f '--platform=manylinux_2_%g_x86_64' 28 -1 5)
    # Downloaded and unpacked outside the tree, which needs neither pip nor a network.
    # shellcheck disable=SC2086
    $pip --require-hashes --requirement requirements/frozen.txt --target "$packages" --only-binary=:all: \
        --python-version 3.11 --implementation cp --abi cp311 --abi abi3 --abi none \
        $platforms --platform=manylinux2014_x86_64 --platform=manylinux1_x86_64
    printf '%s\n' "$wanted" >"$packages/made"
fi

say "building the wheel of $(git log -1 --format=%h 2>/dev/null || echo 'this folder')"
rm -rf build/frozen "$tree/freeze"
mkdir -p build/frozen "$tree/freeze/own"
$python -m pip --quiet wheel --no-deps --no-build-isolation --wheel-dir build/frozen .
$pip --no-deps --target "$tree/freeze/own" build/frozen/*.whl
rm build/frozen/*.whl
cp -r packaging "$tree/freeze/"

say "freezing"
# The mounts belong to this shell's namespace and end with it.
unshare --mount sh -eu -c '
    mount -t proc proc "$1/proc"
    mount -t tmpfs tmpfs "$1/dev/shm"
    cd "$1/freeze"
    exec chroot "$1" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/freeze LANG=C.UTF-8 QT_QPA_PLATFORM=offscreen \
        PYTHONPATH=/freeze/own:/opt/packages PYTHONHASHSEED=1 SOURCE_DATE_EPOCH="$SOURCE_DATE_EPOCH" \
        /opt/python/bin/python3.11 -m PyInstaller --noconfirm --clean --log-level WARN \
        --distpath /freeze/dist --workpath /freeze/work /freeze/packaging/pyinstaller.spec
' sh "$(CDPATH='' cd -- "$tree" && pwd)" >build/frozen/pyinstaller.log 2>&1 || {
    tail -n 30 build/frozen/pyinstaller.log >&2
    say "see build/frozen/pyinstaller.log"
    exit 1
}
mv "$tree/freeze/dist/esign-desktop" build/frozen/
chmod -R u=rwX,go=rX build/frozen/esign-desktop
find build/frozen/esign-desktop -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
say "build/frozen/esign-desktop: $(du -sm --apparent-size build/frozen/esign-desktop | cut -f1) MB"
