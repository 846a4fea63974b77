from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from esign_desktop.domain.added_pages import FRAME, MOST_ADDED_BYTES, AddedPdf
from esign_desktop.domain.contract.draft import ContractDraft
from esign_desktop.domain.document import TemplateFilling
from esign_desktop.domain.errors import Cancelled, InputError, PdfError, StoreError
from esign_desktop.domain.geometry import PageFrame
from esign_desktop.services.editing.copies import KEPT_MS, DocumentCopies
from esign_desktop.services.editing.documents import DocumentService
from esign_desktop.services.editing.drafts import DraftService
from esign_desktop.store.database.connection import Database
from esign_desktop.store.tables.drafts import Drafts
from tests.drafts import NOW_MS, make_document, make_draft, make_keyword
from tests.pdf.builder import Page, build
from tests.pdf.local_engine import LocalEngine
from tests.raised import raises_code

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esign_desktop.domain.document import Document


@pytest.fixture
def documents() -> Iterator[DocumentService]:
    engine = LocalEngine()
    yield DocumentService(engine)
    engine.stop()


@pytest.fixture
def drafts(tmp_path: Path) -> Iterator[DraftService]:
    database = Database(tmp_path / "esign.db")
    database.open()
    yield DraftService(Drafts(database), clock_ms=lambda: NOW_MS)
    database.close()


@pytest.fixture
def copies(documents: DocumentService, drafts: DraftService, tmp_path: Path) -> DocumentCopies:
    (tmp_path / "copies").mkdir()
    return DocumentCopies(documents, drafts, tmp_path / "copies", clock_ms=lambda: NOW_MS)


@pytest.fixture
def turned(documents: DocumentService, tmp_path: Path) -> Document:
    pages = [Page(rotate="90").write("乙方签字", 50, 50) for _ in range(3)]
    (tmp_path / "contract.pdf").write_bytes(build(*pages))
    return documents.open(tmp_path / "contract.pdf")


def test_a_copy_lies_in_the_applications_folder_and_brings_the_hits_along(
    copies: DocumentCopies, turned: Document, tmp_path: Path
) -> None:
    placements = (
        make_keyword(keyword="乙方", document_id=turned.id),
        make_keyword(keyword=" ", name="empty", document_id=turned.id),
        make_keyword("别处", name="elsewhere"),
    )
    seen: list[tuple[int, int]] = []
    copy = copies.make_upright(
        make_draft(documents=(turned,), placements=placements),
        turned,
        on_progress=lambda done, total: seen.append((done, total)),
    )
    assert [str(tmp_path / "copies")] == [copy.document.path.rpartition(os.sep)[0]]
    assert copy.document.rotated_pages == ()
    assert {key: len(found or ()) for key, found in copy.hits.items()} == {(turned.id, "乙方"): 3}
    assert seen == [(0, 3), (1, 3), (2, 3)]


def test_a_copy_lies_where_the_person_wants_it_but_never_over_the_document(
    copies: DocumentCopies, turned: Document, tmp_path: Path
) -> None:
    draft = make_draft(documents=(turned,), placements=())
    copy = copies.make_upright(draft, turned, target=tmp_path / "upright.pdf")
    assert copy.document.path == str(tmp_path / "upright.pdf")
    before = (tmp_path / "contract.pdf").read_bytes()
    with pytest.raises(PdfError) as caught:
        copies.make_upright(draft, turned, target=tmp_path / "contract.pdf")
    assert caught.value.code == "pdf.write_failed"
    assert (tmp_path / "contract.pdf").read_bytes() == before


def test_a_copy_that_is_broken_off_leaves_nothing(copies: DocumentCopies, turned: Document, tmp_path: Path) -> None:
    def stop(done: int, _total: int) -> None:
        if done == 1:
            raise Cancelled

    with pytest.raises(Cancelled):
        copies.make_upright(make_draft(documents=(turned,), placements=()), turned, on_progress=stop)
    assert list((tmp_path / "copies").iterdir()) == []


