"""How far the work in the Bulk room is."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

from esign_desktop.services.bulk import BulkStop

if TYPE_CHECKING:
    from esign_desktop.services.bulk import BulkReport


class BulkStage(Enum):
    """How far the work is. ASKING waits for a worksheet, PLANNED is the dry run, STOPPED what a run left."""

    CHOOSING = auto()
    READING = auto()
    ASKING = auto()
    PLANNED = auto()
    RUNNING = auto()
    STOPPED = auto()


def is_over(report: BulkReport) -> bool:
    """Whether a run came to its end, so that there is nothing to go on with."""
    return report.stop is BulkStop.DONE
