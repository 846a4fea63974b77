"""A clerk at the desk, who does one thing at a time and counts what it takes."""

from __future__ import annotations

import itertools
import os
import queue
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, contextmanager, suppress
from typing import IO, TYPE_CHECKING, Self

import pytest

from tests.e2e.accessible import WAIT_S
from tests.e2e.file_desk import SIZE_PX
from tests.e2e.typing_hands import fill

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType

    from tests.e2e.accessible import Accessible
    from tests.e2e.x_hands import XHands
    from tests.virtual_display import VirtualDisplay

DRAG_STEPS = 8
POLL_S = 0.05
FILE_AT = (1520, 8)
"""A corner of the screen that no window of the application covers."""


class Clerk:
    """Every drop, click, key chord, typed field and drag is one action, as a person would count; looking is none."""

    def __init__(self, display: VirtualDisplay, hands: XHands) -> None:
        self._display = display
        self._hands = hands
        self._file_managers = ExitStack()
        self.actions: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file_managers.close()

    def begin(self) -> None:
        """Count from here."""
        self.actions = []

    @property
    def count(self) -> int:
        return len(self.actions)

    def drop(self, path: Path, target: tuple[int, int]) -> None:
        """Drag a file out of a file manager and let go of it over the window."""
        self.actions.append("drop a file")
        # It stays: the window asks for what was dropped after that.
        news = self._file_managers.enter_context(self._file(path))
        x, y = FILE_AT[0] + SIZE_PX // 2, FILE_AT[1] + SIZE_PX // 2
        self._hands.hold(x, y)
        end = time.monotonic() + WAIT_S
        # The pointer tells a person whether what is below it wants the file; programs need time to agree on that.
        for near in itertools.cycle((0, 1, 2)):
            self._hands.move_to((x + target[0]) // 2, (y + target[1]) // 2)
            self._hands.move_to(target[0] + near, target[1])
            with suppress(queue.Empty):
                if news.get(timeout=POLL_S) == "wanted":
                    break
            if time.monotonic() > end:
                pytest.fail("the window does not want the file")
        self._hands.let_go()
        assert news.get(timeout=WAIT_S) == "let go"

    def click(self, what: Accessible | tuple[int, int], *, name: str = "") -> None:
        self.actions.append(f"click {name}")
        self._hands.click(*(what if isinstance(what, tuple) else what.extents.center))

    def drag(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        self.actions.append("drag")
        self._hands.hold(*start)
        for step in range(1, DRAG_STEPS + 1):
            self._hands.move_to(*(a + (b - a) * step // DRAG_STEPS for a, b in zip(start, end, strict=True)))
        self._hands.let_go()

    def press(self, chord: str) -> None:
        self.actions.append(f"press {chord}")
        self._hands.press(chord)

    def type(self, text: str, field: Accessible) -> None:
        """Fill the field that has the keyboard, which to a person is one action however often it is looked at."""
        self.actions.append("type")
        fill(self._hands, field, text)

    @contextmanager
    def _file(self, path: Path) -> Iterator[queue.Queue[str]]:
        news: queue.Queue[str] = queue.Queue()
        command = [sys.executable, "-m", "tests.e2e.file_desk", str(path), *map(str, FILE_AT)]
        environment = os.environ | self._display.environment()
        with subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as manager:
            assert manager.stdout is not None
            reader = threading.Thread(target=_read, args=(manager.stdout, news))
            reader.start()
            try:
                assert news.get(timeout=WAIT_S) == "ready"
                yield news
            finally:
                manager.terminate()
                reader.join()


def _read(lines: IO[bytes], news: queue.Queue[str]) -> None:
    for line in lines:
        news.put(line.decode().strip())
