"""The manual agrees with the program: its keys, options and files, and a page for each window, without a dead link."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from esign_desktop.app import arguments
from esign_desktop.domain.file_kinds import IMAGE_SUFFIXES
from esign_desktop.ui.shell.manual import PAGES
from esign_desktop.ui.shell.rail import RoomName
from tests.pictures.kept import KEPT

if TYPE_CHECKING:
    from types import ModuleType

REPOSITORY = Path(__file__).resolve().parents[2]
MANUAL = REPOSITORY / "docs" / "manual"
UI = REPOSITORY / "esign_desktop" / "ui"
LANGUAGES = ("zh", "en")
PAGE_OF_A_CLASS = re.compile(r'^class (\w+)[^\n]*:\n(?:(?!^class ).*\n)*?    manual_page = "(\w+)"', re.MULTILINE)


@pytest.fixture(scope="module")
def manual() -> ModuleType:
    spec = importlib.util.spec_from_file_location("manual_script", REPOSITORY / "packaging" / "manual.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_keys_are_those_of_the_program(manual: Any, language: str) -> None:
    page = (MANUAL / language / "shortcuts.md").read_text("utf-8")
    table = page.split(manual.MARKS[0])[1].split(manual.MARKS[1])[0]
    assert table == manual.shortcut_table(language), "run packaging/manual.py --shortcuts"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_option_and_every_kind_of_image_is_named(language: str) -> None:
    page = (MANUAL / language / "files.md").read_text("utf-8")
    options = {option for action in arguments._parser()._actions for option in action.option_strings}  # noqa: SLF001
    missing = [option for option in options if option.startswith("--") and option not in page]
    assert not missing
    assert all(f"`{suffix}`" in page for suffix in IMAGE_SUFFIXES)
    # What the program ends with, wherever it ends itself.
    sources = "".join(path.read_text("utf-8") for path in (REPOSITORY / "esign_desktop" / "app").rglob("*.py"))
    statuses = {int(found) for found in re.findall(r"^ +return ([0-9])$", sources, re.MULTILINE)}
    assert all(f"| `{status}` |" in page for status in statuses)


def test_each_language_has_each_page_and_each_window_s_page_is_there() -> None:
    for language in LANGUAGES:
        assert {path.stem for path in (MANUAL / language).glob("*.md")} == set(PAGES)
    found = [one for path in UI.rglob("*.py") for one in PAGE_OF_A_CLASS.findall(path.read_text("utf-8"))]
    assert {page for _name, page in found} <= set(PAGES)
    # The main window's is that of the room it shows.
    pages = {page for _name, page in found} | {room.value for room in RoomName}
    # All but what is reached by no window.
    assert set(PAGES) - pages == {"index", "files"}


def test_no_link_is_dead_and_every_picture_is_a_kept_one(manual: Any, tmp_path: Path) -> None:
    manual.build(tmp_path)
    links = 0
    for page in tmp_path.rglob("*.html"):
        html = page.read_text("utf-8")
        targets = re.findall(r'(?:href|src)="([^"#]+)', html)
        assert all((page.parent / target).is_file() for target in targets), page
        links += len(targets)
        assert "<h1>" in html
    assert links > 40
    pictures = {str(path.relative_to(tmp_path / "pictures").with_suffix("")) for path in tmp_path.rglob("*.png")}
    assert pictures <= {f"{name}/{state}" for name, states in KEPT.items() for state in states}


def test_pages_are_made_anew_only_where_they_are_older(manual: Any, tmp_path: Path) -> None:
    manual.build(tmp_path)
    page = tmp_path / "en" / "index.html"
    page.write_text("kept", encoding="utf-8")
    manual.build(tmp_path)
    assert page.read_text("utf-8") == "kept"
    (tmp_path / "zh_CN" / "track.html").unlink()
    manual.build(tmp_path)
    assert page.read_text("utf-8") != "kept"
