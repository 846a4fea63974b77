"""The same contract with invented people: names are on its seals, everything else of theirs stays where it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from esign_desktop.domain.account import Identity, Organization, Person
from esign_desktop.domain.contract.draft import ContractDraft
from esign_desktop.domain.options import AccountParty
from esign_desktop.domain.signer import ApplicationSigner, OrganizationSigner, PersonSigner

if TYPE_CHECKING:
    from esign_desktop.domain.signer import Signer

PAYER = "payer"
INITIATOR = "initiator"


@dataclass(frozen=True, slots=True)
class RehearsalDraft:
    """``left_out`` names what can't be rehearsed, since only the real platform knows it: ``payer``, ``initiator``."""

    draft: ContractDraft
    left_out: tuple[str, ...]


def with_invented_people(draft: ContractDraft) -> RehearsalDraft:
    """Return the draft as somebody else's: another id, and of its people the names alone. It replaces no contract."""
    invent = _Invented()
    options = draft.options
    left_out: list[str] = []
    if isinstance(options.payer, AccountParty):
        options = replace(options, payer=None)
        left_out.append(PAYER)
    if isinstance(options.initiator, AccountParty):
        options = replace(options, initiator=None)
        left_out.append(INITIATOR)
    signers = tuple(map(invent.signer, draft.signers))
    fresh = ContractDraft.new().id
    return RehearsalDraft(replace(draft, id=fresh, signers=signers, options=options, replaces=None), tuple(left_out))


class _Invented:
    """Who is one person or organization in the contract stays one."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[Identity, str], int] = {}

    def signer(self, signer: Signer) -> Signer:
        match signer:
            case PersonSigner(person=person):
                return replace(signer, person=self._person(person))
            case OrganizationSigner(organization=organization, agent=agent):
                return replace(signer, organization=self._organization(organization), agent=self._person(agent))
            case ApplicationSigner():
                return signer

    def _number(self, identity: Identity, account_id: str) -> int:
        return self._numbers.setdefault((identity, account_id), len(self._numbers) + 1)

    def _person(self, person: Person) -> Person:
        number = self._number(person.identity, person.account_id)
        return Person(
            person.name,
            id_number=f"REHEARSAL{number:04}",
            id_type=person.id_type,
            mobile=f"1380000{number:04}" if person.mobile else "",
            email=f"rehearsal{number}@example.com" if person.email else "",
        )

    def _organization(self, organization: Organization) -> Organization:
        number = self._number(organization.identity, organization.account_id)
        email = f"rehearsal{number}@example.com" if organization.email else ""
        return Organization(organization.name, f"REHEARSAL{number:04}", organization.code_type, email=email)
