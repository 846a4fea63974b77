"""The manual agrees with the program: words, keys, options, policy, files, a place for each window, no dead link."""

from __future__ import annotations

import ast
import importlib.util
import json
import re
import shutil
import sys
from functools import cache
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from esign_desktop.app import arguments
from esign_desktop.app.handover import STATUSES
from esign_desktop.app.log import KEPT as KEPT_LOGS
from esign_desktop.app.log import SIZE_BYTES
from esign_desktop.domain.added_pages import MOST_ADDED_PAGES
from esign_desktop.domain.bulk.sheet import MAX_COLUMNS, MAX_ROWS
from esign_desktop.domain.file_kinds import IMAGE_SUFFIXES
from esign_desktop.domain.options import DEFAULT_SIGNING_DAYS, MS_PER_DAY
from esign_desktop.domain.preset.soundness import MAX_DOCUMENTS
from esign_desktop.services.presets.exchange import MAX_FILE_BYTES
from esign_desktop.store.backup.sealed import SHORTEST_PASSPHRASE
from esign_desktop.store.database.backup import LONGEST_KEPT_MS
from esign_desktop.store.files.customer_file import MAX_BYTES as MAX_CUSTOMER_BYTES
from esign_desktop.store.tables.kept_values import KEPT_MS
from esign_desktop.ui.shell.rail import RoomName
from tests.browser import chromium
from tests.pictures.kept import KEPT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

REPOSITORY = Path(__file__).resolve().parents[2]
MANUAL = REPOSITORY / "docs" / "manual"
RESOURCES = REPOSITORY / "resources"
UI = REPOSITORY / "esign_desktop" / "ui"
LANGUAGES = {"zh": "zh_CN", "en": "en"}
WINDOWS = {"QDialog", "FittingDialog", "Popup", "Sheet", "Confirmation"}
WITHOUT_A_PLACE = {"ManualWindow", "FittingDialog", "Sheet", "Confirmation", "Popup"}
"""The manual itself, and what others are made of."""
QUOTED = {
    "zh": re.compile(r"“([^“”]*(?:“[^”]*”[^“”]*)*)”|「([^」]*“[^」]*)」"),
    "en": re.compile(r"(?<![*\w])\*([^*]+)\*(?!\*)"),
}
_MNEMONIC = re.compile(r"\(&\w\)|&(?=\w)")
LEAST = 4
WAIT_S = 20
_LETTERS = re.compile(r"[\W\d_]")
_VALUE = re.compile(r"\\\{\w+\\\}|%n")


