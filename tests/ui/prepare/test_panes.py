from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QWidget

from esign_desktop.ui.prepare.panes import Panes

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


@pytest.fixture
def panes(qtbot: QtBot) -> Panes:
    panes = Panes()
    qtbot.addWidget(panes)
    panes.fill(QWidget(), QWidget(), QWidget())
    panes.resize(1290, 600)
    panes.show()
    return panes


@pytest.mark.parametrize("width_px", [835, 950, 1040])
def test_the_pages_take_precedence_in_a_narrow_window(panes: Panes, width_px: int) -> None:
    wide = panes.sizes()
    panes.resize(width_px, 600)
    documents, pages, details = panes.sizes()
    assert documents < wide[0]
    assert details < wide[2]
    assert pages >= min(560, width_px - 176 - 296 - 2)
    panes.resize(1290, 600)
    assert panes.sizes() == wide


def test_widths_that_the_user_has_chosen_are_kept_by_another_size(panes: Panes) -> None:
    panes.setSizes([300, 600, 390])
    chosen = panes.sizes()
    panes.splitterMoved.emit(300, 1)
    panes.resize(1190, 600)
    documents, _, details = panes.sizes()
    assert (documents, details) == (chosen[0], chosen[2])
