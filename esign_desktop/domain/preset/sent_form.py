"""What a contract that was sent leaves for the next contract on the same form: a preset without a name.

It contains the names of the user's own parties, and nothing of the others: no name, no number, no text of the document.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from esign_desktop.domain.account import AccountKind, Organization, Person, folded_name
from esign_desktop.domain.document import Document
from esign_desktop.domain.doubts.spelling import is_placeholder, is_same, names_organization, plain
from esign_desktop.domain.flow import FlowId
from esign_desktop.domain.matching.form import RememberedForm, called
from esign_desktop.domain.matching.pieces import may_be_value
from esign_desktop.domain.matching.seals import SealOfLayout, label_to_sign, printed_label, same_party
from esign_desktop.domain.options import AccountParty, FlowOptions, SignUntil
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.placement import CoordinatePlacement, KeywordPlacement, PlacementId, marks_of
from esign_desktop.domain.placing.proposed_seals import COMPANY_SEAL_PT
from esign_desktop.domain.preset.making import preset_of
from esign_desktop.domain.preset.preset import Preset
from esign_desktop.domain.signer import (
    ApplicationSigner,
    OpenSigner,
    OrganizationSigner,
    PersonSigner,
    display_name,
    role_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence, Set

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.matching.seals import FoundSeal
    from esign_desktop.domain.placing.placement import KeywordHits, Placement
    from esign_desktop.domain.proposal import ProposedParty
    from esign_desktop.domain.signer import Signer


@dataclass(frozen=True, slots=True)
class SentForm:
    """The form of a contract that was sent, and how the contract was laid out.

    ``forms`` contains the form of each document, in the order of the preset's documents. ``labelled`` contains the ids
    of the placements that have words next to them, in the order of the forms and of their ``seals``. ``flow_id``
    identifies the latest contract on these forms, which was sent at ``sent_at_ms``. ``use_count`` is the number of
    contracts that were sent on them.
    """

    id: str
    forms: tuple[RememberedForm, ...]
    preset: Preset
    labelled: tuple[PlacementId, ...] = ()
    flow_id: FlowId | None = None
    sent_at_ms: int = 0
    use_count: int = 1


def can_be_remembered(draft: ContractDraft) -> bool:
    """Return whether a contract consists of PDFs, and its initiator and payer are signers or the application."""
    parties = (draft.options.initiator, draft.options.payer)
    are_pdfs = bool(draft.documents) and all(document.template is None for document in draft.documents)
    return are_pdfs and not any(isinstance(party, AccountParty) for party in parties)


def values_of(draft: ContractDraft) -> tuple[str, ...]:
    """Return the names, numbers and addresses of a contract's signers, as far as they are known."""
    found = (value for signer in draft.signers for subject in _subjects(signer) for value in _values(subject))
    return tuple(dict.fromkeys(value for value in found if value))


def open_preset(draft: ContractDraft, ours: Set[str], parties: Sequence[ProposedParty]) -> Preset:
    """Return a contract as a preset without a name, in which all signers but the user's own are open.

    The preset's placements keep the ids of the contract's. The user's own organizations and their agents are stored as
    names only. ``ours`` contains the folded names of these organizations, and ``parties`` the parties that were read in
    the documents, in the order of the documents.
    """
    values = values_of(draft)
    customers = {signer.id for signer in draft.signers if not _is_ours(signer, ours)}
    kept = {document.id: Document(document.id, "", "", 0, "", document.pages) for document in draft.documents}
    titles = {signer.id: _title(signer, parties, values) for signer in draft.signers}
    draft = replace(draft, options=_options_without_values(draft.options, values))
    made = preset_of(draft, customers, kept, name="", titles=titles)
    signers = tuple(_bare(signer, titles[old.id]) for signer, old in zip(made.signers, draft.signers, strict=True))
    seals = (replace(seal, id=old.id) for seal, old in zip(made.placements, draft.placements, strict=True))
    return replace(
        made, signers=signers, placements=tuple(seal for seal in seals if not _has_value(seal, parties, values))
    )


