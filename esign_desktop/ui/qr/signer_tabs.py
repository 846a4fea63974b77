"""One tab per signer: number, name, and whether they have signed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QTabBar, QWidget

from esign_desktop.ui.words.flow_words import flow_signer_name, progress_marks, signer_status_word

if TYPE_CHECKING:
    from esign_desktop.services.signer_progress import SignerState


class SignerTabs(QTabBar):
    """Tabs keep their place; only their marks change. Emits ``signer_chosen`` when a person chose one."""

    signer_chosen = Signal(int)
    """The signer's number."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setUsesScrollButtons(True)
        self.setElideMode(Qt.TextElideMode.ElideMiddle)
        self.setAccessibleName(self.tr("Signers"))
        self.tabBarClicked.connect(self._on_clicked)
        self.currentChanged.connect(self._on_current_changed)
        self._is_showing = False

    def show_states(self, states: tuple[SignerState, ...], chosen_number: int) -> None:
        """Show these signers, and one of them as chosen."""
        self._is_showing = True
        while self.count() > len(states):
            self.removeTab(self.count() - 1)
        while self.count() < len(states):
            self.addTab("")
        for index, state in enumerate(states):
            name = flow_signer_name(state.signer)
            # An ampersand would become a shortcut.
            self.setTabText(index, f"{progress_marks((state,))} {name}".replace("&", "&&"))
            self.setTabData(index, state.signer.number)
            self.setAccessibleTabName(index, f"{state.signer.number} {name}, {signer_status_word(state)}")
            if state.signer.number == chosen_number:
                self.setCurrentIndex(index)
        self.setVisible(len(states) > 1)
        self._is_showing = False

    def _on_clicked(self, index: int) -> None:
        if index >= 0:
            self.signer_chosen.emit(self.tabData(index))

    def _on_current_changed(self, index: int) -> None:
        if index >= 0 and not self._is_showing:
            self.signer_chosen.emit(self.tabData(index))
