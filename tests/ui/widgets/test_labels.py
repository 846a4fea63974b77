from __future__ import annotations

from typing import TYPE_CHECKING

from esign_desktop.ui.widgets.labels import FittingLabel

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

LONG, SHORT = "through 周知夏 · 138****0001", "through 周知夏"


def make_label(qtbot: QtBot, text: str) -> FittingLabel:
    """Return a label with room for a text and hardly more."""
    label = FittingLabel()
    qtbot.addWidget(label)
    label.show_wordings(LONG, SHORT)
    label.resize(label.fontMetrics().horizontalAdvance(text) + 2, 20)
    label.show()
    return label


def test_the_longest_wording_that_has_room_is_shown(qtbot: QtBot) -> None:
    assert make_label(qtbot, LONG).text() == LONG


def test_a_shorter_wording_takes_the_place_of_one_without_room(qtbot: QtBot) -> None:
    label = make_label(qtbot, SHORT)
    assert label.text() == SHORT
    label.resize(label.fontMetrics().horizontalAdvance(LONG), 20)
    assert label.text() == LONG


def test_without_room_for_any_the_last_one_stays(qtbot: QtBot) -> None:
    assert make_label(qtbot, "t").text() == SHORT
