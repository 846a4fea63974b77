"""The dots on a document's card, one for each signer: filled if the signer has seals in the document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from esign_desktop.domain.contract.coverage import Cover, CoverKind
from esign_desktop.override import override
from esign_desktop.ui.text.signer import signer_name
from esign_desktop.ui.widgets.labels import plain_tip
from esign_desktop.ui.widgets.theme import signer_colour, signer_outline, sized, theme

if TYPE_CHECKING:
    from PySide6.QtCore import QPoint
    from PySide6.QtGui import QMouseEvent, QPaintEvent

    from esign_desktop.domain.signer import Signer

_DISC_PX: Final = 16
_STEP_PX: Final = 20
_MOST_IN_LINE: Final = 6


class PartyDots(QWidget):
    """Shows a dot for each signer, at most six in a line. It is hidden if there are none.

    The dot is filled if the signer has seals in the document, a ring if the signer places the seal themselves, and a
    grey plus sign if the signer has no seal. ``chosen`` carries the index of the pressed dot, and whether its signer
    has no seal.
    """

    manual_page = "seals#who-has-seals-where"

    chosen = Signal(int, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._signers: tuple[Signer, ...] = ()
        self._covers: tuple[Cover, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self.hide()

    @property
    def words(self) -> str:
        """The signers and the numbers of their seals as a text for screen readers, empty if there are no dots."""
        return ", ".join(self._signer_text(index) for index in range(len(self._covers)))

    def show_covers(self, signers: tuple[Signer, ...], covers: tuple[Cover, ...]) -> None:
        """Show which signers have seals in the document. ``covers`` has one entry for each of ``signers``."""
        self._signers, self._covers = signers, covers
        self.setVisible(bool(covers))
        self.updateGeometry()
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(sized(_STEP_PX) * self._columns(), sized(_STEP_PX) * self._lines())

    @override
    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _columns(self) -> int:
        return min(len(self._covers), _MOST_IN_LINE)

    def _lines(self) -> int:
        return -(-len(self._covers) // _MOST_IN_LINE)

    def disc(self, index: int) -> QRectF:
        """Return the area of the dot with an index, in the widget's coordinates."""
        step, side = sized(_STEP_PX), sized(_DISC_PX)
        line, column = divmod(index, _MOST_IN_LINE)
        return QRectF(column * step + (step - side) / 2, line * step + (step - side) / 2, side, side)

    def _at(self, position: QPoint) -> int | None:
        hits = (
            index for index in range(len(self._covers)) if self.disc(index).adjusted(-2, -2, 2, 2).contains(position)
        )
        return next(hits, None)

    def _signer_text(self, index: int) -> str:
        match self._covers[index]:
            case Cover(CoverKind.SEALS, count):
                seals = self.tr("%n seal(s)", "", count)
            case Cover(CoverKind.FREE):
                seals = self.tr("places the seal themselves")
            case _:
                seals = self.tr("no seal")
        return self.tr("{signer}: {seals}").format(signer=signer_name(self._signers[index]), seals=seals)

    @override
    def event(self, event: QEvent) -> bool:
        if event.type() != QEvent.Type.ToolTip:
            return super().event(event)
        asked = cast("QHelpEvent", event)
        index = self._at(asked.pos())
        if index is None:
            QToolTip.hideText()
        else:
            QToolTip.showText(asked.globalPos(), plain_tip(self._signer_text(index)), self)
        return True

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self._at(event.position().toPoint())
        if index is None or event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
        else:
            self.chosen.emit(index, self._covers[index].kind is CoverKind.MISSING)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = painter.font()
        font.setPixelSize(sized(10))
        font.setBold(True)
        painter.setFont(font)
        for index, cover in enumerate(self._covers):
            disc, number, colour = self.disc(index), index + 1, signer_colour(index + 1)
            is_full, is_missing = cover.kind is CoverKind.SEALS, cover.kind is CoverKind.MISSING
            ink = theme().hint if is_missing else theme().text if theme().is_dark else colour
            painter.setPen(signer_outline() if is_full else QPen(ink, 1.5))
            painter.setBrush(colour if is_full else Qt.BrushStyle.NoBrush)
            painter.drawEllipse(disc.adjusted(1, 1, -1, -1))
            painter.setPen(QColor("white") if is_full else ink)
            painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, "+" if is_missing else str(number))
