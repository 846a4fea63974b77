from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QContextMenuEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QLineEdit, QMenu, QPushButton, QRadioButton

from esign_desktop.domain.contract import edits
from esign_desktop.domain.contract.draft import ContractDraft
from esign_desktop.domain.geometry import PagePoint
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.placement import (
    CoordinatePlacement,
    CrossPagePlacement,
    KeywordPlacement,
    new_placement_id,
)
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.prepare.seals.copying import CopyToPages
from esign_desktop.ui.widgets.actions import ACTIONS, ActionName
from esign_desktop.ui.widgets.labels import PlainLabel
from tests.drafts import make_organization_signer, make_person_signer
from tests.ui.made_pdfs import MadePage, write_pdf, write_text_pdf

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.domain.document import Document
    from esign_desktop.domain.placing.placement import Placement
    from tests.ui.prepare.conftest import RoomDesk

# Windows of the offscreen platform can't take the keyboard for a menu; those of a desktop can.
pytestmark = pytest.mark.qt_log_ignore(r"does not support (grabbing the keyboard|raise\(\))", extend=True)

PLAIN = MadePage(square=None)
PERSON, COMPANY = make_person_signer(), make_organization_signer()
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def prepared(desk: RoomDesk, tmp_path: Path) -> RoomDesk:
    """Two signers, and a document of five small pages."""
    desk.open(write_pdf(tmp_path / "a.pdf", [PLAIN] * 5))
    for signer in (PERSON, COMPANY):
        desk.session.apply(EditName.ADD_SIGNER, partial(edits.add_signer, signer=signer))
    desk.room.canvas.view.setFocus()
    return desk


def document(desk: RoomDesk, index: int = 0) -> Document:
    return desk.session.draft.documents[index]


def place(desk: RoomDesk, x: float, y: float, page_number: int = 1, width: float = 40.0) -> CoordinatePlacement:
    seal = CoordinatePlacement(
        new_placement_id(),
        COMPANY.id,
        document(desk).id,
        PageRanges.single(page_number),
        PagePoint(x, y),
        width,
    )
    desk.session.apply(EditName.PLACE_SEAL, lambda draft: edits.place(draft, seal))
    return seal


def select(desk: RoomDesk, *seals: Placement) -> None:
    desk.room.selection.set(seal.id for seal in seals)


def key(desk: RoomDesk, keys: str) -> None:
    QTest.keySequence(desk.room.canvas.view, QKeySequence(keys))


def seals(desk: RoomDesk) -> list[CoordinatePlacement]:
    return [p for p in desk.session.draft.placements if isinstance(p, CoordinatePlacement)]


def show_page(desk: RoomDesk, page_number: int, index: int = 0) -> None:
    view = desk.room.canvas.view
    view.set_zoom(1.0)
    view.go_to(document(desk, index).id, page_number)
    assert view.current_page == (document(desk, index).id, page_number)


# Clipboard


def test_a_copied_seal_is_pasted_at_the_same_place_of_the_page_that_is_seen(prepared: RoomDesk) -> None:
    seal = place(prepared, 100.0, 200.0)
    select(prepared, seal)
    key(prepared, "Ctrl+C")
    show_page(prepared, 3)
    key(prepared, "Ctrl+V")
    first, second = seals(prepared)
    assert first == seal
    assert (second.center, second.width_pt, second.pages) == (seal.center, 40.0, PageRanges.single(3))
    assert prepared.room.selection.ids == {second.id}
    assert prepared.session.undo_name is EditName.PASTE_SEALS


def test_pasting_where_it_was_copied_puts_the_copy_beside(prepared: RoomDesk) -> None:
    seal = place(prepared, 100.0, 200.0)
    select(prepared, seal)
    show_page(prepared, 1)
    key(prepared, "Ctrl+C")
    key(prepared, "Ctrl+V")
    assert seals(prepared)[1].center == PagePoint(112.0, 188.0)


def test_a_cut_seal_can_be_pasted_into_another_document(prepared: RoomDesk, tmp_path: Path) -> None:
    seal = place(prepared, 100.0, 200.0)
    prepared.open(write_pdf(tmp_path / "b.pdf", [PLAIN, PLAIN]))
    select(prepared, seal)
    key(prepared, "Ctrl+X")
    assert seals(prepared) == []
    show_page(prepared, 2, index=1)
    key(prepared, "Ctrl+V")
    (pasted,) = seals(prepared)
    assert (pasted.document_id, pasted.pages) == (document(prepared, 1).id, PageRanges.single(2))
    assert pasted.center == seal.center


