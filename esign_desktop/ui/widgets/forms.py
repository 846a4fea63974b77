"""Bind fields to frozen values. A form is a list of rows, and each row shows and changes one part of a value.

A row consists of the name of the part, a label and a field. ``Form.show_value`` shows a value in the fields. When the
user edits a field, the signal ``edited`` carries the next value. A field in which the user is typing is not
overwritten.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any, ClassVar, Final, Generic, TypeVar, cast

from PySide6.QtCore import QDateTime, QEvent, QObject, QSignalBlocker, Qt, QTimeZone, Signal
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QDateTimeEdit,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QWidget,
)

from esign_desktop.domain.china_time import OFFSET_MS
from esign_desktop.domain.errors import InputError
from esign_desktop.override import override
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.layouts import vbox
from esign_desktop.ui.widgets.theme import sized, theme

Value = TypeVar("Value")
Choices = Iterable[tuple[Any, str]]
"""The choices of a field, as pairs of a value and its text."""

_CHINA: Final = QTimeZone(OFFSET_MS // 1000)
_LEAST_CHARACTERS: Final = 8
_LIST_MARGIN_PX: Final = 24
_LABEL_PX: Final = 72
"""The least width of labels, so that fields of forms that are below each other are aligned."""


# Only type checkers see ``Field`` as a widget. At run time, each field inherits from one Qt class, since PySide allows
# only one such base class.
if TYPE_CHECKING:
    from PySide6.QtGui import QAction

    _Widget = QWidget
else:
    _Widget = object


class Field(_Widget):
    """The common interface of the fields of a form."""

    edited = Signal()
    """Emitted for the user's edits only, never for ``show_value``."""
    is_typed: ClassVar[bool] = False
    """Whether the user edits key by key, so that consecutive edits are a single step of the history."""

    def read_value(self) -> Any:
        """Return the value of the field."""
        raise NotImplementedError

    def show_value(self, value: Any) -> None:
        """Show a value in the field, without emitting ``edited``."""
        raise NotImplementedError

    @property
    def is_half_typed(self) -> bool:
        """Whether the user has begun to type and not finished.

        Such a field has no new value yet. The default is False.
        """
        return False

    def forget_half_typed(self) -> None:
        """Treat the typed text as finished, so that the next ``show_value`` replaces it.

        The default implementation does nothing.
        """


class LineField(Field, QLineEdit):
    """A field for one line of text. Its value is the text without surrounding spaces.

    ``edited`` is emitted for each key or, with ``when_finished``, when the user presses Enter or leaves the field.
    """

    is_typed = True

    def __init__(
        self, *, max_length: int = 200, placeholder: str = "", when_finished: bool = False, undoes_fill: bool = False
    ) -> None:
        """Create the field. With ``undoes_fill``, Ctrl+Z in the field restores the text that ``show_value`` replaced.

        ``max_length`` is in characters.
        """
        super().__init__()
        self.setMaxLength(max_length)
        self.setPlaceholderText(placeholder)
        self._when_finished = when_finished
        self._undoes_fill = undoes_fill
        self._mark: QAction | None = None
        if when_finished:
            self.editingFinished.connect(self._on_editing_finished)
        else:
            self.textEdited.connect(self.edited)

    @override
    def read_value(self) -> str:
        """Return the text without surrounding spaces."""
        return self.text().strip()

    @override
    def show_value(self, value: str) -> None:
        if self._undoes_fill and self.text() and self.text() != value:
            self.selectAll()
            self.insert(value)
        else:
            self.setText(value)

    @property
    @override
    def is_half_typed(self) -> bool:
        return self._when_finished and self.isModified()

    @override
    def forget_half_typed(self) -> None:
        self.setModified(False)

    def mark(self, sentence: str) -> None:
        """Mark the text as wrong by an icon with ``sentence`` as its tool tip.

        With an empty sentence, remove the icon.
        """
        if self._mark is not None:
            self.removeAction(self._mark)
            self._mark.deleteLater()
            self._mark = None
        if sentence:
            self._mark = self.addAction(icon("error", theme().danger), QLineEdit.ActionPosition.TrailingPosition)
            self._mark.setToolTip(sentence)
        self.setAccessibleDescription(sentence)

    def _on_editing_finished(self) -> None:
        self.forget_half_typed()
        self.edited.emit()


