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
    from esign_desktop.services.editing.session import Change, ContractSession, History
    from esign_desktop.services.preferences import Preferences
    from esign_desktop.ui.tasks import TaskRunner


IDLE_MS: Final = 500
"""The time from the last change until a save starts, in milliseconds."""
LONGEST_MS: Final = 1500
"""The longest time from a change until a save starts, in milliseconds. The edit must be on disk within two seconds."""
RETRY_MS: Final = 10_000
"""The time after which a failed save is repeated, in milliseconds."""


class Autosave(QObject):
    """Saves the session's contract in the background whenever it has changed.

    A save starts 500 ms after the last change, and at most 1.5 s after the first one. A failed save is repeated after
    10 seconds.
    """

    saved = Signal()
    """Emitted after each save."""
    failed = Signal(object)
    """Carries the ``AppError`` of a failed save. Not emitted again for further failures until a save has succeeded."""
    values_at_risk = Signal(bool)
    """Carries whether form values would be lost if the program ended. Emitted when this changes."""

    def __init__(
        self, session: ContractSession, drafts: DraftService, tasks: TaskRunner, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._drafts = drafts
        self._tasks = tasks
        self._unsaved: ContractDraft | None = None
        self._saving: ContractDraft | None = None
        self._has_failed = self._are_values_at_risk = self._is_dropped = False
        self._left_out: DraftId | None = None
        self._waiting: list[Callable[[AppError | None], None]] = []
        self._idle = self._timer(IDLE_MS)
        self._longest = self._timer(LONGEST_MS)
        self._retry = self._timer(RETRY_MS)
        self._unsubscribe = session.subscribe(self._on_session_changed)

    @property
    def is_clean(self) -> bool:
        """Whether all changes of the open contract are saved. False while a save is running."""
        return self._unsaved is None and self._saving is None

    @property
    def has_failed(self) -> bool:
        """Whether the last attempt to save the contract failed."""
        return self._has_failed

    def flush(self, on_done: Callable[[AppError | None], None]) -> None:
        """Save unsaved changes now, and call ``on_done`` with None, or with the error if the save fails.

        Without unsaved changes, ``on_done`` is called immediately. Otherwise, it is called later.
        """
        if self.is_clean:
            on_done(None)
            return
        self._waiting.append(on_done)
        self._save()

    def drop(self) -> None:
        """Forget unsaved changes. Call this when the contract was sent or deleted.

        A running save is not interrupted, but if it fails, the failure is ignored.
        """
        self._unsaved = None
        self._is_dropped = True
        self._has_failed = False
        self._stop_timers()

    def leave_out(self, draft_id: DraftId) -> None:
        """Never save the contract with this id, because it is a preset that is being edited."""
        self._left_out = draft_id

    def stop(self) -> None:
        """Stop watching the session. Unsaved changes are no longer saved automatically."""
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
        if change.edit is None or change.after is change.before or change.after.id == self._left_out:
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
        self._is_dropped = False
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
        self._go_on()

    def _go_on(self) -> None:
        """Save the changes that were made during the last save, or answer the calls of ``flush``."""
        if self._unsaved is not None:
            self._idle.start()
            if self._waiting:
                self._save()
                return
        self._answer(None)

    def _on_save_failed(self, error: AppError) -> None:
        draft, self._saving = self._saving, None
        if self._is_dropped:
            # Another attempt would store a contract that was sent or deleted.
            self._go_on()
            return
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
    """Moves contracts between the session and the store: it opens, saves, closes, copies and deletes drafts.

    Methods return at once; the store is accessed in the background. Before another contract is opened, the open one is
    saved. If that fails, it stays open, and ``failed`` is emitted.
    """

    drafts_changed = Signal(object)
    """Carries the list of drafts, a tuple of ``DraftSummary``."""
    recents_changed = Signal(object)
    """Carries the recently opened files, a tuple of ``Path``."""
    failed = Signal(object)
    """Carries the ``AppError`` of a failed operation, including a failed automatic save."""
    recovered = Signal()
    """Emitted when ``recover`` has opened a contract."""
    values_lost = Signal()
    """Emitted when form values of an opened contract can no longer be decrypted."""
    draft_deleted = Signal(object)
    """Carries the deleted ``ContractDraft``, which ``keep_draft`` can restore."""

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
        self._aside: dict[DraftId, History] = {}
        """The histories of contracts in whose place something else is edited."""
        self.autosave = Autosave(session, drafts, tasks, self)
        self.autosave.failed.connect(self.failed)
        self.autosave.saved.connect(self.read_drafts)

    def recover(self) -> None:
        """Open the contract that was open when the program ended or crashed, and emit ``recovered``.

        Do nothing if there is none, or if the user has begun another contract.
        """
        self._open(self._drafts.recover, self._on_recovered)

    def read_drafts(self) -> None:
        """Read the list of drafts in the background, and emit ``drafts_changed``."""
        self._run(self._drafts.list, self.drafts_changed.emit)

    def read_recents(self) -> None:
        """Read the list of recently opened files in the background, and emit ``recents_changed``."""
        self._run(lambda: self._preferences.recents, self.recents_changed.emit)

    def note_recent(self, path: Path) -> None:
        """Add a file to the list of recently opened files, and emit ``recents_changed``."""

        def note() -> tuple[Path, ...]:
            self._preferences.add_recent(path)
            return self._preferences.recents

        self._run(note, self.recents_changed.emit)

    def new_contract(self) -> None:
        """Save the open contract as a draft, and start a new one."""
        self._after_saving(self._begin_anew)

    def close_contract(self, then: Callable[[], None]) -> None:
        """Save the open contract as a draft, start a new one without history, and call ``then``.

        An empty contract without history stays open, and only ``then`` is called. If saving fails, ``then`` is not
        called.
        """

        def go_on() -> None:
            self._begin_anew()
            then()

        if self._session.draft.is_empty and not self._session.history():
            then()
        else:
            self._after_saving(go_on)

    def open_draft(self, draft_id: DraftId) -> None:
        """Save the open contract as a draft, and open another draft. Do nothing if the draft is open already."""

        def show(draft: ContractDraft) -> None:
            # If the draft was requested twice, it may already be open and changed.
            if draft.id != self._session.draft.id:
                self._session.load(draft)

        if draft_id != self._session.draft.id:
            self._after_saving(lambda: self._open(lambda: self._drafts.load(draft_id), show))

    def discard(self) -> ContractDraft:
        """Delete the open contract, start a new one, and return the deleted contract, which ``restore`` can restore."""
        draft = self._session.draft
        self.leave()
        return draft

    def restore(self, draft: ContractDraft) -> None:
        """Save a discarded contract again and open it. The contract that is open before is saved as a draft."""

        def keep() -> ContractDraft:
            self._drafts.save(draft)
            return draft

        self._after_saving(lambda: self._run(keep, self._session.load))

    def take_in(self, draft: ContractDraft, then: Callable[[], None]) -> None:
        """Save the open contract as a draft, save and open ``draft`` instead, and call ``then`` if this succeeds.

        ``draft`` must not have been saved on this computer before.
        """

        def keep() -> ContractDraft:
            self._drafts.save(draft)
            return draft

        def put(kept: ContractDraft) -> None:
            self._session.load(kept)
            then()

        self._after_saving(lambda: self._run(keep, put))

    def open_unsaved(self, draft: ContractDraft) -> None:
        """Save the open contract as a draft, and open ``draft`` instead, which is never saved.

        If the program ends, the contract that was open before is opened at the next start.
        """

        def put() -> None:
            self._aside[self._session.draft.id] = self._session.set_aside()
            self.autosave.leave_out(draft.id)
            self._session.load(draft)

        self._after_saving(put)

    def return_to(self, draft_id: DraftId) -> None:
        """Open a draft in place of the open contract, or start a new contract if the draft no longer exists.

        If ``open_unsaved`` has replaced the draft, it has its history again.
        """

        def read() -> ContractDraft | None:
            return self._drafts.load(draft_id) if any(one.id == draft_id for one in self._drafts.list()) else None

        def show(draft: ContractDraft | None) -> None:
            history = self._aside.get(draft_id)
            self._aside.clear()
            if draft is None:
                self._begin_anew()
            else:
                self._session.load(draft, history)

        self._after_saving(lambda: self._run(read, show))

    def duplicate_draft(self, draft_id: DraftId) -> None:
        """Save a copy of a draft as a new draft, and emit ``drafts_changed``. The copy is not opened."""

        def duplicate() -> None:
            self._run(lambda: self._drafts.duplicate(draft_id), lambda _new_id: self.read_drafts())

        # The draft may be the open contract, whose latest changes are not saved yet.
        self._after_saving(duplicate)

    def delete_draft(self, draft_id: DraftId) -> None:
        """Delete a draft, and emit ``draft_deleted``. Do nothing if the draft is the open contract."""

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
        """Save a deleted draft again without opening it, and emit ``drafts_changed``."""
        self._run(lambda: self._drafts.keep(draft), lambda _nothing: self.read_drafts())

    def leave(self) -> None:
        """Start a new contract, and delete the draft of the open one. Call this when the open contract was sent.

        The send has deleted the draft already, but a save that was running may have stored it again.
        """
        draft_id = self._session.draft.id
        self.autosave.drop()
        self._run(lambda: self._drafts.delete(draft_id), lambda _nothing: self.read_drafts())
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
        """Read a contract from the store, and pass it to ``show`` if there is one.

        Emit ``values_lost`` if its form values can't be decrypted.
        """

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
