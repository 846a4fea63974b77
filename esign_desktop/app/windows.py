"""Functions for Windows: identify the user of a pipe, and make the program known to the installer and the taskbar."""

from __future__ import annotations

from ctypes import c_uint32, c_void_p, create_string_buffer, pointer
from typing import TYPE_CHECKING, Any, Final

from esign_desktop.pdf.walls.windows import HANDLE

if TYPE_CHECKING:
    from ctypes import Array, c_char

RUNNING_NAMES: Final = ("esign-desktop-is-running", "Global\\esign-desktop-is-running")
"""The names that the installer looks for (packaging/windows/running.c), in this session and in those of other users."""
APP_ID: Final = "esign-desktop"
"""The name by which the taskbar groups and pins windows. The Start menu entry has the same name."""
_CONSOLE_OF_PARENT: Final = 0xFFFF_FFFF
_QUERY_LIMITED_INFORMATION: Final = 0x1000
_TOKEN_QUERY: Final = 0x8
_TOKEN_USER: Final = 1
_TOKEN_USER_BYTES: Final = 256
"""The size of a pointer, a number, and a security identifier of at most 68 bytes."""


def hold_names(windows: Any) -> list[int]:
    """Create the mutexes by which the installer detects a running program, and return their handles.

    The mutexes exist until this process ends, provided that the handles stay open.
    """
    return [windows.kernel32.CreateMutexW(None, 0, name) for name in RUNNING_NAMES]


def name_taskbar_group(windows: Any) -> None:
    """Group the windows in the taskbar under the Start menu entry, even if a Python interpreter runs the program."""
    windows.shell32.SetCurrentProcessExplicitAppUserModelID(APP_ID)


def attach_console(windows: Any) -> bool:
    """Attach this process, which has no console, to the console of its parent. Return whether the parent has one."""
    return bool(windows.kernel32.AttachConsole(_CONSOLE_OF_PARENT))


def leave_console(windows: Any) -> None:
    """Detach this process from its console, so that closing the console does not end the program."""
    windows.kernel32.FreeConsole()


def has_own_ends(windows: Any, pipe: int) -> bool:
    """Return whether both ends of a pipe belong to the user of this process.

    Other users cannot open the program's pipe, but they may have created a pipe with the same name before the program
    started.
    """
    kernel = windows.kernel32
    own = _user_of(windows, kernel.GetCurrentProcess())
    ends = (kernel.GetNamedPipeServerProcessId, kernel.GetNamedPipeClientProcessId)
    return own is not None and all(_is_of(windows, own, ask, pipe) for ask in ends)


def _is_of(windows: Any, own: Array[c_char], ask: Any, pipe: int) -> bool:
    process_id = c_uint32()
    if not ask(pipe, pointer(process_id)):
        return False
    process = windows.kernel32.OpenProcess(_QUERY_LIMITED_INFORMATION, 0, process_id.value)
    if not process:
        return False
    found = _user_of(windows, process)
    windows.kernel32.CloseHandle(process)
    return found is not None and bool(windows.advapi32.EqualSid(_identifier(own), _identifier(found)))


def _user_of(windows: Any, process: int) -> Array[c_char] | None:
    """Return the TOKEN_USER structure of a process, or None. It starts with a pointer to the user's identifier."""
    token, length = HANDLE(), c_uint32()
    if not windows.advapi32.OpenProcessToken(process, _TOKEN_QUERY, pointer(token)):
        return None
    found = create_string_buffer(_TOKEN_USER_BYTES)
    is_told = windows.advapi32.GetTokenInformation(token, _TOKEN_USER, found, len(found), pointer(length))
    windows.kernel32.CloseHandle(token)
    return found if is_told else None


def _identifier(token_user: Array[c_char]) -> int | None:
    return c_void_p.from_buffer(token_user).value
