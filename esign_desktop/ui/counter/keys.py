"""Which contract is on which function key, and which is chosen.

The keys that do something now, at the foot of the counter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from esign_desktop.override import override
from esign_desktop.ui.presets.lines import automatic_signers
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.labels import ElidedLabel, PlainLabel, plain_tip

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from esign_desktop.domain.preset.preset import Preset, PresetId


PRESETS_PX: Final = 320


class PresetKeys(QWidget):
    """A card a key. Nothing here is clicked: the keys do it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cards: dict[PresetId, QFrame] = {}
        self._texts: tuple[str, ...] = ()
        self._chosen: PresetId | None = None
        self._title = PlainLabel(self)
        self._empty = PlainLabel(self)
        self._empty.setWordWrap(True)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        for label, pixels in ((self._title, 22), (self._empty, 18)):
            font = label.font()
            font.setPixelSize(pixels)
            label.setFont(font)
            self._column.addWidget(label)
        self._column.addStretch(1)
        self.setFixedWidth(PRESETS_PX)
        self.retranslate()

    @property
    def texts(self) -> tuple[str, ...]:
        """The names on the keys."""
        return self._texts

    def show_presets(self, presets: Mapping[int, Preset]) -> None:
        """Show these, by the number of their key."""
        for card in self._cards.values():
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
        self._cards = {preset.id: self._card(key, preset) for key, preset in presets.items()}
        for index, card in enumerate(self._cards.values()):
            self._column.insertWidget(2 + index, card)
        self._texts = tuple(preset.name for preset in presets.values())
        self._empty.setVisible(not presets)
        self.choose(self._chosen)

    def choose(self, preset_id: PresetId | None) -> None:
        """Mark the one that is on the desk."""
        self._chosen = preset_id
        for one, card in self._cards.items():
            card.setProperty("chosen", "true" if one == preset_id else "false")
            card.style().unpolish(card)
            card.style().polish(card)

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def retranslate(self) -> None:
        """Set all texts in the language of the window."""
        self._title.setText(self.tr("Contracts"))
        self._empty.setText(
            self.tr("No contract is on a key yet. Prepare one in the main window, and save it as a preset.")
        )

    def _card(self, key: int, preset: Preset) -> QFrame:
        card = QFrame(self)
        card.setObjectName("documentCard")
        row = QHBoxLayout(card)
        row.setContentsMargins(12, 12, 12, 12)
        row.setSpacing(12)
        name = PlainLabel(card, f"F{key}")
        name.setObjectName("key")
        title = ElidedLabel(card, one_line(preset.name))
        for label in (name, title):
            font = label.font()
            font.setPixelSize(20)
            label.setFont(font)
        title.setMinimumHeight(32)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(title)
        for text in self._told(preset):
            note = ElidedLabel(card, text)
            note.setObjectName("hint")
            note.setToolTip(plain_tip(text))
            words.addWidget(note)
        row.addWidget(name)
        row.addLayout(words, 1)
        return card

    def _told(self, preset: Preset) -> Iterator[str]:
        """Say what happens without the teller's doing once the key is pressed."""
        silent = automatic_signers(preset)
        if silent:
            yield self.tr("Signs by itself: {names}").format(names=silent)
        if preset.options.redirect_url:
            yield self.tr("Then opens {address}").format(address=one_line(preset.options.redirect_url))


_TEXT_PX: Final = 16
_CRAMPED_PX: Final = 13


class KeyBar(QWidget):
    """A row of keys with a word each."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._labels: list[PlainLabel] = []
        self._is_small = False
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)
        self._row.addStretch(1)

    def show_keys(self, keys: tuple[tuple[str, str], ...]) -> None:
        """Show these keys in this order."""
        texts = [text for pair in keys for text in pair]
        while len(self._labels) < len(texts):
            self._add_label()
        for index, label in enumerate(self._labels):
            label.setText(texts[index] if index < len(texts) else "")
            label.setVisible(index < len(texts))

    def make_room(self, *, is_small: bool) -> None:
        """Make do with a small window."""
        self._is_small = is_small
        for index in range(len(self._labels)):
            self._fit(index)

    def _add_label(self) -> None:
        label = PlainLabel(self)
        label.setObjectName("key" if len(self._labels) % 2 == 0 else "")
        self._row.insertWidget(len(self._labels), label)
        self._labels.append(label)
        self._fit(len(self._labels) - 1)

    def _fit(self, index: int) -> None:
        label = self._labels[index]
        font = label.font()
        font.setPixelSize(_CRAMPED_PX if self._is_small else _TEXT_PX)
        label.setFont(font)
        if index % 2:
            label.setContentsMargins(0, 0, 8 if self._is_small else 16, 0)
