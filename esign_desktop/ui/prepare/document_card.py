"""One document in the list: its name, its length, and what is special about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget
from typing_extensions import override

from esign_desktop.ui.plain_label import ElidedLabel, PlainLabel
from esign_desktop.ui.prepare.chip_row import ChipRow
from esign_desktop.ui.prepare.menu_card import MenuCard
from esign_desktop.ui.prepare.preflight_chips import chips_of

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent

    from esign_desktop.domain.document import Document

_KB = 1024
_MB = 1024 * 1024


def size_text(size_bytes: int) -> str:
    """Write a file's size as people say it."""
    if size_bytes >= _MB:
        return f"{size_bytes / _MB:.1f} MB"
    return f"{max(1, round(size_bytes / _KB))} KB"


class DocumentCard(MenuCard):
    """A document that can be shown, renamed, moved, replaced and removed."""

    renamed = Signal(object, str)
    replacement_requested = Signal(object)

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(document.id, parent)
        self._document = document
        self.setObjectName("documentCard")
        self._name = ElidedLabel(self, mode=Qt.TextElideMode.ElideMiddle)
        self._name.setObjectName("signerName")
        self._editor = QLineEdit(self)
        self._editor.setMaxLength(120)
        self._editor.hide()
        self._facts = PlainLabel(self)
        self._facts.setObjectName("hint")
        self._chips = ChipRow(self)
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
        self._fill_menu(
            (
                (self.tr("Rename"), self.edit),
                (self.tr("Move up"), self._move_up),
                (self.tr("Move down"), self._move_down),
                (self.tr("Replace by a new version…"), self._on_replace_triggered),
                (self.tr("Remove from the contract"), self._request_removal),
            )
        )

    @override
    def edit(self) -> None:
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
        self.edit()

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in {Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason}:
            self.chosen.emit(self._document.id)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._editor.isVisible():
            self._end_renaming()
        else:
            super().keyPressEvent(event)

    def _end_renaming(self) -> None:
        self._editor.hide()
        self._name.show()

    def _on_editor_finished(self) -> None:
        if self._editor.isVisible():
            name = self._editor.text().strip()
            self._end_renaming()
            if name and name != self._document.name:
                self.renamed.emit(self._document.id, name)

    def _on_replace_triggered(self) -> None:
        self.replacement_requested.emit(self._document.id)
