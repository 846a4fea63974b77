"""What the columns of a sheet can be for a preset, and which of them have to be there."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.preset.edits import role_title
from esign_desktop.domain.preset.preset import BranchRole, CustomerRole, RoleId, StaffRole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esign_desktop.domain.preset.preset import Preset, Role


class ColumnKind(StrEnum):
    """What a column holds; the names are kept in the database.

    TITLE is what the row's contract is called, REFERENCE the clerk's own number of it, QUESTION what is typed into a
    form field. All others are about a role; a branch's NAME, ID_NUMBER, ID_TYPE, MOBILE and EMAIL are its agent's.
    """

    NAME = "name"
    ID_NUMBER = "id_number"
    ID_TYPE = "id_type"
    MOBILE = "mobile"
    EMAIL = "email"
    ORGANIZATION_NAME = "organization_name"
    ORGANIZATION_CODE = "organization_code"
    CODE_TYPE = "code_type"
    TITLE = "title"
    REFERENCE = "reference"
    QUESTION = "question"


PERSON_KINDS: Final = (
    ColumnKind.NAME,
    ColumnKind.ID_NUMBER,
    ColumnKind.MOBILE,
    ColumnKind.EMAIL,
    ColumnKind.ID_TYPE,
)
ORGANIZATION_KINDS: Final = (ColumnKind.ORGANIZATION_NAME, ColumnKind.ORGANIZATION_CODE, ColumnKind.CODE_TYPE)
_IDENTITY: Final = (ColumnKind.NAME, ColumnKind.ID_NUMBER)
_ORGANIZATION_IDENTITY: Final = (ColumnKind.ORGANIZATION_NAME, ColumnKind.ORGANIZATION_CODE)


@dataclass(frozen=True, slots=True)
class ColumnTarget:
    """Where a column's values go."""

    kind: ColumnKind
    role_id: RoleId | None = None
    question: str = ""


@dataclass(frozen=True, slots=True)
class TargetOffer:
    """One of the things that a column can be. ``role_title`` is empty where no role needs to be told from another."""

    target: ColumnTarget
    role_title: str
    is_required: bool


ColumnChoice = tuple[ColumnTarget | None, ...]
"""What each column of a sheet is for; None leaves it out."""


def offers_of(preset: Preset) -> tuple[TargetOffer, ...]:
    """Return everything that a column can be, those that are needed first within each role."""
    return tuple(_offers(preset))


def missing_targets(preset: Preset, columns: ColumnChoice) -> tuple[ColumnTarget, ...]:
    """Return what has no column although no row can be sent without it.

    Customers always need theirs, and so do questions that must be answered. Whoever else is named by the sheet needs a
    name and a number.
    """
    chosen = {target for target in columns if target is not None}
    required = [offer.target for offer in offers_of(preset) if offer.is_required]
    for role in preset.roles:
        if isinstance(role, CustomerRole):
            continue
        for kinds, identity in ((PERSON_KINDS, _IDENTITY), (ORGANIZATION_KINDS, _ORGANIZATION_IDENTITY)):
            if any(ColumnTarget(kind, role.id) in chosen for kind in kinds):
                required += [ColumnTarget(kind, role.id) for kind in identity]
    return tuple(target for target in dict.fromkeys(required) if target not in chosen)


def with_target(columns: ColumnChoice, column_index: int, target: ColumnTarget | None) -> ColumnChoice:
    """Choose what a column is for; another column that was for the same is left out. Raises IndexError."""
    chosen = [None if one == target else one for one in columns]
    chosen[column_index] = target
    return tuple(chosen)


def fitted(preset: Preset, columns: ColumnChoice, column_count: int) -> ColumnChoice:
    """Return the choice for so many columns, without what the preset does not have, or has been chosen twice."""
    offered = {offer.target for offer in offers_of(preset)}
    seen: set[ColumnTarget] = set()
    chosen: list[ColumnTarget | None] = []
    for target in (*columns[:column_count], *(None,) * (column_count - len(columns))):
        is_good = target is not None and target in offered and target not in seen
        chosen.append(target if is_good else None)
        if target is not None:
            seen.add(target)
    return tuple(chosen)


def named_by_sheet(preset: Preset, columns: ColumnChoice) -> frozenset[RoleId]:
    """Return the staff and branches whom the sheet names in the place of the preset."""
    chosen = {target.role_id for target in columns if target is not None and target.role_id is not None}
    return frozenset(role.id for role in preset.roles if role.id in chosen and not isinstance(role, CustomerRole))


def _offers(preset: Preset) -> Iterator[TargetOffer]:
    others = [role for role in preset.roles if isinstance(role, StaffRole | BranchRole)]
    customers = preset.customers
    for role in customers:
        title = role_title(role) if len(customers) > 1 or others else ""
        yield from _of_person(role, title, is_required=True)
    for question in preset.questions:
        is_required = not preset.question(question).is_optional
        yield TargetOffer(ColumnTarget(ColumnKind.QUESTION, question=question), "", is_required=is_required)
    for name in preset.document_questions:
        yield TargetOffer(ColumnTarget(ColumnKind.QUESTION, question=name), "", is_required=False)
    yield TargetOffer(ColumnTarget(ColumnKind.TITLE), "", is_required=False)
    yield TargetOffer(ColumnTarget(ColumnKind.REFERENCE), "", is_required=False)
    for other in others:
        title = role_title(other)
        if isinstance(other, BranchRole):
            for kind in ORGANIZATION_KINDS:
                yield TargetOffer(ColumnTarget(kind, other.id), title, is_required=False)
        yield from _of_person(other, title, is_required=False)


def _of_person(role: Role, title: str, *, is_required: bool) -> Iterator[TargetOffer]:
    for kind in PERSON_KINDS:
        yield TargetOffer(ColumnTarget(kind, role.id), title, is_required=is_required and kind in _IDENTITY)
