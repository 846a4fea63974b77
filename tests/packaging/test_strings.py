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
# English words for a thing that has another name, and this name. In windows and in the manual.
RETIRED_NAMES = {
    r"\b(some|no)body\b|\bwhoever\b": "name the actor, or no one",
    r"\b(take all|look again|your turn|sign until|particulars)\b": "accept all, check again, action needed, due",
    r"\bactivity log\b|\bevent log\b": "audit log",
    r"\busage ledger\b": "ledger",
    r"\bthis platform account\b|\bour application\b|^Th(e|is) platform$": "our account, our organization",
    r"\bcopy (from )?before\b|\b(with|using) this copy\b": "backup",
    r"\breturn address\b|\bopened after signing$": "page after signing",
    r"\btime to sign\b|\bvalid for$|\bdue date\b": "sign within (a length), due or deadline (a moment)",
    r"(?<!unified )\bsocial credit code\b": "unified social credit code",
    r"\be-mail\b|\bcell ?phone\b|\bphone number\b|\blog(ged)? in to\b": "email, mobile number, sign in",
    r"\bwithdraw(n|s)?\b|\brecall(ed)?\b": "revoke",
}
# A Chinese term that stands only where the English source has these words.
GLOSSARY = {
    "撤销": r"undo|taken back; choose|takes it back",
    "撤回": r"revok|taken back|can still be signed|left as they were",
    "发送": r"message|SMS|e-?mail|notification|character|pages|sheet|\btext\b|form fields|transfer|separately",
    "文档": "documentation",
    "常用合同": "preset|will have no key|replace existing",
    "备份": r"back(s|ed|ing)? ?up",
    "副本": r"\bcop(y|ies)\b|duplicate|upright",
    "我方印章": "our seal",
    "填写项(?!目)": r"field|answer|fill in",
    "签署期限": r"sign within|deadline|time to sign",
    "签署截止": r"\bdue\b|deadline",
    "再次查询": "check again",
    "更正后重新发起": "correct (and|the value, then) send again",
    "取消并返回草稿": "cancel and return to draft",
    "操作记录": r"audit log|the log",
    "(?<!平)台账": "ledger",
    "账号": r"account|known in this environment|identity",
    "统一社会信用代码": "credit code",
    "冻结": "reserve",
    "扣减": r"\bused\b|costs nothing",
    "解冻": "",
    "计费": "",
    "待核实": "decision|decide",
    "更换签署方": "signer",
}
# Chinese words that stand for a thing that has another name, and this name. In windows and in the manual.
RETIRED_CHINESE = {
    r"预设": "常用合同",
    r"账户": "账号 (of a user of the system: 系统用户)",
    r"开户": "创建账号",
    r"字段|表单域|文本域": "填写项",
    r"(证件|身份证|证照)号(?!码)|机构代码(?<!组织机构代码)": "证件号码, 居民身份证号码, 证照号码",
    r"手机号码|移动电话": "手机号",
    r"机构名称|公司名称": "企业名称",
    r"本平台": "我方, 我方印章",
    r"枚章|个印章|颗印章": "枚印章",
    r"(签章|用印|盖章)位置": "印章位置",
    r"结果不明|结果未知": "待核实, 状态未知",
    r"应答|答复": "响应, 回执",
    r"重新查询|再次查找|查找响应": "再次查询",
    r"取回": "打开, 下载, 更正后重新发起",
    r"撤消|召回|收回": "撤回 (a contract), 撤销 (an edit)",
    r"取消发起": "取消并返回草稿",
    r"(升级前|每日)的?副本|使用该?副本": "备份",
    r"签约期限|签署时限|截止日期|截止期限": "签署期限 (a length), 签署截止 (a moment)",
    r"操作日志|审计日志": "操作记录",
    r"用量记录": "台账",
    r"校验值": "校验码",
    r"流程号": "流程编号",
    r"计算机": "电脑",
    r"表格程序|制表程序|电子表格": "表格软件",
    r"所在机构|贵方|贵单位": "您的单位, 您的",
    r"回车": "Enter",
    r"签名失败": "签署失败",
    r"签署人|自有编号|自编号": "签署方, 内部编号",
    r"自身印章|正向副本|改归|钥匙串|遗忘|逾期|搁置|暂挂|未发完|先放着|认识|还没有签": "the terms of the other texts",
    r"叫法|解冻|计费": "称谓, 释放, 扣减",
}
MANUAL = Path(__file__).resolve().parents[2] / "docs" / "manual"
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


def plain(text: str) -> str:
    """Return a text of a window without the marks of access keys and the names of its values."""
    return re.sub(r"&(?=\w)|\{\w+\}", "", text)


@pytest.mark.parametrize(("term", "source"), GLOSSARY.items())
def test_a_term_stands_for_one_idea(strings: Any, term: str, source: str) -> None:
    holding = [one for one in strings.read(strings.I18N / "zh_CN.ts") if re.search(term, "".join(one.translations))]
    assert [one for one in holding if not re.search(source, plain(one.source), re.IGNORECASE)] == []


@pytest.mark.parametrize(("word", "instead"), RETIRED_CHINESE.items())
def test_chinese_has_one_word_for_a_thing(strings: Any, word: str, instead: str) -> None:
    texts = {text: one.context for one in strings.read(strings.I18N / "zh_CN.ts") for text in one.translations}
    texts |= {
        line: path.name for path in sorted(MANUAL.glob("zh/*.md")) for line in path.read_text("utf-8").splitlines()
    }
    assert [f"{place}: {text}" for text, place in texts.items() if re.search(word, text)] == [], f"say: {instead}"


@pytest.mark.parametrize(("word", "instead"), {**RETIRED, **RETIRED_NAMES}.items())
def test_english_says_it_in_the_terms_of_the_field(strings: Any, word: str, instead: str) -> None:
    sources = {message.source for message in strings.read(strings.I18N / "zh_CN.ts")}
    english = {form for message in strings.read(strings.I18N / "en.ts") for form in message.translations}
    said = [text for text in sources | english if re.search(word, plain(text), re.IGNORECASE)]
    assert said == [], f"say: {instead}"


@pytest.mark.parametrize("word", RETIRED_NAMES)
def test_the_english_manual_has_the_words_of_the_windows(word: str) -> None:
    found = [
        f"{path.name}:{number}: {line}"
        for path in sorted(MANUAL.glob("en/*.md"))
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if re.search(word, line, re.IGNORECASE)
    ]
    assert found == [], f"say: {RETIRED_NAMES[word]}"


def test_a_retired_word_is_found_wherever_it_stands() -> None:
    assert [name for word, name in RETIRED_CHINESE.items() if re.search(word, "打开预设")] == ["常用合同"]
    assert [name for word, name in RETIRED_CHINESE.items() if re.search(word, "请填写证件号。")] != []
    assert [name for word, name in RETIRED_CHINESE.items() if re.search(word, "请填写证件号码和组织机构代码。")] == []
    assert [name for word, name in RETIRED_NAMES.items() if re.search(word, "The Activity log", re.IGNORECASE)] == [
        "audit log"
    ]
