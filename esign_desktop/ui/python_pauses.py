"""Keeps Python's own pauses below what a person sees."""

from __future__ import annotations

import gc
import sys
from typing import Final

SWITCH_S: Final = 0.0005
"""How long a worker may keep Python's lock while the window waits for it; the usual 5 ms add up while it paints."""
COLLECT_AFTER: Final = (50_000, 20, 20)
"""The collector walks through everything alive: with the usual (700, 10, 10) 50,000 flows cost 30 ms every second."""


def shorten_pauses() -> None:
    """Set both for the whole process."""
    sys.setswitchinterval(SWITCH_S)
    gc.set_threshold(*COLLECT_AFTER)
