"""Where a contract goes, in words and in a colour that nobody can take for another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from esign_desktop.domain.environment import is_elsewhere
from esign_desktop.override import override
from esign_desktop.ui.text.environment import effect_sentence, elsewhere_sentence, environment_name
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.theme import environment_colours

if TYPE_CHECKING:
    from esign_desktop.domain.environment import Environment


class EnvironmentBanner(QFrame):
    """A strip in the environment's colour. ``setVisible`` follows whether an environment is known."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._environment: Environment | None = None
        self._here: Environment | None = None
        self._is_of_contract = False
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

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._show()
        super().changeEvent(event)

    def show_environment(self, environment: Environment) -> None:
        """Show where the contract goes."""
        self._environment, self._is_of_contract = environment, False
        self._show()
        self.show()

    def show_contract(self, environment: Environment, here: Environment | None) -> None:
        """Show where a contract is at home that was sent before: briefly in the chosen environment, fully elsewhere."""
        self._environment, self._here, self._is_of_contract = environment, here, True
        self._show()
        self.show()

    @property
    def sentence(self) -> str:
        """What stands there, in one line."""
        return f"{self._name.text()}: {self._effect.text()}"

    def _show(self) -> None:
        if self._environment is None:
            return
        ground, ink = environment_colours(self._environment.kind)
        self.setStyleSheet(
            f"EnvironmentBanner {{ background: {ground.name()}; border-radius: 6px; }}"
            f"EnvironmentBanner QLabel {{ color: {ink.name()}; background: transparent; }}"
        )
        font = self.font()
        font.setBold(True)
        self._name.setFont(font)
        self._name.setText(environment_name(self._environment.kind))
        self._effect.setText(self._effect_text(self._environment))
        self._effect.setVisible(bool(self._effect.text()))
        self.setAccessibleName(self.sentence)

    def _effect_text(self, environment: Environment) -> str:
        effect = effect_sentence(environment)
        if not self._is_of_contract:
            return effect
        if is_elsewhere(environment, self._here):
            return f"{elsewhere_sentence(environment, self._here)} {effect}"
        return ""
