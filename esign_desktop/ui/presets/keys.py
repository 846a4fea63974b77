"""The field in which the user chooses the function key that starts a preset at the counter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtGui import QStandardItemModel

from esign_desktop.domain.preset.preset import FUNCTION_KEYS
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.forms import ChoiceField

if TYPE_CHECKING:
    from collections.abc import Iterable

    from esign_desktop.domain.preset.preset import Preset, PresetId

_LONGEST_KEY_NAME: Final = 20


class KeyChoice(ChoiceField):
    """A field in which the user chooses a preset's function key, or no key.

    The field only returns the key. When the preset is saved, another preset with this key loses it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.offer_keys((), None)

    def offer_keys(self, presets: Iterable[Preset], own: PresetId | None, *, only_free: bool = False) -> None:
        """Offer all function keys, with the names of the presets to which they are assigned, and the choice of no key.

        ``own`` is the id of the preset for which the key is chosen, or None for a new preset. With ``only_free``, the
        keys of other presets are disabled.
        """
        taken = {preset.function_key: preset.name for preset in presets if preset.id != own}
        names = {key: one_line(taken.get(key, ""), most_characters=_LONGEST_KEY_NAME) for key in FUNCTION_KEYS}
        texts = {
            key: self.tr("F{key}, now {name}").format(key=key, name=name) if name else f"F{key}"
            for key, name in names.items()
        }
        self.offer([(None, self.tr("No key")), *texts.items()])
        model = self.model()
        if not isinstance(model, QStandardItemModel):
            raise TypeError(type(model).__name__)
        for row, key in enumerate(FUNCTION_KEYS, 1):
            # The arrow keys choose at once, so they would take the keys of other presets. They skip disabled keys.
            model.item(row).setEnabled(not (names[key] and only_free))
