from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QDoubleSpinBox, QListWidget, QToolButton

from esign_desktop.domain.contract import edits
from esign_desktop.domain.customers import customer_of_draft
from esign_desktop.domain.geometry import PagePoint, mm_to_pt
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.placement import CoordinatePlacement, new_placement_id
from esign_desktop.domain.titles import Naming
from esign_desktop.services.editing.session import EditName
from esign_desktop.services.preferences import SealSize
from esign_desktop.ui.prepare.history import HistoryList
from esign_desktop.ui.prepare.options import TitleField
from esign_desktop.ui.prepare.seals.sizes import OtherSize, SealSizes
from esign_desktop.ui.prepare.tool_strip import ToolStrip
from esign_desktop.ui.prepare.tools.state import ToolName
from esign_desktop.ui.viewer.scroll_area import true_pixels_per_inch
from esign_desktop.ui.widgets.actions import ActionName
from tests.drafts import make_organization_signer, make_person_signer
from tests.ui.made_pdfs import MadePage, write_pdf
from tests.ui.prepare.kept_sizes import KeptSizes
from tests.ui.typed_text import type_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PySide6.QtGui import QAction
    from pytestqt.qtbot import QtBot

    from esign_desktop.services.preferences import Preferences
    from esign_desktop.ui.tasks import TaskRunner
    from tests.ui.prepare.conftest import RoomDesk

# Windows of the offscreen platform can't take the keyboard for a menu; those of a desktop can.
pytestmark = pytest.mark.qt_log_ignore(r"does not support (grabbing the keyboard|raise\(\))", extend=True)

PERSON, COMPANY = make_person_signer(), make_organization_signer()


@pytest.fixture
def prepared(desk: RoomDesk, tmp_path: Path) -> Iterator[RoomDesk]:
    desk.open(write_pdf(tmp_path / "a.pdf", [MadePage(square=None)]))
    for signer in (PERSON, COMPANY):
        desk.session.apply(EditName.ADD_SIGNER, partial(edits.add_signer, signer=signer))
    yield desk
    for popup in desk.room.findChildren(HistoryList):
        popup.close()


def strip(desk: RoomDesk) -> ToolStrip:
    (found,) = desk.room.findChildren(ToolStrip)
    return found


def button(desk: RoomDesk, name: str) -> QToolButton:
    return next(b for b in strip(desk).findChildren(QToolButton) if b.accessibleName() == name)


def entry(desk: RoomDesk, name: str, text: str) -> QAction:
    """Open the menu of a button, and return an entry."""
    menu = button(desk, name).menu()
    menu.aboutToShow.emit()
    return next(one for one in menu.actions() if one.text().replace("&", "").startswith(text))


def widths(desk: RoomDesk) -> list[str]:
    """Return the widths in the menu of the seal tool, the current one with a star."""
    menu = button(desk, "Seal").menu()
    menu.aboutToShow.emit()
    return [f"{one.text()}{'*' * one.isChecked()}" for one in menu.actions() if not one.isSeparator()]


def choose(combo: QComboBox, text: str) -> None:
    combo.setCurrentIndex(combo.findText(text))
    combo.activated.emit(combo.currentIndex())


def place(desk: RoomDesk, width_pt: float) -> CoordinatePlacement:
    document = desk.session.draft.documents[0]
    seal = CoordinatePlacement(
        new_placement_id(), COMPANY.id, document.id, PageRanges.single(1), PagePoint(150, 200), width_pt
    )
    desk.session.apply(EditName.PLACE_SEAL, lambda draft: edits.place(draft, seal))
    desk.room.selection.set([seal.id])
    return seal


# History


def history(desk: RoomDesk) -> QListWidget:
    button_ = next(one for one in strip(desk).findChildren(QToolButton) if one.accessibleName().startswith("Undo"))
    button_.customContextMenuRequested.emit(QPoint())
    (popup,) = desk.room.findChildren(HistoryList)
    (steps,) = popup.findChildren(QListWidget)
    return steps


def test_the_history_names_each_step_and_marks_the_current_one(prepared: RoomDesk) -> None:
    steps = history(prepared)
    assert [steps.item(row).text() for row in range(steps.count())] == [
        "Initial state",
        "Add documents",
        "Add signer",
        "Add signer",
    ]
    assert steps.currentRow() == 3


def test_a_click_in_the_history_jumps_there_and_back(prepared: RoomDesk) -> None:
    steps = history(prepared)
    steps.itemClicked.emit(steps.item(1))
    assert not prepared.session.draft.signers
    assert steps.currentItem().text() == "Add documents"
    steps.itemClicked.emit(steps.item(3))
    assert len(prepared.session.draft.signers) == 2
    QTest.keyClick(steps.window(), Qt.Key.Key_Escape)
    assert QApplication.activePopupWidget() is None


