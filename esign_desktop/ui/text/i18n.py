"""The interface's languages, Chinese and English: Qt's translators, with what ``make strings`` keeps complete.

``resources/i18n/<language>.ts`` holds the translations; the program reads what packaging/strings.py compiles from them.
English is the language of the source, and needs plurals only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator

from esign_desktop.ui.resources import resource_path

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtCore import QCoreApplication

CHINESE: Final = "zh_CN"
ENGLISH: Final = "en"
LANGUAGE_NAMES: Final = {CHINESE: "简体中文", ENGLISH: "English"}


def system_language() -> str:
    """Return the language to begin with: Chinese, unless the desktop says that another one is wanted."""
    names = QLocale.system().uiLanguages()
    first = names[0] if names else "C"
    return CHINESE if first.startswith("zh") or first in {"C", "POSIX"} else ENGLISH


def resolve_language(choice: str) -> str:
    """Return the language that a choice stands for; empty is the desktop's."""
    return choice if choice in LANGUAGE_NAMES else system_language()


class Languages:
    """The application's translators. One per application; lives as long as it."""

    def __init__(self, application: QCoreApplication) -> None:
        self._application = application
        self._translators: list[QTranslator] = []
        self._language = ""
        self.missing_path: Path | None = None
        """Where the texts of the language in force were looked for in vain, so that English is spoken; else None."""

    @property
    def language(self) -> str:
        """The language in force."""
        return self._language

    def use(self, choice: str) -> None:
        """Speak ``zh_CN``, ``en``, or, if empty, the system's language, in what is made from now on."""
        language = resolve_language(choice)
        if language == self._language:
            return
        self.retire()
        self._language = language
        self.missing_path = None
        QLocale.setDefault(QLocale(language))
        qts_folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        for name, folder in ((f"qtbase_{language}", qts_folder), (language, str(resource_path("i18n")))):
            translator = QTranslator(self._application)
            if translator.load(name, folder):
                self._application.installTranslator(translator)
                self._translators.append(translator)
            elif name == language:
                self.missing_path = resource_path("i18n", f"{language}.qm")

    def retire(self) -> None:
        """Translate no more."""
        for translator in self._translators:
            self._application.removeTranslator(translator)
            translator.deleteLater()
        self._translators.clear()
        self._language = ""
