"""A world in which everything is the same each time: the hour, the ids, who works here.

To be made before anything of the application is imported, and never left: for a process that only takes pictures.
"""

from __future__ import annotations

import random
import secrets
import sys
import threading
import time
import uuid
from typing import Final

NOW_MS: Final = 1_799_980_200_000
"""Friday, 15 January 2027, half past ten in China."""
DAY_MS: Final = 86_400_000
WHO: Final = "zhou"
HOME: Final = "/home/zhou"
"""Of nobody: a folder of that name need not exist."""


class _Dice:
    """Falls the same way in each run, whichever thread throws."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311  to be foreseen is what it is for
        self._lock = threading.Lock()

    def bytes(self, count: int) -> bytes:
        with self._lock:
            return self._random.randbytes(count)


_now_ms = [NOW_MS]


def turn_clock(to_ms: int = NOW_MS) -> None:
    """Let it be another moment."""
    _now_ms[0] = to_ms


def enter() -> None:
    """Stop the clock and load the dice."""
    ids, tokens = _Dice(1), _Dice(2)
    time.time_ns = lambda: _now_ms[0] * 1_000_000
    time.time = lambda: _now_ms[0] / 1000
    uuid.uuid4 = lambda: uuid.UUID(bytes=ids.bytes(16), version=4)
    secrets.token_urlsafe = lambda nbytes=None: tokens.bytes(nbytes or 32).hex()
    if sys.platform != "win32":
        import pwd

        pwd.getpwuid = lambda _uid: pwd.struct_passwd((WHO, "", 0, 0, "", "", ""))
