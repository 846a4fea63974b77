"""Placements in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.placement import CoordinatePlacement, CrossPagePlacement, KeywordPlacement

if TYPE_CHECKING:
    from esign_desktop.domain.placing.placement import KeywordHits, Placement


def kind_word(placement: Placement) -> str:
    """Name the kind of a placement."""
    match placement:
        case CoordinatePlacement():
            return QCoreApplication.translate("PlacementWords", "Seal")
        case KeywordPlacement():
            return QCoreApplication.translate("PlacementWords", "Keyword")
        case CrossPagePlacement():
            return QCoreApplication.translate("PlacementWords", "Cross-page")


def pages_text(placement: Placement, hits: KeywordHits) -> str:
    """Return the pages where the placement shows, as they are typed."""
    if not isinstance(placement, KeywordPlacement):
        return str(placement.pages)
    found = hits.get((placement.document_id, placement.keyword))
    if found is None:
        return "…"
    return str(PageRanges.of(hit.page_number for hit in found)) if found else "–"
