from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.errors import InputError, PdfError
from esign_desktop.pdf.client.engine import ProcessEngine
from esign_desktop.services.editing.documents import DocumentService
from tests.pdf.builder import Page, build
from tests.raised import raises_code
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


def test_name_that_is_too_long_for_any_disk_is_no_file(documents: DocumentService, tmp_path: Path) -> None:
    document = replace(make_pdf(tmp_path / "a.pdf"), path=str(tmp_path / ("长" * 10_000)))
    with raises_code(InputError, "document.missing"):
        documents.reopen(document)
    with raises_code(InputError, "document.missing"):
        documents.open(Path(document.path))


def test_missing_file_is_said_to_be_missing(documents: DocumentService, tmp_path: Path) -> None:
    document = make_pdf(tmp_path / "a.pdf")
    (tmp_path / "a.pdf").unlink()
    for ask in (documents.reopen, documents.current_sha256, lambda _document: documents.open(tmp_path / "a.pdf")):
        with raises_code(InputError, "document.missing"):
            ask(document)


def test_file_that_is_no_pdf_is_refused(documents: DocumentService, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_text("<html></html>", encoding="ascii")
    with raises_code(PdfError, "pdf.not_a_pdf"):
        documents.open(tmp_path / "a.pdf")


def test_closed_document_cannot_be_drawn(documents: DocumentService, tmp_path: Path) -> None:
    make_pdf(tmp_path / "a.pdf")
    document = documents.open(tmp_path / "a.pdf")
    documents.close(document.id)
    documents.close(document.id)
    with raises_code(InputError, "document.not_open"):
        documents.render(document.id, 1, 1.0)


def test_name_is_composed_whatever_the_file_system_says(documents: DocumentService, tmp_path: Path) -> None:
    path = tmp_path / "re\u0301sume\u0301.pdf"
    make_pdf(path)
    document = documents.open(path)
    assert document.name == "r\u00e9sum\u00e9"
    assert Path(replace(document).path).exists()


def test_document_opened_quickly_can_be_drawn_before_its_bytes_are_summed(
    documents: DocumentService, tmp_path: Path
) -> None:
    made = make_pdf(tmp_path / "a.pdf", pages=2)
    with (tmp_path / "a.pdf").open("ab") as file:
        # As large as a scan, so that the sum is found out beside other work.
        file.write(b"%" * 40_000_000 + b"\n" + (tmp_path / "a.pdf").read_bytes()[-200:])
    document = documents.open_quickly(tmp_path / "a.pdf")

    assert documents.render(document.id, 2, 0.1).width_px == 60
    assert document.facts.facts_are_partial
    whole = documents.complete(document)

    assert whole.sha256 == hashlib.sha256((tmp_path / "a.pdf").read_bytes()).hexdigest()
    assert whole.sha256 != made.sha256
    assert not whole.facts.facts_are_partial
    assert whole.may_be(document)
    assert (whole.id, whole.pages) == (document.id, document.pages)


def test_document_kept_before_its_sum_was_known_is_reopened(documents: DocumentService, tmp_path: Path) -> None:
    document = replace(make_pdf(tmp_path / "a.pdf"), sha256="")
    documents.reopen(document)
    assert documents.is_open(document.id)


def test_matches_are_counted_page_by_page_and_found_where_somebody_looks(
    documents: DocumentService, tmp_path: Path
) -> None:
    (tmp_path / "a.pdf").write_bytes(build(*[Page().write("甲方 甲方", 50, 50), Page(), Page().write("甲方", 9, 9)]))
    document = documents.open(tmp_path / "a.pdf")

    assert documents.count(document.id, "甲方") == (2, 0, 1)
    assert [hit.page_number for hit in documents.find_on_pages(document.id, "甲方", [3, 2, 1])] == [3, 1, 1]
    assert [hit.page_number for hit in documents.find(document.id, "甲方", near_page=3)] == [1, 1, 3]


def test_upright_copy_is_a_document_of_its_own(documents: DocumentService, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(build(Page(rotate="90").write("甲方", 50, 50)))
    document = documents.open(tmp_path / "a.pdf")

    copy = documents.normalise(document.id, tmp_path / "b.pdf")

    assert (copy.name, copy.rotated_pages, document.rotated_pages) == ("b", (), (1,))
    assert copy.id != document.id
    assert copy.sha256 == hashlib.sha256((tmp_path / "b.pdf").read_bytes()).hexdigest()
    assert documents.count(copy.id, "甲方") == (1,)
