"""What a document's form is filled with: a line for each field, below the document's name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QSignalBlocker, Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from esign_desktop.override import override
from esign_desktop.ui.plain_label import ElidedLabel, PlainLabel

if TYPE_CHECKING:
    from esign_desktop.domain.document import TemplateFilling

_LONGEST_VALUE: Final = 200


class FormValues(QWidget):
    """``value_edited`` carries a field's name and what was typed; ``value_finished`` its name when that is all."""

    value_edited = Signal(str, str)
    value_finished = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._filling: TemplateFilling | None = None
        self._title = PlainLabel(self)
        self._title.setObjectName("sectionTitle")
        self._labels: dict[str, ElidedLabel] = {}
        self._edits: dict[str, QLineEdit] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 8, 4, 4)
        self._column.setSpacing(4)
        self._column.addWidget(self._title)
        self.hide()

    @property
    def edits(self) -> dict[str, QLineEdit]:
        """The lines by the names of their fields."""
        return dict(self._edits)

    def show_filling(self, filling: TemplateFilling | None) -> None:
        """Show what the form is filled with; nothing for a document that is no form of the platform's."""
        self._filling = filling
        names = filling.names if filling is not None else ()
        if names != tuple(self._edits):
            self._rebuild(names)
        if filling is not None:
            for name, edit in self._edits.items():
                if edit.text() != filling.value(name):
                    with QSignalBlocker(edit):
                        edit.setText(filling.value(name))
            self._word(filling)
        self.setVisible(bool(names))

    def focus_first_empty(self) -> None:
        """Put the cursor where something is missing."""
        missing = self._filling.missing if self._filling is not None else ()
        edit = self._edits.get(missing[0]) if missing else next(iter(self._edits.values()), None)
        if edit is not None:
            edit.setFocus()

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and self._filling is not None:
            self._word(self._filling)
        super().changeEvent(event)

    def _rebuild(self, names: tuple[str, ...]) -> None:
        for widget in (*self._labels.values(), *self._edits.values()):
            self._column.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self._labels, self._edits = {}, {}
        before: QWidget = self._title
        for name in names:
            label, edit = ElidedLabel(self), QLineEdit(self)
            edit.setMaxLength(_LONGEST_VALUE)
            edit.textEdited.connect(self._on_edit_text_edited)
            edit.editingFinished.connect(self._on_edit_editing_finished)
            label.setBuddy(edit)
            self._labels[name], self._edits[name] = label, edit
            self._column.addWidget(label)
            self._column.addWidget(edit)
            QWidget.setTabOrder(before, edit)
            before = edit

    def _word(self, filling: TemplateFilling) -> None:
        self._title.setText(self.tr("Form values"))
        required = {one.name for one in filling.wanted if one.is_required}
        labels = {one.name: one.label for one in filling.wanted if one.label}
        for name, edit in self._edits.items():
            is_required, label = name in required, labels.get(name, name)
            self._labels[name].setText(f"* {label}" if is_required else label)
            self._labels[name].setToolTip(PlainLabel.plain_tip(name))
            edit.setPlaceholderText(self.tr("Required") if is_required else self.tr("May stay empty"))
            edit.setAccessibleName(self.tr("{name}, required").format(name=label) if is_required else label)

    def _name_of_sender(self) -> str | None:
        sender = self.sender()
        return next((name for name, edit in self._edits.items() if edit is sender), None)

    def _on_edit_text_edited(self, text: str) -> None:
        name = self._name_of_sender()
        if name is not None:
            self.value_edited.emit(name, text)

    def _on_edit_editing_finished(self) -> None:
        name = self._name_of_sender()
        if name is not None:
            self.value_finished.emit(name)
