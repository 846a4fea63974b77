"""Edit something in Prepare, in place of a contract."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from esign_desktop.services.catalogue import Services
from esign_desktop.services.editing.session import ContractSession
from esign_desktop.ui.draft_controller import DraftController
from esign_desktop.ui.prepare.edited_preset import EditedPreset
from esign_desktop.ui.prepare.room import PrepareRoom
from esign_desktop.ui.tasks import TaskRunner
from esign_desktop.ui.widgets.notice_bar import Messages

if TYPE_CHECKING:
    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.services.editing.session import Change
    from esign_desktop.ui.widgets.unsaved import UnsavedWork


@dataclass(frozen=True, slots=True)
class PrepareAccess:
    """What the editing in Prepare needs.

    ``may_replace_contract`` returns whether the open contract may be replaced. If not, it shows the reason to the user.
    ``before_leaving`` calls a function that closes the contract, after asking the user about unsaved changes.
    """

    services: Services
    session: ContractSession
    prepare: PrepareRoom
    tasks: TaskRunner
    messages: Messages
    drafts: DraftController
    may_replace_contract: Callable[[], bool]
    before_leaving: Callable[[Callable[[], object]], object]


class EditedInPrepare(QObject):
    """The common base of the editing of presets and of templates.

    What is edited is shown as a contract that is never saved as a draft and cannot be sent. The contract that was open
    before is saved as a draft, and is opened again afterwards. ``failed`` carries the ``AppError`` if something could
    not be opened. ``prepare_requested`` is emitted so that the window switches to Prepare.
    """

    failed = Signal(object)
    prepare_requested = Signal()

    is_template = False

    def __init__(self, access: PrepareAccess, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._access = access
        self._services, self._tasks, self._messages = access.services, access.tasks, access.messages
        self._session, self._prepare, self._drafts = access.session, access.prepare, access.drafts
        self._shown: EditedPreset | None = None
        self._draft: ContractDraft | None = None
        """The draft that is shown in Prepare, as it was when it was opened."""
        self._next: tuple[ContractDraft, EditedPreset] | None = None
        """The draft that is about to be opened."""
        self.destroyed.connect(access.session.subscribe(self._on_session_changed))

    @property
    def is_open(self) -> bool:
        """Whether something is edited."""
        return self._draft is not None

    def unsaved(self) -> tuple[UnsavedWork, ...]:
        """Return what is edited if it has unsaved changes."""
        raise NotImplementedError

    def leave(self) -> None:
        """Ask the user about unsaved changes, and then return to the contract that was open before."""
        self._access.before_leaving(self._return)

    def _may_begin(self) -> bool:
        return self._access.may_replace_contract() and self._prepare.uncover()

    def _open(self, draft: ContractDraft) -> None:
        """Open a draft in place of the contract. ``_begin`` is called when it is shown."""
        state, now = self._prepare.state, self._session.draft
        before = None if now.is_empty else now.id
        if state.edited_preset is not None:
            before = state.edited_preset.before
        self._next = draft, EditedPreset(self.unsaved, self.leave, before, self.is_template)
        self.prepare_requested.emit()
        self._drafts.open_unsaved(draft)

    def _begin(self) -> None:
        """Show the draft that has been opened."""
        raise NotImplementedError

    def _end(self, draft: ContractDraft) -> None:
        """Stop showing a draft, because another one has been opened."""
        raise NotImplementedError

    def _on_draft_changed(self, change: Change) -> None:
        """Show a change of the draft."""
        raise NotImplementedError

    def _on_session_changed(self, change: Change) -> None:
        draft, shown, following = self._draft, self._shown, self._next
        if draft is not None and change.after.id == draft.id:
            self._on_draft_changed(change)
            return
        if draft is not None:
            self._draft = None
            self._end(draft)
        if following is not None and change.after.id == following[0].id:
            (self._draft, self._shown), self._next = following, None
            self._prepare.state.set_edited_preset(self._shown)
            self._begin()
        elif shown is not None and self._prepare.state.edited_preset is shown:
            self._prepare.state.set_edited_preset(None)

    def _return(self) -> None:
        before = self._shown.before if self._shown is not None else None
        if before is not None:
            self._drafts.return_to(before)
        else:
            self._drafts.new_contract()
