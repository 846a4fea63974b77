"""Plan the import of a contact table: determine which contacts are new, changed or in conflict.

The user resolves the conflicts.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from esign_desktop.domain.account import Organization, Person
from esign_desktop.domain.people.contact import Contact
from esign_desktop.domain.people.contact_table import ReadContact

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from esign_desktop.domain.people.contact import ContactId


class ImportFate(StrEnum):
    """The planned result for a row. For OTHER_NAME and SAME_NUMBER, the user must make a choice."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    FAULTY = "faulty"
    OTHER_NAME = "other_name"
    """The row's number belongs to a stored contact that has another name."""
    SAME_NUMBER = "same_number"
    """Another row of the table has the same number but contradicts this row."""


class ImportChoice(StrEnum):
    """The user's choice for a row that conflicts with a contact or with another row."""

    LEAVE_OUT = "leave_out"
    ADD = "add"
    """Import the row. Two contacts then have the same number; of two conflicting rows, only this one is imported."""


@dataclass(frozen=True, slots=True)
class PlannedContact:
    """A row of the table, and the planned result for the row.

    ``contact`` is the stored contact with the row's identity or number. ``changes`` lists the names of the values that
    the row changes. ``rival`` is the index of the first row with the same identity, and ``agent`` is the index of the
    row that describes the organization's agent. ``contact``, ``rival`` and ``agent`` are None if there is no such
    contact or row.
    """

    index: int
    read: ReadContact
    fate: ImportFate
    contact: Contact | None = None
    changes: tuple[str, ...] = ()
    rival: int | None = None
    agent: int | None = None
    choice: ImportChoice = ImportChoice.LEAVE_OUT

    @property
    def is_taken(self) -> bool:
        """Whether the row will be imported."""
        if self.fate in {ImportFate.OTHER_NAME, ImportFate.SAME_NUMBER}:
            return self.choice is ImportChoice.ADD
        return self.fate in {ImportFate.NEW, ImportFate.CHANGED}

    @property
    def wants_choice(self) -> bool:
        return self.fate in {ImportFate.OTHER_NAME, ImportFate.SAME_NUMBER}


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """The planned import of all rows of a file.

    ``unreadable`` is the number of entries that are not contacts. ``left_out_columns`` lists the headings of columns
    that were not recognized.
    """

    rows: tuple[PlannedContact, ...] = field(repr=False)
    unreadable: int = 0
    left_out_columns: tuple[str, ...] = field(default=(), repr=False)

    def count(self, *fates: ImportFate) -> int:
        return sum(row.fate in fates for row in self.rows)

    @property
    def taken(self) -> tuple[PlannedContact, ...]:
        return tuple(row for row in self.rows if row.is_taken)

    def choosing(self, index: int, choice: ImportChoice) -> ImportPlan:
        """Return the plan with the user's choice for a conflicting row.

        Only one of several rows with the same number can be imported. Raises IndexError if there is no such row.
        """
        chosen = self.rows[index]
        group = index if chosen.rival is None else chosen.rival
        rows = []
        for row in self.rows:
            is_rival = chosen.fate is ImportFate.SAME_NUMBER and group in {row.index, row.rival}
            if row.index == index:
                rows.append(replace(row, choice=choice))
            elif is_rival and row.wants_choice and choice is ImportChoice.ADD:
                rows.append(replace(row, choice=ImportChoice.LEAVE_OUT))
            else:
                rows.append(row)
        return replace(self, rows=tuple(rows))


def with_agents(read: Sequence[ReadContact]) -> tuple[list[ReadContact], dict[int, int]]:
    """Return the rows, with a row appended for each organization's agent, and a map of the agents.

    The map's keys are the row indexes of organizations, and the values are the row indexes of the organizations'
    agents.
    """
    rows, agents = list(read), dict[int, int]()
    for index, contact in enumerate(read):
        if contact.subject is not None and contact.agent is not None:
            agents[index] = len(rows)
            rows.append(ReadContact(contact.number, contact.agent, name=contact.agent.name))
    return rows, agents


