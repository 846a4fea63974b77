"""Check that a PDF made from a form contains the values with which the form was filled in.

The file is untrusted and is therefore read in a sandboxed process.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from esign_desktop.domain.added_pages import MOST_ADDED_PAGES
from esign_desktop.domain.errors import PdfError
from esign_desktop.domain.geometry import PageRect
from esign_desktop.pdf.isolated.run import LIMIT_S, read_isolated
from esign_desktop.pdf.text.folding import fold

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MOST_PAGES: Final = 5_000
_MOST_BYTES: Final = 1 << 18
_MOST_WIDGETS: Final = 2_000
_HEAD_BYTES: Final = 1024
_MOST_LINES: Final = 5
_MOST_LINE_CHARACTERS: Final = 200
_AROUND_PT: Final = 4.0
"""The tolerance around the rectangle of a field, because a font may be taller than its field."""


@dataclass(frozen=True, slots=True)
class WantedText:
    """A field value that must appear in the file, and the place where it must appear.

    ``page_number`` starts at 1, and ``rect`` is in page space. If ``page_number`` or ``rect`` is None, the field value
    may appear anywhere.
    """

    name: str
    text: str = field(repr=False)
    page_number: int | None = None
    rect: PageRect | None = None


@dataclass(frozen=True, slots=True)
class MadeFacts:
    """The page count of a file, and whether each wanted value was found, in the given order."""

    page_count: int
    found: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class FirstLines:
    """The first lines of text on each page of a file, with their page indices and their places in page space.

    A page without text has no lines.
    """

    page_indices: tuple[int, ...]
    texts: tuple[str, ...] = field(repr=False)
    rects: tuple[PageRect, ...]

    def as_wanted(self, first_page_number: int) -> tuple[WantedText, ...]:
        """Return the lines as texts that must appear in another file, in which the first page has this number."""
        lines = zip(self.page_indices, self.texts, self.rects, strict=True)
        return tuple(WantedText("", text, first_page_number + index, rect) for index, text, rect in lines)


def read_first_lines(path: Path, *, limit_s: float = LIMIT_S) -> FirstLines:
    """Return the first lines of a file's pages. This call blocks. Raises the PdfErrors of ``look_at_made``."""
    return read_isolated(
        "made",
        path,
        read_lines,
        (),
        load=load,
        answer=FirstLines,
        most_bytes=_MOST_BYTES,
        limit_s=limit_s,
        is_sound=lambda lines: (
            len(lines.page_indices) == len(lines.texts) == len(lines.rects)
            and all(0 <= index < MOST_ADDED_PAGES for index in lines.page_indices)
        ),
    )


def look_at_made(path: Path, wanted: tuple[WantedText, ...], *, limit_s: float = LIMIT_S) -> MadeFacts:
    """Return a file's page count, and whether the file contains each wanted value. This call blocks.

    Text is compared in folded form. Raises PdfError ``pdf.damaged``, ``pdf.password_needed`` and the errors of
    ``read_isolated``.
    """
    return read_isolated(
        "made",
        path,
        read_made,
        wanted,
        load=load,
        answer=MadeFacts,
        most_bytes=_MOST_BYTES,
        limit_s=limit_s,
        is_sound=lambda facts: len(facts.found) == len(wanted) and facts.page_count > 0,
    )


def load(wanted: tuple[WantedText, ...]) -> tuple[tuple[WantedText, ...]]:
    """Import the modules needed for reading, in the child process."""
    from esign_desktop.pdf.worker import library

    library.forget_warnings()
    return (wanted,)


def read_made(file: BinaryIO, wanted: tuple[WantedText, ...]) -> MadeFacts:
    """Look for the wanted values in a file, in the child process. See ``look_at_made`` for the result."""
    with _opened(file) as pdf:
        made = _Made(pdf)
        return MadeFacts(pdf.page_count, tuple(made.holds(text) for text in wanted))


def read_lines(file: BinaryIO, _wanted: tuple[WantedText, ...]) -> FirstLines:
    """Return the first lines of each page of a file, in the child process."""
    with _opened(file) as pdf:
        lines = [
            (index, text, rect)
            for index in range(min(pdf.page_count, MOST_ADDED_PAGES))
            for text, rect in islice(_lines(pdf[index]), _MOST_LINES)
        ]
        indices, texts, rects = zip(*lines, strict=True) if lines else ((), (), ())
        return FirstLines(indices, texts, rects)


