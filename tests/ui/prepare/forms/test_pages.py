"""Pages of a PDF behind a form, by clicks and keys: chosen, shown, arranged, replaced and removed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pymupdf
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QPushButton

from esign_desktop.domain.added_pages import MOST_ADDED_BYTES, AddedPdf, AddedTable
from esign_desktop.domain.contract.form_values import set_blocks
from esign_desktop.domain.placing.placement import CoordinatePlacement
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.prepare.documents.added_pdfs import CopyStage
from esign_desktop.ui.prepare.documents.card import DocumentCard
from esign_desktop.ui.prepare.tools.state import ToolName
from tests.pdf.builder import Page, build
from tests.services.template_files import make_part
from tests.ui.prepare.forms.test_values import filling, open_tables, press_keys
from tests.ui.typed_text import type_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.ui.prepare.documents.blocks import BlocksPane
    from tests.ui.prepare.conftest import RoomDesk

LEFT = Qt.MouseButton.LeftButton
mupdf: Any = pymupdf

pytestmark = pytest.mark.qt_log_ignore(r"does not support (grabbing the keyboard|raise\(\))", extend=True)


def write_pdf(path: Path, *texts: str, rotate: int = 0, password: str = "") -> Path:
    """Write a PDF with a page for each text, in large letters at the page's upper left."""
    with mupdf.open() as pdf:
        for text in texts:
            page = pdf.new_page(width=595, height=842)
            page.insert_text((60, 120), text, fontsize=60)
            page.set_rotation(rotate)
        options = {"encryption": mupdf.PDF_ENCRYPT_AES_256, "user_pw": password, "owner_pw": password}
        pdf.save(path, **(options if password else {}))
    return path


@pytest.fixture
def terms(tmp_path: Path) -> Path:
    return write_pdf(tmp_path / "通用条款.pdf", "ALPHA", "BETA", "GAMMA")


def pane(desk: RoomDesk) -> BlocksPane:
    return desk.room.blocks


def choose(desk: RoomDesk, path: Path, button: QPushButton | None = None) -> None:
    """Press the button, and choose a file in the dialog that it opens."""
    desk.qtbot.mouseClick(button or pane(desk).add_pdf, LEFT)
    finish_dialog(desk, path)


def dialogs(desk: RoomDesk) -> list[QFileDialog]:
    return [one for one in pane(desk).findChildren(QFileDialog) if one.isVisible()]


def finish_dialog(desk: RoomDesk, path: Path | None) -> None:
    """Choose a file in the open dialog, or close the dialog without one."""
    (dialog,) = dialogs(desk)
    dialog.close()
    desk.room.window().activateWindow()
    desk.qtbot.waitUntil(lambda: QApplication.activeWindow() is desk.room.window())
    if path is not None:
        dialog.fileSelected.emit(str(path))


def wait_for(desk: RoomDesk, stage: CopyStage) -> None:
    desk.qtbot.waitUntil(lambda: pane(desk).copying.stage is stage, timeout=10_000)


def add(desk: RoomDesk, path: Path, pages: str = "", button: QPushButton | None = None) -> None:
    choose(desk, path, button)
    wait_for(desk, CopyStage.CHOOSING)
    chooser = pane(desk).chooser
    if pages:
        chooser.pages.selectAll()
        type_text(chooser.pages, pages)
    desk.qtbot.mouseClick(chooser.add, LEFT)
    wait_for(desk, CopyStage.IDLE)


def paste_table(desk: RoomDesk, text: str = "品名\t数量\n苹果\t12\n") -> None:
    QGuiApplication.clipboard().setText(text)
    pane(desk).grid.setCurrentCell(0, 0)
    pane(desk).grid.paste()


def blocks(desk: RoomDesk) -> list[str]:
    """Return the blocks by their files' names; a table counts as its first cell."""
    return [
        f"{block.name} {len(block.frames)}" if isinstance(block, AddedPdf) else block.rows[0][0] if block.rows else ""
        for block in filling(desk).blocks
    ]


def titles(desk: RoomDesk) -> list[str]:
    return [message.title for message in desk.messages.rows]