def test_a_copied_seal_becomes_the_active_signers_in_another_contract(prepared: RoomDesk, tmp_path: Path) -> None:
    select(prepared, place(prepared, 100.0, 200.0))
    key(prepared, "Ctrl+C")
    prepared.session.load(ContractDraft.new())
    prepared.open(write_pdf(tmp_path / "other.pdf", [PLAIN]))
    other = make_person_signer()
    prepared.session.apply(EditName.ADD_SIGNER, partial(edits.add_signer, signer=other))
    prepared.room.canvas.view.setFocus()
    key(prepared, "Ctrl+V")
    (pasted,) = seals(prepared)
    assert (pasted.document_id, pasted.signer_id) == (document(prepared).id, other.id)


def test_what_cannot_be_pasted_is_said(prepared: RoomDesk, tmp_path: Path) -> None:
    seal = CrossPagePlacement(new_placement_id(), COMPANY.id, document(prepared).id, PageRanges.all_of(5), 200.0, 60.0)
    prepared.session.apply(EditName.PLACE_CROSS_PAGE, lambda draft: edits.place(draft, seal))
    prepared.open(write_pdf(tmp_path / "one.pdf", [PLAIN]))
    select(prepared, seal)
    key(prepared, "Ctrl+C")
    show_page(prepared, 1, index=1)
    key(prepared, "Ctrl+V")
    assert len(prepared.session.draft.placements) == 1
    assert "at least two pages" in prepared.messages.rows[0].title


def test_nothing_is_pasted_before_anything_was_copied(prepared: RoomDesk) -> None:
    key(prepared, "Ctrl+V")
    assert seals(prepared) == []
    assert not prepared.room.canvas.actions_by_name[ActionName.PASTE_SEALS].isEnabled()


def test_ctrl_d_duplicates_beside(prepared: RoomDesk) -> None:
    seal = place(prepared, 100.0, 200.0)
    select(prepared, seal)
    key(prepared, "Ctrl+D")
    copy = seals(prepared)[1]
    assert copy.center == PagePoint(112.0, 188.0)
    assert prepared.room.selection.ids == {copy.id}


# Menus


def open_menu(desk: RoomDesk, point: PagePoint | None, page_number: int = 1) -> QMenu:
    view = desk.room.canvas.view
    slot = view.page_layout.slot(document(desk).id, page_number)
    assert slot is not None
    reason = QContextMenuEvent.Reason.Keyboard if point is None else QContextMenuEvent.Reason.Mouse
    position = QPoint() if point is None else view.view_point(*slot.point_px(point)).toPoint()
    QApplication.sendEvent(view.viewport(), QContextMenuEvent(reason, position, view.viewport().mapToGlobal(position)))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def entries(menu: QMenu) -> dict[str, QAction]:
    found: dict[str, QAction] = {}
    for action in menu.actions():
        found[action.text().partition("\t")[0]] = action
    return found


def submenu(menu: QMenu, title: str) -> dict[str, QAction]:
    (found,) = [m for m in menu.findChildren(QMenu) if m.title() == title]
    return entries(found)


def test_the_menu_of_a_seal_chooses_it_first(prepared: RoomDesk) -> None:
    first, second = place(prepared, 80.0, 300.0), place(prepared, 200.0, 300.0)
    select(prepared, first)
    show_page(prepared, 1)
    menu = open_menu(prepared, second.center)
    assert prepared.room.selection.ids == {second.id}
    entries(menu)["Remove"].trigger()
    assert seals(prepared) == [first]
    menu.close()


def test_the_menu_keeps_a_selection_that_it_was_opened_on(prepared: RoomDesk) -> None:
    first, second = place(prepared, 80.0, 300.0), place(prepared, 200.0, 200.0)
    select(prepared, first, second)
    show_page(prepared, 1)
    menu = open_menu(prepared, first.center)
    submenu(menu, "Arrange")["Align bottom edges"].trigger()
    assert [seal.center.y_pt for seal in seals(prepared)] == [200.0, 200.0]
    menu.close()


def test_the_menu_gives_seals_to_a_signer_and_a_size(prepared: RoomDesk) -> None:
    seal = place(prepared, 80.0, 300.0)
    show_page(prepared, 1)
    menu = open_menu(prepared, seal.center)
    (signer,) = [action for text, action in submenu(menu, "Change signer to").items() if text.startswith("1")]
    signer.trigger()
    submenu(menu, "Size")["42 mm"].trigger()
    (changed,) = seals(prepared)
    assert changed.signer_id == PERSON.id
    assert changed.width_pt == pytest.approx(42 / 25.4 * 72)
    menu.close()


