"""Read a sheet's rows for a preset, and report problems within a row and between rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.account import RESIDENTS, OrganizationCodeType, PersonIdType, is_email
from esign_desktop.domain.bulk.columns import IDENTITY_KINDS, ColumnKind, ColumnTarget, missing_targets, named_by_sheet
from esign_desktop.domain.bulk.sheet import MAX_CELL_CHARACTERS, CellDamage, id_type_of, plain_value
from esign_desktop.domain.people.documents import is_residence_permit
from esign_desktop.domain.people.organization_codes import code_fits, code_type_of, likely_code_type
from esign_desktop.domain.preset.questions import Question

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esign_desktop.domain.bulk.columns import ColumnChoice
    from esign_desktop.domain.bulk.sheet import SheetRow
    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.domain.signer import SignerId

MAX_TITLE_CHARACTERS: Final = 100

HIDDEN: Final = "bulk.hidden_row"

_K = ColumnKind
_DAMAGE_CODES: Final = {
    CellDamage.NUMBER_ROUNDED: "bulk.number_rounded",
    CellDamage.FORMULA: "bulk.formula",
    CellDamage.ERROR: "bulk.error_value",
}
_REACH: Final = frozenset({_K.MOBILE, _K.EMAIL})
DUPLICATES: Final = frozenset({"bulk.duplicate_row", "bulk.duplicate_with_other_reach"})
_ROUNDED_ID: Final = re.compile(r"[0-9]{15}000")
_NO_NAME: Final = re.compile(r"[0-9]{6}|@")
"""Six digits or an "@" in a name, which indicate that columns were confused."""
_SCIENTIFIC: Final = re.compile(r"[0-9](?:\.[0-9]+)?[Ee]\+?[0-9]{2}")


@dataclass(frozen=True, slots=True)
class RowProblem:
    """A problem with a row. If ``is_blocking`` is set, the row cannot be sent.

    ``column_index`` identifies the cell, or is None if the problem concerns the whole row or a missing column. Codes,
    with their parameters in parentheses: ``bulk.hidden_row``; ``bulk.missing``; ``bulk.number_rounded``,
    ``bulk.formula``, ``bulk.error_value``; ``bulk.too_long`` (max); ``bulk.bad_name``, ``bulk.bad_id_number``,
    ``bulk.bad_id_type``, ``bulk.bad_mobile``, ``bulk.bad_email``, ``bulk.bad_code``, ``bulk.bad_code_type``;
    ``bulk.same_party_twice``; ``bulk.duplicate_row``, ``bulk.duplicate_with_other_reach`` and
    ``bulk.number_with_other_name`` (row); ``bulk.other_name_known``; ``bulk.form_value_missing`` (field);
    ``bulk.no_amount``, ``bulk.no_number``, ``bulk.no_tick``, ``bulk.no_date``, ``bulk.no_choice`` (choices);
    ``bulk.document_unsaid``.

    Codes of warnings: ``bulk.mobile_missing``, ``bulk.mobile_kept``, ``bulk.minor``.
    """

    code: str
    column_index: int | None = None
    target: ColumnTarget | None = None
    params: Mapping[str, str | float] = field(default_factory=dict)
    is_blocking: bool = True


@dataclass(frozen=True, slots=True)
class RowChecks:
    """The functions that validate numbers, contact details and form values.

    ``is_plausible_mobile`` also receives the type of the person's identity document. ``answer_problem`` returns the
    problem code for an invalid form value, such as ``bulk.no_amount``, or None if the value is valid.
    """

    is_resident_number: Callable[[str], bool]
    is_credit_code: Callable[[str], bool]
    is_plausible_mobile: Callable[[str, PersonIdType], bool]
    is_minor: Callable[[str], bool]
    answer_problem: Callable[[Question, str], str | None]


@dataclass(frozen=True, slots=True)
class RowReading:
    """The result of reading a row: its non-empty values in normalized form, and its problems."""

    number: int
    values: Mapping[ColumnTarget, str] = field(repr=False)
    problems: tuple[RowProblem, ...] = ()

    @property
    def is_ready(self) -> bool:
        """Whether the row has no problem that prevents sending."""
        return not any(problem.is_blocking for problem in self.problems)

    def of(self, kind: ColumnKind, role_id: SignerId | None = None) -> str:
        """Return the row's value of this kind for the role, or an empty string if there is no such value.

        Omit ``role_id`` for kinds that belong to no role, such as the title.
        """
        return self.values.get(ColumnTarget(kind, role_id), "")

    def id_type(self, role_id: SignerId) -> PersonIdType:
        """Return the type of the identity document of the person in this role.

        The default is the resident identity card.
        """
        return id_type_of(self.of(_K.ID_TYPE, role_id)) or PersonIdType.RESIDENT_IDENTITY

    def code_type(self, role_id: SignerId) -> OrganizationCodeType:
        """Return the type of the organization's code, as stated in the row or else as inferred from the code."""
        return code_type_of(self.of(_K.CODE_TYPE, role_id)) or likely_code_type(self.of(_K.ORGANIZATION_CODE, role_id))


