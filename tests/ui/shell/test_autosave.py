from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.contract import edits
from esign_desktop.domain.contract.draft import ContractDraft
from esign_desktop.domain.errors import AppError, StoreError
from esign_desktop.services.editing.session import ContractSession, EditName
from esign_desktop.ui import draft_controller as module
from esign_desktop.ui.draft_controller import Autosave
from tests.drafts import NOW_MS, make_person_signer

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from esign_desktop.ui.tasks import TaskRunner


class Shelf:
    """Stands for the drafts' service."""

    def __init__(self) -> None:
        self.saved: list[ContractDraft] = []
        self.error: AppError | None = None
        self.gate = threading.Event()
        self.gate.set()

    def save(self, draft: ContractDraft) -> None:
        assert self.gate.wait(5)
        if self.error is not None:
            raise self.error
        self.saved.append(draft)


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def session() -> ContractSession:
    return ContractSession(ContractDraft.new(), clock_ms=lambda: NOW_MS)


@pytest.fixture
def autosave(session: ContractSession, shelf: Shelf, tasks: TaskRunner, monkeypatch: pytest.MonkeyPatch) -> Autosave:
    monkeypatch.setattr(module, "IDLE_MS", 30)
    monkeypatch.setattr(module, "LONGEST_MS", 150)
    monkeypatch.setattr(module, "RETRY_MS", 50)
    return Autosave(session, shelf, tasks)  # type: ignore[arg-type]


def edit(session: ContractSession, name: str) -> None:
    session.apply(EditName.ADD_SIGNER, lambda draft: edits.add_signer(draft, make_person_signer(name)))


def test_change_is_saved_soon_after(autosave: Autosave, session: ContractSession, shelf: Shelf, qtbot: QtBot) -> None:
    edit(session, "张三")
    assert not autosave.is_clean
    qtbot.waitUntil(lambda: autosave.is_clean)
    assert shelf.saved == [session.draft]


def test_changes_in_a_row_are_saved_together(
    autosave: Autosave, session: ContractSession, shelf: Shelf, qtbot: QtBot
) -> None:
    for name in ("张三", "李四", "王五"):
        edit(session, name)
    qtbot.waitUntil(lambda: autosave.is_clean)
    assert shelf.saved == [session.draft]


def test_somebody_who_never_pauses_is_saved_all_the_same(
    autosave: Autosave, session: ContractSession, shelf: Shelf, qtbot: QtBot
) -> None:
    from PySide6.QtCore import QTimer

    names = iter(range(1000))
    typing = QTimer()
    typing.timeout.connect(lambda: edit(session, str(next(names))))
    typing.start(10)
    qtbot.waitUntil(lambda: bool(shelf.saved), timeout=5_000)
    typing.stop()
    qtbot.waitUntil(lambda: autosave.is_clean)
    assert shelf.saved[-1] == session.draft


def test_change_made_while_saving_is_saved_next(
    autosave: Autosave, session: ContractSession, shelf: Shelf, qtbot: QtBot
) -> None:
    shelf.gate.clear()
    edit(session, "张三")
    answers: list[AppError | None] = []
    autosave.flush(answers.append)
    edit(session, "李四")
    autosave.flush(answers.append)
    shelf.gate.set()
    qtbot.waitUntil(lambda: answers == [None, None])
    assert shelf.saved[-1] == session.draft
    assert autosave.is_clean


def test_flush_answers_at_once_when_there_is_nothing_to_save(autosave: Autosave) -> None:
    answers: list[AppError | None] = []
    autosave.flush(answers.append)
    assert answers == [None]


def test_full_disk_is_told_once_and_tried_again_until_it_works(
    autosave: Autosave, session: ContractSession, shelf: Shelf, qtbot: QtBot
) -> None:
    shelf.error = StoreError("store.disk_full")
    told: list[AppError] = []
    autosave.failed.connect(told.append)
    edit(session, "张三")
    qtbot.waitUntil(lambda: bool(told))
    qtbot.wait(150)
    assert [error.code for error in told] == ["store.disk_full"]
    shelf.error = None
    qtbot.waitUntil(lambda: autosave.is_clean)
    assert shelf.saved == [session.draft]


def test_flush_says_that_it_failed_and_keeps_the_change(
    autosave: Autosave, session: ContractSession, shelf: Shelf, qtbot: QtBot
) -> None:
    shelf.error = StoreError("store.disk_full")
    edit(session, "张三")
    answers: list[AppError | None] = []
    autosave.flush(answers.append)
    qtbot.waitUntil(lambda: bool(answers))
    assert answers[0] is shelf.error
    assert not autosave.is_clean
    autosave.stop()


def test_contract_that_was_sent_is_not_saved_again(
    autosave: Autosave, session: ContractSession, shelf: Shelf, qtbot: QtBot
) -> None:
    edit(session, "张三")
    autosave.drop()
    qtbot.wait(200)
    assert shelf.saved == []


def test_contract_that_was_sent_while_it_was_saved_is_not_saved_again_after_a_failure(
    autosave: Autosave, session: ContractSession, shelf: Shelf, qtbot: QtBot
) -> None:
    shelf.error = StoreError("store.disk_full")
    shelf.gate.clear()
    told: list[AppError] = []
    autosave.failed.connect(told.append)
    edit(session, "张三")
    answers: list[AppError | None] = []
    autosave.flush(answers.append)
    autosave.drop()
    shelf.gate.set()
    qtbot.waitUntil(lambda: answers == [None])
    shelf.error = None
    qtbot.wait(200)
    assert shelf.saved == []
    assert told == []
    assert autosave.is_clean
    assert not autosave.has_failed


def test_next_contract_is_saved_although_a_save_of_the_sent_one_failed(
    autosave: Autosave, session: ContractSession, shelf: Shelf, qtbot: QtBot
) -> None:
    shelf.error = StoreError("store.disk_full")
    shelf.gate.clear()
    edit(session, "张三")
    autosave.flush(lambda _error: None)
    autosave.drop()
    session.load(ContractDraft.new())
    edit(session, "李四")
    answers: list[AppError | None] = []

    autosave.flush(answers.append)
    qtbot.wait(60)
    shelf.gate.set()
    qtbot.waitUntil(lambda: autosave.has_failed)
    assert answers == [shelf.error]
    shelf.error = None
    qtbot.waitUntil(lambda: autosave.is_clean)
    assert shelf.saved == [session.draft]


def test_loading_a_contract_is_no_change(
    autosave: Autosave, session: ContractSession, shelf: Shelf, qtbot: QtBot
) -> None:
    session.load(ContractDraft.new())
    assert autosave.is_clean
