"""The table of all placements, and the menu that adds one without a mouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QVBoxLayout, QWidget

from esign_desktop.override import override
from esign_desktop.ui.icons import icon
from esign_desktop.ui.plain_label import PlainLabel

if TYPE_CHECKING:
    from esign_desktop.services.session import ContractSession
    from esign_desktop.ui.prepare.positions_panel import PositionsTable
    from esign_desktop.ui.prepare.seal_placing import SealPlacing
    from esign_desktop.ui.viewer.pages_view import PagesView


class PositionsPane(QWidget):
    """Adds to the page that is seen, for the active signer. ``keyword_added`` asks for the keyword to be typed."""

    keyword_added = Signal()

    def __init__(
        self,
        table: PositionsTable,
        session: ContractSession,
        placing: SealPlacing,
        view: PagesView,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._table = table
        self._session = session
        self._placing = placing
        self._view = view
        self._hint = PlainLabel(self)
        self._hint.setObjectName("hint")
        self._add = QToolButton(self)
        self._add.setIcon(icon("add"))
        self._add.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._add.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self._add)
        self._seal = self._menu.addAction(icon("seal"), "")
        self._keyword = self._menu.addAction(icon("keyword"), "")
        self._cross_page = self._menu.addAction(icon("cross-page"), "")
        self._add.setMenu(self._menu)
        top = QHBoxLayout()
        top.setContentsMargins(8, 4, 8, 4)
        top.addWidget(self._add)
        top.addStretch()
        top.addWidget(self._hint)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(table, 1)
        self._connect()
        self.retranslate()

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def retranslate(self) -> None:
        """Set all texts in the language of the window."""
        keys = QKeySequence(Qt.Key.Key_Insert).toString(QKeySequence.SequenceFormat.NativeText)
        self._add.setText(self.tr("Add"))
        self._add.setToolTip(self.tr("Add a placement ({keys})").format(keys=keys))
        self._seal.setText(self.tr("&Seal in the middle of this page"))
        self._keyword.setText(self.tr("&Keyword seals…"))
        self._cross_page.setText(self.tr("&Cross-page seal"))
        self._hint.setText(self.tr("F2 edits, 1–9 gives to a signer"))

    def open_menu(self) -> None:
        """Offer what can be added, ready for the keyboard."""
        self._menu.popup(self._add.mapToGlobal(QPoint(0, self._add.height())))
        self._menu.setActiveAction(self._seal)

    def _connect(self) -> None:
        self._seal.triggered.connect(self._on_seal_triggered)
        self._keyword.triggered.connect(self._on_keyword_triggered)
        self._cross_page.triggered.connect(self._on_cross_page_triggered)
        self._table.addition_requested.connect(self.open_menu)

    def _on_seal_triggered(self) -> None:
        current = self._view.current_page
        if current is not None:
            frame = self._session.draft.document(current[0]).frame(current[1])
            self._placing.place_seal(*current, frame.bounds.center)

    def _on_keyword_triggered(self) -> None:
        current = self._view.current_page
        if current is not None and self._placing.place_keyword(current[0], ""):
            self.keyword_added.emit()

    def _on_cross_page_triggered(self) -> None:
        current = self._view.current_page
        if current is not None:
            frame = self._session.draft.document(current[0]).frame(current[1])
            self._placing.place_cross_page(current[0], frame.height_pt / 2)
