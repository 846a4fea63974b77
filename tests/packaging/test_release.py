"""The notices and component lists of a release agree with the pinned packages, and its version stands in one place."""

from __future__ import annotations

import json
import os
import re
import runpy
import subprocess
import sys
import zipfile
from importlib import metadata
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from license_expression import get_spdx_licensing

from esign_desktop import __version__
from tests.conftest import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path

PACKAGING = REPOSITORY / "packaging"
REQUIREMENTS = REPOSITORY / "requirements"
PINNED = {"wheel": "run.txt", "linux": "frozen.txt", "windows": "frozen-windows-macos.txt"}
OTHERS = ("ocr.txt",)


def script(name: str) -> dict[str, Any]:
    sys.path.insert(0, str(PACKAGING))
    try:
        return runpy.run_path(str(PACKAGING / name))
    finally:
        sys.path.remove(str(PACKAGING))


def pinned(name: str) -> set[tuple[str, str]]:
    """Return the names and versions in a file, read in another way than the release reads them."""
    lines = (REQUIREMENTS / name).read_text("utf-8").splitlines()
    heads = [line.split(";")[0].rstrip(" \\") for line in lines if line and not line[0].isspace() and line[0] != "#"]
    found = {(head.partition("==")[0].partition("[")[0], head.partition("==")[2]) for head in heads}
    assert len(found) > 15
    return found


def run(name: str, *words: str, epoch: str = "1700000000") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(PACKAGING / name), *words]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": epoch}
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=environment)


@pytest.mark.parametrize(("system", "name"), [*PINNED.items(), *(("wheel", name) for name in OTHERS)])
def test_notices_name_every_pinned_package_with_its_licence(system: str, name: str, tmp_path: Path) -> None:
    words = [f"--system={system}", f"--requirements={REQUIREMENTS / name}", f"--output={tmp_path}"]
    done = run("notices.py", *words, *(f"--packages={folder}" for folder in sys.path if folder))
    assert (done.returncode, done.stdout) == (0, "")
    text = (tmp_path / "THIRD-PARTY-NOTICES.txt").read_text("utf-8")
    part = text.partition("Python packages:\n")[2].partition("Other components:\n")[0]
    listed = re.findall(r"^    ([a-z0-9-]+) ([^ :]+): (\S.*?)(?:   \[.*\])?$", part, re.MULTILINE)
    assert {(package, version) for package, version, _ in listed} == pinned(name)
    licences = script("pins.py")["named_licences"]()
    assert [package for package, _, licence in listed if licence != licences[package]] == []
    if system != "wheel":
        # The texts of the licences, and not only their names.
        assert "Redistribution and use in source and binary forms" in text
        assert "GNU LESSER GENERAL PUBLIC LICENSE" in text
        assert "Mozilla Public License Version 2.0" in text


def test_every_licence_is_an_spdx_expression() -> None:
    known = get_spdx_licensing()
    licences = script("pins.py")["named_licences"]()
    assert {name: licence for name, licence in licences.items() if known.validate(licence).errors} == {}
    used = {name for file in (*PINNED.values(), *OTHERS) for name, _ in pinned(file)}
    assert set(licences) == used


def test_licences_are_those_that_the_installed_packages_state() -> None:
    known = get_spdx_licensing()
    compared = {}
    for name, licence in script("pins.py")["named_licences"]().items():
        try:
            stated = metadata.metadata(name)
        except metadata.PackageNotFoundError:
            continue
        if "License-Expression" in stated:
            compared[name] = known.is_equivalent(stated["License-Expression"], licence)
    assert len(compared) > 15
    assert [name for name, is_same in compared.items() if not is_same] == []


@pytest.mark.parametrize(("system", "name"), PINNED.items())
def test_component_list_equals_the_pins(system: str, name: str, tmp_path: Path) -> None:
    target = tmp_path / "components.cdx.json"
    done = run("component_list.py", f"--system={system}", f"--requirements={REQUIREMENTS / name}", f"--output={target}")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    told = json.loads(target.read_text("utf-8"))
    assert (told["bomFormat"], told["specVersion"]) == ("CycloneDX", "1.6")
    assert told["metadata"]["component"]["version"] == __version__
    packages = [one for one in told["components"] if "purl" in one]
    assert {(one["name"], one["version"]) for one in packages} == pinned(name)
    assert [one["name"] for one in told["components"] if not one.get("licenses")] == []
    hashes = {one["content"] for package in packages for one in package["hashes"]}
    assert hashes == set(re.findall(r"sha256:([0-9a-f]{64})", (REQUIREMENTS / name).read_text("utf-8")))


