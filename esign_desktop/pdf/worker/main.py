"""Execute the requests that arrive through a pipe, in a child process, until the parent closes the pipe.

The process imports neither Qt nor the application, and prints nothing. It is sandboxed before it receives the first
file. Files arrive as open descriptors, and pixels are written into memory that the parent created. If a job takes much
longer than the parent would wait, the process ends itself. An orphaned process therefore cannot run forever.
"""

from __future__ import annotations

import gc
import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from esign_desktop.domain.errors import PdfError
from esign_desktop.pdf import wire
from esign_desktop.pdf.channel import ChildEnd
from esign_desktop.pdf.client.segments import AttachedSegments
from esign_desktop.pdf.files import FileState, SourceFile, open_target
from esign_desktop.pdf.form_fields import DrawnField
from esign_desktop.pdf.isolated.process_limits import (
    limit_cpu_time,
    limit_file_size,
    limit_memory,
    load_encodings,
    load_modules,
    set_alarm,
    silence_output,
)
from esign_desktop.pdf.limits import Limits
from esign_desktop.pdf.pixel_grid import PixelRect
from esign_desktop.pdf.text.recognised import RecognisedPage, Word
from esign_desktop.pdf.walls.lockdown import lock_down
from esign_desktop.pdf.worker.memory import ProcessMemory

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from esign_desktop.domain.placing.anchors import PageLabel
    from esign_desktop.domain.proposal import Proposal
    from esign_desktop.pdf.engine import PdfHandle
    from esign_desktop.pdf.worker.jobs import Jobs

ORPHAN_MARGIN_S: Final = 2.0
_MODULES: Final = ("hashlib", "orjson")
_ENCODINGS: Final = (
    "ascii",
    "latin-1",
    "utf-32-le",
    "utf-16",
    "utf-16-be",
    "utf-16-le",
    "gbk",
    "raw_unicode_escape",
    "unicode_escape",
)
"""The encodings that Python would otherwise load later, when no file can be opened."""
LIFE_CPU_S: Final = 6 * 3600
"""The limit of CPU time, after which the child is replaced as if it had crashed, so that it cannot run forever."""
LONGEST_COPY_BYTES: Final = 2 * 1024**3
"""The largest size of an upright copy, which keeps a compromised child from filling the disk."""
IDLE_S: Final = 2.0
"""The idle time after which the caches are dropped."""
SMALL_BYTES: Final = 64 * 1024 * 1024
"""A process smaller than this keeps its caches, because dropping them would slow down the next document."""
GLYPHS_BETWEEN_COLLECTIONS: Final = 50_000
"""About ten pages of text. With Python's default, garbage collection would take a third of the reading time."""


HASHING_THREADS: Final = 4
"""The number of threads that compute digests of documents."""


def serve() -> None:
    """Execute requests until the pipe is closed, then exit the process."""
    from esign_desktop.pdf.worker.document import limit_store
    from esign_desktop.pdf.worker.jobs import Jobs
    from esign_desktop.pdf.worker.library import forget_warnings

    end, memory = ChildEnd(), ProcessMemory()
    silence_output()
    # Ctrl+C in a terminal reaches the whole process group; the parent decides what to do.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    load_modules(_MODULES)
    load_encodings(_ENCODINGS)
    wire.load()
    with suppress(EOFError, OSError):
        data, _ = end.receive()
        limits = Limits(**wire.decode(data)["limits"])
        limit_memory(limits.address_space_bytes)
        limit_cpu_time(LIFE_CPU_S)
        limit_file_size(LONGEST_COPY_BYTES)
        limit_store(limits.store_bytes)
        hashing = ThreadPoolExecutor(HASHING_THREADS, "sum")
        jobs = Jobs(hashing.submit)
        dispatcher = RequestDispatcher(jobs)
        # Freezing the imported modules keeps garbage collections short.
        gc.freeze()
        gc.set_threshold(GLYPHS_BETWEEN_COLLECTIONS)
        walls = lock_down({1, 2, memory.descriptor, *end.descriptors}, partial(_start_threads, hashing))
        end.send(wire.encode({"ready": os.getpid(), "walls": walls}))
        while True:
            if not end.wait(IDLE_S) and memory.resident_bytes() > SMALL_BYTES:
                jobs.release_caches()
            data, files = end.receive()
            request = wire.decode(data)
            set_alarm(float(request["limit_s"]) + ORPHAN_MARGIN_S)
            answer = dispatcher.answer(request, files)
            forget_warnings()
            answer["memory_bytes"] = memory.resident_bytes()
            if answer["memory_bytes"] > limits.child_memory_bytes:
                jobs.release_caches()
                answer["memory_bytes"] = memory.resident_bytes()
            set_alarm(0)
            end.send(wire.encode(answer))
            if dispatcher.pixels is not None:
                end.send(dispatcher.pixels)
    # There is nothing to clean up.
    os._exit(0)


