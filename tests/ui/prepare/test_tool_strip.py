from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QDoubleSpinBox, QListWidget, QToolButton

from esign_desktop.domain.contract import edits
from esign_desktop.domain.geometry import PagePoint, mm_to_pt
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.placement import CoordinatePlacement, new_placement_id
from esign_desktop.services.editing.session import EditName
from esign_desktop.services.preferences import SealSize
from esign_desktop.ui.prepare.history import HistoryList
from esign_desktop.ui.prepare.properties.panel import PropertiesPanel
from esign_desktop.ui.prepare.seals.sizes import OtherSize, SealSizes
from esign_desktop.ui.prepare.tool_strip import ToolStrip
from esign_desktop.ui.viewer.scroll_area import true_pixels_per_inch
from tests.drafts import make_organization_signer, make_person_signer
from tests.ui.made_pdfs import MadePage, write_pdf
from tests.ui.prepare.kept_sizes import KeptSizes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

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


def box(desk: RoomDesk, name: str) -> QComboBox:
    return next(b for b in strip(desk).findChildren(QComboBox) if b.accessibleName() == name)


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
    button(desk, "History").click()
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
    assert not button(desk, "History").isEnabled()


# Sizes


def other_size(desk: RoomDesk) -> OtherSize:
    choose(box(desk, "Width of new seals"), "Other…")
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
    combo = box(prepared, "Width of new seals")
    assert combo.currentText() == "38.5 mm"
    assert [combo.itemText(row) for row in range(combo.count())] == [
        "Default size", "40 mm", "42 mm", "45 mm", "38.5 mm", "Other…",
    ]  # fmt: skip


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
    assert box(prepared, "Width of new seals").currentText() == "120 pt"


def test_a_size_that_is_not_kept_stands_there_while_it_is_used(prepared: RoomDesk) -> None:
    prepared.room.state.set_seal_width(mm_to_pt(33.0))
    combo = box(prepared, "Width of new seals")
    assert combo.currentText() == "33.0 mm"
    prepared.room.state.set_seal_width(None)
    assert combo.findText("33.0 mm") == -1


def test_esc_leaves_the_size_as_it_was(prepared: RoomDesk) -> None:
    sheet = other_size(prepared)
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    assert prepared.room.state.seal_width_pt is None
    assert box(prepared, "Width of new seals").currentText() == "Default size"


def test_the_size_of_a_seal_can_be_kept_and_dropped(prepared: RoomDesk) -> None:
    place(prepared, mm_to_pt(38.0))
    panel = prepared.room.findChild(PropertiesPanel)
    assert panel is not None
    keep = next(b for b in panel.findChildren(QToolButton) if "this size" in b.toolTip())
    assert keep.isVisible()
    keep.click()
    assert box(prepared, "Width of new seals").findText("38 mm") > 0
    assert keep.toolTip() == "Remove this size from the list"
    keep.click()
    assert box(prepared, "Width of new seals").findText("38 mm") == -1


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
    choose(box(prepared, "Zoom"), "Actual size")
    dpi = view.logicalDpiY()
    assert view.zoom == pytest.approx(true_pixels_per_inch(view.screen(), dpi) / dpi)
    assert box(prepared, "Zoom").currentText() == f"{round(view.zoom * 100)} %"


def test_tools_go_without_their_words_where_not_all_have_room(desk: RoomDesk) -> None:
    tools = strip(desk).findChildren(QToolButton, "tool")
    roomy, narrow = Qt.ToolButtonStyle.ToolButtonTextUnderIcon, Qt.ToolButtonStyle.ToolButtonIconOnly
    desk.room.resize(1900, 860)
    desk.qtbot.waitUntil(lambda: {button.toolButtonStyle() for button in tools} == {roomy})
    desk.room.resize(1000, 860)
    desk.qtbot.waitUntil(lambda: {button.toolButtonStyle() for button in tools} == {narrow})
    assert all(button.accessibleName() and button.toolTip() for button in tools)


def test_the_panels_beside_the_pages_yield_before_the_words_do(desk: RoomDesk) -> None:
    tools = strip(desk).findChildren(QToolButton, "tool")
    words = Qt.ToolButtonStyle.ToolButtonTextUnderIcon
    desk.room.resize(1900, 860)
    desk.qtbot.waitUntil(lambda: {button.toolButtonStyle() for button in tools} == {words})
    roomy_px = last_px = desk.room.signers.width()
    # How much room the words take depends on the letters; they go at some width, and the panel has yielded by then.
    for width_px in range(1880, 1000, -20):
        desk.room.resize(width_px, 860)
        desk.qtbot.wait(20)
        if {button.toolButtonStyle() for button in tools} != {words}:
            break
        last_px = desk.room.signers.width()
    assert last_px < roomy_px
