"""Windows' own calls, with the types that they take: what is not said is cut to 32 bits.

The standard library has no other way to a job object or a token; ``pywin32`` would be megabytes for a dozen calls.
"""

from __future__ import annotations

import sys
from ctypes import POINTER, c_int, c_uint32, c_void_p, c_wchar_p
from typing import Any, Final

HANDLE: Final = c_void_p
_CALLS: Final[dict[str, dict[str, tuple[Any, tuple[Any, ...]]]]] = {
    "kernel32": {
        "AssignProcessToJobObject": (c_int, (HANDLE, HANDLE)),
        "CloseHandle": (c_int, (HANDLE,)),
        "CreateJobObjectW": (HANDLE, (c_void_p, c_wchar_p)),
        "CreateMutexW": (HANDLE, (c_void_p, c_int, c_wchar_p)),
        "GetCurrentProcess": (HANDLE, ()),
        "GetNamedPipeClientProcessId": (c_int, (HANDLE, POINTER(c_uint32))),
        "GetNamedPipeServerProcessId": (c_int, (HANDLE, POINTER(c_uint32))),
        "K32GetProcessMemoryInfo": (c_int, (HANDLE, c_void_p, c_uint32)),
        "OpenProcess": (HANDLE, (c_uint32, c_int, c_uint32)),
        "SetErrorMode": (c_uint32, (c_uint32,)),
        "SetInformationJobObject": (c_int, (HANDLE, c_int, c_void_p, c_uint32)),
        "WerSetFlags": (c_int, (c_uint32,)),
    },
    "advapi32": {
        "EqualSid": (c_int, (c_void_p, c_void_p)),
        "GetTokenInformation": (c_int, (HANDLE, c_int, c_void_p, c_uint32, POINTER(c_uint32))),
        "OpenProcessToken": (c_int, (HANDLE, c_uint32, POINTER(HANDLE))),
    },
}
"""Result and arguments. DWORD is ``c_uint32``: ``c_ulong`` is longer on other systems, where this is tested."""


class Windows:
    """The libraries, loaded when first asked for: ``Windows().kernel32.CloseHandle(handle)``. Raises OSError."""

    def __getattr__(self, name: str) -> Any:
        library = _load(name)
        for call, (result, arguments) in _CALLS[name].items():
            function = getattr(library, call)
            function.restype, function.argtypes = result, arguments
        setattr(self, name, library)
        return library


def _load(name: str) -> Any:
    if sys.platform == "win32":
        from ctypes import WinDLL

        return WinDLL(name, use_last_error=True)
    raise OSError(name)
