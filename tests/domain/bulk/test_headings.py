"""Columns of sheets without headings are known by their contents, where that leaves no doubt."""

from __future__ import annotations

import pytest

from esign_desktop.domain.bulk.columns import ColumnKind, ColumnTarget
from esign_desktop.domain.bulk.headings import (
    are_headings_doubtful,
    holds_a_person,
    lay_out,
    match_contents,
    with_headings,
    without_headings,
)
from esign_desktop.domain.bulk.sheet import SheetRow, with_cells
from tests.bulk_samples import BORROWER, CREDIT_CODE, HEADINGS, id_number, make_preset, person_row

KINDS = (ColumnKind.NAME, ColumnKind.ID_NUMBER, ColumnKind.MOBILE)


def rows(*cells: tuple[str, ...]) -> list[SheetRow]:
    return [SheetRow(number, row) for number, row in enumerate(cells, 1)]


def person(count: int) -> tuple[str, str, str]:
    return (f"{'张李王赵陈'[count % 5]}{chr(0x4E00 + count)}", *person_row(count)[1:])


def kinds(*cells: tuple[str, ...], customers: int = 1) -> list[ColumnKind | None]:
    found = match_contents(make_preset(customers=customers), rows(*cells))
    assert all(target is None or target.role_id == BORROWER for target in found)
    return [None if target is None else target.kind for target in found]


def test_a_name_a_number_and_a_mobile_are_told_apart_in_any_order() -> None:
    assert kinds(*[person(count) for count in range(9)]) == [*KINDS]
    assert kinds(*[person(count)[::-1] for count in range(9)]) == [*KINDS[::-1]]


def test_what_could_be_one_or_the_other_is_left_to_the_clerk() -> None:
    assert kinds(("张三", "李四", id_number(1), "13800000001", "13800000002")) == [
        None, None, ColumnKind.ID_NUMBER, None, None,
    ]  # fmt: skip
    # Nobody can know which of two people of a contract a name is.
    assert kinds(person(1), person(2), customers=2) == [None, None, None]


def test_places_and_kinds_of_documents_are_no_names() -> None:
    row = ("北京", "身份证", "张三", id_number(1), "a@example.com", "1,234.50")
    expected = [None, ColumnKind.ID_TYPE, ColumnKind.NAME, ColumnKind.ID_NUMBER, ColumnKind.EMAIL, None]
    assert kinds(row, row) == expected


def test_a_sheet_without_rows_has_no_columns() -> None:
    assert kinds() == []


def test_the_customers_organization_is_not_guessed() -> None:
    assert kinds((CREDIT_CODE, "张三", id_number(1)))[0] is None


@pytest.mark.parametrize(
    "cells",
    [
        ("张三", id_number(1)),
        ("张三", "+86 138-0000-0001"),
        ("a", "zhang@example.com"),
        ("b", CREDIT_CODE),
        ("c", "1" * 18),
    ],
)
def test_a_row_with_somebodys_number_or_address_is_somebodys(cells: tuple[str, ...]) -> None:
    assert holds_a_person(cells)


@pytest.mark.parametrize("cells", [HEADINGS, ("2026年名单", ""), ("姓名", "电话(11位)", "20260101"), ()])
def test_a_row_of_headings_is_nobodys(cells: tuple[str, ...]) -> None:
    assert not holds_a_person(cells)


def test_the_first_row_is_what_the_clerk_says_it_is() -> None:
    sheet = lay_out("a.csv", "a.csv", rows(("甲列", "乙列"), ("张三", "E1234567"), ("李四", "E7654321")))
    assert sheet.headings == ("甲列", "乙列")
    assert are_headings_doubtful(sheet)
    plain = without_headings(sheet)
    assert (plain.has_headings, [row.number for row in plain.rows]) == (False, [1, 2, 3])
    corrected = with_cells(plain, {(0, 0): "另一个"})
    assert (with_headings(corrected).headings, with_headings(corrected).rows) == (sheet.headings, sheet.rows)
    assert without_headings(with_headings(corrected)) == corrected
    assert without_headings(plain) == plain


def test_known_headings_are_not_doubted() -> None:
    sheet = lay_out("a.csv", "a.csv", rows(HEADINGS, person(1)))
    assert not are_headings_doubtful(sheet)
    assert match_contents(make_preset(), sheet.rows)[0] == ColumnTarget(ColumnKind.NAME, BORROWER)
