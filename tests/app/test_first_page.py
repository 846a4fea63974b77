from __future__ import annotations

import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest
from shiboken6 import isValid

from esign_desktop.app import first_page as module
from esign_desktop.app.arguments import Arguments
from esign_desktop.app.backend import Backend
from esign_desktop.app.first_page import DrawnPage, FirstPage
from esign_desktop.app.main import Program
from esign_desktop.app.saved_window_state import PagesPlace
from tests.ui.made_pdfs import write_text_pdf

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from esign_desktop.store.files.paths import AppPaths

LIMIT_S = 20.0
PLACE = PagesPlace(width=648, device_ratio=2.0)


@pytest.fixture
def first_page() -> Iterator[FirstPage]:
    page = FirstPage()
    yield page
    page.close()


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    return write_text_pdf(tmp_path / "合同.pdf", [["Contract"]])


def receive(page: FirstPage) -> DrawnPage:
    there = threading.Event()
    got: list[DrawnPage] = []

    def take(drawn: DrawnPage) -> None:
        got.append(drawn)
        there.set()

    page.deliver(take)
    assert there.wait(LIMIT_S)
    (drawn,) = got
    return drawn


def process_of(page: FirstPage) -> subprocess.Popen[bytes]:
    return page._process  # noqa: SLF001


def test_page_is_drawn_for_its_place(first_page: FirstPage, pdf: Path) -> None:
    first_page.draw(pdf, PLACE)
    drawn = receive(first_page)
    assert drawn.width_px == (648 - 2 * PLACE.margin) * 2
    assert len(drawn.data) == drawn.stride_bytes * drawn.height_px
    assert min(drawn.data) < 128 < max(drawn.data)


def test_page_that_is_there_already_is_handed_over_at_once(first_page: FirstPage, pdf: Path) -> None:
    first_page.draw(pdf, PLACE)
    process_of(first_page).wait(LIMIT_S)
    assert receive(first_page).width_px


def test_name_of_the_file_is_on_no_command_line(first_page: FirstPage, pdf: Path) -> None:
    first_page.draw(pdf, PLACE)
    words = process_of(first_page).args
    assert isinstance(words, list)
    assert pdf.stem not in " ".join(map(str, words))


def test_what_can_not_be_drawn_fails_in_silence(first_page: FirstPage, tmp_path: Path) -> None:
    first_page.draw(tmp_path / "missing.pdf", PLACE)
    first_page.deliver(lambda _drawn: pytest.fail("there is no page"))
    process_of(first_page).wait(LIMIT_S)


@pytest.mark.parametrize(
    "answer", ["", "{}", '{"width_px": 2, "height_px": 2}\\n1234', '{"width_px": 0, "height_px": 0}\\n']
)
def test_answer_that_makes_no_sense_is_none(answer: str, pdf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    start = subprocess.Popen
    program = f"import sys; sys.stdin.read(); sys.stdout.write('{answer}')"
    monkeypatch.setattr("subprocess.Popen", lambda _command, **ways: start([sys.executable, "-c", program], **ways))
    page = FirstPage()
    page.deliver(lambda _drawn: pytest.fail("there is no page"))
    page.draw(pdf, PLACE)
    process_of(page).wait(LIMIT_S)
    page.close()


def test_process_that_hangs_is_ended(pdf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    start = subprocess.Popen
    program = "import time; time.sleep(60)"
    monkeypatch.setattr("subprocess.Popen", lambda _command, **ways: start([sys.executable, "-c", program], **ways))
    monkeypatch.setattr(module, "LIMIT_S", 0.2)
    page = FirstPage()
    page.draw(pdf, PLACE)
    assert process_of(page).wait(LIMIT_S) != 0
    page.close()


def test_process_that_nobody_asks_is_ended() -> None:
    page = FirstPage()
    page.close()
    assert process_of(page).returncode is not None


def test_page_stands_in_the_window_before_the_rooms_do(
    qapp: QApplication, qtbot: QtBot, paths: AppPaths, first_page: FirstPage, pdf: Path, no_secret_service: None
) -> None:
    first_page.draw(pdf, PLACE)
    process_of(first_page).wait(LIMIT_S)
    backend = Backend(paths)
    backend.lock()
    program = Program(qapp, backend, Arguments((pdf,)), None, first_page)
    try:
        assert program.first_sheet is not None
        with qtbot.waitSignal(program.first_sheet.painted, timeout=20_000):
            program.start()
        program.crashes.uninstall()
        assert program.workspace is None
        qtbot.waitUntil(
            lambda: program.workspace is not None and bool(program.workspace.session.draft.documents), timeout=20_000
        )
        sheet = program.first_sheet
        qtbot.waitUntil(lambda: not isValid(sheet))
    finally:
        program.stop()
        qapp.setStyleSheet("")
