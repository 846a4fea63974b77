"""The first page of the file that the program is started with, drawn while Qt is still being imported.

It stands in the window until the room does, which opens the file for good and tells what may be wrong with it. So
whatever fails here fails in silence.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from esign_desktop.domain.errors import AppError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from esign_desktop.app.first_look import PagesPlace
    from esign_desktop.pdf.engine import Pixels
    from esign_desktop.pdf.process_engine import ProcessEngine


class FirstPage:
    """Begins at once. ``deliver`` says who gets the pixels, whether they are there already or still to come."""

    def __init__(self, engine: Callable[[], ProcessEngine], path: Path, place: PagesPlace) -> None:
        self._engine = engine
        self.place = place
        self._path = path
        self._lock = threading.Lock()
        self._pixels: Pixels | None = None
        self._receive: Callable[[Pixels], None] | None = None
        self._thread = threading.Thread(target=self._draw, name="first page", daemon=True)
        self._thread.start()

    def deliver(self, receive: Callable[[Pixels], None]) -> None:
        """Have ``receive`` called once, here or in the drawing thread; never if the page can't be drawn."""
        with self._lock:
            self._receive = receive
        self._hand_over()

    def _draw(self) -> None:
        from esign_desktop.pdf.engine import RenderRequest

        engine = self._engine()
        with suppress(AppError):
            opened = engine.open_quickly(self._path)
            try:
                pixels = engine.render(RenderRequest(opened.handle, 1, self.place.scale(opened.pages[0])))
            finally:
                engine.close(opened.handle)
            with self._lock:
                self._pixels = pixels
            self._hand_over()

    def _hand_over(self) -> None:
        with self._lock:
            pixels, receive = self._pixels, self._receive
            if pixels is None or receive is None:
                return
            self._pixels = None
        receive(pixels)
