"""Asks one question about a file in a process of its own, which is ended when it takes too long.

Answers are JSON: what comes back from a file of anybody's is not to be unpickled.
"""

from __future__ import annotations

import multiprocessing
from typing import TYPE_CHECKING, Any, Final

from esign_desktop.domain.errors import PdfError
from esign_desktop.pdf.child_process import _start_with_clean_main

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

LIMIT_S: Final = 30.0
_END_S: Final = 2.0


def ask_apart(name: str, work: Callable[..., object], *values: object, limit_s: float, most_bytes: int) -> Any:
    """Return what ``work(*values)`` returned in a new process; it must be JSON, and ``work`` a module's function.

    Blocks. Raises PdfError: that of ``work``, ``pdf.too_slow`` or ``pdf.worker_died``.
    """
    import json

    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_answer, args=(theirs, work, values), name=name, daemon=True)
    _start_with_clean_main(process)
    theirs.close()
    try:
        if not ours.poll(limit_s):
            raise PdfError("pdf.too_slow", f"after {limit_s:g} s", retryable=True)
        answer = json.loads(ours.recv_bytes(most_bytes))
        if "code" in answer:
            raise PdfError(str(answer["code"]), str(answer["detail"]))
        return answer["found"]
    except (EOFError, OSError, ValueError, KeyError, TypeError) as error:
        raise PdfError("pdf.worker_died", type(error).__name__, retryable=True) from None
    finally:
        ours.close()
        process.kill()
        process.join(_END_S)
        process.close()


def _answer(connection: Connection, work: Callable[..., object], values: tuple[object, ...]) -> None:
    import json

    answer: dict[str, object]
    try:
        answer = {"found": work(*values)}
    except PdfError as error:
        answer = {"code": error.code, "detail": error.detail}
    connection.send_bytes(json.dumps(answer).encode("ascii"))
    connection.close()
