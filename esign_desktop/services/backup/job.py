"""Run each access to the second folder as a job in a child process that can be killed if a network share hangs.

The parent process writes a job, including the encryption keys, as a JSON object to the child's standard input. The
child reports its progress and then the result.
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

from esign_desktop.domain.disk_errors import disk_errors
from esign_desktop.domain.errors import Cancelled, StoreError
from esign_desktop.pdf.channel import ChildEnd, PipeChannel
from esign_desktop.pdf.isolated.process_limits import disable_core_dumps, silence_output
from esign_desktop.pdf.isolated.start import start_child
from esign_desktop.pdf.wire import BadAnswer
from esign_desktop.store.backup import daily, second_folder
from esign_desktop.store.backup.sealed import BackupKey, read_header
from esign_desktop.store.database.connection import copy_database
from esign_desktop.store.files.paths import make_private_dir

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.store.backup.sealed import Header

SILENCE_S: Final = 45.0
"""Seconds without a sign of life after which a job is killed. A share may take several seconds to wake up."""
_MOST_ANSWER_BYTES: Final = 4 * 1024 * 1024
_MOST_BYTES: Final = 256 * 1024 * 1024
_POLL_S: Final = 0.1
_PROGRESS_S: Final = 1.0
_END_S: Final = 2.0
_TARGET: Final = "esign_desktop.services.backup.job:run"


class JobStarter:
    """The service that runs jobs on the second folder, one at a time.

    While a killed job still hangs in the kernel, no new job is started.
    """

    def __init__(self, *, silence_s: float = SILENCE_S) -> None:
        self._silence_s = silence_s
        self._left: tuple[subprocess.Popen[bytes], PipeChannel] | None = None
        self._is_closed = False

    def close(self) -> None:
        """Abort the running job, and start no more jobs."""
        self._is_closed = True

    def ask(self, kind: str, **values: object) -> Any:
        """Run a job of this kind, and return its result. The call blocks as long as the job reports progress.

        ``values`` are the job's arguments and must be serializable as JSON. Raises the job's StoreError, StoreError
        ``copy.failed`` if the job ends without a result, StoreError ``copy.hangs`` if the job stops reporting progress,
        and Cancelled after ``close``.
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
        assert process.stdin is not None  # noqa: S101  the child is started with pipes
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
                answer = json.loads(channel.receive(_POLL_S, _MOST_ANSWER_BYTES))
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
    """Run one job and end the process. This is the main function of the child process."""
    disable_core_dumps()
    if hasattr(os, "nice"):
        os.nice(10)
    end = ChildEnd()
    silence_output()
    request, _ = end.receive()
    # If the program is killed, this process must end too, before the program is started again and uses the same files.
    threading.Thread(target=_end_with_parent, daemon=True).start()
    order = json.loads(request)
    alive_at_s = time.monotonic()

    def send(answer: dict[str, Any]) -> None:
        end.send(json.dumps(answer).encode("ascii"))

    def on_progress() -> None:
        nonlocal alive_at_s
        if time.monotonic() - alive_at_s > _PROGRESS_S:
            alive_at_s = time.monotonic()
            send({"alive": True})

    with suppress(OSError):
        try:
            send({"result": do(order, on_progress)})
        except StoreError as error:
            send({"code": error.code, "detail": error.detail, "retryable": error.retryable})
        except Exception as error:  # noqa: BLE001  its text may contain a path
            send({"code": "copy.failed", "detail": type(error).__name__, "retryable": True})
    # sys.exit would wait for a thread that may hang on a share.
    os._exit(0)


def _end_with_parent() -> None:
    while os.read(0, 1):
        pass
    os._exit(1)


def do(order: dict[str, Any], on_progress: Callable[[], None] = lambda: None) -> Any:
    """Run a job in this process, and return its result. Raises StoreError.

    ``on_progress`` is called repeatedly to show that the job is not hanging.
    """
    return _JOBS[order["kind"]](order, on_progress)


def _check(order: dict[str, Any], _on_progress: Callable[[], None]) -> dict[str, bool]:
    root, computer_id = Path(order["root"]), order["computer_id"]
    is_same_disk = second_folder.check_folder(root, Path(order["data_dir"]))
    has_copies = bool(computer_id) and second_folder.computer_folder(root, computer_id).is_dir()
    return {"is_same_disk": is_same_disk, "has_copies": has_copies}


def _copy_ledger(order: dict[str, Any], on_progress: Callable[[], None]) -> dict[str, Any]:
    folder = _own_folder(order)
    place = second_folder.copy_ledger(
        *(folder, _key(order), Path(order["ledger"]), second_folder.LedgerProgress(**order["place"])),
        anew=order["anew"],
        on_progress=on_progress,
    )
    # The lease is renewed last, because its time shows a restoration up to which time the backup is complete.
    _renew_lease(folder, order, copied_at_ms=order["now_ms"])
    return asdict(place)


