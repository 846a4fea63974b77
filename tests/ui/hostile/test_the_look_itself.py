"""The look sees what it is there for: each of its checks can fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLabel, QLineEdit, QPushButton, QTextBrowser, QVBoxLayout, QWidget

from esign_desktop.ui.widgets.labels import PlainLabel, plain_tip
from tests.ui.hostile.looking import is_marked, look

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from tests.ui.hostile.file_watch import FileWatch


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    one = QWidget()
    QVBoxLayout(one)
    qtbot.addWidget(one)
    one.resize(400, 300)
    one.show()
    return one


def put(window: QWidget, widget: QWidget) -> None:
    layout = window.layout()
    assert layout is not None
    layout.addWidget(widget)


def test_a_picture_that_a_label_loads_is_seen_by_the_kernel_and_on_the_screen(
    window: QWidget, picture: Path, watch: FileWatch
) -> None:
    label = QLabel(f'<img src="{picture}">', window)
    label.setTextFormat(Qt.TextFormat.RichText)
    put(window, label)
    label.show()
    window.grab()
    assert is_marked(window)
    assert watch.was_opened() or not watch.can_see
    with pytest.raises(AssertionError):
        look(window, watch)


def test_a_picture_in_a_browser_and_in_a_tip_is_seen(window: QWidget, picture: Path, watch: FileWatch) -> None:
    if not watch.can_see:
        pytest.skip("only Linux tells who opens files")
    button = QPushButton("A", window)
    button.setToolTip(f'<img src="{picture}">')
    put(window, button)
    with pytest.raises(AssertionError, match="a picture was loaded"):
        look(window, watch)
    button.setToolTip(plain_tip(f'<img src="{picture}">'))
    look(window, watch)
    browser = QTextBrowser(window)
    browser.setAccessibleName("Text")
    browser.setHtml(f'<img src="{picture}">')
    put(window, browser)
    with pytest.raises(AssertionError):
        look(window, watch)


@pytest.mark.parametrize("text", ["合同\u202eexe", "\x1b[31m", "\u2067شركة", "\u2068شركة"])
def test_what_turns_its_neighbours_round_is_seen(window: QWidget, watch: FileWatch, text: str) -> None:
    label = QLabel(text, window)
    label.setTextFormat(Qt.TextFormat.PlainText)
    put(window, label)
    with pytest.raises(AssertionError):
        look(window, watch)


@pytest.mark.parametrize("text", ["合同\u202eexe", "\x1b[31m", "\u2067شركة", "\u2068شركة", "\ud800"])
def test_a_plain_label_does_no_harm_whatever_it_is_given(window: QWidget, watch: FileWatch, text: str) -> None:
    put(window, PlainLabel(window, text))
    look(window, watch)


def test_an_isolated_name_is_no_harm(window: QWidget, watch: FileWatch) -> None:
    put(window, PlainLabel(window, "\u2068شركة\u2069 signed"))
    look(window, watch)


def test_a_window_that_grows_beyond_the_screen_is_seen(window: QWidget, watch: FileWatch) -> None:
    put(window, PlainLabel(window, "W" * 10_000))
    with pytest.raises(AssertionError, match="needs"):
        look(window, watch)


def test_a_control_without_a_name_or_below_another_and_a_dialog_without_a_title_are_seen(
    window: QWidget, watch: FileWatch, qtbot: QtBot
) -> None:
    field = QLineEdit(window)
    put(window, field)
    with pytest.raises(AssertionError, match="has no name"):
        look(window, watch)
    field.setAccessibleName("Name")
    look(window, watch)
    button = QPushButton("Outside the layout", window)
    button.setGeometry(field.geometry())
    button.show()
    with pytest.raises(AssertionError, match="cover each other"):
        look(window, watch)
    button.hide()
    dialog = QDialog(window)
    qtbot.addWidget(dialog)
    dialog.show()
    with pytest.raises(AssertionError, match="has no title"):
        look(window, watch)