def read_row(preset: Preset, columns: ColumnChoice, row: SheetRow, checks: RowChecks) -> RowReading:
    """Read a single row without comparing it with other rows."""
    return _Reader(preset, columns, checks).read(row)


def read_rows(
    preset: Preset, columns: ColumnChoice, rows: Sequence[SheetRow], checks: RowChecks
) -> tuple[RowReading, ...]:
    """Read all rows and compare them with each other, so that a contract listed twice is sent only once."""
    reader = _Reader(preset, columns, checks)
    return compared([reader.read(row) for row in rows], columns)


def contract_values(values: Mapping[ColumnTarget, str]) -> dict[ColumnTarget, str]:
    """Return the values that distinguish a row's contract from other contracts. Contact details are omitted.

    A person is identified by name, document type and number; a missing type means a resident identity card. An
    organization is identified by name, code type and code; a missing type is inferred from the code.
    """
    kept: dict[ColumnTarget, str] = {}
    for target, value in values.items():
        if target.kind in _REACH:
            continue
        if target.kind is _K.CODE_TYPE and (code_type := code_type_of(value)) is not None:
            code = values.get(ColumnTarget(_K.ORGANIZATION_CODE, target.role_id), "")
            if code_type is not likely_code_type(code):
                kept[target] = str(int(code_type))
            continue
        id_type = id_type_of(value) if target.kind is _K.ID_TYPE else None
        if id_type is not PersonIdType.RESIDENT_IDENTITY:
            kept[target] = value if id_type is None else str(int(id_type))
    return kept


def compared(readings: Sequence[RowReading], columns: ColumnChoice) -> tuple[RowReading, ...]:
    """Compare the rows with each other, and return the readings with any additional problems found."""
    first_by_contract: dict[frozenset[tuple[ColumnTarget, str]], RowReading] = {}
    first_by_number: dict[tuple[PersonIdType, str], tuple[str, int]] = {}
    found: list[RowReading] = []
    for reading in readings:
        problems = [*reading.problems]
        if any(problem.code == HIDDEN for problem in problems):
            # A hidden row is not sent, so it must not block a visible duplicate.
            found.append(reading)
            continue
        first = first_by_contract.setdefault(frozenset(contract_values(reading.values).items()), reading)
        if first is not reading:
            is_same = all(
                first.values.get(target) == reading.values.get(target)
                for target in {*first.values, *reading.values}
                if target.kind in _REACH
            )
            code = "bulk.duplicate_row" if is_same else "bulk.duplicate_with_other_reach"
            problems.append(RowProblem(code, params={"row": first.number}))
        for target, number in reading.values.items():
            if target.kind is not _K.ID_NUMBER or target.role_id is None:
                continue
            name = reading.of(_K.NAME, target.role_id)
            key = (reading.id_type(target.role_id), number)
            other, row = first_by_number.setdefault(key, (name, reading.number))
            if name and other and name != other:
                index = columns.index(target)
                problems.append(RowProblem("bulk.number_with_other_name", index, target, {"row": row}))
        found.append(replace(reading, problems=tuple(problems)))
    return tuple(found)


