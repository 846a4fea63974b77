from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pymupdf
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton

from esign_desktop.domain.contract import edits
from esign_desktop.domain.contract.draft import ContractDraft
from esign_desktop.services.editing.documents import DocumentService
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.prepare.documents.card import DocumentCard, size_text
from esign_desktop.ui.prepare.documents.changed_files import ChangedFileBar
from esign_desktop.ui.prepare.documents.opening import PasswordBar
from esign_desktop.ui.prepare.keyword.bar import KeywordBar
from esign_desktop.ui.prepare.tools.state import ToolName
from esign_desktop.ui.prepare.welcome import WelcomePage
from tests.drafts import make_person_signer
from tests.ui.made_pdfs import MadePage, write_pdf, write_text_pdf
from tests.ui.typed_text import type_text

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.domain.document import Document, DocumentId
    from tests.ui.prepare.conftest import RoomDesk

LIMIT_S = 30

AES_256 = 5
"""MuPDF's number for it."""


@pytest.fixture
def contract(tmp_path: Path) -> Path:
    return write_text_pdf(tmp_path / "借款合同.pdf", [["甲方 乙方"], ["乙方(签字)"]])


@pytest.fixture
def protected(tmp_path: Path) -> Path:
    path = tmp_path / "protected.pdf"
    document: Any = pymupdf.open()
    document.new_page()
    document.save(path, encryption=AES_256, user_pw="open sesame", owner_pw="owner")
    document.close()
    return path


def _cards(desk: RoomDesk) -> list[DocumentCard]:
    return [card for card in desk.room.findChildren(DocumentCard) if card.isVisible()]


def test_an_empty_room_says_what_to_do_first(desk: RoomDesk) -> None:
    empty = desk.room.findChild(WelcomePage)
    assert empty is not None
    assert empty.isVisible()
    button = empty.findChild(QPushButton)
    assert button is not None
    assert button.text()


def test_an_opened_file_stands_in_the_list_and_on_the_canvas(desk: RoomDesk, contract: Path) -> None:
    desk.open(contract)
    (card,) = _cards(desk)
    assert "借款合同" in card.accessibleName()
    assert desk.room.canvas.isVisible()
    assert desk.room.canvas.view.current_page == (desk.session.draft.documents[0].id, 1)


def test_several_files_come_in_the_order_given(desk: RoomDesk, tmp_path: Path) -> None:
    paths = [write_text_pdf(tmp_path / f"{name}.pdf", [[name]]) for name in ("c", "a", "b")]
    desk.open(*paths)
    assert [document.name for document in desk.session.draft.documents] == ["c", "a", "b"]


