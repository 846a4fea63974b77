"""A contract in preparation, represented by one immutable value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NewType
from uuid import uuid4

from esign_desktop.domain.document import Document, DocumentId
from esign_desktop.domain.environment import PlatformBehaviour
from esign_desktop.domain.flow import FlowId
from esign_desktop.domain.options import FlowOptions, SignerParty
from esign_desktop.domain.placing.placement import Placement, PlacementId
from esign_desktop.domain.signer import ApplicationSigner, Signer, SignerId

DraftId = NewType("DraftId", str)


@dataclass(frozen=True, slots=True)
class ContractDraft:
    """A contract in preparation.

    ``documents`` and ``signers`` are in display order. A signer's number is the signer's position in ``signers``,
    counted from 1. If ``is_ordered`` is False, all signers may sign at any time, and ``signOrder`` is not sent. The
    draft keeps the steps so that the user can restore the order.
    """

    id: DraftId
    documents: tuple[Document, ...] = ()
    signers: tuple[Signer, ...] = ()
    placements: tuple[Placement, ...] = ()
    options: FlowOptions = field(default_factory=FlowOptions)
    is_ordered: bool = True
    replaces: FlowId | None = None
    """The flow that this contract corrects, or None. That flow is ended immediately before this contract is started."""
    reference: str = ""
    """The case reference from the program that handed over the contract, or an empty string.

    The reference contains no personal data and is returned with every result.
    """
    behaviour: PlatformBehaviour = field(default_factory=PlatformBehaviour, compare=False)
    """The platform behavior on which drawing and checks are based.

    During preparation, this is the environment's configured behavior. Once the contract is queued, the value no longer
    changes.
    """

    @classmethod
    def new(cls) -> ContractDraft:
        """Return an empty draft with a new id."""
        return cls(DraftId(uuid4().hex))

    @property
    def title(self) -> str:
        """The displayed title: the business scene, or else the first document's name, or an empty string."""
        if self.options.business_scene:
            return self.options.business_scene
        return self.documents[0].name if self.documents else ""

    @property
    def is_empty(self) -> bool:
        """Whether the draft has no documents, signers or placements, and can therefore be discarded."""
        return not (self.documents or self.signers or self.placements)

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


@dataclass(frozen=True, slots=True)
class DraftSummary:
    """An entry in a list of drafts. ``is_open`` marks the draft that is being edited."""

    id: DraftId
    title: str
    document_count: int
    page_count: int
    saved_at_ms: int
    is_open: bool
