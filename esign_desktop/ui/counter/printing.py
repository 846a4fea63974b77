"""Print the signed contract for the customer at the counter."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.viewer.printing import PrintWork
from esign_desktop.ui.widgets.file_dialogs import usual_folder
from esign_desktop.ui.widgets.printing import ask_for_printer, prints_to_file

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter
    from PySide6.QtWidgets import QWidget

    from esign_desktop.domain.document import Document
    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.flow import FlowId
    from esign_desktop.services.catalogue import Services
    from esign_desktop.ui.tasks import TaskRunner


class SignedPrint(QObject):
    """Prints one contract at a time.

    The user chooses a printer for the first contract; the same printer prints later ones.

    After a failure, and after printing to a file, the user chooses again.
    """

    reported = Signal(str, bool)
    """Carries a status text, which is empty to remove the previous one, and whether the text reports a failure."""

    def __init__(self, services: Services, tasks: TaskRunner, window: QWidget) -> None:
        super().__init__(window)
        self._services = services
        self._tasks = tasks
        self._window = window
        self._flow_id: FlowId | None = None
        self._documents: tuple[Document, ...] = ()
        self.printer: QPrinter | None = None

    def print_flow(self, flow_id: FlowId) -> None:
        """Print a flow's signed files, and first download those that are missing or were changed.

        Do nothing while printing.
        """
        if self._flow_id is None:
            self._flow_id = flow_id
            self.reported.emit(self.tr("Downloading signed contract…"), False)
            work = partial(_opened, self._services, flow_id)
            self._tasks.start(work, owner=self, on_done=self._on_opened, on_error=self._on_ended, lane=Lane.NETWORK)

    def _on_opened(self, documents: tuple[Document, ...]) -> None:
        self._documents = documents
        self.reported.emit("", False)
        if self.printer is None:
            ask_for_printer(self._window, self._on_printer_chosen, otherwise=self._let_go)
        else:
            self._print(self.printer)

    def _on_printer_chosen(self, printer: QPrinter) -> None:
        self.printer = printer
        self._print(printer)

    def _print(self, printer: QPrinter) -> None:
        self.reported.emit(self.tr("Printing…"), False)
        work = PrintWork(printer, self._documents, self._services.documents, self._tasks, self)
        work.ended.connect(self._on_ended)
        work.begin()

    def _on_ended(self, error: AppError | None) -> None:
        flow_id = self._flow_id
        self._let_go()
        if error is not None:
            # The user may choose another printer next time.
            self.printer = None
            self.reported.emit(error_sentence(error).text, True)
        elif flow_id is not None and self.printer is not None and prints_to_file(self.printer):
            # Nothing was printed, and the next contract must not overwrite the file.
            self.printer = None
            self.reported.emit(self.tr("The signed contract was saved as a file. Nothing was printed."), False)
        elif flow_id is not None:
            self.reported.emit(self.tr("The signed contract has been printed."), False)
            self._tasks.start(partial(self._services.flows.note_printed, flow_id), owner=self)

    def _let_go(self) -> None:
        documents, self._documents, self._flow_id = self._documents, (), None
        for document in documents:
            self._tasks.start(partial(self._services.documents.close, document.id), owner=self, lane=Lane.PDF)


def _opened(services: Services, flow_id: FlowId) -> tuple[Document, ...]:
    paths = services.flows.signed_files(flow_id, usual_folder(services.preferences.download_folder))
    return tuple(services.documents.open_quickly(path) for path in paths)
