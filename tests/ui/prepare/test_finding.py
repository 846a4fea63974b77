"""Text is found in all documents of a contract in preparation, and pages are gone to by number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton

from esign_desktop.domain.contract import edits
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.prepare.tools.state import ToolName
from tests.ui.made_pdfs import write_text_pdf
from tests.ui.typed_text import type_text

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.ui.viewer.finding import FindBar
    from tests.ui.prepare.conftest import RoomDesk

ENTER, ESCAPE = Qt.Key.Key_Return, Qt.Key.Key_Escape


@pytest.fixture
def bar(desk: RoomDesk, tmp_path: Path) -> FindBar:
    """Open two contracts whose second and third pages contain the word, and return the hidden bar."""
    for name, word in (("甲.pdf", "租金"), ("乙.pdf", "租金与押金")):
        desk.open(write_text_pdf(tmp_path / name, [["第一页"], [word], [word], ["第四页"]]))
    with desk.qtbot.waitActive(desk.room):
        desk.room.activateWindow()
    desk.room.canvas.view.go_to(desk.session.draft.documents[0].id, 1)
    assert desk.room.canvas.find_bar.isHidden()
    return desk.room.canvas.find_bar


def place(desk: RoomDesk) -> tuple[int, int]:
    current = desk.room.canvas.view.current_page
    assert current is not None
    return [document.id for document in desk.session.draft.documents].index(current[0]) + 1, current[1]


def ask(desk: RoomDesk, bar: FindBar, text: str, told: str) -> None:
    bar.start_typing()
    desk.qtbot.waitUntil(bar.search.hasFocus)
    type_text(bar.search, text)
    desk.qtbot.waitUntil(lambda: bar.result.text() == told)


def test_enter_leads_through_all_documents(desk: RoomDesk, bar: FindBar) -> None:
    desk.room.canvas.view.go_to(desk.session.draft.documents[0].id, 3)
    ask(desk, bar, "租金", "2 of 4")
    places = [place(desk)]
    for _ in range(4):
        QTest.keyClick(bar.search, ENTER)
        places.append(place(desk))
    assert places == [(1, 3), (2, 2), (2, 3), (1, 2), (1, 3)]
    QTest.keyClick(bar.search, ENTER, Qt.KeyboardModifier.ShiftModifier)
    assert (place(desk), bar.result.text()) == ((1, 2), "1 of 4")


def test_the_search_begins_in_the_document_that_is_shown(desk: RoomDesk, bar: FindBar) -> None:
    desk.room.canvas.view.go_to(desk.session.draft.documents[1].id, 1)
    ask(desk, bar, "租金", "3 of 4")
    assert place(desk) == (2, 2)


def test_esc_hides_the_bar_and_the_pages_hear_keys_again(desk: RoomDesk, bar: FindBar) -> None:
    ask(desk, bar, "押金", "1 of 2")
    QTest.keyClick(bar.search, ESCAPE)
    assert (bar.isHidden(), bar.search.text(), desk.room.canvas.view.hasFocus()) == (True, "", True)
    QTest.keyClick(desk.room.canvas.view, Qt.Key.Key_S)
    assert desk.room.state.tool is ToolName.SEAL


def test_the_button_hides_the_bar(desk: RoomDesk, bar: FindBar) -> None:
    bar.start_typing()
    (close,) = bar.findChildren(QToolButton, options=Qt.FindChildOption.FindDirectChildrenOnly)
    QTest.mouseClick(close, Qt.MouseButton.LeftButton)
    assert bar.isHidden()


def test_a_number_and_enter_lead_to_a_page_of_the_shown_document(desk: RoomDesk, bar: FindBar) -> None:
    desk.room.canvas.view.go_to(desk.session.draft.documents[1].id, 1)
    bar.start_numbering()
    desk.qtbot.waitUntil(bar.page.hasFocus)
    # A letter is not a page, and chooses no tool either.
    QTest.keyClicks(bar.page, "x4")
    assert desk.room.state.tool is ToolName.SELECT
    QTest.keyClick(bar.page, ENTER)
    assert (place(desk), bar.isHidden(), desk.room.canvas.view.hasFocus()) == ((2, 4), True, True)


def test_a_removed_document_is_no_longer_searched(desk: RoomDesk, bar: FindBar) -> None:
    ask(desk, bar, "租金", "1 of 4")
    removed = desk.session.draft.documents[0].id
    desk.session.apply(EditName.REMOVE_DOCUMENT, lambda draft: edits.remove_document(draft, removed))
    desk.qtbot.waitUntil(lambda: bar.result.text() == "1 of 2")
    assert place(desk) == (1, 2)
    removed = desk.session.draft.documents[0].id
    desk.session.apply(EditName.REMOVE_DOCUMENT, lambda draft: edits.remove_document(draft, removed))
    assert bar.isHidden()


def test_a_document_that_is_not_open_is_left_out(desk: RoomDesk, bar: FindBar) -> None:
    assert place(desk) == (1, 1)
    desk.documents.close(desk.session.draft.documents[0].id)
    ask(desk, bar, "租金", "1 of 2")
    assert place(desk) == (2, 2)


def test_the_bar_stays_hidden_while_the_contract_is_covered(desk: RoomDesk, bar: FindBar) -> None:
    cover = QToolButton()
    desk.room.show_overlay(cover)
    bar.start_typing()
    bar.start_numbering()
    desk.room.close_overlay(cover)
    assert bar.isHidden()
