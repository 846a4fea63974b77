"""Import and export contacts: open the dialogs, show messages on the results, and undo an import."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from esign_desktop.services.people.importing import ContactImport
from esign_desktop.ui.contacts.exporting import ExportDialog
from esign_desktop.ui.contacts.importing import ImportDialog
from esign_desktop.ui.widgets.file_dialogs import FileKind, FileType, choose_file
from esign_desktop.ui.widgets.notice_bar import MessageLevel

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.people.contact import ContactId
    from esign_desktop.services.people.contacts import ContactService, ImportUndo
    from esign_desktop.ui.tasks import TaskRunner
from esign_desktop.ui.widgets.notice_bar import Messages

_KEY = "contacts file"


class ContactFiles(QObject):
    """Opens the dialogs for importing and exporting contacts, and shows the results as messages."""

    changed = Signal()
    """Emitted when an import, or the undoing of an import, added, changed or removed contacts."""

    def __init__(self, contacts: ContactService, tasks: TaskRunner, messages: Messages, window: QWidget) -> None:
        super().__init__(window)
        self._contacts, self._tasks, self._messages, self._window = contacts, tasks, messages, window

    def choose_import(self) -> None:
        """Ask the user for a file, and show its contacts for import. Do nothing if the user cancels."""
        title = self.tr("Import contacts")
        choose_file(self._window, title, FileKind.CONTACTS, (FileType.CONTACTS,), self.open_import)

    def open_import(self, path: Path) -> None:
        """Show the contacts in a file in a dialog. Nothing is imported until the user confirms."""
        # An offer to undo the previous import could be mistaken for one about this file.
        self._messages.clear(_KEY)
        dialog = ImportDialog(path, self._contacts, self._tasks, self._window)
        dialog.imported.connect(self._on_imported)
        dialog.open()

    def open_export(self, contact_ids: Sequence[ContactId]) -> None:
        """Ask for export options in a dialog, and export the contacts with these ids."""
        dialog = ExportDialog(contact_ids, self._contacts, self._tasks, self._window)
        dialog.exported.connect(self._on_exported)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _on_imported(self, undo: ImportUndo, added: int, updated: int) -> None:
        self.changed.emit()
        counts = {"added": self.tr("%n contact(s) added", "", added), "updated": self.tr("%n updated", "", updated)}
        self._messages.show_message(
            self.tr("{added}, {updated}.").format(**counts),
            MessageLevel.SUCCESS,
            key=_KEY,
            action=(self.tr("Undo import"), partial(self._undo, undo)),
        )

    def _undo(self, undo: ImportUndo) -> None:
        work = partial(ContactImport(self._contacts).undo, undo)
        self._tasks.start(work, owner=self, on_done=self._on_undone, on_error=self._on_failed)

    def _on_undone(self, kept: int) -> None:
        self.changed.emit()
        sentence = self.tr("The import was undone.")
        if kept:
            left = self.tr("%n contact(s) that you edited or used after the import weren't changed.", "", kept)
            self._messages.show_message(sentence, MessageLevel.INFO, remedy=left, key=_KEY)
        else:
            self._messages.show_message(sentence, MessageLevel.SUCCESS, key=_KEY)

    def _on_exported(self, path: Path, count: int) -> None:
        sentence = self.tr("%n contact(s) saved to {name}.", "", count)
        self._messages.show_message(sentence.format(name=path.name), MessageLevel.SUCCESS, key=_KEY)

    def _on_failed(self, error: AppError) -> None:
        self._messages.show_message(error, key=_KEY)
