"""The panel beside the pages of a template: the list of fields, and the form for the selected field."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QItemSelectionModel, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QAbstractItemView, QListWidget, QListWidgetItem, QToolButton, QWidget

from esign_desktop.domain import field_edits
from esign_desktop.domain.preset.questions import MAX_CHARACTERS
from esign_desktop.domain.templates import MAX_NAME_CHARACTERS, FieldFault, TemplateField, ValueKind, typed_choices
from esign_desktop.override import override
from esign_desktop.ui.text.template import fault_sentence, field_title, kind_word
from esign_desktop.ui.widgets.forms import CheckField, ChoiceField, Form, LineField, NumberField, Row
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.layouts import hbox, vbox
from esign_desktop.ui.widgets.theme import set_tone, sized, theme

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtGui import QKeyEvent

    from esign_desktop.ui.prepare.fields.controller import FieldController

_LIST_PX: Final = 96
_ICON_PX: Final = 14
_NO_FIELD: Final = TemplateField("")


class FieldPanel(QWidget):
    """The panel with the list of fields and the form that edits the selected field.

    ``left`` is emitted when the user presses Enter in a line or Esc, so that the owner can move the focus to the pages.
    """

    left = Signal()

    def __init__(self, controller: FieldController, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._controller = controller
        self._shown: int | None = None
        self.list = QListWidget(self)
        self.list.setAccessibleName(self.tr("Fields"))
        self.list.setObjectName("matches")
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.list.setMinimumHeight(sized(_LIST_PX))
        self.list.setIconSize(QSize(sized(_ICON_PX), sized(_ICON_PX)))
        self.count = PlainLabel(self, look="sectionTitle")
        self.blanks = QToolButton(self)
        self.blanks.setText(self.tr("Find blanks"))
        self.blanks.setToolTip(self.tr("Add fields at the underlines, gaps and empty cells of all pages"))
        self.blanks.setAutoRaise(True)
        self.blanks.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.blanks.clicked.connect(controller.blanks_wanted)
        self.name = LineField(max_length=MAX_NAME_CHARACTERS)
        self.label = LineField(max_length=MAX_NAME_CHARACTERS)
        self.kind = ChoiceField((kind, kind_word(kind)) for kind in ValueKind)
        self.example = LineField(max_length=MAX_CHARACTERS)
        self.choices = LineField(max_length=32767, placeholder=self.tr("Separated by semicolons"))
        self.most = NumberField(0, MAX_CHARACTERS)
        self.most.setSpecialValueText(self.tr("No limit"))
        self.required = CheckField(self.tr("&Required"))
        self.form: Form[TemplateField] = Form(_NO_FIELD, self._rows(), self)
        self.hint = PlainLabel(self, look="hint", is_wrapped=True)
        self.fault = PlainLabel(self, is_wrapped=True, is_live=True)
        for label in (self.hint, self.fault):
            label.setMinimumWidth(1)
        vbox(
            hbox((self.count, 1), self.blanks),
            (self.list, 1),
            self.fault,
            self.form,
            self.hint,
            spacing=8,
            margins=(12, 8, 12, 8),
            parent=self,
        )
        self.form.edited.connect(self._on_form_edited)
        self.list.itemSelectionChanged.connect(self._on_list_selection_changed)
        controller.changed.connect(self.show_fields)
        for line in (self.name, self.label, self.example, self.choices):
            line.returnPressed.connect(self.left)
        self.show_fields()

    def ask_name(self) -> None:
        """Move the focus to the name of the selected field or, if the name cannot be changed, to its label.

        Do nothing unless a single field is selected.
        """
        if self.name.isEnabled() and self.form.isVisibleTo(self):
            self.name.setFocus(Qt.FocusReason.OtherFocusReason)
            self.name.selectAll()
        elif self.form.isVisibleTo(self):
            self.label.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_fields(self) -> None:
        """Show the current fields, the selection and, if a single field is selected, its form."""
        controller = self._controller
        faults = controller.faults
        self.count.setText(self.tr("%n field(s)", "", len(controller.fields)))
        with QSignalBlocker(self.list):
            while self.list.count() > len(controller.fields):
                self.list.takeItem(self.list.count() - 1)
            while self.list.count() < len(controller.fields):
                self.list.addItem(QListWidgetItem())
            for index, one in enumerate(controller.fields):
                self._show_row(self.list.item(index), one, faults.get(index))
                flag = QItemSelectionModel.SelectionFlag
                is_chosen = index in controller.chosen
                model_index = self.list.model().index(index, 0)
                self.list.selectionModel().select(model_index, flag.Select if is_chosen else flag.Deselect)
        only = controller.only_chosen
        if only is not None:
            self.list.scrollToItem(self.list.item(only))
        self._show_form(only)
        fault = None if only is None else faults.get(only)
        self.fault.setText("" if fault is None else fault_sentence(fault))
        set_tone(self.fault, "danger")
        self.fault.setVisible(fault is not None)
        self.hint.setText(self._hint(only))
        self.hint.setVisible(bool(self.hint.text()))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete and self.list.hasFocus():
            self._controller.remove_chosen()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def _show_row(self, item: QListWidgetItem, one: TemplateField, fault: FieldFault | None) -> None:
        page = "–" if one.page_number is None else str(one.page_number)
        item.setText(
            self.tr("{name} · {kind} · p. {page}").format(name=field_title(one), kind=kind_word(one.kind), page=page)
        )
        item.setIcon(QIcon() if fault is None else icon("error", theme().danger))
        spoken = item.text() if fault is None else f"{item.text()}: {fault_sentence(fault)}"
        item.setData(Qt.ItemDataRole.AccessibleTextRole, spoken)

    def _show_form(self, only: int | None) -> None:
        self.form.setVisible(only is not None)
        if only is None:
            self._shown = None
            return
        if only != self._shown:
            self._shown = only
            self.form.forget_half_typed()
        self.name.setEnabled(not self._controller.is_fixed(only))
        self.most.setEnabled(not self._controller.is_fixed(only))
        self.form.show_value(self._controller.fields[only])

    def _hint(self, only: int | None) -> str:
        controller = self._controller
        if not controller.fields:
            return self.tr(
                "Choose a type above, then draw on the page. A click or Enter places a field of the default size."
            )
        if only is None:
            return (
                "" if controller.chosen else self.tr("Click a field to name it, or drag across several to align them.")
            )
        if controller.is_fixed(only):
            return self.tr("This field comes from the PDF's own form. Its name and position can't be changed.")
        return ""

    def _rows(self) -> Iterator[Row[TemplateField]]:
        yield Row("name", self.tr("&Name"), self.name, tip=self.tr("The platform identifies the field by this name"))
        yield Row(
            "label",
            self.tr("&Label"),
            self.label,
            set=lambda one, text: replace(one, label=" ".join(text.split())),
            tip=self.tr("How the field is labeled in the form; if empty, its name is used"),
        )
        yield Row("kind", self.tr("&Type"), self.kind, set=_with_kind)
        yield Row(
            "choices",
            self.tr("&Options"),
            self.choices,
            lambda one: "；".join(one.choices),
            lambda one, text: replace(one, choices=typed_choices(text)),
            is_shown=lambda one: one.kind is ValueKind.CHOICE,
        )
        yield Row("example", self.tr("&Example"), self.example, is_shown=lambda one: one.kind is not ValueKind.CHECK)
        yield Row(
            "most_characters",
            self.tr("&Maximum length"),
            self.most,
            is_shown=lambda one: one.kind not in {ValueKind.CHECK, ValueKind.CHOICE},
        )
        yield Row("is_required", "", self.required)

    def _on_form_edited(self, field: TemplateField, merge_key: str) -> None:
        only = self._controller.only_chosen
        if only is not None:
            key = merge_key and f"{merge_key} {only}"
            self._controller.apply(partial(field_edits.change, index=only, field=field), key)

    def _on_list_selection_changed(self) -> None:
        chosen = [index.row() for index in self.list.selectionModel().selectedIndexes()]
        self._controller.choose(chosen)
        if len(chosen) == 1:
            self._controller.reveal(chosen[0])


def _with_kind(one: TemplateField, kind: ValueKind) -> TemplateField:
    if kind is ValueKind.CHECK:
        return replace(one, kind=kind, example="", choices=(), most_characters=0, is_required=False)
    return replace(one, kind=kind, choices=one.choices if kind is ValueKind.CHOICE else ())
