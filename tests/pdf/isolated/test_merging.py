"""Signed files become one file whose pages look as before; what can't be read is left out and told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pymupdf
import pytest

from esign_desktop.domain.errors import Cancelled, PdfError
from esign_desktop.pdf.isolated import merging
from esign_desktop.pdf.isolated.merging import merge_pdfs
from tests.sandbox.pages import all_text, blank_pdf, text_pdf

if TYPE_CHECKING:
    from pathlib import Path


def kept(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def sealed_pdf() -> bytes:
    """A page with a red seal that is only the appearance of a signature's field."""
    pdf: Any = pymupdf.open()
    page = pdf.new_page(width=400, height=600)
    seal, field = pdf.get_new_xref(), pdf.get_new_xref()
    pdf.update_object(seal, "<</Type/XObject/Subtype/Form/BBox[0 0 80 80]/Resources<<>>>>")
    pdf.update_stream(seal, b"1 0 0 rg 0 0 80 80 re f")
    pdf.xref_set_key(seal, "Type", "/XObject")
    pdf.update_object(
        field,
        f"<</Type/Annot/Subtype/Widget/FT/Sig/T(Sig1)/F 132/Rect[100 100 180 180]/AP<</N {seal} 0 R>>"
        "/V<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/adbe.pkcs7.detached/Contents<00>/ByteRange[0 1 2 3]>>>>",
    )
    pdf.xref_set_key(page.xref, "Annots", f"[{field} 0 R]")
    pdf.xref_set_key(pdf.pdf_catalog(), "AcroForm", f"<</Fields[{field} 0 R]/SigFlags 3>>")
    content: bytes = pdf.tobytes()
    return content


def locked_pdf() -> bytes:
    library: Any = pymupdf
    pdf = library.open(stream=blank_pdf(), filetype="pdf")
    content: bytes = pdf.tobytes(encryption=library.PDF_ENCRYPT_AES_256, user_pw="secret", owner_pw="owner")
    return content


def test_files_follow_each_other_with_an_outline_and_without_signatures(tmp_path: Path) -> None:
    files = [
        (kept(tmp_path, "a.pdf", text_pdf("first contract")), "劳动合同 – 林小满"),
        (kept(tmp_path, "b.pdf", sealed_pdf()), "租赁合同 – 王五"),
        (kept(tmp_path, "c.pdf", blank_pdf(pages=3)), "保密协议"),
    ]
    merged = merge_pdfs(files)
    assert merged.codes == ("", "", "")
    assert "first contract" in all_text(merged.content)
    pdf: Any = pymupdf.open(stream=merged.content, filetype="pdf")
    assert pdf.page_count == 5
    assert [(title, page) for _, title, page in pdf.get_toc()] == [
        ("劳动合同 – 林小满", 1),
        ("租赁合同 – 王五", 2),
        ("保密协议", 3),
    ]
    assert list(pdf[1].widgets()) == []
    assert pdf[1].get_pixmap().pixel(140, 460) == (255, 0, 0)


def test_what_cannot_be_read_is_left_out_and_told(tmp_path: Path) -> None:
    files = [
        (kept(tmp_path, "damaged.pdf", b"%PDF-1.7\nnothing"), "1"),
        (kept(tmp_path, "locked.pdf", locked_pdf()), "2"),
        (kept(tmp_path, "good.pdf", blank_pdf(pages=2)), "3"),
        (tmp_path / "gone.pdf", "4"),
        (kept(tmp_path, "empty.pdf", b""), "5"),
    ]
    merged = merge_pdfs(files)
    assert merged.codes == ("pdf.damaged", "pdf.password_needed", "", "document.missing", "pdf.damaged")
    pdf: Any = pymupdf.open(stream=merged.content, filetype="pdf")
    assert pdf.get_toc() == [[1, "3", 1]]


def test_without_a_file_that_can_be_read_there_is_no_result(tmp_path: Path) -> None:
    assert merge_pdfs([(tmp_path / "gone.pdf", "1")]) == merging.MergedPdf(b"", ("document.missing",))


def test_files_beyond_the_bounds_are_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = kept(tmp_path, "a.pdf", blank_pdf())
    monkeypatch.setattr(merging, "MOST_FILES", 2)
    assert merge_pdfs([(path, "1"), (path, "2"), (path, "3")]).codes == ("", "", "pdf.merge_too_large")
    # The bound of bytes is in the child.
    package, files = pymupdf, [path.open("rb"), path.open("rb")]
    monkeypatch.setattr(merging, "MOST_BYTES", path.stat().st_size + 10)
    codes = next(merging.merge(package, ("1", "2"), *files))
    assert codes == ["", "pdf.merge_too_large"]
    for file in files:
        file.close()


def test_a_stop_ends_the_merging(tmp_path: Path) -> None:
    def stop() -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        merge_pdfs([(kept(tmp_path, "a.pdf", blank_pdf()), "1")], check_cancelled=stop)


@pytest.mark.parametrize(
    "pieces",
    [
        [],
        [["", ""]],
        [["unknown"]],
        [[1]],
        ["text"],
        [[""], "bm8gcGRm"],
        [[""], "*"],
        [[""], 7],
        [["pdf.damaged"], "JVBERi0="],
    ],
)
def test_an_answer_that_cannot_be_right_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pieces: list[Any]
) -> None:
    monkeypatch.setattr(merging, "run_isolated", lambda *_args, **_values: iter(pieces))
    with pytest.raises(PdfError, match=r"pdf\.worker_died"):
        merge_pdfs([(tmp_path / "a.pdf", "1")])
