from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from esign_desktop.app.desktop_entry import install_desktop_entry

if TYPE_CHECKING:
    from pathlib import Path

SHARED_MIME_INFO = "{http://www.freedesktop.org/standards/shared-mime-info}"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="desktop entries belong to Linux desktops")


def test_entry_is_where_desktops_look_and_is_valid(isolated_home: Path) -> None:
    entry = install_desktop_entry()
    assert entry == isolated_home / ".local" / "share" / "applications" / "esign-desktop.desktop"
    assert (isolated_home / ".local/share/icons/hicolor/scalable/apps/esign-desktop.svg").stat().st_size > 0
    validate = shutil.which("desktop-file-validate")
    if validate:
        subprocess.run([validate, str(entry)], check=True, timeout=20)


def test_presets_are_a_type_of_file_that_the_entry_opens(isolated_home: Path) -> None:
    entry = install_desktop_entry()
    data = isolated_home / ".local" / "share"
    file_type = ET.parse(data / "mime" / "packages" / "esign-desktop.xml").getroot()[0]  # noqa: S314
    assert file_type.get("type", "") in entry.read_text("utf-8").split("MimeType=")[1].splitlines()[0].split(";")
    assert [one.get("pattern") for one in file_type.iter(f"{SHARED_MIME_INFO}glob")] == ["*.esignpreset"]
    if shutil.which("update-mime-database"):
        assert "application/x-esign-preset:*.esignpreset" in (data / "mime" / "globs").read_text("utf-8")


def test_tools_that_fail_do_not_keep_the_entry_from_being_written(
    isolated_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: f"/nowhere/{name}")
    assert install_desktop_entry().is_file()


def test_command_with_odd_characters_is_quoted(isolated_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(isolated_home / "no" / "python"))
    monkeypatch.setattr(shutil, "which", lambda _name: '/opt/my "own" $tools/100%/esign-desktop')
    text = install_desktop_entry().read_text("utf-8")
    assert r'Exec="/opt/my \\"own\\" \\$tools/100%%/esign-desktop" %U' in text
