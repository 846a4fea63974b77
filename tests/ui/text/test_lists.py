from __future__ import annotations

from esign_desktop.ui.text.lists import one_after_another


def test_chinese_sentences_stand_without_a_space_between_them() -> None:
    assert (
        one_after_another("PIN 码错误次数过多。", "请等待 29 秒后再试。") == "PIN 码错误次数过多。请等待 29 秒后再试。"
    )
    assert one_after_another("PIN 码错误过多。", "请等待 29 秒再试。") == "PIN 码错误过多。请等待 29 秒再试。"
    assert one_after_another("Too many wrong PINs.", "", "Wait.") == "Too many wrong PINs. Wait."
