from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QTreeWidget, QTreeWidgetItem

from esign_desktop.domain.placing.placement import CoordinatePlacement, KeywordPlacement
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.prepare.keyword.bar import KeywordBar
from esign_desktop.ui.prepare.keyword.finder import DocumentHits, Finding, KeywordFinder, parts_of
from esign_desktop.ui.prepare.tools.keyword import HitsByPage, PaintedHit
from esign_desktop.ui.prepare.tools.state import ToolName
from esign_desktop.ui.widgets.labels import PlainLabel
from tests.ui.made_pdfs import MadePage, write_pdf, write_text_pdf

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.domain.document import Document
    from tests.ui.prepare.tools.desk import Desk


class Bar:
    """The parts of the keyword bar that a person sees."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        (self.widget,) = desk.canvas.findChildren(KeywordBar)
        (self.edit,) = self.widget.findChildren(QLineEdit)
        (self.hits,) = self.widget.findChildren(QTreeWidget)
        self.place = self.widget.place
        self.place_coordinates = next(
            b for b in self.widget.findChildren(QPushButton) if b.text() == "Place at fixed positions"
        )
        self.use_spelling = next(b for b in self.widget.findChildren(QPushButton) if "spelling" in b.text())

    def type(self, text: str) -> None:
        self.edit.setText(text)
        self.desk.qtbot.waitUntil(lambda: self.is_settled(text), timeout=10_000)

    def is_settled(self, text: str) -> bool:
        finding = self.widget.finding
        return finding.keyword == text and finding.is_complete

    @property
    def words(self) -> str:
        return self.widget.status_text

    def hit(self, index: int) -> QTreeWidgetItem:
        """A match of the first document."""
        document = self.hits.topLevelItem(0)
        assert document is not None
        item = document.child(index)
        assert item is not None
        return item


@pytest.fixture
def document(desk: Desk, tmp_path: Path) -> Document:
    document = desk.open(write_text_pdf(tmp_path / "a.pdf", [["甲方签字", "乙方签字"], ["乙方签字 盖章", "日期"]]))
    desk.add_organization()
    desk.state.set_seal_width(60.0)
    return document


@pytest.fixture
def bar(desk: Desk, document: Document) -> Bar:
    desk.view.setFocus()
    desk.key(Qt.Key.Key_K)
    return Bar(desk)


def test_the_tool_opens_a_bar_with_the_cursor_in_it(desk: Desk, bar: Bar) -> None:
    assert bar.widget.isVisible()
    assert bar.edit.hasFocus()
    QTest.keyClick(bar.edit, Qt.Key.Key_Escape)
    assert not bar.widget.isVisible()
    assert desk.state.tool is ToolName.SELECT


def test_every_match_is_listed_with_page_and_context(desk: Desk, bar: Bar) -> None:
    bar.type("签字")
    top = bar.hits.topLevelItem(0)
    assert top is not None
    assert "3" in top.text(0)
    assert top.childCount() == 3
    assert [bar.hit(i).text(0)[:5] for i in range(3)] == ["p. 1 ", "p. 1 ", "p. 2 "]
    assert "乙方签字" in bar.hit(1).text(0)


def test_every_match_shows_a_seal_while_typing(desk: Desk, document: Document, bar: Bar) -> None:
    desk.view.fit_page()
    desk.wait_for_pictures()
    before = desk.viewport.grab().toImage()
    bar.type("甲方")
    assert desk.viewport.grab().toImage() != before
    assert desk.session.draft.placements == ()


def test_one_match_is_placed_with_enter(desk: Desk, document: Document, bar: Bar) -> None:
    bar.type("甲方")
    QTest.keyClick(bar.edit, Qt.Key.Key_Return)
    placed = desk.placement()
    assert isinstance(placed, KeywordPlacement)
    assert (placed.keyword, placed.confirmed_hits, placed.width_pt) == ("甲方", 1, 60.0)
    assert desk.session.undo_name is EditName.PLACE_KEYWORD
    assert desk.selection.ids == {placed.id}
    assert desk.state.tool is ToolName.SELECT
    hit = desk.session.hits[(document.id, "甲方")]
    assert hit is not None
    (mark,) = desk.session.marks
    middle = hit[0].rects[0].center
    assert mark.rect.center.x_pt == pytest.approx(middle.x_pt)
    assert mark.rect.center.y_pt == pytest.approx(middle.y_pt)


def test_several_matches_want_a_press_on_the_button_that_counts_them(desk: Desk, bar: Bar) -> None:
    bar.type("乙方签字")
    assert bar.place.isEnabled()
    assert "2" in bar.place.text()
    QTest.keyClick(bar.edit, Qt.Key.Key_Return)
    assert desk.session.draft.placements == ()
    assert bar.place.hasFocus()
    held = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "\r", autorep=True)
    QApplication.sendEvent(bar.place, held)
    assert desk.session.draft.placements == ()
    QTest.keyClick(bar.place, Qt.Key.Key_Return)
    placed = desk.placement()
    assert isinstance(placed, KeywordPlacement)
    assert placed.confirmed_hits == 2
    assert len(desk.session.marks) == 2
    assert not [p for p in desk.session.problems if p.code.startswith("keyword.")]


def test_every_document_with_matches_gets_a_placement_of_its_own(
    desk: Desk, document: Document, tmp_path: Path
) -> None:
    other = desk.open(write_text_pdf(tmp_path / "b.pdf", [["甲方"]]))
    without = desk.open(write_text_pdf(tmp_path / "c.pdf", [["nothing"]]))
    desk.state.set_tool(ToolName.KEYWORD)
    bar = Bar(desk)
    bar.type("甲方")
    assert bar.hits.topLevelItemCount() == 2
    assert f"{without.name}: not found" in bar.words
    bar.place.click()
    assert [p.document_id for p in desk.session.draft.placements] == [document.id, other.id]
    desk.session.undo()
    assert desk.session.draft.placements == ()


def test_matches_can_be_left_out_as_coordinates_only(desk: Desk, document: Document, bar: Bar) -> None:
    bar.type("签字")
    bar.hit(1).setCheckState(0, Qt.CheckState.Unchecked)
    assert not bar.place_coordinates.isVisible()
    assert "2" in bar.place.text()
    bar.place.click()
    placed = desk.session.draft.placements
    assert all(isinstance(p, CoordinatePlacement) for p in placed)
    assert [p.pages.first for p in placed if isinstance(p, CoordinatePlacement)] == [1, 2]
    assert all(p.width_pt == 60.0 for p in placed)


def test_no_match_is_said_and_places_nothing(desk: Desk, document: Document, bar: Bar) -> None:
    bar.type("丙方")
    assert "not found" in bar.words
    assert not bar.place.isEnabled()
    assert not bar.place_coordinates.isEnabled()
    QTest.keyClick(bar.edit, Qt.Key.Key_Return)
    assert desk.session.draft.placements == ()


def test_a_scan_is_named_as_the_reason(desk: Desk, tmp_path: Path) -> None:
    desk.open(write_pdf(tmp_path / "scan.pdf", [MadePage()]))
    desk.add_person()
    desk.state.set_tool(ToolName.KEYWORD)
    bar = Bar(desk)
    bar.type("甲方")
    assert "scan without text" in bar.words


def test_another_spelling_is_said_and_can_be_taken(desk: Desk, tmp_path: Path) -> None:
    # A full-width letter in the document, a plain one typed.
    desk.open(write_text_pdf(tmp_path / "a.pdf", [["ＡＢ公司"]]))
    desk.add_person()
    desk.state.set_tool(ToolName.KEYWORD)
    bar = Bar(desk)
    bar.type("AB公司")
    assert bar.widget.finding.hit_count == 1
    assert bar.use_spelling.isVisible()
    bar.use_spelling.click()
    assert bar.edit.text() == "ＡＢ公司"
    desk.qtbot.waitUntil(lambda: bar.is_settled("ＡＢ公司"), timeout=10_000)
    assert not bar.use_spelling.isVisible()


def test_what_stands_there_instead_is_said_and_can_be_looked_for(desk: Desk, document: Document, bar: Bar) -> None:
    bar.type("甲方签章")
    desk.qtbot.waitUntil(bar.use_spelling.isVisible, timeout=5000)
    assert not bar.place.isEnabled()
    assert "甲方签字" in bar.use_spelling.text()
    bar.use_spelling.click()
    desk.qtbot.waitUntil(lambda: bar.is_settled("甲方签字"), timeout=5000)
    assert bar.place.isEnabled()


def test_no_label_of_another_party_is_offered(desk: Desk, tmp_path: Path) -> None:
    desk.open(write_text_pdf(tmp_path / "a.pdf", [["甲方（盖章）", "乙方（签字）"]]))
    desk.add_person()
    desk.state.set_tool(ToolName.KEYWORD)
    bar = Bar(desk)
    bar.type("乙方（盖章）")
    desk.qtbot.waitUntil(bar.use_spelling.isVisible, timeout=5000)
    assert bar.use_spelling.text() == "Search for “乙方（签字）”"
    bar.type("丙方（盖章）")
    desk.tasks.wait_idle()
    assert not bar.use_spelling.isVisible()


def test_pages_without_text_are_named(desk: Desk, tmp_path: Path) -> None:
    document = desk.open(write_text_pdf(tmp_path / "a.pdf", [["甲方"], [], ["乙方"]]))
    assert document.facts.pages_without_text == (2,)
    desk.add_person()
    desk.state.set_tool(ToolName.KEYWORD)
    bar = Bar(desk)
    bar.type("丙丁")
    assert "page 2 is a scan without text" in bar.words


@pytest.mark.parametrize(
    ("keyword", "parts"),
    [
        ("甲方签章", ("甲方签", "方签章", "甲方", "签章")),
        ("甲方", ()),
        ("", ()),
        ("甲 方盖", ("方盖", "甲 方"[:3])),
    ],
)
def test_parts_of_a_keyword_are_its_ends_the_longest_first(keyword: str, parts: tuple[str, ...]) -> None:
    assert set(parts_of(keyword)) == set(parts)


def test_a_document_that_can_not_be_searched_is_said(desk: Desk, document: Document, bar: Bar) -> None:
    desk.documents.close(document.id)
    bar.type("甲方")
    assert "couldn't be searched" in bar.words
    assert not bar.place.isEnabled()


def test_choosing_a_match_brings_it_into_view(desk: Desk, document: Document, bar: Bar) -> None:
    bar.type("乙方签字")
    bar.hits.setCurrentItem(bar.hit(1))
    assert desk.view.current_page == (document.id, 2)


def test_typing_leads_to_the_next_match_where_none_is_seen(desk: Desk, tmp_path: Path) -> None:
    lines = [[f"第 {number} 页"] for number in range(1, 9)]
    lines[1].append("开头")
    lines[4].append("签字")
    lines[6].append("签字")
    document = desk.open(write_text_pdf(tmp_path / "long.pdf", lines))
    desk.add_organization()
    desk.view.go_to(document.id, 4)
    desk.state.set_tool(ToolName.KEYWORD)
    bar = Bar(desk)
    pages = []
    for text in ("签字", "第", "开头"):
        bar.type(text)
        pages.append(desk.view.current_page)
    # The next one; one that is seen moves nothing; behind the end it begins anew.
    assert pages == [(document.id, 5), (document.id, 5), (document.id, 2)]


def test_one_key_turns_the_matches_into_coordinates(desk: Desk, bar: Bar) -> None:
    bar.type("签字")
    bar.hit(1).setCheckState(0, Qt.CheckState.Unchecked)
    QTest.keyClick(bar.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    placed = desk.session.draft.placements
    assert len(placed) == 2
    assert all(isinstance(placement, CoordinatePlacement) for placement in placed)


def test_one_key_turns_a_placed_keyword_into_coordinates(desk: Desk, bar: Bar) -> None:
    bar.type("乙方签字")
    # The room lays out the bar, but this test has only the canvas.
    bar.widget.adjustSize()
    QTest.mouseClick(bar.place, Qt.MouseButton.LeftButton)
    (placement,) = desk.session.draft.placements
    desk.selection.set([placement.id])
    desk.key(Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert [type(one) for one in desk.session.draft.placements] == [CoordinatePlacement] * 2


def test_without_a_signer_placing_asks_for_one(desk: Desk, tmp_path: Path) -> None:
    desk.open(write_text_pdf(tmp_path / "a.pdf", [["甲方"]]))
    desk.state.set_tool(ToolName.KEYWORD)
    bar = Bar(desk)
    bar.type("甲方")
    with desk.qtbot.waitSignal(desk.canvas.signer_wanted):
        QTest.keyClick(bar.edit, Qt.Key.Key_Return)
    assert desk.session.draft.placements == ()


def test_dragging_one_seal_of_a_keyword_moves_all_by_the_offset(desk: Desk, document: Document, bar: Bar) -> None:
    bar.type("乙方签字")
    bar.place.click()
    first, second = desk.session.marks
    desk.view.set_zoom(0.6)
    desk.view.verticalScrollBar().setValue(0)
    start = desk.at(document.id, 1, first.rect.center)
    desk.drag(start, start + QPoint(30, 0))
    moved = 30 / desk.view.scale
    assert [m.rect.center.x_pt for m in desk.session.marks] == pytest.approx(
        [first.rect.center.x_pt + moved, second.rect.center.x_pt + moved]
    )


def test_no_line_of_the_bar_is_cut_off(bar: Bar) -> None:
    bar.desk.view.resize(900, 700)
    bar.type("丙方不在任何一页上的很长很长的关键字签字盖章")
    labels = [label for label in bar.widget.findChildren(PlainLabel) if label.isVisible() and label.text()]
    assert labels
    for label in labels:
        assert label.height() >= label.heightForWidth(label.width()), label.text()


def test_pages_in_view_are_searched_first_then_all_are_counted(desk: Desk, bar: Bar) -> None:
    told: list[Finding] = []
    (finder,) = bar.widget.findChildren(KeywordFinder)
    finder.changed.connect(told.append)
    bar.type("签字")
    assert told[0].keyword == "签字"
    assert [(len(one.in_view), one.counted, one.hits is None) for one in (each.per_document[0] for each in told)] == [
        (0, None, True),
        (2, None, True),
        (2, 3, True),
        (2, 3, False),
    ]
    assert [one.hit_count for one in told] == [0, 0, 3, 3]


def test_seals_stand_on_the_pages_in_view_before_all_places_are_known(desk: Desk, document: Document) -> None:
    hit = desk.documents.find_on_pages(document.id, "乙方签字", [1])[0]
    painted = HitsByPage()
    seen = DocumentHits(document, in_view=(hit,), counted=2)
    painted.show(Finding("乙方签字", (seen,)))
    assert painted.on_page(document.id, 1) == [PaintedHit(None, hit)]
    assert painted.known(document.id) == (hit,)
    whole = desk.documents.find(document.id, "乙方签字")
    painted.show(Finding("乙方签字", (replace(seen, hits=whole),)))
    assert painted.on_page(document.id, 2) == [PaintedHit(1, whole[1])]
    assert not painted.on_page(document.id, 3)
    assert painted.known(document.id) == whole


def test_a_number_after_placing_chooses_the_next_signer(desk: Desk, document: Document, bar: Bar) -> None:
    first = desk.session.draft.signers[0]
    second = desk.add_person()
    bar.type("甲方")
    QTest.keyClick(bar.edit, Qt.Key.Key_Return)
    assert desk.placement().signer_id == first.id
    desk.key(Qt.Key.Key_2)
    assert desk.placement().signer_id == first.id
    assert desk.state.active_signer_id == second.id
