"""Read changed input of one format until a time or a count is reached, and measure each reading."""

from __future__ import annotations

import ctypes
import gc
import logging
import re
import signal
import sys
import tempfile
import time
import traceback
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count, islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from esign_desktop.override import override
from tests.fuzzing.files import Copies, Customer, LedgerFile, Policy, PresetFile
from tests.fuzzing.messages import Cards, Channel, Notices, Sheets
from tests.fuzzing.mutator import Mutator

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from tests.fuzzing.target import Target

TARGETS: Final[dict[str, type[Target]]] = {
    "policy": Policy,
    "customer": Customer,
    "preset": PresetFile,
    "ledger": LedgerFile,
    "copies": Copies,
    "channel": Channel,
    "notices": Notices,
    "sheets": Sheets,
    "cards": Cards,
}
MOST_CPU_S: Final = 2.0
MOST_MEMORY_MIB: Final = 64.0
STUCK_S: Final = 30.0
_STATUS: Final = Path("/proc/self/status")
_RESET: Final = Path("/proc/self/clear_refs")


@dataclass
class Report:
    """What became of the inputs of one format."""

    name: str
    read_count: int = 0
    refused_count: int = 0
    worst_cpu_s: float = 0.0
    worst_memory_mib: float = 0.0
    failures: list[str] = field(default_factory=list)

    @override
    def __str__(self) -> str:
        figures = f"{self.read_count} read, {self.refused_count} refused"
        worst = f"at most {self.worst_cpu_s:.2f} s and {self.worst_memory_mib:.0f} MiB"
        return "\n".join((f"{self.name}: {figures}, {worst}", *self.failures))


class Stuck(BaseException):
    """Raised in a reading that does not end."""


def fuzz(name: str, seed: str, *, seconds: float | None = None, most: int | None = None, first: int = 0) -> Report:
    """Read input number ``first`` and those after it, for some ``seconds`` or ``most`` of them.

    An input depends on its number, the format and the seed alone. A failure is repeated with ``first``.
    """
    report, ends_at_s = Report(name), time.monotonic() + (seconds or 1e9)
    logging.disable()
    with tempfile.TemporaryDirectory() as folder:
        target = TARGETS[name](Path(folder))
        for number in islice(count(first), most):
            if time.monotonic() > ends_at_s or len(report.failures) > 10:
                break
            _read(target, target.input(Mutator(f"{name} {seed} {number}")), number, report)
        target.close()
    return report


def _read(target: Target, data: bytes, number: int, report: Report) -> None:
    problem = ""
    before_mib = _reset_peak()
    began_s = time.process_time()
    try:
        with _alarm():
            target.read(data)
        report.read_count += 1
    except target.errors:
        report.refused_count += 1
    except Stuck:
        problem = f"no end within {STUCK_S:g} s"
    except Exception:  # noqa: BLE001  any other is a fault
        problem = "".join(traceback.format_exc(limit=-6))
    cpu_s, memory_mib = time.process_time() - began_s, _peak_mib() - before_mib
    report.worst_cpu_s = max(report.worst_cpu_s, cpu_s)
    report.worst_memory_mib = max(report.worst_memory_mib, memory_mib)
    if cpu_s > MOST_CPU_S or memory_mib > MOST_MEMORY_MIB:
        problem += f"{cpu_s:.2f} s, {memory_mib:.0f} MiB"
    if problem:
        report.failures.append(f"  input {number}, {len(data)} bytes {data[:120]!r}: {problem}")


@contextmanager
def _alarm() -> Iterator[None]:
    if sys.platform == "win32":
        yield
        return

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise Stuck

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, STUCK_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _reset_peak() -> float:
    """Return freed memory to the system, begin to measure the peak, and return the memory in use in MiB."""
    if not _RESET.exists():
        return 0.0
    gc.collect(0)
    ctypes.CDLL(None).malloc_trim(0)
    _RESET.write_text("5", encoding="ascii")
    return _status_mib("VmRSS")


def _peak_mib() -> float:
    return _status_mib("VmHWM") if _RESET.exists() else 0.0


def _status_mib(name: str) -> float:
    (kib,) = re.findall(rf"{name}:\s+(\d+)", _STATUS.read_text("ascii"))
    return int(kib) / 1024
