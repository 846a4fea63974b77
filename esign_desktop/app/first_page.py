"""The first page of the file that the program is started with, drawn while Qt is still being imported.

It stands in the window until the room does, which opens the file for good and tells what may be wrong with it. So
whatever fails here fails in silence. Every import is a part of the time until the window stands: there are few.
"""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Final, NamedTuple

from esign_desktop.pdf.isolated.start import child_environment, start_attached_process
from esign_desktop.pdf.limits import TILE_PIXELS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from esign_desktop.app.saved_window_state import PagesPlace

DRAW_WORD: Final = "--draw-first-page"
"""Asks a packaged program, which has no interpreter beside it, to be the process that draws."""
LIMIT_S: Final = 8.0
_LONGEST_ANSWER_BYTES: Final = 4 * TILE_PIXELS + 64
_PROGRAM: Final = "from esign_desktop.pdf.worker.first_page import main; raise SystemExit(main())"
_END_S: Final = 2.0


class DrawnPage(NamedTuple):
    """Opaque pixels as those of ``pdf.engine.Pixels``, row after row."""

    width_px: int
    height_px: int
    data: bytes

    @property
    def stride_bytes(self) -> int:
        """Bytes of a row."""
        return self.width_px * 4


class FirstPage:
    """A process that gets ready at once, and draws when it has been told what."""

    def __init__(self) -> None:
        # Without what Python looks for at each start: where modules lie is known here.
        module = [sys.executable, "-S", "-P", "-c", _PROGRAM]
        frozen = [sys.executable, DRAW_WORD]
        self._process = start_attached_process(
            frozen if getattr(sys, "frozen", False) else module, environment=child_environment()
        )
        self._lock = threading.Lock()
        self._page: DrawnPage | None = None
        self._receive: Callable[[DrawnPage], None] | None = None
        self._thread: threading.Thread | None = None
        self.place: PagesPlace | None = None
        """Where the page will be shown; None before ``draw``."""

    def draw(self, path: Path, place: PagesPlace) -> None:
        """Have the first page of a file drawn for a place."""
        self.place = place
        # By way of the pipe: everybody may read a command line.
        request = f"{place.page_width_px}\n".encode() + os.fsencode(path)
        self._thread = threading.Thread(target=self._await, args=(request,), name="first page", daemon=True)
        self._thread.start()

    def deliver(self, receive: Callable[[DrawnPage], None]) -> None:
        """Have ``receive`` called once, here or in another thread; never if the page can't be drawn."""
        with self._lock:
            self._receive = receive
        self._hand_over()

    def close(self) -> None:
        """End the process, and hand nothing over any more."""
        with self._lock:
            self._receive = self._page = None
        self._process.kill()
        if self._thread is not None:
            # A daemon: a file on a share that is away may hold it for longer than anybody waits.
            self._thread.join(_END_S)
        else:
            self._process.communicate()

    def _await(self, request: bytes) -> None:
        # What was taken over by a file could send without end, or never.
        timer = threading.Timer(LIMIT_S, self._process.kill)
        timer.start()
        try:
            answer = self._answer_to(request)
        finally:
            timer.cancel()
            self._process.kill()
            self._process.wait()
        with suppress(ValueError):
            page = _read(answer)
            with self._lock:
                self._page = page
            self._hand_over()

    def _answer_to(self, request: bytes) -> bytes:
        to_child, from_child = self._process.stdin, self._process.stdout
        if to_child is None or from_child is None:
            return b""
        with from_child:
            with suppress(OSError), to_child:
                to_child.write(request)
            return from_child.read(_LONGEST_ANSWER_BYTES + 1)

    def _hand_over(self) -> None:
        with self._lock:
            page, receive = self._page, self._receive
            if page is None or receive is None:
                return
            self._page = None
        receive(page)


def _read(answer: bytes) -> DrawnPage:
    """Read what the process told. Raises ValueError for anything but a page."""
    head, _, data = answer.partition(b"\n")
    width, height = head.split()
    page = DrawnPage(int(width), int(height), data)
    if page.width_px <= 0 or page.height_px <= 0 or len(data) != page.stride_bytes * page.height_px:
        raise ValueError(len(data))
    return page