def _start_threads(pool: ThreadPoolExecutor) -> None:
    """Start all threads of a pool, which would otherwise start them one by one when they are needed."""
    all_run = threading.Barrier(HASHING_THREADS + 1)
    for _ in range(HASHING_THREADS):
        pool.submit(all_run.wait)
    all_run.wait()


class RequestDispatcher:
    """Executes the job that a request names, and creates the answer to the request."""

    def __init__(self, jobs: Jobs) -> None:
        self._segments = AttachedSegments()
        self._files: list[int] = []
        self.pixels: memoryview | None = None
        """The pixels to send after the answer, where memory cannot be shared."""
        self._worker = jobs
        self._jobs: dict[str, Callable[..., object]] = {
            "open": self._open,
            "structure": jobs.structure,
            "known_sum": jobs.known_sum,
            "read_pages": jobs.read_pages,
            "draw": self._draw,
            "find": jobs.find,
            "text_lines": jobs.text_lines,
            "labels": self._labels,
            "blanks": jobs.blanks,
            "text_digests": jobs.text_digests,
            "propose": self._propose,
            "write_copy": partial(self._write_file, jobs.write_copy),
            "write_pages": self._write_pages,
            "write_original": partial(self._write_file, jobs.write_original),
            "write_form": self._write_form,
            "compare": jobs.compare,
            "links_and_fields": jobs.links_and_fields,
            "close": jobs.close,
        }

    def answer(self, request: wire.Message, files: Sequence[int] = ()) -> wire.Message:
        """Return a message that contains either ``value``, or ``error`` and its details.

        ``files`` are the descriptors that came with the request. This method closes them.
        """
        self.pixels = None
        self._files = list(files)
        try:
            return {"value": wire.write(self._jobs[request["job"]](**request["arguments"]))}
        except PdfError as error:
            failure = error
        except MemoryError:
            failure = PdfError("pdf.memory", "MemoryError")
        except Exception as error:  # noqa: BLE001  an error in one job must not end a child that other callers need
            failure = PdfError("pdf.page_failed", type(error).__name__)
        finally:
            for descriptor in self._files:
                os.close(descriptor)
        self.pixels = None
        return wire.error_message(failure)

    # Files arrive as open descriptors, or by name where descriptors cannot be passed.

    def _open(
        self, handle: PdfHandle, source: list[Any], password: str | None, expected: list[Any] | None
    ) -> wire.OpenedFile:
        file = SourceFile(self._files.pop(), *source) if self._files else Path(*source)
        state = None if expected is None else FileState(*expected)
        return self._worker.open(handle, file, password=password, expected=state)

    def _propose(self, handle: PdfHandle, pages: list[Any]) -> Proposal:
        return self._worker.propose(handle, _words_of(pages))

    def _labels(self, handle: PdfHandle, page_number: int, pages: list[Any]) -> tuple[PageLabel, ...]:
        return self._worker.labels(handle, page_number, _words_of(pages))

    def _write_file(
        self, write: Callable[[PdfHandle, int], None], handle: PdfHandle, target: str | None = None
    ) -> None:
        if target is None:
            write(handle, self._files[0])
        else:
            with open_target(Path(target)) as descriptor:
                write(handle, descriptor)

    def _write_pages(self, handle: PdfHandle, page_numbers: Sequence[int], target: str | None = None) -> None:
        def write(handle: PdfHandle, descriptor: int) -> None:
            self._worker.write_pages(handle, page_numbers, descriptor)

        self._write_file(write, handle, target)

    def _write_form(self, handle: PdfHandle, fields: list[Any], target: str | None = None) -> object:
        drawn = wire.read(fields, tuple[DrawnField, ...])
        if target is None:
            return self._worker.write_form(handle, drawn, self._files[0])
        with open_target(Path(target)) as descriptor:
            return self._worker.write_form(handle, drawn, descriptor)

    def _draw(
        self,
        handle: PdfHandle,
        page_number: int,
        pixels_per_point: float,
        rect: list[int],
        segment: tuple[int, int] | None = None,
        dropped: Sequence[int] = (),
    ) -> None:
        """Draw into the shared segment with this number and size, or into a buffer of this process."""
        box = PixelRect(*rect)
        for number in dropped:
            self._segments.detach(number)
        if segment is None:
            self.pixels = canvas = memoryview(bytearray(box.size_bytes))
        else:
            canvas = self._segments.attach(*segment, self._files.pop() if self._files else None)
        self._worker.draw(handle, page_number, pixels_per_point, box, canvas)


def _words_of(pages: list[Any]) -> dict[int, tuple[Word, ...]]:
    """Return the recognized words of a request by their page's number."""
    return {page.page_number: page.words for page in wire.read(pages, tuple[RecognisedPage, ...])}
