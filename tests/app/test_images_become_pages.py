"""Photographs and scans are looked at, put in order and taken into the contract as pages of a PDF."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtTest import QTest

from esign_desktop.ui.prepare.documents.images import ImagesDialog
from esign_desktop.ui.shell.window import contract_paths
from tests.pdf.image_files import jpeg, tiff
from tests.ui.made_pdfs import write_text_pdf

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from esign_desktop.app.main import Program
    from tests.app.conftest import Start

WAIT_MS = 30_000


class Desk:
    """The program, with somebody who drops and pastes."""

    def __init__(self, program: Program, folder: Path, qtbot: QtBot) -> None:
        assert program.workspace is not None
        self.program, self.workspace, self._folder, self._qtbot = program, program.workspace, folder, qtbot

    def wait(self, condition: Callable[[], bool]) -> None:
        self._qtbot.waitUntil(condition, timeout=WAIT_MS)

    def file(self, name: str, data: bytes) -> Path:
        path = self._folder / name
        path.write_bytes(data)
        return path

    def drop(self, *paths: Path) -> None:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
        assert contract_paths(data) == list(paths)
        buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        event = QDropEvent(QPointF(400, 300), Qt.DropAction.CopyAction, data, buttons, keys)
        self.program.window.dropEvent(event)

    def dialog(self) -> ImagesDialog:
        self.wait(lambda: any(one.isVisible() for one in self.program.window.findChildren(ImagesDialog)))
        return next(one for one in self.program.window.findChildren(ImagesDialog) if one.isVisible())


@pytest.fixture
def desk(start: Start, tmp_path: Path, qtbot: QtBot) -> Desk:
    return Desk(start(), tmp_path, qtbot)


def press(button: object) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)  # type: ignore[call-overload]  # any widget


def choose(dialog: ImagesDialog, row: int) -> None:
    item = dialog.pages.item(row)
    dialog.pages.scrollToItem(item)
    place = dialog.pages.visualItemRect(item).center()
    QTest.mouseClick(dialog.pages.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_dropped_images_are_ordered_turned_and_taken_as_one_document(desk: Desk) -> None:
    desk.drop(desk.file("front.jpg", jpeg(900, 1200)), desk.file("fax.tif", tiff((60, 80), (90, 40))))
    dialog = desk.dialog()
    desk.wait(lambda: dialog.pages.count() == 3 and dialog.take.isEnabled())
    assert not desk.workspace.session.draft.documents
    assert dialog.name.text() == "front"
    choose(dialog, 2)
    press(dialog.up)
    press(dialog.right)
    assert [dialog.pages.item(row).text().split("\n")[:2] for row in range(3)] == [
        ["Page 1", "front.jpg"],
        ["Page 2", "fax.tif (2)"],
        ["Page 3", "fax.tif (1)"],
    ]
    choose(dialog, 2)
    press(dialog.remove)
    dialog.name.setText("签署附件")
    press(dialog.take)
    desk.wait(lambda: bool(desk.workspace.session.draft.documents))
    (document,) = desk.workspace.session.draft.documents
    assert (document.name, document.page_count) == ("签署附件", 2)
    # The second was across, and was turned.
    assert all(page.display_width_pt < page.display_height_pt for page in document.pages)
    path = Path(document.path)
    assert path.read_bytes().startswith(b"%PDF-")
    assert path.parent == desk.program._backend.paths.copies_dir  # noqa: SLF001  where made documents are kept
    # Kept with the contract, not among the files that were opened.
    assert path not in desk.workspace.services.preferences.recents


@pytest.mark.nightly
def test_a_pasted_image_becomes_a_page_as_well(desk: Desk) -> None:
    data = QMimeData()
    data.setData("image/jpeg", jpeg(900, 1200))
    QGuiApplication.clipboard().setMimeData(data)
    try:
        QTest.keyClick(desk.workspace.prepare, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
        dialog = desk.dialog()
        desk.wait(dialog.take.isEnabled)
        press(dialog.take)
        desk.wait(lambda: bool(desk.workspace.session.draft.documents))
    finally:
        QGuiApplication.clipboard().clear()
    assert desk.workspace.session.draft.documents[0].name == "Pasted image"


@pytest.mark.nightly
def test_what_can_not_be_read_is_named_and_the_others_are_still_taken(desk: Desk) -> None:
    desk.drop(desk.file("broken.png", b"\x89PNG\r\n\x1a\n" + bytes(30)), desk.file("good.jpg", jpeg(300, 400)))
    dialog = desk.dialog()
    desk.wait(lambda: dialog.pages.count() == 1 and dialog.take.isEnabled())
    assert "“broken.png”: This file is damaged" in dialog.state.text
    dialog.reject()
    assert not desk.workspace.session.draft.documents


@pytest.mark.nightly
def test_other_files_are_told_how_to_become_pdfs_and_a_pdf_beside_them_is_opened(desk: Desk, tmp_path: Path) -> None:
    pdf = write_text_pdf(tmp_path / "contract.pdf", [["甲方"]])
    desk.drop(desk.file("合同.pptx", b"PK"), desk.file("照片.heic", b"ftyp"), pdf)
    desk.wait(lambda: len(desk.workspace.session.draft.documents) == 1)
    rows = desk.program.window.messages.rows
    assert {row.remedy for row in rows} == {
        "In WPS, Word or Excel, choose File > Save As or Export with file type PDF, then add that PDF.",
        "Save the image as JPG or PNG, then add the new file.",
    }
    assert any("合同.pptx" in row.title for row in rows)
