"""A form shows a frozen value, and what a person edits gives the next one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QToolButton

from esign_desktop.domain.errors import InputError
from esign_desktop.ui.widgets.forms import CheckField, ChecksField, ChoiceField, Form, LineField, NumberField, Row
from tests.ui.typed_text import type_text

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


class Size(StrEnum):
    SMALL = "small"
    LARGE = "large"


@dataclass(frozen=True)
class Order:
    name: str = ""
    size: Size = Size.SMALL
    count: int = 1
    is_gift: bool = False
    pages: str = "1"
    toppings: frozenset[str] = frozenset()


def _with_pages(order: Order, typed: str) -> Order:
    if not typed.isdigit():
        raise InputError("input.pages")
    return replace(order, pages=typed)


@pytest.fixture
def form(qtbot: QtBot) -> Form[Order]:
    rows = (
        Row[Order](
            "name", "Name", LineField(max_length=5), set=lambda order, typed: replace(order, name=typed.strip())
        ),
        Row[Order]("size", "Size", ChoiceField(((Size.SMALL, "small <b>"), (Size.LARGE, "large")))),
        Row[Order]("count", "Count", NumberField(1, 9), is_shown=lambda order: order.size is Size.LARGE),
        Row[Order]("is_gift", None, CheckField("A gift")),
        Row[Order]("pages", "Pages", LineField(when_finished=True), set=_with_pages, beside=QToolButton()),
        Row[Order](
            "toppings",
            "Toppings",
            ChecksField((("a", "A"), ("b", "B"))),
            get=lambda order: order.toppings or frozenset("ab"),
        ),
    )
    form = Form(Order(), rows)
    qtbot.addWidget(form)
    with qtbot.waitExposed(form):
        form.show()
    return form


@pytest.fixture
def edits(form: Form[Order]) -> list[tuple[Order, str]]:
    heard: list[tuple[Order, str]] = []
    form.edited.connect(lambda order, name: heard.append((order, name)))
    return heard


def _line(form: Form[Order], name: str) -> QLineEdit:
    field = form.field(name)
    assert isinstance(field, QLineEdit)
    return field


def test_each_kind_of_field_edits_its_part_of_the_value(form: Form[Order], edits: list[tuple[Order, str]]) -> None:
    _line(form, "name").setFocus()
    type_text(_line(form, "name"), "ab")
    size = form.field("size")
    assert isinstance(size, ChoiceField)
    size.setCurrentIndex(1)
    size.activated.emit(1)
    assert isinstance(form.value.size, Size)
    form.show_value(form.value)
    count = form.field("count")
    assert isinstance(count, NumberField)
    count.setValue(3)
    gift = form.field("is_gift")
    assert isinstance(gift, CheckField)
    gift.click()
    assert form.value == Order("ab", Size.LARGE, 3, is_gift=True)
    assert edits[-1] == (form.value, "")
    assert tuple({name: None for _, name in edits if name}) == ("name", "count")


def test_showing_a_value_is_no_edit(form: Form[Order], edits: list[tuple[Order, str]]) -> None:
    order = Order("x", Size.LARGE, 4, is_gift=True, pages="7", toppings=frozenset("b"))
    form.show_value(order)
    assert form.read(Order()) == order
    assert edits == []


def test_what_means_the_same_is_left_as_it_is_typed(form: Form[Order], qtbot: QtBot) -> None:
    line = _line(form, "name")
    qtbot.keyClicks(line, " ab ")
    assert form.value.name == "ab"
    form.show_value(form.value)
    assert line.text() == " ab "
    form.show_value(replace(form.value, name="c"))
    assert line.text() == "c"


def test_a_half_typed_line_stays_until_it_is_finished(form: Form[Order], qtbot: QtBot) -> None:
    line = _line(form, "pages")
    qtbot.keyClicks(line, "2")
    form.show_value(replace(form.value, name="other"))
    assert (line.text(), form.value.pages) == ("12", "1")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert form.value.pages == "12"
    qtbot.keyClicks(line, "3")
    form.forget_half_typed()
    form.show_value(Order())
    assert line.text() == "1"


def test_another_thing_is_shown_whole_though_an_empty_line_would_mean_the_same(qtbot: QtBot) -> None:
    keeps_name: Row[Order] = Row(
        "name", "Name", LineField(), set=lambda order, typed: replace(order, name=typed or order.name)
    )
    form = Form(Order(), [keeps_name])
    qtbot.addWidget(form)
    line = _line(form, "name")
    line.setText("")
    form.forget_half_typed()
    form.show_value(Order("x"))
    assert line.text() == "x"
    # While it is edited, it may be empty.
    qtbot.keyClick(line, Qt.Key.Key_Backspace)
    assert (line.text(), form.value.name) == ("", "x")


def test_what_cannot_be_taken_is_told_and_taken_back(form: Form[Order], qtbot: QtBot) -> None:
    line = _line(form, "pages")
    line.clear()
    qtbot.keyClicks(line, "x")
    with qtbot.waitSignal(form.input_failed) as failed:
        qtbot.keyClick(line, Qt.Key.Key_Return)
    assert failed.args is not None
    assert failed.args[0].code == "input.pages"
    assert (line.text(), form.value.pages) == ("1", "1")


def test_a_row_is_shown_where_it_applies_with_its_label(form: Form[Order]) -> None:
    assert not form.field("count").isVisible()
    assert not form.label("count").isVisible()
    form.show_value(Order(size=Size.LARGE))
    assert form.field("count").isVisible()
    assert next(one for one in form.findChildren(QLabel) if one.text() == "Count").buddy() is form.field("count")


def test_choices_that_change_keep_what_was_chosen(form: Form[Order]) -> None:
    size = form.field("size")
    assert isinstance(size, ChoiceField)
    form.show_value(Order(size=Size.LARGE))
    size.offer(((Size.LARGE, "huge"), (Size.SMALL, "small")))
    assert (size.currentText(), size.read_value()) == ("huge", Size.LARGE)
    size.show_value("nothing of these")
    assert (size.currentIndex(), size.read_value()) == (-1, None)


def test_boxes_show_what_the_value_means_from_the_first(form: Form[Order]) -> None:
    assert form.field("toppings").read_value() == {"a", "b"}
