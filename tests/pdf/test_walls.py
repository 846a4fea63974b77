"""The walls' numbers are the kernel's, they cost next to nothing, and what is behind them can still do its work."""

from __future__ import annotations

import ctypes
import errno
import re
import socket
import struct
import subprocess
import sys
from pathlib import Path
from typing import cast
from uuid import uuid4

import pytest

from esign_desktop.pdf.walls.linux import (
    ARCHITECTURES,
    CONDITIONAL,
    FREE,
    UNKNOWN_FROM,
    Conditional,
    Free,
    filter_for,
    restrict_by_landlock,
)
from esign_desktop.pdf.walls.program import PROGRAM_CONDITIONAL, PROGRAM_FREE
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
    ours = {name: numbers[column] for name, numbers in (FREE | PROGRAM_FREE).items()}
    ours |= {name: numbers[column] for name, (numbers, _) in (CONDITIONAL | PROGRAM_CONDITIONAL).items()}
    assert {name: str(number) for name, number in ours.items() if number >= 0} == {
        name: known[name] for name, number in ours.items() if number >= 0
    }
    assert not [name for name, number in ours.items() if number < 0 and name in known and machine == "x86_64"]


@pytest.mark.parametrize("tables", [(FREE, CONDITIONAL), (PROGRAM_FREE, PROGRAM_CONDITIONAL)])
@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_the_program_is_one_that_a_kernel_takes(machine: str, tables: tuple[Free, Conditional]) -> None:
    code = filter_for(machine, *tables)
    steps = [code[at : at + 8] for at in range(0, len(code), 8)]
    assert len(steps) <= 4096
    for index, step in enumerate(steps):
        # No jump leads out of it, and the last step returns.
        assert index + 1 + max(step[2], step[3]) < len(steps) or step[0] == 0x06
    assert steps[-1][0] == 0x06


def run_program(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=REPOSITORY)


@LINUX
def test_locking_costs_next_to_nothing() -> None:
    program = (
        "import time; from esign_desktop.pdf.walls import linux\n"
        "from esign_desktop.pdf.walls.lockdown import lock_down\n"
        "started = time.perf_counter(); walls = lock_down({0, 1, 2})\n"
        "print((time.perf_counter() - started) * 1000, *walls)"
    )
    rounds = [run_program(program) for _ in range(5)]
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
    done = run_program(program)
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
        "import sys; from esign_desktop.pdf.walls import linux; del linux.FREE['fstat']\n"
        "from esign_desktop.pdf.walls.lockdown import lock_down\n"
        "from esign_desktop.pdf.files import open_source, read_source\n"
        "source = open_source(sys.argv[1]); lock_down({0, 1, 2, source.descriptor})\n"
        "print(len(read_source(source)[0]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, path], capture_output=True, text=True, check=True, cwd=REPOSITORY
    )
    assert int(done.stdout) == size_mib * 1024 * 1024


ALLOWED, KILLED = 0x7FFF0000, 0x80000000
REFUSED, UNHEARD_OF = 0x00050000 | errno.EPERM, 0x00050000 | errno.ENOSYS


def verdict(code: bytes, architecture: int, number: int, arguments: tuple[int, ...] = ()) -> int:
    """What the kernel would make of a call: its own rules for these five instructions, linux/filter.h."""
    data = struct.pack("<IIQ6Q", number, architecture, 0, *(*arguments, *[0] * 6)[:6])
    steps = list(struct.iter_unpack("<HBBI", code))
    at = value = 0
    while True:
        kind, if_true, if_false, operand = steps[at]
        at += 1
        if kind == 0x20:
            (value,) = struct.unpack_from("<I", data, operand)
        elif kind == 0x54:
            value &= operand
        elif kind == 0x15:
            at += if_true if value == operand else if_false
        elif kind == 0x35:
            at += if_true if value >= operand else if_false
        else:
            assert kind == 0x06
            return int(operand)


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_what_is_listed_is_allowed_and_nothing_else(machine: str) -> None:
    architecture, column = ARCHITECTURES[machine]
    code = filter_for(machine)
    free = {numbers[column] for numbers in FREE.values()}
    conditional = {numbers[column] for numbers, _conditions in CONDITIONAL.values()}
    for number in range(UNKNOWN_FROM):
        if number not in conditional:
            assert verdict(code, architecture, number) == (ALLOWED if number in free else REFUSED), number
    for number in (UNKNOWN_FROM, UNKNOWN_FROM + 1, 435, 0x40000000, 0xFFFFFFFF):
        assert verdict(code, architecture, number) == UNHEARD_OF
    for other in (0x40000003, 0, *(one for one, _column in ARCHITECTURES.values() if one != architecture)):
        assert verdict(code, other, FREE["read"][column]) == KILLED


