"""Find the labels of seals in open documents, so that the seals are placed next to the same labels again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esign_desktop.domain.matching.seals import find_seals, label_places, on_page, printed_label, remember_seal
from esign_desktop.domain.placing.placement import CoordinatePlacement
from esign_desktop.domain.preset.sent_form import layout_of
from esign_desktop.services.editing.anchors import read_anchors

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.document import Document
    from esign_desktop.domain.matching.form import ReadForm
    from esign_desktop.domain.matching.seals import FoundSeal, LabelPlace, RememberedSeal
    from esign_desktop.domain.placing.placement import PlacementId
    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.domain.proposal import ProposedParty
    from esign_desktop.services.editing.documents import DocumentService


class LabelledSeals:
    """The service that finds the labels of seals.

    Its calls block on the PDF process. They may raise PdfError and InputError ``document.not_open``.
    """

    def __init__(self, documents: DocumentService) -> None:
        self._documents = documents

    def remember(
        self,
        draft: ContractDraft,
        document: Document,
        preset: Preset,
        parties: Sequence[ProposedParty],
        values: Sequence[str],
    ) -> dict[PlacementId, RememberedSeal]:
        """Return the places of a document's seals relative to their labels. Seals without words nearby are omitted.

        ``draft`` is the contract of the open document, and its placements have the ids of the preset's. ``parties``
        were read in this document, and ``values`` are the names and numbers of the contract's signers.
        """
        layout = layout_of(draft, document, preset, parties, self._words(draft, document))
        labels = {seal.label: printed_label(seal.label, parties, values) for seal in layout.values()}
        places = {label: self._places(document, label) for label in set(labels.values())}
        return {
            place.id: remember_seal(layout[place.id], places[labels[layout[place.id].label]], parties, values)
            for place in preset.placements
            if place.id in layout
        }

    def find(
        self, seals: Sequence[RememberedSeal], parties: Sequence[Sequence[str]], document: Document, read: ReadForm
    ) -> tuple[FoundSeal, ...]:
        """Return the places of seals on an open document. ``parties`` contains the words for the form's parties."""
        places = {label: self._places(document, label) for label in {seal.label for seal in seals}}
        return tuple(on_page(seal, document.pages) for seal in find_seals(seals, parties, places, read.parties))

    def _words(self, draft: ContractDraft, document: Document) -> Mapping[PlacementId, str]:
        """Return the words next to the seals on single pages. Those that are not known yet are read."""
        fixed = [one for one in draft.placements if isinstance(one, CoordinatePlacement) and len(one.pages) == 1]
        seals = [one for one in fixed if one.document_id == document.id]
        labels = {one.id: one.anchor.text for one in seals if one.anchor is not None and not one.needs_anchor}
        fresh = read_anchors(self._documents, [one for one in seals if one.id not in labels])
        return labels | {place_id: anchor.text for place_id, anchor in fresh.items()}

    def _places(self, document: Document, label: str) -> tuple[LabelPlace, ...]:
        return label_places(self._documents.find_everywhere(document.id, label), document.pages) if label else ()
