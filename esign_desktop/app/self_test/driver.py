"""Operate the real windows as a user does: find controls by their text, click, type, wait and sign."""

from __future__ import annotations

import json
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import urlsplit

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QInputMethodEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget

from esign_desktop.ui.widgets.actions import plain_text
from esign_desktop.ui.widgets.deliberate import DeliberateButton

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.ui.viewer.doubts import DoubtList


T = TypeVar("T")
W = TypeVar("W", bound=QWidget)

PATIENCE_S: Final = 60.0
_STEP_MS: Final = 10
_SIGN_TIMEOUT_S: Final = 30.0


class SelfTestFailed(Exception):
    """Raised if a step does not have the expected result.

    The message is in English, is intended for support, and contains no personal data.
    """


def words(context: str, source: str) -> str:
    """Return the translation of a source text in the language of the windows.

    For an action, return the text as a button shows it.
    """
    text = QCoreApplication.translate(context, source)
    return plain_text(text) if context == "Actions" else text


def wait_until(claim: str, is_true: Callable[[], object], *, limit_s: float = PATIENCE_S) -> None:
    """Process events until ``is_true`` returns a true value.

    Raises SelfTestFailed with a message that includes ``claim`` if this takes longer than ``limit_s`` seconds.
    """
    ends_at_s = time.monotonic() + limit_s
    while not is_true():
        if time.monotonic() > ends_at_s:
            raise SelfTestFailed(f"timed out after {limit_s:g} s: {claim}")
        rest(_STEP_MS)


def rest(time_ms: int) -> None:
    """Process events for ``time_ms`` milliseconds.

    QTest.qWait is not used, because it holds Python's global lock and would stop all other threads.
    """
    loop = QEventLoop()
    QTimer.singleShot(time_ms, loop.quit)
    loop.exec()


def elsewhere(work: Callable[[], T]) -> T:
    """Run blocking work on another thread while processing events, and return its result or raise its exception."""
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(work)
        while not future.done():
            rest(_STEP_MS)
        return future.result()


def come_to_front(window: QWidget) -> None:
    """Give a window the keyboard focus so that its shortcuts work. Raises SelfTestFailed if this is not possible."""
    window.activateWindow()
    wait_until("the window has the keyboard focus", window.isActiveWindow)


def button(parent: QWidget, context: str, source: str) -> QAbstractButton:
    """Return the visible button with this text or accessible name. Raises SelfTestFailed if there is none.

    ``context`` and ``source`` identify the text in the translations.
    """
    text = words(context, source)
    for candidate in parent.findChildren(QAbstractButton):
        if candidate.isVisible() and text in {candidate.text(), candidate.accessibleName()}:
            return candidate
    raise SelfTestFailed(f"no visible button {source!r} in {type(parent).__name__}")


def field(parent: QWidget, context: str, source: str) -> QWidget:
    """Return the field whose label has this text. Raises SelfTestFailed if there is none.

    ``context`` and ``source`` identify the text in the translations.
    """
    text = words(context, source)
    for label in parent.findChildren(QLabel):
        buddy = label.buddy()
        if label.text() == text and isinstance(buddy, QWidget):
            return buddy
    raise SelfTestFailed(f"no field {source!r} in {type(parent).__name__}")


def called(parent: QWidget, kind: type[W], context: str, source: str) -> W:
    """Return the visible widget of this class with this accessible name. Raises SelfTestFailed if there is none.

    ``context`` and ``source`` identify the name in the translations.
    """
    text = words(context, source)
    for widget in parent.findChildren(kind):
        if widget.isVisible() and widget.accessibleName() == text:
            return widget
    raise SelfTestFailed(f"no visible widget is named {source!r} in {type(parent).__name__}")


def the(parent: QWidget, kind: type[W]) -> W:
    """Return the first visible widget of this class in ``parent``. Raises SelfTestFailed if there is none."""
    found = next((widget for widget in parent.findChildren(kind) if widget.isVisible()), None)
    if found is None:
        raise SelfTestFailed(f"no visible {kind.__name__} in {type(parent).__name__}")
    return found


def press(target: QAbstractButton) -> None:
    """Click a button. Raises SelfTestFailed if the button is disabled.

    A button for an irreversible action accepts clicks only after a delay, and is clicked when the delay has ended.
    """
    if isinstance(target, DeliberateButton):
        wait_until("the button accepts presses", lambda: target.press_guard.is_long_enough)
    if not target.isEnabled():
        raise SelfTestFailed(f"the button {target.objectName() or type(target).__name__} is disabled")
    click(target)


def confirm_doubts(doubts: DoubtList) -> None:
    """Confirm each severe doubt in the list. Raises SelfTestFailed if a doubt cannot be confirmed."""
    while (button := doubts.next_answer) is not None:
        press(button)


def click(target: QWidget, point: QPoint | None = None) -> None:
    """Move the mouse to a point in a widget, by default its center, and click."""
    place = point if point is not None else target.rect().center()
    # Two moves are made, so that a pointer that is already at this place moves too.
    QTest.mouseMove(target, place + QPoint(4, 0))
    QTest.mouseMove(target, place)
    QTest.mouseClick(target, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)


def drag_to(target: QWidget, point: QPoint) -> None:
    """Move the mouse to a point in a widget while holding down the left button, which QTest cannot do."""
    left = Qt.MouseButton.LeftButton
    place = target.mapToGlobal(QPointF(point))
    event = QMouseEvent(
        QEvent.Type.MouseMove, QPointF(point), place, Qt.MouseButton.NoButton, left, Qt.KeyboardModifier.NoModifier
    )
    QCoreApplication.sendEvent(target, event)


def write(target: QWidget, text: str) -> None:
    """Replace the text of a field by typing. Text with Chinese characters is entered like text from an input method."""
    target.setFocus()
    QTest.keyClick(target, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(target, Qt.Key.Key_Delete)
    if text.isascii():
        QTest.keyClicks(target, text)
    else:
        commit = QInputMethodEvent()
        commit.setCommitString(text)
        QCoreApplication.sendEvent(target, commit)


def strike(target: QWidget, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press and release a key, together with any modifier keys."""
    QTest.keyClick(target, key, modifiers)


def sign_on_page(sign_url: str) -> str:
    """Sign a contract as the button on the signing page does, and return the new state of the page.

    Raises OSError if the request fails, and ValueError if the URL or the response is invalid.
    """
    address = urlsplit(sign_url)
    if address.scheme not in {"http", "https"}:
        raise ValueError("not a web address")
    # Without a proxy, because the platform runs on this computer.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(sign_url, timeout=_SIGN_TIMEOUT_S) as page:
        page.read()
    token = address.path.rstrip("/").rsplit("/", 1)[1]
    request = urllib.request.Request(  # noqa: S310  the scheme is checked above
        f"{sign_url.rstrip('/')}/sign",
        json.dumps({"token": token}).encode(),
        {"Content-Type": "application/json", "Origin": f"{address.scheme}://{address.netloc}"},
        method="POST",
    )
    with opener.open(request, timeout=_SIGN_TIMEOUT_S) as answer:
        return str(json.loads(answer.read())["state"])
