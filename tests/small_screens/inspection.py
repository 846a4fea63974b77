"""Plays the scenes of the pictures on a small screen, and says what of their windows lies outside it or is cut off.

``python -m tests.small_screens.inspection LANGUAGE SCENE… [--pictures FOLDER]`` with Qt's drawing screens set up by the
caller; prints JSON.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from esign_desktop.override import override
from tests.pictures import fixed_world

fixed_world.enter()

from PySide6.QtCore import QPoint, QRect  # noqa: E402  the clock has to stand still before the application is read
from PySide6.QtWidgets import QAbstractButton, QPushButton, QScrollArea, QWidget  # noqa: E402

from esign_desktop.app.self_test import hand  # noqa: E402
from esign_desktop.ui.application import create_application  # noqa: E402
from esign_desktop.ui.deliberate.button import DeliberateButton  # noqa: E402
from esign_desktop.ui.i18n import Languages  # noqa: E402
from esign_desktop.ui.main_window import MainWindow  # noqa: E402
from esign_desktop.ui.theme import apply_theme  # noqa: E402
from tests.pictures.programme import PROGRAMME  # noqa: E402
from tests.pictures.studio import Studio, forget_deleted, picture_of  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


class Inspector(Studio):
    """Looks where pictures would be taken."""

    problems: list[str]

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
        hand.rest(40)
        if settle is not None:
            settle()
        self.names.append(name)
        for one in (window, *above):
            self.problems += [f"{name}: {problem}" for problem in problems_of(one)]
        if self.folder != Path():
            picture_of(window, above).save(str(self.folder / f"{self.language}-{name}.png"))


def problems_of(window: QWidget) -> Iterator[str]:
    """Yield what of a window lies outside its screen, and what of it has to be seen and can't be."""
    window = window.window()
    available = window.screen().availableGeometry().size()
    kind = type(window).__name__
    size = window.frameGeometry().size()
    if size.width() > available.width() or size.height() > available.height():
        yield f"{kind} of {size.width()} × {size.height()} on {available.width()} × {available.height()}"
    if isinstance(window, MainWindow):
        for child in (window.status_line, window.rail):
            for one in child.findChildren(QAbstractButton):
                yield from cut_off(one, window)
    for button in window.findChildren(QPushButton):
        if button.objectName() == "primary" or isinstance(button, DeliberateButton):
            yield from cut_off(button, window)


def cut_off(widget: QWidget, window: QWidget) -> Iterator[str]:
    """Yield that not all of something is seen, unless it can be scrolled to."""
    if not widget.isVisible():
        return
    place = QRect(widget.mapTo(window, QPoint()), widget.size())
    is_scrolled = any(
        isinstance(above, QScrollArea) and above.widget() is not None and above.widget().isAncestorOf(widget)
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
    parsed = parser.parse_args()
    application = create_application(["small-screens"])
    application.setQuitOnLastWindowClosed(False)
    apply_theme(application, "light")
    with tempfile.TemporaryDirectory(prefix="small-", ignore_cleanup_errors=True) as scratch:
        inspector = Inspector(
            application, Languages(application), parsed.language, parsed.pictures, Path(scratch), ("light",)
        )
        inspector.problems = []
        for scene in parsed.scenes:
            inspector.languages.use(parsed.language)
            PROGRAMME[scene](inspector)
            forget_deleted()
    print(json.dumps({"names": inspector.names, "problems": inspector.problems}, ensure_ascii=False))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
