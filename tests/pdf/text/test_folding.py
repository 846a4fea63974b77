from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from esign_desktop.pdf.text import folding
from esign_desktop.pdf.text.folding import fold, fold_long


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("甲⽅", "甲方"),  # Kangxi radical, as many PDF writers put it
        ("⾦额⽇期", "金额日期"),
        ("⻓期⻅证⻛险⻚码⻋辆⻢⻰⻘⻩", "长期见证风险页码车辆马龙青黄"),  # supplement of radicals
        ("⼾名", "户名"),
        ("⺠法", "民法"),
        ("樂", "樂"),  # compatibility ideograph
        ("ＡＢＣ１２３", "abc123"),
        ("ｶﾅ", "カナ"),
        ("（签字）", "(签字)"),
        ("︵签字︶", "(签字)"),  # forms for vertical writing
        ("﹙签字﹚", "(签字)"),
        ("甲方：", "甲方:"),
        ("甲方∶", "甲方:"),
        ("甲，乙；丙！", "甲,乙;丙!"),
        ("完。", "完."),
        ("完｡", "完."),
        ("〔2024〕", "[2024]"),
        ("“甲”‘乙’", "\"甲\"'乙'"),
        ("A–B—C―D−E‐F", "A-B-C-D-E-F"),
        ("张·三•李‧四", "张·三·李·四"),
        ("甲\u200b方\ufeff", "甲方"),
        ("甲\u3000 \t\u00a0方\n", "甲方"),
        ("甲\u00ad方\ufe00", "甲方"),
        ("ﬁle", "file"),
        ("STRASSE", "straße"),
        ("e\u0301", "é"),
        ("㈱", "(株)"),
        ("①", "1"),
    ],
)
def test_what_reads_the_same_is_equal(written: str, typed: str) -> None:
    assert fold(written) == fold(typed)


@pytest.mark.parametrize(
    ("one", "other"), [("甲", "乙"), ("未", "末"), ("土", "士"), ("、", "，"), ("己", "已"), ("0", "O")]
)
def test_what_only_looks_alike_stays_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(st.text(), st.sampled_from([" ", "\u3000", "\u200b", "\n", "\ufeff", "\u00ad"]))
def test_invisible_characters_do_not_count(text: str, invisible: str) -> None:
    assert invisible not in fold(invisible.join(text))


@example("\u0339 \u0334")
@given(st.text(st.one_of(st.characters(), st.sampled_from("甲乙，。（）：；、\u3000 abcＡ⽅戸靑é\u0301ｶﾞ①㈱ﬁ"))))
def test_much_text_is_folded_as_little_is(text: str) -> None:
    assert fold_long(text) == fold(text)


def test_what_is_left_alone_in_much_text_is_what_folding_leaves_alone() -> None:
    others = folding._OTHERS  # noqa: SLF001
    alone = [chr(code) for code in range(0x110000) if not others.match(chr(code))]
    assert len(alone) > 20_000
    assert [character for character in alone if fold(character) != character] == []
