"""Convert placements to translated texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from esign_desktop.domain.geometry import pt_to_mm
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.copying import LeftOutReason
from esign_desktop.domain.placing.placement import CoordinatePlacement, CrossPagePlacement, KeywordPlacement

if TYPE_CHECKING:
    from collections.abc import Iterable

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.geometry import PageFrame, PageRect
    from esign_desktop.domain.placing.copying import LeftOut
    from esign_desktop.domain.placing.placement import KeywordHits, Placement, SealMark


def kind_word(placement: Placement) -> str:
    """Return the translated name of a placement's kind."""
    match placement:
        case CoordinatePlacement():
            return QCoreApplication.translate("PlacementWords", "Seal")
        case KeywordPlacement():
            return QCoreApplication.translate("PlacementWords", "Keyword")
        case CrossPagePlacement():
            return QCoreApplication.translate("PlacementWords", "Cross-page")


def pages_text(placement: Placement, hits: KeywordHits) -> str:
    """Return the page numbers of a placement.

    Return ``…`` for a keyword that has not been searched for yet, and ``–`` for one without a match.
    """
    if not isinstance(placement, KeywordPlacement):
        return str(placement.pages)
    found = hits.get((placement.document_id, placement.keyword))
    if found is None:
        return "…"
    return str(PageRanges.of(hit.page_number for hit in found)) if found else "–"


def where_words(frame: PageFrame, mark: SealMark) -> str:
    """Return the position of a seal mark's center on the displayed page, in millimeters from the left and the bottom.

    For a slice of a cross-page seal, only the distance from the bottom is returned.
    """
    return place_words(frame, mark.rect, is_slice=mark.slice_count > 1)


def place_words(frame: PageFrame, rect: PageRect, *, is_slice: bool = False) -> str:
    """Return the position of a rectangle's center on the displayed page, in millimeters from the left and the bottom.

    ``rect`` is in page space. For a slice of a cross-page seal, only the distance from the bottom is returned.
    """
    middle = frame.rect_to_display(rect).center
    left_mm, bottom_mm = pt_to_mm(middle.x_pt), pt_to_mm(frame.display_height_pt - middle.y_pt)
    if is_slice:
        words = QCoreApplication.translate("PlacementWords", "center {bottom} mm from the bottom")
    else:
        words = QCoreApplication.translate(
            "PlacementWords", "center {left} mm from the left, {bottom} mm from the bottom"
        )
    return words.format(left=f"{left_mm:.1f}", bottom=f"{bottom_mm:.1f}")


def left_out_sentence(left_out: Iterable[LeftOut], draft: ContractDraft) -> str:
    """Return why placements were not copied, one line for each reason, or an empty text if all were copied."""
    by_reason: dict[LeftOutReason, list[LeftOut]] = {}
    for one in left_out:
        by_reason.setdefault(one.reason, []).append(one)
    return "\n".join(_sentence(reason, found, draft) for reason, found in by_reason.items())


def _sentence(reason: LeftOutReason, left_out: list[LeftOut], draft: ContractDraft) -> str:
    translate = QCoreApplication.translate
    numbers = [number for one in left_out for number in one.pages or ()]
    pages = str(PageRanges.of(numbers)) if numbers else "–"
    match reason:
        case LeftOutReason.LEAVES_THE_PAGE:
            return translate("BackupWords", "Not copied to page {pages}: the seal doesn't fit.").format(pages=pages)
        case LeftOutReason.NO_SUCH_PAGE if numbers:
            return translate("BackupWords", "Not copied to page {pages}: the document has no such page.").format(
                pages=pages
            )
        case LeftOutReason.NO_SUCH_PAGE:
            return translate("BackupWords", "Not pasted: the document has no such page.")
        case LeftOutReason.NO_SUCH_DOCUMENT:
            return translate("BackupWords", "Not pasted: the document is not part of this contract.")
        case LeftOutReason.NO_SUCH_SIGNER:
            return translate("BackupWords", "Not pasted: first add a signer for the seals.")
        case LeftOutReason.ONE_PAGE:
            name = next((d.name for d in draft.documents if d.id == left_out[0].document_id), "")
            return translate("BackupWords", "Not pasted: a cross-page seal needs at least two pages of {name}.").format(
                name=name
            )
