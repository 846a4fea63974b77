"""Looks through all that a run has left, and tells what may be there from what may not."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tests.canaries.allowances import allowance_for
from tests.canaries.scanner import Leak, Scanner

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


@dataclass
class Search:
    """``leaks`` are what nobody allowed; ``allowed`` counts the rest by its reason."""

    scanner: Scanner
    files: int = 0
    size_bytes: int = 0
    leaks: set[Leak] = field(default_factory=set)
    allowed: Counter[str] = field(default_factory=Counter)
    _clean: set[bytes] = field(default_factory=set)

    def through_folder(self, folder: Path) -> None:
        """Look at every file below, and at the names of files and folders."""
        for path in sorted(folder.rglob("*")):
            place = str(path.relative_to(folder))
            self.judge(self.scanner.in_text(path.name, f"name of {place}"))
            if path.is_file() and not path.is_symlink():
                self.through_file(path, place)

    def through_file(self, path: Path, place: str) -> None:
        """Look at a file; one of the same content, in which nothing was found, is not looked at again."""
        content = path.read_bytes()
        self.files += 1
        self.size_bytes += len(content)
        digest = hashlib.sha256(content).digest()
        if digest not in self._clean:
            leaks = list(self.scanner.in_bytes(content, place))
            self.judge(leaks, path)
            if not leaks:
                self._clean.add(digest)

    def judge(self, leaks: Iterable[Leak], path: Path | None = None) -> None:
        """Take in what was found in a file, or elsewhere."""
        for leak in leaks:
            allowance = allowance_for(leak, path, self.scanner.canaries[leak.canary])
            if allowance is None:
                self.leaks.add(replace(leak, place=self._without_values(leak.place)))
            else:
                self.allowed[allowance.reason] += 1

    def _without_values(self, place: str) -> str:
        for what, value in self.scanner.canaries.items():
            place = place.replace(value, f"<{what}>")
        return place
