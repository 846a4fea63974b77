"""Searches opened documents for signers and seal positions, and keeps the proposals until the user decides."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

from esign_desktop.domain.document import by_id
from esign_desktop.domain.errors import AppError
from esign_desktop.domain.people.contact import ContactFilter
from esign_desktop.domain.placing.proposed_seals import OurParty, SealPlan, plan_seals
from esign_desktop.domain.proposal import Proposal
from esign_desktop.domain.signer import OrganizationSigner
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.tasks import Lane

if TYPE_CHECKING:
    from collections.abc import Callable, Set

    from esign_desktop.domain.contract.draft import ContractDraft, DraftId
    from esign_desktop.domain.document import Document, DocumentId
    from esign_desktop.domain.placing.placement import PlacementId
    from esign_desktop.services.catalogue import Services
    from esign_desktop.services.editing.session import Change, ContractSession
    from esign_desktop.services.preferences import Preferences
    from esign_desktop.ui.prepare.tools.state import ToolState
    from esign_desktop.ui.tasks import TaskRunner

_MOST_OURS: Final = 9
_AFTER_OPENING_MS: Final = 150
_NOTHING: Final = SealPlan()


@dataclass(frozen=True, slots=True)
class _Found:
    proposal: Proposal | None
    """The proposal, or None if the user dismissed the document's proposals earlier."""
    ours: tuple[OurParty, ...] = ()
    with_across: bool = False
    dismissed: frozenset[str] = frozenset()


