"""Answer one question about a file in a sandboxed process. The process is killed if it takes too long.

Answers are JSON, because data derived from an untrusted file must not be unpickled.
"""

from __future__ import annotations

import math
import os
import pickle
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from io import BufferedReader
from typing import TYPE_CHECKING, Any, BinaryIO, Final, TypeVar

from esign_desktop.domain.errors import PdfError
from esign_desktop.pdf import wire
from esign_desktop.pdf.channel import ChildEnd, PipeChannel
from esign_desktop.pdf.isolated.process_limits import (
    forbid_file_writes,
    limit_cpu_time,
    limit_memory,
    load_encodings,
    set_alarm,
    silence_output,
)
from esign_desktop.pdf.isolated.start import start_child
from esign_desktop.pdf.limits import ADDRESS_SPACE_BYTES, MAX_ANSWER_BYTES
from esign_desktop.pdf.walls.lockdown import lock_down

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

T = TypeVar("T")

LIMIT_S: Final = 30.0
_END_S: Final = 2.0
_ORPHAN_MARGIN_S: Final = 2.0
_LOOK_ROUND_S: Final = 0.05
"""The interval at which a waiting caller is asked whether it was cancelled."""
_TARGET: Final = "esign_desktop.pdf.isolated.run:answer"


def read_isolated(
    name: str,
    path: Path,
    read: Callable[..., object],
    *values: object,
    load: Callable[..., tuple[object, ...]],
    answer: type[T],
    most_bytes: int,
    limit_s: float = LIMIT_S,
    is_sound: Callable[[T], bool] = lambda _answer: True,
) -> T:
    """Run ``read(file, *load(*values))`` in a sandboxed process, and return the result as an instance of ``answer``.

    This call blocks. ``load`` imports the modules that ``read`` needs, before the file is read. ``read`` and ``load``
    must be module-level functions. Raises the PdfError that ``read`` raises, or PdfError ``document.missing``,
    ``pdf.too_slow``, ``pdf.memory`` or ``pdf.worker_died``. PdfError ``pdf.worker_died`` is also raised if the answer
    has another type or if ``is_sound`` rejects the answer.
    """
    found = [
        *run_isolated(
            name, _read, read, load, str(path), *values, limit_s=limit_s, most_bytes=most_bytes, prepare=open_and_load
        )
    ]
    if len(found) != 1:
        raise PdfError("pdf.worker_died", f"{len(found)} answers", retryable=True)
    try:
        value = wire.read(found[0], answer)
        if not is_sound(value):
            raise wire.BadAnswer(name)
        return value
    except wire.BadAnswer as error:
        raise PdfError("pdf.worker_died", type(error).__name__, retryable=True) from None


def open_and_load(
    read: Callable[..., object], load: Callable[..., tuple[object, ...]], path: str, *values: object
) -> tuple[object, ...]:
    """Open the file and call ``load`` in the child process, before the process is sandboxed.

    Raises PdfError ``document.missing``.
    """
    wire.load()
    loaded = load(*values)
    try:
        file = open(path, "rb")  # noqa: PTH123, SIM115  closed when the process ends
    except OSError as error:
        raise PdfError("document.missing", type(error).__name__) from error
    return read, file, *loaded


def _read(read: Callable[..., object], file: BinaryIO, *values: object) -> object:
    """Read the file in the child."""
    return wire.write(read(file, *values))