def test_enter_in_the_history_takes_everything_back(prepared: RoomDesk) -> None:
    steps = history(prepared)
    steps.setCurrentRow(0)
    QTest.keyClick(steps, Qt.Key.Key_Return)
    assert prepared.session.draft.documents == ()


def test_there_is_no_history_before_the_first_step(desk: RoomDesk) -> None:
    desk.room.open_history()
    assert not desk.room.findChildren(HistoryList)


# Sizes


def other_size(desk: RoomDesk) -> OtherSize:
    entry(desk, "Seal", "Other…").trigger()
    popup = QApplication.activePopupWidget()
    assert isinstance(popup, OtherSize)
    return popup


def test_another_size_is_typed_and_kept_on_the_list(prepared: RoomDesk) -> None:
    sheet = other_size(prepared)
    (length,) = sheet.findChildren(QDoubleSpinBox)
    (keep,) = sheet.findChildren(QCheckBox)
    length.setValue(38.5)
    keep.click()
    QTest.keyClick(sheet, Qt.Key.Key_Return)
    assert prepared.room.state.seal_width_pt == pytest.approx(mm_to_pt(38.5))
    assert widths(prepared) == ["Default size", "40 mm", "42 mm", "45 mm", "38.5 mm*", "Other…"]


def test_a_size_in_points_is_listed_in_points(prepared: RoomDesk) -> None:
    sheet = other_size(prepared)
    (unit,) = sheet.findChildren(QComboBox)
    choose(unit, "pt")
    (length,) = sheet.findChildren(QDoubleSpinBox)
    assert length.value() == pytest.approx(mm_to_pt(40.0), abs=0.1)
    length.setValue(120.0)
    (keep,) = sheet.findChildren(QCheckBox)
    keep.click()
    QTest.keyClick(sheet, Qt.Key.Key_Return)
    assert "120 pt*" in widths(prepared)


def test_a_size_that_is_not_kept_stands_there_while_it_is_used(prepared: RoomDesk) -> None:
    prepared.room.state.set_seal_width(mm_to_pt(33.0))
    assert "33.0 mm*" in widths(prepared)
    prepared.room.state.set_seal_width(None)
    assert widths(prepared)[0] == "Default size*"
    assert "33.0 mm" not in widths(prepared)


def test_esc_leaves_the_size_as_it_was(prepared: RoomDesk) -> None:
    sheet = other_size(prepared)
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    assert prepared.room.state.seal_width_pt is None
    assert widths(prepared)[0] == "Default size*"


def test_the_size_of_a_seal_can_be_kept_and_dropped(prepared: RoomDesk) -> None:
    place(prepared, mm_to_pt(38.0))
    details = prepared.room.open_details()
    assert details is not None
    panel = details.panel
    keep = next(b for b in panel.findChildren(QToolButton) if "this size" in b.toolTip())
    assert keep.isVisible()
    keep.click()
    assert "38 mm" in widths(prepared)
    assert keep.toolTip() == "Remove this size from the list"
    keep.click()
    assert "38 mm" not in widths(prepared)
    details.close()


def test_personal_sizes_are_there_the_next_time(qtbot: QtBot, tasks: TaskRunner) -> None:
    kept = KeptSizes()
    preferences: Preferences = kept
    first = SealSizes(preferences, tasks)
    assert first.add(38.0, "mm") is not None
    assert first.add(38.0, "mm") is not None
    assert first.add(1.0, "mm") is None
    tasks.wait_idle()
    assert kept.seal_sizes == (SealSize(38.0, "mm"),)
    second = SealSizes(preferences, tasks)
    with qtbot.waitSignal(second.changed):
        pass
    assert second.personal == (SealSize(38.0, "mm"),)


# Zoom


def test_actual_size_is_that_of_the_paper(prepared: RoomDesk) -> None:
    view = prepared.room.canvas.view
    entry(prepared, f"Zoom: {round(view.zoom * 100)} %", "Actual size").trigger()
    dpi = view.logicalDpiY()
    assert view.zoom == pytest.approx(true_pixels_per_inch(view.screen(), dpi) / dpi)
    percent = f"{round(view.zoom * 100)} %"
    assert button(prepared, f"Zoom: {percent}").text() == percent
    entry(prepared, f"Zoom: {percent}", "150 %").trigger()
    assert view.zoom == pytest.approx(1.5)


