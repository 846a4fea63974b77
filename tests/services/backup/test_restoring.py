"""What another computer copied comes back, and no contract is sent twice by that."""

from __future__ import annotations

import hashlib
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.contract.form_values import set_blocks
from esign_desktop.domain.errors import InputError, StoreError
from esign_desktop.domain.flow import FlowStatus
from esign_desktop.domain.submission import SubmissionState
from esign_desktop.services.backup.job import JobStarter, fetch
from esign_desktop.services.sending.held import HeldChoice
from esign_desktop.store.backup.second_folder import FOLDER, LEDGER
from esign_desktop.store.database.connection import Database
from esign_desktop.store.database.migrations import MigrationSet
from esign_desktop.store.tables.accounts import Accounts
from esign_desktop.store.tables.settings import Settings
from tests.services.bad_transports import Unplugged
from tests.services.crashing import Driver, running_driver
from tests.services.desk import Desk, make_contract, make_pdf, organization_signer, person_signer, resume_unfinished
from tests.services.second_computer import (
    COMPUTER,
    PASSPHRASE,
    Keyring,
    copy_now,
    restore_into,
    second_folder,
    share_at,
)
from tests.services.sending.test_records import StopAt, stop_at
from tests.services.sending.test_submission import AGENT
from tests.services.sending.test_tables import PLACES, form
from tests.services.template_files import make_part
from tests.tiers import daily

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.store.database.handle import Connection
    from tests.services.sandbox_platform import SandboxPlatform

NOT_ON_WINDOWS = pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")


@pytest.fixture
def share(tmp_path: Path) -> Path:
    return tmp_path / "share"


@pytest.fixture
def fresh(tmp_path: Path, platform: SandboxPlatform) -> Iterator[Desk]:
    """Another computer."""
    desk = Desk(tmp_path / "fresh", platform.environment)
    yield desk
    desk.close()


@pytest.fixture
def driver(platform: SandboxPlatform) -> Iterator[Driver]:
    with running_driver(platform) as running:
        yield running


def make_draft(folder: Path) -> ContractDraft:
    return make_contract(folder, signers=(person_signer("张示例"), organization_signer("示例公司", AGENT, step=2)))


def send(desk: Desk, draft: ContractDraft, platform: SandboxPlatform) -> None:
    desk.stores.drafts.save(draft, saved_at_ms=1)
    outcome = desk.submission.send(draft, platform.environment)
    assert outcome.state is SubmissionState.DONE


def visible(platform: SandboxPlatform, draft: ContractDraft) -> list[str]:
    return [flow.flow_id for flow in platform.flows(draft.options.business_scene) if flow.is_visible]


def test_flows_links_drafts_documents_and_accounts_come_back(
    desk: Desk, fresh: Desk, platform: SandboxPlatform, share: Path, tmp_path: Path
) -> None:
    sent, later, kept = (make_draft(tmp_path / name) for name in ("sent", "later", "kept"))
    send(desk, sent, platform)
    desk.stores.drafts.save(kept, saved_at_ms=5)
    Settings(desk.database).set("language", "zh_CN")
    copy_now(desk, share)
    send(desk, later, platform)
    copy_now(desk, share, kinds=("ledger",))
    shutil.rmtree(tmp_path / "kept")

    restored = restore_into(fresh, share)

    assert (restored.flow_count, restored.draft_count, restored.held_count) == (2, 1, 0)
    assert (restored.missing_file_count, restored.begun_count, restored.has_audit) == (0, 0, False)
    before = {flow.flow_id: flow.signers for flow in desk.flows.list()}
    after = {flow.flow_id: flow.signers for flow in fresh.flows.list()}
    assert after.keys() == before.keys()
    for flow_id, signers in after.items():
        assert [one.urls for one in signers] == [one.urls for one in before[flow_id]]
        assert fresh.flows.refresh(flow_id).status is FlowStatus.SIGNING
    draft = fresh.stores.drafts.load(kept.id)
    assert replace(draft, documents=()) == replace(kept, documents=())
    for document in draft.documents:
        content = Path(document.path).read_bytes()
        assert Path(document.path).is_relative_to(fresh.paths.data_dir)
        assert hashlib.sha256(content).hexdigest() == document.sha256
    assert {one.account_id for one in Accounts(fresh.database).all()} == {
        one.account_id for one in Accounts(desk.database).all()
    }
    assert Settings(fresh.database).get("language") == "zh_CN"
    send(fresh, draft, platform)
    assert len(visible(platform, kept)) == 1


