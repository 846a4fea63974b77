"""A line above the pages about a file that is gone or has changed since it was chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from esign_desktop.override import override
from esign_desktop.ui.deliberate.button import DeliberateButton
from esign_desktop.ui.plain_label import PlainLabel
from esign_desktop.ui.words.outside_text import one_line

if TYPE_CHECKING:
    from esign_desktop.domain.document import Document


class ChangedFileBar(QFrame):
    """Names one file at a time and offers what can be done; hidden while all files are as they were."""

    new_version_requested = Signal(object)
    """The ``Document`` whose file is to be taken as it is now."""
    other_file_requested = Signal(object)
    """The ``DocumentId`` that another file is to be chosen for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("noticeBar")
        self._affected: dict[str, tuple[Document, bool]] = {}
        self._sentence = PlainLabel(self)
        self._sentence.setWordWrap(True)
        self._take = DeliberateButton(self)
        self._choose = QPushButton(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(8)
        row.addWidget(self._sentence, 1)
        row.addWidget(self._take)
        row.addWidget(self._choose)
        self._take.meant.connect(self._on_take_meant)
        self._choose.clicked.connect(self._on_choose_clicked)
        self._show()

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._show()
        super().changeEvent(event)

    def tell(self, document: Document, *, is_missing: bool) -> None:
        """Say that a document's file is gone, or that it is another one than it was."""
        self._affected[document.id] = (document, is_missing)
        self._show()

    def keep_only(self, documents: tuple[Document, ...]) -> None:
        """Forget documents that were replaced or removed."""
        kept = {document.id: document for document in documents}
        self._affected = {
            document_id: entry for document_id, entry in self._affected.items() if kept.get(entry[0].id) == entry[0]
        }
        self._show()

    def _show(self) -> None:
        self.setVisible(bool(self._affected))
        if not self._affected:
            return
        document, is_missing = next(iter(self._affected.values()))
        sentence = (
            self.tr("The file of “{name}” is no longer where it was. Put it back or choose another; the seals stay.")
            if is_missing
            else self.tr("The file of “{name}” has changed since it was chosen. Check the seals on its new version.")
        )
        self._sentence.setText(sentence.format(name=one_line(document.name)))
        self._take.setText(self.tr("Try again") if is_missing else self.tr("Use the new version"))
        self._choose.setText(self.tr("Choose another file…"))

    def _on_take_meant(self) -> None:
        document, _ = next(iter(self._affected.values()))
        self.new_version_requested.emit(document)

    def _on_choose_clicked(self) -> None:
        document, _ = next(iter(self._affected.values()))
        self.other_file_requested.emit(document.id)
