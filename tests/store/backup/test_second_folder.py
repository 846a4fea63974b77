"""The ledger's copy in the second folder: a beginning of the ledger, whatever happens to either."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import stat
import sys
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.errors import StoreError
from esign_desktop.store.backup.sealed import _COST as REAL_COST  # before tests/conftest.py lowers it
from esign_desktop.store.backup.sealed import HEADER_BYTES, BackupKey, read_header, records
from esign_desktop.store.backup.second_folder import (
    LEDGER,
    LedgerProgress,
    check_folder,
    computer_folder,
    computers,
    copy_ledger,
    read_ledger,
    renew_lease,
)
from esign_desktop.store.files.ledger import Ledger

if TYPE_CHECKING:
    from pathlib import Path

CHEAP = 14
KEY = BackupKey.derived("a passphrase", b"s" * 16, CHEAP)
OTHER_KEY = BackupKey.derived("another one", b"s" * 16, CHEAP)
COMPUTER = "0123456789abcdef" * 2


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "share"
    computer_folder(root, COMPUTER).mkdir(parents=True)
    return root


@pytest.fixture
def folder(root: Path) -> Path:
    return computer_folder(root, COMPUTER)


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    path = tmp_path / "data" / "ledger.jsonl"
    write(path, range(5))
    return path


def write(path: Path, numbers: range) -> None:
    for number in numbers:
        Ledger(path).append("flow", {"flow_id": f"flow-{number}", "url": f"https://example.com/{number}"})


def copied(folder: Path, key: BackupKey = KEY) -> bytes:
    found = read_ledger(folder, key)
    assert found.is_whole
    return found.content


def test_a_guess_at_the_passphrase_costs_as_much_as_is_promised() -> None:
    key = BackupKey.derived("a passphrase", b"s" * 16, REAL_COST)
    words = hashlib.scrypt(b"a passphrase", salt=b"s" * 16, n=2**17, r=8, p=1, maxmem=256 << 20, dklen=32)
    assert (key.cost, key.key) == (17, words)


def test_a_header_that_asks_for_more_memory_than_was_ever_written_is_refused(folder: Path, ledger: Path) -> None:
    copy_ledger(folder, KEY, ledger, LedgerProgress())
    fields = bytearray((folder / LEDGER).read_bytes()[: HEADER_BYTES - 16])
    # The cost follows the magic number and the kind.
    fields[14] = REAL_COST + 1
    header = bytes(fields) + hashlib.blake2b(fields, digest_size=16).digest()
    with pytest.raises(StoreError, match=r"copy\.damaged") as caught:
        read_header(io.BytesIO(header), folder.name)
    assert caught.value.detail == "cost"


def test_copies_of_another_computer_with_the_same_key_are_not_this_computers(folder: Path, ledger: Path) -> None:
    other = folder.with_name("f" * 32)
    other.mkdir()
    copy_ledger(other, KEY, ledger, LedgerProgress())
    assert copied(other) == ledger.read_bytes()
    (other / LEDGER).rename(folder / LEDGER)
    with (folder / LEDGER).open("rb") as file, pytest.raises(StoreError, match=r"copy\.damaged") as caught:
        read_header(file, folder.name)
    assert caught.value.detail == "another computer"
    assert not read_ledger(folder, KEY).content


def test_the_copy_is_what_the_ledger_is_and_tells_nobody_of_it(folder: Path, ledger: Path) -> None:
    copy_ledger(folder, KEY, ledger, LedgerProgress())

    assert copied(folder) == ledger.read_bytes()
    assert b"flow-3" not in (folder / LEDGER).read_bytes()
    assert read_ledger(folder, OTHER_KEY).content == b""


def test_what_comes_later_is_appended(folder: Path, ledger: Path) -> None:
    progress = copy_ledger(folder, KEY, ledger, LedgerProgress())
    before = (folder / LEDGER).read_bytes()
    write(ledger, range(5, 9))
    progress = copy_ledger(folder, KEY, ledger, progress)

    assert (folder / LEDGER).read_bytes().startswith(before)
    assert copied(folder) == ledger.read_bytes()
    assert copy_ledger(folder, KEY, ledger, progress) == progress


def test_a_place_that_was_forgotten_is_found_again(folder: Path, ledger: Path) -> None:
    copy_ledger(folder, KEY, ledger, LedgerProgress())
    write(ledger, range(5, 9))
    copy_ledger(folder, KEY, ledger, LedgerProgress())

    assert copied(folder) == ledger.read_bytes()


def test_a_copy_that_is_torn_anywhere_is_completed(folder: Path, ledger: Path) -> None:
    progress = copy_ledger(folder, KEY, ledger, LedgerProgress())
    write(ledger, range(5, 6))
    copy_ledger(folder, KEY, ledger, progress)
    whole = (folder / LEDGER).read_bytes()
    for size in range(HEADER_BYTES, len(whole), 7):
        (folder / LEDGER).write_bytes(whole[:size])
        copy_ledger(folder, KEY, ledger, progress)
        assert copied(folder) == ledger.read_bytes(), size


def test_a_line_that_is_being_written_is_copied_when_it_is_whole(folder: Path, ledger: Path) -> None:
    whole = ledger.read_bytes()
    ledger.write_bytes(whole[:-3])
    progress = copy_ledger(folder, KEY, ledger, LedgerProgress())
    assert whole.startswith(copied(folder))
    ledger.write_bytes(whole)
    copy_ledger(folder, KEY, ledger, progress)

    assert copied(folder) == whole


def test_a_long_ledger_is_copied_in_records_of_whole_lines(folder: Path, ledger: Path) -> None:
    with ledger.open("ab") as file:
        for number in range(4000):
            file.write(json.dumps({"at_ms": number, "kind": "x", "values": {"text": "x" * 60}}).encode() + b"\n")
    copy_ledger(folder, KEY, ledger, LedgerProgress())

    with (folder / LEDGER).open("rb") as file:
        found = list(records(file, read_header(file, folder.name), KEY))
    assert len(found) > 3
    assert all(one.content is not None and one.content.endswith(b"\n") for one in found)
    assert copied(folder) == ledger.read_bytes()


def test_a_damaged_copy_loses_a_stretch_and_is_made_anew_by_its_computer(folder: Path, ledger: Path) -> None:
    progress = LedgerProgress()
    for number in range(5, 8):
        progress = copy_ledger(folder, KEY, ledger, progress)
        write(ledger, range(number, number + 1))
    progress = copy_ledger(folder, KEY, ledger, progress)
    content = bytearray((folder / LEDGER).read_bytes())
    content[HEADER_BYTES + 60] ^= 1
    (folder / LEDGER).write_bytes(content)

    found = read_ledger(folder, KEY)
    assert not found.is_whole
    assert b"flow-6" in found.content
    assert b"flow-0" not in found.content
    copy_ledger(folder, KEY, ledger, LedgerProgress())
    assert copied(folder) == ledger.read_bytes()


def test_records_that_change_places_or_come_from_another_file_do_not_open(folder: Path, ledger: Path) -> None:
    progress = copy_ledger(folder, KEY, ledger, LedgerProgress())
    write(ledger, range(5, 6))
    copy_ledger(folder, KEY, ledger, progress)
    content = (folder / LEDGER).read_bytes()
    first, second = content[HEADER_BYTES : progress.size_bytes], content[progress.size_bytes :]
    (folder / LEDGER).write_bytes(content[:HEADER_BYTES] + second + first)
    assert read_ledger(folder, KEY).content == b""

    copy_ledger(folder, KEY, ledger, LedgerProgress(), anew=True)
    anew = (folder / LEDGER).read_bytes()
    (folder / LEDGER).write_bytes(anew[:HEADER_BYTES] + first)
    assert read_ledger(folder, KEY).content == b""


def test_a_copy_that_knows_more_than_the_ledger_is_left_alone(folder: Path, ledger: Path) -> None:
    early = ledger.read_bytes()
    write(ledger, range(5, 9))
    progress = copy_ledger(folder, KEY, ledger, LedgerProgress())
    before = (folder / LEDGER).read_bytes()
    ledger.write_bytes(early)
    for one in (progress, LedgerProgress()):
        with pytest.raises(StoreError) as caught:
            copy_ledger(folder, KEY, ledger, one)
        assert caught.value.code == "copy.other_lines"
    assert (folder / LEDGER).read_bytes() == before


def test_a_ledger_whose_copied_part_was_changed_is_not_continued(folder: Path, ledger: Path) -> None:
    progress = copy_ledger(folder, KEY, ledger, LedgerProgress())
    before = copied(folder)
    ledger.write_bytes(ledger.read_bytes().replace(b"flow-4", b"flow-x"))
    write(ledger, range(5, 9))
    with pytest.raises(StoreError) as caught:
        copy_ledger(folder, KEY, ledger, progress)
    assert caught.value.code == "copy.other_lines"
    assert copied(folder) == before


def test_a_rewritten_ledger_replaces_its_copy(folder: Path, ledger: Path) -> None:
    progress = copy_ledger(folder, KEY, ledger, LedgerProgress())
    Ledger(ledger).rewrite(lambda line: line.replace("flow-3", "gone"))
    copy_ledger(folder, KEY, ledger, progress, anew=True)

    assert copied(folder) == ledger.read_bytes()
    assert b"flow-3" not in copied(folder)


def test_a_newer_versions_copy_is_neither_read_nor_written(folder: Path, ledger: Path) -> None:
    copy_ledger(folder, KEY, ledger, LedgerProgress())
    content = (folder / LEDGER).read_bytes().replace(b"esign copy 1\n", b"esign copy 2\n", 1)
    (folder / LEDGER).write_bytes(content)
    for work in (lambda: read_ledger(folder, KEY), lambda: copy_ledger(folder, KEY, ledger, LedgerProgress())):
        with pytest.raises(StoreError) as caught:
            work()
        assert caught.value.code == "copy.newer_version"
    assert (folder / LEDGER).read_bytes() == content


def test_a_folder_that_is_away_is_told_apart_from_one_that_can_not_be_written(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()

    def code(root: Path) -> str:
        with pytest.raises(StoreError) as caught:
            check_folder(root, data)
        return caught.value.code

    (tmp_path / "file").write_bytes(b"")
    assert code(tmp_path / "away") == "copy.missing"
    assert code(tmp_path / "file") == "copy.missing"
    (data / "inside").mkdir()
    assert {code(data), code(data / "inside"), code(tmp_path)} == {"copy.same_folder"}
    (tmp_path / "link").symlink_to(data)
    assert code(tmp_path / "link") == "copy.same_folder"
    if os.geteuid():
        (tmp_path / "closed").mkdir(mode=0o500)
        assert code(tmp_path / "closed") == "copy.unwritable"


def test_strange_files_in_the_folder_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    share = tmp_path / "share"
    share.mkdir()
    (share / "holiday.jpg").write_bytes(b"x")

    check_folder(share, tmp_path / "data")

    assert (share / "holiday.jpg").read_bytes() == b"x"
    assert computers(share) == ()


def test_computers_are_listed_the_latest_first(root: Path) -> None:
    renew_lease(computer_folder(root, COMPUTER), name="desk one", run="r", known_runs=(), copied_at_ms=5)
    renew_lease(computer_folder(root, "f" * 32), name="desk two", run="r", known_runs=(), copied_at_ms=9)
    (root / "esign-desktop-copies" / "strange").mkdir()
    (root / "esign-desktop-copies" / ("e" * 32)).mkdir()
    (root / "esign-desktop-copies" / ("e" * 32) / "computer.json").write_bytes(b"\xff{")

    found = computers(root)
    assert [(one.name, one.changed_at_ms) for one in found] == [("desk two", 9), ("desk one", 5), ("e" * 8, 0)]
    assert computers(found[0].path) == (found[0],)
    shutil.rmtree(root)
    with pytest.raises(StoreError) as caught:
        computers(root)
    assert caught.value.code == "copy.missing"


@pytest.mark.parametrize("moment", ["-1", "1e300", "true", '"now"', "99999999999999999999", "null"])
def test_a_moment_that_no_calendar_has_is_not_known(root: Path, moment: str) -> None:
    lease = f'{{"format": 1, "name": "desk", "run": "r", "changed_at_ms": {moment}}}'
    (computer_folder(root, COMPUTER) / "computer.json").write_text(lease, "utf-8")

    assert [(one.name, one.changed_at_ms) for one in computers(root)] == [("desk", 0)]


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_a_link_in_the_way_leads_to_no_other_file(folder: Path, ledger: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text("somebody's", "utf-8")
    (folder / f"{LEDGER}.part").symlink_to(other)
    (folder / "computer.json.part").symlink_to(other)

    renew_lease(folder, name="desk", run="r", known_runs=(), copied_at_ms=1)
    copy_ledger(folder, KEY, ledger, LedgerProgress())

    assert other.read_text("utf-8") == "somebody's"
    assert copied(folder) == ledger.read_bytes()
    assert stat.S_IMODE((folder / LEDGER).stat().st_mode) == 0o600


def test_a_second_writer_of_one_id_is_noticed_and_a_restart_is_not(folder: Path) -> None:
    def turn(run: str, *known: str) -> None:
        renew_lease(folder, name="desk", run=run, known_runs=known, copied_at_ms=1)

    turn("first")
    turn("first")
    turn("second", "first")
    with pytest.raises(StoreError) as caught:
        turn("first")
    assert caught.value.code == "copy.two_computers"
