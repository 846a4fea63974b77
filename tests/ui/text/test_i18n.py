from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QLocale
from PySide6.QtWidgets import QLabel, QWidget

from esign_desktop.override import override
from esign_desktop.ui.text import i18n
from esign_desktop.ui.text.i18n import TableTranslator, read_first, read_table, system_language

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from esign_desktop.ui.text.i18n import Table


class Sign(QLabel):
    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.setText(QCoreApplication.translate("Rooms", "Prepare"))
        super().changeEvent(event)


def test_window_that_stands_changes_its_language(qtbot: QtBot, speak: Callable[[str], None]) -> None:
    window = QWidget()
    sign = Sign(window)
    qtbot.addWidget(window)
    speak("zh_CN")
    qtbot.waitUntil(lambda: sign.text() == "准备")
    speak("en")
    qtbot.waitUntil(lambda: sign.text() == "Prepare")


def test_qts_own_texts_are_chinese_too(speak: Callable[[str], None]) -> None:
    speak("zh_CN")
    assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "取消"
    assert QLocale().language() is QLocale.Language.Chinese
    speak("en")
    assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "Cancel"


@pytest.mark.parametrize(
    ("count", "text"), [(1, "One send did not come to an end."), (2, "2 sends did not come to an end.")]
)
def test_english_has_its_singular(count: int, text: str, speak: Callable[[str], None]) -> None:
    speak("en")
    assert QCoreApplication.translate("Furniture", "%n send(s) did not come to an end.", None, count) == text


def test_inherited_method_finds_its_text_under_the_subclass_name() -> None:
    translator = TableTranslator()
    translator.set_table({("Base", "Hello"): "你好"})
    assert translator.translate("Derived", "Hello") == "你好"


def test_our_texts_do_not_stand_in_for_qts() -> None:
    translator = TableTranslator()
    translator.set_table({("Base", "Cancel"): "算了"})
    assert not translator.translate("QPlatformTheme", "Cancel")


def test_unfinished_text_falls_back_to_its_source() -> None:
    translator = TableTranslator()
    translator.set_table({("Base", "Hello"): ""})
    assert not translator.translate("Base", "Hello")


def test_the_rest_is_read_when_a_text_is_not_among_the_first() -> None:
    reads: list[str] = []

    def read_all() -> Table:
        reads.append("all")
        return {("Rail", "Prepare"): "准备", ("Window", "Seal"): "印章"}

    translator = TableTranslator()
    translator.set_table({("Rail", "Prepare"): "准备"}, read_all=read_all)
    assert translator.translate("Rail", "Prepare") == "准备"
    assert not translator.translate("QPlatformTheme", "Cancel")
    assert reads == []
    assert translator.translate("Window", "Seal") == "印章"
    assert not translator.translate("Window", "Nowhere")
    assert reads == ["all"]


def test_a_class_of_ours_may_be_called_like_one_of_qts() -> None:
    translator = TableTranslator()
    translator.set_table({}, read_all=lambda: {("QrCard", "Scan"): "扫码"})
    assert translator.translate("QrCard", "Scan") == "扫码"


def test_what_stands_in_the_window_at_first_is_no_other_than_in_the_whole_table() -> None:
    first, whole = read_first("zh_CN"), read_table("zh_CN")
    assert first
    assert first.items() <= whole.items()
    assert len(first) < len(whole) / 5


@pytest.mark.parametrize(
    ("desktop", "language"),
    [(["zh-CN"], "zh_CN"), (["zh-Hant-TW"], "zh_CN"), (["C"], "zh_CN"), (["de-DE", "zh"], "en")],
)
def test_first_language_is_chinese_unless_the_desktop_wants_another(
    desktop: list[str], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Locale:
        @staticmethod
        def system() -> Locale:
            return Locale()

        @staticmethod
        def uiLanguages() -> list[str]:  # noqa: N802
            return desktop

    monkeypatch.setattr(i18n, "QLocale", Locale)
    assert system_language() == language


def test_every_language_has_a_table() -> None:
    assert len(read_table("zh_CN")) > 500
    assert read_table("en")
