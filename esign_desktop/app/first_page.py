"""Draw the first page of the file given on the command line while Qt is still being imported.

The window shows this picture until the document has been opened. Errors in this module are ignored, because problems
with the document are reported when the document is opened. Each import delays the window, so this module imports only a
few modules.
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
"""The argument with which a packaged program, which has no separate interpreter, runs as the drawing process."""
LIMIT_S: Final = 8.0
_LONGEST_ANSWER_BYTES: Final = 4 * TILE_PIXELS + 64
_PROGRAM: Final = "from esign_desktop.pdf.worker.first_page import main; raise SystemExit(main())"
_END_S: Final = 2.0


class DrawnPage(NamedTuple):
    """The opaque pixels of a page, row by row, in the format of ``pdf.engine.Pixels``."""

    width_px: int
    height_px: int
    data: bytes

    @property
    def stride_bytes(self) -> int:
        """The number of bytes in a row of pixels."""
        return self.width_px * 4


class FirstPage:
    """The process that draws the first page. It starts when the object is created and waits for a call of ``draw``."""

    def __init__(self) -> None:
        # Without Python's search for site packages, since the module paths are passed on.
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
        """The place in the window where the page will be displayed, or None before ``draw``."""

    def draw(self, path: Path, place: PagesPlace) -> None:
        """Start drawing the first page of a file at the size of ``place``. The call does not block."""
        self.place = place
        # The request is sent through the pipe, because every user of the system can read command lines.
        request = f"{place.page_width_px}\n".encode() + os.fsencode(path)
        self._thread = threading.Thread(target=self._await, args=(request,), name="first page", daemon=True)
        self._thread.start()

    def deliver(self, receive: Callable[[DrawnPage], None]) -> None:
        """Call ``receive`` once with the drawn page, on this thread or another one.

        If the page cannot be drawn, ``receive`` is never called.
        """
        with self._lock:
            self._receive = receive
        self._hand_over()

    def close(self) -> None:
        """End the process. The page is not delivered afterwards."""
        with self._lock:
            self._receive = self._page = None
        self._process.kill()
        if self._thread is not None:
            # A daemon thread, because an unreachable share may block it for a long time.
            self._thread.join(_END_S)
        else:
            self._process.communicate()

    def _await(self, request: bytes) -> None:
        # A compromised process could send data endlessly, or never.
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
    """Parse the output of the process into a page. Raises ValueError if the output is invalid."""
    head, _, data = answer.partition(b"\n")
    width, height = head.split()
    page = DrawnPage(int(width), int(height), data)
    if page.width_px <= 0 or page.height_px <= 0 or len(data) != page.stride_bytes * page.height_px:
        raise ValueError(len(data))
    return page
