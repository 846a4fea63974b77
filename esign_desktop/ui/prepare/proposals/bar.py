"""The bar that summarizes the proposals. Enter accepts all, and Esc dismisses them for now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QBoxLayout, QCheckBox, QHBoxLayout, QWidget

from esign_desktop.domain.signer import is_organization, role_of
from esign_desktop.override import override
from esign_desktop.ui.text.lists import listed
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.text.signer import signer_name
from esign_desktop.ui.viewer.tool import is_plain_enter
from esign_desktop.ui.widgets.deliberate import press_focused_button
from esign_desktop.ui.widgets.flow_layout import wrapping_row
from esign_desktop.ui.widgets.notice_bar import MessageLevel, NoticeBar
from esign_desktop.ui.widgets.theme import sized

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QResizeEvent

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.placing.proposed_seals import SealPlan
    from esign_desktop.domain.signer import Signer


_SENTENCE_PX: Final = 200
"""The minimum width at which the sentence is easy to read."""


class ProposalBar(NoticeBar):
    """Summarizes the proposals, and is hidden if there are none.

    ``taken`` is emitted when the user accepts all proposals, for example with Enter, and ``left`` when the user
    dismisses them for now, for example with Esc. ``across_toggled`` carries whether a cross-page seal is included.
    """

    manual_page = "prepare#proposed-signers-and-places"

    taken = Signal()
    left = Signal()
    across_toggled = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, level=MessageLevel.INFO)
        self._across = QCheckBox(self.tr("Include &cross-page seal"), self)
        self._across.toggled.connect(self.across_toggled)
        take = self.add_button(self.tr("Accept all (Enter)"), self.taken.emit, is_primary=True, is_deliberate=False)
        leave = self.add_button(self.tr("Not now (Esc)"), self.left.emit, is_deliberate=False)
        self._buttons = wrapping_row(self, take, leave)
        said = QHBoxLayout()
        said.addWidget(self._mark)
        said.addWidget(self._text, 1)
        self._row.addLayout(said, 1)
        self.add_widget(self._across)
        self.add_widget(self._buttons)
        self._row.setAlignment(self._buttons, Qt.AlignmentFlag.AlignVCenter)
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

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Put the buttons below the sentence if there is not enough space beside it."""
        width_px = self._buttons.sizeHint().width()
        beside_px = 0 if self._across.isHidden() else self._across.sizeHint().width()
        is_narrow = self.width() < width_px + beside_px + sized(_SENTENCE_PX)
        direction = QBoxLayout.Direction
        self._row.setDirection(direction.TopToBottom if is_narrow else direction.LeftToRight)
        self._buttons.setMinimumWidth(0 if is_narrow else width_px)

    def show_plan(self, plan: SealPlan, draft: ContractDraft, *, with_across: bool) -> None:
        """Show a plan of proposals, or hide the bar if the plan is empty.

        ``draft`` includes the proposed signers. ``with_across`` is whether a cross-page seal is included.
        """
        self._across.setVisible(plan.allows_across)
        self._across.blockSignals(True)
        self._across.setChecked(with_across)
        self._across.blockSignals(False)
        if plan:
            self.show_text(self._sentence(plan, draft))
            self.setAccessibleName(self.text)
        self._fit()
        self.setVisible(bool(plan))

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

    def _party(self, signer: Signer) -> str:
        role = one_line(role_of(signer)) or signer_name(signer)
        if is_organization(signer):
            return self.tr("{role} (organization)").format(role=role)
        return self.tr("{role} (person)").format(role=role)
