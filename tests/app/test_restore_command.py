"""``esign-desktop --restore``, as it is called."""

from __future__ import annotations

import contextlib
import os
import pty
import sqlite3
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from esign_desktop.app.commands.recovery import INCOMPLETE
from esign_desktop.domain.account import AccountKind, AccountRecord, Person
from esign_desktop.domain.audit import AuditAction
from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.domain.people.contact import ContactEntry
from esign_desktop.services.audit import AuditSeal
from esign_desktop.services.people.contacts import ContactService
from esign_desktop.services.people.third_ids import ThirdIds
from esign_desktop.store.backup.second_folder import FOLDER, LEDGER
from esign_desktop.store.database.backup import backup_path
from esign_desktop.store.database.connection import Database
from esign_desktop.store.files.ledger import Ledger
from esign_desktop.store.files.lock import InstanceLock
from esign_desktop.store.files.paths import AppPaths
from esign_desktop.store.party_details import KeyringKey, PartyDetails, SealedPartyDetails, key_as_text
from esign_desktop.store.secrets import SecretStore
from esign_desktop.store.tables.accounts import Accounts
from esign_desktop.store.tables.audit import Audit
from esign_desktop.store.tables.contacts import Contacts
from esign_desktop.store.tables.drafts import Drafts
from esign_desktop.store.tables.flows import Flows
from esign_desktop.store.tables.settings import Settings
from tests.bulk_samples import id_number
from tests.services.desk import Desk, make_contract
from tests.services.second_computer import COMPUTER, PASSPHRASE, copy_now
from tests.tiers import daily

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.secret_service import SecretService

KNOWN = PartyDetails("110101199003078515", "13800000000", "a@example.com")
OLD_KEY = b"old computer's key, made up now."
OTHER = "f" * 32
SIGNERS = '[{"account_id":"a","name":"","number":1,"step":1,"urls":["https://example.com/s/secret"]}]'


@pytest.fixture
def share(tmp_path: Path) -> Path:
    """A folder with the copies of one computer: three flows and a draft."""
    desk = Desk(tmp_path / "old", Environment(EnvironmentKind.SANDBOX, "http://127.0.0.1:1", "p"))
    for number in range(3):
        place = {"submission_id": f"s{number}", "environment": "sandbox", "project_id": "p"}
        desk.stores.ledger.append("flow", {**place, "flow_id": f"flow-{number}", "signers": SIGNERS})
    desk.stores.drafts.save(make_contract(tmp_path / "files"), saved_at_ms=1)
    copy_now(desk, tmp_path / "share")
    desk.close()
    return tmp_path / "share"


def command(tmp_path: Path, share: Path, *more: str) -> list[str]:
    words = [sys.executable, "-m", "esign_desktop", "--data-dir", str(tmp_path / "new"), "--restore", str(share)]
    return [*words, *more]


def restore(tmp_path: Path, share: Path, *more: str, passphrase: str = PASSPHRASE) -> subprocess.CompletedProcess[str]:
    (tmp_path / "passphrase").write_text(f"{passphrase}\n", "utf-8")
    words = command(tmp_path, share, "--passphrase-file", str(tmp_path / "passphrase"), *more)
    return subprocess.run(
        words, capture_output=True, text=True, timeout=60, check=False, env={**os.environ, "LANG": "en_US.UTF-8"}
    )


@contextmanager
def database_of_new(tmp_path: Path) -> Iterator[Database]:
    database = Database(AppPaths.at(tmp_path / "new").database_path)
    database.open()
    try:
        yield database
    finally:
        database.close()


def draft_count(tmp_path: Path) -> int:
    with database_of_new(tmp_path) as database:
        return len(Drafts(database).list())


def test_everything_comes_back_and_what_did_not_is_said(share: Path, tmp_path: Path) -> None:
    done = restore(tmp_path, share)

    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert "3" in lines[0]
    assert len(lines) >= 3
    assert "secret" not in done.stdout.replace("secrets and passwords", "")
    assert PASSPHRASE not in done.stdout
    assert draft_count(tmp_path) == 1
    assert not AppPaths.at(tmp_path / "new").restoring_dir.exists()
    assert restore(tmp_path, share).returncode == 0
    assert draft_count(tmp_path) == 1


