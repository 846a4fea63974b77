"""Drives the real windows as a person does: finds things by the words on them, clicks, types, waits, signs."""

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


T = TypeVar("T")
W = TypeVar("W", bound=QWidget)

PATIENCE_S: Final = 60.0
_STEP_MS: Final = 10
_SIGN_TIMEOUT_S: Final = 30.0


class SelfTestFailed(Exception):
    """A step did not come to what it has to come to. The text is for support, in English, without personal data."""


def words(context: str, source: str) -> str:
    """Return a text of the windows in the language they speak; one of the actions as it stands on a button."""
    text = QCoreApplication.translate(context, source)
    return plain_text(text) if context == "Actions" else text


def wait_until(claim: str, is_true: Callable[[], object], *, limit_s: float = PATIENCE_S) -> None:
    """Let the windows live until something is so. Raises SelfTestFailed."""
    ends_at_s = time.monotonic() + limit_s
    while not is_true():
        if time.monotonic() > ends_at_s:
            raise SelfTestFailed(f"waited {limit_s:g} s in vain: {claim}")
        rest(_STEP_MS)


def rest(time_ms: int) -> None:
    """Let the windows live for a moment.

    Not by QTest.qWait, which keeps Python's lock: every other thread would stand still meanwhile.
    """
    loop = QEventLoop()
    QTimer.singleShot(time_ms, loop.quit)
    loop.exec()


def elsewhere(work: Callable[[], T]) -> T:
    """Do work that blocks in another thread while the windows live; raise what it raises."""
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(work)
        while not future.done():
            rest(_STEP_MS)
        return future.result()


def come_to_front(window: QWidget) -> None:
    """Give a window the keyboard, as whoever clicks into it does; its shortcuts are heard from then on."""
    window.activateWindow()
    wait_until("the window has the keyboard", window.isActiveWindow)


def button(parent: QWidget, context: str, source: str) -> QAbstractButton:
    """Return the button that is seen and bears this text, or is called so. Raises SelfTestFailed."""
    text = words(context, source)
    for one in parent.findChildren(QAbstractButton):
        if one.isVisible() and text in {one.text(), one.accessibleName()}:
            return one
    raise SelfTestFailed(f"no button {source!r} in {type(parent).__name__}")


def field(parent: QWidget, context: str, source: str) -> QWidget:
    """Return the field whose label bears this text. Raises SelfTestFailed."""
    text = words(context, source)
    for label in parent.findChildren(QLabel):
        buddy = label.buddy()
        if label.text() == text and isinstance(buddy, QWidget):
            return buddy
    raise SelfTestFailed(f"no field {source!r} in {type(parent).__name__}")


def called(parent: QWidget, kind: type[W], context: str, source: str) -> W:
    """Return what is seen and has this accessible name. Raises SelfTestFailed."""
    text = words(context, source)
    for one in parent.findChildren(kind):
        if one.isVisible() and one.accessibleName() == text:
            return one
    raise SelfTestFailed(f"nothing is called {source!r} in {type(parent).__name__}")


def the(parent: QWidget, kind: type[W]) -> W:
    """Return the one visible child of a kind. Raises SelfTestFailed."""
    found = next((one for one in parent.findChildren(kind) if one.isVisible()), None)
    if found is None:
        raise SelfTestFailed(f"no {kind.__name__} is seen in {type(parent).__name__}")
    return found


def press(target: QAbstractButton) -> None:
    """Click a button, one that can't be taken back as soon as it can be meant. Raises SelfTestFailed if it can't be."""
    if isinstance(target, DeliberateButton):
        wait_until("the button has stood for a moment", lambda: target.standing.is_long_enough)
    if not target.isEnabled():
        raise SelfTestFailed(f"the button {target.objectName() or type(target).__name__} can't be pressed")
    click(target)


def click(target: QWidget, point: QPoint | None = None) -> None:
    """Move there and press the left button."""
    place = point if point is not None else target.rect().center()
    # A pointer that is there already moves too.
    QTest.mouseMove(target, place + QPoint(4, 0))
    QTest.mouseMove(target, place)
    QTest.mouseClick(target, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)


def drag_to(target: QWidget, point: QPoint) -> None:
    """Move there with the left button down, which QTest's own moves do not have."""
    left = Qt.MouseButton.LeftButton
    place = target.mapToGlobal(QPointF(point))
    event = QMouseEvent(
        QEvent.Type.MouseMove, QPointF(point), place, Qt.MouseButton.NoButton, left, Qt.KeyboardModifier.NoModifier
    )
    QCoreApplication.sendEvent(target, event)


def write(target: QWidget, text: str) -> None:
    """Type into a field, in the place of what is there; Chinese comes as an input method commits it."""
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
    """Press a key."""
    QTest.keyClick(target, key, modifiers)


def sign_on_page(sign_url: str) -> str:
    """Sign as the button of the rehearsal platform's sign page does: one request, with the page's own token.

    Return the state that the page then has. Raises OSError, ValueError.
    """
    address = urlsplit(sign_url)
    if address.scheme not in {"http", "https"}:
        raise ValueError("not a web address")
    # Straight there: whatever proxy the person's shell names, the platform is this computer.
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
