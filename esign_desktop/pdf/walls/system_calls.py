"""The system calls that a child keeps once it is warm, by number and by what they may be asked.

It computes, reads and writes what it was handed, starts threads and waits. It opens nothing, by no name; it makes no
socket that leads outside, and no process; it touches no other process.

Numbers: arch/x86/entry/syscalls/syscall_64.tbl, and include/uapi/asm-generic/unistd.h for all newer architectures.
"""

from __future__ import annotations

from typing import Final

Condition = tuple[int, int, tuple[int, ...]]
"""Half of an argument (2n: the lower of the n-th, 2n+1: the upper), masked, has to be one of the values."""

X86_64 = 0xC000003E
AARCH64 = 0xC00000B7
ARCHITECTURES: Final = {"x86_64": (X86_64, 0), "aarch64": (AARCH64, 1)}
"""What the system calls the architecture (AUDIT_ARCH_…), and the column of the numbers."""

ANY: Final = 0xFFFFFFFF


_NO_NUMBER = -1

FREE: Final = {
    "read": (0, 63),
    "readv": (19, 65),
    "pread64": (17, 67),
    "write": (1, 64),
    "writev": (20, 66),
    "pwrite64": (18, 68),
    "close": (3, 57),
    "lseek": (8, 62),
    "fstat": (5, 80),
    "dup": (32, 23),
    "munmap": (11, 215),
    "mremap": (25, 216),
    "madvise": (28, 233),
    "brk": (12, 214),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "sigaltstack": (131, 132),
    "restart_syscall": (219, 128),
    "setitimer": (38, 103),
    "poll": (7, _NO_NUMBER),
    "ppoll": (271, 73),
    "select": (23, _NO_NUMBER),
    "pselect6": (270, 72),
    "epoll_create1": (291, 20),
    "epoll_ctl": (233, 21),
    "epoll_wait": (232, _NO_NUMBER),
    "epoll_pwait": (281, 22),
    "futex": (202, 98),
    "set_robust_list": (273, 99),
    "rseq": (334, 293),
    "membarrier": (324, 283),
    "sched_yield": (24, 124),
    "sched_getaffinity": (204, 123),
    "getpid": (39, 172),
    "gettid": (186, 178),
    "getrandom": (318, 278),
    "getrusage": (98, 165),
    "times": (100, 153),
    "clock_gettime": (228, 113),
    "clock_getres": (229, 114),
    "clock_nanosleep": (230, 115),
    "nanosleep": (35, 101),
    "gettimeofday": (96, 169),
    "time": (201, _NO_NUMBER),
    "recvmsg": (47, 212),
    "recvfrom": (45, 207),
    "getsockname": (51, 204),
    "exit": (60, 93),
    "exit_group": (231, 94),
}

_PROT_EXEC = 4
_THREAD = 0x00010000
_NAMESPACES = 0x7E020080
_UNIX, _STREAM, _KIND_OF_SOCKET = 1, 1, 0xF
_F_DUPFD, _F_GETFD, _F_SETFD, _F_GETFL, _F_SETFL, _F_DUPFD_CLOEXEC = 0, 1, 2, 3, 4, 1030
_FIOCLEX, _FIONCLEX, _FIONBIO = 0x5451, 0x5450, 0x5421

CONDITIONAL: Final = {
    # No memory that can be run: no library, no code of a stranger's.
    "mmap": ((9, 222), ((2 * 2, _PROT_EXEC, (0,)),)),
    "mprotect": ((10, 226), ((2 * 2, _PROT_EXEC, (0,)),)),
    # Threads, never a process.
    "clone": ((56, 220), ((0, _THREAD | _NAMESPACES, (_THREAD,)),)),
    # Not those that have signals sent to somebody.
    "fcntl": ((72, 25), ((2 * 1, ANY, (_F_DUPFD, _F_GETFD, _F_SETFD, _F_GETFL, _F_SETFL, _F_DUPFD_CLOEXEC)),)),
    "ioctl": ((16, 29), ((2 * 1, ANY, (_FIOCLEX, _FIONCLEX, _FIONBIO)),)),
    # An event loop wakes itself by such a pair; one of datagrams could be sent to anybody.
    "socketpair": ((53, 199), ((0, ANY, (_UNIX,)), (2 * 1, _KIND_OF_SOCKET, (_STREAM,)))),
    # To whom it is connected, and to no address: both halves of the pointer are zero.
    "sendto": ((44, 206), ((2 * 4, ANY, (0,)), (2 * 4 + 1, ANY, (0,)))),
}

UNKNOWN_FROM: Final = 424
"""Numbers from here on are the same everywhere, and newer than what a C library needs: it does without, if told that
there is no such call (clone3)."""