_FEWEST_BESIDE: Final = 3
_KEY_IN_LABEL: Final = re.compile(r"\(&\w\)|&(?=\w)")


def describe_choice(combo: QComboBox, words: str) -> None:
    """Describe a combo box that has no label to screen readers.

    ``words`` is also the description, because on Linux the accessible name of a combo box is always its current text.
    """
    combo.setAccessibleName(words)
    combo.setAccessibleDescription(words)


class ElidingComboBox(QComboBox):
    """A combo box whose width does not depend on its longest entry. The open list shows all entries in full."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(_LEAST_CHARACTERS)

    @override
    def showPopup(self) -> None:
        self.view().setMinimumWidth(self.view().sizeHintForColumn(0) + _LIST_MARGIN_PX)
        super().showPopup()


class ChoiceField(Field, ElidingComboBox):
    """A field in which the user chooses one of several values, at first the first one.

    Showing a value that is not offered clears the selection. The field's value is None if nothing is selected.
    """

    def __init__(self, choices: Choices = ()) -> None:
        super().__init__()
        # Kept here, because Qt would convert an enumeration member to a plain string or number.
        self._values: list[Any] = []
        self.offer(choices)
        self.activated.connect(self.edited)

    def offer(self, choices: Choices) -> None:
        """Set the values to choose from.

        The chosen value stays chosen if it is offered; otherwise, the first one is chosen.
        """
        wanted = [(value, one_line(text)) for value, text in choices]
        if wanted == [(value, self.itemText(row)) for row, value in enumerate(self._values)]:
            return
        chosen = self.read_value()
        self._values = [value for value, _ in wanted]
        self.clear()
        for value, text in wanted:
            self.addItem(text, value)
        self.setCurrentIndex(self._values.index(chosen) if chosen in self._values else min(0, len(wanted) - 1))

    @override
    def read_value(self) -> Any:
        return self._values[self.currentIndex()] if self.currentIndex() >= 0 else None

    @override
    def show_value(self, value: Any) -> None:
        self.setCurrentIndex(self._values.index(value) if value in self._values else -1)


class CheckField(Field, QCheckBox):
    """A check box as a field. Its value is a boolean."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.clicked.connect(self.edited)

    @override
    def read_value(self) -> bool:
        return self.isChecked()

    @override
    def show_value(self, value: bool) -> None:
        self.setChecked(value)


class ChecksField(Field, QWidget):
    """A field in which the user chooses any number of values.

    It has a column of check boxes, one for each offered value.

    Its value is a frozenset.
    """

    def __init__(self, choices: Choices) -> None:
        super().__init__()
        column = vbox(spacing=4, margins=(0, 2, 0, 2), parent=self)
        self._boxes = {value: QCheckBox(text, self) for value, text in choices}
        for box in self._boxes.values():
            column.addWidget(box)
            box.clicked.connect(self.edited)
        self.setFocusProxy(next(iter(self._boxes.values())))

    @override
    def read_value(self) -> frozenset[Any]:
        return frozenset(value for value, box in self._boxes.items() if box.isChecked())

    @override
    def show_value(self, value: frozenset[Any]) -> None:
        for one, box in self._boxes.items():
            box.setChecked(one in value)


class NumberField(Field, QSpinBox):
    """A field for a whole number between ``least`` and ``most``, both included."""

    is_typed = True

    def __init__(self, least: int, most: int) -> None:
        super().__init__()
        self.setRange(least, most)
        self.valueChanged.connect(self.edited)

    @override
    def read_value(self) -> int:
        return self.value()

    @override
    def show_value(self, value: int) -> None:
        with QSignalBlocker(self):
            self.setValue(value)


class MomentField(Field, QDateTimeEdit):
    """A field for a date and time, shown in China Standard Time like on the platform.

    Its value is in milliseconds since the epoch. ``show_value(None)`` does nothing.
    """

    is_typed = True

    def __init__(self) -> None:
        super().__init__()
        self.setTimeZone(_CHINA)
        self.setDisplayFormat("yyyy-MM-dd HH:mm")
        self.setCalendarPopup(True)
        self.dateTimeChanged.connect(self.edited)

    @override
    def read_value(self) -> int:
        return self.dateTime().toMSecsSinceEpoch()

    @override
    def show_value(self, value: int | None) -> None:
        if value is not None:
            with QSignalBlocker(self):
                self.setDateTime(QDateTime.fromMSecsSinceEpoch(value, _CHINA))


