from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QObject

from esign_desktop.domain.document import Document, DocumentId
from esign_desktop.domain.geometry import PageFrame
from esign_desktop.ui.tasks import TaskRunner
from esign_desktop.ui.viewer import painting as module
from esign_desktop.ui.viewer.layout import PageLayout
from esign_desktop.ui.viewer.painting import FAR_PIXELS_PER_POINT, FarPages
from esign_desktop.ui.viewer.view import PagesView
from tests.ui.viewer.slow_renderer import SlowRenderer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

A4 = PageFrame(595.0, 842.0)
A3 = PageFrame(842.0, 1191.0)
POSTER = PageFrame(5950.0, 8420.0)
NAME = DocumentId("a")


def layout(page_count: int, frame: PageFrame = A4) -> PageLayout:
    return PageLayout([Document(NAME, "a.pdf", "a", 1, "a", (frame,) * page_count)], 1.0, 800.0)


@pytest.fixture
def renderer() -> SlowRenderer:
    return SlowRenderer()


@pytest.fixture
def tasks(renderer: SlowRenderer) -> Iterator[TaskRunner]:
    runner = TaskRunner()
    yield runner
    renderer.gate.set()
    runner.stop()


@pytest.fixture
def far(qtbot: QtBot, renderer: SlowRenderer, tasks: TaskRunner) -> Iterator[FarPages]:
    parent = QObject()
    yield FarPages(renderer, tasks, parent)
    parent.deleteLater()


def test_pages_are_drawn_after_a_rest_the_nearest_first(qtbot: QtBot, far: FarPages, renderer: SlowRenderer) -> None:
    pages = layout(9)
    far.move_to(pages, pages.slots[4].top_px + 5)
    assert not renderer.calls
    qtbot.waitUntil(lambda: far.is_idle and len(renderer.calls) == 9)
    assert renderer.pages[0] == 5
    assert set(renderer.pages[1:3]) == {4, 6}
    assert {sharpness for *_, sharpness, _ in renderer.calls} == {FAR_PIXELS_PER_POINT}
    assert all(far.picture(slot) is not None for slot in pages.slots)


def test_who_scrolls_on_has_the_renderer_alone(qtbot: QtBot, far: FarPages, renderer: SlowRenderer) -> None:
    pages = layout(50)
    renderer.gate.clear()
    far.move_to(pages, 0.0)
    qtbot.waitUntil(lambda: bool(renderer.calls))
    far.move_to(pages, 100.0)
    renderer.gate.set()
    qtbot.wait(module.REST_MS // 2)
    assert len(renderer.calls) < 10


def test_no_more_pages_than_there_is_room_for(
    qtbot: QtBot, far: FarPages, renderer: SlowRenderer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_PAGES", 4)
    pages = layout(100)
    far.move_to(pages, pages.slots[50].top_px + 5)
    qtbot.waitUntil(lambda: far.is_idle and len(renderer.calls) >= 4)
    assert sorted(renderer.pages) == [50, 51, 52, 53] or sorted(renderer.pages) == [49, 50, 51, 52]


def test_large_page_takes_no_more_than_another(qtbot: QtBot, far: FarPages, renderer: SlowRenderer) -> None:
    far.move_to(layout(1, POSTER), 0.0)
    qtbot.waitUntil(lambda: far.is_idle and bool(renderer.calls))
    ((_, _, sharpness, _),) = renderer.calls
    assert POSTER.width_pt * POSTER.height_pt * sharpness**2 <= 1.01 * module.LARGEST_PX


def test_large_pages_are_drawn_once_however_often_the_view_rests(qtbot: QtBot, tasks: TaskRunner) -> None:
    renderer = SlowRenderer(A3.width_pt, A3.height_pt)
    parent = QObject()
    far = FarPages(renderer, tasks, parent)
    pages = layout(module.MOST_PAGES, A3)
    for y_px in (0.0, pages.slots[9].top_px):
        far.move_to(pages, y_px)
        qtbot.waitUntil(lambda: far.is_idle, timeout=20_000)
        assert len(renderer.calls) == module.MOST_PAGES
    assert all(far.picture(slot) is not None for slot in pages.slots)
    parent.deleteLater()


def test_pages_that_stay_near_are_not_drawn_again_when_others_come_near(
    qtbot: QtBot, renderer: SlowRenderer, tasks: TaskRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_PAGES", 20)
    # There is room for 22 pictures of A4 pages, of 149 x 211 pixels.
    monkeypatch.setattr(module, "LIMIT_BYTES", 22 * 149 * 211 * 4)
    parent = QObject()
    far = FarPages(renderer, tasks, parent)
    pages = layout(100)
    for index in (20, 26):
        far.move_to(pages, pages.slots[index].top_px + 5)
        qtbot.waitUntil(lambda: far.is_idle, timeout=20_000)
    assert len(renderer.calls) == len(set(renderer.pages)) == 26
    far.move_to(pages, pages.slots[26].top_px + 6)
    qtbot.waitUntil(lambda: far.is_idle, timeout=20_000)
    assert len(renderer.calls) == 26
    parent.deleteLater()


def test_without_pages_nothing_is_drawn(qtbot: QtBot, far: FarPages, renderer: SlowRenderer) -> None:
    far.move_to(layout(0), 0.0)
    qtbot.waitUntil(lambda: far.is_idle)
    assert not renderer.calls


def test_page_that_was_never_in_view_is_shown_coarse_at_once(
    qtbot: QtBot, renderer: SlowRenderer, tasks: TaskRunner
) -> None:
    view = PagesView(renderer, tasks)
    qtbot.addWidget(view)
    view.resize(700, 600)
    document = Document(NAME, "a.pdf", "a", 1, "a", (A4,) * 30)
    view.set_documents([document])
    view.show()
    qtbot.waitUntil(lambda: view.source.is_idle and view.far_pages.is_idle and len(set(renderer.pages)) == 30)
    renderer.gate.clear()
    view.go_to(NAME, 20)
    slot = view.page_layout.slot(NAME, 20)
    assert slot is not None
    assert not view.source.cache.has_whole_page(NAME, 20)
    seen = view.viewport().grab().toImage().pixelColor(view.viewport().rect().center())
    assert (seen.red(), seen.green(), seen.blue()) == (100, 150, 200)
    view.refresh(NAME)
    assert view.far_pages.picture(slot) is None
    renderer.gate.set()
    view.close()
