"""Everything that touches the second folder, in a process that can be abandoned: a share that hangs freezes nothing.

One job a process: a JSON object goes in, signs of life come out, then one JSON object. Keys go through the pipe.
What only a job needs is imported by it: the program that starts them stands at a counter and has to be quick.
"""

from __future__ import annotations

import json
import os
import subprocess
import threading
import time
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from esign_desktop.domain.errors import Cancelled, StoreError
from esign_desktop.pdf.channel import ChildEnd, PipeChannel
from esign_desktop.pdf.isolated.process_limits import be_quiet, leave_no_core
from esign_desktop.pdf.isolated.start import start_child
from esign_desktop.pdf.untrusted import BadAnswer

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.store.copies.sealed import CopyKey, Header

SILENCE_S: Final = 45.0
"""How long a job may give no sign of life: a share that wakes up takes some seconds, one that hangs for ever."""
_MOST_ANSWER_BYTES: Final = 4 * 1024 * 1024
_MOST_BYTES: Final = 256 * 1024 * 1024
_LOOK_ROUND_S: Final = 0.1
_PROGRESS_S: Final = 1.0
_END_S: Final = 2.0
_TARGET: Final = "esign_desktop.services.copies.job:run"


class JobStarter:
    """Starts jobs, one at a time. One that hangs in the kernel is left behind, and nothing is started beside it."""

    def __init__(self, *, silence_s: float = SILENCE_S) -> None:
        self._silence_s = silence_s
        self._left: tuple[subprocess.Popen[bytes], PipeChannel] | None = None
        self._is_closed = False

    def close(self) -> None:
        """Break off what runs, and start nothing more."""
        self._is_closed = True

    def ask(self, kind: str, **values: object) -> Any:
        """Do a job and return what came of it; blocks, until it gives no sign of life any more.

        Raises StoreError: that of the job, or ``copy.hangs``; Cancelled when it was closed.
        """
        if self._left is not None:
            left, its_channel = self._left
            if left.poll() is None:
                raise StoreError("copy.hangs", "still", retryable=True)
            its_channel.close()
            self._left = None
        request = json.dumps({"kind": kind, **values}).encode("ascii")
        try:
            process = start_child(_TARGET)
        except OSError as error:
            raise StoreError("copy.failed", type(error).__name__, retryable=True) from None
        assert process.stdin is not None  # noqa: S101  pipes were asked for
        assert process.stdout is not None  # noqa: S101
        channel = PipeChannel(process.stdin, process.stdout, longest_bytes=_MOST_ANSWER_BYTES, most_bytes=_MOST_BYTES)
        try:
            channel.send(request, self._silence_s)
            return self._answer(channel)
        finally:
            process.kill()
            try:
                process.wait(_END_S)
                channel.close()
            except subprocess.TimeoutExpired:
                self._left = process, channel

    def _answer(self, channel: PipeChannel) -> Any:
        heard_at_s = time.monotonic()
        while True:
            if self._is_closed:
                raise Cancelled
            try:
                answer = json.loads(channel.receive(_LOOK_ROUND_S, _MOST_ANSWER_BYTES))
            except TimeoutError:
                if time.monotonic() - heard_at_s > self._silence_s:
                    raise StoreError("copy.hangs", retryable=True) from None
                continue
            except (EOFError, OSError, ValueError, BadAnswer) as error:
                raise StoreError("copy.failed", type(error).__name__, retryable=True) from None
            heard_at_s = time.monotonic()
            if "code" in answer:
                raise StoreError(answer["code"], answer["detail"], retryable=answer["retryable"])
            if "result" in answer:
                return answer["result"]