def layout_of(
    draft: ContractDraft,
    document: Document,
    preset: Preset,
    parties: Sequence[ProposedParty],
    words: Mapping[PlacementId, str],
) -> dict[PlacementId, SealOfLayout]:
    """Return the seals on single pages of a document that have words next to them, keyed by placement.

    The label is that of the signer's place to sign, or else the words next to the seal in ``words``. It is empty if
    these are the label of another place to sign. ``preset`` is the result of ``open_preset`` for the contract, and
    ``parties`` were read in this document.
    """
    taken = [plain(mark.text) for party in parties for mark in party.marks]
    roles = dict(zip((signer.id for signer in draft.signers), map(role_of, preset.signers), strict=True))
    known = [called(party) for party in parties]
    found: dict[PlacementId, SealOfLayout] = {}
    for placement in draft.placements:
        if placement.document_id != document.id:
            continue
        if not isinstance(placement, CoordinatePlacement) or len(placement.pages) > 1:
            continue
        signer, role = draft.signer(placement.signer_id), roles[placement.signer_id]
        # The place to sign counts even if its word is not stored because it may be a value.
        index = same_party([role or role_of(signer)], known)
        if index < 0:
            # Each document may call a party by another word.
            index = _index_of_name(display_name(signer), parties)
            role = parties[index].role if index >= 0 else role
        for mark in marks_of(placement, signer, document, draft.behaviour):
            rect = document.frame(mark.page_number).rect_to_display(mark.rect)
            label = label_to_sign(parties[index], mark.page_number, rect) if index >= 0 else ""
            beside = words.get(placement.id, "")
            if not label and not any(plain(beside) in one for one in taken):
                label = beside
            if label or beside:
                found[placement.id] = SealOfLayout(role, mark.page_number, rect, label)
    return found


def laid_out(
    sent: SentForm, documents: Sequence[Document], found: Sequence[FoundSeal], hits: KeywordHits
) -> tuple[Preset, int]:
    """Return the preset for open documents, and the number of seals for which no place was found.

    ``documents`` are in the order of the preset's, and ``found`` is in the order of ``labelled``. Seals at keywords
    that a document does not have are omitted.
    """
    opened = {kept.id: document.id for kept, document in zip(sent.preset.documents, documents, strict=True)}
    placements = tuple(
        place
        for place in sent.preset.placements
        if not isinstance(place, KeywordPlacement) or hits.get((opened[place.document_id], place.keyword))
    )
    preset, unplaced_count = with_found_seals(
        replace(sent.preset, placements=placements), documents, dict(zip(sent.labelled, found, strict=True))
    )
    return preset, unplaced_count + len(sent.preset.placements) - len(placements)


def with_found_seals(
    preset: Preset, documents: Sequence[Document], found: Mapping[PlacementId, FoundSeal]
) -> tuple[Preset, int]:
    """Return the preset with its fixed seals on open documents, and the number of seals without a place there.

    ``documents`` are in the order of the preset's. The seals in ``found`` are placed next to their labels. A seal
    without any words next to it is placed where it was, if the document has as many pages, and the user has to check
    its position.
    """
    opened = {kept.id: (kept, document) for kept, document in zip(preset.documents, documents, strict=True)}
    placements: list[Placement] = []
    for place in preset.placements:
        kept, document = opened[place.document_id]
        if not isinstance(place, CoordinatePlacement):
            placements.append(place)
        elif place.id in found:
            seal = found[place.id]
            if seal.at is not None and seal.rect is not None:
                number = seal.at.page_number
                center = document.frame(number).to_page(seal.rect.center)
                placements.append(replace(place, pages=PageRanges.single(number), center=center))
        elif kept.page_count == document.page_count:
            placements.append(replace(place, unverified_at=place.center))
    return replace(preset, placements=tuple(placements)), len(preset.placements) - len(placements)


