"""What lies over the desk is taken away by its owner, and by others only if it may leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from esign_desktop.ui.prepare.overlays import OverlayStack

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


def test_an_owner_takes_away_its_own_and_nothing_else(qtbot: QtBot) -> None:
    overlays = OverlayStack(QWidget())
    qtbot.addWidget(overlays)
    review, sheet = QWidget(), QWidget()
    overlays.push(review, lambda: True)
    overlays.push(sheet, lambda: True)

    overlays.remove(review)
    assert overlays.currentWidget() is sheet
    overlays.remove(review)
    assert overlays.currentWidget() is sheet

    overlays.remove(sheet)
    assert overlays.is_uncovered


def test_what_may_not_leave_stays_and_says_so(qtbot: QtBot) -> None:
    overlays = OverlayStack(QWidget())
    qtbot.addWidget(overlays)
    sending, sheet, is_busy = QWidget(), QWidget(), [True]
    overlays.push(sending, lambda: not is_busy[0])
    overlays.push(sheet, lambda: True)

    assert not overlays.clear()
    assert overlays.currentWidget() is sending

    is_busy[0] = False
    assert overlays.clear()
    assert overlays.is_uncovered