def test_a_cut_copy_of_the_ledger_costs_one_line_and_is_told_by_the_exit_status(share: Path, tmp_path: Path) -> None:
    folder = share / FOLDER / COMPUTER
    for day in folder.glob("daily-*"):
        day.unlink()
    content = (folder / LEDGER).read_bytes()
    (folder / LEDGER).write_bytes(content[:-1])

    done = restore(tmp_path, share)

    assert (done.returncode, done.stderr) == (INCOMPLETE, "")
    assert "Unreadable lines in the ledger backup: at least 1." in done.stdout
    database = Database(AppPaths.at(tmp_path / "new").database_path)
    database.open()
    assert {flow.flow_id for flow in Flows(database).list()} == {"flow-0", "flow-1"}
    database.close()


def verify(data_dir: Path) -> int:
    words = [sys.executable, "-m", "esign_desktop", "--data-dir", str(data_dir), "--verify-audit"]
    return subprocess.run(words, capture_output=True, timeout=60, check=False).returncode


@pytest.fixture
def audited(tmp_path: Path) -> Path:
    """Copies of a computer whose ledger has heads of its audit log, one of them newer than the daily copy."""
    desk = Desk(tmp_path / "audited", Environment(EnvironmentKind.SANDBOX, "http://127.0.0.1:1", "p"))
    audit = Audit(desk.database, who="示例甲@old")
    for kinds in (("ledger", "daily"), ("ledger",)):
        audit.note(AuditAction.SETTING, title="x")
        AuditSeal(audit, desk.stores.ledger).write()
        copy_now(desk, tmp_path / "share", kinds=kinds)
    desk.close()
    assert verify(tmp_path / "audited") == 0
    return tmp_path / "share"


@pytest.mark.parametrize("has_own", daily([True], [False, True]))
def test_the_audit_log_verifies_after_a_restoring(audited: Path, tmp_path: Path, has_own: bool) -> None:
    paths = AppPaths.at(tmp_path / "new")
    paths.prepare()
    if has_own:
        database = Database(paths.database_path)
        database.open()
        audit = Audit(database, who="示例乙@new")
        audit.note(AuditAction.SETTING, title="y")
        AuditSeal(audit, Ledger(paths.ledger_path)).write()
        database.close()
    assert restore(tmp_path, audited).returncode == 0
    assert verify(tmp_path / "new") == 0

    # A line that is changed afterwards is noticed as before.
    with contextlib.closing(sqlite3.connect(paths.database_path)) as connection:
        triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'")
        for (name,) in triggers.fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("UPDATE audit SET who = 'another'")
        connection.commit()
    assert verify(tmp_path / "new") == 1


def test_the_audit_log_verifies_after_rebuilding_a_lost_database(share: Path, tmp_path: Path) -> None:
    data_dir = tmp_path / "old"
    desk = Desk(data_dir, Environment(EnvironmentKind.SANDBOX, "http://127.0.0.1:1", "p"))
    audit = Audit(desk.database, who="示例甲@old")
    audit.note(AuditAction.SETTING, title="x")
    AuditSeal(audit, desk.stores.ledger).write()
    desk.close()
    for path in AppPaths.at(data_dir).database_path.parent.glob("esign.db*"):
        path.unlink()
    words = [sys.executable, "-m", "esign_desktop", "--data-dir", str(data_dir), "--rebuild-from-ledger"]
    assert subprocess.run(words, capture_output=True, timeout=60, check=False).returncode == 0
    assert verify(data_dir) == 0


@pytest.mark.parametrize("option", ["--verify-audit", "--rebuild-from-ledger", "--restore"])
def test_a_command_that_puts_the_backup_in_the_place_of_a_damaged_database_completes_it(
    tmp_path: Path, option: str
) -> None:
    data_dir = tmp_path / "old"
    environment = Environment(EnvironmentKind.SANDBOX, "http://127.0.0.1:1", "p")
    desk = Desk(data_dir, environment)
    Audit(desk.database, who="示例甲@old").note(AuditAction.SETTING, title="x")
    desk.close()
    backup = backup_path(desk.paths.database_path)
    earlier = backup.read_bytes()
    desk = Desk(data_dir, environment)
    audit = Audit(desk.database, who="示例甲@old")
    audit.note(AuditAction.SETTING, title="after the backup")
    AuditSeal(audit, desk.stores.ledger).write()
    place = {"submission_id": "s", "environment": "sandbox", "project_id": "p"}
    desk.stores.ledger.append("flow", {**place, "flow_id": "flow-1", "signers": SIGNERS})
    desk.close()
    desk.paths.database_path.write_bytes(b"no database " * 1000)
    backup.write_bytes(earlier)

    nothing = tmp_path / "nothing"
    nothing.mkdir()
    words = [sys.executable, "-m", "esign_desktop", "--data-dir", str(data_dir), option]
    words += [str(nothing)] * (option == "--restore")
    variables = {**os.environ, "LANG": "en_US.UTF-8"}
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False, env=variables)

    assert done.returncode == int(option == "--restore")
    assert "The database was damaged. The last backup is in use instead." in done.stderr
    assert ("Contracts restored: 1" in done.stdout) == (option == "--rebuild-from-ledger")
    assert verify(data_dir) == 0
    database = Database(AppPaths.at(data_dir).database_path)
    database.open()
    assert [flow.flow_id for flow in Flows(database).list()] == ["flow-1"]
    database.close()


