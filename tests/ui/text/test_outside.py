from __future__ import annotations

import pytest

from esign_desktop.ui.text.outside import MOST_CHARACTERS, one_line


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("借款合同 (2027) – é", "借款合同 (2027) – é"),
        ("a\nb\tc\x1b[31md\x00", "a b c [31md "),
        ("合同\u202efdp.exe\u202c\u2066x\u2069", "合同fdp.exex"),
        ("张\u200b\u200d三\ufeff", "张三"),
        ("\ud800x\udfff", "\ufffdx\ufffd"),
        ("<b>x</b>", "<b>x</b>"),
        ("", ""),
    ],
)
def test_only_what_can_be_seen_is_shown(text: str, shown: str) -> None:
    assert one_line(text) == shown


def test_long_texts_are_cut() -> None:
    shown = one_line("长" * 10_000)
    assert shown == "长" * MOST_CHARACTERS + "…"
    assert one_line("长" * MOST_CHARACTERS) == "长" * MOST_CHARACTERS


def test_writing_from_right_to_left_stays_by_itself() -> None:
    assert one_line("شركة") == "\u2068شركة\u2069"
