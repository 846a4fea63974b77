"""The menu bar, in both languages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QMainWindow, QMenu

from esign_desktop.ui.shell.menus import MenuBar

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_no_access_key_stands_twice_in_a_menu(language: str, qtbot: QtBot, speak: Callable[[str], None]) -> None:
    speak(language)
    window = QMainWindow()
    qtbot.addWidget(window)
    bar = MenuBar(window)
    for menu in (bar, *bar.findChildren(QMenu)):
        texts = [action.text().replace("&&", "") for action in menu.actions()]
        keys = [found.group(1).upper() for text in texts if (found := re.search("&(.)", text)) is not None]
        assert sorted(keys) == sorted(set(keys)), texts


def test_seals_are_arranged_and_a_rehearsal_is_steered_only_once_there_is_one(qtbot: QtBot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    bar = MenuBar(window)

    def hidden() -> set[str]:
        entries = [action for menu in bar.findChildren(QMenu) for action in menu.actions()]
        return {action.text() for action in entries if not (action.isVisible() or action.isSeparator())}

    assert hidden() == {"Arran&ge", "&Rehearsal console…", "Loc&k"}
    bar.show_rehearsal("http://127.0.0.1:1/console")
    bar.show_lock(is_shown=True)
    assert hidden() == {"Arran&ge"}
