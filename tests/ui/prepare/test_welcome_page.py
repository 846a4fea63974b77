"""The start page on screens of different heights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QPushButton, QWidget

from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.ui.environment_watch import EnvironmentState
from esign_desktop.ui.prepare.welcome import WelcomePage

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

REHEARSAL = EnvironmentState(Environment(EnvironmentKind.SANDBOX, "http://127.0.0.1", "project"))


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_no_button_of_the_start_page_is_crushed_on_a_low_screen(
    qtbot: QtBot, speak: Callable[[str], None], language: str
) -> None:
    speak(language)
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(840, 800)
    page = WelcomePage(window)
    window.show()
    page.show_environment(REHEARSAL)
    for height in (780, 520, 430, 370, 780):
        page.setGeometry(0, 0, 840, height)
        for count in (0, 3, 5):
            names = [f"合同{number}.pdf" for number in range(count)]
            page.show_recents(tuple(f"/files/{name}" for name in names))
            layout = page.layout()
            assert layout is not None
            layout.activate()
            buttons = [one for one in page.findChildren(QPushButton) if one.isVisibleTo(page)]
            assert [one.text() for one in buttons if one.height() < one.sizeHint().height()] == []
            shown = sum(one.text() in names for one in buttons)
            assert shown == count if height == 780 else shown >= min(count, 2)
