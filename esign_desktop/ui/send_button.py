"""The button that sends: the one step that can't be undone looks it, and is red where a contract binds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.ui.icons import icon
from esign_desktop.ui.theme import environment_colours, theme

if TYPE_CHECKING:
    from PySide6.QtWidgets import QPushButton

    from esign_desktop.domain.environment import Environment


def dress_send_button(button: QPushButton, *, is_binding: bool) -> None:
    """Give a primary button its icon and colour; again after it was enabled, disabled, or the theme changed."""
    colours = theme()
    button.setIcon(icon("send", colours.on_accent if button.isEnabled() else colours.hint))
    red = environment_colours(EnvironmentKind.PRODUCTION)[0].name()
    rule = f"#primary:enabled {{ background: {red}; border-color: {red}; }}"
    button.setStyleSheet(rule if is_binding else "")


def dress_acting_button(button: QPushButton, environment: Environment | None) -> None:
    """Give a button the colour of the environment in which it acts, where that is not the chosen one (None: it is)."""
    if environment is None:
        button.setStyleSheet("")
        return
    ground, ink = environment_colours(environment.kind)
    button.setStyleSheet(
        f"QPushButton:enabled {{ background: {ground.name()}; border-color: {ground.name()}; color: {ink.name()}; }}"
    )
