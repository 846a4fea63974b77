"""Open PDFs and read the geometry of their pages. Only one thread may do so at a time: PyMuPDF is not thread-safe.

*Page space* is the visible page (CropBox ∩ MediaBox) before rotation, in user units, with the origin at the lower left
and y pointing up. *Raw space* is the page's own PDF user space, which content streams use. A *shown fraction* is a
number from 0 to 1, measured from the upper-left corner of the displayed page. PyMuPDF's own matrices are wrong for
pages with UserUnit, and for pages with both CropBox and rotation.
"""

from __future__ import annotations

import re
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from esign_desktop.sandbox.refusal import ErrCode, Refusal
from esign_desktop.sandbox.state import atomic_target
from esign_desktop.visual_cpp import load_visual_cpp

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


# This lock is held whenever PyMuPDF is used. It is acquired after State.lock, never before it.
PDF_LOCK: Final = threading.RLock()

_HEAD_BYTES: Final = 1024
MAX_PAGES: Final = 10_000


def pymupdf_module() -> Any:
    """Import PyMuPDF at the first call, so that the server starts quickly, and return the module.

    The return type is Any, because PyMuPDF has no type annotations that ``mypy --strict`` accepts.
    """
    load_visual_cpp()
    import pymupdf

    return pymupdf


@contextmanager
def open_pdf(source: bytes | Path) -> Iterator[Any]:
    """Open a PDF with PyMuPDF, and close it at the end of the context.

    Large files are not completely read into memory. Raises Refusal if the file is damaged, is not a PDF, is protected
    by a password, or has no pages.
    """
    # MuPDF determines the type of a file by its content, so it would open an HTML file named .pdf as HTML.
    if b"%PDF-" not in _head(source):
        raise Refusal(ErrCode.FILE, "文件不是 PDF / the file is not a PDF")
    with PDF_LOCK:
        pymupdf = pymupdf_module()
        pymupdf.TOOLS.mupdf_display_errors(False)
        pymupdf.TOOLS.mupdf_display_warnings(False)
        keywords = {"stream": source} if isinstance(source, bytes) else {"filename": str(source)}
        with _damage_refused():
            pdf = pymupdf.open(**keywords, filetype="pdf")
            try:
                _require_usable(pdf)
                yield pdf
            finally:
                pdf.close()
                pymupdf.TOOLS.reset_mupdf_warnings()


@contextmanager
def _damage_refused() -> Iterator[None]:
    """Convert PyMuPDF's exceptions to a Refusal. A damaged file can cause many kinds of exceptions at any access."""
    try:
        yield
    except Exception as error:
        if not isinstance(error, (RuntimeError, ValueError, AssertionError)) and "mupdf" not in type(error).__module__:
            raise
        raise Refusal(ErrCode.FILE, "文件已损坏 / the file is damaged") from error


def require_pages(pdf: Any) -> None:
    """Raise Refusal if an open PDF has too many pages, or if some of its pages are missing."""
    if pdf.page_count > MAX_PAGES:
        raise Refusal(ErrCode.FILE, f"最多 {MAX_PAGES} 页 / the file has more than {MAX_PAGES} pages")
    for index in range(pdf.page_count):
        pdf.page_xref(index)


def warm_up() -> None:
    """Import PyMuPDF, so that the first request does not have to wait for the import."""
    with PDF_LOCK:
        pymupdf_module().TOOLS.reset_mupdf_warnings()


def save_atomically(pdf: Any, path: Path, *, is_new: bool = False) -> None:
    """Write an open PDF to a file atomically.

    If ``is_new`` is True, the file is compressed, and unused objects are removed.
    """
    with atomic_target(path) as scratch:
        try:
            pdf.save(str(scratch), garbage=3 if is_new else 0, deflate=is_new)
        except Exception:  # noqa: BLE001 - PyMuPDF raises many kinds
            # Saving may succeed without damaged objects to which nothing refers.
            pdf.save(str(scratch), garbage=3)


def _head(source: bytes | Path) -> bytes:
    if isinstance(source, bytes):
        return source[:_HEAD_BYTES]
    with source.open("rb") as file:
        return file.read(_HEAD_BYTES)


