"""Decide when the user may change the contract in Prepare, and replace it by another contract."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from esign_desktop.domain.contract import edits
from esign_desktop.domain.contract.draft import DraftId
from esign_desktop.domain.contract.problems import Problem, Severity
from esign_desktop.domain.errors import InputError, StoreError
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.draft_controller import DraftController
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.notice_bar import MessageLevel
from esign_desktop.ui.widgets.unsaved import ask_before_discarding

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.document import Document
    from esign_desktop.domain.environment import Environment
    from esign_desktop.domain.signer import Signer
    from esign_desktop.services.catalogue import Services
    from esign_desktop.services.editing.session import Change, ContractSession
    from esign_desktop.services.flows.corrections import Correction
    from esign_desktop.ui.environment_watch import EnvironmentState
    from esign_desktop.ui.prepare.room import PrepareRoom
    from esign_desktop.ui.tasks import TaskRunner
    from esign_desktop.ui.widgets.notice_bar import Messages
    from esign_desktop.ui.widgets.unsaved import UnsavedWork


_VALUES: Final = "form values"


class CurrentContract(QObject):
    """Opens, closes and covers the contract in Prepare. No other object does this.

    ``is_sent_now`` returns whether the contract is being sent at this moment. ``paused_draft_id`` returns the id of the
    contract whose paused send covers it, or None. If the contract can't be closed now, methods that would close it show
    a message and do nothing.
    """

    prepare_requested = Signal()
    """Emitted when the Prepare room is to be shown."""

    def __init__(
        self,
        services: Services,
        tasks: TaskRunner,
        session: ContractSession,
        messages: Messages,
        prepare: PrepareRoom,
        *,
        is_sent_now: Callable[[], bool],
        paused_draft_id: Callable[[], str | None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self.session = session
        self.drafts = DraftController(self.session, services.drafts, services.preferences, tasks, self)
        self._services = services
        self._tasks = tasks
        self._messages = messages
        self._prepare = prepare
        self._is_sent_now = is_sent_now
        self._paused_draft_id = paused_draft_id
        self.drafts.failed.connect(messages.show_message)
        self.drafts.draft_deleted.connect(self._on_draft_deleted)
        self.drafts.autosave.saved.connect(self._on_autosave_saved)
        self.drafts.autosave.values_at_risk.connect(self._on_autosave_values_at_risk)
        self.drafts.values_lost.connect(self._on_drafts_values_lost)
        self.destroyed.connect(self.session.subscribe(self._on_session_changed))

    def choose_files(self) -> None:
        """Let the user choose files for the contract in Prepare. Content that covers the contract is removed before."""
        if self._may_add():
            self._prepare.choose_files()

    def choose_template(self) -> None:
        """Let the user choose a template for a document. Content that covers the contract is removed before."""
        if self._may_add():
            self._prepare.choose_template()

    def add_person(self) -> None:
        """Open the form for a signer who is a person. Content that covers the contract is removed before."""
        if self.uncover():
            self._prepare.signers.add_person()

    def add_organization(self) -> None:
        """Open the form for a signer that is an organization. Content that covers the contract is removed before."""
        if self.uncover():
            self._prepare.signers.add_organization()

    def add_ours(self) -> None:
        """Add the user's own organization to the signers of the contract in Prepare."""
        if self.uncover():
            self._prepare.signers.add_ours()

    def begin_with(self, signer: Signer) -> None:
        """Save the open contract as a draft and start a new one with ``signer``."""
        if not self.may_change():
            return
        self.prepare_requested.emit()
        if self.uncover():
            add = partial(self._prepare.signers.add, signer)
            self.discard_unsaved_before(partial(self.drafts.close_contract, add))

    def _may_add(self) -> bool:
        """Uncover the contract, and return whether it may be added to, which a template may not."""
        is_template = self._prepare.state.shows_template
        if is_template:
            self._messages.show_message(InputError("template.still_edited"))
        return not is_template and self.uncover()

    def uncover(self) -> bool:
        """Remove content that covers the contract, and return True.

        If that is not possible, show a message and return False.

        If a paused send covers its contract, the contract is saved as a draft and a new one is started, because changes
        made now would not be sent.
        """
        if not self.may_change():
            return False
        paused = self._paused_draft_id()
        if not self._prepare.uncover():
            return False
        if paused is not None:
            self.leave_to_its_send(paused)
        return True

    def discard_unsaved_before(self, go_on: Callable[[], object]) -> None:
        """Call ``go_on``, which closes the contract.

        If a signer's form, a preset or a template has unsaved changes, ask the user first, and call ``go_on`` only if
        the user discards the changes.
        """
        signers, state = self._prepare.signers, self._prepare.state

        def unsaved() -> tuple[UnsavedWork, ...]:
            return (*signers.unsaved(), *(state.edited_preset.unsaved() if state.edited_preset is not None else ()))

        def discard_and_go_on() -> None:
            signers.discard_form()
            go_on()

        if unsaved():
            self.prepare_requested.emit()
        ask_before_discarding(self._messages, unsaved, self.tr("Discard and continue"), discard_and_go_on)

    def may_change(self) -> bool:
        """Return whether the contract may be covered or closed. If it is being sent, show a message and return False.

        When the platform answers, the program assumes that the contract in Prepare is the one that was sent.
        """
        if self._is_sent_now():
            self._messages.show_message(
                self.tr("A contract is being sent."),
                MessageLevel.INFO,
                remedy=self.tr("Wait until this contract has been sent, then open the next one."),
                key="sending",
            )
            return False
        self._messages.clear("sending")
        return True

    def new_contract(self) -> None:
        """Save the open contract as a draft and start a new one."""
        if self.uncover():
            self.discard_unsaved_before(self.drafts.new_contract)

    def begin_with_document(self, document: Document) -> None:
        """Save the open contract as a draft and start a new one with a document that is already open.

        If the contract can't be replaced now, close the document.
        """
        self.prepare_requested.emit()
        if self.uncover():
            add = partial(self._add_document, document)
            self.discard_unsaved_before(partial(self.drafts.close_contract, then=add))
        else:
            self._tasks.start(partial(self._services.documents.close, document.id), owner=self, lane=Lane.PDF)

    def _add_document(self, document: Document) -> None:
        add = partial(edits.add_documents, documents=(document,))
        self.session.apply(EditName.ADD_DOCUMENTS, add, origin=self)

    def begin_with_contract(self, contract: ContractDraft) -> None:
        """Save the open contract as a draft, start the contract of a preset, and let the user fill in its signers.

        If the contract can't be replaced now, close the documents.
        """
        self.prepare_requested.emit()
        if self.uncover():
            self.discard_unsaved_before(partial(self.drafts.close_contract, then=partial(self._fill, contract)))
        else:
            close = partial(self._services.preset_layouts.close, contract.documents)
            self._tasks.start(close, owner=self, lane=Lane.PDF)

    def _fill(self, contract: ContractDraft) -> None:
        def filled(draft: ContractDraft) -> ContractDraft:
            return replace(contract, id=draft.id)

        self.session.apply(EditName.USE_PRESET, filled, origin=self)
        self._prepare.canvas.setFocus()
        self._prepare.signers.fill_in()

    def open_draft(self, draft_id: DraftId) -> None:
        """Save the open contract as a draft and open another draft. Do nothing if the draft is open already."""
        if draft_id != self.session.draft.id and self.uncover():
            self.discard_unsaved_before(partial(self.drafts.open_draft, draft_id))

    def show_drafts(self) -> None:
        """Show the list of all drafts above the contract."""
        from esign_desktop.ui.prepare.drafts import DraftsList

        self.prepare_requested.emit()
        if not self.uncover():
            return
        drafts = DraftsList(self._services.drafts, self._services.documents, self._tasks)
        drafts.open_requested.connect(partial(self._on_drafts_open_requested, drafts))
        drafts.duplicate_requested.connect(self.drafts.duplicate_draft)
        drafts.delete_requested.connect(self.drafts.delete_draft)
        drafts.close_requested.connect(partial(self._prepare.close_overlay, drafts))
        self.drafts.drafts_changed.connect(drafts.show_drafts)
        self._prepare.show_overlay(drafts)
        self.drafts.read_drafts()

    def discard_contract(self) -> None:
        """Delete the open contract. The user can restore it as long as the message about the deletion is shown.

        Do nothing if the contract is empty. A preset that is being edited is only closed.
        """
        if self._prepare.state.edited_preset is not None:
            self._prepare.state.edited_preset.leave()
            return
        draft_id = self.session.draft.id
        if self.session.draft.is_empty or not self.uncover():
            return
        if self.session.draft.id != draft_id:
            # The send of the contract was paused, so ``uncover`` has saved it as a draft.
            return
        self.discard_unsaved_before(self._discard)

    def _discard(self) -> None:
        draft = self.drafts.discard()
        restore = (self.tr("Restore"), partial(self._restore, draft))
        title = self.tr("“{title}” was discarded.").format(title=draft.title or self.tr("Untitled"))
        self._messages.show_message(title, MessageLevel.INFO, key="discarded", action=restore)

    def _restore(self, draft: ContractDraft) -> None:
        if self.uncover():
            self.discard_unsaved_before(partial(self.drafts.restore, draft))

    def show_environment(self, state: EnvironmentState) -> None:
        """Draw the contract according to the behavior of the platform in the chosen environment.

        Do nothing for a correction, which has the platform of the original contract.
        """
        if self.session.draft.replaces is None:
            self.session.use_behaviour(state.environment.behaviour)

    def correct(self, correction: Correction) -> None:
        """Save the open contract as a draft, open the draft of a correction, and show a message about it."""
        self.prepare_requested.emit()
        if not self.uncover():
            return
        if self.session.draft.id == correction.draft.id:
            # The contract is already open, and may have changes that are not saved.
            self._show_correction(correction)
        else:
            show = partial(self._show_correction, correction)
            self.discard_unsaved_before(partial(self.drafts.take_in, correction.draft, then=show))

    def _show_correction(self, correction: Correction) -> None:
        title = one_line(correction.draft.title) or self.tr("Untitled")
        reason = self.tr("Message from a signer: “{reason}”").format(reason=one_line(correction.reason))
        self._messages.show_message(
            self.tr("“{title}” is open for editing again and will be sent as a new contract.").format(title=title),
            MessageLevel.INFO,
            remedy=reason if correction.reason else self._fate(correction),
            key="correction",
        )
        if correction.are_values_lost:
            self._on_drafts_values_lost()
        if correction.focus is not None:
            self._prepare.problems_bar.problem_activated.emit(Problem("correction", Severity.HINT, correction.focus))

    def _fate(self, correction: Correction) -> str:
        """Return a sentence about what happens to the original contract, or an empty text if it has ended."""
        if not correction.is_open:
            return ""
        return self.tr("The original contract stays valid until you send the corrected one. Only then is it revoked.")

    def leave_sent(self, draft_id: str) -> None:
        """Close a contract that was sent, which is no longer a draft.

        If another contract is open, only read the drafts again.
        """
        if self.session.draft.id == draft_id:
            self.drafts.leave()
        else:
            self.drafts.read_drafts()

    def close_resumed(self, draft_id: str) -> None:
        """Save a contract as a draft and close it, because the user resumed its send in the Track room.

        Do nothing if another contract is open, or if the paused send of this contract is still displayed over it in the
        Prepare room, where the user cannot edit it.
        """
        if self._paused_draft_id() != draft_id:
            self.leave_to_its_send(draft_id)

    def leave_to_its_send(self, draft_id: str) -> None:
        """Save a contract whose send has not ended as a draft, and start a new one.

        Do nothing if another contract is open.
        """
        if self.session.draft.id == draft_id:
            self.drafts.close_contract(then=_ignore)

    def go_to(self, draft_id: str) -> None:
        """Show a contract in Prepare if it is saved as a draft. Otherwise, do nothing."""
        drafts = self._services.drafts

        def is_kept() -> bool:
            # Contracts of the counter and of sheets have never been drafts.
            return any(one.id == draft_id for one in drafts.list())

        def go_there(is_there: bool) -> None:
            if is_there:
                self.prepare_requested.emit()
                self.open_draft(DraftId(draft_id))

        self._tasks.start(is_kept, owner=self, on_done=go_there, on_error=self.drafts.failed.emit, lane=Lane.STORE)

    def _on_session_changed(self, change: Change) -> None:
        if change.after.replaces != change.before.replaces:
            self.draw_for_its_platform()

    def read_naming(self) -> None:
        """Name the contract by the rule of the settings and the user's own organizations, read in the background."""
        naming = self._services.presets.naming
        self._tasks.start(naming, owner=self, on_done=self.session.use_naming, on_error=_ignore, lane=Lane.STORE)

    def draw_for_its_platform(self) -> None:
        """Draw the contract according to the behavior of its platform, which is read in the background.

        A correction has the platform of the original contract, any other contract that of the chosen environment.
        """
        replaces, services = self.session.draft.replaces, self._services

        def home() -> Environment:
            if replaces is None:
                return services.environments.current()
            return services.environments.get(services.flows.get(replaces).environment)

        def draw(environment: Environment) -> None:
            if self.session.draft.replaces == replaces:
                self.session.use_behaviour(environment.behaviour)

        # If the original contract is no longer in the list, the review reports it.
        self._tasks.start(home, owner=self, on_done=draw, on_error=_ignore, lane=Lane.STORE)

    def _on_drafts_open_requested(self, drafts: QWidget, draft_id: str) -> None:
        self._prepare.close_overlay(drafts)
        self.open_draft(DraftId(draft_id))

    def _on_draft_deleted(self, draft: ContractDraft) -> None:
        title = self.tr("“{title}” was deleted.").format(title=draft.title or self.tr("Untitled"))
        restore = (self.tr("Restore"), partial(self.drafts.keep_draft, draft))
        self._messages.show_message(title, MessageLevel.INFO, key="discarded", action=restore)

    def _on_autosave_values_at_risk(self, are_at_risk: bool) -> None:
        if are_at_risk:
            self._messages.show_message(StoreError("store.values_for_session"), MessageLevel.WARNING, key=_VALUES)
        else:
            self._messages.clear(_VALUES)

    def _on_drafts_values_lost(self) -> None:
        self._messages.show_message(StoreError("store.values_lost"), MessageLevel.WARNING, key=_VALUES)

    def _on_autosave_saved(self) -> None:
        self._messages.clear("store.disk_full")


def _ignore(_outcome: object = None) -> None:
    """Do nothing with the result or error of a task."""