def dark_share(desk: RoomDesk, page_number: int) -> float:
    """Return the share of dark pixels in the upper fifth of a page on the canvas."""
    view = desk.room.canvas.view
    document = desk.session.draft.documents[0]
    view.go_to(document.id, page_number)
    desk.qtbot.waitUntil(lambda: not view.is_settling and view.source.is_idle, timeout=10_000)
    slot = view.page_layout.slot(document.id, page_number)
    assert slot is not None
    assert view.source.failure(document.id, page_number) is None
    picture = view.viewport().grab().toImage()
    left, top = slot.left_px + view.origin.x(), slot.top_px + view.origin.y()
    points = [
        (int(left + x), int(top + y))
        for x in range(4, int(slot.width_px) - 4, 2)
        for y in range(4, int(slot.height_px / 5), 2)
    ]
    inside = [point for point in points if picture.rect().contains(*point)]
    assert inside
    return sum(picture.pixelColor(*point).lightness() < 120 for point in inside) / len(inside)


def test_pages_of_a_file_follow_the_form_and_are_drawn(
    speak: Callable[[str], None], form_desk: RoomDesk, terms: Path
) -> None:
    speak("en")
    open_tables(form_desk)
    own_count = form_desk.session.draft.documents[0].page_count
    choose(form_desk, terms)
    wait_for(form_desk, CopyStage.CHOOSING)
    chooser = pane(form_desk).chooser
    assert chooser.pages.text() == "1-3"
    assert chooser.status.text() == "Adds 3 pages"
    assert form_desk.room.focusWidget() is chooser.pages
    terms.unlink()
    press_keys("1,3", Qt.Key.Key_Return)
    wait_for(form_desk, CopyStage.IDLE)
    assert blocks(form_desk) == ["通用条款.pdf 2"]
    document = form_desk.session.draft.documents[0]
    assert document.page_count == own_count + 2
    assert form_desk.room.canvas.view.current_page == (document.id, own_count + 1)
    assert dark_share(form_desk, own_count + 1) > 0.01
    assert (pane(form_desk).file_name.text(), pane(form_desk).file_facts.text()[:7]) == ("通用条款.pdf", "2 pages")
    assert form_desk.session.undo_name is EditName.CHANGE_ADDED_PAGES
    card = form_desk.room.documents.card(document.id)
    assert isinstance(card, DocumentCard)
    assert f"{own_count + 2} pages" in card.accessibleName()


def test_undo_takes_the_pages_back_and_redo_draws_them_again(form_desk: RoomDesk, terms: Path) -> None:
    open_tables(form_desk)
    add(form_desk, terms)
    number = form_desk.session.draft.documents[0].page_count
    form_desk.session.undo()
    assert filling(form_desk).blocks == ()
    assert pane(form_desk).grid.isVisible()
    form_desk.session.redo()
    assert dark_share(form_desk, number) > 0.01
    form_desk.qtbot.mouseClick(pane(form_desk).remove, LEFT)
    assert filling(form_desk).blocks == ()
    form_desk.session.undo()
    assert blocks(form_desk) == ["通用条款.pdf 3"]
    assert dark_share(form_desk, number) > 0.01


def test_tables_and_files_have_one_order_and_seals_stay_on_their_pages(form_desk: RoomDesk, terms: Path) -> None:
    open_tables(form_desk)
    paste_table(form_desk)
    add(form_desk, terms, "2")
    document = form_desk.session.draft.documents[0]
    form_desk.room.state.set_active_signer(form_desk.session.draft.signers[0].id)
    form_desk.room.state.set_tool(ToolName.SEAL)
    view = form_desk.room.canvas.view
    view.go_to(document.id, document.page_count)
    slot = view.page_layout.slot(document.id, document.page_count)
    assert slot is not None
    at = view.view_point(slot.left_px + slot.width_px / 2, slot.top_px + 100).toPoint()
    form_desk.qtbot.mouseClick(view.viewport(), LEFT, pos=at)
    (seal,) = form_desk.session.draft.placements
    assert isinstance(seal, CoordinatePlacement)
    assert seal.pages.first == document.page_count

    assert pane(form_desk).move_up.isEnabled()
    assert not pane(form_desk).move_down.isEnabled()
    form_desk.qtbot.mouseClick(pane(form_desk).move_up, LEFT)
    assert blocks(form_desk) == ["通用条款.pdf 1", "品名"]
    (moved,) = form_desk.session.draft.placements
    assert isinstance(moved, CoordinatePlacement)
    assert moved.pages.first == document.page_count - 1
    assert dark_share(form_desk, document.page_count - 1) > 0.01
    assert pane(form_desk).tabs.currentIndex() == 0
    form_desk.qtbot.mouseClick(pane(form_desk).tabs, LEFT, pos=pane(form_desk).tabs.tabRect(1).center())
    assert pane(form_desk).grid.isVisible()
    assert not pane(form_desk).replace.isVisible()
    form_desk.qtbot.mouseClick(pane(form_desk).tabs, LEFT, pos=pane(form_desk).tabs.tabRect(0).center())
    form_desk.qtbot.mouseClick(pane(form_desk).remove, LEFT)
    assert blocks(form_desk) == ["品名"]
    assert not form_desk.session.draft.placements
    form_desk.session.undo()
    assert form_desk.session.draft.placements == (moved,)