def test_the_width_of_new_seals_is_set_by_keys_while_no_seal_is_selected(prepared: RoomDesk) -> None:
    actions = prepared.room.canvas.actions_by_name
    actions[ActionName.WIDTH_45].trigger()
    assert prepared.room.state.seal_width_pt == pytest.approx(mm_to_pt(45.0))
    assert actions[ActionName.WIDTH_45].isChecked()
    seal = place(prepared, mm_to_pt(42.0))
    actions[ActionName.WIDTH_40].trigger()
    assert prepared.session.draft.placement(seal.id).width_pt == pytest.approx(mm_to_pt(40.0))
    assert prepared.room.state.seal_width_pt == pytest.approx(mm_to_pt(45.0))


def test_the_tool_is_taken_with_its_width(prepared: RoomDesk) -> None:
    taken = []
    for tool, width in ((ToolName.SELECT, "42 mm"), (ToolName.KEYWORD, "40 mm")):
        prepared.room.state.set_tool(tool)
        entry(prepared, "Seal", width).trigger()
        taken.append(prepared.room.state.tool)
    assert taken == [ToolName.SEAL, ToolName.KEYWORD]
    assert prepared.room.state.seal_width_pt == pytest.approx(mm_to_pt(40.0))


def test_a_tool_is_put_away_by_pressing_it_again(prepared: RoomDesk) -> None:
    for expected in (ToolName.SEAL, ToolName.SELECT):
        QTest.mouseClick(button(prepared, "Seal"), Qt.MouseButton.LeftButton, pos=QPoint(8, 12))
        assert prepared.room.state.tool is expected
        assert button(prepared, "Seal").isChecked() is (expected is ToolName.SEAL)


def test_tools_go_without_their_words_where_not_all_have_room(prepared: RoomDesk) -> None:
    tools = strip(prepared).findChildren(QToolButton, "tool")
    roomy, narrow = Qt.ToolButtonStyle.ToolButtonTextBesideIcon, Qt.ToolButtonStyle.ToolButtonIconOnly
    prepared.room.resize(1900, 860)
    prepared.qtbot.waitUntil(lambda: {button.toolButtonStyle() for button in tools} == {roomy})
    strip(prepared).setMaximumWidth(480)
    prepared.qtbot.waitUntil(lambda: {button.toolButtonStyle() for button in tools} == {narrow})
    assert all(button.accessibleName() and button.toolTip() for button in tools)


# Title


def test_a_title_is_typed_in_place_in_one_step_of_the_history(prepared: RoomDesk) -> None:
    title = prepared.room.findChild(TitleField)
    assert title is not None
    assert title.placeholderText() == "a"
    for character in "借款合同":
        type_text(title, character)
    assert prepared.session.draft.title == "借款合同"
    prepared.session.undo()
    assert prepared.session.draft.options.business_scene == ""
    assert title.text() == ""


def test_the_title_shows_what_the_rule_makes_of_it_and_the_rule_while_it_is_edited(prepared: RoomDesk) -> None:
    title = prepared.room.findChild(TitleField)
    assert title is not None
    prepared.session.use_naming(Naming("{合同} – {客户}"))
    prepared.session.apply(EditName.ADD_SIGNER, partial(edits.add_signer, signer=make_person_signer("李四")))
    customer = customer_of_draft(prepared.session.draft.signers)
    assert title.placeholderText() == f"a – {customer}"
    title.setFocus()
    type_text(title, "借款 {客户}")
    assert title.text() == "借款 {客户}"
    title.clearFocus()
    assert title.text() == prepared.session.draft.title == f"借款 {customer}"
    title.setFocus()
    assert title.text() == "借款 {客户}"


def test_the_bar_says_the_deadline_and_the_notices(prepared: RoomDesk) -> None:
    options = replace(prepared.session.draft.options, deadline=None, notices=frozenset())
    texts = {one.text() for one in strip(prepared).findChildren(QToolButton)}
    assert any(text.endswith(" · SMS") for text in texts)
    prepared.session.apply(EditName.CHANGE_OPTIONS, partial(edits.set_options, options=options))
    assert button(prepared, "Options: no deadline · no notice").isVisible()


def test_the_keyboard_goes_to_the_pages_and_not_to_the_title_when_a_contract_is_opened(
    desk: RoomDesk, tmp_path: Path
) -> None:
    with desk.qtbot.waitActive(desk.room):
        desk.room.activateWindow()
    desk.room.welcome.from_template.setFocus()
    desk.open(write_pdf(tmp_path / "a.pdf", [MadePage(square=None)]))
    desk.qtbot.waitUntil(desk.room.canvas.view.hasFocus)
    QTest.keyClick(QApplication.focusWidget() or desk.room, Qt.Key.Key_S)
    assert desk.room.state.tool is ToolName.SEAL
    assert desk.session.draft.options.business_scene == ""
