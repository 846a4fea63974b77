from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
    QTreeWidgetItem,
    QWidget,
)

from esign_desktop.domain.contract import edits
from esign_desktop.domain.contract.checks import Checks
from esign_desktop.domain.contract.problems import Severity
from esign_desktop.domain.document import TemplateFilling, WantedField
from esign_desktop.domain.flow import FlowId
from esign_desktop.domain.geometry import PagePoint, mm_to_pt
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.marks import MarkCache
from esign_desktop.domain.placing.placement import (
    CoordinatePlacement,
    CrossPagePlacement,
    KeywordPlacement,
    Placement,
    new_placement_id,
)
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.prepare.keyword.hits import KeywordHitList
from esign_desktop.ui.prepare.properties.panel import PropertiesPanel
from esign_desktop.ui.prepare.properties.slices import SlicesPreview
from esign_desktop.ui.prepare.tools.state import ToolName
from esign_desktop.ui.widgets.lengths import LengthBox
from tests.drafts import make_organization_signer, make_person_signer
from tests.ui.layout_items import kept_deleted_items
from tests.ui.made_pdfs import MadePage, write_pdf, write_text_pdf
from tests.ui.typed_text import type_text

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.ui.prepare.seals.rows import SealRows
    from tests.ui.prepare.conftest import RoomDesk

# Windows of the offscreen platform can't take the keyboard for a popup; those of a desktop can.
pytestmark = pytest.mark.qt_log_ignore(r"does not support (grabbing the keyboard|raise\(\))", extend=True)

W = TypeVar("W", bound=QWidget)
PERSON, COMPANY = make_person_signer(), make_organization_signer()


@pytest.fixture
def prepared(desk: RoomDesk, tmp_path: Path) -> RoomDesk:
    """Two signers and a document of three pages that says 乙方 twice."""
    desk.open(write_text_pdf(tmp_path / "合同.pdf", [["甲方", "乙方"], ["乙方"], ["完"]]))
    for signer in (PERSON, COMPANY):
        desk.session.apply(EditName.ADD_SIGNER, partial(edits.add_signer, signer=signer))
    return desk


def _place(desk: RoomDesk, placement: Placement) -> Placement:
    desk.session.apply(EditName.PLACE_SEAL, lambda draft: edits.place(draft, placement))
    desk.room.selection.set([placement.id])
    return placement


def _seal(desk: RoomDesk) -> CoordinatePlacement:
    document = desk.session.draft.documents[0]
    return CoordinatePlacement(
        new_placement_id(), COMPANY.id, document.id, PageRanges.single(1), PagePoint(200, 300), 119.0
    )


def _keyword(desk: RoomDesk) -> KeywordPlacement:
    return KeywordPlacement(new_placement_id(), PERSON.id, desk.session.draft.documents[0].id, "乙方")


def _panel(desk: RoomDesk) -> PropertiesPanel:
    panel = next((one for one in desk.room.findChildren(PropertiesPanel) if one.isVisible()), None)
    if panel is None:
        details = desk.room.open_details()
        assert details is not None
        panel = details.panel
    return panel


def _only(desk: RoomDesk) -> Placement:
    (placement,) = desk.session.draft.placements
    return placement


def _field(panel: QWidget, kind: type[W], label: str) -> W:
    """The field that a person would find by its label."""
    return next(
        field for field in panel.findChildren(kind) if field.isVisible() and _label_of(panel, field).startswith(label)
    )


def _label_of(panel: QWidget, field: QWidget) -> str:
    return next((label.text() for label in panel.findChildren(QLabel) if label.buddy() is field), "")


def test_no_item_of_a_layout_is_kept_after_the_keyword_bar_is_placed(prepared: RoomDesk) -> None:
    assert prepared.room.isVisible()
    assert kept_deleted_items() == []


def test_numbers_in_the_fields_move_the_seal(prepared: RoomDesk) -> None:
    _place(prepared, _seal(prepared))
    box = _field(_panel(prepared), QAbstractSpinBox, "Center from left")
    box.selectAll()
    prepared.qtbot.keyClicks(box, "50")
    prepared.qtbot.keyClick(box, Qt.Key.Key_Return)
    moved = _only(prepared)
    assert isinstance(moved, CoordinatePlacement)
    assert moved.center.x_pt == pytest.approx(mm_to_pt(50))
    assert moved.center.y_pt == 300


