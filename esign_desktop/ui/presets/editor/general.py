"""What a preset is called, its key, and how its contracts run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QCheckBox, QFormLayout, QLineEdit, QSpinBox, QWidget

from esign_desktop.domain.options import NoticeChannel, SignWithin
from esign_desktop.domain.preset.soundness import MAX_ADDRESS_CHARACTERS
from esign_desktop.ui.presets.lines import automatic_signers
from esign_desktop.ui.presets.list import KeyChoice
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.fields import fields_form, show_text
from esign_desktop.ui.widgets.labels import PlainLabel

if TYPE_CHECKING:
    from collections.abc import Iterable

    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.ui.presets.editor.working_copy import WorkingCopy

_LONGEST: Final = 60
_FIELD_PX: Final = 420
_MS_PER_MINUTE: Final = 60_000
_MOST_MINUTES: Final = 525_600


class GeneralPage(QWidget):
    """Tells the working copy what is typed, and shows what it holds."""

    def __init__(self, copy: WorkingCopy, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._copy = copy
        self._others: tuple[Preset, ...] = ()
        self.name = QLineEdit(self)
        self.title = QLineEdit(self)
        for edit in (self.name, self.title):
            edit.setMaxLength(_LONGEST)
        self.address = QLineEdit(self)
        self.address.setMaxLength(MAX_ADDRESS_CHARACTERS)
        self.address.setPlaceholderText(self.tr("none"))
        self.silent = PlainLabel(self)
        self.key = KeyChoice(self)
        self._key_note = PlainLabel(self)
        self.minutes = QSpinBox(self)
        self.minutes.setRange(0, _MOST_MINUTES)
        self.minutes.setKeyboardTracking(False)
        self.minutes.setSpecialValueText(self.tr("As the platform has it"))
        self.minutes.setSuffix(self.tr(" minutes"))
        self.ordered = QCheckBox(self.tr("Signers sign one &after the other"), self)
        self.by_sms = QCheckBox(self.tr("Send a text &message with the link"), self)
        self.by_email = QCheckBox(self.tr("Send an &e-mail with the link"), self)
        self._hint = PlainLabel(self)
        for label in (self._key_note, self._hint, self.silent):
            label.setWordWrap(True)
        for label in (self._key_note, self._hint):
            label.setObjectName("hint")
        form = fields_form(self)
        for text, field in (
            (self.tr("&Name"), self.name),
            (self.tr("&Title of the contracts"), self.title),
            (self.tr("&Key at the counter"), self.key),
            ("", self._key_note),
            (self.tr("&Valid for"), self.minutes),
            (self.tr("Address &opened after signing"), self.address),
            (self.tr("Signs automatically"), self.silent),
            ("", self.ordered),
            ("", self.by_sms),
            ("", self.by_email),
            ("", self._hint),
        ):
            form.addRow(text, field)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.FieldsStayAtSizeHint)
        for field in (self.name, self.title, self.address, self.silent, self._key_note, self._hint):
            field.setMinimumWidth(_FIELD_PX)
        self._connect()
        self.show_copy()

    def show_others(self, presets: Iterable[Preset]) -> None:
        """Say which keys are taken."""
        self._others = tuple(presets)
        self.show_copy()

    def show_copy(self) -> None:
        """Show what the working copy holds."""
        preset = self._copy.preset
        show_text(self.name, preset.name)
        show_text(self.title, preset.options.business_scene)
        self.title.setPlaceholderText(one_line(_usual_title(preset)))
        self.key.show_keys(self._others, preset.id, preset.function_key)
        self._key_note.setText(self._key_words(preset))
        self._key_note.setVisible(bool(self._key_note.text()))
        deadline = preset.options.deadline
        self.minutes.blockSignals(True)
        self.minutes.setValue(-(-deadline.duration_ms // _MS_PER_MINUTE) if isinstance(deadline, SignWithin) else 0)
        self.minutes.blockSignals(False)
        show_text(self.address, preset.options.redirect_url)
        self.silent.setText(automatic_signers(preset) or self.tr("nobody"))
        notices = preset.options.notices
        self.ordered.setChecked(preset.is_ordered)
        self.by_sms.setChecked(NoticeChannel.SMS in notices)
        self.by_email.setChecked(NoticeChannel.EMAIL in notices)
        self._hint.setText(
            self.tr("At the counter the customer scans a code; then no message is needed.")
            if not notices
            else self.tr("Messages cost, and at the counter the customer scans a code anyway.")
        )

    def _connect(self) -> None:
        self.name.textEdited.connect(self._on_name_text_edited)
        self.title.textEdited.connect(self._on_title_text_edited)
        self.key.activated.connect(self._on_key_activated)
        self.minutes.valueChanged.connect(self._on_minutes_value_changed)
        self.address.textEdited.connect(self._on_address_text_edited)
        self.ordered.clicked.connect(self._on_ordered_clicked)
        self.by_sms.clicked.connect(self._on_notices_clicked)
        self.by_email.clicked.connect(self._on_notices_clicked)

    def _key_words(self, preset: Preset) -> str:
        owner = next(
            (
                other
                for other in self._others
                if other.id != preset.id
                and other.function_key is not None
                and other.function_key == preset.function_key
            ),
            None,
        )
        if owner is None:
            return ""
        return self.tr("F{key} is taken from “{name}”, which has no key then.").format(
            key=preset.function_key, name=one_line(owner.name, most_characters=_LONGEST)
        )

    def _on_name_text_edited(self, text: str) -> None:
        self._copy.apply(lambda preset: replace(preset, name=text.strip()), "name")

    def _on_title_text_edited(self, text: str) -> None:
        self._copy.apply(
            lambda preset: replace(preset, options=replace(preset.options, business_scene=text.strip())), "title"
        )

    def _on_address_text_edited(self, text: str) -> None:
        self._copy.apply(
            lambda preset: replace(preset, options=replace(preset.options, redirect_url=text.strip())), "address"
        )

    def _on_key_activated(self) -> None:
        key = self.key.key
        self._copy.apply(lambda preset: replace(preset, function_key=key))

    def _on_minutes_value_changed(self, minutes: int) -> None:
        deadline = SignWithin(minutes * _MS_PER_MINUTE) if minutes else None
        self._copy.apply(lambda preset: replace(preset, options=replace(preset.options, deadline=deadline)), "minutes")

    def _on_ordered_clicked(self, is_checked: bool) -> None:
        self._copy.apply(lambda preset: replace(preset, is_ordered=is_checked))

    def _on_notices_clicked(self) -> None:
        wanted = {NoticeChannel.SMS: self.by_sms, NoticeChannel.EMAIL: self.by_email}

        def change(preset: Preset) -> Preset:
            kept = preset.options.notices - set(wanted)
            chosen = frozenset(channel for channel, box in wanted.items() if box.isChecked())
            return replace(preset, options=replace(preset.options, notices=kept | chosen))

        self._copy.apply(change)


def _usual_title(preset: Preset) -> str:
    """Return what the contracts are called when nobody says."""
    return preset.documents[0].name if preset.documents else preset.name
