"""The backup settings: the backup folder and its status, and restoring another computer's backup."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QLineEdit,
    QPushButton,
    QWidget,
)

from esign_desktop.domain.errors import AppError, StoreError
from esign_desktop.ui.settings.counter import add_row
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.text.backup import missing_sentences, restored_sentence
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.text.lists import one_after_another
from esign_desktop.ui.text.moments import china_time
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.deliberate import DeliberateButton
from esign_desktop.ui.widgets.file_dialogs import FileKind, choose_folder
from esign_desktop.ui.widgets.labels import ElidedLabel, PlainLabel, separator
from esign_desktop.ui.widgets.layouts import vbox
from esign_desktop.ui.widgets.notice_bar import MarkedText, MessageLevel
from esign_desktop.ui.widgets.theme import sized

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.services.backup.restoring import Computer, RestoringReport
    from esign_desktop.services.backup.service import BackupStatus, SecondFolder
    from esign_desktop.ui.tasks import TaskRunner

_PASSPHRASE_PX: Final = 220
_MB: Final = 1_000_000


class BackupForm(QWidget):
    """The form in which the user sets up the backup folder and restores the backup of another computer.

    ``changed`` is emitted when the folder has been changed, and when the user wants to back up now.
    """

    manual_page = "settings#backup"

    changed = Signal()

    def __init__(self, second_folder: SecondFolder, tasks: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._second_folder = second_folder
        self._tasks = tasks
        self._status = second_folder.status()
        self._folder: Path | None = None
        self._source: Path | None = None
        self._computers: tuple[Computer, ...] = ()
        self.is_busy = False
        self._standing = MarkedText(self, details_look="hint")
        self._status_label, self._restored = PlainLabel(self, is_wrapped=True), PlainLabel(self, is_wrapped=True)
        purpose = self.tr(
            "The list of contracts exists only on this computer. With a backup folder on a "
            "network share or USB drive, the list survives even if this computer fails. "
            "Contracts are backed up immediately; drafts, presets and accounts once a day. "
            "Everything is encrypted with a passphrase."
        )
        warning = self.tr(
            "Keep the passphrase somewhere other than this computer. Without it, no one can "
            "read the backup, not even you."
        )
        self._purpose = PlainLabel(self, one_after_another(purpose, warning), look="hint", is_wrapped=True)
        self.path, self._source_path = ElidedLabel(self), ElidedLabel(self)
        self.choose = QPushButton(self.tr("Choose folder…"), self)
        self.use = QPushButton(self.tr("Back up to this folder"), self)
        self.now = QPushButton(self.tr("Back up now"), self)
        self.stop = DeliberateButton(self, self.tr("Stop backup"))
        self.passphrase, self.again, self.old_passphrase = (QLineEdit(self) for _ in range(3))
        self.again.setAccessibleName(self.tr("Enter passphrase again"))
        self.choose_source = QPushButton(self.tr("Restore from backup…"), self)
        self.restore = QPushButton(self.tr("Restore"), self)
        self.computer = QComboBox(self)
        self._form, self._restoring = QFormLayout(), QFormLayout()
        self._lay_out()
        self._connect()
        self._show()
        self._show_text("")
        self._show_restored("")

    @property
    def status_text(self) -> str:
        """The result of the last action on the backup folder. Empty if there is none."""
        return self._status_label.text()

    @property
    def state_text(self) -> str:
        """The status of the backup that is shown. Empty without a backup folder."""
        return self._standing.text

    @property
    def restored(self) -> str:
        """The result of restoring a backup. Empty if there is none."""
        return self._restored.text()

    def read(self) -> None:
        """Show the current status of the backup."""
        self.show_status(self._second_folder.status())

    def show_status(self, status: BackupStatus) -> None:
        """Show a status of the backup."""
        self._status = status
        self._show()

    def set_folder(self, folder: Path) -> None:
        """Choose a folder for the backup. It is used only after the user has entered a passphrase."""
        self._folder = folder
        self._show()
        self.passphrase.setFocus()

    def set_source(self, folder: Path) -> None:
        """Find the computers whose backups are in a folder, in the background, and offer them for restoring."""
        second_folder = self._second_folder
        self._source, self._computers = folder, ()
        self._show_restored("")
        self._run(
            lambda: second_folder.restorer().computers(folder), self._on_computers_found, self._on_restoring_failed
        )

    def _lay_out(self) -> None:
        for edit in (self.passphrase, self.again, self.old_passphrase):
            edit.setEchoMode(QLineEdit.EchoMode.Password)
            edit.setFixedWidth(sized(_PASSPHRASE_PX))
        for form in (self._form, self._restoring):
            form.setContentsMargins(0, 0, 0, 0)
            form.setHorizontalSpacing(16)
            form.setVerticalSpacing(8)
        add_row(self._form, self.tr("Backup folder"), self.path, self.choose, is_first_wide=True)
        add_row(self._form, self.tr("Passphrase (enter twice)"), self.passphrase, self.again)
        add_row(self._form, "", self.use, self.now, self.stop)
        self._form.addRow("", self._status_label)
        source = self.tr("From another computer")
        add_row(self._restoring, source, self._source_path, self.choose_source, is_first_wide=True)
        self._restoring.addRow(self.tr("Computer"), self.computer)
        add_row(self._restoring, self.tr("Backup passphrase"), self.old_passphrase, self.restore)
        vbox(
            self._purpose,
            self._standing,
            self._form,
            separator(self),
            self._restoring,
            self._restored,
            spacing=12,
            parent=self,
        )

    def _connect(self) -> None:
        self.choose.clicked.connect(self._on_choose_clicked)
        self.choose_source.clicked.connect(self._on_choose_source_clicked)
        self.use.clicked.connect(self._on_use_clicked)
        self.now.clicked.connect(self.changed)
        self.stop.meant.connect(self._on_stop_meant)
        self.restore.clicked.connect(self._on_restore_clicked)
        self.again.returnPressed.connect(self._on_use_clicked)
        self.old_passphrase.returnPressed.connect(self._on_restore_clicked)
        for edit in (self.passphrase, self.again, self.old_passphrase):
            edit.textChanged.connect(self._show)

    def _show(self) -> None:
        status = self._status
        folder = str(self._folder) if self._folder is not None else status.folder
        self.path.setText(folder or self.tr("None: the list of contracts is only on this computer"))
        has_both = bool(self.passphrase.text()) and bool(self.again.text())
        self.use.setEnabled(bool(folder) and has_both and not self.is_busy)
        self.now.setVisible(bool(status.folder))
        self.stop.setVisible(bool(status.folder))
        self.stop.setEnabled(not self.is_busy)
        self._show_state()
        self._source_path.setText(str(self._source) if self._source is not None else "")
        has_source = bool(self._computers)
        for row in (1, 2):
            self._restoring.setRowVisible(row, has_source)
        self.choose_source.setEnabled(not self.is_busy)
        self.restore.setEnabled(has_source and bool(self.old_passphrase.text()) and not self.is_busy)

    def _show_state(self) -> None:
        status = self._status
        if not status.folder:
            self._standing.show_text(None)
            return
        title, details = self._sentences(status)
        is_well = not (status.code or status.is_forgetting_due or status.was_parted)
        self._standing.show_text(MessageLevel.SUCCESS if is_well else MessageLevel.WARNING, title, "\n".join(details))

    def _sentences(self, status: BackupStatus) -> tuple[str, list[str]]:
        """Return a sentence about a backup's status, and the details as a list of sentences."""
        details = []
        if status.code:
            sentence = error_sentence(StoreError(status.code))
            title = sentence.title
            if status.behind_since_ms is not None:
                behind = self.tr("Not backed up since {time}.").format(time=china_time(status.behind_since_ms))
                title = f"{title} {behind}"
            details.append(sentence.remedy)
        elif status.copied_at_ms is None:
            title = self.tr("Starting backup…")
        else:
            title = self.tr("All contracts are backed up as of {time}.").format(time=china_time(status.copied_at_ms))
        if status.daily_at_ms is not None:
            details.append(
                self.tr("Drafts, presets and accounts backed up {time}, {size} MB.").format(
                    time=china_time(status.daily_at_ms), size=f"{status.daily_bytes / _MB:.1f}"
                )
            )
        if status.left_out_count:
            left_out = self.tr("Draft documents not backed up (moved, changed or too large): {count}.")
            details.append(left_out.format(count=status.left_out_count))
        if status.is_forgetting_due:
            details.append(
                self.tr("People whose data was deleted here remain in the backup until the folder is available.")
            )
        if status.was_parted:
            details.append(error_sentence(StoreError("copy.two_computers")).text)
        if status.is_same_disk:
            details.append(
                self.tr("This folder is on the same disk as the program's data. If that disk fails, both are lost.")
            )
        if not status.is_key_kept:
            details.append(
                self.tr("This computer has no keyring, so you'll be asked for the passphrase at the next start.")
            )
        return title, details

    # Actions of the buttons

    def _on_choose_clicked(self) -> None:
        choose_folder(self, self.tr("Backup folder on a network share or USB drive"), FileKind.COPIES, self.set_folder)

    def _on_choose_source_clicked(self) -> None:
        choose_folder(self, self.tr("Folder with another computer's backup"), FileKind.COPIES, self.set_source)

    def _on_use_clicked(self) -> None:
        folder = self._folder or (Path(self._status.folder) if self._status.folder else None)
        if folder is None or not self.use.isEnabled():
            return
        if self.passphrase.text() != self.again.text():
            self._show_text(self.tr("The passphrases don't match. Enter them again."))
            return
        passphrase = self.passphrase.text()
        self._show_text(self.tr("Checking the folder…"))
        self._run(lambda: self._second_folder.name(folder, passphrase), self._on_named, self._on_naming_failed)

    def _on_named(self, status: BackupStatus) -> None:
        self.passphrase.clear()
        self.again.clear()
        self._on_folder_changed(status, "")

    def _on_folder_changed(self, status: BackupStatus, text: str) -> None:
        self._folder = None
        self._show_text(text)
        self.show_status(status)
        self.changed.emit()

    def _on_naming_failed(self, error: AppError) -> None:
        self._show_text(error_sentence(error).text)

    def _on_stop_meant(self) -> None:
        self._run(self._second_folder.give_up, self._on_given_up, self._on_naming_failed)

    def _on_given_up(self, status: BackupStatus) -> None:
        self._on_folder_changed(status, self.tr("Backup stopped. The files in the folder are kept."))

    def _on_computers_found(self, computers: tuple[Computer, ...]) -> None:
        self._computers = computers
        self.computer.clear()
        for one in computers:
            if one.changed_at_ms:
                text = self.tr("{name}, last backup {time}")
            else:
                text = self.tr("{name}, last backup time unknown")
            self.computer.addItem(text.format(name=one_line(one.name), time=china_time(one.changed_at_ms)))
        self._show()
        self.old_passphrase.setFocus()

    def _on_restore_clicked(self) -> None:
        if not self.restore.isEnabled():
            return
        second_folder = self._second_folder
        computer, passphrase = self._computers[self.computer.currentIndex()], self.old_passphrase.text()
        self._show_restored(self.tr("Restoring…"))
        self._run(
            lambda: second_folder.restorer().restore(computer, passphrase),
            self._on_restored,
            self._on_restoring_failed,
        )

    def _on_restored(self, report: RestoringReport) -> None:
        self.old_passphrase.clear()
        self._computers = ()
        again = self.tr("Restart the program to finish.")
        lines = (restored_sentence(report), again, *(f"• {line}" for line in missing_sentences(report)))
        self._show_restored("\n".join(lines))
        self._show()

    def _on_restoring_failed(self, error: AppError) -> None:
        self._show_restored(error_sentence(error).text)

    def _run(
        self, work: Callable[[], object], on_done: Callable[..., None], on_error: Callable[[AppError], None]
    ) -> None:
        def end(then: Callable[..., None], result: object) -> None:
            self.is_busy = False
            self._show()
            then(result)

        self.is_busy = True
        self._show()
        self._tasks.start(
            work, owner=self, on_done=partial(end, on_done), on_error=partial(end, on_error), lane=Lane.COPIES
        )

    def _show_text(self, text: str) -> None:
        self._status_label.setText(text)
        self._status_label.setVisible(bool(text))

    def _show_restored(self, text: str) -> None:
        self._restored.setText(text)
        self._restored.setVisible(bool(text))
