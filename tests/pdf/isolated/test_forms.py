"""The fields of real forms are listed by a process of its own; odd files cost neither time nor the program."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pymupdf
import pytest

from esign_desktop.domain.errors import PdfError
from esign_desktop.domain.forms import FieldKind, PdfFormField
from esign_desktop.domain.geometry import PageRect
from esign_desktop.pdf.isolated.forms import MOST_FIELDS, list_form_fields, read_form_fields
from tests.pdf.builder import Page, build

if TYPE_CHECKING:
    from pathlib import Path

# The library's types are incomplete.
mupdf: Any = pymupdf
AES_256 = 5
FORM = (
    "%PDF-1.7\n1 0 obj <</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[{fields}]>>>> endobj\n"
    "2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj\n"
    "3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Annots[{widgets}]>> endobj\n{objects}"
)


def write(path: Path, fields: str, objects: list[str], widgets: str = "") -> Path:
    numbered = "".join(f"{number} 0 obj {text} endobj\n" for number, text in enumerate(objects, 4))
    body = FORM.format(fields=fields, widgets=widgets, objects=numbered)
    offsets = [body.index(f"\n{number} 0 obj") + 1 for number in range(1, len(objects) + 4)]
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    size = len(offsets) + 1
    end = f"trailer <</Size {size}/Root 1 0 R>>\nstartxref\n{len(body)}\n%%EOF"
    path.write_bytes(f"{body}xref\n0 {size}\n0000000000 65535 f \n{table}{end}".encode("latin-1"))
    return path


def read(path: Path) -> tuple[PdfFormField, ...]:
    """The fields without their places, which have a test of their own."""
    with path.open("rb") as file:
        return tuple(replace(one, rect=None) for one in read_form_fields(file))


def test_a_field_is_told_with_its_place_on_the_visible_page(tmp_path: Path) -> None:
    widget = "<</T(name)/FT/Tx/Rect[60 60 200 80]/Subtype/Widget/P 3 0 R>>"
    with write(tmp_path / "place.pdf", "4 0 R", [widget], "4 0 R").open("rb") as file:
        (found,) = read_form_fields(file)
    assert (found.page_number, found.rect) == (1, PageRect(60, 60, 200, 80))


def test_a_form_whose_parts_are_objects_of_their_own_is_read(tmp_path: Path) -> None:
    # So Acrobat writes them; the library's ``get`` does not look them up.
    objects = ["<</T 6 0 R/TU 7 0 R/FT/Tx/Kids 8 0 R>>", "[4 0 R]", "(name)", "(Name)", "[]"]
    path = write(tmp_path / "form.pdf", "4 0 R", objects)
    path.write_bytes(path.read_bytes().replace(b"/Fields[4 0 R]", b"/Fields 5 0 R "))
    assert read(path) == (PdfFormField("name", FieldKind.TEXT, None, "Name"),)


def test_every_kind_of_field_is_told_with_its_page(tmp_path: Path) -> None:
    with mupdf.open() as pdf:
        for _ in range(2):
            pdf.new_page()
        for number, (name, kind, page, value) in enumerate(
            (
                ("姓名", mupdf.PDF_WIDGET_TYPE_TEXT, 0, ""),
                ("number", mupdf.PDF_WIDGET_TYPE_TEXT, 1, "110101"),
                ("agree", mupdf.PDF_WIDGET_TYPE_CHECKBOX, 1, False),
                ("city", mupdf.PDF_WIDGET_TYPE_COMBOBOX, 0, ""),
            )
        ):
            widget = mupdf.Widget()
            widget.field_name, widget.field_type, widget.field_value = name, kind, value
            widget.rect = mupdf.Rect(60, 100 + 40 * number, 300, 124 + 40 * number)
            if kind == mupdf.PDF_WIDGET_TYPE_COMBOBOX:
                widget.choice_values = ["北京", "上海"]
            pdf[page].add_widget(widget)
        pdf.save(tmp_path / "form.pdf")
    assert tuple(replace(one, rect=None) for one in list_form_fields(tmp_path / "form.pdf")) == (
        PdfFormField("姓名", FieldKind.TEXT, 1),
        PdfFormField("number", FieldKind.TEXT, 2, is_filled=True),
        PdfFormField("agree", FieldKind.CHECK, 2),
        PdfFormField("city", FieldKind.CHOICE, 1),
    )


def test_names_are_whole_and_what_is_inherited_counts(tmp_path: Path) -> None:
    objects = [
        "<</T(borrower)/FT/Tx/Kids[5 0 R 6 0 R]>>",
        "<</T(name)/TU(Name of the borrower)/Parent 4 0 R/Rect[60 60 200 80]/Subtype/Widget/P 3 0 R>>",
        "<</T(date)/Parent 4 0 R/V(2026-11-26)/Kids[7 0 R]>>",
        "<</Parent 6 0 R/Rect[60 20 200 40]/Subtype/Widget>>",
        "<</T(print)/FT/Btn/Ff 65536>>",
    ]
    path = write(tmp_path / "nested.pdf", "4 0 R 8 0 R", objects, "5 0 R 7 0 R")
    assert read(path) == (
        PdfFormField("borrower.name", FieldKind.TEXT, 1, "Name of the borrower"),
        PdfFormField("borrower.date", FieldKind.TEXT, 1, is_filled=True),
        PdfFormField("print", FieldKind.BUTTON, None),
    )


def test_a_form_that_holds_itself_and_one_without_end_are_listed_in_bounds(tmp_path: Path) -> None:
    loop = write(tmp_path / "loop.pdf", "4 0 R", ["<</T(a)/Kids[4 0 R 5 0 R]>>", "<</T(b)/FT/Tx/Kids[4 0 R]>>"])
    assert len(read(loop)) <= 2
    many = write(tmp_path / "many.pdf", "<</T(x)/FT/Tx>> " * (MOST_FIELDS + 500), [])
    assert len(list_form_fields(many)) == MOST_FIELDS


def test_a_file_without_a_form_has_no_fields(tmp_path: Path) -> None:
    (tmp_path / "plain.pdf").write_bytes(build(Page().write("甲方", 60, 700)))
    assert list_form_fields(tmp_path / "plain.pdf") == ()


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"%PDF-1.7\nnothing", "pdf.form_unreadable"), (b"", "pdf.form_unreadable"), (None, "document.missing")],
)
def test_what_can_not_be_read_is_told(tmp_path: Path, content: bytes | None, code: str) -> None:
    path = tmp_path / "broken.pdf"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(PdfError) as caught:
        list_form_fields(path)
    assert caught.value.code == code


def test_a_protected_form_is_not_read(tmp_path: Path) -> None:
    with mupdf.open() as pdf:
        page = pdf.new_page()
        widget = mupdf.Widget()
        widget.field_name, widget.field_type = "name", mupdf.PDF_WIDGET_TYPE_TEXT
        widget.rect = mupdf.Rect(60, 100, 300, 124)
        page.add_widget(widget)
        pdf.save(tmp_path / "locked.pdf", encryption=AES_256, user_pw="open sesame", owner_pw="owner")
    with pytest.raises(PdfError) as caught:
        read(tmp_path / "locked.pdf")
    assert caught.value.code == "pdf.form_unreadable"


def test_a_reader_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    (tmp_path / "plain.pdf").write_bytes(build(Page()))
    with pytest.raises(PdfError) as caught:
        list_form_fields(tmp_path / "plain.pdf", limit_s=0.0)
    assert caught.value.code == "pdf.too_slow"
