from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent

from esign_desktop.app.ipc import hand_over
from esign_desktop.app.saved_window_state import (
    SavedWindowState,
    read_window_state,
    window_state_path,
    write_window_state,
)
from esign_desktop.domain.contract import edits
from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.shell.rail import RoomName
from esign_desktop.ui.widgets.actions import ActionName
from tests.drafts import make_person_signer
from tests.tiers import daily
from tests.ui.made_pdfs import write_text_pdf

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from esign_desktop.app.main import Program
    from esign_desktop.store.files.paths import AppPaths
    from tests.app.conftest import Start


def make_pdf(folder: Path) -> None:
    write_text_pdf(folder / "合同.pdf", [["Contract"], ["Signatures"]])


def add_signer(program: Program) -> None:
    assert program.workspace is not None
    signer = make_person_signer("王五")
    program.workspace.session.apply(EditName.ADD_SIGNER, lambda draft: edits.add_signer(draft, signer))


def document_names(program: Program) -> list[str]:
    assert program.workspace is not None
    return [document.name for document in program.workspace.session.draft.documents]


def test_window_is_shown_before_the_database_is_read(start: Start, paths: AppPaths) -> None:
    program = start(wait=False)
    assert program.window.isVisible()
    assert program.workspace is None
    assert not paths.database_path.exists()


def test_files_given_before_the_rooms_stand_are_opened_then(start: Start, qtbot: QtBot, tmp_path: Path) -> None:
    make_pdf(tmp_path)
    program = start(wait=False)
    program.window.open_files([tmp_path / "合同.pdf"])
    qtbot.waitUntil(lambda: program.workspace is not None and document_names(program) == ["合同"], timeout=20_000)


def test_what_was_on_the_desk_comes_back_without_having_been_closed(start: Start, qtbot: QtBot, tmp_path: Path) -> None:
    make_pdf(tmp_path)
    first = start(tmp_path / "合同.pdf")
    qtbot.waitUntil(lambda: document_names(first) == ["合同"])
    assert first.workspace is not None
    with qtbot.waitSignal(first.workspace.draft_controller.autosave.saved, timeout=5_000):
        add_signer(first)
    first.stop()

    second = start()
    qtbot.waitUntil(lambda: document_names(second) == ["合同"])
    assert second.workspace is not None
    assert [signer.person.name for signer in second.workspace.session.draft.signers] == ["王五"]  # type: ignore[union-attr]
    document = second.workspace.session.draft.documents[0]
    qtbot.waitUntil(lambda: second.workspace is not None and second.workspace.services.documents.is_open(document.id))


@pytest.mark.nightly
def test_what_was_looked_at_and_the_windows_size_are_kept_while_it_stands(
    start: Start, qtbot: QtBot, tmp_path: Path, paths: AppPaths
) -> None:
    make_pdf(tmp_path)
    first = start(tmp_path / "合同.pdf")
    qtbot.waitUntil(lambda: document_names(first) == ["合同"])
    assert first.workspace is not None
    view = first.workspace.prepare.canvas.view
    view.set_zoom(1.3)
    view.go_to(first.workspace.session.draft.documents[0].id, 2)
    first.window.resize(1100, 700)
    place = view.place
    preferences = first.workspace.services.preferences
    qtbot.waitUntil(lambda: place is not None and preferences.view_place == place.in_words)
    qtbot.waitUntil(lambda: bool(read_window_state(window_state_path(paths.cache_dir)).geometry))
    # What ending the program would keep is there already.
    before = read_window_state(window_state_path(paths.cache_dir))
    first.stop()
    assert before == read_window_state(window_state_path(paths.cache_dir))
    assert before.pages

    second = start()
    qtbot.waitUntil(lambda: document_names(second) == ["合同"])
    assert second.workspace is not None
    again = second.workspace.prepare.canvas.view
    qtbot.waitUntil(lambda: again.current_page == view.current_page and again.zoom == pytest.approx(1.3))


def test_without_a_document_the_place_of_the_pages_stays_as_it_was_kept(start: Start, paths: AppPaths) -> None:
    path = window_state_path(paths.cache_dir)
    path.parent.mkdir(parents=True)
    write_window_state(path, SavedWindowState(pages="300 60 700 650 1.5"))
    start().stop()
    assert read_window_state(path).pages == "300 60 700 650 1.5"


def test_closing_saves_what_was_changed_a_moment_ago(
    start: Start, qtbot: QtBot, tmp_path: Path, paths: AppPaths
) -> None:
    make_pdf(tmp_path)
    program = start(tmp_path / "合同.pdf")
    qtbot.waitUntil(lambda: document_names(program) == ["合同"])
    add_signer(program)
    with qtbot.waitSignal(program.window.closed, timeout=5_000):
        program.window.close()
    program.stop()

    again = start()
    qtbot.waitUntil(lambda: document_names(again) == ["合同"])
    assert again.workspace is not None
    assert len(again.workspace.session.draft.signers) == 1


