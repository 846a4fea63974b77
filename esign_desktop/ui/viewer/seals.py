"""Draw seals: translucent, in the signer's color, with a dashed edge if uncertain, and cut into slices like real ones.

Outlines are cached by name. They are in a square with sides of 100 units around the origin, with y pointing down, and
are only scaled when painted.
"""

from __future__ import annotations

import math
import unicodedata
from collections import OrderedDict
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QGuiApplication,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
    QPolygonF,
    QTransform,
)

from esign_desktop.domain.contract.placement_checks import is_uncertain
from esign_desktop.domain.geometry import PageRect, Rotation, pt_to_mm
from esign_desktop.domain.signer import display_name, is_person, role_of
from esign_desktop.ui.widgets.theme import signer_colour, theme

if TYPE_CHECKING:
    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.placing.placement import SealMark
    from esign_desktop.domain.signer import Signer
    from esign_desktop.ui.viewer.tool import PaintedPage


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
    """The shape of a seal. Organizations and applications have round seals, and persons have square ones."""

    ROUND = auto()
    SQUARE = auto()

    @classmethod
    def of(cls, signer: Signer) -> SealKind:
        """Return the shape of a signer's seal: square for a person, otherwise round."""
        return cls.SQUARE if is_person(signer) else cls.ROUND


@dataclass(frozen=True, slots=True)
class SealShape:
    """The outlines of a seal, in units of ``SEAL_UNITS`` per side.

    ``edge`` is stroked, with dashes if the seal is uncertain, and ``face`` is filled.
    """

    edge: QPainterPath
    face: QPainterPath


@lru_cache(maxsize=64)
def seal_shape(kind: SealKind, name: str) -> SealShape:
    """Return the outlines of a seal with this name. Names that are too long are shortened, and the result is cached."""
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
    # Columns of up to three characters, read from right to left, as on real seals.
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
    """Return the outline of a text in ``area``: distorted to fill it with ``fills``, otherwise with its proportions."""
    font = QFont(QGuiApplication.font())
    font.setPixelSize(_EM_PX)
    font.setWeight(QFont.Weight.DemiBold)
    path = QPainterPath()
    path.addText(0, 0, font, text)
    bounds = path.boundingRect()
    if bounds.isEmpty():
        return QPainterPath()
    if len(text) == 1 and _is_ideographic(text):
        # The em square is scaled, not the outline, because 一 must stay a thin line.
        bounds = QRectF(0, -0.88 * _EM_PX, _EM_PX, _EM_PX)
    across, down = area.width() / bounds.width(), area.height() / bounds.height()
    if not fills:
        across = down = min(across, down)
    center, middle = area.center(), bounds.center()
    transform = QTransform().translate(center.x(), center.y()).scale(across, down).translate(-middle.x(), -middle.y())
    return transform.map(path)


_EDGE_UNITS: Final = 4.5
_INK_ALPHA: Final = 190
_FACE_ALPHA: Final = 28
_GHOST_OPACITY: Final = 0.6
_BADGE_PX: Final = 18.0
_SMALL_BADGE_PX: Final = 13.0
_SMALL_SEAL_PX: Final = 40.0
_KEPT_PICTURES: Final = 96
_LARGEST_PICTURE_PX: Final = 1400.0


PRINTED: Final = 0
"""A value in place of a signer's number, for a seal in the red in which the platform prints it."""
_PRINTED_INK: Final = QColor("#d0021b")


@dataclass(frozen=True, slots=True)
class SealStyle:
    """Everything that determines the picture of a seal, except its size.

    ``number`` is the signer's number or ``PRINTED``.

    ``turn_degrees`` is the clockwise rotation.
    """

    kind: SealKind
    name: str
    number: int
    is_dashed: bool
    turn_degrees: int = 0


