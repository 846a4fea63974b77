"""The application's rehearsal platform in a test's hands: gone, back again, and with faults."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from types import TracebackType

MODULE = "esign_desktop.sandbox"
LISTENING = "0A"
STOP_S = 10.0


class PlatformAtWill:
    """Takes the place of the application's own child, with its data and at its address. Used by ``with``.

    While it is gone every connection is refused at once.
    """

    def __init__(self, application_id: int, folder: Path) -> None:
        self._child_id, self._command = _child(application_id)
        self._faults = folder / "faults.json"
        self._command += ["--port", str(_port(self._child_id)), "--faults", str(self._faults)]
        self._process: subprocess.Popen[str] | None = None

    def go(self) -> None:
        """Be unreachable from now on."""
        if self._process is None:
            os.kill(self._child_id, signal.SIGKILL)
            return
        self._process.terminate()
        self._process.communicate(timeout=STOP_S)
        self._process = None

    def come_back(self) -> None:
        """Be reachable again, as before."""
        self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        assert json.loads(self._process.stdout.readline())["ready"]

    def set_faults(self, *rules: dict[str, Any]) -> None:
        """Replace the faults."""
        scratch = self._faults.with_suffix(".part")
        scratch.write_text(json.dumps(rules), encoding="utf-8")
        scratch.replace(self._faults)

    def __enter__(self) -> Self:
        self.go()
        self.come_back()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self.go()


def platform_port(application_id: int) -> int:
    """Return where the application's own platform listens, which is elsewhere after each start."""
    return _port(_child(application_id)[0])


def _child(application_id: int) -> tuple[int, list[str]]:
    for thread in Path(f"/proc/{application_id}/task").iterdir():
        for child in (thread / "children").read_text("ascii").split():
            command = Path(f"/proc/{child}/cmdline").read_text("utf-8").rstrip("\0").split("\0")
            if MODULE in command:
                return int(child), command
    raise AssertionError("the application has no rehearsal platform")


def _port(process_id: int) -> int:
    """Return where a process listens."""
    own = {str(handle.readlink()) for handle in Path(f"/proc/{process_id}/fd").iterdir()}
    for line in Path(f"/proc/{process_id}/net/tcp").read_text("ascii").splitlines()[1:]:
        fields = line.split()
        address, state, inode = fields[1], fields[3], fields[9]
        if state == LISTENING and f"socket:[{inode}]" in own:
            return int(address.rpartition(":")[2], 16)
    raise AssertionError("the rehearsal platform does not listen")
