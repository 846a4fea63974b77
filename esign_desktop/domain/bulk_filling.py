"""Puts a row's values in their places: persons into roles, a title and other parties into the preset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from esign_desktop.domain.account import Organization, Person
from esign_desktop.domain.bulk_columns import ColumnKind, ColumnTarget, named_by_sheet
from esign_desktop.domain.preset import BranchRole, Preset, RoleId, StaffRole, with_branch, with_staff

if TYPE_CHECKING:
    from esign_desktop.domain.bulk_columns import ColumnChoice
    from esign_desktop.domain.bulk_rows import RowReading

_K = ColumnKind


@dataclass(frozen=True, slots=True)
class FilledRow:
    """What a contract is made of: the preset with the row's own parties and title, its customers, and the answers."""

    preset: Preset = field(repr=False)
    customers: Mapping[RoleId, Person] = field(repr=False)
    answers: Mapping[str, str] = field(repr=False)


def fill_row(preset: Preset, columns: ColumnChoice, reading: RowReading) -> FilledRow:
    """Fill a row that is ready. Nobody in it has an account or an id of ours yet, save those of the preset itself."""
    title = title_of(preset, reading)
    filled = replace(preset, options=replace(preset.options, business_scene=title))
    named = named_by_sheet(preset, columns)
    for role in preset.roles:
        if role.id not in named:
            continue
        if isinstance(role, StaffRole):
            filled = with_staff(filled, role.id, _person(reading, role.id))
        elif isinstance(role, BranchRole):
            organization, agent = role.organization, role.agent
            if reading.of(_K.ORGANIZATION_CODE, role.id):
                organization = Organization(
                    reading.of(_K.ORGANIZATION_NAME, role.id), reading.of(_K.ORGANIZATION_CODE, role.id)
                )
            if reading.of(_K.ID_NUMBER, role.id):
                agent = _person(reading, role.id)
                # The platform ties an organization to its agent: with another one it is another account.
                organization = replace(organization, account_id="", third_id="")
            filled = with_branch(filled, role.id, organization, agent)
    customers = {role.id: _person(reading, role.id) for role in preset.customers}
    answers = {
        question: reading.values.get(ColumnTarget(_K.QUESTION, question=question), "")
        for question in (*preset.questions, *preset.document_questions)
    }
    return FilledRow(filled, customers, answers)


def title_of(preset: Preset, reading: RowReading) -> str:
    """Return what the row's contract is called."""
    return reading.of(_K.TITLE) or preset.title


def _person(reading: RowReading, role_id: RoleId) -> Person:
    return Person(
        reading.of(_K.NAME, role_id),
        reading.of(_K.ID_NUMBER, role_id),
        reading.id_type(role_id),
        reading.of(_K.MOBILE, role_id),
        reading.of(_K.EMAIL, role_id),
    )
