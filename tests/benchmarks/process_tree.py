"""What a process and all below it hold, as Linux tells it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def tree(pid: int) -> Iterator[Path]:
    """Yield the folder of a process below /proc, and of all below it."""
    folder = Path(f"/proc/{pid}")
    yield folder
    for thread in (folder / "task").iterdir():
        for child in (thread / "children").read_text(encoding="ascii").split():
            yield from tree(int(child))


def tree_bytes(pid: int) -> int:
    """Return the memory that the processes have by themselves and their share of what they have in common (PSS)."""
    return sum(map(_pss_bytes, tree(pid)))


def tree_handles(pid: int) -> int:
    """Return how many files, sockets and pipes are open."""
    return sum(len(list((folder / "fd").iterdir())) for folder in tree(pid))


def tree_threads(pid: int) -> int:
    """Return how many threads there are."""
    return sum(len(list((folder / "task").iterdir())) for folder in tree(pid))


def _pss_bytes(folder: Path) -> int:
    for line in (folder / "smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0
