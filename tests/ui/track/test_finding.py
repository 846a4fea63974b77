"""Text is found in a signed file, and pages are gone to by number, with the real engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from esign_desktop.domain.errors import PdfError
from esign_desktop.ui.viewer.finding import FindBar
from tests.ui.track.test_signed_file import documents, look  # noqa: F401
from tests.ui.typed_text import type_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from esign_desktop.services.editing.documents import DocumentService
    from esign_desktop.ui.track.signed_file import SignedFileWindow

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def window(look: Callable[[Path], SignedFileWindow], tmp_path: Path, qtbot: QtBot) -> SignedFileWindow:  # noqa: F811
    import pymupdf

    pdf: Any = pymupdf.open()
    for number in range(1, 7):
        page = pdf.new_page(width=400, height=600)
        page.insert_text((72, 100), f"clause {number}")
        if number in {2, 5}:
            page.insert_text((72, 300), "deposit")
    path = tmp_path / "contract.pdf"
    pdf.save(path)
    shown = look(path)
    qtbot.waitUntil(lambda: shown.pages.documents != (), timeout=20_000)
    with qtbot.waitActive(shown):
        shown.activateWindow()
    return shown


def bar_of(window: SignedFileWindow) -> FindBar:
    bar = window.findChild(FindBar)
    assert bar is not None
    return bar


def page_of(window: SignedFileWindow) -> int:
    assert window.pages.current_page is not None
    return window.pages.current_page[1]


def test_enter_leads_from_match_to_match_and_begins_again(window: SignedFileWindow, qtbot: QtBot) -> None:
    bar = bar_of(window)
    QTest.keyClick(window, Qt.Key.Key_F, CTRL)
    qtbot.waitUntil(bar.search.hasFocus)
    type_text(bar.search, "deposit")
    qtbot.waitUntil(lambda: bar.result.text() == "1 of 2")
    assert (page_of(window), window.pages.spotlight.is_lit) == (2, True)
    for key, modifier, told, page in (
        (Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "2 of 2", 5),
        (Qt.Key.Key_Enter, Qt.KeyboardModifier.NoModifier, "1 of 2", 2),
        (Qt.Key.Key_Return, SHIFT, "2 of 2", 5),
    ):
        QTest.keyClick(bar.search, key, modifier)
        assert (bar.result.text(), page_of(window)) == (told, page)
    QTest.keyClick(bar.search, Qt.Key.Key_Escape)
    assert (window.isVisible(), bar.search.text(), bar.result.text()) == (True, "", "")


def test_the_search_begins_on_the_page_that_is_shown(window: SignedFileWindow, qtbot: QtBot) -> None:
    bar = bar_of(window)
    QTest.keyClick(window, Qt.Key.Key_G, CTRL)
    qtbot.waitUntil(bar.page.hasFocus)
    QTest.keyClicks(bar.page, "4")
    QTest.keyClick(bar.page, Qt.Key.Key_Return)
    assert page_of(window) == 4
    assert window.pages.hasFocus()
    bar.search.setText("deposit")
    qtbot.waitUntil(lambda: bar.result.text() == "2 of 2")
    assert page_of(window) == bar.page.value() == 5


def test_a_page_that_is_not_there_is_not_gone_to(window: SignedFileWindow) -> None:
    bar = bar_of(window)
    assert (bar.page.maximum(), bar.page.suffix()) == (6, " / 6")
    bar.page.setValue(99)
    assert page_of(window) == 6


def test_what_is_not_there_is_told(window: SignedFileWindow, qtbot: QtBot) -> None:
    bar = bar_of(window)
    bar.search.setText("mortgage")
    qtbot.waitUntil(lambda: bar.result.text() == "Not found")
    QTest.keyClick(bar.search, Qt.Key.Key_Return)
    assert page_of(window) == 1


def test_a_search_that_fails_is_told(
    window: SignedFileWindow,
    documents: DocumentService,  # noqa: F811
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> None:
        raise PdfError("pdf.damaged")

    monkeypatch.setattr(documents, "find_everywhere", fail)
    bar = bar_of(window)
    bar.search.setText("deposit")
    qtbot.waitUntil(lambda: bar.result.text() not in {"", "Searching…"})
    assert bar.result.text() != "Not found"
