"""Keeps where on the pages one looked, and leads there again when the contract comes back."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer

from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.viewer.layout import ViewPlace, read_view_place

if TYPE_CHECKING:
    from esign_desktop.domain.errors import AppError
    from esign_desktop.services.preferences import Preferences
    from esign_desktop.ui.tasks import TaskRunner
    from esign_desktop.ui.viewer.view import PagesView

REST_MS: Final = 1000


class LastView(QObject):
    """Keeps the place a moment after it changed, so that it outlives a program that is killed."""

    def __init__(
        self, view: PagesView, preferences: Preferences, tasks: TaskRunner, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._view = view
        self._preferences = preferences
        self._tasks = tasks
        self._kept: ViewPlace | None = None
        self._timer = QTimer(self, singleShot=True, interval=REST_MS)
        self._timer.timeout.connect(self._keep)
        view.viewed.connect(self._on_view_viewed)

    def return_there(self) -> None:
        """Look again where one looked last, if these pages are shown."""
        self._tasks.start(
            lambda: read_view_place(self._preferences.view_place),
            owner=self,
            on_done=self._on_read,
            on_error=_not_told,
            lane=Lane.STORE,
        )

    def _keep(self) -> None:
        place = self._view.place
        if place is not None and place != self._kept:
            self._kept = place
            self._tasks.start(
                partial(self._preferences.set_view_place, place.in_words),
                owner=self,
                on_error=_not_told,
                lane=Lane.STORE,
            )

    def _on_view_viewed(self) -> None:
        # Not begun anew by every step: somebody who never rests looks somewhere too.
        if not self._timer.isActive():
            self._timer.start()

    def _on_read(self, place: ViewPlace | None) -> None:
        if place is not None:
            self._view.restore_place(place)


def _not_told(_error: AppError) -> None:
    """What the disk refuses is told where work is lost by it; here it is a way of a few pages."""
