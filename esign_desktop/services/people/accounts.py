"""Find and store the platform accounts of people and organizations by identity.

The account found for a party does not depend on the list from which the user picked the party.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.account import (
    AccountKind,
    AccountRecord,
    Organization,
    OrganizationCodeType,
    Person,
    PersonIdType,
    folded_name,
    masked_email,
    masked_mobile,
    party_of,
)
from esign_desktop.domain.erasure import FORGOTTEN_NAME, is_forgotten
from esign_desktop.domain.signer import OrganizationSigner, PersonSigner
from esign_desktop.store.party_details import PartyDetails

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from esign_desktop.api.client import PlatformClient
    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.environment import Environment
    from esign_desktop.domain.errors import CancelToken
    from esign_desktop.domain.flow import FlowRecord
    from esign_desktop.domain.signer import SignerId
    from esign_desktop.services.people.third_ids import ThirdIds
    from esign_desktop.store.party_details import SealedPartyDetails
    from esign_desktop.store.tables.accounts import Accounts
    from esign_desktop.store.tables.flows import Flows
    from esign_desktop.store.tables.settings import Settings


Subject = Person | Organization
_Records = tuple[AccountRecord, ...]
_Found = tuple[str, _Records, AccountRecord | None]
"""The digest of an identity, its accounts, and the account that the caller identified directly, or None."""


@dataclass(frozen=True, slots=True)
class Entry:
    """The data stored about a person or an organization.

    ``subject`` includes the document number if it is stored on this computer. ``identity`` is the digest of the type
    and number of the document, or empty if the number is unknown. ``records`` are the accounts of the subject, with the
    preferred account first. ``others`` are accounts with the same number under a different name. ``is_known_otherwise``
    means that the subject was given by a reference or an account that belongs to a different party on this computer.
    """

    subject: Subject = field(repr=False)
    identity: str = field(repr=False)
    records: tuple[AccountRecord, ...] = ()
    others: tuple[AccountRecord, ...] = field(default=(), repr=False)
    is_known_otherwise: bool = False
    keeps_address: bool = False
    """Whether the platform is known to ignore a new mobile number or email address for an existing account."""

    @property
    def number(self) -> str:
        return self.subject.id_number if isinstance(self.subject, Person) else self.subject.code


@dataclass(frozen=True, slots=True)
class Reach:
    """The mobile number and email address at which the platform contacts a signer, and the signer's document number.

    All values are masked. A value that is not known on this computer is empty. ``is_kept`` means that the contract
    requests a different mobile number or email address, but the platform has kept the earlier one.
    """

    mobile: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    is_kept: bool = False
    masked_number: str = field(default="", repr=False, compare=False)


class AccountBook:
    """The accounts stored on this computer, with their encrypted data.

    Calls block on the store; the first call also blocks on the keyring. Computing a digest takes a few milliseconds.
    """

    def __init__(
        self,
        accounts: Accounts,
        third_ids: ThirdIds,
        party_details: SealedPartyDetails,
        *,
        on_remembered: Callable[[AccountRecord, Subject], None] = lambda _record, _subject: None,
    ) -> None:
        """Create the book. ``on_remembered`` is called with each account that is stored and with its party."""
        self._accounts = accounts
        self._third_ids = third_ids
        self._party_details = party_details
        self._on_remembered = on_remembered

    def look_up(self, environment: Environment, subject: Subject) -> Entry:
        """Return the stored data of a party, found by account id, by document number or by ``thirdId``.

        Raises StoreError.
        """
        identity, found, chosen = self._by_account(environment, subject) or self._by_number(environment, subject)
        records = tuple(record for record in found if _is_of_kind(record, subject))
        others = tuple(record for record in found if not _is_of_kind(record, subject))
        # The person behind a number may have changed their name. The party behind a reference or an account must be the
        # same.
        is_another = chosen is not None and (chosen in others or chosen.identity not in {identity, ""})
        return Entry(
            self._with_number(subject, records),
            identity,
            records,
            others,
            is_another,
            environment.behaviour.keeps_addresses,
        )

    def _by_account(self, environment: Environment, subject: Subject) -> _Found | None:
        if not subject.account_id:
            return None
        home = environment.kind, environment.project_id
        record = self._accounts.get(*home, subject.account_id)
        if record is None:
            return "", (), None
        records = _with_first(record, self._accounts.of_identity(*home, record.identity))
        if isinstance(subject, Person):
            # A person may have a different phone number than when they were picked, so the current account is
            # preferred.
            records = tuple(sorted(records, key=lambda record: not record.is_current))
        return record.identity, records, record

    def _by_number(self, environment: Environment, subject: Subject) -> _Found:
        home = environment.kind, environment.project_id
        identity = self._third_ids.identity_of(subject) or subject.third_id
        records = self._accounts.of_identity(*home, identity)
        record = self._accounts.find_by_third_id(*home, subject.third_id)
        if subject.third_id in {identity, ""}:
            records = records or (() if record is None else (record,))
            is_by_reference = bool(subject.third_id) and not subject.identity.number
            return identity, records, records[0] if records and is_by_reference else None
        # A caller that gives its own reference wants the account with that reference, or a new account.
        return identity, () if record is None else _with_first(record, records), record

    def reached(self, entry: Entry) -> str:
        """Return the digest of a person's identity, mobile number and email address.

        The digest is the ``thirdId`` of the matching account. The result is empty for organizations and for persons
        whose document number is not known.
        """
        subject = entry.subject
        if not entry.identity or not isinstance(subject, Person):
            return ""
        return self._third_ids.reached(self._base(entry), subject.mobile, subject.email)

    def details(self, entry: Entry) -> str:
        """Return the digest of an organization's legal representative and email address.

        The result is empty for persons and for organizations without either value.
        """
        subject = entry.subject
        if not entry.identity or isinstance(subject, Person):
            return ""
        legal = f"{subject.legal_name} {subject.legal_id_number}".strip()
        return self._third_ids.reached(self._base(entry), legal, subject.email) if legal or subject.email else ""

    def keeps_other_details(self, entry: Entry, record: AccountRecord) -> bool:
        """Return whether an organization's account was created with a different legal representative or email address.

        The platform has no call that changes an account, and each agent can have only one account for an organization.
        """
        wanted = self.details(entry)
        return bool(wanted and record.reach and record.reach != wanted)

    def name_key(self, entry: Entry) -> str:
        """Return the digest of a party's identity together with its current name."""
        return self._third_ids.named(entry.identity, entry.subject.name)

    def through(self, entry: Entry, agent_account_id: str) -> str:
        """Return the ``thirdId`` of an organization's account with this agent.

        The result is empty for persons and for organizations whose code is not known.
        """
        if not entry.identity or isinstance(entry.subject, Person):
            return ""
        return self._third_ids.through(self._base(entry), agent_account_id)

    def fitting_person(self, entry: Entry) -> AccountRecord | None:
        """Return the account that matches a person's mobile number and email address, or None if none matches.

        An account also matches if the platform was once asked to change it to these values but kept the old ones. If
        neither value is given, or if the platform is known never to change an account's values, the preferred account
        matches.
        """
        subject = entry.subject
        if not isinstance(subject, Person) or not (subject.mobile or subject.email):
            return next(iter(entry.records), None)
        bases = (entry.identity, self.name_key(entry)) if entry.others else (entry.identity,)
        wanted = {self._third_ids.reached(base, subject.mobile, subject.email) for base in bases if base}
        for record in entry.records:
            if not wanted.isdisjoint({record.reach, record.kept_for}) or self._is_reached(record, subject):
                return record
        return next(iter(entry.records), None) if entry.keeps_address else None

    def fitting_organization(self, entry: Entry, agent_account_id: str) -> AccountRecord | None:
        """Return the organization's account with this agent or with an unknown agent, or None if there is none."""
        return next((record for record in entry.records if record.agent_account_id in {agent_account_id, ""}), None)

    def remember(self, record: AccountRecord, subject: Subject) -> None:
        """Store an account with the encrypted document number, mobile number and email address of its party.

        Raises StoreError.
        """
        number = subject.id_number if isinstance(subject, Person) else subject.code
        party_details = PartyDetails(number)
        if record.reach and isinstance(subject, Person):
            party_details = PartyDetails(number, subject.mobile, subject.email)
        sealed = self._party_details.sealed(record, party_details) if number else b""
        number_type = int(subject.identity.number_type) if number else 0
        self._accounts.remember(replace(record, masked_number=number, number_type=number_type, sealed=sealed))
        self._on_remembered(record, subject)

    def is_doubtful(self, account_id: str) -> bool:
        """Return whether an account is marked, in any project, as one that may belong to a different party."""
        return any(record.is_doubtful and record.account_id == account_id for record in self._accounts.all())

    def reach(self, environment: Environment, person: Person) -> Reach | None:
        """Return how the platform contacts a person through an existing account, or None if no account exists yet.

        A new account would be created with the mobile number and email address of ``person``.
        """
        entry = self.look_up(environment, person)
        record = None if entry.is_known_otherwise else self.fitting_person(entry)
        if record is None:
            return None
        shown = self.shown(record)
        kept = self.keeps_another(entry, record)
        return Reach(shown.masked_mobile, shown.masked_email, kept, shown.masked_number)

    def keeps_another(self, entry: Entry, record: AccountRecord) -> bool:
        """Return whether the platform contacts a person at a different mobile number or email address than requested.

        In this case, the platform has kept the values with which the account was created.
        """
        person = entry.subject
        if not isinstance(person, Person) or not (person.mobile or person.email):
            return False
        wanted = self.reached(entry)
        if record.reach == wanted:
            return False
        return record.kept_for == wanted or (entry.keeps_address and not self._is_reached(record, person))

    def shown(self, record: AccountRecord) -> AccountRecord:
        """Return an account with the mobile number and email address of its party, masked for display."""
        kept = self._party_details.opened(record)
        if kept is None:
            return record
        return replace(record, masked_mobile=masked_mobile(kept.mobile), masked_email=masked_email(kept.email))

    def _base(self, entry: Entry) -> str:
        """Return the digest from which ``thirdId`` values are derived.

        If the number also has accounts under other names, the digest includes the name, so that the ``thirdId`` values
        differ.
        """
        return self.name_key(entry) if entry.others else entry.identity

    def _with_number(self, subject: Subject, records: tuple[AccountRecord, ...]) -> Subject:
        """Return the subject with its stored document number if it was given by an account or a ``thirdId``."""
        number = subject.id_number if isinstance(subject, Person) else subject.code
        kept = (
            None
            if number
            else next((details for record in records if (details := self._party_details.opened(record))), None)
        )
        if kept is None or not kept.number:
            return subject
        number_type = next((record.number_type for record in records if record.number_type), 0)
        if isinstance(subject, Person):
            id_type = PersonIdType(number_type) if number_type else subject.id_type
            return replace(subject, id_number=kept.number, id_type=id_type, third_id="")
        code_type = OrganizationCodeType(number_type) if number_type else subject.code_type
        return replace(subject, code=kept.number, code_type=code_type, third_id="")

    def _is_reached(self, record: AccountRecord, subject: Person) -> bool:
        kept = self._party_details.opened(record) if record.reach else None
        if kept is None:
            return False
        return subject.mobile in {kept.mobile, ""} and subject.email in {kept.email, ""}


