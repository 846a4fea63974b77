"""The outlines of seals in a square of 100 units about the origin, y down: drawn once per name, then only scaled."""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFont, QGuiApplication, QPainterPath, QPolygonF, QTransform

from esign_desktop.domain.signer import PersonSigner

if TYPE_CHECKING:
    from esign_desktop.domain.signer import Signer

SEAL_UNITS: Final = 100.0
RING_RADIUS: Final = 47.0
_NAME_RADIUS: Final = 38.0
_NAME_SWEEP_DEGREES: Final = 250.0
_WIDEST_STEP_DEGREES: Final = 32.0
_LARGEST_LETTER: Final = 15.0
_STAR_RADIUS: Final = 15.0
_STAR_INNER: Final = 0.381966
_SQUARE_INSET: Final = 11.0
_EM_PX: Final = 100
_LONGEST_NAME: Final = 32
_LONGEST_SQUARE_NAME: Final = 9


class SealKind(Enum):
    """Organizations and applications have round seals, persons square ones."""

    ROUND = auto()
    SQUARE = auto()

    @classmethod
    def of(cls, signer: Signer) -> SealKind:
        """Return what the signer's seal looks like."""
        return cls.SQUARE if isinstance(signer, PersonSigner) else cls.ROUND


@dataclass(frozen=True, slots=True)
class SealShape:
    """``edge`` is stroked (dashed when the seal is uncertain), ``face`` is filled."""

    edge: QPainterPath
    face: QPainterPath


@lru_cache(maxsize=64)
def seal_shape(kind: SealKind, name: str) -> SealShape:
    """Return the outlines of a seal with this name."""
    text = unicodedata.normalize("NFKC", name).strip()
    return _round(text) if kind is SealKind.ROUND else _square(text)


def _round(name: str) -> SealShape:
    edge = QPainterPath()
    edge.addEllipse(QPointF(0, 0), RING_RADIUS, RING_RADIUS)
    face = QPainterPath()
    face.addPolygon(_star())
    face.closeSubpath()
    letters = "".join(name.split())[:_LONGEST_NAME]
    if letters:
        step = min(_WIDEST_STEP_DEGREES, _NAME_SWEEP_DEGREES / len(letters))
        size = min(_LARGEST_LETTER, 1.05 * _NAME_RADIUS * math.radians(step))
        for index, letter in enumerate(letters):
            turn = (index - (len(letters) - 1) / 2) * step
            upright = _fitted(letter, QRectF(-size / 2, -_NAME_RADIUS - size / 2, size, size), fills=False)
            face.addPath(QTransform().rotate(turn).map(upright))
    return SealShape(edge, face)


def _star() -> QPolygonF:
    corners = []
    for index in range(10):
        radius = _STAR_RADIUS if index % 2 == 0 else _STAR_RADIUS * _STAR_INNER
        angle = math.radians(36 * index - 90)
        corners.append(QPointF(radius * math.cos(angle), radius * math.sin(angle)))
    return QPolygonF(corners)


def _square(name: str) -> SealShape:
    half = RING_RADIUS
    edge = QPainterPath()
    edge.addRoundedRect(QRectF(-half, -half, 2 * half, 2 * half), 5, 5)
    face = QPainterPath()
    inner = SEAL_UNITS - 2 * _SQUARE_INSET
    left = top = -inner / 2
    if name and not _is_ideographic(name):
        words = name.split()[:4]
        height = inner / len(words)
        for row, word in enumerate(words):
            area = QRectF(left, top + row * height, inner, height)
            face.addPath(_fitted(word, area.adjusted(0, height * 0.1, 0, -height * 0.1), fills=False))
        return SealShape(edge, face)
    # Columns of two or three, read from right to left, as seals are.
    letters = "".join(name.split())[:_LONGEST_SQUARE_NAME]
    rows = max(1, math.ceil(math.sqrt(len(letters))))
    columns = max(1, math.ceil(len(letters) / rows))
    width = inner / columns
    for index, letter in enumerate(letters):
        column, row = divmod(index, rows)
        in_column = min(rows, len(letters) - column * rows)
        height = inner / in_column
        area = QRectF(left + (columns - 1 - column) * width, top + row * height, width, height)
        face.addPath(_fitted(letter, area.adjusted(1.5, 1.5, -1.5, -1.5), fills=True))
    return SealShape(edge, face)


def _is_ideographic(text: str) -> bool:
    return any(unicodedata.east_asian_width(character) in "WF" for character in text)


def _fitted(text: str, area: QRectF, *, fills: bool) -> QPainterPath:
    """Return a text's outline in an area: filling it, or in proportion."""
    font = QFont(QGuiApplication.font())
    font.setPixelSize(_EM_PX)
    font.setWeight(QFont.Weight.DemiBold)
    path = QPainterPath()
    path.addText(0, 0, font, text)
    bounds = path.boundingRect()
    if bounds.isEmpty():
        return QPainterPath()
    if len(text) == 1 and _is_ideographic(text):
        # The em square, not the ink: 一 must stay a thin line.
        bounds = QRectF(0, -0.88 * _EM_PX, _EM_PX, _EM_PX)
    across, down = area.width() / bounds.width(), area.height() / bounds.height()
    if not fills:
        across = down = min(across, down)
    center, middle = area.center(), bounds.center()
    transform = QTransform().translate(center.x(), center.y()).scale(across, down).translate(-middle.x(), -middle.y())
    return transform.map(path)
