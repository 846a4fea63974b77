"""The contract that both engines keep."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pymupdf
import pytest

from esign_desktop.domain.errors import PdfError
from esign_desktop.domain.geometry import DisplayRect, PageRect
from esign_desktop.pdf.engine import PdfHandle, RenderRequest
from tests.pdf.builder import Page, build
from tests.pdf.ink import distance_pt, ink, is_blank
from tests.raised import raises_code

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from esign_desktop.pdf.engine import PdfEngine

    Write = Callable[[bytes], Path]

# The library's types are incomplete.
mupdf: Any = pymupdf


def encrypted(owner: str, user: str) -> bytes:
    with mupdf.open() as document:
        document.new_page()
        return bytes(document.tobytes(encryption=mupdf.PDF_ENCRYPT_AES_256, owner_pw=owner, user_pw=user))


def code_of(engine: PdfEngine, path: Path, password: str | None = None) -> str:
    with pytest.raises(PdfError) as caught:
        engine.open(path, password=password)
    return caught.value.code


def test_open_tells_pages_size_and_sum(engine: PdfEngine, write: Write) -> None:
    data = build(Page(), Page(media_box="[0 0 100 200]"))
    opened = engine.open(write(data))
    assert [(p.width_pt, p.height_pt) for p in opened.pages] == [(595, 842), (100, 200)]
    assert opened.size_bytes == len(data)
    assert opened.sha256 == hashlib.sha256(data).hexdigest()
    engine.close(opened.handle)


def test_missing_file_is_told_from_an_unreadable_one(engine: PdfEngine, tmp_path: Path) -> None:
    assert code_of(engine, tmp_path / "none.pdf") == "pdf.missing"
    assert code_of(engine, tmp_path) == "pdf.unreadable"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "pdf.empty"),
        (b"<html><body>login page</body></html>", "pdf.not_a_pdf"),
        (b"PK\x03\x04" + bytes(100), "pdf.not_a_pdf"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "pdf.not_a_pdf"),
        (b"%PDF-1.7\n", "pdf.damaged"),
        (b"%PDF-1.7\nhello\n%%EOF\n", "pdf.damaged"),
        (build(), "pdf.no_pages"),
    ],
    ids=["empty", "html", "zip", "png", "header only", "no objects", "no pages"],
)
def test_bad_files_are_told_apart(data: bytes, code: str, engine: PdfEngine, write: Write) -> None:
    assert code_of(engine, write(data)) == code


def test_an_image_named_pdf_is_not_a_pdf(engine: PdfEngine, write: Write) -> None:
    image = mupdf.Pixmap(mupdf.csRGB, mupdf.IRect(0, 0, 5, 5)).tobytes("png")
    assert code_of(engine, write(image)) == "pdf.not_a_pdf"


def test_password_is_asked_for_checked_and_taken(engine: PdfEngine, write: Write) -> None:
    path = write(encrypted(owner="owner", user="秘密"))
    assert code_of(engine, path) == "pdf.password_needed"
    assert code_of(engine, path, "wrong") == "pdf.password_wrong"
    opened = engine.open(path, password="秘密")
    assert opened.facts.is_encrypted
    assert engine.render(RenderRequest(opened.handle, 1, 0.1)).width_px == 60
    engine.close(opened.handle)


def test_owner_encryption_opens_without_password_but_is_told(engine: PdfEngine, write: Write) -> None:
    opened = engine.open(write(encrypted(owner="owner", user="")))
    assert opened.facts.is_encrypted
    engine.close(opened.handle)


def test_page_is_white_and_opaque_where_nothing_is_drawn(engine: PdfEngine, write: Write) -> None:
    opened = engine.open(write(build(Page(media_box="[0 0 10 20]"))))
    pixels = engine.render(RenderRequest(opened.handle, 1, 1.5))
    assert (pixels.width_px, pixels.height_px, pixels.stride_bytes) == (15, 30, 60)
    assert bytes(pixels.data) == b"\xff" * (15 * 30 * 4)


def test_colours_come_as_blue_green_red(engine: PdfEngine, write: Write) -> None:
    opened = engine.open(write(build(Page(media_box="[0 0 4 4]", drawing="1 0.5 0 rg 0 0 4 4 re f"))))
    blue, green, red, opaque = bytes(engine.render(RenderRequest(opened.handle, 1, 1.0)).data)[:4]
    assert (blue, red, opaque) == (0, 255, 255)
    assert green == pytest.approx(128, abs=2)


@pytest.mark.parametrize("scale", [0.37, 1.0, 2.5, 8.0])
def test_clip_shows_the_same_pixels_as_the_whole_page(scale: float, engine: PdfEngine, write: Write) -> None:
    page = Page(media_box="[0 0 200 100]", rotate="90", drawing="50 20 60 30 re f")
    opened = engine.open(write(build(page)))
    whole = engine.render(RenderRequest(opened.handle, 1, scale))
    part = engine.render(RenderRequest(opened.handle, 1, scale, DisplayRect(13.3, 40.7, 30, 55)))
    assert abs(part.left_px - 13.3 * scale) <= 1
    assert abs(part.width_px - 30 * scale) <= 2
    for row in range(part.height_px):
        start = (row + part.top_px) * whole.stride_bytes + part.left_px * 4
        expected = bytes(whole.data[start : start + part.stride_bytes])
        assert bytes(part.data[row * part.stride_bytes : (row + 1) * part.stride_bytes]) == expected


def test_clip_beyond_the_page_is_cut_at_its_edge(engine: PdfEngine, write: Write) -> None:
    opened = engine.open(write(build(Page(media_box="[0 0 100 100]", drawing="0 0 100 100 re f"))))
    pixels = engine.render(RenderRequest(opened.handle, 1, 1.0, DisplayRect(-50, 90, 1000, 1000)))
    assert (pixels.left_px, pixels.top_px, pixels.width_px, pixels.height_px) == (0, 90, 100, 10)
    assert distance_pt(ink(pixels, 1.0), DisplayRect(0, 90, 100, 10)) == 0


def test_too_many_pixels_are_refused_and_clips_of_the_same_page_are_not(engine: PdfEngine, write: Write) -> None:
    opened = engine.open(write(build(Page())))
    with raises_code(PdfError, "pdf.tile_too_large"):
        engine.render(RenderRequest(opened.handle, 1, 10.0))
    with raises_code(PdfError, "pdf.tile_too_large"):
        engine.render(RenderRequest(opened.handle, 1, 1e9, DisplayRect(500, 500, 1e-6, 1e-6)))
    assert engine.render(RenderRequest(opened.handle, 1, 10.0, DisplayRect(0, 0, 50, 50))).width_px == 500


@pytest.mark.parametrize("scale", [0.0, -1.0, float("nan"), float("inf")])
def test_impossible_scale_is_a_mistake_of_the_caller(scale: float, engine: PdfEngine, write: Write) -> None:
    opened = engine.open(write(build(Page())))
    with pytest.raises(ValueError, match=r".*"):
        engine.render(RenderRequest(opened.handle, 1, scale))
    with pytest.raises(ValueError, match=r".*"):
        engine.render(RenderRequest(opened.handle, 1, 1.0, DisplayRect(600, 0, 10, 10)))


def test_a_page_that_cannot_be_drawn_fails_alone(engine: PdfEngine, write: Write) -> None:
    nested = "q " * 10 + "[" * 100_000
    opened = engine.open(write(build(Page(drawing=nested), Page(drawing="9 9 99 99 re f"))))
    with pytest.raises(PdfError) as caught:
        engine.render(RenderRequest(opened.handle, 1, 0.5))
    assert caught.value.code == "pdf.page_failed"
    assert not is_blank(engine.render(RenderRequest(opened.handle, 2, 0.5)))


def test_pages_that_the_document_does_not_have_fail(engine: PdfEngine, write: Write) -> None:
    opened = engine.open(write(build(Page())))
    for number in (0, -1, 2):
        with raises_code(PdfError, "pdf.page_failed"):
            engine.render(RenderRequest(opened.handle, number, 1.0))
        with raises_code(PdfError, "pdf.page_failed"):
            engine.text_lines(opened.handle, number)


def test_page_count_that_lies_gives_pages_that_fail(engine: PdfEngine, write: Write) -> None:
    data = build(Page()).replace(b"/Count 1", b"/Count 3")
    opened = engine.open(write(data))
    assert len(opened.pages) == 3
    assert engine.render(RenderRequest(opened.handle, 1, 0.5)).width_px == 298
    with raises_code(PdfError, "pdf.page_failed"):
        engine.render(RenderRequest(opened.handle, 3, 0.5))


def test_lines_of_text_are_found_for_snapping(engine: PdfEngine, write: Write) -> None:
    page = Page().write("甲方：", 100, 700, 10).write("    ", 100, 650, 10).write("乙方", 300, 600, 20)
    opened = engine.open(write(build(page)))
    assert set(engine.text_lines(opened.handle, 1)) == {
        PageRect(100, 700, 130, 710),
        PageRect(300, 600, 340, 620),
    }


def test_keyword_of_spaces_has_no_hits(engine: PdfEngine, write: Write) -> None:
    opened = engine.open(write(build(Page().write("a b", 10, 10))))
    for keyword in ("", "  ", "\u200b", "　"):
        assert engine.find(opened.handle, keyword) == ()


def test_hits_of_all_pages_come_in_order(engine: PdfEngine, write: Write) -> None:
    pages = [Page().write("甲", 100, 100).write("甲", 100, 800) for _ in range(30)]
    opened = engine.open(write(build(*pages)))
    hits = engine.find(opened.handle, "甲")
    assert [hit.page_number for hit in hits] == [n for n in range(1, 31) for _ in (1, 2)]
    assert [hit.rects[0].bottom_pt for hit in hits[:2]] == [800, 100]


def test_more_hits_than_can_be_meant_are_refused_instead_of_cut(
    engine: PdfEngine, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("esign_desktop.pdf.engine.MAX_HITS", 20_000)
    page = Page()
    for row in range(60):
        page.write("甲" * 95, 5, 10 + 13 * row, 6)
    opened = engine.open(write(build(*[page] * 4)))
    with raises_code(PdfError, "pdf.too_many_hits"):
        engine.find(opened.handle, "甲")


def test_closed_document_is_closed(engine: PdfEngine, write: Write) -> None:
    opened = engine.open(write(build(Page())))
    engine.close(opened.handle)
    engine.close(opened.handle)
    engine.close(PdfHandle("never opened"))
    with raises_code(PdfError, "pdf.closed"):
        engine.render(RenderRequest(opened.handle, 1, 1.0))
    with raises_code(PdfError, "pdf.closed"):
        engine.find(opened.handle, "x")


def test_the_same_file_can_be_open_twice(engine: PdfEngine, write: Write) -> None:
    path = write(build(Page(drawing="9 9 99 99 re f")))
    one, two = engine.open(path), engine.open(path)
    assert one.handle != two.handle
    engine.close(one.handle)
    assert not is_blank(engine.render(RenderRequest(two.handle, 1, 0.2)))
