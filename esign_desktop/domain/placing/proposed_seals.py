"""From what was read in the papers to signers and seals that somebody may take. Nothing here is in the draft yet."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.account import Organization, Person, folded_name
from esign_desktop.domain.contract import edits
from esign_desktop.domain.geometry import DisplayPoint, PageRect, Rotation, mm_to_pt
from esign_desktop.domain.page_ranges import PageRanges
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
    OrganizationSigner,
    PersonSigner,
    Signer,
    SignerId,
    display_name,
    natural_seal_width_pt,
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
"""Of a party: more than that are no signatures."""
COMPANY_SEAL_PT: Final = mm_to_pt(42.0)
"""What most companies' seals measure; the platform's own is wider than the room that papers leave."""
_LONGEST_PERSONS_NAME: Final = 4

# Where a seal of width 1 may stand, right of the label's end and down from its middle; the usual first: over the end of
# the label and the blank below, as one is stamped by hand, clear of the text above.
_BESIDE: Final = (
    *((0.35, 0.3), (0.35, 0.0), (0.6, 0.3), (0.35, 0.7), (0.35, -0.3), (0.9, 0.3)),
    # Where labels stand close below one another, the next one's seal goes beside the one before.
    *((1.45, 0.3), (1.45, -0.1), (0.35, 1.2), (0.35, -1.0), (-0.9, 0.3)),
)
_ACROSS_AT: Final = (0.5, 0.35, 0.65, 0.2, 0.8)
"""How high a cross-page seal may stand, in heights of the page."""


@dataclass(frozen=True, slots=True)
class OurParty:
    """One of our own organizations as it signs. ``width_pt`` is that of its seal, None for the usual one."""

    signer: OrganizationSigner
    width_pt: float | None = None


@dataclass(frozen=True, slots=True)
class Ghost:
    """A seal that is proposed. ``reason`` is the label that it stands at; a cross-page seal has none."""

    placement: CoordinatePlacement | CrossPagePlacement
    marks: tuple[SealMark, ...]
    reason: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class SealPlan:
    """What is proposed for a draft.

    ``added`` are signers that it does not have yet, ``roles`` what others are called, as the paper tells.
    ``allows_across`` tells whether a cross-page seal could be among the ghosts.
    """

    added: tuple[Signer, ...] = ()
    ghosts: tuple[Ghost, ...] = ()
    roles: tuple[tuple[SignerId, str], ...] = ()
    allows_across: bool = False

    def __bool__(self) -> bool:
        """Whether there is anything to take."""
        return bool(self.added or self.ghosts)

    def with_signers(self, draft: ContractDraft) -> ContractDraft:
        """Return the draft as it would be with the new signers, to draw their seals by."""
        for signer in self.added:
            draft = edits.add_signer(draft, signer)
        return draft

    def taken(self, draft: ContractDraft, only: Set[PlacementId] | None = None) -> ContractDraft:
        """Return the draft with all that is proposed, or with some of the seals and those who are to set them."""
        ghosts = [one for one in self.ghosts if only is None or one.placement.id in only]
        signing = {one.placement.signer_id for one in ghosts}
        for signer in self.added:
            if only is None or signer.id in signing:
                draft = edits.add_signer(draft, signer)
        roles = dict(self.roles)
        for known in draft.signers:
            if known.id in roles and not isinstance(known, ApplicationSigner):
                draft = edits.update_signer(draft, replace(known, role=roles[known.id]))
        for ghost in ghosts:
            draft = edits.place(draft, ghost.placement)
        return draft


def plan_seals(
    draft: ContractDraft,
    proposals: Mapping[DocumentId, Proposal],
    marks: Sequence[SealMark] = (),
    ours: Sequence[OurParty] = (),
    *,
    passed_over: Set[str] = frozenset(),
    width_pt: float | None = None,
    with_across: bool = True,
) -> SealPlan:
    """Match the papers' parties with the draft's signers, and find a free place on its page for each of their seals.

    ``marks`` are the draft's, which nothing is put over. ``passed_over`` are ids of seals and signers that were taken
    once and are gone. ``width_pt`` is that of organizations' seals, where one is chosen.
    """
    return _Planning(draft, marks, ours, passed_over, width_pt).plan(proposals, with_across=with_across)


class _Planning:
    def __init__(
        self,
        draft: ContractDraft,
        marks: Sequence[SealMark],
        ours: Sequence[OurParty],
        passed_over: Set[str],
        width_pt: float | None,
    ) -> None:
        self._draft = draft
        self._known = {signer.id for signer in draft.signers}
        self._passed_over = passed_over | {place.id for place in draft.placements}
        self._width_pt = width_pt
        self._ours = {folded_name(one.signer.organization.name): one for one in ours}
        self._widths: dict[SignerId, float | None] = {}
        self._signers: dict[SignerId, Signer] = {signer.id: signer for signer in draft.signers}
        self._roles: dict[SignerId, str] = {}
        self._ghosts: list[Ghost] = []
        self._occupied: defaultdict[tuple[DocumentId, int], list[PageRect]] = defaultdict(list)
        for mark in marks:
            self._occupied[mark.document_id, mark.page_number].append(mark.rect)

    def plan(self, proposals: Mapping[DocumentId, Proposal], *, with_across: bool) -> SealPlan:
        documents = [one for one in self._draft.documents if one.id in proposals]
        met: dict[DocumentId, list[Signer]] = {}
        for document in documents:
            signers: list[Signer] = []
            met[document.id] = signers
            for index, party in enumerate(proposals[document.id].parties[:MOST_PARTIES]):
                signer = self._signer_of(party, SignerId(f"{document.id}-{index}"), {one.id for one in signers})
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
            tuple(one for one in self._signers.values() if one.id not in self._known),
            tuple(self._ghosts),
            tuple(self._roles.items()),
            allows_across,
        )

    # Parties

    def _signer_of(self, party: ProposedParty, new_id: SignerId, taken: Set[SignerId]) -> Signer | None:
        """Return who in the draft is meant, else a new signer; None where one was taken out again."""
        if new_id in self._signers and new_id not in taken:
            return self._signers[new_id]
        free = [one for one in self._signers.values() if one.id not in taken and not isinstance(one, ApplicationSigner)]
        name = folded_name(party.name)
        names = {folded_name(one) for one in (party.role, *party.aliases)} - {""}
        by_name = [one for one in free if name and folded_name(display_name(one)) == name]
        by_role = [one for one in free if folded_name(one.role) in names and self._may_be(one, name)]
        # Who was added before the paper was there says nothing of roles: in the order of the paper, by kind.
        unnamed = [
            one for one in free if not one.role and not name and one.id in self._known and self._fits(one, party)
        ]
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
        """Whether the paper does not name somebody else; who is not filled in yet may be anybody."""
        own = folded_name(display_name(signer))
        return not name or not own or own == name or signer.id in self._known

    def _fits(self, signer: Signer, party: ProposedParty) -> bool:
        return party.kind is PartyKind.EITHER or isinstance(signer, OrganizationSigner) == is_organization(party)

    def _new_signer(self, party: ProposedParty, new_id: SignerId) -> Signer:
        our = self._ours.get(folded_name(party.name)) if party.name else None
        if our is not None and party.kind is not PartyKind.PERSON:
            self._widths[new_id] = our.width_pt
            return replace(our.signer, id=new_id, role=party.role)
        if is_organization(party):
            return OrganizationSigner(new_id, Organization(party.name), Person(""), role=party.role)
        return PersonSigner(new_id, Person(party.name), role=party.role)

    # Places

    def _place_marks(self, document: Document, index: int, party: ProposedParty, signer: Signer) -> None:
        width_pt = self._seal_width_pt(signer)
        for number, mark in enumerate(_marks_for(party, signer)[:MOST_MARKS]):
            placement_id = PlacementId(f"{document.id}-{index}-{number}")
            if len(self._ghosts) >= MOST_SEALS or placement_id in self._passed_over:
                continue
            if not 1 <= mark.page_number <= document.page_count:
                continue
            frame, pages = document.frame(mark.page_number), PageRanges.single(mark.page_number)
            for center in _centers(frame, mark.rect, self._drawn_pt(signer, width_pt)):
                seal = CoordinatePlacement(placement_id, signer.id, document.id, pages, center, width_pt)
                if self._add(document, signer, seal, mark.text):
                    break

    def _across_sealer(self, document: Document, met: Sequence[Signer]) -> Signer | None:
        """Return who of the document's parties sets a seal across its pages: one of ours before others."""
        has_one = any(
            isinstance(one, CrossPagePlacement) and one.document_id == document.id for one in self._draft.placements
        )
        is_turned = any(page.rotation is not Rotation.NONE for page in document.pages)
        if document.page_count < 2 or has_one or is_turned or f"{document.id}-across" in self._passed_over:
            return None
        sealers = [one for one in met if isinstance(one, OrganizationSigner)]
        ours = [one for one in sealers if folded_name(display_name(one)) in self._ours]
        return next(iter((*ours, *sealers)), None)

    def _place_across(self, document: Document, signer: Signer) -> None:
        width_pt = self._seal_width_pt(signer)
        lowest = min(frame.height_pt for frame in document.pages)
        for share in _ACROSS_AT:
            y_pt = within(lowest * share, lowest, self._drawn_pt(signer, width_pt))
            placement_id = PlacementId(f"{document.id}-across")
            seal = CrossPagePlacement(placement_id, signer.id, document.id, document.all_pages, y_pt, width_pt)
            if self._add(document, signer, seal):
                break

    def _add(
        self, document: Document, signer: Signer, seal: CoordinatePlacement | CrossPagePlacement, reason: str = ""
    ) -> bool:
        """Add a seal if nothing else stands there."""
        marks = marks_of(seal, signer, document, self._draft.behaviour)
        for mark in marks:
            if any(mark.rect.intersection_area(one) > 0 for one in self._occupied[document.id, mark.page_number]):
                return False
        for mark in marks:
            self._occupied[document.id, mark.page_number].append(mark.rect)
        self._ghosts.append(Ghost(seal, marks, reason))
        return True

    def _seal_width_pt(self, signer: Signer) -> float | None:
        if not isinstance(signer, OrganizationSigner):
            return None
        return self._widths.get(signer.id) or self._width_pt or COMPANY_SEAL_PT

    def _drawn_pt(self, signer: Signer, width_pt: float | None) -> float:
        return width_pt or natural_seal_width_pt(signer, self._draft.behaviour)


