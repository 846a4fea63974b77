"""Sheets that would cost gigabytes or minutes are read apart: this process stays small, and whoever waits can stop."""

from __future__ import annotations

import os
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self

import pytest

from esign_desktop.domain.errors import Cancelled, CancelToken, InputError
from esign_desktop.services.sheets.reading import open_sheet
from tests.services.sheet_bombs import endless_comment, million_empty_cells, rows_without_end
from tests.tiers import daily

if TYPE_CHECKING:
    from collections.abc import Callable

MIB = 1024 * 1024
MOST_ADDED_BYTES = 100 * MIB
BOMBS = [million_empty_cells, endless_comment, rows_without_end]


class Peak:
    """The most memory that this process took within the block, above what it had."""

    def __enter__(self) -> Self:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
        self._before = self._read()
        return self

    def __exit__(self, *_error: object) -> None:
        self.added_bytes = self._read() - self._before

    @staticmethod
    def _read() -> int:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


def children() -> list[int]:
    """The processes that this one started and that still run."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, parent, *_ = status.read_text(encoding="utf-8").rpartition(")")[2].split()
            if int(parent) == os.getpid() and state != "Z":
                found.append(int(status.parent.name))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("make", daily([million_empty_cells, rows_without_end], BOMBS))
def test_bomb_is_refused_and_takes_nothing_from_the_window(make: Callable[[Path], Path], tmp_path: Path) -> None:
    others = set(children())
    path = make(tmp_path / "bomb.xlsx")
    assert path.stat().st_size < MIB
    with Peak() as peak, pytest.raises(InputError) as caught:
        open_sheet(path, limit_s=6.0)
    assert caught.value.code in {"sheet.too_heavy", "sheet.too_slow", "sheet.too_many_rows"}
    assert peak.added_bytes < MOST_ADDED_BYTES
    assert not set(children()) - others


@pytest.mark.parametrize("make", daily([million_empty_cells, rows_without_end], BOMBS))
def test_reading_of_a_bomb_ends_soon_after_cancel(make: Callable[[Path], Path], tmp_path: Path) -> None:
    others = set(children())
    path, cancel, moments = make(tmp_path / "bomb.xlsx"), CancelToken(), []

    def call_off() -> None:
        moments.append(time.monotonic())
        cancel.cancel()

    timer = threading.Timer(0.5, call_off)
    timer.start()
    with pytest.raises(Cancelled):
        open_sheet(path, cancel=cancel)
    timer.join()
    assert time.monotonic() - moments[0] < 4
    assert not set(children()) - others


def test_openpyxl_is_not_imported_where_the_window_is(tmp_path: Path) -> None:
    import subprocess
    import sys

    (tmp_path / "a.csv").write_text("姓名,手机号\n样本甲,13800000001\n", encoding="utf-8")
    program = (
        "import sys; from pathlib import Path\n"
        "from esign_desktop.services.sheets.reading import open_sheet\n"
        "if __name__ == '__main__':\n"
        "    open_sheet(Path(sys.argv[1])); print('openpyxl' in sys.modules)"
    )
    found = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "a.csv")], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "False"