@pytest.fixture(scope="module")
def manual() -> ModuleType:
    spec = importlib.util.spec_from_file_location("manual_script", REPOSITORY / "packaging" / "manual.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def made(manual: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("made")
    manual.build(target)
    return target


def pages(language: str) -> Iterator[tuple[str, str]]:
    for path in sorted((MANUAL / language).glob("*.md")):
        yield path.stem, path.read_text("utf-8")


def cells(page: str) -> set[str]:
    """What is set as typed in the first column of the page's tables."""
    return {word for line in page.splitlines() if line.startswith("|") for word in re.findall("`([^`]+)`", first(line))}


def first(line: str) -> str:
    return line.split("|")[1]


@cache
def said(manual: Any, language: str) -> tuple[frozenset[str], tuple[re.Pattern[str], ...]]:
    """The texts of the windows as they are seen, and those with values in them."""
    texts: set[str] = set()
    for context in manual.translations("zh_CN").values():
        texts |= set(context if language == "en" else context.values())
    plurals = (RESOURCES / "i18n" / f"{language}.ts").read_text("utf-8")
    texts |= set(re.findall(r"<numerusform>(.*?)</numerusform>", plurals))
    seen = {_MNEMONIC.sub("", unescape(text)).rstrip("…").strip() for text in texts}
    with_values = [_VALUE.sub(".+", re.escape(text)) for text in seen if re.search(r"\{\w+\}|%n", text)]
    # One that is hardly more than its values would be any text.
    return frozenset(seen), tuple(re.compile(text) for text in with_values if len(_LETTERS.sub("", text)) >= LEAST)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_quoted_is_said_so_by_the_program(manual: Any, language: str) -> None:
    texts, with_values = said(manual, LANGUAGES[language])
    unknown = []
    for name, page in pages(language):
        prose = re.sub(r"```.*?```|<!-- options -->.*?<!-- end -->|`[^`]*`", "", page, flags=re.DOTALL)
        for found in QUOTED[language].finditer(prose.replace("\n", " ")):
            quoted = next(group for group in found.groups() if group)
            for part in quoted.split(" → "):
                plain = part.strip().rstrip("…").strip()
                if plain not in texts and not any(text.fullmatch(plain) for text in with_values):
                    unknown.append(f"{name}: {plain}")
    assert not unknown


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_tables_of_keys_and_options_are_those_of_the_program(manual: Any, language: str) -> None:
    for name, page in pages(language):
        assert manual.with_tables(language, page) == page, f"{name}: run packaging/manual.py --tables"
    texts = dict(pages(language))
    options = {option for action in arguments._parser()._actions for option in action.option_strings}  # noqa: SLF001
    assert options == {word for cell in cells(texts["commands"]) for word in cell.split() if word.startswith("-")}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_key_is_named_that_a_window_hears(language: str) -> None:
    """Those of the table of actions are held above; these are heard by a window of its own."""
    named = {key for _name, page in pages(language) for key in re.findall(r"`([^`\n]+)`", page)}
    heard = set()
    for path in UI.rglob("*.py"):
        heard |= set(
            re.findall(r'"((?:Ctrl\+|Shift\+|Alt\+)*(?:F\d+|Ctrl\+[A-Z]|Ctrl\+Return))"', path.read_text("utf-8"))
        )
    written = {key.replace("Return", "Enter") for key in heard}
    assert len(written) > 20
    assert written - named - {f"F{number}" for number in range(2, 9)} == set()
    # What the counter shows at its foot is on the page that is printed.
    state = (UI / "counter" / "state.py").read_text("utf-8")
    shown = {
        key for keys in re.findall(r'"([^"]+)", translate\("CounterWords"', state) for key in re.split("[ –]", keys)
    }
    assert len(shown) > 12
    assert shown <= cells((MANUAL / language / "counter-keys.md").read_text("utf-8"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_formats_policy_and_exit_statuses_are_whole(language: str) -> None:
    texts = dict(pages(language))
    policy = json.loads((RESOURCES / "policy.schema.json").read_text("utf-8"))["properties"]
    keys = {name for name, rule in policy.items() if rule.get("type") != "object" or name in {"price", "keys"}}
    keys |= {f"{name}.{part}" for name in policy.keys() - keys for part in policy[name]["properties"]}
    assert cells(texts["policy"]) == keys
    named = cells(texts["files"])
    for schema in ("customer", "handover", "result"):
        values = json.loads((RESOURCES / f"{schema}.schema.json").read_text("utf-8"))["properties"]
        assert named >= set(values)
        for rule in (*values.values(), *policy.values()):
            assert all(f"`{one}`" in texts["files"] + texts["policy"] for one in rule.get("enum", ()))
    assert named >= set(IMAGE_SUFFIXES)
    # What the program ends with, wherever it ends itself: inside it also begins anew by a status of its own.
    sources = "".join(path.read_text("utf-8") for path in (REPOSITORY / "esign_desktop/app").rglob("*.py"))
    statuses = set(re.findall(r"^ +return ([0-9])$", sources, re.MULTILINE)) | set(map(str, STATUSES.values()))
    assert cells(texts["commands"]) >= statuses


def test_bounds_and_times_are_those_of_the_program() -> None:
    """A page, and what stands there in each language."""
    mib = 1024 * 1024
    claims = (
        ("bulk", f"{MAX_ROWS:,} rows", f"最多 {MAX_ROWS} 行"),
        ("files", f"{MAX_ROWS:,} rows and {MAX_COLUMNS} columns", f"最多 {MAX_ROWS} 行、{MAX_COLUMNS} 列"),
        (
            "files",
            f"{MAX_FILE_BYTES // mib} MB and {MAX_DOCUMENTS} PDFs",
            f"{MAX_FILE_BYTES // mib} MB、{MAX_DOCUMENTS} 个",
        ),
        ("files", f"{MAX_CUSTOMER_BYTES // 1024} KB", f"{MAX_CUSTOMER_BYTES // 1024} KB"),
        ("templates", f"at most {MOST_ADDED_PAGES} pages", f"最多加 {MOST_ADDED_PAGES} 页"),
        ("prepare", f"{DEFAULT_SIGNING_DAYS} days", f"{DEFAULT_SIGNING_DAYS} 天"),
        ("settings", f"{SHORTEST_PASSPHRASE} characters", f"{SHORTEST_PASSPHRASE} 位"),
        ("privacy", f"correction: for {KEPT_MS // MS_PER_DAY} days", f"保留 {KEPT_MS // MS_PER_DAY} 天"),
        ("privacy", f"last {SIZE_BYTES * (KEPT_LOGS + 1) // mib} MB", f"最近 {SIZE_BYTES * (KEPT_LOGS + 1) // mib} MB"),
        ("installing", f"{LONGEST_KEPT_MS // MS_PER_DAY} days", f"{LONGEST_KEPT_MS // MS_PER_DAY} 天"),
    )
    texts = {language: dict(pages(language)) for language in LANGUAGES}
    assert [one for one in claims if one[1] not in texts["en"][one[0]] or one[2] not in texts["zh"][one[0]]] == []


def test_both_languages_have_the_same_pages_and_headings() -> None:
    headings = {
        language: {name: re.findall(r"^(#+) ", page, re.MULTILINE) for name, page in pages(language)}
        for language in LANGUAGES
    }
    assert headings["zh"] == headings["en"]


def test_f1_leads_from_each_window_to_a_place_that_is_there(made: Path) -> None:
    places, without = set(), set()
    for path in UI.rglob("*.py"):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef):
                given = [
                    one.value.value
                    for one in node.body
                    if isinstance(one, ast.Assign) and ast.unparse(one.targets[0]) == "manual_page"
                    if isinstance(one.value, ast.Constant)
                ]
                places |= set(given)
                if not given and WINDOWS & {ast.unparse(base) for base in node.bases}:
                    without.add(node.name)
    assert without <= WITHOUT_A_PLACE
    places |= {room.value for room in RoomName}
    for language in LANGUAGES.values():
        for place in places:
            name, _, heading = str(place).partition("#")
            html = (made / language / f"{name}.html").read_text("utf-8")
            assert not heading or f'<a name="{heading}">' in html, place


def test_each_page_is_whole_and_accessible_and_no_link_is_dead(made: Path) -> None:
    links, pictures = 0, set()
    for language in LANGUAGES.values():
        names = {path.stem for path in (made / language).glob("*.html")}
        for name in names:
            page = made / language / f"{name}.html"
            html = page.read_text("utf-8")
            assert f'<html lang="{language.replace("_", "-")}">' in html
            assert html.count("<h1>") == 1
            assert '<a class="skip" href="#content">' in html
            # From each page to each other one.
            navigation = html.partition("<nav")[2].partition("</nav>")[0]
            assert set(re.findall(r'href="([a-z-]+)\.html"', navigation)) == names
            assert all(len(alt) >= 5 for alt in re.findall(r'<img [^>]*alt="([^"]*)"', html))
            # Nothing is fetched from anywhere else.
            targets = re.findall(r'(?:href|src)="([^"]*)"', html)
            links += len(targets)
            for target in targets:
                path, _, place = unquote(target).partition("#")
                other = page.parent / path if path else page
                assert other.is_file(), f"{page}: {target}"
                assert not place or re.search(rf'(?:id|name)="{re.escape(place)}"', other.read_text("utf-8")), target
            pictures |= {Path(one).relative_to("../pictures").with_suffix("") for one in targets if one.endswith("png")}
    assert links > 500
    assert {str(one) for one in pictures} <= {f"{name}/{state}" for name, states in KEPT.items() for state in states}


def test_pages_are_made_anew_only_where_they_are_older(manual: Any, made: Path, tmp_path: Path) -> None:
    target = tmp_path / "manual"
    shutil.copytree(made, target)
    page = target / "en" / "index.html"
    page.write_text("kept", encoding="utf-8")
    manual.build(target)
    assert page.read_text("utf-8") == "kept"
    (target / "zh_CN" / "track.html").unlink()
    manual.build(target)
    assert page.read_text("utf-8") != "kept"


@pytest.mark.e2e
@pytest.mark.parametrize(
    ("language", "word", "place"), [("en", "revoke", "track.html#revoke"), ("zh_CN", "柜员", "counter.html#tellers")]
)
def test_a_browser_finds_a_heading_by_keyboard_alone(
    made: Path, tmp_path: Path, language: str, word: str, place: str
) -> None:
    with chromium(tmp_path / "profile") as browser:
        browser.get((made / language / "index.html").as_uri())
        ActionChains(browser).send_keys("/", word, Keys.ENTER).perform()
        WebDriverWait(browser, WAIT_S).until(lambda one: one.current_url.endswith(f"{language}/{place}"))
        # Nothing is wider than a telephone.
        browser.set_window_size(500, 900)
        assert browser.execute_script("return document.documentElement.scrollWidth <= innerWidth")
