from __future__ import annotations

import pytest

from esign_desktop.domain.blanks import Blank
from esign_desktop.domain.field_edits import add_blanks
from esign_desktop.domain.geometry import PageRect
from esign_desktop.domain.templates import MAX_FIELDS, TemplateField, ValueKind, field_faults, usable_name
from tests.drafts import A4

PAGES = (A4, A4)


def blank(left: float = 100, bottom: float = 700, *, label: str = "姓名", wide: float = 60) -> Blank:
    return Blank(PageRect(left, bottom, left + wide, bottom + 12), label)


def test_a_field_is_added_at_each_blank_and_named_by_its_label() -> None:
    found = add_blanks((), [(1, blank()), (2, blank()), (2, blank(300, label=""))], PAGES, "空白处")
    assert [(one.name, one.page_number) for one in found] == [("姓名", 1), ("姓名_2", 2), ("空白处", 2)]
    assert list(field_faults(found, PAGES)) == []
    rect = found[0].rect
    assert rect is not None
    assert (rect.left_pt, rect.right_pt) == (100, 160)
    assert rect.bottom_pt == pytest.approx(697.6)
    assert rect.top_pt == pytest.approx(714.4)


def test_a_blank_that_a_field_covers_gets_no_other_one() -> None:
    own = TemplateField("own", ValueKind.DATE, page_number=1, rect=PageRect(110, 690, 200, 720))
    assert add_blanks((own,), [(1, blank())], PAGES, "?") == (own,)
    assert len(add_blanks((own,), [(2, blank()), (1, blank(40)), (1, blank(bottom=660))], PAGES, "?")) == 4


def test_no_more_fields_are_added_than_a_template_can_have() -> None:
    many = [(1, blank(10 + number % 20 * 25, 10 + number // 20 * 15, wide=20)) for number in range(MAX_FIELDS + 9)]
    assert len(add_blanks((), many, PAGES, "?")) == MAX_FIELDS


@pytest.mark.parametrize(
    ("text", "name"),
    [("甲方(以下简称甲方)", "甲方(以下简称甲方)"), ("货款：《大写》", "货款大写"), ("……", ""), ("姓" * 90, "姓" * 55)],
)
def test_a_label_becomes_a_name_that_a_field_can_have(text: str, name: str) -> None:
    assert usable_name(text) == name