@dataclass(frozen=True)
class Row(Generic[Value]):
    """One row of a form, for an attribute of the value: ``name``, or ``part.name`` for an attribute of a part.

    ``get`` and ``set`` replace the plain access to the attribute. If ``label`` is None, the field takes the whole row.
    ``choices`` returns the choices of a ``ChoiceField`` whose entries depend on the value. ``is_shown`` returns whether
    the row is visible for a value. ``set`` raises ``InputError`` if it does not accept the input; the field then shows
    its previous value again.
    """

    name: str
    label: str | None
    field: Field
    get: Callable[[Value], Any] | None = None
    set: Callable[[Value, Any], Value] | None = None
    choices: Callable[[Value], Choices] | None = None
    is_shown: Callable[[Value], bool] | None = None
    tip: str = ""
    beside: QWidget | None = None
    """A button beside the field, or None."""

    def value_in(self, value: Value) -> Any:
        """Return the part of ``value`` that this row shows."""
        return attrgetter(self.name)(value) if self.get is None else self.get(value)

    def changed(self, value: Value) -> Value:
        """Return a copy of ``value`` with the input of this row's field.

        Raise ``InputError`` if the input is not accepted.
        """
        typed = self.field.read_value()
        if self.set is not None:
            return self.set(value, typed)
        return cast("Value", _replaced(value, self.name, typed))


def _replaced(value: Any, name: str, typed: Any) -> Any:
    """Return a copy of a dataclass with a changed attribute. A name with a dot is an attribute of a part."""
    first, _, rest = name.partition(".")
    return replace(value, **{first: _replaced(getattr(value, first), rest, typed) if rest else typed})


