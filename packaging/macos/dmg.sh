#!/bin/sh
# Make a disk image of the application made by PyInstaller (packaging/pyinstaller.spec), on a Mac:
#
#   packaging/macos/dmg.sh build/frozen/esign-desktop.app 1.2.3
#
# Without further settings the signature is ad hoc: Macs refuse a downloaded image until the user allows it in the system
# settings. CODESIGN_IDENTITY="Developer ID Application: …" signs it with a certificate. NOTARY_PROFILE=… (from `xcrun
# notarytool store-credentials`) also has Apple notarise it. Both require membership of Apple's developer programme.
set -eu
app=${1:?path of the application} version=${2:?version}
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
identity=${CODESIGN_IDENTITY:--}
image=$here/../../build/packages/esign-desktop-$version-macos-$(uname -m).dmg
mkdir -p "$(dirname -- "$image")"

# Add the Chinese name before signing, because the signature covers it.
cp -R "$here/zh-Hans.lproj" "$app/Contents/Resources/"
mkdir -p "$app/Contents/Resources/en.lproj"

if [ "$identity" = - ]; then
    codesign --force --deep --sign - "$app"
else
    codesign --force --deep --timestamp --options runtime --entitlements "$here/entitlements.plist" \
        --sign "$identity" "$app"
fi
codesign --verify --deep --strict "$app"

staging=$(mktemp -d)
trap 'rm -rf "$staging"' EXIT
cp -R "$app" "$staging/"
ln -s /Applications "$staging/Applications"
hdiutil create -quiet -ov -format UDZO -fs HFS+ -volname esign-desktop -srcfolder "$staging" "$image"

if [ -n "${NOTARY_PROFILE-}" ]; then
    codesign --timestamp --sign "$identity" "$image"
    xcrun notarytool submit "$image" --keychain-profile "$NOTARY_PROFILE" --wait
    xcrun stapler staple "$image"
fi
printf '%s\n' "$image"
