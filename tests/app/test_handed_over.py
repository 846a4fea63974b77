"""What a second start is given is done by the program that runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QLabel, QWidget
from shiboken6 import isValid

from esign_desktop.app.handover import reference_in
from esign_desktop.store.files import customer_file
from tests.conftest import REPOSITORY
from tests.services.counter_desk import CounterDesk, make_form
from tests.virtual_display import VirtualDisplay

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from esign_desktop.app.main import Program
    from esign_desktop.store.files.paths import AppPaths
    from esign_desktop.ui.shell.workspace import Workspace
    from tests.app.conftest import Start

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|propagateSizeHints)")

WAIT_MS = 20_000


@pytest.fixture
def start_again(paths: AppPaths, tmp_path: Path) -> Iterator[Callable[..., None]]:
    """Starts the program as a process of its own, on the data folder of the one that runs."""
    started: list[subprocess.Popen[bytes]] = []

    def run(*words: str) -> None:
        command = [sys.executable, "-m", "esign_desktop", "--data-dir", str(tmp_path / "installation"), *words]
        started.append(subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.DEVNULL))

    yield run
    for process in started:
        assert process.wait(WAIT_MS / 1000) == 0


def test_a_customer_who_cannot_be_read_is_told_in_a_sentence_and_opens_no_window(tmp_path: Path) -> None:
    customer = tmp_path / "customer.json"
    customer.write_text('{"version": 1, "name": "张示例"}', "utf-8")
    (tmp_path / "folder").mkdir()
    big = tmp_path / "big"
    big.touch()
    os.truncate(big, 1 << 30)
    silent = tmp_path / "silent"
    os.mkfifo(silent)
    expected = {
        customer: "number",
        tmp_path / "folder": "can't be read",
        tmp_path / "nothing": "doesn't exist",
        big: "64 KB",
        silent: "didn't finish sending",
    }
    command = [sys.executable, "-m", "esign_desktop", "--data-dir", str(tmp_path / "installation"), "--customer-file"]
    environment = {**os.environ, "LC_ALL": "en_US.UTF-8", "LANGUAGE": "en"}
    started = {
        path: subprocess.Popen([*command, path], cwd=REPOSITORY, env=environment, stderr=subprocess.PIPE, text=True)
        for path in expected
    }
    for path, process in started.items():
        _, told = process.communicate(timeout=60)
        assert (process.returncode, expected[path] in told, "张示例" in told) == (3, True, False), told
    assert not (tmp_path / "installation").exists()


def workspace_of(program: Program) -> Workspace:
    assert program.workspace is not None
    return program.workspace


def preset_file(folder: Path, program: Program) -> Path:
    """Make a preset elsewhere, and export it."""
    environment = workspace_of(program).services.environments.current()
    elsewhere = CounterDesk(folder / "elsewhere", environment)
    preset = elsewhere.make_preset(folder / "form", name="收到的合同")
    elsewhere.presets.export(preset.id, folder / "a.esignpreset")
    elsewhere.close()
    return folder / "a.esignpreset"


def test_counter_is_opened(start: Start, start_again: Callable[..., None], qtbot: QtBot) -> None:
    workspace = workspace_of(start())
    start_again("--counter")
    qtbot.waitUntil(lambda: workspace.is_counter_open, timeout=WAIT_MS)
    window = workspace.counter.window
    assert window is not None
    qtbot.waitUntil(window.isVisible, timeout=WAIT_MS)


@pytest.mark.nightly
def test_preset_is_taken_in_before_the_eyes_of_who_gave_it(
    start: Start, start_again: Callable[..., None], qtbot: QtBot, tmp_path: Path
) -> None:
    program = start()
    workspace = workspace_of(program)
    start_again(str(preset_file(tmp_path, program)))
    qtbot.waitUntil(workspace.presets_room.isVisible, timeout=WAIT_MS)
    window, presets = workspace.presets_room, workspace.services.presets
    qtbot.waitUntil(lambda: window.sheet is not None, timeout=WAIT_MS)
    assert window.sheet is not None
    sheet, take = window.sheet, window.sheet.take
    assert presets.list() == ()
    qtbot.waitUntil(lambda: take.press_guard.is_long_enough, timeout=WAIT_MS)
    qtbot.mouseClick(take, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not isValid(sheet), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: [one.name for one in presets.list()] == ["收到的合同"], timeout=WAIT_MS)
    assert not workspace.session.draft.documents


def test_preset_that_the_program_is_started_with_is_shown_before_it_is_taken_in(
    start: Start, qtbot: QtBot, tmp_path: Path
) -> None:
    # As a double click on it does.
    program = start()
    path = preset_file(tmp_path, program)
    program.stop()
    workspace = workspace_of(start(path))
    qtbot.waitUntil(workspace.presets_room.isVisible, timeout=WAIT_MS)
    window, presets = workspace.presets_room, workspace.services.presets
    qtbot.waitUntil(lambda: window.sheet is not None, timeout=WAIT_MS)
    assert window.sheet is not None
    assert "收到的合同" in window.sheet.accessibleName() + "".join(
        label.text() for label in window.sheet.findChildren(QLabel)
    )
    assert presets.list() == ()
    window.sheet.close()


@pytest.mark.nightly
def test_sheet_is_laid_out_in_bulk(
    start: Start, start_again: Callable[..., None], qtbot: QtBot, tmp_path: Path
) -> None:
    program = start()
    workspace = workspace_of(program)
    sheet = tmp_path / "客户.csv"
    sheet.write_text("姓名,身份证号\n张三,110101199003078515\n", encoding="utf-8")
    start_again(str(sheet))
    qtbot.waitUntil(workspace.bulk.isVisible, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: workspace.bulk.work.path == sheet, timeout=WAIT_MS)
    assert not workspace.session.draft.documents


def drop(program: Program, *paths: Path) -> None:
    """Drop files on the window, if it says that it takes them."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    left, no_key, copy = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.DropAction.CopyAction
    entered = QDragEnterEvent(QPoint(5, 5), copy, data, left, no_key)
    entered.ignore()
    program.window.dragEnterEvent(entered)
    assert entered.isAccepted()
    program.window.dropEvent(QDropEvent(QPointF(5, 5), copy, data, left, no_key))


