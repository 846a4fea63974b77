"""A window of its own for a signing code, to be turned to whoever signs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget

from esign_desktop.domain.environment import Environment
from esign_desktop.ui.send.qr_card import QrCard
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.environment_banner import EnvironmentBanner
from esign_desktop.ui.widgets.fitting import fit_on_screen

if TYPE_CHECKING:
    from esign_desktop.domain.flow import FlowRecord
    from esign_desktop.ui.environment_watch import EnvironmentWatch
    from esign_desktop.ui.flow_poller import FlowPoller


class QrWindow(QWidget):
    """Esc closes it, F11 fills the screen, the arrow keys go from signer to signer, Ctrl+C copies the link."""

    def __init__(
        self, poller: FlowPoller, parent: QWidget | None = None, *, watch: EnvironmentWatch | None = None
    ) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self._watch = watch
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._banner = EnvironmentBanner(self)
        self._card = QrCard(poller, self)
        above = QVBoxLayout()
        above.setContentsMargins(16, 16, 16, 0)
        above.addWidget(self._banner)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(above)
        column.addWidget(self._card, 1)
        for key, slot in (
            (QKeySequence(Qt.Key.Key_Escape), self.close),
            (QKeySequence(Qt.Key.Key_F11), self._on_full_screen_activated),
            (QKeySequence(Qt.Key.Key_Right), self._on_next_activated),
            (QKeySequence(Qt.Key.Key_Left), self._on_previous_activated),
            (QKeySequence(QKeySequence.StandardKey.Copy), self._card.copy_link),
        ):
            QShortcut(key, self).activated.connect(slot)
        fit_on_screen(self, 560, 760)
        self.setWindowTitle(self.tr("Signing code"))

    @property
    def card(self) -> QrCard:
        """What the window shows."""
        return self._card

    def show_flow(self, record: FlowRecord) -> None:
        """Show a flow's codes, and the environment that they lead to."""
        home = Environment(record.environment, "", record.project_id)
        self._banner.show_contract(home, self._watch.environment if self._watch is not None else home)
        self._card.show_flow(record)
        self.setWindowTitle(f"{one_line(record.title)} — {self.tr('Signing code')}")

    def _on_full_screen_activated(self) -> None:
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def _on_next_activated(self) -> None:
        self._card.step(+1)

    def _on_previous_activated(self) -> None:
        self._card.step(-1)
