"""Templates: fields drawn on a PDF, the list with its pages, one added by its id, and what goes wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QScrollArea, QWidget

from esign_desktop.app.self_test import driver
from esign_desktop.domain.geometry import PagePoint
from esign_desktop.domain.templates import ValueKind
from esign_desktop.ui.shell.rail import RoomName
from tests.pictures import papers
from tests.pictures.office import office

if TYPE_CHECKING:
    from esign_desktop.ui.presets.room import PresetsRoom
    from esign_desktop.ui.viewer.view import PagesView
    from tests.pictures.office import Office
    from tests.pictures.studio import Studio

_DRAWN = (
    (ValueKind.TEXT, (352, 610, 532, 630), "委托方"),
    (ValueKind.ID_NUMBER, (352, 554, 532, 574), "统一编号"),
    (ValueKind.AMOUNT, (352, 498, 452, 518), "服务费"),
    (ValueKind.DATE, (352, 442, 472, 462), "起始日期"),
    (ValueKind.CHECK, (352, 416, 368, 432), "需要发票"),
)


def play(studio: Studio) -> None:
    """From an empty list to a template that is gone."""
    with office(studio, "templates") as here:
        here.window.show_room(RoomName.PRESETS)
        driver.rest(300)
        room, drawing, view = (
            here.workspace.presets_room,
            here.workspace.presets.drawing,
            here.workspace.prepare.canvas.view,
        )
        room.pdf_chosen.emit(papers.annex(here.folder / "委托服务协议.pdf", title="委托服务协议"))
        driver.wait_until("the PDF is shown", lambda: drawing.is_open and view.isVisible())
        await_fields(view)
        studio.take("template-editor-empty", here.window)
        for kind, place, name in _DRAWN:
            here.workspace.prepare.state.draw_fields(kind)
            _draw(view, place)
            driver.write(drawing.panel.name, name)
        driver.rest(200)
        studio.take("template-editor", here.window)
        driver.write(drawing.panel.name, "委托方")
        driver.rest(200)
        studio.take("template-editor-same-name", here.window)
        driver.write(drawing.panel.name, "需要发票")
        driver.rest(200)
        _scroll_to(drawing.strip.make)
        driver.press(drawing.strip.make)
        driver.wait_until("the template is made", lambda: not drawing.is_open and room.isVisible())
        _listed(here, room)
        studio.take("templates", here.window)
        room.by_id.click()
        driver.wait_until("the dialog is open", lambda: room.dialog is not None)
        dialog = room.dialog
        assert dialog is not None
        driver.write(dialog.template_id, "20180403120233")
        driver.write(dialog.name, "旧版借款合同")
        driver.rest(200)
        studio.take("template-add", here.window, above=[dialog])
        driver.press(dialog.add)
        driver.wait_until("it is added", lambda: room.grid.count() == 2)
        _listed(here, room)
        studio.take("templates-without-pdf", here.window)


def _scroll_to(button: QWidget) -> None:
    """Show the whole button: with large letters, the room is larger than the window."""
    above = button.parentWidget()
    while above is not None:
        if isinstance(above, QScrollArea):
            above.ensureWidgetVisible(button)
        above = above.parentWidget()


def await_fields(view: PagesView) -> None:
    """Wait until the pages and the fields on them are drawn."""
    driver.wait_until("the pages are drawn", lambda: not view.is_settling and view.source.is_idle)
    driver.rest(200)


def _draw(view: PagesView, place: tuple[int, int, int, int]) -> None:
    slot = view.page_layout.slots[0]
    left, bottom, right, top = place

    def at(x: float, y: float) -> QPoint:
        return view.view_point(*slot.point_px(PagePoint(x, y))).toPoint()

    viewport, button = view.viewport(), Qt.MouseButton.LeftButton
    QTest.mousePress(viewport, button, Qt.KeyboardModifier.NoModifier, at(left, top))
    QTest.mouseMove(viewport, at((left + right) / 2, (bottom + top) / 2))
    QTest.mouseMove(viewport, at(right, bottom))
    QTest.mouseRelease(viewport, button, Qt.KeyboardModifier.NoModifier, at(right, bottom))


def _listed(here: Office, room: PresetsRoom) -> None:
    driver.wait_until("the card is chosen", lambda: room.drawer.card is not None)
    driver.rest(700)
    here.window.messages.clear("templates")
