"""Call the Windows API, in particular for job objects.

Job objects take the place of resource limits, and end child processes together with their parent.

The standard library offers neither job objects nor tokens, and ``pywin32`` would add megabytes for a dozen calls. The
argument types are declared because ctypes would otherwise truncate values to 32 bits.

A process enters its own job and closes the only handle to the job, so that no process can remove the limits. Jobs can
be nested (Windows 8 and later), in which case the strictest limit applies. User interface restrictions, such as
restrictions on the clipboard, are not used because Windows does not permit them in nested jobs.
"""

from __future__ import annotations

import sys
from ctypes import (
    POINTER,
    Structure,
    byref,
    c_int,
    c_int64,
    c_size_t,
    c_uint32,
    c_uint64,
    c_void_p,
    c_wchar_p,
    sizeof,
)
from typing import Any, Final

HANDLE: Final = c_void_p
_CALLS: Final[dict[str, dict[str, tuple[Any, tuple[Any, ...]]]]] = {
    "kernel32": {
        "AssignProcessToJobObject": (c_int, (HANDLE, HANDLE)),
        "AttachConsole": (c_int, (c_uint32,)),
        "CloseHandle": (c_int, (HANDLE,)),
        "CreateJobObjectW": (HANDLE, (c_void_p, c_wchar_p)),
        "CreateMutexW": (HANDLE, (c_void_p, c_int, c_wchar_p)),
        "FreeConsole": (c_int, ()),
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
    "shell32": {
        "SetCurrentProcessExplicitAppUserModelID": (c_int, (c_wchar_p,)),
    },
}
"""The result and argument types. DWORD is ``c_uint32``, because ``c_ulong`` is longer on the systems of the tests."""


class Windows:
    """The Windows libraries, loaded on first use: ``Windows().kernel32.CloseHandle(handle)``.

    Raises OSError on other systems.
    """

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


_EXTENDED_LIMITS: Final = 9
_PROCESS_TIME: Final = 0x2
_ACTIVE_PROCESSES: Final = 0x8
_PROCESS_MEMORY: Final = 0x100
_DIE_ON_UNHANDLED_EXCEPTION: Final = 0x400
_KILL_ON_CLOSE: Final = 0x2000
_SET_QUOTA_AND_TERMINATE: Final = 0x101
_TICKS_PER_S: Final = 10_000_000


class JobLimits(Structure):
    """The Windows structure JOBOBJECT_EXTENDED_LIMIT_INFORMATION (winnt.h).

    It begins with JOBOBJECT_BASIC_LIMIT_INFORMATION.
    """

    _fields_ = (
        ("process_ticks", c_int64),
        ("job_ticks", c_int64),
        ("flags", c_uint32),
        ("least_working_set", c_size_t),
        ("most_working_set", c_size_t),
        ("active_processes", c_uint32),
        ("affinity", c_size_t),
        ("priority_class", c_uint32),
        ("scheduling_class", c_uint32),
        ("io_counters", c_uint64 * 6),
        ("process_bytes", c_size_t),
        ("job_bytes", c_size_t),
        ("most_process_bytes_used", c_size_t),
        ("most_job_bytes_used", c_size_t),
    )


def limit_memory(windows: Any, size_bytes: int) -> bool:
    """Limit the memory of this process, and return whether Windows accepted the limit."""
    return _enter(windows, JobLimits(flags=_PROCESS_MEMORY, process_bytes=size_bytes))


def limit_cpu_time(windows: Any, seconds: int) -> bool:
    """Limit the CPU time of this process in seconds, and return whether Windows accepted the limit."""
    return _enter(windows, JobLimits(flags=_PROCESS_TIME, process_ticks=seconds * _TICKS_PER_S))


def forbid_child_processes(windows: Any) -> bool:
    """Prevent this process from starting other processes, including a debugger after a crash.

    Return whether Windows accepted the restriction.
    """
    return _enter(windows, JobLimits(flags=_ACTIVE_PROCESSES | _DIE_ON_UNHANDLED_EXCEPTION, active_processes=1))


def _enter(windows: Any, limits: JobLimits) -> bool:
    kernel = windows.kernel32
    job = _made(kernel, limits)
    if job is None:
        return False
    has_entered = bool(kernel.AssignProcessToJobObject(job, kernel.GetCurrentProcess()))
    kernel.CloseHandle(job)
    return has_entered


def _made(kernel: Any, limits: JobLimits) -> int | None:
    job: int | None = kernel.CreateJobObjectW(None, None)
    if not job:
        return None
    if not kernel.SetInformationJobObject(job, _EXTENDED_LIMITS, byref(limits), sizeof(limits)):
        kernel.CloseHandle(job)
        return None
    return job


class ChildJob:
    """Ends the child processes when this process ends for any reason.

    Windows then closes the only handle to the job, and therefore ends all processes in the job.
    """

    def __init__(self, windows: Any) -> None:
        self._kernel = windows.kernel32
        self._job = _made(self._kernel, JobLimits(flags=_KILL_ON_CLOSE))

    def add(self, process_id: int) -> bool:
        """Add a running child process to the job, along with all processes that it starts later.

        Return whether Windows accepted the process.
        """
        process = self._kernel.OpenProcess(_SET_QUOTA_AND_TERMINATE, 0, process_id) if self._job else None
        if not process:
            return False
        is_held = bool(self._kernel.AssignProcessToJobObject(self._job, process))
        self._kernel.CloseHandle(process)
        return is_held
