"""Which accounts people have at the platform, looked up by who they are and never by where they were picked."""

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
from esign_desktop.store.particulars import Particulars

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from esign_desktop.api.client import PlatformClient
    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.environment import Environment
    from esign_desktop.domain.flow import FlowRecord
    from esign_desktop.domain.signer import SignerId
    from esign_desktop.services.people.third_ids import ThirdIds
    from esign_desktop.store.particulars import SealedParticulars
    from esign_desktop.store.tables.accounts import Accounts
    from esign_desktop.store.tables.flows import Flows
    from esign_desktop.store.tables.settings import Settings


Subject = Person | Organization
_Records = tuple[AccountRecord, ...]
_Found = tuple[str, _Records, AccountRecord | None]
"""The digest of who it is, the accounts that it has, and the one that was told by itself."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known of somebody here.

    ``subject`` tells their number where that is kept, ``identity`` is the digest of who they are, or empty.
    ``records`` are their accounts, the one to be used first; ``others`` those that their number has by other names. Who
    ``is_known_otherwise`` is told by a reference or an account that is known here as somebody else's.
    """

    subject: Subject = field(repr=False)
    identity: str = field(repr=False)
    records: tuple[AccountRecord, ...] = ()
    others: tuple[AccountRecord, ...] = field(default=(), repr=False)
    is_known_otherwise: bool = False
    keeps_address: bool = False
    """Whether the platform is known to keep the mobile and e-mail of an account, whatever is asked for."""

    @property
    def number(self) -> str:
        return self.subject.id_number if isinstance(self.subject, Person) else self.subject.code


@dataclass(frozen=True, slots=True)
class Reach:
    """Where the platform reaches a signer, and the end of their number, masked; empty where that is not known here.

    ``is_kept``: another mobile or address was asked for, and the platform kept this one.
    """

    mobile: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    is_kept: bool = False
    masked_number: str = field(default="", repr=False, compare=False)


