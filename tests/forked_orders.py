"""Forks for each line of JSON, and answers how the fork ended: so a death costs some hundredths of a second."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

FINISHED = 7
"""How a fork ends that was not killed and did not fail."""


def serve_orders(work: Callable[[dict[str, Any]], object]) -> None:
    """Do ``work`` with each order, in a fork of its own, until no more come. Nothing may have started a thread yet."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            try:
                work(json.loads(line))
            finally:
                os._exit(FINISHED if sys.exc_info()[0] is None else 1)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()