def test_old_copies_that_no_draft_mentions_are_swept(
    copies: DocumentCopies, drafts: DraftService, tmp_path: Path
) -> None:
    folder = tmp_path / "copies"
    for name, age_ms in (("used", 2 * KEPT_MS), ("part", 2 * KEPT_MS), ("unused", 2 * KEPT_MS), ("fresh", 0)):
        path = folder / f"{name}.pdf"
        path.write_bytes(b"%PDF")
        os.utime(path, ns=((NOW_MS - age_ms) * 1_000_000,) * 2)
    part = AddedPdf("terms.pdf", "0" * 64, 4, (FRAME,), str(folder / "part.pdf"))
    form = make_document(path=str(folder / "used.pdf"), template=TemplateFilling("form", blocks=(part,)))
    drafts.save(make_draft(documents=(form,), placements=()))
    copies.sweep()
    assert {path.stem for path in folder.iterdir()} == {"used", "part", "fresh"}


class UnreadableDrafts:
    def __init__(self, code: str) -> None:
        self._code = code

    def list(self) -> tuple[ContractDraft, ...]:
        return (ContractDraft.new(),)

    def documents(self, _draft_id: str) -> ContractDraft:
        raise StoreError(self._code)


def test_all_copies_stay_while_a_draft_cannot_be_read(documents: DocumentService, tmp_path: Path) -> None:
    path = tmp_path / "old.pdf"
    path.write_bytes(b"%PDF")
    os.utime(path, ns=((NOW_MS - 2 * KEPT_MS) * 1_000_000,) * 2)
    bad, locked = (
        DocumentCopies(documents, cast("DraftService", UnreadableDrafts(code)), tmp_path, clock_ms=lambda: NOW_MS)
        for code in ("store.bad_draft", "store.locked")
    )
    bad.sweep()
    with pytest.raises(StoreError):
        locked.sweep()
    assert path.exists()


def test_what_is_made_here_is_kept_under_its_name_once_and_never_over_another(
    copies: DocumentCopies, tmp_path: Path
) -> None:
    first = copies.keep("合同/2026", b"%PDF-1")
    assert first.read_bytes() == b"%PDF-1"
    assert copies.is_own(first)
    assert not copies.is_own(tmp_path / "elsewhere" / first.name)
    assert copies.keep("合同/2026", b"%PDF-1") == first
    second = copies.keep("合同/2026", b"%PDF-2")
    assert (second.name, second.read_bytes()) == ("合同_2026 (2).pdf", b"%PDF-2")
    assert first.read_bytes() == b"%PDF-1"


def test_a_folder_that_is_gone_is_told(documents: DocumentService, tmp_path: Path) -> None:
    copies = DocumentCopies(documents, cast("DraftService", None), tmp_path / "gone", clock_ms=lambda: 0)
    with pytest.raises(StoreError) as failed:
        copies.keep("合同", b"%PDF-1")
    assert failed.value.code == "store.unwritable"


def test_pages_are_copied_for_the_end_of_a_form_as_they_are_shown(
    copies: DocumentCopies, documents: DocumentService, turned: Document, tmp_path: Path
) -> None:
    block = copies.keep_pages(turned, [1, 3], "contract.pdf", most_bytes=MOST_ADDED_BYTES)
    path = Path(block.path)
    assert path.parent == tmp_path / "copies"
    assert (block.name, block.size_bytes) == ("contract.pdf", path.stat().st_size)
    assert block.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert block.frames == (PageFrame(842.0, 595.0),) * 2
    copy = documents.open(path)
    assert copy.pages == block.frames
    assert documents.count(copy.id, "乙方签字") == (1, 1)


def test_a_copy_that_is_too_large_is_not_kept(copies: DocumentCopies, turned: Document, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        copies.keep_pages(turned, [1], "contract.pdf", most_bytes=100)
    assert (caught.value.code, caught.value.params) == ("form.files_too_large", {"most": 8})
    assert list((tmp_path / "copies").iterdir()) == []


def test_a_signed_file_is_not_copied(copies: DocumentCopies, turned: Document, tmp_path: Path) -> None:
    signed = replace(turned, facts=replace(turned.facts, is_signed=True))
    with raises_code(PdfError, "pdf.signed"):
        copies.keep_pages(signed, [1], "contract.pdf", most_bytes=MOST_ADDED_BYTES)
    assert list((tmp_path / "copies").iterdir()) == []
