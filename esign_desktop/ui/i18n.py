"""The interface's languages: Chinese and English, switched while the windows stand.

Translations are JSON files under ``resources/i18n/<language>/<area>.json``: context → English source → text; plurals
are lists. They are read as they are: nothing is compiled, so a checkout and an installed wheel behave the same. English
is the language of the source and needs plurals only. ``packaging/strings.py`` holds them complete.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from esign_desktop.override import override
from esign_desktop.ui.resources import resource_path

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtCore import QObject

CHINESE: Final = "zh_CN"
ENGLISH: Final = "en"
LANGUAGES: Final = (CHINESE, ENGLISH)

Text = str | list[str]
Table = dict[tuple[str, str], Text]


def read_table(language: str) -> Table:
    """Return every translation of a language, by context and source."""
    table: Table = {}
    for path in sorted(resource_path("i18n", language).glob("*.json")):
        contexts: Mapping[str, Mapping[str, Text]] = json.loads(path.read_text("utf-8"))
        for context, texts in contexts.items():
            table.update({(context, source): text for source, text in texts.items()})
    return table


def system_language() -> str:
    """Return the language to begin with: Chinese, unless the desktop says that another one is wanted."""
    names = QLocale.system().uiLanguages()
    first = names[0] if names else "C"
    return CHINESE if first.startswith("zh") or first in {"C", "POSIX"} else ENGLISH


class TableTranslator(QTranslator):
    """Looks texts up in a table that can be exchanged."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._table: Table = {}
        self._by_source: dict[str, Text] = {}

    def set_table(self, table: Table) -> None:
        """Take another table; who shows texts is told by whoever calls this."""
        self._table = table
        self._by_source = {source: text for (_, source), text in table.items()}

    @override
    def isEmpty(self) -> bool:
        return False

    @override
    def translate(
        self,
        context: str | bytes | bytearray | memoryview,
        sourceText: str | bytes | bytearray | memoryview,
        /,
        disambiguation: str | bytes | bytearray | memoryview | None = None,
        n: int = -1,
    ) -> str:
        text = self._table.get((str(context), str(sourceText)))
        if text is None and not str(context).startswith("Q"):
            # A method that is inherited asks with the name of the subclass.
            text = self._by_source.get(str(sourceText))
        if isinstance(text, list):
            return text[0 if n == 1 else -1]
        return text or _NOTHING


_NOTHING: Final[str] = None  # type: ignore[assignment]  # Qt's null string: not found, ask the next translator


class Languages:
    """The application's translators. One per application; lives as long as it."""

    def __init__(self, application: QCoreApplication) -> None:
        self._application = application
        self._own = TableTranslator(application)
        self._qt: QTranslator | None = None
        self._language = ""

    @property
    def language(self) -> str:
        """The language in force."""
        return self._language

    def use(self, language: str) -> None:
        """Speak ``zh_CN``, ``en``, or, if empty, the system's language; windows that stand change at once."""
        language = language if language in LANGUAGES else system_language()
        if language == self._language:
            return
        self._language = language
        QLocale.setDefault(QLocale(language))
        self._use_qt_texts(language)
        self._own.set_table(read_table(language))
        # Only installing tells the windows, and only the translator installed last is asked first.
        self._application.removeTranslator(self._own)
        self._application.installTranslator(self._own)

    def retire(self) -> None:
        """Translate no more."""
        for translator in (self._own, self._qt):
            if translator is not None:
                self._application.removeTranslator(translator)
        self._qt = None
        self._language = ""

    def _use_qt_texts(self, language: str) -> None:
        if self._qt is not None:
            self._application.removeTranslator(self._qt)
            self._qt = None
        if language == ENGLISH:
            return
        translator = QTranslator(self._application)
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        if translator.load(f"qtbase_{language}", folder):
            self._qt = translator
            self._application.installTranslator(translator)