def test_a_file_is_replaced_in_its_place(form_desk: RoomDesk, terms: Path, tmp_path: Path) -> None:
    open_tables(form_desk)
    add(form_desk, terms)
    form_desk.qtbot.mouseClick(pane(form_desk).add, LEFT)
    paste_table(form_desk)
    form_desk.qtbot.mouseClick(pane(form_desk).tabs, LEFT, pos=pane(form_desk).tabs.tabRect(0).center())
    add(form_desk, write_pdf(tmp_path / "new.pdf", "OMEGA", rotate=90), button=pane(form_desk).replace)
    assert blocks(form_desk) == ["new.pdf 1", "品名"]
    (block,) = form_desk.session.draft.documents[0].added_pdfs
    assert [(frame.width_pt, frame.height_pt) for frame in block.frames] == [(842.0, 595.0)]


def test_only_what_is_left_of_ten_pages_can_be_added(form_desk: RoomDesk, tmp_path: Path) -> None:
    long = write_pdf(tmp_path / "long.pdf", *(f"PAGE {number}" for number in range(12)))
    open_tables(form_desk)
    paste_table(form_desk)
    choose(form_desk, long)
    wait_for(form_desk, CopyStage.CHOOSING)
    chooser = pane(form_desk).chooser
    assert chooser.pages.text() == "1-9"
    for typed, sentence in (
        ("1-12", "At most 10 pages can follow the form; there is room for 9 more."),
        ("13", "The document has only 12 pages."),
        ("x", "This isn't a valid page number."),
    ):
        chooser.pages.selectAll()
        press_keys(typed, Qt.Key.Key_Return)
        assert chooser.status.text() == sentence
        assert not chooser.add.isEnabled()
        assert pane(form_desk).copying.stage is CopyStage.CHOOSING
    chooser.pages.selectAll()
    press_keys("4-12", Qt.Key.Key_Return)
    wait_for(form_desk, CopyStage.IDLE)
    assert filling(form_desk).added_pages == 10

    form_desk.qtbot.mouseClick(pane(form_desk).add_pdf, LEFT)
    assert dialogs(form_desk) == []
    assert "At most 10 pages can follow the form; there is room for 0 more." in titles(form_desk)
    # In the place of the nine pages there is room for nine.
    choose(form_desk, long, pane(form_desk).replace)
    wait_for(form_desk, CopyStage.CHOOSING)
    assert chooser.pages.text() == "1-9"


def test_what_a_table_takes_meanwhile_is_not_added_too(form_desk: RoomDesk, tmp_path: Path) -> None:
    long = write_pdf(tmp_path / "long.pdf", *("PAGE",) * 10)
    open_tables(form_desk)
    choose(form_desk, long)
    wait_for(form_desk, CopyStage.CHOOSING)
    document_id = form_desk.session.draft.documents[0].id
    table = AddedTable((("x", "y"),))
    form_desk.session.apply(EditName.CHANGE_TABLES, lambda draft: set_blocks(draft, document_id, (table,)))
    chooser = pane(form_desk).chooser
    assert (chooser.pages.text(), chooser.add.isEnabled()) == ("1-10", False)
    form_desk.session.undo()
    form_desk.qtbot.mouseClick(chooser.add, LEFT)
    form_desk.session.apply(EditName.CHANGE_TABLES, lambda draft: set_blocks(draft, document_id, (table,)))
    wait_for(form_desk, CopyStage.IDLE)
    assert blocks(form_desk) == ["x"]
    assert "there is room for 9 more" in titles(form_desk)[-1]