def with_kinds(preset: Preset, parties: Sequence[ProposedParty]) -> Preset:
    """Return the preset with persons and organizations in the open places as the document names them.

    The next customer may be an organization where the last one was a person. The seal then has the usual size.
    """
    kinds = {signer.id: _kind(signer, parties) for signer in preset.signers if isinstance(signer, OpenSigner)}
    changed = {signer.id for signer in preset.customers if kinds[signer.id] is not signer.kind}

    def resized(place: Placement) -> Placement:
        if place.signer_id not in changed:
            return place
        is_company = kinds[place.signer_id] is AccountKind.ORGANIZATION
        return replace(place, width_pt=COMPANY_SEAL_PT if is_company else None)

    signers = (replace(one, kind=kinds[one.id]) if isinstance(one, OpenSigner) else one for one in preset.signers)
    return replace(preset, signers=tuple(signers), placements=tuple(map(resized, preset.placements)))


def _index_of_name(name: str, parties: Sequence[ProposedParty]) -> int:
    """Return the zero-based index of the party with a name, or -1."""
    named = (index for index, party in enumerate(parties) if name and party.name and is_same(party.name, name))
    return next(named, -1)


def _kind(signer: OpenSigner, parties: Sequence[ProposedParty]) -> AccountKind:
    index = same_party([signer.role], [called(party) for party in parties]) if signer.role else -1
    name = parties[index].name if index >= 0 else ""
    if not name or is_placeholder(name):
        return signer.kind
    return AccountKind.ORGANIZATION if names_organization(name) else AccountKind.PERSON


def _is_ours(signer: Signer, ours: Set[str]) -> bool:
    if isinstance(signer, ApplicationSigner):
        return True
    return isinstance(signer, OrganizationSigner) and folded_name(signer.organization.name) in ours


def _bare(signer: Signer, title: str) -> Signer:
    """Return a signer of the preset with this title, and with names instead of the user's own parties."""
    match signer:
        case OrganizationSigner(organization=organization, agent=agent):
            named = Organization(organization.name), Person(agent.name)
            return replace(signer, organization=named[0], agent=named[1], role=title)
        case ApplicationSigner():
            return signer
        case _:
            return replace(signer, role=title)


def _title(signer: Signer, parties: Sequence[ProposedParty], values: Sequence[str]) -> str:
    """Return what the document calls the signer, or an empty string if this may be a value."""
    name = display_name(signer)
    named = [party.role for party in parties if name and party.name and is_same(party.name, name)]
    words = {plain(word) for party in parties for word in called(party)}
    role = role_of(signer)
    # A role that the user has typed may be anything.
    candidates = (role if plain(role) in words else "", *named)
    return next((word for word in candidates if word and not _may_be_value(word, values)), "")


def _may_be_value(text: str, values: Sequence[str]) -> bool:
    letters = plain(text)
    return may_be_value(letters) or any(plain(value) in letters for value in values if len(plain(value)) > 1)


def _has_value(seal: Placement, parties: Sequence[ProposedParty], values: Sequence[str]) -> bool:
    """Return whether the keyword of a seal may contain a value. Such a seal can't be found in another document."""
    return isinstance(seal, KeywordPlacement) and printed_label(seal.keyword, parties, values) != seal.keyword


def _options_without_values(options: FlowOptions, values: Sequence[str]) -> FlowOptions:
    deadline = FlowOptions().deadline if isinstance(options.deadline, SignUntil) else options.deadline
    address = "" if any(value in options.redirect_url for value in values) else options.redirect_url
    return replace(options, business_scene="", deadline=deadline, archive_until_ms=None, redirect_url=address)


def _subjects(signer: Signer) -> Iterator[Person | Organization]:
    match signer:
        case PersonSigner(person=person):
            yield person
        case OrganizationSigner(organization=organization, agent=agent):
            yield from (organization, agent)
        case ApplicationSigner() | OpenSigner():
            pass


def _values(subject: Person | Organization) -> Iterator[str]:
    yield from (subject.name, subject.identity.number, subject.email)
    if isinstance(subject, Person):
        yield subject.mobile
    else:
        yield from (subject.legal_name, subject.legal_id_number)
