"""The child process: takes one request after the other from its pipe until the parent closes it.

It imports neither Qt nor the application, prints nothing, and is locked in before it sees the first file: it gets files
open, and pixels in memory that the parent made. It ends itself when a job takes much longer than the parent would ever
wait, so that an orphan can't run for ever.
"""

from __future__ import annotations

import gc
import os
import signal
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from esign_desktop.domain.errors import PdfError
from esign_desktop.pdf import wire
from esign_desktop.pdf.channel import ChildEnd
from esign_desktop.pdf.client.segments import AttachedSegments
from esign_desktop.pdf.engine import PdfHandle
from esign_desktop.pdf.files import SourceFile, open_target
from esign_desktop.pdf.isolated.process_limits import (
    be_quiet,
    limit_files,
    limit_memory,
    limit_work,
    set_alarm,
)
from esign_desktop.pdf.isolated.warm_up import load_encodings, load_modules
from esign_desktop.pdf.limits import Limits
from esign_desktop.pdf.pixel_grid import PixelRect
from esign_desktop.pdf.text.digest import digests_message
from esign_desktop.pdf.untrusted import decode
from esign_desktop.pdf.walls.lockdown import lock_down
from esign_desktop.pdf.worker.memory import OwnMemory

if TYPE_CHECKING:
    from collections.abc import Sequence

    from esign_desktop.pdf.worker.local_engine import LocalEngine

ORPHAN_MARGIN_S: Final = 2.0
_MODULES: Final = ("hashlib", "orjson")
_ENCODINGS: Final = (
    "ascii",
    "latin-1",
    "utf-32-le",
    "utf-16",
    "utf-16-be",
    "utf-16-le",
    "raw_unicode_escape",
    "unicode_escape",
)
"""What is loaded later where nothing is locked in."""
LIFE_CPU_S: Final = 6 * 3600
"""Of computing; then it is replaced as one that was killed. One that was taken over can't compute for ever."""
LONGEST_COPY_BYTES: Final = 2 * 1024**3
"""No upright copy is longer; a child that was taken over fills no disk with one."""
IDLE_S: Final = 2.0
"""After this time without work the caches are dropped..."""
SMALL_BYTES: Final = 64 * 1024 * 1024
"""... unless the process is small: the next document would be drawn later for it."""


def serve() -> None:
    """Work until the pipe ends; the child's whole life."""
    from esign_desktop.pdf.worker.document import limit_store
    from esign_desktop.pdf.worker.library import forget_warnings
    from esign_desktop.pdf.worker.local_engine import LocalEngine

    end, memory = ChildEnd(), OwnMemory()
    be_quiet()
    # Ctrl+C in a terminal reaches the whole group: the parent decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    load_modules(_MODULES)
    load_encodings(_ENCODINGS)
    with suppress(EOFError, OSError):
        data, _ = end.receive()
        limits = Limits(**decode(data)["limits"])
        limit_memory(limits.address_space_bytes)
        limit_work(LIFE_CPU_S)
        limit_files(LONGEST_COPY_BYTES)
        limit_store(limits.store_bytes)
        engine = LocalEngine(limits)
        desk = Desk(engine)
        # The modules stay; without them collections are quick.
        gc.freeze()
        walls = lock_down({1, 2, memory.descriptor, *end.descriptors})
        end.send(wire.encode({"ready": os.getpid(), "walls": walls}))
        while True:
            if not end.wait(IDLE_S) and memory.resident_bytes() > SMALL_BYTES:
                engine.rest()
            data, files = end.receive()
            request = decode(data)
            set_alarm(float(request["limit_s"]) + ORPHAN_MARGIN_S)
            answer = desk.answer(request, files)
            forget_warnings()
            answer["memory_bytes"] = memory.resident_bytes()
            if answer["memory_bytes"] > limits.child_memory_bytes:
                engine.rest()
                answer["memory_bytes"] = memory.resident_bytes()
            set_alarm(0)
            end.send(wire.encode(answer))
            if desk.pixels is not None:
                end.send(desk.pixels)
    # Nothing is left to be put in order.
    os._exit(0)