def signed(path: Path) -> Path:
    fields = "/AcroForm<</Fields[<</T(a)/FT/Sig/V<</Type/Sig/ByteRange[0 1 2 3]>>>>]>>"
    path.write_bytes(build(Page(), catalog=fields))
    return path


def dynamic(path: Path) -> Path:
    path.write_bytes(build(Page(), catalog="/AcroForm<</Fields[]/XFA(x)>>"))
    return path


def large(path: Path) -> Path:
    size = MOST_ADDED_BYTES + 1
    with mupdf.open() as pdf:
        page = pdf.new_page()
        side = 1800
        pixels = mupdf.Pixmap(mupdf.csRGB, side, side, os.urandom(side * side * 3), False)
        page.insert_image(page.rect, pixmap=pixels)
        pdf.save(path, deflate=True)
    assert path.stat().st_size > size
    return path


def other(content: bytes, suffix: str = ".pdf") -> Callable[[Path], Path]:
    def write(path: Path) -> Path:
        path = path.with_suffix(suffix)
        path.write_bytes(content)
        return path

    return write


@pytest.mark.parametrize(
    ("write", "is_opened", "sentence"),
    [
        (signed, True, "The file is already digitally signed. Changing a copy would invalidate that signature."),
        (dynamic, True, "The pages of this form are created by Adobe Acrobat when it is opened."),
        (large, True, "The files at the end of the form can have 8 MB together."),
        (other(b"<html>"), False, "This isn't a PDF."),
        (other(b"%PDF-1.7 nothing"), False, "This PDF is damaged and can't be opened."),
        (other(b""), False, "This file is empty."),
        (other(b"PK", ".docx"), False, "This isn't a PDF. Contracts must be sent as PDFs."),
        (lambda path: path, False, "The file is no longer in its folder."),
    ],
)
def test_files_that_cannot_be_added_are_refused_with_a_sentence(
    write: Callable[[Path], Path], is_opened: bool, sentence: str, form_desk: RoomDesk, tmp_path: Path
) -> None:
    path = write(tmp_path / "refused.pdf")
    open_tables(form_desk)
    choose(form_desk, path)
    if is_opened:
        wait_for(form_desk, CopyStage.CHOOSING)
        press_keys(Qt.Key.Key_Return)
    form_desk.qtbot.waitUntil(lambda: any(sentence in title for title in titles(form_desk)), timeout=20_000)
    assert path.name in titles(form_desk)[-1]
    assert filling(form_desk).blocks == ()
    assert pane(form_desk).copying.stage is CopyStage.IDLE
    assert pane(form_desk).add_pdf.isEnabled()
    assert form_desk.room.focusWidget() is pane(form_desk).add_pdf
    assert list((tmp_path / "copies of the application").iterdir()) == []


def test_a_protected_file_asks_for_its_password(form_desk: RoomDesk, tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "geheim.pdf", "SECRET", password="geheim")
    open_tables(form_desk)
    choose(form_desk, path)
    bar = pane(form_desk).password_bar
    form_desk.qtbot.waitUntil(bar.isVisible)
    (line,) = bar.findChildren(QLineEdit)
    for password in ("wrong", "geheim"):
        line.setFocus()
        type_text(line, password)
        form_desk.qtbot.keyClick(line, Qt.Key.Key_Return)
        form_desk.qtbot.waitUntil(
            lambda: bar.isVisible() or pane(form_desk).copying.stage is CopyStage.CHOOSING, timeout=10_000
        )
    form_desk.qtbot.mouseClick(pane(form_desk).chooser.add, LEFT)
    wait_for(form_desk, CopyStage.IDLE)
    (block,) = form_desk.session.draft.documents[0].added_pdfs
    with mupdf.open(block.path) as pdf:
        assert not pdf.needs_pass
        assert pdf[0].get_text().strip() == "SECRET"


def test_a_password_is_no_longer_asked_for_once_the_pane_is_closed(form_desk: RoomDesk, tmp_path: Path) -> None:
    open_tables(form_desk)
    choose(form_desk, write_pdf(tmp_path / "geheim.pdf", "SECRET", password="geheim"))
    bar = pane(form_desk).password_bar
    form_desk.qtbot.waitUntil(bar.isVisible)
    form_desk.qtbot.mouseClick(pane(form_desk).close_button, LEFT)
    open_tables(form_desk)
    assert not bar.isVisible()


