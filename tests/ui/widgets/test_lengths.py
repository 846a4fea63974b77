from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from esign_desktop.domain.geometry import mm_to_pt
from esign_desktop.ui.widgets.lengths import LengthBox, LengthUnit, length_pt_of

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


@pytest.mark.parametrize(
    ("text", "unit", "length_pt"),
    [
        ("30", LengthUnit.PT, 30.0),
        ("30", LengthUnit.MM, mm_to_pt(30)),
        (" 30,5 mm ", LengthUnit.PT, mm_to_pt(30.5)),
        ("-12.25pt", LengthUnit.MM, -12.25),
        ("３０ＰＴ", LengthUnit.MM, 30.0),
        (".5", LengthUnit.PT, 0.5),
    ],
)
def test_a_length_is_read_in_its_unit_or_in_the_one_that_is_named(
    text: str, unit: LengthUnit, length_pt: float
) -> None:
    assert length_pt_of(text, unit) == pytest.approx(length_pt)


@pytest.mark.parametrize("text", ["", "mm", "nan", "1e9", "inf", "12 in", "1 2", "--3", "十"])
def test_what_is_no_length_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no length"):
        length_pt_of(text, LengthUnit.MM)


@pytest.mark.parametrize(
    ("unit", "typed", "length_pt"),
    [
        (LengthUnit.MM, "30pt", 30.0),
        (LengthUnit.PT, "10 mm", mm_to_pt(10)),
        (LengthUnit.MM, "42", mm_to_pt(42)),
        (LengthUnit.MM, "7,5mm", mm_to_pt(7.5)),
    ],
)
def test_either_unit_is_typed_into_the_field(qtbot: QtBot, unit: LengthUnit, typed: str, length_pt: float) -> None:
    box = LengthBox()
    qtbot.addWidget(box)
    box.set_unit(unit)
    box.show()
    box.selectAll()
    with qtbot.waitSignal(box.length_edited) as told:
        qtbot.keyClicks(box, typed)
        qtbot.keyClick(box, Qt.Key.Key_Return)
    assert told.args == [pytest.approx(length_pt, abs=0.15)]
    assert box.text().endswith(f" {unit}")


def test_letters_that_are_no_unit_are_not_taken(qtbot: QtBot) -> None:
    box = LengthBox()
    qtbot.addWidget(box)
    box.show_length(mm_to_pt(5))
    box.show()
    box.selectAll()
    qtbot.keyClicks(box, "8xy")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert box.length_pt == pytest.approx(mm_to_pt(8))


def test_the_unit_behind_the_number_stays_when_digits_are_changed_before_it(qtbot: QtBot) -> None:
    box = LengthBox()
    qtbot.addWidget(box)
    box.show_length(mm_to_pt(5))
    box.show()
    box.lineEdit().setCursorPosition(0)
    qtbot.keyClicks(box, "2")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert box.length_pt == pytest.approx(mm_to_pt(25))
    assert box.text() == "25.0 mm"
