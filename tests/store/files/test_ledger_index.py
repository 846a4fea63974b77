"""Whatever becomes of the index, what is found is what the ledger holds."""

from __future__ import annotations

import json
import shutil
import stat
import subprocess
import sys
import threading
import time
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

import pytest

from esign_desktop.store.files.ledger import Ledger, LedgerIndex
from tests.tiers import daily

if TYPE_CHECKING:
    from collections import Counter
    from pathlib import Path

    from esign_desktop.store.files.paths import AppPaths

STRETCH_BYTES: Final = 2048
SENDS: Final = 60
WRITER: Final = """
import sys
from pathlib import Path
from esign_desktop.store.files.ledger import Ledger
ledger = Ledger(Path(sys.argv[1]), stretch_bytes=2048)
number = len(ledger.read())
while True:
    ledger.append("flow", {"flow_id": f"f-{number}", "submission_id": "all"})
    assert len(ledger.find("all")) == number + 1
    print(number, flush=True)
    number += 1
"""


def write_sends(path: Path, sends: range = range(SENDS)) -> None:
    lines = [
        line
        for number in sends
        for line in (
            {"kind": "start", "values": {"submission_id": f"s-{number}", "draft_id": f"d-{number % 7}"}},
            {"kind": "document", "values": {"submission_id": f"s-{number}", "doc_id": f"合同-{number}", "n": 7}},
            {"kind": "flow", "values": {"submission_id": f"s-{number}", "project_id": "p", "flow_id": f"f-{number}"}},
        )
    ]
    with path.open("a", encoding="ascii") as file:
        file.writelines(json.dumps({"at_ms": 1, **line}) + "\n" for line in lines)


def index_of(path: Path) -> LedgerIndex:
    return LedgerIndex(path, stretch_bytes=STRETCH_BYTES)


def numbers_found(index: LedgerIndex) -> dict[str, int]:
    """How many lines every id has."""
    ids = (*(f"s-{n}" for n in range(SENDS)), *(f"合同-{n}" for n in range(SENDS)), *(f"d-{n}" for n in range(7)), "no")
    return {text: len(index.lines(text)) for text in ids}


EXPECTED: Final = {
    **{f"s-{number}": 3 for number in range(SENDS)},
    **{f"合同-{number}": 1 for number in range(SENDS)},
    **{f"d-{number}": len(range(number, SENDS, 7)) for number in range(7)},
    "no": 0,
}


@pytest.fixture
def indexed(paths: AppPaths) -> AppPaths:
    """A ledger with an index of several blocks, and something that came after it."""
    write_sends(paths.ledger_path)
    assert numbers_found(index_of(paths.ledger_path)) == EXPECTED
    return paths


def index_path(paths: AppPaths) -> Path:
    return paths.data_dir / "ledger.index"


def test_ids_are_found_in_the_order_of_their_lines(indexed: AppPaths) -> None:
    ledger = Ledger(indexed.ledger_path)
    assert [entry.kind for entry in ledger.find("s-7")] == ["start", "document", "flow"]
    assert [entry.values["submission_id"] for entry in ledger.find("d-3")][:3] == ["s-3", "s-10", "s-17"]
    assert ledger.find("no") == ()


def test_a_ledger_that_was_never_written_holds_no_id(paths: AppPaths) -> None:
    ledger = Ledger(paths.ledger_path)
    assert ledger.find("f-1") == ()
    ledger.append("flow", {"flow_id": "f-1"})
    assert [entry.values["flow_id"] for entry in ledger.find("f-1")] == ["f-1"]


def test_what_is_appended_is_found_at_once(indexed: AppPaths) -> None:
    ledger = Ledger(indexed.ledger_path)
    for number in range(5):
        ledger.append("flow", {"flow_id": "f-new", "submission_id": f"s-{number}"})
        assert len(ledger.find("f-new")) == number + 1
        assert len(ledger.find(f"s-{number}")) == 4


def test_a_last_line_without_its_end_is_found_before_and_after_the_next(indexed: AppPaths) -> None:
    ledger = Ledger(indexed.ledger_path)
    with indexed.ledger_path.open("a", encoding="ascii") as file:
        file.write('{"at_ms": 1, "kind": "flow", "values": {"flow_id": "f-torn"}}')
    assert len(ledger.find("f-torn")) == 1
    ledger.append("flow", {"flow_id": "f-next"})
    assert len(ledger.find("f-torn")) == len(ledger.find("f-next")) == 1


def test_a_line_longer_than_a_stretch_is_found(indexed: AppPaths) -> None:
    ledger = Ledger(indexed.ledger_path, stretch_bytes=STRETCH_BYTES)
    ledger.append("flow", {"flow_id": "f-long", "links": "x" * 10 * STRETCH_BYTES})
    ledger.append("flow", {"flow_id": "f-after"})
    assert len(ledger.find("f-long")) == len(ledger.find("f-after")) == len(ledger.find("s-1")) - 2 == 1


def test_a_sound_index_is_left_alone(indexed: AppPaths) -> None:
    before = index_path(indexed).read_bytes()
    stamp = index_path(indexed).stat().st_mtime_ns
    assert len(index_of(indexed.ledger_path).lines("s-0")) == 3
    assert (index_path(indexed).read_bytes(), index_path(indexed).stat().st_mtime_ns) == (before, stamp)
    assert stat.S_IMODE(index_path(indexed).stat().st_mode) == 0o600


