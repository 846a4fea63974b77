"""Writes the list of permitted system calls as the program that the kernel runs before each: linux/filter.h."""

from __future__ import annotations

import ctypes
import errno
import sys
from typing import TYPE_CHECKING

from esign_desktop.pdf.walls.system_calls import ARCHITECTURES, CONDITIONAL, FREE, UNKNOWN_FROM

if TYPE_CHECKING:
    from esign_desktop.pdf.walls.system_calls import Condition

_LOAD, _AND, _RETURN = 0x20, 0x54, 0x06
_IF_EQUAL, _IF_AT_LEAST = 0x15, 0x35
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_NUMBER_AT, _ARCHITECTURE_AT, _ARGUMENTS_AT = 0, 4, 16
_SECCOMP = {"x86_64": 317, "aarch64": 277}
_SET_MODE_FILTER, _ALL_THREADS = 1, 1


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def filter_for(machine: str) -> bytes:
    """Return the program. Raises KeyError for an architecture whose numbers are not known here."""
    architecture, column = ARCHITECTURES[machine]
    code = [
        _step(_LOAD, _ARCHITECTURE_AT),
        # Calls of another kind, as those of 32 bits, have other numbers.
        _step(_IF_EQUAL, architecture, 1, 0),
        _step(_RETURN, _KILL),
        _step(_LOAD, _NUMBER_AT),
    ]
    for numbers in FREE.values():
        if numbers[column] >= 0:
            code += [_step(_IF_EQUAL, numbers[column], 0, 1), _step(_RETURN, _ALLOW)]
    for numbers, conditions in CONDITIONAL.values():
        checks = [step for condition in conditions for step in _checks(condition)]
        checks.append(_step(_RETURN, _ALLOW))
        code += [_step(_IF_EQUAL, numbers[column], 0, len(checks)), *checks]
    code += [
        _step(_IF_AT_LEAST, UNKNOWN_FROM, 0, 1),
        _step(_RETURN, _ERRNO | errno.ENOSYS),
        _step(_RETURN, _ERRNO | errno.EPERM),
    ]
    return b"".join(code)


def allow_little(libc: ctypes.CDLL, machine: str) -> bool:
    """Have the kernel refuse all other calls of this process from now on; False where that can't be.

    ``no_new_privs`` has to be set.
    """
    if machine not in ARCHITECTURES:
        return False
    code = filter_for(machine)
    program = _Program(len(code) // 8, code)
    call = ctypes.c_long(_SECCOMP[machine])
    return bool(libc.syscall(call, _SET_MODE_FILTER, _ALL_THREADS, ctypes.byref(program)) == 0)


def _checks(condition: Condition) -> list[bytes]:
    """Return steps that go on after them if the condition holds, and refuse the call if it doesn't."""
    half, mask, values = condition
    equals = [_step(_IF_EQUAL, value, len(values) - index, 0) for index, value in enumerate(values)]
    return [_step(_LOAD, _ARGUMENTS_AT + 4 * half), _step(_AND, mask), *equals, _step(_RETURN, _ERRNO | errno.EPERM)]


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    order = sys.byteorder
    return code.to_bytes(2, order) + bytes((if_true, if_false)) + value.to_bytes(4, order)
