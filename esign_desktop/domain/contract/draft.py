"""The whole contract being prepared, as one frozen value."""

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

    ``documents`` and ``signers`` stand in the order a person sees; a signer's number is its place in ``signers``, from
    1. ``is_ordered`` False lets everybody sign at any time and leaves ``signOrder`` out; the steps are kept all the
    same.
    """

    id: DraftId
    documents: tuple[Document, ...] = ()
    signers: tuple[Signer, ...] = ()
    placements: tuple[Placement, ...] = ()
    options: FlowOptions = field(default_factory=FlowOptions)
    is_ordered: bool = True
    replaces: FlowId | None = None
    """The flow that this contract corrects: it is ended right before this one is started, and not sooner."""
    reference: str = ""
    """What the program that handed it over calls the case; nothing personal. It comes back with every result."""
    behaviour: PlatformBehaviour = field(default_factory=PlatformBehaviour, compare=False)
    """How the platform behaves for which the contract is drawn and checked: its environment's while it is prepared, and
    what it was queued with once it is sent."""

    @classmethod
    def new(cls) -> ContractDraft:
        """Return an empty draft with an id of its own."""
        return cls(DraftId(uuid4().hex))

    @property
    def title(self) -> str:
        """What to call the contract: its business scene, else its first document's name, else nothing."""
        if self.options.business_scene:
            return self.options.business_scene
        return self.documents[0].name if self.documents else ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing would be lost if it were thrown away."""
        return not (self.documents or self.signers or self.placements)

    @property
    def is_paid_elsewhere(self) -> bool:
        """Whether somebody else than the integrating application pays: their package is frozen when they sign."""
        payer = self.options.payer
        if isinstance(payer, SignerParty):
            signer = next((one for one in self.signers if one.id == payer.signer_id), None)
            return not isinstance(signer, ApplicationSigner)
        return payer is not None

    def document(self, document_id: DocumentId) -> Document:
        """Return a document. Raises KeyError."""
        for document in self.documents:
            if document.id == document_id:
                return document
        raise KeyError(document_id)

    def signer(self, signer_id: SignerId) -> Signer:
        """Return a signer. Raises KeyError."""
        for signer in self.signers:
            if signer.id == signer_id:
                return signer
        raise KeyError(signer_id)

    def placement(self, placement_id: PlacementId) -> Placement:
        """Return a placement. Raises KeyError."""
        for placement in self.placements:
            if placement.id == placement_id:
                return placement
        raise KeyError(placement_id)

    def signer_number(self, signer_id: SignerId) -> int:
        """Return the signer's number as shown, from 1. Raises KeyError."""
        for number, signer in enumerate(self.signers, 1):
            if signer.id == signer_id:
                return number
        raise KeyError(signer_id)

    @property
    def steps(self) -> tuple[tuple[Signer, ...], ...]:
        """The signers by step, steps ascending, in the shown order within a step."""
        numbers = sorted({signer.terms.step for signer in self.signers})
        return tuple(tuple(s for s in self.signers if s.terms.step == number) for number in numbers)


@dataclass(frozen=True, slots=True)
class DraftSummary:
    """What a list of drafts shows. ``is_open`` says that it is the one being edited."""

    id: DraftId
    title: str
    document_count: int
    page_count: int
    saved_at_ms: int
    is_open: bool
