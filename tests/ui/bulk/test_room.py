"""From an empty room to the dry run: presets, sheets, columns, and corrections in the grid."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import openpyxl
import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from esign_desktop.domain.bulk.columns import ColumnKind
from esign_desktop.domain.errors import InputError, StoreError
from esign_desktop.domain.options import AccountParty
from esign_desktop.domain.preset.preset import PresetId
from esign_desktop.ui.bulk.model import FIRST_CELL
from esign_desktop.ui.bulk.words import RowFilter
from tests.bulk_samples import HEADINGS, id_number, make_preset, read_sheet
from tests.ui.bulk.fake_bulk import good_rows, wrong_number

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from tests.ui.bulk.conftest import Desk

ROLES = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole)


def faulty_rows(count: int, *faulty: int) -> list[tuple[str, str, str]]:
    """Return people, of whom some have a number that can't be right."""
    rows = good_rows(count)
    for index in faulty:
        rows[index] = wrong_number(rows[index])
    return rows


def is_wanted(desk: Desk, *paths: Path) -> bool:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    left = Qt.MouseButton.LeftButton
    event = QDragEnterEvent(QPoint(9, 9), Qt.DropAction.CopyAction, data, left, Qt.KeyboardModifier.NoModifier)
    event.ignore()
    desk.room.dragEnterEvent(event)
    return event.isAccepted()


def test_without_a_preset_the_room_says_so_and_offers_to_make_one(desk: Desk, qtbot: QtBot) -> None:
    desk.presets.presets = ()
    desk.enter()
    with qtbot.waitSignal(desk.room.preset_wanted):
        desk.button("Prepare and save").click()


def test_the_only_preset_is_chosen_by_itself_and_says_what_its_sheet_needs(desk: Desk) -> None:
    desk.enter()
    assert "Required columns: Name, ID number." in desk.texts
    assert desk.button("Save blank sheet").isEnabled()


def test_a_sheet_that_comes_first_waits_for_its_preset(desk: Desk, qtbot: QtBot) -> None:
    other = replace(make_preset(), id=PresetId("other"), name="other")
    desk.presets.presets = (other, *desk.presets.presets)
    desk.enter()
    desk.room.take_sheet(desk.write(good_rows(3)))
    assert "“名单.csv” is ready. Choose the contract on the left." in desk.texts
    desk.room.start.presets.setCurrentRow(1)
    desk.wait_planned()
    assert "3 ready" in desk.texts


def test_a_sheet_is_wanted_and_a_pdf_is_left_to_prepare(desk: Desk, tmp_path: Path) -> None:
    desk.enter()
    sheet = desk.write(good_rows(1))
    assert is_wanted(desk, sheet)
    assert not is_wanted(desk, tmp_path / "contract.pdf")
    assert not is_wanted(desk, tmp_path)
    assert not is_wanted(desk, sheet, sheet)


def test_a_file_that_is_no_sheet_is_told_and_the_room_stays(desk: Desk, qtbot: QtBot) -> None:
    desk.enter()
    path = desk.folder / "picture.xlsx"
    path.write_bytes(b"PK\x03\x04 nothing")
    failures: list[InputError] = []
    desk.room.work.failed.connect(failures.append)
    desk.room.take_sheet(path)
    qtbot.waitUntil(lambda: bool(failures))
    assert failures[0].code.startswith("sheet.")
    assert desk.button("Choose spreadsheet").isEnabled()


def test_a_file_that_is_no_sheet_leaves_what_was_corrected(desk: Desk, qtbot: QtBot) -> None:
    desk.lay_out(faulty_rows(3, 1))
    desk.model.setData(desk.cell(1, 1), id_number(2))
    desk.wait_planned()
    with qtbot.waitSignal(desk.room.work.failed):
        desk.room.take_sheet(desk.folder / "no such.csv")
    assert desk.states() == ["Ready"] * 3
    assert desk.button("Send 3 contracts").isEnabled()


def test_an_empty_sheet_with_the_right_headings_is_matched_by_itself(desk: Desk, qtbot: QtBot) -> None:
    desk.enter()
    target = desk.folder / "empty.csv"
    desk.room.save_template_to(target)
    qtbot.waitUntil(target.exists)
    headings = target.read_text("utf-8-sig").splitlines()[0].split(",")
    desk.room.take_sheet(desk.write([("张三", id_number(1))], headings=tuple(headings[:2])))
    desk.wait_planned()
    assert desk.states() == ["Ready"]


