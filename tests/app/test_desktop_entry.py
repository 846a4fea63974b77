from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from esign_desktop.app.desktop_entry import install_desktop_entry

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="desktop entries belong to Linux desktops")


def test_entry_is_where_desktops_look_and_is_valid(isolated_home: Path) -> None:
    entry = install_desktop_entry()
    assert entry == isolated_home / ".local" / "share" / "applications" / "esign-desktop.desktop"
    assert (isolated_home / ".local/share/icons/hicolor/scalable/apps/esign-desktop.svg").stat().st_size > 0
    validate = shutil.which("desktop-file-validate")
    if validate:
        subprocess.run([validate, str(entry)], check=True, timeout=20)


def test_command_with_odd_characters_is_quoted(isolated_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(isolated_home / "no" / "python"))
    monkeypatch.setattr(shutil, "which", lambda _name: '/opt/my "own" $tools/100%/esign-desktop')
    text = install_desktop_entry().read_text("utf-8")
    assert r'Exec="/opt/my \\"own\\" \\$tools/100%%/esign-desktop" %F' in text
