"""The child process: takes one request after the other from its pipe until the parent closes it.

It is started with a clean main module, imports neither Qt nor the application, prints nothing, and ends itself when a
job takes much longer than the parent would ever wait, so that an orphan can't run for ever.
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
from esign_desktop.pdf.engine import PdfHandle
from esign_desktop.pdf.memory import resident_bytes
from esign_desktop.pdf.own_limits import be_quiet, limit_memory, set_alarm
from esign_desktop.pdf.pixel_grid import PixelRect
from esign_desktop.pdf.segment import AttachedSegments
from esign_desktop.pdf.text_digest import digests_message
from esign_desktop.pdf.untrusted import decode

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from esign_desktop.pdf.limits import Limits
    from esign_desktop.pdf.local_engine import LocalEngine

ORPHAN_MARGIN_S: Final = 2.0
IDLE_S: Final = 2.0
"""After this time without work the caches are dropped..."""
SMALL_BYTES: Final = 64 * 1024 * 1024
"""... unless the process is small: the next document would be drawn later for it."""


def serve(connection: Connection, limits: Limits) -> None:
    """Work until the pipe ends; the target of the process.

    The parent imports this module too, to name this function, but never the library behind it.
    """
    from esign_desktop.pdf.library import forget_warnings
    from esign_desktop.pdf.local_engine import LocalEngine
    from esign_desktop.pdf.mupdf import limit_store

    be_quiet()
    limit_memory(limits.address_space_bytes)
    # Ctrl+C in a terminal reaches the whole group: the parent decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    limit_store(limits.store_bytes)
    engine = LocalEngine(limits)
    desk = Desk(engine)
    # The modules stay; without them collections are quick.
    gc.freeze()
    with suppress(EOFError, OSError):
        connection.send_bytes(wire.encode({"ready": os.getpid()}))
        while True:
            if not connection.poll(IDLE_S) and resident_bytes() > SMALL_BYTES:
                engine.rest()
            request = decode(connection.recv_bytes())
            set_alarm(float(request["limit_s"]) + ORPHAN_MARGIN_S)
            answer = desk.answer(request)
            forget_warnings()
            answer["memory_bytes"] = resident_bytes()
            if answer["memory_bytes"] > limits.child_memory_bytes:
                engine.rest()
                answer["memory_bytes"] = resident_bytes()
            set_alarm(0)
            connection.send_bytes(wire.encode(answer))
    desk.clear()


class Desk:
    """Does what a request says, and answers."""

    def __init__(self, engine: LocalEngine) -> None:
        self._engine = engine
        self._segments = AttachedSegments()
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

    def answer(self, request: wire.Message) -> wire.Message:
        try:
            answer: wire.Message = self._jobs[request["job"]](request)
        except PdfError as error:
            answer = wire.error_message(error)
        except MemoryError:
            answer = wire.error_message(PdfError("pdf.memory", "MemoryError"))
        except Exception as error:  # noqa: BLE001  a mistake here must not end a child that others need
            answer = wire.error_message(PdfError("pdf.page_failed", type(error).__name__))
        return answer

    def clear(self) -> None:
        self._engine.stop()
        self._segments.release()

    def _open(self, request: wire.Message) -> wire.Message:
        expected = request["expected"]
        return wire.opened_message(
            *self._engine.open_frames(
                _handle(request),
                Path(request["path"]),
                password=request["password"],
                expected=None if expected is None else wire.read_state(expected),
            )
        )

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
        self._engine.draw(
            _handle(request),
            request["page_number"],
            request["pixels_per_point"],
            PixelRect(*request["rect"]),
            self._segments.buffer(request["segment"]),
        )
        return {}

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
        self._engine.write_copy(_handle(request), Path(request["target"]))
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
