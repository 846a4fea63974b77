"""The application's implementation of PdfEngine. Files are parsed only in child processes, which can be killed."""

from __future__ import annotations

import os
import threading
import time
from collections import Counter, deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar
from uuid import uuid4

from esign_desktop.atomic_files import atomic_target
from esign_desktop.domain.contract.fingerprint import PageDigest
from esign_desktop.domain.document import Pixels, PreflightFacts
from esign_desktop.domain.errors import Cancelled, PdfError
from esign_desktop.domain.geometry import PageFrame, PageRect
from esign_desktop.domain.placing.anchors import PageLabel
from esign_desktop.domain.placing.placement import KeywordHit
from esign_desktop.domain.proposal import Proposal
from esign_desktop.pdf import wire
from esign_desktop.pdf.channel import HAS_DESCRIPTORS
from esign_desktop.pdf.client.background_reader import BackgroundReader
from esign_desktop.pdf.client.child import remaining
from esign_desktop.pdf.client.pool import ProcessPool, Urgency, WorkerRecycler
from esign_desktop.pdf.client.segments import SegmentPool
from esign_desktop.pdf.engine import CopyProgress, OpenedPdf, PdfHandle, RenderRequest, check_hit_count
from esign_desktop.pdf.files import FileState, open_source_within, open_target, write_failures
from esign_desktop.pdf.form_fields import MissingGlyphs, drawn_fields, require_glyphs
from esign_desktop.pdf.limits import MAX_KEYWORD_CHARACTERS, Limits
from esign_desktop.pdf.pixel_grid import BYTES_PER_PIXEL, PixelRect, pixel_rect
from esign_desktop.pdf.text.folding import fold
from esign_desktop.pdf.text.index import DIGESTED_PAGES, Chunk, PageText, TextIndex
from esign_desktop.pdf.text.recognised import NO_WORDS, PagesOfWords, RecognisedPage
from esign_desktop.pdf.worker.preflight import StructureFacts, facts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from esign_desktop.domain.blanks import Blank
    from esign_desktop.domain.doubts.paper import PaperPage
    from esign_desktop.domain.templates import TemplateField
    from esign_desktop.pdf.client.child import ChildProcess


T = TypeVar("T")
CHUNK_PAGES: Final = 16


PageStep: TypeAlias = "Callable[[Sequence[int], float], tuple[tuple[KeywordHit, ...], int]]"
"""Searches the first pages of a list within a time limit, and returns the matches and the number of pages searched."""


class PageSearch:
    """A keyword search of many pages, divided among several children. The pages are searched in the given order."""

    def __init__(self, page_numbers: Sequence[int], limit_s: float) -> None:
        self._order = {number: position for position, number in enumerate(page_numbers)}
        numbers = list(self._order)
        self._chunks = deque(numbers[start : start + CHUNK_PAGES] for start in range(0, len(numbers), CHUNK_PAGES))
        self._ends_at_s = time.monotonic() + limit_s
        self._hits: list[KeywordHit] = []
        self._lock = threading.Lock()

    def run(self, step: PageStep, worker_count: int) -> tuple[KeywordHit, ...]:
        """Search with at most ``worker_count`` concurrent steps, and return the matches in the order of the pages.

        If a step raises an exception, such as PdfError or Cancelled, the exception propagates. Incomplete results are
        never returned.
        """
        worker_count = min(worker_count, len(self._chunks))
        if worker_count:
            with ThreadPoolExecutor(worker_count, "pdf-search") as threads:
                for work in [threads.submit(self._work, step) for _ in range(worker_count)]:
                    work.result()
        return tuple(sorted(self._hits, key=lambda hit: self._order[hit.page_number]))

    def _work(self, step: PageStep) -> None:
        try:
            while (chunk := self._take()) is not None:
                more, done = step(chunk, remaining(self._ends_at_s))
                with self._lock:
                    if chunk[done:]:
                        self._chunks.appendleft(chunk[done:])
                    self._hits.extend(more)
                    check_hit_count(len(self._hits))
        except BaseException:
            with self._lock:
                self._chunks.clear()
            raise

    def _take(self) -> list[int] | None:
        with self._lock:
            if not self._chunks:
                return None
            if not remaining(self._ends_at_s):
                raise PdfError("pdf.too_slow", "find", retryable=True)
            return self._chunks.popleft()