class SealProposals(QObject):
    """Searches the contract's documents in the background, one after the other, and proposes signers and seals.

    Documents made from templates and documents with seals are not searched. ``changed`` is emitted when the proposals
    or the progress of the search have changed, and ``arrived`` when a search has led to proposals. ``failed`` carries
    the ``AppError`` of a decision that could not be stored.
    """

    changed = Signal()
    arrived = Signal()
    nothing_found = Signal(object)
    """Carries the ``Document`` after a search that the user requested has led to no proposals."""
    failed = Signal(object)

    def __init__(
        self,
        session: ContractSession,
        state: ToolState,
        services: Services,
        tasks: TaskRunner,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._state = state
        self._services = services
        self._tasks = tasks
        self._waiting: deque[DocumentId] = deque()
        self._current: DocumentId | None = None
        self._asked: set[DocumentId] = set()
        self._wanted: set[DocumentId] = set()
        """The documents for which the user requested a search."""
        self._left: set[DocumentId] = set()
        """The documents for which no proposals are shown, for example because the user has dismissed them."""
        self._proposals: dict[DocumentId, Proposal] = {}
        self._taken: list[frozenset[str]] = []
        """For each accepting step of the history, the ids of the accepted signers and seals."""
        self._dismissed: frozenset[str] = frozenset()
        """The ids of dismissed seals."""
        self._ours: tuple[OurParty, ...] = ()
        self._with_across = True
        self._is_held = False
        self._has_new = False
        self._plan = _NOTHING
        self.destroyed.connect(session.subscribe(self._on_session_changed))
        state.seal_width_changed.connect(self._renew)

    @property
    def plan(self) -> SealPlan:
        """The proposals that the user can accept now. The plan is empty if there are none or they are held back."""
        return self._plan

    @property
    def is_looking(self) -> bool:
        """Whether documents are being searched, or proposals are held back."""
        return self._current is not None or bool(self._waiting) or self._is_held

    @property
    def with_across(self) -> bool:
        """Whether a cross-page seal is proposed where possible."""
        return self._with_across

    def hold(self) -> None:
        """Hold the proposals back until ``release`` is called, for example during the search for a suitable preset."""
        self._is_held = True
        self._renew()

    def release(self) -> None:
        """Show the proposals that were held back."""
        self._is_held = False
        self._renew()

    def look(self, document: Document) -> None:
        """Search a document of the contract in the background, and emit ``changed`` afterwards.

        If the document has been searched, has seals or is made from a template, only emit ``changed``.
        """
        draft = self._session.draft
        has_seals = any(place.document_id == document.id for place in draft.placements)
        if document.template is not None or document.id in self._asked or has_seals:
            self.changed.emit()
            return
        self._asked.add(document.id)
        self._waiting.append(document.id)
        # The delay leaves the processor to the rendering of the first page.
        QTimer.singleShot(_AFTER_OPENING_MS, self, self._look_next)

    def look_again(self, document: Document) -> None:
        """Search a document in the background at the user's request, and discard earlier decisions on its proposals."""
        self._taken = [ids - _of(document.id, ids) for ids in self._taken]
        self._dismissed -= _of(document.id, self._dismissed)
        self._asked.add(document.id)
        self._left.discard(document.id)
        self._keep(partial(_propose_again, self._services.preferences, self._session.draft.id, document.id))
        self._wanted.add(document.id)
        self._waiting.append(document.id)
        self._look_next()

    def look_further(self, document_id: DocumentId) -> None:
        """Search a document again, for example after text recognition. The exceptions of ``look`` apply."""
        self._asked.discard(document_id)
        for document in self._session.draft.documents:
            if document.id == document_id:
                self.look(document)

    def take_all(self) -> None:
        """Add all proposed signers and seals to the contract in one undo step."""
        self._take(None)

    def take(self, placement_id: PlacementId) -> None:
        """Add one proposed seal and its signer to the contract."""
        self._take(frozenset((placement_id,)))

    def dismiss(self, placement_id: PlacementId) -> None:
        """Dismiss a proposed seal, also after a restart of the program. ``look_again`` restores it."""
        self._dismissed |= {placement_id}
        self._remember({placement_id})
        self._renew()

    def leave(self) -> None:
        """Discard the proposals, and propose nothing for the current documents while this contract is open."""
        for document in self._session.draft.documents:
            self._proposals.pop(document.id, None)
            self._left.add(document.id)
        self._renew()

    def dismiss_all(self) -> None:
        """Dismiss the proposals of all documents, also after a restart, until the user requests a search."""
        self._remember(set(self._proposals))
        self.leave()

    def set_across(self, is_wanted: bool) -> None:
        """Set whether a cross-page seal is proposed, and store the choice as a preference."""
        if is_wanted != self._with_across:
            self._with_across = is_wanted
            self._keep(partial(self._services.preferences.set_proposes_across, is_wanted=is_wanted))
            self._renew()

    def _remember(self, away: Set[str]) -> None:
        self._keep(
            partial(self._services.preferences.set_dismissed_proposals, self._session.draft.id, away, is_away=True)
        )

    def _keep(self, work: Callable[[], None]) -> None:
        self._tasks.start(work, owner=self, on_error=self.failed.emit, lane=Lane.STORE)

    def _take(self, only: Set[PlacementId] | None) -> None:
        plan, session = self._plan, self._session
        before = _ids(session.draft)
        taken = _ids(plan.taken(session.draft, only)) - before
        self._taken[self._steps_taken() :] = [taken]
        session.apply(EditName.TAKE_PROPOSALS, lambda draft: plan.taken(draft, only), origin=self)

    def _look_next(self) -> None:
        while self._waiting and self._current is None:
            document_id = self._waiting.popleft()
            if all(one.id != document_id for one in self._session.draft.documents):
                # The document has been removed. If it is added again, it will be searched then.
                self._asked.discard(document_id)
            else:
                self._current = document_id
                # One search at a time, because each may occupy a thread for long.
                self._tasks.start(
                    partial(_find, self._services, self._session.draft.id, document_id, document_id in self._wanted),
                    owner=self,
                    on_done=self._on_found,
                    on_error=self._on_not_found,
                    lane=Lane.SEARCH,
                )

    def _on_found(self, found: _Found) -> None:
        document_id, proposal = self._current, found.proposal
        if document_id is not None and proposal is None:
            self._left.add(document_id)
        elif (
            document_id is not None
            and document_id not in self._left
            and proposal is not None
            and proposal.names_parties
        ):
            self._proposals[document_id] = proposal
            self._ours = found.ours
            self._with_across = found.with_across
            self._dismissed |= found.dismissed
            self._has_new = True
            self._renew()
        self._end_current()

    def _on_not_found(self, _error: AppError) -> None:
        """Ignore the error. The user can place seals by hand, and unreadable documents are reported at the opening."""
        self._end_current()

    def _end_current(self) -> None:
        document_id, self._current = self._current, None
        if document_id is not None and document_id in self._wanted:
            self._wanted.discard(document_id)
            document = by_id(self._session.draft.documents).get(document_id)
            if document is not None and not self._plan:
                self.nothing_found.emit(document)
        self.changed.emit()
        self._look_next()

    def _on_session_changed(self, change: Change) -> None:
        before, after = change.before, change.after
        if before.id != after.id:
            self._waiting.clear()
            self._asked.clear()
            self._wanted.clear()
            self._left.clear()
            self._proposals.clear()
            self._taken.clear()
            self._dismissed = frozenset()
            self._renew()
            return
        if before.documents is not after.documents:
            known = {document.id for document in before.documents}
            for document in after.documents:
                if document.id not in known and self._services.documents.is_open(document.id):
                    self.look(document)
        if self._proposals and not change.is_ongoing:
            self._renew()

    def _steps_taken(self) -> int:
        """Return how many steps of the history accepted proposals and have not been undone."""
        done = 0
        for entry in self._session.history():
            done += entry.name is EditName.TAKE_PROPOSALS
            if entry.is_current:
                return done
        return 0

    def _renew(self) -> None:
        draft, plan = self._session.draft, _NOTHING
        proposals = {one.id: self._proposals[one.id] for one in draft.documents if one.id in self._proposals}
        if proposals and not self._is_held:
            plan = plan_seals(
                draft,
                proposals,
                self._session.marks,
                self._ours,
                passed_over=self._dismissed.union(*self._taken[: self._steps_taken()]),
                width_pt=self._state.seal_width_pt,
                with_across=self._with_across,
                keeps_open=self._state.shows_preset,
            )
        has_new, self._has_new = self._has_new and not self._is_held and bool(plan), self._has_new and self._is_held
        if plan != self._plan:
            self._plan = plan
            self.changed.emit()
        if has_new:
            self.arrived.emit()


def _find(services: Services, draft_id: DraftId, document_id: DocumentId, is_wanted: bool) -> _Found:
    away = frozenset[str]() if is_wanted else services.preferences.dismissed_proposals(draft_id)
    if document_id in away:
        return _Found(None)
    proposal = services.documents.propose(document_id)
    if not proposal.names_parties:
        return _Found(proposal)
    return _Found(proposal, _ours(services), services.preferences.proposes_across, _of(document_id, away))


def _propose_again(preferences: Preferences, draft_id: DraftId, document_id: DocumentId) -> None:
    seals = _of(document_id, preferences.dismissed_proposals(draft_id))
    preferences.set_dismissed_proposals(draft_id, {document_id, *seals}, is_away=False)


def _of(document_id: DocumentId, ids: Set[str]) -> frozenset[str]:
    """Return the ids that belong to proposed seals and signers of one document."""
    return frozenset(one for one in ids if one.startswith(f"{document_id}-"))


def _ours(services: Services) -> tuple[OurParty, ...]:
    try:
        contacts = services.contacts.search("", ContactFilter.OURS, _MOST_OURS).contacts
        signers = [(services.contacts.signer(one.id), one.seal_width_pt) for one in contacts]
    except AppError:
        # Proposals from the document are possible even if the contacts cannot be read.
        return ()
    return tuple(OurParty(signer, width) for signer, width in signers if isinstance(signer, OrganizationSigner))


def _ids(draft: ContractDraft) -> frozenset[str]:
    return frozenset((*(one.id for one in draft.placements), *(one.id for one in draft.signers)))