def test_component_list_is_the_same_twice_and_names_no_registry(tmp_path: Path) -> None:
    words = ["--system=linux", f"--requirements={REQUIREMENTS / 'frozen.txt'}"]
    for name in ("a", "b"):
        assert run("component_list.py", *words, f"--output={tmp_path / name}").returncode == 0
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    hosts = set(re.findall(r"https?://([\w.-]+)", (tmp_path / "a").read_text("utf-8")))
    assert hosts <= {"cyclonedx.org"}


@pytest.mark.parametrize("name", ["notices.py", "component_list.py"])
def test_a_package_without_a_licence_stops_the_release(name: str, tmp_path: Path) -> None:
    (tmp_path / "pins.txt").write_text("unheard-of==1.0 \\\n    --hash=sha256:" + "0" * 64 + "\n", encoding="utf-8")
    done = run(name, "--system=linux", f"--requirements={tmp_path / 'pins.txt'}", f"--output={tmp_path / 'out'}")
    assert done.returncode == 1
    assert "unheard-of" in done.stderr
    assert not (tmp_path / "out").exists()


def test_offer_of_source_names_the_distributor_or_the_sender() -> None:
    notices, distributor = script("notices.py"), script("pins.py")["Distributor"]
    empty = notices["source_offer"](__version__, distributor("", "", "", ""))
    assert f"esign-desktop-{__version__}-source.tar.gz" in empty
    assert "the organization that gave you this package" in empty
    filled = notices["source_offer"](__version__, distributor("Example Bank", "", "", "source@example.com"))
    assert "Example Bank" in filled
    assert "source@example.com" in filled
    assert "organization that gave you" not in filled


def test_nothing_invented_stands_for_the_distributor() -> None:
    found = script("pins.py")["distributor"]()
    assert found.missing in ([], ["name", "security_contact", "announcements", "source_contact"])
    assert "packaging/distributor.toml" in (REPOSITORY / "SECURITY.md").read_text("utf-8")


def test_version_stands_in_one_place_and_the_release_notes_are_those_of_this_version() -> None:
    changes = (REPOSITORY / "CHANGELOG.md").read_text("utf-8")
    head = re.search(r"^## \[(.+?)\] - (\d{4}-\d\d-\d\d)$", changes, re.MULTILINE)
    assert head is not None
    metainfo = ET.parse(PACKAGING / "esign-desktop.metainfo.xml").getroot()  # noqa: S314
    newest = metainfo.find("releases/release")
    assert newest is not None
    assert (newest.get("version"), newest.get("date")) == head.groups() == (__version__, head[2])
    listed = subprocess.run(
        ["git", "grep", "-nF", __version__], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    if listed.returncode > 1:
        pytest.skip("this is not a checkout")
    allowed = (
        "CHANGELOG.md",
        "SECURITY.md",
        "esign_desktop/__init__.py",
        "packaging/esign-desktop.metainfo.xml",
        "requirements/",
    )
    assert [line for line in listed.stdout.splitlines() if not line.startswith(allowed)] == []


def test_changes_of_the_newest_version_can_be_read_in_two_minutes() -> None:
    newest = (REPOSITORY / "CHANGELOG.md").read_text("utf-8").split("\n## [")[1]
    assert len(newest.split()) <= 600


def test_release_says_what_is_missing(tmp_path: Path) -> None:
    done = run("release.py", f"--build={tmp_path}", f"--output={tmp_path / 'release'}")
    assert done.returncode == 1
    assert ".deb" in done.stderr


def test_release_refuses_a_package_without_notices(tmp_path: Path) -> None:
    release = script("release.py")
    wheel = tmp_path / "esign_desktop-1-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as file:
        file.writestr("esign_desktop/resources/legal/LICENSE.txt", "")
        file.writestr("esign_desktop/resources/legal/THIRD-PARTY-NOTICES.txt", "")
    with pytest.raises(release["ReleaseError"], match=r"SOURCE-OFFER\.txt"):
        release["check_contents"]([wheel])
    with zipfile.ZipFile(wheel, "a") as file:
        file.writestr("esign_desktop/resources/legal/SOURCE-OFFER.txt", "")
    release["check_contents"]([wheel])