def contact_count(tmp_path: Path) -> int:
    with database_of_new(tmp_path) as database:
        return len(Contacts(database).numbered())


def test_a_contact_whose_number_does_not_come_is_told_by_the_exit_status(share: Path, tmp_path: Path) -> None:
    desk = Desk(tmp_path / "old", Environment(EnvironmentKind.SANDBOX, "http://127.0.0.1:1", "p"))
    contacts = ContactService(
        *(Contacts(desk.database), Accounts(desk.database), ThirdIds(Settings(desk.database))),
        SealedPartyDetails(lambda: OLD_KEY),
        environment=lambda: desk.environment,
    )
    contacts.save(ContactEntry(Person("赵样", id_number(1))))
    copy_now(desk, share)
    desk.close()

    for time in range(2):
        done = restore(tmp_path, share)

        assert (done.returncode, done.stderr) == (INCOMPLETE, "")
        assert f"contacts: {1 - time}, accounts: 0" in done.stdout
        assert "Accounts and contacts whose ID numbers" in done.stdout
        assert contact_count(tmp_path) == 1
    assert verify(tmp_path / "new") == 0


@pytest.fixture
def known(share: Path, tmp_path: Path) -> Path:
    """A folder with the copies of one computer that knows a person."""
    desk = Desk(tmp_path / "old", Environment(EnvironmentKind.SANDBOX, "http://127.0.0.1:1", "p"))
    record = AccountRecord(EnvironmentKind.SANDBOX, "p", "a", AccountKind.PERSON, "张示例")
    sealed = SealedPartyDetails(lambda: OLD_KEY).sealed(record, KNOWN)
    Accounts(desk.database).remember(replace(record, sealed=sealed))
    copy_now(desk, share, party_details_key=OLD_KEY)
    desk.close()
    return share


def told(tmp_path: Path) -> list[PartyDetails | None]:
    """Return what a program on the new computer knows of persons."""
    database = Database(AppPaths.at(tmp_path / "new").database_path)
    database.open()
    try:
        sealed = SealedPartyDetails(KeyringKey(SecretStore()))
        return [sealed.opened(one) for one in Accounts(database).all()]
    finally:
        database.close()


