"""Install the program's desktop entry for the current user. Packages install their own entry for all users."""

from __future__ import annotations

import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

from esign_desktop.ui.resources import resource_path

NAME: Final = "esign-desktop"

# If the folder exists, desktops read menu entries and file types from the cache that its tool writes.
_REFRESHING: Final = (("update-mime-database", "mime"), ("update-desktop-database", "applications"))
_REFRESHING_LIMIT_S: Final = 30


def install_desktop_entry() -> Path:
    """Write the desktop entry, the file types and the icon to the user's data folder, and return the entry's path.

    Raises OSError if the files cannot be written.
    """
    from platformdirs import user_data_path

    # Without an application name, this is the folder that desktops read.
    data = user_data_path()
    entry = data / "applications" / f"{NAME}.desktop"
    icon = data / "icons" / "hicolor" / "scalable" / "apps" / f"{NAME}.svg"
    file_type = data / "mime" / "packages" / f"{NAME}.xml"
    for path in (entry, icon, file_type):
        path.parent.mkdir(parents=True, exist_ok=True)
    text = resource_path("desktop", f"{NAME}.desktop").read_text("utf-8")
    entry.write_text(text.replace(f"Exec={NAME} ", f"Exec={_quoted(_command())} "), encoding="utf-8")
    shutil.copyfile(resource_path("icons", f"{NAME}.svg"), icon)
    shutil.copyfile(resource_path("desktop", f"{NAME}.xml"), file_type)
    for tool, folder in _REFRESHING:
        _refresh(tool, data / folder)
    return entry


def _refresh(tool: str, folder: Path) -> None:
    """Refresh a cache of the desktop. If the tool is missing or fails, the entry appears after the next login."""
    found = shutil.which(tool)
    if found is not None:
        with suppress(OSError, subprocess.SubprocessError):
            subprocess.run([found, str(folder)], capture_output=True, timeout=_REFRESHING_LIMIT_S, check=False)


def _command() -> str:
    beside = Path(sys.executable).with_name(NAME)
    if beside.exists():
        return str(beside)
    return shutil.which(NAME) or str(Path(sys.argv[0]).absolute())


def _quoted(command: str) -> str:
    """Return a command quoted as the desktop entry specification requires."""
    escaped = command
    for character in ("\\", '"', "`", "$"):
        escaped = escaped.replace(character, f"\\{character}")
    # Desktop files need a second level of escaping, and a percent sign would start a field code.
    return '"' + escaped.replace("\\", "\\\\").replace("%", "%%") + '"'