def test_what_is_dropped_opens_where_it_belongs(start: Start, qtbot: QtBot, tmp_path: Path) -> None:
    program = start()
    workspace = workspace_of(program)
    sheets = [tmp_path / f"客户{number}.csv" for number in (1, 2)]
    for sheet in sheets:
        sheet.write_text("姓名,身份证号\n张三,110101199003078515\n", encoding="utf-8")
    drop(program, *sheets)
    qtbot.waitUntil(lambda: workspace.bulk.work.path == sheets[0], timeout=WAIT_MS)
    assert any(
        "Bulk opens one sheet at a time" in row.accessibleName() + row_text(row) for row in program.window.messages.rows
    )
    drop(program, preset_file(tmp_path, program))
    qtbot.waitUntil(workspace.presets_room.isVisible, timeout=WAIT_MS)
    window = workspace.presets_room
    qtbot.waitUntil(lambda: window.sheet is not None, timeout=WAIT_MS)
    assert window.sheet is not None
    window.sheet.close()


def test_sheet_opens_nothing_where_the_policy_leaves_bulk_out(
    start: Start, start_again: Callable[..., None], qtbot: QtBot, tmp_path: Path
) -> None:
    program = start(policy={"rooms": ["prepare", "track"]})
    sheet = tmp_path / "客户.csv"
    sheet.write_text("姓名,身份证号\n张三,110101199003078515\n", encoding="utf-8")
    start_again(str(sheet))
    qtbot.waitUntil(
        lambda: any("Set by your organization" in row_text(row) for row in program.window.messages.rows),
        timeout=WAIT_MS,
    )
    assert workspace_of(program).bulk.work.path is None


def row_text(row: QWidget) -> str:
    return " ".join(label.text() for label in row.findChildren(QLabel))


@pytest.mark.nightly
def test_sheet_waits_behind_the_counter_and_a_contract_lies_on_the_desk(
    start: Start, start_again: Callable[..., None], qtbot: QtBot, tmp_path: Path
) -> None:
    workspace = workspace_of(start())
    sheet = tmp_path / "客户.csv"
    sheet.write_text("姓名,身份证号\n张三,110101199003078515\n", encoding="utf-8")
    start_again("--counter", str(sheet), str(make_form(tmp_path / "借款.pdf")))
    qtbot.waitUntil(lambda: bool(workspace.session.draft.documents), timeout=WAIT_MS)
    window = workspace.counter.window
    assert window is not None
    qtbot.waitUntil(window.isVisible, timeout=WAIT_MS)
    assert workspace.bulk.work.path != sheet
    window.close()
    qtbot.waitUntil(lambda: workspace.bulk.work.path == sheet, timeout=WAIT_MS)