def run() -> None:
    """Do one job; the child's whole life."""
    leave_no_core()
    _be_nice()
    end = ChildEnd()
    be_quiet()
    request, _ = end.receive()
    # Whoever began it may be killed: its next start must not find two at work on the same files.
    threading.Thread(target=_end_with_parent, daemon=True).start()
    order = json.loads(request)
    told_at_s = time.monotonic()

    def tell() -> None:
        nonlocal told_at_s
        if time.monotonic() - told_at_s > _PROGRESS_S:
            told_at_s = time.monotonic()
            _send(end, {"alive": True})

    with suppress(OSError):
        try:
            _send(end, {"result": do(order, tell)})
        except StoreError as error:
            _send(end, {"code": error.code, "detail": error.detail, "retryable": error.retryable})
        except Exception as error:  # noqa: BLE001  its text may hold a path
            _send(end, {"code": "copy.failed", "detail": type(error).__name__, "retryable": True})
    # A thread may hang on a share.
    os._exit(0)


def _end_with_parent() -> None:
    while os.read(0, 1):
        pass
    os._exit(1)


def _be_nice() -> None:
    """Leave the computer to whoever works at it."""
    if hasattr(os, "nice"):
        os.nice(10)


def do(order: dict[str, Any], on_progress: Callable[[], None] = lambda: None) -> Any:
    """Do a job in this process. Raises StoreError."""
    return _JOBS[order["kind"]](order, on_progress)


def _check(order: dict[str, Any], _on_progress: Callable[[], None]) -> dict[str, bool]:
    from esign_desktop.store.copies.second_folder import check_folder, computer_folder

    root, computer_id = Path(order["root"]), order["computer_id"]
    is_same_disk = check_folder(root, Path(order["data_dir"]))
    has_copies = bool(computer_id) and computer_folder(root, computer_id).is_dir()
    return {"is_same_disk": is_same_disk, "has_copies": has_copies}


def _ledger(order: dict[str, Any], on_progress: Callable[[], None]) -> dict[str, Any]:
    from esign_desktop.store.copies.second_folder import LedgerPlace, copy_ledger

    folder = _begin(order)
    place = copy_ledger(
        folder,
        _key(order),
        Path(order["ledger"]),
        LedgerPlace(**order["place"]),
        anew=order["anew"],
        on_progress=on_progress,
    )
    # Only now: whoever restores asks what came after this moment.
    _take_turn(folder, order, copied_at_ms=order["now_ms"])
    return asdict(place)


def _daily(order: dict[str, Any], on_progress: Callable[[], None]) -> dict[str, Any]:
    from esign_desktop.store.copies.daily import DATABASE, Entry, prune, write_daily
    from esign_desktop.store.copies.second_folder import delete_damaged
    from esign_desktop.store.database.connection import copy_database
    from esign_desktop.store.files.paths import make_private_dir

    folder = _begin(order)
    scratch = Path(order["scratch"])
    make_private_dir(scratch)
    copy_database(Path(order["database"]), scratch / DATABASE)
    on_progress()
    written = write_daily(
        folder,
        _key(order),
        database=scratch / DATABASE,
        ledger=Path(order["ledger"]),
        entries=[Entry(*one) for one in order["entries"]],
        made_at_ms=order["now_ms"],
        particulars_key=order["particulars_key"],
        on_progress=on_progress,
    )
    if order["is_only_one"]:
        # The older ones tell of somebody who is to be forgotten.
        prune(folder, 1)
        delete_damaged(folder)
    return asdict(written)


def _computers(order: dict[str, Any], _on_progress: Callable[[], None]) -> list[dict[str, Any]]:
    from esign_desktop.store.copies.second_folder import computers

    return [asdict(one) | {"path": str(one.path)} for one in computers(Path(order["root"]))]


def _present(order: dict[str, Any], on_progress: Callable[[], None]) -> list[str]:
    """Return which of the files are there; what can't be looked at is not."""
    found = []
    for path in order["paths"]:
        if os.path.isfile(path):  # noqa: PTH113  whose own counterpart raises where a share is away
            found.append(path)
        on_progress()
    return found


def _fetch(order: dict[str, Any], on_progress: Callable[[], None]) -> dict[str, Any]:
    return fetch(Path(order["folder"]), order["passphrase"], Path(order["scratch"]), on_progress)


