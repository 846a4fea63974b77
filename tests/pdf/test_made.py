"""What a PDF was filled with, asked of the real process: in the fields' places, anywhere, and in fields left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pymupdf
import pytest

from esign_desktop.domain.errors import PdfError
from esign_desktop.domain.geometry import PageRect
from esign_desktop.pdf.isolated.made import WantedText, look_at_made, read_first_lines, read_lines, read_made
from tests.raised import raises_code

if TYPE_CHECKING:
    from pathlib import Path

# The library's types are incomplete.
mupdf: Any = pymupdf

FIELD = PageRect(100, 700, 300, 724)
"""On an A4 page: between 118 and 142 points below its upper edge."""


def written(path: Path, text: str, at: tuple[float, float], *, pages: int = 1, rotation: int = 0) -> Path:
    with mupdf.open() as pdf:
        for _ in range(pages):
            page = pdf.new_page(width=595, height=842)
            page.insert_htmlbox(mupdf.Rect(*at, at[0] + 200, at[1] + 24), text)
            page.set_rotation(rotation)
        pdf.save(path)
    return path


@pytest.mark.parametrize(
    ("text", "value", "is_found"),
    [
        ("张三", "张三", True),
        ("年 利率", "年利率", True),
        ("ＡＢＣ１２３", "ABC123", True),
        ("李四", "张三", False),
        ("1,000.00", "1000.00", False),
        ("", "", True),
    ],
)
def test_a_value_is_read_as_a_person_reads_it(tmp_path: Path, text: str, value: str, is_found: bool) -> None:
    path = written(tmp_path / "made.pdf", text or "-", (100, 118))
    for one in (WantedText("a", value), WantedText("a", value, 1, FIELD)):
        assert look_at_made(path, (one,)).found == (is_found,)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_a_value_counts_only_in_its_fields_place(tmp_path: Path, rotation: int) -> None:
    path = written(tmp_path / "made.pdf", "张三", (100, 118), pages=2, rotation=rotation)
    elsewhere = PageRect(100, 300, 300, 324)
    wanted = (
        WantedText("a", "张三", 1, FIELD),
        WantedText("a", "张三", 2, FIELD),
        WantedText("a", "张三", 1, elsewhere),
        WantedText("a", "张三", 3, FIELD),
    )
    facts = look_at_made(path, wanted)
    assert facts.found == (True, True, False, False)
    assert facts.page_count == 2


def test_a_form_that_is_left_one_is_read_by_its_fields(tmp_path: Path) -> None:
    path = tmp_path / "form.pdf"
    with mupdf.open() as pdf:
        widget = mupdf.Widget()
        widget.field_name, widget.field_type = "borrower", mupdf.PDF_WIDGET_TYPE_TEXT
        widget.rect, widget.field_value = mupdf.Rect(60, 100, 400, 124), "Zhang San"
        pdf.new_page().add_widget(widget)
        pdf.save(path)
    wanted = (WantedText("borrower", "Zhang San", 1, PageRect(0, 0, 10, 10)), WantedText("borrower", "Li Si"))
    assert look_at_made(path, wanted).found == (True, False)


def test_what_can_not_be_read_is_said(tmp_path: Path) -> None:
    path = tmp_path / "made.pdf"
    path.write_bytes(b"<html>gone</html>")
    with raises_code(PdfError, "pdf.damaged"):
        look_at_made(path, ())
    with mupdf.open() as pdf:
        pdf.new_page()
        pdf.save(path, encryption=mupdf.PDF_ENCRYPT_AES_256, user_pw="secret", owner_pw="secret")
    with raises_code(PdfError, "pdf.password_needed"):
        look_at_made(path, ())


def test_the_image_of_a_scan_with_a_text_layer_is_not_decoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "scan.pdf"
    kinds: list[int] = []
    with mupdf.open() as pdf:
        page = pdf.new_page(width=595, height=842)
        page.insert_image(page.rect, stream=mupdf.Pixmap(mupdf.csGRAY, mupdf.IRect(0, 0, 8, 8), 0).tobytes())
        page.insert_text((60, 60), "General terms", render_mode=3)
        pdf.save(path)
    get_text = mupdf.Page.get_text

    def noted(page: Any, *args: Any, **options: Any) -> Any:
        found = get_text(page, *args, **options)
        kinds.extend(block["type"] for block in found["blocks"])
        return found

    monkeypatch.setattr(mupdf.Page, "get_text", noted)
    with path.open("rb") as file:
        lines = read_lines(file, ())
    assert (lines.page_indices, lines.texts) == ((0,), ("General terms",))
    with path.open("rb") as file:
        facts = read_made(file, (*lines.as_wanted(1), WantedText("", "Price list", 1, lines.rects[0])))
    assert facts.found == (True, False)
    assert kinds == [0, 0]


def test_only_the_first_lines_of_each_page_are_compared(tmp_path: Path) -> None:
    path = tmp_path / "made.pdf"
    with mupdf.open() as pdf:
        for count in (0, 2, 9):
            text = "\n".join(f"line {number} of {count}" for number in range(count))
            pdf.new_page(width=595, height=842).insert_text((60, 60), text or " ")
        pdf.save(path)
    lines = read_first_lines(path)
    assert lines.page_indices == (1, 1, 2, 2, 2, 2, 2)
    assert lines.texts[:3] == ("line 0 of 2", "line 1 of 2", "line 0 of 9")
    assert [one.page_number for one in lines.as_wanted(4)] == [5, 5, 6, 6, 6, 6, 6]
    assert all(look_at_made(path, lines.as_wanted(1)).found)
    assert not any(look_at_made(path, lines.as_wanted(2)).found)
