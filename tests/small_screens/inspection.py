"""Plays the scenes of the pictures on a small screen, and says what is wrong with the windows that are met.

What lies outside the screen or is cut off; with large letters also what can't be read; what sends, revokes, deletes
and the like by a button of the wrong kind; and what of the right kind answers to a double click as it appears.

``python -m tests.small_screens.inspection LANGUAGE SCENE… [--pictures FOLDER]`` with Qt's drawing screens set up by the
caller; prints JSON.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from esign_desktop.override import override
from tests.pictures import fixed_world

fixed_world.enter()

from PySide6.QtCore import SIGNAL, QPoint, QRect, QSize, Qt  # noqa: E402  the clock has to stand still before the application is read
from PySide6.QtGui import QCursor  # noqa: E402
from PySide6.QtTest import QTest  # noqa: E402
from PySide6.QtWidgets import (  # noqa: E402
    QAbstractButton,
    QCheckBox,
    QDialogButtonBox,
    QLabel,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QToolButton,
    QToolTip,
    QWidget,
)

from esign_desktop.app.self_test import driver  # noqa: E402
from esign_desktop.ui.shell.application import create_application  # noqa: E402
from esign_desktop.ui.shell.window import MainWindow  # noqa: E402
from esign_desktop.ui.text.i18n import Languages  # noqa: E402
from esign_desktop.ui.widgets.deliberate import (  # noqa: E402
    ConfirmButton,
    DeliberateButton,
)
from esign_desktop.ui.widgets.labels import ElidedLabel  # noqa: E402
from esign_desktop.ui.widgets.layouts import ScrolledContent  # noqa: E402
from esign_desktop.ui.widgets.qr import QrCode  # noqa: E402
from esign_desktop.ui.widgets.theme import apply_theme, set_text_size  # noqa: E402
from tests.pictures.legibility import faint  # noqa: E402
from tests.pictures.programme import PROGRAMME  # noqa: E402
from tests.pictures.studio import HELD, Studio, forget_deleted, picture_of  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


GRAVE = re.compile(
    r"\b(send|sent|revoke|delete|forget|import|replace|overwrite|discard|start over|try again|continue|stop|once more"
    r"|cancel (and|this)|make the template|create again|(set|remove) the (pin|logo)|use the new version)\b",
    re.IGNORECASE,
)
"""What a button says that can't be taken back; three dots say that something is asked first."""
HARMLESS = {
    ("StatusLine", "Review and send"): "leads to the review",
    ("BulkFoot", "Send"): "leads to the sheet that confirms",
    ("BulkFoot", "Nothing to send"): "is the same button",
    ("ConfirmSheet", "Back"): "goes back",
    ("PreflightPane", "Stop"): "stops looking, and nothing else",
    ("DetailsPane", "Stop"): "stops a download",
    ("ReadingCard", "Stop"): "stops reading a sheet",
    ("FilterBar", ""): "chooses what is listed",
    ("RowFilterBar", ""): "chooses what is listed",
    ("CardFilterBar", ""): "chooses what is listed",
    ("StartProblem", "Try again"): "opens what is kept once more",
    ("ToolStrip", "Undo"): "undoes an edit, which can be redone",
    ("ReadinessList", "Stop"): "stops asking the platform",
}
"""Who has it, what it begins with → why it may be pressed at once."""


_ICON_ONLY = Qt.ToolButtonStyle.ToolButtonIconOnly


@dataclass
class Inspector(Studio):
    """Looks where pictures would be taken."""

    problems: list[str] = field(default_factory=list)
    button_count: int = 0

    @override
    def take(
        self,
        name: str,
        window: QWidget,
        *,
        above: Sequence[QWidget] = (),
        settle: Callable[[], None] | None = None,
        theme_free: bool = False,
    ) -> None:
        self.languages.use(self.language)
        driver.rest(40)
        if settle is not None:
            settle()
        self.names.append(name)
        for one in (window, *above):
            self.problems += [f"{name}: {problem}" for problem in problems_of(one)]
            if self.text_percent > 100:
                self.problems += [f"{name}: {problem}" for problem in squeezed(one)]
                if name in HELD:
                    self.problems += [f"{name}: {problem}" for problem in faint(one)]
        if self.folder != Path():
            picture_of(window, above).save(str(self.folder / f"{self.language}-{name}.png"))
        for one in (window, *above):
            self.problems += [f"{name}: {problem}" for problem in (*ordinary_and_grave(one), *hasty(one))]
            self.button_count += sum(button.isVisible() for button in one.window().findChildren(DeliberateButton))


def problems_of(window: QWidget) -> Iterator[str]:
    """Yield what of a window lies outside its screen, and what of it has to be seen and can't be."""
    window = window.window()
    available = window.screen().availableGeometry().size()
    kind = type(window).__name__
    # The counter fills the screen, where nothing frames it.
    size = window.size() if kind == "CounterWindow" else window.frameGeometry().size()
    if size.width() > available.width() or size.height() > available.height():
        yield f"{kind} of {size.width()} × {size.height()} on {available.width()} × {available.height()}"
    if isinstance(window, MainWindow):
        for child in (window.status_line, window.rail):
            for one in child.findChildren(QAbstractButton):
                yield from cut_off(one, window)
    for code in window.findChildren(QrCode):
        least = code.minimumSizeHint()
        if code.isVisible() and (code.width() < least.width() or code.height() < least.height()):
            yield f"a code of {code.width()} × {code.height()} px, too small for a camera"
    for button in window.findChildren(QPushButton):
        if button.objectName() == "primary" or isinstance(button, DeliberateButton):
            yield from cut_off(button, window)


