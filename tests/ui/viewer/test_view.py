from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import shiboken6
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QColor, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from esign_desktop.domain.document import Document, DocumentId
from esign_desktop.domain.geometry import PageFrame, PageRect
from esign_desktop.ui.tasks import TaskRunner
from esign_desktop.ui.viewer.layout import Fit, ViewPlace, read_view_place
from esign_desktop.ui.viewer.view import PagesView
from esign_desktop.ui.widgets.motion import set_still
from esign_desktop.ui.widgets.theme import theme
from tests.ui.viewer.slow_renderer import SlowRenderer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

A4 = PageFrame(595.0, 842.0)
DRAWN = QColor(100, 150, 200)
WHITE = QColor(255, 255, 255)
LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton


def document(name: str, page_count: int, frame: PageFrame = A4) -> Document:
    return Document(DocumentId(name), f"{name}.pdf", name, 1, name, (frame,) * page_count)


@pytest.fixture
def renderer() -> SlowRenderer:
    return SlowRenderer()


@pytest.fixture
def view(qtbot: QtBot, renderer: SlowRenderer) -> Iterator[PagesView]:
    tasks = TaskRunner()
    view = PagesView(renderer, tasks)
    qtbot.addWidget(view)
    view.resize(700, 600)
    with qtbot.waitExposed(view):
        view.show()
    yield view
    renderer.gate.set()
    view.close()
    tasks.stop()


def wait_for_pictures(qtbot: QtBot, view: PagesView) -> None:
    qtbot.waitUntil(lambda: not view.is_settling and view.source.is_idle, timeout=5000)


def colour_at(view: PagesView, position: QPoint) -> QColor:
    return view.viewport().grab().toImage().pixelColor(position)


def wheel(view: PagesView, position: QPoint, angle: int, modifiers: Qt.KeyboardModifier, pixels: int = 0) -> None:
    event = QWheelEvent(
        QPointF(position),
        QPointF(view.viewport().mapToGlobal(position)),
        QPoint(0, pixels),
        QPoint(0, angle),
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view.viewport(), event)


def send_move(view: PagesView, position: QPoint, buttons: Qt.MouseButton) -> None:
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(position),
        QPointF(view.viewport().mapToGlobal(position)),
        Qt.MouseButton.NoButton,
        buttons,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(view.viewport(), event)


def test_pages_are_drawn_when_their_pictures_arrive(qtbot: QtBot, view: PagesView, renderer: SlowRenderer) -> None:
    renderer.gate.clear()
    view.set_documents([document("a", 1)])
    middle = view.viewport().rect().center()
    assert colour_at(view, middle) == WHITE
    renderer.gate.set()
    qtbot.waitUntil(lambda: len(renderer.calls) > 0)
    wait_for_pictures(qtbot, view)
    assert colour_at(view, middle) == DRAWN


def test_a_first_document_fills_the_width(view: PagesView) -> None:
    view.set_documents([document("a", 3)])
    slot = view.page_layout.slots[0]
    assert view.fit is Fit.WIDTH
    assert 0.85 < slot.width_px / view.viewport().width() < 1.0


def test_fitting_follows_the_size_of_the_view(view: PagesView) -> None:
    view.set_documents([document("a", 3)])
    view.fit_page()
    slot = view.page_layout.slots[0]
    assert slot.height_px < view.viewport().height()
    view.resize(900, 900)
    assert view.page_layout.slots[0].height_px > slot.height_px
    view.set_zoom(1.0)
    view.resize(500, 500)
    assert view.zoom == 1.0


def test_a_change_of_height_alone_keeps_the_zoom_that_fits_the_width(view: PagesView) -> None:
    """Else a bar that comes and goes with the page in the middle, which the zoom decides, would never come to rest."""
    pages = (PageFrame(595.0, 842.0), PageFrame(400.0, 600.0))
    view.set_documents([replace(document("a", 2), pages=pages)])
    zoom = view.zoom
    view.verticalScrollBar().setValue(view.verticalScrollBar().maximum())
    assert view.current_page == (DocumentId("a"), 2)
    view.resize(view.width(), view.height() - 40)
    assert view.zoom == zoom
    view.resize(view.width() + 1, view.height())
    assert view.zoom != zoom