def _copy_day(order: dict[str, Any], on_progress: Callable[[], None]) -> dict[str, Any]:
    folder = _own_folder(order)
    scratch = Path(order["scratch"])
    make_private_dir(scratch)
    copy_database(Path(order["database"]), scratch / daily.DATABASE)
    on_progress()
    written = daily.write_daily(
        folder,
        _key(order),
        database=scratch / daily.DATABASE,
        ledger=Path(order["ledger"]),
        entries=[daily.Entry(*entry) for entry in order["entries"]],
        made_at_ms=order["now_ms"],
        party_details_key=order["party_details_key"],
        on_progress=on_progress,
    )
    if order["is_only_one"]:
        # The older backups contain data of an erased person.
        daily.prune(folder, 1)
        second_folder.delete_damaged(folder)
    return asdict(written)


def _list_computers(order: dict[str, Any], _on_progress: Callable[[], None]) -> list[dict[str, Any]]:
    return [
        asdict(computer) | {"path": str(computer.path)} for computer in second_folder.computers(Path(order["root"]))
    ]


def _list_present(order: dict[str, Any], on_progress: Callable[[], None]) -> list[str]:
    """Return the paths of the files that exist. A file on an unreachable share counts as missing."""
    found = []
    for path in order["paths"]:
        if os.path.isfile(path):  # noqa: PTH113  Path.is_file raises if a share is unreachable
            found.append(path)
        on_progress()
    return found


def _fetch(order: dict[str, Any], on_progress: Callable[[], None]) -> dict[str, Any]:
    return fetch(Path(order["folder"]), order["passphrase"], Path(order["scratch"]), on_progress)


def fetch(
    folder: Path, passphrase: str, scratch: Path, on_progress: Callable[[], None] = lambda: None
) -> dict[str, Any]:
    """Decrypt a computer's merged ledger and newest undamaged daily backup into the folder ``scratch``.

    The result includes the key with which that computer encrypts personal data. The key is not written to disk. Raises
    StoreError ``copy.wrong_passphrase``, ``copy.nothing``, ``copy.damaged``, ``copy.newer_version`` or
    ``copy.unreadable``, or a StoreError for a disk error.
    """
    key = _key_for(folder, passphrase)
    on_progress()
    day = daily.unpack_newest(folder, key, scratch, on_progress) or daily.DailyFound(0, 0, 0)
    copied = second_folder.read_ledger(folder, key)
    path = scratch / daily.LEDGER
    with disk_errors():
        day_lines = [line for line in path.read_bytes().split(b"\n") if line] if path.exists() else []
        lines = [line for line in copied.content.split(b"\n") if line]
        second_folder.write_whole(path, [line + b"\n" for line in dict.fromkeys((*day_lines, *lines))])
    is_ledger_whole = copied.is_whole and set(lines).issuperset(day_lines)
    return asdict(day) | {"is_ledger_whole": is_ledger_whole, "lost_line_count": copied.lost_count}


def _key_for(folder: Path, passphrase: str) -> BackupKey:
    """Derive the key from the passphrase and the header of a backup file that accepts it. Raises StoreError."""
    found: dict[tuple[bytes, int], Header] = {}
    damaged = 0
    for path in (folder / second_folder.LEDGER, *daily.newest_first(folder)):
        try:
            with second_folder.folder_errors("copy.unreadable"), suppress(FileNotFoundError), path.open("rb") as file:
                header = read_header(file, folder.name)
                found.setdefault((header.salt, header.cost), header)
        except StoreError as error:
            if error.code != "copy.damaged":
                raise
            damaged += 1
    if not found:
        raise StoreError("copy.damaged" if damaged else "copy.nothing")
    for header in found.values():
        with suppress(StoreError):
            return header.key_of(passphrase)
    raise StoreError("copy.wrong_passphrase")


def _own_folder(order: dict[str, Any]) -> Path:
    """Claim this computer's folder below the second folder, and return its path. Raises StoreError."""
    folder = second_folder.computer_folder(Path(order["root"]), order["computer_id"])
    # The mount point of an unreachable share still exists, but is empty.
    if not (folder if order["is_begun"] else folder.parent).is_dir():
        raise StoreError("copy.missing", retryable=True)
    _renew_lease(folder, order)
    return folder


def _renew_lease(folder: Path, order: dict[str, Any], *, copied_at_ms: int | None = None) -> None:
    second_folder.renew_lease(
        folder, name=order["name"], run=order["run"], known_runs=order["known_runs"], copied_at_ms=copied_at_ms
    )


def _key(order: dict[str, Any]) -> BackupKey:
    key = BackupKey.from_text(order["key"])
    if key is None:
        raise StoreError("copy.needs_passphrase")
    return key


_JOBS: Final[dict[str, Callable[[dict[str, Any], Callable[[], None]], Any]]] = {
    "check": _check,
    "ledger": _copy_ledger,
    "daily": _copy_day,
    "computers": _list_computers,
    "present": _list_present,
    "fetch": _fetch,
}
