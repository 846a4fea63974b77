"""The dialog that adds a template created elsewhere, by its id and, optionally, with its PDF."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFormLayout, QLineEdit, QPushButton, QWidget

from esign_desktop.services.templates.service import MAX_ID_CHARACTERS, MAX_NAME_CHARACTERS
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.widgets.deliberate import DeliberateButton
from esign_desktop.ui.widgets.environment_banner import EnvironmentBanner
from esign_desktop.ui.widgets.file_dialogs import FileKind, FileType, choose_file
from esign_desktop.ui.widgets.labels import ElidedLabel, PlainLabel
from esign_desktop.ui.widgets.layouts import FittingDialog, hbox, vbox
from esign_desktop.ui.widgets.theme import set_tone, sized

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.domain.environment import Environment
    from esign_desktop.domain.errors import AppError

_WIDTH_PX: Final = 460


class AddTemplateDialog(FittingDialog):
    """The dialog in which the user enters the id, the name and, optionally, the PDF of a template to be added.

    ``add_requested`` carries the id, the name, and the ``Path`` of the PDF or None. The caller then adds the template,
    and closes the dialog with ``accept`` or calls ``show_error``.
    """

    manual_page = "templates#create"

    add_requested = Signal(str, str, object)

    def __init__(self, environment: Environment, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Add template by ID"))
        self.setFixedWidth(sized(_WIDTH_PX))
        self._pdf: Path | None = None
        banner = EnvironmentBanner(self)
        banner.show_environment(environment)
        note = PlainLabel(
            self,
            self.tr(
                "Add a template that was created elsewhere in this environment and project. If "
                "you also add its PDF, this computer can show the template's pages and fields. "
                "You can add the PDF later."
            ),
            look="hint",
            is_wrapped=True,
        )
        self.template_id, self.name = QLineEdit(self), QLineEdit(self)
        self.template_id.setMaxLength(MAX_ID_CHARACTERS + 20)
        self.name.setMaxLength(MAX_NAME_CHARACTERS)
        self.pdf = ElidedLabel(self, self.tr("None"))
        self.choose = QPushButton(self.tr("&Choose…"), self)
        self.choose.setAutoDefault(False)
        self.status = PlainLabel(self, is_wrapped=True)
        set_tone(self.status, "danger")
        self.status.hide()
        leave = QPushButton(self.tr("Cancel"), self)
        leave.setAutoDefault(False)
        self.add = DeliberateButton(self, self.tr("Add"))
        self.add.setObjectName("primary")
        form = QFormLayout()
        form.setVerticalSpacing(8)
        form.setHorizontalSpacing(12)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(self.tr("&Template ID"), self.template_id)
        form.addRow(self.tr("&Name"), self.name)
        form.addRow(self.tr("Template PDF"), hbox((self.pdf, 1), self.choose))
        foot = hbox(1, leave, self.add)
        vbox(banner, note, form, self.status, foot, spacing=12, margins=(24, 20, 24, 20), parent=self)
        self.template_id.textEdited.connect(self._show)
        self.name.textEdited.connect(self._show)
        self.choose.clicked.connect(self._on_choose_clicked)
        leave.clicked.connect(self.reject)
        self.add.meant.connect(self._on_add_meant)
        self._show()

    def take_pdf(self, path: Path) -> None:
        """Set the PDF from which the template was created.

        If no name has been entered, the name of the file is used.
        """
        self._pdf = path
        self.pdf.setText(path.name)
        if not self.name.text().strip():
            self.name.setText(path.stem[:MAX_NAME_CHARACTERS])
        self._show()

    def show_error(self, error: AppError) -> None:
        """Show why the template could not be added. The input is kept, and the user can try again."""
        self.status.setText(error_sentence(error).text)
        self.status.show()
        self._show()

    def _show(self) -> None:
        self.add.setEnabled(bool(self.template_id.text().strip() and self.name.text().strip()))

    def _on_choose_clicked(self) -> None:
        title = self.tr("Choose the PDF the template was created from")
        choose_file(self, title, FileKind.CONTRACT, (FileType.PDF,), self.take_pdf)

    def _on_add_meant(self) -> None:
        self.status.hide()
        self.add.setEnabled(False)
        self.add_requested.emit(self.template_id.text(), self.name.text(), self._pdf)
