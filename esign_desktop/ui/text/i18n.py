"""The interface's languages: Chinese and English, switched while the windows stand.

Translations are JSON files under ``resources/i18n/<language>/<area>.json``: context → English source → text; plurals
are lists. They are read as they are: nothing is compiled, so a checkout and an installed wheel behave the same. English
is the language of the source and needs plurals only. ``packaging/strings.py`` holds them complete.

The window stands sooner for it that only the area ``first``, of which it consists then, is read at once. The others are
read when a text is not found there, and Qt's own texts when Qt asks for one.
"""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QLocale, QTranslator

from esign_desktop.override import override
from esign_desktop.ui.resources import resource_path

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from PySide6.QtCore import QObject

CHINESE: Final = "zh_CN"
ENGLISH: Final = "en"
LANGUAGES: Final = (CHINESE, ENGLISH)
FIRST_AREA: Final = "first"

Text = str | list[str]
Table = dict[tuple[str, str], Text]


def read_table(language: str) -> Table:
    """Return every translation of a language, by context and source."""
    table: Table = {}
    for path in sorted(resource_path("i18n", language).glob("*.json")):
        table |= _read(path)
    return table


def read_first(language: str) -> Table:
    """Return the translations of what stands in the window at first."""
    path = resource_path("i18n", language, f"{FIRST_AREA}.json")
    return _read(path) if path.exists() else {}


def _read(path: Path) -> Table:
    contexts: Mapping[str, Mapping[str, Text]] = json.loads(path.read_text("utf-8"))
    return {(context, source): text for context, texts in contexts.items() for source, text in texts.items()}


def system_language() -> str:
    """Return the language to begin with: Chinese, unless the desktop says that another one is wanted."""
    names = QLocale.system().uiLanguages()
    first = names[0] if names else "C"
    return CHINESE if first.startswith("zh") or first in {"C", "POSIX"} else ENGLISH


def resolve_language(choice: str) -> str:
    """Return the language that a choice stands for; empty is the desktop's."""
    return choice if choice in LANGUAGES else system_language()


class TableTranslator(QTranslator):
    """Looks texts up in a table that can be exchanged, and what it has not, in Qt's own texts."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._table: Table = {}
        self._by_source: dict[str, Text] = {}
        self._read_all: Callable[[], Table] | None = None
        self._read_qt: Callable[[], QTranslator | None] | None = None
        self._qt: QTranslator | None = None

    def set_table(
        self,
        table: Table,
        read_all: Callable[[], Table] | None = None,
        read_qt: Callable[[], QTranslator | None] | None = None,
    ) -> None:
        """Take another table, and ways to read the whole one and Qt's texts when something is not in it.

        Who shows texts is told of it by whoever calls this.
        """
        self._read_all, self._read_qt, self._qt = read_all, read_qt, None
        self._keep(table)

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
        text = self._find(str(context), str(sourceText))
        if isinstance(text, list):
            return text[0 if n == 1 else -1]
        return text or self._find_in_qt(str(context), str(sourceText), n) or _NOTHING

    def _keep(self, table: Table) -> None:
        self._table = table
        self._by_source = {source: text for (_, source), text in table.items()}

    def _find(self, context: str, source: str) -> Text | None:
        text = self._known(context, source)
        read_all = self._read_all
        if text is None and read_all is not None and not _is_qts(context):
            self._keep(read_all())
            self._read_all = None
            text = self._known(context, source)
        return text

    def _known(self, context: str, source: str) -> Text | None:
        text = self._table.get((context, source))
        # A method that is inherited asks with the name of the subclass.
        return self._by_source.get(source) if text is None and not _is_qts(context) else text

    def _find_in_qt(self, context: str, source: str, n: int) -> str | None:
        if self._read_qt is not None:
            self._qt, self._read_qt = self._read_qt(), None
        return self._qt.translate(context, source, None, n) if self._qt is not None else None


def _is_qts(context: str) -> bool:
    """Whether the context is a class of Qt's: ``QPlatformTheme``, not our ``QrCard``."""
    return context[:1] == "Q" and context[1:2].isupper()


_NOTHING: Final[str] = None  # type: ignore[assignment]  # Qt's null string: not found, ask the next translator


class Languages:
    """The application's translator. One per application; lives as long as it."""

    def __init__(self, application: QCoreApplication) -> None:
        self._application = application
        self._translator = TableTranslator(application)
        self._language = ""

    @property
    def language(self) -> str:
        """The language in force."""
        return self._language

    def use(self, language: str) -> None:
        """Speak ``zh_CN``, ``en``, or, if empty, the system's language, in what is made from now on."""
        language = resolve_language(language)
        if language == self._language:
            return
        self._language = language
        QLocale.setDefault(QLocale(language))
        self._translator.set_table(
            read_first(language),
            read_all=partial(read_table, language),
            read_qt=partial(self._read_qt_texts, language),
        )
        # Only installing tells the windows.
        self._application.removeTranslator(self._translator)
        self._application.installTranslator(self._translator)

    def retire(self) -> None:
        """Translate no more."""
        self._application.removeTranslator(self._translator)
        self._language = ""

    def _read_qt_texts(self, language: str) -> QTranslator | None:
        if language == ENGLISH:
            return None
        # Not above: nothing of it is asked for before the first paint.
        from PySide6.QtCore import QLibraryInfo

        # Without a parent: whoever asks first may do so in any thread.
        translator = QTranslator()
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        return translator if translator.load(f"qtbase_{language}", folder) else None