def test_the_same_restored_again_changes_nothing(
    desk: Desk, fresh: Desk, platform: SandboxPlatform, share: Path, tmp_path: Path
) -> None:
    send(desk, make_draft(tmp_path / "sent"), platform)
    kept = make_draft(tmp_path / "kept")
    desk.stores.drafts.save(kept, saved_at_ms=5)
    copy_now(desk, share)
    restore_into(fresh, share)
    flows, ledger = fresh.flows.list(), fresh.paths.ledger_path.read_bytes()
    own = replace(fresh.stores.drafts.load(kept.id), signers=())
    fresh.stores.drafts.save(own, saved_at_ms=9)

    again = restore_into(fresh, share)

    assert (again.flow_count, again.draft_count, again.account_count) == (0, 0, 0)
    assert fresh.flows.list() == flows
    assert fresh.paths.ledger_path.read_bytes() == ledger
    # What was done here stays.
    assert fresh.stores.drafts.load(kept.id) == own


def test_a_draft_that_was_sent_after_the_days_copy_is_no_draft_any_more(
    desk: Desk, fresh: Desk, platform: SandboxPlatform, share: Path, tmp_path: Path
) -> None:
    draft = make_draft(tmp_path / "files")
    desk.stores.drafts.save(draft, saved_at_ms=1)
    copy_now(desk, share)
    send(desk, draft, platform)
    copy_now(desk, share, kinds=("ledger",))

    assert restore_into(fresh, share).held_count == 0
    with pytest.raises(InputError) as caught:
        fresh.submission.queue(fresh.stores.drafts.load(draft.id), platform.environment)
    assert caught.value.code == "submission.sent_before"
    (outcome,) = resume_unfinished(fresh.submission)

    assert outcome.state is SubmissionState.DONE
    assert fresh.stores.drafts.list() == ()
    assert [flow.flow_id for flow in fresh.flows.list()] == visible(platform, draft)
    assert restore_into(fresh, share).draft_count == 0


def test_a_start_of_which_the_copies_know_no_end_is_held_and_can_only_be_given_up(
    desk: Desk, fresh: Desk, platform: SandboxPlatform, share: Path, tmp_path: Path
) -> None:
    draft = make_draft(tmp_path / "files")
    desk.stores.drafts.save(draft, saved_at_ms=1)
    copy_now(desk, share)
    send(desk, draft, platform)
    # The share was away before the flow's line came.
    lines = desk.paths.ledger_path.read_bytes().splitlines(keepends=True)
    (start,) = [index for index, line in enumerate(lines) if b'"start"' in line]
    desk.paths.ledger_path.write_bytes(b"".join(lines[: start + 1]))
    copy_now(desk, share, kinds=("ledger",))

    assert restore_into(fresh, share).held_count == 1
    (waiting,) = fresh.submission.unfinished()
    held = fresh.submission.held(waiting.id)
    assert (held.reason, held.may_be_visible) == ("submission.restored", True)
    assert HeldChoice.START_AGAIN not in held.choices
    with pytest.raises(InputError):
        fresh.submission.start_again(waiting.id)
    started = platform.requests("/sign/start")
    assert resume_unfinished(fresh.submission) == ()
    assert fresh.submission.look_again(waiting.id).state is SubmissionState.HELD
    assert platform.requests("/sign/start") == started
    assert fresh.submission.cancel_before_execute(waiting.id).state is SubmissionState.CANCELLED
    assert [one.id for one in fresh.stores.drafts.list()] == [draft.id]


@pytest.mark.parametrize("is_copied_before", [False, True], ids=["flow known", "flow in the ledger alone"])
def test_a_send_that_was_being_called_off_is_called_off_and_shown_to_nobody(
    desk: Desk, fresh: Desk, platform: SandboxPlatform, share: Path, tmp_path: Path, is_copied_before: bool
) -> None:
    draft = make_draft(tmp_path / "files")
    desk.stores.drafts.save(draft, saved_at_ms=1)
    submission_id = desk.submission.queue(draft, platform.environment)
    with pytest.raises(StopAt):
        desk.submission.run(submission_id, on_progress=stop_at(SubmissionState.START_INTENT, count=2))  # type: ignore[arg-type]
    desk.transport = Unplugged("/sign/revoke", times=3)
    if is_copied_before:
        desk.stores.journal.record(submission_id, SubmissionState.START_INTENT, is_cancelling=True)
        copy_now(desk, share)
    assert desk.submission.cancel_before_execute(submission_id).is_paused
    copy_now(desk, share, kinds=("ledger",) if is_copied_before else ("ledger", "daily"))

    restore_into(fresh, share)
    executed = platform.requests("/sign/execute")
    (outcome,) = resume_unfinished(fresh.submission)

    assert outcome.state is SubmissionState.CANCELLED
    assert platform.requests("/sign/execute") == executed
    assert [flow.status for flow in platform.flows(draft.options.business_scene)] == [3]
    assert fresh.stores.drafts.load(draft.id).title == draft.title


