"""Set up the application: fonts, input method, palette, language and text size."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Signal
from PySide6.QtGui import QFileOpenEvent, QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication

from esign_desktop import __version__
from esign_desktop.override import override
from esign_desktop.ui.resources import resource_path
from esign_desktop.ui.shell.desktop_settings import DesktopSettings, DesktopSettingsReader
from esign_desktop.ui.text.i18n import Languages
from esign_desktop.ui.widgets.motion import set_still
from esign_desktop.ui.widgets.theme import apply_theme, set_text_size

if TYPE_CHECKING:
    from collections.abc import MutableMapping, Sequence

    from PySide6.QtCore import Qt

APPLICATION_NAME: Final = "esign-desktop"


class FileOpeningApplication(QApplication):
    """An application for macOS, where events tell the program which files and links were opened with it.

    It is not used on other systems, because each event of the application would be handled in Python.
    """

    file_open_requested = Signal(object)
    """Carries the ``Path`` of a file that was opened with the program."""
    link_open_requested = Signal(str)
    """Carries a link with the program's scheme that was opened."""

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
    """Change the environment variables so that Chinese can be typed with Fcitx. Do nothing if Fcitx is not used.

    Qt's wheel has no Fcitx plugin, but Fcitx also supports the IBus protocol. Call this before the application is
    created.
    """
    wanted = {environment.get("QT_IM_MODULE", ""), *environment.get("QT_IM_MODULES", "").split(";")}
    if wanted & {"fcitx", "fcitx5"}:
        environment["QT_IM_MODULE"] = "ibus"
        environment.pop("QT_IM_MODULES", None)
        environment["IBUS_USE_PORTAL"] = "1"


def create_application(arguments: Sequence[str]) -> QApplication:
    """Create and return the ``QApplication`` with its name and style.

    ``complete_application`` sets up the rest after the first paint.
    """
    prepare_input_method(os.environ)
    QCoreApplication.setApplicationName(APPLICATION_NAME)
    QCoreApplication.setApplicationVersion(__version__)
    QGuiApplication.setDesktopFileName(APPLICATION_NAME)
    # If Python set the style by name, PySide would first create all of Qt's style classes.
    kind = FileOpeningApplication if sys.platform == "darwin" else QApplication
    return kind([*arguments, "-style", "fusion"])


def complete_application(application: QApplication) -> None:
    """Set up the icon of the windows, the focus ring and the Tab order, which are not needed before the first paint."""
    from esign_desktop.ui.widgets.focus_ring import FocusRing
    from esign_desktop.ui.widgets.reading_order import ReadingOrder

    FocusRing(application)
    ReadingOrder(application)
    application.setWindowIcon(QIcon(str(resource_path("icons", "esign-desktop.svg"))))


class Looks(NamedTuple):
    """The user's choices of the look. ``theme`` is the name of a theme, or ``system`` for the desktop's.

    ``text_percent`` is the text size in percent, or 0 for the desktop's text size.
    """

    theme: str = "system"
    text_percent: int = 0
    is_still: bool = False
    """Whether animations are switched off. If False, the desktop's setting applies."""


def _title_bars(theme: str) -> Qt.ColorScheme:
    from PySide6.QtCore import Qt

    schemes = Qt.ColorScheme
    named = {"light": schemes.Light, "contrast_light": schemes.Light, "dark": schemes.Dark, "contrast": schemes.Dark}
    return named.get(theme, schemes.Unknown)


class Appearance(QObject):
    """Applies and changes the language and the look of the application.

    Theme and motion can change at any time; language and text size apply to windows that are created later.
    """

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._application = application
        self._languages = Languages(application)
        self.looks = Looks()
        self.desktop_settings = DesktopSettings()
        self._desktop: DesktopSettingsReader | None = None
        self._percent = 100
        application.styleHints().colorSchemeChanged.connect(self._on_color_scheme_changed)

    @property
    def language(self) -> str:
        """The code of the current language, such as ``zh_CN``."""
        return self._languages.language

    @property
    def missing_texts_path(self) -> Path | None:
        """The path of the translations of the current language if the file is missing, otherwise None.

        Without the file, the program is displayed in English.
        """
        return self._languages.missing_path

    @property
    def is_size_in_force(self) -> bool:
        """Whether the windows were created with the text size that is chosen now."""
        return self._wanted_percent == self._percent

    @property
    def _wanted_percent(self) -> int:
        return self.looks.text_percent or self.desktop_settings.text_percent

    def use_language(self, choice: str) -> None:
        """Use a language for windows that are created later. An empty choice means the desktop's language."""
        self._languages.use(choice)

    def use(self, looks: Looks, desktop_settings: DesktopSettings | None = None) -> None:
        """Apply a look.

        ``desktop_settings`` are the desktop's settings from the last run; None keeps the current ones.
        """
        self.looks = looks
        self.desktop_settings = desktop_settings or self.desktop_settings
        self._percent = self._wanted_percent
        set_text_size(self._percent)
        self._apply()

    def use_theme(self, mode: str) -> None:
        """Apply the theme with this name, or the desktop's for ``system``."""
        self.looks = self.looks._replace(theme=mode)
        self._apply()

    def choose_text_size(self, percent: int) -> None:
        """Set the text size in percent, or 0 for the desktop's, for windows that are created at the next start."""
        self.looks = self.looks._replace(text_percent=percent)

    def use_stillness(self, *, is_still: bool) -> None:
        """Switch animations off or, with ``is_still`` False, follow the desktop's setting."""
        self.looks = self.looks._replace(is_still=is_still)
        self._apply_stillness()

    def follow_desktop(self) -> None:
        """Read the desktop's settings in the background, and follow their changes.

        Call this after the first paint, because reading is slow.
        """
        self._desktop = DesktopSettingsReader(self._application.styleHints(), self)
        self._desktop.changed.connect(self._on_desktop_changed)
        self._desktop.look()

    def retire(self) -> None:
        """Stop following changes and remove the translations. Call this when the program is ending."""
        self._application.styleHints().colorSchemeChanged.disconnect(self._on_color_scheme_changed)
        if self._desktop is not None:
            self._desktop.retire()
        self._languages.retire()

    def _apply(self) -> None:
        if sys.platform == "win32":
            # Windows draws the title bars, by default in the desktop's color scheme.
            self._application.styleHints().setColorScheme(_title_bars(self.looks.theme))
        apply_theme(self._application, self.looks.theme, wants_contrast=self.desktop_settings.wants_contrast)
        self._apply_stillness()

    def _apply_stillness(self) -> None:
        set_still(is_wanted=self.looks.is_still or self.desktop_settings.is_still)

    def _on_color_scheme_changed(self, _scheme: Qt.ColorScheme) -> None:
        if self.looks.theme == "system":
            self._apply()

    def _on_desktop_changed(self, desktop_settings: DesktopSettings) -> None:
        before, self.desktop_settings = self.desktop_settings, desktop_settings
        if self.looks.theme == "system" and before.wants_contrast != desktop_settings.wants_contrast:
            self._apply()
        self._apply_stillness()
