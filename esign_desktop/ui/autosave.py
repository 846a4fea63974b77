"""Saves the contract on the desk by itself: soon after the last change, and never long after the first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

from esign_desktop.ui.tasks import Lane

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.domain.draft import ContractDraft
    from esign_desktop.domain.errors import AppError
    from esign_desktop.services.drafts import DraftService
    from esign_desktop.services.session import Change, ContractSession
    from esign_desktop.ui.tasks import TaskRunner

IDLE_MS: Final = 500
LONGEST_MS: Final = 1500
"""Less than the two seconds after which an edit counts as safe: saving takes its time too."""
RETRY_MS: Final = 10_000


class Autosave(QObject):
    """Listens to the session and saves through the store's lane.

    ``saved`` carries nothing; ``failed`` an AppError, once until a save succeeds again; it is tried again by itself.
    """

    saved = Signal()
    failed = Signal(object)

    def __init__(
        self, session: ContractSession, drafts: DraftService, tasks: TaskRunner, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._drafts = drafts
        self._tasks = tasks
        self._unsaved: ContractDraft | None = None
        self._saving: ContractDraft | None = None
        self._has_failed = False
        self._waiting: list[Callable[[AppError | None], None]] = []
        self._idle = self._timer(IDLE_MS)
        self._longest = self._timer(LONGEST_MS)
        self._retry = self._timer(RETRY_MS)
        self._unsubscribe = session.subscribe(self._on_session_changed)

    @property
    def is_clean(self) -> bool:
        """Whether the disk holds what the desk shows."""
        return self._unsaved is None and self._saving is None

    def flush(self, on_done: Callable[[AppError | None], None]) -> None:
        """Save now what is not saved, and say how it went; at once if there is nothing to do."""
        if self.is_clean:
            on_done(None)
            return
        self._waiting.append(on_done)
        self._save()

    def drop(self) -> None:
        """Do not save what is not saved: the contract was sent or thrown away."""
        self._unsaved = None
        self._stop_timers()

    def stop(self) -> None:
        """Listen no more."""
        self._unsubscribe()
        self._stop_timers()

    def _timer(self, interval_ms: int) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(interval_ms)
        timer.timeout.connect(self._save)
        return timer

    def _stop_timers(self) -> None:
        for timer in (self._idle, self._longest, self._retry):
            timer.stop()

    def _on_session_changed(self, change: Change) -> None:
        if change.edit is None or change.after == change.before:
            return
        self._unsaved = change.after
        self._idle.start()
        if not self._longest.isActive():
            self._longest.start()

    def _save(self) -> None:
        self._stop_timers()
        draft = self._unsaved
        if draft is None or self._saving is not None:
            return
        self._unsaved, self._saving = None, draft
        drafts = self._drafts
        self._tasks.start(
            lambda: drafts.save(draft),
            owner=self,
            on_done=self._on_saved,
            on_error=self._on_save_failed,
            lane=Lane.STORE,
        )

    def _on_saved(self, _nothing: None) -> None:
        self._saving = None
        self._has_failed = False
        self.saved.emit()
        if self._unsaved is not None:
            self._idle.start()
            if self._waiting:
                self._save()
                return
        self._answer(None)

    def _on_save_failed(self, error: AppError) -> None:
        draft, self._saving = self._saving, None
        if self._unsaved is None:
            self._unsaved = draft
        self._retry.start()
        if not self._has_failed:
            self._has_failed = True
            self.failed.emit(error)
        self._answer(error)

    def _answer(self, error: AppError | None) -> None:
        waiting, self._waiting = self._waiting, []
        for on_done in waiting:
            on_done(error)
