"""Propose signers and seals for the parties found in documents.

Proposals are added to the draft only if the user accepts them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.account import AccountKind, folded_name
from esign_desktop.domain.contract import edits
from esign_desktop.domain.geometry import DisplayPoint, PageRect, Rotation, mm_to_pt
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.arranging import page_groups
from esign_desktop.domain.placing.clamping import clamped_center, within
from esign_desktop.domain.placing.placement import (
    CoordinatePlacement,
    CrossPagePlacement,
    PlacementId,
    SealMark,
    marks_of,
)
from esign_desktop.domain.proposal import MarkKind, PartyKind, ProposedMark, ProposedParty
from esign_desktop.domain.signer import (
    ApplicationSigner,
    OpenSigner,
    OrganizationSigner,
    PersonSigner,
    Signer,
    SignerId,
    display_name,
    is_organization,
    natural_seal_width_pt,
    unknown_party,
    with_party,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence, Set

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.document import Document, DocumentId
    from esign_desktop.domain.geometry import DisplayRect, PageFrame, PagePoint
    from esign_desktop.domain.proposal import Proposal

MOST_PARTIES: Final = 9
MOST_SEALS: Final = 60
MOST_MARKS: Final = 16
"""The maximum number of marks of a party. A party with more marks was probably misread."""
COMPANY_SEAL_PT: Final = mm_to_pt(42.0)
"""The usual diameter of a company seal. The platform's default is larger than the space that documents provide."""
_LONGEST_PERSONS_NAME: Final = 4

# Possible positions for the center of a seal of width 1, in order of preference. Each is a distance to the right of the
# label's end and below the label's middle. The first ones cover the end of the label and the blank space below it, like
# a seal stamped by hand, and avoid the text above.
_BESIDE: Final = (
    *((0.35, 0.3), (0.35, 0.0), (0.6, 0.3), (0.35, 0.7), (0.35, -0.3), (0.9, 0.3)),
    # If labels follow each other closely, the next party's seal is placed beside the previous one.
    *((1.45, 0.3), (1.45, -0.1), (0.35, 1.2), (0.35, -1.0), (-0.9, 0.3)),
)
_ACROSS_AT: Final = (0.5, 0.35, 0.65, 0.2, 0.8)
"""Possible vertical positions for the center of a cross-page seal, as fractions of the page height."""


@dataclass(frozen=True, slots=True)
class OurParty:
    """One of the user's own organizations, as a signer.

    ``width_pt`` is the width of the organization's seal, or None for the usual width.
    """

    signer: OrganizationSigner
    width_pt: float | None = None


@dataclass(frozen=True, slots=True)
class Ghost:
    """A proposed seal, and the marks to draw for it.

    ``reason`` is the text of the label next to the seal, or an empty string for a cross-page seal.
    """

    placement: CoordinatePlacement | CrossPagePlacement
    marks: tuple[SealMark, ...]
    reason: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class SealPlan:
    """The signers and seals that are proposed for a draft.

    ``added`` holds the proposed signers that are not yet in the draft. ``roles`` maps existing signers to the roles
    that they have in the document. ``allows_across`` is True if a cross-page seal can be proposed.
    """

    added: tuple[Signer, ...] = ()
    ghosts: tuple[Ghost, ...] = ()
    roles: tuple[tuple[SignerId, str], ...] = ()
    allows_across: bool = False

    def __bool__(self) -> bool:
        """Return whether there is any signer or seal to accept."""
        return bool(self.added or self.ghosts)

    def with_signers(self, draft: ContractDraft) -> ContractDraft:
        """Return the draft with the proposed signers added, so that the signers' seals can be drawn."""
        for signer in self.added:
            draft = edits.add_signer(draft, signer)
        return draft

    def taken(self, draft: ContractDraft, only: Set[PlacementId] | None = None) -> ContractDraft:
        """Return the draft with the proposal accepted.

        If ``only`` is given, only the seals with these ids and the signers of these seals are accepted.
        """
        ghosts = [ghost for ghost in self.ghosts if only is None or ghost.placement.id in only]
        signing = {ghost.placement.signer_id for ghost in ghosts}
        for signer in self.added:
            if only is None or signer.id in signing:
                draft = edits.add_signer(draft, signer)
        roles = dict(self.roles)
        for known in draft.signers:
            if known.id in roles and not isinstance(known, ApplicationSigner):
                draft = edits.update_signer(draft, replace(known, role=roles[known.id]))
        draft = edits.remove_placements(draft, _superseded(draft, ghosts))
        for ghost in ghosts:
            draft = edits.place(draft, ghost.placement)
        return draft


