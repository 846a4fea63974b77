"""Provide icons in a single color, that of the palette, which are sharp at any device pixel ratio."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from PySide6.QtGui import QGuiApplication, QIcon, QIconEngine, QPalette, QPixmap, QPixmapCache

from esign_desktop.override import override
from esign_desktop.ui.resources import resource_path
from esign_desktop.ui.widgets.theme import mixed

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtCore import QRect, QSize
    from PySide6.QtGui import QColor, QPainter
    from PySide6.QtSvg import QSvgRenderer

_INK: Final = "currentColor"
_FRAME: Final = 'width="24" height="24" viewBox="0 0 24 24"'
"""The size attributes in every icon file, which are replaced when the icon is drawn."""
_UNITS: Final = 24
_OPAQUE: Final = 255


class _PaletteIcon(QIconEngine):
    """Draws an SVG icon whose lines in ``currentColor`` have the palette's text color or a given color."""

    def __init__(self, name: str, colour: QColor | None = None) -> None:
        super().__init__()
        self._name = name
        self._colour = colour

    @override
    def clone(self) -> QIconEngine:
        return _PaletteIcon(self._name, self._colour)

    @override
    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        # Imported here, because it is seldom needed: buttons and menus request a pixmap.
        from PySide6.QtCore import QPointF, QRectF, QSizeF

        side = min(rect.width(), rect.height())
        place = QRectF(QPointF(rect.center()) - QPointF(side / 2 - 0.5, side / 2 - 0.5), QSizeF(side, side))
        _renderer(self._name, self._ink(mode)).render(painter, place)

    @override
    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        pixmap, ink = QPixmap(), self._ink(mode)
        # When another room is shown, dozens of icons are requested again, mostly in the same few colors.
        key = f"icon {self._name} {ink} {size.width()} {size.height()}"
        # The size is empty if a button has no space left.
        if not size.isEmpty() and not QPixmapCache.find(key, pixmap):
            drawing = _drawing(self._name, ink).replace(_FRAME, _frame(size.width(), size.height()))
            pixmap.loadFromData(drawing.encode(), "SVG")
            QPixmapCache.insert(key, pixmap)
        return pixmap

    def _ink(self, mode: QIcon.Mode) -> str:
        palette = QGuiApplication.palette()
        group = QPalette.ColorGroup.Disabled if mode is QIcon.Mode.Disabled else QPalette.ColorGroup.Active
        colour = self._colour or palette.color(group, QPalette.ColorRole.ButtonText)
        if colour.alpha() < _OPAQUE:
            # The name of a color does not include its transparency.
            colour = mixed(palette.color(QPalette.ColorRole.Window), colour, colour.alphaF())
        return colour.name()


def icon(name: str, colour: QColor | None = None) -> QIcon:
    """Return the icon ``resources/icons/{name}.svg``. It follows the palette unless ``colour`` is given.

    The file is read when the icon is first painted.
    """
    return QIcon(_PaletteIcon(name, colour))


@cache
def _source(name: str) -> str:
    path: Path = resource_path("icons", f"{name}.svg")
    return path.read_text(encoding="utf-8")


def _frame(width_px: int, height_px: int) -> str:
    # For an even number of pixels, lines are sharper if they are moved by half a pixel to the left and to the top.
    left, top = (_UNITS / 2 / side if side % 2 == 0 else 0.0 for side in (width_px, height_px))
    return f'width="{width_px}" height="{height_px}" viewBox="{left} {top} {_UNITS} {_UNITS}"'


def _drawing(name: str, ink: str) -> str:
    return _source(name).replace(_INK, ink)


@cache
def _renderer(name: str, ink: str) -> QSvgRenderer:
    from PySide6.QtSvg import QSvgRenderer

    return QSvgRenderer(_drawing(name, ink).encode())