def test_a_package_that_has_ended_is_told_before_anything_is_sent(desk: Desk) -> None:
    desk.bulk.is_package_over = True
    desk.lay_out(faulty_rows(100, 4, 17, 60))
    assert "1,240 left after that. Your plan has ended. The platform will reject contracts." in desk.texts


def test_the_dry_run_is_told_in_words(desk: Desk) -> None:
    desk.lay_out(faulty_rows(100, 4, 17, 60))
    assert "97 ready, 3 to correct" in desk.texts
    assert "Reserves 97 contracts, about ¥485.00; 1,240 left after that." in desk.texts
    assert desk.button("Send 97 contracts").isEnabled()
    bar = desk.room.rows.filters
    assert [bar.button(kind).text() for kind in RowFilter] == ["All 100", "To correct 3", "Ready 97", "Sent 0"]


def test_more_than_the_package_has_left_is_an_alarm(desk: Desk) -> None:
    desk.bulk.left_before = 2
    desk.lay_out(good_rows(5))
    assert "Reserves 5 contracts, about ¥25.00: 3 more than your plan has left." in desk.texts


def test_a_sheet_that_somebody_else_pays_for_reserves_nothing_of_ours(desk: Desk) -> None:
    (preset,) = desk.presets.presets
    payer = AccountParty("account", "云禾银行")
    desk.presets.presets = (replace(preset, options=replace(preset.options, payer=payer)),)
    desk.lay_out(good_rows(5))
    assert "Nothing is reserved from your plan: according to the preset, someone else pays." in desk.texts
    assert "Reserves" not in desk.texts


def test_no_whole_id_number_is_ever_seen(desk: Desk) -> None:
    desk.lay_out([*faulty_rows(3, 1), (id_number(50), "张三", "13800000000")])
    numbers = {cell for row in desk.room.work.sheet.rows for cell in row.cells if len(cell) == 18}  # type: ignore[union-attr]
    assert len(numbers) == 4
    shown = [
        str(desk.model.index(row, column).data(role) or "")
        for row in range(desk.model.rowCount())
        for column in range(desk.model.columnCount())
        for role in ROLES
    ]
    assert [text for text in shown for number in numbers if number in text or number[:14] in text] == []
    assert f"****{id_number(50)[-4:]}" in " ".join(shown)


@pytest.mark.parametrize("is_taken", [True, False])
def test_one_rule_masks_numbers_whether_a_column_is_taken_or_not(desk: Desk, *, is_taken: bool) -> None:
    desk.lay_out([("张三", id_number(50), "138 0000 0001"), ("李四", "3.30102E+17", "13800000002")])
    if not is_taken:
        for column in range(3):
            desk.room.work.choose_target(column, None)
    cells = [[desk.cell(row, column).data() for column in range(3)] for row in range(2)]
    assert cells == [
        ["张三", f"****{id_number(50)[-4:]}", "138****0001"],
        ["李四", "3.30102E+17", "138****0002"],
    ]
    # Whole in the field that corrects it.
    assert desk.cell(1, 2).data(Qt.ItemDataRole.EditRole) == "13800000002"


def test_a_faulty_cell_is_marked_and_says_why(desk: Desk) -> None:
    desk.lay_out(faulty_rows(2, 1))
    good, faulty = desk.cell(0, 1), desk.cell(1, 1)
    reason = "Invalid ID number: wrong length or check digit."
    assert faulty.data(Qt.ItemDataRole.BackgroundRole) is not None
    assert good.data(Qt.ItemDataRole.BackgroundRole) is None
    assert reason in faulty.data(Qt.ItemDataRole.AccessibleTextRole)
    assert desk.model.index(1, 2).data() == reason


