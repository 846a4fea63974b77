"""Fill in a preset from a row: its signers, the contract title, and the form values.

``remarks_of`` warns about settings of a preset that are unsuitable for bulk sending.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.account import AccountKind, Organization, Person
from esign_desktop.domain.bulk.columns import ColumnKind, ColumnTarget, named_by_sheet
from esign_desktop.domain.customers import customer_names
from esign_desktop.domain.options import MS_PER_DAY, SignWithin
from esign_desktop.domain.preset.preset import Preset, with_branch, with_staff
from esign_desktop.domain.signer import (
    ApplicationSigner,
    OpenParty,
    OpenSigner,
    OrganizationSigner,
    PersonSigner,
    RepresentedOrganization,
    SignerId,
    display_name,
)
from esign_desktop.domain.titles import Naming, with_names

if TYPE_CHECKING:
    from esign_desktop.domain.bulk.columns import ColumnChoice
    from esign_desktop.domain.bulk.rows import RowReading


_K = ColumnKind


@dataclass(frozen=True, slots=True)
class FilledRow:
    """The contents of one contract: the filled-in preset, the customers and the values of the form fields."""

    preset: Preset = field(repr=False)
    customers: Mapping[SignerId, OpenParty] = field(repr=False)
    answers: Mapping[str, str] = field(repr=False)


def fill_row(preset: Preset, columns: ColumnChoice, reading: RowReading, naming: Naming | None = None) -> FilledRow:
    """Return the preset filled in with the values of a row that has no blocking problems.

    People and organizations from the row do not yet have an account id or a ``thirdId``. People and organizations from
    the preset may already have both.
    """
    title = title_of(preset, reading, naming or Naming())
    filled = replace(preset, options=replace(preset.options, business_scene=title))
    named = named_by_sheet(preset, columns)
    for role in preset.signers:
        if role.id not in named:
            continue
        if isinstance(role, PersonSigner):
            filled = with_staff(filled, role.id, _person(reading, role.id))
        elif isinstance(role, OrganizationSigner):
            organization, agent = role.organization, role.agent
            if reading.of(_K.ORGANIZATION_CODE, role.id):
                organization = _organization(reading, role.id)
            if reading.of(_K.ID_NUMBER, role.id):
                agent = _person(reading, role.id)
                # The platform ties an organization's account to its agent, so a new agent requires a new account.
                organization = replace(organization, account_id="", third_id="")
            filled = with_branch(filled, role.id, organization, agent)
    customers = {customer.id: _party(reading, customer) for customer in preset.customers}
    answers = {
        question: reading.values.get(ColumnTarget(_K.QUESTION, question=question), "")
        for question in (*preset.questions, *preset.document_questions)
    }
    return FilledRow(filled, customers, answers)


def title_of(preset: Preset, reading: RowReading, naming: Naming) -> str:
    """Return the title of the row's contract: the title in the row, or else that of the preset or the naming rule."""
    parties = (
        (
            reading.of(_K.ORGANIZATION_NAME, role.id)
            or reading.of(_K.NAME, role.id)
            or ("" if isinstance(role, OpenSigner) else display_name(role)),
            role.terms.is_silent or isinstance(role, ApplicationSigner),
        )
        for role in preset.signers
    )
    customer = next(iter(customer_names(parties, naming.ours)), "")
    return with_names(reading.of(_K.TITLE) or preset.title_rule(naming), preset.contract_name, customer)


def _party(reading: RowReading, customer: OpenSigner) -> OpenParty:
    agent = _person(reading, customer.id)
    if customer.kind is AccountKind.PERSON:
        return agent
    return RepresentedOrganization(_organization(reading, customer.id), agent)


def _organization(reading: RowReading, role_id: SignerId) -> Organization:
    return Organization(
        reading.of(_K.ORGANIZATION_NAME, role_id),
        reading.of(_K.ORGANIZATION_CODE, role_id),
        reading.code_type(role_id),
    )


def _person(reading: RowReading, role_id: SignerId) -> Person:
    return Person(
        reading.of(_K.NAME, role_id),
        reading.of(_K.ID_NUMBER, role_id),
        reading.id_type(role_id),
        reading.of(_K.MOBILE, role_id),
        reading.of(_K.EMAIL, role_id),
    )


LITTLE_TIME_MS: Final = MS_PER_DAY
"""The signing period below which a warning is shown: recipients may not read a message until the next day."""


class BulkRemark(StrEnum):
    """A warning about sending a preset in bulk. The warning does not prevent sending."""

    NO_NOTIFICATIONS = "no_notifications"
    """The platform sends no messages to signers, so the clerk must pass on the links from the result list."""
    LITTLE_TIME = "little_time"
    """Signers have less than a day to sign."""


def remarks_of(preset: Preset) -> tuple[BulkRemark, ...]:
    """Return the warnings to show before the preset is sent in bulk."""
    found = []
    if not preset.options.notices and any(not role.terms.is_silent for role in preset.signers):
        found.append(BulkRemark.NO_NOTIFICATIONS)
    deadline = preset.options.deadline
    if isinstance(deadline, SignWithin) and deadline.duration_ms < LITTLE_TIME_MS:
        found.append(BulkRemark.LITTLE_TIME)
    return tuple(found)
