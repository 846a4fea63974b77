"""Connects the proposals with the bar, the pages, the page thumbnails and the signers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from esign_desktop.domain.placing.placement import PlacementId
from esign_desktop.ui.prepare.tools.state import ToolName
from esign_desktop.ui.text.outside import one_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.domain.document import Document, DocumentId
    from esign_desktop.services.editing.session import ContractSession
    from esign_desktop.ui.prepare.canvas import SealCanvas
    from esign_desktop.ui.prepare.documents.panel import DocumentsPanel
    from esign_desktop.ui.prepare.proposals.bar import ProposalBar
    from esign_desktop.ui.prepare.proposals.search import SealProposals
    from esign_desktop.ui.prepare.signers.panel import SignersPanel
    from esign_desktop.ui.prepare.tools.state import Selection, ToolState
    from esign_desktop.ui.widgets.notice_bar import Messages


class ProposalController(QObject):
    """Shows the proposals in the bar, on the pages and on their thumbnails, and carries out the user's decisions.

    ``is_seen`` returns whether the contract is visible, not covered by an overlay.
    """

    def __init__(
        self,
        session: ContractSession,
        proposals: SealProposals,
        bar: ProposalBar,
        canvas: SealCanvas,
        documents: DocumentsPanel,
        signers: SignersPanel,
        state: ToolState,
        selection: Selection,
        messages: Messages,
        parent: QObject,
        *,
        is_seen: Callable[[], bool],
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._proposals = proposals
        self._bar = bar
        self._canvas = canvas
        self._documents = documents
        self._signers = signers
        self._state = state
        self._selection = selection
        self._messages = messages
        self._is_seen = is_seen
        self._connect()

    def _connect(self) -> None:
        proposals, bar, ghosts = self._proposals, self._bar, self._canvas.ghosts
        proposals.changed.connect(self._on_proposals_changed)
        proposals.arrived.connect(self._on_proposals_arrived)
        proposals.nothing_found.connect(self._on_proposals_nothing_found)
        proposals.failed.connect(self._messages.show_message)
        self._documents.proposals_requested.connect(self._on_documents_proposals_requested)
        bar.across_toggled.connect(proposals.set_across)
        for signal in (bar.taken, ghosts.all_chosen):
            signal.connect(self._on_all_chosen)
        for signal in (bar.left, ghosts.left):
            signal.connect(self._on_left)
        ghosts.chosen.connect(self._on_ghost_chosen)
        ghosts.dismissed.connect(self._on_ghost_dismissed)
        self._signers.all_filled_in.connect(self._canvas.setFocus)

    def _on_proposals_changed(self) -> None:
        plan = self._proposals.plan
        draft = plan.with_signers(self._session.draft)
        self._bar.show_plan(plan, draft, with_across=self._proposals.with_across)
        self._canvas.ghosts.show_ghosts(draft, plan.ghosts, is_open=bool(plan))
        self._documents.show_proposed(draft, plan.ghosts)

    def _on_proposals_arrived(self) -> None:
        focus = QApplication.focusWidget()
        # The bar takes the focus only if the user is not typing, choosing or placing a seal.
        is_idle = focus is None or focus in {self._canvas.view, self._canvas.window()} or not focus.isVisible()
        is_bare = not self._session.draft.signers and not self._selection.ids and self._state.tool is ToolName.SELECT
        is_alone = QApplication.activePopupWidget() is None and QApplication.activeModalWidget() is None
        if is_idle and is_bare and is_alone and self._is_seen():
            self._bar.setFocus()

    def _on_proposals_nothing_found(self, document: Document) -> None:
        sentence = self.tr("No more signers or seal positions found in “{name}”.")
        self._messages.show_message(sentence.format(name=one_line(document.name)))

    def _on_documents_proposals_requested(self, document_id: DocumentId) -> None:
        self._proposals.look_again(self._session.draft.document(document_id))

    def _on_all_chosen(self) -> None:
        self._proposals.take_all()
        self._signers.fill_in()

    def _on_left(self) -> None:
        self._proposals.dismiss_all()
        self._canvas.setFocus()

    def _on_ghost_chosen(self, placement_id: str) -> None:
        self._proposals.take(PlacementId(placement_id))
        self._selection.set((PlacementId(placement_id),))
        if not self._proposals.plan:
            self._signers.fill_in()

    def _on_ghost_dismissed(self, placement_id: str) -> None:
        self._proposals.dismiss(PlacementId(placement_id))
        sentence = self.tr("Proposal dismissed, {left} left. To restore it, choose “Find signers and seals”.")
        self._messages.show_message(sentence.format(left=len(self._proposals.plan.ghosts)))
