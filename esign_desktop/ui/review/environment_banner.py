"""Where a contract goes, in words and in a colour that nobody can take for another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from esign_desktop.override import override
from esign_desktop.ui.plain_label import PlainLabel
from esign_desktop.ui.theme import environment_colours
from esign_desktop.ui.words.environment_words import effect_sentence, environment_name

if TYPE_CHECKING:
    from esign_desktop.domain.environment import Environment


class EnvironmentBanner(QFrame):
    """A strip in the environment's colour. ``setVisible`` follows whether an environment is known."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._environment: Environment | None = None
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
        self._environment = environment
        self._show()
        self.show()

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
        self._effect.setText(effect_sentence(self._environment))
        self.setAccessibleName(f"{self._name.text()}: {self._effect.text()}")
