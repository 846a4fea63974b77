from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from esign_desktop.ui.viewer.scroll_area import true_pixels_per_inch

if TYPE_CHECKING:
    from PySide6.QtGui import QScreen


class ToldScreen:
    """A screen that tells a resolution."""

    def __init__(self, across: float, down: float) -> None:
        self._across, self._down = across, down

    def physicalDotsPerInchX(self) -> float:  # noqa: N802  Qt's name
        return self._across

    def physicalDotsPerInchY(self) -> float:  # noqa: N802  Qt's name
        return self._down


def test_the_screens_own_resolution_counts() -> None:
    assert true_pixels_per_inch(cast("QScreen", ToldScreen(109.0, 111.0)), 96.0) == 110.0


@pytest.mark.parametrize(
    ("across", "down"), [(0.0, 0.0), (25.4, 25.4), (float("inf"), float("inf")), (96.0, 140.0), (2000.0, 2000.0)]
)
def test_what_no_screen_is_like_is_not_believed(across: float, down: float) -> None:
    assert true_pixels_per_inch(cast("QScreen", ToldScreen(across, down)), 96.0) == 96.0


def test_without_a_screen_the_fallback_counts() -> None:
    assert true_pixels_per_inch(None, 96.0) == 96.0
