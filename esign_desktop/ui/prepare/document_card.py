"""One document in the list: its name, its length, and what is special about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from esign_desktop.override import override
from esign_desktop.ui.plain_label import ElidedLabel, PlainLabel
from esign_desktop.ui.prepare.chip_row import ChipRow
from esign_desktop.ui.prepare.form_values import FormValues
from esign_desktop.ui.prepare.menu_card import MenuCard
from esign_desktop.ui.prepare.preflight_chips import chips_of
from esign_desktop.ui.prepare.preflight_pane import PreflightPane
from esign_desktop.ui.prepare.remedies import Remedy, advice_on

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent

    from esign_desktop.domain.document import Document
    from esign_desktop.ui.prepare.preflight_chips import ChipKind

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
    remedy_requested = Signal(object, object, int)
    """A ``DocumentId``, a ``Remedy``, and the number of the page that it is about, or 0."""
    password_given = Signal(str, str)
    """The file's path and the password."""
    stop_requested = Signal(object)
    value_edited = Signal(object, str, str)
    """A ``DocumentId``, the name of a form field, and what was typed."""
    value_finished = Signal(object, str)

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
        self._pane = PreflightPane(self)
        self.form = FormValues(self)
        self._open_kind: ChipKind | None = None
        self._is_locked = False
        title = QHBoxLayout()
        title.setContentsMargins(0, 0, 4, 0)
        title.addWidget(self._name, 1)
        title.addWidget(self._editor, 1)
        facts = QHBoxLayout()
        facts.addWidget(self._facts, 1)
        # Below the name, which needs all the room there is.
        facts.addWidget(self._menu_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 4, 4)
        column.setSpacing(0)
        column.addLayout(title)
        column.addLayout(facts)
        column.addWidget(self._chips)
        column.addWidget(self._pane)
        column.addWidget(self.form)
        self._connect()
        self.show_document(document)

    def _connect(self) -> None:
        self._editor.editingFinished.connect(self._on_editor_finished)
        self._chips.chip_pressed.connect(self._on_chips_chip_pressed)
        self._pane.remedy_requested.connect(self._on_pane_remedy_requested)
        self._pane.password_given.connect(self._on_pane_password_given)
        self._pane.stop_requested.connect(self._on_pane_stop_requested)
        self._pane.close_requested.connect(self._on_pane_close_requested)
        self.form.value_edited.connect(self._on_form_value_edited)
        self.form.value_finished.connect(self._on_form_value_finished)

    @property
    def chips(self) -> ChipRow:
        """What is special about the document."""
        return self._chips

    @property
    def pane(self) -> PreflightPane:
        """What a chip means, while it is open."""
        return self._pane

    def end_work(self, failure: str = "") -> None:
        """Offer the remedies again; with a sentence when what was begun here failed."""
        self._pane.end_work(failure)
        self._show_pane()

    def set_locked(self, *, is_locked: bool) -> None:
        """Ask for the password where the chip is explained, since the document can't be shown without it."""
        self._is_locked = is_locked
        self._show_pane()

    def show_document(self, document: Document) -> None:
        """Show the document as it is now."""
        self._document = document
        self._name.setText(document.name)
        self._name.setToolTip(PlainLabel.plain_tip(document.path))
        pages = self.tr("%n page(s)", "", document.page_count)
        source = size_text(document.size_bytes) if document.template is None else self.tr("from a template")
        self._facts.setText(f"{pages} · {source}")
        self.form.show_filling(document.template)
        self._chips.show_chips(chips_of(document))
        self._show_pane()
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

    def _show_pane(self) -> None:
        """Explain the chip that was pressed, as long as it is there."""
        kind = self._open_kind
        if kind is not None and self._chips.button(kind) is None and not self._pane.is_busy:
            self._open_kind = kind = None
        if kind is None:
            self._pane.hide()
        else:
            self._pane.show_advice(advice_on(kind, self._document, is_locked=self._is_locked))
        self._chips.mark_open(kind)

    def _on_chips_chip_pressed(self, kind: ChipKind | None) -> None:
        if self._pane.is_busy:
            self._chips.mark_open(self._open_kind)
            return
        self._open_kind = kind
        self._show_pane()
        if kind is not None:
            self._pane.take_focus()

    def _on_pane_close_requested(self) -> None:
        button = None if self._open_kind is None else self._chips.button(self._open_kind)
        self._open_kind = None
        self._show_pane()
        (button or self).setFocus()

    def _on_pane_remedy_requested(self, remedy: Remedy) -> None:
        if self._open_kind is not None:
            page_number = advice_on(self._open_kind, self._document).page_number
            self.remedy_requested.emit(self._document.id, remedy, page_number or 0)

    def _on_pane_password_given(self, password: str) -> None:
        self.password_given.emit(self._document.path, password)

    def _on_pane_stop_requested(self) -> None:
        self.stop_requested.emit(self._document.id)

    def _on_form_value_edited(self, name: str, value: str) -> None:
        self.value_edited.emit(self._document.id, name, value)

    def _on_form_value_finished(self, name: str) -> None:
        self.value_finished.emit(self._document.id, name)

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
