"""The frozen program says when a package was upgraded under its feet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from esign_desktop.app import main as program_module

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from tests.app.conftest import Start

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|propagateSizeHints)")


def test_window_says_that_the_program_was_replaced(
    start: Start, qapp: QApplication, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_file = tmp_path / "esign-desktop"
    own_file.write_bytes(b"old")
    monkeypatch.setattr(program_module, "frozen_file", lambda: own_file)
    messages = start().window.messages
    qtbot.wait(1)
    own_file.with_suffix(".new").write_bytes(b"new")
    own_file.with_suffix(".new").replace(own_file)

    def is_told() -> bool:
        qapp.applicationStateChanged.emit(Qt.ApplicationState.ApplicationActive)
        return any("was replaced" in row.title for row in messages.rows)

    qtbot.waitUntil(is_told, timeout=20_000)


def test_a_checkout_is_not_watched() -> None:
    assert program_module.frozen_file() is None
