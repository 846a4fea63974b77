from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.errors import InputError, PdfError
from esign_desktop.pdf.process_engine import ProcessEngine
from esign_desktop.services.documents import DocumentService
from tests.services.desk import make_pdf

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def engine() -> Iterator[ProcessEngine]:
    engine = ProcessEngine()
    yield engine
    engine.stop()


@pytest.fixture
def documents(engine: ProcessEngine) -> DocumentService:
    return DocumentService(engine)


def test_opened_file_becomes_a_document(documents: DocumentService, tmp_path: Path) -> None:
    made = make_pdf(tmp_path / "借款合同.pdf", pages=3)

    document = documents.open(tmp_path / "借款合同.pdf")

    assert (document.name, document.path, document.page_count) == ("借款合同", made.path, 3)
    assert (document.sha256, document.size_bytes) == (made.sha256, made.size_bytes)
    assert documents.is_open(document.id)


def test_page_of_an_open_document_is_drawn(documents: DocumentService, tmp_path: Path) -> None:
    make_pdf(tmp_path / "a.pdf")
    document = documents.open(tmp_path / "a.pdf")

    pixels = documents.render(document.id, 1, 0.5)

    assert (pixels.width_px, pixels.height_px) == (298, 421)
    assert documents.text_lines(document.id, 1) == ()
    assert documents.find(document.id, "乙方") == ()


def test_document_of_an_earlier_session_is_reopened(documents: DocumentService, tmp_path: Path) -> None:
    document = make_pdf(tmp_path / "a.pdf")
    assert not documents.is_open(document.id)

    documents.reopen(document)
    documents.reopen(document)

    assert documents.render(document.id, 1, 0.1).width_px == 60


def test_changed_file_is_not_taken_for_the_one_that_was_opened(documents: DocumentService, tmp_path: Path) -> None:
    document = make_pdf(tmp_path / "a.pdf")
    make_pdf(tmp_path / "a.pdf", mark="another one")

    with pytest.raises(InputError) as raised:
        documents.reopen(document)

    assert (raised.value.code, raised.value.params) == ("document.changed", {"document_id": document.id})
    assert not documents.is_open(document.id)
    assert documents.current_sha256(document) == hashlib.sha256((tmp_path / "a.pdf").read_bytes()).hexdigest()


def test_missing_file_is_said_to_be_missing(documents: DocumentService, tmp_path: Path) -> None:
    document = make_pdf(tmp_path / "a.pdf")
    (tmp_path / "a.pdf").unlink()
    for ask in (documents.reopen, documents.current_sha256, lambda _document: documents.open(tmp_path / "a.pdf")):
        with pytest.raises(InputError, match=r"document\.missing"):
            ask(document)


def test_file_that_is_no_pdf_is_refused(documents: DocumentService, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_text("<html></html>", encoding="ascii")
    with pytest.raises(PdfError, match=r"pdf\.not_a_pdf"):
        documents.open(tmp_path / "a.pdf")


def test_closed_document_cannot_be_drawn(documents: DocumentService, tmp_path: Path) -> None:
    make_pdf(tmp_path / "a.pdf")
    document = documents.open(tmp_path / "a.pdf")
    documents.close(document.id)
    documents.close(document.id)
    with pytest.raises(InputError, match=r"document\.not_open"):
        documents.render(document.id, 1, 1.0)


def test_name_is_composed_whatever_the_file_system_says(documents: DocumentService, tmp_path: Path) -> None:
    path = tmp_path / "re\u0301sume\u0301.pdf"
    make_pdf(path)
    document = documents.open(path)
    assert document.name == "r\u00e9sum\u00e9"
    assert Path(replace(document).path).exists()
