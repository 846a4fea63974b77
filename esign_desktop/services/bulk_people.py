"""The people of a row: known again by ids of ours, and checked against those who were met here before."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.account import Person, masked_mobile, masked_number
from esign_desktop.domain.bulk_columns import ColumnKind, ColumnTarget
from esign_desktop.domain.bulk_filling import fill_row
from esign_desktop.domain.bulk_rows import RowChecks, RowProblem
from esign_desktop.domain.customer_line import tidy_name
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.preset import BranchRole, StaffRole
from esign_desktop.domain.preset_fields import DeskFacts, required_questions
from esign_desktop.domain.preset_filling import fill
from esign_desktop.services.answers import Question, read_answer
from esign_desktop.services.customers import china_today, form_data
from esign_desktop.services.identity import (
    is_credit_code,
    is_plausible_mobile,
    is_resident_number,
)
from esign_desktop.services.known_staff import with_known_accounts
from esign_desktop.services.resident import resident_facts
from esign_desktop.store.accounts import AccountKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from esign_desktop.domain.bulk_columns import ColumnChoice
    from esign_desktop.domain.bulk_filling import FilledRow
    from esign_desktop.domain.bulk_rows import RowReading
    from esign_desktop.domain.draft import ContractDraft, DraftId
    from esign_desktop.domain.environment import Environment
    from esign_desktop.domain.preset import Preset, Role
    from esign_desktop.services.account_book import AccountBook
    from esign_desktop.services.presets import PresetService
    from esign_desktop.services.third_ids import ThirdIds
    from esign_desktop.store.accounts import AccountRecord, Accounts


_ANSWER_CODES: Final = {
    "answer.empty": "bulk.missing",
    "answer.too_long": "bulk.too_long",
    "answer.no_amount": "bulk.no_amount",
    "answer.no_date": "bulk.no_date",
    "answer.no_choice": "bulk.no_choice",
    "answer.bad_id_number": "bulk.bad_id_number",
    "answer.bad_mobile": "bulk.bad_mobile",
}


def row_checks(now_ms: int) -> RowChecks:
    """Return how a row's numbers are checked on this day."""
    today = china_today(now_ms)

    def is_minor(number: str) -> bool:
        facts = resident_facts(number, today)
        return facts is not None and facts.is_minor

    return RowChecks(is_resident_number, is_credit_code, is_plausible_mobile, is_minor, answer_problem)


def answer_problem(question: Question, text: str) -> str | None:
    """Return the code of what is wrong with a cell that is to stand in a form; the counter takes the same, and no more.

    Nobody sees numbered choices in a sheet, so that a number there is no choice unless it is called so.
    """
    try:
        read_answer(question, text, by_number=False)
    except InputError as error:
        return _ANSWER_CODES[error.code]
    return None


def form_value(question: Question, text: str) -> str:
    """Return how a cell stands in the form; as it is where it can't be right."""
    try:
        return read_answer(question, text, by_number=False).value
    except InputError:
        return text


