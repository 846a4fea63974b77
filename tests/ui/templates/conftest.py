"""The Presets room and its editor of fields on real services, with a real rehearsal platform and a real mouse."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from esign_desktop.domain.geometry import PagePoint
from esign_desktop.ui.presets.room import PresetsRoom
from esign_desktop.ui.text.i18n import ENGLISH
from esign_desktop.ui.widgets.notice_bar import Messages
from tests.services.template_library import Library

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from esign_desktop.ui.tasks import TaskRunner
    from esign_desktop.ui.templates.editor.window import TemplateEditor
    from esign_desktop.ui.text.i18n import Languages
    from tests.services.sandbox_platform import SandboxPlatform

LEFT = Qt.MouseButton.LeftButton
NO_KEY = Qt.KeyboardModifier.NoModifier


class TemplatesDesk:
    """Sits in the room; ``draw`` and ``drag`` move the mouse over the pages by points of the first page."""

    def __init__(self, library: Library, tasks: TaskRunner, qtbot: QtBot) -> None:
        self.library = library
        self.qtbot = qtbot
        self.tasks = tasks
        services: Any = SimpleNamespace(
            environments=SimpleNamespace(current=lambda: library.environment),
            templates=library.service,
            template_maker=library.maker,
            presets=library.desk.presets,
            preset_layouts=library.desk.layouts,
            flows=library.desk.flows,
            documents=library.desk.documents,
        )
        self.messages = Messages()
        self.room = PresetsRoom(services, tasks, self.messages)
        for widget in (self.messages, self.room):
            qtbot.addWidget(widget)
        self.room.resize(1286, 720)
        self.room.show()
        self.room.activated()
        self.settle()

    @property
    def editor(self) -> TemplateEditor:
        assert self.room.editor is not None
        return self.room.editor

    def choose(self, command: str) -> None:
        """Choose a command in the drawer's menu by its text."""
        action = next(one for one in self.room.drawer.menu.actions() if one.text() == command)
        action.trigger()

    def settle(self) -> None:
        """Wait until all that was asked for has come."""
        for _ in range(3):
            assert self.tasks.wait_idle()
            self.qtbot.wait(20)

    def wait_until(self, is_so: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(is_so, timeout=20_000)

    def open(self, path: Path) -> TemplateEditor:
        self.room.open_pdf(path)
        self.wait_until(lambda: self.room.editor is not None)
        return self.editor

    def at(self, x_pt: float, y_pt: float) -> QPoint:
        view = self.editor.view
        return view.view_point(*view.page_layout.slots[0].point_px(PagePoint(x_pt, y_pt))).toPoint()

    def drag(
        self, start: tuple[float, float], end: tuple[float, float], modifier: Qt.KeyboardModifier = NO_KEY
    ) -> None:
        viewport = self.editor.view.viewport()
        QTest.mousePress(viewport, LEFT, modifier, self.at(*start))
        for share in (0.3, 0.7, 1.0):
            x, y = (one + (other - one) * share for one, other in zip(start, end, strict=True))
            self._move(self.at(x, y), modifier)
        QTest.mouseRelease(viewport, LEFT, modifier, self.at(*end))

    def click(self, x_pt: float, y_pt: float, modifier: Qt.KeyboardModifier = NO_KEY) -> None:
        QTest.mouseClick(self.editor.view.viewport(), LEFT, modifier, self.at(x_pt, y_pt))

    def strike(self, key: Qt.Key, modifier: Qt.KeyboardModifier = NO_KEY) -> None:
        QTest.keyClick(self.editor.view, key, modifier)

    def name(self, text: str) -> None:
        """Type a name for the chosen field, as it is asked for, and go back to the pages by Enter."""
        line = self.editor.panel.name
        line.selectAll()
        QTest.keyClicks(line, text) if text.isascii() else line.insert(text)
        if not text.isascii():
            line.textEdited.emit(text)
        QTest.keyClick(line, Qt.Key.Key_Return)

    def rects(self) -> list[tuple[int, int, int, int]]:
        found = (one.rect for one in self.editor.controller.fields)
        return [
            (round(r.left_pt), round(r.bottom_pt), round(r.right_pt), round(r.top_pt)) for r in found if r is not None
        ]

    def _move(self, point: QPoint, modifier: Qt.KeyboardModifier) -> None:
        from PySide6.QtCore import QEvent, QPointF
        from PySide6.QtGui import QMouseEvent
        from PySide6.QtWidgets import QApplication

        viewport = self.editor.view.viewport()
        where = QPointF(point)
        event = QMouseEvent(
            QEvent.Type.MouseMove, where, QPointF(viewport.mapToGlobal(point)), Qt.MouseButton.NoButton, LEFT, modifier
        )
        QApplication.sendEvent(viewport, event)


@pytest.fixture
def library(tmp_path: Path, shared_platform: SandboxPlatform) -> Iterator[Library]:
    shared_platform.set_faults()
    library = Library(tmp_path, shared_platform)
    yield library
    shared_platform.set_faults()
    library.desk.close()


@pytest.fixture
def desk(library: Library, tasks: TaskRunner, qtbot: QtBot, languages: Languages) -> Iterator[TemplatesDesk]:
    languages.use(ENGLISH)
    desk = TemplatesDesk(library, tasks, qtbot)
    yield desk
    tasks.wait_idle()