class Desk:
    """Does what a request says, and answers."""

    def __init__(self, engine: LocalEngine) -> None:
        self._engine = engine
        self._segments = AttachedSegments()
        self._files: list[int] = []
        self.pixels: memoryview | None = None
        """What is to be sent after the answer, where memory can't be shared."""
        self._jobs = {
            "open": self._open,
            "structure": self._structure,
            "sum": self._sum,
            "read": self._read,
            "render": self._render,
            "find": self._find,
            "text_lines": self._text_lines,
            "text_digests": self._text_digests,
            "write_copy": self._write_copy,
            "compare": self._compare,
            "links_and_fields": self._links_and_fields,
            "close": self._close,
        }

    def answer(self, request: wire.Message, files: Sequence[int] = ()) -> wire.Message:
        self.pixels = None
        self._files = list(files)
        try:
            answer: wire.Message = self._jobs[request["job"]](request)
        except PdfError as error:
            answer = wire.error_message(error)
        except MemoryError:
            answer = wire.error_message(PdfError("pdf.memory", "MemoryError"))
        except Exception as error:  # noqa: BLE001  a mistake here must not end a child that others need
            answer = wire.error_message(PdfError("pdf.page_failed", type(error).__name__))
        finally:
            for descriptor in self._files:
                os.close(descriptor)
        if "error" in answer:
            self.pixels = None
        return answer

    def _open(self, request: wire.Message) -> wire.Message:
        expected = request["expected"]
        return wire.opened_message(
            *self._engine.open_frames(
                _handle(request),
                self._source(request),
                password=request["password"],
                expected=None if expected is None else wire.read_state(expected),
            )
        )

    def _source(self, request: wire.Message) -> Path | SourceFile:
        if "path" in request:
            return Path(request["path"])
        return SourceFile(self._files.pop(), request["size_bytes"], request["modified_ns"])

    def _structure(self, request: wire.Message) -> wire.Message:
        return wire.structure_message(self._engine.structure(_handle(request)))

    def _sum(self, request: wire.Message) -> wire.Message:
        return {"sha256": self._engine.known_sum(_handle(request))}

    def _read(self, request: wire.Message) -> wire.Message:
        return wire.texts_message(
            self._engine.read_pages(
                _handle(request), request["page_indices"], request["budget_s"], carefully=request["carefully"]
            )
        )

    def _render(self, request: wire.Message) -> wire.Message:
        rect = PixelRect(*request["rect"])
        self._engine.draw(
            _handle(request), request["page_number"], request["pixels_per_point"], rect, self._canvas(request, rect)
        )
        return {}

    def _canvas(self, request: wire.Message, rect: PixelRect) -> memoryview:
        if "segment" not in request:
            self.pixels = memoryview(bytearray(rect.size_bytes))
            return self.pixels
        for number in request["dropped"]:
            self._segments.detach(number)
        descriptor = self._files.pop() if self._files else None
        return self._segments.attach(request["segment"], request["segment_bytes"], descriptor)

    def _find(self, request: wire.Message) -> wire.Message:
        return wire.hits_message(
            *self._engine.find_some(_handle(request), request["keyword"], request["page_numbers"], request["budget_s"])
        )

    def _text_lines(self, request: wire.Message) -> wire.Message:
        return wire.rects_message(self._engine.text_lines(_handle(request), request["page_number"]))

    def _text_digests(self, request: wire.Message) -> wire.Message:
        return digests_message(
            self._engine.text_digests_from(_handle(request), request["first_index"], request["budget_s"])
        )

    def _write_copy(self, request: wire.Message) -> wire.Message:
        if "target" in request:
            with open_target(Path(request["target"])) as descriptor:
                self._engine.write_copy(_handle(request), descriptor)
        else:
            self._engine.write_copy(_handle(request), self._files[0])
        return {}

    def _compare(self, request: wire.Message) -> wire.Message:
        copy = PdfHandle(request["copy"])
        return {
            "next_index": self._engine.compare_from(_handle(request), copy, request["first_index"], request["budget_s"])
        }

    def _links_and_fields(self, request: wire.Message) -> wire.Message:
        links, fields = self._engine.list_links_and_fields(_handle(request), request["page_number"])
        return {"links": links, "fields": fields}

    def _close(self, request: wire.Message) -> wire.Message:
        self._engine.close(_handle(request))
        return {}


def _handle(request: dict[str, Any]) -> PdfHandle:
    return PdfHandle(request["handle"])
