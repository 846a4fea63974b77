"""Set up the Linux sandbox: a seccomp filter, which permits few system calls, and Landlock.

Landlock denies access to all files and to TCP.

A child keeps only the system calls that it needs after initialization. The calls are restricted by number and
arguments. A child may compute, read from and write to the descriptors that it was given, and wait. It cannot open files
by name, open network connections, start processes or threads, or access other processes.

Sources: system call numbers in arch/x86/entry/syscalls/syscall_64.tbl, and in include/uapi/asm-generic/unistd.h for all
newer architectures; the filter program in linux/filter.h; the Landlock system calls (Linux 5.13 and later) in
linux/landlock.h.
"""

from __future__ import annotations

import ctypes
import errno
import os
import stat
import sys
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

Condition = tuple[int, int, tuple[int, ...]]
"""A condition on a system call argument: the index of a 32-bit half, a mask and the permitted values.

Index 2n is the lower half of argument n, and 2n+1 the upper half.
"""

X86_64 = 0xC000003E
AARCH64 = 0xC00000B7
ARCHITECTURES: Final = {"x86_64": (X86_64, 0), "aarch64": (AARCH64, 1)}
"""The AUDIT_ARCH_… value of each architecture, and its column in the tables of system call numbers."""

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
_UNIX, _STREAM, _KIND_OF_SOCKET = 1, 1, 0xF
_F_DUPFD, _F_GETFD, _F_SETFD, _F_GETFL, _F_SETFL, _F_DUPFD_CLOEXEC = 0, 1, 2, 3, 4, 1030
_FIOCLEX, _FIONCLEX, _FIONBIO = 0x5451, 0x5450, 0x5421

CONDITIONAL: Final = {
    # No executable memory: neither a library nor injected code.
    "mmap": ((9, 222), ((2 * 2, _PROT_EXEC, (0,)),)),
    "mprotect": ((10, 226), ((2 * 2, _PROT_EXEC, (0,)),)),
    # Without the commands that make the kernel send signals to another process.
    "fcntl": ((72, 25), ((2 * 1, ANY, (_F_DUPFD, _F_GETFD, _F_SETFD, _F_GETFL, _F_SETFL, _F_DUPFD_CLOEXEC)),)),
    "ioctl": ((16, 29), ((2 * 1, ANY, (_FIOCLEX, _FIONCLEX, _FIONBIO)),)),
    # Event loops use a stream pair to wake themselves; a datagram socket could send to any address.
    "socketpair": ((53, 199), ((0, ANY, (_UNIX,)), (2 * 1, _KIND_OF_SOCKET, (_STREAM,)))),
    # Only to the connected peer: both halves of the address pointer must be zero.
    "sendto": ((44, 206), ((2 * 4, ANY, (0,)), (2 * 4 + 1, ANY, (0,)))),
}

UNKNOWN_FROM: Final = 424
"""From this number on, system calls have the same number on all architectures.

They are newer than any call that a C library requires; it works without them if the kernel reports ENOSYS (clone3).
"""

_LOAD, _AND, _RETURN = 0x20, 0x54, 0x06
_IF_EQUAL, _IF_AT_LEAST = 0x15, 0x35
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_NUMBER_AT, _ARCHITECTURE_AT, _ARGUMENTS_AT = 0, 4, 16
_SECCOMP = {"x86_64": 317, "aarch64": 277}
_SET_MODE_FILTER, _ALL_THREADS = 1, 1


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


Free = Mapping[str, tuple[int, int]]
"""System calls that are permitted with all arguments."""
Conditional = Mapping[str, tuple[tuple[int, int], tuple[Condition, ...]]]
"""System calls that are permitted if all conditions on their arguments hold."""


def filter_for(machine: str, free: Free = FREE, conditional: Conditional = CONDITIONAL) -> bytes:
    """Return the filter program for a machine architecture as bytes.

    Raises KeyError if the architecture is not supported.
    """
    architecture, column = ARCHITECTURES[machine]
    code = [
        _step(_LOAD, _ARCHITECTURE_AT),
        # System calls of another ABI, such as the 32-bit one, have other numbers.
        _step(_IF_EQUAL, architecture, 1, 0),
        _step(_RETURN, _KILL),
        _step(_LOAD, _NUMBER_AT),
    ]
    for numbers in free.values():
        if numbers[column] >= 0:
            code += [_step(_IF_EQUAL, numbers[column], 0, 1), _step(_RETURN, _ALLOW)]
    for numbers, conditions in conditional.values():
        checks = [step for condition in conditions for step in _checks(condition)]
        checks.append(_step(_RETURN, _ALLOW))
        if numbers[column] >= 0:
            code += [_step(_IF_EQUAL, numbers[column], 0, len(checks)), *checks]
    code += [
        _step(_IF_AT_LEAST, UNKNOWN_FROM, 0, 1),
        _step(_RETURN, _ERRNO | errno.ENOSYS),
        _step(_RETURN, _ERRNO | errno.EPERM),
    ]
    return b"".join(code)


