"""Single-colour icons, recoloured from the palette, crisp at any device ratio."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QByteArray, QPointF, QRect, QRectF, QSize
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QIconEngine, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer

from esign_desktop.override import override
from esign_desktop.ui.resources import resource_path

if TYPE_CHECKING:
    from pathlib import Path

_INK: Final = "currentColor"


class _PaletteIcon(QIconEngine):
    """Draws an SVG whose lines are ``currentColor`` in the palette's text colour, or in a given one."""

    def __init__(self, name: str, colour: QColor | None = None) -> None:
        super().__init__()
        self._name = name
        self._colour = colour

    @override
    def clone(self) -> QIconEngine:
        return _PaletteIcon(self._name, self._colour)

    @override
    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        palette = QGuiApplication.palette()
        group = QPalette.ColorGroup.Disabled if mode is QIcon.Mode.Disabled else QPalette.ColorGroup.Active
        colour = self._colour or palette.color(group, QPalette.ColorRole.ButtonText)
        if mode is QIcon.Mode.Selected and self._colour is None:
            colour = palette.color(QPalette.ColorRole.HighlightedText)
        side = min(rect.width(), rect.height())
        place = QRectF(QPointF(rect.center()) - QPointF(side / 2 - 0.5, side / 2 - 0.5), QSize(side, side))
        _renderer(self._name, colour.name()).render(painter, place)

    @override
    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        if size.isEmpty():
            # A button that was squeezed to nothing.
            return QPixmap()
        pixmap = QPixmap(size)
        pixmap.fill(QColor(0, 0, 0, 0))
        painter = QPainter(pixmap)
        self.paint(painter, QRect(0, 0, size.width(), size.height()), mode, state)
        painter.end()
        return pixmap


def icon(name: str, colour: QColor | None = None) -> QIcon:
    """Return the icon ``resources/icons/{name}.svg``; it follows the palette unless a colour is given."""
    return QIcon(_PaletteIcon(name, colour))


@cache
def _source(name: str) -> str:
    path: Path = resource_path("icons", f"{name}.svg")
    return path.read_text(encoding="utf-8")


@cache
def _renderer(name: str, colour: str) -> QSvgRenderer:
    return QSvgRenderer(QByteArray(_source(name).replace(_INK, colour).encode()))
