"""Runs suites with persons of their own, watches their processes, and looks for these persons afterwards."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.canaries.scanner import ProcessWatch, Scanner
from tests.canaries.search import Search

if TYPE_CHECKING:
    from tests.canaries.cast import Cast

REPOSITORY: Final = Path(__file__).resolve().parents[2]
_NOT_COPIED: Final = (".git", ".venv", "build", ".hypothesis", "test_canary_run.py")
_OWN_PERSONS: Final = (
    "domain/people/test_customer_line.py",
    "api/test_signature.py",
    "ui/text/test_outside.py",
    "canaries",
)
"""Tests of pure functions that take values apart, and those that plant persons of their own."""
_QUIETLY: Final = ("-q", "-rN", "--tb=no", "--capture=no", "-o", "tmp_path_retention_policy=all")
"""Nothing is captured or deleted: what a test or the program says and keeps belongs to what is searched."""


@dataclass(frozen=True)
class Outcome:
    """How the suites ended, and what was found."""

    status: int
    summary: str
    failed: list[str]
    processes: int
    search: Search


class CanaryRun:
    """``folder`` should have a short name, since sockets lie below it."""

    def __init__(self, folder: Path, cast: Cast) -> None:
        self._cast = cast
        self._repository = folder / "repository"
        self._marking = folder / "marking"
        self._left = folder / "left"
        self.report = folder / "junit.xml"

    def prepare(self) -> None:
        """Lay out a copy of the repository in which the cast plays. Raises FileNotFoundError: a test has moved."""
        for folder in (self._marking, self._left):
            folder.mkdir(parents=True)
        shutil.copytree(REPOSITORY, self._repository, ignore=shutil.ignore_patterns(*_NOT_COPIED))
        (self._repository / ".venv").symlink_to(REPOSITORY / ".venv")
        shared = REPOSITORY.parent / "shared"
        if shared.is_dir():
            (self._repository.parent / "shared").symlink_to(shared)
        tests = self._repository / "tests"
        own_persons = [(tests / own).resolve(strict=True) for own in _OWN_PERSONS]
        for path in tests.resolve().rglob("*.py"):
            if any(path.is_relative_to(own) for own in own_persons):
                continue
            text = path.read_text("utf-8")
            # A file that is not changed need not be compiled again.
            if (played := self._cast.plays_in(text)) != text:
                path.write_text(played, "utf-8")
        shutil.copyfile(REPOSITORY / "tests/canaries/marking/sitecustomize.py", self._marking / "sitecustomize.py")
        (self._marking / "marks.json").write_text(json.dumps(asdict(self._cast)), "ascii")

    def add(self, source: Path) -> str:
        """Have one more test played by the cast; return its address."""
        address = f"tests/test_{source.name}"
        (self._repository / address).write_text(self._cast.plays_in(source.read_text("utf-8")), "utf-8")
        return address

    def run(self, *arguments: str) -> Outcome:
        """Run the suites that pytest's arguments name, and search what they have left."""
        scanner = Scanner(self._cast.canaries)
        command = [sys.executable, "-m", "pytest", *_QUIETLY, f"--junitxml={self.report}"]
        command += [f"--basetemp={self._left / 'pytest'}", *arguments]
        with (self._left / "stdout").open("wb") as output, (self._left / "stderr").open("wb") as errors:
            process = subprocess.Popen(
                command, cwd=self._repository, env=self._environment(), stdout=output, stderr=errors
            )
            with process, ProcessWatch(scanner, process.pid) as watch:
                status = process.wait()
        search = Search(scanner)
        search.judge(watch.leaks)
        search.through_folder(self._left)
        lines = (self._left / "stdout").read_text("utf-8", "replace").splitlines()
        return Outcome(status, lines[-1] if lines else "", self._failed(), watch.seen_count, search)

    def _failed(self) -> list[str]:
        """Return the failed tests by module and name; empty if pytest ended before it wrote its report."""
        if not self.report.is_file():
            return []
        cases = ET.parse(self.report).iter("testcase")  # noqa: S314  written by pytest
        return [
            f"{case.get('classname')}::{case.get('name')}"
            for case in cases
            if case.find("failure") is not None or case.find("error") is not None
        ]

    def _environment(self) -> dict[str, str]:
        path = os.pathsep.join((str(self._marking), str(self._repository)))
        return os.environ | {"PYTHONPATH": path, "TMPDIR": str(self._left), "PYTHONDONTWRITEBYTECODE": "1"}
