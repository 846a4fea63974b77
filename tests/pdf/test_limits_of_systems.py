"""What a child does to itself holds on each system: on Linux for real, on Windows as far as what it is asked tells."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Protocol

import pytest

from esign_desktop.pdf.isolated import process_limits
from esign_desktop.pdf.walls import windows as windows_walls
from esign_desktop.pdf.walls.lockdown import JOB, lock_down_windows
from esign_desktop.pdf.walls.windows import ChildJob, JobLimits
from esign_desktop.pdf.worker.memory import MemoryCounters, private_bytes
from tests.conftest import REPOSITORY
from tests.fake_windows import ACTIVE_PROCESSES, PROCESS_MEMORY, PROCESS_TIME, FakeWindows

if TYPE_CHECKING:
    from collections.abc import Callable

GIB = 1024**3


class Child(Protocol):
    """A child after it has limited itself in some ways: which of them are kept?"""

    def starts_a_process(self, *, is_locked_in: bool) -> bool: ...

    def takes(self, size_bytes: int, *, limit_bytes: int) -> bool: ...

    def computes(self, seconds: int, *, limit_s: int) -> bool: ...


class LinuxChild:
    def starts_a_process(self, *, is_locked_in: bool) -> bool:
        lock = "from esign_desktop.pdf.walls.lockdown import lock_down; lock_down({0, 1, 2})"
        return self._run(lock if is_locked_in else "", "import subprocess; subprocess.run(['/bin/true'], check=True)")

    def takes(self, size_bytes: int, *, limit_bytes: int) -> bool:
        return self._run(f"process_limits.limit_memory({limit_bytes})", f"bytearray({size_bytes})")

    def computes(self, seconds: int, *, limit_s: int) -> bool:
        spin = f"import time\nwhile time.process_time() < {seconds}: pass"
        return self._run(f"process_limits.limit_cpu_time({limit_s})", spin)

    def _run(self, limit: str, act: str) -> bool:
        program = "import subprocess\nfrom esign_desktop.pdf.isolated import process_limits as process_limits\n"
        program += f"{limit}\n{act}"
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, cwd=REPOSITORY, check=False)
        return done.returncode == 0


class WindowsChild:
    def starts_a_process(self, *, is_locked_in: bool) -> bool:
        windows = FakeWindows()
        if is_locked_in:
            assert lock_down_windows(windows) == (JOB,)
        return all(limits.active_processes > 1 for limits in windows.limits_of(1, ACTIVE_PROCESSES))

    def takes(self, size_bytes: int, *, limit_bytes: int) -> bool:
        windows = FakeWindows()
        assert windows_walls.limit_memory(windows, limit_bytes)
        return all(limits.process_bytes >= size_bytes for limits in windows.limits_of(1, PROCESS_MEMORY))

    def computes(self, seconds: int, *, limit_s: int) -> bool:
        windows = FakeWindows()
        assert windows_walls.limit_cpu_time(windows, limit_s)
        # In units of 100 nanoseconds (LARGE_INTEGER PerProcessUserTimeLimit).
        return all(limits.process_ticks >= seconds * 10**7 for limits in windows.limits_of(1, PROCESS_TIME))


@pytest.mark.parametrize(
    "child",
    [
        pytest.param(LinuxChild(), marks=pytest.mark.skipif(sys.platform != "linux", reason="is Linux itself")),
        WindowsChild(),
    ],
    ids=["linux", "windows, a fake"],
)
class TestLimits:
    def test_a_child_that_is_locked_in_starts_no_process(self, child: Child) -> None:
        assert child.starts_a_process(is_locked_in=False)
        assert not child.starts_a_process(is_locked_in=True)

    def test_a_child_gets_no_more_memory_than_it_may(self, child: Child) -> None:
        assert child.takes(GIB // 4, limit_bytes=GIB)
        assert not child.takes(2 * GIB, limit_bytes=GIB)

    def test_a_child_computes_no_longer_than_it_may(self, child: Child) -> None:
        assert child.computes(0, limit_s=1)
        assert not child.computes(4, limit_s=1)


def test_the_structures_are_as_long_as_those_of_windows() -> None:
    """On 64 bits, from its own headers; a call with another length is refused."""
    import ctypes

    assert ctypes.sizeof(JobLimits) == 144
    assert JobLimits.active_processes.offset == 40
    assert JobLimits.process_bytes.offset == 112
    assert ctypes.sizeof(MemoryCounters) == 80


@pytest.mark.parametrize(
    "limit",
    [
        lambda windows: windows_walls.limit_memory(windows, GIB),
        lambda windows: windows_walls.limit_cpu_time(windows, 1),
        windows_walls.forbid_child_processes,
    ],
)
def test_nobody_keeps_a_handle_by_which_a_limit_could_be_lifted(limit: Callable[[FakeWindows], bool]) -> None:
    windows = FakeWindows()
    assert limit(windows)
    assert windows.handles == {}


@pytest.mark.parametrize("call", ["CreateJobObjectW", "SetInformationJobObject", "AssignProcessToJobObject"])
def test_where_windows_refuses_the_child_works_without_that_wall(call: str) -> None:
    windows = FakeWindows(refuses={call})
    assert lock_down_windows(windows) == ()
    assert windows.handles == {}


def test_children_end_with_the_process_that_started_them() -> None:
    windows = FakeWindows()
    tether = ChildJob(windows)
    assert tether.add(2)
    assert windows.ended == set()
    windows.end_this_process()
    assert windows.ended == {2}


@pytest.mark.parametrize("call", ["CreateJobObjectW", "OpenProcess", "AssignProcessToJobObject"])
def test_a_child_that_can_not_be_held_runs_nevertheless(call: str) -> None:
    windows = FakeWindows(refuses={call})
    assert not ChildJob(windows).add(2)


def test_a_crash_leaves_no_image_of_the_memory_on_windows() -> None:
    windows = FakeWindows()
    process_limits.disable_crash_reports(windows)
    assert windows.modes == [0x8003, 1]


def test_memory_is_told_by_windows() -> None:
    assert private_bytes(FakeWindows(private_bytes=12345)) == 12345
    assert private_bytes(FakeWindows(private_bytes=12345, refuses={"K32GetProcessMemoryInfo"})) == 0
