"""Pages of PDF files after a form, as the pages of one document: drawn in their order, and told when they are gone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.added_pages import AddedBlock, AddedPdf, AddedTable
from esign_desktop.domain.contract.form_values import set_blocks
from esign_desktop.domain.document import Document, TemplateFilling
from esign_desktop.domain.errors import InputError
from esign_desktop.services.editing.documents import DocumentService
from tests.drafts import make_draft
from tests.pdf.local_engine import LocalEngine
from tests.raised import raises_code
from tests.services.desk import make_pdf
from tests.services.template_files import make_part

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esign_desktop.pdf.engine import PdfHandle

TABLE = AddedTable((("第一期", "九月"),), has_header=False)
WIDE_PT = (842.0, 595.0)


class WatchedEngine(LocalEngine):
    """Counts how many files are open."""

    @property
    def open_count(self) -> int:
        return len(self._opened)

    def handles(self) -> set[PdfHandle]:
        return set(self._opened)


@pytest.fixture
def engine() -> Iterator[WatchedEngine]:
    engine = WatchedEngine()
    yield engine
    engine.stop()


@pytest.fixture
def documents(engine: WatchedEngine) -> DocumentService:
    return DocumentService(engine)


@pytest.fixture
def form(documents: DocumentService, tmp_path: Path) -> Document:
    make_pdf(tmp_path / "form.pdf", pages=2)
    opened = documents.open(tmp_path / "form.pdf")
    return opened.created_from(TemplateFilling("template"))


@pytest.fixture
def part(tmp_path: Path) -> AddedPdf:
    return make_part(tmp_path / "copies", "general terms", "price list", sizes_pt=((595.0, 842.0), WIDE_PT))


def followed(form: Document, *blocks: AddedBlock) -> Document:
    return set_blocks(make_draft(documents=(form,), placements=()), form.id, blocks).documents[0]


def words(documents: DocumentService, document: Document, page_number: int) -> list[str]:
    return [label.text for label in documents.labels(document.id, page_number)]


def sizes(documents: DocumentService, document: Document) -> list[tuple[int, int]]:
    drawn = (documents.render(document.id, number, 1.0) for number in range(1, document.page_count + 1))
    return [(pixels.width_px, pixels.height_px) for pixels in drawn]


def test_the_pages_of_files_are_drawn_at_their_places(
    documents: DocumentService, form: Document, part: AddedPdf
) -> None:
    document = followed(form, part, TABLE)
    documents.show_added(document)
    assert sizes(documents, document) == [(595, 842), (595, 842), (595, 842), (842, 595), (595, 842)]
    assert [len(documents.text_lines(document.id, number)) for number in (3, 4, 5)] == [1, 1, 0]
    assert words(documents, document, 3)
    assert set(bytes(documents.render(document.id, 5, 0.2).data)) == {255}

    moved = followed(form, TABLE, part)
    documents.show_added(moved)
    assert sizes(documents, moved)[2:] == [(595, 842), (595, 842), (842, 595)]
    assert [len(documents.text_lines(moved.id, number)) for number in (3, 4, 5)] == [0, 1, 1]


def test_pages_are_drawn_after_a_form_that_has_no_file_here(documents: DocumentService, part: AddedPdf) -> None:
    (draft,) = (make_draft(placements=()),)
    form = draft.documents[0].created_from(TemplateFilling("template"))
    document = followed(form, part)
    documents.show_added(document)
    assert documents.render(document.id, document.page_count, 1.0).width_px == 842
    with raises_code(InputError, "template.no_pdf"):
        documents.render(document.id, 1, 1.0)
    documents.show_added(replace(document, path="later.pdf"))
    with raises_code(InputError, "document.not_open"):
        documents.render(document.id, 1, 1.0)


def test_a_file_is_open_only_while_a_document_has_its_pages(
    documents: DocumentService, engine: WatchedEngine, form: Document, part: AddedPdf, tmp_path: Path
) -> None:
    before = engine.handles()
    document = followed(form, part, part)
    documents.show_added(document)
    assert engine.handles() == before
    sizes(documents, document)
    assert engine.open_count == len(before) + 1
    other = make_part(tmp_path / "copies", "last words", name="last.pdf")
    documents.show_added(followed(form, other))
    documents.render(form.id, 3, 0.1)
    assert engine.open_count == len(before) + 1
    documents.close(form.id)
    assert engine.open_count == 0


@pytest.mark.parametrize("is_gone", [True, False])
def test_a_file_that_is_gone_or_changed_is_told_by_its_name(
    is_gone: bool, documents: DocumentService, engine: WatchedEngine, form: Document, part: AddedPdf
) -> None:
    path = Path(part.path)
    content = path.read_bytes()
    path.unlink()
    if not is_gone:
        make_part(path.parent, "other terms", "price list", name=path.name)
    document = followed(form, part)
    documents.show_added(document)
    before = engine.handles()
    with pytest.raises(InputError) as caught:
        documents.render(document.id, 3, 1.0)
    assert (caught.value.code, caught.value.params) == ("form.block_missing", {"block": "terms.pdf"})
    assert engine.handles() == before
    path.write_bytes(content)
    assert documents.render(document.id, 4, 1.0).width_px == 842