def _with_first(record: AccountRecord, records: _Records) -> _Records:
    return record, *(other for other in records if other.account_id != record.account_id)


def _is_of_kind(record: AccountRecord, subject: Subject) -> bool:
    kind = AccountKind.PERSON if isinstance(subject, Person) else AccountKind.ORGANIZATION
    return record.kind is kind and record.is_called(subject.name)


class AccountService:
    """The service for the accounts of an environment's project. Calls block on the store and the network."""

    def __init__(
        self,
        accounts: Accounts,
        *,
        client_for: Callable[[Environment], PlatformClient],
        clock_ms: Callable[[], int],
        book: AccountBook,
    ) -> None:
        self._accounts = accounts
        self._book = book
        self._client_for = client_for
        self._clock_ms = clock_ms

    @property
    def book(self) -> AccountBook:
        """The account book in which these accounts are stored."""
        return self._book

    def find_at_platform(self, environment: Environment, third_id: str, cancel: CancelToken) -> str | None:
        """Return the id of the platform's account with this ``thirdId``, or None if there is none.

        No account is created. Raises ApiError, InputError ``environment.*`` or Cancelled.
        """
        return self._client_for(environment).find_account(third_id, cancel=cancel)

    def known(self, environment: Environment) -> tuple[AccountRecord, ...]:
        """Return the accounts of the environment's project that are stored on this computer, most recently used first.

        Only the current account of each identity is returned. Mobile numbers and email addresses are masked.
        """
        records = self._accounts.list(environment.kind, environment.project_id)
        current = [record for record in records if record.is_current]
        return tuple(map(self._book.shown, current))

    def record(self, environment: Environment, account_id: str) -> AccountRecord | None:
        """Return an account of the environment's project with masked personal data, or None if it is not stored."""
        found = self._accounts.get(environment.kind, environment.project_id, account_id)
        return None if found is None else self._book.shown(found)

    def party(self, environment: Environment, account_id: str) -> Person | Organization | None:
        """Return an account's party with only the name and the account id, or None if the account is not stored."""
        found = self._accounts.get(environment.kind, environment.project_id, account_id)
        return None if found is None else party_of(found)

    def reaches(self, environment: Environment, draft: ContractDraft) -> dict[SignerId, Reach]:
        """Return how the platform contacts each signer of a draft who already has an account. Raises StoreError."""
        found: dict[SignerId, Reach] = {}
        for signer in draft.signers:
            match signer:
                case PersonSigner(person=person) | OrganizationSigner(agent=person):
                    reach = self._book.reach(environment, person)
                    if reach is not None:
                        found[signer.id] = reach
                case _:
                    pass
        return found

    def payer_name(self, flow: FlowRecord) -> str:
        """Return the name of the party that pays for a flow, or an empty string if its account is not stored.

        Raises StoreError.
        """
        found = self._accounts.get(flow.environment, flow.project_id, flow.payer_account_id)
        return "" if found is None else found.name

    def reached(self, flow: FlowRecord) -> dict[int, Reach]:
        """Return how the platform contacts the signers of a flow, keyed by signer number.

        Signers whose account is not stored on this computer are left out. Raises StoreError.
        """
        found: dict[int, Reach] = {}
        for signer in flow.signers:
            record = self._accounts.get(flow.environment, flow.project_id, signer.account_id)
            if record is not None:
                shown = self._book.shown(record)
                if shown.masked_mobile or shown.masked_email:
                    found[signer.number] = Reach(shown.masked_mobile, shown.masked_email)
        return found

    def find_by_third_id(
        self, environment: Environment, third_id: str, kind: AccountKind = AccountKind.PERSON
    ) -> AccountRecord | None:
        """Return the account with this ``thirdId``, or None if neither the store nor the platform has it.

        The platform returns only the id of an account, so a record from the platform has no name and has the kind
        ``kind``. Raises StoreError, and ApiError if the platform cannot be queried.
        """
        known = self._accounts.find_by_third_id(environment.kind, environment.project_id, third_id)
        if known is not None:
            return known
        account_id = self._client_for(environment).find_account(third_id)
        if account_id is None:
            return None
        return AccountRecord(
            environment=environment.kind,
            project_id=environment.project_id,
            account_id=account_id,
            kind=kind,
            name="",
            third_id=third_id,
            last_used_ms=self._clock_ms(),
        )

    def remember(self, record: AccountRecord) -> None:
        """Store an account, with the current time as its last use, for later contracts."""
        self._accounts.remember(replace(record, last_used_ms=self._clock_ms()))

    def forget(self, record: AccountRecord) -> None:
        """Delete an account from this computer. The account on the platform continues to exist."""
        self._accounts.forget(record.account_id)


