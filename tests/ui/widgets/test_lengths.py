from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from esign_desktop.domain.geometry import mm_to_pt
from esign_desktop.ui.widgets.lengths import LengthBox, length_pt_of

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


@pytest.mark.parametrize(
    ("text", "length_pt"),
    [
        ("30", mm_to_pt(30)),
        (" 30,5 mm ", mm_to_pt(30.5)),
        ("-12.25pt", -12.25),
        ("３０ＰＴ", 30.0),
        (".5", mm_to_pt(0.5)),
    ],
)
def test_a_length_is_read_in_the_unit_that_is_named_or_in_millimeters(text: str, length_pt: float) -> None:
    assert length_pt_of(text) == pytest.approx(length_pt)


@pytest.mark.parametrize("text", ["", "mm", "nan", "1e9", "inf", "12 in", "1 2", "--3", "十"])
def test_what_is_no_length_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no length"):
        length_pt_of(text)


@pytest.mark.parametrize(("typed", "length_pt"), [("30pt", 30.0), ("42", mm_to_pt(42)), ("7,5mm", mm_to_pt(7.5))])
def test_either_unit_is_typed_into_the_field(qtbot: QtBot, typed: str, length_pt: float) -> None:
    box = LengthBox()
    qtbot.addWidget(box)
    box.show()
    box.selectAll()
    with qtbot.waitSignal(box.length_edited) as told:
        qtbot.keyClicks(box, typed)
        qtbot.keyClick(box, Qt.Key.Key_Return)
    assert told.args == [pytest.approx(length_pt, abs=0.15)]
    assert box.text().endswith(" mm")


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
