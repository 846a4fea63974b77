"""Chooses the function key of a preset, and says which are taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QComboBox, QWidget

from esign_desktop.domain.preset import FUNCTION_KEYS
from esign_desktop.ui.words.outside_text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from esign_desktop.domain.preset import Preset, PresetId

_LONGEST_NAME = 20


class KeyChoice(QComboBox):
    """No key, or F2 to F8; a key that is taken changes hands."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.show_keys((), None, None)

    @property
    def key(self) -> int | None:
        """The number of the chosen key."""
        found = self.currentData()
        return found if isinstance(found, int) else None

    def show_keys(
        self, presets: Iterable[Preset], own: PresetId | None, chosen: int | None, *, only_free: bool = False
    ) -> None:
        """Offer the keys, with the names of the other presets that they belong to; ``only_free`` lets none be taken."""
        taken = {preset.function_key: preset.name for preset in presets if preset.id != own}
        self.blockSignals(True)
        self.clear()
        self.addItem(self.tr("No key"), None)
        for key in FUNCTION_KEYS:
            name = one_line(taken.get(key, ""), most_characters=_LONGEST_NAME)
            self.addItem(self.tr("F{key}, now: {name}").format(key=key, name=name) if name else f"F{key}", key)
            if name and only_free:
                # Passed over by arrow keys too, which would take one key after the other.
                self._item(self.count() - 1).setEnabled(False)
        self.setCurrentIndex(0 if chosen is None else FUNCTION_KEYS.index(chosen) + 1)
        self.blockSignals(False)

    def _item(self, row: int) -> QStandardItem:
        model = self.model()
        if not isinstance(model, QStandardItemModel):
            raise TypeError(type(model).__name__)
        return model.item(row)
