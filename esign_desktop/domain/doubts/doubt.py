"""A doubt: where the paper, an earlier send or another document contradicts the draft, and a way to either side."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.account import Organization, Person
from esign_desktop.domain.contract import edits
from esign_desktop.domain.document import DocumentId
from esign_desktop.domain.flow import FlowId
from esign_desktop.domain.placing.placement import PlacementId
from esign_desktop.domain.proposal import PaperPlace
from esign_desktop.domain.signer import OrganizationSigner, PersonSigner, SignerId

if TYPE_CHECKING:
    from esign_desktop.domain.contract.draft import ContractDraft


class DoubtKind(StrEnum):
    """What is doubted."""

    OTHER_NAME = "other_name"
    """The paper names another party where the signer's own name stands nowhere."""
    OTHER_NUMBER = "other_number"
    """The paper states another party's number, and neither the signer's name nor number stands anywhere."""
    WORDS_GONE = "words_gone"
    """The words beside which a seal was placed no longer stand in the document."""
    SENT_ALREADY = "sent_already"
    """The same files went to the same people, and that contract is still open."""
    NAME_IN_OPEN_PLACE = "name_in_open_place"
    """A preset's pages name a party that is another one each time."""
    ANOTHER_SPELLING = "another_spelling"
    """The paper writes the signer's name otherwise, or names another party beside it."""
    ANOTHER_LEGAL = "another_legal"
    """The person who acts for the organization is not the legal representative whom the paper names."""
    NOT_SIGNING = "not_signing"
    """A party that the paper names does not sign this contract."""
    SEALS_OVERLAP = "seals_overlap"
    """One signer's cross-page seals cover each other."""
    SIGNS_FEW = "signs_few"
    """A signer signs some of several documents."""
    NOTHING_COMPARED = "nothing_compared"
    """No name was read on the pages, so that nothing could be compared."""


_GRAVE: Final = frozenset(
    {
        *(DoubtKind.OTHER_NAME, DoubtKind.OTHER_NUMBER, DoubtKind.NAME_IN_OPEN_PLACE),
        *(DoubtKind.WORDS_GONE, DoubtKind.SENT_ALREADY),
    }
)


@dataclass(frozen=True, slots=True)
class Doubt:
    """One doubt.

    ``label`` is what the paper calls the party, ``paper`` what the paper states and ``form`` what the draft has in its
    place. ``place`` is where the paper's words stand in the document.
    For SENT_ALREADY ``flow_id`` is the open contract and ``paper`` its title; for WORDS_GONE ``paper`` are the words
    and ``placement_id`` the seal.
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
    def is_grave(self) -> bool:
        """Whether the contract goes out only after a deliberate yes."""
        return self.kind in _GRAVE

    @property
    def key(self) -> str:
        """What tells this doubt from others, without names: a yes to it holds while nothing in it changes."""
        parts = (self.kind, self.label, self.paper, self.form, self.signer_id, self.document_id, self.flow_id)
        text = "\0".join(str(one or "") for one in (*parts, self.placement_id))
        return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]

    @property
    def can_take_paper(self) -> bool:
        """Whether the draft can be given what the paper states."""
        return self.kind is DoubtKind.OTHER_NAME or (self.kind is DoubtKind.ANOTHER_SPELLING and bool(self.paper))


def with_papers_name(draft: ContractDraft, doubt: Doubt) -> ContractDraft:
    """Return the draft whose signer has the name that the paper states.

    It is another person or organization then: number, phone and account of the former one are dropped.
    """
    signer = next((one for one in draft.signers if one.id == doubt.signer_id), None)
    if not doubt.can_take_paper or signer is None:
        return draft
    is_same_party = doubt.kind is DoubtKind.ANOTHER_SPELLING
    match signer:
        case PersonSigner(person=person):
            named = replace(person, name=doubt.paper) if is_same_party else Person(doubt.paper)
            return edits.update_signer(draft, replace(signer, person=named))
        case OrganizationSigner(organization=organization):
            renamed = replace(organization, name=doubt.paper) if is_same_party else Organization(doubt.paper)
            agent = signer.agent if is_same_party else Person("")
            return edits.update_signer(draft, replace(signer, organization=renamed, agent=agent))
        case _:
            return draft