def _lines(page: Any) -> Iterator[tuple[str, PageRect]]:
    # The library's coordinates are those of the unrotated page, downwards from its top edge.
    height_pt = page.cropbox.height
    for block in _blocks(page, "dict"):
        for line in block["lines"]:
            text = "".join(span["text"] for span in line["spans"])
            if fold(text):
                left, top, right, bottom = line["bbox"]
                yield text[:_MOST_LINE_CHARACTERS], PageRect(left, height_pt - bottom, right, height_pt - top)


def _blocks(page: Any, option: str) -> Any:
    """Return the blocks of text on a page. Images are left out, because decoding a scanned page takes seconds."""
    from esign_desktop.pdf.worker.library import package

    return page.get_text(option, flags=package.TEXTFLAGS_DICT & ~package.TEXT_PRESERVE_IMAGES)["blocks"]


@contextmanager
def _opened(file: BinaryIO) -> Iterator[Any]:
    """Open a PDF within the context. Raises PdfError, also for the library's errors within the context."""
    from esign_desktop.pdf.worker.library import package

    content = file.read()
    if b"%PDF-" not in content[:_HEAD_BYTES]:
        raise PdfError("pdf.damaged", "not a PDF")
    try:
        with package.open(stream=content, filetype="pdf") as pdf:
            if pdf.needs_pass:
                raise PdfError("pdf.password_needed")
            yield pdf
    except (PdfError, MemoryError):
        raise
    except Exception as error:
        # The library raises many kinds of exception on damaged files.
        raise PdfError("pdf.damaged", type(error).__name__) from error


class _Made:
    """The text and the form field values of a file, which are read on first use."""

    def __init__(self, pdf: Any) -> None:
        self._pdf = pdf
        self._characters: dict[int, list[tuple[str, float, float]]] = {}
        self._whole: str | None = None
        self._values: dict[str, set[str]] | None = None

    def holds(self, wanted_text: WantedText) -> bool:
        wanted = fold(wanted_text.text)
        if not wanted or wanted in self._values_of(wanted_text.name):
            return True
        if wanted_text.page_number is None or wanted_text.rect is None:
            return wanted in self._all_text()
        return wanted_text.page_number <= self._pdf.page_count and wanted in self._text_in(
            wanted_text.page_number, wanted_text.rect
        )

    def _text_in(self, page_number: int, rect: PageRect) -> str:
        return fold(
            "".join(
                text
                for text, x_pt, y_pt in self._characters_of(page_number)
                if rect.left_pt - _AROUND_PT <= x_pt <= rect.right_pt + _AROUND_PT
                and rect.bottom_pt - _AROUND_PT <= y_pt <= rect.top_pt + _AROUND_PT
            )
        )

    def _characters_of(self, page_number: int) -> list[tuple[str, float, float]]:
        """Return the characters of a page with the x and y coordinates of their centers, in page space."""
        known = self._characters.get(page_number)
        if known is None:
            page = self._pdf[page_number - 1]
            # The library's coordinates are those of the unrotated page, downwards from its top edge.
            height_pt = page.cropbox.height
            known = [
                (
                    char["c"],
                    (char["bbox"][0] + char["bbox"][2]) / 2,
                    height_pt - (char["bbox"][1] + char["bbox"][3]) / 2,
                )
                for block in _blocks(page, "rawdict")
                for line in block["lines"]
                for span in line["spans"]
                for char in span["chars"]
            ]
            self._characters[page_number] = known
        return known

    def _all_text(self) -> str:
        if self._whole is None:
            pages = range(min(self._pdf.page_count, MOST_PAGES))
            self._whole = fold("".join(self._pdf[index].get_text("text") for index in pages))
        return self._whole

    def _values_of(self, name: str) -> set[str]:
        """Return the values of the form fields with this name, if the platform kept the form fillable."""
        if self._values is None:
            self._values = {}
            pages = range(min(self._pdf.page_count, MOST_PAGES) if self._pdf.is_form_pdf else 0)
            every = (widget for index in pages for widget in self._pdf[index].widgets())
            for widget in islice(every, _MOST_WIDGETS):
                self._values.setdefault(widget.field_name, set()).add(fold(str(widget.field_value or "")))
        return self._values.get(name, set())
