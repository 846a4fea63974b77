"""A day's copy: whole or passed over, few of them, and in order whatever the clock says."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.errors import StoreError
from esign_desktop.store.backup import daily as daily_copy
from esign_desktop.store.backup.daily import KEPT, DailyWritten, Entry, unpack_newest, write_daily
from esign_desktop.store.backup.sealed import HEADER_BYTES, BackupKey, Sealer, new_header

if TYPE_CHECKING:
    from pathlib import Path

KEY = BackupKey.derived("a passphrase", b"s" * 16, 14)
OTHER_KEY = BackupKey.derived("another one", b"s" * 16, 14)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / ("0123456789abcdef" * 2)
    folder.mkdir()
    return folder


@pytest.fixture
def document(tmp_path: Path) -> Entry:
    path = tmp_path / "合同.pdf"
    content = bytes(range(256)) * 5000
    path.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    return Entry(f"copies/{digest}.pdf", str(path), digest)


def write(folder: Path, *entries: Entry, text: str = "database", at_ms: int = 1) -> DailyWritten:
    database, ledger = folder.parent / "esign.db", folder.parent / "ledger.jsonl"
    database.write_text(text, "utf-8")
    ledger.write_text("{}\n", "utf-8")
    return write_daily(folder, KEY, database=database, ledger=ledger, entries=entries, made_at_ms=at_ms)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_everything_comes_back_and_nothing_can_be_read_without_the_key(
    folder: Path, document: Entry, tmp_path: Path
) -> None:
    write(folder, document, text="made-up name", at_ms=77)
    found = unpack_newest(folder, KEY, tmp_path / "back")

    assert found == daily_copy.DailyFound(77, 0, 0)
    assert (tmp_path / "back" / "esign.db").read_text("utf-8") == "made-up name"
    assert hashlib.sha256((tmp_path / "back" / document.name).read_bytes()).hexdigest() == document.sha256
    (copy,) = folder.iterdir()
    assert b"made-up" not in copy.read_bytes()
    lost = unpack_newest(folder, OTHER_KEY, tmp_path / "back")
    assert lost is not None
    assert (lost.made_at_ms, lost.passed_over_count) == (0, 1)
    assert list((tmp_path / "back").iterdir()) == []


def test_the_key_of_party_details_comes_back_and_lies_in_no_file(folder: Path, tmp_path: Path) -> None:
    database = tmp_path / "esign.db"
    database.write_bytes(b"database")
    write_daily(
        folder,
        KEY,
        database=database,
        ledger=tmp_path / "ledger",
        entries=(),
        made_at_ms=7,
        party_details_key="made-up key",
    )
    found = unpack_newest(folder, KEY, tmp_path / "back")

    assert found is not None
    assert (found.made_at_ms, found.party_details_key) == (7, "made-up key")
    assert "made-up" not in repr(found)
    assert [path.read_bytes() for path in (tmp_path / "back").iterdir()] == [b"database"]
    assert all(b"made-up" not in path.read_bytes() for path in folder.iterdir())


def test_some_are_kept_and_a_clock_that_was_set_back_orders_nothing(folder: Path, tmp_path: Path) -> None:
    for number in range(KEPT + 3):
        write(folder, text=f"day {number}", at_ms=1000 - number)

    assert len(names(folder)) == KEPT
    unpack_newest(folder, KEY, tmp_path / "back")
    assert (tmp_path / "back" / "esign.db").read_text("utf-8") == f"day {KEPT + 2}"


def test_a_copy_that_is_cut_or_damaged_anywhere_gives_way_to_the_one_before(
    folder: Path, document: Entry, tmp_path: Path
) -> None:
    write(folder, text="first", at_ms=1)
    write(folder, document, text="second", at_ms=2)
    newest = folder / names(folder)[-1]
    whole = newest.read_bytes()
    spoiled = [whole[:size] for size in range(0, len(whole), len(whole) // 23)]
    spoiled += [
        whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :]
        for place in range(13, len(whole), len(whole) // 29)
    ]
    for content in spoiled:
        newest.write_bytes(content)
        found = unpack_newest(folder, KEY, tmp_path / "back")
        assert found is not None
        assert (found.made_at_ms, found.passed_over_count) == (1, 1), len(content)
        assert (tmp_path / "back" / "esign.db").read_text("utf-8") == "first"


def test_a_record_that_is_passed_off_as_the_last_one_is_damage(folder: Path, document: Entry, tmp_path: Path) -> None:
    write(folder, document)
    (copy,) = folder.iterdir()
    whole = copy.read_bytes()
    place = HEADER_BYTES
    while place < len(whole):
        size_bytes = int.from_bytes(whole[place : place + 4], "big")
        for mark in (2, 3, 255):
            cut = bytearray(whole[: place + 5 + size_bytes])
            cut[place + 4] = mark
            copy.write_bytes(cut)
            found = unpack_newest(folder, KEY, tmp_path / "back")
            assert found == daily_copy.DailyFound(0, 0, 1), (place, mark)
        place += 5 + size_bytes


@pytest.mark.parametrize(
    "values",
    [b"J" + b"[" * 100_000, b'J{"format": 1, "made_at_ms": "1"}', b'J{"format": 1, "made_at_ms": 9e99}', b"J[]"],
    ids=lambda values: repr(values[:40]),
)
def test_a_first_record_of_another_form_is_damage(folder: Path, tmp_path: Path, values: bytes) -> None:
    header = new_header(b"D", folder.name, KEY)
    sealer = Sealer(header, KEY)
    sealed = (sealer.sealed(values), sealer.sealed(b'J{"left_out": 0}', is_last=True))
    (folder / "daily-000001.copy").write_bytes(header.content + b"".join(sealed))

    found = unpack_newest(folder, KEY, tmp_path / "back")

    assert found is not None
    assert (found.made_at_ms, found.passed_over_count) == (0, 1)


def test_a_newer_versions_copy_is_not_read(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(daily_copy, "_FORMAT", 2)
    write(folder)
    monkeypatch.setattr(daily_copy, "_FORMAT", 1)
    with pytest.raises(StoreError) as caught:
        unpack_newest(folder, KEY, tmp_path / "back")
    assert caught.value.code == "copy.newer_version"


def test_a_document_that_is_gone_changed_or_too_large_is_left_out_and_counted(
    folder: Path, document: Entry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = Entry("copies/" + "a" * 64 + ".pdf", str(tmp_path / "gone.pdf"), "a" * 64)
    changed = Entry("copies/" + "b" * 64 + ".pdf", document.path, "b" * 64)
    assert write(folder, gone, changed, document).left_out_count == 2
    monkeypatch.setattr(daily_copy, "MOST_FILE_BYTES", 1000)
    assert write(folder, document).left_out_count == 1
    monkeypatch.setattr(daily_copy, "MOST_FILES_BYTES", 100)
    assert write(folder, document).left_out_count == 1
    found = unpack_newest(folder, KEY, tmp_path / "back")
    assert found is not None
    assert found.left_out_count == 1


def test_what_a_kill_left_of_a_copy_goes_with_the_next(folder: Path) -> None:
    (folder / "daily-000009.copy.part").write_bytes(b"half")
    write(folder)

    assert names(folder) == ["daily-000001.copy"]


@pytest.mark.parametrize("name", ["../x", "/etc/x", "copies/../../x", "esign.db-wal", "", "brand/../x"])
def test_a_name_that_leads_elsewhere_is_damage(folder: Path, tmp_path: Path, name: str) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(b"x")
    write(folder, Entry(name, str(path)))

    found = unpack_newest(folder, KEY, tmp_path / "back")
    assert found is not None
    assert found.passed_over_count == 1
