"""Define the sandbox of a program that this application does not contain, and that converts an untrusted file.

Unlike the application's own child processes, such a program opens files by name, loads libraries and starts threads
after the sandbox is active. It can read the system's libraries and fonts, and read and write one folder. Landlock is
therefore required. The program cannot start another process, create a socket, or change the owner, permissions or times
of a file, which Landlock does not control.

Sources: those of ``walls.linux``.
"""

from __future__ import annotations

import ctypes
import os
import sys
from typing import TYPE_CHECKING, Final

from esign_desktop.pdf.walls.linux import (
    ANY,
    ARCHITECTURES,
    CONDITIONAL,
    EXECUTE,
    FREE,
    READ,
    WRITE,
    landlock_version,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

_NO_NUMBER: Final = -1
PROGRAM_FREE: Final = {
    **FREE,
    "open": (2, _NO_NUMBER),
    "openat": (257, 56),
    "stat": (4, _NO_NUMBER),
    "lstat": (6, _NO_NUMBER),
    "newfstatat": (262, _NO_NUMBER),
    "fstatat": (_NO_NUMBER, 79),
    "statx": (332, 291),
    "readlink": (89, _NO_NUMBER),
    "readlinkat": (267, 78),
    "getdents": (78, _NO_NUMBER),
    "getdents64": (217, 61),
    "mkdir": (83, _NO_NUMBER),
    "mkdirat": (258, 34),
    "rmdir": (84, _NO_NUMBER),
    "unlink": (87, _NO_NUMBER),
    "unlinkat": (263, 35),
    "rename": (82, _NO_NUMBER),
    "renameat": (264, 38),
    "renameat2": (316, 276),
    "ftruncate": (77, 46),
    "fallocate": (285, 47),
    "fsync": (74, 82),
    "fdatasync": (75, 83),
    "fadvise64": (221, 223),
    "flock": (73, 32),
    "statfs": (137, 43),
    "fstatfs": (138, 44),
    "getcwd": (79, 17),
    "chdir": (80, 49),
    "umask": (95, 166),
    "mmap": (9, 222),
    "mprotect": (10, 226),
    "msync": (26, 227),
    "mincore": (27, 232),
    "uname": (63, 160),
    "sysinfo": (99, 179),
    "getuid": (102, 174),
    "geteuid": (107, 175),
    "getgid": (104, 176),
    "getegid": (108, 177),
    "getppid": (110, 173),
    "getpgrp": (111, _NO_NUMBER),
    "getpriority": (140, 141),
    "sched_getparam": (143, 121),
    "sched_getscheduler": (145, 120),
    "getrlimit": (97, 163),
    "arch_prctl": (158, _NO_NUMBER),
    "set_tid_address": (218, 96),
    "execve": (59, 221),
    "wait4": (61, 260),
    "pipe": (22, _NO_NUMBER),
    "pipe2": (293, 59),
    "dup2": (33, _NO_NUMBER),
    "dup3": (292, 24),
    "eventfd2": (290, 19),
    "sendfile": (40, 71),
    "bind": (49, 200),
    "listen": (50, 201),
    "accept": (43, 202),
    "accept4": (288, 242),
    "shutdown": (48, 210),
    "copy_file_range": (326, 285),
}
_CLONE_THREAD: Final = 0x10000
_NAMESPACES: Final = 0x7E020080
"""CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS and so on (linux/sched.h)."""
_F_GETLK, _F_SETLK, _F_SETLKW = 5, 6, 7
_W_OK: Final = 2
_PR_SET_NAME, _PR_GET_NAME = 15, 16
PROGRAM_CONDITIONAL: Final = {
    **{name: value for name, value in CONDITIONAL.items() if name not in PROGRAM_FREE},
    # Threads, but no processes and no name spaces.
    "clone": ((56, 220), ((0, _CLONE_THREAD | _NAMESPACES, (_CLONE_THREAD,)),)),
    "fcntl": ((72, 25), ((2 * 1, ANY, (0, 1, 2, 3, 4, _F_GETLK, _F_SETLK, _F_SETLKW, 1030)),)),
    # LibreOffice would create its socket in /tmp if it were told that it may write there. The filter can't distinguish
    # paths, so every question whether a file may be written fails.
    "access": ((21, _NO_NUMBER), ((2 * 1, _W_OK, (0,)),)),
    "faccessat": ((269, 48), ((2 * 2, _W_OK, (0,)),)),
    # A socket in the program's folder, through which its second start would be reported. The program can't connect to
    # any socket, because Landlock does not control that.
    "socket": ((41, 198), ((0, ANY, (1,)), (2 * 1, 0xF, (1,)))),
    # Otherwise the program could outlive this one.
    "prctl": ((157, 167), ((0, ANY, (_PR_SET_NAME, _PR_GET_NAME)),)),
    # Limits can be read but not changed.
    "prlimit64": ((302, 261), ((2 * 2, ANY, (0,)), (2 * 2 + 1, ANY, (0,)))),
}
_LOADERS: Final = {"x86_64": "/lib64/ld-linux-x86-64.so.2", "aarch64": "/lib/ld-linux-aarch64.so.1"}
"""The program that the kernel executes to load another program's libraries."""
_SYSTEM: Final = (
    *("/usr", "/lib", "/lib64", "/etc/fonts", "/etc/libreoffice", "/etc/ld.so.cache", "/etc/ld.so.conf"),
    *("/etc/ld.so.conf.d", "/etc/localtime", "/etc/papersize", "/etc/nsswitch.conf"),
    *("/var/cache/fontconfig", "/var/lib/libreoffice", "/var/spool/libreoffice", "/dev/urandom"),
)


def can_confine_programs() -> bool:
    """Return whether this system can sandbox a program that opens files by name."""
    can_confine = False
    if sys.platform == "linux" and os.uname().machine in ARCHITECTURES:
        can_confine = landlock_version(ctypes.CDLL(None, use_errno=True)) >= 1
    return can_confine


def program_rights(machine: str, program: str, folder: str, readable: Sequence[str]) -> dict[str, int]:
    """Return the rights, by path, of a program that may write one folder and read others besides the system's."""
    return {
        **dict.fromkeys((*_SYSTEM, *readable), READ),
        "/dev/null": READ | WRITE,
        program: READ | EXECUTE,
        _LOADERS[machine]: READ | EXECUTE,
        folder: READ | WRITE,
    }
