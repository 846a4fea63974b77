"""The Presets room and Prepare, where fields are drawn, on real services with a rehearsal platform and a real mouse."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QStackedWidget

from esign_desktop.domain.contract.draft import ContractDraft
from esign_desktop.domain.geometry import PagePoint
from esign_desktop.services.editing.session import ContractSession
from esign_desktop.ui.prepare.fields.bar import FieldBar
from esign_desktop.ui.prepare.room import PrepareRoom
from esign_desktop.ui.presets.controller import PresetController
from esign_desktop.ui.presets.room import PresetsRoom
from esign_desktop.ui.shell.current_contract import CurrentContract
from esign_desktop.ui.text.i18n import ENGLISH
from esign_desktop.ui.widgets.notice_bar import Messages
from tests.services.desk import clock_ms
from tests.services.template_library import Library
from tests.ui.prepare.conftest import KnownAccounts, KnownContacts
from tests.ui.prepare.kept_sizes import KeptSizes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from esign_desktop.domain.templates import Template, TemplateField
    from esign_desktop.ui.prepare.fields.menu import FieldMenu
    from esign_desktop.ui.presets.drawing import TemplateDrawing
    from esign_desktop.ui.tasks import TaskRunner
    from esign_desktop.ui.text.i18n import Languages
    from esign_desktop.ui.viewer.view import PagesView
    from tests.services.sandbox_platform import SandboxPlatform

LEFT = Qt.MouseButton.LeftButton
NO_KEY = Qt.KeyboardModifier.NoModifier


class TemplatesDesk:
    """Sits in the room; ``draw`` and ``drag`` move the mouse over the pages by points of the first page."""

    def __init__(self, library: Library, tasks: TaskRunner, qtbot: QtBot) -> None:
        self.library = library
        self.qtbot = qtbot
        self.tasks = tasks
        desk = library.desk
        services: Any = SimpleNamespace(
            environments=SimpleNamespace(current=lambda: library.environment),
            templates=library.service,
            template_maker=library.maker,
            presets=desk.presets,
            preset_layouts=desk.layouts,
            flows=desk.flows,
            documents=desk.documents,
            drafts=desk.drafts,
            copies=desk.copies,
            preferences=KeptSizes(),
            accounts=KnownAccounts(),
            contacts=KnownContacts(),
        )
        self.messages = Messages()
        self.window = QStackedWidget()
        for widget in (self.messages, self.window):
            qtbot.addWidget(widget)
        self.session = ContractSession(ContractDraft.new(), clock_ms=clock_ms)
        self.room = PresetsRoom(services, tasks, self.messages, self.window)
        self.prepare = PrepareRoom(services, tasks, self.messages, self.session, self.window)
        self.contract = CurrentContract(
            *(services, tasks, self.session, self.messages, self.prepare),
            is_sent_now=lambda: False,
            paused_draft_id=lambda: None,
            parent=self.window,
        )
        self.presets = PresetController(
            *(services, self.session, self.prepare, tasks, self.messages),
            drafts=self.contract.drafts,
            may_replace_contract=self.contract.may_change,
            before_leaving=self.contract.discard_unsaved_before,
            parent=self.window,
        )
        self.room.fields_requested.connect(self.presets.drawing.edit)
        self.room.pdf_chosen.connect(self.presets.drawing.open_pdf)
        self.presets.prepare_requested.connect(lambda: self.window.setCurrentWidget(self.prepare))
        self.presets.template_closed.connect(self._show_room)
        for room in (self.room, self.prepare):
            self.window.addWidget(room)
        self.window.resize(1286, 720)
        self.window.show()
        self.room.activated()
        self.settle()

    def _show_room(self, template: Template | None) -> None:
        self.window.setCurrentWidget(self.room)
        if template is not None:
            self.room.choose_template(template)
        else:
            self.room.activated()

    @property
    def editor(self) -> TemplateDrawing:
        return self.presets.drawing

    @property
    def view(self) -> PagesView:
        return self.prepare.canvas.view

    @property
    def fields(self) -> tuple[TemplateField, ...]:
        return self.editor.controller.fields

    @property
    def field_menu(self) -> FieldMenu:
        (bar,) = self.prepare.findChildren(FieldBar)
        return bar.menu

    def is_back(self) -> bool:
        """Whether nothing is edited and the room is shown."""
        return not self.editor.is_open and self.room.isVisible()

    def open_pdf(self, path: Path) -> None:
        self.room.pdf_chosen.emit(path)

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

    def open(self, path: Path) -> TemplateDrawing:
        self.open_pdf(path)
        self.wait_until(lambda: self.editor.is_open)
        return self.editor

    def at(self, x_pt: float, y_pt: float) -> QPoint:
        view = self.view
        return view.view_point(*view.page_layout.slots[0].point_px(PagePoint(x_pt, y_pt))).toPoint()

    def drag(
        self, start: tuple[float, float], end: tuple[float, float], modifier: Qt.KeyboardModifier = NO_KEY
    ) -> None:
        viewport = self.view.viewport()
        QTest.mousePress(viewport, LEFT, modifier, self.at(*start))
        for share in (0.3, 0.7, 1.0):
            x, y = (one + (other - one) * share for one, other in zip(start, end, strict=True))
            self._move(self.at(x, y), modifier)
        QTest.mouseRelease(viewport, LEFT, modifier, self.at(*end))

    def click(self, x_pt: float, y_pt: float, modifier: Qt.KeyboardModifier = NO_KEY) -> None:
        QTest.mouseClick(self.view.viewport(), LEFT, modifier, self.at(x_pt, y_pt))

    def strike(self, key: Qt.Key, modifier: Qt.KeyboardModifier = NO_KEY) -> None:
        QTest.keyClick(self.view, key, modifier)

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

        viewport = self.view.viewport()
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
    desk.contract.drafts.autosave.stop()