class AccountBook:
    """Calls block for the store, some milliseconds for each digest, and once for the keyring."""

    def __init__(
        self,
        accounts: Accounts,
        third_ids: ThirdIds,
        particulars: SealedParticulars,
        *,
        on_remembered: Callable[[AccountRecord, Subject], None] = lambda _record, _subject: None,
    ) -> None:
        """``on_remembered`` is told of every account that is kept, and of whose it is."""
        self._accounts = accounts
        self._third_ids = third_ids
        self._particulars = particulars
        self._on_remembered = on_remembered

    def look_up(self, environment: Environment, subject: Subject) -> Entry:
        """Return what is known of somebody by their number, by the account that they are told by, or by our own id.

        Raises StoreError.
        """
        identity, found, chosen = self._by_account(environment, subject) or self._by_number(environment, subject)
        records = tuple(record for record in found if _is_of_kind(record, subject))
        others = tuple(record for record in found if not _is_of_kind(record, subject))
        # A number may have another name by now; a reference or an account may not.
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
            # Whoever was picked yesterday may have another phone today.
            records = tuple(sorted(records, key=lambda one: not one.is_current))
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
        # Whoever gives a reference of their own means that account, or a new one.
        return identity, () if record is None else _with_first(record, records), record

    def reached(self, entry: Entry) -> str:
        """Return the digest of where a person is to be reached, which is the third id of the account for that.

        Empty for organizations, and for who is told by no number.
        """
        subject = entry.subject
        if not entry.identity or not isinstance(subject, Person):
            return ""
        return self._third_ids.reached(self._base(entry), subject.mobile, subject.email)

    def name_key(self, entry: Entry) -> str:
        """Return the digest of somebody by the name that they have now."""
        return self._third_ids.named(entry.identity, entry.subject.name)

    def through(self, entry: Entry, agent_account_id: str) -> str:
        """Return the third id of an organization's account with this agent; empty as above."""
        if not entry.identity or isinstance(entry.subject, Person):
            return ""
        return self._third_ids.through(self._base(entry), agent_account_id)

    def fitting_person(self, entry: Entry) -> AccountRecord | None:
        """Return the account that reaches the person where they are to be reached, the current one if nothing is said.

        One for which the platform would not take that mobile or address fits too: it keeps its old one. Where it
        is known to keep everybody's, the one to be used first does.
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
        """Return the organization's account with this agent; one whose agent is not known here will do."""
        return next((one for one in entry.records if one.agent_account_id in {agent_account_id, ""}), None)

    def remember(self, record: AccountRecord, subject: Subject) -> None:
        """Keep an account, and what is known of whose it is. Raises StoreError."""
        number = subject.id_number if isinstance(subject, Person) else subject.code
        particulars = Particulars(number)
        if record.reach and isinstance(subject, Person):
            particulars = Particulars(number, subject.mobile, subject.email)
        sealed = self._particulars.sealed(record, particulars) if number else b""
        number_type = int(subject.identity.number_type) if number else 0
        self._accounts.remember(replace(record, masked_number=number, number_type=number_type, sealed=sealed))
        self._on_remembered(record, subject)

    def reach(self, environment: Environment, person: Person) -> Reach | None:
        """Return where a person is reached by the account that they have; None if one is made as the person says."""
        entry = self.look_up(environment, person)
        record = None if entry.is_known_otherwise else self.fitting_person(entry)
        if record is None:
            return None
        shown = self.shown(record)
        kept = self.keeps_another(entry, record)
        return Reach(shown.masked_mobile, shown.masked_email, kept, shown.masked_number)

    def keeps_another(self, entry: Entry, record: AccountRecord) -> bool:
        """Whether the platform is known to keep where an account reaches a person, though they asked for elsewhere."""
        person = entry.subject
        if not isinstance(person, Person) or not (person.mobile or person.email):
            return False
        wanted = self.reached(entry)
        if record.reach == wanted:
            return False
        return record.kept_for == wanted or (entry.keeps_address and not self._is_reached(record, person))

    def shown(self, record: AccountRecord) -> AccountRecord:
        """Return the record with as much of mobile and e-mail as may be shown."""
        kept = self._particulars.opened(record)
        if kept is None:
            return record
        return replace(record, masked_mobile=masked_mobile(kept.mobile), masked_email=masked_email(kept.email))

    def _base(self, entry: Entry) -> str:
        """Return what third ids are made of: by another name somebody has others than those that are there."""
        return self.name_key(entry) if entry.others else entry.identity

    def _with_number(self, subject: Subject, records: tuple[AccountRecord, ...]) -> Subject:
        """Return somebody who is told by an account, or an id of ours, as they are told by their number."""
        number = subject.id_number if isinstance(subject, Person) else subject.code
        kept = None if number else next((one for record in records if (one := self._particulars.opened(record))), None)
        if kept is None or not kept.number:
            return subject
        number_type = next((record.number_type for record in records if record.number_type), 0)
        if isinstance(subject, Person):
            id_type = PersonIdType(number_type) if number_type else subject.id_type
            return replace(subject, id_number=kept.number, id_type=id_type, third_id="")
        code_type = OrganizationCodeType(number_type) if number_type else subject.code_type
        return replace(subject, code=kept.number, code_type=code_type, third_id="")

    def _is_reached(self, record: AccountRecord, subject: Person) -> bool:
        kept = self._particulars.opened(record) if record.reach else None
        if kept is None:
            return False
        return subject.mobile in {kept.mobile, ""} and subject.email in {kept.email, ""}


def _with_first(record: AccountRecord, records: _Records) -> _Records:
    return record, *(one for one in records if one.account_id != record.account_id)


def _is_of_kind(record: AccountRecord, subject: Subject) -> bool:
    kind = AccountKind.PERSON if isinstance(subject, Person) else AccountKind.ORGANIZATION
    return record.kind is kind and record.is_called(subject.name)