def run_isolated(
    name: str,
    work: Callable[..., object],
    *values: object,
    limit_s: float,
    most_bytes: int,
    memory_bytes: int = ADDRESS_SPACE_BYTES,
    check_cancelled: Callable[[], None] | None = None,
    prepare: Callable[..., tuple[object, ...]] | None = None,
) -> Generator[Any, None, None]:
    """Run ``work(*values)`` in a new sandboxed process, and yield its JSON result in one or more pieces.

    This call blocks. ``work`` cannot open any file or import any module. ``prepare(*values)`` therefore imports and
    opens everything that ``work`` needs before the sandbox is active, without parsing the untrusted file. The result of
    ``prepare`` replaces ``values``. ``most_bytes`` limits the whole result, and MAX_ANSWER_BYTES limits each piece.
    ``check_cancelled`` is called many times a second. If it raises an exception, the process is ended and the exception
    propagates. Raises the PdfError that ``work`` raises, or PdfError ``pdf.too_slow``, ``pdf.memory`` or
    ``pdf.worker_died``.
    """
    ends_at_s = time.monotonic() + limit_s
    request = pickle.dumps((prepare, work, values, memory_bytes, limit_s + _ORPHAN_MARGIN_S))
    try:
        process = start_child(_TARGET)
    except OSError as error:
        raise PdfError("pdf.worker_died", f"{name}: {type(error).__name__}", retryable=True) from None
    assert process.stdin is not None  # noqa: S101  start_child made pipes
    assert process.stdout is not None  # noqa: S101
    longest = min(most_bytes, MAX_ANSWER_BYTES)
    channel = PipeChannel(process.stdin, process.stdout, longest_bytes=longest, most_bytes=most_bytes)
    try:
        channel.send(request, limit_s)
        while (answer := _received(channel, ends_at_s, most_bytes, check_cancelled)) is not None:
            yield answer[0]
    finally:
        process.kill()
        # A process that hangs in the kernel, for example on an unreachable share, ends later.
        with suppress(subprocess.TimeoutExpired):
            process.wait(_END_S)
            channel.close()


def _received(
    channel: PipeChannel, ends_at_s: float, most_bytes: int, check_cancelled: Callable[[], None] | None
) -> tuple[Any] | None:
    """Return the next piece of the result as a tuple of one item, or None at the end of the result."""
    try:
        while True:
            left_s = ends_at_s - time.monotonic()
            try:
                content = channel.receive(min(_LOOK_ROUND_S, left_s), most_bytes)
            except TimeoutError:
                if left_s <= 0:
                    raise PdfError("pdf.too_slow", "sandboxed process", retryable=True) from None
                continue
            finally:
                if check_cancelled is not None:
                    check_cancelled()
            break
        answer = wire.decode(content)
        wire.raise_error(answer)
        return None if "end" in answer else (answer["piece"],)
    except (EOFError, OSError, KeyError, wire.BadAnswer) as error:
        raise PdfError("pdf.worker_died", type(error).__name__, retryable=True) from None


def answer() -> None:
    """Execute the request and exit the process. This function is the child's entry point."""
    end = ChildEnd()
    silence_output()
    request, _ = end.receive()
    prepare, work, values, memory_bytes, life_s = pickle.loads(request)  # noqa: S301  sent by the parent
    limit_memory(memory_bytes)
    limit_cpu_time(math.ceil(life_s))
    set_alarm(life_s)
    with suppress(OSError):
        try:
            if prepare is not None:
                values = prepare(*values)
            load_encodings()
            forbid_file_writes()
            lock_down(
                {1, 2, *end.descriptors, *(value.fileno() for value in values if isinstance(value, BufferedReader))}
            )
            found = work(*values)
            for piece in found if isinstance(found, Iterator) else (found,):
                _send(end, {"piece": piece})
            _send(end, {"end": True})
        except PdfError as error:
            _send(end, wire.error_message(PdfError(error.code, error.detail)))
        except MemoryError:
            _send(end, wire.error_message(PdfError("pdf.memory")))
        except Exception as error:  # noqa: BLE001  the file is untrusted: only the exception's type may be reported
            _send(end, wire.error_message(PdfError("pdf.worker_died", type(error).__name__)))
    # There is nothing to clean up.
    os._exit(0)


def _send(end: ChildEnd, answer: dict[str, object]) -> None:
    import json

    end.send(json.dumps(answer).encode("ascii"))
