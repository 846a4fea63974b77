"""The strip with the name and the commands of the template that is edited in Prepare."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QPushButton, QWidget

from esign_desktop.domain.forms import FieldKind
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.deliberate import DeliberateButton, style_acting_button
from esign_desktop.ui.widgets.forms import LineField
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.layouts import hbox, vbox
from esign_desktop.ui.widgets.theme import set_tone, sized

if TYPE_CHECKING:
    from collections.abc import Sequence

    from esign_desktop.domain.environment import Environment
    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.forms import PdfFormField

_LONGEST: Final = 100
_NAME_PX: Final = 140


class TemplateStrip(QFrame):
    """The strip below the pages of the template that is edited in Prepare.

    ``make`` creates the template or, if it exists already and the user has drawn no more fields, saves it on this
    computer. ``edited`` is emitted when the user changes the name.
    """

    manual_page = "templates#create"

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("noticeBar")
        self._binding: Environment | None = None
        self._first_name = ""
        self.is_lost = False
        """Whether the platform may have created the template, because its answer was lost."""
        self.name = LineField(max_length=_LONGEST)
        self.name.setMinimumWidth(sized(_NAME_PX))
        self.name.setAccessibleName(self.tr("Template name"))
        self.status = PlainLabel(self, is_wrapped=True, is_live=True)
        self.note = PlainLabel(self, look="hint", is_wrapped=True)
        for label in (self.status, self.note):
            label.setMinimumWidth(1)
        self.leave = QPushButton(self.tr("Cancel"), self)
        self.stop = DeliberateButton(self, self.tr("Stop"))
        self.make = DeliberateButton(self)
        self.make.setObjectName("primary")
        title = PlainLabel(self, self.tr("Editing the template"), look="sectionTitle")
        vbox(
            hbox(title, (self.name, 1)),
            hbox((vbox(self.note, self.status, spacing=2), 1), self.leave, self.stop, self.make),
            spacing=6,
            margins=(12, 8, 12, 8),
            parent=self,
        )
        self.name.edited.connect(self.edited)
        self.hide()

    @property
    def template_name(self) -> str:
        """The name that the user has entered. May be empty."""
        return " ".join(self.name.text().split())

    @property
    def is_renamed(self) -> bool:
        """Whether the user has changed the name since ``begin``."""
        return self.template_name != self._first_name

    def begin(self, name: str, form: Sequence[PdfFormField] | None) -> None:
        """Show the strip for a template. ``form`` contains the fields of the form of a PDF that is not a template yet.

        The strip states what becomes of these fields, and that a template can't be deleted from the platform.
        """
        self.name.show_value(one_line(name))
        self._first_name = self.template_name
        self.is_lost = False
        self.show_status("")
        texts = []
        filled = sum(one.is_filled for one in form or ())
        if filled:
            texts.append(
                self.tr("%n field(s) are already filled in; their values become part of the template.", "", filled)
            )
        if any(one.kind is not FieldKind.TEXT for one in form or ()):
            texts.append(self.tr("Only text fields are filled in. All other fields stay as they are in the file."))
        set_tone(self.note, "warning" if texts else "hint")
        if form is not None:
            texts.append(self.tr("A template can't be deleted here after it's created."))
        self.note.setText(" ".join(texts))
        self.note.setVisible(bool(texts))
        self.show()

    def show_environment(self, environment: Environment) -> None:
        """Color the main button if templates are created in an environment whose contracts are binding."""
        self._binding = environment if environment.is_binding else None

    def show_state(self, *, saves: bool, lacks: str, is_busy: bool) -> None:
        """Show what the main button does, and what the template lacks, or disable all but *Stop* during the creation.

        ``saves`` states that the template exists, so that it is only saved on this computer.
        """
        creates = self.tr("Create again") if self.is_lost else self.tr("Create template")
        self.make.setText(self.tr("Save") if saves else creates)
        self.make.setEnabled(not lacks and not is_busy)
        self.make.setToolTip(lacks)
        style_acting_button(self.make, None if saves else self._binding)
        for widget in (self.name, self.leave):
            widget.setEnabled(not is_busy)
        self.stop.setVisible(is_busy)

    def show_status(self, text: str, *, is_error: bool = False) -> None:
        """Show what is being done or, with ``is_error``, what went wrong."""
        self.status.setText(text)
        self.status.setVisible(bool(text))
        set_tone(self.status, "danger" if is_error else "hint")

    def show_error(self, error: AppError) -> None:
        """Show an error. After a lost answer, the main button creates the template again."""
        self.is_lost = error.code in {"template.answer_lost", "template.outcome_unknown"}
        self.show_status(error_sentence(error).text, is_error=True)