def _superseded(draft: ContractDraft, ghosts: Sequence[Ghost]) -> Set[PlacementId]:
    """Return the ids of unverified seals that the accepted seals replace: those of the same signers and documents."""
    placed = {
        (ghost.placement.signer_id, ghost.placement.document_id)
        for ghost in ghosts
        if isinstance(ghost.placement, CoordinatePlacement)
    }
    return {
        seal.id
        for seal in draft.placements
        if isinstance(seal, CoordinatePlacement) and seal.is_unverified and (seal.signer_id, seal.document_id) in placed
    }


def plan_seals(
    draft: ContractDraft,
    proposals: Mapping[DocumentId, Proposal],
    marks: Sequence[SealMark] = (),
    ours: Sequence[OurParty] = (),
    *,
    passed_over: Set[str] = frozenset(),
    width_pt: float | None = None,
    with_across: bool = True,
    keeps_open: bool = False,
) -> SealPlan:
    """Match the documents' parties with the draft's signers, and find a free position for each party's seals.

    ``marks`` are the marks that the draft already has; proposed seals do not cover these marks. ``ours`` are the user's
    own organizations. ``passed_over`` holds the ids of seals and signers that were accepted earlier and then removed.
    ``width_pt`` is the width of organizations' seals, or None for the usual width. If ``with_across`` is set, a
    cross-page seal is proposed for each document. If ``keeps_open`` is set, the draft is a preset: new persons, and new
    organizations that the documents do not name, are open signers.
    """
    planning = _Planning(draft, marks, ours, passed_over, width_pt, keeps_open=keeps_open)
    return planning.plan(proposals, with_across=with_across)