def test_zoom_stays_within_its_bounds(view: PagesView) -> None:
    view.set_documents([document("a", 1)])
    view.set_zoom(100.0)
    assert view.zoom == 8.0
    view.set_zoom(0.001)
    assert view.zoom == 0.25


def test_ctrl_and_wheel_zoom_at_the_pointer(view: PagesView) -> None:
    view.set_documents([document("a", 20)])
    view.set_zoom(1.0)
    view.go_to(DocumentId("a"), 7)
    position = QPoint(280, 330)
    before = view.mapped_pointer(position)
    assert before.slot is not None
    for _ in range(4):
        wheel(view, position, 120, Qt.KeyboardModifier.ControlModifier)
    after = view.mapped_pointer(position)
    assert view.zoom > 2.0
    assert after.slot is not None
    assert after.slot.page_number == before.slot.page_number
    assert before.point is not None
    assert after.point is not None
    assert after.point.x_pt == pytest.approx(before.point.x_pt, abs=2.0)
    assert after.point.y_pt == pytest.approx(before.point.y_pt, abs=2.0)


def test_wheel_scrolls_by_exact_pixels_where_they_are_told(view: PagesView) -> None:
    view.set_documents([document("a", 20)])
    bar = view.verticalScrollBar()
    wheel(view, QPoint(200, 200), -120, Qt.KeyboardModifier.NoModifier, pixels=-7)
    assert bar.value() == 7
    wheel(view, QPoint(200, 200), -120, Qt.KeyboardModifier.NoModifier)
    assert bar.value() == 7 + 3 * bar.singleStep()


def test_the_page_in_the_middle_is_current(qtbot: QtBot, view: PagesView) -> None:
    view.set_documents([document("a", 3), document("b", 3)])
    assert view.current_page == ("a", 1)
    with qtbot.waitSignal(view.current_page_changed) as changed:
        view.go_to(DocumentId("b"), 2)
    assert changed.args == ["b", 2]
    assert view.accessibleDescription() == "Page 2 of 3, b"


