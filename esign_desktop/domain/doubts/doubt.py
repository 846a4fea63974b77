"""Contradictions between a draft and its pages or an earlier contract, and an edit that may resolve a contradiction."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.account import Organization, Person
from esign_desktop.domain.contract import edits
from esign_desktop.domain.document import DocumentId
from esign_desktop.domain.doubts.spelling import is_same, names_organization
from esign_desktop.domain.flow import FlowId
from esign_desktop.domain.placing.placement import PlacementId
from esign_desktop.domain.placing.proposed_seals import with_other_kind
from esign_desktop.domain.proposal import PaperPlace
from esign_desktop.domain.signer import ApplicationSigner, OrganizationSigner, PersonSigner, Signer, SignerId

if TYPE_CHECKING:
    from esign_desktop.domain.contract.draft import ContractDraft


class DoubtKind(StrEnum):
    """The kind of contradiction."""

    OTHER_NAME = "other_name"
    """The document names a different party, and the signer's own name does not occur in the document."""
    OTHER_NUMBER = "other_number"
    """The document states a different number for the party, and contains neither the signer's name nor their number."""
    WORDS_GONE = "words_gone"
    """The words next to which a seal was placed no longer occur in the document."""
    SENT_ALREADY = "sent_already"
    """The same files were sent to the same people earlier, and that contract is still open."""
    NAME_IN_OPEN_PLACE = "name_in_open_place"
    """A page of a preset names a party in a role whose signer is different in each contract."""
    ANOTHER_SPELLING = "another_spelling"
    """The document spells the signer's name differently, or gives a different name for the signer's party."""
    ANOTHER_LEGAL = "another_legal"
    """The organization's agent is not the legal representative named in the document."""
    NOT_SIGNING = "not_signing"
    """A party that the document names is not a signer of this contract."""
    SEALS_OVERLAP = "seals_overlap"
    """Cross-page seals of one signer overlap."""
    SIGNS_FEW = "signs_few"
    """A signer signs some of the documents, but not all."""
    NOTHING_COMPARED = "nothing_compared"
    """No name was recognized on the pages, so the draft could not be compared with them."""


_SEVERE: Final = frozenset(
    {
        *(DoubtKind.OTHER_NAME, DoubtKind.OTHER_NUMBER, DoubtKind.NAME_IN_OPEN_PLACE),
        *(DoubtKind.WORDS_GONE, DoubtKind.SENT_ALREADY),
    }
)


@dataclass(frozen=True, slots=True)
class Doubt:
    """A contradiction found before sending.

    ``label`` is the party's role in the document. ``paper`` is the value found in the document, and ``form`` is the
    value in the draft. ``place`` is the position at which the value was found. For SENT_ALREADY, ``flow_id`` identifies
    the open contract, and ``paper`` is the contract's title. For WORDS_GONE, ``paper`` holds the missing words, and
    ``placement_id`` identifies the seal.
    """

    kind: DoubtKind
    label: str = ""
    paper: str = field(default="", repr=False)
    form: str = field(default="", repr=False)
    signer_id: SignerId | None = None
    document_id: DocumentId | None = None
    place: PaperPlace | None = None
    flow_id: FlowId | None = None
    placement_id: PlacementId | None = None

    @property
    def is_severe(self) -> bool:
        """Whether sending requires the user's explicit confirmation."""
        return self.kind in _SEVERE

    @property
    def key(self) -> str:
        """A digest that identifies this doubt without revealing names.

        The user's confirmation is stored under this key. If the values change, the key changes, and the confirmation no
        longer applies.
        """
        parts = (self.kind, self.label, self.paper, self.form, self.signer_id, self.flow_id)
        text = "\0".join(str(part or "") for part in (*parts, self.placement_id))
        return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]

    @property
    def can_take_paper(self) -> bool:
        """Whether ``with_papers_name`` can replace the signer's name with the name found in the document."""
        if self.kind is DoubtKind.ANOTHER_SPELLING:
            # A different spelling of the same name is no improvement.
            return not is_same(self.paper, self.form)
        return self.kind is DoubtKind.OTHER_NAME


def with_papers_name(draft: ContractDraft, doubt: Doubt) -> ContractDraft:
    """Return the draft with the signer replaced by the party that the document names.

    The ID number, phone number and account of the previous party are removed. A person becomes an organization if the
    new name is an organization's name, and vice versa. If ``doubt.can_take_paper`` is False, the draft is unchanged.
    """
    signer = next((candidate for candidate in draft.signers if candidate.id == doubt.signer_id), None)
    if not doubt.can_take_paper or signer is None or isinstance(signer, ApplicationSigner):
        return draft
    is_organization = names_organization(doubt.paper)
    named: Signer
    if is_organization:
        named = OrganizationSigner(signer.id, Organization(doubt.paper), Person(""), signer.terms, signer.role)
    else:
        named = PersonSigner(signer.id, Person(doubt.paper), signer.terms, signer.role)
    if isinstance(signer, OrganizationSigner) is is_organization:
        return edits.update_signer(draft, named)
    return with_other_kind(draft, named)