def test_a_file_that_fails_is_told_of_and_the_others_still_come(desk: RoomDesk, contract: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.pdf"
    broken.write_text("no PDF at all")
    desk.room.open_files([broken, contract])
    desk.qtbot.waitUntil(lambda: bool(desk.session.draft.documents))
    assert [document.name for document in desk.session.draft.documents] == ["借款合同"]
    assert "broken.pdf" in desk.messages.rows[0].title + desk.messages.rows[0].remedy


def test_a_password_is_asked_for_until_it_is_right(desk: RoomDesk, protected: Path) -> None:
    desk.room.open_files([protected])
    bar = desk.room.findChild(PasswordBar)
    assert bar is not None
    desk.qtbot.waitUntil(bar.isVisible)
    line = bar.findChild(QLineEdit)
    assert line is not None
    type_text(line, "wrong")
    desk.qtbot.keyClick(line, Qt.Key.Key_Return)
    desk.qtbot.waitUntil(lambda: bar.isVisible() and not line.text())
    type_text(line, "open sesame")
    desk.qtbot.keyClick(line, Qt.Key.Key_Return)
    desk.qtbot.waitUntil(lambda: bool(desk.session.draft.documents))
    desk.qtbot.waitUntil(lambda: desk.session.draft.documents[0].facts.is_encrypted)
    assert not bar.isVisible()


def test_a_protected_file_can_be_skipped(desk: RoomDesk, protected: Path) -> None:
    desk.room.open_files([protected])
    bar = desk.room.findChild(PasswordBar)
    assert bar is not None
    desk.qtbot.waitUntil(bar.isVisible)
    desk.qtbot.keyClick(bar.findChild(QLineEdit), Qt.Key.Key_Escape)
    assert not bar.isVisible()
    assert not desk.session.draft.documents


def _asked(desk: RoomDesk) -> tuple[PasswordBar, QLineEdit]:
    bar = desk.room.findChild(PasswordBar)
    assert bar is not None
    desk.qtbot.waitUntil(bar.isVisible)
    line = bar.findChild(QLineEdit)
    assert line is not None
    return bar, line


def test_a_second_protected_file_leaves_the_password_that_is_being_typed(
    desk: RoomDesk, protected: Path, tmp_path: Path
) -> None:
    desk.room.open_files([protected])
    _, line = _asked(desk)
    type_text(line, "open ")
    second = tmp_path / "second.pdf"
    second.write_bytes(protected.read_bytes())
    with desk.qtbot.waitSignal(desk.room.opening.password_needed):
        desk.room.open_files([second])
    type_text(line, "sesame")
    desk.qtbot.keyClick(line, Qt.Key.Key_Return)
    desk.qtbot.waitUntil(lambda: [d.path for d in desk.session.draft.documents] == [str(protected)])


def test_the_password_bar_takes_no_key_from_whoever_types_elsewhere(
    desk: RoomDesk, contract: Path, protected: Path
) -> None:
    desk.open(contract)
    desk.session.apply(EditName.ADD_SIGNER, lambda draft: edits.add_signer(draft, make_person_signer()))
    desk.room.activateWindow()
    desk.room.state.set_tool(ToolName.KEYWORD)
    bar = desk.room.findChild(KeywordBar)
    assert bar is not None
    elsewhere = bar.findChild(QLineEdit)
    assert elsewhere is not None
    desk.qtbot.waitUntil(elsewhere.hasFocus)
    desk.room.open_files([protected])
    _asked(desk)
    assert elsewhere.hasFocus()


def test_a_password_is_not_asked_for_in_the_next_contract(desk: RoomDesk, protected: Path) -> None:
    desk.room.open_files([protected])
    bar, line = _asked(desk)
    type_text(line, "half")
    desk.session.load(ContractDraft.new())
    assert not bar.isVisible()
    assert not line.text()


def test_files_that_are_still_being_opened_do_not_get_into_the_next_contract(
    desk: RoomDesk, contract: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, arrived = threading.Event(), threading.Event()
    read = DocumentService.open_quickly

    def read_late(service: DocumentService, path: Path, password: str | None = None) -> Document:
        asked.set()
        arrived.wait(LIMIT_S)
        return read(service, path, password)

    monkeypatch.setattr(DocumentService, "open_quickly", read_late)
    desk.room.open_files([contract, write_text_pdf(tmp_path / "second.pdf", [["二"]])])
    desk.qtbot.waitUntil(asked.is_set)
    desk.session.load(ContractDraft.new())
    own = write_text_pdf(tmp_path / "own.pdf", [["三"]])
    desk.room.open_files([own])
    arrived.set()
    desk.qtbot.waitUntil(lambda: bool(desk.session.draft.documents))
    desk.qtbot.wait(50)
    assert [document.path for document in desk.session.draft.documents] == [str(own)]


def test_a_file_that_takes_long_is_named_with_its_size_and_given_up_without_the_others(
    desk: RoomDesk, contract: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrived, closed = threading.Event(), threading.Event()
    read, close = DocumentService.open_quickly, DocumentService.close

    def read_late(service: DocumentService, path: Path, password: str | None = None) -> Document:
        if path == contract:
            arrived.wait(LIMIT_S)
        return read(service, path, password)

    def note_closed(service: DocumentService, document_id: DocumentId) -> None:
        close(service, document_id)
        closed.set()

    monkeypatch.setattr(DocumentService, "open_quickly", read_late)
    monkeypatch.setattr(DocumentService, "close", note_closed)
    other = write_text_pdf(tmp_path / "other.pdf", [["二"]])
    desk.room.open_files([contract, other])
    card = desk.room.documents.opening
    desk.qtbot.waitUntil(card.isVisible)
    words = " ".join(label.text() for label in card.findChildren(QLabel))
    assert contract.name in words
    assert size_text(contract.stat().st_size) in words
    desk.qtbot.mouseClick(card.cancel, Qt.MouseButton.LeftButton)
    desk.qtbot.waitUntil(lambda: [one.path for one in desk.session.draft.documents] == [str(other)])
    assert not card.isVisible()
    # It comes all the same, and is let go of.
    arrived.set()
    desk.qtbot.waitUntil(closed.is_set)
    assert [one.path for one in desk.session.draft.documents] == [str(other)]


def test_a_document_is_renamed_in_place_and_that_can_be_undone(desk: RoomDesk, contract: Path) -> None:
    desk.open(contract)
    (card,) = _cards(desk)
    card.setFocus()
    desk.qtbot.keyClick(card, Qt.Key.Key_F2)
    editor = card.findChild(QLineEdit)
    assert editor is not None
    type_text(editor, "借款合同（修订）")
    desk.qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert desk.session.draft.documents[0].name == "借款合同（修订）"
    desk.session.undo()
    assert desk.session.draft.documents[0].name == "借款合同"


def test_documents_are_moved_and_removed_by_key(desk: RoomDesk, tmp_path: Path) -> None:
    desk.open(*(write_text_pdf(tmp_path / f"{name}.pdf", [[name]]) for name in "ab"))
    first = _cards(desk)[0]
    desk.qtbot.keyClick(first, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert [document.name for document in desk.session.draft.documents] == ["b", "a"]
    desk.qtbot.keyClick(first, Qt.Key.Key_Delete)
    assert [document.name for document in desk.session.draft.documents] == ["b"]
    desk.qtbot.waitUntil(lambda: len(_cards(desk)) == 1)


def test_what_is_special_about_a_file_is_told_by_chips(desk: RoomDesk, tmp_path: Path) -> None:
    desk.open(write_pdf(tmp_path / "turned.pdf", [MadePage(rotation=90), MadePage(media_box=(0, 0, 500, 500))]))
    (card,) = _cards(desk)
    chips = next(child for child in card.children() if type(child).__name__ == "ChipRow")
    # Text is looked for after the first page was drawn.
    desk.qtbot.waitUntil(
        lambda: {"rotated", "mixed sizes", "scan"} <= set(chips.property("accessibleName").split(", "))
    )


def test_a_loaded_draft_whose_file_changed_offers_the_new_version(desk: RoomDesk, contract: Path) -> None:
    desk.open(contract)
    kept = desk.session.draft
    desk.session.load(ContractDraft.new())
    desk.qtbot.waitUntil(lambda: not _cards(desk))
    write_text_pdf(contract, [["甲方"], ["乙方(签字)"], ["第三页"]])
    desk.session.load(replace(kept))
    bar = desk.room.findChild(ChangedFileBar)
    assert bar is not None
    desk.qtbot.waitUntil(bar.isVisible)
    desk.qtbot.mouseClick(bar.findChildren(QPushButton)[0], Qt.MouseButton.LeftButton)
    desk.qtbot.waitUntil(lambda: desk.session.draft.documents[0].page_count == 3)
    assert desk.session.draft.documents[0].name == kept.documents[0].name
    assert not bar.isVisible()
    desk.session.undo()
    assert desk.session.draft.documents[0].page_count == 2
    desk.qtbot.waitUntil(bar.isVisible)


def test_a_loaded_draft_whose_file_is_gone_says_so(desk: RoomDesk, contract: Path) -> None:
    desk.open(contract)
    kept = desk.session.draft
    desk.session.load(ContractDraft.new())
    desk.qtbot.waitUntil(lambda: not _cards(desk))
    contract.unlink()
    desk.session.load(kept)
    bar = desk.room.findChild(ChangedFileBar)
    assert bar is not None
    desk.qtbot.waitUntil(bar.isVisible)


@pytest.mark.parametrize(("size", "text"), [(1, "1 KB"), (77 * 1024, "77 KB"), (1_572_864, "1.5 MB")])
def test_sizes_are_written_as_people_say_them(size: int, text: str) -> None:
    assert size_text(size) == text


def test_a_document_can_be_moved_only_where_another_one_is(desk: RoomDesk, tmp_path: Path) -> None:
    desk.open(write_text_pdf(tmp_path / "first.pdf", [["one"]]))

    def moves() -> list[tuple[bool, bool]]:
        cards = [desk.room.documents.card(document.id) for document in desk.session.draft.documents]
        menus = [card.findChildren(QAction) for card in cards if card is not None]
        enabled = [{action.text(): action.isEnabled() for action in actions} for actions in menus]
        return [(one["Move up"], one["Move down"]) for one in enabled]

    assert moves() == [(False, False)]
    desk.open(write_text_pdf(tmp_path / "second.pdf", [["two"]]))
    assert moves() == [(False, True), (True, False)]
