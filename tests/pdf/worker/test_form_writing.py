"""Fields that are drawn on pages become text fields of a form that other programs read as they were drawn."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pymupdf
import pytest

from esign_desktop.domain.errors import PdfError
from esign_desktop.domain.forms import FieldKind, template_fields
from esign_desktop.domain.geometry import PageRect
from esign_desktop.domain.templates import TemplateField, ValueKind
from esign_desktop.pdf.client.engine import ProcessEngine
from esign_desktop.pdf.isolated.forms import list_form_fields
from tests.pdf.builder import Page, build
from tests.pdf.local_engine import LocalEngine
from tests.services.template_files import write_form

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# The library's types are incomplete.
mupdf: Any = pymupdf
FIELDS = (
    TemplateField("借款人", label="借款人姓名", page_number=1, rect=PageRect(60, 700, 260, 722)),
    TemplateField(
        *("loan_amount", ValueKind.AMOUNT),
        is_required=False,
        page_number=1,
        rect=PageRect(60, 600, 260, 620),
        most_characters=12,
    ),
    TemplateField(
        "方式", ValueKind.CHOICE, choices=("到期还本", "按月付息"), page_number=2, rect=PageRect(60, 60, 200, 80)
    ),
)


@pytest.fixture
def engine() -> Iterator[LocalEngine]:
    engine = LocalEngine()
    yield engine
    engine.stop()


def make(path: Path, *pages: Page) -> Path:
    path.write_bytes(build(*(pages or (Page(), Page()))))
    return path


def test_drawn_fields_are_read_back_with_places_and_kinds(engine: LocalEngine, tmp_path: Path) -> None:
    opened = engine.open(make(tmp_path / "plain.pdf"))
    target = tmp_path / "form.pdf"
    assert engine.write_form(opened.handle, FIELDS, target).pages == opened.pages
    listed = list_form_fields(target)
    assert {one.kind for one in listed} == {FieldKind.TEXT}
    assert not any(one.is_filled for one in listed)
    # A label that is the name itself says nothing new.
    assert template_fields(listed) == tuple(replace(one, label=one.label or one.name) for one in FIELDS)


def test_the_process_writes_what_the_library_writes(tmp_path: Path) -> None:
    engine = ProcessEngine()
    try:
        opened = engine.open(make(tmp_path / "plain.pdf"))
        engine.write_form(opened.handle, FIELDS, tmp_path / "form.pdf")
        with pytest.raises(PdfError) as caught:
            engine.write_form(opened.handle, (replace(FIELDS[0], example="𬭊"),), tmp_path / "other.pdf")
    finally:
        engine.stop()
    assert [one.name for one in list_form_fields(tmp_path / "form.pdf")] == [one.name for one in FIELDS]
    assert (caught.value.code, caught.value.params) == ("pdf.no_glyphs", {"index": 0, "characters": "𬭊"})
    assert not (tmp_path / "other.pdf").exists()


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_a_field_stands_where_it_was_drawn_on_turned_and_cropped_pages(
    engine: LocalEngine, tmp_path: Path, rotation: int
) -> None:
    page = Page(rotate=str(rotation), crop_box="[30 40 530 740]")
    opened = engine.open(make(tmp_path / "turned.pdf", page))
    field = replace(FIELDS[0], rect=PageRect(100, 200, 160, 220))
    engine.write_form(opened.handle, (field,), tmp_path / "form.pdf")
    (found,) = template_fields(list_form_fields(tmp_path / "form.pdf"))
    assert found.rect == field.rect
    with mupdf.open(tmp_path / "form.pdf") as pdf:
        (widget,) = pdf[0].widgets()
        # In the file it is in user space, from the page's own origin.
        assert pdf.xref_get_key(widget.xref, "Rect")[1].replace(".000", "") == "[130 240 190 260]"


def test_fields_join_a_form_that_is_there(engine: LocalEngine, tmp_path: Path) -> None:
    opened = engine.open(write_form(tmp_path / "form.pdf", ["姓名"]))
    engine.write_form(opened.handle, FIELDS, tmp_path / "more.pdf")
    assert [one.name for one in list_form_fields(tmp_path / "more.pdf")] == ["姓名", *(one.name for one in FIELDS)]


def test_a_value_that_is_filled_in_shows_its_characters(engine: LocalEngine, tmp_path: Path) -> None:
    opened = engine.open(make(tmp_path / "plain.pdf"))
    engine.write_form(opened.handle, FIELDS, tmp_path / "form.pdf")
    with mupdf.open(tmp_path / "form.pdf") as pdf:
        widget = next(iter(pdf[0].widgets()))
        pdf.xref_set_key(widget.xref, "V", "<feff" + "张三".encode("utf-16-be").hex() + ">")
        data = pdf.tobytes()
    with mupdf.open("pdf", data) as pdf:
        pdf.bake(annots=False, widgets=True)
        assert "张三" in pdf[0].get_text()


def test_viewers_are_told_to_draw_what_is_filled_in(engine: LocalEngine, tmp_path: Path) -> None:
    opened = engine.open(make(tmp_path / "plain.pdf"))
    engine.write_form(opened.handle, FIELDS, tmp_path / "form.pdf")
    with mupdf.open(tmp_path / "form.pdf") as pdf:
        assert pdf.xref_get_key(pdf.pdf_catalog(), "AcroForm/NeedAppearances") == ("bool", "true")


def test_a_signed_file_is_left_alone(engine: LocalEngine, tmp_path: Path) -> None:
    path = make(tmp_path / "signed.pdf")
    path.write_bytes(path.read_bytes() + b"\n% /ByteRange\n")
    opened = engine.open(path)
    with pytest.raises(PdfError) as caught:
        engine.write_form(opened.handle, FIELDS, tmp_path / "form.pdf")
    assert caught.value.code == "pdf.signed"
    assert not (tmp_path / "form.pdf").exists()
