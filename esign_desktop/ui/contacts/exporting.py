"""Export contacts to a file, masked unless the user chooses otherwise."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QProgressBar, QPushButton, QRadioButton

from esign_desktop.domain.errors import Cancelled, CancelToken
from esign_desktop.override import override
from esign_desktop.services.people.exporting import export_contacts
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.text.contact_table import table_words
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.widgets.deliberate import DeliberateButton
from esign_desktop.ui.widgets.file_dialogs import FileKind, FileType, choose_target
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.layouts import FittingDialog, hbox, vbox
from esign_desktop.ui.widgets.notice_bar import MarkedText, MessageLevel
from esign_desktop.ui.widgets.theme import repolish, sized

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.people.contact import ContactId
    from esign_desktop.services.people.contacts import ContactService
    from esign_desktop.ui.tasks import TaskRunner

_WIDTH_PX: Final = 460


class ExportDialog(FittingDialog):
    """Asks for masking, file type and target, and exports contacts in the background.

    *Stop* ends the export without writing the file.
    """

    manual_page = "contacts#import-export-merge"

    exported = Signal(object, int)
    """Carries the ``Path`` of the written file, and the number of contacts in it."""

    def __init__(
        self,
        contact_ids: Sequence[ContactId],
        contacts: ContactService,
        tasks: TaskRunner,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Export contacts"))
        self._ids, self._contacts, self._tasks = tuple(contact_ids), contacts, tasks
        self._token = CancelToken()
        title = PlainLabel(self, self.tr("Export %n contact(s)", "", len(self._ids)), look="sectionTitle")
        self.masked = QRadioButton(self.tr("&Mask ID numbers, mobile numbers and email addresses"), self)
        self.in_clear = QRadioButton(self.tr("Export &without masking"), self)
        self.masked.setChecked(True)
        self._warning = MarkedText(self)
        self.kind = QComboBox(self)
        for text, suffix in ((self.tr("Excel workbook (.xlsx)"), "xlsx"), (self.tr("CSV (.csv)"), "csv")):
            self.kind.addItem(text, suffix)
        kind_label = PlainLabel(self, self.tr("File type"))
        kind_label.setBuddy(self.kind)
        self._bar = QProgressBar(self)
        self._bar.setAccessibleName(self.windowTitle())
        self._bar.setTextVisible(False)
        self._bar.hide()
        self.go_on = DeliberateButton(self)
        self.close_button = QPushButton(self.tr("Cancel"), self)
        vbox(
            *(title, self.masked, self.in_clear, self._warning, hbox(kind_label, self.kind, 1), self._bar, 1),
            hbox(1, self.close_button, self.go_on),
            spacing=12,
            margins=(20, 20, 20, 16),
            parent=self,
        )
        self.setMinimumWidth(sized(_WIDTH_PX))
        self.in_clear.toggled.connect(self._show)
        self.go_on.meant.connect(self._on_go_on_meant)
        self.close_button.clicked.connect(self.reject)
        self._show()
        self.close_button.setFocus()

    @property
    def said(self) -> str:
        """The displayed warning or error, or an empty text."""
        return self._warning.text

    @override
    def reject(self) -> None:
        self._token.cancel()
        super().reject()

    def _show(self) -> None:
        in_clear = self.in_clear.isChecked()
        warning = self.tr("Anyone who opens this file can read all numbers. Keep the file in a safe place.")
        self._warning.show_text(MessageLevel.WARNING if in_clear else None, warning if in_clear else "")
        self.go_on.setText(self.tr("Export in full…") if in_clear else self.tr("Export masked…"))
        self.go_on.setObjectName("danger" if in_clear else "primary")
        repolish(self.go_on)

    def _on_go_on_meant(self) -> None:
        suffix = str(self.kind.currentData())
        name = self.tr("Contacts")
        file_type = FileType.CSV if suffix == "csv" else FileType.XLSX
        title = self.tr("Export contacts")
        choose_target(self, title, FileKind.CONTACTS, (file_type,), self.write, suffix=suffix, name=name)

    def write(self, target: Path) -> None:
        """Write the file in the background with the chosen options, and close the dialog if this succeeds."""
        self._bar.setRange(0, len(self._ids))
        self._bar.show()
        self.go_on.setEnabled(False)
        self.close_button.setText(self.tr("Stop"))
        token, in_clear, words = self._token, self.in_clear.isChecked(), table_words()
        progress = self._tasks.reporter(self._bar.setValue, owner=self)

        def work() -> int | None:
            try:
                return export_contacts(
                    *(self._contacts, self._ids, target, words),
                    in_clear=in_clear,
                    cancel=token,
                    on_progress=progress,
                )
            except Cancelled:
                return None

        done = partial(self._on_written, target)
        self._tasks.start(work, owner=self, on_done=done, on_error=self._on_failed, lane=Lane.SEARCH)

    def _on_written(self, target: Path, count: int | None) -> None:
        if count is not None:
            self.exported.emit(target, count)
            self.accept()

    def _on_failed(self, error: AppError) -> None:
        sentence = error_sentence(error)
        self._warning.show_text(MessageLevel.ERROR, sentence.title, sentence.remedy)
        self._bar.hide()
        self.go_on.setEnabled(True)
        self.close_button.setText(self.tr("Cancel"))