def fetch(
    folder: Path, passphrase: str, scratch: Path, on_progress: Callable[[], None] = lambda: None
) -> dict[str, Any]:
    """Decrypt a computer's copies into a folder of this one: the newest sound day's, and the ledger of both.

    What is returned holds the key of that computer's particulars; it is written nowhere.

    Raises StoreError: ``copy.wrong_passphrase``, ``copy.nothing``, ``copy.damaged``, ``copy.newer_version``,
    ``copy.unreadable``, and for the disk.
    """
    from esign_desktop.store.copies.daily import LEDGER, unpack_newest
    from esign_desktop.store.copies.second_folder import read_ledger, write_whole
    from esign_desktop.store.files.errors import disk_error

    key = _key_for(folder, passphrase)
    on_progress()
    daily = unpack_newest(folder, key, scratch, on_progress)
    copied = read_ledger(folder, key)
    path = scratch / LEDGER
    of_the_day = path.read_bytes() if path.exists() else b""
    lines = dict.fromkeys(line for text in (of_the_day, copied.content) for line in text.split(b"\n") if line)
    try:
        write_whole(path, [line + b"\n" for line in lines])
    except OSError as error:
        raise disk_error(error) from error
    known = set(copied.content.split(b"\n"))
    return {
        "is_ledger_whole": copied.is_whole and known.issuperset(filter(None, of_the_day.split(b"\n"))),
        "made_at_ms": daily.made_at_ms if daily is not None else 0,
        "passed_over_count": daily.passed_over_count if daily is not None else 0,
        "left_out_count": daily.left_out_count if daily is not None else 0,
        "particulars_key": daily.particulars_key if daily is not None else "",
    }


def _key_for(folder: Path, passphrase: str) -> CopyKey:
    """Derive the key from what stands before any of the copies. Raises StoreError."""
    from esign_desktop.store.copies.daily import newest_first
    from esign_desktop.store.copies.sealed import read_header
    from esign_desktop.store.copies.second_folder import LEDGER

    found: dict[tuple[bytes, int], Header] = {}
    damaged = 0
    for path in (folder / LEDGER, *newest_first(folder)):
        try:
            with path.open("rb") as file:
                header = read_header(file)
        except FileNotFoundError:
            continue
        except OSError as error:
            raise StoreError("copy.unreadable", type(error).__name__, retryable=True) from error
        except StoreError as error:
            if error.code != "copy.damaged":
                raise
            damaged += 1
        else:
            found.setdefault((header.salt, header.cost), header)
    if not found:
        raise StoreError("copy.damaged" if damaged else "copy.nothing")
    for header in found.values():
        with suppress(StoreError):
            return header.key_of(passphrase)
    raise StoreError("copy.wrong_passphrase")


def _begin(order: dict[str, Any]) -> Path:
    from esign_desktop.store.copies.second_folder import computer_folder

    folder = computer_folder(Path(order["root"]), order["computer_id"])
    # Where a share is away, the folder that it is shown in is there, and empty.
    if not (folder if order["is_begun"] else folder.parent).is_dir():
        raise StoreError("copy.missing", retryable=True)
    _take_turn(folder, order)
    return folder


def _take_turn(folder: Path, order: dict[str, Any], *, copied_at_ms: int | None = None) -> None:
    from esign_desktop.store.copies.second_folder import take_turn

    take_turn(folder, name=order["name"], run=order["run"], known_runs=order["known_runs"], copied_at_ms=copied_at_ms)


def _key(order: dict[str, Any]) -> CopyKey:
    from esign_desktop.store.copies.sealed import CopyKey

    key = CopyKey.from_text(order["key"])
    if key is None:
        raise StoreError("copy.needs_passphrase")
    return key


def _send(end: ChildEnd, answer: dict[str, Any]) -> None:
    end.send(json.dumps(answer).encode("ascii"))


_JOBS: Final[dict[str, Callable[[dict[str, Any], Callable[[], None]], Any]]] = {}
_JOBS.update(check=_check, ledger=_ledger, daily=_daily, computers=_computers, fetch=_fetch, present=_present)