@pytest.mark.qt_log_ignore(r"This plugin does not support raise\(\)")
def test_second_start_hands_its_files_to_the_first(start: Start, qtbot: QtBot, tmp_path: Path, paths: AppPaths) -> None:
    make_pdf(tmp_path)
    program = start()
    qtbot.waitUntil(lambda: program._server is not None)  # noqa: SLF001  there is nothing else to see of it
    # Another process would wait; here the first instance answers only when this one returns to the event loop.
    assert hand_over(paths.data_dir, [tmp_path / "合同.pdf"])
    qtbot.waitUntil(lambda: document_names(program) == ["合同"])


def test_pdf_dropped_anywhere_on_the_window_joins_the_contract(start: Start, qtbot: QtBot, tmp_path: Path) -> None:
    make_pdf(tmp_path)
    program = start()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "合同.pdf"))])
    program.window.show_room(RoomName.SETTINGS)
    left, no_key = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    program.window.dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, left, no_key))
    qtbot.waitUntil(lambda: document_names(program) == ["合同"])
    assert program.window.room is RoomName.PREPARE


@pytest.mark.nightly
def test_opened_file_is_offered_again(start: Start, qtbot: QtBot, tmp_path: Path) -> None:
    make_pdf(tmp_path)
    program = start(tmp_path / "合同.pdf")
    recents = program.window.menus._recents  # noqa: SLF001
    qtbot.waitUntil(lambda: [action.text() for action in recents.actions()] == ["合同.pdf"])


def test_new_contract_keeps_the_old_one_as_a_draft_that_can_be_taken_out(
    start: Start, qtbot: QtBot, tmp_path: Path
) -> None:
    make_pdf(tmp_path)
    program = start(tmp_path / "合同.pdf")
    qtbot.waitUntil(lambda: document_names(program) == ["合同"])
    program.window.actions_by_name[ActionName.NEW].trigger()
    qtbot.waitUntil(lambda: document_names(program) == [])
    drafts = program.window.menus._drafts  # noqa: SLF001
    qtbot.waitUntil(lambda: len(drafts.actions()) == 1)
    drafts.actions()[0].trigger()
    qtbot.waitUntil(lambda: document_names(program) == ["合同"])


def test_discarded_contract_can_be_brought_back_from_the_message(start: Start, qtbot: QtBot, tmp_path: Path) -> None:
    make_pdf(tmp_path)
    program = start(tmp_path / "合同.pdf")
    qtbot.waitUntil(lambda: document_names(program) == ["合同"])
    program.window.actions_by_name[ActionName.DISCARD].trigger()
    assert document_names(program) == []
    (row,) = program.window.messages.rows
    assert row.title == "“合同” was discarded."
    row.press()
    qtbot.waitUntil(lambda: document_names(program) == ["合同"])


def test_undo_is_named_after_what_it_takes_back(start: Start, qtbot: QtBot) -> None:
    program = start()
    undo = program.window.actions_by_name[ActionName.UNDO]
    assert not undo.isEnabled()
    add_signer(program)
    assert undo.text() == "&Undo: Add signer"
    undo.trigger()
    assert program.workspace is not None
    assert program.workspace.session.draft.signers == ()
    assert program.window.actions_by_name[ActionName.REDO].text() == "&Redo: Add signer"


@pytest.mark.nightly
def test_theme_changes_at_once_and_a_language_at_the_next_start(
    start: Start, qtbot: QtBot, qapp: QApplication, paths: AppPaths
) -> None:
    program = start()
    program.window.menus.theme_chosen.emit("dark")
    assert qapp.palette().window().color().lightness() < 100
    program.window.menus.language_chosen.emit("zh_CN")
    qtbot.waitUntil(lambda: bool(program.window.messages.rows))
    assert program.window.messages.rows[0].title == "The language changes when you restart the program."
    assert program.window.menus.actions()[0].text() == "&File"
    assert program.workspace is not None
    preferences = program.workspace.services.preferences
    assert (preferences.language, preferences.theme.value) == ("zh_CN", "dark")
    program.stop()
    state = json.loads((paths.cache_dir / "first-look.json").read_text("utf-8"))
    assert (state["language"], state["theme"], state["room"]) == ("zh_CN", "dark", "")

    again = start()
    assert again.window.menus.actions()[0].text() == "文件(&F)"
    assert again.window.windowTitle().startswith("准备 — ")


def test_choosing_the_language_in_force_again_takes_the_offer_to_restart_away(start: Start, qtbot: QtBot) -> None:
    program = start()
    program.window.menus.language_chosen.emit("zh_CN")
    qtbot.waitUntil(lambda: bool(program.window.messages.rows))
    program.window.menus.language_chosen.emit("en")
    qtbot.waitUntil(lambda: not program.window.messages.rows)