_UNLINKED: Final = "accounts.unlinked"
"""The setting with the number of unlinked accounts of which the user has not been informed; 0 once this is done."""


class AccountRepair:
    """A one-time repair that unlinks accounts that may have the name of a different person.

    In earlier versions, when the user changed a signer's name to that of a different person, the signer's account was
    kept and received the other name. The true owner of such an account is unknown. The account is therefore linked
    again only when the owner's number is next entered. Calls block on the store and may raise StoreError.
    """

    def __init__(self, accounts: Accounts, flows: Flows, settings: Settings) -> None:
        self._accounts = accounts
        self._flows = flows
        self._settings = settings

    def run(self) -> int:
        """Check the accounts of earlier versions on the first call, and return how many accounts to report to the user.

        Accounts of one project that share a name and a number were already marked by a migration of the database.
        """
        kept = self._settings.get(_UNLINKED)
        if kept is None:
            self._accounts.doubt(_with_two_names(self._flows.list()))
            kept = str(sum(record.is_doubtful for record in self._accounts.all()))
            self._settings.set(_UNLINKED, kept)
        return int(kept) if kept.isdecimal() else 0

    def note_reported(self) -> None:
        """Record that the user has been informed of the unlinked accounts."""
        self._settings.set(_UNLINKED, "0")


def _with_two_names(flows: Iterable[FlowRecord]) -> set[str]:
    """Return the ids of persons' accounts to which contracts were sent under more than one name."""
    names: dict[str, set[str]] = {}
    for flow in flows:
        for signer in flow.signers:
            # An organization signer is listed with its agent's account, so the signer's name says nothing about that
            # account.
            is_person = signer.account_id and not signer.organization_account_id and signer.name
            if is_person and signer.name != FORGOTTEN_NAME and not is_forgotten(signer.account_id):
                names.setdefault(signer.account_id, set()).add(folded_name(signer.name))
    return {account_id for account_id, told in names.items() if len(told) > 1}
