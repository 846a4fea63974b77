"""The strip with the name, the key and the signing period of the preset that is edited in Prepare."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QWidget

from esign_desktop.domain.options import SignWithin
from esign_desktop.ui.presets.keys import KeyChoice
from esign_desktop.ui.text.moments import span
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.deliberate import DeliberateButton
from esign_desktop.ui.widgets.forms import LineField, NumberField
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.layouts import hbox, vbox
from esign_desktop.ui.widgets.theme import set_tone, sized

if TYPE_CHECKING:
    from collections.abc import Iterable

    from esign_desktop.domain.options import FlowOptions
    from esign_desktop.domain.preset.preset import Preset

_LONGEST: Final = 60
_NAME_PX: Final = 100
_MS_PER_MINUTE: Final = 60_000
_MINUTES_AN_HOUR: Final = 60
_MOST_MINUTES: Final = 525_600
_SAVE_KEYS: Final = QKeySequence("Ctrl+S")


class PresetStrip(QFrame):
    """The strip below the pages of the preset that is edited in Prepare. It also shows what the preset lacks.

    ``edited`` is emitted when the user changes the name or the key. ``minutes_edited`` carries the signing period in
    minutes, or 0 for the default of the account.
    """

    manual_page = "presets#edit"

    edited = Signal()
    minutes_edited = Signal(int)
    fields_requested = Signal()
    save_requested = Signal()
    leave_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("noticeBar")
        self._preset: Preset | None = None
        self._others: tuple[Preset, ...] = ()
        self.name = LineField(max_length=_LONGEST)
        self.name.setMinimumWidth(sized(_NAME_PX))
        self.key = KeyChoice()
        self.minutes = NumberField(0, _MOST_MINUTES)
        self.minutes.setKeyboardTracking(False)
        self.minutes.setSpecialValueText(self.tr("Account default"))
        self.minutes.setSuffix(self.tr(" minutes"))
        self._span = PlainLabel(self, look="hint")
        self._status = PlainLabel(self, is_wrapped=True, is_live=True)
        self._status.setMinimumWidth(1)
        self.fields = QPushButton(self.tr("Form &fields…"), self)
        self.leave = QPushButton(self.tr("Cancel"), self)
        self.save = DeliberateButton(self, self.tr("Save preset"))
        self.save.setObjectName("primary")
        self.save.setToolTip(_SAVE_KEYS.toString(QKeySequence.SequenceFormat.NativeText))
        labels = []
        for text, field in (
            (self.tr("Editing the preset"), self.name),
            (self.tr("Counter &key"), self.key),
            (self.tr("Sign &within"), self.minutes),
        ):
            label = QLabel(text, self)
            label.setBuddy(field)
            labels.append(label)
        labels[0].setObjectName("sectionTitle")
        title, key, within = labels
        vbox(
            hbox(title, (self.name, 1), key, self.key, within, self.minutes, self._span),
            hbox((self._status, 1), self.fields, self.leave, self.save),
            spacing=6,
            margins=(12, 8, 12, 8),
            parent=self,
        )
        self.name.edited.connect(self.edited)
        self.key.edited.connect(self.edited)
        self.minutes.edited.connect(self._on_minutes_edited)
        self.fields.clicked.connect(self.fields_requested)
        self.leave.clicked.connect(self.leave_requested)
        self.save.meant.connect(self._on_save_meant)
        QShortcut(_SAVE_KEYS, self).activated.connect(self._on_save_meant)
        self.hide()

    @property
    def status_text(self) -> str:
        """What the preset lacks, or why saving failed. Empty if there is nothing to report."""
        return self._status.text()

    def show_preset(self, preset: Preset) -> None:
        """Show the name and the key of the preset that is edited from now on."""
        self._preset = preset
        self.name.show_value(preset.name)
        self._offer_keys(preset)

    def show_others(self, presets: Iterable[Preset]) -> None:
        """Show which function keys are assigned to other presets. ``presets`` may include the edited one."""
        self._others = tuple(presets)
        if self._preset is not None:
            self._offer_keys(self.named(self._preset))

    def named(self, preset: Preset) -> Preset:
        """Return the preset with the name and the key that the user has entered in the strip."""
        return replace(preset, name=self.name.read_value(), function_key=self.key.read_value())

    def show_options(self, options: FlowOptions) -> None:
        """Show the signing period of the options in minutes, and from an hour on also in larger units."""
        minutes = minutes_of(options)
        if self.minutes.value() != minutes:
            with QSignalBlocker(self.minutes):
                self.minutes.setValue(minutes)
        # 43200 minutes are hard to recognize as 30 days.
        self._span.setText(f"= {span(minutes * _MS_PER_MINUTE)}" if minutes >= _MINUTES_AN_HOUR else "")
        self._span.setVisible(bool(self._span.text()))

    def show_status(self, text: str, *, is_error: bool = False) -> None:
        """Show what the preset lacks, or why saving failed. With ``is_error``, the text has the color of errors."""
        self._status.setText(text)
        set_tone(self._status, "danger" if is_error else "hint")

    @property
    def key_note(self) -> str:
        """A sentence that names the preset which loses its key when this one is saved. Empty if there is none."""
        key = self.key.read_value()
        own = self._preset.id if self._preset is not None else None
        owner = next((one for one in self._others if one.id != own and one.function_key == key), None)
        if owner is None or key is None:
            return ""
        name = one_line(owner.name, most_characters=_LONGEST)
        return self.tr("F{key} is used by “{name}”, which will have no key after you save.").format(key=key, name=name)

    def _offer_keys(self, preset: Preset) -> None:
        self.key.offer_keys(self._others, preset.id)
        self.key.show_value(preset.function_key)

    def _on_minutes_edited(self) -> None:
        self.minutes_edited.emit(self.minutes.read_value())

    def _on_save_meant(self) -> None:
        if self.save.isEnabled():
            self.save_requested.emit()


def minutes_of(options: FlowOptions) -> int:
    """Return the signing period in minutes, rounded up. 0 if the options have no deadline or one at a fixed time."""
    deadline = options.deadline
    return -(-deadline.duration_ms // _MS_PER_MINUTE) if isinstance(deadline, SignWithin) else 0


def with_minutes(options: FlowOptions, minutes: int) -> FlowOptions:
    """Return the options with a signing period in minutes. 0 stands for the default of the account."""
    return replace(options, deadline=SignWithin(minutes * _MS_PER_MINUTE) if minutes else None)
