"""A copy of some pages, to follow a template's document: upright, and nothing but what the pages show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pymupdf
import pytest

from esign_desktop.domain.errors import PdfError
from esign_desktop.pdf.engine import RenderRequest
from esign_desktop.pdf.worker import upright as upright_copy
from tests.pdf.builder import Page, build
from tests.pdf.ink import distance_pt, ink
from tests.pdf.test_engines import encrypted
from tests.raised import raises_code

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from esign_desktop.pdf.engine import PdfEngine
    from tests.pdf.local_engine import LocalEngine

    Write = Callable[[bytes], Path]

mupdf: Any = pymupdf

SCRIPT = "<</S/JavaScript/JS(app.alert\\(1\\))>>"


def test_the_chosen_pages_are_copied_upright_in_their_order(engine: PdfEngine, write: Write) -> None:
    pages = (
        Page(),
        Page(rotate="90", crop_box="[20 30 400 500]", user_unit="1.25").write("second", 60, 200, 20),
        Page(),
        Page(media_box="[0 0 842 595]").write("fourth", 60, 200, 20),
    )
    opened = engine.open(write(build(*pages, pages_extra="/Rotate 180")))
    copy = engine.write_pages(opened.handle, [2, 4], write(b""))
    assert all(frame.is_plain for frame in copy.pages)
    for frame, number in zip(copy.pages, (2, 4), strict=True):
        was = opened.pages[number - 1]
        assert (frame.width_pt, frame.height_pt) == pytest.approx((was.display_width_pt, was.display_height_pt))
    for copied, number in ((1, 2), (2, 4)):
        before = ink(engine.render(RenderRequest(opened.handle, number, 2.0)), 2.0)
        after = ink(engine.render(RenderRequest(copy.handle, copied, 2.0)), 2.0)
        assert distance_pt(before, after) <= 0.5
    assert [[hit.page_number for hit in engine.find(copy.handle, word)] for word in ("second", "fourth")] == [[1], [2]]
    engine.close(copy.handle)


def test_fields_and_comments_become_part_of_the_page_and_nothing_else_is_copied(
    engine: PdfEngine, write: Write
) -> None:
    with mupdf.open() as document:
        page = document.new_page()
        widget = mupdf.Widget()
        widget.field_type, widget.field_name, widget.field_value = mupdf.PDF_WIDGET_TYPE_TEXT, "a", "TYPED"
        widget.rect, widget.script = mupdf.Rect(100, 100, 300, 130), "app.alert(1)"
        page.add_widget(widget)
        page.add_freetext_annot(mupdf.Rect(50, 300, 200, 330), "NOTED")
        page.insert_link({"kind": mupdf.LINK_URI, "from": mupdf.Rect(0, 0, 9, 9), "uri": "https://example.invalid"})
        document.new_page()
        document.embfile_add("attached.txt", b"attachment")
        document.set_metadata({"title": "secret title"})
        document.set_xml_metadata("<x>secret title</x>")
        document.set_toc([[1, "secret outline", 1]])
        action = document.get_new_xref()
        document.update_object(action, SCRIPT)
        document.xref_set_key(document.pdf_catalog(), "OpenAction", f"{action} 0 R")
        document.xref_set_key(document.page_xref(0), "AA", f"<</O {action} 0 R>>")
        document.xref_set_key(document.page_xref(0), "PieceInfo", "<</Other<</Private(secret)>>>>")
        data = document.tobytes()
    opened = engine.open(write(data))
    target = write(b"")
    copy = engine.write_pages(opened.handle, [1], target)
    assert copy.facts.form_field_count == 0
    engine.close(copy.handle)
    with mupdf.open(target) as document:
        assert document.page_count == 1
        text = document[0].get_text()
        assert "TYPED" in text
        assert "NOTED" in text
        assert (document.embfile_count(), document.get_toc(), document[0].get_links()) == (0, [], [])
        assert list(document[0].annots()) == []
        everything = "".join(document.xref_object(number) for number in range(1, document.xref_length()))
        assert not any(document.metadata[key] for key in ("title", "author", "subject"))
    for trace in ("JavaScript", "secret", "EmbeddedFile", "AcroForm", "example.invalid", "/AA", "Metadata"):
        assert trace not in everything


def test_the_same_pages_are_the_same_bytes(engine: PdfEngine, write: Write) -> None:
    opened = engine.open(write(build(Page(rotate="90", drawing="9 9 99 99 re f"), Page())))
    first, second = (engine.write_pages(opened.handle, [1], write(b"")) for _ in range(2))
    assert first.sha256 == second.sha256
    assert first.size_bytes < opened.size_bytes + 2000
    for copy in (first, second):
        engine.close(copy.handle)


def test_a_layer_that_is_hidden_stays_hidden(engine: PdfEngine, write: Write) -> None:
    with mupdf.open() as document:
        page = document.new_page()
        page.draw_rect(mupdf.Rect(10, 10, 500, 700), fill=(0, 0, 0), oc=document.add_ocg("hidden", on=False))
        page.insert_text((60, 60), "shown")
        data = document.tobytes()
    opened = engine.open(write(data))
    copy = engine.write_pages(opened.handle, [1], write(b""))
    drawn = engine.render(RenderRequest(copy.handle, 1, 0.5))
    assert bytes(drawn.data[:4]) == b"\xff" * 4
    assert sum(value < 128 for value in bytes(drawn.data)) < 0.05 * len(drawn.data)
    engine.close(copy.handle)


def test_the_copy_of_a_protected_file_has_no_password(engine: PdfEngine, write: Write) -> None:
    opened = engine.open(write(encrypted(owner="owner", user="geheim")), password="geheim")
    copy = engine.write_pages(opened.handle, [1], write(b""))
    assert not copy.facts.is_encrypted
    engine.close(copy.handle)


@pytest.mark.parametrize(
    ("catalog", "code"),
    [
        ("/AcroForm<</Fields[<</T(a)/FT/Sig/V<</Type/Sig/ByteRange[0 1 2 3]>>>>]>>", "pdf.signed"),
        ("/AcroForm<</Fields[]/XFA(x)>>", "pdf.dynamic_form"),
        ("/NeedsRendering true/AcroForm<</Fields[<</T(a)/FT/Tx>>]/XFA(x)>>", "pdf.dynamic_form"),
    ],
)
def test_pages_that_a_copy_would_falsify_are_refused(catalog: str, code: str, engine: PdfEngine, write: Write) -> None:
    opened = engine.open(write(build(Page(), catalog=catalog)))
    target = write(b"before")
    with raises_code(PdfError, code):
        engine.write_pages(opened.handle, [1], target)
    assert target.read_bytes() == b"before"


def test_a_form_with_a_description_in_xfa_beside_its_fields_is_copied(engine: PdfEngine, write: Write) -> None:
    opened = engine.open(write(build(Page(), catalog="/AcroForm<</Fields[<</T(a)/FT/Tx>>]/XFA(x)>>")))
    engine.close(engine.write_pages(opened.handle, [1], write(b"")).handle)


@pytest.mark.parametrize("numbers", [[], [0], [1, 3]])
def test_pages_that_the_file_does_not_have_are_refused(numbers: list[int], engine: PdfEngine, write: Write) -> None:
    opened = engine.open(write(build(Page(), Page())))
    target = write(b"before")
    with raises_code(PdfError, "pdf.page_failed"):
        engine.write_pages(opened.handle, numbers, target)
    assert target.read_bytes() == b"before"


def test_a_copy_that_differs_is_not_kept(local: LocalEngine, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = local.open(write(build(Page(), Page(rotate="90", drawing="9 9 99 99 re f"))))
    target = write(b"before")
    monkeypatch.setattr(upright_copy, "_to_upright", lambda _frame: (1, 0, 0, 1, 5, 0))
    with pytest.raises(PdfError) as caught:
        local.write_pages(opened.handle, [2], target)
    assert (caught.value.code, caught.value.params) == ("pdf.normalise_failed", {"page_number": 2})
    assert target.read_bytes() == b"before"
    assert not list(target.parent.glob(".*"))
