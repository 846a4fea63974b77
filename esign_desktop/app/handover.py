"""Answer another program that hands over a customer, with a line of JSON and an exit status.

The format of the line is described in resources/handover.schema.json.
"""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from esign_desktop.domain.errors import InputError
from esign_desktop.domain.people.handover import HandoverAnswer, HandoverState

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QObject

    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.people.handover import HandedCustomer
    from esign_desktop.ui.shell.workspace import Workspace

VERSION: Final = 1
STATUSES: Final = {HandoverState.SHOWN: 0, HandoverState.REFUSED: 3, HandoverState.QUEUED: 6}
"""The exit statuses of the process that hands over a customer, keyed by the result."""


def refusal(error: AppError) -> HandoverAnswer:
    """Return the answer that reports the refusal of a customer because of this error."""
    return HandoverAnswer(HandoverState.REFUSED, error=error)


def answer_line(answer: HandoverAnswer, reference: str = "") -> str:
    """Return an answer as one line of JSON, without a line break. An error message is in the program's language.

    ``reference`` is the reference that the other program gave for the customer.
    """
    found: dict[str, Any] = {"version": VERSION, "handover": answer.state.value, "reference": reference}
    if answer.state is HandoverState.QUEUED:
        found["place"] = answer.place
    if answer.error is not None:
        from esign_desktop.ui.text.errors.sentences import error_sentence

        found |= {"reason": answer.error.code, "sentence": error_sentence(answer.error).text}
    return json.dumps(found)


def status_of(line: str) -> int:
    """Return the exit status for an answer line. An invalid line is treated as a refusal."""
    try:
        found = json.loads(line)
    except ValueError:
        found = None
    state = found.get("handover") if isinstance(found, dict) else None
    return next((status for known, status in STATUSES.items() if known == state), STATUSES[HandoverState.REFUSED])


def print_line(line: str) -> None:
    """Print an answer line and flush standard output, so that the waiting program receives the line at once."""
    with suppress(OSError):
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


def hand_to_counter(
    data: bytes,
    workspace: Workspace,
    owner: QObject,
    *,
    on_refused: Callable[[AppError], None],
    answer: Callable[[str], None],
) -> None:
    """Read a customer's data on a worker thread, and hand the customer over to the open counter.

    ``answer`` is called once with the answer line. ``on_refused`` is called with the error if the data cannot be read
    or the counter is not open. ``owner`` is the owner of the background task.
    """
    from esign_desktop.store.files.customer_file import read_customer
    from esign_desktop.ui.resources import resource_path

    reference = reference_in(data)

    def refuse(error: AppError) -> None:
        on_refused(error)
        answer(answer_line(refusal(error), reference))

    def take(customer: HandedCustomer) -> None:
        if workspace.is_counter_open:
            workspace.counter.take_customer(customer, lambda found: answer(answer_line(found, reference)))
        else:
            refuse(InputError("handover.no_counter"))

    # On a worker thread, because reading the schema takes a moment.
    reading = partial(read_customer, data, resource_path("customer.schema.json"))
    workspace.tasks.start(reading, owner=owner, on_done=take, on_error=refuse)


def no_answer() -> AppError:
    """Return the error to report if the running instance received a customer but did not answer in time."""
    return InputError("handover.no_answer")


def reference_in(data: bytes) -> str:
    """Return the reference in a customer's data, or an empty string if the data contains none."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return ""
    reference = found.get("reference", "") if isinstance(found, dict) else ""
    return reference if isinstance(reference, str) else ""
