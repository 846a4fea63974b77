"""Find names that are printed on a preset's pages where each contract must name its own customer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esign_desktop.domain.account import AccountKind, folded_name
from esign_desktop.domain.doubts.doubt import Doubt, DoubtKind
from esign_desktop.domain.doubts.spelling import is_placeholder, is_same, names_organization
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.signer import ApplicationSigner, OpenSigner, OrganizationSigner, PersonSigner

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from esign_desktop.domain.document import DocumentId
    from esign_desktop.domain.doubts.paper import Paper
    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.domain.proposal import ProposedParty
    from esign_desktop.domain.signer import SignerId


def named_places(preset: Preset, papers: Mapping[DocumentId, Paper]) -> tuple[Doubt, ...]:
    """Return a doubt for each name that is printed where a customer's name belongs.

    Names that the user has already confirmed are omitted. ``papers`` is keyed by the ids of the preset's documents.
    Many forms mention organizations that are not parties to the contract. The name of such an organization therefore
    causes a doubt only next to a customer's own label.
    """
    if not preset.customers:
        return ()
    found = (
        Doubt(DoubtKind.NAME_IN_OPEN_PLACE, party.role, party.name, document_id=document_id, place=party.name_place)
        for document_id, paper in papers.items()
        for party in paper.proposal.parties
        if _is_in_open_place(preset, party)
    )
    return tuple(doubt for doubt in found if doubt.key not in preset.settled)


def names_of_customers(preset: Preset, parties: Sequence[ProposedParty]) -> dict[SignerId, str]:
    """Return the names that a document contains for the preset's customers.

    Each customer is assigned the name printed next to the title of the customer's role. If exactly one person and one
    person's name remain, the name is assigned to this person. The same applies to organizations.
    """
    named = [party for party in parties if party.name and not is_placeholder(party.name)]
    named = [party for party in named if not any(is_same(party.name, name) for name in _fixed_names(preset))]
    found: dict[SignerId, str] = {}
    for kind in AccountKind:
        customers = [customer for customer in preset.customers if customer.kind is kind]
        fitting = [party for party in named if names_organization(party.name) is (kind is AccountKind.ORGANIZATION)]
        found |= _names_of(customers, fitting)
    return found


def _names_of(customers: Sequence[OpenSigner], named: list[ProposedParty]) -> dict[SignerId, str]:
    found: dict[SignerId, str] = {}
    for customer in customers:
        labelled = [party for party in named if folded_name(customer.role) in _labels(party)]
        if labelled:
            found[customer.id] = labelled[0].name
            named.remove(labelled[0])
    left = [customer for customer in customers if customer.id not in found]
    if len(left) == len(named) == 1:
        found[left[0].id] = named[0].name
    return found


def require_settled(doubts: Sequence[Doubt]) -> None:
    """Raise InputError ``preset.names_someone`` (label, count) if there are any doubts from ``named_places``."""
    if doubts:
        raise InputError("preset.names_someone", label=doubts[0].label, count=len(doubts))


def _is_in_open_place(preset: Preset, party: ProposedParty) -> bool:
    if not party.name or is_placeholder(party.name) or any(is_same(party.name, name) for name in _fixed_names(preset)):
        return False
    labels = _labels(party)
    return not names_organization(party.name) or any(folded_name(role.role) in labels for role in preset.customers)


def _labels(party: ProposedParty) -> set[str]:
    return {folded_name(word) for word in (party.role, *party.aliases)}


def _fixed_names(preset: Preset) -> Iterator[str]:
    for role in preset.signers:
        match role:
            case PersonSigner(person=person):
                yield person.name
            case OrganizationSigner(organization=organization, agent=agent):
                yield from (organization.name, organization.legal_name, agent.name)
            case ApplicationSigner(name=name):
                yield name
            case _:
                pass
