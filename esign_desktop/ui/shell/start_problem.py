"""Provide the window that is shown in place of the main window if the program's data can't be used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QDialogButtonBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from esign_desktop.ui.text.backup import CopyOfferWords
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.widgets.deliberate import DeliberateButton
from esign_desktop.ui.widgets.file_dialogs import FileKind, choose_folder
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.layouts import FittingDialog, vbox
from esign_desktop.ui.widgets.opening import open_path
from esign_desktop.ui.widgets.theme import sized, theme

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.domain.errors import AppError
    from esign_desktop.services.backup.rebuilding import CopyOffer


class StartProblem(FittingDialog):
    """Explains why the program can't start, and offers what the user can do, with buttons that apply to the error."""

    manual_page = "troubles#starting-and-the-computer-itself"

    retry_requested = Signal()
    """Emitted when the user wants to try again."""
    start_empty_requested = Signal()
    """Emitted when the user wants to set the damaged database aside and start with an empty one."""
    folder_chosen = Signal(object)
    """Carries the ``Path`` of another data folder, with which the program is to start."""
    go_back_requested = Signal(object)
    """Carries the ``CopyOffer`` of the copy from before the upgrade, with which the user wants to continue."""

    def __init__(
        self, error: AppError, data_dir: Path, offer: CopyOffer | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._data_dir = data_dir
        self._offer = offer
        sentence = error_sentence(error)
        self.setWindowTitle(self.tr("esign-desktop"))
        mark = QLabel(self)
        mark.setPixmap(icon("error", theme().danger).pixmap(QSize(32, 32)))
        self._title = PlainLabel(self, sentence.title, look="sectionTitle")
        texts = QVBoxLayout()
        texts.setSpacing(8)
        is_elsewhere = error.code == "store.network_folder"
        can_move = is_elsewhere or error.code == "store.unwritable"
        # The folder is shown, because it may be unknown to the user: a home folder can be on a network share.
        lasting = self.tr(
            "The other folder is used only this time. To keep using it, start the program with --data-dir."
        )
        places = (PlainLabel(self, str(data_dir)), PlainLabel(self, lasting)) if can_move else ()
        offered = [PlainLabel(self, text) for text in CopyOfferWords().of(offer)] if offer is not None else []
        remedy = PlainLabel(self, sentence.remedy)
        self._details = sentence.detail
        self._unopened = PlainLabel(self, look="hint", is_live=True)
        self._unopened.hide()
        for label in (self._title, remedy, *places, *offered, self._unopened):
            label.setWordWrap(True)
            label.setMinimumWidth(sized(420))
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            texts.addWidget(label)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(texts, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self._retry = QPushButton(self.tr("Try again"), self)
        self._folder = QPushButton(self.tr("Open data folder"), self)
        self._copy = QPushButton(self.tr("Copy technical details"), self)
        self._other = QPushButton(self.tr("Use another folder…"), self)
        self._empty = DeliberateButton(self, self.tr("Start over and keep damaged data"))
        self._go_back = DeliberateButton(self, self.tr("Start with this backup"))
        for button in (self._retry, self._folder, self._other, self._copy, self._empty, self._go_back):
            buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        self._retry.setVisible(error.retryable or error.code in {"store.locked", "store.unwritable"})
        self._other.setVisible(can_move)
        self._empty.setVisible(error.code == "store.damaged")
        self._go_back.setVisible(offer is not None)
        # On a network share, there is no data of the program yet, and an unavailable share would block the window.
        self._folder.setVisible(not is_elsewhere and error.code.startswith("store."))
        vbox(row, buttons, spacing=16, margins=(24, 20, 24, 16), parent=self)
        buttons.rejected.connect(self.reject)
        self._retry.clicked.connect(self.retry_requested)
        self._folder.clicked.connect(self._on_folder_clicked)
        self._other.clicked.connect(self._on_other_clicked)
        self._copy.clicked.connect(self._on_copy_clicked)
        self._empty.meant.connect(self.start_empty_requested)
        self._go_back.meant.connect(self._on_go_back_meant)
        # The main window, which gives F1 to other windows, does not exist yet.
        QShortcut(QKeySequence("F1"), self).activated.connect(self._on_manual_activated)

    @property
    def title(self) -> str:
        """The sentence that states the problem."""
        return self._title.text()

    def _on_manual_activated(self) -> None:
        from esign_desktop.ui.shell.manual import ManualWindow

        manual = ManualWindow(self)
        manual.show_page(self.manual_page)
        manual.show()

    def _on_go_back_meant(self) -> None:
        self.go_back_requested.emit(self._offer)

    def _on_other_clicked(self) -> None:
        title = self.tr("Program data folder")
        choose_folder(self, title, FileKind.DATA_FOLDER, self.folder_chosen.emit)

    def _on_folder_clicked(self) -> None:
        open_path(self._data_dir, self._show_unopened)

    def _show_unopened(self, sentence: str) -> None:
        self._unopened.setText(sentence)
        self._unopened.show()

    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self._details)