class Form(QWidget, Generic[Value]):
    """A form with labels and fields, which shows and edits the parts of a frozen value."""

    edited = Signal(object, str)
    """Carries the next value, and a key under which consecutive edits are a single step of the history.

    The key is the row's name if the user types key by key, and empty otherwise.
    """
    input_failed = Signal(object)
    """Carries the ``InputError`` of an input that was not accepted."""
    trouble_found = Signal(str)
    """Carries the reason why a line that the user left is wrong, or an empty text when no line is marked any longer."""

    def __init__(
        self, value: Value, rows: Iterable[Row[Value]], parent: QWidget | None = None, *, margin_px: int = 0
    ) -> None:
        super().__init__(parent)
        self._value = value
        self._rows: dict[str, Row[Value]] = {}
        self._labels: dict[str, QLabel] = {}
        self._places: dict[str, QWidget] = {}
        self._marked: dict[str, str] = {}
        self._is_other_thing = False
        self.form_layout = QFormLayout(self)
        self.form_layout.setContentsMargins(margin_px, margin_px, margin_px, margin_px)
        self.form_layout.setVerticalSpacing(8)
        self.form_layout.setHorizontalSpacing(12)
        self.form_layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for row in rows:
            self.add(row)
        self.show_value(value)

    @property
    def value(self) -> Value:
        """The value that was shown or edited last."""
        return self._value

    def add(self, row: Row[Value]) -> None:
        """Add a row below the others. Tab visits the rows in the order in which they are added."""
        field = row.field
        place: QWidget = field
        if row.beside is not None:
            place = QWidget(self)
            both = QHBoxLayout(place)
            both.setContentsMargins(0, 0, 0, 0)
            both.setSpacing(4)
            both.addWidget(field, 1)
            both.addWidget(row.beside)
            if isinstance(field, ElidingComboBox):
                # Field and button together must not be wider than a field alone.
                field.setMinimumContentsLength(_FEWEST_BESIDE)
        if row.label is None:
            self.form_layout.addRow(place)
        else:
            label = self._labels[row.name] = QLabel(row.label, self)
            label.setBuddy(field)
            label.setMinimumWidth(sized(_LABEL_PX))
            if row.beside is not None:
                # Qt looks for a label among the field's siblings only.
                field.setAccessibleName(_KEY_IN_LABEL.sub("", row.label))
            self.form_layout.addRow(label, place)
        if row.tip:
            field.setToolTip(row.tip)
        self._rows[row.name], self._places[row.name] = row, place
        for one in (field, *field.findChildren(QWidget)):
            if isinstance(one, QComboBox | QAbstractSpinBox):
                one.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
                one.installEventFilter(self)
        field.edited.connect(self._on_field_edited)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ignore wheel events over a field without the focus, so that they scroll the page and change no value."""
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def show_value(self, value: Value) -> None:
        """Show a value in all fields, without emitting ``edited``. Rows that do not apply to the value are hidden.

        Unfinished text stays, and so does typed text that already has the same meaning as the value.
        """
        self._value = value
        keeps_typed, self._is_other_thing = not self._is_other_thing, False
        for row in self._rows.values():
            if row.is_shown is not None:
                self.form_layout.setRowVisible(self._places[row.name], row.is_shown(value))
                if not row.is_shown(value):
                    continue
            if row.choices is not None and isinstance(row.field, ChoiceField):
                row.field.offer(row.choices(value))
            stays = keeps_typed and row.field.is_typed and self._says(row, value)
            if not row.field.is_half_typed and not stays:
                row.field.show_value(row.value_in(value))

    def read(self, value: Value) -> Value:
        """Return a copy of ``value`` with the input of all fields, for a form that is accepted as a whole.

        Raise ``InputError`` if an input is not accepted.
        """
        for row in self._rows.values():
            value = row.changed(value)
        return value

    def forget_half_typed(self) -> None:
        """Let the next ``show_value`` replace the text in all fields.

        Call this before a value of another object is shown.
        """
        self._is_other_thing = True
        for row in self._rows.values():
            row.field.forget_half_typed()

    def field(self, name: str) -> Field:
        """Return the field of a row. Raise KeyError if there is no such row."""
        return self._rows[name].field

    def label(self, name: str) -> QLabel:
        """Return the label of a row. Raise KeyError if there is no such row or the row has no label."""
        return self._labels[name]

    def show_trouble(self, name: str, sentence: str) -> None:
        """Focus the field with a wrong input.

        ``sentence`` is the field's accessible description until the field is edited.
        """
        field = self._rows[name].field
        field.setAccessibleDescription(sentence)
        field.setFocus()

    def check_on_leaving(self, troubles_of: Callable[[Value], Mapping[str, str]]) -> None:
        """Mark a line as wrong when the user leaves it, until its text changes.

        Call this after all rows have been added.

        ``troubles_of`` returns a sentence for each wrong attribute of a value, keyed by row name.
        """
        for name, row in self._rows.items():
            if isinstance(row.field, LineField):
                row.field.editingFinished.connect(partial(self._check, name, troubles_of))
                row.field.textChanged.connect(partial(self._unmark, name))

    def _check(self, name: str, troubles_of: Callable[[Value], Mapping[str, str]]) -> None:
        field = self._rows[name].field
        sentence = troubles_of(self.read(self._value)).get(name, "")
        if sentence and isinstance(field, LineField):
            field.mark(sentence)
            self._marked[name] = sentence
            self.trouble_found.emit(sentence)

    def _unmark(self, name: str, _text: str) -> None:
        field = self._rows[name].field
        if self._marked.pop(name, "") and isinstance(field, LineField):
            field.mark("")
            self.trouble_found.emit(next(iter(self._marked.values()), ""))

    def set_row_visible(self, name: str, *, is_visible: bool) -> None:
        """Show or hide a row for a reason that is not part of the value. Raise KeyError if there is no such row."""
        self.form_layout.setRowVisible(self._places[name], is_visible)

    def fix(self, names: Collection[str], tip: str) -> None:
        """Disable the rows with these names, with ``tip`` as the explanation, and enable all others."""
        for name, row in self._rows.items():
            is_fixed = name in names
            self._places[name].setEnabled(not is_fixed)
            self._places[name].setToolTip(tip if is_fixed else row.tip)

    def _says(self, row: Row[Value], value: Value) -> bool:
        """Return whether the input of a row already means the value, for example with additional spaces."""
        try:
            return bool(row.value_in(row.changed(value)) == row.value_in(value))
        except InputError:
            return False

    def _on_field_edited(self) -> None:
        row = next(row for row in self._rows.values() if row.field is self.sender())
        row.field.setAccessibleDescription("")
        try:
            value = row.changed(self._value)
        except InputError as error:
            row.field.show_value(row.value_in(self._value))
            self.input_failed.emit(error)
            return
        if value != self._value:
            self._value = value
            self.edited.emit(value, row.name if row.field.is_typed else "")
