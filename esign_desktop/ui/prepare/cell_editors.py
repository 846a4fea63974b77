"""Editing in the cells of the table of placements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QComboBox, QLineEdit, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from esign_desktop.override import override
from esign_desktop.ui.prepare.signer_words import signer_name

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

    from esign_desktop.services.session import ContractSession

_Index = QModelIndex | QPersistentModelIndex


class TextDelegate(QStyledItemDelegate):
    """Lets what is being typed stay, though the row changes meanwhile, as when a search has found something."""

    @override
    def setEditorData(self, editor: QWidget, index: _Index) -> None:
        if not (isinstance(editor, QLineEdit) and editor.isModified()):
            super().setEditorData(editor, index)


class SignerDelegate(QStyledItemDelegate):
    """Shows the numbers; when edited, a list of the signers with their names."""

    def __init__(self, session: ContractSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session

    @override
    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: _Index) -> QWidget:
        editor = QComboBox(parent)
        for number, signer in enumerate(self._session.draft.signers, 1):
            editor.addItem(f"{number}  {signer_name(signer)}", signer.id)
        editor.view().setMinimumWidth(editor.view().sizeHintForColumn(0) + 16)
        return editor

    @override
    def setEditorData(self, editor: QWidget, index: _Index) -> None:
        if isinstance(editor, QComboBox):
            editor.setCurrentIndex(editor.findData(index.data(Qt.ItemDataRole.EditRole)))

    @override
    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: _Index) -> None:
        if isinstance(editor, QComboBox):
            model.setData(index, editor.currentData(), Qt.ItemDataRole.EditRole)

    @override
    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: _Index) -> None:
        area = option.rect
        editor.setGeometry(area.left(), area.top(), max(area.width(), editor.sizeHint().width()), area.height())
