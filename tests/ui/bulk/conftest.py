"""The Bulk room with a service that sends nothing, and sheets on the disk."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any, cast

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from esign_desktop.ui.bulk.model import FIRST_CELL
from esign_desktop.ui.bulk.room import BulkRoom
from esign_desktop.ui.bulk.work import BulkStage
from esign_desktop.ui.widgets.notice_bar import Messages
from tests.bulk_samples import HEADINGS, make_preset
from tests.ui.bulk.fake_bulk import FakeBulk, FakePresets
from tests.ui.viewer.slow_renderer import SlowRenderer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from esign_desktop.ui.tasks import TaskRunner


class Desk:
    """What a clerk sees and presses."""

    def __init__(
        self, room: BulkRoom, bulk: FakeBulk, presets: FakePresets, messages: Messages, qtbot: QtBot, folder: Path
    ) -> None:
        self.room = room
        self.bulk = bulk
        self.presets = presets
        self.folder = folder
        self.messages = messages
        self._qtbot = qtbot

    @property
    def table(self) -> Any:
        return self.room.rows.table

    @property
    def model(self) -> Any:
        return self.room.rows.table.rows

    def write(
        self, rows: Sequence[tuple[str, ...]], *, headings: tuple[str, ...] = HEADINGS, name: str = "名单.csv"
    ) -> Path:
        path = self.folder / name
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([headings, *rows])
        return path

    def enter(self) -> None:
        """Come into the room and wait until the presets are read."""
        self.room.activated()
        self._qtbot.waitUntil(lambda: self.room.work.offers.presets is not None)

    def lay_out(self, rows: Sequence[tuple[str, ...]], *, headings: tuple[str, ...] = HEADINGS) -> None:
        """Choose the only preset and a sheet of these rows."""
        self.enter()
        self.room.take_sheet(self.write(rows, headings=headings))
        self.wait_planned()

    def wait_planned(self) -> None:
        work = self.room.work
        self._qtbot.waitUntil(lambda: work.stage is BulkStage.PLANNED and not work.is_planning)

    def wait_stopped(self) -> None:
        self._qtbot.waitUntil(lambda: self.room.work.stage is BulkStage.STOPPED)

    def send(self) -> None:
        """Press the one button, and the one that confirms."""
        self.room.rows.foot.send_button.click()
        self.button("Send ").click()

    def button(self, beginning: str) -> QPushButton:
        """Return the button that is seen and begins so."""
        QApplication.processEvents()
        found = [one for one in self.room.findChildren(QPushButton) if one.isVisible()]
        matches = [one for one in found if one.text().startswith(beginning)]
        assert matches, [one.text() for one in found]
        return matches[0]

    @property
    def buttons(self) -> list[str]:
        QApplication.processEvents()
        return [one.text() for one in self.room.findChildren(QPushButton) if one.isVisible()]

    @property
    def texts(self) -> str:
        """Everything that stands in labels."""
        QApplication.processEvents()
        return "\n".join(one.text() for one in self.room.findChildren(QLabel) if one.isVisible())

    def cell(self, position: int, column: int) -> Any:
        """Return the index of one of the sheet's cells."""
        return self.model.index(position, FIRST_CELL + column)

    def states(self) -> list[str]:
        return [str(self.model.index(row, 1).data()) for row in range(self.model.rowCount())]


@pytest.fixture
def desk(tasks: TaskRunner, qtbot: QtBot, tmp_path: Path, speak: Any) -> Desk:
    """A room that was not entered yet, with one preset."""
    messages = Messages()
    qtbot.addWidget(messages)
    bulk, presets = FakeBulk(), FakePresets(make_preset())
    room = BulkRoom(cast("Any", bulk), cast("Any", presets), tasks, messages, renderer=SlowRenderer())
    qtbot.addWidget(room)
    room.resize(1200, 740)
    room.show()
    return Desk(room, bulk, presets, messages, qtbot, tmp_path)
