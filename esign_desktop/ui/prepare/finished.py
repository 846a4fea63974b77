"""The widgets around pages in the finished look: the bar that explains it, and fanned pages with a cross-page seal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QTransform
from PySide6.QtWidgets import QSizePolicy, QWidget

from esign_desktop.domain.geometry import Rotation
from esign_desktop.override import override
from esign_desktop.ui.viewer.seals import draw_seal, printed, style_of
from esign_desktop.ui.widgets.actions import ACTIONS, ActionName
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.layouts import vbox
from esign_desktop.ui.widgets.notice_bar import MessageLevel, NoticeBar
from esign_desktop.ui.widgets.theme import theme

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QImage, QPaintEvent

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.document import Document, DocumentId
    from esign_desktop.domain.placing.placement import SealMark

_HIGH_PX: Final = 250
_SEAL_SHARE: Final = 0.5
"""The share of the width for the assembled seal. The rest is for the first page."""
_SHADOW: Final = QColor(31, 36, 48, 70)


class FinishedBar(NoticeBar):
    """The bar that states that the finished look cannot be edited, with a button that returns to editing."""

    def __init__(self, go_back: Callable[[], None], parent: QWidget) -> None:
        super().__init__(parent, level=MessageLevel.INFO, icon_name="eye")
        self.show_text(self.tr("Final look: seals appear as in the signed document. Nothing can be edited here."))
        self.setAccessibleName(self.text)
        key = ACTIONS[ActionName.FINISHED_LOOK].shown_keys
        self.add_button(self.tr("Back to editing ({key} or Esc)").format(key=key), go_back, is_deliberate=False)
        self.hide()

    def show_finished(self, *, is_finished: bool) -> None:
        """Show the bar if the pages have the finished look, or else hide it."""
        self.setVisible(is_finished)


class Booklet(QWidget):
    """Shows a document's cross-page seal on fanned pages, and states the pages.

    ``picture_of`` returns the image of a page with a given number, or None if the page has not been rendered yet.
    """

    def __init__(self, picture_of: Callable[[DocumentId, int], QImage | None], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._words = PlainLabel(self, look="hint", is_wrapped=True)
        self._title = PlainLabel(self, self.tr("Cross-page seal on fanned pages"), look="sectionTitle")
        self.fan = Fan(picture_of, self)
        vbox(self._title, self.fan, self._words, 1, margins=(12, 12, 12, 12), parent=self)

    def show_document(self, draft: ContractDraft, marks: tuple[SealMark, ...], document_id: DocumentId) -> bool:
        """Show the first cross-page seal of a document or, if it has none, of the first document that has one.

        Return whether the contract has a cross-page seal.
        """
        slices = [mark for mark in marks if mark.slice_count > 1]
        here = [mark for mark in slices if mark.document_id == document_id] or slices
        first = here[0] if here else None
        joined = [mark for mark in here if first is not None and mark.placement_id == first.placement_id]
        self.fan.show_marks(draft, joined)
        if first is not None:
            pages = [mark.page_number for mark in joined]
            self._words.setText(
                self.tr("{name}: pages {first} to {last} together show one seal").format(
                    name=draft.document(first.document_id).name, first=min(pages), last=max(pages)
                )
            )
            self.fan.setAccessibleName(self._words.text())
        return first is not None


class Fan(QWidget):
    """Paints overlapping pages, the first on top, so that the right edge of each with its slice of the seal is visible.

    Pages that have not been rendered yet are blank.
    """

    def __init__(self, picture_of: Callable[[DocumentId, int], QImage | None], parent: QWidget) -> None:
        super().__init__(parent)
        self._picture_of = picture_of
        self._draft: ContractDraft | None = None
        self._marks: list[SealMark] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_marks(self, draft: ContractDraft, marks: list[SealMark]) -> None:
        """Show the slices of one cross-page seal on its pages. Nothing is painted if ``marks`` is empty."""
        self._draft, self._marks = draft, sorted(marks, key=lambda mark: mark.slice_index)
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(_HIGH_PX, _HIGH_PX)

    def strips(self) -> list[QRectF]:
        """Return the visible right edge of each page in the widget's coordinates, the first page first."""
        seal_px = self.width() * _SEAL_SHARE
        step = seal_px / max(1, len(self._marks))
        left = (self.width() - seal_px) * 0.75
        return [QRectF(left + index * step, 0, step, self.height()) for index in range(len(self._marks))]

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        draft = self._draft
        if draft is None or not self._marks:
            return
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme().ground)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        strips, mark = self.strips(), self._marks[0]
        px_per_pt = strips[0].width() / mark.rect.width_pt
        document, middle = draft.document(mark.document_id), self.height() / 2
        # The lowest page is painted first. Each page covers all but the right edge of the page below it.
        for one, strip in reversed(list(zip(self._marks, strips, strict=True))):
            self._paint_page(painter, document, one, strip, px_per_pt)
        style = printed(style_of(mark, draft, Rotation.NONE))
        for index, strip in enumerate(strips):
            painter.save()
            painter.setClipRect(strip)
            side = mark.rect.height_pt * px_per_pt
            draw_seal(painter, QRectF(strip.left() - index * strip.width(), middle - side / 2, side, side), style)
            painter.restore()

    def _paint_page(
        self, painter: QPainter, document: Document, mark: SealMark, strip: QRectF, px_per_pt: float
    ) -> None:
        """Paint a page with its right edge at that of the strip, and with the seal at half the widget's height."""
        frame = document.frame(mark.page_number)
        top = self.height() / 2 - (frame.height_pt - mark.rect.center.y_pt) * px_per_pt
        sheet = QRectF(0, top, frame.width_pt * px_per_pt, frame.height_pt * px_per_pt)
        sheet.moveRight(strip.right())
        painter.fillRect(sheet, Qt.GlobalColor.white)
        picture = self._picture_of(document.id, mark.page_number)
        if picture is not None:
            # The rotation of the page's image is reverted, because the seal's position is on the unrotated page.
            upright = picture.transformed(QTransform().rotate(-int(frame.rotation)))
            painter.drawImage(sheet, upright)
        painter.setPen(QPen(_SHADOW, 1.5))
        painter.drawRect(sheet)
