"""Import contacts from .csv, .xlsx and .vcf files, after comparing them with the existing contacts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from esign_desktop.domain.bulk.sheet import Worksheets
from esign_desktop.domain.errors import CancelToken, InputError
from esign_desktop.domain.people.contact import ContactEntry, new_contact_id
from esign_desktop.domain.people.contact_table import NumberChecks, match_headings, read_contacts, says_who
from esign_desktop.domain.people.importing import ImportFate, ImportPlan, plan_rows, with_agents
from esign_desktop.services.people.identity import is_code, is_document_number, is_plausible_mobile
from esign_desktop.services.sheets import reading, vcards

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from esign_desktop.domain.bulk.sheet import Sheet
    from esign_desktop.domain.people.contact import ContactId
    from esign_desktop.domain.people.importing import PlannedContact
    from esign_desktop.services.people.contacts import ContactService, ImportUndo

SUFFIXES: Final = (*reading.SUFFIXES, vcards.SUFFIX)
MOST_ROWS: Final = 20_000
LIMIT_S: Final = 60.0
_CODES: Final = {
    "sheet.no_rows": "contacts.no_rows",
    "sheet.too_many_rows": "contacts.too_many_rows",
    "sheet.not_a_sheet": "contacts.not_a_table",
}
"""Error codes for tables of contacts, which replace those for tables of contracts."""
_CHECKS: Final = NumberChecks(is_document_number, is_code, is_plausible_mobile)


class ContactImport:
    """The service that plans and carries out imports of contacts.

    Calls block on the file, the store and the keyring.
    """

    def __init__(self, contacts: ContactService) -> None:
        self._contacts = contacts

    def plan(
        self,
        path: Path,
        *,
        worksheet: str | None = None,
        cancel: CancelToken | None = None,
        on_rows: Callable[[int], None] | None = None,
    ) -> ImportPlan | Worksheets:
        """Read a file, and return the plan of its import, or its worksheets if several of them contain rows.

        ``worksheet`` is the name of the worksheet to read. ``on_rows`` receives the number of rows read so far. Raises
        Cancelled, StoreError, InputError ``contacts.no_names`` if no column contains names, and the errors of
        ``open_sheet`` and ``open_cards``.
        """
        token = cancel or CancelToken()
        try:
            sheet, unreadable = self._read(path, worksheet, token, on_rows)
        except InputError as error:
            error.code = _CODES.get(error.code, error.code)
            raise
        if isinstance(sheet, Worksheets):
            return sheet
        columns = match_headings(sheet.headings)
        if not says_who(columns):
            raise InputError("contacts.no_names")
        read, agents = with_agents([*read_contacts(sheet, columns, _CHECKS)])
        token.raise_if_cancelled()
        subjects = {index: contact.subject for index, contact in enumerate(read) if contact.subject is not None}
        matches = dict(zip(subjects, self._contacts.match_all([*subjects.values()]), strict=True))
        token.raise_if_cancelled()
        known = {}
        for match in matches.values():
            if match.same is not None and match.same.id not in known:
                known[match.same.id] = self._contacts.party_details(match.same.id)
                token.raise_if_cancelled()
        told = {index: (match.same, match.others) for index, match in matches.items()}
        unknown = tuple(
            heading for heading, column in zip(sheet.headings, columns, strict=True) if heading and column is None
        )
        return ImportPlan(tuple(plan_rows(read, told, known, agents)), unreadable, unknown)

    def _read(
        self, path: Path, worksheet: str | None, token: CancelToken, on_rows: Callable[[int], None] | None
    ) -> tuple[Sheet | Worksheets, int]:
        if path.suffix.lower() == vcards.SUFFIX:
            return vcards.open_cards(path, cancel=token, on_rows=on_rows, limit_s=LIMIT_S)
        found = reading.open_sheet(
            *(path,), worksheet=worksheet, cancel=token, on_rows=on_rows, limit_s=LIMIT_S, most_rows=MOST_ROWS
        )
        return found, 0

    def take(
        self,
        plan: ImportPlan,
        *,
        may_lack_numbers: bool = False,
        cancel: CancelToken | None = None,
        on_progress: Callable[[int], None] | None = None,
    ) -> ImportUndo:
        """Store the contacts selected in a plan (see ``ContactService.import_all``).

        ``on_progress`` receives the number of contacts processed so far.
        """
        ids = _ids(plan)
        # Persons first, because organizations refer to them as agents.
        rows = sorted(plan.taken, key=lambda row: row.agent is not None)
        entries = [entry for row in rows if (entry := _entry(row, ids)) is not None]
        return self._contacts.import_all(
            entries,
            may_lack_numbers=may_lack_numbers,
            cancel=cancel,
            on_progress=on_progress or (lambda _done: None),
        )

    def undo(self, token: ImportUndo) -> int:
        """Undo an import, and return the number of contacts that keep values from it (see ``ContactService.undo``).

        Raises StoreError.
        """
        return self._contacts.undo(token)


def _ids(plan: ImportPlan) -> dict[int, ContactId]:
    """Return the contact id for each row: that of an existing contact, of a new contact, or of an equal row."""
    ids: dict[int, ContactId] = {}
    for row in plan.rows:
        if row.contact is not None and row.fate is not ImportFate.OTHER_NAME:
            ids[row.index] = row.contact.id
        elif row.is_taken:
            ids[row.index] = new_contact_id()
    for row in plan.rows:
        if row.index not in ids and row.rival is not None and row.rival in ids:
            ids[row.index] = ids[row.rival]
    return ids


def _entry(row: PlannedContact, ids: dict[int, ContactId]) -> ContactEntry | None:
    subject = row.read.subject
    if subject is None:
        return None
    agent = None if row.agent is None else ids.get(row.agent)
    agents: tuple[ContactId, ...] | None = None
    if agent is not None:
        known = row.contact.agents if row.contact is not None and row.fate is not ImportFate.OTHER_NAME else ()
        agents = (agent, *(other.id for other in known if other.id != agent))
    return ContactEntry(subject, ids[row.index], row.read.is_ours, agents=agents)