def test_pages_stay_known_to_a_screen_reader_as_long_as_the_view_and_no_longer(
    renderer: SlowRenderer, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    tasks = TaskRunner()
    view = PagesView(renderer, tasks)
    view.resize(700, 600)
    view.set_documents([document("a", 3)])
    assert QAccessible.queryAccessibleInterface(view.viewport()).childCount() == 0
    monkeypatch.setattr(QAccessible, "isActive", lambda: True)
    view.tell_item()
    port = QAccessible.queryAccessibleInterface(view.viewport())
    page = port.child(0)
    number = QAccessible.uniqueId(page)
    assert (page.role(), page.text(QAccessible.Text.Name)) == (QAccessible.Role.List, "Page 1 of 3, a")
    # A method that is connected later makes another class of the view for Qt.
    view.said.connect(view.setToolTip)
    assert QAccessible.queryAccessibleInterface(view.viewport()).child(0) is page
    view.set_documents([])
    assert not page.isValid()
    shiboken6.delete(view)
    assert not shiboken6.isValid(page)
    assert not shiboken6.isValid(port)
    assert QAccessible.accessibleInterface(number) is None
    renderer.gate.set()
    tasks.stop()


def test_home_and_end_lead_to_the_first_and_last_page(view: PagesView) -> None:
    view.set_documents([document("a", 30)])
    QTest.keyClick(view, Qt.Key.Key_End)
    assert view.current_page == ("a", 30)
    QTest.keyClick(view, Qt.Key.Key_Home)
    assert view.current_page == ("a", 1)
    QTest.keyClick(view, Qt.Key.Key_PageDown)
    assert view.verticalScrollBar().value() == view.verticalScrollBar().pageStep()


@pytest.mark.parametrize("zoom", [None, 1.7])
def test_one_comes_back_to_where_one_looked(view: PagesView, zoom: float | None) -> None:
    view.set_documents([document("a", 5), document("b", 5)])
    if zoom is not None:
        view.set_zoom(zoom)
        view.horizontalScrollBar().setValue(90)
    view.go_to(DocumentId("b"), 3)
    view.verticalScrollBar().setValue(view.verticalScrollBar().value() + 77)
    place = view.place
    assert place is not None
    view.fit_page()
    view.go_to(DocumentId("a"), 1)
    kept = read_view_place(place.in_words)
    assert kept is not None
    view.restore_place(kept)
    back = view.place
    assert back is not None
    assert (back.document_id, back.page_number, back.zoom, back.fit) == ("b", 3, place.zoom, place.fit)
    assert (back.left_pt, back.top_pt) == pytest.approx((place.left_pt, place.top_pt), abs=1.0)


def test_a_place_on_pages_that_are_gone_moves_nothing(view: PagesView) -> None:
    view.set_documents([document("a", 5)])
    view.go_to(DocumentId("a"), 2)
    before = view.place
    view.restore_place(ViewPlace(DocumentId("b"), 1, 0.0, 0.0, 2.0, Fit.NOTHING))
    view.restore_place(ViewPlace(DocumentId("a"), 9, 0.0, 0.0, 2.0, Fit.NOTHING))
    assert view.place == before


@pytest.mark.parametrize(
    "words",
    [
        "",
        "{",
        "[]",
        "null",
        '{"document_id": "a"}',
        '{"document_id": "a", "page_number": 1, "left_pt": NaN, "top_pt": 0, "zoom": 1, "fit": "width"}',
        '{"document_id": "a", "page_number": 1, "left_pt": 0, "top_pt": 0, "zoom": 1, "fit": "moon"}',
        '{"document_id": "a", "page_number": Infinity, "left_pt": 0, "top_pt": 0, "zoom": 1, "fit": "width"}',
    ],
)
def test_a_place_that_makes_no_sense_is_none(words: str) -> None:
    assert read_view_place(words) is None


@pytest.mark.parametrize("with_space", [True, False])
def test_space_and_the_middle_button_drag_the_content(view: PagesView, with_space: bool) -> None:
    view.set_documents([document("a", 30)])
    button = LEFT if with_space else MIDDLE
    if with_space:
        QTest.keyPress(view, Qt.Key.Key_Space)
    QTest.mousePress(view.viewport(), button, pos=QPoint(300, 400))
    send_move(view, QPoint(300, 250), button)
    QTest.mouseRelease(view.viewport(), button, pos=QPoint(300, 250))
    if with_space:
        QTest.keyRelease(view, Qt.Key.Key_Space)
    assert view.verticalScrollBar().value() == 150
    assert view.viewport().cursor().shape() is Qt.CursorShape.ArrowCursor


def test_scrolling_far_drops_what_was_wanted_on_the_way(qtbot: QtBot, view: PagesView, renderer: SlowRenderer) -> None:
    view.set_documents([document("a", 500)])
    wait_for_pictures(qtbot, view)
    renderer.calls.clear()
    renderer.gate.clear()
    bar = view.verticalScrollBar()
    for value in range(bar.maximum() // 3, bar.maximum(), 700):
        bar.setValue(value)
    renderer.gate.set()
    wait_for_pictures(qtbot, view)
    # The two that had begun, and those in sight at the end with a neighbour: not the hundreds between.
    assert len(renderer.calls) <= 8
    assert 500 in renderer.pages


def test_a_failed_page_says_so_and_is_tried_again_by_a_click(
    qtbot: QtBot, view: PagesView, renderer: SlowRenderer
) -> None:
    renderer.broken = {1}
    view.set_documents([document("a", 1)])
    qtbot.waitUntil(lambda: view.source.failure(DocumentId("a"), 1) is not None)
    wait_for_pictures(qtbot, view)
    middle = view.viewport().rect().center()
    assert colour_at(view, middle) != DRAWN
    renderer.broken = set()
    QTest.mouseClick(view.viewport(), LEFT, pos=middle)
    qtbot.waitUntil(lambda: colour_at(view, middle) == DRAWN)


def test_other_pages_are_drawn_beside_a_failed_one(qtbot: QtBot, view: PagesView, renderer: SlowRenderer) -> None:
    renderer.broken = {1}
    view.set_documents([document("a", 2)])
    view.set_zoom(0.25)
    qtbot.waitUntil(lambda: view.source.failure(DocumentId("a"), 1) is not None)
    wait_for_pictures(qtbot, view)
    slot = view.page_layout.slots[1]
    center = view.view_point(slot.left_px + slot.width_px / 2, slot.top_px + slot.height_px / 2).toPoint()
    assert colour_at(view, center) == DRAWN


def test_going_to_a_part_of_a_page_points_at_it_and_then_no_more(qtbot: QtBot, view: PagesView) -> None:
    view.set_documents([document("a", 30)])
    rect = PageRect(100.0, 100.0, 200.0, 150.0)
    view.go_to(DocumentId("a"), 20, rect)
    slot = view.page_layout.slot(DocumentId("a"), 20)
    assert slot is not None
    x, y, width, height = slot.rect_px(rect)
    assert view.visible_content.contains(QPointF(x + width / 2, y + height / 2))
    assert view.spotlight.is_lit
    qtbot.waitUntil(lambda: not view.spotlight.is_lit, timeout=5000)
    # It fades by a colour of its own: buttons have the theme's.
    assert theme().fill.alpha() == 255


def test_with_rest_asked_for_the_frame_stands_still_and_then_is_gone(qtbot: QtBot, view: PagesView) -> None:
    view.set_documents([document("a", 2)])
    paints: list[bool] = []
    view.spotlight.changed.connect(lambda: paints.append(view.spotlight.is_lit))
    set_still(is_wanted=True)
    try:
        view.go_to(DocumentId("a"), 2, PageRect(100.0, 100.0, 200.0, 150.0))
        qtbot.waitUntil(lambda: not view.spotlight.is_lit, timeout=5000)
    finally:
        set_still(is_wanted=False)
    assert paints == [True, False]


def test_going_to_a_page_that_is_not_there_does_nothing(view: PagesView) -> None:
    view.set_documents([document("a", 2)])
    view.go_to(DocumentId("a"), 3)
    view.go_to(DocumentId("b"), 1)
    assert view.verticalScrollBar().value() == 0


def test_a_removed_document_takes_its_pictures_along(qtbot: QtBot, view: PagesView) -> None:
    view.set_documents([document("a", 1)])
    wait_for_pictures(qtbot, view)
    assert view.source.cache.has_whole_page(DocumentId("a"), 1)
    view.set_documents([])
    assert not view.source.cache.has_whole_page(DocumentId("a"), 1)
    assert view.current_page is None


def test_an_added_document_does_not_move_what_is_seen(view: PagesView) -> None:
    first = document("a", 10)
    view.set_documents([first])
    view.go_to(DocumentId("a"), 5)
    value = view.verticalScrollBar().value()
    view.set_documents([first, document("b", 3)])
    assert view.verticalScrollBar().value() == value
    view.set_documents([document("c", 2), first])
    assert view.current_page == ("a", 5)


def test_sharpness_counts_device_pixels(qtbot: QtBot, view: PagesView, renderer: SlowRenderer) -> None:
    view.set_documents([document("a", 1)])
    view.set_zoom(1.0)
    wait_for_pictures(qtbot, view)
    assert renderer.calls[-1][2] == pytest.approx(view.scale * view.devicePixelRatioF(), abs=1e-3)


@pytest.mark.parametrize(
    "frame",
    [PageFrame(8000.0, 6000.0), PageFrame(595.0, 842.0, user_unit=75000.0)],
    ids=["metres", "kilometres"],
)
def test_a_page_of_any_size_is_shown_whole_and_drawn(
    qtbot: QtBot, view: PagesView, renderer: SlowRenderer, frame: PageFrame
) -> None:
    view.set_documents([document("plan", 1, frame)])
    slot = view.page_layout.slot(DocumentId("plan"), 1)
    assert slot is not None
    assert slot.left_px >= 0
    assert slot.width_px <= view.viewport().width()
    wait_for_pictures(qtbot, view)
    assert renderer.calls
    assert all(pixels_per_point > 0 for _, _, pixels_per_point, _ in renderer.calls)
    view.zoom_out()
    view.fit_page()
    slot = view.page_layout.slot(DocumentId("plan"), 1)
    assert slot is not None
    assert slot.height_px <= view.viewport().height()