def test_the_menu_of_the_paper_places_and_pastes_there(prepared: RoomDesk) -> None:
    select(prepared, place(prepared, 80.0, 300.0))
    key(prepared, "Ctrl+C")
    show_page(prepared, 1)
    menu = open_menu(prepared, PagePoint(150.0, 120.0))
    assert prepared.room.selection.ids == frozenset()
    (signer,) = [action for text, action in submenu(menu, "Place seal here for").items() if text.startswith("2")]
    signer.trigger()
    assert seals(prepared)[-1].signer_id == COMPANY.id
    assert seals(prepared)[-1].center.x_pt == pytest.approx(150.0, abs=1.0)
    entries(menu)["Place cross-page seal here"].trigger()
    assert isinstance(prepared.session.draft.placements[-1], CrossPagePlacement)
    entries(menu)["Paste on this page"].trigger()
    assert seals(prepared)[-1].pages == PageRanges.single(1)
    entries(menu)["Select all on this page"].trigger()
    assert len(prepared.room.selection) == 4
    menu.close()


def cross_pages(desk: RoomDesk) -> list[CrossPagePlacement]:
    return [seal for seal in desk.session.draft.placements if isinstance(seal, CrossPagePlacement)]


EVERYWHERE = "Place cross-page seals in all documents"


def test_the_menu_of_the_paper_places_cross_page_seals_in_all_documents(prepared: RoomDesk, tmp_path: Path) -> None:
    show_page(prepared, 1)
    menu = open_menu(prepared, PagePoint(150.0, 120.0))
    assert EVERYWHERE not in entries(menu)
    menu.close()
    for name, count in (("b", 1), ("c", 3), ("d", 2)):
        prepared.open(write_pdf(tmp_path / f"{name}.pdf", [PLAIN] * count))
    prepared.room.canvas.assign_selected(1)
    show_page(prepared, 1)
    menu = open_menu(prepared, PagePoint(150.0, 120.0))
    entries(menu)["Place cross-page seal here"].trigger()
    menu.close()
    prepared.room.selection.clear()
    menu = open_menu(prepared, PagePoint(150.0, 120.0))
    entries(menu)[EVERYWHERE].trigger()
    menu.close()
    placed = [(seal.document_id, seal.signer_id, seal.pages) for seal in cross_pages(prepared)]
    long = [document(prepared, index) for index in (0, 2, 3)]
    assert placed == [(one.id, PERSON.id, one.all_pages) for one in long]
    assert prepared.room.selection.ids == {seal.id for seal in cross_pages(prepared)[1:]}
    assert len({seal.center_y_pt for seal in cross_pages(prepared)}) == 1
    # Each document has one now, so there is nothing to offer to this signer, but to the other one.
    menu = open_menu(prepared, PagePoint(150.0, 300.0))
    assert EVERYWHERE not in entries(menu)
    menu.close()
    prepared.room.canvas.assign_selected(2)
    menu = open_menu(prepared, PagePoint(150.0, 300.0))
    assert EVERYWHERE in entries(menu)
    menu.close()
    prepared.session.undo()
    assert len(cross_pages(prepared)) == 1


def test_without_a_signer_one_is_asked_for_before_cross_page_seals(desk: RoomDesk, tmp_path: Path) -> None:
    for name in ("a", "b"):
        desk.open(write_pdf(tmp_path / f"{name}.pdf", [PLAIN] * 2))
    show_page(desk, 1)
    menu = open_menu(desk, PagePoint(150.0, 120.0))
    with desk.qtbot.waitSignal(desk.room.canvas.signer_wanted):
        entries(menu)[EVERYWHERE].trigger()
    menu.close()
    assert cross_pages(desk) == []


def test_the_menu_key_opens_the_menu_of_what_is_selected(prepared: RoomDesk) -> None:
    select(prepared, place(prepared, 80.0, 300.0))
    show_page(prepared, 1)
    menu = open_menu(prepared, None)
    assert "Duplicate" in entries(menu)
    menu.close()


def test_the_menu_of_a_keyword_makes_coordinates(prepared: RoomDesk, tmp_path: Path) -> None:
    prepared.open(write_text_pdf(tmp_path / "t.pdf", [["乙方", "乙方"]]))
    keyword = KeywordPlacement(new_placement_id(), COMPANY.id, document(prepared, 1).id, "乙方", width_pt=40.0)
    prepared.session.apply(EditName.PLACE_KEYWORD, lambda draft: edits.place(draft, keyword))
    prepared.qtbot.waitUntil(lambda: not prepared.session.unsearched(), timeout=5000)
    select(prepared, keyword)
    prepared.room.canvas.actions_by_name[ActionName.TO_COORDINATES].trigger()
    assert len(seals(prepared)) == 2
    assert prepared.room.selection.ids == {seal.id for seal in seals(prepared)}


