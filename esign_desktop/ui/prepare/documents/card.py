"""The card of one document, for example with its name, its page count, its findings, and the values of its form."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from esign_desktop.override import override
from esign_desktop.ui.prepare.documents.party_dots import PartyDots
from esign_desktop.ui.prepare.documents.values import FormValues
from esign_desktop.ui.prepare.preflight import ChipRow, Finding, PreflightPane, Remedy, ScanReading, findings_of
from esign_desktop.ui.widgets.labels import ElidedLabel, show_tip
from esign_desktop.ui.widgets.menu_card import MenuCard

if TYPE_CHECKING:
    from collections.abc import Callable, Set

    from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent

    from esign_desktop.domain.contract.coverage import Cover
    from esign_desktop.domain.document import Document
    from esign_desktop.domain.signer import Signer
    from esign_desktop.ui.prepare.preflight import ChipKind


_KB = 1024
_MB = 1024 * 1024


def size_text(size_bytes: int) -> str:
    """Return a file's size as a text: in MB from 1 MB (1024 × 1024 bytes) on, or else in KB, and at least "1 KB"."""
    if size_bytes >= _MB:
        return f"{size_bytes / _MB:.1f} MB"
    return f"{max(1, round(size_bytes / _KB))} KB"


class DocumentCard(MenuCard):
    """Shows a document, its findings, its signers and its form, with a menu, for example to rename or remove it.

    Signals without a description carry the ``DocumentId``.
    """

    renamed = Signal(object, str)
    """Carries a ``DocumentId`` and the new name, which is not empty."""
    replacement_requested = Signal(object)
    remedy_requested = Signal(object, object, int)
    """Carries a ``DocumentId``, a ``Remedy``, and the page number of the finding, or 0."""
    password_given = Signal(str, str)
    """Carries the path of the file and the password."""
    stop_requested = Signal(object)
    value_edited = Signal(object, str, str)
    """Carries a ``DocumentId``, the name of a form field, and its new value."""
    value_finished = Signal(object, str)
    blocks_requested = Signal(object)
    proposals_requested = Signal(object)
    field_focused = Signal(object, str)
    """Carries a ``DocumentId``, and the name of the form field that got the focus."""
    party_chosen = Signal(object, object, bool)
    """Carries a ``DocumentId``, a ``SignerId``, and whether the signer has no seal in the document."""
    field_menu_requested = Signal(object, str, object)
    """Carries a ``DocumentId``, the name of a form field, and the screen position of the field's menu."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(document.id, parent)
        self._document = document
        self.setObjectName("documentCard")
        self._name = ElidedLabel(self, mode=Qt.TextElideMode.ElideMiddle)
        self._name.setObjectName("signerName")
        self._editor = QLineEdit(self)
        self._editor.setMaxLength(120)
        self._editor.hide()
        self._facts = ElidedLabel(self)
        self._facts.setObjectName("hint")
        self.dots = PartyDots(self)
        self._signers: tuple[Signer, ...] = ()
        self._chips = ChipRow(self)
        self._pane = PreflightPane(self)
        self.form = FormValues(self)
        self._findings: dict[ChipKind, Finding] = {}
        self._open_kind: ChipKind | None = None
        self._is_locked = False
        self._reading = ScanReading.MISSING
        title = QHBoxLayout()
        title.setContentsMargins(0, 0, 4, 0)
        title.addWidget(self._name, 1)
        title.addWidget(self._editor, 1)
        facts = QHBoxLayout()
        facts.addWidget(self._facts, 1)
        facts.addWidget(self.dots)
        # The menu button is in the second line, because the name needs the full width of the first.
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
        self.dots.chosen.connect(self._on_dots_chosen)
        self._editor.editingFinished.connect(self._on_editor_finished)
        self._chips.chip_pressed.connect(self._on_chips_chip_pressed)
        self._pane.remedy_requested.connect(self._on_pane_remedy_requested)
        self._pane.password_given.connect(self._on_pane_password_given)
        self._pane.stop_requested.connect(partial(self.stop_requested.emit, self._document.id))
        self._pane.close_requested.connect(self._on_pane_close_requested)
        self.form.value_edited.connect(partial(self.value_edited.emit, self._document.id))
        self.form.value_finished.connect(partial(self.value_finished.emit, self._document.id))
        self.form.field_focused.connect(partial(self.field_focused.emit, self._document.id))
        self.form.menu_requested.connect(partial(self.field_menu_requested.emit, self._document.id))

    @property
    def chips(self) -> ChipRow:
        """The chips for the document's findings."""
        return self._chips

    @property
    def pane(self) -> PreflightPane:
        """The pane that explains the finding of the pressed chip."""
        return self._pane

    def end_work(self, failure: str = "") -> None:
        """Hide the progress of work on the document, and enable the remedies of its findings again.

        ``failure`` is a sentence that is displayed, or empty after success.
        """
        self._pane.end_work(failure)
        self._show_pane()

    def set_locked(self, *, is_locked: bool) -> None:
        """Set whether the document needs its password. If so, the pane of the chip for encryption asks for it."""
        self._is_locked = is_locked
        self._show_findings()

    def set_reading(self, reading: ScanReading) -> None:
        """Set whether the text of image-only pages has been, or can be, recognized."""
        if reading != self._reading:
            self._reading = reading
            self._show_findings()

    def show_document(self, document: Document) -> None:
        """Show a document with the same id in its current state: its name, facts, findings and menu."""
        self._document = document
        self._name.setText(document.name)
        show_tip(self._name, document.path)
        pages = self.tr("%n page(s)", "", document.page_count)
        source = size_text(document.size_bytes) if document.template is None else self.tr("from a template")
        self._facts.setText(f"{pages} · {source}")
        self._show_findings()
        self._menu_button.setAccessibleName(self.tr("More actions for {name}").format(name=document.name))
        self._show_name()
        self._fill_menu(
            (
                (self.tr("Rename"), self.edit),
                (self.tr("Move up"), self._move_up),
                (self.tr("Move down"), self._move_down),
                *self._ways_to_change(document),
                (self.tr("Remove from contract"), self._request_removal),
            )
        )

    def show_form(self, signers: tuple[Signer, ...], linked: Set[str]) -> None:
        """Show the form of the document and its values.

        ``signers`` are those whose data a field may take as its value. ``linked`` contains the names of fields that may
        share their values with other fields.
        """
        self.form.show_filling(self._document.template, signers, linked)

    def show_covers(self, signers: tuple[Signer, ...], covers: tuple[Cover, ...]) -> None:
        """Show which signers have seals in the document. ``covers`` has one entry for each of ``signers``."""
        self._signers = signers
        self.dots.show_covers(signers, covers)
        self._show_name()

    def _show_name(self) -> None:
        pages = self.tr("%n page(s)", "", self._document.page_count)
        self.setAccessibleName(", ".join(filter(None, (self._document.name, pages, self.dots.words))))

    def _on_dots_chosen(self, index: int, is_missing: bool) -> None:
        self.party_chosen.emit(self._document.id, self._signers[index].id, is_missing)

    def _ways_to_change(self, document: Document) -> tuple[tuple[str, Callable[[], None]], ...]:
        if document.template is not None:
            return ((self.tr("Pages at the end…"), partial(self.blocks_requested.emit, document.id)),)
        return (
            (self.tr("Find signers and seals"), partial(self.proposals_requested.emit, document.id)),
            (self.tr("Replace with new version…"), self._on_replace_triggered),
        )

    @override
    def edit(self) -> None:
        """Let the user edit the name on the card."""
        self._editor.setText(self._document.name)
        self._name.hide()
        self._editor.show()
        self._editor.setFocus()
        self._editor.selectAll()

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

    def _show_findings(self) -> None:
        found = findings_of(self._document, is_locked=self._is_locked, reading=self._reading)
        self._findings = {one.kind: one for one in found}
        self._chips.show_findings(tuple(self._findings.values()))
        self._show_pane()

    def _show_pane(self) -> None:
        """Show the pane for the pressed chip, or hide the pane if the finding no longer exists."""
        finding = None if self._open_kind is None else self._findings.get(self._open_kind)
        if finding is not None:
            self._pane.show_finding(finding)
        elif not self._pane.is_busy:
            self._open_kind = None
            self._pane.hide()
        self._chips.mark_open(self._open_kind)

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
            self.remedy_requested.emit(self._document.id, remedy, self._findings[self._open_kind].page_number or 0)

    def _on_pane_password_given(self, password: str) -> None:
        self.password_given.emit(self._document.path, password)

    def _end_renaming(self) -> None:
        self._editor.hide()
        self._name.show()

    def _on_editor_finished(self) -> None:
        # Not isVisible(), because a switch to another room hides the card before the field loses the focus.
        if not self._editor.isHidden():
            name = self._editor.text().strip()
            self._end_renaming()
            if name and name != self._document.name:
                self.renamed.emit(self._document.id, name)

    def _on_replace_triggered(self) -> None:
        self.replacement_requested.emit(self._document.id)
