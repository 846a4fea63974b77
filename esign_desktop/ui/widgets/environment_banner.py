"""Where a contract goes, in words and in a colour that nobody can take for another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from esign_desktop.domain.environment import is_elsewhere
from esign_desktop.ui.text.environment import effect_sentence, elsewhere_sentence, environment_name
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.theme import environment_colours

if TYPE_CHECKING:
    from esign_desktop.domain.environment import Environment


class EnvironmentBanner(QFrame):
    """A strip in the environment's colour. ``setVisible`` follows whether an environment is known."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = PlainLabel(self)
        self._effect = PlainLabel(self)
        self._effect.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(0)
        column.addWidget(self._name)
        column.addWidget(self._effect)
        self.setAutoFillBackground(True)
        self.hide()

    def show_environment(self, environment: Environment) -> None:
        """Show where a contract goes."""
        self._show(environment, effect_sentence(environment))

    def show_contract(self, environment: Environment, here: Environment | None) -> None:
        """Show where a contract is at home that was sent before: briefly in the chosen environment, fully elsewhere."""
        is_away = is_elsewhere(environment, here)
        effect = f"{elsewhere_sentence(environment, here)} {effect_sentence(environment)}" if is_away else ""
        self._show(environment, effect)

    @property
    def sentence(self) -> str:
        """What stands there, in one line."""
        return f"{self._name.text()}: {self._effect.text()}"

    def _show(self, environment: Environment, effect: str) -> None:
        ground, ink = environment_colours(environment.kind)
        self.setStyleSheet(
            f"EnvironmentBanner {{ background: {ground.name()}; border-radius: 6px; }}"
            f"EnvironmentBanner QLabel {{ color: {ink.name()}; background: transparent; }}"
        )
        font = self.font()
        font.setBold(True)
        self._name.setFont(font)
        self._name.setText(environment_name(environment.kind))
        self._effect.setText(effect)
        self._effect.setVisible(bool(effect))
        self.setAccessibleName(self.sentence)
        self.show()
