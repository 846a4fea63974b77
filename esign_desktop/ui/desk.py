"""The contract on the desk: put it away, take another one out, and what was open last."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal

from esign_desktop.domain.draft import ContractDraft, DraftId
from esign_desktop.ui.autosave import Autosave
from esign_desktop.ui.tasks import Lane

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from esign_desktop.domain.errors import AppError
    from esign_desktop.services.drafts import DraftService
    from esign_desktop.services.preferences import Preferences
    from esign_desktop.services.session import ContractSession
    from esign_desktop.ui.tasks import TaskRunner

T = TypeVar("T")


class Desk(QObject):
    """Moves contracts between the session and the store.

    ``drafts_changed`` carries a tuple of DraftSummary, ``recents_changed`` a tuple of Path, ``failed`` an AppError.
    """

    drafts_changed = Signal(object)
    recents_changed = Signal(object)
    failed = Signal(object)
    recovered = Signal()
    draft_deleted = Signal(object)
    """The ContractDraft, for whoever may want it back."""

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
        """Put back what was on the desk when the application ended, however it ended."""
        self._run(self._drafts.recover, self._on_recovered)

    def read_drafts(self) -> None:
        """Ask which drafts there are."""
        self._run(self._drafts.list, self.drafts_changed.emit)

    def read_recents(self) -> None:
        """Ask which files were open last."""
        self._run(lambda: self._preferences.recents, self.recents_changed.emit)

    def note_recent(self, path: Path) -> None:
        """Remember a file that was opened."""

        def note() -> tuple[Path, ...]:
            self._preferences.add_recent(path)
            return self._preferences.recents

        self._run(note, self.recents_changed.emit)

    def new_contract(self) -> None:
        """Put the contract away, which is kept as a draft, and begin another one."""
        self._after_saving(self._begin_anew)

    def put_away(self, then: Callable[[], None]) -> None:
        """Keep the contract as a draft, with no history left of it, and go on; an empty desk stays as it is."""

        def go_on() -> None:
            self._begin_anew()
            then()

        if self._session.draft.is_empty and not self._session.history():
            then()
        else:
            self._after_saving(go_on)

    def take_out(self, draft_id: DraftId) -> None:
        """Put the contract away and take a draft out."""
        if draft_id != self._session.draft.id:
            self._after_saving(lambda: self._run(lambda: self._drafts.load(draft_id), self._session.load))

    def discard(self) -> ContractDraft:
        """Throw the contract away and begin another one; return it, for whoever may want it back."""
        draft = self._session.draft
        self.autosave.drop()
        self._run(lambda: self._drafts.delete(draft.id), lambda _nothing: self.read_drafts())
        self._begin_anew()
        return draft

    def bring_back(self, draft: ContractDraft) -> None:
        """Take back that a contract was thrown away."""

        def keep() -> ContractDraft:
            self._drafts.save(draft)
            return draft

        self._after_saving(lambda: self._run(keep, self._session.load))

    def take_in(self, draft: ContractDraft, then: Callable[[], None]) -> None:
        """Put the contract away and another one, new here, in its place."""

        def keep() -> ContractDraft:
            self._drafts.save(draft)
            return draft

        def put(kept: ContractDraft) -> None:
            self._session.load(kept)
            then()

        self._after_saving(lambda: self._run(keep, put))

    def duplicate_draft(self, draft_id: DraftId) -> None:
        """Keep another contract that begins as this one stands."""

        def duplicate() -> None:
            self._run(lambda: self._drafts.duplicate(draft_id), lambda _new_id: self.read_drafts())

        # What is on the desk may be newer than what is kept of it.
        self._after_saving(duplicate)

    def delete_draft(self, draft_id: DraftId) -> None:
        """Throw a contract away that is not on the desk."""

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
        """Keep a contract that was thrown away; the desk stays as it is."""
        self._run(lambda: self._drafts.keep(draft), lambda _nothing: self.read_drafts())

    def leave(self) -> None:
        """Begin another contract, because this one was sent and is no draft any more."""
        self.autosave.drop()
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._session.load(ContractDraft.new())
        self._run(self._drafts.clear_desk, lambda _nothing: self.read_drafts())

    def _after_saving(self, go_on: Callable[[], object]) -> None:
        def on_flushed(error: AppError | None) -> None:
            # A contract that can't be saved stays where it can still be seen.
            if error is None:
                go_on()
            else:
                self.failed.emit(error)

        self.autosave.flush(on_flushed)

    def _on_recovered(self, draft: ContractDraft | None) -> None:
        if draft is not None and self._session.draft.is_empty:
            self._session.load(draft)
            self.recovered.emit()

    def _run(self, work: Callable[[], T], on_done: Callable[[T], None]) -> None:
        self._tasks.start(work, owner=self, on_done=on_done, on_error=self.failed.emit, lane=Lane.STORE)
