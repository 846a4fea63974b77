"""Says in a sentence what was found in the documents; Enter takes it, Esc leaves it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from esign_desktop.domain.signer import OrganizationSigner, role_of
from esign_desktop.override import override
from esign_desktop.ui.text.lists import listed
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.text.signer import signer_name
from esign_desktop.ui.viewer.tool import is_plain_enter
from esign_desktop.ui.widgets.deliberate import press_focused_button
from esign_desktop.ui.widgets.notice_bar import MessageLevel, NoticeBar

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.placing.proposed_seals import SealPlan
    from esign_desktop.domain.signer import Signer


class ProposalBar(NoticeBar):
    """Hidden while nothing is proposed. With the keyboard, Enter takes all and Esc leaves it."""

    manual_page = "prepare#proposed-signers-and-places"

    taken = Signal()
    left = Signal()
    across_toggled = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, level=MessageLevel.INFO)
        self._across = QCheckBox(self.tr("With &cross-page seal"), self)
        self._across.toggled.connect(self.across_toggled)
        self.add_widget(self._across)
        take = self.add_button(self.tr("Take all (Enter)"), self.taken.emit, is_primary=True, is_deliberate=False)
        self.add_button(self.tr("Not now (Esc)"), self.left.emit, is_deliberate=False)
        self.setFocusProxy(take)
        self.hide()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif press_focused_button(event):
            return
        elif is_plain_enter(event) and not event.isAutoRepeat():
            self.taken.emit()
        else:
            super().keyPressEvent(event)

    def show_plan(self, plan: SealPlan, draft: ContractDraft, *, with_across: bool) -> None:
        """Say what is proposed; ``draft`` has the signers that are proposed too."""
        self._across.setVisible(plan.allows_across)
        self._across.blockSignals(True)
        self._across.setChecked(with_across)
        self._across.blockSignals(False)
        if plan:
            self.show_text(self._sentence(plan, draft))
            self.setAccessibleName(self.text)
        self.setVisible(bool(plan))

    def _sentence(self, plan: SealPlan, draft: ContractDraft) -> str:
        setting = {ghost.placement.signer_id for ghost in plan.ghosts}
        added = {signer.id for signer in plan.added}
        names = listed(self._party(one) for one in draft.signers if one.id in added | setting)
        places = self.tr("%n place(s)", "", len(plan.ghosts))
        if not plan.added:
            return self.tr("{places} found for {names}").format(places=places, names=names)
        if not plan.ghosts:
            return self.tr("Found: {names}").format(names=names)
        return self.tr("Found: {names}; {places}").format(places=places, names=names)

    def _party(self, signer: Signer) -> str:
        role = one_line(role_of(signer)) or signer_name(signer)
        if isinstance(signer, OrganizationSigner):
            return self.tr("{role} (organization)").format(role=role)
        return self.tr("{role} (person)").format(role=role)
