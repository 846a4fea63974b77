"""Find the doubts about a draft by comparing the draft with its pages, with open contracts and with known accounts.

All functions in this module are free of side effects.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.account import folded_name
from esign_desktop.domain.doubts.doubt import Doubt, DoubtKind
from esign_desktop.domain.doubts.spelling import (
    PaperText,
    is_placeholder,
    is_same,
    names_organization,
    plain,
    spellings,
)
from esign_desktop.domain.flow import FlowId
from esign_desktop.domain.placing.participation import Participation, participation
from esign_desktop.domain.placing.placement import CoordinatePlacement, CrossPagePlacement, marks_of
from esign_desktop.domain.proposal import PartyKind
from esign_desktop.domain.signer import ApplicationSigner, OrganizationSigner, PersonSigner, display_name, role_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.document import Document, DocumentId
    from esign_desktop.domain.doubts.paper import Paper
    from esign_desktop.domain.placing.placement import PlacementId
    from esign_desktop.domain.proposal import PaperFact, ProposedParty
    from esign_desktop.domain.signer import Signer, SignerId

_BESIDE_PT: Final = 130.0
"""The maximum distance, in points, between the center of a seal and the center of the label next to it."""


@dataclass(frozen=True, slots=True)
class KnownAccount:
    """Data about a signer's account that the draft does not contain: the owner's earlier names and ID number."""

    names: tuple[str, ...] = field(default=(), repr=False)
    number: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class OpenContract:
    """A contract that is waiting for signatures.

    ``files`` contains the SHA-256 hashes of the contract's documents. ``people`` contains the names of the signers,
    normalized by ``folded_name``.
    """

    flow_id: FlowId
    title: str = field(repr=False)
    files: frozenset[str]
    people: frozenset[str] = field(repr=False)


def find_doubts(
    draft: ContractDraft,
    papers: Mapping[DocumentId, Paper],
    sent: Sequence[OpenContract] = (),
    accounts: Mapping[SignerId, KnownAccount] | None = None,
    words_gone: Mapping[PlacementId, str] | None = None,
) -> tuple[Doubt, ...]:
    """Return the doubts to review before the draft is sent, with severe doubts first.

    ``papers`` holds the content of each document that has been read, ``sent`` holds the contracts that are still open,
    and ``accounts`` holds the known data about the signers' accounts. If the words next to a seal are no longer in the
    document, ``words_gone`` maps the seal to these words. If any spelling of a signer's name occurs in a document, no
    severe doubt is reported for this signer in this document.
    """
    known = accounts or {}
    read = [
        _Reading(draft, document, papers[document.id], known) for document in draft.documents if document.id in papers
    ]
    found = [doubt for reading in read for doubt in reading.doubts()]
    found += _without_words(draft, words_gone or {})
    found += _sent_already(draft, sent)
    found += _overlapping_seals(draft)
    found += _signing_few(draft)
    if read and not any(reading.is_comparable for reading in read):
        found.append(Doubt(DoubtKind.NOTHING_COMPARED))
    return tuple(sorted(found, key=lambda doubt: not doubt.is_severe))


def people_of(draft: ContractDraft) -> frozenset[str]:
    """Return the names of the draft's signers, normalized as in ``OpenContract.people``."""
    return frozenset(folded_name(display_name(signer)) for signer in draft.signers)


