"""The notices and component lists of a release agree with the pinned packages, and its version stands in one place."""

from __future__ import annotations

import json
import re
import runpy
import subprocess
import sys
import zipfile
from importlib import metadata
from typing import TYPE_CHECKING, Any, NamedTuple
from xml.etree import ElementTree as ET

import pytest
from license_expression import get_spdx_licensing

from esign_desktop import __version__
from tests.conftest import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PACKAGING = REPOSITORY / "packaging"
REQUIREMENTS = REPOSITORY / "requirements"
PINNED = {"wheel": "run.txt", "linux": "frozen.txt", "windows": "frozen-windows-macos.txt"}
OTHERS = ("ocr.txt",)


class Done(NamedTuple):
    """The result of a script."""

    status: int
    stdout: str
    stderr: str


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


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Done]:
    """Run a script of the release in this process, because importing its library takes seconds."""

    def start(name: str, *words: str) -> Done:
        monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
        monkeypatch.setattr(sys, "argv", [name, *words])
        status = script(name)["main"]()
        return Done(status, *capsys.readouterr())

    return start


@pytest.mark.parametrize(("system", "name"), [*PINNED.items(), *(("wheel", name) for name in OTHERS)])
def test_notices_name_every_pinned_package_with_its_licence(
    run: Callable[..., Done], system: str, name: str, tmp_path: Path
) -> None:
    words = [f"--system={system}", f"--requirements={REQUIREMENTS / name}", f"--output={tmp_path}"]
    done = run("notices.py", *words, *(f"--packages={folder}" for folder in sys.path if folder))
    assert (done.status, done.stdout) == (0, "")
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
def test_component_list_equals_the_pins(run: Callable[..., Done], system: str, name: str, tmp_path: Path) -> None:
    target = tmp_path / "components.cdx.json"
    done = run("component_list.py", f"--system={system}", f"--requirements={REQUIREMENTS / name}", f"--output={target}")
    assert (done.status, done.stdout, done.stderr) == (0, "", "")
    told = json.loads(target.read_text("utf-8"))
    assert (told["bomFormat"], told["specVersion"]) == ("CycloneDX", "1.6")
    assert told["metadata"]["component"]["version"] == __version__
    packages = [one for one in told["components"] if "purl" in one]
    assert {(one["name"], one["version"]) for one in packages} == pinned(name)
    assert [one["name"] for one in told["components"] if not one.get("licenses")] == []
    assert set(re.findall(r"https?://([\w.-]+)", target.read_text("utf-8"))) <= {"cyclonedx.org"}
    hashes = {one["content"] for package in packages for one in package["hashes"]}
    assert hashes == set(re.findall(r"sha256:([0-9a-f]{64})", (REQUIREMENTS / name).read_text("utf-8")))


def test_component_list_is_the_same_if_it_is_made_again(run: Callable[..., Done], tmp_path: Path) -> None:
    (tmp_path / "pins.txt").write_text(f"segno==1.0 \\\n    --hash=sha256:{'0' * 64}\n", encoding="utf-8")
    for name in ("a", "b"):
        words = [f"--requirements={tmp_path / 'pins.txt'}", f"--output={tmp_path / name}"]
        assert run("component_list.py", "--system=linux", *words).status == 0
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.mark.parametrize("name", ["notices.py", "component_list.py"])
def test_a_package_without_a_licence_stops_the_release(run: Callable[..., Done], name: str, tmp_path: Path) -> None:
    (tmp_path / "pins.txt").write_text("unheard-of==1.0 \\\n    --hash=sha256:" + "0" * 64 + "\n", encoding="utf-8")
    done = run(name, "--system=linux", f"--requirements={tmp_path / 'pins.txt'}", f"--output={tmp_path / 'out'}")
    assert done.status == 1
    assert "unheard-of" in done.stderr
    assert not (tmp_path / "out").exists()


def test_offer_of_source_names_the_distributor_or_the_sender() -> None:
    notices, distributor = script("notices.py"), script("pins.py")["Distributor"]
    empty = notices["source_offer"](__version__, distributor("", "", "", ""))
    assert f"esign-desktop-{__version__}-source.tar.gz" in empty
    assert "the organization that gave you this package" in empty
    filled = notices["source_offer"](
        __version__, distributor("Example Bank", "s@example.com", "", "source@example.com")
    )
    assert filled.count("s@example.com") == 2
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


def test_release_says_what_is_missing(run: Callable[..., Done], tmp_path: Path) -> None:
    done = run("release.py", f"--build={tmp_path}", f"--output={tmp_path / 'release'}")
    assert done.status == 1
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
