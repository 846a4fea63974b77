"""An object inside a PDF, as far as the preflight has to look at it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator


class PdfObject(Protocol):
    """A resolved object. A question that does not fit its type has an empty answer, never an error."""

    @property
    def number(self) -> int:
        """Number of an indirect object, 0 for one that stands inside another."""
        ...

    @property
    def exists(self) -> bool:
        """False for null and for what is missing."""
        ...

    def get(self, key: str) -> PdfObject:
        """Value in a dictionary."""
        ...

    def items(self) -> Iterator[PdfObject]:
        """Elements of an array, or values of a dictionary."""
        ...

    def name(self) -> str:
        """Text of a name without its slash."""
        ...

    def integer(self) -> int:
        """Value of a number."""
        ...
