"""Replace a contract's people with invented people of the same names, so that the seals look the same."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from esign_desktop.domain.account import Identity, Organization, Person
from esign_desktop.domain.contract.draft import ContractDraft
from esign_desktop.domain.options import AccountParty
from esign_desktop.domain.signer import ApplicationSigner, OpenSigner, OrganizationSigner, PersonSigner

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.domain.options import Party
    from esign_desktop.domain.signer import Signer

    Subject = Person | Organization


def with_invented_people(
    draft: ContractDraft, known: Callable[[str], Subject | None], make: Callable[[Subject], str]
) -> ContractDraft:
    """Return a copy of the draft in which invented people with the same names replace the real people.

    The copy has a new id, and it does not replace another contract. A payer or an initiator who does not sign is
    identified by an account: ``known`` returns the party of an account on the real platform, and ``make`` creates an
    account on the sandbox platform. Raises the errors of ``make``.
    """
    invent = _Invented()
    options, signers = draft.options, tuple(map(invent.signer, draft.signers))
    accounts: dict[str, str] = {}

    def party(real: Party | None) -> Party | None:
        if not isinstance(real, AccountParty):
            return real
        if real.account_id not in accounts:
            subject = known(real.account_id) or Person(real.name, account_id=real.account_id)
            accounts[real.account_id] = make(invent.subject(subject))
        return AccountParty(accounts[real.account_id], real.name)

    options = replace(options, payer=party(options.payer), initiator=party(options.initiator))
    return replace(draft, id=ContractDraft.new().id, signers=signers, options=options, replaces=None)


class _Invented:
    """The invented people of a contract. The same real person is always replaced with the same invented person."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[Identity, str], int] = {}

    def subject(self, subject: Subject) -> Subject:
        return self._person(subject) if isinstance(subject, Person) else self._organization(subject)

    def signer(self, signer: Signer) -> Signer:
        match signer:
            case PersonSigner(person=person):
                return replace(signer, person=self._person(person))
            case OrganizationSigner(organization=organization, agent=agent):
                return replace(signer, organization=self._organization(organization), agent=self._person(agent))
            case ApplicationSigner() | OpenSigner():
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
