"""What taking in a table of contacts would do: who is new, who changes, who collides, and what is chosen then."""

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
    """What becomes of a row. The two last want a choice."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    FAULTY = "faulty"
    OTHER_NAME = "other_name"
    """Its number belongs to a contact by another name."""
    SAME_NUMBER = "same_number"
    """Another row has its number, and says something else."""


class ImportChoice(StrEnum):
    """What is done with a row that collides."""

    LEAVE_OUT = "leave_out"
    ADD = "add"
    """Two contacts have the number from then on; of two rows this one is taken, and the other left out."""


@dataclass(frozen=True, slots=True)
class PlannedContact:
    """A row and what becomes of it. ``contact`` is who it is or whose number it has; ``changes`` name what it fills in.

    ``rival`` is the index of the first row that tells of the same one, ``agent`` that of who acts for an organization.
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
        """Whether the row changes anything."""
        if self.fate in {ImportFate.OTHER_NAME, ImportFate.SAME_NUMBER}:
            return self.choice is ImportChoice.ADD
        return self.fate in {ImportFate.NEW, ImportFate.CHANGED}

    @property
    def wants_choice(self) -> bool:
        return self.fate in {ImportFate.OTHER_NAME, ImportFate.SAME_NUMBER}


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """All rows of a file. ``unreadable`` were no contacts at all; ``left_out_columns`` were not known."""

    rows: tuple[PlannedContact, ...] = field(repr=False)
    unreadable: int = 0
    left_out_columns: tuple[str, ...] = field(default=(), repr=False)

    def count(self, *fates: ImportFate) -> int:
        return sum(row.fate in fates for row in self.rows)

    @property
    def taken(self) -> tuple[PlannedContact, ...]:
        return tuple(row for row in self.rows if row.is_taken)

    def choosing(self, index: int, choice: ImportChoice) -> ImportPlan:
        """Choose for a row that collides; of rows with one number only one is taken. Raises IndexError."""
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
    """Return the rows, and behind them the persons who act for organizations; also which of these acts for which row.

    Both by their indexes.
    """
    rows, agents = list(read), dict[int, int]()
    for index, one in enumerate(read):
        if one.subject is not None and one.agent is not None:
            agents[index] = len(rows)
            rows.append(ReadContact(one.number, one.agent, name=one.agent.name))
    return rows, agents


def plan_rows(
    read: Sequence[ReadContact],
    matches: Mapping[int, tuple[Contact | None, tuple[Contact, ...]]],
    known: Mapping[ContactId, Person | Organization],
    agents: Mapping[int, int],
) -> Iterator[PlannedContact]:
    """Yield the rows with what becomes of each.

    ``matches`` are, by the rows' indexes, the contact with the row's number and name, and those with its number by
    another name; ``known`` what is kept of the former, in clear; ``agents`` as of ``with_agents``.
    """
    groups: dict[_Key, list[int]] = {}
    for index, one in enumerate(read):
        if one.subject is not None:
            groups.setdefault(_key(one.subject), []).append(index)
    joined = {key: _joined([read[index].subject for index in own]) for key, own in groups.items()}
    for index, one in enumerate(read):
        if one.subject is None:
            yield PlannedContact(index, one, ImportFate.FAULTY)
            continue
        key = _key(one.subject)
        first, subject = groups[key][0], joined[key]
        same, others = matches.get(index, (None, ()))
        row = PlannedContact(
            *(index, one, ImportFate.SAME, same), rival=None if first == index else first, agent=agents.get(index)
        )
        if subject is None:
            choice = ImportChoice.ADD if row.rival is None else ImportChoice.LEAVE_OUT
            yield replace(row, fate=ImportFate.SAME_NUMBER, choice=choice)
        elif row.rival is not None:
            yield row
        elif same is not None:
            changes = [*_changes(subject, same, known.get(same.id))]
            changes += ["ours"] if one.is_ours and not same.is_ours else []
            changes += ["agent"] if row.agent is not None and not _acts(row.agent, same, matches) else []
            fate = ImportFate.CHANGED if changes else ImportFate.SAME
            yield replace(row, read=replace(one, subject=subject), fate=fate, changes=tuple(changes))
        elif others:
            yield replace(row, read=replace(one, subject=subject), fate=ImportFate.OTHER_NAME, contact=others[0])
        else:
            yield replace(row, read=replace(one, subject=subject), fate=ImportFate.NEW)


def _acts(agent: int, contact: Contact, matches: Mapping[int, tuple[Contact | None, tuple[Contact, ...]]]) -> bool:
    same, _others = matches.get(agent, (None, ()))
    return same is not None and any(one.id == same.id for one in contact.agents)


_Key = tuple[str | int, ...]


def _key(subject: Person | Organization) -> _Key:
    identity = subject.identity
    if identity.number:
        return int(identity.number_type), identity.number
    mobile = subject.mobile if isinstance(subject, Person) else ""
    return type(subject).__name__, identity.name, mobile or subject.email


def _joined(subjects: Sequence[Person | Organization | None]) -> Person | Organization | None:
    """Return what rows of one number tell together; None where they contradict each other."""
    first = subjects[0]
    for other in subjects[1:]:
        if first is None or other is None or first.identity != other.identity:
            return None
        names = _particulars(first)
        if any(len({getattr(first, name), getattr(other, name)} - {""}) > 1 for name in names):
            return None
        first = replace(first, **{name: getattr(first, name) or getattr(other, name) for name in names})
    return first


def _particulars(subject: Person | Organization) -> tuple[str, ...]:
    if isinstance(subject, Person):
        return ("mobile", "email", "third_id")
    return ("legal_name", "legal_id_number", "email", "third_id")


def _changes(subject: Person | Organization, contact: Contact, known: Person | Organization | None) -> Iterator[str]:
    """Yield what a row tells that is not kept so; what it leaves empty stays."""
    numbers = () if contact.masked_number else ("id_number",) if isinstance(subject, Person) else ("code",)
    for name in (*_particulars(subject), *numbers):
        told = getattr(subject, name)
        if told and known is not None and told != getattr(known, name, ""):
            yield name
