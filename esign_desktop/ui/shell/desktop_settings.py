"""Read the desktop's accessibility settings: high contrast, reduced motion and larger text.

Each system stores them elsewhere.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Final, NamedTuple

from PySide6.QtCore import SLOT, QObject, Signal, Slot

if TYPE_CHECKING:
    from PySide6.QtDBus import QDBusPendingCallWatcher
    from PySide6.QtGui import QAccessibilityHints, QStyleHints

_PORTAL: Final = (
    "org.freedesktop.portal.Desktop",
    "/org/freedesktop/portal/desktop",
    "org.freedesktop.portal.Settings",
)
_COMMON: Final = "org.freedesktop.appearance"
_GNOME: Final = "org.gnome.desktop.interface"
CONTRAST: Final = (_COMMON, "contrast")
REDUCED_MOTION: Final = (_COMMON, "reduced-motion")
ANIMATIONS: Final = (_GNOME, "enable-animations")
TEXT_SCALE: Final = (_GNOME, "text-scaling-factor")
_REPLY_MS: Final = 3000
_SPI_GETCLIENTAREAANIMATION: Final = 0x1042
_MOST_TIMES: Final = 2.0


class DesktopSettings(NamedTuple):
    """The accessibility settings that the desktop applies to all programs. ``text_percent`` is between 100 and 200."""

    wants_contrast: bool = False
    is_still: bool = False
    text_percent: int = 100

    @classmethod
    def read(cls, words: str) -> DesktopSettings:
        """Return the settings from a text that ``in_words`` returned. Invalid parts count as not set."""
        *marks, percent = words.split() or ["100"]
        size = int(percent) if percent.isascii() and percent.isdigit() else 100
        return cls("contrast" in marks, "still" in marks, max(100, min(size, 200)))

    def in_words(self) -> str:
        """Return the settings as a text, from which ``read`` restores them at the next start."""
        marks = ["contrast"] * self.wants_contrast + ["still"] * self.is_still
        return " ".join([*marks, str(self.text_percent)])


class DesktopSettingsReader(QObject):
    """Reads the desktop's settings, and reads them again when they change. An unknown setting counts as not set.

    Qt reports high contrast since version 6.10. Reduced motion and text size come from the portal of Linux desktops,
    and from the settings of Windows. macOS has no text size for all programs, and its setting for reduced motion is not
    read.
    """

    changed = Signal(object)
    """Carries the ``DesktopSettings`` that were read. They may be equal to the previous ones."""

    def __init__(self, hints: QStyleHints, parent: QObject | None = None) -> None:
        super().__init__(parent)
        # Stored, because Qt's accessibility object is deleted together with the style hints.
        self._hints = hints
        self._accessibility: QAccessibilityHints | None = getattr(hints, "accessibility", lambda: None)()
        self._values: dict[tuple[str, str], object] = {}
        self._asked: dict[QDBusPendingCallWatcher, tuple[str, str]] = {}
        self._is_heard = False
        self._asks_again = False
        if self._accessibility is not None:
            self._accessibility.contrastPreferenceChanged.connect(self.look)

    @Slot()
    def look(self) -> None:
        """Read the settings, and emit ``changed`` at once or, on Linux, after the portal has answered."""
        if sys.platform == "win32":
            self._values = _settings_of_windows()
        elif sys.platform == "linux":
            # Some packages of the program do not include QtDBus.
            with suppress(ImportError):
                self._ask_portal()
        if self._values or not self._asked:
            self._tell()

    def retire(self) -> None:
        """Stop following changes of the contrast."""
        if self._accessibility is not None:
            self._accessibility.contrastPreferenceChanged.disconnect(self.look)
            self._accessibility = None

    def _ask_portal(self) -> None:
        from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusPendingCallWatcher

        bus = QDBusConnection.sessionBus()
        if not bus.isConnected():
            return
        if self._asked:
            self._asks_again = True
            return
        if not self._is_heard:
            # PySide's type stubs require bytes, but only str works.
            self._is_heard = bus.connect(*_PORTAL, "SettingChanged", self, SLOT("look()"))  # type: ignore[call-overload]
        for setting in (CONTRAST, REDUCED_MOTION, ANIMATIONS, TEXT_SCALE):
            call = QDBusMessage.createMethodCall(*_PORTAL, "Read")
            call.setArguments(list(setting))
            watcher = QDBusPendingCallWatcher(bus.asyncCall(call, _REPLY_MS), self)
            self._asked[watcher] = setting
            watcher.finished.connect(self._on_watcher_finished)

    def _on_watcher_finished(self, watcher: QDBusPendingCallWatcher) -> None:
        setting = self._asked.pop(watcher)
        answer: object = None if watcher.isError() else next(iter(watcher.reply().arguments()), None)
        # The portal returns a variant in a variant.
        while hasattr(answer, "variant"):
            answer = answer.variant()
        self._values[setting] = answer
        watcher.deleteLater()
        if not self._asked:
            self._tell()
            if self._asks_again:
                self._asks_again = False
                self._ask_portal()

    def _tell(self) -> None:
        hints, values = self._accessibility, self._values
        by_qt = hints is not None and hints.contrastPreference().name == "HighContrast"
        is_still = values.get(REDUCED_MOTION) == 1 or values.get(ANIMATIONS) is False
        times = values.get(TEXT_SCALE)
        percent = round(100 * max(1.0, min(times, _MOST_TIMES))) if isinstance(times, int | float) else 100
        self.changed.emit(DesktopSettings(by_qt or values.get(CONTRAST) == 1, is_still, percent))


if sys.platform == "win32":

    def _settings_of_windows() -> dict[tuple[str, str], object]:
        """Return the settings of Windows for animations and text size, under the names of the portal."""
        import ctypes
        import winreg

        values: dict[tuple[str, str], object] = {}
        with suppress(OSError, AttributeError):
            moves = ctypes.c_int(1)
            ctypes.windll.user32.SystemParametersInfoW(_SPI_GETCLIENTAREAANIMATION, 0, ctypes.byref(moves), 0)
            values[ANIMATIONS] = bool(moves.value)
        with suppress(OSError), winreg.OpenKey(winreg.HKEY_CURRENT_USER, r"SOFTWARE\Microsoft\Accessibility") as key:
            values[TEXT_SCALE] = winreg.QueryValueEx(key, "TextScaleFactor")[0] / 100
        return values