USED_LINK = "esign-desktop:customer/gone-by-now"
SAID = "This link has already been used, or its file no longer exists."


@pytest.mark.nightly
def test_a_link_that_hands_nobody_over_is_told_by_the_program_that_runs(
    start: Start, qtbot: QtBot, tmp_path: Path
) -> None:
    program = start()
    workspace = workspace_of(program)
    command = [sys.executable, "-m", "esign_desktop", "--data-dir", str(tmp_path / "installation"), USED_LINK]
    with subprocess.Popen(command, cwd=REPOSITORY, stderr=subprocess.DEVNULL) as clicked:
        qtbot.waitUntil(lambda: any(SAID in row_text(row) for row in program.window.messages.rows), timeout=WAIT_MS)
        assert clicked.wait(WAIT_MS / 1000) == 3
    assert not workspace.is_counter_open
    workspace.open_counter()
    counter = workspace.counter.window
    assert counter is not None
    qtbot.waitUntil(counter.isVisible, timeout=WAIT_MS)
    # At the counter the window with the messages is hidden.
    with subprocess.Popen(command, cwd=REPOSITORY, stderr=subprocess.DEVNULL) as clicked:
        qtbot.waitUntil(lambda: SAID in counter.message, timeout=WAIT_MS)
        assert clicked.wait(WAIT_MS / 1000) == 3


def test_a_link_that_hands_nobody_over_is_told_in_a_window_where_no_program_runs(tmp_path: Path) -> None:
    with VirtualDisplay(800, 600) as display:
        seen = {**os.environ, **display.environment()}
        command = [sys.executable, "-m", "esign_desktop", "--data-dir", str(tmp_path / "installation"), USED_LINK]
        clicked = subprocess.Popen(command, cwd=REPOSITORY, env=seen, stderr=subprocess.PIPE)
        words = "search --sync --onlyvisible --name . windowfocus --sync keydown Escape"
        subprocess.run(["xdotool", *words.split()], env=seen, timeout=WAIT_MS / 1000, check=True)
        _, told = clicked.communicate(timeout=WAIT_MS / 1000)
        assert clicked.returncode == 3
        assert b"handover.link_used" in told
    assert not (tmp_path / "installation").exists()


def test_a_link_opened_before_the_window_has_its_content_still_hands_the_customer_over(
    start: Start, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # macOS delivers the link as an event, which may come before the program has read its data.
    monkeypatch.setattr(customer_file, "handover_folder", lambda: tmp_path)
    for number, name in enumerate(("张示例", "李示例"), 1):
        customer = {"version": 1, "name": name, "number": f"11010119900307{('8515', '803X')[number - 1]}"}
        path = tmp_path / f"one-time-{number}.json"
        path.write_text(json.dumps(customer), "utf-8")
        path.chmod(0o600)
    program = start(wait=False)
    for number in (1, 2):
        program._on_application_link_open_requested(f"esign-desktop:customer/one-time-{number}")  # noqa: SLF001
    qtbot.waitUntil(lambda: not list(tmp_path.glob("one-time-*")), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: program.workspace is not None, timeout=WAIT_MS)
    workspace = workspace_of(program)
    qtbot.waitUntil(lambda: workspace.is_counter_open, timeout=WAIT_MS)
    window = workspace.counter.window
    assert window is not None
    # The counter has no contract yet, which it says of a customer who reaches it.
    qtbot.waitUntil(lambda: "has no preset" in window.message, timeout=WAIT_MS)


@pytest.mark.parametrize(
    ("data", "reference"),
    [
        (b'{"reference": "A-17", "name": 3}', "A-17"),
        (b'{"reference": 17}', ""),
        (b'["reference"]', ""),
        (b'{"name": "x"}', ""),
        (b'{"reference": ', ""),
    ],
)
def test_an_answer_names_the_reference_of_data_that_cannot_be_read(data: bytes, reference: str) -> None:
    assert reference_in(data) == reference