def test_numbers_and_phones_come_back_as_soon_as_there_is_a_keyring(
    known: Path, tmp_path: Path, secret_service: SecretService, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("DBUS_SESSION_BUS_ADDRESS", "disabled:")
        done = restore(tmp_path, known)
    assert (done.returncode, done.stderr) == (INCOMPLETE, "")
    assert "accounts: 1, ID numbers and contact details: 0." in done.stdout
    assert "keyring is locked or missing" in done.stdout
    assert told(tmp_path) == [None]

    done = restore(tmp_path, known)

    assert (done.returncode, done.stderr) == (0, "")
    assert "accounts: 0, ID numbers and contact details: 1." in done.stdout
    assert "keyring" not in done.stdout
    assert told(tmp_path) == [KNOWN]


def test_a_locked_keyring_keeps_numbers_and_phones_out(
    known: Path, tmp_path: Path, secret_service: SecretService
) -> None:
    SecretStore().keep_party_details_key(key_as_text(bytes(range(32))))
    secret_service.lock()

    done = restore(tmp_path, known)

    assert (done.returncode, done.stderr) == (INCOMPLETE, "the keyring failed: KeyringLocked\n")
    assert "accounts: 1, ID numbers and contact details: 0." in done.stdout
    assert "keyring is locked or missing" in done.stdout


@pytest.mark.parametrize(("key", "words"), [(None, "made without their key"), (bytes(32), "can't decrypt them")])
def test_why_numbers_and_phones_did_not_come_is_said(
    known: Path, tmp_path: Path, secret_service: SecretService, key: bytes | None, words: str
) -> None:
    desk = Desk(tmp_path / "old", Environment(EnvironmentKind.SANDBOX, "http://127.0.0.1:1", "p"))
    copy_now(desk, known, party_details_key=key)
    desk.close()

    done = restore(tmp_path, known)

    assert done.returncode == INCOMPLETE
    assert "accounts: 1, ID numbers and contact details: 0." in done.stdout
    (line,) = [line for line in done.stdout.splitlines() if words in line]
    assert "were not restored: 1." in line
    assert told(tmp_path) == [None]


def test_a_wrong_passphrase_is_said(share: Path, tmp_path: Path) -> None:
    done = restore(tmp_path, share, passphrase="made-up words")

    assert done.returncode == 1
    assert "copy.wrong_passphrase" in done.stderr
    assert "made-up words" not in done.stderr
    assert not AppPaths.at(tmp_path / "new").database_path.exists() or draft_count(tmp_path) == 0


@pytest.mark.nightly
def test_of_several_computers_one_has_to_be_named(share: Path, tmp_path: Path) -> None:
    inside = share / FOLDER
    (inside / OTHER).mkdir()
    (inside / OTHER / "computer.json").write_text('{"name": "desk two", "changed_at_ms": 1}', "utf-8")

    done = restore(tmp_path, share)
    assert done.returncode == 1
    assert "desk one" in done.stderr
    assert "desk two" in done.stderr
    done = restore(tmp_path, share, "--computer", "desk three")
    assert "copy.no_such_computer" in done.stderr
    assert "copy.nothing" in restore(tmp_path, share, "--computer", "desk two").stderr
    assert restore(tmp_path, share, "--computer", "desk one").returncode == 0
    assert restore(tmp_path, inside / COMPUTER).returncode == 0


def test_a_folder_without_copies_is_said(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    assert "copy.nothing" in restore(tmp_path, tmp_path / "empty").stderr
    assert "copy.missing" in restore(tmp_path, tmp_path / "away").stderr


def test_a_running_program_is_not_disturbed(share: Path, tmp_path: Path) -> None:
    paths = AppPaths.at(tmp_path / "new")
    paths.prepare()
    with InstanceLock(paths.lock_path):
        done = restore(tmp_path, share)

    assert done.returncode == 1
    assert "store.second_instance" in done.stderr
    assert not paths.database_path.exists()


def test_a_file_that_can_not_be_read_is_said(share: Path, tmp_path: Path) -> None:
    words = command(tmp_path, share, "--passphrase-file", str(tmp_path / "nowhere"))
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 1
    assert "copy.no_passphrase_file" in done.stderr


def test_the_mark_that_editors_on_windows_put_first_is_no_part_of_the_passphrase(share: Path, tmp_path: Path) -> None:
    assert restore(tmp_path, share, passphrase=f"\N{ZERO WIDTH NO-BREAK SPACE}{PASSPHRASE}").returncode == 0


def test_a_name_from_the_folder_does_not_steer_the_terminal(share: Path, tmp_path: Path) -> None:
    (share / FOLDER / COMPUTER / "computer.json").write_text('{"name": "desk \\u001b[2J\\u202e\\n x"}', "utf-8")
    done = restore(tmp_path, share)
    (share / FOLDER / OTHER).mkdir()
    (share / FOLDER / OTHER / "computer.json").write_text('{"name": "desk \\u001b]0;x\\u0007"}', "utf-8")
    asked = restore(tmp_path, share)

    assert done.returncode == 0
    assert "It's unclear when the backup ends" in done.stdout
    assert "1970" not in done.stdout
    for text in (done.stdout, asked.stderr):
        assert "desk" in text
        assert {one for one in text if not one.isprintable()} <= {"\n"}


def test_without_a_terminal_the_passphrase_is_not_asked_for(share: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        command(tmp_path, share),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        start_new_session=True,
    )

    assert done.returncode == 1
    assert "copy.no_terminal" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="there is no pseudo-terminal")
def test_the_passphrase_is_typed_at_a_terminal_and_nobody_sees_it(share: Path, tmp_path: Path) -> None:
    child, terminal = pty.fork()
    if child == 0:
        os.execv(sys.executable, command(tmp_path, share))  # noqa: S606  the program itself
    seen = b""
    while b":" not in seen and "：".encode() not in seen:
        seen += os.read(terminal, 1000)
    os.write(terminal, PASSPHRASE.encode() + b"\n")
    while True:
        try:
            more = os.read(terminal, 1000)
        except OSError:
            break
        if not more:
            break
        seen += more
    _, status = os.waitpid(child, 0)
    os.close(terminal)

    assert os.waitstatus_to_exitcode(status) == 0, seen
    assert PASSPHRASE.encode() not in seen
    assert draft_count(tmp_path) == 1


@pytest.mark.parametrize("words", [["--computer", "x"], ["--passphrase-file", "x"]])
def test_its_options_belong_to_it(words: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "esign_desktop", *words], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2
