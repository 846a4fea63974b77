"""The part of AccountBook that is asked while a contract is prepared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esign_desktop.domain.account import AccountKind, AccountRecord, Person
from esign_desktop.services.people.accounts import Entry

if TYPE_CHECKING:
    from esign_desktop.domain.account import Organization
    from esign_desktop.domain.environment import Environment


class TrustingBook:
    """Knows every account that a party is given by, and no other."""

    def look_up(self, environment: Environment, subject: Person | Organization) -> Entry:
        if not subject.account_id:
            return Entry(subject, "")
        kind = AccountKind.PERSON if isinstance(subject, Person) else AccountKind.ORGANIZATION
        name, place = subject.name, (environment.kind, environment.project_id, subject.account_id)
        record = AccountRecord(*place, kind, name, third_id="", last_used_ms=0)
        return Entry(subject, "", (record,))

    def is_doubtful(self, _account_id: str) -> bool:
        return False

    def fitting_person(self, entry: Entry) -> AccountRecord | None:
        return next(iter(entry.records), None)

    def fitting_organization(self, entry: Entry, _agent_account_id: str) -> AccountRecord | None:
        return next(iter(entry.records), None)

    def keeps_other_details(self, _entry: Entry, _record: AccountRecord) -> bool:
        return False
