"""A program that meets the data of a newer version goes on with the copy from before the upgrade, if it is wanted."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from esign_desktop.domain.flow import FlowId, FlowStatus
from esign_desktop.store.database.backup import UpgradeCopy, upgrade_copies
from esign_desktop.store.database.connection import Database
from esign_desktop.store.database.migrations import MIGRATIONS, MigrationSet
from esign_desktop.store.files.ledger import Ledger
from esign_desktop.store.files.ledger_entries import FLOW, flow_values
from esign_desktop.store.tables.flows import Flows
from esign_desktop.store.tables.settings import Settings
from esign_desktop.ui.text.moments import china_time
from esign_desktop.ui.widgets.deliberate import DeliberateButton
from tests.store.samples import FLOW as SAMPLE

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from esign_desktop.app.main import Program
    from esign_desktop.store.files.paths import AppPaths
    from esign_desktop.ui.shell.start_problem import StartProblem
    from tests.app.conftest import Start

LINK: Final = "https://example.com/s/secret"


def send(paths: AppPaths, database: Database, *names: str) -> None:
    """What a send leaves: a line of the ledger, and a flow."""
    for name in names:
        signers = tuple(replace(signer, urls=(LINK,)) for signer in SAMPLE.signers)
        flow = replace(SAMPLE, flow_id=FlowId(name), submission_id=f"s-{name}", signers=signers)
        Ledger(paths.ledger_path).append(FLOW, flow_values(flow))
        Flows(database).add(flow)


@pytest.fixture
def copy(paths: AppPaths, tmp_path: Path) -> UpgradeCopy:
    """Data of a newer version, with a copy of today's beside it: two contracts were sent before, three since then."""
    paths.prepare()
    database = Database(paths.database_path)
    database.open()
    Settings(database).set("language", "en")
    send(paths, database, "a", "b")
    database.close()
    shutil.copytree(MIGRATIONS, tmp_path / "later")
    newest = MigrationSet().newest_version
    (tmp_path / "later" / f"{newest + 1:04}_later.sql").write_text("CREATE TABLE later (x TEXT);", encoding="utf-8")
    database = Database(paths.database_path, migrations=MigrationSet(tmp_path / "later"))
    database.open()
    send(paths, database, "c", "d", "e")
    database.close()
    (made,) = upgrade_copies(paths.database_path)
    return made


def problem_of(program: Program, qtbot: QtBot) -> StartProblem:
    qtbot.waitUntil(lambda: program.problem is not None)
    assert program.problem is not None
    return program.problem


def texts_of(problem: StartProblem) -> str:
    return "\n".join(label.text() for label in problem.findChildren(QLabel) if label.isVisible())


def button_of(problem: StartProblem) -> DeliberateButton:
    (button,) = (one for one in problem.findChildren(DeliberateButton) if "backup" in one.text())
    return button


def test_the_window_tells_of_the_copy_and_starts_with_it(
    start: Start, qtbot: QtBot, paths: AppPaths, copy: UpgradeCopy
) -> None:
    newer = paths.database_path.read_bytes()
    program = start(wait=False)
    problem = problem_of(program, qtbot)
    assert "newer version" in problem.title
    texts = texts_of(problem)
    assert china_time(copy.made_at_ms) in texts
    assert "Contracts sent since then: 3." in texts
    assert paths.database_path.read_bytes() == newer
    button = button_of(problem)
    qtbot.waitUntil(button.isVisible)
    with qtbot.waitSignal(program.populated, timeout=20_000):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert program.workspace is not None
    flows = {flow.flow_id: flow for flow in program.workspace.services.flows.list()}
    assert set(flows) == {"a", "b", "c", "d", "e"}
    assert all(signer.urls == (LINK,) for flow in flows.values() for signer in flow.signers)
    assert (flows[FlowId("a")].status, flows[FlowId("c")].status) == (SAMPLE.status, FlowStatus.UNKNOWN)
    assert any("backup from before the upgrade is in use" in row.title for row in program.window.messages.rows)
    assert [file.read_bytes() for file in paths.data_dir.glob("esign.db.newer-*")] == [newer]
    program.stop()
    again = start()
    assert not any("upgrade" in row.title for row in again.window.messages.rows)


