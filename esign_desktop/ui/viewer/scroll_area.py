"""Provide the scroll area that lays out, zooms and paints the pages of a contract's documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from esign_desktop.domain.document import DocumentId, by_id
from esign_desktop.domain.geometry import POINTS_PER_INCH
from esign_desktop.override import override
from esign_desktop.ui.viewer.layout import (
    CAPTION_PX,
    MARGIN_PX,
    MAX_ZOOM,
    MIN_ZOOM,
    PAGE_GAP_PX,
    Fit,
    PageLayout,
    PageSlot,
    ViewPlace,
    fit_page_scale,
    fit_width_scale,
)
from esign_desktop.ui.viewer.painting import FarPages, Ground, SheetPainter, Spotlight, paint_caption
from esign_desktop.ui.viewer.rulers import RULER_PX, Ruler
from esign_desktop.ui.viewer.tiles import PageRenderer, TileSource, wanted_keys
from esign_desktop.ui.viewer.tool import Overlay, PaintedPage, Pointer
from esign_desktop.ui.widgets.announcing import announce, is_read_aloud
from esign_desktop.ui.widgets.theme import theme

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QImage, QPaintEvent, QResizeEvent, QScreen

    from esign_desktop.domain.document import Document
    from esign_desktop.domain.geometry import DisplayRect, PageRect
    from esign_desktop.ui.tasks import TaskRunner
    from esign_desktop.ui.viewer.accessible import AccessiblePages
    from esign_desktop.ui.viewer.page_items import PageItems

_LINE_PX: Final = 20
_TELL_MS: Final = 400
"""How long a page must be in the middle before it is announced, in milliseconds.

Pages scrolled past are not announced.
"""
_SETTLE_MS: Final = 50
"""How long zoom and size must rest before sharp pictures are requested, in milliseconds.

