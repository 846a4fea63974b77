from __future__ import annotations

import itertools
import os
import stat
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.errors import StoreError
from esign_desktop.store.files.ledger import Ledger, LedgerEntry

if TYPE_CHECKING:
    from esign_desktop.store.files.paths import AppPaths


def test_what_was_appended_is_read_back_in_order(paths: AppPaths) -> None:
    ticks = itertools.count(1)
    ledger = Ledger(paths.ledger_path, clock_ms=lambda: next(ticks))
    ledger.append("flow", {"flow_id": "f-1", "title": "借款\n合同"})
    ledger.append("account", {"account_id": "a-1"})
    assert Ledger(paths.ledger_path).read() == (
        LedgerEntry(1, "flow", {"flow_id": "f-1", "title": "借款\n合同"}),
        LedgerEntry(2, "account", {"account_id": "a-1"}),
    )


def test_a_ledger_that_was_never_written_is_empty(paths: AppPaths) -> None:
    assert Ledger(paths.ledger_path).read() == ()


def test_the_file_is_closed_to_others(paths: AppPaths) -> None:
    Ledger(paths.ledger_path).append("flow", {})
    assert stat.S_IMODE(paths.ledger_path.stat().st_mode) == 0o600


def test_a_line_torn_anywhere_costs_only_itself(paths: AppPaths) -> None:
    ledger = Ledger(paths.ledger_path, clock_ms=lambda: 1)
    ledger.append("flow", {"flow_id": "f-1"})
    whole = paths.ledger_path.read_bytes()
    ledger.append("flow", {"flow_id": "f-2"})
    both = paths.ledger_path.read_bytes()
    for length in range(len(whole), len(both) - 1):
        paths.ledger_path.write_bytes(both[:length])
        assert [e.values["flow_id"] for e in ledger.read()] == ["f-1"]
        ledger.append("flow", {"flow_id": "f-3"})
        assert [e.values["flow_id"] for e in ledger.read()] == ["f-1", "f-3"]


@pytest.mark.parametrize(
    "line",
    [
        *(b"[]", b"7", b'{"at_ms": 1}', b'{"at_ms": "1", "kind": "", "values": {}}', b"\xff\0", b"[" * 100_000),
        *(
            b'{"at_ms": 1, "kind": "flow", "values": {"flow_id": %b}}' % value
            for value in (b"[]", b"{}", b"null", b"0.5", b"NaN", b'"' + b"," * 60_000 + b'"')
        ),
        b'{"at_ms": 1, "kind": "flow", "values": {%b}}' % b",".join(b'"%d": 0' % number for number in range(200)),
        *(b'{"at_ms": %d, "kind": "flow", "values": {"flow_id": "f"}}' % at_ms for at_ms in (-1, 1 << 63)),
    ],
    ids=lambda line: repr(line[:60]),
)
def test_a_line_that_is_no_entry_is_left_out_and_counted(paths: AppPaths, line: bytes) -> None:
    paths.ledger_path.write_bytes(line + b"\n")
    ledger = Ledger(paths.ledger_path)
    ledger.append("flow", {"flow_id": "f"})
    assert [entry.kind for entry in ledger.read()] == ["flow"]
    assert [entry.kind for entry in ledger.find("f")] == ["flow"]
    assert ledger.unreadable_count() == 1


def test_threads_do_not_tear_each_others_lines(paths: AppPaths) -> None:
    ledger = Ledger(paths.ledger_path)

    def write(name: str) -> None:
        for number in range(10):
            ledger.append("flow", {"name": name, "number": number, "text": "x" * 5000})

    threads = [threading.Thread(target=write, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ledger.read()) == 30


def test_values_stay_out_of_the_repr(paths: AppPaths) -> None:
    assert "sign/secret" not in repr(LedgerEntry(1, "link", {"url": "https://example.com/sign/secret"}))


def test_a_full_disk_is_told(paths: AppPaths) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no disk that is always full")
    paths.ledger_path.symlink_to(full)
    with pytest.raises(StoreError) as caught:
        Ledger(paths.ledger_path).append("flow", {})
    assert (caught.value.code, caught.value.retryable) == ("store.disk_full", True)


def test_a_ledger_that_cannot_be_opened_is_told(paths: AppPaths) -> None:
    paths.ledger_path.mkdir()
    ledger = Ledger(paths.ledger_path)
    with pytest.raises(StoreError) as written:
        ledger.append("flow", {})
    with pytest.raises(StoreError) as read:
        ledger.read()
    assert (written.value.code, read.value.code) == ("store.unwritable", "store.unwritable")


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """What the disk was asked to keep, in this order, the folder for a new name's sake."""
    kept: list[Path] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        kept.append(Path(f"/proc/self/fd/{descriptor}").readlink())
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    return kept


def test_each_line_is_on_the_disk_before_it_counts_and_the_first_one_with_its_name(
    paths: AppPaths, synced: list[Path]
) -> None:
    ledger = Ledger(paths.ledger_path)
    ledger.append("flow", {"flow_id": "f-1"})
    assert synced == [paths.ledger_path, paths.ledger_path.parent]
    synced.clear()
    ledger.append("flow", {"flow_id": "f-2"})
    assert synced == [paths.ledger_path]


def test_a_rewritten_ledger_is_whole_on_the_disk_before_it_takes_the_old_ones_place(
    paths: AppPaths, synced: list[Path]
) -> None:
    ledger = Ledger(paths.ledger_path)
    ledger.append("flow", {"flow_id": "f-1", "title": "secret"})
    synced.clear()
    ledger.rewrite(lambda line: line.replace("secret", "***"))
    written = [path for path in synced if path.name.startswith(paths.ledger_path.name)]
    assert written[0] == paths.ledger_path.with_name(paths.ledger_path.name + ".new")
    assert paths.ledger_path.parent in synced
    assert [entry.values["title"] for entry in ledger.read()] == ["***"]
    synced.clear()
    ledger.rewrite(lambda line: line)
    assert synced == [], "Nothing changed, so the file stays as it is."
