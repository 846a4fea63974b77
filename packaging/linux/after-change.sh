#!/bin/sh
# Runs after installing, upgrading and removing the .deb and the .rpm: refresh the desktop's menu, file types and icons.
# The users' data is in their own folders and never touched.

data=/usr/share
if command -v update-desktop-database >/dev/null 2>&1; then
    update-desktop-database -q "$data/applications" || true
fi
if [ -d "$data/mime/packages" ] && command -v update-mime-database >/dev/null 2>&1; then
    update-mime-database "$data/mime" || true
fi
# Desktops read a theme without a cache from its folders; an outdated cache would hide the icon.
for tool in gtk-update-icon-cache gtk-update-icon-cache-3.0; do
    if [ -f "$data/icons/hicolor/icon-theme.cache" ] && command -v "$tool" >/dev/null 2>&1; then
        "$tool" -q -f -t "$data/icons/hicolor" || true
        break
    fi
done

# A running program continues with the old version until it is closed, but loads files of the new version later.
if [ -x /opt/esign-desktop/esign-desktop ]; then
    for process in /proc/[0-9]*; do
        case $(readlink "$process/exe" 2>/dev/null) in
            /opt/esign-desktop/*" (deleted)")
                echo "esign-desktop is still running in its previous version: please close it and start it again."
                echo "电子签桌面仍以旧版本运行：请关闭后重新启动。"
                break
                ;;
        esac
    done
fi
exit 0