def test_a_dialog_that_is_cancelled_and_a_choice_that_is_cancelled_change_nothing(
    form_desk: RoomDesk, terms: Path
) -> None:
    open_tables(form_desk)
    form_desk.qtbot.mouseClick(pane(form_desk).add_pdf, LEFT)
    finish_dialog(form_desk, None)
    assert pane(form_desk).copying.stage is CopyStage.IDLE
    for way in ("button", "escape", "close", "while it opens"):
        open_tables(form_desk)
        choose(form_desk, terms)
        if way != "while it opens":
            wait_for(form_desk, CopyStage.CHOOSING)
        if way == "escape":
            press_keys(Qt.Key.Key_Escape)
        elif way == "close":
            form_desk.qtbot.mouseClick(pane(form_desk).close_button, LEFT)
        else:
            form_desk.qtbot.mouseClick(pane(form_desk).chooser.cancel, LEFT)
        assert pane(form_desk).copying.stage is CopyStage.IDLE
        assert pane(form_desk).isHidden() is (way == "close")
    assert filling(form_desk).blocks == ()
    assert not form_desk.session.redo_name


def test_a_double_click_adds_the_pages_once(form_desk: RoomDesk, terms: Path) -> None:
    open_tables(form_desk)
    form_desk.qtbot.mouseClick(pane(form_desk).add_pdf, LEFT)
    form_desk.qtbot.mouseDClick(pane(form_desk).add_pdf, LEFT)
    finish_dialog(form_desk, terms)
    wait_for(form_desk, CopyStage.CHOOSING)
    chooser = pane(form_desk).chooser
    form_desk.qtbot.mouseClick(chooser.add, LEFT)
    form_desk.qtbot.mouseDClick(chooser.add, LEFT)
    wait_for(form_desk, CopyStage.IDLE)
    assert blocks(form_desk) == ["通用条款.pdf 3"]


def test_a_form_that_is_removed_takes_no_pages(form_desk: RoomDesk, terms: Path) -> None:
    open_tables(form_desk)
    choose(form_desk, terms)
    wait_for(form_desk, CopyStage.CHOOSING)
    form_desk.session.undo()
    assert pane(form_desk).isHidden()
    assert pane(form_desk).copying.stage is CopyStage.IDLE


def test_a_file_is_dropped_on_the_pane(form_desk: RoomDesk, terms: Path) -> None:
    open_tables(form_desk)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(terms))])
    buttons = LEFT, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(9, 9), Qt.DropAction.CopyAction, data, *buttons)
    QApplication.sendEvent(pane(form_desk), enter)
    assert enter.isAccepted()
    QApplication.sendEvent(pane(form_desk), QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, data, *buttons))
    wait_for(form_desk, CopyStage.CHOOSING)
    press_keys(Qt.Key.Key_Return)
    wait_for(form_desk, CopyStage.IDLE)
    assert blocks(form_desk) == ["通用条款.pdf 3"]
    assert len(form_desk.session.draft.documents) == 1
    data.setUrls([QUrl.fromLocalFile("/a.pdf"), QUrl.fromLocalFile("/b.pdf")])
    enter = QDragEnterEvent(QPoint(9, 9), Qt.DropAction.CopyAction, data, *buttons)
    enter.ignore()
    pane(form_desk).dragEnterEvent(enter)
    assert not enter.isAccepted()


def test_pages_whose_copy_is_gone_are_not_drawn_and_can_be_replaced(
    form_desk: RoomDesk, terms: Path, tmp_path: Path
) -> None:
    gone = make_part(tmp_path / "elsewhere", "gone")
    Path(gone.path).unlink()
    document_id = form_desk.session.draft.documents[0].id
    form_desk.session.apply(EditName.USE_PRESET, lambda draft: set_blocks(draft, document_id, (gone,)))
    number = form_desk.session.draft.documents[0].page_count
    view = form_desk.room.canvas.view
    view.go_to(document_id, number)
    form_desk.qtbot.waitUntil(lambda: view.source.failure(document_id, number) is not None)
    error = view.source.failure(document_id, number)
    assert error is not None
    assert (error.code, error.params) == ("form.block_missing", {"block": "terms.pdf"})
    open_tables(form_desk)
    add(form_desk, terms, "1", button=pane(form_desk).replace)
    assert dark_share(form_desk, number) > 0.01
