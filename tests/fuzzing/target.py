"""What is fuzzed: a format, valid samples of it, and the code of the program that reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from esign_desktop.domain.errors import AppError

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fuzzing.mutator import Mutator


class Target(Protocol):
    """Reads input of one format in this process, as the program does."""

    errors: tuple[type[Exception], ...] = (AppError,)
    """The errors with which the program refuses input."""

    def __init__(self, folder: Path, /) -> None:
        """Begin in an empty folder, and load everything that reading needs."""

    def input(self, mutator: Mutator, /) -> bytes:
        """Return changed input of at most MOST_BYTES."""

    def read(self, data: bytes, /) -> None:
        """Read the input. Raises one of ``errors`` if it is refused."""

    def close(self) -> None:
        """Check that the reader still works, and close it."""
