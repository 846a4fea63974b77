from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QScrollArea

from esign_desktop.domain.document import Document, DocumentId
from esign_desktop.domain.errors import InputError, PdfError
from esign_desktop.domain.geometry import PageFrame
from esign_desktop.ui.tasks import TaskRunner
from esign_desktop.ui.viewer.thumbnails import ThumbnailList
from esign_desktop.ui.widgets.theme import theme
from tests.ui.viewer.slow_renderer import SlowRenderer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from esign_desktop.domain.errors import AppError

DOCUMENT = Document(DocumentId("d"), "d.pdf", "d", 1, "0", (PageFrame(595.0, 842.0),) * 1000)


@pytest.fixture
def renderer() -> SlowRenderer:
    return SlowRenderer()


@pytest.fixture
def thumbnails(qtbot: QtBot, renderer: SlowRenderer) -> Iterator[ThumbnailList]:
    tasks = TaskRunner()
    area = QScrollArea()
    qtbot.addWidget(area)
    thumbnails = ThumbnailList(DOCUMENT, renderer, tasks)
    area.setWidgetResizable(True)
    area.setWidget(thumbnails)
    area.resize(240, 500)
    with qtbot.waitExposed(area):
        area.show()
    yield thumbnails
    area.close()
    tasks.stop()


def test_only_pages_in_sight_are_drawn(qtbot: QtBot, thumbnails: ThumbnailList, renderer: SlowRenderer) -> None:
    qtbot.waitUntil(lambda: len(renderer.calls) > 0 and thumbnails.source.is_idle)
    assert 1 in renderer.pages
    assert max(renderer.pages) < 20
    assert thumbnails.height() >= thumbnails.heightForWidth(thumbnails.width())
    assert thumbnails.cell(1000).bottom() <= thumbnails.height()


def test_scrolled_pages_are_drawn_when_they_come_into_sight(
    qtbot: QtBot, thumbnails: ThumbnailList, renderer: SlowRenderer
) -> None:
    area = thumbnails.window()
    assert isinstance(area, QScrollArea)
    area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())
    qtbot.waitUntil(lambda: 1000 in renderer.pages and thumbnails.source.is_idle)
    assert len(renderer.calls) < 40


def test_a_click_chooses_a_page(qtbot: QtBot, thumbnails: ThumbnailList) -> None:
    with qtbot.waitSignal(thumbnails.page_chosen) as chosen:
        QTest.mouseClick(
            thumbnails.viewport(),
            Qt.MouseButton.LeftButton,
            pos=thumbnails.cell(4).center() - thumbnails.viewport().pos(),
        )
    assert chosen.args == ["d", 4]
    assert thumbnails.current_page == 4


def test_arrows_choose_pages(qtbot: QtBot, thumbnails: ThumbnailList) -> None:
    thumbnails.set_current_page(1)
    QTest.keyClick(thumbnails, Qt.Key.Key_Right)
    assert thumbnails.current_page == 2
    QTest.keyClick(thumbnails, Qt.Key.Key_Down)
    assert thumbnails.current_page == 4
    QTest.keyClick(thumbnails, Qt.Key.Key_End)
    assert thumbnails.current_page == 1000
    QTest.keyClick(thumbnails, Qt.Key.Key_Home)
    QTest.keyClick(thumbnails, Qt.Key.Key_Left)
    assert thumbnails.current_page == 1


def test_refresh_draws_anew(qtbot: QtBot, thumbnails: ThumbnailList, renderer: SlowRenderer) -> None:
    qtbot.waitUntil(lambda: len(renderer.calls) > 0 and thumbnails.source.is_idle)
    renderer.calls.clear()
    thumbnails.refresh()
    qtbot.waitUntil(lambda: 1 in renderer.pages)
    qtbot.waitUntil(lambda: thumbnails.source.is_idle)


def test_a_failed_page_does_not_stop_the_others(
    qtbot: QtBot, thumbnails: ThumbnailList, renderer: SlowRenderer
) -> None:
    qtbot.waitUntil(lambda: len(renderer.calls) > 0 and thumbnails.source.is_idle)
    renderer.broken = {1}
    thumbnails.refresh()
    qtbot.waitUntil(lambda: thumbnails.source.failure(DOCUMENT.id, 1) is not None)
    qtbot.waitUntil(lambda: thumbnails.source.is_idle)
    assert thumbnails.source.cache.has_whole_page(DOCUMENT.id, 2)


@pytest.mark.parametrize(
    ("error", "is_marked"),
    [
        (PdfError("pdf.page_failed"), True),
        (InputError("document.not_open"), False),
        (InputError("template.no_pdf"), False),
    ],
)
def test_a_page_that_cannot_be_drawn_is_marked_unless_its_file_is_not_here(
    qtbot: QtBot, thumbnails: ThumbnailList, renderer: SlowRenderer, error: AppError, is_marked: bool
) -> None:
    qtbot.waitUntil(lambda: len(renderer.calls) > 0 and thumbnails.source.is_idle)
    renderer.broken, renderer.error = {1}, error
    thumbnails.refresh()
    qtbot.waitUntil(lambda: thumbnails.source.failure(DOCUMENT.id, 1) is not None)
    picture = thumbnails.grab(thumbnails.cell(1)).toImage()
    colours = {picture.pixelColor(x, y).name() for x in range(picture.width()) for y in range(picture.height())}
    assert (theme().danger.name() in colours) is is_marked
