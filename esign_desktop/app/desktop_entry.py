"""Puts the program into the desktop's menu, for installations that leave its entry where nobody looks."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Final

from esign_desktop.ui.resources import resource_path

NAME: Final = "esign-desktop"

_ENTRY: Final = """\
[Desktop Entry]
Type=Application
Version=1.5
Name=esign-desktop
Name[zh_CN]=电子签桌面
GenericName=Electronic Signatures
GenericName[zh_CN]=电子签署
Comment=Prepare, send and follow electronic-signature contracts
Comment[zh_CN]=准备、发起并跟踪电子签署合同
Exec={command} %F
Icon=esign-desktop
Terminal=false
Categories=Office;
MimeType=application/pdf;
StartupNotify=true
StartupWMClass=esign-desktop
"""


def install_desktop_entry() -> Path:
    """Write entry and icon below the person's own data folder; return the entry's path. Raises OSError."""
    from platformdirs import user_data_path

    # Without an application's name this is the folder that desktops look into.
    data = user_data_path()
    entry = data / "applications" / f"{NAME}.desktop"
    icon = data / "icons" / "hicolor" / "scalable" / "apps" / f"{NAME}.svg"
    for path in (entry, icon):
        path.parent.mkdir(parents=True, exist_ok=True)
    entry.write_text(_ENTRY.format(command=_quoted(_command())), encoding="utf-8")
    shutil.copyfile(resource_path("icons", f"{NAME}.svg"), icon)
    return entry


def _command() -> str:
    beside = Path(sys.executable).with_name(NAME)
    if beside.exists():
        return str(beside)
    return shutil.which(NAME) or str(Path(sys.argv[0]).absolute())


def _quoted(command: str) -> str:
    """Quote an argument as the desktop entry specification wants it."""
    escaped = command
    for character in ("\\", '"', "`", "$"):
        escaped = escaped.replace(character, f"\\{character}")
    # The file's own escaping comes on top, and a percent sign would begin a field code.
    return '"' + escaped.replace("\\", "\\\\").replace("%", "%%") + '"'
