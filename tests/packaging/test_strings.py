from __future__ import annotations

import importlib.util
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from types import ModuleType

# English words that stand for one of these ideas in a private way, and what is said instead.
RETIRED = {
    r"\bfr(eez|oze)|\bcharged\b": "reserved, used, released",
    r"\bheld\b|” pauses": "needs your decision; paused",
    r"\banew\b": "again",
    r"\bown (seal|size|reference|id|address)\b": "our seal, default size, your reference, custom address",
    r"without being asked|\bby itself: |\bSigns by\b": "signs automatically",
    r"\btold by \{|\bthrough \{": "notified by, represented by",
    r"^To note|stands out|can't be undone;": "check before sending, no issues found; once sent, only revoked",
    r"(has|signer}|somebody|signer) refused|^refused|refused or failed": "declined",
    r"\btaken back\b|call(s|ed)? (it |them )?off|take(s)? (it |them )?back": "revoke, cancel, undo",
    r"\bthe paper\b|\blaid out\b|^Lay out|\bhigher by\b": "role in the contract, placement, offset",
    r"on the desk|like the desktop|real thing|contracts go\b": "environment, in use, system setting",
    r"is like that|^back to what is usual|all the same$|not believed": "no matching, anyway, not trusted",
    r"\bgo on\b|go\(es\) on|give (it|this one|this send) up": "continue, cancel",
    r"whom this computer|answer to the start call": "doesn't trust; couldn't confirm",
}
# A Chinese term, and what an English source has to say where it stands; empty: it stands nowhere, another one does.
GLOSSARY = {
    "撤销": r"undo|taken back; choose|takes it back",
    "撤回": r"revok|taken back|can still be signed|left as they were",
    "发送": r"message|SMS|e-?mail|notification|character|pages|sheet|\btext\b|form fields|transfer|separately",
    "文档": "documentation",
    "撤消": "",
    "签署人": "",
    "冻结": "reserve",
    "扣减": r"\bused\b|costs nothing",
    "解冻": "",
    "计费": "",
    "待核实": "decision|decide",
    "更换签署方": "signer",
    "自有编号": "",
    "自编号": "",
    "自身印章": "",
    "正向副本": "",
    "改归": "",
    "钥匙串": "",
    "遗忘": "",
    "逾期": "",
    "搁置": "",
    "暂挂": "",
    "未发完": "",
    "先放着": "",
    "认识": "",
    "还没有签": "",
    "叫法": "",
}
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


def faults(strings: Any, language: str, source: str, *translations: str, is_plural: bool = False) -> list[str]:
    message = strings.Message("Window", source, translations, is_plural, is_finished=True)
    return [fault.split(":")[0] for fault in strings.find_faults(language, (message,))]


def test_complete_translation_has_no_fault(strings: ModuleType) -> None:
    assert faults(strings, "zh_CN", "Open {name}", "打开 {name}") == []
    assert faults(strings, "zh_CN", "%n page(s)", "%n 页", is_plural=True) == []
    assert faults(strings, "en", "%n page(s)", "One page", "%n pages", is_plural=True) == []


@pytest.mark.parametrize(
    ("source", "translations", "fault"),
    [
        ("Open", ("",), "untranslated"),
        ("Open {name}", ("打开",), "placeholders differ"),
        ("Open {name}", ("打开 {title}",), "placeholders differ"),
        ("%n page(s)", ("%n 页",), "not marked as a plural; use self.tr(text, '', count)"),
    ],
)
def test_fault_is_found(strings: ModuleType, source: str, translations: tuple[str, ...], fault: str) -> None:
    assert faults(strings, "zh_CN", source, *translations) == [fault]


@pytest.mark.parametrize(
    ("forms", "fault"),
    [(("%n pages",), "needs 2 plural form(s)"), (("%n page", "pages"), "placeholders differ")],
)
def test_fault_of_a_plural_is_found(strings: ModuleType, forms: tuple[str, ...], fault: str) -> None:
    assert faults(strings, "en", "%n page(s)", *forms, is_plural=True) == [fault]


SOURCE = """
class Window(QWidget):
    def __init__(self) -> None:
        self.tr("Open {name}")
        self.tr("%n page(s)", "", len(pages))
"""
TS = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name>Former</name>
    <message>
        <source>Open {name}</source>
        <translation>打开 {name}</translation>
    </message>
    <message>
        <source>Gone</source>
        <translation>没了</translation>
    </message>
</context>
</TS>
"""


def test_a_text_that_moves_keeps_its_translation_and_what_is_gone_goes(
    strings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "window.py").write_text(SOURCE, "utf-8")
    (tmp_path / "zh_CN.ts").write_text(TS, "utf-8")
    monkeypatch.setattr(strings, "source_files", lambda: [tmp_path / "window.py"])
    strings.collect("zh_CN", tmp_path / "zh_CN.ts")
    found = {message.source: message for message in strings.read(tmp_path / "zh_CN.ts")}
    assert {message.context for message in found.values()} == {"Window"}
    assert (found["Open {name}"].translations, found["Open {name}"].is_finished) == (("打开 {name}",), True)
    assert not found["%n page(s)"].is_finished
    assert "Gone" not in found


def test_a_text_that_lupdate_overlooks_is_named(strings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "window.py").write_text(SOURCE.replace('self.tr("Open {name}")', "f\"{self.tr('Hidden')}\""), "utf-8")
    (tmp_path / "zh_CN.ts").write_text(TS, "utf-8")
    for name, value in (("source_files", lambda: [tmp_path / "window.py"]), ("ROOT", tmp_path), ("I18N", tmp_path)):
        monkeypatch.setattr(strings, name, value)
    assert "window.py: 'Hidden'" in list(strings.texts_not_seen())


def test_translations_are_compiled_where_they_are_older_than_their_source(
    strings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "zh_CN.ts").write_text(TS, "utf-8")
    monkeypatch.setattr(strings, "I18N", tmp_path)
    strings.compile_translations()
    made = (tmp_path / "zh_CN.qm").stat().st_mtime_ns
    strings.compile_translations()
    assert (tmp_path / "zh_CN.qm").stat().st_mtime_ns == made
    os.utime(tmp_path / "zh_CN.ts", ns=(made + 1, made + 1))
    strings.compile_translations()
    assert (tmp_path / "zh_CN.qm").stat().st_mtime_ns > made
    assert sorted(path.name for path in tmp_path.iterdir()) == ["zh_CN.qm", "zh_CN.ts"]


def test_one_source_in_one_context_has_one_translation(strings: Any) -> None:
    messages = strings.read(strings.I18N / "zh_CN.ts")
    assert len({(message.context, message.source) for message in messages}) == len(messages)


@pytest.mark.parametrize(("term", "source"), GLOSSARY.items())
def test_a_term_stands_for_one_idea(strings: Any, term: str, source: str) -> None:
    holding = [one for one in strings.read(strings.I18N / "zh_CN.ts") if term in "".join(one.translations)]
    assert [one for one in holding if not source or not re.search(source, one.source, re.IGNORECASE)] == []


@pytest.mark.parametrize(("word", "instead"), RETIRED.items())
def test_english_says_it_in_the_terms_of_the_field(strings: Any, word: str, instead: str) -> None:
    sources = {message.source for message in strings.read(strings.I18N / "zh_CN.ts")}
    english = {form for message in strings.read(strings.I18N / "en.ts") for form in message.translations}
    said = [text for text in sources | english if re.search(word, text, re.IGNORECASE)]
    assert said == [], f"say: {instead}"
