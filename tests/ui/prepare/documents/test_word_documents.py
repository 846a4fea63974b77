"""A Word document is chosen in Prepare, its pages are shown, and the contract has the PDF."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pymupdf
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLabel

from esign_desktop.domain.contract.draft import ContractDraft
from esign_desktop.pdf.isolated import office
from tests.pdf.office_files import docx, paragraph, require_writer
from tests.ui.made_pdfs import write_text_pdf

if TYPE_CHECKING:
    from tests.ui.prepare.conftest import RoomDesk

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="only on Linux can LibreOffice be locked in"),
]
LIMIT_MS = 60_000
LONG = "".join(paragraph(f"Clause {number}") for number in range(60_000))


def write(path: Path, body: str) -> Path:
    path.write_bytes(docx(body))
    return path


def texts(desk: RoomDesk) -> str:
    return "\n".join(f"{row.title}\n{row.remedy}" for row in desk.messages.rows)


def test_a_word_document_that_is_chosen_becomes_a_document_of_the_contract(desk: RoomDesk, tmp_path: Path) -> None:
    require_writer()
    path = write(tmp_path / "借款合同.docx", paragraph("甲方：某公司", "No Such Font") + paragraph("Second line"))
    desk.room.choose_files()
    (dialog,) = desk.room.findChildren(QFileDialog)
    assert "*.docx" in dialog.selectedNameFilter()
    dialog.selectFile(str(path))
    dialog.accept()
    desk.qtbot.waitUntil(lambda: bool(desk.session.draft.documents), timeout=LIMIT_MS)
    (document,) = desk.session.draft.documents
    assert document.name == "借款合同"
    kept = Path(document.path)
    assert kept.parent == tmp_path / "copies of the application"
    with pymupdf.open(kept) as pdf:
        assert "甲方：某公司" in str(pdf[0].get_text())
    desk.qtbot.waitUntil(desk.room.canvas.isVisible)
    assert desk.room.canvas.view.current_page == (document.id, 1)
    # Its text can be sealed by keyword, like that of any other PDF.
    desk.qtbot.waitUntil(lambda: bool(desk.session.draft.documents[0].sha256), timeout=LIMIT_MS)
    assert [len(desk.documents.find(document.id, word)) for word in ("Second", "absent")] == [1, 0]
    assert "借款合同.docx" in texts(desk)
    assert "No Such Font" in texts(desk)
    # The draft has the PDF: it is shown without the document.
    path.unlink()
    desk.documents.close(document.id)
    desk.room.opening.reopen([document])
    desk.qtbot.waitUntil(lambda: desk.documents.is_open(document.id), timeout=LIMIT_MS)


def test_documents_come_in_the_order_in_which_they_were_chosen(desk: RoomDesk, tmp_path: Path) -> None:
    require_writer()
    word = write(tmp_path / "first.docx", paragraph("first"))
    desk.room.open_files([word, write_text_pdf(tmp_path / "second.pdf", [["second"]])])
    desk.qtbot.waitUntil(lambda: len(desk.session.draft.documents) == 2, timeout=LIMIT_MS)
    assert [document.name for document in desk.session.draft.documents] == ["first", "second"]


def test_a_document_that_cannot_be_converted_is_told_and_the_others_still_come(desk: RoomDesk, tmp_path: Path) -> None:
    require_writer()
    broken = tmp_path / "broken.docx"
    broken.write_bytes(b"PK\x03\x04 nothing else")
    desk.room.open_files([broken, write_text_pdf(tmp_path / "other.pdf", [["other"]])])
    desk.qtbot.waitUntil(lambda: bool(desk.session.draft.documents), timeout=LIMIT_MS)
    assert [document.name for document in desk.session.draft.documents] == ["other"]
    assert "broken.docx — LibreOffice couldn't convert this document." in texts(desk)


def test_a_conversion_is_named_and_can_be_cancelled(desk: RoomDesk, tmp_path: Path) -> None:
    require_writer()
    other = write_text_pdf(tmp_path / "other.pdf", [["other"]])
    desk.room.open_files([write(tmp_path / "long.docx", LONG), other])
    card = desk.room.documents.opening
    desk.qtbot.waitUntil(card.isVisible)
    assert "Converting to PDF…" in " ".join(label.text() for label in card.findChildren(QLabel))
    desk.qtbot.mouseClick(card.cancel, Qt.MouseButton.LeftButton)
    desk.qtbot.waitUntil(lambda: bool(desk.session.draft.documents), timeout=LIMIT_MS)
    assert [document.path for document in desk.session.draft.documents] == [str(other)]
    assert not [*(tmp_path / "copies of the application").iterdir()]


def test_a_conversion_does_not_hold_up_the_next_contract(desk: RoomDesk, tmp_path: Path) -> None:
    require_writer()
    desk.room.open_files([write(tmp_path / "long.docx", LONG)])
    desk.qtbot.waitUntil(desk.room.documents.opening.isVisible)
    desk.room.opening.leave_contract()
    desk.session.load(ContractDraft.new())
    desk.open(write_text_pdf(tmp_path / "next.pdf", [["next"]]))
    assert [document.name for document in desk.session.draft.documents] == ["next"]


def test_without_libreoffice_the_message_says_what_would_convert_it(
    desk: RoomDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office, "can_confine_programs", lambda: True)
    monkeypatch.setattr(office, "libreoffice", lambda: None)
    desk.room.open_files([write(tmp_path / "contract.docx", paragraph("x"))])
    desk.qtbot.waitUntil(lambda: bool(desk.messages.rows))
    assert "contract.docx — This isn't a PDF. Contracts must be sent as PDFs." in texts(desk)
    assert "LibreOffice Writer" in texts(desk)
    assert not desk.session.draft.documents


def test_a_spreadsheet_is_still_refused(desk: RoomDesk, tmp_path: Path) -> None:
    sheet = tmp_path / "list.xlsx"
    sheet.write_bytes(b"PK")
    desk.room.open_files([sheet])
    assert "list.xlsx — This isn't a PDF. Contracts must be sent as PDFs." in texts(desk)
    assert "LibreOffice" not in texts(desk)