class AccountService:
    """Accounts of one environment's project at a time. Calls block for store and network."""

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

    def known(self, environment: Environment) -> tuple[AccountRecord, ...]:
        """Return who was met before, the latest first: of an identity's accounts the current one."""
        records = self._accounts.list(environment.kind, environment.project_id)
        current = [record for record in records if record.is_current]
        return tuple(map(self._book.shown, current))

    def record(self, environment: Environment, account_id: str) -> AccountRecord | None:
        """Return an account of an environment's project, with as much of its particulars as may be shown."""
        found = self._accounts.get(environment.kind, environment.project_id, account_id)
        return None if found is None else self._book.shown(found)

    def party(self, environment: Environment, account_id: str) -> Person | Organization | None:
        """Return who an account of an environment's project stands for, by name and account alone."""
        found = self._accounts.get(environment.kind, environment.project_id, account_id)
        return None if found is None else party_of(found)

    def reaches(self, environment: Environment, draft: ContractDraft) -> dict[SignerId, Reach]:
        """Return where the platform reaches those signers who have an account already. Raises StoreError."""
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
        """Return whose account pays for a flow, empty if it is not known here. Raises StoreError."""
        found = self._accounts.get(flow.environment, flow.project_id, flow.payer_account_id)
        return "" if found is None else found.name

    def reached(self, flow: FlowRecord) -> dict[int, Reach]:
        """Return where the platform reaches a flow's signers by their accounts, as far as that is known here.

        Keys are the signers' numbers. Raises StoreError.
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
        """Return the account with the caller's own id: as it was met before, else as the platform tells.

        The platform tells the account id alone: such a record has no name, and is of the ``kind`` that was asked for.
        Raises ApiError when the platform can't be asked.
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
        """Keep an account for the next contract."""
        self._accounts.remember(replace(record, last_used_ms=self._clock_ms()))

    def forget(self, record: AccountRecord) -> None:
        """Forget an account here; the platform keeps it."""
        self._accounts.forget(record.account_id)


_UNLINKED: Final = "accounts.unlinked"
"""How many were taken from everybody, until that was told; 0 from then on."""


class AccountRepair:
    """Takes accounts that may have come to bear somebody else's name from everybody, once.

    In earlier versions a signer who was picked and retyped as somebody else kept the account, and gave it the other's
    name. Whose such an account is can't be told any more: it is found again when its person's number is next filled
    in. Blocks for the store; all of it may raise StoreError.
    """

    def __init__(self, accounts: Accounts, flows: Flows, settings: Settings) -> None:
        self._accounts = accounts
        self._flows = flows
        self._settings = settings

    def run(self) -> int:
        """Look through what earlier versions left, the first time, and return how many accounts are to be told of.

        Those of one project that share name and number were found as the database was brought up to date.
        """
        kept = self._settings.get(_UNLINKED)
        if kept is None:
            self._accounts.doubt(_with_two_names(self._flows.list()))
            kept = str(sum(record.is_doubtful for record in self._accounts.all()))
            self._settings.set(_UNLINKED, kept)
        return int(kept) if kept.isdecimal() else 0

    def note_told(self) -> None:
        """Remember that a person has read of it."""
        self._settings.set(_UNLINKED, "0")


def _with_two_names(flows: Iterable[FlowRecord]) -> set[str]:
    """Return the accounts of persons that contracts were sent to under more than one name."""
    names: dict[str, set[str]] = {}
    for flow in flows:
        for signer in flow.signers:
            # Under an organization's name stands its agent's account.
            is_person = signer.account_id and not signer.organization_account_id and signer.name
            if is_person and signer.name != FORGOTTEN_NAME and not is_forgotten(signer.account_id):
                names.setdefault(signer.account_id, set()).add(folded_name(signer.name))
    return {account_id for account_id, told in names.items() if len(told) > 1}