class _Reading:
    """The comparison of one document's pages with the draft."""

    def __init__(
        self, draft: ContractDraft, document: Document, paper: Paper, accounts: Mapping[SignerId, KnownAccount]
    ) -> None:
        self._draft = draft
        self._document = document
        self._parties = paper.proposal.parties
        self._accounts = accounts
        self._text = PaperText(paper.pages)
        filling = document.template
        self._values = tuple(plain(value) for _, value in filling.fields) if filling is not None else ()
        self._signers = [
            signer for signer in draft.signers if participation(draft, signer, document.id) is not Participation.NONE
        ]
        self._names = [name for signer in draft.signers for name in self._names_of(signer)]

    @property
    def is_comparable(self) -> bool:
        """Whether a party's name or number was recognized, and at least one signer has a name to compare it with."""
        return any(party.name or party.number for party in self._parties) and any(map(display_name, self._signers))

    def doubts(self) -> Iterator[Doubt]:
        absent = [signer for signer in self._signers if self._is_absent(signer)]
        by_label = {signer.id: self._party_of(signer) for signer in self._signers}
        named = [party for party in self._parties if party.name and not is_placeholder(party.name)]
        unclaimed = [party for party in named if not self._is_claimed(party)]
        waiting: list[Signer] = []
        for signer in absent:
            party = by_label[signer.id]
            if party in unclaimed:
                unclaimed.remove(party)
                yield self._other_name(signer, party)
            elif party is None or party.name:
                waiting.append(signer)
            else:
                yield from self._other_number(signer, party)
        for signer, party in self._paired(waiting, unclaimed):
            unclaimed.remove(party)
            yield self._other_name(signer, party)
        for signer in self._signers:
            party = by_label[signer.id]
            if signer not in absent and party is not None:
                yield from self._other_spelling(signer, party)
                if party in unclaimed:
                    unclaimed.remove(party)
            if party is not None and isinstance(signer, OrganizationSigner):
                yield from self._other_legal(signer, party)
        yield from self._not_signing(unclaimed)

    def _paired(
        self, signers: Sequence[Signer], unclaimed: Sequence[ProposedParty]
    ) -> list[tuple[Signer, ProposedParty]]:
        """Pair the signers whose party could not be determined by a label with named parties.

        If there are more parties than signers, all parties are paired.
        """
        own_seals = sum(isinstance(signer, ApplicationSigner) and not signer.name for signer in self._signers)
        open_parties = [party for party in self._parties if not party.name]
        found: list[tuple[Signer, ProposedParty]] = []
        for is_organization in (False, True):
            kind = [signer for signer in signers if isinstance(signer, PersonSigner) is not is_organization]
            fitting = [party for party in unclaimed if _fits(party, is_organization=is_organization)]
            # The application's seal represents the platform's customer, whose name may be missing from the draft.
            fitting = fitting[own_seals:] if is_organization else fitting
            if (
                kind
                and not fitting
                and not any(_fits(party, is_organization=is_organization) for party in open_parties)
            ):
                fitting = [party for party in unclaimed if not _fits(party, is_organization=is_organization)]
                fitting = fitting if is_organization else fitting[own_seals:]
            found += [(kind[min(n, len(kind) - 1)], party) for n, party in enumerate(fitting) if kind]
        return list({id(party): (signer, party) for signer, party in reversed(found)}.values())[::-1]

    def _names_of(self, signer: Signer) -> Iterator[str]:
        """Yield the names under which the document may mention a signer."""
        yield display_name(signer)
        yield from self._accounts.get(signer.id, KnownAccount()).names

    def _is_absent(self, signer: Signer) -> bool:
        """Return whether the signer has a name that occurs neither on the pages nor in the form values."""
        names = [name for name in self._names_of(signer) if plain(name)]
        if not names or not self._text.has_text:
            return False
        longer = [party.name for party in self._parties if party.name and not names_organization(party.name)]
        values = [form for name in names for form in spellings(name) if any(form in value for value in self._values)]
        is_read = any(is_same(party.name, name) for party in self._parties if party.name for name in names)
        return not (values or is_read or any(self._text.may_hold(name, longer) for name in names))

    def _is_claimed(self, party: ProposedParty) -> bool:
        return any(is_same(party.name, name) for name in self._names if plain(name))

    def _party_of(self, signer: Signer) -> ProposedParty | None:
        """Return the signer's party: the one labeled with the signer's role, or else the only one next to their seals.

        Return None if there is no such party.
        """
        names = {folded_name(role_of(signer))} - {""}
        for party in self._parties:
            if names & {folded_name(word) for word in (party.role, *party.aliases)}:
                return party
        near = {id(party): party for party in self._beside_seals(signer)}
        return next(iter(near.values())) if len(near) == 1 else None

    def _beside_seals(self, signer: Signer) -> Iterator[ProposedParty]:
        for place in self._draft.placements:
            if (
                not isinstance(place, CoordinatePlacement)
                or place.signer_id != signer.id
                or place.document_id != self._document.id
            ):
                continue
            for page_number in place.pages:
                if not 1 <= page_number <= self._document.page_count:
                    continue
                point = self._document.frame(page_number).to_display(place.center)
                distances = [
                    ((mark.rect.center.x_pt - point.x_pt) ** 2 + (mark.rect.center.y_pt - point.y_pt) ** 2, n)
                    for n, party in enumerate(self._parties)
                    for mark in party.marks
                    if mark.page_number == page_number
                ]
                if distances and min(distances)[0] <= _BESIDE_PT**2:
                    yield self._parties[min(distances)[1]]

    def _other_name(self, signer: Signer, party: ProposedParty) -> Doubt:
        return Doubt(
            DoubtKind.OTHER_NAME,
            party.role,
            party.name,
            display_name(signer),
            signer.id,
            self._document.id,
            party.name_place,
        )

    def _other_number(self, signer: Signer, party: ProposedParty) -> Iterator[Doubt]:
        own = _number_of(signer) or self._accounts.get(signer.id, KnownAccount()).number
        if own and party.number is not None and not self._text.holds_number(own):
            yield self._of_fact(DoubtKind.OTHER_NUMBER, party, party.number, signer, own)

    def _other_spelling(self, signer: Signer, party: ProposedParty) -> Iterator[Doubt]:
        own, paper = display_name(signer), party.name
        if not (paper and own) or folded_name(paper) == folded_name(own):
            return
        if is_same(paper, own) or not self._is_claimed(party):
            place = party.name_place
            yield Doubt(DoubtKind.ANOTHER_SPELLING, party.role, paper, own, signer.id, self._document.id, place)

    def _other_legal(self, signer: OrganizationSigner, party: ProposedParty) -> Iterator[Doubt]:
        agent = signer.agent.name
        if party.legal is None or not agent:
            return
        if not (is_same(party.legal.text, agent) or self._text.may_hold(agent)):
            yield self._of_fact(DoubtKind.ANOTHER_LEGAL, party, party.legal, signer, agent)

    def _not_signing(self, unclaimed: Sequence[ProposedParty]) -> Iterator[Doubt]:
        own_seals = sum(isinstance(signer, ApplicationSigner) and not signer.name for signer in self._signers)
        for party in unclaimed:
            if own_seals and party.kind is not PartyKind.PERSON and names_organization(party.name):
                # The application's seal represents the platform's customer, whose name may be missing from the draft.
                own_seals -= 1
            elif self._signers:
                yield Doubt(
                    DoubtKind.NOT_SIGNING, party.role, party.name, document_id=self._document.id, place=party.name_place
                )

    def _of_fact(self, kind: DoubtKind, party: ProposedParty, fact: PaperFact, signer: Signer, form: str) -> Doubt:
        return Doubt(kind, party.role, fact.text, form, signer.id, self._document.id, fact.place)


