"""The Linux packages' parts are there, valid, and say the same everywhere; `make package-test` installs them."""

from __future__ import annotations

import gzip
import hashlib
import re
import runpy
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
import yaml
from PySide6.QtGui import QImage

from esign_desktop import __version__
from esign_desktop.app.arguments import parse
from esign_desktop.domain.file_kinds import PRESET_SUFFIX
from tests.conftest import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="they are made on Linux")

LINUX = REPOSITORY / "packaging" / "linux"
MANUALS = ("esign-desktop.1", "esign-desktop.zh_CN.1")
MADE = ("${FROZEN}", "${MADE}")
SHARED_MIME_INFO = "{http://www.freedesktop.org/standards/shared-mime-info}"


def recipe() -> dict[str, Any]:
    told = yaml.safe_load((LINUX / "nfpm.yaml").read_text("utf-8"))
    assert isinstance(told, dict)
    return told


def script(name: str) -> dict[str, Any]:
    return runpy.run_path(str(LINUX / name))


def file_type() -> ET.Element:
    return ET.parse(REPOSITORY / "resources" / "desktop" / "esign-desktop.xml").getroot()[0]  # noqa: S314


def test_every_file_that_goes_into_the_packages_exists() -> None:
    sources = [one["src"] for one in recipe()["contents"] if one.get("type") != "symlink"]
    committed = [source for source in sources if not source.startswith(MADE)]
    assert len(committed) >= 5
    assert [source for source in committed if not (REPOSITORY / source).is_file()] == []
    # Variables stay as they are written, unless this is said beside them.
    assert [one["src"] for one in recipe()["contents"] if "$" in one["src"] and not one.get("expand")] == []


def test_command_leads_to_the_program_and_nothing_lies_in_peoples_folders() -> None:
    targets = {one["dst"]: one for one in recipe()["contents"]}
    assert targets["/usr/bin/esign-desktop"]["src"] == "/opt/esign-desktop/esign-desktop"
    assert [target for target in targets if not target.startswith(("/opt/esign-desktop", "/usr/"))] == []


@pytest.mark.parametrize("name", ["after-change.sh", "tree.sh"])
def test_scripts_are_read_by_any_shell(name: str) -> None:
    subprocess.run(["sh", "-n", str(LINUX / name)], check=True, timeout=20)


def test_scripts_of_the_packages_touch_no_home_and_never_stop_an_upgrade() -> None:
    told = recipe()["scripts"]
    assert set(told) == {"postinstall", "postremove"}
    for name in told.values():
        text = (REPOSITORY / name).read_text("utf-8")
        assert text.endswith("exit 0\n")
        assert not re.search(r"/home|\brm\b|\bset -e", text)


@pytest.mark.parametrize("kind", ["deb", "rpm"])
def test_packages_ask_for_the_c_library_that_the_test_of_the_folder_allows(kind: str) -> None:
    sys.path.insert(0, str(LINUX))
    try:
        newest = script("package_test.py")["NEWEST_GLIBC"]
    finally:
        sys.path.remove(str(LINUX))
    assert [one for one in recipe()["overrides"][kind]["depends"] if one.startswith("libc") and newest in one]


def test_entry_file_type_and_metainfo_agree() -> None:
    entry = (REPOSITORY / "resources" / "desktop" / "esign-desktop.desktop").read_text("utf-8")
    types = entry.split("MimeType=")[1].splitlines()[0].rstrip(";").split(";")
    sheets = ["text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"]
    assert types == ["application/pdf", file_type().get("type"), *sheets, "x-scheme-handler/esign-desktop"]
    assert "\nName[zh_CN]=" in entry
    assert "\nExec=esign-desktop %U\n" in entry
    metainfo = ET.parse(REPOSITORY / "packaging" / "esign-desktop.metainfo.xml").getroot()  # noqa: S314
    assert [one.text for one in metainfo.iter("mediatype")] == types[:-1]
    assert metainfo.findtext("launchable") == "esign-desktop.desktop"


def test_presets_have_a_name_in_both_languages_and_are_known_by_their_ending() -> None:
    comments = list(file_type().iter(f"{SHARED_MIME_INFO}comment"))
    languages = [one.get("{http://www.w3.org/XML/1998/namespace}lang") for one in comments]
    assert languages == [None, "zh_CN"]
    assert [one.get("pattern") for one in file_type().iter(f"{SHARED_MIME_INFO}glob")] == [f"*{PRESET_SUFFIX}"]


