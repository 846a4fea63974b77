"""Sends contracts, one fork each, and dies by SIGKILL where it is told to.

A line of JSON on standard input is an order; the answer is a line that says how the fork ended. The very first order is
obeyed without a fork, so that all later forks start with everything imported and built, and without a thread.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
import traceback
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

# Imported before the fork, since every fork needs it.
from esign_desktop.api.exchange import Limits
from esign_desktop.atomic_files import append_lines
from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.domain.errors import AppError, Cancelled, CancelToken, InputError, StoreError
from esign_desktop.domain.submission import SubmissionState
from esign_desktop.services.editing.snapshots import Snapshots
from esign_desktop.services.sending.preparation import prepare_in_turn, prepare_side_by_side
from esign_desktop.services.sending.submission import SubmissionService
from esign_desktop.services.sending.values import RetryPolicy, SubmissionPlatforms
from esign_desktop.store.codec import draft_from_json
from esign_desktop.store.files.ledger import Ledger
from esign_desktop.store.tables.accounts import Accounts
from esign_desktop.store.tables.drafts import Drafts
from esign_desktop.store.tables.flows import Flows
from esign_desktop.store.tables.journal import Journal
from tests.services.desk import Desk, clock_ms, resume_unfinished

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.services.sending.values import SubmissionProgress

FINISHED: Final = 7
BALLAST: Final = "ballast"
LIMITS: Final = Limits(connect_s=0.25, idle_s=0.2, total_s=0.4)
PATIENCE: Final = RetryPolicy(call_s=(0.0, 0.05), execute_s=(0.0, 0.05))

CHECKPOINTS: Final[tuple[tuple[type, str], ...]] = (
    (Journal, "queue"),
    (Journal, "record"),
    (Journal, "replace_draft"),
    (Ledger, "append"),
    (Flows, "add"),
    (Flows, "update_detail"),
    (Accounts, "remember"),
    (Drafts, "delete"),
    (Snapshots, "take"),
    (Snapshots, "discard"),
)
"""Wherever something is written down."""


@dataclass(frozen=True)
class Order:
    """What a fork does. ``kill_at`` counts checkpoints from 1, 0 lets it live; ``cancel_at`` counts progress.

    ``after_call`` starts the count only once that many calls were made. ``free_bytes`` fills the disk up to them, after
    or before the contract is queued. ``held`` is the choice about a held send.
    """

    base_url: str
    project_id: str
    root: str
    draft: str = ""
    kill_at: int = 0
    dies_before: bool = False
    after_call: int = 0
    cancel_at: int = 0
    side_by_side: bool = False
    free_bytes: int = -1
    fills_before_queue: bool = False
    held: str = ""
    shown_by_start: bool = False
    """The platform is known to tell no link before a flow is shown."""

    def as_line(self) -> str:
        return json.dumps(asdict(self))


class Executioner:
    """Kills this process at a checkpoint: before its commit (in the middle of a line of the ledger), or after it."""

    def __init__(self, order: Order, desk: Desk) -> None:
        self._left = order.kill_at
        self._dies_before = order.dies_before
        self._calls_left = order.after_call
        self._is_due = False
        if self._left:
            for owner, name in CHECKPOINTS:
                self._guard(owner, name)
            self._count_calls()
            desk.database.run(lambda connection: connection.set_trace_callback(self._on_statement))

    def _guard(self, owner: Any, name: str) -> None:
        original: Callable[..., Any] = getattr(owner, name)
        is_in_database = owner not in {Ledger, Snapshots}

        def guarded(*args: Any, **kwargs: Any) -> Any:
            if self._calls_left > 0:
                return original(*args, **kwargs)
            self._left -= 1
            if self._left == 0 and self._dies_before:
                if owner is Ledger:
                    self._tear_a_line(args[0])
                if not is_in_database:
                    die()
                self._is_due = True
            result = original(*args, **kwargs)
            if self._left == 0:
                die()
            return result

        setattr(owner, name, guarded)

    def _count_calls(self) -> None:
        from esign_desktop.api.transport import HttpTransport

        original = HttpTransport.exchange

        def exchange(*args: Any, **kwargs: Any) -> Any:
            try:
                return original(*args, **kwargs)
            finally:
                self._calls_left -= 1

        HttpTransport.exchange = exchange  # type: ignore[method-assign]

    def _on_statement(self, statement: str) -> None:
        if self._is_due and statement == "COMMIT":
            die()

    @staticmethod
    def _tear_a_line(ledger: Ledger) -> None:
        append_lines(ledger._path, b'{"at_ms": 1, "kind": "fl')  # noqa: SLF001  as a power cut would leave it


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def obey(order: Order) -> None:
    environment = Environment(EnvironmentKind.SANDBOX, order.base_url, order.project_id)
    desk = Desk(Path(order.root), environment, retry=PATIENCE, limits=LIMITS)
    desk.submission = _service(desk, order)
    Executioner(order, desk)
    if order.draft:
        _send(desk, environment, order)
    else:
        resume_unfinished(desk.submission)
    if order.held:
        _decide(desk, order.held)
    desk.close()


def _service(desk: Desk, order: Order) -> SubmissionService:
    told = False if order.shown_by_start else None
    return SubmissionService(
        desk.stores,
        SubmissionPlatforms(desk.environment_of, desk.client_for, reports_links=lambda _kind: told),
        clock_ms=clock_ms,
        retry=PATIENCE,
        prepare=prepare_side_by_side if order.side_by_side else prepare_in_turn,
    )


def _send(desk: Desk, environment: Environment, order: Order) -> None:
    draft = draft_from_json(order.draft)
    cancel, left = CancelToken(), order.cancel_at

    def on_progress(_progress: SubmissionProgress) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            cancel.cancel()

    desk.stores.drafts.save(draft, saved_at_ms=1)
    service = desk.submission
    if order.free_bytes < 0:
        with suppress(Cancelled):
            service.send(draft, environment, on_progress=on_progress, cancel=cancel)
        return
    if order.fills_before_queue:
        fill_disk(Path(order.root), order.free_bytes)
    with suppress(StoreError):
        submission_id = service.queue(draft, environment)
        if not order.fills_before_queue:
            fill_disk(Path(order.root), order.free_bytes)
        service.run(submission_id, on_progress=on_progress, cancel=cancel)


def fill_disk(root: Path, free_bytes: int) -> None:
    """Leave so many bytes of the file system that the folder is on."""
    with (root / BALLAST).open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    size_bytes = (root / BALLAST).stat().st_size
    os.truncate(root / BALLAST, max(0, size_bytes - free_bytes))


def _decide(desk: Desk, choice: str) -> None:
    for summary in desk.submission.unfinished():
        if summary.state is not SubmissionState.HELD:
            continue
        match choice:
            case "look":
                desk.submission.look_again(summary.id)
            case "again":
                # Refused where the first one may be seen.
                with suppress(InputError):
                    desk.submission.run(desk.submission.start_again(summary.id))
            case _:
                desk.submission.cancel_before_execute(summary.id)


def main() -> None:
    obey(Order(**json.loads(sys.stdin.readline())))
    sys.stdout.write(f"{FINISHED}\n")
    sys.stdout.flush()
    gc.collect()
    gc.freeze()
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            status = 1
            try:
                obey(Order(**json.loads(line)))
                status = FINISHED
            except AppError as error:
                sys.stderr.write(f"AppError {error}\n")
            except BaseException:  # noqa: BLE001  told, and then the fork ends
                traceback.print_exc()
            finally:
                sys.stderr.flush()
                os._exit(status)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
