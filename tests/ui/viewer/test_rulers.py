from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from esign_desktop.domain.geometry import mm_to_pt
from esign_desktop.ui.viewer.rulers import RULER_PX, Ruler

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

LONG_TICK_PX = 8


def labelled_ticks(ruler: Ruler) -> list[int]:
    """Where long ticks are painted, along the ruler."""
    image = ruler.grab().toImage()
    is_horizontal = image.height() == RULER_PX
    # Right beside the line at the ruler's edge only ticks are dark all along.
    depths = range(RULER_PX - LONG_TICK_PX, RULER_PX - 2)
    found = []
    for along in range(image.width() if is_horizontal else image.height()):
        pixels = [image.pixelColor(along, d) if is_horizontal else image.pixelColor(d, along) for d in depths]
        if all(pixel.lightness() < 200 for pixel in pixels):
            found.append(along)
    return found


@pytest.mark.parametrize("orientation", [Qt.Orientation.Horizontal, Qt.Orientation.Vertical])
@pytest.mark.parametrize(
    ("px_per_pt", "step_mm"), [(0.5, 50), (1.0, 20), (4 / 3, 20), (4.0, 5), (0.02, 1000), (1e-5, 2_000_000)]
)
def test_ticks_stand_at_whole_millimetres_from_the_edge_of_the_page(
    qtbot: QtBot, orientation: Qt.Orientation, px_per_pt: float, step_mm: int
) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    ruler = Ruler(orientation, parent)
    is_horizontal = orientation is Qt.Orientation.Horizontal
    ruler.setFixedSize(*((700, RULER_PX) if is_horizontal else (RULER_PX, 700)))
    parent.show()
    ruler.show_page(30.0, 595.0 * px_per_pt, px_per_pt)
    last_mm = min(210, int((700 - 30) / mm_to_pt(px_per_pt)))
    wanted = [round(30 + mm * mm_to_pt(1) * px_per_pt) for mm in range(0, last_mm + 1, step_mm)]
    found = labelled_ticks(ruler)
    assert found == [pytest.approx(place, abs=1) for place in wanted if place < 700]
