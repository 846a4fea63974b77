"""Takes the pictures: one language and one scale a process, light and dark one after the other."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication, QWidget

from esign_desktop.app.self_test import driver
from esign_desktop.ui.text.i18n import Languages
from esign_desktop.ui.widgets.theme import DARK, HIGH_CONTRAST, LIGHT, apply_theme, theme
from tests.pictures.legibility import faint, unmarked_stops
from tests.pictures.paper import write_if_changed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


THEMES: Final = ("light", "dark", "contrast")
_SETTLE_MS: Final = 40
_TABBED_THROUGH: Final = frozenset(
    {
        *("prepare-contract", "prepare-options"),
        *("review", "track-sent", "bulk-rows", "contacts-person", "contacts-organization"),
        *("presets", "preset-edit", "preset-fields", "templates"),
        *("settings-test", "settings-behaviour", "settings-general", "counter-idle", "counter-customer"),
        *("counter-code", "shift-sheet", "forget-person", "keys", "track-quota"),
    }
)
HELD: Final = frozenset(
    {
        *("prepare-contract", "prepare-problems", "prepare-positions", "prepare-options", "prepare-signer-form"),
        *("prepare-history", "place-seal-selected", "place-keyword-hits", "prepare-password"),
        *(
            "review",
            "review-problems",
            "review-production",
            "sending-held",
            "made-differs",
            "qr-code",
            "rehearsal-failed",
        ),
        *("track-list", "track-audit", "track-timeline", "track-failed", "track-revoke-asks", "signed-file"),
        *("bulk-rows", "bulk-column-missing", "bulk-confirm", "bulk-held", "contacts", "contacts-person"),
        *("presets", "preset-edit", "preset-party", "templates", "template-editor", "messages", "command-palette"),
        *("settings-test", "settings-production", "settings-no-keyring", "settings-general", "forget-person"),
        *("counter-customer", "counter-code", "counter-refused", "counter-held", "counter-offline", "shift-sheet"),
    }
)
"""One state of each room, and those that warn, fail, select or lock: what ``--held`` looks at."""
_COLOURS: Final = {"light": LIGHT, "dark": DARK, "contrast": HIGH_CONTRAST}


@dataclass
class Studio:
    """``folder`` belongs to one scale; ``scratch`` holds what the windows work with."""

    application: QApplication
    languages: Languages
    language: str
    folder: Path
    scratch: Path
    themes: tuple[str, ...] = THEMES
    text_percent: int = 100
    only_held: bool = False
    names: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    """What can't be read, or hides where the keyboard is."""

    def take(
        self,
        name: str,
        window: QWidget,
        *,
        above: Sequence[QWidget] = (),
        settle: Callable[[], None] | None = None,
        theme_free: bool = False,
    ) -> None:
        """Keep a window, and what lies above it, as it looks in each theme."""
        self.languages.use(self.language)
        self.names.append(name)
        if self.only_held and name not in HELD:
            return
        for one in self.themes[:1] if theme_free else self.themes:
            self._use_theme(one)
            driver.rest(_SETTLE_MS)
            if settle is not None:
                settle()
            picture = picture_of(window, above)
            faults = [fault for top in (window, *above) for fault in faint(top)]
            # Tab scrolls along: what the picture is to show may be out of sight afterwards.
            if name in _TABBED_THROUGH:
                faults += [f"no mark of the keyboard: {stop}" for stop in unmarked_stops(window)]
                driver.rest(_SETTLE_MS)
            self.faults += [f"{name}, {one}: {fault}" for fault in faults]
            if self.only_held:
                # Nobody looks at them.
                continue
            path = self.folder / f"{self.language}-{one}" / f"{name}.png"
            if write_if_changed(picture, path):
                self.written.append(f"{self.language}-{one}/{name}")
        self._use_theme(self.themes[0])

    def _use_theme(self, name: str) -> None:
        if theme() is not _COLOURS[name] or not self.application.styleSheet():
            apply_theme(self.application, name)


def picture_of(window: QWidget, above: Sequence[QWidget] = ()) -> QImage:
    """Paint a window and the windows above it as they would stand on the screen."""
    image = window.grab().toImage()
    if not above:
        return image
    painter = QPainter(image)
    for one in above:
        place = one.mapToGlobal(QPoint(0, 0)) - window.mapToGlobal(QPoint(0, 0))
        painter.drawPixmap(place, one.grab())
        if one.testAttribute(Qt.WidgetAttribute.WA_TranslucentBackground):
            continue
        painter.setPen(QColor(theme().line))
        painter.drawRect(QRect(place, one.size()).adjusted(-1, -1, 0, 0))
    painter.end()
    return image


def forget_deleted() -> None:
    """Let Qt delete what was let go of."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