def test_closing_the_window_changes_nothing(start: Start, qtbot: QtBot, paths: AppPaths, copy: UpgradeCopy) -> None:
    before = {file: file.read_bytes() for file in paths.data_dir.glob("esign.db*")}
    program = start(wait=False)
    problem_of(program, qtbot).hide()
    program.stop()
    assert {file: file.read_bytes() for file in paths.data_dir.glob("esign.db*")} == before


def test_without_a_copy_nothing_is_offered(start: Start, qtbot: QtBot, copy: UpgradeCopy) -> None:
    copy.path.unlink()
    program = start(wait=False)
    problem = problem_of(program, qtbot)
    assert not button_of(problem).isVisible()
    assert "before the upgrade" not in texts_of(problem)
    problem.hide()


@pytest.mark.usefixtures("copy")
def test_a_copy_that_goes_meanwhile_is_told_and_the_newer_data_stays(
    start: Start, qtbot: QtBot, paths: AppPaths
) -> None:
    newer = paths.database_path.read_bytes()
    program = start(wait=False)
    problem = problem_of(program, qtbot)
    for one in upgrade_copies(paths.database_path):
        one.path.unlink()
    button_of(problem).meant.emit()
    qtbot.waitUntil(lambda: program.problem is not problem)
    assert "can't be written" in problem_of(program, qtbot).title
    assert paths.database_path.read_bytes() == newer
    problem_of(program, qtbot).hide()


def run(tmp_path: Path, option: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "esign_desktop", "--data-dir", str(tmp_path / "installation"), option]
    return subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60, check=False)


def flow_ids(paths: AppPaths) -> set[str]:
    database = Database(paths.database_path)
    database.open()
    try:
        return {flow.flow_id for flow in Flows(database).list()}
    finally:
        database.close()


def test_the_command_line_goes_back_and_brings_back_what_was_sent(
    paths: AppPaths, copy: UpgradeCopy, tmp_path: Path
) -> None:
    done = run(tmp_path, "--use-copy-before-upgrade")
    assert (done.returncode, done.stderr) == (0, "")
    assert "3" in done.stdout
    assert "secret" not in done.stdout
    assert flow_ids(paths) == {"a", "b", "c", "d", "e"}
    assert len(list(paths.data_dir.glob("esign.db.newer-*"))) == 1
    assert run(tmp_path, "--verify-audit").returncode == 0
    # There is nothing to go back from now.
    again = run(tmp_path, "--use-copy-before-upgrade")
    assert (again.returncode, again.stdout) == (1, "")
    assert "store.not_newer" in again.stderr
    assert flow_ids(paths) == {"a", "b", "c", "d", "e"}


@pytest.mark.parametrize("option", ["--rebuild-from-ledger", "--remove-counter-pin"])
def test_other_errands_tell_of_the_copy_and_take_nothing(
    paths: AppPaths, copy: UpgradeCopy, tmp_path: Path, option: str
) -> None:
    newer = paths.database_path.read_bytes()
    done = run(tmp_path, option)
    assert done.returncode == 1
    assert "store.newer_version" in done.stderr
    assert china_time(copy.made_at_ms) in done.stderr
    assert "--use-copy-before-upgrade" in done.stderr
    assert paths.database_path.read_bytes() == newer


def test_without_a_copy_the_command_line_says_so(paths: AppPaths, copy: UpgradeCopy, tmp_path: Path) -> None:
    newer = paths.database_path.read_bytes()
    copy.path.unlink()
    done = run(tmp_path, "--use-copy-before-upgrade")
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 2
    assert paths.database_path.read_bytes() == newer
