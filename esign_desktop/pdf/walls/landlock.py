"""Landlock, by its two system calls: no file, no TCP, no signal to others, whatever the path. Linux 5.13 and later.

``re``, ``typing`` and the like are not imported here: what draws the first page of a start has no time for them.
"""

from __future__ import annotations

import ctypes

_CREATE_RULESET = 444
_RESTRICT_SELF = 446
"""The same numbers on all architectures."""
_VERSION_FLAG = 1
_FILE_RIGHTS = (0, 0x1FFF, 0x3FFF, 0x7FFF, 0x7FFF, 0xFFFF)
"""All that a version of the interface knows, from 1 on: include/uapi/linux/landlock.h."""
_TCP_SINCE, _TCP = 4, 0b11
_SCOPES_SINCE, _SCOPES = 6, 0b11
"""Abstract Unix sockets and signals."""


def refuse_all_files(libc: ctypes.CDLL) -> bool:
    """Have the system refuse this thread, and those that it starts, whatever a rule could allow; False without it.

    What is open already stays open.
    """
    version = libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint(_VERSION_FLAG))
    if version < 1:
        return False
    # What an older system does not know is zero, and may then be longer than what it expects.
    rights = (ctypes.c_uint64 * 3)(
        _FILE_RIGHTS[min(version, len(_FILE_RIGHTS) - 1)],
        _TCP if version >= _TCP_SINCE else 0,
        _SCOPES if version >= _SCOPES_SINCE else 0,
    )
    ruleset = libc.syscall(_CREATE_RULESET, rights, ctypes.c_size_t(ctypes.sizeof(rights)), ctypes.c_uint(0))
    if ruleset < 0:
        return False
    try:
        return bool(libc.syscall(_RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint(0)) == 0)
    finally:
        libc.close(ruleset)
