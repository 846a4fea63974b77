"""Open, save and close the contract, save its changes automatically, and restore it at the next start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from esign_desktop.domain.contract.draft import ContractDraft, DraftId
from esign_desktop.ui.tasks import Lane

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from esign_desktop.domain.errors import AppError
    from esign_desktop.services.editing.drafts import DraftService
    from esign_desktop.services.editing.session import Change, ContractSession
    from esign_desktop.services.preferences import Preferences
    from esign_desktop.ui.tasks import TaskRunner


IDLE_MS: Final = 500
LONGEST_MS: Final = 1500
"""The longest time from a change until its save starts. The edit must be on disk within two seconds."""
RETRY_MS: Final = 10_000


class Autosave(QObject):
    """The automatic saving of the session's contract, on the store's lane.

    A save starts 500 ms after the last change, and at most 1.5 s after the first one. ``saved`` is emitted after each
    save. A failed save is repeated after 10 seconds; ``failed`` carries an AppError and is emitted once until a save
    succeeds.
    """

    saved = Signal()
    failed = Signal(object)
    values_at_risk = Signal(bool)
    """Carries whether form values are lost when the program ends. It is emitted when this changes."""

    def __init__(
        self, session: ContractSession, drafts: DraftService, tasks: TaskRunner, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._drafts = drafts
        self._tasks = tasks
        self._unsaved: ContractDraft | None = None
        self._saving: ContractDraft | None = None
        self._has_failed = self._are_values_at_risk = False
        self._waiting: list[Callable[[AppError | None], None]] = []
        self._idle = self._timer(IDLE_MS)
        self._longest = self._timer(LONGEST_MS)
        self._retry = self._timer(RETRY_MS)
        self._unsubscribe = session.subscribe(self._on_session_changed)

    @property
    def is_clean(self) -> bool:
        """Whether all changes of the open contract are saved."""
        return self._unsaved is None and self._saving is None

    @property
    def has_failed(self) -> bool:
        """Whether the last attempt to save the contract failed."""
        return self._has_failed

    def flush(self, on_done: Callable[[AppError | None], None]) -> None:
        """Save unsaved changes now, and call ``on_done`` with None or with the error.

        Without unsaved changes, ``on_done`` is called immediately.
        """
        if self.is_clean:
            on_done(None)
            return
        self._waiting.append(on_done)
        self._save()

    def drop(self) -> None:
        """Forget unsaved changes, because the contract was sent or deleted."""
        self._unsaved = None
        self._has_failed = False
        self._stop_timers()

    def stop(self) -> None:
        """Stop watching the session."""
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
        if change.edit is None or change.after is change.before:
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

    def _on_saved(self, is_whole: bool) -> None:
        self._saving = None
        self._has_failed = False
        if self._are_values_at_risk is is_whole:
            self._are_values_at_risk = not is_whole
            self.values_at_risk.emit(not is_whole)
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


T = TypeVar("T")


class DraftController(QObject):
    """The controller that moves contracts between the session and the store.

    ``drafts_changed`` carries a tuple of DraftSummary, ``recents_changed`` a tuple of Path, ``failed`` an AppError.
    """

    drafts_changed = Signal(object)
    recents_changed = Signal(object)
    failed = Signal(object)
    recovered = Signal()
    values_lost = Signal()
    """Emitted if form values of an opened contract can no longer be decrypted."""
    draft_deleted = Signal(object)
    """Carries the deleted ContractDraft, so that the user can restore it."""

    def __init__(
        self,
        session: ContractSession,
        drafts: DraftService,
        preferences: Preferences,
        tasks: TaskRunner,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._drafts = drafts
        self._preferences = preferences
        self._tasks = tasks
        self.autosave = Autosave(session, drafts, tasks, self)
        self.autosave.failed.connect(self.failed)
        self.autosave.saved.connect(self.read_drafts)

    def recover(self) -> None:
        """Open the contract that was open when the application ended or crashed, unless another one has been begun."""
        self._open(self._drafts.recover, self._on_recovered)

    def read_drafts(self) -> None:
        """Read the list of drafts, and emit ``drafts_changed``."""
        self._run(self._drafts.list, self.drafts_changed.emit)

    def read_recents(self) -> None:
        """Read the list of recently opened files, and emit ``recents_changed``."""
        self._run(lambda: self._preferences.recents, self.recents_changed.emit)

    def note_recent(self, path: Path) -> None:
        """Add a file to the recently opened files, and emit ``recents_changed``."""

        def note() -> tuple[Path, ...]:
            self._preferences.add_recent(path)
            return self._preferences.recents

        self._run(note, self.recents_changed.emit)

    def new_contract(self) -> None:
        """Save the open contract as a draft and start a new one. If saving fails, the contract stays open."""
        self._after_saving(self._begin_anew)

    def close_contract(self, then: Callable[[], None]) -> None:
        """Save the open contract as a draft, start a new one without history, and call ``then``.

        An empty contract without history stays open, and only ``then`` is called.
        """

        def go_on() -> None:
            self._begin_anew()
            then()

        if self._session.draft.is_empty and not self._session.history():
            then()
        else:
            self._after_saving(go_on)

    def open_draft(self, draft_id: DraftId) -> None:
        """Save the open contract as a draft and open another draft."""

        def show(draft: ContractDraft) -> None:
            # If the draft was requested twice, it may already be open and changed.
            if draft.id != self._session.draft.id:
                self._session.load(draft)

        if draft_id != self._session.draft.id:
            self._after_saving(lambda: self._open(lambda: self._drafts.load(draft_id), show))

    def discard(self) -> ContractDraft:
        """Delete the open contract, start a new one, and return the deleted contract so that it can be restored."""
        draft = self._session.draft
        self.autosave.drop()
        self._run(lambda: self._drafts.delete(draft.id), lambda _nothing: self.read_drafts())
        self._begin_anew()
        return draft

    def restore(self, draft: ContractDraft) -> None:
        """Save a discarded contract again and open it. The contract that is open now is saved as a draft."""

        def keep() -> ContractDraft:
            self._drafts.save(draft)
            return draft

        self._after_saving(lambda: self._run(keep, self._session.load))

    def take_in(self, draft: ContractDraft, then: Callable[[], None]) -> None:
        """Save the open contract as a draft, save and open ``draft`` instead, and call ``then``.

        ``draft`` has not been saved on this computer before.
        """

        def keep() -> ContractDraft:
            self._drafts.save(draft)
            return draft

        def put(kept: ContractDraft) -> None:
            self._session.load(kept)
            then()

        self._after_saving(lambda: self._run(keep, put))

    def duplicate_draft(self, draft_id: DraftId) -> None:
        """Save a copy of a draft as a new draft."""

        def duplicate() -> None:
            self._run(lambda: self._drafts.duplicate(draft_id), lambda _new_id: self.read_drafts())

        # The draft may be the open contract, whose latest changes are not saved yet.
        self._after_saving(duplicate)

    def delete_draft(self, draft_id: DraftId) -> None:
        """Delete a draft, and emit ``draft_deleted``. The open contract is not deleted."""

        def delete() -> ContractDraft:
            draft = self._drafts.read(draft_id)
            self._drafts.delete(draft_id)
            return draft

        def on_deleted(draft: ContractDraft) -> None:
            self.read_drafts()
            self.draft_deleted.emit(draft)

        if draft_id != self._session.draft.id:
            self._run(delete, on_deleted)

    def keep_draft(self, draft: ContractDraft) -> None:
        """Save a deleted draft again without opening it."""
        self._run(lambda: self._drafts.keep(draft), lambda _nothing: self.read_drafts())

    def leave(self) -> None:
        """Start a new contract without saving the open one, which was sent and is no longer a draft."""
        self.autosave.drop()
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._session.load(ContractDraft.new())
        self._run(self._drafts.set_none_open, lambda _nothing: self.read_drafts())

    def _after_saving(self, go_on: Callable[[], object]) -> None:
        def on_flushed(error: AppError | None) -> None:
            # A contract that can't be saved stays open, so that the user doesn't lose it.
            if error is None:
                go_on()
            else:
                self.failed.emit(error)

        self.autosave.flush(on_flushed)

    def _open(self, read: Callable[[], ContractDraft | None], show: Callable[[ContractDraft], None]) -> None:
        """Read a contract from the store and show it. Emit ``values_lost`` if its form values can't be decrypted."""

        def work() -> tuple[ContractDraft | None, bool]:
            draft = read()
            return draft, draft is not None and self._drafts.are_values_lost(draft.id)

        def on_read(found: tuple[ContractDraft | None, bool]) -> None:
            draft, are_values_lost = found
            if draft is not None:
                show(draft)
            if are_values_lost:
                self.values_lost.emit()

        self._run(work, on_read)

    def _on_recovered(self, draft: ContractDraft) -> None:
        if self._session.draft.is_empty:
            self._session.load(draft)
            self.recovered.emit()

    def _run(self, work: Callable[[], T], on_done: Callable[[T], None]) -> None:
        self._tasks.start(work, owner=self, on_done=on_done, on_error=self.failed.emit, lane=Lane.STORE)
