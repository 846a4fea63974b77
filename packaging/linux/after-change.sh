#!/bin/sh
# After installing, upgrading and removing, of the .deb and the .rpm: desktops read menu, file types and icons anew.
# What people keep lies in their own folders and is not touched, whatever is installed or removed here.

data=/usr/share
if command -v update-desktop-database >/dev/null 2>&1; then
    update-desktop-database -q "$data/applications" || true
fi
if [ -d "$data/mime/packages" ] && command -v update-mime-database >/dev/null 2>&1; then
    update-mime-database "$data/mime" || true
fi
# A theme without a cache is read from its folders; a cache that is older than them would hide the icon.
for tool in gtk-update-icon-cache gtk-update-icon-cache-3.0; do
    if [ -f "$data/icons/hicolor/icon-theme.cache" ] && command -v "$tool" >/dev/null 2>&1; then
        "$tool" -q -f -t "$data/icons/hicolor" || true
        break
    fi
done

# Whoever has it open goes on with the version that was started, until it is ended; what it loads later is another's.
if [ -x /opt/esign-desktop/esign-desktop ]; then
    for process in /proc/[0-9]*; do
        case $(readlink "$process/exe" 2>/dev/null) in
            /opt/esign-desktop/*" (deleted)")
                echo "esign-desktop is open with the version before: please close it and start it again."
                echo "电子签桌面仍以旧版本运行：请关闭后重新启动。"
                break
                ;;
        esac
    done
fi
exit 0
