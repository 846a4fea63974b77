"""Icons take the colour of the text, at any size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon

from esign_desktop.ui.shell.rail import RoomName
from esign_desktop.ui.widgets.actions import ACTIONS, ActionName
from esign_desktop.ui.widgets.icons import icon

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("name", RoomName)
def test_an_icon_of_a_room_is_drawn_in_the_colour_it_is_given(name: RoomName) -> None:
    image = icon(ACTIONS[ActionName(name)].icon, QColor("red")).pixmap(QSize(24, 24)).toImage()
    seen = {
        image.pixelColor(x, y).name() for x in range(24) for y in range(24) if image.pixelColor(x, y).alpha() == 255
    }
    assert seen == {"#ff0000"}


def test_an_icon_of_a_selected_row_has_the_colour_of_its_text(qapp: QApplication) -> None:
    """The ground of what is selected is pale."""
    selected, plain = (
        icon("add").pixmap(QSize(24, 24), mode).toImage() for mode in (QIcon.Mode.Selected, QIcon.Mode.Normal)
    )
    assert selected == plain


@pytest.mark.parametrize("size", [QSize(0, 0), QSize(16, 0), QSize(0, 16), QSize(-1, -1)])
def test_where_there_is_no_room_nothing_is_drawn(size: QSize, qapp: QApplication) -> None:
    assert icon("prepare").pixmap(size).isNull()
    qapp.processEvents()