def test_pages_are_typed_as_ranges_also_in_full_width(prepared: RoomDesk) -> None:
    _place(prepared, _seal(prepared))
    line = _field(_panel(prepared), QLineEdit, "Pages")
    line.selectAll()
    type_text(line, "１，3")
    prepared.qtbot.keyClick(line, Qt.Key.Key_Return)
    changed = _only(prepared)
    assert isinstance(changed, CoordinatePlacement)
    assert str(changed.pages) == "1,3"


def test_a_page_that_the_document_does_not_have_is_told_and_the_old_pages_stay(prepared: RoomDesk) -> None:
    _place(prepared, _seal(prepared))
    line = _field(_panel(prepared), QLineEdit, "Pages")
    line.selectAll()
    type_text(line, "9")
    prepared.qtbot.keyClick(line, Qt.Key.Key_Return)
    assert line.text() == "1"
    assert prepared.messages.rows[0].title


def test_tab_goes_through_the_properties_from_the_top(prepared: RoomDesk) -> None:
    _place(prepared, _seal(prepared))
    panel = _panel(prepared)
    first = _field(panel, QLineEdit, "Pages")
    rows, widget = [], first.nextInFocusChain()
    while widget is not None and widget is not first:
        is_inside = widget is not panel and panel.isAncestorOf(widget) and widget.isVisibleTo(panel)
        if is_inside and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            rows.append(widget.mapTo(panel, QPoint(0, widget.height() // 2)).y() // 8)
        widget = widget.nextInFocusChain()
    assert len(rows) > 3
    assert rows == sorted(rows)


def test_a_seal_takes_the_size_chosen(prepared: RoomDesk) -> None:
    _place(prepared, _seal(prepared))
    choice = _field(_panel(prepared), QComboBox, "Size")
    choice.setCurrentIndex(choice.findText("40 mm"))
    choice.activated.emit(choice.currentIndex())
    assert _only(prepared).width_pt == pytest.approx(mm_to_pt(40))


def test_a_keyword_says_what_it_finds_and_wants_a_tick(prepared: RoomDesk) -> None:
    placement = _place(prepared, _keyword(prepared))
    panel = _panel(prepared)
    prepared.qtbot.waitUntil(lambda: any(b.isVisible() and "2" in b.text() for b in panel.findChildren(QCheckBox)))
    tick = next(box for box in panel.findChildren(QCheckBox) if box.isVisible() and "2" in box.text())
    assert any(p.code == "keyword.many" for p in prepared.room.problems())
    tick.click()
    confirmed = prepared.session.draft.placement(placement.id)
    assert isinstance(confirmed, KeywordPlacement)
    assert confirmed.confirmed_hits == 2
    assert not any(p.code == "keyword.many" for p in prepared.room.problems())


def test_a_keyword_turns_into_movable_seals(prepared: RoomDesk) -> None:
    _place(prepared, _keyword(prepared))
    panel = _panel(prepared)
    button = next(b for b in panel.findChildren(QPushButton) if b.text() == "Convert to coordinates")
    prepared.qtbot.waitUntil(button.isEnabled)
    prepared.qtbot.waitUntil(lambda: bool(prepared.session.hits))
    prepared.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    placements = prepared.session.draft.placements
    assert [str(p.pages) for p in placements if isinstance(p, CoordinatePlacement)] == ["1", "2"]


def test_a_turned_page_is_measured_as_it_is_seen(desk: RoomDesk, tmp_path: Path) -> None:
    desk.open(write_pdf(tmp_path / "turned.pdf", [MadePage((0, 0, 400, 600), rotation=90)]))
    desk.session.apply(EditName.ADD_SIGNER, partial(edits.add_signer, signer=COMPANY))
    seal = _place(desk, _seal(desk))
    left = _field(_panel(desk), LengthBox, "Center from left")
    assert left.length_pt == pytest.approx(mm_to_pt(105.8), abs=0.2)
    left.setFocus()
    left.setValue(60.0)
    changed = desk.session.draft.placement(seal.id)
    frame = desk.session.draft.documents[0].frame(1)
    assert isinstance(changed, CoordinatePlacement)
    shown = frame.to_display(changed.center)
    assert shown.x_pt == pytest.approx(mm_to_pt(60))
    assert frame.display_height_pt - shown.y_pt == pytest.approx(200)


@pytest.mark.parametrize("text", ["0", "x", "9"])
def test_pages_that_make_no_sense_are_refused_in_a_sentence(prepared: RoomDesk, text: str) -> None:
    seal = _place(prepared, _seal(prepared))
    line = _field(_panel(prepared), QLineEdit, "Pages")
    line.selectAll()
    type_text(line, text)
    prepared.qtbot.keyClick(line, Qt.Key.Key_Return)
    assert prepared.session.draft.placement(seal.id) == seal
    assert prepared.messages.rows[0].title


def test_a_cross_page_seal_has_no_distance_from_the_left(prepared: RoomDesk) -> None:
    _cross_page(prepared)
    fields = [one for one in _panel(prepared).findChildren(LengthBox) if one.isVisible()]
    assert [_label_of(_panel(prepared), one) for one in fields] == ["Center from bottom", "Width"]


def test_the_details_close_with_the_seal(prepared: RoomDesk) -> None:
    _place(prepared, _seal(prepared))
    details = prepared.room.open_details()
    assert details is not None
    with prepared.qtbot.waitSignal(details.destroyed):
        prepared.room.canvas.commands.remove()
    assert prepared.room.open_details() is None


# The rows of seals below the chosen signer's card


def _rows(desk: RoomDesk) -> SealRows:
    rows = desk.room.seal_rows
    desk.qtbot.waitUntil(rows.isVisible)
    return rows


def test_the_rows_are_the_seals_of_the_chosen_signer(prepared: RoomDesk) -> None:
    room = prepared.room
    _place(prepared, _keyword(prepared))
    seal = _place(prepared, _seal(prepared))
    _cross_page(prepared)
    prepared.qtbot.waitUntil(lambda: not prepared.session.unsearched(), timeout=5000)
    room.state.set_active_signer(COMPANY.id)
    prepared.qtbot.waitUntil(lambda: len(_rows(prepared).texts) == 2)
    assert _rows(prepared).texts == ["page 1 · 42 mm", "Cross-page · page 1-3 · 40 mm"]
    room.state.set_active_signer(PERSON.id)
    assert _rows(prepared).texts[0].startswith("“乙方” · page 1-2 · ")
    room.state.set_active_signer(COMPANY.id)
    prepared.qtbot.keyClick(_rows(prepared), Qt.Key.Key_Home)
    assert room.selection.ids == {seal.id}


def test_rows_and_canvas_share_the_selection(prepared: RoomDesk) -> None:
    prepared.room.state.set_active_signer(COMPANY.id)
    first = _place(prepared, _seal(prepared))
    second = _place(prepared, _seal(prepared))
    rows = _rows(prepared)
    prepared.qtbot.waitUntil(lambda: rows.count() == 2)
    prepared.qtbot.mouseClick(
        rows.viewport(), Qt.MouseButton.LeftButton, pos=rows.visualItemRect(rows.item(0)).center()
    )
    assert prepared.room.selection.ids == {first.id}
    prepared.room.selection.set([second.id])
    assert [rows.row(item) for item in rows.selectedItems()] == [1]
    prepared.qtbot.keyClick(rows, Qt.Key.Key_Delete)
    assert _only(prepared) == first


def test_a_row_is_given_to_another_signer_and_its_details_are_opened_by_key(prepared: RoomDesk) -> None:
    prepared.room.state.set_active_signer(COMPANY.id)
    _place(prepared, _seal(prepared))
    rows = _rows(prepared)
    prepared.qtbot.keyClick(rows, Qt.Key.Key_Return)
    assert _panel(prepared).isVisible()
    _panel(prepared).window().close()
    prepared.qtbot.keyClick(rows, Qt.Key.Key_1)
    assert _only(prepared).signer_id == PERSON.id
    prepared.qtbot.waitUntil(lambda: not rows.isVisible())
    prepared.qtbot.keyClick(rows, Qt.Key.Key_S)
    assert prepared.room.state.tool is ToolName.SEAL


def test_the_row_of_a_seal_with_a_problem_says_it(prepared: RoomDesk) -> None:
    document = prepared.session.draft.documents[0]
    prepared.room.state.set_active_signer(PERSON.id)
    _place(prepared, KeywordPlacement(new_placement_id(), PERSON.id, document.id, "没有的词"))
    prepared.qtbot.waitUntil(lambda: not prepared.session.unsearched(), timeout=5000)
    rows = _rows(prepared)
    prepared.qtbot.waitUntil(lambda: bool(rows.item(0).data(Qt.ItemDataRole.AccessibleDescriptionRole)))


def test_the_send_button_says_what_is_missing_and_goes_there(prepared: RoomDesk) -> None:
    button = prepared.room.problems_bar.send_button
    worst = prepared.room.problems()[0]
    assert worst.severity >= Severity.CONFIRM
    assert "Complete signer" in button.text()
    assert button.icon().isNull(), "the paper plane stands for sending alone"
    prepared.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert prepared.room.signers._form is not None  # noqa: SLF001


def test_the_send_button_has_the_paper_plane_when_the_contract_is_ready(prepared: RoomDesk) -> None:
    bar = prepared.room.problems_bar
    bar.show_problems((), prepared.session.draft)
    assert bar.send_button.text().startswith("Review and send")
    assert not bar.send_button.icon().isNull()


def test_an_empty_form_of_a_correction_says_what_to_do(prepared: RoomDesk) -> None:
    draft = prepared.session.draft
    blank = replace(draft.documents[0], template=TemplateFilling("template"))
    optional = replace(blank, template=TemplateFilling("template", wanted=(WantedField("note", is_required=False),)))
    bar = prepared.room.problems_bar
    for document, told in (
        (blank, "start a new one from the preset"),
        (optional, "Fill it in below the document"),
    ):
        correction = replace(draft, documents=(document,), signers=(), placements=(), replaces=FlowId("flow"))
        problems = [one for one in Checks(MarkCache()).of(correction, {}, now_ms=0) if one.code.startswith("form.")]
        bar.show_problems(tuple(problems), correction)
        assert told in bar.sentence
        assert bar.send_button.text() == "Check form"


def test_f8_walks_through_the_problems(prepared: RoomDesk) -> None:
    shown: list[object] = []
    prepared.room.problems_bar.problem_activated.connect(shown.append)
    prepared.room.go_to_next_problem()
    prepared.room.go_to_next_problem()
    prepared.room.go_to_previous_problem()
    problems = prepared.room.problems()
    assert shown == [problems[0], problems[1], problems[0]]


def test_a_signer_without_a_place_is_given_the_seal_tool(prepared: RoomDesk) -> None:
    problem = next(p for p in prepared.room.problems() if p.code == "signer.places_seal_themselves")
    prepared.room.problems_bar.problem_activated.emit(problem)
    assert prepared.room.state.tool is ToolName.SEAL


def _hits(desk: RoomDesk) -> KeywordHitList:
    (hits,) = _panel(desk).findChildren(KeywordHitList)
    return hits


def _match(desk: RoomDesk, index: int) -> QTreeWidgetItem:
    top = _hits(desk).topLevelItem(0)
    assert top is not None
    item = top.child(index)
    assert item is not None
    return item


def _press(desk: RoomDesk, text: str) -> None:
    next(b for b in _panel(desk).findChildren(QPushButton) if b.text() == text).click()


def _found_twice(desk: RoomDesk) -> Placement:
    keyword = _place(desk, _keyword(desk))
    desk.qtbot.waitUntil(lambda: not desk.session.unsearched(), timeout=5000)
    assert _hits(desk).isVisible()
    return keyword


def test_a_match_can_be_left_out_by_making_coordinates_of_the_rest(prepared: RoomDesk) -> None:
    _found_twice(prepared)
    _match(prepared, 0).setCheckState(0, Qt.CheckState.Unchecked)
    _press(prepared, "Convert to coordinates")
    seal = _only(prepared)
    assert isinstance(seal, CoordinatePlacement)
    assert seal.pages == PageRanges.single(2)


def test_one_match_can_be_moved_by_itself(prepared: RoomDesk) -> None:
    _found_twice(prepared)
    _hits(prepared).setCurrentItem(_match(prepared, 1))
    assert prepared.room.canvas.view.current_page == (prepared.session.draft.documents[0].id, 2)
    _press(prepared, "Move one seal separately")
    first, second = prepared.session.draft.placements
    assert isinstance(first, CoordinatePlacement)
    assert isinstance(second, CoordinatePlacement)
    assert prepared.room.selection.ids == {second.id}
    assert second.pages == PageRanges.single(2)


def test_keywords_of_two_signers_at_the_same_place_are_warned_of(prepared: RoomDesk) -> None:
    document = prepared.session.draft.documents[0]
    for signer in (PERSON, COMPANY):
        _place(prepared, KeywordPlacement(new_placement_id(), signer.id, document.id, "甲方", width_pt=60.0))
    prepared.qtbot.waitUntil(lambda: not prepared.session.unsearched(), timeout=5000)
    assert [p.severity for p in prepared.session.problems if p.code == "placement.overlap"] == [Severity.WARNING]


def _cross_page(desk: RoomDesk) -> CrossPagePlacement:
    document = desk.session.draft.documents[0]
    seal = CrossPagePlacement(new_placement_id(), COMPANY.id, document.id, document.all_pages, 300.0, 113.4)
    _place(desk, seal)
    return seal


def test_the_slices_are_shown_put_together_with_their_pages(prepared: RoomDesk) -> None:
    _cross_page(prepared)
    (slices,) = _panel(prepared).findChildren(SlicesPreview)
    assert slices.isVisible()
    assert slices.labelled_pages == (1, 2, 3)
    assert slices.words.startswith("3 part")
    assert slices.words.endswith("of 13.3 mm")
    prepared.qtbot.waitUntil(lambda: slices.height() >= slices.sizeHint().height())
    image = slices.grab().toImage()
    colours = {image.pixel(x, y) for x in range(0, 120, 4) for y in range(0, 120, 4)}
    assert len(colours) > 3


def test_the_cover_is_left_out_of_a_cross_page_seal_by_typed_pages(prepared: RoomDesk) -> None:
    _cross_page(prepared)
    line = _field(_panel(prepared), QLineEdit, "Pages")
    line.selectAll()
    prepared.qtbot.keyClicks(line, "2-3")
    prepared.qtbot.keyClick(line, Qt.Key.Key_Return)
    seal = _only(prepared)
    assert isinstance(seal, CrossPagePlacement)
    assert str(seal.pages) == "2-3"


def test_thin_slices_can_be_divided_in_the_panel(desk: RoomDesk, tmp_path: Path) -> None:
    desk.open(write_text_pdf(tmp_path / "long.pdf", [["x"]] * 30))
    desk.session.apply(EditName.ADD_SIGNER, partial(edits.add_signer, signer=COMPANY))
    _cross_page(desk)
    (slices,) = _panel(desk).findChildren(SlicesPreview)
    assert slices.labelled_pages[0] == 1
    assert slices.labelled_pages[-1] == 30
    assert len(slices.labelled_pages) < 12
    _press(desk, "Group pages for cross-page seal")
    assert len(desk.session.draft.placements) == 2
    assert "cross_page.thin_slices" not in {p.code for p in desk.session.problems}


@pytest.mark.parametrize("tool", [ToolName.SEAL, ToolName.KEYWORD, ToolName.CROSS_PAGE, ToolName.SELECT])
def test_tools_are_taken_by_their_letters_while_a_tool_button_has_the_keyboard(
    prepared: RoomDesk, tool: ToolName
) -> None:
    letters = {ToolName.SELECT: "V", ToolName.SEAL: "S", ToolName.KEYWORD: "K", ToolName.CROSS_PAGE: "X"}
    prepared.room.state.set_tool(ToolName.SEAL if tool is ToolName.SELECT else ToolName.SELECT)
    button = next(b for b in prepared.room.findChildren(QToolButton) if b.isVisible() and b.isCheckable())
    prepared.qtbot.keyClick(button, letters[tool])
    assert prepared.room.state.tool is tool


def test_a_signer_is_taken_by_number_while_a_tool_button_has_the_keyboard(prepared: RoomDesk) -> None:
    button = next(b for b in prepared.room.findChildren(QToolButton) if b.isVisible() and b.isCheckable())
    prepared.qtbot.keyClick(button, "2")
    assert prepared.room.state.active_signer_id == COMPANY.id
    prepared.qtbot.keyClick(button, "1")
    assert prepared.room.state.active_signer_id == PERSON.id


def test_giving_a_seal_to_another_signer_by_key_is_said(prepared: RoomDesk) -> None:
    _place(prepared, _seal(prepared))
    prepared.qtbot.keyClick(prepared.room.canvas.view, "1")
    assert _only(prepared).signer_id == PERSON.id
    (row,) = prepared.messages.rows
    assert "reassigned to" in row.title
    prepared.messages.clear(row.title)
    prepared.qtbot.keyClick(prepared.room.canvas.view, "1")
    assert prepared.messages.rows == (), "Nothing changed, so nothing is said."
