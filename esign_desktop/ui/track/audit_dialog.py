"""Provide the dialog that shows and exports the audit log of this computer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from esign_desktop.domain.audit import AuditAction, AuditCheck, AuditEntry
from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.errors import AppError
from esign_desktop.services.audit import AuditWords
from esign_desktop.ui.text.environment import environment_name
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.text.flow import with_forgotten
from esign_desktop.ui.text.moments import china_time
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.file_dialogs import FileKind, FileType, choose_target
from esign_desktop.ui.widgets.labels import PlainLabel, plain_tip
from esign_desktop.ui.widgets.layouts import FittingDialog, fit_on_screen
from esign_desktop.ui.widgets.notice_bar import MessageLevel
from esign_desktop.ui.widgets.tables import TONE_ROLE, set_up_table
from esign_desktop.ui.widgets.theme import set_tone

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.services.catalogue import Services
    from esign_desktop.ui.tasks import TaskRunner
    from esign_desktop.ui.widgets.notice_bar import Messages

_SHOWN: Final = 500
_COLUMNS: Final = 6
_OUTCOME: Final = 5
_MOST_OUTCOME_PX: Final = 260


def check_sentence(check: AuditCheck) -> str:
    """Return a sentence that states whether the audit log is intact. May be called on any thread.

    If it is intact, the sentence contains the checksum and the number of lines from which a deleted person's name was
    erased.
    """
    if check.broken_at is not None:
        return QCoreApplication.translate(
            "AuditDialog", "Line {number} was changed, or a line before it is missing."
        ).format(number=check.broken_at)
    told = QCoreApplication.translate(
        "AuditDialog", "The log is complete: no lines were changed or removed. Checksum: {seal}"
    )
    forgotten = QCoreApplication.translate(
        "AuditDialog", "Lines from which a deleted person's name was erased: {count}."
    )
    more = f" {forgotten.format(count=check.forgotten)}" if check.forgotten else ""
    return told.format(seal=check.seal or "—") + more


class AuditDialog(FittingDialog):
    """Shows the latest 500 lines of the audit log, and whether the log is intact. An export contains all lines.

    Lines are read and checked in the background. The dialog is deleted when it is closed.
    """

    manual_page = "track#the-audit-log"

    def __init__(
        self, services: Services, tasks: TaskRunner, messages: Messages, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._services = services
        self._tasks = tasks
        self._messages = messages
        self._filter = QLineEdit(self)
        self._filter.setClearButtonEnabled(True)
        self._filter.setPlaceholderText(self.tr("Filter by any word"))
        self._filter.setAccessibleName(self._filter.placeholderText())
        self._table = QTableWidget(0, _COLUMNS, self)
        self._export = QPushButton(self.tr("&Export as CSV…"), self)
        self._whole = PlainLabel(self, is_wrapped=True)
        self.setWindowTitle(self.tr("Audit log of this computer"))
        self._table.setHorizontalHeaderLabels(
            [
                *(self.tr("When"), self.tr("User"), self.tr("Action")),
                *(self.tr("Contract"), self.tr("Environment"), self.tr("Outcome")),
            ]
        )
        self._table.setAccessibleName(self.windowTitle())
        set_up_table(self._table, row_px=30)
        self._table.setAlternatingRowColors(True)
        header = self._table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setMaximumSectionSize(_MOST_OUTCOME_PX)
        header.setSectionResizeMode(3, QHeaderView.ResizeMode.Stretch)
        buttons = QHBoxLayout()
        buttons.addWidget(self._whole, 1)
        buttons.addWidget(self._export)
        column = QVBoxLayout(self)
        column.addWidget(self._filter)
        column.addWidget(self._table)
        column.addLayout(buttons)
        fit_on_screen(self, 960, 560)
        self._filter.textChanged.connect(self._show_filtered)
        self._export.clicked.connect(self._on_export_clicked)
        self._read()

    def _read(self) -> None:
        log = self._services.audit_log
        if log is not None:
            self._tasks.start(
                lambda: log.entries(limit=_SHOWN), owner=self, on_done=self._on_read, on_error=self._on_failed
            )
            self._whole.setText(self.tr("Checking the log for changes…"))
            self._tasks.start(log.check, owner=self, on_done=self._on_checked, on_error=self._on_failed)

    def _on_read(self, entries: tuple[AuditEntry, ...]) -> None:
        self._table.setRowCount(len(entries))
        for row, entry in enumerate(entries):
            for column, text in enumerate(self._texts(entry)):
                item = QTableWidgetItem(text)
                if column == _OUTCOME and entry.outcome:
                    item.setData(TONE_ROLE, "danger")
                    # The tool tip also shows the error code, for which support may ask.
                    item.setToolTip(plain_tip(f"{text} ({one_line(entry.outcome)})"))
                self._table.setItem(row, column, item)

        self._show_filtered()

    def _show_filtered(self) -> None:
        wanted = self._filter.text().strip().casefold()
        for row in range(self._table.rowCount()):
            items = (self._table.item(row, column) for column in range(_COLUMNS))
            texts = " ".join(item.text() for item in items if item is not None)
            self._table.setRowHidden(row, wanted not in texts.casefold())

    def _on_checked(self, check: AuditCheck) -> None:
        self._whole.setText(check_sentence(check))
        set_tone(self._whole, "" if check.is_whole else "danger")

    def _texts(self, entry: AuditEntry) -> tuple[str, ...]:
        kinds = {kind.value: kind for kind in EnvironmentKind}
        kind = kinds.get(str(entry.environment))
        return (
            china_time(entry.at_ms),
            one_line(entry.who),
            self._action(str(entry.action)),
            self._about(entry),
            environment_name(kind) if kind is not None else "",
            self._outcome(entry.outcome),
        )

    def _outcome(self, code: str) -> str:
        if not code:
            return self.tr("done")
        return self.tr("wrong PIN") if code == "pin.wrong" else one_line(error_sentence(AppError(code)).title)

    def _about(self, entry: AuditEntry) -> str:
        if entry.action == AuditAction.SECRET.value:
            kinds = {kind.value: kind for kind in EnvironmentKind}
            return environment_name(kinds[entry.title]) if entry.title in kinds else one_line(entry.title)
        if entry.action == AuditAction.FORGOTTEN.value:
            # The title also contains a digest of the changed lines, which is only for verification.
            count = entry.title.partition(" · ")[0]
            return self.tr("changed lines: {count}").format(count=count) if count else ""
        if entry.action in {AuditAction.EXPORTED.value, AuditAction.PRINTED.value}:
            return self._kinds().get(entry.title) or with_forgotten(one_line(entry.title))
        if entry.action != AuditAction.SETTING.value:
            return with_forgotten(one_line(entry.title))
        words = {
            "counter_pin": self.tr("Counter PIN"),
            "download_folder": self.tr("folder for signed files"),
            "downloads_by_itself": self.tr("automatic download"),
            "notice_port": self.tr("platform notification receiver"),
            "brand_text": self.tr("organization name on the customer's screen"),
            "second_folder": self.tr("backup folder"),
            "tier_index": self.tr("price list"),
            "own_tier": self.tr("price list"),
            "brand_picture": self.tr("logo on the customer's screen"),
            "environment.chosen": self.tr("environment switched"),
        }
        if entry.title in words or not entry.title.startswith("environment."):
            return words.get(entry.title, one_line(entry.title))
        return self.tr("environment address or project")

    def _kinds(self) -> dict[str, str]:
        """Return the translated names of the kinds of exports and printouts, keyed by the titles of the log's lines."""
        return {
            "audit": self.tr("audit log"),
            "contracts": self.tr("list of contracts"),
            "bulk": self.tr("bulk send result"),
            "contacts": self.tr("contacts"),
            "shift": self.tr("shift sheet"),
            "reminders": self.tr("reminders with signing links"),
            "merged": self.tr("signed files merged into one"),
            "signed": self.tr("signed file"),
            "code": self.tr("QR code"),
        }

    def _action(self, action: str) -> str:
        return self._actions().get(action, one_line(action))

    def _actions(self) -> dict[str, str]:
        return {
            AuditAction.SENT.value: self.tr("sent"),
            AuditAction.REVOKED.value: self.tr("revoked"),
            AuditAction.DOWNLOADED.value: self.tr("downloaded"),
            AuditAction.ORIGINAL_DOWNLOADED.value: self.tr("original downloaded"),
            AuditAction.CORRECTED.value: self.tr("opened for correction"),
            AuditAction.EXPORTED.value: self.tr("exported"),
            AuditAction.PRINTED.value: self.tr("printed"),
            AuditAction.HANDED_OVER.value: self.tr("customer received from banking system"),
            AuditAction.CONTACTS_IMPORTED.value: self.tr("contacts imported"),
            AuditAction.FORGOTTEN.value: self.tr("person deleted"),
            AuditAction.RESTORED.value: self.tr("data restored"),
            AuditAction.POLICY.value: self.tr("management policy in effect"),
            AuditAction.BULK_BEGUN.value: self.tr("bulk send started"),
            AuditAction.BULK.value: self.tr("bulk send"),
            AuditAction.PRESET_SAVED.value: self.tr("preset saved"),
            AuditAction.PRESET_DELETED.value: self.tr("preset deleted"),
            AuditAction.PRESET_IMPORTED.value: self.tr("preset imported"),
            AuditAction.PRESET_SHARED.value: self.tr("preset from the shared folder"),
            AuditAction.PRESET_KEY.value: self.tr("preset shortcut key set"),
            AuditAction.SETTING.value: self.tr("setting changed"),
            AuditAction.SECRET.value: self.tr("project secret changed"),
            AuditAction.PIN_WRONG.value: self.tr("wrong counter PIN"),
            AuditAction.PIN_SET.value: self.tr("teller PIN changed"),
            AuditAction.TELLER.value: self.tr("teller list changed"),
            AuditAction.SIGNED_IN.value: self.tr("teller signed in"),
            AuditAction.APPROVED.value: self.tr("approved by a second person"),
            AuditAction.DOUBT_CONFIRMED.value: self.tr("sent despite differences from the document"),
        }

    def _words(self) -> AuditWords:
        """Return the headings and translated words of the exported table."""
        return AuditWords(
            (
                *(self.tr("When"), self.tr("User"), self.tr("Action"), self.tr("Environment")),
                *(self.tr("Contract"), self.tr("Flow number"), self.tr("Outcome"), self.tr("Checksum")),
            ),
            self._actions(),
            {kind.value: environment_name(kind) for kind in EnvironmentKind},
            self._outcome,
            check_sentence,
        )

    def _on_export_clicked(self) -> None:
        title = self.tr("Export the log")
        choose_target(self, title, FileKind.REPORT, (FileType.CSV,), self._on_file_selected, suffix="csv")

    def _on_file_selected(self, target: Path) -> None:
        log = self._services.audit_log
        if log is not None:
            words = self._words()
            self._tasks.start(
                lambda: log.export(target, words), owner=self, on_done=self._on_exported, on_error=self._on_failed
            )

    def _on_exported(self, count: int) -> None:
        self._messages.show_message(self.tr("%n line(s) exported.", "", count), MessageLevel.SUCCESS)
        self._read()

    def _on_failed(self, error: AppError) -> None:
        self._messages.show_message(error)
