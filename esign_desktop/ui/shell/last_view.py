"""Store the user's scroll position and zoom, and restore them when the contract is opened again."""

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
    """Stores the view's scroll position and zoom within a second after a change, so that they survive a crash."""

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
        """Read the stored position and zoom in the background, and restore them.

        Do nothing if the page is not displayed.
        """
        self._tasks.start(
            lambda: read_view_place(self._preferences.view_place),
            owner=self,
            on_done=self._on_read,
            on_error=_ignore,
            lane=Lane.STORE,
        )

    def _keep(self) -> None:
        place = self._view.place
        if place is not None and place != self._kept:
            self._kept = place
            self._tasks.start(
                partial(self._preferences.set_view_place, place.in_words),
                owner=self,
                on_error=_ignore,
                lane=Lane.STORE,
            )

    def _on_view_viewed(self) -> None:
        # The running timer is not restarted, so that the place is stored even if the user never stops scrolling.
        if not self._timer.isActive():
            self._timer.start()

    def _on_read(self, place: ViewPlace | None) -> None:
        if place is not None:
            self._view.restore_place(place)


def _ignore(_error: AppError) -> None:
    """Ignore an error, because only a scroll position is lost. Errors that lose work are reported where they occur."""
