"""What is confirmed: the values of the forms, who seals without anybody, and where people are led to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from esign_desktop.ui.widgets.deliberate import DeliberateButton
from tests.bulk_samples import HEADINGS, id_number, make_preset
from tests.ui.bulk.fake_bulk import good_rows

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from tests.ui.bulk.conftest import Desk


def test_values_of_the_form_are_shown_as_they_were_typed(desk: Desk) -> None:
    desk.presets.presets = (make_preset(questions=("借款金额", "期限")),)
    rows = [(*row, f"1,234.5{at}", "12 个月") for at, row in enumerate(good_rows(10))]
    desk.lay_out(rows, headings=(*HEADINGS, "借款金额", "期限"))
    desk.button("Send 10").click()
    assert "Row 2, 样***: 借款金额 1,234.50, 期限 12 个月" in desk.texts
    assert "1,234.57" in desk.texts
    assert "1,234.58" not in desk.texts
    assert "and 2 more rows; see the table." in desk.texts


def test_a_confirmation_that_arrives_twice_sends_once(desk: Desk) -> None:
    desk.lay_out(good_rows(2))
    desk.room.rows.foot.send_button.click()
    button, plans = desk.button("Send 2"), list[object]()
    assert isinstance(button, DeliberateButton)
    desk.room.confirm.confirmed.connect(plans.append)
    button.meant.emit()
    button.meant.emit()
    assert len(plans) == 1


def test_seals_that_need_nobody_and_the_address_after_signing_are_shown(desk: Desk) -> None:
    preset = make_preset(bank=True)
    options = replace(preset.options, redirect_url="https://example.org/thanks")
    desk.presets.presets = (replace(preset, options=options),)
    desk.lay_out(good_rows(1))
    desk.button("Send 1").click()
    assert "示例银行 seals each contract automatically." in desk.texts
    assert "After signing, signers are redirected to https://example.org/thanks." in desk.texts


def test_pages_that_open_after_the_confirmation_was_left_are_closed(desk: Desk, qtbot: QtBot) -> None:
    pages = desk.presets.pages
    pages.gate.clear()
    desk.lay_out(good_rows(1))
    desk.button("Send 1").click()
    QTest.keyClick(desk.room.confirm, Qt.Key.Key_Escape)
    pages.gate.set()
    qtbot.waitUntil(lambda: pages.opened_count == 1)
    qtbot.waitUntil(lambda: pages.open_ids == [])


def test_pages_are_open_once_although_the_confirmation_was_left_and_entered_again(desk: Desk, qtbot: QtBot) -> None:
    pages = desk.presets.pages
    pages.gate.clear()
    desk.lay_out(good_rows(1))
    desk.button("Send 1").click()
    QTest.keyClick(desk.room.confirm, Qt.Key.Key_Escape)
    desk.button("Send 1").click()
    pages.gate.set()
    qtbot.waitUntil(lambda: pages.opened_count == 2)
    qtbot.waitUntil(lambda: len(pages.open_ids) == 1)
    QTest.keyClick(desk.room.confirm, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: pages.open_ids == [])


def test_pages_are_closed_when_the_room_leaves_the_confirmation_itself(desk: Desk, qtbot: QtBot) -> None:
    pages = desk.presets.pages
    desk.lay_out(good_rows(1))
    desk.button("Send 1").click()
    qtbot.waitUntil(lambda: len(pages.open_ids) == 1)
    desk.room.activated()
    assert desk.table.isVisible()
    qtbot.waitUntil(lambda: pages.open_ids == [])


def test_a_preset_with_neither_goes_without_a_word(desk: Desk) -> None:
    desk.lay_out(good_rows(1))
    desk.button("Send 1").click()
    assert "As set in the preset" not in desk.texts
    assert "Field values" not in desk.texts


def test_columns_that_were_told_by_their_contents_are_noted(desk: Desk) -> None:
    desk.lay_out([("李四", id_number(2))], headings=("张三", id_number(1)))
    desk.button("Send 2").click()
    assert "The sheet has no headings" in desk.texts
