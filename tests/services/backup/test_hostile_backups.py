"""Files that a stranger wrote into the second folder take little memory and time of the program.

They are read in a process of their own, whose answers are short.
"""

from __future__ import annotations

import json
import re
import struct
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from esign_desktop.domain.errors import StoreError
from esign_desktop.services.backup.job import JobStarter
from esign_desktop.store.backup.sealed import HEADER_BYTES
from esign_desktop.store.backup.second_folder import FOLDER, LEDGER
from tests.services.second_computer import COMPUTER, PASSPHRASE, copy_now

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.services.desk import Desk

MIB: Final = 1 << 20
SMALLEST_BYTES: Final = 28
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads the memory from /proc")


def kib(name: str) -> int:
    found = re.search(name + r":\s+(\d+)", Path("/proc/self/status").read_text(encoding="ascii"))
    assert found
    return int(found[1])


def measured(work: Callable[[], Any]) -> tuple[Any, float, float]:
    """Return the result or the error's code, and the processor time in seconds and the MiB that it took here."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    before, began_s = kib("VmRSS"), time.process_time()
    try:
        found = work()
    except StoreError as error:
        found = error.code
    return found, time.process_time() - began_s, (kib("VmHWM") - before) / 1024


@pytest.fixture
def folder(desk: Desk, tmp_path: Path) -> Path:
    """A computer's subfolder with a real header, which every user of the folder can read."""
    share = tmp_path / "share"
    desk.stores.ledger.append("flow", {"flow_id": "flow-1"})
    copy_now(desk, share)
    return share / FOLDER / COMPUTER


def records(size_bytes: int) -> bytes:
    record = struct.pack(">IB", size_bytes, 0) + bytes(size_bytes)
    return record * ((5 * MIB - HEADER_BYTES) // len(record))


CONTENTS: Final = {
    "small records": records(SMALLEST_BYTES),
    "large records": records(MIB),
    "a record that is larger than the file": struct.pack(">IB", MIB, 0) + bytes(100),
    "a record that is too large": struct.pack(">IB", 0xFFFFFFFF, 0) + bytes(5 * MIB - 500),
    "zeros": bytes(5 * MIB - 500),
}


@pytest.mark.parametrize("content", CONTENTS.values(), ids=list(CONTENTS))
def test_hostile_records_take_little(folder: Path, tmp_path: Path, content: bytes) -> None:
    for path in (folder / LEDGER, folder / "daily-000001.copy"):
        path.write_bytes(path.read_bytes()[:HEADER_BYTES] + content)
        assert path.stat().st_size <= 5 * MIB
    order = {"folder": str(folder), "passphrase": PASSPHRASE, "scratch": str(tmp_path / "scratch")}
    found, took_s, grown_mib = measured(lambda: JobStarter().ask("fetch", **order))
    assert (found["made_at_ms"], found["passed_over_count"], found["is_ledger_whole"]) == (0, 1, False)
    assert not (tmp_path / "scratch" / "ledger.jsonl").read_bytes()
    assert took_s < 2.0
    assert grown_mib < 64.0


@pytest.mark.parametrize("place", [0, 13, 14, 15, 31, 47, HEADER_BYTES - 1], ids=str)
def test_a_spoiled_header_takes_little(folder: Path, tmp_path: Path, place: int) -> None:
    for path in folder.glob("*.copy"):
        content = bytearray(path.read_bytes())
        content[place] ^= 0xFF
        path.write_bytes(content)
    order = {"folder": str(folder), "passphrase": PASSPHRASE, "scratch": str(tmp_path / "scratch")}
    found, took_s, grown_mib = measured(lambda: JobStarter().ask("fetch", **order))
    assert found == "copy.damaged"
    assert took_s < 2.0
    assert grown_mib < 64.0


COMPUTERS: Final = {
    "lists": b"[" + b"[]," * (5 * MIB // 3 - 10) + b"[]]",
    "deep lists": b"[" * (5 * MIB),
    "blanks": b" " * (5 * MIB),
    "names": b"{" + b",".join(b'"%x":0' % number for number in range(6000)) + b"}",
    "a long name": json.dumps({"name": "\U0001f600" * 5000}).encode(),
    "a huge number": b'{"changed_at_ms": ' + b"9" * 60_000 + b"}",
    "a huge fraction": b'{"changed_at_ms": 1e99999, "name": 5}',
}


@pytest.mark.parametrize("content", COMPUTERS.values(), ids=list(COMPUTERS))
def test_a_hostile_description_of_a_computer_takes_little(folder: Path, content: bytes) -> None:
    (folder / "computer.json").write_bytes(content)
    for number in range(200):
        other = folder.with_name(f"{number:032x}")
        other.mkdir()
        (other / "computer.json").write_bytes(content[: 64 * 1024])
    root = str(folder.parent.parent)
    found, took_s, grown_mib = measured(lambda: JobStarter().ask("computers", root=root))
    assert len(found) == 201
    assert took_s < 2.0
    assert grown_mib < 64.0
