"""The editor's page for a preset's name, its function key, and the options of its contracts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtWidgets import QFormLayout, QWidget

from esign_desktop.domain.options import NoticeChannel, SignWithin
from esign_desktop.domain.preset.preset import Preset
from esign_desktop.domain.preset.soundness import MAX_ADDRESS_CHARACTERS
from esign_desktop.ui.presets.editor.item_list import ItemForm
from esign_desktop.ui.presets.lines import automatic_signers
from esign_desktop.ui.presets.list import KeyChoice
from esign_desktop.ui.text.moments import span
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.forms import CheckField, LineField, NumberField, Row
from esign_desktop.ui.widgets.labels import PlainLabel

if TYPE_CHECKING:
    from collections.abc import Iterable

    from esign_desktop.ui.presets.editor.working_copy import WorkingCopy

_LONGEST: Final = 60
_FIELD_PX: Final = 420
_KEY_PX: Final = 200
_MS_PER_MINUTE: Final = 60_000
_MINUTES_AN_HOUR: Final = 60
_MOST_MINUTES: Final = 525_600


class GeneralPage(ItemForm[Preset]):
    """The page for the general settings of a preset."""

    def __init__(self, copy: WorkingCopy, parent: QWidget | None = None) -> None:
        super().__init__(copy.preset, parent=parent)
        self._copy = copy
        self._others: tuple[Preset, ...] = ()
        self.name, self.title = LineField(max_length=_LONGEST), LineField(max_length=_LONGEST)
        self.key = KeyChoice()
        self.minutes = NumberField(0, _MOST_MINUTES)
        self.minutes.setKeyboardTracking(False)
        self.minutes.setSpecialValueText(self.tr("Account default"))
        self.minutes.setSuffix(self.tr(" minutes"))
        self._span = PlainLabel(self, look="hint")
        self.address = LineField(max_length=MAX_ADDRESS_CHARACTERS, placeholder=self.tr("none"))
        self.ordered = CheckField(self.tr("Signers sign one &after another"))
        self.by_sms = CheckField(self.tr("Send text &message with link"))
        self.by_email = CheckField(self.tr("Send &email with link"))
        self._key_note, self._hint = (PlainLabel(self, look="hint", is_wrapped=True) for _ in range(2))
        self.silent = PlainLabel(self, is_wrapped=True)
        self.form_layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.FieldsStayAtSizeHint)
        self._add_rows()
        for field in (self.name, self.title, self.address, self.silent, self._key_note, self._hint):
            field.setMinimumWidth(_FIELD_PX)
        self.key.setMinimumWidth(_KEY_PX)
        self.edited.connect(copy.become)
        self.show_copy()

    def show_others(self, presets: Iterable[Preset]) -> None:
        """Show which function keys are assigned to other presets."""
        self._others = tuple(presets)
        self.show_copy()

    def show_copy(self) -> None:
        """Show the current state of the working copy."""
        preset = self._copy.preset
        # The placeholder is the title that contracts get by default.
        self.title.setPlaceholderText(one_line(preset.documents[0].name if preset.documents else preset.name))
        self.key.offer_keys(self._others, preset.id)
        self.show_value(preset)
        minutes = _minutes(preset)
        # 43200 minutes are hard to recognize as 30 days.
        self._span.setText(f"= {span(minutes * _MS_PER_MINUTE)}" if minutes >= _MINUTES_AN_HOUR else "")
        self._key_note.setText(self._key_words(preset))
        self._key_note.setVisible(bool(self._key_note.text()))
        self.silent.setText(automatic_signers(preset) or self.tr("no one"))
        self._hint.setText(
            self.tr("Messages cost money, and customers at the counter scan a QR code anyway.")
            if preset.options.notices
            else self.tr("Customers at the counter scan a QR code, so no message is needed.")
        )

    def _add_rows(self) -> None:
        self.add(Row("name", self.tr("&Name"), self.name))
        self.add(Row("options.business_scene", self.tr("Contract &title"), self.title))
        self.add(Row("function_key", self.tr("Counter &key"), self.key))
        self.form_layout.addRow("", self._key_note)
        self.add(Row("minutes", self.tr("Sign &within"), self.minutes, _minutes, _with_minutes, beside=self._span))
        self.add(Row("options.redirect_url", self.tr("After si&gning"), self.address))
        self.form_layout.addRow(self.tr("Signs automatically"), self.silent)
        self.add(Row("is_ordered", "", self.ordered))
        self.add(_notice_row(NoticeChannel.SMS, self.by_sms))
        self.add(_notice_row(NoticeChannel.EMAIL, self.by_email))
        self.form_layout.addRow("", self._hint)

    def _key_words(self, preset: Preset) -> str:
        key = preset.function_key
        owner = next((one for one in self._others if one.id != preset.id and one.function_key == key), None)
        if owner is None or key is None:
            return ""
        name = one_line(owner.name, most_characters=_LONGEST)
        return self.tr("F{key} is used by “{name}”, which will have no key after you save.").format(key=key, name=name)


def _with_options(preset: Preset, **values: Any) -> Preset:
    return replace(preset, options=replace(preset.options, **values))


def _notice_row(channel: NoticeChannel, field: CheckField) -> Row[Preset]:
    def changed(preset: Preset, is_on: bool) -> Preset:
        notices = preset.options.notices
        return _with_options(preset, notices=notices | {channel} if is_on else notices - {channel})

    return Row(channel.name, "", field, lambda preset: channel in preset.options.notices, changed)


def _minutes(preset: Preset) -> int:
    deadline = preset.options.deadline
    return -(-deadline.duration_ms // _MS_PER_MINUTE) if isinstance(deadline, SignWithin) else 0


def _with_minutes(preset: Preset, minutes: int) -> Preset:
    return _with_options(preset, deadline=SignWithin(minutes * _MS_PER_MINUTE) if minutes else None)
