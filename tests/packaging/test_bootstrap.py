"""What may be installed without a password is named first, and time is left to say no."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

REPOSITORY: Final = Path(__file__).resolve().parents[2]
TOOLS: Final = {
    "dpkg-query": "exit 1",
    "apt-get": "exit 0",
    "sudo": 'echo "sudo $*" >>"$LOG"',
    "sleep": 'echo "sleep $*" >>"$LOG"',
}

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a shell script")


class Machine:
    """Where Debian's tools only write down what is asked of them."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "log"
        self.log.touch()
        self._tree, self._tools = folder / "tree", folder / "tools"
        shutil.copytree(REPOSITORY / "packaging", self._tree / "packaging")
        shutil.copytree(REPOSITORY / "requirements", self._tree / "requirements")
        shutil.copy(REPOSITORY / "pyproject.toml", self._tree)
        for path in (self._tools, self._tree / ".venv" / "bin"):
            path.mkdir(parents=True)
        self._script(self._tree / ".venv" / "bin" / "python", "exit 0")
        for name, body in TOOLS.items():
            self._script(self._tools / name, body)

    def bootstrap(self, user: int, **variables: str) -> str:
        """Return what it said; the log has what it did."""
        self._script(self._tools / "id", f"echo {user}")
        environment = {**os.environ, "PATH": f"{self._tools}:/usr/bin:/bin", "LOG": str(self.log), **variables}
        command = [str(self._tree / "packaging" / "bootstrap.sh"), "run"]
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False, start_new_session=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        return done.stderr

    @staticmethod
    def _script(path: Path, body: str) -> None:
        path.write_text(f"#!/bin/sh\n{body}\n", "ascii")
        path.chmod(0o755)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_packages_are_named_and_five_seconds_pass_before_sudo_installs_them(machine: Machine) -> None:
    said = machine.bootstrap(1000)
    did = machine.log.read_text("ascii").splitlines()
    assert "Debian packages to install: libegl1" in said
    assert "press Ctrl+C to stop (ASK=1 asks first)" in said
    assert did.index("sleep 5") < next(index for index, line in enumerate(did) if "apt-get" in line)
    assert any("apt-get install" in line and "libegl1" in line for line in did)


def test_with_ask_nothing_is_installed_where_nobody_can_answer(machine: Machine) -> None:
    said = machine.bootstrap(1000, ASK="1")
    assert "apt-get" not in machine.log.read_text("ascii")
    assert "which could not be installed" in said


def test_root_does_not_wait(machine: Machine) -> None:
    machine.bootstrap(0)
    assert "sleep" not in machine.log.read_text("ascii")