class _Planning:
    def __init__(
        self,
        draft: ContractDraft,
        marks: Sequence[SealMark],
        ours: Sequence[OurParty],
        passed_over: Set[str],
        width_pt: float | None,
        *,
        keeps_open: bool,
    ) -> None:
        self._draft = draft
        self._keeps_open = keeps_open
        self._known = {signer.id for signer in draft.signers}
        self._passed_over = passed_over | {place.id for place in draft.placements}
        self._width_pt = width_pt
        self._ours = {folded_name(our_party.signer.organization.name): our_party for our_party in ours}
        self._widths: dict[SignerId, float | None] = {}
        self._signers: dict[SignerId, Signer] = {signer.id: signer for signer in draft.signers}
        self._roles: dict[SignerId, str] = {}
        self._definitions = _Definitions(())
        self._ghosts: list[Ghost] = []
        self._occupied: defaultdict[tuple[DocumentId, int], list[PageRect]] = defaultdict(list)
        for mark in marks:
            self._occupied[mark.document_id, mark.page_number].append(mark.rect)

    def plan(self, proposals: Mapping[DocumentId, Proposal], *, with_across: bool) -> SealPlan:
        documents = [document for document in self._draft.documents if document.id in proposals]
        self._definitions = _Definitions([proposals[document.id] for document in documents])
        met: dict[DocumentId, list[Signer]] = {}
        for document in documents:
            signers: list[Signer] = []
            met[document.id] = signers
            for index, read in enumerate(proposals[document.id].parties[:MOST_PARTIES]):
                party = self._definitions.of(read)
                signer = self._signer_of(party, SignerId(f"{document.id}-{index}"), {other.id for other in signers})
                if signer is not None:
                    signers.append(signer)
                    self._place_marks(document, index, party, signer)
        allows_across = False
        for document in documents:
            sealer = self._across_sealer(document, met[document.id])
            allows_across = allows_across or sealer is not None
            if sealer is not None and with_across:
                self._place_across(document, sealer)
        return SealPlan(
            tuple(signer for signer in self._signers.values() if signer.id not in self._known),
            tuple(self._ghosts),
            tuple(self._roles.items()),
            allows_across,
        )

    # Parties

    def _signer_of(self, party: ProposedParty, new_id: SignerId, taken: Set[SignerId]) -> Signer | None:
        """Return the signer of the draft that matches the party, or else a new signer.

        Return None if the same proposal was removed before.
        """
        if new_id in self._signers and new_id not in taken:
            return self._signers[new_id]
        free = [
            candidate
            for candidate in self._signers.values()
            if candidate.id not in taken and not isinstance(candidate, ApplicationSigner)
        ]
        name = folded_name(party.name)
        names = _words_of(party)
        by_name = [candidate for candidate in free if name and folded_name(display_name(candidate)) == name]
        # Of signers with the same name, the one with the number in the document comes first, then the one in the role.
        number = party.number.text.upper() if party.number is not None else ""
        by_name.sort(
            key=lambda candidate: (
                not number or _number_of(candidate) != number,
                folded_name(candidate.role) not in names,
            )
        )
        by_role = [
            candidate
            for candidate in free
            if folded_name(self._roles.get(candidate.id, candidate.role)) in names and self._may_be(candidate, name)
        ]
        # Signers that were added before the document have no role, so they are matched by kind, in document order.
        unnamed = [
            candidate
            for candidate in free
            if not candidate.role
            and not name
            and candidate.id in self._known
            and candidate.id not in self._roles
            and not self._definitions.holds_name(display_name(candidate))
            and self._fits(candidate, party)
        ]
        if not name and self._definitions.is_disputed(party):
            # The documents name different parties with this word, so the user is asked who this one is.
            by_role = unnamed = []
        for found in (*by_name, *by_role, *unnamed):
            if not found.role:
                self._roles[found.id] = party.role
            return found
        if new_id in self._passed_over or len(self._signers) >= MOST_PARTIES:
            return None
        signer = self._new_signer(party, new_id)
        self._signers[new_id] = signer
        return signer

    def _may_be(self, signer: Signer, name: str) -> bool:
        """Return whether the signer may be the party with this name. An empty name matches every signer.

        A user may have corrected a name of the document, but a signer with the name of another party is that party.
        """
        own = folded_name(display_name(signer))
        is_corrected = signer.id in self._known and not self._definitions.holds_name(own)
        return not name or not own or own == name or is_corrected

    def _fits(self, signer: Signer, party: ProposedParty) -> bool:
        return party.kind is PartyKind.EITHER or is_organization(signer) == _is_of_organization(party)

    def _new_signer(self, party: ProposedParty, new_id: SignerId) -> Signer:
        our = self._ours.get(folded_name(party.name)) if party.name else None
        if our is not None and party.kind is not PartyKind.PERSON:
            self._widths[new_id] = our.width_pt
            return replace(our.signer, id=new_id, role=party.role)
        if not _is_of_organization(party):
            is_open, kind = self._keeps_open, AccountKind.PERSON
        else:
            # A form names the organization whose form it is, and leaves the customer's name blank.
            is_open, kind = self._keeps_open and not party.name, AccountKind.ORGANIZATION
        signer = OpenSigner(new_id, party.role, kind=kind)
        return signer if is_open else with_party(signer, unknown_party(kind, party.name))

    # Places

    def _place_marks(self, document: Document, index: int, party: ProposedParty, signer: Signer) -> None:
        width_pt = self._seal_width_pt(signer)
        for number, mark in enumerate(_marks_for(party, signer)[:MOST_MARKS]):
            placement_id = PlacementId(f"{document.id}-{index}-{number}")
            if len(self._ghosts) >= MOST_SEALS or placement_id in self._passed_over:
                continue
            if not 1 <= mark.page_number <= document.page_count or self._has_seal(document, signer, mark):
                continue
            frame, pages = document.frame(mark.page_number), PageRanges.single(mark.page_number)
            for center in _centers(frame, mark.rect, self._drawn_pt(signer, width_pt)):
                seal = CoordinatePlacement(placement_id, signer.id, document.id, pages, center, width_pt)
                if self._add(document, signer, seal, mark.text):
                    break

    def _has_seal(self, document: Document, signer: Signer, mark: ProposedMark) -> bool:
        """Return whether the signer already has a verified seal next to this label."""
        label = document.frame(mark.page_number).rect_to_page(mark.rect)
        return any(
            isinstance(seal, CoordinatePlacement)
            and (seal.signer_id, seal.document_id) == (signer.id, document.id)
            and seal.anchor is not None
            and (seal.anchor.page_number, seal.needs_anchor, seal.is_unverified) == (mark.page_number, False, False)
            and seal.anchor.rect.intersection_area(label) > 0
            for seal in self._draft.placements
        )

    def _across_sealer(self, document: Document, met: Sequence[Signer]) -> Signer | None:
        """Return the organization to seal across the document's pages, or None if no cross-page seal can be proposed.

        The user's own organizations are preferred.
        """
        existing = [
            placement
            for placement in self._draft.placements
            if isinstance(placement, CrossPagePlacement) and placement.document_id == document.id
        ]
        # In a long document, the user may have accepted the seals of only some groups of pages.
        are_accepted = all(placement.id.startswith(f"{document.id}-across") for placement in existing)
        is_turned = any(page.rotation is not Rotation.NONE for page in document.pages)
        if document.page_count < 2 or not are_accepted or is_turned:
            return None
        if existing:
            return self._signers.get(existing[0].signer_id)
        if f"{document.id}-across" in self._passed_over:
            return None
        sealers = [signer for signer in met if is_organization(signer)]
        ours = [sealer for sealer in sealers if folded_name(display_name(sealer)) in self._ours]
        return next(iter((*ours, *sealers)), None)

    def _place_across(self, document: Document, signer: Signer) -> None:
        """Propose a cross-page seal for the document.

        For a long document, one seal is proposed for each group of pages, so that no slice is too thin.
        """
        width_pt = self._seal_width_pt(signer)
        drawn_pt = self._drawn_pt(signer, width_pt)
        lowest = min(frame.height_pt for frame in document.pages)
        for number, pages in enumerate(page_groups(document.all_pages, drawn_pt) or (document.all_pages,), 1):
            placement_id = PlacementId(f"{document.id}-across" if number == 1 else f"{document.id}-across-{number}")
            if placement_id in self._passed_over:
                continue
            for share in _ACROSS_AT:
                y_pt = within(lowest * share, lowest, drawn_pt)
                seal = CrossPagePlacement(placement_id, signer.id, document.id, pages, y_pt, width_pt)
                if self._add(document, signer, seal):
                    break

    def _add(
        self, document: Document, signer: Signer, seal: CoordinatePlacement | CrossPagePlacement, reason: str = ""
    ) -> bool:
        """Add a proposed seal if it does not overlap another seal, and return whether it was added."""
        marks = marks_of(seal, signer, document, self._draft.behaviour)
        for mark in marks:
            if any(
                mark.rect.intersection_area(occupied) > 0 for occupied in self._occupied[document.id, mark.page_number]
            ):
                return False
        for mark in marks:
            self._occupied[document.id, mark.page_number].append(mark.rect)
        self._ghosts.append(Ghost(seal, marks, reason))
        return True

    def _seal_width_pt(self, signer: Signer) -> float | None:
        if not is_organization(signer):
            return None
        return self._widths.get(signer.id) or self._width_pt or COMPANY_SEAL_PT

    def _drawn_pt(self, signer: Signer, width_pt: float | None) -> float:
        return width_pt or natural_seal_width_pt(signer, self._draft.behaviour)


