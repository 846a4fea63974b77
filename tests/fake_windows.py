"""Windows in small: jobs, tokens, pipes and named mutexes as its documentation describes them, for what calls them."""

from __future__ import annotations

import ctypes
from ctypes import POINTER, c_uint32, c_void_p, cast, sizeof
from dataclasses import dataclass, field
from typing import Any

from esign_desktop.pdf.walls.windows import JobLimits
from esign_desktop.pdf.worker.memory import MemoryCounters

THIS_PROCESS = 2**64 - 1
"""The handle that always means the process itself."""
ACTIVE_PROCESSES, PROCESS_MEMORY, PROCESS_TIME, KILL_ON_CLOSE = 0x8, 0x100, 0x2, 0x2000
MAY_BE_PUT_INTO_A_JOB, MAY_BE_ASKED = 0x101, 0x1000


@dataclass(eq=False)
class Job:
    limits: JobLimits = field(default_factory=JobLimits)
    processes: set[int] = field(default_factory=set)


@dataclass(eq=False)
class Opened:
    process_id: int
    access: int


@dataclass(eq=False)
class Token:
    process_id: int


@dataclass(eq=False)
class FakeWindows:
    """``windows.kernel32.CreateJobObjectW(None, None)`` and so on, for process number 1 of ``users``."""

    users: dict[int, bytes] = field(default_factory=lambda: {1: b"S-ann", 2: b"S-ann", 3: b"S-bob"})
    """Security identifiers of who the processes belong to."""
    pipe_ends: tuple[int, int] = (1, 1)
    """Processes at a pipe's server and client end."""
    refuses: set[str] = field(default_factory=set)
    """Calls that fail."""
    private_bytes: int = 0
    taskbar_group: str = ""
    was_started_in_a_console: bool = False
    has_console: bool = False
    ended: set[int] = field(default_factory=set)
    handles: dict[int, Any] = field(default_factory=dict)
    modes: list[int] = field(default_factory=list)
    _jobs: list[Job] = field(default_factory=list)
    _kept: list[Any] = field(default_factory=list)

    @property
    def kernel32(self) -> FakeWindows:
        return self

    @property
    def advapi32(self) -> FakeWindows:
        return self

    def _new(self, what: Any, call: str) -> int:
        if call in self.refuses:
            return 0
        # More than 32 bits have to come through.
        handle = 0x7_0000_0000 + 4 * len(self._kept)
        self._kept.append(what)
        self.handles[handle] = what
        return handle

    def CreateJobObjectW(self, security: None, name: None) -> int:
        job = Job()
        self._jobs.append(job)
        return self._new(job, "CreateJobObjectW")

    @property
    def shell32(self) -> FakeWindows:
        return self

    def SetCurrentProcessExplicitAppUserModelID(self, name: str) -> int:
        self.taskbar_group = name
        return 0

    def AttachConsole(self, process_id: int) -> int:
        self.has_console = process_id == 2**32 - 1 and self.was_started_in_a_console
        return int(self.has_console)

    def FreeConsole(self) -> int:
        self.has_console = False
        return 1

    def CreateMutexW(self, security: None, is_taken: int, name: str) -> int:
        return self._new(name, "CreateMutexW")

    def OpenProcess(self, access: int, is_inherited: int, process_id: int) -> int:
        return self._new(Opened(process_id, access), "OpenProcess") if process_id in self.users else 0

    def GetCurrentProcess(self) -> int:
        return THIS_PROCESS

    def SetInformationJobObject(self, job: int, kind: int, limits: Any, size_bytes: int) -> int:
        if "SetInformationJobObject" in self.refuses or kind != 9 or size_bytes != 144:
            return 0
        found = cast(limits, POINTER(JobLimits)).contents
        self.handles[job].limits = JobLimits.from_buffer_copy(found)
        return 1

    def AssignProcessToJobObject(self, job: int, process: int) -> int:
        if "AssignProcessToJobObject" in self.refuses:
            return 0
        opened = Opened(1, MAY_BE_PUT_INTO_A_JOB) if process == THIS_PROCESS else self.handles[process]
        if opened.access & MAY_BE_PUT_INTO_A_JOB != MAY_BE_PUT_INTO_A_JOB:
            return 0
        self.handles[job].processes.add(opened.process_id)
        return 1

    def CloseHandle(self, handle: int | c_void_p) -> int:
        number = handle.value if isinstance(handle, c_void_p) else handle
        closed = self.handles.pop(number or 0)
        if isinstance(closed, Job) and closed.limits.flags & KILL_ON_CLOSE:
            self.ended |= closed.processes
        return 1

    def end_this_process(self) -> None:
        for handle in list(self.handles):
            self.CloseHandle(handle)

    def limits_of(self, process_id: int, flag: int) -> list[JobLimits]:
        """What holds for a process, whether or not anybody has a handle to the job."""
        return [job.limits for job in self._jobs if process_id in job.processes and job.limits.flags & flag]

    def tied_processes(self) -> set[int]:
        """Who ends with this process."""
        jobs = [one for one in self.handles.values() if isinstance(one, Job) and one.limits.flags & KILL_ON_CLOSE]
        return {number for job in jobs for number in job.processes}

    def SetErrorMode(self, mode: int) -> int:
        self.modes.append(mode)
        return 0

    def WerSetFlags(self, flags: int) -> int:
        self.modes.append(flags)
        return 0

    def K32GetProcessMemoryInfo(self, process: int, counters: Any, size_bytes: int) -> int:
        if "K32GetProcessMemoryInfo" in self.refuses or size_bytes != sizeof(MemoryCounters):
            return 0
        cast(counters, POINTER(MemoryCounters)).contents.private_bytes = self.private_bytes
        return 1

    def GetNamedPipeServerProcessId(self, pipe: int, found: Any) -> int:
        found.contents.value = self.pipe_ends[0]
        return int("GetNamedPipeServerProcessId" not in self.refuses)

    def GetNamedPipeClientProcessId(self, pipe: int, found: Any) -> int:
        found.contents.value = self.pipe_ends[1]
        return int("GetNamedPipeClientProcessId" not in self.refuses)

    def OpenProcessToken(self, process: int, access: int, found: Any) -> int:
        if "OpenProcessToken" in self.refuses or access != 0x8:
            return 0
        opened = Opened(1, MAY_BE_ASKED) if process == THIS_PROCESS else self.handles[process]
        found.contents.value = self._new(Token(opened.process_id), "OpenProcessToken")
        return 1

    def GetTokenInformation(self, token: c_void_p, kind: int, buffer: Any, size_bytes: int, length: Any) -> int:
        if "GetTokenInformation" in self.refuses or kind != 1:
            return 0
        identifier = ctypes.create_string_buffer(self.users[self.handles[token.value or 0].process_id])
        self._kept.append(identifier)
        c_void_p.from_buffer(buffer).value = ctypes.addressof(identifier)
        length.contents.value = 16
        return int(size_bytes >= 16 and isinstance(length.contents, c_uint32))

    def EqualSid(self, one: int, other: int) -> int:
        return int(ctypes.string_at(one) == ctypes.string_at(other))
