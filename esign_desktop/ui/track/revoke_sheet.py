"""Provide the dialog that asks before several contracts are revoked, and shows the progress and the failures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from esign_desktop.domain.environment import Environment, is_elsewhere
from esign_desktop.domain.errors import AppError
from esign_desktop.domain.flow import FlowId, FlowRecord
from esign_desktop.override import override
from esign_desktop.ui.text.environment import environment_name
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.text.flow import flow_signer_name
from esign_desktop.ui.text.lists import listed, one_after_another
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.deliberate import DeliberateButton, style_send_button
from esign_desktop.ui.widgets.environment_banner import EnvironmentBanner
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.layouts import FittingDialog, fit_on_screen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from esign_desktop.services.flows.rows import FlowRow

_SIZE_PX: Final = (560, 480)


@dataclass(frozen=True, slots=True)
class RevocationReport:
    """The result of revoking several flows.

    ``records`` are the revoked flows, ``failures`` the errors of other flows, and ``left`` the ids of the flows that
    were not tried because the user stopped.
    """

    records: tuple[FlowRecord, ...]
    failures: dict[FlowId, AppError]
    left: frozenset[FlowId] = frozenset()


class RevokeSheet(FittingDialog):
    """Lists the contracts that will be revoked, and shows progress and result. It does not revoke contracts itself.

    The user can stop the revocation between two contracts with the *Stop* button, or by closing the dialog. The dialog
    is deleted when it is closed.
    """

    manual_page = "track#revoke"

    confirmed = Signal()
    """Emitted once, when the user confirms the revocation."""
    stop_requested = Signal()
    """Emitted when the user stops a running revocation."""

    def __init__(self, rows: Sequence[FlowRow], here: Environment | None, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self._rows = tuple(rows)
        self._is_running = False
        self._report: RevocationReport | None = None
        self._title = PlainLabel(self, look="sectionTitle", is_wrapped=True)
        banners: list[EnvironmentBanner] = []
        for kind in dict.fromkeys(row.environment for row in self._rows):
            home = Environment(kind, "")
            if is_elsewhere(home, here):
                banner = EnvironmentBanner(self)
                banner.show_contract(home, here)
                banners.append(banner)
        self._list = QListWidget(self)
        self._list.setAccessibleName(self.tr("Contracts that will be revoked"))
        self._list.setSelectionMode(QListWidget.SelectionMode.NoSelection)
        self._list.setWordWrap(True)
        self._list.setTextElideMode(Qt.TextElideMode.ElideNone)
        self._bar = QProgressBar(self)
        self._bar.setRange(0, len(self._rows))
        self._bar.setTextVisible(False)
        self._bar.hide()
        self._revoke, self._close = DeliberateButton(self), QPushButton(self)
        self._revoke.setObjectName("primary")
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self._close)
        row.addWidget(self._revoke)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 16)
        column.setSpacing(12)
        column.addWidget(self._title)
        for banner in banners:
            column.addWidget(banner)
        column.addWidget(self._list, 1)
        column.addWidget(self._bar)
        column.addLayout(row)
        self.setWindowTitle(self.tr("Revoke contracts"))
        self._bar.setAccessibleName(self.windowTitle())
        fit_on_screen(self, *_SIZE_PX)
        self._revoke.meant.connect(self._on_revoke_meant)
        self._close.clicked.connect(self._on_close_clicked)
        self._show()
        self._close.setFocus()

    def show_progress(self, done_count: int) -> None:
        """Show the number of contracts processed so far, whether revoked or failed."""
        self._bar.setValue(done_count)

    def show_report(self, report: RevocationReport) -> None:
        """Show the result: the number of revoked contracts, and the others with their errors."""
        self._is_running = False
        self._report = report
        self._bar.hide()
        self._show()

    @override
    def reject(self) -> None:
        if self._is_running:
            self.stop_requested.emit()
        super().reject()

    def _show(self) -> None:
        report, count = self._report, len(self._rows)
        if report is not None:
            self._title.setText(self._outcome(report))
        elif self._is_running:
            self._title.setText(self.tr("Revoking %n contract(s)…", "", count))
        else:
            self._title.setText(self.tr("Revoke %n contract(s) for all signers? This can't be undone.", "", count))
        self._revoke.setText(self.tr("Revoke %n contract(s)", "", count))
        self._revoke.setVisible(report is None and not self._is_running)
        style_send_button(self._revoke, is_binding=True)
        close = self.tr("Stop") if self._is_running else self.tr("Don't revoke")
        self._close.setText(close if report is None else self.tr("Close"))
        failures = report.failures if report is not None else {}
        self._list.clear()
        for row in self._rows:
            error = failures.get(row.flow_id)
            if report is None or error is not None or row.flow_id in report.left:
                self._list.addItem(QListWidgetItem(self._line(row, error)))
        self._list.setVisible(self._list.count() > 0)

    def _outcome(self, report: RevocationReport) -> str:
        sentences = [self.tr("%n contract(s) revoked.", "", len(report.records))]
        if report.failures:
            sentences.append(self.tr("%n contract(s) couldn't be revoked:", "", len(report.failures)))
        if report.left:
            sentences.append(self.tr("%n contract(s) not revoked because you stopped.", "", len(report.left)))
        return one_after_another(*sentences)

    def _line(self, row: FlowRow, error: AppError | None) -> str:
        names = listed(flow_signer_name(state.signer) for state in row.states)
        line = f"{one_line(row.title)} · {names} · {environment_name(row.environment)}"
        return f"{line} — {one_line(error_sentence(error).title)}" if error is not None else line

    def _on_revoke_meant(self) -> None:
        if not self._is_running and self._report is None:
            self._is_running = True
            self._bar.show()
            self._show()
            self.confirmed.emit()

    def _on_close_clicked(self) -> None:
        if self._is_running:
            self.stop_requested.emit()
        else:
            self.close()
