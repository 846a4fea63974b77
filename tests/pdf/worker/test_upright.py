"""A copy in which nothing but the numbers differ."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import pymupdf
import pytest

from esign_desktop.domain.errors import PdfError
from esign_desktop.domain.geometry import PageFrame
from esign_desktop.pdf.engine import RenderRequest
from esign_desktop.pdf.worker import upright as upright_copy
from tests.pdf.builder import Page, build
from tests.pdf.ink import distance_pt, ink
from tests.pdf.test_engines import encrypted
from tests.pdf.test_frames import BOXES
from tests.raised import raises_code

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from esign_desktop.pdf.engine import PdfEngine
    from tests.pdf.local_engine import LocalEngine

    Write = Callable[[bytes], Path]

mupdf: Any = pymupdf


@pytest.mark.parametrize(
    ("box", "rotate", "unit"), list(product(BOXES, ["0", "90", "180", "270"], [None, "2", "0.5", "1.25"]))
)
def test_copy_is_upright_and_looks_and_reads_the_same(
    box: tuple[str, str | None, tuple[float, ...]], rotate: str, unit: str | None, local: LocalEngine, write: Write
) -> None:
    media, crop, _ = box
    page = Page(media_box=media, crop_box=crop, rotate=rotate, user_unit=unit, drawing="100 140 30 20 re f")
    page.write("乙方签字", 60, 200, 20)
    opened = local.open(write(build(page, pages_extra="/Rotate 90")))
    copy = local.normalise(opened.handle, write(b""))
    (was,), (frame,) = opened.pages, copy.pages
    assert frame.is_plain
    assert (frame.width_pt, frame.height_pt) == pytest.approx((was.display_width_pt, was.display_height_pt))
    drawn = [ink(local.render(RenderRequest(handle, 1, 2.0)), 2.0) for handle in (opened.handle, copy.handle)]
    assert distance_pt(*drawn) <= 0.5
    (before,), (after,) = (local.find(handle, "乙方签字") for handle in (opened.handle, copy.handle))
    assert distance_pt(was.rect_to_display(before.rects[0]), frame.rect_to_display(after.rects[0])) <= 0.1


def test_patterns_stay_where_they_are(engine: PdfEngine, write: Write) -> None:
    pattern = (
        "1000 0 obj\n<</Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 40 40]/XStep 40/YStep 40"
        "/Matrix[1 0 0 1 7 13]/Resources<<>>/Length 23>>stream\n1 0 0 rg 0 0 11 17 re f\nendstream\nendobj\n"
    )
    page = Page(
        media_box="[0 0 300 400]",
        crop_box="[20 30 280 390]",
        rotate="90",
        drawing="/Pattern cs /P scn 50 50 200 300 re f",
        resources="/Pattern<</P 1000 0 R>>",
    )
    opened = engine.open(write(build(page, objects=pattern)))
    copy = engine.normalise(opened.handle, write(b""))
    assert copy.pages == (PageFrame(360, 260),)
    engine.close(copy.handle)


def test_unbalanced_content_and_several_streams_stay_the_same(engine: PdfEngine, write: Write) -> None:
    page = Page(rotate="270", drawing="q q 0.5 0 0 0.5 10 10 cm 9 9 99 99 re f Q Q Q Q 300 300 50 20 re f")
    opened = engine.open(write(build(page, Page())))
    copy = engine.normalise(opened.handle, write(b""))
    assert all(frame.is_plain for frame in copy.pages)
    engine.close(copy.handle)


def test_form_fields_and_comments_become_part_of_the_page(engine: PdfEngine, write: Write) -> None:
    with mupdf.open() as document:
        page = document.new_page()
        widget = mupdf.Widget()
        widget.field_type, widget.field_name, widget.field_value = mupdf.PDF_WIDGET_TYPE_TEXT, "a", "TYPED"
        widget.rect = mupdf.Rect(100, 100, 300, 130)
        page.add_widget(widget)
        page.add_highlight_annot(mupdf.Rect(50, 300, 200, 330))
        page.set_rotation(90)
        data = document.tobytes()
    opened = engine.open(write(data))
    copy = engine.normalise(opened.handle, write(b""))
    assert copy.pages[0].is_plain
    assert len(engine.find(copy.handle, "TYPED")) == 1
    engine.close(copy.handle)


def test_protected_document_keeps_its_password(engine: PdfEngine, write: Write) -> None:
    opened = engine.open(write(encrypted(owner="owner", user="geheim")), password="geheim")
    target = write(b"")
    copy = engine.normalise(opened.handle, target)
    assert copy.facts.is_encrypted
    with raises_code(PdfError, "pdf.password_needed"):
        engine.open(target)


def test_signed_document_is_left_alone(engine: PdfEngine, write: Write) -> None:
    fields = "/AcroForm<</Fields[<</T(a)/FT/Sig/V<</Type/Sig/ByteRange[0 1 2 3]>>>>]>>"
    opened = engine.open(write(build(Page(rotate="90"), catalog=fields)))
    target = write(b"before")
    with raises_code(PdfError, "pdf.signed"):
        engine.normalise(opened.handle, target)
    assert target.read_bytes() == b"before"


@pytest.mark.parametrize(
    "page",
    [
        Page(rotate="90", drawing="9 9 99 99 re f"),
        Page(media_box="[0 0 200 300]", rotate="90", drawing="170 100 20 20 re f"),
    ],
    ids=["large", "small, with ink at its lower edge"],
)
def test_copy_that_differs_is_not_kept(
    page: Page, local: LocalEngine, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = local.open(write(build(Page(), page)))
    target = write(b"before")
    with monkeypatch.context() as patch:
        patch.setattr(upright_copy, "_to_upright", lambda _frame: (1, 0, 0, 1, 5, 0))
        with pytest.raises(PdfError) as caught:
            local.normalise(opened.handle, target)
    assert (caught.value.code, caught.value.params) == ("pdf.normalise_failed", {"page_number": 2})
    assert target.read_bytes() == b"before"
    assert not list(target.parent.glob(".*"))


def test_copy_that_cannot_be_written_is_told(engine: PdfEngine, write: Write, tmp_path: Path) -> None:
    opened = engine.open(write(build(Page(rotate="90"))))
    with raises_code(PdfError, "pdf.write_failed"):
        engine.normalise(opened.handle, tmp_path / "none" / "copy.pdf")
    assert not list(tmp_path.glob(".*"))