def install_seccomp_filter(
    libc: ctypes.CDLL, machine: str, free: Free = FREE, conditional: Conditional = CONDITIONAL
) -> bool:
    """Make the kernel reject all system calls of this process that the filter does not permit.

    Return whether the filter was installed. ``no_new_privs`` must be set first.
    """
    if machine not in ARCHITECTURES:
        return False
    code = filter_for(machine, free, conditional)
    program = _Program(len(code) // 8, code)
    call = ctypes.c_long(_SECCOMP[machine])
    return bool(libc.syscall(call, _SET_MODE_FILTER, _ALL_THREADS, ctypes.byref(program)) == 0)


def _checks(condition: Condition) -> list[bytes]:
    """Return filter steps that continue if the condition holds and otherwise reject the call."""
    half, mask, values = condition
    equals = [_step(_IF_EQUAL, value, len(values) - index, 0) for index, value in enumerate(values)]
    return [_step(_LOAD, _ARGUMENTS_AT + 4 * half), _step(_AND, mask), *equals, _step(_RETURN, _ERRNO | errno.EPERM)]


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    order = sys.byteorder
    return code.to_bytes(2, order) + bytes((if_true, if_false)) + value.to_bytes(4, order)


_CREATE_RULESET = 444
_ADD_RULE = 445
_RESTRICT_SELF = 446
"""Landlock's system call numbers are the same on all architectures."""
_VERSION_FLAG = 1
_FILE_RIGHTS = (0, 0x1FFF, 0x3FFF, 0x7FFF, 0x7FFF, 0xFFFF)
"""All file access rights that each Landlock version knows, from version 1: include/uapi/linux/landlock.h."""
_TCP_SINCE, _TCP = 4, 0b11
_SCOPES_SINCE, _SCOPES = 6, 0b11
"""Abstract Unix sockets and signals."""


_RULE_FOR_PATH = 1
_O_PATH = 0o10000000
"""Open a path only to name it: include/uapi/asm-generic/fcntl.h."""
READ: Final = 1 << 2 | 1 << 3
"""Read files and list folders."""
EXECUTE: Final = 1 << 0
WRITE: Final = 0xFFFF & ~(EXECUTE | 1 << 6 | 1 << 11)
"""Every right except to execute files and to create devices."""
_RIGHTS_TO_FILES = 1 << 0 | 1 << 1 | 1 << 2 | 1 << 14 | 1 << 15
"""The rights that a rule for a file, not a folder, can have."""


def landlock_version(libc: ctypes.CDLL) -> int:
    """Return the version of Landlock that the kernel provides, or a number below 1 if there is none."""
    return int(libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint(_VERSION_FLAG)))


def restrict_by_landlock(libc: ctypes.CDLL, permitted: Mapping[str, int] = MappingProxyType({})) -> bool:
    """Deny this thread, and the threads that it starts, all access that Landlock controls, except ``permitted``.

    ``permitted`` maps paths to rights. A folder's rights include everything inside it, and a path that doesn't exist is
    ignored. Return whether Landlock is active. Descriptors that are already open remain usable.
    """
    version = landlock_version(libc)
    if version < 1:
        return False
    handled = _FILE_RIGHTS[min(version, len(_FILE_RIGHTS) - 1)]
    # Fields that an older kernel does not know must be zero; the kernel then accepts the longer structure.
    rights = (ctypes.c_uint64 * 3)(
        handled,
        _TCP if version >= _TCP_SINCE else 0,
        _SCOPES if version >= _SCOPES_SINCE else 0,
    )
    ruleset = libc.syscall(_CREATE_RULESET, rights, ctypes.c_size_t(ctypes.sizeof(rights)), ctypes.c_uint(0))
    if ruleset < 0:
        return False
    try:
        if not all(_permit(libc, ruleset, path, wanted & handled) for path, wanted in permitted.items()):
            return False
        return bool(libc.syscall(_RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint(0)) == 0)
    finally:
        libc.close(ruleset)


def _permit(libc: ctypes.CDLL, ruleset: int, path: str, rights: int) -> bool:
    """Add a rule to a ruleset, and return whether the kernel accepted it."""
    try:
        descriptor = os.open(path, _O_PATH)
    except OSError:
        return True
    try:
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            rights &= _RIGHTS_TO_FILES
        rule = rights.to_bytes(8, sys.byteorder) + descriptor.to_bytes(4, sys.byteorder)
        return bool(libc.syscall(_ADD_RULE, ctypes.c_int(ruleset), _RULE_FOR_PATH, rule, ctypes.c_uint(0)) == 0)
    finally:
        os.close(descriptor)
