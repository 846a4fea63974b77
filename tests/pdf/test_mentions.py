"""Whether a PDF tells of somebody, asked of the real process: in texts, forms, remarks and descriptions."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pymupdf
import pytest

from esign_desktop.domain.errors import PdfError
from esign_desktop.pdf.isolated.mentions import Mention, PersonTerms, find_mention, mention_in
from tests.pdf.builder import Page, build
from tests.raised import raises_code

if TYPE_CHECKING:
    from pathlib import Path

# The library's types are incomplete.
mupdf: Any = pymupdf


def written(path: Path, *texts: str) -> Path:
    path.write_bytes(build(*(Page().write(text, 60, 760) for text in texts)))
    return path


def with_form_value(path: Path, value: str) -> Path:
    with mupdf.open() as pdf:
        page = pdf.new_page()
        widget = mupdf.Widget()
        widget.field_name = "borrower"
        widget.field_type = mupdf.PDF_WIDGET_TYPE_TEXT
        widget.rect = mupdf.Rect(60, 100, 400, 124)
        widget.field_value = value
        page.add_widget(widget)
        pdf.save(path, deflate=True)
    return path


@pytest.mark.parametrize(
    ("name", "text", "is_there"),
    [
        ("An", "An agreement between Bank and Customer", True),
        ("An", "Another agreement, and Andrew", False),
        ("An", "between a bank and an applicant", False),
        ("Ng", "Signing is binding", False),
        ("Wu", "Mr Wu, of Shanghai", True),
        ("Li", "Example Limited", False),
        ("John Smith", "JOHN\n SMITH", True),
        ("John Smith", "Johnsmithson", False),
        ("王芳", "甲方 王 芳 签字", True),
        ("王芳", "甲方 王芳芳 签字", False),
        ("王", "王芳", False),
    ],
)
def test_a_name_counts_as_a_whole_word(name: str, text: str, is_there: bool) -> None:
    assert mention_in(iter([text]), PersonTerms(name, ("王芳芳",))) == (is_there, False)


@pytest.mark.parametrize(
    ("number", "text", "is_there"),
    [
        ("110101199003078515", "身份证号 110101 19900307 8515", True),
        ("13800000000", "Tel. 138 0000 0000", True),
        ("13800000000", "1380000000", False),
        ("1234", "Room 1234", True),
        ("1234", "Account 551234", False),
    ],
)
def test_a_number_is_found_as_it_is_written(number: str, text: str, is_there: bool) -> None:
    assert mention_in(iter([text]), PersonTerms("某人", (), (number,))) == (False, is_there)


def test_the_process_reads_every_page(tmp_path: Path) -> None:
    path = written(tmp_path / "a.pdf", "第一页", "第二页 张三 签字")
    assert find_mention(path, PersonTerms("张三")) == Mention(has_name=True)
    assert find_mention(path, PersonTerms("李四", (), ("110101199003078515",))) == Mention()


def test_bytes_that_happen_to_be_there_say_nothing(tmp_path: Path) -> None:
    path = written(tmp_path / "a.pdf", "合同")
    path.write_bytes(path.read_bytes() + b"\n% An Ng Wu Li\n")
    for name in ("An", "Ng", "Wu", "Li"):
        assert find_mention(path, PersonTerms(name)) == Mention()


@pytest.mark.parametrize("value", ["张三", "Wu"])
def test_what_a_form_holds_is_read(tmp_path: Path, value: str) -> None:
    assert find_mention(with_form_value(tmp_path / "form.pdf", value), PersonTerms(value)).has_name


def test_remarks_and_descriptions_are_read(tmp_path: Path) -> None:
    with mupdf.open() as pdf:
        page = pdf.new_page()
        page.add_text_annot((60, 60), "问 13800000000")
        pdf.set_metadata({"author": "张三"})
        pdf.save(tmp_path / "a.pdf", deflate=True)
    assert find_mention(tmp_path / "a.pdf", PersonTerms("张三", (), ("13800000000",))) == Mention(
        has_name=True, has_number=True
    )


def test_what_is_no_pdf_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"An")
    with raises_code(PdfError, "pdf.damaged"):
        find_mention(tmp_path / "a.pdf", PersonTerms("An"))
    with raises_code(PdfError, "document.missing"):
        find_mention(tmp_path / "none.pdf", PersonTerms("An"))


def test_a_file_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    path = written(tmp_path / "a.pdf", *(["合同"] * 300))
    begun_s = time.monotonic()
    with raises_code(PdfError, "pdf.too_slow"):
        find_mention(path, PersonTerms("张三"), limit_s=0.01)
    assert time.monotonic() - begun_s < 5
