"""The buttons for the proposals in the bar of the room. Enter accepts all, and Esc dismisses them for now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QPushButton, QWidget

from esign_desktop.domain.signer import is_organization, role_of
from esign_desktop.override import override
from esign_desktop.ui.text.lists import listed
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.text.signer import signer_name
from esign_desktop.ui.viewer.tool import is_plain_enter
from esign_desktop.ui.widgets.announcing import announce
from esign_desktop.ui.widgets.deliberate import press_focused_button
from esign_desktop.ui.widgets.layouts import hbox

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QShowEvent

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.placing.proposed_seals import SealPlan
    from esign_desktop.domain.signer import Signer


class ProposalBar(QWidget):
    """The choices that the user has while there are proposals. The bar of the room shows and hides it.

    ``taken`` is emitted when the user accepts all proposals, for example with Enter, and ``left`` when the user
    dismisses them for now, for example with Esc. ``across_toggled`` carries whether a cross-page seal is included.
    """

    manual_page = "prepare#proposed-signers-and-places"

    taken = Signal()
    left = Signal()
    across_toggled = Signal(bool)
    changed = Signal()
    """Emitted when the proposals that are summarized have changed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.has_plan = False
        """Whether there are proposals."""
        self.wordings = ("", "")
        """The sentence that names the parties, and a shorter one that counts them."""
        self._across = QCheckBox(self.tr("Include &cross-page seal"), self)
        take = QPushButton(self.tr("Accept all (Enter)"), self)
        take.setObjectName("primary")
        leave = QPushButton(self.tr("Not now (Esc)"), self)
        hbox(self._across, take, leave, parent=self)
        self._across.toggled.connect(self.across_toggled)
        take.clicked.connect(self.taken)
        leave.clicked.connect(self.left)
        self.setFocusProxy(take)
        self.hide()

    @property
    def text(self) -> str:
        """The sentence that summarizes the proposals."""
        return self.wordings[0]

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not event.spontaneous():
            announce(self, self.text)

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
        """Summarize a plan of proposals, which may be empty, and emit ``changed``.

        ``draft`` includes the proposed signers. ``with_across`` is whether a cross-page seal is included.
        """
        self._across.setVisible(plan.allows_across)
        self._across.blockSignals(True)
        self._across.setChecked(with_across)
        self._across.blockSignals(False)
        if plan:
            said = self.text
            self.wordings = self._sentence(plan, draft), self._short_sentence(plan)
            self.setAccessibleName(self.text)
            if self.isVisible() and self.text != said:
                announce(self, self.text)
        self.has_plan = bool(plan)
        self.changed.emit()

    def _sentence(self, plan: SealPlan, draft: ContractDraft) -> str:
        setting = {ghost.placement.signer_id for ghost in plan.ghosts}
        added = {signer.id for signer in plan.added}
        names = listed(self._party(one) for one in draft.signers if one.id in added | setting)
        places = self.tr("%n seal position(s)", "", len(plan.ghosts))
        if not plan.added:
            return self.tr("{places} found for {names}").format(places=places, names=names)
        if not plan.ghosts:
            return self.tr("Found: {names}").format(names=names)
        return self.tr("Found: {names}; {places}").format(places=places, names=names)

    def _short_sentence(self, plan: SealPlan) -> str:
        signers = [self.tr("%n signer(s)", "", len(plan.added))] if plan.added else []
        places = [self.tr("%n seal position(s)", "", len(plan.ghosts))] if plan.ghosts else []
        return self.tr("Found: {names}").format(names=listed([*signers, *places]))

    def _party(self, signer: Signer) -> str:
        role = one_line(role_of(signer)) or signer_name(signer)
        if is_organization(signer):
            return self.tr("{role} (organization)").format(role=role)
        return self.tr("{role} (person)").format(role=role)
