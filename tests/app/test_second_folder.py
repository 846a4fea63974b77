"""The whole program with a second folder: forgetting reaches it, and a share that hangs does not hold it up."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from esign_desktop.app.backend import Backend
from esign_desktop.services.backup.restoring import Missing
from esign_desktop.services.editing.drafts import DraftService
from esign_desktop.store.backup.daily import unpack_newest
from esign_desktop.store.backup.sealed import BackupKey
from esign_desktop.store.backup.second_folder import FOLDER, read_ledger
from esign_desktop.store.database.connection import Database
from esign_desktop.store.files.paths import AppPaths
from esign_desktop.store.party_details import SealedPartyDetails, key_as_text
from esign_desktop.store.secrets import SecretStore
from esign_desktop.store.tables.accounts import Accounts
from tests.canaries.household import Household
from tests.canaries.persons import ID_NUMBER, MOBILE, NAME
from tests.services.sandbox_platform import SandboxPlatform
from tests.services.second_computer import PASSPHRASE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from tests.app.conftest import Start
    from tests.secret_service import SecretService


@pytest.fixture
def household(tmp_path: Path, secret_service: SecretService) -> Iterator[Household]:
    with SandboxPlatform(tmp_path / "platform") as platform:
        household = Household(tmp_path / "desk", tmp_path / "outside", platform)
        yield household
        household.close()


def everything(share: Path, scratch: Path) -> bytes:
    """Decrypt all that lies in the folder."""
    kept = SecretStore().copy_key()
    key = BackupKey.from_text(kept or "")
    assert key is not None
    (folder,) = (share / FOLDER).iterdir()
    found = read_ledger(folder, key).content
    for path in sorted(folder.glob("daily-*")):
        # A backup is read only from a folder that is named after its computer.
        aside = scratch.parent / "aside" / folder.name
        aside.mkdir(parents=True, exist_ok=True)
        (aside / path.name).write_bytes(path.read_bytes())
        assert unpack_newest(aside, key, scratch) is not None
        found += b"".join(one.read_bytes() for one in scratch.rglob("*") if one.is_file())
        (aside / path.name).unlink()
        aside.rmdir()
    return found


def test_who_is_forgotten_leaves_all_copies_and_so_does_their_number(household: Household, tmp_path: Path) -> None:
    share = tmp_path / "share"
    share.mkdir()
    copies, people = household.services.second_folder, household.services.people
    assert copies is not None
    assert people is not None
    household.send_with_canary()
    household.keep_draft()
    copies.name(share, PASSPHRASE)
    assert household.services.audit_log.entries()[0].title == "second_folder"
    assert copies.keep_up().code == ""
    before = everything(share, tmp_path / "scratch")
    assert NAME.encode() in before or NAME.encode("unicode_escape") in before
    raw = b"".join(path.read_bytes() for path in share.rglob("*") if path.is_file())
    assert not [one for one in (NAME, ID_NUMBER) if one.encode() in raw]
    (person,) = [one for one in people.list() if one.name == NAME]
    away = share.rename(tmp_path / "away")

    people.forget(person)
    assert copies.keep_up().is_forgetting_due
    away.rename(share)
    assert not copies.keep_up().is_forgetting_due

    after = everything(share, tmp_path / "scratch")
    for one in (NAME, ID_NUMBER):
        assert one.encode() not in after
        assert one.encode("unicode_escape") not in after


@pytest.mark.nightly  # Each call to a frozen keyring ends after eight seconds.
def test_a_person_who_was_sent_something_is_known_with_their_phone_on_the_next_computer(
    household: Household, tmp_path: Path, secret_service: SecretService
) -> None:
    share = tmp_path / "share"
    share.mkdir()
    copies = household.services.second_folder
    assert copies is not None
    household.send_with_canary()
    copies.name(share, PASSPHRASE)
    assert copies.keep_up().code == ""
    known = {one.account_id for one in Accounts(household.database).all() if one.sealed}
    assert known
    # Another computer has another keyring.
    own_key = bytes(range(32))
    SecretStore().keep_party_details_key(key_as_text(own_key))
    backend = Backend(AppPaths.at(tmp_path / "next"))
    backend.lock()
    here = backend.open_services().second_folder
    assert here is not None
    restorer = here.restorer()

    secret_service.freeze()
    report = restorer.restore(restorer.computers(share)[0], PASSPHRASE)
    assert (report.restored.party_details_count, report.restored.missing_party_details_count) == (0, len(known))
    assert report.restored.missing is Missing.NO_KEYRING
    secret_service.thaw()
    report = restorer.restore(restorer.computers(share)[0], PASSPHRASE)

    assert (report.restored.party_details_count, report.restored.missing_party_details_count) == (len(known), 0)
    backend.close()
    database = Database(backend.paths.database_path)
    database.open()
    sealed = SealedPartyDetails(lambda: own_key)
    opened = {one.account_id: sealed.opened(one) for one in Accounts(database).all() if one.sealed}
    database.close()
    assert opened.keys() == known
    assert any(one is not None and (one.number, one.mobile) == (ID_NUMBER, MOBILE) for one in opened.values())


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no such files")
def test_the_program_ends_while_the_folder_hangs(tmp_path: Path, secret_service: SecretService) -> None:
    from concurrent.futures import ThreadPoolExecutor

    share = tmp_path / "share"
    share.mkdir()
    backend = Backend(AppPaths.at(tmp_path / "desk"))
    backend.lock()
    copies = backend.open_services().second_folder
    assert copies is not None
    copies.name(share, PASSPHRASE)
    assert copies.keep_up().code == ""
    (folder,) = (share / FOLDER).iterdir()
    (folder / "computer.json").unlink()
    os.mkfifo(folder / "computer.json")
    backend.paths.ledger_path.write_bytes(b"{}\n")
    with ThreadPoolExecutor(1) as lane:
        hanging = lane.submit(copies.keep_up)
        time.sleep(1.0)
        assert not hanging.done()
        begun_s = time.monotonic()
        backend.close()
        assert hanging.exception() is not None
    assert time.monotonic() - begun_s < 5


def test_what_a_kill_left_in_the_clear_is_swept_at_the_next_start(
    tmp_path: Path, secret_service: SecretService
) -> None:
    paths = AppPaths.at(tmp_path / "desk")
    paths.prepare()
    for folder in (paths.leaving_dir, paths.restoring_dir):
        folder.mkdir()
        (folder / "esign.db").write_bytes(b"made-up")
    backend = Backend(paths)
    backend.lock()
    services = backend.open_services()
    assert isinstance(services.drafts, DraftService)
    backend.close()

    assert not paths.leaving_dir.exists()
    assert not paths.restoring_dir.exists()


@pytest.mark.nightly
def test_a_passphrase_that_no_keyring_knows_is_asked_for_in_the_status_bar(
    start: Start, paths: AppPaths, tmp_path: Path, qtbot: QtBot
) -> None:
    share = tmp_path / "share"
    share.mkdir()
    backend = Backend(paths)
    backend.lock()
    copies = backend.open_services().second_folder
    assert copies is not None
    assert not copies.name(share, PASSPHRASE).is_key_kept
    assert copies.keep_up().code == ""
    backend.close()
    window = start().window

    def is_told() -> bool:
        buttons = window.status_line.findChildren(QPushButton)
        return any("Not backed up" in button.text() for button in buttons if button.isVisible())

    qtbot.waitUntil(is_told, timeout=20_000)
    qtbot.mouseClick(
        next(one for one in window.status_line.findChildren(QPushButton) if "Not backed up" in one.text()),
        Qt.MouseButton.LeftButton,
    )
    workspace = window.workspace
    assert workspace is not None
    form = workspace.settings.copies
    assert form is not None
    qtbot.waitUntil(lambda: form.isVisible() and "passphrase" in form.state_text)
    qtbot.keyClicks(form.passphrase, PASSPHRASE)
    qtbot.keyClicks(form.again, PASSPHRASE)
    qtbot.mouseClick(form.use, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "All contracts" in form.state_text, timeout=20_000)
    qtbot.waitUntil(lambda: not is_told())