@pytest.mark.parametrize("step", daily([17], [17, 1]))
def test_an_index_with_any_byte_flipped_finds_the_same(tally: Counter[str], indexed: AppPaths, step: int) -> None:
    content = index_path(indexed).read_bytes()
    sample = {"s-0": 3, "s-59": 3, "d-3": EXPECTED["d-3"], "合同-30": 1, "no": 0}
    for offset in range(0, len(content), step):
        damaged = bytearray(content)
        damaged[offset] ^= 1 << offset % 8
        index_path(indexed).write_bytes(damaged)
        index = index_of(indexed.ledger_path)
        assert {text: len(index.lines(text)) for text in sample} == sample, offset
        # What was made anew is what it was.
        assert index_path(indexed).read_bytes() == content
        tally["flipped bytes"] += 1


def test_an_index_cut_off_anywhere_finds_the_same(indexed: AppPaths) -> None:
    content = index_path(indexed).read_bytes()
    for length in range(0, len(content), 13):
        index_path(indexed).write_bytes(content[:length])
        assert len(index_of(indexed.ledger_path).lines("s-0")) == 3
        assert index_path(indexed).read_bytes() == content


def test_a_lost_index_is_made_anew(indexed: AppPaths) -> None:
    index_path(indexed).unlink()
    assert numbers_found(index_of(indexed.ledger_path)) == EXPECTED
    assert index_path(indexed).stat().st_size > 0


def test_an_older_index_is_continued(indexed: AppPaths, tmp_path: Path) -> None:
    older = tmp_path / "older.index"
    shutil.copy(index_path(indexed), older)
    write_sends(indexed.ledger_path, range(SENDS, 2 * SENDS))
    index_of(indexed.ledger_path).lines("no")
    newer = index_path(indexed).read_bytes()
    shutil.copy(older, index_path(indexed))
    index = index_of(indexed.ledger_path)
    assert [len(index.lines(f"s-{number}")) for number in range(2 * SENDS)] == [3] * 2 * SENDS
    assert index_path(indexed).read_bytes() == newer


@pytest.mark.parametrize("is_running", [True, False], ids=["while the program runs", "between two starts"])
@pytest.mark.parametrize("sends", [20, 200], ids=["shorter", "longer"])
def test_an_index_of_another_ledger_finds_nothing_of_it(indexed: AppPaths, sends: int, is_running: bool) -> None:
    running = index_of(indexed.ledger_path)
    assert len(running.lines("s-40")) == 3
    indexed.ledger_path.unlink()
    write_sends(indexed.ledger_path, range(1000, 1000 + sends))
    index = running if is_running else index_of(indexed.ledger_path)
    assert index.lines("s-40") == ()
    assert [len(index.lines(f"s-{number}")) for number in range(1000, 1000 + sends)] == [3] * sends


def test_a_ledger_that_was_changed_in_its_place_is_read_anew(indexed: AppPaths) -> None:
    index = index_of(indexed.ledger_path)
    assert len(index.lines("s-7")) == 3
    content = indexed.ledger_path.read_bytes()
    with indexed.ledger_path.open("r+b") as file:
        file.write(content.replace(b'"s-7"', b'"t-7"'))
    assert index.lines("s-7") == ()
    assert len(index.lines("t-7")) == 3


def test_nothing_of_what_was_rewritten_stays_in_the_index(indexed: AppPaths) -> None:
    ledger = Ledger(indexed.ledger_path, stretch_bytes=STRETCH_BYTES)
    assert len(ledger.find("s-7")) == 3
    before = index_path(indexed).read_bytes()
    ledger.rewrite(lambda line: line.replace('"s-7"', '"gone"'))
    assert (ledger.find("s-7"), len(ledger.find("gone")), len(ledger.find("s-8"))) == ((), 3, 3)
    fresh = index_of(indexed.ledger_path)
    assert (fresh.lines("s-7"), len(fresh.lines("gone"))) == ((), 3)
    gone = blake2b(b"s-7", digest_size=8).digest()
    assert gone in before
    assert gone not in index_path(indexed).read_bytes()


def test_without_a_place_for_the_index_all_is_found(paths: AppPaths, caplog: pytest.LogCaptureFixture) -> None:
    write_sends(paths.ledger_path)
    index_path(paths).mkdir()
    assert numbers_found(index_of(paths.ledger_path)) == EXPECTED
    assert "IsADirectoryError" in caplog.text
    assert str(paths.data_dir) not in caplog.text


def test_lines_that_are_none_are_passed_over(paths: AppPaths) -> None:
    broken = b'[]\n7\n\xff\0\n{"values": 7}\n{"values": {"flow_id": 7}}\n\n{"values": {"flow_id": "f"}, "at_ms"\r\n'
    paths.ledger_path.write_bytes(broken)
    Ledger(paths.ledger_path).append("flow", {"flow_id": "f"})
    assert len(Ledger(paths.ledger_path).find("f")) == 1


def test_threads_find_what_they_appended(paths: AppPaths) -> None:
    ledger = Ledger(paths.ledger_path, stretch_bytes=STRETCH_BYTES)
    missed: list[str] = []

    def write(name: str) -> None:
        for number in range(30):
            ledger.append("flow", {"flow_id": f"{name}-{number}", "text": "x" * 300})
            if not ledger.find(f"{name}-{number}"):
                missed.append(f"{name}-{number}")

    threads = [threading.Thread(target=write, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert missed == []


@pytest.mark.slow
def test_kills_at_any_moment_cost_no_find(tally: Counter[str], paths: AppPaths) -> None:
    command = [sys.executable, "-c", WRITER, str(paths.ledger_path)]
    for wait_s in (0.0, 0.01, 0.05, 0.1, 0.2):
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline()
            time.sleep(wait_s)
            writer.kill()
        tally["kills"] += 1
        count = len(Ledger(paths.ledger_path).read())
        index = index_of(paths.ledger_path)
        assert len(index.lines("all")) == count
        assert all(len(index.lines(f"f-{number}")) == 1 for number in range(count))