def test_a_send_of_which_neither_flow_nor_draft_is_known_is_said(desk: Desk, fresh: Desk, share: Path) -> None:
    copy_now(desk, share)
    place = {"submission_id": "s", "environment": "sandbox", "project_id": "p"}
    desk.stores.ledger.append("start", {**place, "draft_id": "d"})
    copy_now(desk, share, kinds=("ledger",))

    assert restore_into(fresh, share).begun_count == 1


@NOT_ON_WINDOWS
@pytest.mark.parametrize("stride", daily([8], [8, 1]))
@pytest.mark.parametrize("is_copied_late", daily([True], [True, False]), ids=["until the crash", "only before"])
def test_a_send_that_breaks_off_anywhere_is_never_seen_twice(
    driver: Driver, platform: SandboxPlatform, tmp_path: Path, is_copied_late: bool, stride: int
) -> None:
    """The old computer dies at a step; its copy is restored elsewhere, and then the old one comes up again."""
    step, held = 1 - stride, 0
    while True:
        step += stride
        root, share = tmp_path / f"old {step}", tmp_path / f"share {step}"
        draft = make_draft(tmp_path / f"files {step}")
        if not driver.crash(root, draft, step, dies_before=step % 2 == 0):
            break
        old = Desk(root, platform.environment)
        copy_now(old, share)
        if not is_copied_late:
            # It goes on without the share.
            resume_unfinished(old.submission)
        new = Desk(tmp_path / f"new {step}", platform.environment)
        held += restore_into(new, share).held_count
        resume_unfinished(new.submission)
        assert len(visible(platform, draft)) <= 1, step
        resume_unfinished(old.submission)
        for desk in (new, old):
            for waiting in desk.submission.unfinished():
                desk.submission.look_again(waiting.id)
        assert len(visible(platform, draft)) <= 1, step
        old.close()
        new.close()
    assert step > 15
    assert held * stride > 5


