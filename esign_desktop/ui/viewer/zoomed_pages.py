"""Zooming through pages: by steps, at a point, and so that a page fits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPoint

from esign_desktop.domain.geometry import POINTS_PER_INCH
from esign_desktop.override import override
from esign_desktop.ui.viewer.page_layout import MAX_ZOOM, MIN_ZOOM, fit_page_scale, fit_width_scale
from esign_desktop.ui.viewer.page_scroll_area import PageScrollArea
from esign_desktop.ui.viewer.rulers import RULER_PX
from esign_desktop.ui.viewer.screen_size import true_pixels_per_inch
from esign_desktop.ui.viewer.view_place import Fit, ViewPlace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QResizeEvent

    from esign_desktop.domain.document import Document

ZOOM_STEP: Final = 1.2


class ZoomedPages(PageScrollArea):
    """Pages with a zoom that a person chooses, or that follows the size of the view."""

    # Of the class, since Qt may send a size while the widget is being made.
    _fit = Fit.WIDTH

    @property
    def fit(self) -> Fit:
        """What the zoom follows."""
        return self._fit

    @property
    def place(self) -> ViewPlace | None:
        """Where one looks now; None where there is no page."""
        view = self.visible_content
        slot = self._page_layout.nearest_page(view.top())
        if slot is None:
            return None
        corner = slot.to_display(view.left(), view.top())
        return ViewPlace(slot.document_id, slot.page_number, corner.x_pt, corner.y_pt, self._zoom, self._fit)

    def take_place(self, place: ViewPlace) -> None:
        """Look where one looked before; a page that is not there moves nothing."""
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

    @override
    def set_documents(self, documents: Sequence[Document]) -> None:
        """Show these documents; the first ones are shown so that they fit."""
        had_none = not self.documents
        super().set_documents(documents)
        if had_none:
            self._follow_size()
            self.verticalScrollBar().setValue(0)

    def set_zoom(self, zoom: float, anchor: QPoint | None = None) -> None:
        """Zoom so that what is at ``anchor`` (viewport pixels; the middle by default) stays there."""
        self._fit = Fit.NOTHING
        zoom = min(MAX_ZOOM, max(min(MIN_ZOOM, self._fitting_zoom(Fit.PAGE)), zoom))
        self._zoom_to(zoom, anchor or self.viewport().rect().center())

    def zoom_in(self) -> None:
        """Zoom one step nearer."""
        self.set_zoom(self._zoom * ZOOM_STEP)

    def zoom_out(self) -> None:
        """Zoom one step away."""
        self.set_zoom(self._zoom / ZOOM_STEP)

    def actual_size(self) -> None:
        """Show a page as large as it is on paper, by what the screen tells of its own size."""
        self.set_zoom(true_pixels_per_inch(self.screen(), self.logicalDpiY()) / self.logicalDpiY())

    def fit_width(self) -> None:
        """Let the current page fill the width, now and when the view changes its size."""
        self._fit_to(Fit.WIDTH)

    def fit_page(self) -> None:
        """Show the current page whole, now and when the view changes its size."""
        self._fit_to(Fit.PAGE)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the fit."""
        super().resizeEvent(event)
        self._follow_size()

    def _follow_size(self) -> None:
        if self._fit is not Fit.NOTHING and self.documents:
            self._zoom_to(self._fitting_zoom(self._fit), QPoint(self.viewport().width() // 2, 0))

    def _fit_to(self, fit: Fit) -> None:
        self._fit = fit
        self._zoom_to(self._fitting_zoom(self._fit), self.viewport().rect().center())
        if fit is Fit.PAGE and self._current is not None:
            self.go_to(*self._current)

    def _fitting_zoom(self, fit: Fit) -> float:
        """Return the zoom at which the current page fits: for one that is metres wide, less than can be chosen."""
        page = self._current and self._page_layout.slot(*self._current)
        frame = page.frame if page else next((f for d in self._documents for f in d.pages), None)
        if frame is None:
            return self._zoom
        # The scroll bar's width is counted always: else it would come and go with the zoom it causes.
        width = self.width() - RULER_PX - self.verticalScrollBar().sizeHint().width()
        height = self.height() - RULER_PX
        scale = fit_width_scale(frame, width) if fit is Fit.WIDTH else fit_page_scale(frame, width, height)
        return min(MAX_ZOOM, scale * POINTS_PER_INCH / self.logicalDpiY())
