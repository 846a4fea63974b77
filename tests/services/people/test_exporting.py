"""Contacts are written into a table: masked unless wanted otherwise, never computed, and read again as they were."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import openpyxl
import pytest

from esign_desktop.domain.account import Organization, OrganizationCodeType, Person, PersonIdType
from esign_desktop.domain.errors import Cancelled, CancelToken, StoreError
from esign_desktop.domain.people.contact import ContactEntry, new_contact_id
from esign_desktop.domain.people.importing import ImportFate, ImportPlan
from esign_desktop.services.people.exporting import export_contacts
from esign_desktop.services.people.importing import ContactImport
from esign_desktop.ui.text.contact_table import table_words
from tests.bulk_samples import id_number
from tests.services.people.test_contacts import service_of

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.domain.people.contact import ContactId
    from esign_desktop.services.people.contacts import ContactService
    from tests.services.desk import Desk

PEOPLE = (
    Person("孙样", id_number(1), mobile="13800000001", email="sun@example.com", third_id="=K-1"),
    Person("MARIA SAMPLE", "E12345678", PersonIdType.PASSPORT, "+442079460000"),
    Organization("老字号", "110000012345678", OrganizationCodeType.BUSINESS_REGISTRATION, "李样", id_number(2)),
)
SECRETS = (
    id_number(1),
    "13800000001",
    "sun@example.com",
    "E12345678",
    "110000012345678",
    id_number(2),
    "+442079460000",
)


@pytest.fixture
def contacts(desk: Desk) -> ContactService:
    one = service_of(desk)
    agent = new_contact_id()
    sun, maria, company = PEOPLE
    assert isinstance(sun, Person)
    one.import_all(
        [ContactEntry(sun, agent), ContactEntry(maria), ContactEntry(company, is_ours=True, agents=(agent,))]
    )
    return one


def everybody(contacts: ContactService) -> list[ContactId]:
    return [one.id for one in contacts.search("").contacts]


def cells_of(path: Path) -> list[list[str]]:
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [*csv.reader(file)]
    page = openpyxl.load_workbook(path).active
    assert page is not None
    assert all(cell.data_type in {"s", "n"} for row in page.iter_rows() for cell in row)
    return [[str(value or "") for value in row] for row in page.iter_rows(values_only=True)]


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_numbers_and_addresses_are_masked_unless_somebody_wants_them(
    contacts: ContactService, tmp_path: Path, suffix: str
) -> None:
    masked, clear = tmp_path / f"masked{suffix}", tmp_path / f"clear{suffix}"
    assert export_contacts(contacts, everybody(contacts), masked, table_words(), in_clear=False) == 3
    export_contacts(contacts, everybody(contacts), clear, table_words(), in_clear=True)
    told = [cell for row in cells_of(masked) for cell in row]
    assert not [secret for secret in SECRETS if any(secret in cell for cell in told)]
    assert "138****0001" in told
    told = [cell.lstrip("'") for row in cells_of(clear) for cell in row]
    assert not [secret for secret in SECRETS if secret not in told]


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_no_program_computes_a_cell(contacts: ContactService, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"x{suffix}"
    export_contacts(contacts, everybody(contacts), path, table_words(), in_clear=True)
    cells = [cell for row in cells_of(path) for cell in row]
    # In a workbook a cell's type says that it is text; in a CSV file a mark does.
    assert ("'=K-1" if suffix == ".csv" else "=K-1") in cells


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_what_was_written_is_taken_in_as_it_was(contacts: ContactService, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"x{suffix}"
    export_contacts(contacts, everybody(contacts), path, table_words(), in_clear=True)
    plan = ContactImport(contacts).plan(path)
    assert isinstance(plan, ImportPlan)
    assert not plan.left_out_columns
    assert {row.fate for row in plan.rows} == {ImportFate.SAME}


def test_a_masked_table_takes_nobody_in(contacts: ContactService, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    export_contacts(contacts, everybody(contacts), path, table_words(), in_clear=False)
    plan = ContactImport(contacts).plan(path)
    assert isinstance(plan, ImportPlan)
    assert not plan.taken


def test_stopping_and_a_folder_that_is_away_leave_nothing(contacts: ContactService, tmp_path: Path) -> None:
    path, token = tmp_path / "x.csv", CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        export_contacts(contacts, everybody(contacts), path, table_words(), in_clear=False, cancel=token)
    assert not path.exists()
    with pytest.raises(StoreError):
        export_contacts(contacts, everybody(contacts), tmp_path / "gone" / "x.csv", table_words(), in_clear=False)


def test_who_is_gone_meanwhile_is_left_out(contacts: ContactService, tmp_path: Path) -> None:
    ids = [*everybody(contacts), new_contact_id()]
    assert export_contacts(contacts, ids, tmp_path / "x.csv", table_words(), in_clear=False) == 3