HIGH = 1 << 32
ASKED: list[tuple[str, tuple[int, ...], bool]] = [
    ("mmap", (0, 4096, 3), True),
    ("mmap", (0, 4096, 7), False),
    ("mprotect", (0, 4096, 1), True),
    ("mprotect", (0, 4096, 5), False),
    *(("fcntl", (3, command), True) for command in (0, 1, 2, 3, 4, 1030)),
    *(("fcntl", (3, command), False) for command in (5, 8, 10, 1029, 1031)),
    *(("ioctl", (3, request), True) for request in (0x5451, 0x5450, 0x5421)),
    *(("ioctl", (3, request), False) for request in (0x5412, 0x5401, 0)),
    ("socketpair", (1, 1), True),
    ("socketpair", (1, 1 | 0o2004000), True),
    ("socketpair", (1, 2), False),
    ("socketpair", (2, 1), False),
    ("sendto", (3, 0, 0, 0, 0), True),
    ("sendto", (3, 0, 0, 0, 0x1000), False),
    ("sendto", (3, 0, 0, 0, HIGH), False),
]


@pytest.mark.parametrize("machine", ARCHITECTURES)
@pytest.mark.parametrize(("name", "arguments", "is_allowed"), ASKED)
def test_some_calls_may_be_asked_for_some_things_only(
    machine: str, name: str, arguments: tuple[int, ...], is_allowed: bool
) -> None:
    architecture, column = ARCHITECTURES[machine]
    found = verdict(filter_for(machine), architecture, CONDITIONAL[name][0][column], arguments)
    assert found == (ALLOWED if is_allowed else REFUSED)


def landlock_version() -> int:
    """What the kernel says of itself; below 1 it has none."""
    return int(ctypes.CDLL(None).syscall(444, None, ctypes.c_size_t(0), ctypes.c_uint(1))) if LANDLOCK_MAY_BE else 0


LANDLOCK_MAY_BE = sys.platform == "linux"
BEHIND_LANDLOCK = """
import ctypes, os, signal, socket, sys
from esign_desktop.pdf.walls.linux import restrict_by_landlock
folder, port, abstract, version = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
libc = ctypes.CDLL(None)
libc.prctl(38, *map(ctypes.c_ulong, (1, 0, 0, 0)))
kept = open(folder + "/kept", "r+")
tcp, unix, server = socket.socket(), socket.socket(socket.AF_UNIX), socket.socket()
attempts = {
    "run": (1, lambda: os.execv("/bin/true", ["true"])),
    "read": (1, lambda: open(folder + "/kept")),
    "write": (1, lambda: os.open(folder + "/kept", os.O_WRONLY)),
    "list": (1, lambda: os.listdir(folder)),
    "make": (1, lambda: os.open(folder + "/new", os.O_CREAT | os.O_WRONLY)),
    "make a folder": (1, lambda: os.mkdir(folder + "/folder")),
    "link": (1, lambda: os.symlink("/", folder + "/link")),
    "delete": (1, lambda: os.unlink(folder + "/kept")),
    "move": (2, lambda: os.rename(folder + "/kept", folder + "/a/kept")),
    "cut off": (3, lambda: os.truncate(folder + "/kept", 0)),
    "connect": (4, lambda: tcp.connect(("127.0.0.1", port))),
    "bind": (4, lambda: server.bind(("127.0.0.1", 0))),
    "abstract socket": (6, lambda: unix.connect("\\0" + abstract)),
    "signal": (6, lambda: os.kill(os.getppid(), 0)),
}
stands = restrict_by_landlock(libc)
print("stands" if stands else "none", kept.read())
for name, (since, attempt) in attempts.items():
    if version >= since:
        try:
            attempt()
        except PermissionError:
            continue
        print("HOLE", name)
"""


@LINUX
def test_landlock_alone_refuses_all_that_the_kernel_can_refuse(tmp_path: Path) -> None:
    version = landlock_version()
    if version < 1:
        pytest.skip("this kernel has no Landlock")
    (tmp_path / "kept").write_text("what was open stays open", encoding="utf-8")
    (tmp_path / "a").mkdir()
    name = f"esign-desktop-test-{uuid4().hex}"
    with socket.socket() as server, socket.socket(socket.AF_UNIX) as abstract:
        server.bind(("127.0.0.1", 0))
        server.listen()
        abstract.bind(f"\0{name}")
        abstract.listen()
        arguments = [str(tmp_path), str(server.getsockname()[1]), name, str(version)]
        done = subprocess.run(
            [sys.executable, "-c", BEHIND_LANDLOCK, *arguments],
            capture_output=True,
            text=True,
            check=False,
            cwd=REPOSITORY,
            timeout=30,
        )
    assert (done.stdout.splitlines(), done.returncode) == (["stands what was open stays open"], 0), done.stderr