class _Definitions:
    """The names that the documents of a contract give to the words for the contract's parties."""

    def __init__(self, proposals: Sequence[Proposal]) -> None:
        self._named: defaultdict[str, dict[str, ProposedParty]] = defaultdict(dict)
        for proposal in proposals:
            for party in (*proposal.parties, *proposal.defined):
                if party.name:
                    for word in _words_of(party):
                        self._named[word].setdefault(folded_name(party.name), party)
        self._names = {name for named in self._named.values() for name in named}

    def of(self, party: ProposedParty) -> ProposedParty:
        """Return the party as another document defines the party, if this document leaves the name blank.

        The result has the marks of ``party``. If the documents define several parties with the same word, the party is
        returned unchanged.
        """
        found = self._found(party)
        if party.name or len(found) != 1:
            return party
        (definition,) = found.values()
        kind = definition.kind
        if kind is PartyKind.EITHER:
            marked = replace(definition, marks=(*definition.marks, *party.marks))
            kind = PartyKind.ORGANIZATION if _is_of_organization(marked) else PartyKind.PERSON
        aliases = dict.fromkeys((*definition.aliases, party.role, *party.aliases))
        aliases.pop(definition.role, None)
        return replace(definition, kind=kind, marks=party.marks, aliases=tuple(aliases))

    def is_disputed(self, party: ProposedParty) -> bool:
        """Return whether the documents define several parties with the words that denote this party."""
        return len(self._found(party)) > 1

    def holds_name(self, name: str) -> bool:
        """Return whether any party of the documents has this name."""
        return folded_name(name) in self._names

    def _found(self, party: ProposedParty) -> dict[str, ProposedParty]:
        """Return the definitions of the words that denote a party, keyed by the name of the defined party."""
        return {
            name: definition
            for word in sorted(_words_of(party))
            for name, definition in self._named.get(word, {}).items()
        }