def test_a_damaged_days_copy_gives_way_and_a_damaged_ledger_is_said(
    desk: Desk, platform: SandboxPlatform, share: Path, tmp_path: Path
) -> None:
    send(desk, make_draft(tmp_path / "sent"), platform)
    copy_now(desk, share)
    copy_now(desk, share)
    folder = share / FOLDER / COMPUTER

    def spoil(name: str) -> None:
        content = bytearray((folder / name).read_bytes())
        content[len(content) // 2] ^= 1
        (folder / name).write_bytes(content)

    spoil("daily-000002.copy")
    found = fetch(folder, PASSPHRASE, tmp_path / "scratch")
    assert (found["is_ledger_whole"], found["passed_over_count"]) == (True, 1)
    spoil(LEDGER)
    found = fetch(folder, PASSPHRASE, tmp_path / "scratch")
    assert not found["is_ledger_whole"]
    # The day's copy has the lines.
    assert (tmp_path / "scratch" / "ledger.jsonl").read_bytes() == desk.paths.ledger_path.read_bytes()
    spoil("daily-000001.copy")
    found = fetch(folder, PASSPHRASE, tmp_path / "scratch")
    assert (found["made_at_ms"], found["passed_over_count"]) == (0, 2)


def test_lines_that_were_cut_off_the_ledgers_copy_are_noticed(desk: Desk, share: Path, tmp_path: Path) -> None:
    early = b""
    for number in range(3):
        desk.stores.ledger.append("flow", {"flow_id": f"f{number}"})
        copy_now(desk, share, kinds=("ledger",))
        if number == 1:
            early = (share / FOLDER / COMPUTER / LEDGER).read_bytes()
    copy_now(desk, share)
    (share / FOLDER / COMPUTER / LEDGER).write_bytes(early)

    found = fetch(share / FOLDER / COMPUTER, PASSPHRASE, tmp_path / "scratch")

    assert not found["is_ledger_whole"]
    assert b"f2" in (tmp_path / "scratch" / "ledger.jsonl").read_bytes()


def test_a_wrong_passphrase_changes_nothing(desk: Desk, share: Path, tmp_path: Path) -> None:
    copy_now(desk, share)
    folder = share / FOLDER / COMPUTER

    def code(passphrase: str) -> str:
        with pytest.raises(StoreError) as caught:
            fetch(folder, passphrase, tmp_path / "scratch")
        return caught.value.code

    assert code("not the passphrase") == "copy.wrong_passphrase"
    assert not (tmp_path / "scratch").exists()
    for path in folder.glob("*.copy"):
        path.write_bytes(b"\0" + path.read_bytes())
    assert code(PASSPHRASE) == "copy.damaged"
    for path in folder.glob("*.copy"):
        path.unlink()
    assert code(PASSPHRASE) == "copy.nothing"


@pytest.mark.parametrize("is_gone", [False, True])
def test_pages_of_a_file_after_a_form_come_back_with_their_draft(
    desk: Desk, fresh: Desk, platform: SandboxPlatform, share: Path, tmp_path: Path, is_gone: bool
) -> None:
    draft = form(desk, tmp_path)
    part = make_part(tmp_path / "copies", "general terms")
    draft = set_blocks(draft, draft.documents[0].id, (part, PLACES))
    desk.stores.drafts.save(draft, saved_at_ms=1)
    if is_gone:
        Path(part.path).unlink()
    copy_now(desk, share)
    shutil.rmtree(tmp_path / "copies")

    restored = restore_into(fresh, share)

    assert restored.missing_file_count == is_gone
    (document,) = fresh.stores.drafts.load(draft.id).documents
    (found,) = document.added_pdfs
    assert replace(found, path=part.path) == part
    assert Path(found.path).is_relative_to(fresh.paths.data_dir) is not is_gone
    if not is_gone:
        assert hashlib.sha256(Path(found.path).read_bytes()).hexdigest() == part.sha256


def test_documents_that_are_nowhere_are_counted(desk: Desk, fresh: Desk, share: Path, tmp_path: Path) -> None:
    draft = make_draft(tmp_path / "files")
    gone = make_pdf(tmp_path / "gone.pdf", mark="gone")
    desk.stores.drafts.save(replace(draft, documents=(*draft.documents, gone)), saved_at_ms=1)
    (tmp_path / "gone.pdf").unlink()
    copy_now(desk, share)

    assert restore_into(fresh, share).missing_file_count == 1


@pytest.mark.parametrize("hangs", [False, True])
def test_documents_on_a_share_that_hangs_are_counted_and_hold_nothing_up(
    desk: Desk, fresh: Desk, share: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hangs: bool
) -> None:
    desk.stores.drafts.save(make_draft(tmp_path / "files"), saved_at_ms=1)
    monkeypatch.setattr("esign_desktop.store.backup.daily.MOST_FILE_BYTES", 1)
    copy_now(desk, share)
    copies = second_folder(fresh, Keyring())
    ask = JobStarter.ask

    def ask_a_dead_share(jobs: JobStarter, kind: str, **values: object) -> object:
        if hangs and kind == "present":
            raise StoreError("copy.hangs", retryable=True)
        return ask(jobs, kind, **values)

    monkeypatch.setattr(JobStarter, "ask", ask_a_dead_share)
    restorer = copies.restorer()
    (computer,) = restorer.computers(share)
    restored = restorer.restore(computer, PASSPHRASE).restored

    assert (restored.draft_count, restored.missing_file_count) == (1, 1 if hangs else 0)


def test_what_this_computer_has_is_never_replaced(desk: Desk, fresh: Desk, share: Path) -> None:
    def preset(one: Desk, key: str) -> None:
        one.database.run(
            lambda connection: connection.execute("INSERT INTO presets VALUES (?, ?, 2, 1, '{}')", (key, key))
        )

    preset(desk, "theirs")
    preset(fresh, "ours")
    for one, language in ((desk, "en"), (fresh, "zh_CN")):
        for key in ("language", "recents", "accounts.salt"):
            Settings(one.database).set(key, language)
    copy_now(desk, share)

    assert restore_into(fresh, share).preset_count == 1
    keys = fresh.database.run(lambda connection: connection.execute("SELECT id, function_key FROM presets").fetchall())
    assert dict(keys) == {"ours": 2, "theirs": None}
    settings = Settings(fresh.database)
    assert (settings.get("language"), settings.get("recents")) == ("zh_CN", "zh_CN")
    # As long as nobody is known here, those from there are known again by their own salt.
    assert settings.get("accounts.salt") == "en"


@pytest.mark.parametrize("has_own_rows", [False, True])
def test_rows_of_sheets_are_known_again_or_that_they_are_not_is_told(
    desk: Desk, fresh: Desk, share: Path, has_own_rows: bool
) -> None:
    def send_row(one: Desk, name: str) -> None:
        def work(connection: Connection) -> None:
            (columns,) = zip(*connection.execute("SELECT name FROM pragma_table_info('bulk_runs')"), strict=True)
            values = [name if column == "id" else "1" for column in columns]
            marks = ", ".join("?" * len(columns))
            connection.execute(f"INSERT INTO bulk_runs VALUES ({marks})", values)  # noqa: S608  of this schema
            connection.execute("INSERT INTO bulk_rows VALUES (?, 1, ?, ?, 1)", (name, name, name))

        Settings(one.database).set("bulk.key", name * 32)
        one.database.run(work)

    send_row(desk, "aa")
    Settings(fresh.database).set("bulk.key", "cc" * 32)
    if has_own_rows:
        send_row(fresh, "bb")
    copy_now(desk, share)

    for _again in range(2):
        assert restore_into(fresh, share).strange_row_count == has_own_rows
    assert Settings(fresh.database).get("bulk.key") == ("bb" if has_own_rows else "aa") * 32


@pytest.mark.parametrize("change", [-1, 900])
def test_an_older_databases_copy_is_brought_up_to_date_and_a_newer_ones_refused(
    desk: Desk, fresh: Desk, share: Path, tmp_path: Path, change: int
) -> None:
    older = MigrationSet()
    older._files = older._files[:change] if change < 0 else older._files  # noqa: SLF001  a program of another version
    desk.database.close()
    for path in desk.paths.data_dir.glob("esign.db*"):
        path.unlink()
    desk.database = Database(desk.paths.database_path, migrations=older)
    desk.database.open()
    desk.stores = desk.make_stores()
    desk.stores.drafts.save(make_draft(tmp_path / "files"), saved_at_ms=1)
    if change > 0:
        desk.database.run(lambda connection: connection.execute(f"PRAGMA user_version = {change}"))
    copy_now(desk, share)

    if change < 0:
        assert restore_into(fresh, share).draft_count == 1
        return
    desk.stores.ledger.append("flow", {"flow_id": "f"})
    copy_now(desk, share, kinds=("ledger",))
    with pytest.raises(StoreError) as caught:
        restore_into(fresh, share)
    assert caught.value.code == "copy.newer_version"
    assert fresh.stores.drafts.list() == ()
    assert fresh.stores.ledger.read() == ()


def test_a_named_folder_gives_everything_back_with_the_passphrase_alone(
    desk: Desk, fresh: Desk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    share = share_at(tmp_path / "stick")
    send(desk, make_draft(tmp_path / "sent"), platform)
    kept = make_draft(tmp_path / "kept")
    desk.stores.drafts.save(kept, saved_at_ms=5)
    content = b"%PDF made up"
    (desk.paths.presets_dir / f"{hashlib.sha256(content).hexdigest()}.pdf").write_bytes(content)
    desk.paths.brand_dir.mkdir()
    (desk.paths.brand_dir / "logo.png").write_bytes(b"picture")
    copies = second_folder(desk, Keyring())
    copies.name(share, "真正的 口令 一二三四")
    assert copies.keep_up().code == ""
    copies.close()
    restorer = second_folder(fresh, Keyring()).restorer()
    (computer,) = restorer.computers(share)

    report = restorer.restore(computer, "真正的 口令 一二三四")

    assert (report.found.is_ledger_whole, report.found.passed_over_count) == (True, 0)
    assert (report.restored.flow_count, report.restored.draft_count) == (1, 1)
    assert [flow.signers for flow in fresh.flows.list()] == [flow.signers for flow in desk.flows.list()]
    assert [path.read_bytes() for path in fresh.paths.presets_dir.iterdir()] == [content]
    assert (fresh.paths.brand_dir / "logo.png").read_bytes() == b"picture"
    assert not fresh.paths.restoring_dir.exists()


def test_this_computers_own_copies_bring_a_lost_database_back(
    desk: Desk, platform: SandboxPlatform, share: Path, tmp_path: Path
) -> None:
    sent, kept = make_draft(tmp_path / "sent"), make_draft(tmp_path / "kept")
    desk.stores.drafts.save(kept, saved_at_ms=5)
    copy_now(desk, share)
    send(desk, sent, platform)
    desk.database.close()
    for path in desk.paths.data_dir.glob("esign.db*"):
        path.unlink()
    desk.database.open()

    restored = restore_into(desk, share)

    assert (restored.flow_count, restored.draft_count) == (1, 1)
    assert [flow.flow_id for flow in desk.flows.list()] == visible(platform, sent)