MAX_CRASHES: Final = 2
"""A page that has crashed the child this many times is refused, so that it does not repeatedly delay all others."""

SUM_PAUSE_S: Final = 0.01


@dataclass(slots=True)
class _Record:
    """The data for opening a document again in another child. The password exists only in memory and in the pipe."""

    path: Path
    password: str | None = field(repr=False)
    state: FileState
    pages: tuple[PageFrame, ...]
    index: TextIndex
    crashes: dict[int, int] = field(default_factory=dict)


class ProcessEngine:
    """A PdfEngine that starts its child processes on first use. Thread-safe. All calls block."""

    def __init__(self, workers: int = 1, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._pool = ProcessPool(workers, self._limits, self._replace_child)
        self._segments = SegmentPool()
        self._records: dict[PdfHandle, _Record] = {}
        self._lock = threading.Lock()
        self._reader = BackgroundReader(workers, self._read_chunk)
        self._recycler = WorkerRecycler(self._pool, self._limits, self._open_again)

    @property
    def worker_pids(self) -> tuple[int, ...]:
        """The process IDs of the running children, for diagnosis."""
        return tuple(child.pid for child in self._pool.children if child.pid is not None)

    def prestart(self) -> None:
        """Start the children in advance, without waiting until they are ready."""
        for child in self._pool.children:
            child.start()

    def open(self, path: Path, *, password: str | None = None) -> OpenedPdf:
        """Open a file. See ``PdfEngine.open``."""
        opened = self.open_quickly(path, password=password)
        try:
            return self._completed(opened, self._limits.facts_budget_s)
        except PdfError:
            self.close(opened.handle)
            raise

    def open_quickly(self, path: Path, *, password: str | None = None) -> OpenedPdf:
        """Open a file without waiting for its text and digest. See ``PdfEngine.open_quickly``."""
        handle = PdfHandle(uuid4().hex)
        path = path.absolute()
        with self._pool.checkout(handle) as child:
            found = self._ask_open(child, handle, path, password, expected=None)
            try:
                pages = found.frames()
            except wire.BadAnswer as error:
                raise child.end_for_bad_answer(str(error)) from None
        record = _Record(path, password, found.state, pages, TextIndex(len(pages)))
        with self._lock:
            self._records[handle] = record
        self._reader.add(handle, record.index)
        facts = PreflightFacts(facts_are_partial=True)
        return OpenedPdf(handle, pages, facts, found.state.size_bytes, found.state.sha256)

    def complete(self, opened: OpenedPdf) -> OpenedPdf:
        """Wait for the document's text and digest. See ``PdfEngine.complete``."""
        return self._completed(opened, self._limits.find_s)

    def _completed(self, opened: OpenedPdf, budget_s: float) -> OpenedPdf:
        record = self._record(opened.handle)
        self._reader.wait(opened.handle, record.index, budget_s)
        with_text = record.index.text_flags()
        facts = facts_of(
            self._structure(opened.handle), with_text, page_count=len(record.pages), looked_at=len(with_text)
        )
        return replace(opened, facts=facts, sha256=self.sha256(opened.handle))

    def _structure(self, handle: PdfHandle) -> StructureFacts:
        with self._child_with(handle, Urgency.SOON) as child:
            return child.ask("structure", self._limits.open_s, StructureFacts, handle=handle)

    def sha256(self, handle: PdfHandle) -> str:
        """Wait for the document's digest. See ``PdfEngine.sha256``.

        A separate thread in the child process computes the digest.
        """
        record = self._record(handle)
        ends_at_s = time.monotonic() + self._limits.sum_s
        pause = threading.Event()
        while not record.state.sha256:
            with self._child_with(handle, Urgency.SOON) as child:
                sha256 = child.ask("known_sum", self._limits.open_s, str, handle=handle)
                _expect(child, is_true=wire.is_sha256(sha256))
            if sha256:
                record.state = replace(record.state, sha256=sha256)
            elif remaining(ends_at_s):
                pause.wait(SUM_PAUSE_S)
            else:
                raise PdfError("pdf.too_slow", "digest", retryable=True)
        return record.state.sha256

    def _read_chunk(self, handle: PdfHandle, chunk: Chunk, urgency: Urgency) -> tuple[PageText, ...]:
        budget_s = self._limits.find_step_budget_s
        with self._child_with(handle, urgency) as child:
            texts = child.ask(
                "read_pages",
                self._limits.facts_page_s,
                tuple[PageText, ...],
                handle=handle,
                page_indices=chunk.page_indices,
                carefully=chunk.careful,
                budget_s=budget_s if urgency is Urgency.SOON else budget_s / 2,
            )
            _expect(child, is_true=0 < len(texts) <= len(chunk.page_indices))
            return texts

    def render(self, request: RenderRequest) -> Pixels:
        """Draw a page or a part of a page. See ``PdfEngine.render``."""
        record = self._record(request.handle)
        rect = pixel_rect(
            _frame(record, request.page_number),
            request.pixels_per_point,
            request.clip,
            page_number=request.page_number,
            most_pixels=self._limits.tile_pixels,
        )
        _refuse_if_crashing(record, request.page_number)
        with self._child_with(request.handle) as child, _counting_crashes(record, request.page_number):
            data = self._draw(child, request, rect)
        self._reader.begin(request.handle)
        stride_bytes = rect.width_px * BYTES_PER_PIXEL
        return Pixels(rect.width_px, rect.height_px, stride_bytes, data, rect.left_px, rect.top_px)

    def _draw(self, child: ChildProcess, request: RenderRequest, rect: PixelRect) -> memoryview:
        try:
            child.start()
            segment = self._segments.take(rect.size_bytes, child.pid or 0)
        except OSError as error:
            raise PdfError("pdf.memory", type(error).__name__, retryable=True) from None
        arguments: dict[str, Any] = {
            "handle": request.handle,
            "page_number": request.page_number,
            "pixels_per_point": request.pixels_per_point,
            "rect": [rect.left_px, rect.top_px, rect.right_px, rect.bottom_px],
        }
        try:
            if segment.descriptor >= 0:
                files, dropped = child.segments.to_send(segment)
                arguments |= {"segment": [segment.number, segment.size_bytes], "dropped": dropped}
                child.ask("draw", self._limits.render_s, type(None), files=files, **arguments)
            else:
                with memoryview(segment.memory)[: rect.size_bytes] as pixels:
                    child.ask("draw", self._limits.render_s, type(None), pixels=pixels, **arguments)
        except BaseException:
            self._segments.give_back(segment)
            raise
        return self._segments.view(segment, rect.size_bytes)

    def count(self, handle: PdfHandle, keyword: str) -> tuple[int, ...]:
        """Count the matches of a keyword on each page. See ``PdfEngine.count``."""
        counts = self._known_counts(handle, keyword)
        asked = Counter(
            hit.page_number
            for hit in self.find_on_pages(handle, keyword, [n for n, count in enumerate(counts, 1) if count is None])
        )
        return tuple(asked[number] if count is None else count for number, count in enumerate(counts, 1))

    def find(self, handle: PdfHandle, keyword: str, *, near_page: int | None = None) -> tuple[KeywordHit, ...]:
        """Find all matches of a keyword. See ``PdfEngine.find``."""
        counts = self._known_counts(handle, keyword)
        check_hit_count(sum(count or 0 for count in counts))
        page_numbers = [number for number, count in enumerate(counts, 1) if count != 0]
        if near_page is not None:
            page_numbers.sort(key=lambda number: abs(number - near_page))
        hits = self.find_on_pages(handle, keyword, page_numbers)
        return tuple(sorted(hits, key=lambda hit: hit.page_number))

    def find_on_pages(self, handle: PdfHandle, keyword: str, page_numbers: Sequence[int]) -> tuple[KeywordHit, ...]:
        """Find the matches of a keyword on the given pages. See ``PdfEngine.find_on_pages``.

        The child is released after each step, so that pages can be drawn between two steps.
        """
        record = self._record(handle)
        for page_number in page_numbers:
            _frame(record, page_number)
        step = partial(self._find_some, handle, keyword[:MAX_KEYWORD_CHARACTERS])
        return PageSearch(page_numbers, self._limits.find_s).run(step, len(self._pool.children))

    def _find_some(
        self, handle: PdfHandle, keyword: str, page_numbers: Sequence[int], limit_s: float
    ) -> tuple[tuple[KeywordHit, ...], int]:
        with self._child_with(handle, Urgency.SOON) as child:
            hits, done = child.ask(
                "find",
                max(limit_s, self._limits.find_step_budget_s),
                tuple[tuple[KeywordHit, ...], int],
                handle=handle,
                keyword=keyword,
                page_numbers=page_numbers,
                budget_s=self._limits.find_step_budget_s,
            )
            _expect(child, is_true=0 < done <= len(page_numbers))
            allowed = frozenset(page_numbers[:done])
            _expect(child, is_true=all(hit.page_number in allowed and hit.rects for hit in hits))
            return hits, done

    def _known_counts(self, handle: PdfHandle, keyword: str) -> list[int | None]:
        """Wait until all pages have been read, and return the match counts from the index."""
        record = self._record(handle)
        if not self._reader.wait(handle, record.index, self._limits.find_s):
            raise PdfError("pdf.too_slow", "find", retryable=True)
        return record.index.counts(fold(keyword[:MAX_KEYWORD_CHARACTERS]))

    def text_lines(self, handle: PdfHandle, page_number: int) -> tuple[PageRect, ...]:
        """Return the rectangles of a page's text lines. See ``PdfEngine.text_lines``."""
        return self._ask_about_page("text_lines", tuple[PageRect, ...], handle, page_number)

    def blanks(self, handle: PdfHandle, page_number: int) -> tuple[Blank, ...]:
        """Return the blanks on a page. See ``PdfEngine.blanks``."""
        # Imported late: the start of the application needs no kinds of fields.
        from esign_desktop.domain.blanks import Blank as FoundBlank

        return self._ask_about_page("blanks", tuple[FoundBlank, ...], handle, page_number)

    def _ask_about_page(self, job: str, kind: type[T], handle: PdfHandle, page_number: int, **values: Any) -> T:
        record = self._record(handle)
        _frame(record, page_number)
        _refuse_if_crashing(record, page_number)
        with self._child_with(handle) as child, _counting_crashes(record, page_number):
            return child.ask(job, self._limits.text_lines_s, kind, handle=handle, page_number=page_number, **values)

    def text_digests(self, handle: PdfHandle) -> tuple[PageDigest, ...]:
        """Return the digests of the text on the first pages. See ``PdfEngine.text_digests``.

        The child is released after each step, so that pages can be drawn between two steps.
        """
        count = min(len(self._record(handle).pages), DIGESTED_PAGES)
        digests: list[PageDigest] = []
        ends_at_s = time.monotonic() + self._limits.find_s
        while len(digests) < count:
            if not remaining(ends_at_s):
                raise PdfError("pdf.too_slow", "text_digests", retryable=True)
            with self._child_with(handle) as child:
                more = child.ask(
                    "text_digests",
                    self._limits.facts_page_s,
                    tuple[PageDigest, ...],
                    handle=handle,
                    first_index=len(digests),
                    budget_s=self._limits.find_step_budget_s,
                )
                _expect(child, is_true=0 < len(more) <= count - len(digests))
            digests.extend(more)
        return tuple(digests)

    def recognise(
        self, handle: PdfHandle, page_numbers: Sequence[int], check_cancelled: Callable[[], None] | None = None
    ) -> Iterator[RecognisedPage]:
        """Recognize the text of image-only pages in a separate process. See ``PdfEngine.recognise``."""
        # Imported late: few documents are scans.
        from esign_desktop.pdf.isolated.recognition import recognise_pages

        record = self._record(handle)
        for page_number in page_numbers:
            _frame(record, page_number)
        yield from recognise_pages(
            record.path,
            page_numbers,
            password=record.password,
            expected=record.state,
            check_cancelled=check_cancelled,
        )

    def labels(self, handle: PdfHandle, page_number: int, words: PagesOfWords = NO_WORDS) -> tuple[PageLabel, ...]:
        """Return the labels on a page. See ``PdfEngine.labels``."""
        pages = [wire.write(RecognisedPage(number, tuple(page_words))) for number, page_words in words.items()]
        return self._ask_about_page("labels", tuple[PageLabel, ...], handle, page_number, pages=pages)

    def propose(self, handle: PdfHandle, words: PagesOfWords = NO_WORDS) -> Proposal:
        """Propose the document's parties and the places of their marks. See ``PdfEngine.propose``."""
        count = len(self._record(handle).pages)
        pages = [wire.write(RecognisedPage(number, tuple(page_words))) for number, page_words in words.items()]
        with self._child_with(handle, Urgency.LATER) as child:
            found = child.ask("propose", self._limits.propose_s, Proposal, handle=handle, pages=pages)
            _expect(child, is_true=all(1 <= number <= count for number in found.page_numbers))
        return found

    def page_texts(self, handle: PdfHandle) -> tuple[PaperPage, ...]:
        """Return the folded text of each page. See ``PdfEngine.page_texts``."""
        record = self._record(handle)
        self._reader.wait(handle, record.index, self._limits.find_s, carefully=True)
        return record.index.pages()

    def normalise(self, handle: PdfHandle, target: Path, on_progress: CopyProgress | None = None) -> OpenedPdf:
        """Write an upright copy of the document. See ``PdfEngine.normalise``.

        The copy has a temporary name until it has been compared with the original.
        """
        record = self._record(handle)
        with write_failures(), atomic_target(target) as aside:
            with self._child_with(handle, Urgency.SOON) as child:
                self._write_file(child, "write_copy", handle, aside)
            self._compare(handle, aside, record.password, on_progress)
        return self.open(target, password=record.password)

    def write_pages(self, handle: PdfHandle, page_numbers: Sequence[int], target: Path) -> OpenedPdf:
        """Write an upright copy of some pages. See ``PdfEngine.write_pages``."""
        numbers = list(page_numbers)
        with write_failures(), atomic_target(target) as aside:
            with self._child_with(handle, Urgency.SOON) as child:
                self._write_file(child, "write_pages", handle, aside, page_numbers=numbers)
            self._compare(handle, aside, page_numbers=numbers)
        return self.open(target)

    def write_original(self, handle: PdfHandle, target: Path) -> None:
        """Write the original bytes to a file. See ``PdfEngine.write_original``."""
        with (
            write_failures(),
            atomic_target(target) as aside,
            self._child_with(handle, Urgency.SOON) as child,
        ):
            self._write_file(child, "write_original", handle, aside)

    def write_form(self, handle: PdfHandle, fields: Sequence[TemplateField], target: Path) -> OpenedPdf:
        """Write a copy of the document with form fields. See ``PdfEngine.write_form``."""
        record = self._record(handle)
        drawn = wire.write(drawn_fields(fields))
        with write_failures(), atomic_target(target) as aside:
            with self._child_with(handle, Urgency.SOON) as child:
                limit_s, kind = self._limits.copy_s, tuple[MissingGlyphs, ...]
                if HAS_DESCRIPTORS:
                    with open_target(aside) as descriptor:
                        missing = child.ask(
                            "write_form", limit_s, kind, files=[descriptor], handle=handle, fields=drawn
                        )
                else:
                    missing = child.ask("write_form", limit_s, kind, handle=handle, fields=drawn, target=str(aside))
            require_glyphs(missing, len(fields))
        return self.open(target, password=record.password)

    def _write_file(self, child: ChildProcess, job: str, handle: PdfHandle, target: Path, **arguments: Any) -> None:
        if HAS_DESCRIPTORS:
            with open_target(target) as descriptor:
                child.ask(job, self._limits.copy_s, type(None), files=[descriptor], handle=handle, **arguments)
        else:
            child.ask(job, self._limits.copy_s, type(None), handle=handle, target=str(target), **arguments)

    def _compare(
        self,
        handle: PdfHandle,
        path: Path,
        password: str | None = None,
        on_progress: CopyProgress | None = None,
        page_numbers: Sequence[int] | None = None,
    ) -> None:
        """Compare each page of a copy with the original. ``page_numbers`` are the copied pages, by default all.

        Raises PdfError ``pdf.normalise_failed``, and any exception that ``on_progress`` raises.
        """
        copy = self.open_quickly(path, password=password)
        next_index = 0
        try:
            while next_index < len(copy.pages):
                if on_progress is not None:
                    on_progress(next_index, len(copy.pages))
                with self._child_with(handle, Urgency.SOON) as child:
                    if copy.handle not in child.opened:
                        self._open_again(child, copy.handle)
                    done_until = child.ask(
                        "compare",
                        2 * self._limits.render_s,
                        int,
                        handle=handle,
                        copy=copy.handle,
                        first_index=next_index,
                        budget_s=self._limits.find_step_budget_s,
                        page_numbers=page_numbers,
                    )
                    _expect(child, is_true=next_index < done_until <= len(copy.pages))
                next_index = done_until
        finally:
            self.close(copy.handle)

    def list_links_and_fields(self, handle: PdfHandle, page_number: int) -> None:
        """List a page's links and form fields as other PDF programs do, and discard the list.

        Raises PdfError ``pdf.too_slow`` for a file that makes such programs hang.
        """
        _frame(self._record(handle), page_number)
        with self._child_with(handle) as child:
            limit_s, kind = self._limits.render_s, tuple[int, int]
            child.ask("links_and_fields", limit_s, kind, handle=handle, page_number=page_number)

    def close(self, handle: PdfHandle) -> None:
        """Close the document. See ``PdfEngine.close``."""
        with self._lock:
            self._records.pop(handle, None)
        self._reader.drop(handle)
        # A child that died or was stopped has no open documents.
        with suppress(PdfError, Cancelled):
            while (
                holder := next((child for child in self._pool.children if handle in child.opened), None)
            ) is not None:
                with self._pool.checkout(handle, only=holder) as child:
                    if handle in child.opened:
                        child.opened.discard(handle)
                        child.ask("close", self._limits.open_s, type(None), handle=handle)

    def stop(self) -> None:
        """Stop all processes. See ``PdfEngine.stop``."""
        self._pool.stop()
        self._reader.stop()
        self._recycler.stop()
        self._segments.close()
        with self._lock:
            self._records.clear()

    @contextmanager
    def _child_with(self, handle: PdfHandle, urgency: Urgency = Urgency.NOW) -> Iterator[ChildProcess]:
        """Check out a child that has the document open."""
        with self._pool.checkout(handle, urgency) as child:
            # The document may have been closed in the meantime.
            record = self._record(handle)
            # The child may have died since its last request, and lost its open documents.
            child.start()
            if handle not in child.opened:
                self._ask_open(child, handle, record.path, record.password, expected=record.state)
            yield child

    def _ask_open(
        self, child: ChildProcess, handle: PdfHandle, path: Path, password: str | None, *, expected: FileState | None
    ) -> wire.OpenedFile:
        arguments: dict[str, Any] = {
            "handle": handle,
            "password": password,
            "expected": None if expected is None else wire.write(expected),
        }
        limit_s = self._limits.open_s
        if HAS_DESCRIPTORS:
            source = open_source_within(path, limit_s)
            try:
                known = [source.size_bytes, source.modified_ns]
                files = [source.descriptor]
                opened = child.ask("open", limit_s, wire.OpenedFile, files=files, source=known, **arguments)
            finally:
                os.close(source.descriptor)
        else:
            opened = child.ask("open", limit_s, wire.OpenedFile, source=[str(path)], **arguments)
        child.opened.add(handle)
        return opened

    def _open_again(self, child: ChildProcess, handle: PdfHandle) -> None:
        record = self._record(handle)
        self._ask_open(child, handle, record.path, record.password, expected=record.state)

    def _replace_child(self, child: ChildProcess) -> None:
        self._recycler.begin(child)

    def _record(self, handle: PdfHandle) -> _Record:
        with self._lock:
            if handle not in self._records:
                raise PdfError("pdf.closed")
            return self._records[handle]


def _frame(record: _Record, page_number: int) -> PageFrame:
    if not 1 <= page_number <= len(record.pages):
        raise PdfError("pdf.page_failed", "no such page", page_number=page_number)
    return record.pages[page_number - 1]


def _expect(child: ChildProcess, *, is_true: bool) -> None:
    """End the child and raise its error if ``is_true`` is false, that is, if the child's answer is impossible."""
    if not is_true:
        raise child.end_for_bad_answer("answer")


def _refuse_if_crashing(record: _Record, page_number: int) -> None:
    if record.crashes.get(page_number, 0) >= MAX_CRASHES:
        raise PdfError("pdf.too_slow", "page refused after crashes", page_number=page_number)


@contextmanager
def _counting_crashes(record: _Record, page_number: int) -> Iterator[None]:
    """Count how often work on a page has ended the child, and add the page number to errors."""
    try:
        yield
        record.crashes.pop(page_number, None)
    except PdfError as error:
        if error.code in {"pdf.too_slow", "pdf.worker_died"}:
            record.crashes[page_number] = record.crashes.get(page_number, 0) + 1
        error.params.setdefault("page_number", page_number)
        raise
