"""Choose the language of the user interface, Chinese or English, and load its translations.

``resources/i18n/<language>.ts`` contains the translations, which packaging/strings.py compiles. The source texts are
English, so the English file contains only plural forms.
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
    """Return the default language: Chinese if the system prefers it or states no preference, otherwise English."""
    names = QLocale.system().uiLanguages()
    first = names[0] if names else "C"
    return CHINESE if first.startswith("zh") or first in {"C", "POSIX"} else ENGLISH


def resolve_language(choice: str) -> str:
    """Return the language for the user's choice. An empty or unknown choice means the system's language."""
    return choice if choice in LANGUAGE_NAMES else system_language()


class Languages:
    """Installs and removes the application's translators. Keep the only instance while the application runs."""

    def __init__(self, application: QCoreApplication) -> None:
        self._application = application
        self._translators: list[QTranslator] = []
        self._language = ""
        self.missing_path: Path | None = None
        """The path of the current language's translation file if the file could not be loaded, otherwise None.

        Without the file, texts are English.
        """

    @property
    def language(self) -> str:
        """The current language, or an empty text if no translators are installed."""
        return self._language

    def use(self, choice: str) -> None:
        """Use a language for texts that are translated from now on.

        ``choice`` is ``zh_CN`` or ``en``; if it is empty or unknown, the system's language is used. Widgets that exist
        keep their texts. Do nothing if the language is already in use.
        """
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
        """Remove all translators and use the system's locale, so that texts are no longer translated."""
        for translator in self._translators:
            self._application.removeTranslator(translator)
            translator.deleteLater()
        self._translators.clear()
        self._language = ""
        QLocale.setDefault(QLocale.system())
