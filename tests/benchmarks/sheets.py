"""A full sheet, 2,000 rows of 12 columns: read apart and laid out, against openpyxl in the process of the window.

The peer reads the same workbook as openpyxl's documentation has it for large ones, values alone, and looks for nothing
that is damaged, hidden or shown in a format. Then the reading of a sheet that costs gigabytes, until it has ended after
*Stop reading*; the peer is the second within which it has to.
"""

from __future__ import annotations

import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl

from esign_desktop.domain.bulk.sheet import MAX_ROWS
from esign_desktop.domain.errors import Cancelled, CancelToken, InputError
from esign_desktop.services.sheets.reading import open_sheet
from tests.benchmarks.row import Row, best
from tests.bulk_samples import HEADINGS, person_row, read_sheet
from tests.services.sheet_bombs import million_empty_cells

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 5
MORE_COLUMNS = 9
BEGUN_S = 1.0
STOP_MS = 1_000.0
LIMIT = 6.0
"""A process is started and locked in, and every cell is looked at for its format, its damage and where it is hidden."""


def write(path: Path) -> Path:
    """Write the sheet."""
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.append([*HEADINGS, *(f"列{number}" for number in range(MORE_COLUMNS))])
    for number in range(MAX_ROWS):
        page.append([*person_row(number), *(number * 1.5 + column for column in range(MORE_COLUMNS))])
    book.save(path)
    return path


def peer(path: Path) -> int:
    """Read it here; return the number of rows."""
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    count = sum(any(row) for row in book.worksheets[0].iter_rows(values_only=True))
    book.close()
    return count - 1


def timed_ms(work: Callable[[], object]) -> float:
    began_s = time.perf_counter()
    work()
    return (time.perf_counter() - began_s) * 1000


def until_stopped_ms(path: Path) -> float:
    """Return how long a reading that is under way goes on after it was called off."""
    cancel, moments = CancelToken(), []

    def call_off() -> None:
        moments.append(time.perf_counter())
        cancel.cancel()

    timer = threading.Timer(BEGUN_S, call_off)
    timer.start()
    try:
        open_sheet(path, cancel=cancel)
    except (Cancelled, InputError):
        # On a busy machine the bomb may be found out before it is called off.
        return (time.perf_counter() - moments[0]) * 1000 if moments else 0.0
    finally:
        timer.cancel()
    raise AssertionError


def measure() -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        path, bomb = write(Path(folder, "full.xlsx")), million_empty_cells(Path(folder, "bomb.xlsx"))
        assert len(read_sheet(path).rows) == peer(path) == MAX_ROWS
        ours = best([timed_ms(lambda: read_sheet(path)) for _ in range(ROUNDS)])
        theirs = best([timed_ms(lambda: peer(path)) for _ in range(ROUNDS)])
        stopped = max(until_stopped_ms(bomb) for _ in range(ROUNDS))
    return [
        Row("Reading a sheet of 2,000 rows (ms)", ours, "openpyxl in-process", theirs, LIMIT).as_dict(),
        Row("Until the reading of a bomb has ended (ms)", stopped, "one second", STOP_MS, 1.0).as_dict(),
    ]