def test_restarting_saves_the_work_and_comes_back_to_the_room(start: Start, qtbot: QtBot, tmp_path: Path) -> None:
    make_pdf(tmp_path)
    program = start(tmp_path / "合同.pdf")
    qtbot.waitUntil(lambda: document_names(program) == ["合同"])
    program.window.show_room(RoomName.TRACK)
    add_signer(program)
    program.window.menus.language_chosen.emit("zh_CN")
    qtbot.waitUntil(lambda: bool(program.window.messages.rows))
    with qtbot.waitSignal(program.window.closed, timeout=5_000):
        program.window.messages.rows[0].press()
    assert program.window.is_restarting
    program.stop()

    again = start()
    qtbot.waitUntil(lambda: document_names(again) == ["合同"])
    assert again.window.room is RoomName.TRACK
    assert again.window.windowTitle().startswith("跟踪 — ")
    assert again.workspace is not None
    assert len(again.workspace.session.draft.signers) == 1
    again.stop()
    # The usual end leads to the usual beginning.
    assert start().window.room is RoomName.PREPARE


@pytest.mark.parametrize("look", daily([None], [None, '{"language": "en"}']))
def test_window_is_in_the_kept_language_where_the_small_file_says_another(
    start: Start, qtbot: QtBot, paths: AppPaths, tmp_path: Path, look: str | None
) -> None:
    make_pdf(tmp_path)
    first = start()
    first.window.menus.language_chosen.emit("zh_CN")
    assert first.tasks.wait_idle()
    first.stop()
    path = window_state_path(paths.cache_dir)
    path.unlink() if look is None else path.write_text(look, "utf-8")
    again = start(tmp_path / "合同.pdf")
    qtbot.waitUntil(lambda: document_names(again) == ["合同"], timeout=20_000)
    assert again.window.isVisible()
    assert again.window.menus.actions()[0].text() == "文件(&F)"


def test_rehearsal_platform_starts_with_the_program_and_ends_with_it(start: Start, qtbot: QtBot) -> None:
    program = start(with_sandbox=True)
    workspace = program.workspace
    assert workspace is not None
    qtbot.waitUntil(lambda: workspace.environment.state is not None and workspace.environment.state.is_ready)
    assert workspace.environment.kind is EnvironmentKind.SANDBOX
    environment = workspace.services.environments.current()
    report = workspace.services.environments.test_connection(environment)
    assert report.is_connected
    program.stop()
    after = workspace.services.environments.test_connection(environment, "x")
    assert after.code == "api.no_network"


def test_production_is_red_and_asks_for_its_secret(start: Start, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    program = start()
    workspace = program.workspace
    assert workspace is not None
    environments = workspace.services.environments
    production = environments.get(EnvironmentKind.PRODUCTION)
    environments.save(replace(production, project_id="1111563657"))
    environments.choose(EnvironmentKind.PRODUCTION)
    workspace.environment.reload()
    qtbot.waitUntil(lambda: bool(program.window.messages.rows))
    assert "Enter the project secret" in program.window.messages.rows[0].title
    edge = program.window.rail.grab().toImage()
    reds = [edge.pixelColor(2, y) for y in range(0, edge.height(), 3)]
    assert any(colour.red() > 180 and colour.green() < 60 for colour in reds)
    assert any(colour.lightness() > 240 for colour in reds)
    program.window.messages.rows[0].press()
    assert program.window.room is RoomName.SETTINGS


def test_damaged_database_is_told_of_and_can_be_set_aside(start: Start, qtbot: QtBot, paths: AppPaths) -> None:
    paths.prepare()
    paths.database_path.write_bytes(b"SQLite format 3\0" + bytes(84) + b"nonsense" * 4096)
    program = start(wait=False)
    qtbot.waitUntil(lambda: program.problem is not None)
    problem = program.problem
    assert problem is not None
    assert "damaged" in problem.title
    assert not program.window.isVisible()
    with qtbot.waitSignal(program.populated, timeout=10_000):
        problem.start_empty_requested.emit()
    assert program.window.isVisible()
    assert len(list(paths.data_dir.glob("esign.db*damaged*"))) == 1


def test_sqlite_that_is_too_old_is_told_of_instead_of_an_empty_window(
    start: Start, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("esign_desktop.store.database.connection.OLDEST_SQLITE", (99, 1))
    program = start(wait=False)
    qtbot.waitUntil(lambda: program.problem is not None)
    assert program.problem is not None
    assert (
        program.problem.title
        == f"SQLite {sqlite3.sqlite_version} on this computer is too old. Version 99.1 or later is required."
    )
    assert not program.window.isVisible()
    program.problem.hide()


def test_data_of_a_newer_version_is_told_of_and_left_alone(start: Start, qtbot: QtBot, paths: AppPaths) -> None:
    paths.prepare()
    connection = sqlite3.connect(paths.database_path)
    connection.execute("PRAGMA user_version = 999")
    connection.execute("CREATE TABLE t (x)")
    connection.commit()
    connection.close()
    before = paths.database_path.read_bytes()
    program = start(wait=False)
    qtbot.waitUntil(lambda: program.problem is not None)
    assert program.problem is not None
    assert "newer version" in program.problem.title
    program.problem.hide()
    assert paths.database_path.read_bytes() == before