def with_other_kind(draft: ContractDraft, signer: Signer) -> ContractDraft:
    """Return the draft with a signer who is a person now, or an organization; their seals get the usual size of it."""
    is_company = isinstance(signer, OrganizationSigner)
    before, width_pt = (None, COMPANY_SEAL_PT) if is_company else (COMPANY_SEAL_PT, None)
    theirs = {one.id for one in draft.placements if one.signer_id == signer.id}
    usual = {one.id for one in draft.placements if one.signer_id == signer.id and one.width_pt == before}
    draft = edits.resize_placements(edits.update_signer(draft, signer), usual, width_pt)
    # Larger ones may have come over the edge.
    return edits.move_placements(draft, theirs, 0.0, 0.0)


def is_organization(party: ProposedParty) -> bool:
    """Whether a party is taken for an organization: where the paper leaves it open, by its name and what it puts."""
    if party.kind is not PartyKind.EITHER:
        return party.kind is PartyKind.ORGANIZATION
    is_persons_name = 0 < len(party.name) <= _LONGEST_PERSONS_NAME
    return not is_persons_name and any(mark.kind is MarkKind.SEAL for mark in party.marks)


def _marks_for(party: ProposedParty, signer: Signer) -> list[ProposedMark]:
    """Return where the signer's own kind of mark goes: a company's seal is not set where its representative signs.

    Where the paper asks for the other kind alone, it is the upper label of a page.
    """
    own = MarkKind.SEAL if isinstance(signer, OrganizationSigner) else MarkKind.SIGNATURE
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
    """Yield places for a seal beside a label, all of it on the page, the usual first."""
    side = width_pt * frame.user_unit
    for right, down in _BESIDE:
        x = label.left_pt + label.width_pt + right * side
        y = label.center.y_pt + down * side
        yield clamped_center([frame], frame.to_page(DisplayPoint(x, y)), width_pt)
