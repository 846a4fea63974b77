"""Download the signed files of several contracts, print them, and merge them into one PDF."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from esign_desktop.domain.document import Document
from esign_desktop.domain.errors import AppError, Cancelled, CancelToken
from esign_desktop.domain.flow import FlowRecord
from esign_desktop.services.flows.merging import MergeReport, merge_signed
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.text.flow import contract_name
from esign_desktop.ui.viewer.printing import PrintWork
from esign_desktop.ui.widgets.file_dialogs import FileKind, FileType, choose_target, usual_folder
from esign_desktop.ui.widgets.notice_bar import MessageLevel
from esign_desktop.ui.widgets.printing import ask_for_printer, prints_to_file

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from PySide6.QtPrintSupport import QPrinter
    from PySide6.QtWidgets import QWidget

    from esign_desktop.domain.flow import FlowId
    from esign_desktop.services.catalogue import Services
    from esign_desktop.services.flows.service import FlowService
    from esign_desktop.ui.tasks import TaskRunner
    from esign_desktop.ui.widgets.notice_bar import Messages


@dataclass(frozen=True, slots=True)
class DownloadReport:
    """The result of a download: the flows whose files were downloaded, and name and error of each failed flow."""

    records: tuple[FlowRecord, ...]
    failures: tuple[tuple[str, AppError], ...]


def download_all(
    flow_ids: Sequence[FlowId],
    flows: FlowService,
    folder: Path,
    report_progress: Callable[[int, int, int], None],
    cancel: CancelToken,
) -> DownloadReport:
    """Download the signed files of flows below ``folder``. The call blocks on the store and the network.

    If the download of a flow fails, the error is added to the result, and the next flow follows. Raises StoreError if a
    flow is not stored. ``report_progress`` receives the number of the flow, counted from 1, and the bytes downloaded so
    far and in total of the current file. After a cancellation, the result contains only the flows processed before it.
    """
    records, failures = [], []
    for number, flow_id in enumerate(flow_ids, 1):
        record = flows.get(flow_id)
        name = contract_name(record.title, flows.customer_of(record))
        try:
            flows.download(flow_id, folder, on_progress=partial(report_progress, number), cancel=cancel)
        except Cancelled:
            break
        except AppError as error:
            failures.append((name, error))
        else:
            records.append(flows.get(flow_id))
    return DownloadReport(tuple(records), tuple(failures))


def failures_text(failures: Sequence[tuple[str, AppError]]) -> str:
    """Return the name and the error of each failed contract, all on one line."""
    return " · ".join(f"{name}: {error_sentence(error).title}" for name, error in failures)


class Merging(QObject):
    """Merges the signed files of several contracts into one PDF in the background, and shows the result."""

    def __init__(
        self,
        services: Services,
        tasks: TaskRunner,
        messages: Messages,
        start: Callable[[Callable[[], object], Callable[..., None], str, CancelToken], None],
        report: Callable[[str], None],
        open_file: Callable[[Path], None],
        parent: QWidget,
    ) -> None:
        """Create the object.

        ``start`` runs the work unless other work is running. ``report`` shows its progress, and ``open_file`` its
        result.
        """
        super().__init__(parent)
        self._services = services
        self._tasks = tasks
        self._messages = messages
        self._start = start
        self._report = report
        self._open_file = open_file
        self._window = parent

    def ask(self, flow_ids: Sequence[FlowId]) -> None:
        """Ask the user for a target file, and then merge the signed files of the flows.

        Do nothing if the user cancels. If ``flow_ids`` is empty, show a message instead.
        """
        if not flow_ids:
            self._messages.show_message(self.tr("Nothing to merge yet: no one has signed."), key="track.merge")
            return
        choose_target(
            self._window,
            self.tr("Merge signed files"),
            FileKind.SIGNED,
            (FileType.PDF,),
            partial(self.write, tuple(flow_ids)),
            suffix="pdf",
        )

    def write(self, flow_ids: tuple[FlowId, ...], target: Path) -> None:
        """Merge the signed files of flows into ``target`` in the background. Missing files are downloaded first."""
        flows, preferences, cancel = self._services.flows, self._services.preferences, CancelToken()
        on_contract = self._tasks.reporter(partial(self._show_progress, cancel, len(flow_ids)), owner=self)

        def work() -> MergeReport:
            return merge_signed(
                flow_ids,
                flows,
                usual_folder(preferences.download_folder),
                target,
                name_of=contract_name,
                on_contract=on_contract,
                cancel=cancel,
            )

        self._start(work, partial(self._on_merged, target), self.tr("Merging…"), cancel)

    def _show_progress(self, cancel: CancelToken, count: int, number: int) -> None:
        if not cancel.is_cancelled:
            text = self.tr("Merging: contract {number} of {count}")
            self._report(text.format(number=number, count=count))

    def _on_merged(self, target: Path, report: MergeReport) -> None:
        if report.is_stopped:
            self._messages.show_message(self.tr("Merging was stopped. No file was written."), key="track.merge")
            return
        if report.file_count:
            self._messages.show_message(
                self.tr("%n signed file(s) merged.", "", report.file_count),
                MessageLevel.SUCCESS,
                remedy=self.tr("The merged file has no digital signatures. Keep the signed files."),
                key="track.merge",
                action=(self.tr("Open"), partial(self._open_file, target)),
            )
        if report.failures:
            self._messages.show_message(
                self.tr("%n file(s) couldn't be merged.", "", len(report.failures)),
                MessageLevel.ERROR,
                remedy=failures_text(report.failures),
                key="track.merge.failed",
            )


@dataclass(frozen=True, slots=True)
class _Opened:
    """The name of a contract, and its open signed files or the error that kept them from being opened."""

    name: str
    documents: tuple[Document, ...] = ()
    error: AppError | None = None


class SeveralPrint(QObject):
    """Prints the signed files of several contracts in the background, one print job for each contract."""

    def __init__(
        self,
        services: Services,
        tasks: TaskRunner,
        messages: Messages,
        begin: Callable[[str, CancelToken], bool],
        end: Callable[[], None],
        report: Callable[[str], None],
        parent: QWidget,
    ) -> None:
        """Create the object.

        ``begin`` returns False if other work is running, and ``end`` is called after the last job. ``report`` shows the
        progress.
        """
        super().__init__(parent)
        self._services = services
        self._tasks = tasks
        self._messages = messages
        self._begin = begin
        self._end = end
        self._report = report
        self._window = parent
        self._left: tuple[FlowId, ...] = ()
        self._count = self._printed_count = 0
        self._failures: list[tuple[str, AppError]] = []
        self._cancel = CancelToken()

    def ask(self, flow_ids: Sequence[FlowId]) -> None:
        """Ask the user for a printer, and then print the signed files of the flows.

        Do nothing if the user cancels. If ``flow_ids`` is empty, show a message instead.
        """
        if not flow_ids:
            self._messages.show_message(self.tr("Nothing to print yet: no one has signed."), key="track.print")
            return
        ask_for_printer(self._window, partial(self.print_on, tuple(flow_ids)))

    def print_on(self, flow_ids: tuple[FlowId, ...], printer: QPrinter) -> None:
        """Print the signed files of flows. Missing files are downloaded first.

        A contract whose files can't be downloaded or opened does not stop the others. If the printer writes to a file,
        print nothing and show a message, because each contract would overwrite the file.
        """
        if prints_to_file(printer) and len(flow_ids) > 1:
            self._messages.show_message(
                self.tr("Several contracts can't be printed to one file."),
                remedy=self.tr("Use “Merge signed files…” instead, or choose a printer."),
                key="track.print",
            )
            return
        cancel = CancelToken()
        if self._begin(self.tr("Printing…"), cancel):
            self._cancel, self._left, self._count = cancel, flow_ids, len(flow_ids)
            self._printed_count, self._failures = 0, []
            self._print_next(printer)

    def _print_next(self, printer: QPrinter) -> None:
        if self._cancel.is_cancelled or not self._left:
            self._finish()
            return
        flow_id, *left = self._left
        self._left = tuple(left)
        text = self.tr("Printing: contract {number} of {count}")
        self._report(text.format(number=self._count - len(left), count=self._count))
        self._tasks.start(
            partial(_open_signed, self._services, flow_id, self._cancel),
            owner=self,
            on_done=partial(self._on_opened, printer, flow_id),
            on_error=self._on_unread,
            lane=Lane.NETWORK,
        )

    def _on_opened(self, printer: QPrinter, flow_id: FlowId, opened: _Opened) -> None:
        if opened.error is not None or self._cancel.is_cancelled:
            if opened.error is not None:
                self._failures.append((opened.name, opened.error))
            self._close(opened.documents)
            self._print_next(printer)
            return
        work = PrintWork(printer, opened.documents, self._services.documents, self._tasks, self)
        work.ended.connect(partial(self._on_printed, printer, flow_id, opened))
        work.begin()

    def _on_printed(self, printer: QPrinter, flow_id: FlowId, opened: _Opened, error: AppError | None) -> None:
        self._close(opened.documents)
        if error is None:
            self._printed_count += 1
            self._tasks.start(partial(self._services.flows.note_printed, flow_id), owner=self)
        else:
            self._failures.append((opened.name, error))
            if error.code == "print.failed":
                # The printer accepts no page, so it would not print the other contracts either.
                self._left = ()
        self._print_next(printer)

    def _on_unread(self, error: AppError) -> None:
        self._failures.append((self.tr("Contract"), error))
        self._left = ()
        self._finish()

    def _close(self, documents: tuple[Document, ...]) -> None:
        for document in documents:
            self._tasks.start(partial(self._services.documents.close, document.id), owner=self, lane=Lane.PDF)

    def _finish(self) -> None:
        self._end()
        done, is_stopped = self._printed_count, self._cancel.is_cancelled
        if done or is_stopped:
            text = self.tr("Printing was stopped. {count} of {total} printed.") if is_stopped else ""
            self._messages.show_message(
                text.format(count=done, total=self._count) or self.tr("%n contract(s) printed.", "", done),
                MessageLevel.INFO if is_stopped else MessageLevel.SUCCESS,
                key="track.print",
            )
        if self._failures:
            # After a failure of the printer, the contracts behind it are not printed either.
            missing = len(self._failures) if is_stopped else self._count - done
            self._messages.show_message(
                self.tr("%n contract(s) couldn't be printed.", "", missing),
                MessageLevel.ERROR,
                remedy=failures_text(self._failures),
                key="track.print.failed",
            )


def _open_signed(services: Services, flow_id: FlowId, cancel: CancelToken) -> _Opened:
    """Open the signed files of a flow, and first download those that are missing. Raises StoreError.

    After a cancellation, the result has no error, but may lack files.
    """
    flows, documents = services.flows, services.documents
    record = flows.get(flow_id)
    name = contract_name(record.title, flows.customer_of(record))
    opened: list[Document] = []
    try:
        folder = usual_folder(services.preferences.download_folder)
        for path in flows.signed_files(flow_id, folder, cancel=cancel):
            document = documents.open_quickly(path)
            opened.append(document)
    except Cancelled:
        pass
    except AppError as error:
        return _Opened(name, tuple(opened), error)
    return _Opened(name, tuple(opened))
