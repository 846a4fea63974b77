"""Copies in a second folder: nothing is lost while it is away, nothing freezes, and two computers are told apart."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.added_pages import FRAME, AddedPdf
from esign_desktop.domain.china_time import DAY_MS
from esign_desktop.domain.document import TemplateFilling
from esign_desktop.domain.erasure import PersonIdentifiers, forgotten_token
from esign_desktop.domain.errors import Cancelled, InputError, StoreError
from esign_desktop.pdf.isolated.start import start_child
from esign_desktop.services.backup import job as second_folder_job
from esign_desktop.services.backup.job import JobStarter
from esign_desktop.store.backup.sealed import BackupKey, read_header
from esign_desktop.store.backup.second_folder import FOLDER, LEDGER, computers, read_ledger, write_whole
from esign_desktop.store.erasure import PersonErasure
from esign_desktop.store.secrets import SecretStore
from tests.services.desk import Desk, make_contract, make_pdf
from tests.services.second_computer import PASSPHRASE, Clock, Keyring, second_folder, share_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from esign_desktop.services.backup.service import SecondFolder
    from tests.secret_service import SecretService


@pytest.fixture
def share(tmp_path: Path) -> Path:
    return share_at(tmp_path / "share")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def keyring() -> Keyring:
    return Keyring()


@pytest.fixture
def copies(desk: Desk, keyring: Keyring, clock: Clock) -> Iterator[SecondFolder]:
    copies = second_folder(desk, keyring, clock)
    yield copies
    copies.close()


def note(desk: Desk, *numbers: int) -> None:
    for number in numbers:
        desk.stores.ledger.append("flow", {"flow_id": f"flow-{number}"})


def folders(share: Path) -> list[Path]:
    return sorted((share / FOLDER).iterdir())


def copied(share: Path, keyring: Keyring) -> bytes:
    (folder,) = folders(share)
    key = BackupKey.from_text(keyring.key or "")
    assert key is not None
    return read_ledger(folder, key).content


def copied_with(share: Path, passphrase: str) -> bytes:
    (folder,) = folders(share)
    with (folder / LEDGER).open("rb") as file:
        return read_ledger(folder, read_header(file, folder.name).key_of(passphrase)).content


def dailies(share: Path) -> list[str]:
    return sorted(path.name for path in (share / FOLDER).glob("*/daily-*"))


def test_every_line_and_a_days_copy_go_to_the_folder(
    desk: Desk, copies: SecondFolder, share: Path, keyring: Keyring
) -> None:
    note(desk, 1, 2)
    copies.name(share, PASSPHRASE)
    status = copies.keep_up()

    assert (status.code, status.behind_since_ms, status.is_key_kept) == ("", None, True)
    assert copied(share, keyring) == desk.paths.ledger_path.read_bytes()
    assert dailies(share) == ["daily-000001.copy"]
    note(desk, 3)
    copies.keep_up()
    assert copied(share, keyring) == desk.paths.ledger_path.read_bytes()
    assert not list(desk.paths.data_dir.glob("leaving"))
    everything = b"".join(path.read_bytes() for path in share.rglob("*") if path.is_file())
    assert b"flow-" not in everything
    assert PASSPHRASE.encode() not in everything + (desk.paths.data_dir / "second-folder.json").read_bytes()


def test_what_comes_while_the_folder_is_away_follows_when_it_is_back(
    desk: Desk, copies: SecondFolder, share: Path, keyring: Keyring, clock: Clock
) -> None:
    copies.name(share, PASSPHRASE)
    copies.keep_up()
    away = share.rename(share.with_name("away"))
    note(desk, 1)
    since_ms = clock.now_ms
    assert copies.keep_up().code == "copy.missing"
    # Where a share is away, its place is an empty folder.
    share.mkdir()
    note(desk, 2)
    clock.now_ms += 5000
    status = copies.keep_up()
    assert (status.code, status.behind_since_ms) == ("copy.missing", since_ms)
    assert list(share.iterdir()) == []
    share.rmdir()
    away.rename(share)

    assert copies.keep_up().behind_since_ms is None
    assert copied(share, keyring) == desk.paths.ledger_path.read_bytes()


def test_a_restart_goes_on_where_it_was(
    desk: Desk, copies: SecondFolder, share: Path, keyring: Keyring, clock: Clock
) -> None:
    copies.name(share, PASSPHRASE)
    copies.keep_up()
    copies.close()
    note(desk, 1)
    later = second_folder(desk, keyring, clock)

    assert later.keep_up().code == ""
    assert copied(share, keyring) == desk.paths.ledger_path.read_bytes()
    assert dailies(share) == ["daily-000001.copy"]


def test_a_days_copy_comes_once_a_day_when_nobody_works_and_after_the_clock_went_back(
    copies: SecondFolder, share: Path, clock: Clock
) -> None:
    copies.name(share, PASSPHRASE)
    copies.keep_up()
    clock.now_ms += DAY_MS - 1
    copies.keep_up()
    assert len(dailies(share)) == 1
    clock.now_ms += 1
    copies.keep_up(is_idle=False)
    assert len(dailies(share)) == 1
    copies.keep_up()
    assert len(dailies(share)) == 2
    clock.now_ms -= 40 * DAY_MS
    copies.keep_up()
    assert len(dailies(share)) == 3


def test_a_folder_that_hangs_freezes_nothing_and_is_said(
    desk: Desk, keyring: Keyring, clock: Clock, share: Path
) -> None:
    copies = second_folder(desk, keyring, clock, silence_s=2.0)
    copies.name(share, PASSPHRASE)
    copies.keep_up()
    (folder,) = folders(share)
    lease = (folder / "computer.json").read_bytes()
    (folder / "computer.json").unlink()
    os.mkfifo(folder / "computer.json")
    note(desk, 1)
    begun_s = time.monotonic()
    status = copies.keep_up()

    assert (status.code, status.behind_since_ms) == ("copy.hangs", clock.now_ms)
    assert time.monotonic() - begun_s < 10
    (folder / "computer.json").unlink()
    (folder / "computer.json").write_bytes(lease)
    assert copies.keep_up().code == ""
    assert copied(share, keyring) == desk.paths.ledger_path.read_bytes()


def test_how_they_stand_is_told_while_a_slow_disk_takes_that_down(
    copies: SecondFolder, share: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_writing, goes_on = threading.Event(), threading.Event()

    def slowly(path: Path, pieces: Iterable[bytes]) -> int:
        is_writing.set()
        assert goes_on.wait(20)
        return write_whole(path, pieces)

    monkeypatch.setattr("esign_desktop.services.backup.service.write_whole", slowly)
    naming = threading.Thread(target=copies.name, args=(share, PASSPHRASE))
    naming.start()
    assert is_writing.wait(20)
    looking = threading.Thread(target=copies.status, daemon=True)
    looking.start()
    looking.join(2)
    was_told = not looking.is_alive()
    goes_on.set()
    naming.join(20)

    assert was_told
    assert copies.status().folder == str(share)


def test_closing_breaks_off_what_hangs(desk: Desk, keyring: Keyring, share: Path) -> None:
    copies = second_folder(desk, keyring)
    copies.name(share, PASSPHRASE)
    copies.close()
    with pytest.raises(Cancelled):
        copies.keep_up()


@pytest.mark.parametrize("passphrase", ["", "short", " " * 20])
def test_a_short_passphrase_is_refused(copies: SecondFolder, share: Path, passphrase: str) -> None:
    with pytest.raises(InputError) as caught:
        copies.name(share, passphrase)
    assert caught.value.code == "copy.short_passphrase"
    assert not copies.is_named


def test_a_folder_that_can_not_be_used_changes_nothing(copies: SecondFolder, share: Path, desk: Desk) -> None:
    copies.name(share, PASSPHRASE)
    for folder, code in ((share / "away", "copy.missing"), (desk.paths.data_dir, "copy.same_folder")):
        with pytest.raises(StoreError) as caught:
            copies.name(folder, PASSPHRASE)
        assert caught.value.code == code
    assert copies.status().folder == str(share)


def test_a_full_folder_is_said_and_the_old_copies_stay(
    desk: Desk, copies: SecondFolder, share: Path, keyring: Keyring, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    copies.name(share, PASSPHRASE)
    copies.keep_up()
    before = copied(share, keyring)
    clock.now_ms += DAY_MS

    def full(*_arguments: object, **_values: object) -> object:
        raise StoreError("copy.full", "ENOSPC", retryable=True)

    with monkeypatch.context() as patch:
        patch.setattr(copies._jobs, "ask", full)  # noqa: SLF001  a disk that is full
        assert copies.keep_up().code == "copy.full"
    assert (copied(share, keyring), len(dailies(share))) == (before, 1)
    assert copies.keep_up().code == ""


def test_copies_end_when_all_of_the_ledger_was_there_and_not_when_that_was_tried(
    desk: Desk, share: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = BackupKey.derived(PASSPHRASE, b"salt" * 4, 14).as_text()
    (share / FOLDER).mkdir()
    note(desk, 1)

    def copy(run: str, now_ms: int) -> None:
        place = {"sequence": 0, "size_bytes": 0, "offset": 0, "tail": "", "ledger_tail": ""}
        second_folder_job.do(
            {
                "kind": "ledger",
                "root": str(share),
                "computer_id": "a" * 32,
                "is_begun": False,
                "name": "desk",
                "run": run,
                "known_runs": ["one"],
                "now_ms": now_ms,
                "key": key,
                "place": place,
                "anew": False,
                "ledger": str(desk.paths.ledger_path),
            }
        )

    def full(*_arguments: object, **_values: object) -> object:
        raise StoreError("copy.full", "ENOSPC", retryable=True)

    def ends_ms() -> int:
        (computer,) = computers(share)
        return computer.changed_at_ms

    copy("one", 1000)
    assert ends_ms() == 1000
    with monkeypatch.context() as patch:
        patch.setattr("esign_desktop.store.backup.second_folder.copy_ledger", full)
        for run in ("one", "two"):
            with pytest.raises(StoreError):
                copy(run, 2000)
            assert ends_ms() == 1000
    with pytest.raises(StoreError) as caught:
        copy("three", 3000)
    # The second run is noted though it could not copy.
    assert caught.value.code == "copy.two_computers"
    copy("two", 4000)
    assert ends_ms() == 4000


def test_a_new_passphrase_makes_everything_anew(
    desk: Desk, copies: SecondFolder, share: Path, keyring: Keyring
) -> None:
    note(desk, 1)
    copies.name(share, PASSPHRASE)
    copies.keep_up()
    old = BackupKey.from_text(keyring.key or "")
    assert old is not None
    copies.name(share, "another passphrase")
    copies.keep_up()

    assert copied(share, keyring) == desk.paths.ledger_path.read_bytes()
    assert read_ledger(folders(share)[0], old).content == b""
    assert dailies(share) == ["daily-000002.copy"]


def test_a_file_of_anothers_with_an_endless_number_is_no_copy(desk: Desk, copies: SecondFolder, share: Path) -> None:
    note(desk, 1)
    copies.name(share, PASSPHRASE)
    copies.keep_up()
    other = f"daily-{'9' * 240}.copy"
    (folders(share)[0] / other).touch()
    copies.name(share, "another passphrase")
    assert copies.keep_up().code == ""
    assert dailies(share) == ["daily-000002.copy", other]


def test_a_locked_keyring_is_said_and_the_passphrase_is_asked_for_where_none_is(
    desk: Desk, copies: SecondFolder, share: Path, keyring: Keyring, clock: Clock
) -> None:
    copies.name(share, PASSPHRASE)
    copies.keep_up()
    note(desk, 1)
    keyring.code = "keyring.locked"
    later = second_folder(desk, keyring, clock)
    assert later.keep_up().code == "keyring.locked"
    keyring.code, keyring.key = "", None
    assert later.keep_up().code == "copy.needs_passphrase"
    # Named without a keyring, the key holds for the session.
    keyring.code = "keyring.no_backend"
    assert later.keep_up().code == "copy.needs_passphrase"
    before = dailies(share)
    status = later.name(share, PASSPHRASE)
    assert not status.is_key_kept
    assert later.keep_up().code == ""
    # The passphrase is the same: nothing has to be made anew.
    assert dailies(share) == before
    assert copied_with(share, PASSPHRASE) == desk.paths.ledger_path.read_bytes()


def test_a_real_keyring_keeps_the_key(desk: Desk, share: Path, secret_service: SecretService) -> None:
    second_folder(desk, SecretStore()).name(share, PASSPHRASE)

    assert second_folder(desk, SecretStore()).keep_up().code == ""


def test_a_cloned_disk_is_noticed_and_gets_copies_of_its_own(
    desk: Desk, copies: SecondFolder, share: Path, keyring: Keyring, clock: Clock, tmp_path: Path
) -> None:
    note(desk, 1)
    copies.name(share, PASSPHRASE)
    copies.keep_up()
    desk.database.run(lambda connection: connection.execute("SELECT 1"))
    shutil.copytree(desk.root, tmp_path / "clone")
    clone_desk = Desk(tmp_path / "clone", desk.environment)
    clone = second_folder(clone_desk, keyring, clock)
    note(clone_desk, 7)
    assert not clone.keep_up().was_parted
    note(desk, 2)
    assert copies.keep_up().was_parted
    assert copies.keep_up().code == ""
    clone.keep_up()

    key = BackupKey.from_text(keyring.key or "")
    assert key is not None
    contents = {read_ledger(folder, key).content for folder in folders(share)}
    assert contents == {desk.paths.ledger_path.read_bytes(), clone_desk.paths.ledger_path.read_bytes()}
    clone_desk.close()


def test_a_ledger_of_an_earlier_day_does_not_take_the_copy_of_the_later_one(
    desk: Desk, copies: SecondFolder, share: Path, keyring: Keyring, clock: Clock
) -> None:
    note(desk, 1)
    early = desk.paths.ledger_path.read_bytes()
    note(desk, 2)
    copies.name(share, PASSPHRASE)
    copies.keep_up()
    desk.paths.ledger_path.write_bytes(early)
    later = second_folder(desk, keyring, clock)

    assert later.keep_up().was_parted
    assert later.keep_up().code == ""
    assert len(folders(share)) == 2


def test_whoever_is_forgotten_leaves_the_copies_as_soon_as_the_folder_is_there(
    desk: Desk, copies: SecondFolder, share: Path, keyring: Keyring, clock: Clock
) -> None:
    note(desk, 1)
    copies.name(share, PASSPHRASE)
    for _day in range(3):
        copies.keep_up()
        clock.now_ms += DAY_MS
    assert len(dailies(share)) == 3
    away = share.rename(share.with_name("away"))
    forgetting = PersonErasure(desk.database)
    forgetting.begin(PersonIdentifiers("张示例", forgotten_token("0" * 12)))
    # Not before it is over: what is copied meanwhile would have to be taken back.
    assert copies.keep_up().code == ""
    desk.stores.ledger.rewrite(lambda line: line.replace("flow-1", "gone"))
    copies.must_forget()
    forgetting.files_done()
    forgetting.end()
    status = copies.keep_up()
    assert (status.code, status.is_forgetting_due) == ("copy.missing", True)
    away.rename(share)
    later = second_folder(desk, keyring, clock)
    status = later.keep_up(is_idle=False)

    assert (status.code, status.is_forgetting_due) == ("", False)
    assert copied(share, keyring) == desk.paths.ledger_path.read_bytes()
    assert b"flow-1" not in copied(share, keyring)
    assert dailies(share) == ["daily-000004.copy"]


def test_giving_up_leaves_the_copies_and_a_later_folder_of_the_same_name_goes_on(
    desk: Desk, copies: SecondFolder, share: Path, keyring: Keyring
) -> None:
    copies.name(share, PASSPHRASE)
    copies.keep_up()
    assert copies.give_up().folder == ""
    note(desk, 1)
    copies.keep_up()
    assert copied(share, keyring) == b""
    copies.name(share, PASSPHRASE)
    assert copies.keep_up().code == ""
    assert copied(share, keyring) == desk.paths.ledger_path.read_bytes()


@pytest.mark.parametrize("gone", ["", FOLDER])
def test_copies_that_somebody_deleted_are_made_anew_when_the_folder_is_named_again(
    desk: Desk, copies: SecondFolder, share: Path, keyring: Keyring, gone: str
) -> None:
    note(desk, 1)
    copies.name(share, PASSPHRASE)
    copies.keep_up()
    (folder,) = folders(share)
    shutil.rmtree(share / gone if gone else folder)
    note(desk, 2)
    assert copies.keep_up().code == "copy.missing"

    copies.name(share, PASSPHRASE)

    assert copies.keep_up().code == ""
    assert copied(share, keyring) == desk.paths.ledger_path.read_bytes()
    assert len(dailies(share)) == 1


def test_a_draft_brings_its_documents(desk: Desk, copies: SecondFolder, share: Path, tmp_path: Path) -> None:
    draft = make_contract(tmp_path / "files")
    gone = make_pdf(tmp_path / "gone.pdf", mark="gone")
    part = AddedPdf("terms.pdf", "1" * 64, 9, (FRAME,), str(tmp_path / "gone too.pdf"))
    form = replace(draft.documents[0], path="", template=TemplateFilling("form", blocks=(part,)))
    desk.stores.drafts.save(replace(draft, documents=(*draft.documents, gone, form)), saved_at_ms=1)
    (tmp_path / "gone.pdf").unlink()
    copies.name(share, PASSPHRASE)
    status = copies.keep_up()

    assert (status.code, status.left_out_count) == ("", 2)
    assert status.daily_bytes > 0


def test_a_folder_on_the_same_disk_is_said(copies: SecondFolder, share: Path) -> None:
    assert copies.name(share, PASSPHRASE).is_same_disk


def test_what_is_known_of_the_folder_holds_no_secret(desk: Desk, copies: SecondFolder, share: Path) -> None:
    copies.name(share, PASSPHRASE)
    copies.keep_up()
    state = json.loads((desk.paths.data_dir / "second-folder.json").read_bytes())

    assert "key" not in state
    assert state["folder"] == str(share)


def test_a_job_that_not_even_a_kill_ends_is_left_behind_and_none_is_begun_beside_it(
    share: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As one that hangs in the kernel: it is neither waited for, nor doubled."""
    started: list[StuckProcess] = []

    def start(target: str) -> StuckProcess:
        started.append(StuckProcess(start_child(target), is_stuck=not started))
        return started[-1]

    monkeypatch.setattr(second_folder_job, "start_child", start)
    os.mkfifo(share / "fifo")
    jobs = JobStarter(silence_s=0.5)
    for _try in range(2):
        with pytest.raises(StoreError) as caught:
            jobs.ask("fetch", folder=str(share / "fifo"), passphrase="", scratch=str(share))
        assert caught.value.code in {"copy.hangs", "copy.unreadable"}
    assert len(started) == 1
    started[0].is_stuck = False
    started[0].process.wait()
    assert jobs.ask("computers", root=str(share)) == []