def _require_usable(pdf: Any) -> None:
    if not pdf.is_pdf:
        raise Refusal(ErrCode.FILE, "文件不是 PDF / the file is not a PDF")
    if pdf.needs_pass:
        raise Refusal(ErrCode.FILE, "文件有密码 / the file has a password")
    if pdf.page_count < 1:
        raise Refusal(ErrCode.FILE, "文件没有页面 / the file has no page")


_NUMBER: Final = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)")
_MAX_PARENTS: Final = 50
_LETTER: Final = (0.0, 0.0, 612.0, 792.0)


@dataclass(frozen=True, slots=True)
class PageSpace:
    """The size and rotation of a page.

    ``width`` and ``height`` are the size of the visible page in user units, before rotation. ``raw_left`` and
    ``raw_bottom`` are the visible page's lower-left corner in raw space.
    """

    raw_left: float
    raw_bottom: float
    width: float
    height: float
    rotation_degrees: int = 0
    user_unit: float = 1.0

    @property
    def shown_aspect(self) -> float:
        """The aspect ratio of the displayed page: its width divided by its height."""
        aspect = self.width / self.height
        return 1 / aspect if self.rotation_degrees in (90, 270) else aspect

    def to_raw(self, x: float, y: float) -> tuple[float, float]:
        """Convert a point from page space to raw space."""
        return self.raw_left + x, self.raw_bottom + y

    def to_shown(self, x: float, y: float) -> tuple[float, float]:
        """Convert a point in page space to shown fractions, measured from the upper-left corner of the page."""
        return self._turned(x / self.width, y / self.height)

    def from_shown(self, fx: float, fy: float) -> tuple[float, float]:
        """Convert shown fractions to a point in page space. This is the inverse of ``to_shown``."""
        x, y = self._turned(fx, fy)
        return x * self.width, y * self.height

    def _turned(self, fx: float, fy: float) -> tuple[float, float]:
        """Convert fractions of the page to fractions of the displayed page, or vice versa.

        Each of these conversions is its own inverse.
        """
        turns = {0: (fx, 1 - fy), 90: (fy, fx), 180: (1 - fx, fy), 270: (1 - fy, 1 - fx)}
        return turns[self.rotation_degrees]

    def from_text(self, x: float, y: float) -> tuple[float, float]:
        """Convert a point from the coordinates of PyMuPDF's text output to page space.

        These coordinates are not rotated, are scaled by UserUnit, and have y pointing down.
        """
        return x / self.user_unit, self.height - y / self.user_unit


def page_space(pdf: Any, page_xref: int) -> PageSpace:
    """Return the size and rotation of a page.

    ``pdf`` is an open PyMuPDF document, and ``page_xref`` is the object number of the page.
    """
    media = _box(pdf, page_xref, "MediaBox") or _LETTER
    crop = _box(pdf, page_xref, "CropBox") or media
    left, bottom = max(media[0], crop[0]), max(media[1], crop[1])
    right, top = min(media[2], crop[2]), min(media[3], crop[3])
    if right <= left or top <= bottom:
        left, bottom, right, top = media
    rotation = _number(_inherited(pdf, page_xref, "Rotate"), 0.0)
    user_unit = _number(pdf.xref_get_key(page_xref, "UserUnit"), 1.0)
    return PageSpace(
        left,
        bottom,
        right - left,
        top - bottom,
        0 if rotation % 90 else int(rotation) % 360,
        user_unit if user_unit > 0 else 1.0,
    )


def _box(pdf: Any, xref: int, key: str) -> tuple[float, float, float, float] | None:
    kind, value = _inherited(pdf, xref, key)
    if kind == "xref":
        value = pdf.xref_object(int(value.split()[0]))
    elif kind != "array":
        return None
    numbers = [float(number) for number in _NUMBER.findall(value)]
    if len(numbers) != 4:
        return None
    x0, y0, x1, y1 = numbers
    box = (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
    return box if box[2] > box[0] and box[3] > box[1] else None


def _inherited(pdf: Any, xref: int, key: str) -> tuple[str, str]:
    for _ in range(_MAX_PARENTS):
        kind, value = pdf.xref_get_key(xref, key)
        if kind != "null":
            return str(kind), str(value)
        kind, value = pdf.xref_get_key(xref, "Parent")
        if kind != "xref":
            break
        xref = int(value.split()[0])
    return "null", "null"


def _number(kind_and_value: tuple[str, str], default: float) -> float:
    kind, value = kind_and_value
    return float(value) if kind in ("int", "float", "real") else default
