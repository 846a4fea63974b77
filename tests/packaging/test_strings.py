from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from types import ModuleType

SCRIPT = Path(__file__).resolve().parents[2] / "packaging" / "strings.py"


@pytest.fixture(scope="module")
def strings() -> ModuleType:
    spec = importlib.util.spec_from_file_location("packaging_strings", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def faults(strings: Any, language: str, texts: dict[str, Any], *sources: tuple[str, bool]) -> list[str]:
    wanted = [strings.Source("Window", text, is_plural, "ui") for text, is_plural in sources]
    return [fault.split(":")[0] for fault in strings.find_faults(language, {"area": {"Window": texts}}, wanted)]


def test_complete_translation_has_no_fault(strings: ModuleType) -> None:
    texts = {"Open {name}": "打开 {name}", "%n page(s)": "%n 页"}
    assert faults(strings, "zh_CN", texts, ("Open {name}", False), ("%n page(s)", True)) == []
    assert faults(strings, "en", {"%n page(s)": ["One page", "%n pages"]}, ("%n page(s)", True)) == []


@pytest.mark.parametrize(
    ("language", "texts", "source", "fault"),
    [
        ("zh_CN", {}, ("Open", False), "missing"),
        ("zh_CN", {"Open": ""}, ("Open", False), "untranslated"),
        ("zh_CN", {"Open {name}": "打开"}, ("Open {name}", False), "placeholders differ"),
        ("zh_CN", {"Open {name}": "打开 {title}"}, ("Open {name}", False), "placeholders differ"),
        ("zh_CN", {"Open": ["打开"]}, ("Open", False), "no plural"),
        ("en", {"%n page(s)": "%n pages"}, ("%n page(s)", True), "needs 2 plural form(s)"),
        ("en", {"%n page(s)": ["%n page", "pages"]}, ("%n page(s)", True), "placeholders differ"),
    ],
)
def test_fault_is_found(
    strings: ModuleType, language: str, texts: dict[str, Any], source: tuple[str, bool], fault: str
) -> None:
    assert faults(strings, language, texts, source) == [fault]


def test_text_that_is_gone_is_left_over_until_collected(strings: Any) -> None:
    tables = {"area": {"Window": {"Old": "旧"}}}
    wanted = [strings.Source("Window", "New", is_plural=False, folder="review")]
    assert sorted(f.split(":")[0] for f in strings.find_faults("zh_CN", tables, wanted)) == ["left over", "missing"]
    strings.collect(tables, wanted)
    assert tables == {"area": {"Window": {"New": ""}}}


def test_new_window_finds_the_file_of_its_folder(strings: Any) -> None:
    tables: dict[str, Any] = {}
    strings.collect(tables, [strings.Source("Sheet", "New", is_plural=False, folder="review")])
    assert tables == {"sending": {"Sheet": {"New": ""}}}


def test_a_context_stands_in_one_file(strings: ModuleType) -> None:
    tables = {"one": {"Window": {"Open": "打开"}}, "other": {"Window": {"Close": "关闭"}}}
    wanted = [strings.Source("Window", text, False, "ui") for text in ("Open", "Close")]
    assert list(strings.find_faults("zh_CN", tables, wanted)) == ["in more than one file: Window"]