def test_a_keywords_seals_are_agreed_to_by_key_from_the_table(prepared: RoomDesk, tmp_path: Path) -> None:
    prepared.open(write_text_pdf(tmp_path / "t.pdf", [["乙方", "乙方"]]))
    keyword = KeywordPlacement(new_placement_id(), COMPANY.id, document(prepared, 1).id, "乙方", width_pt=40.0)
    prepared.session.apply(EditName.PLACE_KEYWORD, lambda draft: edits.place(draft, keyword))
    prepared.qtbot.waitUntil(lambda: not prepared.session.unsearched(), timeout=5000)
    select(prepared, keyword)
    agree = prepared.room.canvas.actions_by_name[ActionName.CONFIRM]
    prepared.qtbot.waitUntil(agree.isEnabled)
    prepared.room.state.set_active_signer(COMPANY.id)
    prepared.room.seal_rows.setFocus()
    QTest.keyClick(prepared.room.seal_rows, Qt.Key.Key_Y, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    (kept,) = prepared.session.draft.placements
    assert isinstance(kept, KeywordPlacement)
    assert kept.confirmed_hits == 2
    prepared.qtbot.waitUntil(lambda: not agree.isEnabled())
    prepared.session.undo()
    (kept,) = prepared.session.draft.placements
    assert isinstance(kept, KeywordPlacement)
    assert kept.confirmed_hits is None


# Copy to pages


class Sheet:
    """The sheet as a person sees it."""

    def __init__(self, desk: RoomDesk) -> None:
        desk.room.canvas.open_copy_to_pages(QPoint(50, 50))
        found = desk.room.findChildren(CopyToPages)
        assert found
        self.widget = found[-1]
        (self.pages,) = self.widget.findChildren(QLineEdit)
        self.copy = self.button("Copy")

    def button(self, text: str) -> QPushButton:
        return next(b for b in self.widget.findChildren(QPushButton) if b.text() == text)

    def choose(self, text: str) -> None:
        next(b for b in self.widget.findChildren(QRadioButton) if text in b.text().replace("&", "")).click()

    def tick(self, text: str) -> None:
        next(b for b in self.widget.findChildren(QCheckBox) if text in b.text().replace("&", "")).click()

    @property
    def words(self) -> str:
        return self.widget.findChildren(PlainLabel)[-1].text()


@pytest.mark.parametrize(
    ("choice", "pages"),
    [("All", "1-5"), ("Last", "1,5")],
)
def test_a_seal_is_copied_to_pages_by_a_rule(prepared: RoomDesk, choice: str, pages: str) -> None:
    select(prepared, place(prepared, 100.0, 200.0))
    sheet = Sheet(prepared)
    sheet.choose(choice)
    sheet.copy.click()
    (seal,) = seals(prepared)
    assert str(seal.pages) == pages
    assert prepared.session.undo_name is EditName.COPY_TO_PAGES


def test_the_typed_pages_are_the_last_of_the_choices(prepared: RoomDesk) -> None:
    select(prepared, place(prepared, 100.0, 200.0))
    sheet = Sheet(prepared)
    QApplication.processEvents()
    *choices, last = sorted(sheet.widget.findChildren(QRadioButton), key=lambda one: (one.y(), one.x()))
    assert abs(last.geometry().center().y() - sheet.pages.geometry().center().y()) < last.height()
    assert max(one.y() for one in choices) < last.y()


def test_typed_pages_are_checked_while_they_are_typed(prepared: RoomDesk) -> None:
    select(prepared, place(prepared, 100.0, 200.0))
    sheet = Sheet(prepared)
    QTest.keyClicks(sheet.pages, "2-9")
    assert not sheet.copy.isEnabled()
    assert "has only 5 pages" in sheet.words
    sheet.pages.clear()
    QTest.keyClicks(sheet.pages, "1,3,5")
    assert sheet.words.startswith("Adds a seal to 2 more page")
    QTest.keyClick(sheet.pages, Qt.Key.Key_Return)
    assert str(seals(prepared)[0].pages) == "1,3,5"


def test_copies_can_leave_the_cover_out(prepared: RoomDesk) -> None:
    select(prepared, place(prepared, 100.0, 200.0, page_number=2))
    sheet = Sheet(prepared)
    sheet.tick("cover")
    sheet.copy.click()
    assert [str(seal.pages) for seal in seals(prepared)] == ["2-5"]


def test_a_page_that_is_too_small_is_left_out_and_said(desk: RoomDesk, tmp_path: Path) -> None:
    desk.open(write_pdf(tmp_path / "a.pdf", [PLAIN, MadePage((0, 0, 100, 100), square=None), PLAIN]))
    desk.session.apply(EditName.ADD_SIGNER, partial(edits.add_signer, signer=COMPANY))
    select(desk, place(desk, 200.0, 200.0))
    sheet = Sheet(desk)
    assert "Not copied to page 2" in sheet.words
    sheet.copy.click()
    assert str(seals(desk)[0].pages) == "1,3"
    assert "Not copied to page 2" in desk.messages.rows[0].title


@pytest.mark.parametrize("is_by_key", [True, False])
def test_esc_and_cancel_close_the_sheet_and_copy_nothing(prepared: RoomDesk, is_by_key: bool) -> None:
    seal = place(prepared, 100.0, 200.0)
    select(prepared, seal)
    sheet = Sheet(prepared)
    if is_by_key:
        QTest.keyClick(sheet.widget, Qt.Key.Key_Escape)
    else:
        sheet.button("Cancel").click()
    assert not sheet.widget.isVisible()
    assert seals(prepared) == [seal]


def test_there_is_no_sheet_without_a_seal_to_copy(prepared: RoomDesk) -> None:
    assert not prepared.room.canvas.actions_by_name[ActionName.COPY_TO_PAGES].isEnabled()
    prepared.room.canvas.open_copy_to_pages(QPoint())
    assert prepared.room.findChildren(CopyToPages) == []


# Aligning


def test_keys_align_and_distribute(prepared: RoomDesk) -> None:
    placed = [place(prepared, 60.0, 300.0), place(prepared, 150.0, 240.0), place(prepared, 240.0, 100.0)]
    select(prepared, *placed)
    key(prepared, ACTIONS[ActionName.DISTRIBUTE_VERTICAL].keys[0])
    assert [seal.center.y_pt for seal in seals(prepared)] == [300.0, 200.0, 100.0]
    key(prepared, ACTIONS[ActionName.ALIGN_RIGHT].keys[0])
    assert [seal.center.x_pt for seal in seals(prepared)] == [240.0, 240.0, 240.0]
    assert prepared.session.undo_name is EditName.ALIGN_SEALS


def test_arranging_wants_as_many_seals_as_it_needs(prepared: RoomDesk) -> None:
    actions = prepared.room.canvas.actions_by_name
    first, second = place(prepared, 60.0, 300.0), place(prepared, 150.0, 240.0)
    elsewhere = place(prepared, 150.0, 240.0, page_number=2)
    select(prepared, first, elsewhere)
    assert not actions[ActionName.ALIGN_LEFT].isEnabled()
    select(prepared, first, second)
    assert actions[ActionName.ALIGN_LEFT].isEnabled()
    assert not actions[ActionName.DISTRIBUTE_VERTICAL].isEnabled()


def test_a_thin_cross_page_seal_is_divided(desk: RoomDesk, tmp_path: Path) -> None:
    desk.open(write_pdf(tmp_path / "a.pdf", [PLAIN] * 24))
    desk.session.apply(EditName.ADD_SIGNER, partial(edits.add_signer, signer=COMPANY))
    seal = CrossPagePlacement(new_placement_id(), COMPANY.id, document(desk).id, PageRanges.all_of(24), 200.0, 113.4)
    desk.session.apply(EditName.PLACE_CROSS_PAGE, lambda draft: edits.place(draft, seal))
    select(desk, seal)
    action = desk.room.canvas.actions_by_name[ActionName.SPLIT]
    assert action.isEnabled()
    action.trigger()
    parts = desk.session.draft.placements
    assert [str(p.pages) for p in parts if isinstance(p, CrossPagePlacement)] == ["1-12", "13-24"]
    assert desk.room.selection.ids == {part.id for part in parts}
    select(desk, replace(seal))
    assert not action.isEnabled()


def test_the_rows_copy_and_paste_too(prepared: RoomDesk) -> None:
    select(prepared, place(prepared, 100.0, 200.0))
    table = prepared.room.seal_rows
    for letter in (Qt.Key.Key_C, Qt.Key.Key_V):
        QTest.keyClick(table, letter, CONTROL)
    assert len(seals(prepared)) == 2
    QTest.keyClick(table, Qt.Key.Key_X, CONTROL)
    assert len(seals(prepared)) == 1
