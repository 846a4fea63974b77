from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.contract import edits
from esign_desktop.domain.contract.draft import ContractDraft
from esign_desktop.domain.errors import AppError, StoreError
from esign_desktop.services.editing.drafts import DraftService
from esign_desktop.services.editing.session import ContractSession, EditName
from esign_desktop.services.preferences import Preferences
from esign_desktop.store.database.connection import Database
from esign_desktop.store.tables.drafts import Drafts
from esign_desktop.store.tables.settings import Settings
from esign_desktop.ui.draft_controller import DraftController
from tests.drafts import NOW_MS, make_person_signer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from esign_desktop.services.editing.session import Change
    from esign_desktop.ui.tasks import TaskRunner


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(tmp_path / "esign.db")
    opened.open()
    yield opened
    opened.close()


@pytest.fixture
def drafts(database: Database) -> DraftService:
    return DraftService(Drafts(database), clock_ms=lambda: NOW_MS)


@pytest.fixture
def session() -> ContractSession:
    return ContractSession(ContractDraft.new(), clock_ms=lambda: NOW_MS)


@pytest.fixture
def desk(
    session: ContractSession, drafts: DraftService, database: Database, tasks: TaskRunner
) -> Iterator[DraftController]:
    made = DraftController(session, drafts, Preferences(Settings(database)), tasks)
    yield made
    # The database closes after this: no work may be under way.
    made.autosave.stop()
    tasks.stop()


def edit(session: ContractSession, name: str = "张三") -> ContractDraft:
    session.apply(EditName.ADD_SIGNER, lambda draft: edits.add_signer(draft, make_person_signer(name)))
    return session.draft


def test_new_contract_saves_the_old_one_first(
    desk: DraftController, session: ContractSession, drafts: DraftService, qtbot: QtBot
) -> None:
    old = edit(session)
    desk.new_contract()
    qtbot.waitUntil(lambda: session.draft.is_empty)
    assert drafts.load(old.id) == old


def test_contract_that_can_not_be_saved_stays_on_the_desk(
    desk: DraftController, session: ContractSession, drafts: DraftService, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def save(_draft: ContractDraft) -> None:
        raise StoreError("store.disk_full")

    monkeypatch.setattr(drafts, "save", save)
    old = edit(session)
    told: list[AppError] = []
    desk.failed.connect(told.append)
    desk.new_contract()
    qtbot.waitUntil(lambda: bool(told))
    assert session.draft == old


def test_sent_contract_does_not_come_back(
    desk: DraftController, session: ContractSession, drafts: DraftService, qtbot: QtBot, tasks: TaskRunner
) -> None:
    edit(session)
    desk.leave()
    qtbot.wait(700)
    assert tasks.wait_idle()
    assert drafts.list() == ()
    assert drafts.recover() is None


def test_contract_that_is_sent_while_it_is_saved_does_not_come_back(
    desk: DraftController, session: ContractSession, drafts: DraftService, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, save = threading.Event(), drafts.save

    def save_late(draft: ContractDraft) -> bool:
        assert gate.wait(5)
        return save(draft)

    monkeypatch.setattr(drafts, "save", save_late)
    edit(session)
    desk.autosave.flush(lambda _error: None)
    desk.leave()
    with qtbot.waitSignal(desk.autosave.saved):
        gate.set()
    with qtbot.waitSignal(desk.drafts_changed) as changed:
        desk.read_drafts()
    assert changed.args == [()]
    assert drafts.recover() is None


def test_discarded_contract_is_gone_and_can_be_brought_back(
    desk: DraftController, session: ContractSession, drafts: DraftService, qtbot: QtBot
) -> None:
    old = edit(session)
    with qtbot.waitSignal(desk.autosave.saved):
        pass
    assert desk.discard() == old
    qtbot.waitUntil(lambda: drafts.list() == ())
    desk.restore(old)
    qtbot.waitUntil(lambda: session.draft == old)
    assert drafts.load(old.id) == old


def test_recovery_does_not_push_away_what_was_begun_meanwhile(
    desk: DraftController, session: ContractSession, drafts: DraftService, qtbot: QtBot, tasks: TaskRunner
) -> None:
    kept = ContractSession(ContractDraft.new(), clock_ms=lambda: NOW_MS)
    drafts.save(edit(kept, "李四"))
    desk.recover()
    begun = edit(session)
    assert tasks.wait_idle()
    qtbot.wait(20)
    assert session.draft == begun


def test_recents_come_latest_first(desk: DraftController, qtbot: QtBot) -> None:
    told: list[tuple[Path, ...]] = []
    desk.recents_changed.connect(told.append)
    desk.note_recent(Path("/a.pdf"))
    desk.note_recent(Path("/b.pdf"))
    qtbot.waitUntil(lambda: bool(told) and told[-1] == (Path("/b.pdf"), Path("/a.pdf")))


def test_a_duplicate_is_kept_and_the_desk_stays(
    desk: DraftController, session: ContractSession, drafts: DraftService, qtbot: QtBot
) -> None:
    draft = edit(session)
    desk.duplicate_draft(draft.id)
    qtbot.waitUntil(lambda: len(drafts.list()) == 2)
    assert session.draft is draft
    other = next(one.id for one in drafts.list() if one.id != draft.id)
    assert drafts.read(other).signers == draft.signers


def test_a_deleted_draft_can_be_kept_again(
    desk: DraftController, session: ContractSession, drafts: DraftService, qtbot: QtBot
) -> None:
    other = edits.add_signer(ContractDraft.new(), make_person_signer("李四"))
    drafts.keep(other)
    with qtbot.waitSignal(desk.draft_deleted) as deleted:
        desk.delete_draft(other.id)
    assert drafts.list() == ()
    assert deleted.args == [other]
    desk.keep_draft(other)
    qtbot.waitUntil(lambda: [one.id for one in drafts.list()] == [other.id])
    assert not drafts.list()[0].is_open
    assert session.draft.is_empty


def test_the_draft_on_the_desk_is_not_deleted_from_the_list(
    desk: DraftController, session: ContractSession, drafts: DraftService, qtbot: QtBot
) -> None:
    draft = edit(session)
    desk.autosave.flush(lambda _error: None)
    qtbot.waitUntil(lambda: len(drafts.list()) == 1)
    desk.delete_draft(draft.id)
    qtbot.wait(1)
    assert len(drafts.list()) == 1


def test_a_draft_that_is_asked_for_twice_keeps_what_was_changed_in_it_between(
    desk: DraftController, session: ContractSession, drafts: DraftService, tasks: TaskRunner, qtbot: QtBot
) -> None:
    kept = ContractSession(ContractDraft.new(), clock_ms=lambda: NOW_MS)
    drafts.keep(edit(kept))
    shown: list[ContractDraft] = []

    def change_at_once(change: Change) -> None:
        if change.edit is None:
            shown.append(change.after)
            if len(shown) == 1:
                edit(session, "李四")

    session.subscribe(change_at_once)
    desk.open_draft(kept.draft.id)
    desk.open_draft(kept.draft.id)
    qtbot.waitUntil(lambda: bool(shown))
    with qtbot.waitSignal(desk.drafts_changed):
        desk.read_drafts()
    assert len(session.draft.signers) == 2
    desk.autosave.flush(lambda _error: None)
    assert tasks.wait_idle()
    assert drafts.read(kept.draft.id) == session.draft
