"""A contract in preparation, represented by one immutable value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NewType
from uuid import uuid4

from esign_desktop.domain.contract.contract import Contract
from esign_desktop.domain.customers import customer_of_draft
from esign_desktop.domain.environment import PlatformBehaviour
from esign_desktop.domain.flow import FlowId
from esign_desktop.domain.titles import Naming, with_names

DraftId = NewType("DraftId", str)


@dataclass(frozen=True, slots=True)
class ContractDraft(Contract):
    """A contract in preparation."""

    id: DraftId
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
    naming: Naming = field(default_factory=Naming, compare=False)
    """How the contract is named if no title was typed. Like ``behaviour``, it comes from the settings."""

    @classmethod
    def new(cls) -> ContractDraft:
        """Return an empty draft with a new id."""
        return cls(DraftId(uuid4().hex))

    @property
    def title(self) -> str:
        """The title that the signers see: the business scene, or else that of the naming rule or the first document.

        Placeholders in the business scene and in the rule are replaced. The title is empty if nothing names the
        contract yet.
        """
        contract = self.documents[0].name if self.documents else ""
        title = self.options.business_scene or (self.naming.rule if contract else "") or contract
        return with_names(title, contract, customer_of_draft(self.signers, self.naming.ours))

    @property
    def is_empty(self) -> bool:
        """Whether the draft has no documents, signers or placements, and can therefore be discarded."""
        return not (self.documents or self.signers or self.placements)


@dataclass(frozen=True, slots=True)
class DraftSummary:
    """An entry in a list of drafts. ``is_open`` marks the draft that is being edited."""

    id: DraftId
    title: str = field(repr=False)
    document_count: int
    page_count: int
    saved_at_ms: int
    is_open: bool
