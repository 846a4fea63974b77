"""Tries tests and the type checker on a copy of the repository that holds one mutant after another."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tests.mutation.mutants import Mutant

_NOT_COPIED: Final = (".git", ".venv", "build", ".hypothesis", "__pycache__")
_FAILED: Final = re.compile(r"^(?:FAILED|ERROR) (tests/\S.*?)(?: - .*)?$", re.MULTILINE)
_ENDED_LATE: Final = " Timeout +++"
"""The line with which pytest-timeout ends a process whose test waits in a lock."""
_TYPES_LIMIT_S: Final = 600.0
"""The first run of mypy in a copy checks the whole program."""
_PASSED, _NOT_COLLECTED, _NONE_FOUND = 0, 4, 5


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of the tests with one mutant.

    ``killer`` is the test that failed, a reason in brackets if the tests did not start or did not end or if mypy alone
    failed, and empty for a mutant that survived.
    """

    killer: str
    tried: int


class Workbench:
    """A copy of the repository in ``folder``, for one mutant at a time."""

    def __init__(self, repository: Path, folder: Path) -> None:
        self.root = folder / "repository"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        shutil.copytree(repository, self.root, ignore=shutil.ignore_patterns(*_NOT_COPIED))
        (self.root / ".venv").symlink_to(repository / ".venv")
        shared = repository.parent / "shared"
        if shared.is_dir():
            (folder / "shared").symlink_to(shared)
        self._folder = folder

    def known(self, mark: str) -> list[str]:
        """Return the addresses of all tests that a mark selects."""
        done = self._pytest("--collect-only", "-q", "-m", mark, limit_s=1200, writes_bytecode=True)
        return [line for line in done.stdout.splitlines() if "::" in line]

    def try_on(self, mutant: Mutant | None, tests: Sequence[str], *, limit_s: float) -> Result:
        """Run tests until one fails, with the mutant in its place."""
        if not tests:
            return Result("", 0)
        chosen = self._folder / "tests.txt"
        chosen.write_text("\n".join(tests), "utf-8")
        try:
            with self._holding(mutant):
                done = self._pytest("-q", "-x", "--tb=no", f"@{chosen}", limit_s=limit_s)
        except subprocess.TimeoutExpired:
            return Result("(time)", len(tests))
        if done.returncode in {_PASSED, _NONE_FOUND}:
            return Result("", len(tests))
        found = _FAILED.search(done.stdout)
        if found is not None:
            return Result(found.group(1), len(tests))
        if _ENDED_LATE in done.stdout:
            return Result("(time)", len(tests))
        if done.returncode == _NOT_COLLECTED:
            return Result("(not collected)", len(tests))
        if done.returncode < 0:
            return Result(f"(signal {-done.returncode})", len(tests))
        raise RuntimeError(f"pytest ended with {done.returncode}: {done.stdout[-2000:]}")

    def has_type_error(self, mutant: Mutant) -> bool:
        """Return whether mypy, which ``make test`` runs on the program, fails with the mutant in its place."""
        with self._holding(mutant):
            done = subprocess.run(
                [sys.executable, "-m", "mypy", "esign_desktop"],
                cwd=self.root,
                stdout=subprocess.DEVNULL,
                check=False,
                timeout=_TYPES_LIMIT_S,
            )
        return done.returncode != 0

    @contextmanager
    def _holding(self, mutant: Mutant | None) -> Iterator[None]:
        if mutant is None:
            yield
            return
        path = self.root / mutant.path
        source = path.read_bytes()
        try:
            path.write_bytes(mutant.applied_to(source))
            yield
        finally:
            path.write_bytes(source)

    def _pytest(
        self, *arguments: str, limit_s: float, writes_bytecode: bool = False
    ) -> subprocess.CompletedProcess[str]:
        """Run pytest in the copy; a run with a mutant reads the bytecode of the whole program and writes none."""
        environment = os.environ | {"PYTHONPATH": str(self.root)}
        environment |= {"PYTHONDONTWRITEBYTECODE": "" if writes_bytecode else "1"}
        with subprocess.Popen(
            [sys.executable, "-m", "pytest", "-o", "addopts=-ra --import-mode=importlib", *arguments],
            cwd=self.root,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        ) as process:
            try:
                output, _ = process.communicate(timeout=limit_s)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, 9)
                process.communicate()
                raise
        return subprocess.CompletedProcess((), process.returncode, output)
