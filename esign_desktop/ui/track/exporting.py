"""Export contracts of the list to a file."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.services.flows.exporting import FlowTableWords, export_flows
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.text.environment import environment_name
from esign_desktop.ui.text.flow import flow_status_word, signer_status_word
from esign_desktop.ui.widgets.file_dialogs import FileKind, FileType, choose_target
from esign_desktop.ui.widgets.notice_bar import MessageLevel

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.flow import FlowId
    from esign_desktop.services.catalogue import Services
    from esign_desktop.ui.tasks import TaskRunner
    from esign_desktop.ui.widgets.notice_bar import Messages


class FlowExport(QObject):
    """Asks the user for a target file, writes contracts to it in the background, and shows their number or an error."""

    def __init__(self, services: Services, tasks: TaskRunner, messages: Messages, parent: QWidget) -> None:
        super().__init__(parent)
        self._services = services
        self._tasks = tasks
        self._messages = messages
        self._window = parent

    def ask(self, flow_ids: Sequence[FlowId]) -> None:
        """Ask the user for a target file, then write the flows with these ids to it. Do nothing if the user cancels."""
        choose_target(
            self._window,
            self.tr("Export contracts"),
            FileKind.REPORT,
            (FileType.XLSX, FileType.CSV, FileType.JSON),
            partial(self.write, tuple(flow_ids)),
            suffix="xlsx",
        )

    def write(self, flow_ids: tuple[FlowId, ...], target: Path) -> None:
        """Write the flows with these ids to a file in the background.

        The suffix selects the format: XLSX, CSV or JSON.
        """
        services, words = self._services, self._words()
        self._tasks.start(
            lambda: export_flows(flow_ids, services.flows, services.results, words, target),
            owner=self,
            on_done=self._on_written,
            on_error=self._on_failed,
            lane=Lane.SEARCH,
        )

    def _words(self) -> FlowTableWords:
        return FlowTableWords(
            (
                *(self.tr("Contract"), self.tr("Customer"), self.tr("Status"), self.tr("Signers"), self.tr("Sent")),
                *(self.tr("Due"), self.tr("Environment"), self.tr("Flow number"), self.tr("Reference")),
            ),
            {kind: environment_name(kind) for kind in EnvironmentKind},
            flow_status_word,
            signer_status_word,
        )

    def _on_failed(self, error: AppError) -> None:
        self._messages.show_message(error, key="export")

    def _on_written(self, count: int) -> None:
        self._messages.show_message(self.tr("%n contract(s) exported.", "", count), MessageLevel.SUCCESS, key="export")
