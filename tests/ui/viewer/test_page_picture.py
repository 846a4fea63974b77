"""A small picture of a document has the shape of its first page."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QWidget

from esign_desktop.domain.geometry import PageFrame
from esign_desktop.ui.viewer.page_parts import PageParts, PagePicture
from tests.drafts import make_document
from tests.ui.viewer.slow_renderer import SlowRenderer

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from esign_desktop.ui.tasks import TaskRunner

TALL, WIDE = PageFrame(500.0, 1000.0), PageFrame(1000.0, 500.0)


@pytest.mark.parametrize("pages", [(TALL,), (TALL, WIDE)], ids=["one page", "another page after it"])
def test_the_picture_has_the_shape_of_the_first_page(
    pages: tuple[PageFrame, ...], qtbot: QtBot, tasks: TaskRunner
) -> None:
    owner = QWidget()
    qtbot.addWidget(owner)
    document = replace(make_document(), pages=pages)
    picture = PagePicture(PageParts(SlowRenderer(), tasks, owner), document, owner)
    assert picture.height() / picture.width() == pytest.approx(2.0, abs=0.05)