def test_f8_goes_from_fault_to_fault_and_enter_opens_it(desk: Desk, qtbot: QtBot) -> None:
    desk.lay_out(faulty_rows(6, 1, 4))
    for position in (1, 4, 1):
        desk.table.go_to_fault(+1)
        assert (desk.table.currentIndex().row(), desk.table.currentIndex().column()) == (position, FIRST_CELL + 1)
    assert "Row 3 (样本丙丂): Invalid ID number" in desk.texts
    QTest.keyClick(desk.table, Qt.Key.Key_Return)
    field = desk.table.findChild(QLineEdit)
    assert field.accessibleName() == "身份证号"
    assert field.text() == desk.room.work.sheet.rows[1].cells[1]  # type: ignore[union-attr]


def test_f8_also_stops_where_a_row_as_a_whole_is_wrong(desk: Desk) -> None:
    desk.lay_out(good_rows(4), headings=("姓名", "号", "手机号"))
    for position in (1, 2):
        desk.table.go_to_fault(+1)
        assert (desk.table.currentIndex().row(), desk.table.currentIndex().column()) == (position, 2)
    assert "Row 4 (样本丁七): ID number is missing." in desk.texts


def test_a_corrected_cell_makes_its_row_ready_and_stays_where_it_is(desk: Desk) -> None:
    desk.lay_out(faulty_rows(5, 1, 3))
    desk.room.rows.filters.choose(RowFilter.ATTENTION)
    assert desk.model.rowCount() == 2
    assert desk.model.setData(desk.cell(0, 1), id_number(2))
    assert not desk.room.work.may_send
    desk.wait_planned()
    assert desk.states() == ["Ready", "To correct"]
    assert "Corrected here; the sheet says “****" in desk.cell(0, 1).data(Qt.ItemDataRole.ToolTipRole)
    assert "4 ready, 1 to correct" in desk.texts
    desk.room.rows.filters.choose(RowFilter.ATTENTION)
    assert desk.states() == ["To correct"]


def test_a_column_can_be_taken_as_something_else_or_left_out(desk: Desk, qtbot: QtBot) -> None:
    rows = [(name, number, mobile, "x") for name, number, mobile in good_rows(2)]
    desk.lay_out(rows, headings=("姓名", "号", "手机号", "身份证号"))
    assert desk.states() == ["To correct"] * 2
    names, number, _, spare = desk.room.rows.strip.choices
    number.setCurrentText("ID number")
    number.activated.emit(number.currentIndex())
    desk.wait_planned()
    assert desk.states() == ["Ready"] * 2
    assert spare.currentText() == "Ignore"
    names.setCurrentIndex(0)
    names.activated.emit(0)
    desk.wait_planned()
    assert desk.room.work.plan.missing[0].kind is ColumnKind.NAME  # type: ignore[union-attr]
    assert "No column for: Name. Choose the columns above the table." in desk.texts
    assert not desk.room.rows.foot.send_button.isEnabled()


def test_the_choices_stand_above_their_columns_also_after_scrolling(desk: Desk) -> None:
    headings = ("姓名", "身份证号", *(f"其他{number}" for number in range(20)))
    desk.lay_out([(*good_rows(1)[0][:2], *["值"] * 20)], headings=headings)
    desk.room.rows.strip.choices[-1].setFocus()
    header = desk.table.horizontalHeader()
    assert desk.table.horizontalScrollBar().value() > 0
    for column, choice in enumerate(desk.room.rows.strip.choices):
        left = header.sectionViewportPosition(FIRST_CELL + column)
        assert abs(choice.x() - left) <= 4
        assert choice.width() <= header.sectionSize(FIRST_CELL + column)


def test_what_fails_to_be_planned_can_not_be_sent(desk: Desk, qtbot: QtBot) -> None:
    desk.lay_out(good_rows(2))
    desk.bulk.failure = StoreError("store.disk_full")
    with qtbot.waitSignal(desk.room.work.failed):
        desk.model.setData(desk.cell(0, 0), "李四")
    assert not desk.room.work.may_send
    assert not desk.room.rows.foot.send_button.isEnabled()