def _number_of(signer: Signer) -> str:
    match signer:
        case PersonSigner(person=party) | OrganizationSigner(organization=party):
            return party.identity.number.upper()
        case _:
            return ""


def _words_of(party: ProposedParty) -> set[str]:
    """Return the role and its other names, normalized for comparison."""
    return {folded_name(word) for word in (party.role, *party.aliases)} - {""}


def with_other_kind(draft: ContractDraft, signer: Signer) -> ContractDraft:
    """Replace a person with an organization that has the same signer id, or vice versa. Both may be open.

    Seals that have the usual size of the previous kind get the usual size of the new kind.
    """
    is_company = is_organization(signer)
    before, width_pt = (None, COMPANY_SEAL_PT) if is_company else (COMPANY_SEAL_PT, None)
    theirs = {placement.id for placement in draft.placements if placement.signer_id == signer.id}
    usual = {
        placement.id
        for placement in draft.placements
        if placement.signer_id == signer.id and placement.width_pt == before
    }
    draft = edits.resize_placements(edits.update_signer(draft, signer), usual, width_pt)
    # A seal that has become larger may extend beyond the edge of the page.
    return edits.move_placements(draft, theirs, 0.0, 0.0)


def _is_of_organization(party: ProposedParty) -> bool:
    """Return whether the party is an organization.

    If the document does not state this, the result depends on the length of the party's name and on the kinds of the
    party's marks.
    """
    if party.kind is not PartyKind.EITHER:
        return party.kind is PartyKind.ORGANIZATION
    is_persons_name = 0 < len(party.name) <= _LONGEST_PERSONS_NAME
    return not is_persons_name and any(mark.kind is MarkKind.SEAL for mark in party.marks)


def _marks_for(party: ProposedParty, signer: Signer) -> list[ProposedMark]:
    """Return the party's marks of the signer's kind, so that a company seal is not placed where a representative signs.

    If the party has only marks of the other kind, the topmost mark on each page is returned.
    """
    own = MarkKind.SEAL if is_organization(signer) else MarkKind.SIGNATURE
    fitting = [mark for mark in party.marks if mark.kind is own]
    if fitting:
        return fitting
    highest: dict[int, ProposedMark] = {}
    for mark in party.marks:
        other = highest.get(mark.page_number)
        if other is None or mark.rect.top_pt < other.rect.top_pt:
            highest[mark.page_number] = mark
    return list(highest.values())


def _centers(frame: PageFrame, label: DisplayRect, width_pt: float) -> Iterator[PagePoint]:
    """Yield possible centers of a seal next to a label, best first. At each of them, the whole seal is on the page."""
    side = width_pt * frame.user_unit
    for right, down in _BESIDE:
        x = label.left_pt + label.width_pt + right * side
        y = label.center.y_pt + down * side
        yield clamped_center([frame], frame.to_page(DisplayPoint(x, y)), width_pt)