class _Reader:
    def __init__(self, preset: Preset, columns: ColumnChoice, checks: RowChecks) -> None:
        self._checks = checks
        self._preset = preset
        self._columns = columns
        self._missing = missing_targets(preset, columns)
        self._people = [role.id for role in preset.customers]
        self._people += [role.id for role in preset.signers if role.id in named_by_sheet(preset, columns)]
        self._required = {(kind, signer.id) for signer in preset.signers for kind in IDENTITY_KINDS}

    def read(self, row: SheetRow) -> RowReading:
        values: dict[ColumnTarget, str] = {}
        problems = [RowProblem(HIDDEN)] if row.is_hidden else []
        problems += [RowProblem("bulk.missing", None, target) for target in self._missing]
        for index, target in enumerate(self._columns):
            if target is None:
                continue
            text = row.cells[index] if index < len(row.cells) else ""
            value = plain_value(target.kind, text)
            if value:
                values[target] = value
            code = self._code_of_damage(row, index, target, value)
            if code is not None:
                problems.append(RowProblem(code, index, target))
            elif not value and self._is_required(target):
                problems.append(RowProblem("bulk.missing", index, target))
            elif len(value) > (most := _most_characters(target)):
                problems.append(RowProblem("bulk.too_long", index, target, {"max": most}))
        reading = RowReading(row.number, values)
        faulty = {problem.column_index for problem in problems}
        problems += [problem for problem in self._problems_of_values(reading) if problem.column_index not in faulty]
        return replace(reading, problems=tuple(problems))

    def _is_required(self, target: ColumnTarget) -> bool:
        if target.kind is _K.QUESTION:
            # A value that a document may supply is checked later, and only if no document supplies it.
            is_asked = target.question in self._preset.questions
            return is_asked and not self._preset.question(target.question).is_optional
        return (target.kind, target.role_id) in self._required

    def _code_of_damage(self, row: SheetRow, index: int, target: ColumnTarget, value: str) -> str | None:
        damage = row.damages.get(index)
        if damage is not None:
            return _DAMAGE_CODES[damage]
        if target.kind not in {_K.ID_NUMBER, _K.MOBILE, _K.ORGANIZATION_CODE}:
            return None
        is_rounded = target.kind is _K.ID_NUMBER and _ROUNDED_ID.fullmatch(value) is not None
        if is_rounded and not self._checks.is_resident_number(value):
            return _DAMAGE_CODES[CellDamage.NUMBER_ROUNDED]
        return _DAMAGE_CODES[CellDamage.NUMBER_ROUNDED] if _SCIENTIFIC.fullmatch(value) else None

    def _problems_of_values(self, reading: RowReading) -> Iterator[RowProblem]:
        for target, value in reading.values.items():
            code = self._code_of_value(reading, target, value)
            if code is not None:
                yield RowProblem(code, self._columns.index(target), target, self._expected(target, code))
        yield from self._problems_of_people(reading)

    def _expected(self, target: ColumnTarget, code: str) -> dict[str, str | float]:
        if target.kind is not _K.QUESTION:
            return {}
        question = self._preset.question(target.question)
        told: dict[str, dict[str, str | float]] = {
            "bulk.no_choice": {"choices": ", ".join(question.choices)},
            "bulk.too_long": {"max": question.most_characters},
        }
        return told.get(code, {})

    def _code_of_value(self, reading: RowReading, target: ColumnTarget, value: str) -> str | None:
        checks = self._checks
        id_type = PersonIdType.RESIDENT_IDENTITY if target.role_id is None else reading.id_type(target.role_id)
        match target.kind:
            case _K.NAME | _K.ORGANIZATION_NAME if _NO_NAME.search(value):
                return "bulk.bad_name"
            case _K.ID_NUMBER:
                return self._code_of_number(id_type, value, is_said=bool(reading.of(_K.ID_TYPE, target.role_id)))
            case _K.ID_TYPE if id_type_of(value) is None:
                return "bulk.bad_id_type"
            case _K.MOBILE if not checks.is_plausible_mobile(value, id_type):
                return "bulk.bad_mobile"
            case _K.EMAIL if not is_email(value):
                return "bulk.bad_email"
            case _K.ORGANIZATION_CODE | _K.CODE_TYPE if target.role_id is not None:
                return self._code_of_organization(reading, target.kind, target.role_id)
            case _K.QUESTION:
                return checks.answer_problem(self._preset.question(target.question), value)
            case _:
                return None

    def _code_of_organization(self, reading: RowReading, kind: ColumnKind, role_id: SignerId) -> str | None:
        said, code = reading.of(_K.CODE_TYPE, role_id), reading.of(_K.ORGANIZATION_CODE, role_id)
        if kind is _K.CODE_TYPE:
            return None if code_type_of(said) is not None else "bulk.bad_code_type"
        code_type = reading.code_type(role_id)
        is_credit = code_type is OrganizationCodeType.UNIFIED_SOCIAL_CREDIT
        can_be = self._checks.is_credit_code(code) if is_credit else code_fits(code_type, code)
        return None if can_be else "bulk.bad_code"

    def _code_of_number(self, id_type: PersonIdType, number: str, *, is_said: bool) -> str | None:
        has_check_digit = id_type in RESIDENTS or is_residence_permit(number)
        if has_check_digit and not self._checks.is_resident_number(number):
            return "bulk.bad_id_number"
        return "bulk.document_unsaid" if is_residence_permit(number) and not is_said else None

    def _problems_of_people(self, reading: RowReading) -> Iterator[RowProblem]:
        seen: set[tuple[PersonIdType | OrganizationCodeType, str]] = set()
        for role_id in self._people:
            code, number = reading.of(_K.ORGANIZATION_CODE, role_id), reading.of(_K.ID_NUMBER, role_id)
            # A person may sign for themselves and for organizations.
            key = (reading.code_type(role_id), code) if code else (reading.id_type(role_id), number)
            if key in seen:
                party = ColumnTarget(_K.ORGANIZATION_CODE if code else _K.ID_NUMBER, role_id)
                yield RowProblem("bulk.same_party_twice", self._columns.index(party), party)
            if not number:
                continue
            seen.add(key)
            target = ColumnTarget(_K.ID_NUMBER, role_id)
            index = self._columns.index(target)
            if reading.id_type(role_id) in RESIDENTS and self._checks.is_minor(number):
                yield RowProblem("bulk.minor", index, target, is_blocking=False)
            if not reading.of(_K.MOBILE, role_id):
                mobile = ColumnTarget(_K.MOBILE, role_id)
                mobile_index = self._columns.index(mobile) if mobile in self._columns else None
                yield RowProblem("bulk.mobile_missing", mobile_index, mobile, is_blocking=False)


def _most_characters(target: ColumnTarget) -> int:
    return MAX_TITLE_CHARACTERS if target.kind is _K.TITLE else MAX_CELL_CHARACTERS
