"""One document in the list: its name, its length, and what is special about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QAction, QContextMenuEvent, QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QMenu, QToolButton, QVBoxLayout, QWidget
from typing_extensions import override

from esign_desktop.ui.icons import icon
from esign_desktop.ui.plain_label import ElidedLabel, PlainLabel
from esign_desktop.ui.prepare.chip_row import ChipRow
from esign_desktop.ui.prepare.preflight_chips import chips_of

if TYPE_CHECKING:
    from esign_desktop.domain.document import Document

_KB = 1024
_MB = 1024 * 1024


def size_text(size_bytes: int) -> str:
    """Write a file's size as people say it."""
    if size_bytes >= _MB:
        return f"{size_bytes / _MB:.1f} MB"
    return f"{max(1, round(size_bytes / _KB))} KB"


class DocumentCard(QFrame):
    """A document that can be shown, renamed, moved, replaced and removed."""

    chosen = Signal(object)
    renamed = Signal(object, str)
    move_requested = Signal(object, int)
    replacement_requested = Signal(object)
    removal_requested = Signal(object)

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self.setObjectName("documentCard")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._name = ElidedLabel(self, mode=Qt.TextElideMode.ElideMiddle)
        self._name.setObjectName("signerName")
        self._editor = QLineEdit(self)
        self._editor.setMaxLength(120)
        self._editor.hide()
        self._facts = PlainLabel(self)
        self._facts.setObjectName("hint")
        self._chips = ChipRow(self)
        self._menu_button = QToolButton(self)
        self._menu_button.setIcon(icon("more"))
        self._menu_button.setIconSize(QSize(16, 16))
        self._menu_button.setAutoRaise(True)
        self._menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._menu = QMenu(self)
        self._menu_button.setMenu(self._menu)
        title = QHBoxLayout()
        title.setSpacing(4)
        title.addWidget(self._name, 1)
        title.addWidget(self._editor, 1)
        title.addWidget(self._menu_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 4, 8)
        column.setSpacing(4)
        column.addLayout(title)
        column.addWidget(self._facts)
        column.addWidget(self._chips)
        self._editor.editingFinished.connect(self._on_editor_finished)
        self.show_document(document)

    def show_document(self, document: Document) -> None:
        """Show the document as it is now."""
        self._document = document
        self._name.setText(document.name)
        self._name.setToolTip(PlainLabel.plain_tip(document.path))
        pages = self.tr("%n page(s)", "", document.page_count)
        self._facts.setText(f"{pages} · {size_text(document.size_bytes)}")
        self._chips.show_chips(chips_of(document))
        self._menu_button.setAccessibleName(self.tr("More for {name}").format(name=document.name))
        self.setAccessibleName(f"{document.name}, {pages}")
        self._fill_menu()

    def begin_renaming(self) -> None:
        """Let the name be typed in place."""
        self._editor.setText(self._document.name)
        self._name.hide()
        self._editor.show()
        self._editor.setFocus()
        self._editor.selectAll()

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.show_document(self._document)
        super().changeEvent(event)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.chosen.emit(self._document.id)
        super().mousePressEvent(event)

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.begin_renaming()

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self._menu.popup(event.globalPos())

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in {Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason}:
            self.chosen.emit(self._document.id)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        with_alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        match event.key():
            case Qt.Key.Key_F2:
                self.begin_renaming()
            case Qt.Key.Key_Delete:
                self.removal_requested.emit(self._document.id)
            case Qt.Key.Key_Up if with_alt:
                self.move_requested.emit(self._document.id, -1)
            case Qt.Key.Key_Down if with_alt:
                self.move_requested.emit(self._document.id, +1)
            case Qt.Key.Key_Escape if self._editor.isVisible():
                self._end_renaming()
            case _:
                super().keyPressEvent(event)

    def _fill_menu(self) -> None:
        self._menu.clear()
        for text, slot in (
            (self.tr("Rename"), self.begin_renaming),
            (self.tr("Move up"), self._on_up_triggered),
            (self.tr("Move down"), self._on_down_triggered),
            (self.tr("Replace by a new version…"), self._on_replace_triggered),
            (self.tr("Remove from the contract"), self._on_remove_triggered),
        ):
            action = QAction(text, self._menu)
            action.triggered.connect(slot)
            self._menu.addAction(action)

    def _end_renaming(self) -> None:
        self._editor.hide()
        self._name.show()

    def _on_editor_finished(self) -> None:
        if self._editor.isVisible():
            name = self._editor.text().strip()
            self._end_renaming()
            if name and name != self._document.name:
                self.renamed.emit(self._document.id, name)

    def _on_up_triggered(self) -> None:
        self.move_requested.emit(self._document.id, -1)

    def _on_down_triggered(self) -> None:
        self.move_requested.emit(self._document.id, +1)

    def _on_replace_triggered(self) -> None:
        self.replacement_requested.emit(self._document.id)

    def _on_remove_triggered(self) -> None:
        self.removal_requested.emit(self._document.id)
