"""The parts that contracts in preparation and presets have in common."""

from __future__ import annotations

from dataclasses import dataclass, field

from esign_desktop.domain.document import Document, DocumentId
from esign_desktop.domain.options import FlowOptions, SignerParty
from esign_desktop.domain.placing.placement import Placement, PlacementId
from esign_desktop.domain.signer import ApplicationSigner, Signer, SignerId


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """The documents, signers, placements and options of a contract.

    ``documents`` and ``signers`` are in display order. A signer's number is the signer's position in ``signers``,
    counted from 1. If ``is_ordered`` is False, all signers may sign at any time, and ``signOrder`` is not sent. The
    steps are kept so that the user can restore the order.
    """

    documents: tuple[Document, ...] = ()
    signers: tuple[Signer, ...] = ()
    placements: tuple[Placement, ...] = ()
    options: FlowOptions = field(default_factory=FlowOptions)
    is_ordered: bool = True

    @property
    def is_paid_elsewhere(self) -> bool:
        """Whether a party other than the integrating application pays for the contract."""
        payer = self.options.payer
        if isinstance(payer, SignerParty):
            signer = next((signer for signer in self.signers if signer.id == payer.signer_id), None)
            return not isinstance(signer, ApplicationSigner)
        return payer is not None

    def document(self, document_id: DocumentId) -> Document:
        """Return the document with this id. Raises KeyError if there is no such document."""
        for document in self.documents:
            if document.id == document_id:
                return document
        raise KeyError(document_id)

    def signer(self, signer_id: SignerId) -> Signer:
        """Return the signer with this id. Raises KeyError if there is no such signer."""
        for signer in self.signers:
            if signer.id == signer_id:
                return signer
        raise KeyError(signer_id)

    def placement(self, placement_id: PlacementId) -> Placement:
        """Return the placement with this id. Raises KeyError if there is no such placement."""
        for placement in self.placements:
            if placement.id == placement_id:
                return placement
        raise KeyError(placement_id)

    def signer_number(self, signer_id: SignerId) -> int:
        """Return the signer's number as displayed, counted from 1. Raises KeyError if there is no such signer."""
        for number, signer in enumerate(self.signers, 1):
            if signer.id == signer_id:
                return number
        raise KeyError(signer_id)

    @property
    def steps(self) -> tuple[tuple[Signer, ...], ...]:
        """The signers grouped by step, in signing order. Within a step, signers are in display order.

        Signers who may sign at any time do not belong to a step.
        """
        numbers = sorted({signer.terms.step for signer in self.signers if signer.terms.step})
        return tuple(tuple(s for s in self.signers if s.terms.step == number) for number in numbers)

    @property
    def anytime_signers(self) -> tuple[Signer, ...]:
        """The signers who belong to no step and may sign at any time, in display order."""
        return tuple(signer for signer in self.signers if not signer.terms.step)
