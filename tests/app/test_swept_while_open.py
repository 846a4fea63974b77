"""What has waited long enough goes, also in a program that is never closed."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from esign_desktop.store.tables.kept_values import KEPT_MS
from esign_desktop.ui.shell import background

if TYPE_CHECKING:
    import pytest
    from pytestqt.qtbot import QtBot

    from esign_desktop.store.files.paths import AppPaths
    from tests.app.conftest import Start


def test_form_values_of_contracts_that_ended_long_ago_go_while_the_program_stays_open(
    start: Start, paths: AppPaths, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert background.SWEEP_EVERY_MS <= 86_400_000
    monkeypatch.setattr(background, "SWEEP_EVERY_MS", 100)
    start()
    with closing(sqlite3.connect(paths.database_path, isolation_level=None)) as other:
        now_ms = 2_000_000_000_000
        rows = [("long ago", 0, b"sealed", 1), ("lately", 0, b"sealed", now_ms + KEPT_MS)]
        other.executemany("INSERT INTO kept_values VALUES (?, ?, ?, ?)", rows)

        def kept() -> list[str]:
            return [name for (name,) in other.execute("SELECT submission_id FROM kept_values")]

        qtbot.waitUntil(lambda: kept() == ["lately"])
