"""A canvas on the screen, with a real engine behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from esign_desktop.services.editing.documents import DocumentService
from esign_desktop.ui.tasks import TaskRunner
from tests.pdf.local_engine import LocalEngine
from tests.ui.prepare.tools.desk import Desk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    engine = LocalEngine()
    tasks = TaskRunner()
    desk = Desk(qtbot, DocumentService(engine), tasks)
    yield desk
    desk.canvas.close()
    tasks.stop()
    engine.stop()
