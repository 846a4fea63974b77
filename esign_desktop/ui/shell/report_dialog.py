"""Show the report of an unexpected error, which the user can send to support."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QDialogButtonBox, QPlainTextEdit, QPushButton, QWidget

from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.layouts import FittingDialog, vbox
from esign_desktop.ui.widgets.opening import open_path
from esign_desktop.ui.widgets.theme import sized

if TYPE_CHECKING:
    from pathlib import Path


class ReportDialog(FittingDialog):
    """Shows a report that contains no personal data.

    Further errors are added to it. It is deleted when it is closed.
    """

    manual_page = "troubles"

    def __init__(self, log_dir: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._log_dir = log_dir
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Something went wrong"))
        self._title = PlainLabel(self, self.tr("Something went wrong."), look="sectionTitle")
        self._safe = PlainLabel(self, is_wrapped=True)
        self._hint = PlainLabel(
            self,
            self.tr("You can keep working. Please send this text to support. It contains no personal data."),
            is_wrapped=True,
        )
        self._text = QPlainTextEdit(self)
        self._text.setReadOnly(True)
        self._text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self._text.setAccessibleName(self.tr("Report"))
        self._text.setMinimumSize(sized(560), sized(240))
        self._copy = QPushButton(self.tr("Copy"), self)
        self._folder = QPushButton(self.tr("Open log folder"), self)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.addButton(self._copy, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(self._folder, QDialogButtonBox.ButtonRole.ActionRole)
        vbox(*(self._title, self._safe, self._hint, self._text, buttons), margins=(20, 16, 20, 16), parent=self)
        self._copy.clicked.connect(self._on_copy_clicked)
        self._folder.clicked.connect(self._on_folder_clicked)
        buttons.rejected.connect(self.reject)

    @property
    def text(self) -> str:
        """The text of the report."""
        return self._text.toPlainText()

    def add(self, report: str) -> None:
        """Append an error to the report. Do nothing if the report already contains it."""
        if report not in self.text:
            self._text.appendPlainText(report)

    def show_saved(self, *, is_saved: bool) -> None:
        """Show whether the open contract was saved after the error."""
        self._safe.setText(
            self.tr("Your contract has been saved.")
            if is_saved
            else self.tr("Your contract couldn't be saved. Leave the window open and try again.")
        )

    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self.text)

    def _on_folder_clicked(self) -> None:
        open_path(self._log_dir, self._hint.setText)
