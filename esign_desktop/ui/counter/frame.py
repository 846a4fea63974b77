"""Provide the parts around the counter's work page: the header, the presets with their keys, and the available keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QFrame, QWidget

from esign_desktop.ui.presets.lines import automatic_signers
from esign_desktop.ui.text.environment import environment_name
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.labels import ElidedLabel, PlainLabel, set_font_px, show_tip
from esign_desktop.ui.widgets.layouts import hbox, vbox
from esign_desktop.ui.widgets.theme import repolish, set_tone

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from esign_desktop.domain.environment import Environment
    from esign_desktop.domain.preset.preset import Preset, PresetId


class HeadLine(QWidget):
    """Shows the preset, the number of waiting customers, the teller, the state of the display and the environment."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._preset = ElidedLabel(self)
        self._waiting = PlainLabel(self, look="caution", is_live=True)
        self._waiting.hide()
        self._teller = PlainLabel(self)
        self._screen = PlainLabel(self, is_live=True)
        self._environment = PlainLabel(self, look="environment")
        hbox((self._preset, 1), self._waiting, self._teller, self._screen, self._environment, spacing=24, parent=self)
        set_font_px(self._preset, 26, is_bold=True)
        set_font_px(self._waiting, 16, is_bold=True)
        set_font_px(self._teller, 16)
        set_font_px(self._screen, 16)
        set_font_px(self._environment, 16, is_bold=True)

    def show_preset(self, name: str) -> None:
        """Show the name of the chosen preset, or *Counter* if no preset is chosen."""
        self._preset.setText(one_line(name) or self.tr("Counter"))

    @property
    def waiting(self) -> str:
        return self._waiting.text()

    def show_waiting(self, count: int) -> None:
        """Show the number of handed-over customers who are waiting. With 0, hide the label."""
        self._waiting.setText(self.tr("%n customer(s) waiting", "", count) if count else "")
        self._waiting.setVisible(bool(count))

    def show_teller(self, name: str) -> None:
        """Show the name of the teller who is signed in. With an empty name, hide the label."""
        self._teller.setText(self.tr("Teller: {name}").format(name=one_line(name)) if name else "")
        self._teller.setVisible(bool(name))

    def show_screen(self, *, is_there: bool, is_blanked: bool) -> None:
        if not is_there:
            words, tone = self.tr("Customer's screen is not connected"), "danger"
        elif is_blanked:
            words, tone = self.tr("Customer's screen is blanked"), "danger"
        else:
            words, tone = self.tr("Customer's screen is on"), "hint"
        self._screen.setText(words)
        set_tone(self._screen, tone)

    def show_environment(self, environment: Environment) -> None:
        self._environment.setText(environment_name(environment.kind))
        self._environment.setProperty("environment", environment.kind.value)
        repolish(self._environment)


PRESETS_PX: Final = 320


class PresetKeys(QWidget):
    """Shows a card for each preset with a function key, or a hint if there is none. The cards cannot be clicked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cards: dict[PresetId, QFrame] = {}
        self._texts: tuple[str, ...] = ()
        self._chosen: PresetId | None = None
        title = PlainLabel(self, self.tr("Contracts"))
        self._empty = PlainLabel(
            self,
            self.tr(
                "No contract has a key yet. Assign a key to a preset in the main window, or ask "
                "this computer's administrator."
            ),
            is_wrapped=True,
        )
        set_font_px(title, 22)
        set_font_px(self._empty, 18)
        self._column = vbox(title, self._empty, 1, parent=self)
        self.setFixedWidth(PRESETS_PX)

    @property
    def texts(self) -> tuple[str, ...]:
        return self._texts

    def show_presets(self, presets: Mapping[int, Preset], changed: Collection[PresetId] = ()) -> None:
        """Replace the cards. ``presets`` is keyed by the number of the function key, and displayed in its order.

        ``changed`` are the ids of presets that head office changed and that were not used since.
        """
        for card in self._cards.values():
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
        self._cards = {preset.id: self._card(key, preset, preset.id in changed) for key, preset in presets.items()}
        for index, card in enumerate(self._cards.values()):
            self._column.insertWidget(2 + index, card)
        self._texts = tuple(preset.name for preset in presets.values())
        self._empty.setVisible(not presets)
        self.choose(self._chosen)

    def choose(self, preset_id: PresetId | None) -> None:
        self._chosen = preset_id
        for one, card in self._cards.items():
            card.setProperty("chosen", "true" if one == preset_id else "false")
            repolish(card)

    def _card(self, key: int, preset: Preset, is_changed: bool) -> QFrame:
        card = QFrame(self)
        card.setObjectName("documentCard")
        name = PlainLabel(card, f"F{key}", look="key")
        title = ElidedLabel(card, one_line(preset.name))
        for label in (name, title):
            set_font_px(label, 20)
        title.setMinimumHeight(32)
        words = vbox(title, spacing=2)
        if is_changed:
            change = PlainLabel(card, self.tr("Changed by head office"))
            set_tone(change, "warning")
            words.addWidget(change)
        for text in self._notes(preset):
            note = ElidedLabel(card, text)
            note.setObjectName("hint")
            show_tip(note, text)
            words.addWidget(note)
        hbox(name, (words, 1), spacing=12, margins=(12, 12, 12, 12), parent=card)
        return card

    def _notes(self, preset: Preset) -> Iterator[str]:
        """Yield notes on what happens without the teller when a contract of the preset is signed."""
        silent = automatic_signers(preset)
        if silent:
            yield self.tr("Signs automatically: {names}").format(names=silent)
        if preset.options.redirect_url:
            yield self.tr("Then opens {address}").format(address=one_line(preset.options.redirect_url))


_TEXT_PX: Final = 16
_CRAMPED_PX: Final = 13


class KeyBar(QWidget):
    """Shows a row of keys, each with a label that states its effect."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._labels: list[PlainLabel] = []
        self._is_small = False
        self._row = hbox(1, parent=self)

    def show_keys(self, keys: tuple[tuple[str, str], ...]) -> None:
        texts = [text for pair in keys for text in pair]
        while len(self._labels) < len(texts):
            self._add_label()
        for index, label in enumerate(self._labels):
            label.setText(texts[index] if index < len(texts) else "")
            label.setVisible(index < len(texts))

    def make_room(self, *, is_small: bool) -> None:
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
        set_font_px(self._labels[index], _CRAMPED_PX if self._is_small else _TEXT_PX)
        if index % 2:
            self._labels[index].setContentsMargins(0, 0, 8 if self._is_small else 16, 0)
