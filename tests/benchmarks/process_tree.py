"""What a process and all below it hold, as Linux tells it."""

from __future__ import annotations

from contextlib import suppress
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


def is_working(pid: int) -> bool:
    """Return whether a thread of the processes runs, or waits for a processor or a disk."""
    # A process or thread that ends meanwhile is looked for in vain.
    with suppress(FileNotFoundError, ProcessLookupError):
        return any(
            (thread / "stat").read_text(encoding="utf-8", errors="replace").rpartition(") ")[2][0] in "RD"
            for folder in tree(pid)
            for thread in (folder / "task").iterdir()
        )
    return True


def tree_bytes(pid: int) -> int:
    """Return the memory that the processes have by themselves and their share of what they have in common (PSS)."""
    return sum(_bytes(folder, "Pss") for folder in tree(pid))


def tree_resident_bytes(pid: int) -> int:
    """Return the memory that the processes have, whoever else has it too (RSS): nothing that others do changes it."""
    return sum(_bytes(folder, "Rss") for folder in tree(pid))


def tree_handles(pid: int) -> int:
    """Return how many files, sockets and pipes are open."""
    return sum(len(list((folder / "fd").iterdir())) for folder in tree(pid))


def tree_threads(pid: int) -> int:
    """Return how many threads there are."""
    return sum(len(list((folder / "task").iterdir())) for folder in tree(pid))


def _bytes(folder: Path, what: str) -> int:
    for line in (folder / "smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith(f"{what}:"):
            return int(line.split()[1]) * 1024
    return 0
