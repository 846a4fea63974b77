"""The second folder: where copies go, how they stand, and what is brought back from those of another computer."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from esign_desktop.domain.errors import AppError, StoreError
from esign_desktop.override import override
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.text.copies import brought_back, not_brought_back
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.text.moments import china_time
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.file_dialogs import FileKind, file_dialog
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.labels import ElidedLabel, PlainLabel
from esign_desktop.ui.widgets.theme import theme

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.services.copies.restoring import Computer, RestoringReport
    from esign_desktop.services.copies.service import CopyStatus, SecondFolder
    from esign_desktop.ui.tasks import TaskRunner

_PASSPHRASE_PX: Final = 220
_MB: Final = 1_000_000


class CopiesForm(QWidget):
    """``changed`` says that another folder is copied to, or none."""

    changed = Signal()

    def __init__(self, second_folder: SecondFolder, tasks: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._second_folder = second_folder
        self._tasks = tasks
        self._status = second_folder.status()
        self._folder: Path | None = None
        self._source: Path | None = None
        self._computers: tuple[Computer, ...] = ()
        self._is_busy = False
        self._words: Callable[[], str] = str
        self._restored_words: Callable[[], str] = str
        """What was said last, in words of the moment, since the language may change."""
        self._purpose, self._title, self._details, self._said, self._restored = (PlainLabel(self) for _ in range(5))
        self._mark = QLabel(self)
        self._path, self._source_path = ElidedLabel(self), ElidedLabel(self)
        self.choose, self.use, self.now, self.stop = (QPushButton(self) for _ in range(4))
        self.passphrase, self.again, self.old_passphrase = (QLineEdit(self) for _ in range(3))
        self.choose_source, self.restore = QPushButton(self), QPushButton(self)
        self.computer = QComboBox(self)
        self._labels = {name: QLabel(self) for name in ("folder", "passphrase", "source", "computer", "old")}
        self._form, self._restoring = QFormLayout(), QFormLayout()
        self._lay_out()
        self._connect()
        self.retranslate()
        self._tell(str)
        self._tell_restored(str)

    @property
    def said(self) -> str:
        """What became of the last thing that was asked for."""
        return self._said.text()

    @property
    def told(self) -> str:
        """How the copies stand, in words."""
        return f"{self._title.text()} {self._details.text()}".strip()

    @property
    def restored(self) -> str:
        """What was brought back, and what was not."""
        return self._restored.text()

    def read(self) -> None:
        """Show how the copies stand."""
        self.show_status(self._second_folder.status())

    def show_status(self, status: CopyStatus) -> None:
        """Show how the copies stand now."""
        self._status = status
        self._show()

    def set_folder(self, folder: Path) -> None:
        """Take a folder for copies; a passphrase is needed yet."""
        self._folder = folder
        self._show()
        self.passphrase.setFocus()

    def set_source(self, folder: Path) -> None:
        """Look whose copies lie in a folder."""
        second_folder = self._second_folder
        self._source, self._computers = folder, ()
        self._tell_restored(str)
        self._run(
            lambda: second_folder.restorer().computers(folder), self._on_computers_found, self._tell_restoring_failed
        )

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        elif event.type() == QEvent.Type.PaletteChange:
            self._show()
        super().changeEvent(event)

    def retranslate(self) -> None:
        """Set all texts in the language of the window."""
        purpose = self.tr(
            "The list of contracts exists on this computer alone. In a second folder, on a share or a stick, it"
            " outlives the computer: every contract at once, drafts, presets and accounts once a day. All of it is"
            " encrypted with a passphrase."
        )
        warning = self.tr("Keep it where this computer is not: without it nobody can read the copies, not you either.")
        self._purpose.setText(f"{purpose} {warning}")
        for name, text in (
            ("folder", self.tr("Second folder")),
            ("passphrase", self.tr("Passphrase, twice")),
            ("source", self.tr("From another computer")),
            ("computer", self.tr("Whose")),
            ("old", self.tr("Its passphrase")),
        ):
            self._labels[name].setText(text)
        self.again.setAccessibleName(self.tr("Passphrase, again"))
        self.choose.setText(self.tr("Choose folder…"))
        self.use.setText(self.tr("Copy there from now on"))
        self.now.setText(self.tr("Copy now"))
        self.stop.setText(self.tr("Copy no more"))
        self.choose_source.setText(self.tr("Bring back from copies…"))
        self.restore.setText(self.tr("Bring back"))
        self._said.setText(self._words())
        self._restored.setText(self._restored_words())
        self._show()

    def _lay_out(self) -> None:
        for label in (self._purpose, self._title, self._details, self._said, self._restored):
            label.setWordWrap(True)
        for label in (self._purpose, self._details):
            label.setObjectName("hint")
        for edit in (self.passphrase, self.again, self.old_passphrase):
            edit.setEchoMode(QLineEdit.EchoMode.Password)
            edit.setFixedWidth(_PASSPHRASE_PX)
        status, texts = QHBoxLayout(), QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self._title)
        texts.addWidget(self._details)
        status.setSpacing(8)
        status.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        status.addLayout(texts, 1)
        for form in (self._form, self._restoring):
            form.setContentsMargins(0, 0, 0, 0)
            form.setHorizontalSpacing(16)
            form.setVerticalSpacing(8)
        self._form.addRow(self._labels["folder"], _row(self._path, self.choose, is_wide=True))
        self._form.addRow(self._labels["passphrase"], _row(self.passphrase, self.again))
        self._form.addRow("", _row(self.use, self.now, self.stop))
        self._form.addRow("", self._said)
        self._restoring.addRow(self._labels["source"], _row(self._source_path, self.choose_source, is_wide=True))
        self._restoring.addRow(self._labels["computer"], self.computer)
        self._restoring.addRow(self._labels["old"], _row(self.old_passphrase, self.restore))
        for name, buddy in (
            ("folder", self.choose),
            ("passphrase", self.passphrase),
            ("source", self.choose_source),
            ("computer", self.computer),
            ("old", self.old_passphrase),
        ):
            self._labels[name].setBuddy(buddy)
        line = QFrame(self)
        line.setFrameShape(QFrame.Shape.HLine)
        line.setObjectName("separator")
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(12)
        rows.addWidget(self._purpose)
        rows.addLayout(status)
        rows.addLayout(self._form)
        rows.addWidget(line)
        rows.addLayout(self._restoring)
        rows.addWidget(self._restored)

    def _connect(self) -> None:
        self.choose.clicked.connect(self._on_choose_clicked)
        self.choose_source.clicked.connect(self._on_choose_source_clicked)
        self.use.clicked.connect(self._on_use_clicked)
        self.now.clicked.connect(self.changed)
        self.stop.clicked.connect(self._on_stop_clicked)
        self.restore.clicked.connect(self._on_restore_clicked)
        self.again.returnPressed.connect(self._on_use_clicked)
        self.old_passphrase.returnPressed.connect(self._on_restore_clicked)
        for edit in (self.passphrase, self.again, self.old_passphrase):
            edit.textChanged.connect(self._show)

    def _show(self) -> None:
        status = self._status
        folder = str(self._folder) if self._folder is not None else status.folder
        self._path.setText(folder or self.tr("None: the list is on this computer alone"))
        has_both = bool(self.passphrase.text()) and bool(self.again.text())
        self.use.setEnabled(bool(folder) and has_both and not self._is_busy)
        self.now.setVisible(bool(status.folder))
        self.stop.setVisible(bool(status.folder))
        self.stop.setEnabled(not self._is_busy)
        self._show_standing()
        self._source_path.setText(str(self._source) if self._source is not None else "")
        has_source = bool(self._computers)
        for row in (1, 2):
            self._restoring.setRowVisible(row, has_source)
        self.choose_source.setEnabled(not self._is_busy)
        self.restore.setEnabled(has_source and bool(self.old_passphrase.text()) and not self._is_busy)

    def _show_standing(self) -> None:
        status = self._status
        title, details, is_well = self._standing(status) if status.folder else ("", [], True)
        for widget in (self._mark, self._title, self._details):
            widget.setVisible(bool(title))
        name, colour = ("check", theme().success) if is_well else ("warning", theme().warning_ink)
        self._mark.setPixmap(icon(name, colour).pixmap(QSize(18, 18)))
        self._title.setText(title)
        self._details.setText("\n".join(details))
        self._details.setVisible(bool(details))

    def _standing(self, status: CopyStatus) -> tuple[str, list[str], bool]:
        """Return how the copies stand: in a sentence, more of it, and whether it is well."""
        details = []
        if status.code:
            sentence = error_sentence(StoreError(status.code))
            title = sentence.title
            if status.behind_since_ms is not None:
                behind = self.tr("The copies are behind since {time}.").format(time=china_time(status.behind_since_ms))
                title = f"{title} {behind}"
            details.append(sentence.remedy)
        elif status.copied_at_ms is None:
            title = self.tr("Copying begins…")
        else:
            title = self.tr("Every contract is in the second folder, as of {time}.").format(
                time=china_time(status.copied_at_ms)
            )
        if status.daily_at_ms is not None:
            details.append(
                self.tr("Drafts, presets and accounts as of {time}, {size} MB.").format(
                    time=china_time(status.daily_at_ms), size=f"{status.daily_bytes / _MB:.1f}"
                )
            )
        if status.left_out_count:
            left_out = self.tr("Documents of drafts that are left out, gone, changed or too large: {count}.")
            details.append(left_out.format(count=status.left_out_count))
        if status.is_forgetting_due:
            details.append(
                self.tr("Somebody who was forgotten here is in the copies still, until the folder can be reached.")
            )
        if status.was_parted:
            sentence = error_sentence(StoreError("copy.two_computers"))
            details.append(f"{sentence.title} {sentence.remedy}")
        if status.is_same_disk:
            details.append(
                self.tr("This folder is on the same disk as the program's data: it does not outlive a broken disk.")
            )
        if not status.is_key_kept:
            details.append(self.tr("There is no keyring: the passphrase is asked for again at the next start."))
        return title, details, not (status.code or status.is_forgetting_due or status.was_parted)

    # What is pressed.

    def _on_choose_clicked(self) -> None:
        self._choose(self.tr("Second folder, on a share or a stick"), self.set_folder)

    def _on_choose_source_clicked(self) -> None:
        self._choose(self.tr("Folder with the copies of another computer"), self.set_source)

    def _choose(self, title: str, then: Callable[[Path], None]) -> None:
        dialog = file_dialog(self, title, FileKind.COPIES)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(partial(_pass_on, then))
        dialog.open()

    def _on_use_clicked(self) -> None:
        folder = self._folder or (Path(self._status.folder) if self._status.folder else None)
        if folder is None or not self.use.isEnabled():
            return
        if self.passphrase.text() != self.again.text():
            self._tell(lambda: self.tr("The two passphrases differ: type them once more."))
            return
        passphrase = self.passphrase.text()
        self._tell(lambda: self.tr("Looking at the folder…"))
        self._run(lambda: self._second_folder.name(folder, passphrase), self._on_named, self._on_naming_failed)

    def _on_named(self, status: CopyStatus) -> None:
        self._folder = None
        self.passphrase.clear()
        self.again.clear()
        self._tell(str)
        self.show_status(status)
        self.changed.emit()

    def _on_naming_failed(self, error: AppError) -> None:
        self._tell(partial(_words_of, error))

    def _on_stop_clicked(self) -> None:
        self._run(self._second_folder.give_up, self._on_given_up, self._on_naming_failed)

    def _on_given_up(self, status: CopyStatus) -> None:
        self._folder = None
        self._tell(lambda: self.tr("Nothing is copied any more. What lies in the folder stays there."))
        self.show_status(status)
        self.changed.emit()

    def _on_computers_found(self, computers: tuple[Computer, ...]) -> None:
        self._computers = computers
        self.computer.clear()
        for one in computers:
            if one.changed_at_ms:
                text = self.tr("{name}, last copied {time}")
            else:
                text = self.tr("{name}, last copied at an unknown time")
            self.computer.addItem(text.format(name=one_line(one.name), time=china_time(one.changed_at_ms)))
        self._show()
        self.old_passphrase.setFocus()

    def _on_restore_clicked(self) -> None:
        if not self.restore.isEnabled():
            return
        second_folder = self._second_folder
        computer, passphrase = self._computers[self.computer.currentIndex()], self.old_passphrase.text()
        self._tell_restored(lambda: self.tr("Bringing back…"))
        self._run(
            lambda: second_folder.restorer().bring_back(computer, passphrase),
            self._on_restored,
            self._tell_restoring_failed,
        )

    def _on_restored(self, report: RestoringReport) -> None:
        self.old_passphrase.clear()
        self._computers = ()

        def words() -> str:
            again = self.tr("Close the program and start it again: then everything is in its place.")
            return "\n".join((brought_back(report), again, *(f"• {line}" for line in not_brought_back(report))))

        self._tell_restored(words)
        self._show()

    def _tell_restoring_failed(self, error: AppError) -> None:
        self._tell_restored(partial(_words_of, error))

    def _run(
        self, work: Callable[[], object], on_done: Callable[..., None], on_error: Callable[[AppError], None]
    ) -> None:
        self._is_busy = True
        self._show()

        def done(result: object) -> None:
            self._is_busy = False
            self._show()
            on_done(result)

        def failed(error: AppError) -> None:
            self._is_busy = False
            self._show()
            on_error(error)

        self._tasks.start(work, owner=self, on_done=done, on_error=failed, lane=Lane.COPIES)

    def _tell(self, words: Callable[[], str]) -> None:
        self._words = words
        self._said.setText(words())
        self._said.setVisible(bool(words()))

    def _tell_restored(self, words: Callable[[], str]) -> None:
        self._restored_words = words
        self._restored.setText(words())
        self._restored.setVisible(bool(words()))


def _pass_on(then: Callable[[Path], None], folder: str) -> None:
    then(Path(folder))


def _words_of(error: AppError) -> str:
    sentence = error_sentence(error)
    return f"{sentence.title} {sentence.remedy}"


def _row(*widgets: QWidget, is_wide: bool = False) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    for index, widget in enumerate(widgets):
        row.addWidget(widget, 1 if is_wide and index == 0 else 0)
    if not is_wide:
        row.addStretch(1)
    return row
