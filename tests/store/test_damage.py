"""A database that was changed behind its back opens and can be read, gives way to its copy, or is refused untouched."""

from __future__ import annotations

import shutil
from contextlib import suppress
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, Final

import pytest

from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.errors import StoreError
from esign_desktop.domain.flow import FlowRecord, FlowSigner
from esign_desktop.domain.submission import SubmissionState, new_submission_id
from esign_desktop.store.database.backup import backup_path
from esign_desktop.store.database.connection import Database
from esign_desktop.store.tables.accounts import Accounts
from esign_desktop.store.tables.audit import Audit
from esign_desktop.store.tables.drafts import Drafts
from esign_desktop.store.tables.flows import Flows
from esign_desktop.store.tables.journal import Journal, SubmissionRecord
from esign_desktop.store.tables.settings import Settings
from tests.store.samples import DRAFT
from tests.tiers import daily

if TYPE_CHECKING:
    from collections import Counter
    from pathlib import Path

FLIPS: Final = 500
PAGE_BYTES: Final = 4096


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database that holds something of everything, and its copy."""
    folder = tmp_path_factory.mktemp("sound")
    database = Database(folder / "esign.db")
    database.open()
    Settings(database).set("language", "zh_CN")
    drafts, flows, journal = Drafts(database), Flows(database), Journal(database)
    for number in range(12):
        drafts.save(replace(DRAFT, id=type(DRAFT.id)(f"draft-{number}")), saved_at_ms=number)
        signers = (FlowSigner("a", "张示例", 1, 1, urls=(f"https://example.com/s/{number}",)),)
        record = FlowRecord(
            *(f"flow-{number}", EnvironmentKind.TEST, "p", "s", "借款合同", number, None, 1),  # type: ignore[arg-type]
            signers=signers,
        )
        flows.add(record)
        submission = SubmissionRecord(new_submission_id(), EnvironmentKind.TEST, "p", DRAFT, number)
        journal.queue(submission)
        journal.record(submission.id, SubmissionState.START_INTENT, raw=b'{"errCode":0}', status=200)
    database.close()
    return folder


def read_everything(database: Database) -> None:
    """Whatever can't be read is told as such, and nothing else happens."""
    reads = (
        lambda: Settings(database).get("language"),
        lambda: Drafts(database).list(),
        lambda: [Drafts(database).load(one.id) for one in Drafts(database).list()],
        lambda: Flows(database).list(),
        lambda: Journal(database).list(),
        lambda: Journal(database).unfinished(),
        lambda: Accounts(database).list(EnvironmentKind.TEST, "p"),
        lambda: Audit(database, who="clerk").entries(),
    )
    for read in reads:
        with suppress(StoreError):
            read()


def open_damaged(folder: Path) -> str:
    """Open, read all, and return what became of it; a refusal must leave every file as it is."""
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    database = Database(folder / "esign.db")
    try:
        database.open()
    except StoreError as error:
        if error.code not in {"store.damaged", "store.newer_version"}:
            raise
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
        return "refused"
    was_restored = database.was_restored
    read_everything(database)
    if was_restored:
        assert len(Flows(database).list()) == 12
        (aside,) = folder.glob("*.damaged-*")
        assert aside.read_bytes() == before["esign.db"]
    database.close()
    return "restored" if was_restored else "opened"


@pytest.mark.slow
@pytest.mark.parametrize("flips", daily([60], [60, FLIPS]))
@pytest.mark.parametrize("has_copy", [True, False], ids=["with a copy", "without"])
def test_no_flipped_byte_brings_the_store_down(
    tally: Counter[str], sound: Path, tmp_path: Path, has_copy: bool, flips: int
) -> None:
    random, content = Random(4), (sound / "esign.db").read_bytes()  # noqa: S311  the same flips each time
    for number in range(flips // 2):
        folder = tmp_path / str(number)
        shutil.copytree(sound, folder)
        # Half of them where a file's fate is decided: in its header and at the beginning of pages.
        offset = random.randrange(len(content))
        if number % 2:
            offset = offset // PAGE_BYTES * PAGE_BYTES + random.randrange(108)
        damaged = bytearray(content)
        damaged[offset] ^= 1 << random.randrange(8)
        (folder / "esign.db").write_bytes(damaged)
        if not has_copy:
            backup_path(folder / "esign.db").unlink()
        tally[open_damaged(folder)] += 1
        tally["flipped bytes"] += 1
        shutil.rmtree(folder)
    assert tally.keys() >= ({"opened", "restored"} if has_copy else {"opened", "refused"})


@pytest.mark.slow
@pytest.mark.parametrize("step", daily([8], [8, 1]))
@pytest.mark.parametrize("has_copy", [True, False], ids=["with a copy", "without"])
def test_a_file_cut_off_at_any_page_is_restored_or_refused(
    tally: Counter[str], sound: Path, tmp_path: Path, has_copy: bool, step: int
) -> None:
    content = (sound / "esign.db").read_bytes()
    for page in range(1, len(content) // PAGE_BYTES, step):
        for length in (page * PAGE_BYTES, page * PAGE_BYTES + 100):
            folder = tmp_path / str(length)
            shutil.copytree(sound, folder)
            (folder / "esign.db").write_bytes(content[:length])
            if not has_copy:
                backup_path(folder / "esign.db").unlink()
            became = open_damaged(folder)
            assert became == ("restored" if has_copy else "refused"), length
            tally[became] += 1
            tally["files cut off"] += 1
            shutil.rmtree(folder)


def test_a_damaged_copy_is_not_put_in_the_place_of_a_damaged_file(sound: Path, tmp_path: Path) -> None:
    for name in ("esign.db", "esign.db.backup"):
        content = (sound / name).read_bytes()
        (tmp_path / name).write_bytes(content[: len(content) // 2])
    assert open_damaged(tmp_path) == "refused"
