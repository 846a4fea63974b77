"""Form binding: a panel of fields is a list of rows, and each row shows and changes one part of a frozen value.

A row names the part, its label and the kind of field. ``Form.show_value`` fills the fields from a value; what a person
edits gives the next value, by the signal ``edited``. A field that somebody is typing into is not overwritten.
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
from esign_desktop.ui.widgets.theme import theme

Value = TypeVar("Value")
Choices = Iterable[tuple[Any, str]]
"""Values with the texts that stand for them."""

_CHINA: Final = QTimeZone(OFFSET_MS // 1000)
_LEAST_CHARACTERS: Final = 8
_LIST_MARGIN_PX: Final = 24


# Every field is a widget, which Qt lets be said by one base only.
if TYPE_CHECKING:
    from PySide6.QtGui import QAction

    _Widget = QWidget
else:
    _Widget = object


class Field(_Widget):
    """What every kind of field has. ``edited`` tells of a person's edits only, never of ``show_value``."""

    edited = Signal()
    is_typed: ClassVar[bool] = False
    """Whether edits come key by key, so that several in a row are one step of the history."""

    def read_value(self) -> Any:
        """Return what is filled in."""
        raise NotImplementedError

    def show_value(self, value: Any) -> None:
        """Fill the field in."""
        raise NotImplementedError

    @property
    def is_half_typed(self) -> bool:
        """Whether somebody has begun to type here and not finished: nothing is filled in then."""
        return False

    def forget_half_typed(self) -> None:
        """Take what is typed as finished, so that the next value is shown."""


class LineField(Field, QLineEdit):
    """One line of text. Its edits are told key by key, or with ``when_finished`` by Enter and on leaving."""

    is_typed = True

    def __init__(
        self, *, max_length: int = 200, placeholder: str = "", when_finished: bool = False, undoes_fill: bool = False
    ) -> None:
        """Make a line; with ``undoes_fill`` its own Ctrl+Z brings back what stood there before it was filled."""
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
        """Return the text without blanks around it."""
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
        """Show a mark at the end of the line that the text can't be right, explained by its tool tip; "" removes it."""
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
    """Say what is chosen in a combo box without a label. On Linux its name is what stands in it, whatever was set."""
    combo.setAccessibleName(words)
    combo.setAccessibleDescription(words)


class ElidingComboBox(QComboBox):
    """Takes the width that there is, whatever its longest entry; the open list shows each entry whole."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(_LEAST_CHARACTERS)

    @override
    def showPopup(self) -> None:
        self.view().setMinimumWidth(self.view().sizeHintForColumn(0) + _LIST_MARGIN_PX)
        super().showPopup()


class ChoiceField(Field, ElidingComboBox):
    """One of several values; a value that is not among them shows as nothing chosen."""

    def __init__(self, choices: Choices = ()) -> None:
        super().__init__()
        # Qt would keep an enumeration's member as a bare text or number.
        self._values: list[Any] = []
        self.offer(choices)
        self.activated.connect(self.edited)

    def offer(self, choices: Choices) -> None:
        """Offer these; what was chosen stays if it is among them, else the first is."""
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
    """A claim that is so or not."""

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
    """Any of several values, as a frozenset: one box each, below one another."""

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
    """A whole number, both bounds included."""

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
    """A moment in epoch milliseconds, shown in China Standard Time, as the platform keeps it. Shows no None."""

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
    """One row of a form, for an attribute of the value: ``name``, or ``part.name`` for one of a part of it.

    ``get`` and ``set`` are for what is more than an attribute.

    A label of None leaves the whole row to the field. ``choices`` are for a ``ChoiceField`` whose entries depend on the
    value. ``set`` raises ``InputError`` for what can't be taken: the field then shows what it showed before.
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
    """A button that belongs to the field."""

    def value_in(self, value: Value) -> Any:
        """Return the row's part of a value."""
        return attrgetter(self.name)(value) if self.get is None else self.get(value)

    def changed(self, value: Value) -> Value:
        """Return a value with what is filled in here. Raises ``InputError``."""
        typed = self.field.read_value()
        if self.set is not None:
            return self.set(value, typed)
        return cast("Value", _replaced(value, self.name, typed))


def _replaced(value: Any, name: str, typed: Any) -> Any:
    """Return a dataclass with another attribute, which may be one of a part of it."""
    first, _, rest = name.partition(".")
    return replace(value, **{first: _replaced(getattr(value, first), rest, typed) if rest else typed})


class Form(QWidget, Generic[Value]):
    """Rows of labels and fields for a frozen value."""

    edited = Signal(object, str)
    """The next value, and the row's name if it was typed key by key: several in a row are one step of the history."""
    input_failed = Signal(object)
    """The ``InputError`` of what was filled in."""
    trouble_found = Signal(str)
    """Why a line that the user left can't be right; empty once no line is marked."""

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
        """The value as it was shown or edited last."""
        return self._value

    def add(self, row: Row[Value]) -> None:
        """Add a row below the others; Tab goes the same way."""
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
                # Both together are no wider than a field alone.
                field.setMinimumContentsLength(_FEWEST_BESIDE)
        if row.label is None:
            self.form_layout.addRow(place)
        else:
            label = self._labels[row.name] = QLabel(row.label, self)
            label.setBuddy(field)
            if row.beside is not None:
                # Qt looks for the label among the field's own neighbours only.
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
        """Let the page scroll past: only a field that has the keyboard takes the wheel."""
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def show_value(self, value: Value) -> None:
        """Show a value. What is half typed stays, and so does what is typed and means the same as the value."""
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
        """Return a value with all that is filled in, for a form that is accepted as a whole. Raises ``InputError``."""
        for row in self._rows.values():
            value = row.changed(value)
        return value

    def forget_half_typed(self) -> None:
        """Let the next value be shown everywhere: it is another thing's."""
        self._is_other_thing = True
        for row in self._rows.values():
            row.field.forget_half_typed()

    def field(self, name: str) -> Field:
        """Return the field of a row. Raises KeyError."""
        return self._rows[name].field

    def label(self, name: str) -> QLabel:
        """Return the label of a row that has one. Raises KeyError."""
        return self._labels[name]

    def show_trouble(self, name: str, sentence: str) -> None:
        """Put the cursor into the field where something can't be right; it is described by the sentence till edited."""
        field = self._rows[name].field
        field.setAccessibleDescription(sentence)
        field.setFocus()

    def check_on_leaving(self, troubles_of: Callable[[Value], Mapping[str, str]]) -> None:
        """Mark a line that can't be right as soon as the user leaves it, until its text changes.

        ``troubles_of`` returns a sentence for each wrong field of a value, by name.
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
        """Show or hide a row for another reason than its value."""
        self.form_layout.setRowVisible(self._places[name], is_visible)

    def fix(self, names: Collection[str], tip: str) -> None:
        """Let nobody change these rows, which say why; a row that isn't named can be changed."""
        for name, row in self._rows.items():
            is_fixed = name in names
            self._places[name].setEnabled(not is_fixed)
            self._places[name].setToolTip(tip if is_fixed else row.tip)

    def _says(self, row: Row[Value], value: Value) -> bool:
        """Whether what is typed means the value already, with blanks around it perhaps."""
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