class StuckProcess:
    """A process that the system does not end at once."""

    def __init__(self, process: subprocess.Popen[bytes], *, is_stuck: bool) -> None:
        self.process = process
        self.is_stuck = is_stuck
        self.stdin, self.stdout, self.kill = process.stdin, process.stdout, process.kill

    def poll(self) -> int | None:
        return None if self.is_stuck else self.process.poll()

    def wait(self, timeout: float) -> int:
        if self.is_stuck:
            raise subprocess.TimeoutExpired("job", timeout)
        return self.process.wait(timeout)


@pytest.mark.skipif(sys.platform != "linux", reason="children are looked up in /proc")
def test_a_job_ends_with_the_program_that_began_it(share: Path) -> None:
    """Else the next start would write to the same files beside it."""
    folder = share / FOLDER / ("a" * 32)
    folder.mkdir(parents=True)
    os.mkfifo(folder / "computer.json")
    program = (
        "import sys; from esign_desktop.services.backup import job; start = job.start_child\n"
        "def told(target): child = start(target); print(child.pid, flush=True); return child\n"
        "job.start_child = told; job.JobStarter().ask('computers', root=sys.argv[1])"
    )
    command = [sys.executable, "-c", program, str(share)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        state = Path("/proc") / parent.stdout.readline().strip() / "stat"
        time.sleep(1.0)
        assert is_alive(state)
        parent.kill()
    ends_at_s = time.monotonic() + 10
    while is_alive(state) and time.monotonic() < ends_at_s:
        time.sleep(0.05)
    assert not is_alive(state)


def is_alive(state: Path) -> bool:
    try:
        return state.read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