def test_rows_to_correct_are_saved_as_a_sheet_that_can_be_dropped_again(desk: Desk, qtbot: QtBot) -> None:
    desk.lay_out(faulty_rows(6, 2, 5))
    target = desk.folder / "to correct.xlsx"
    desk.room.save_faulty_to(target)
    qtbot.waitUntil(target.exists)
    kept = read_sheet(target)
    sheet = desk.room.work.sheet
    assert sheet is not None
    assert kept.headings == (*sheet.headings, "Original row", "Corrections needed")
    assert [row.cells[:3] for row in kept.rows] == [sheet.rows[index].cells for index in (2, 5)]
    assert [row.cells[3] for row in kept.rows] == ["4", "7"]
    assert all("Invalid ID number" in row.cells[4] for row in kept.rows)


def test_rows_that_are_saved_twice_keep_their_first_number_and_what_is_hidden_stays_so(
    desk: Desk, qtbot: QtBot
) -> None:
    desk.enter()
    rows = faulty_rows(6, 2, 5)
    first, second, third = (desk.folder / f"{name}.xlsx" for name in ("list", "once", "twice"))
    book = openpyxl.Workbook()
    for row in (HEADINGS, *rows):
        book.worksheets[0].append(list(row))
    book.worksheets[0].row_dimensions[3].hidden = True
    book.save(first)
    desk.room.take_sheet(first)
    desk.wait_planned()
    desk.room.save_faulty_to(second)
    qtbot.waitUntil(second.exists)
    desk.room.take_sheet(second)
    qtbot.waitUntil(lambda: desk.room.work.sheet is not None and desk.room.work.sheet.name == "once.xlsx")
    desk.wait_planned()
    desk.room.save_faulty_to(third)
    qtbot.waitUntil(third.exists)
    for path in (second, third):
        kept = read_sheet(path)
        assert len(kept.headings) == 5
        assert [(row.cells[3], row.is_hidden) for row in kept.rows] == [("3", True), ("4", False), ("7", False)]
        assert "hidden in the sheet" in kept.rows[0].cells[4]


def test_rows_of_a_sheet_without_headings_are_saved_under_some(desk: Desk, qtbot: QtBot) -> None:
    rows = [(name, number, mobile) for name, number, mobile in faulty_rows(4, 1, 2)]
    desk.lay_out([("李四", *row[1:]) for row in rows[1:]], headings=("张三", *rows[0][1:]))
    target = desk.folder / "to correct.xlsx"
    desk.room.save_faulty_to(target)
    qtbot.waitUntil(target.exists)
    kept = read_sheet(target)
    assert kept.headings[:3] == ("姓名", "证件号码", "手机号")
    assert [row.cells[3] for row in kept.rows] == ["2", "3"]


def test_two_thousand_rows_are_asked_about_only_where_they_are_seen(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = 0
    model = type(desk.model)
    data = model.data

    def counted(self: object, *words: object) -> object:
        nonlocal asked
        asked += 1
        return data(self, *words)

    monkeypatch.setattr(model, "data", counted)
    desk.lay_out(good_rows(2000))
    desk.table.repaint()
    assert desk.model.rowCount() == 2000
    assert 0 < asked < 20_000


def test_a_preset_that_was_edited_meanwhile_is_looked_at_anew(desk: Desk, qtbot: QtBot) -> None:
    desk.lay_out(good_rows(2))
    edited = make_preset(questions=("金额",))
    desk.presets.presets = (edited,)
    desk.room.activated()
    qtbot.waitUntil(lambda: "No column for: 金额. Choose the columns above the table." in desk.texts)
    assert desk.states() == ["To correct"] * 2
    assert desk.room.rows.strip.choices[0].findText("金额") > 0


def test_a_sheet_can_be_put_away(desk: Desk, qtbot: QtBot) -> None:
    desk.lay_out(good_rows(2))
    desk.button("Close sheet").click()
    assert desk.model.rowCount() == 0
    assert desk.button("Choose spreadsheet").isVisible()
    desk.room.take_sheet(desk.write(good_rows(4)))
    desk.wait_planned()
    assert desk.model.rowCount() == 4


def test_a_sheet_with_corrected_cells_is_asked_about_before_it_is_closed(desk: Desk, qtbot: QtBot) -> None:
    desk.lay_out(good_rows(2))
    desk.room.work.correct(0, 0, "改名")
    desk.wait_planned()
    desk.button("Close sheet").click()
    assert desk.model.rowCount() == 2
    (row,) = desk.messages.rows
    assert "Not saved" in row.title
    row.press()
    assert desk.model.rowCount() == 0