def _number_of(signer: Signer) -> str:
    match signer:
        case PersonSigner(person=person):
            return person.id_number
        case OrganizationSigner(organization=organization):
            return organization.code
        case _:
            return ""


def _fits(party: ProposedParty, *, is_organization: bool) -> bool:
    """Return whether the party may be an organization or, if ``is_organization`` is False, a person.

    This is judged by the party's name and label.
    """
    if not party.name:
        return party.kind in {PartyKind.EITHER, PartyKind.ORGANIZATION if is_organization else PartyKind.PERSON}
    is_named = names_organization(party.name)
    is_labelled = party.kind is PartyKind.ORGANIZATION
    return is_named is is_organization or (party.kind is not PartyKind.EITHER and is_labelled is is_organization)


def _without_words(draft: ContractDraft, words_gone: Mapping[PlacementId, str]) -> Iterator[Doubt]:
    names = {signer.id: display_name(signer) for signer in draft.signers}
    for placement in draft.placements:
        if placement.id in words_gone:
            yield Doubt(
                DoubtKind.WORDS_GONE,
                paper=words_gone[placement.id],
                form=names.get(placement.signer_id, ""),
                signer_id=placement.signer_id,
                document_id=placement.document_id,
                placement_id=placement.id,
            )


def _sent_already(draft: ContractDraft, sent: Sequence[OpenContract]) -> Iterator[Doubt]:
    files = frozenset(document.sha256 for document in draft.documents if document.sha256)
    people = people_of(draft)
    if not files or len(files) < len(draft.documents) or draft.replaces is not None:
        return
    for contract in sent:
        if files <= contract.files and people == contract.people:
            yield Doubt(DoubtKind.SENT_ALREADY, paper=contract.title, form=draft.title, flow_id=contract.flow_id)


def _overlapping_seals(draft: ContractDraft) -> Iterator[Doubt]:
    documents = {document.id: document for document in draft.documents}
    signers = {signer.id: signer for signer in draft.signers}
    by_signer: defaultdict[tuple[SignerId, DocumentId], list[CrossPagePlacement]] = defaultdict(list)
    for place in draft.placements:
        if isinstance(place, CrossPagePlacement) and place.signer_id in signers and place.document_id in documents:
            by_signer[place.signer_id, place.document_id].append(place)
    for (signer_id, document_id), places in by_signer.items():
        signer, document = signers[signer_id], documents[document_id]
        drawn = [marks_of(placement, signer, document, draft.behaviour) for placement in places]
        for number, marks in enumerate(drawn):
            if any(
                mark.page_number == other.page_number and mark.rect.intersection_area(other.rect) > 0
                for before in drawn[:number]
                for mark in marks
                for other in before
            ):
                yield Doubt(
                    DoubtKind.SEALS_OVERLAP,
                    form=display_name(signer),
                    signer_id=signer_id,
                    document_id=document_id,
                    placement_id=places[number].id,
                )
                break


def _signing_few(draft: ContractDraft) -> Iterator[Doubt]:
    for signer in draft.signers:
        unsigned = [
            document for document in draft.documents if participation(draft, signer, document.id) is Participation.NONE
        ]
        if unsigned and len(unsigned) < len(draft.documents):
            names = ", ".join(document.name for document in unsigned)
            yield Doubt(DoubtKind.SIGNS_FEW, paper=names, form=display_name(signer), signer_id=signer.id)
