"""The values of a document's form, with a row for each field and an editor for the field's kind of answer."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtWidgets import QLineEdit, QPushButton, QToolButton, QVBoxLayout, QWidget

from esign_desktop.domain.amounts import amount_in_words, plain_amount
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.preset.questions import AnswerKind
from esign_desktop.domain.templates import TICK
from esign_desktop.override import override
from esign_desktop.services.presets.answers import read_answer
from esign_desktop.ui.text.answer import answer_check, question_hint
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.text.signer import signer_name
from esign_desktop.ui.widgets.forms import CheckField, ChoiceField, LineField
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.labels import ElidedLabel, PlainLabel, show_tip
from esign_desktop.ui.widgets.layouts import hbox, vbox
from esign_desktop.ui.widgets.theme import repolish, sized

if TYPE_CHECKING:
    from collections.abc import Set

    from esign_desktop.domain.document import TemplateFilling, WantedField
    from esign_desktop.domain.signer import Signer

_LONGEST_VALUE: Final = 200
_ICON_PX: Final = 14


class FieldRow(QWidget):
    """Shows a form field: its label, its editor, a note about its value, and the button that opens its menu.

    ``edited`` carries the value after each edit. ``finished`` is emitted when the user leaves a text field or chooses
    another value, and ``menu_requested`` carries the screen position of the menu. ``focused`` is emitted when the
    editor gets the focus.
    """

    edited = Signal(str)
    finished = Signal()
    words_wanted = Signal()
    """Emitted when the user wants the amount to be inserted, in words, into the field for the amount in words."""
    menu_requested = Signal(object)
    focused = Signal()

    def __init__(self, wanted: WantedField, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.wanted = wanted
        self._value = ""
        self._followed = ""
        self._has_words_field = False
        self._is_linked: bool | None = None
        text = wanted.shown_label
        label = ElidedLabel(self, f"* {text}" if wanted.is_required else text)
        show_tip(label, wanted.name)
        self.editor = self._make_editor()
        label.setBuddy(self.editor)
        self.editor.installEventFilter(self)
        self.editor.setAccessibleName(self.tr("{name}, required").format(name=text) if wanted.is_required else text)
        self.menu_button = QToolButton(self)
        self.menu_button.setAutoRaise(True)
        self.menu_button.setIconSize(QSize(sized(_ICON_PX), sized(_ICON_PX)))
        self.menu_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.menu_button.clicked.connect(self._on_menu_button_clicked)
        self.note = PlainLabel(self, look="hint", is_wrapped=True)
        self.note.setMinimumWidth(1)
        self.words = QPushButton(self.tr("Insert the amount in words"), self)
        self.words.setObjectName("chip")
        self.words.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.words.clicked.connect(self.words_wanted)
        column = vbox(hbox((label, 1), self.menu_button, spacing=2), self.editor, self.note, spacing=2, parent=self)
        column.addWidget(self.words, 0, Qt.AlignmentFlag.AlignLeft)
        self.words.hide()
        self.show_linked(is_linked=False)
        self._show_note()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.FocusIn:
            self.focused.emit()
        elif event.type() is QEvent.Type.Wheel:
            # A user who scrolls the panel must not change a choice under the mouse.
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def show_value(self, value: str, followed: str, *, has_words_field: bool) -> None:
        """Show the value of the field.

        ``followed`` is the name of the signer from whom the value is taken, or empty. If ``has_words_field`` is True,
        a button offers to insert the amount in words into another field.
        """
        if (value, followed) == (self._value, self._followed) and has_words_field == self._has_words_field:
            return
        self._value, self._followed, self._has_words_field = value, followed, has_words_field
        match self.editor:
            case CheckField():
                self.editor.show_value(value == TICK)
            case ChoiceField():
                self.editor.show_value(value)
            case QLineEdit() if self.editor.text() != value:
                self.editor.setText(value)
                if not self.editor.hasFocus():
                    # A long value is displayed from its beginning.
                    self.editor.setCursorPosition(0)
        self._show_note()

    def show_linked(self, *, is_linked: bool) -> None:
        """Show whether the field shares its value with other fields that have the same label."""
        if is_linked == self._is_linked:
            return
        self._is_linked = is_linked
        self.menu_button.setIcon(icon("link" if is_linked else "more"))
        tip = self.tr("Enter once for all fields with this label") if is_linked else self.tr("Fill from a signer…")
        self.menu_button.setToolTip(tip)
        self.menu_button.setAccessibleName(f"{self.wanted.shown_label}: {tip}")

    def _make_editor(self) -> CheckField | ChoiceField | LineField:
        wanted = self.wanted
        editor: CheckField | ChoiceField | LineField
        match wanted.kind:
            case AnswerKind.CHECK:
                editor = CheckField(self.tr("Select"))
            case AnswerKind.CHOICE if wanted.choices:
                editor = ChoiceField([("", "—"), *((one, one) for one in wanted.choices)])
                editor.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            case kind:
                placeholder = self.tr("Required") if wanted.is_required else self.tr("Optional")
                if kind is not AnswerKind.TEXT:
                    placeholder = question_hint(wanted.question)
                editor = LineField(max_length=_LONGEST_VALUE, placeholder=placeholder)
                editor.editingFinished.connect(self.finished)
        editor.edited.connect(self._on_editor_edited)
        editor.setParent(self)
        return editor

    def _show_note(self) -> None:
        note, is_wrong = answer_check(self.wanted.question, self._value) if self._value.strip() else "", False
        if self._value.strip():
            try:
                read_answer(self.wanted.question, self._value, by_number=False)
            except InputError as error:
                note, is_wrong = error_sentence(error).title, True
        if note.removeprefix("✓ ") == self._value:
            note = ""
        if self._followed and not is_wrong:
            note = self.tr("From {signer}").format(signer=self._followed)
        self.note.setText(note)
        self.note.setVisible(bool(note))
        if (self.note.objectName() == "alarm") != is_wrong:
            self.note.setObjectName("alarm" if is_wrong else "hint")
            repolish(self.note)
        is_amount = self.wanted.kind is AnswerKind.AMOUNT and bool(plain_amount(self._value))
        self.words.setVisible(is_amount and self._has_words_field)

    def _on_editor_edited(self) -> None:
        match self.editor:
            case CheckField():
                value = TICK if self.editor.isChecked() else ""
            case ChoiceField():
                value = str(self.editor.read_value() or "")
            case _:
                value = self.editor.text()
        self._value = value
        self._show_note()
        self.edited.emit(value)
        if not isinstance(self.editor, QLineEdit):
            self.finished.emit()

    def _on_menu_button_clicked(self) -> None:
        self.menu_requested.emit(self.menu_button.mapToGlobal(QPoint(0, self.menu_button.height())))


class FormValues(QWidget):
    """Shows the fields of a document's form, one in each row. It is hidden if there are none.

    ``value_edited`` carries the name and the new value of a field. ``value_finished`` carries the name of a field that
    the user has left, and ``field_focused`` the name of the field that got the focus. ``menu_requested`` carries the
    name of a field and the screen position of its menu.
    """

    manual_page = "templates#fill-in"

    value_edited = Signal(str, str)
    value_finished = Signal(str)
    menu_requested = Signal(str, object)
    field_focused = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._filling: TemplateFilling | None = None
        self._rows: dict[str, FieldRow] = {}
        self._words_fields: dict[str, str] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 8, 4, 4)
        self._column.setSpacing(6)
        self.hide()

    @property
    def edits(self) -> dict[str, CheckField | ChoiceField | LineField]:
        """The editors, keyed by the names of the fields."""
        return {name: row.editor for name, row in self._rows.items()}

    @property
    def rows(self) -> dict[str, FieldRow]:
        """The rows, keyed by the names of the fields."""
        return dict(self._rows)

    def show_filling(
        self, filling: TemplateFilling | None, signers: tuple[Signer, ...] = (), linked: Set[str] = frozenset()
    ) -> None:
        """Show a form and its values, or nothing if ``filling`` is None or the form of a preset, which has no values.

        ``signers`` name the sources of values. ``linked`` contains the names of fields that may share their values.
        """
        if filling is not None and filling.preset_fields:
            filling = None
        shown, self._filling = self._filling, filling
        is_same = filling is not None and shown is not None and filling.wanted is shown.wanted
        if filling is None or shown is None or not (is_same or _asked(filling) == _asked(shown)):
            self._rebuild(filling)
        if filling is not None:
            values, names = dict(filling.fields), {one.id: signer_name(one) for one in signers}
            followed = {one.name: names.get(one.signer_id, "") for one in filling.sources}
            for name, row in self._rows.items():
                has_words = self._lacks_words(name, values)
                row.show_value(values.get(name, ""), followed.get(name, ""), has_words_field=has_words)
                row.show_linked(is_linked=name in linked and name not in filling.unlinked)
        self.setVisible(bool(self._rows))

    def _lacks_words(self, name: str, values: dict[str, str]) -> bool:
        """Return whether another field is intended for an amount in words, and does not contain it yet."""
        amount = plain_amount(values.get(name, "")) if name in self._words_fields else ""
        return bool(amount) and values.get(self._words_fields[name], "") != amount_in_words(amount)

    def focus_field(self, name: str) -> QWidget | None:
        """Focus a field, and return its row, or None if there are no fields.

        By default, or if the field does not exist, this is the first required field without a value or the first field.
        """
        missing = self._filling.missing if self._filling is not None else ()
        row = self._rows.get(name or (missing[0] if missing else "")) or next(iter(self._rows.values()), None)
        if row is not None:
            row.editor.setFocus()
        return row

    def _rebuild(self, filling: TemplateFilling | None) -> None:
        while (item := self._column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self._rows = {}
        if filling is None:
            return
        self._words_fields = _words_fields(filling)
        self._column.addWidget(PlainLabel(self, self.tr("Form values"), look="sectionTitle"))
        for wanted in filling.all_wanted:
            row = FieldRow(wanted, self)
            row.edited.connect(partial(self.value_edited.emit, wanted.name))
            row.finished.connect(partial(self.value_finished.emit, wanted.name))
            row.words_wanted.connect(partial(self._on_row_words_wanted, wanted.name))
            row.focused.connect(partial(self.field_focused.emit, wanted.name))
            row.menu_requested.connect(partial(self.menu_requested.emit, wanted.name))
            self._rows[wanted.name] = row
            self._column.addWidget(row)

    def _on_row_words_wanted(self, name: str) -> None:
        amount = "" if self._filling is None else plain_amount(self._filling.value(name))
        if amount:
            self.value_edited.emit(self._words_fields[name], amount_in_words(amount))
            self.value_finished.emit(self._words_fields[name])


def _asked(filling: TemplateFilling) -> tuple[WantedField, ...]:
    """Return the fields of a form without their positions, which may become known while the user is typing."""
    return tuple(replace(one, page_number=None, rect=None) for one in filling.all_wanted)


def _words_fields(filling: TemplateFilling) -> dict[str, str]:
    """Return the name of the field for the amount in words, keyed by the name of the field for the amount.

    This is the next such field after the amount or, if there is none, the last one before it. The result is empty if
    the form has no field for an amount in words.
    """
    found: dict[str, str] = {}
    waiting: list[str] = []
    last = ""
    for one in filling.wanted:
        if one.kind is AnswerKind.AMOUNT:
            waiting.append(one.name)
        elif one.kind is AnswerKind.AMOUNT_IN_WORDS:
            last = one.name
            found |= dict.fromkeys(waiting, last)
            waiting = []
    return found | (dict.fromkeys(waiting, last) if last else {})