Until then, existing pictures are scaled.
"""

ZOOM_STEP: Final = 1.2


class PageScrollArea(QAbstractScrollArea):
    """A view that shows documents page below page, and renders the visible pages in the background.

    All methods must be called on the window's thread.
    """

    current_page_changed = Signal(str, int)
    """Carries the document id and the number of the page in the middle of the view.

    Not emitted when the last page is removed.
    """
    zoom_changed = Signal(float)
    """Carries the zoom. 1.0 is the size on paper at the screen's logical resolution."""
    viewed = Signal()
    """Emitted when the visible part of the content, or the layout of the pages, may have changed."""
    said = Signal(str)
    """Carries a text for users who can't see the pages."""

    # A class attribute, because Qt may send a resize event while the widget is being created.
    _fit = Fit.WIDTH

    def __init__(self, renderer: PageRenderer, tasks: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._documents: tuple[Document, ...] = ()
        self._zoom = 1.0
        self._followed_px = (0, 0)
        self._page_layout = PageLayout((), self.scale, 0.0)
        self._source = TileSource(renderer, tasks, parent=self)
        self._far = FarPages(renderer, tasks, self)
        self._sheets = SheetPainter(self._source, self._far)
        self._overlays: list[Overlay] = []
        self._spotlight = Spotlight(self)
        self._current: tuple[DocumentId, int] | None = None
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._top_ruler = Ruler(Qt.Orientation.Horizontal, self)
        self._left_ruler = Ruler(Qt.Orientation.Vertical, self)
        self._corner = QWidget(self)
        self._tell = QTimer(self, singleShot=True, interval=_TELL_MS)
        self._accessible: AccessiblePages | None = None
        self.items: PageItems | None = None
        """The provider of the items on the pages for screen readers, or None if the pages have no items."""
        self._set_up()
        self._connect()
        self.setAccessibleName(self.tr("Pages"))

    def _set_up(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setViewportMargins(RULER_PX, RULER_PX, 0, 0)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._corner.setAutoFillBackground(True)
        for bar in (self.horizontalScrollBar(), self.verticalScrollBar()):
            bar.setSingleStep(_LINE_PX)

    def _connect(self) -> None:
        self._source.arrived.connect(self._on_source_page_changed)
        self._source.failed.connect(self._on_source_page_changed)
        self._settle.timeout.connect(self._want_pictures)
        self._spotlight.changed.connect(self.viewport().update)
        self._tell.timeout.connect(self._on_tell_timeout)

    # Contents

    @property
    def documents(self) -> tuple[Document, ...]:
        """The displayed documents, from top to bottom."""
        return self._documents

    @property
    def page_layout(self) -> PageLayout:
        """The positions of the pages at the current zoom."""
        return self._page_layout

    @property
    def source(self) -> TileSource:
        """The source that renders and caches the pictures of the visible pages."""
        return self._source

    def picture(self, document_id: DocumentId, page_number: int) -> QImage | None:
        """Return the best picture of a whole page that is in a cache, or None. Nothing is rendered."""
        slot = self._page_layout.slot(document_id, page_number)
        sharp = self._source.cache.whole_page(document_id, page_number, self.scale)
        return sharp if sharp is not None or slot is None else self._far.picture(slot)

    @property
    def far_pages(self) -> FarPages:
        """The small pictures of the surrounding pages, which are shown while the user scrolls fast."""
        return self._far

    @property
    def spotlight(self) -> Spotlight:
        """The frame that highlights the part of a page to which ``go_to`` scrolled."""
        return self._spotlight

    @property
    def zoom(self) -> float:
        """The current zoom; 1.0 is the size on paper at the screen's logical resolution."""
        return self._zoom

    @property
    def scale(self) -> float:
        """The current scale, in logical pixels per displayed point."""
        return self._zoom * self.logicalDpiY() / POINTS_PER_INCH

    @property
    def is_settling(self) -> bool:
        """Whether the request for sharp pictures is still delayed, because zoom or size changed a moment ago."""
        return self._settle.isActive()

    @property
    def current_page(self) -> tuple[DocumentId, int] | None:
        """The document id and the number of the page in the middle of the view, or None if there is no page."""
        return self._current

    @property
    def visible_content(self) -> QRectF:
        """The visible part of the content area, in logical pixels."""
        origin = self.origin
        return QRectF(-origin.x(), -origin.y(), self.viewport().width(), self.viewport().height())

    @property
    def slots_in_view(self) -> tuple[PageSlot, ...]:
        """The pages that are at least partly visible, from top to bottom."""
        view = self.visible_content
        return self._page_layout.between(view.top(), view.bottom())

    def visible_part_of(self, slot: PageSlot) -> DisplayRect | None:
        """Return the visible part of a page, in displayed points, or None if the page is not visible."""
        view = self.visible_content
        return slot.visible_part(view.left(), view.top(), view.right(), view.bottom())

    @property
    def origin(self) -> QPointF:
        """The position of the content area's origin in the viewport, in logical pixels. Negative after scrolling."""
        return QPointF(-self.horizontalScrollBar().value(), -self.verticalScrollBar().value())

    def set_documents(self, documents: Sequence[Document]) -> None:
        """Replace the displayed documents, and render the visible pages. Do nothing if the documents are equal.

        The first documents are fitted to the view, which scrolls to their beginning. Later changes keep the middle of
        the view in place. Pictures of removed documents are dropped.
        """
        documents = tuple(documents)
        if documents == self._documents:
            return
        kept = by_id(documents)
        for gone in self._documents:
            if gone.id not in kept or not gone.may_be(kept[gone.id]):
                self._source.forget(gone.id)
                self._far.forget(gone.id)
        had_none, self._documents = not self._documents, documents
        self._lay_out(self.viewport().rect().center())
        if had_none:
            self._follow_size()
            self.verticalScrollBar().setValue(0)
        # New documents are rendered at once. Waiting saves work only while the user zooms or resizes.
        self._settle.stop()
        self._want_pictures()

    def refresh(self, document_id: DocumentId) -> None:
        """Render a document again. Call this when its file has changed, or when it can be rendered only now."""
        self._source.forget(document_id)
        self._far.forget(document_id)
        self._want_pictures()
        self.viewport().update()

    def retry_page(self, document_id: DocumentId, page_number: int) -> None:
        """Try again to render a page that could not be rendered. The page is rendered when it is visible."""
        self._source.retry(document_id, page_number)
        self._want_pictures()
        self.viewport().update()

    def add_overlay(self, overlay: Overlay) -> None:
        """Add an overlay, which from now on is painted on every page, above the overlays added earlier."""
        self._overlays.append(overlay)
        self.viewport().update()

    # Position

    def go_to(self, document_id: DocumentId, page_number: int, rect: PageRect | None = None) -> None:
        """Scroll to a page, or to the part ``rect`` of it, in page space, and highlight this part for a moment.

        Do nothing if the page is not displayed.
        """
        slot = self._page_layout.slot(document_id, page_number)
        if slot is None:
            return
        if rect is None:
            self.verticalScrollBar().setValue(round(slot.top_px - PAGE_GAP_PX))
            return
        self.reveal(slot, rect)
        self._spotlight.point_at(document_id, page_number, rect)

    def reveal(self, slot: PageSlot, rect: PageRect) -> None:
        """Scroll vertically so that a part of a page, in page space, is in the middle.

        Scroll horizontally only if necessary.

        Do nothing if the part is already visible with a margin.
        """
        target = QRectF(*slot.rect_px(rect)).adjusted(-MARGIN_PX, -MARGIN_PX, MARGIN_PX, MARGIN_PX)
        view = self.visible_content
        if view.contains(target):
            return
        center = target.center()
        self.verticalScrollBar().setValue(round(center.y() - view.height() / 2))
        if target.left() < view.left() or target.right() > view.right():
            self.horizontalScrollBar().setValue(round(center.x() - view.width() / 2))

    def mapped_pointer(
        self, position: QPoint | QPointF, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> Pointer:
        """Map a point of the viewport to a point of the content area, with the page at that point, if any."""
        point = QPointF(position) - self.origin
        return Pointer(point.x(), point.y(), self._page_layout.page_at(point.x(), point.y()), modifiers)

    def mark_on_rulers(self, position: QPointF | None) -> None:
        """Mark a point of the viewport on both rulers, or remove the marks if ``position`` is None."""
        self._top_ruler.show_mark(None if position is None else position.x())
        self._left_ruler.show_mark(None if position is None else position.y())

    def view_point(self, x_px: float, y_px: float) -> QPointF:
        """Map a point of the content area to the viewport, both in logical pixels."""
        return QPointF(x_px, y_px) + self.origin

    # Zoom

    @property
    def fit(self) -> Fit:
        """What the zoom follows when the view is resized. The default is the width of the page."""
        return self._fit

    @property
    def place(self) -> ViewPlace | None:
        """The current scroll position and zoom, or None if there is no page."""
        view = self.visible_content
        slot = self._page_layout.nearest_page(view.top())
        if slot is None:
            return None
        corner = slot.to_display(view.left(), view.top())
        return ViewPlace(slot.document_id, slot.page_number, corner.x_pt, corner.y_pt, self._zoom, self._fit)

    def restore_place(self, place: ViewPlace) -> None:
        """Restore a scroll position and zoom. Do nothing if the page of ``place`` is not displayed."""
        if self._page_layout.slot(place.document_id, place.page_number) is None:
            return
        if place.fit is Fit.NOTHING:
            self.set_zoom(place.zoom)
        else:
            self._fit = place.fit
            self._follow_size()
        slot = self._page_layout.slot(place.document_id, place.page_number)
        if slot is not None:
            self.horizontalScrollBar().setValue(round(slot.left_px + place.left_pt * slot.scale))
            self.verticalScrollBar().setValue(round(slot.top_px + place.top_pt * slot.scale))

    def set_zoom(self, zoom: float, anchor: QPoint | None = None) -> None:
        """Set the zoom, without moving the content at ``anchor``, and stop fitting pages to the view.

        ``anchor`` is in logical pixels of the viewport; None means its middle. The zoom is limited to the range from
        ``MIN_ZOOM``, or from the zoom that shows the whole page if that is smaller, to ``MAX_ZOOM``.
        """
        self._fit = Fit.NOTHING
        zoom = min(MAX_ZOOM, max(min(MIN_ZOOM, self._fitting_zoom(Fit.PAGE)), zoom))
        self._zoom_to(zoom, anchor or self.viewport().rect().center())

    def zoom_in(self) -> None:
        """Zoom in by the factor ``ZOOM_STEP`` around the middle of the view."""
        self.set_zoom(self._zoom * ZOOM_STEP)

    def zoom_out(self) -> None:
        """Zoom out by the factor ``ZOOM_STEP`` around the middle of the view."""
        self.set_zoom(self._zoom / ZOOM_STEP)

    def actual_size(self) -> None:
        """Show pages as large as they are on paper, according to the size that the screen reports.

        If the reported size is implausible, the zoom is 100 %. The usual limits of the zoom apply.
        """
        self.set_zoom(true_pixels_per_inch(self.screen(), self.logicalDpiY()) / self.logicalDpiY())

    def fit_width(self) -> None:
        """Fit the current page to the width, now and whenever the view is resized."""
        self._fit_to(Fit.WIDTH)

    def fit_page(self) -> None:
        """Show the whole current page, now and whenever the view is resized."""
        self._fit_to(Fit.PAGE)

    def _follow_size(self) -> None:
        if self._fit is not Fit.NOTHING and self._documents:
            self._zoom_to(self._fitting_zoom(self._fit), QPoint(self.viewport().width() // 2, 0))

    def _fit_to(self, fit: Fit) -> None:
        self._fit = fit
        self._zoom_to(self._fitting_zoom(self._fit), self.viewport().rect().center())
        if fit is Fit.PAGE and self._current is not None:
            self.go_to(*self._current)

    def _fitting_zoom(self, fit: Fit) -> float:
        """Return the zoom at which the current page fits. For a very large page, it can be below ``MIN_ZOOM``."""
        page = self._current and self._page_layout.slot(*self._current)
        frame = page.frame if page else next((f for d in self._documents for f in d.pages), None)
        if frame is None:
            return self._zoom
        width, height = self._room_px
        scale = fit_width_scale(frame, width) if fit is Fit.WIDTH else fit_page_scale(frame, width, height)
        return min(MAX_ZOOM, scale * POINTS_PER_INCH / self.logicalDpiY())

    @property
    def _room_px(self) -> tuple[int, int]:
        """The width and height that are available for a fitted page, in logical pixels."""
        # The width of the scroll bar is always subtracted. Otherwise, the bar would appear and disappear with the
        # fitted zoom.
        return self.width() - RULER_PX - self.verticalScrollBar().sizeHint().width(), self.height() - RULER_PX

    def _zoom_to(self, zoom: float, anchor: QPoint) -> None:
        if zoom != self._zoom:
            self._zoom = zoom
            self._lay_out(anchor)
            self.zoom_changed.emit(zoom)

    def _lay_out(self, anchor: QPoint) -> None:
        pointer = self.mapped_pointer(anchor)
        before = pointer.slot or self._page_layout.nearest_page(pointer.y_px)
        self._page_layout = PageLayout(self._documents, self.scale, self.viewport().width())
        self._set_scroll_ranges()
        after = before and self._page_layout.slot(before.document_id, before.page_number)
        if before and after:
            kept = before.to_display(pointer.x_px, pointer.y_px)
            x_px, y_px = after.left_px + kept.x_pt * after.scale, after.top_px + kept.y_pt * after.scale
            self.horizontalScrollBar().setValue(round(x_px - anchor.x()))
            self.verticalScrollBar().setValue(round(y_px - anchor.y()))
        self._settle.start()
        self._look()

    def _set_scroll_ranges(self) -> None:
        view = self.viewport().size()
        for bar, content_px, seen_px in (
            (self.horizontalScrollBar(), self._page_layout.width_px, view.width()),
            (self.verticalScrollBar(), self._page_layout.height_px, view.height()),
        ):
            bar.setRange(0, max(0, round(content_px - seen_px)))
            bar.setPageStep(max(1, seen_px - 2 * _LINE_PX))

    def _look(self) -> None:
        """Update everything that depends on the visible part of the content."""
        view = self.visible_content
        slot = self._page_layout.nearest_page(view.center().y())
        current = (slot.document_id, slot.page_number) if slot else None
        if slot is not None:
            left_top = self.view_point(slot.left_px, slot.top_px)
            self._top_ruler.show_page(left_top.x(), slot.width_px, slot.scale)
            self._left_ruler.show_page(left_top.y(), slot.height_px, slot.scale)
        else:
            self._top_ruler.show_page(0, 0, 1)
            self._left_ruler.show_page(0, 0, 1)
        self.viewport().update()
        self.viewed.emit()
        if current != self._current:
            self._current = current
            self._describe()
            if current is not None:
                self.current_page_changed.emit(*current)

    def _describe(self) -> None:
        """Describe the current page to users who can't see it."""
        self.setAccessibleDescription("" if self._current is None else self.page_words(*self._current))
        self._tell.start()

    def page_words(self, document_id: DocumentId, page_number: int) -> str:
        """Return the number of a page and the name of its document, as a text for users who can't see the page.

        Raise KeyError if the document is not displayed.
        """
        document = by_id(self._documents)[document_id]
        return self.tr("Page {page} of {count}, {name}").format(
            page=page_number, count=document.page_count, name=document.name
        )

    def say(self, text: str) -> None:
        """Emit ``said``, and have the screen reader, if one is running, read the text."""
        self.said.emit(text)
        announce(self, text)

    def tell_item(self) -> None:
        """Tell screen readers which item has the focus. Without a screen reader, no accessible interface is created."""
        if self._accessible is None and is_read_aloud():
            # Imported here, because importing the module takes a tenth of the time of the whole start.
            from esign_desktop.ui.viewer.accessible import AccessiblePages

            self._accessible = AccessiblePages(self)
        if self._accessible is not None:
            self._accessible.tell_current()

    def _on_tell_timeout(self) -> None:
        self.tell_item()
        at = self._accessible.current if self._accessible is not None else None
        # The text of an item that has the focus already names its page.
        if self.hasFocus() and self._current is not None and (at is None or at[:2] != self._current):
            self.say(self.accessibleDescription())

    def _want_pictures(self) -> None:
        cache = self._source.cache
        self._source.want(
            wanted_keys(
                self._page_layout,
                self.visible_content,
                self.devicePixelRatioF(),
                lambda slot: cache.has_whole_page(slot.document_id, slot.page_number),
            )
        )
        self._far.move_to(self._page_layout, self.visible_content.center().y())

    def _on_source_page_changed(self, document_id: str, page_number: int) -> None:
        view = self.visible_content
        for slot in self._page_layout.between(view.top(), view.bottom()):
            if (slot.document_id, slot.page_number) == (document_id, page_number):
                self.viewport().update(PaintedPage(slot, self.origin).area.toAlignedRect().adjusted(-1, -1, 1, 1))

    # Painting

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        # Overlays use the clip region to see what need not be painted.
        painter.setClipRegion(event.region())
        ground = Ground.of(theme())
        painter.fillRect(event.rect(), ground.ground)
        view, origin, ratio = self.visible_content, self.origin, self.devicePixelRatioF()
        for caption in self._page_layout.captions_between(view.top(), view.bottom()):
            slot = self._page_layout.slot(caption.document_id, 1)
            if slot is not None:
                count = caption.page_count
                # Without ``%n``: Qt does not find plural forms here, because it searches in the context of the
                # subclass.
                length = self.tr("1 page") if count == 1 else self.tr("{count} pages").format(count=count)
                area = QRectF(slot.left_px, caption.top_px, slot.width_px, CAPTION_PX - 8).translated(origin)
                paint_caption(painter, area, caption.name, length, ground)
        pages: list[PaintedPage] = []
        for slot in self._page_layout.between(view.top(), view.bottom()):
            part = self.visible_part_of(slot)
            if part is not None:
                page = PaintedPage(slot, origin)
                pages.append(page)
                self._sheets.paint(painter, page, part, ground, ratio)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for page in pages:
            for overlay in (*self._overlays, self._spotlight):
                overlay.paint_page(painter, page)
        self.paint_front(painter, pages)

    def paint_front(self, painter: QPainter, pages: Sequence[PaintedPage]) -> None:
        """Paint above all pages and overlays, in logical pixels of the viewport.

        Subclasses may override this. The default implementation does nothing.
        """

    # Size and scrolling

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        view = self.viewport().geometry()
        self._corner.setGeometry(view.left() - RULER_PX, view.top() - RULER_PX, RULER_PX, RULER_PX)
        self._top_ruler.setGeometry(view.left(), view.top() - RULER_PX, view.width(), RULER_PX)
        self._left_ruler.setGeometry(view.left() - RULER_PX, view.top(), RULER_PX, view.height())
        self._lay_out(QPoint(view.width() // 2, 0))
        before, self._followed_px = self._followed_px, self._room_px
        # A change of height can bring another page to the middle. If the zoom then fitted that page's width, a panel
        # whose height depends on the current page could change the height again, without end.
        if before[0] != self._followed_px[0] or (self._fit is Fit.PAGE and before != self._followed_px):
            self._follow_size()

    @override
    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self._look()
        self._want_pictures()


_FEWEST_PER_INCH: Final = 40.0
_MOST_PER_INCH: Final = 400.0
_SKEW: Final = 1.15


def true_pixels_per_inch(screen: QScreen | None, fallback: float) -> float:
    """Return how many logical pixels of the screen are one inch long.

    Projectors, remote desktops and some monitors report no size, a wrong size, or that of a television. Without a
    screen, with an implausible size, or if pixels would not be square, the result is ``fallback``.
    """
    if screen is None:
        return fallback
    across, down = screen.physicalDotsPerInchX(), screen.physicalDotsPerInchY()
    is_credible = all(_FEWEST_PER_INCH <= value <= _MOST_PER_INCH for value in (across, down))
    if not is_credible or max(across, down) > _SKEW * min(across, down):
        return fallback
    return (across + down) / 2
