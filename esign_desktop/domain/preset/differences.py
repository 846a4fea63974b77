"""Name the seals of a preset that do not fit an open document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from esign_desktop.domain.document import DocumentId
from esign_desktop.domain.placing.placement import KeywordPlacement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esign_desktop.domain.document import Document
    from esign_desktop.domain.placing.placement import KeywordHit, KeywordHits, Placement
    from esign_desktop.domain.preset.preset import Preset


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference that matters to the signers. ``code`` selects the message.

    The codes, with their parameters in parentheses, are ``keyword_missing`` (keyword), ``keyword_count`` (keyword,
    expected, found), and ``no_such_page`` (pages).
    """

    code: str
    document_id: DocumentId
    params: Mapping[str, str | int] = field(default_factory=dict)


def differences(
    preset: Preset, kept: Document, document: Document, hits: KeywordHits | None = None
) -> tuple[Difference, ...]:
    """Return what concerns the preset's seals in an open document that is the preset's document ``kept``.

    Keywords that are not in ``hits`` are skipped.
    """
    # The preset's blocks follow the document.
    page_count = len(document.own_pages) + kept.page_count - len(kept.own_pages)
    return tuple(
        difference
        for place in preset.placements
        if place.document_id == kept.id
        for difference in _of_place(place, document, page_count, hits or {})
    )


def _of_place(place: Placement, document: Document, page_count: int, hits: KeywordHits) -> Iterator[Difference]:
    if isinstance(place, KeywordPlacement):
        matches = hits.get((document.id, place.keyword))
        if matches is not None:
            yield from _of_keyword(place, document, matches)
    elif place.pages.within(page_count) is None:
        yield Difference("no_such_page", document.id, {"pages": str(place.pages)})


def _of_keyword(place: KeywordPlacement, document: Document, matches: tuple[KeywordHit, ...]) -> Iterator[Difference]:
    expected, found = place.confirmed_hits, len(matches)
    if not found:
        yield Difference("keyword_missing", document.id, {"keyword": place.keyword})
    elif expected is not None and expected != found:
        yield Difference("keyword_count", document.id, {"keyword": place.keyword, "expected": expected, "found": found})