class SealPainter:
    """Paints seals.

    The most recently used pictures are cached, because pages are painted far more often than seals change.
    """

    def __init__(self) -> None:
        self._pictures: OrderedDict[tuple[SealStyle, int, float, bool], QPixmap] = OrderedDict()

    def paint_mark(
        self,
        painter: QPainter,
        page: PaintedPage,
        mark: SealMark,
        draft: ContractDraft,
        *,
        is_ghost: bool = False,
        is_proposed: bool = False,
        is_printed: bool = False,
    ) -> None:
        """Paint a seal, or a slice of a seal, at its true size and position, with the signer's number beside it.

        A ghost is paler than other seals, except in a high-contrast theme, and a proposed seal has a dashed edge. With
        ``is_printed``, the seal is red and has no number.
        """
        style = style_of(mark, draft, page.slot.frame.rotation)
        style = printed(style) if is_printed else replace(style, is_dashed=style.is_dashed or is_proposed)
        painter.save()
        if is_ghost and not theme().is_high:
            painter.setOpacity(_GHOST_OPACITY)
        painter.setClipRect(page.area, Qt.ClipOperation.IntersectClip)
        if mark.slice_count > 1:
            painter.setClipRect(page.rect(mark.rect), Qt.ClipOperation.IntersectClip)
        self._paint_seal(painter, page.rect(_whole_seal(mark)), style)
        if mark.slice_count > 1 and not is_printed:
            painter.setPen(QPen(signer_colour(style.number), 1, Qt.PenStyle.DashLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(page.rect(mark.rect).adjusted(0.5, 0.5, -0.5, -0.5))
        painter.restore()
        if not is_printed:
            paint_badge(painter, page, mark, style.number)

    def _paint_seal(self, painter: QPainter, area: QRectF, style: SealStyle) -> None:
        ratio = painter.device().devicePixelRatio()
        if area.width() * ratio > _LARGEST_PICTURE_PX:
            draw_seal(painter, area, style)
            return
        picture = self._picture(style, max(1, round(area.width() * ratio)), ratio)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(area, picture, QRectF(picture.rect()))

    def _picture(self, style: SealStyle, side_px: int, ratio: float) -> QPixmap:
        key = (style, side_px, ratio, theme().is_high)
        picture = self._pictures.get(key)
        if picture is None:
            picture = QPixmap(side_px, side_px)
            picture.fill(Qt.GlobalColor.transparent)
            with QPainter(picture) as painter:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                draw_seal(painter, QRectF(0, 0, side_px, side_px), style)
            self._pictures[key] = picture
            if len(self._pictures) > _KEPT_PICTURES:
                self._pictures.popitem(last=False)
        self._pictures.move_to_end(key)
        return picture


def style_of(mark: SealMark, draft: ContractDraft, rotation: Rotation) -> SealStyle:
    """Return the style of a mark's seal on a page that is displayed with ``rotation``.

    A whole seal is upright for the reader. A slice is rotated with the page, because it belongs to the page's right
    edge.
    """
    signer = draft.signer(mark.signer_id)
    return SealStyle(
        SealKind.of(signer),
        display_name(signer) or role_of(signer),
        draft.signer_number(signer.id),
        is_uncertain(draft.document(mark.document_id), mark),
        int(rotation) if mark.slice_count > 1 else 0,
    )


def printed(style: SealStyle) -> SealStyle:
    """Return ``style`` as the seal looks on the signed document: red, without dashes."""
    return replace(style, number=PRINTED, is_dashed=False)


def _whole_seal(mark: SealMark) -> PageRect:
    if mark.slice_count == 1:
        return mark.rect
    slice_pt = mark.rect.width_pt
    left = mark.rect.left_pt - mark.slice_index * slice_pt
    return PageRect(left, mark.rect.bottom_pt, left + slice_pt * mark.slice_count, mark.rect.top_pt)


def draw_seal(painter: QPainter, area: QRectF, style: SealStyle) -> None:
    """Draw a whole seal, without the signer's number, so that it fills ``area``."""
    shape = seal_shape(style.kind, style.name)
    is_printed = style.number == PRINTED
    ink = QColor(_PRINTED_INK if is_printed else signer_colour(style.number))
    if not theme().is_high:
        ink.setAlpha(_INK_ALPHA)
    wash = QColor(ink)
    wash.setAlpha(0 if is_printed else _FACE_ALPHA)
    pen = QPen(ink, _EDGE_UNITS)
    if style.is_dashed:
        pen.setDashPattern([2.2, 1.3])
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.save()
    painter.translate(area.center())
    painter.scale(area.width() / SEAL_UNITS, area.height() / SEAL_UNITS)
    painter.rotate(style.turn_degrees)
    painter.setPen(pen)
    painter.setBrush(QBrush(wash))
    painter.drawPath(shape.edge)
    painter.fillPath(shape.face, QBrush(ink))
    painter.restore()


def paint_badge(painter: QPainter, page: PaintedPage, mark: SealMark, number: int) -> None:
    """Paint the signer's number in a circle at the corner of a mark. Colors alone do not distinguish signers."""
    area = page.rect(mark.rect)
    side = _SMALL_BADGE_PX if max(area.width(), area.height()) < _SMALL_SEAL_PX else _BADGE_PX
    if mark.slice_count > 1:
        corner = area.topLeft() - QPointF(side + 1, 0)
    else:
        # The badge is on the edge of a round seal, not in the empty corner of its square.
        inset = 0.12 * area.width()
        corner = area.topRight() + QPointF(-inset - side / 2, inset - side / 2)
    badge = QRectF(corner, QSizeF(side, side))
    painter.save()
    painter.setPen(QPen(Qt.GlobalColor.white, 1.5))
    painter.setBrush(signer_colour(number))
    painter.drawEllipse(badge)
    font = QFont(painter.font())
    font.setPixelSize(round(side * 0.62))
    font.setBold(True)
    painter.setFont(font)
    painter.setPen(Qt.GlobalColor.white)
    painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, str(number))
    painter.restore()


def paint_size(painter: QPainter, page: PaintedPage, mark: SealMark) -> None:
    """Write the size of a whole seal below a mark, in millimeters on paper. The sign ≈ marks an assumed size."""
    width_mm = pt_to_mm(mark.rect.height_pt * page.slot.frame.user_unit)
    paint_caption(painter, page, mark, f"{'≈ ' if mark.size_is_assumed else ''}{width_mm:.1f} × {width_mm:.1f} mm")


def paint_caption(painter: QPainter, page: PaintedPage, mark: SealMark, text: str) -> None:
    """Write a short text on a dark background below a mark."""
    painter.save()
    font = QFont(painter.font())
    font.setPixelSize(11)
    painter.setFont(font)
    area = page.rect(mark.rect)
    width = painter.fontMetrics().horizontalAdvance(text) + 12
    label = QRectF(area.center().x() - width / 2, area.bottom() + 5, width, 18)
    if mark.slice_count > 1:
        label.moveRight(min(label.right(), page.area.right()))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(17, 24, 39, 215))
    painter.drawRoundedRect(label, 4, 4)
    painter.setPen(Qt.GlobalColor.white)
    painter.drawText(label, Qt.AlignmentFlag.AlignCenter, text)
    painter.restore()
