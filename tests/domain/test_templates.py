from __future__ import annotations

from dataclasses import replace

import pytest

from esign_desktop.domain.geometry import PageFrame, PageRect
from esign_desktop.domain.templates import (
    FieldFault,
    TemplateField,
    ValueKind,
    field_faults,
    free_name,
    is_usable_name,
)

A4 = PageFrame(595, 842)
SOUND = TemplateField("借款人", page_number=1, rect=PageRect(60, 700, 200, 720))


def test_a_drawn_field_of_a_page_has_no_fault() -> None:
    assert list(field_faults([SOUND, replace(SOUND, name="loan_amount")], [A4])) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"name": ""}, FieldFault.NO_NAME),
        ({"name": "form.name"}, FieldFault.BAD_NAME),
        ({"name": "一" * 61}, FieldFault.BAD_NAME),
        ({"name": " a"}, FieldFault.BAD_NAME),
        ({"name": "a\nb"}, FieldFault.BAD_NAME),
        ({"page_number": 2}, FieldFault.OUTSIDE),
        ({"page_number": None}, FieldFault.OUTSIDE),
        ({"rect": None}, FieldFault.OUTSIDE),
        ({"rect": PageRect(500, 700, 600, 720)}, FieldFault.OUTSIDE),
        ({"rect": PageRect(60, -5, 200, 20)}, FieldFault.OUTSIDE),
        ({"rect": PageRect(60, 700, 60, 720)}, FieldFault.NO_SIZE),
        ({"rect": PageRect(60, 700, 200, float("nan"))}, FieldFault.NO_SIZE),
        ({"kind": ValueKind.CHOICE}, FieldFault.NO_CHOICES),
        ({"example": "12345", "most_characters": 4}, FieldFault.LONG_EXAMPLE),
    ],
)
def test_a_field_that_can_not_be_written_is_told_with_its_reason(change: dict[str, object], fault: FieldFault) -> None:
    bad = replace(SOUND, **change)  # type: ignore[arg-type]  # made of a table
    assert list(field_faults([replace(SOUND, name="other"), bad], [A4])) == [(1, fault)]


def test_the_second_of_two_fields_of_one_name_is_told() -> None:
    assert list(field_faults([SOUND, SOUND], [A4])) == [(1, FieldFault.SAME_NAME)]


def test_a_copy_gets_the_first_number_that_is_free() -> None:
    assert free_name("日期", set()) == "日期"
    assert free_name("日期", {"日期"}) == "日期_2"
    assert free_name("日期_2", {"日期", "日期_2"}) == "日期_3"
    assert is_usable_name(free_name("长" * 60, {"长" * 60}))