class MuteKernel:
    """Answers the calls for Landlock as one would that refuses the ``refused``-th of them."""

    def __init__(self, refused: int) -> None:
        self.refused = refused
        self.count = 0
        self.closed: list[int] = []

    def syscall(self, *_arguments: object) -> int:
        self.count += 1
        return -1 if self.count == self.refused else (7, 9, 0)[self.count - 1]

    def close(self, descriptor: int) -> None:
        self.closed.append(descriptor)


@pytest.mark.parametrize(("refused", "closed"), [(1, []), (2, []), (3, [9]), (0, [9])])
def test_where_landlock_is_not_to_be_had_that_is_told(refused: int, closed: list[int]) -> None:
    kernel = MuteKernel(refused)
    assert restrict_by_landlock(cast("ctypes.CDLL", kernel)) is (refused == 0)
    assert kernel.closed == closed


@LINUX
def test_both_walls_stand_where_the_kernel_has_them() -> None:
    program = "from esign_desktop.pdf.walls.lockdown import lock_down; print(*lock_down({0, 1, 2}))"
    done = run_program(program)
    assert done.stdout.split() == ["seccomp", "landlock"][: 1 + (landlock_version() >= 1)]


@LINUX
def test_what_was_not_handed_over_is_closed_and_nobody_looks_into_the_process() -> None:
    program = (
        "import ctypes, os, sys\n"
        "from esign_desktop.pdf.walls import linux\n"
        "from esign_desktop.pdf.walls.lockdown import lock_down\n"
        # So that it can still be asked.
        "linux.restrict_by_landlock = linux.install_seccomp_filter = lambda *_arguments: False\n"
        "kept, handed = os.pipe(), os.pipe()\n"
        "assert lock_down({0, 1, 2, handed[0]}) == ()\n"
        "opened = [one for one in range(256) if os.path.exists(f'/proc/self/fd/{one}')]\n"
        "libc = ctypes.CDLL(None)\n"
        "print(opened == [0, 1, 2, handed[0]], libc.prctl(3, 0, 0, 0, 0), libc.prctl(39, 0, 0, 0, 0))\n"
    )
    done = run_program(program)
    assert done.stdout.split() == ["True", "0", "1"]


@LINUX
def test_no_thread_starts_behind_the_walls_and_those_started_between_them_work() -> None:
    program = (
        "import queue, threading\n"
        "from esign_desktop.pdf.walls.lockdown import lock_down\n"
        "orders, told = queue.SimpleQueue(), queue.SimpleQueue()\n"
        "def work():\n"
        "    orders.get()\n"
        "    try: open('/etc/passwd'); told.put('HOLE')\n"
        "    except PermissionError: told.put('refused')\n"
        "thread = threading.Thread(target=work, daemon=True)\n"
        "lock_down({0, 1, 2}, thread.start)\n"
        "orders.put(None); print(told.get(), flush=True)\n"
        "try: threading.Thread(target=print).start(); print('HOLE')\n"
        "except RuntimeError: print('no thread')\n"
    )
    done = run_program(program)
    assert done.stdout.split() == ["refused", "no", "thread"]


@LINUX
def test_few_descriptors_can_be_open_behind_the_walls() -> None:
    program = (
        "import errno, socket\n"
        "from esign_desktop.pdf.walls.lockdown import MAX_DESCRIPTORS, lock_down\n"
        "lock_down({0, 1, 2}); kept = []\n"
        "try:\n"
        "    while len(kept) < 1000: kept.append(socket.socketpair())\n"
        "except OSError as error: print(error.errno == errno.EMFILE, 3 + 2 * len(kept) <= MAX_DESCRIPTORS)\n"
    )
    done = run_program(program)
    assert done.stdout.split() == ["True", "True"]


@LINUX
def test_threads_that_run_already_are_behind_the_filter_too() -> None:
    program = (
        "import threading\n"
        "from esign_desktop.pdf.walls.lockdown import lock_down\n"
        "locked, told = threading.Event(), []\n"
        "def attempt():\n"
        "    locked.wait()\n"
        "    try: open('/etc/passwd'); told.append('HOLE')\n"
        "    except PermissionError: told.append('refused')\n"
        "thread = threading.Thread(target=attempt); thread.start()\n"
        "lock_down({0, 1, 2}); locked.set(); thread.join(); print(*told)\n"
    )
    done = run_program(program)
    assert done.stdout.split() == ["refused"]
