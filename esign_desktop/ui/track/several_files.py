"""Download the signed files of several contracts, and merge them into one PDF."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from esign_desktop.domain.errors import AppError, Cancelled, CancelToken
from esign_desktop.domain.flow import FlowRecord
from esign_desktop.services.flows.merging import MergeReport, merge_signed
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.text.flow import contract_name
from esign_desktop.ui.widgets.file_dialogs import FileKind, FileType, choose_target, usual_folder
from esign_desktop.ui.widgets.notice_bar import MessageLevel

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

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
    """Download the signed files of flows. A flow that fails does not stop the others. Raises StoreError.

    ``report_progress`` receives the number of the flow, counted from 1, and the bytes downloaded so far and in total.
    After a cancellation, the result contains the flows up to then. The call blocks on the store and the network.
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
