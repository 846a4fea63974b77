from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QCoreApplication, QLocale, QObject

from esign_desktop.ui.text import i18n
from esign_desktop.ui.text.i18n import Languages, system_language

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QApplication


class Base(QObject):
    def words(self) -> str:
        return self.tr("Prepare")


class Actions(Base):
    """Called like a context that has this text."""


class Derived(Actions):
    """No context is called like this."""


def test_qts_own_texts_are_chinese_too(speak: Callable[[str], None]) -> None:
    speak("zh_CN")
    assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "取消"
    assert QLocale().language() is QLocale.Language.Chinese
    speak("en")
    assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "Cancel"


@pytest.mark.parametrize(
    ("count", "text"), [(1, "One contract was not completely sent."), (2, "2 contracts were not completely sent.")]
)
def test_english_has_its_singular(count: int, text: str, speak: Callable[[str], None]) -> None:
    speak("en")
    assert QCoreApplication.translate("InterruptedWork", "%n contract(s) not completely sent.", None, count) == text


def test_inherited_method_finds_its_text_under_the_name_of_a_class_above(speak: Callable[[str], None]) -> None:
    speak("zh_CN")
    assert Derived().words() == "准备"


def test_without_translations_it_is_english(speak: Callable[[str], None]) -> None:
    speak("en")
    assert Derived().words() == "Prepare"


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_nothing_of_a_language_stays_once_it_is_retired(language: str, qapp: QApplication) -> None:
    before = QLocale()
    languages = Languages(qapp)
    languages.use(language)
    languages.retire()
    assert QCoreApplication.translate("InterruptedWork", "%n contract(s) not completely sent.", None, 1) == (
        "1 contract(s) not completely sent."
    )
    assert QLocale() == before


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
