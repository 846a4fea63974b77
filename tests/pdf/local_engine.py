"""A PdfEngine within this process, for tests: nothing protects it from a file that hangs."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import uuid4

from esign_desktop.atomic_files import atomic_target
from esign_desktop.domain.document import Pixels, PreflightFacts
from esign_desktop.domain.errors import PdfError
from esign_desktop.pdf.engine import CopyProgress, OpenedPdf, PdfHandle, RenderRequest, check_hit_count
from esign_desktop.pdf.files import open_target, write_failures
from esign_desktop.pdf.form_fields import drawn_fields, require_glyphs
from esign_desktop.pdf.isolated.forms import load, read_form_fields
from esign_desktop.pdf.isolated.recognition import recognise_pages
from esign_desktop.pdf.limits import Limits
from esign_desktop.pdf.pixel_grid import BYTES_PER_PIXEL, pixel_rect
from esign_desktop.pdf.text.folding import fold
from esign_desktop.pdf.text.index import DIGESTED_PAGES, TextIndex
from esign_desktop.pdf.text.recognised import NO_WORDS
from esign_desktop.pdf.worker.document import shrink_store
from esign_desktop.pdf.worker.jobs import Jobs
from esign_desktop.pdf.worker.preflight import facts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from esign_desktop.domain.blanks import Blank
    from esign_desktop.domain.contract.fingerprint import PageDigest
    from esign_desktop.domain.doubts.paper import PaperPage
    from esign_desktop.domain.forms import PdfFormField
    from esign_desktop.domain.geometry import PageFrame, PageRect
    from esign_desktop.domain.placing.anchors import PageLabel
    from esign_desktop.domain.placing.placement import KeywordHit
    from esign_desktop.domain.proposal import Proposal
    from esign_desktop.domain.templates import TemplateField
    from esign_desktop.pdf.text.recognised import PagesOfWords, RecognisedPage


class LocalEngine:
    """Implements PdfEngine by doing the child's jobs here."""

    def __init__(self) -> None:
        self.jobs = Jobs()
        self._limits = Limits()
        self._opened: dict[PdfHandle, tuple[OpenedPdf, str | None, TextIndex]] = {}
        self._paths: dict[PdfHandle, Path] = {}

    def open(self, path: Path, *, password: str | None = None) -> OpenedPdf:
        return self.complete(self.open_quickly(path, password=password))

    def open_quickly(self, path: Path, *, password: str | None = None) -> OpenedPdf:
        handle = PdfHandle(uuid4().hex)
        found = self.jobs.open(handle, path, password=password)
        facts = PreflightFacts(facts_are_partial=True)
        opened = OpenedPdf(handle, found.frames(), facts, found.state.size_bytes, found.state.sha256)
        self._opened[handle] = opened, password, TextIndex(len(opened.pages))
        self._paths[handle] = path
        return opened

    def complete(self, opened: OpenedPdf) -> OpenedPdf:
        with_text = self._index(opened.handle, self._limits.facts_budget_s).text_flags()
        structure = self.jobs.structure(opened.handle)
        facts = facts_of(structure, with_text, page_count=len(opened.pages), looked_at=len(with_text))
        return replace(opened, facts=facts, sha256=self.sha256(opened.handle))

    def sha256(self, handle: PdfHandle) -> str:
        while not (known := self.jobs.known_sum(handle)):
            time.sleep(0.001)
        return known

    def render(self, request: RenderRequest) -> Pixels:
        rect = pixel_rect(
            self._frames(request.handle, request.page_number)[request.page_number - 1],
            request.pixels_per_point,
            request.clip,
            page_number=request.page_number,
            most_pixels=self._limits.tile_pixels,
        )
        data = memoryview(bytearray(rect.size_bytes))
        self.jobs.draw(request.handle, request.page_number, request.pixels_per_point, rect, data)
        stride_bytes = rect.width_px * BYTES_PER_PIXEL
        return Pixels(rect.width_px, rect.height_px, stride_bytes, data, rect.left_px, rect.top_px)

    def count(self, handle: PdfHandle, keyword: str) -> tuple[int, ...]:
        counts = self._index(handle, math.inf).counts(fold(keyword))
        return tuple(
            len(self.find_on_pages(handle, keyword, [number])) if count is None else count
            for number, count in enumerate(counts, 1)
        )

    def find(
        self,
        handle: PdfHandle,
        keyword: str,
        *,
        near_page: int | None = None,
    ) -> tuple[KeywordHit, ...]:
        counts = self._index(handle, math.inf).counts(fold(keyword))
        return self.find_on_pages(handle, keyword, [number for number, count in enumerate(counts, 1) if count != 0])

    def find_on_pages(self, handle: PdfHandle, keyword: str, page_numbers: Sequence[int]) -> tuple[KeywordHit, ...]:
        self._frames(handle, *page_numbers)
        hits, _ = self.jobs.find(handle, keyword, page_numbers, math.inf)
        check_hit_count(len(hits))
        return hits

    def text_lines(self, handle: PdfHandle, page_number: int) -> tuple[PageRect, ...]:
        return self.jobs.text_lines(handle, page_number)

    def labels(self, handle: PdfHandle, page_number: int, words: PagesOfWords = NO_WORDS) -> tuple[PageLabel, ...]:
        return self.jobs.labels(handle, page_number, words)

    def blanks(self, handle: PdfHandle, page_number: int) -> tuple[Blank, ...]:
        return self.jobs.blanks(handle, page_number)

    def text_digests(self, handle: PdfHandle) -> tuple[PageDigest, ...]:
        found: tuple[PageDigest, ...] = ()
        while len(found) < min(len(self._frames(handle)), DIGESTED_PAGES):
            found += self.jobs.text_digests(handle, len(found), self._limits.find_step_budget_s)
        return found

    def recognise(
        self, handle: PdfHandle, page_numbers: Sequence[int], check_cancelled: Callable[[], None] | None = None
    ) -> Iterator[RecognisedPage]:
        self._frames(handle, *page_numbers)
        path, password = self._paths[handle], self._opened[handle][1]
        return recognise_pages(path, page_numbers, password=password, check_cancelled=check_cancelled)

    def propose(self, handle: PdfHandle, words: PagesOfWords = NO_WORDS) -> Proposal:
        return self.jobs.propose(handle, words)

    def page_texts(self, handle: PdfHandle) -> tuple[PaperPage, ...]:
        return self._index(handle, math.inf).pages()

    def normalise(self, handle: PdfHandle, target: Path, on_progress: CopyProgress | None = None) -> OpenedPdf:
        _, password, _ = self._opened[handle]
        with write_failures(), atomic_target(target) as aside:
            with open_target(aside) as descriptor:
                self.jobs.write_copy(handle, descriptor)
            copy = self.open_quickly(aside, password=password)
            next_index = 0
            try:
                while next_index < len(copy.pages):
                    if on_progress is not None:
                        on_progress(next_index, len(copy.pages))
                    next_index = self.jobs.compare(handle, copy.handle, next_index, 0.0)
            finally:
                self.close(copy.handle)
        return self.open(target, password=password)

    def write_pages(self, handle: PdfHandle, page_numbers: Sequence[int], target: Path) -> OpenedPdf:
        numbers = list(page_numbers)
        with write_failures(), atomic_target(target) as aside:
            with open_target(aside) as descriptor:
                self.jobs.write_pages(handle, numbers, descriptor)
            copy = self.open_quickly(aside)
            next_index = 0
            try:
                while next_index < len(copy.pages):
                    next_index = self.jobs.compare(handle, copy.handle, next_index, 0.0, numbers)
            finally:
                self.close(copy.handle)
        return self.open(target)

    def write_original(self, handle: PdfHandle, target: Path) -> None:
        with write_failures(), atomic_target(target) as aside, open_target(aside) as descriptor:
            self.jobs.write_original(handle, descriptor)

    def write_form(self, handle: PdfHandle, fields: Sequence[TemplateField], target: Path) -> OpenedPdf:
        _, password, _ = self._opened[handle]
        with write_failures(), atomic_target(target) as aside:
            with open_target(aside) as descriptor:
                missing = self.jobs.write_form(handle, drawn_fields(fields), descriptor)
            require_glyphs(missing, len(fields))
        return self.open(target, password=password)

    def close(self, handle: PdfHandle) -> None:
        self._opened.pop(handle, None)
        self.jobs.close(handle)

    def stop(self) -> None:
        for handle in tuple(self._opened):
            self.close(handle)
        shrink_store()

    def _index(self, handle: PdfHandle, budget_s: float) -> TextIndex:
        self._frames(handle)
        index = self._opened[handle][2]
        ends_at_s = time.monotonic() + budget_s
        while (left_s := ends_at_s - time.monotonic()) > 0 and (chunk := index.take()) is not None:
            index.put(chunk, self.jobs.read_pages(handle, chunk.page_indices, left_s, carefully=chunk.careful))
        return index

    def _frames(self, handle: PdfHandle, *page_numbers: int) -> tuple[PageFrame, ...]:
        if handle not in self._opened:
            raise PdfError("pdf.closed")
        frames = self._opened[handle][0].pages
        for number in page_numbers:
            if not 1 <= number <= len(frames):
                raise PdfError("pdf.page_failed", "no such page", page_number=number)
        return frames


def local_form_fields(path: Path) -> tuple[PdfFormField, ...]:
    """Return the same as ``list_form_fields``, which starts a process for each file. Raises PdfError."""
    load()
    try:
        with path.open("rb") as file:
            return read_form_fields(file)
    except OSError as error:
        raise PdfError("document.missing", type(error).__name__) from error