class BulkPeople:
    """Blocks for the store, and some milliseconds for every id of ours."""

    def __init__(self, presets: PresetService, book: AccountBook, accounts: Accounts, third_ids: ThirdIds) -> None:
        self._presets = presets
        self._book = book
        self._accounts = accounts
        self._third_ids = third_ids

    def draft(
        self,
        preset: Preset,
        columns: ColumnChoice,
        reading: RowReading,
        environment: Environment,
        draft_id: DraftId,
        now_ms: int,
    ) -> ContractDraft:
        """Make the contract of a row that is ready. Raises InputError ``document.missing``, StoreError."""
        filled = fill_row(preset, columns, reading)
        own = replace(filled.preset, roles=tuple(map(self._with_third_ids, filled.preset.roles)))
        documents = self._presets.documents_of(own, _facts(filled, china_today(now_ms)))
        persons = {role_id: self._known(person, environment) for role_id, person in filled.customers.items()}
        return replace(fill(with_known_accounts(own, environment, self._accounts), documents, persons), id=draft_id)

    def with_names_known_otherwise(
        self, readings: Sequence[RowReading], columns: ColumnChoice, environment: Environment
    ) -> tuple[RowReading, ...]:
        """Add ``bulk.other_name_known`` to rows that give somebody's number a name by which they are not known here.

        Remark ``bulk.mobile_kept`` where the platform is known to keep another mobile than the row's.
        Ids of ours cost too much for two thousand rows: only who may be meant is asked about.
        """
        known: dict[str, list[AccountRecord]] = {}
        for record in self._accounts.list(environment.kind, environment.project_id):
            if record.kind is AccountKind.PERSON and record.identity and record.masked_number and record.name:
                known.setdefault(record.masked_number, []).append(record)
        return tuple(self._beside(reading, columns, known, environment) for reading in readings)

    def with_form_values(
        self, preset: Preset, columns: ColumnChoice, readings: Sequence[RowReading], now_ms: int
    ) -> tuple[RowReading, ...]:
        """Add ``bulk.form_value_missing`` to rows that leave a required field of a form empty."""
        today = china_today(now_ms)
        if not required_questions(preset, DeskFacts()):
            return tuple(readings)

        def whole(reading: RowReading) -> RowReading:
            if not reading.is_ready:
                return reading
            facts = _facts(fill_row(preset, columns, reading), today)
            wanted = (name for name in required_questions(preset, facts) if not preset.question(name).is_optional)
            missing = [name for name in wanted if not facts.answers.get(name)]
            found = [_without_value(name, columns) for name in missing]
            return replace(reading, problems=(*reading.problems, *found)) if found else reading

        return tuple(map(whole, readings))

    def _beside(
        self,
        reading: RowReading,
        columns: ColumnChoice,
        known: Mapping[str, Sequence[AccountRecord]],
        environment: Environment,
    ) -> RowReading:
        found = [
            RowProblem("bulk.other_name_known", columns.index(target), target)
            for target, person in _persons(reading)
            if self._is_known_otherwise(person, known.get(masked_number(person.id_number), ()))
        ]
        found += [
            RowProblem("bulk.mobile_kept", columns.index(mobile), mobile, is_blocking=False)
            for target, person in _persons(reading)
            for mobile in [ColumnTarget(ColumnKind.MOBILE, target.role_id)]
            if self._keeps_mobile(
                replace(person, mobile=reading.of(mobile.kind, mobile.role_id)),
                known.get(masked_number(person.id_number), ()),
                environment,
            )
        ]
        return replace(reading, problems=(*reading.problems, *found)) if found else reading

    def _is_known_otherwise(self, person: Person, candidates: Sequence[AccountRecord]) -> bool:
        others = [one for one in candidates if not one.is_called(tidy_name(person.name))]
        return bool(others) and self._third_ids.of_person(person) in {one.identity for one in others}

    def _keeps_mobile(self, person: Person, candidates: Sequence[AccountRecord], environment: Environment) -> bool:
        """Whether the platform is known to keep another mobile of somebody than they are to be reached at."""
        may_keep = environment.behaviour.keeps_addresses or any(one.kept_for for one in candidates)
        if not person.mobile or not candidates or not may_keep:
            return False
        shown = (self._book.shown(one).masked_mobile for one in candidates)
        if masked_mobile(person.mobile) in shown:
            return False
        entry = self._book.look_up(environment, person)
        record = self._book.fitting_person(entry)
        return record is not None and self._book.keeps_another(entry, record)

    def _known(self, person: Person, environment: Environment) -> Person:
        """Return a person by their current account if it reaches them as the row says, or else as they are."""
        entry = self._book.look_up(environment, person)
        record = self._book.fitting_person(entry)
        if record is None or not record.is_current:
            return person
        return Person(record.name or person.name, id_type=person.id_type, account_id=record.account_id)

    def _with_third_ids(self, role: Role) -> Role:
        match role:
            case StaffRole(person=person) if not person.third_id:
                return replace(role, person=replace(person, third_id=self._third_ids.of_person(person)))
            case BranchRole(organization=organization, agent=agent):
                agent = replace(agent, third_id=agent.third_id or self._third_ids.of_person(agent))
                third_id = organization.third_id or self._third_ids.of_organization(organization, agent)
                return replace(role, organization=replace(organization, third_id=third_id), agent=agent)
            case _:
                return role


def _without_value(name: str, columns: ColumnChoice) -> RowProblem:
    target = ColumnTarget(ColumnKind.QUESTION, question=name)
    if target not in columns:
        return RowProblem("bulk.form_value_missing", params={"field": name})
    return RowProblem("bulk.form_value_missing", columns.index(target), target, {"field": name})


def _facts(filled: FilledRow, today: date) -> DeskFacts:
    data = {
        role_id: form_data(person.name, person.id_number, person.mobile, today)
        for role_id, person in filled.customers.items()
    }
    answers = {name: form_value(filled.preset.question(name), text) for name, text in filled.answers.items()}
    return DeskFacts(data, answers)


def _persons(reading: RowReading) -> Iterator[tuple[ColumnTarget, Person]]:
    for target, number in reading.values.items():
        if target.kind is ColumnKind.ID_NUMBER and target.role_id is not None:
            name = reading.of(ColumnKind.NAME, target.role_id)
            if name:
                yield target, Person(name, number, reading.id_type(target.role_id))