def squeezed(window: QWidget) -> Iterator[str]:
    """Yield texts that have less room than they need, and are not made to be cut."""
    for one in window.window().findChildren(QWidget):
        if not isinstance(one, QLabel | QAbstractButton) or isinstance(one, ElidedLabel) or not one.isVisible():
            continue
        text = one.text().strip()
        if not text or (isinstance(one, QToolButton) and one.toolButtonStyle() is _ICON_ONLY):
            continue
        least = one.minimumSizeHint()
        if isinstance(one, QLabel) and one.wordWrap():
            least = QSize(0, min(one.heightForWidth(one.width()), one.sizeHint().height()))
        # A frame of a pixel is no loss.
        if one.width() < least.width() - 2 or one.height() < least.height() - 2:
            size = f"{one.width()} × {one.height()} of {least.width()} × {least.height()}"
            yield f"{type(one).__name__} {text[:40]!r} of {type(one.parentWidget()).__name__} has {size} px"


def ordinary_and_grave(window: QWidget) -> Iterator[str]:
    """Yield buttons that do what can't be taken back, and are pressed like any other."""
    for guarded in window.window().findChildren(DeliberateButton):
        # A box of buttons listens as well, and says itself which was clicked, to nobody.
        listeners = 2 if isinstance(guarded.parentWidget(), QDialogButtonBox) else 1
        if guarded.receivers(SIGNAL("clicked(bool)")) > listeners:
            yield f"{guarded.text() or guarded.accessibleName()!r} is listened to for any click"
    for button in window.window().findChildren(QAbstractButton):
        words = (button.text() or button.accessibleName()).replace("&", "")
        if not button.isVisible() or isinstance(button, DeliberateButton | QCheckBox | QRadioButton):
            continue
        around = (one for one in ancestors(button) if type(one).__module__.startswith("esign_desktop"))
        owner = next((one for one in around if not isinstance(one, ScrolledContent)), window)
        is_known = any(type(owner).__name__ == name and words.startswith(beginning) for name, beginning in HARMLESS)
        if GRAVE.search(words) and "…" not in words and not is_known:
            yield f"{type(button).__name__} {words!r} of {type(owner).__name__} is no DeliberateButton"


def hasty(window: QWidget) -> Iterator[str]:
    """Let each button appear under the pointer and double click at once; yield those that take it for meant."""
    if any(button.is_armed for button in window.window().findChildren(ConfirmButton)):
        # Pressing elsewhere would end the question that the scene goes on with.
        return
    for button in window.window().findChildren(DeliberateButton):
        if not (button.isVisible() and button.isEnabled()):
            continue
        had_focus = button.hasFocus()
        meant: list[bool] = []
        note = partial(meant.append, True)
        button.meant.connect(note)
        QCursor.setPos(button.mapToGlobal(button.rect().center()))
        button.hide()
        button.show()
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        QTest.mouseDClick(button, Qt.MouseButton.LeftButton)
        QTest.keyClick(button, Qt.Key.Key_Return)
        button.meant.disconnect(note)
        QToolTip.hideText()
        if had_focus:
            button.setFocus()
        if meant:
            yield f"{button.text() or button.accessibleName()!r} takes a double click as it appears for meant"


def cut_off(widget: QWidget, window: QWidget) -> Iterator[str]:
    """Yield that not all of something is seen, unless it can be scrolled to."""
    if not widget.isVisible():
        return
    place = QRect(widget.mapTo(window, QPoint()), widget.size())
    is_scrolled = any(
        isinstance(above, QScrollArea) and (content := above.widget()) is not None and content.isAncestorOf(widget)
        for above in ancestors(widget)
    )
    text = getattr(widget, "text", str)()
    name = f"{type(widget).__name__} {text or widget.accessibleName()!r}"
    if is_scrolled:
        return
    if not window.rect().contains(place):
        yield f"{name} lies at {place.getRect()} in a window of {window.width()} × {window.height()}"
    elif widget.visibleRegion().boundingRect() != widget.rect():
        yield f"{name} is covered in part"
    elif isinstance(widget, QPushButton) and widget.width() < widget.minimumSizeHint().width():
        yield f"{name} is {widget.width()} px wide, and wants {widget.minimumSizeHint().width()}"


def ancestors(widget: QWidget) -> Iterator[QWidget]:
    """Yield what a widget lies in."""
    above = widget.parentWidget()
    while above is not None:
        yield above
        above = above.parentWidget()


def main() -> int:
    """Print what was seen."""
    parser = argparse.ArgumentParser()
    parser.add_argument("language")
    parser.add_argument("scenes", nargs="+")
    parser.add_argument("--pictures", type=Path, default=Path())
    parser.add_argument("--text", type=int, default=100, help="size of letters in percent")
    parsed = parser.parse_args()
    application = create_application(["small-screens"])
    application.setQuitOnLastWindowClosed(False)
    set_text_size(parsed.text)
    apply_theme(application, "light")
    with tempfile.TemporaryDirectory(prefix="small-", ignore_cleanup_errors=True) as scratch:
        inspector = Inspector(
            *(application, Languages(application), parsed.language, parsed.pictures, Path(scratch), ("light",)),
            text_percent=parsed.text,
        )
        for scene in parsed.scenes:
            inspector.languages.use(parsed.language)
            PROGRAMME[scene](inspector)
            forget_deleted()
    found = {"names": inspector.names, "problems": inspector.problems, "buttons": inspector.button_count}
    print(json.dumps(found, ensure_ascii=False))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