@pytest.mark.parametrize("tool", [["desktop-file-validate", "resources/desktop/esign-desktop.desktop"]])
def test_entry_is_valid(tool: list[str]) -> None:
    if shutil.which(tool[0]) is None:
        pytest.skip(f"{tool[0]} is missing")
    subprocess.run(tool, cwd=REPOSITORY, check=True, timeout=20)


@pytest.mark.parametrize("page", MANUALS)
def test_manual_has_every_option_and_no_other(page: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(["--help"])
    known = set(re.findall(r"--[a-z][a-z-]+", capsys.readouterr().out))
    text = (REPOSITORY / "packaging" / "man" / page).read_text("utf-8").replace("\\-", "-")
    assert set(re.findall(r"--[a-z][a-z-]+", text)) == known
    described = re.findall(r"^\.TP\n\.B[RI]? (?:-h \", \" )?(--[a-z-]+)", text, re.MULTILINE)
    assert sorted(described) == sorted(known)


@pytest.mark.parametrize("page", MANUALS)
def test_manual_is_understood_by_man(page: str) -> None:
    if shutil.which("groff") is None:
        pytest.skip("groff is missing")
    command = ["groff", "-man", "-Tutf8", "-k", "-rLL=100n", "-wall", "-Wbreak", "-z"]
    path = REPOSITORY / "packaging" / "man" / page
    said = subprocess.run([*command, str(path)], check=True, capture_output=True, text=True, timeout=20)
    assert not said.stderr


def test_what_is_made_for_the_packages(tmp_path: Path) -> None:
    packages = script("packages.py")
    assert packages["own_version"]() == __version__
    packages["pack_manuals"](tmp_path / "man")
    assert b"SYNOPSIS" in gzip.decompress((tmp_path / "man/man1/esign-desktop.1.gz").read_bytes())
    assert "用法" in gzip.decompress((tmp_path / "man/zh_CN/man1/esign-desktop.1.gz").read_bytes()).decode()


def test_icons_have_the_sizes_that_their_folders_tell(tmp_path: Path) -> None:
    command = [sys.executable, str(REPOSITORY / "packaging" / "icons.py"), str(tmp_path)]
    subprocess.run(command, check=True, timeout=60)
    pictures = sorted((tmp_path / "hicolor").rglob("*.png"))
    assert len(pictures) >= 6
    for path in pictures:
        image = QImage(str(path))
        assert f"{image.width()}x{image.height()}" == path.parents[1].name
        assert image.pixelColor(image.rect().center()).alpha() == 255


def test_licences_of_all_that_is_bundled_are_told(tmp_path: Path) -> None:
    script("packages.py")["write_notices"](tmp_path, tmp_path / "legal")
    text = (tmp_path / "legal" / "THIRD-PARTY-NOTICES.txt").read_text("utf-8")
    for name in ("pyside6-essentials", "pymupdf", "requests", "pyhanko", "cryptography"):
        assert re.search(rf"^ *{name} [0-9.]+: \S", text, re.MULTILINE), name
    assert (REPOSITORY / "LICENSE").read_text("utf-8") == (tmp_path / "legal" / "LICENSE.txt").read_text("utf-8")
    assert "esign-desktop" in (tmp_path / "legal" / "SOURCE-OFFER.txt").read_text("utf-8")


def test_sums_are_read_by_sha256sum(tmp_path: Path) -> None:
    (tmp_path / "a.deb").write_bytes(b"a")
    script("packages.py")["write_sums"]([tmp_path / "a.deb"], tmp_path / "SHA256SUMS")
    assert hashlib.sha256(b"a").hexdigest() in (tmp_path / "SHA256SUMS").read_text("ascii")
    subprocess.run(["sha256sum", "--check", "--status", "SHA256SUMS"], cwd=tmp_path, check=True, timeout=20)


def test_without_a_frozen_folder_it_is_said_what_to_do(tmp_path: Path) -> None:
    command = [sys.executable, str(LINUX / "packages.py"), "--frozen", str(tmp_path), "--output", str(tmp_path / "out")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "make frozen" in done.stderr
    assert not (tmp_path / "out").exists()


def test_without_packages_their_test_says_what_to_do(tmp_path: Path) -> None:
    command = [
        sys.executable,
        str(LINUX / "package_test.py"),
        "--packages",
        str(tmp_path),
        "--output",
        str(tmp_path / "o"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "make packages" in done.stderr or "as root" in done.stderr
    assert not (tmp_path / "o").exists()
