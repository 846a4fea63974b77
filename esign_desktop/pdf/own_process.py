"""Asks one question about a file in a process of its own, which is ended when it takes too long.

Answers are JSON: what comes back from a file of anybody's is not to be unpickled.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from esign_desktop.domain.errors import PdfError
from esign_desktop.pdf.bounds import ADDRESS_SPACE_BYTES
from esign_desktop.pdf.child_process import _start_with_clean_main, remaining
from esign_desktop.pdf.own_limits import be_quiet, limit_memory, set_alarm

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from multiprocessing.connection import Connection

LIMIT_S: Final = 30.0
_END_S: Final = 2.0
_ORPHAN_MARGIN_S: Final = 2.0
_LOOK_ROUND_S: Final = 0.05
"""How often somebody who waits is asked whether they still want to."""


def ask_apart(name: str, work: Callable[..., object], *values: object, limit_s: float, most_bytes: int) -> Any:
    """Return what ``work(*values)`` returned in a new process; it must be JSON, and ``work`` a module's function.

    Blocks. Raises PdfError: that of ``work``, ``pdf.too_slow``, ``pdf.memory`` or ``pdf.worker_died``.
    """
    found = [*pieces_apart(name, work, *values, limit_s=limit_s, most_bytes=most_bytes)]
    if len(found) != 1:
        raise PdfError("pdf.worker_died", f"{len(found)} answers", retryable=True)
    return found[0]


def pieces_apart(
    name: str,
    work: Callable[..., object],
    *values: object,
    limit_s: float,
    most_bytes: int,
    memory_bytes: int = ADDRESS_SPACE_BYTES,
    keep_on: Callable[[], None] | None = None,
) -> Generator[Any, None, None]:
    """Yield what the iterator ``work(*values)`` yields in a new process, as it comes; see ``ask_apart``.

    ``most_bytes`` is for all of it. ``keep_on`` is called many times a second; what it raises ends the process.
    """
    ends_at_s = time.monotonic() + limit_s
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    arguments = (theirs, work, values, memory_bytes, limit_s + _ORPHAN_MARGIN_S)
    process = context.Process(target=_answer, args=arguments, name=name, daemon=True)
    try:
        _start_with_clean_main(process)
        theirs.close()
        while (answer := _received(ours, ends_at_s, most_bytes, keep_on)) is not None:
            message, size_bytes = answer
            most_bytes -= size_bytes
            yield message
    finally:
        ours.close()
        if process.pid is not None:
            process.kill()
            process.join(_END_S)
        process.close()


def _received(
    ours: Connection, ends_at_s: float, most_bytes: int, keep_on: Callable[[], None] | None
) -> tuple[Any, int] | None:
    """Return the next piece and its size; None when there is no more."""
    import json

    try:
        while not ours.poll(min(_LOOK_ROUND_S, remaining(ends_at_s))):
            if keep_on is not None:
                keep_on()
            if not remaining(ends_at_s):
                raise PdfError("pdf.too_slow", "in a process of its own", retryable=True)
        if keep_on is not None:
            keep_on()
        content = ours.recv_bytes(max(0, most_bytes))
        answer = json.loads(content)
        if "code" in answer:
            raise PdfError(str(answer["code"]), str(answer["detail"]))
        return None if "end" in answer else (answer["piece"], len(content))
    except (EOFError, OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise PdfError("pdf.worker_died", type(error).__name__, retryable=True) from None


def _answer(
    connection: Connection, work: Callable[..., object], values: tuple[object, ...], memory_bytes: int, life_s: float
) -> None:
    """Run in the child."""
    be_quiet()
    limit_memory(memory_bytes)
    set_alarm(life_s)
    try:
        found = work(*values)
        for piece in found if isinstance(found, Iterator) else (found,):
            _send(connection, {"piece": piece})
        _send(connection, {"end": True})
    except PdfError as error:
        _send(connection, {"code": error.code, "detail": error.detail})
    except MemoryError:
        _send(connection, {"code": "pdf.memory", "detail": ""})
    connection.close()


def _send(connection: Connection, answer: dict[str, object]) -> None:
    import json

    connection.send_bytes(json.dumps(answer).encode("ascii"))
