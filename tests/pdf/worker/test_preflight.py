from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.document import PreflightFacts
from esign_desktop.pdf.worker.document import MupdfDocument
from esign_desktop.pdf.worker.preflight import look_at_structure
from tests.pdf.builder import Page, build

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.pdf.local_engine import LocalEngine

    Facts = Callable[[bytes], PreflightFacts]


@pytest.fixture
def facts(local: LocalEngine, write: Callable[[bytes], Path]) -> Facts:
    """Opens a file and tells its facts."""
    return lambda data: local.open(write(data)).facts


def form(*fields: str, extra: str = "") -> str:
    return f"/AcroForm<</Fields[{' '.join(fields)}]{extra}>>"


def test_a_plain_document_has_nothing_to_tell(facts: Facts) -> None:
    found = facts(build(Page().write("甲", 9, 9)))
    assert found.has_text
    assert found.pages_without_text == ()
    assert found == PreflightFacts()


def test_pages_without_text_are_named_and_white_space_is_no_text(facts: Facts) -> None:
    found = facts(build(Page().write("甲", 9, 9), Page(drawing="0 0 9 9 re f"), Page().write("   ", 9, 9)))
    assert found.has_text
    assert found.pages_without_text == (2, 3)
    assert not facts(build(Page(), Page())).has_text


def test_a_filled_signature_field_means_signed(facts: Facts) -> None:
    signature = "<</FT/Sig/T(s)/V<</Type/Sig/ByteRange[0 1 2 3]/Contents<00>>>>>"
    found = facts(build(Page(), catalog=form(signature)))
    assert found.is_signed
    assert found.form_field_count == 1


def test_an_empty_signature_field_does_not_mean_signed(facts: Facts) -> None:
    assert not facts(build(Page(), catalog=form("<</FT/Sig/T(s)>>", extra="/SigFlags 3"))).is_signed


def test_a_signature_without_a_field_is_found_by_its_byte_range(facts: Facts) -> None:
    data = build(Page(), objects="1000 0 obj\n<</Type/Sig/ByteRange [0 1 2 3]/Contents<00>>>\nendobj\n")
    assert facts(data).is_signed


def test_certification_means_signed(facts: Facts) -> None:
    assert facts(build(Page(), catalog="/Perms<</DocMDP<</Type/Sig>>>>")).is_signed


def test_fields_are_counted_at_the_ends_of_their_tree(facts: Facts) -> None:
    tree = "<</T(a)/FT/Tx/Kids[<</T(b)>><</T(c)/Kids[<</T(d)>><</T(e)>>]>>]>>"
    widgets_only = "<</T(f)/FT/Btn/Kids[<</Subtype/Widget>><</Subtype/Widget>>]>>"
    assert facts(build(Page(), catalog=form(tree, widgets_only))).form_field_count == 4


def test_a_kind_is_inherited_by_the_field_below(facts: Facts) -> None:
    assert facts(build(Page(), catalog=form("<</T(a)/FT/Sig/Kids[<</T(b)/V<</Type/Sig>>>>]>>"))).is_signed


def test_fields_that_contain_themselves_end(facts: Facts) -> None:
    loop = "1000 0 obj\n<</T(a)/Kids[1000 0 R 1001 0 R]>>\nendobj\n1001 0 obj\n<</T(b)/Kids[1000 0 R]>>\nendobj\n"
    found = facts(build(Page(), catalog=form("1000 0 R"), objects=loop))
    assert found.form_field_count <= 2


def test_twenty_thousand_fields_are_counted_in_no_time(facts: Facts) -> None:
    fields = "".join(f"<</T({n})/FT/Tx>>" for n in range(20_000))
    found = facts(build(Page(), catalog=form(fields)))
    assert found.form_field_count == 20_000 or found.facts_are_partial


@pytest.mark.parametrize("broken", ["/AcroForm 7", "/AcroForm<</Fields(x)>>", "/AcroForm<</Fields[7 null (x)]>>"])
def test_a_broken_form_does_not_keep_a_document_from_opening(broken: str, facts: Facts) -> None:
    assert facts(build(Page(), catalog=broken)).has_text is False


def font(extra: str, *, name: str = "SimSun") -> str:
    return f"/Font<</X <</Type/Font/Subtype/TrueType/BaseFont/{name}{extra}>>>>"


def test_fonts_that_are_not_embedded_are_told(facts: Facts) -> None:
    assert facts(build(Page(resources=font("")))).has_unembedded_fonts
    assert facts(build(Page(resources=font("/FontDescriptor<<>>")))).has_unembedded_fonts
    assert not facts(build(Page(resources=font("/FontDescriptor<</FontFile2 8 0 R>>")))).has_unembedded_fonts


def test_fonts_that_every_viewer_has_need_not_be_embedded(facts: Facts) -> None:
    assert not facts(build(Page(resources=font("", name="Helvetica-Bold")))).has_unembedded_fonts


def test_fonts_of_drawn_forms_and_composite_fonts_are_looked_at(facts: Facts) -> None:
    composite = "/Font<</X <</Subtype/Type0/BaseFont/A/DescendantFonts[<</BaseFont/A/FontDescriptor<<{}>>>>]>>>>"
    assert facts(build(Page(resources=composite.format("")))).has_unembedded_fonts
    assert not facts(build(Page(resources=composite.format("/FontFile3 8 0 R")))).has_unembedded_fonts
    drawn = f"1000 0 obj\n<</Subtype/Form/BBox[0 0 1 1]/Resources<<{font('')}>>/Length 0>>stream\n\nendstream\nendobj\n"
    assert facts(build(Page(resources="/XObject<</X 1000 0 R>>"), objects=drawn)).has_unembedded_fonts


def test_a_repaired_file_is_told(facts: Facts) -> None:
    assert facts(build(Page()).replace(b"startxref", b"startxxxx")).is_repaired


def test_a_truncated_file_is_told_as_repaired(facts: Facts) -> None:
    data = build(Page().write("甲", 9, 9), Page())
    assert facts(data[: data.index(b"xref\n0 1")]).is_repaired


def test_structure_that_takes_too_long_leaves_partial_facts(write: Callable[[bytes], Path]) -> None:
    document = MupdfDocument(write(build(Page(), catalog=form(*[f"<</T({n})>>" for n in range(100)]))))
    found = look_at_structure(document, budget_s=-1.0)
    assert found.is_partial
    assert found.form_field_count == 0
