"""A canvas on the screen, with a real engine behind it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from esign_desktop.pdf.worker.local_engine import LocalEngine
from esign_desktop.services.editing.documents import DocumentService
from esign_desktop.ui.tasks import TaskRunner
from tests.ui.prepare.kept_sizes import KeptSizes
from tests.ui.prepare.tools.desk import Desk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from esign_desktop.ui.prepare.canvas import CanvasServices


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    engine = LocalEngine()
    tasks = TaskRunner()
    services = cast("CanvasServices", SimpleNamespace(documents=DocumentService(engine), preferences=KeptSizes()))
    desk = Desk(qtbot, services, tasks)
    yield desk
    desk.canvas.close()
    tasks.stop()
    engine.stop()
