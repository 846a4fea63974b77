from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtGui import QImage

from esign_desktop.domain.document import DocumentId, Pixels
from esign_desktop.ui.tasks import TaskRunner
from esign_desktop.ui.viewer.tiles import MAX_UNDER_WAY, TileKey, TileSource, image_of
from tests.ui.viewer.slow_renderer import SlowRenderer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

DOCUMENT = DocumentId("d")


def key(page_number: int) -> TileKey:
    return TileKey(DOCUMENT, page_number, 1.0)


@pytest.fixture
def renderer() -> SlowRenderer:
    return SlowRenderer()


@pytest.fixture
def source(qtbot: QtBot, renderer: SlowRenderer) -> Iterator[TileSource]:
    tasks = TaskRunner()
    yield TileSource(renderer, tasks)
    renderer.gate.set()
    tasks.stop()


def wait_idle(qtbot: QtBot, source: TileSource) -> None:
    qtbot.waitUntil(lambda: source.is_idle, timeout=5000)


def test_pictures_arrive_in_the_screen_s_own_format(qtbot: QtBot, source: TileSource) -> None:
    with qtbot.waitSignal(source.arrived) as arrived:
        source.want([key(3)])
    assert arrived.args == [DOCUMENT, 3]
    image = source.cache.get(key(3))
    assert image is not None
    assert image.format() is QImage.Format.Format_RGB32
    assert image.pixelColor(0, 0).getRgb() == (100, 150, 200, 255)


def test_new_wishes_drop_what_has_not_begun(qtbot: QtBot, source: TileSource, renderer: SlowRenderer) -> None:
    renderer.gate.clear()
    source.want([key(number) for number in range(1, 50)])
    qtbot.waitUntil(lambda: len(renderer.calls) == MAX_UNDER_WAY)
    source.want([key(200), key(201)])
    renderer.gate.set()
    wait_idle(qtbot, source)
    assert sorted(renderer.pages) == [1, 2, 200, 201]


def test_wishes_are_served_in_order(qtbot: QtBot, source: TileSource, renderer: SlowRenderer) -> None:
    source.want([key(number) for number in (5, 4, 6, 3)])
    wait_idle(qtbot, source)
    assert set(renderer.pages[:2]) == {5, 4}
    assert set(renderer.pages) == {5, 4, 6, 3}


def test_what_is_there_or_under_way_is_not_drawn_again(
    qtbot: QtBot, source: TileSource, renderer: SlowRenderer
) -> None:
    source.want([key(1)])
    source.want([key(1)])
    wait_idle(qtbot, source)
    source.want([key(1)])
    assert source.is_idle
    assert renderer.pages == [1]


def test_a_failed_page_is_not_tried_again_until_asked(qtbot: QtBot, source: TileSource, renderer: SlowRenderer) -> None:
    renderer.broken = {1}
    with qtbot.waitSignal(source.failed):
        source.want([key(1), TileKey(DOCUMENT, 1, 2.0)])
    wait_idle(qtbot, source)
    count = len(renderer.calls)
    failure = source.failure(DOCUMENT, 1)
    assert failure is not None
    assert failure.code == "pdf.page_failed"
    source.want([key(1)])
    assert source.is_idle
    assert len(renderer.calls) == count
    renderer.broken = set()
    source.retry(DOCUMENT, 1)
    with qtbot.waitSignal(source.arrived):
        source.want([key(1)])
    assert source.failure(DOCUMENT, 1) is None


def test_a_picture_begun_before_its_file_changed_is_thrown_away(
    qtbot: QtBot, source: TileSource, renderer: SlowRenderer
) -> None:
    renderer.gate.clear()
    source.want([key(1)])
    source.forget(DOCUMENT)
    renderer.gate.set()
    wait_idle(qtbot, source)
    assert key(1) not in source.cache


@pytest.mark.parametrize("memory", [bytes, bytearray])
@pytest.mark.parametrize("stride_bytes", [12, 16])
def test_the_picture_is_a_copy_of_the_pixels(memory: type[bytes | bytearray], stride_bytes: int) -> None:
    rows = [bytes((row, column, 7, 255)) for row in range(2) for column in range(3)]
    data = memory(b"".join(b"".join(rows[row * 3 : row * 3 + 3]).ljust(stride_bytes, b"\0") for row in range(2)))
    image = image_of(Pixels(3, 2, stride_bytes, memoryview(data)))
    if isinstance(data, bytearray):
        data[:] = bytes(len(data))
    assert [image.pixelColor(column, row).getRgb() for row in range(2) for column in range(3)] == [
        (7, column, row, 255) for row in range(2) for column in range(3)
    ]
