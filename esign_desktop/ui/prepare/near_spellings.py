"""When a keyword stands nowhere: what stands there instead, as far as its beginning or its end tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from esign_desktop.domain.document import Document
    from esign_desktop.services.documents import DocumentService

_SHORTEST: Final = 2
_MOST_PARTS: Final = 8


@dataclass(frozen=True, slots=True)
class NearSpelling:
    """A part of the keyword that a document has, as it spells it, and its surroundings."""

    document_name: str
    page_number: int
    text: str
    context: str


def find_near(service: DocumentService, documents: Sequence[Document], keyword: str) -> NearSpelling | None:
    """Look for ever shorter parts of a keyword. Blocks; raises what searching raises."""
    for part in parts_of(keyword):
        for document in documents:
            hits = service.find(document.id, part)
            if hits:
                return NearSpelling(document.name, hits[0].page_number, hits[0].text, hits[0].context)
    return None


def parts_of(keyword: str) -> tuple[str, ...]:
    """Return beginnings and ends of a keyword, the longest first, none shorter than half of it."""
    text = keyword.strip()
    shortest = max(_SHORTEST, (len(text) + 1) // 2)

    def parts() -> Iterator[str]:
        for length in range(len(text) - 1, shortest - 1, -1):
            yield text[:length].strip()
            yield text[-length:].strip()

    return tuple(part for part in dict.fromkeys(parts()) if len(part) >= _SHORTEST)[:_MOST_PARTS]
