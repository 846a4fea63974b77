"""Sets the application up: fonts and input methods, palette, language."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Signal
from PySide6.QtGui import QFileOpenEvent, QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication

from esign_desktop import __version__
from esign_desktop.override import override
from esign_desktop.ui.resources import resource_path
from esign_desktop.ui.text.i18n import Languages
from esign_desktop.ui.widgets.theme import apply_theme

if TYPE_CHECKING:
    from collections.abc import MutableMapping, Sequence

    from PySide6.QtCore import Qt

APPLICATION_NAME: Final = "esign-desktop"


class FileOpeningApplication(QApplication):
    """macOS tells a program by an event which files and links were opened with it.

    ``file_open_requested`` carries the path, ``link_open_requested`` the link.

    Not for other systems: each event of the application would go through Python.
    """

    file_open_requested = Signal(object)
    link_open_requested = Signal(str)

    @override
    def event(self, event: QEvent) -> bool:
        if isinstance(event, QFileOpenEvent) and event.file():
            self.file_open_requested.emit(Path(event.file()))
            return True
        if isinstance(event, QFileOpenEvent) and event.url().scheme() == APPLICATION_NAME:
            self.link_open_requested.emit(event.url().toString())
            return True
        return super().event(event)


def prepare_input_method(environment: MutableMapping[str, str]) -> None:
    """Make Chinese typing work where Fcitx is used: Qt's wheel has no plugin of Fcitx, but Fcitx speaks IBus too.

    To be called before the application is created.
    """
    wanted = {environment.get("QT_IM_MODULE", ""), *environment.get("QT_IM_MODULES", "").split(";")}
    if wanted & {"fcitx", "fcitx5"}:
        environment["QT_IM_MODULE"] = "ibus"
        environment.pop("QT_IM_MODULES", None)
        environment["IBUS_USE_PORTAL"] = "1"


def create_application(arguments: Sequence[str]) -> QApplication:
    """Return the one QApplication, named and in its style. Its icon comes after the first paint: see ``give_icon``."""
    prepare_input_method(os.environ)
    QCoreApplication.setApplicationName(APPLICATION_NAME)
    QCoreApplication.setApplicationVersion(__version__)
    QGuiApplication.setDesktopFileName(APPLICATION_NAME)
    # Asking for the style by name in Python would first build every class of Qt's styles.
    kind = FileOpeningApplication if sys.platform == "darwin" else QApplication
    return kind([*arguments, "-style", "fusion"])


def dress(application: QApplication) -> None:
    """Give the windows their icon, the ring around the keyboard and its way, which are not for before one stands."""
    from esign_desktop.ui.widgets.focus_ring import FocusRing
    from esign_desktop.ui.widgets.reading_order import ReadingOrder

    FocusRing(application)
    ReadingOrder(application)
    application.setWindowIcon(QIcon(str(resource_path("icons", "esign-desktop.svg"))))


class Appearance(QObject):
    """Language and theme in force. The theme changes while windows stand; a language is that of what is made next."""

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._application = application
        self._languages = Languages(application)
        self._theme = ""
        application.styleHints().colorSchemeChanged.connect(self._on_color_scheme_changed)

    @property
    def language(self) -> str:
        """The language in force."""
        return self._languages.language

    @property
    def missing_texts_path(self) -> Path | None:
        """Where the texts of the language in force should be and are not, so that English is spoken; else None."""
        return self._languages.missing_path

    @property
    def theme(self) -> str:
        """The theme that was chosen: ``light``, ``dark`` or ``system``."""
        return self._theme

    def use_language(self, choice: str) -> None:
        """Speak a language; empty is the desktop's."""
        self._languages.use(choice)

    def use_theme(self, mode: str) -> None:
        """Look like this."""
        self._theme = mode
        apply_theme(self._application, mode)

    def retire(self) -> None:
        """Leave the application to itself, when the program ends."""
        self._application.styleHints().colorSchemeChanged.disconnect(self._on_color_scheme_changed)
        self._languages.retire()

    def _on_color_scheme_changed(self, _scheme: Qt.ColorScheme) -> None:
        if self._theme == "system":
            apply_theme(self._application, self._theme)