def plan_rows(
    read: Sequence[ReadContact],
    matches: Mapping[int, tuple[Contact | None, tuple[Contact, ...]]],
    known: Mapping[ContactId, Person | Organization],
    agents: Mapping[int, int],
) -> Iterator[PlannedContact]:
    """Yield the planned result for each row.

    ``matches`` maps a row index to two items: the contact with the row's number and name, and the contacts with the
    row's number but a different name. ``known`` holds the unmasked data of contacts with the number and name of a row.
    ``agents`` is the map that ``with_agents`` returned.
    """
    groups: dict[_Key, list[int]] = {}
    for index, contact in enumerate(read):
        if contact.subject is not None:
            groups.setdefault(_key(contact.subject), []).append(index)
    joined = {key: _joined([read[index].subject for index in own]) for key, own in groups.items()}
    for index, contact in enumerate(read):
        if contact.subject is None:
            yield PlannedContact(index, contact, ImportFate.FAULTY)
            continue
        key = _key(contact.subject)
        first, subject = groups[key][0], joined[key]
        same, others = matches.get(index, (None, ()))
        row = PlannedContact(
            *(index, contact, ImportFate.SAME, same), rival=None if first == index else first, agent=agents.get(index)
        )
        if subject is None:
            choice = ImportChoice.ADD if row.rival is None else ImportChoice.LEAVE_OUT
            yield replace(row, fate=ImportFate.SAME_NUMBER, choice=choice)
        elif row.rival is not None:
            yield row
        elif same is not None:
            changes = [*_changes(subject, same, known.get(same.id))]
            changes += ["ours"] if contact.is_ours and not same.is_ours else []
            changes += ["agent"] if row.agent is not None and not _acts(row.agent, same, matches) else []
            fate = ImportFate.CHANGED if changes else ImportFate.SAME
            yield replace(row, read=replace(contact, subject=subject), fate=fate, changes=tuple(changes))
        elif others:
            yield replace(row, read=replace(contact, subject=subject), fate=ImportFate.OTHER_NAME, contact=others[0])
        else:
            yield replace(row, read=replace(contact, subject=subject), fate=ImportFate.NEW)


def _acts(agent: int, contact: Contact, matches: Mapping[int, tuple[Contact | None, tuple[Contact, ...]]]) -> bool:
    same, _others = matches.get(agent, (None, ()))
    return same is not None and any(contact_agent.id == same.id for contact_agent in contact.agents)


_Key = tuple[str | int, ...]


def _key(subject: Person | Organization) -> _Key:
    identity = subject.identity
    if identity.number:
        return int(identity.number_type), identity.number
    mobile = subject.mobile if isinstance(subject, Person) else ""
    return type(subject).__name__, identity.name, mobile or subject.email


def _joined(subjects: Sequence[Person | Organization | None]) -> Person | Organization | None:
    """Return the values of the rows combined, or None if they contradict each other. All rows have the same number."""
    first = subjects[0]
    for other in subjects[1:]:
        if first is None or other is None or first.identity != other.identity:
            return None
        names = _party_details(first)
        if any(len({getattr(first, name), getattr(other, name)} - {""}) > 1 for name in names):
            return None
        first = replace(first, **{name: getattr(first, name) or getattr(other, name) for name in names})
    return first


def _party_details(subject: Person | Organization) -> tuple[str, ...]:
    if isinstance(subject, Person):
        return ("mobile", "email", "third_id")
    return ("legal_name", "legal_id_number", "email", "third_id")


def _changes(subject: Person | Organization, contact: Contact, known: Person | Organization | None) -> Iterator[str]:
    """Yield the names of the values that the row changes in the contact. Empty values change nothing."""
    numbers = () if contact.masked_number else ("id_number",) if isinstance(subject, Person) else ("code",)
    for name in (*_party_details(subject), *numbers):
        told = getattr(subject, name)
        if told and known is not None and told != getattr(known, name, ""):
            yield name
