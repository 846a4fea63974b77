"""The walls' numbers are the kernel's, they cost next to nothing, and what is behind them can still do its work."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from esign_desktop.pdf.walls.seccomp import filter_for
from esign_desktop.pdf.walls.system_calls import ARCHITECTURES, CONDITIONAL, FREE
from tests.conftest import REPOSITORY

HEADERS = {
    "x86_64": (0, Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h")),
    "aarch64": (1, Path("/usr/include/asm-generic/unistd.h")),
}
NUMBER = re.compile(r"#define __NR(?:3264)?_(\w+)\s+(\d+)")
MOST_MS = 5.0
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only on Linux are children locked in")


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_each_number_is_that_of_the_call(machine: str) -> None:
    column, header = HEADERS[machine]
    if not header.exists():
        pytest.skip(f"{header} is not here")
    known = dict(NUMBER.findall(header.read_text(encoding="ascii")))
    ours = {name: numbers[column] for name, numbers in FREE.items()}
    ours |= {name: numbers[column] for name, (numbers, _) in CONDITIONAL.items()}
    assert {name: str(number) for name, number in ours.items() if number >= 0} == {
        name: known[name] for name, number in ours.items() if number >= 0
    }
    assert not [name for name, number in ours.items() if number < 0 and name in known and machine == "x86_64"]


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_the_program_is_one_that_a_kernel_takes(machine: str) -> None:
    code = filter_for(machine)
    steps = [code[at : at + 8] for at in range(0, len(code), 8)]
    assert len(steps) <= 4096
    for index, step in enumerate(steps):
        # No jump leads out of it, and the last step returns.
        assert index + 1 + max(step[2], step[3]) < len(steps) or step[0] == 0x06
    assert steps[-1][0] == 0x06


@LINUX
def test_locking_costs_next_to_nothing() -> None:
    program = (
        "import time; from esign_desktop.pdf.walls import landlock, seccomp\n"
        "from esign_desktop.pdf.walls.lockdown import lock_down\n"
        "started = time.perf_counter(); walls = lock_down({0, 1, 2})\n"
        "print((time.perf_counter() - started) * 1000, *walls)"
    )
    rounds = [
        subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=REPOSITORY)
        for _ in range(5)
    ]
    assert min(float(one.stdout.split()[0]) for one in rounds) < MOST_MS
    assert all("seccomp" in one.stdout for one in rounds)


@LINUX
def test_the_program_leaves_no_core_and_neither_do_those_that_it_starts() -> None:
    program = (
        "import sys, resource; from esign_desktop import __main__\n"
        "sys.argv = ['esign-desktop', '--child', 'esign_desktop.nothing:nothing']\n"
        "try: __main__.main()\n"
        "except ModuleNotFoundError: pass\n"
        "print(*resource.getrlimit(resource.RLIMIT_CORE))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=REPOSITORY)
    assert done.stdout.split() == ["1", "1"]


@LINUX
@pytest.mark.parametrize("size_mib", [1, 40])
def test_a_file_is_read_where_its_length_can_not_be_asked_for(tmp_path: Path, size_mib: int) -> None:
    """As with glibc 2.33 to 2.38, which ask for it by a call that takes names, too."""
    path = tmp_path / "large.pdf"
    with path.open("wb") as file:
        file.write(b"%PDF-1.7")
        file.truncate(size_mib * 1024 * 1024)
    program = (
        "import sys; from esign_desktop.pdf.walls import system_calls; del system_calls.FREE['fstat']\n"
        "from esign_desktop.pdf.walls.lockdown import lock_down\n"
        "from esign_desktop.pdf.file_bytes import open_source, read_source\n"
        "source = open_source(sys.argv[1]); lock_down({0, 1, 2, source.descriptor})\n"
        "print(len(read_source(source)[0]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, path], capture_output=True, text=True, check=True, cwd=REPOSITORY
    )
    assert int(done.stdout) == size_mib * 1024 * 1024
