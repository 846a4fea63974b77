"""The data that the columns of a sheet can supply for a preset, and the data that they must supply."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.signer import (
    OpenSigner,
    OrganizationSigner,
    PersonSigner,
    SignerId,
    is_organization,
    title_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.domain.signer import Signer


class ColumnKind(StrEnum):
    """The kind of data in a column. The values are stored in the database.

    TITLE is the contract's title, REFERENCE is the clerk's own contract number, and QUESTION is the value of a form
    field. All other kinds describe the signer in a role. For an organization, NAME, ID_NUMBER, ID_TYPE, MOBILE and
    EMAIL describe the organization's agent.
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
IDENTITY_KINDS: Final = (*_IDENTITY, *_ORGANIZATION_IDENTITY)
"""The kinds of data that each row must contain for a customer. The last two kinds apply only to organizations."""


@dataclass(frozen=True, slots=True)
class ColumnTarget:
    """The use of a column's data: the kind of data, and the role or form field to which the data belongs."""

    kind: ColumnKind
    role_id: SignerId | None = None
    question: str = ""


@dataclass(frozen=True, slots=True)
class TargetOffer:
    """A target that the user can choose for a column.

    ``role_title`` is empty if the target can be distinguished from the other targets without a title.
    """

    target: ColumnTarget
    role_title: str
    is_required: bool


ColumnChoice = tuple[ColumnTarget | None, ...]
"""The target of each column of a sheet. A column whose target is None is ignored."""


def offers_of(preset: Preset) -> tuple[TargetOffer, ...]:
    """Return all targets that the preset offers for columns. Within each role, required targets come first."""
    return tuple(_offers(preset))


def missing_targets(preset: Preset, columns: ColumnChoice) -> tuple[ColumnTarget, ...]:
    """Return the required targets that no column supplies.

    Every customer needs a name and an ID number or organization code. If the customer is an organization, the agent's
    name and ID number are also required. Every required form field needs a value. If the sheet supplies any part of the
    identity of a staff member or branch, it must supply the complete identity.
    """
    chosen = {target for target in columns if target is not None}
    required = [offer.target for offer in offers_of(preset) if offer.is_required]
    for role in preset.signers:
        if isinstance(role, OpenSigner):
            continue
        for kinds, identity in ((PERSON_KINDS, _IDENTITY), (ORGANIZATION_KINDS, _ORGANIZATION_IDENTITY)):
            if any(ColumnTarget(kind, role.id) in chosen for kind in kinds):
                required += [ColumnTarget(kind, role.id) for kind in identity]
    return tuple(target for target in dict.fromkeys(required) if target not in chosen)


def with_target(columns: ColumnChoice, column_index: int, target: ColumnTarget | None) -> ColumnChoice:
    """Return the column choice with the target assigned to one column and removed from any other column.

    If ``target`` is None, the column is ignored when the sheet is read. Raises IndexError if there is no such column.
    """
    chosen = [None if existing == target else existing for existing in columns]
    chosen[column_index] = target
    return tuple(chosen)


def fitted(preset: Preset, columns: ColumnChoice, column_count: int) -> ColumnChoice:
    """Return the column choice adapted to the number of columns and to the targets that the preset offers.

    A duplicate target, or a target that the preset does not offer, is replaced with None.
    """
    offered = {offer.target for offer in offers_of(preset)}
    seen: set[ColumnTarget] = set()
    chosen: list[ColumnTarget | None] = []
    for target in (*columns[:column_count], *(None,) * (column_count - len(columns))):
        is_good = target is not None and target in offered and target not in seen
        chosen.append(target if is_good else None)
        if target is not None:
            seen.add(target)
    return tuple(chosen)


def named_by_sheet(preset: Preset, columns: ColumnChoice) -> frozenset[SignerId]:
    """Return the staff and branch roles whose signer comes from the sheet instead of the preset."""
    chosen = {target.role_id for target in columns if target is not None and target.role_id is not None}
    return frozenset(role.id for role in preset.signers if role.id in chosen and not isinstance(role, OpenSigner))


def _offers(preset: Preset) -> Iterator[TargetOffer]:
    others = [role for role in preset.signers if isinstance(role, PersonSigner | OrganizationSigner)]
    customers = preset.customers
    for customer in customers:
        title = title_of(customer) if len(customers) > 1 or others else ""
        yield from _of_party(customer, title, is_required=True)
    for question in preset.questions:
        is_required = not preset.question(question).is_optional
        yield TargetOffer(ColumnTarget(ColumnKind.QUESTION, question=question), "", is_required=is_required)
    for name in preset.document_questions:
        yield TargetOffer(ColumnTarget(ColumnKind.QUESTION, question=name), "", is_required=False)
    yield TargetOffer(ColumnTarget(ColumnKind.TITLE), "", is_required=False)
    yield TargetOffer(ColumnTarget(ColumnKind.REFERENCE), "", is_required=False)
    for other in others:
        yield from _of_party(other, title_of(other), is_required=False)


def _of_party(signer: Signer, title: str, *, is_required: bool) -> Iterator[TargetOffer]:
    kinds = (*ORGANIZATION_KINDS, *PERSON_KINDS) if is_organization(signer) else PERSON_KINDS
    for kind in kinds:
        yield TargetOffer(ColumnTarget(kind, signer.id), title, is_required=is_required and kind in IDENTITY_KINDS)
