"""Run programs for Windows under Wine, in a separate prefix and on a separate display."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from interpreter import HERE, compile_library

if TYPE_CHECKING:
    from collections.abc import Mapping

LOCKED_VERSIONS: Final = "mscoree,mshtml=;winemenubuilder.exe=d"
"""Neither .NET nor a browser engine is installed, and no menu entry is written outside the prefix."""
FRESH_WINDOWS: Final = "msvcp140,msvcp140_1,msvcp140_2,vcruntime140,vcruntime140_1,concrt140=n"
"""Hides the Visual C++ runtime of Wine, which a newly installed Windows does not have."""
_SCREEN: Final = "1600x1000x24"
_DISPLAY_WAIT_S: Final = 10.0
_END_S: Final = 60.0
_SERVER_ENDED: Final = re.compile(r"wineserver\d*: (server/\w+\.c:\d+): \w+: Assertion .+ failed")


class Wine:
    """A Wine prefix with a replacement for the ICU library of Windows.

    The display is started when a program first needs it. Use this class as a context manager. On exit, the processes of
    the prefix and the display are ended.
    """

    def __init__(self, prefix: Path, *, uid: int | None = None) -> None:
        self.prefix = prefix
        self._uid = uid
        self._display: subprocess.Popen[bytes] | None = None
        self._screen = ""

    def __enter__(self) -> Self:
        if shutil.which("wine") is None:
            raise SystemExit("windows: wine is missing (packaging/debian-windows.txt)")
        if not (self.prefix / "drive_c" / "windows" / "system32" / "icuuc.dll").exists():
            shutil.rmtree(self.prefix, ignore_errors=True)
            self.prefix.mkdir(parents=True)
            self.run("wineboot", "--init", check=True)
            subprocess.run(["wineserver", "--wait"], env=self.environment(), check=True)
            compile_library(self.prefix / "drive_c" / "windows" / "system32" / "icuuc.dll", HERE / "icuuc.c")
        return self

    def __exit__(self, *_: object) -> None:
        subprocess.run(["wineserver", "--kill"], env=self.environment(), user=self._uid, check=False)
        if self._display is not None:
            self._display.terminate()
            self._display.wait()

    def run(
        self,
        *command: str | Path,
        variables: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        timeout_s: float = 3600,
        check: bool = False,
        fresh: bool = False,
    ) -> subprocess.CompletedProcess[str]:
        """Run a program for Windows, and return its output. ``fresh`` hides Wine's Visual C++ runtime."""
        done = subprocess.run(
            ["wine", *map(str, command)],
            env=self.environment(variables, fresh=fresh),
            cwd=cwd,
            user=self._uid,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=timeout_s,
            check=False,
        )
        if check and done.returncode:
            raise SystemExit(f"windows: {Path(command[0]).name} exited with {done.returncode}\n{_end_of(done)}")
        return done

    def run_watched(
        self,
        *command: str | Path,
        variables: Mapping[str, str],
        cwd: Path,
        output: Path,
        timeout_s: float = 1800,
    ) -> tuple[int, str]:
        """Run a program for Windows with a new server process of Wine, and write its output to a file.

        Return the exit status, and the line of Wine's source at which an assertion ended the server, or "". Without the
        server, the program would wait forever, so that it is ended. Raises TimeoutExpired.
        """
        subprocess.run(["wineserver", "--kill"], env=self.environment(), user=self._uid, check=False)
        subprocess.run(["wineserver", "--wait"], env=self.environment(), user=self._uid, check=False)
        ends_at_s = time.monotonic() + timeout_s
        with output.open("wb") as file:
            # The program starts the server, which inherits the program's standard error.
            process = subprocess.Popen(
                ["wine", *map(str, command)],
                env=self.environment(variables),
                cwd=cwd,
                user=self._uid,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            while process.poll() is None and not lost_server(output):
                if time.monotonic() > ends_at_s:
                    raise subprocess.TimeoutExpired(process.args, timeout_s)
                time.sleep(1)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(_END_S)
        return process.returncode, lost_server(output)

    def start(
        self, *command: str | Path, variables: Mapping[str, str] | None = None, fresh: bool = False
    ) -> subprocess.Popen[bytes]:
        """Start a program for Windows in the background."""
        return subprocess.Popen(
            ["wine", *map(str, command)],
            env=self.environment(variables, fresh=fresh),
            user=self._uid,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def end(self, process: subprocess.Popen[bytes]) -> None:
        """End all programs of the prefix, and wait until ``process``, one of these programs, has ended."""
        subprocess.run(["wineserver", "--kill"], env=self.environment(), user=self._uid, check=False)
        process.wait(_END_S)

    def environment(self, variables: Mapping[str, str] | None = None, *, fresh: bool = False) -> dict[str, str]:
        """Return a minimal environment, so that the caller's variables cannot influence a result.

        Wine passes a variable ``QT_…`` to its programs only under the name ``WINEQT_…``.
        """
        runtime = self.prefix.parent / "runtime"
        if not runtime.exists():
            runtime.mkdir(mode=0o700, parents=True)
            if self._uid is not None:
                os.chown(runtime, self._uid, -1)
        return {
            "HOME": str(self.prefix.parent),
            "PATH": os.environ["PATH"],
            "DISPLAY": self._ready_screen(),
            "LANG": "C.UTF-8",
            "WINEPREFIX": str(self.prefix),
            "WINEARCH": "win64",
            "WINEDEBUG": os.environ.get("WINEDEBUG", "-all"),
            "WINEDLLOVERRIDES": f"{LOCKED_VERSIONS}{f';{FRESH_WINDOWS}' if fresh else ''}",
            "XDG_RUNTIME_DIR": str(runtime),
            **{f"WINE{name}" if name.startswith("QT_") else name: text for name, text in (variables or {}).items()},
        }

    def path(self, path: Path) -> str:
        """Return the Windows path of a file of this system."""
        return f"Z:{path.resolve()}".replace("/", "\\")

    def _ready_screen(self) -> str:
        if self._screen:
            return self._screen
        number = next(n for n in range(85, 200) if not Path(f"/tmp/.X11-unix/X{n}").exists())  # noqa: S108  Xvfb's place
        self._screen = f":{number}"
        self._display = subprocess.Popen(
            ["Xvfb", self._screen, "-screen", "0", _SCREEN, "-nolisten", "tcp", "-noreset"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        ends_at_s = time.monotonic() + _DISPLAY_WAIT_S
        while not Path(f"/tmp/.X11-unix/X{number}").exists() and time.monotonic() < ends_at_s:  # noqa: S108
            time.sleep(0.05)
        return self._screen


def lost_server(output: Path) -> str:
    """Return the line of Wine's source at which an assertion ended the server, as told in the output, or ""."""
    found = _SERVER_ENDED.search(output.read_text("utf-8", errors="replace"))
    return found[1] if found else ""


def _end_of(done: subprocess.CompletedProcess[str]) -> str:
    return "\n".join((done.stdout + done.stderr).splitlines()[-40:])
