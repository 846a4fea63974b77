"""Open PDFs and read the frames of their pages, one at a time because PyMuPDF is not thread-safe.

**Page space* is the visible page (CropBox ∩ MediaBox) without rotation, in user units, with the origin at the lower
left and y upward. *Raw space* is the page's own PDF user space, in which content streams draw. A *shown fraction* is a
number from 0 to 1, measured from the upper-left corner of the page as displayed. PyMuPDF's own matrices are wrong for
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


# Held during all use of PyMuPDF. It is acquired after State.lock, never before it.
PDF_LOCK: Final = threading.RLock()

_HEAD_BYTES: Final = 1024
MAX_PAGES: Final = 10_000


def pymupdf_module() -> Any:
    """Return PyMuPDF, which is imported on first use so that the server starts quickly.

    The type is Any for the sake of ``mypy --strict``.
    """
    load_visual_cpp()
    import pymupdf

    return pymupdf


@contextmanager
def open_pdf(source: bytes | Path) -> Iterator[Any]:
    """Yield an open PyMuPDF document that has at least one page and needs no password.

    The file at a path is read in pieces, so that a large file does not fill the memory. Raises Refusal for any other
    file.
    """
    # MuPDF detects types by content: an HTML file named .pdf would open as HTML.
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
    """Convert PyMuPDF's exceptions into a refusal; it raises many kinds on damaged files, at any access."""
    try:
        yield
    except Exception as error:
        if not isinstance(error, (RuntimeError, ValueError, AssertionError)) and "mupdf" not in type(error).__module__:
            raise
        raise Refusal(ErrCode.FILE, "文件已损坏 / the file is damaged") from error


def require_pages(pdf: Any) -> None:
    """Raise Refusal for a document with missing pages, before it is sent for signing."""
    if pdf.page_count > MAX_PAGES:
        raise Refusal(ErrCode.FILE, f"最多 {MAX_PAGES} 页 / the file has more than {MAX_PAGES} pages")
    for index in range(pdf.page_count):
        pdf.page_xref(index)


def warm_up() -> None:
    """Import PyMuPDF in advance, before the first request needs it."""
    with PDF_LOCK:
        pymupdf_module().TOOLS.reset_mupdf_warnings()


def save_atomically(pdf: Any, path: Path, *, is_new: bool = False) -> None:
    """Write the document to a file atomically. A new file is compressed and contains no unused objects."""
    with atomic_target(path) as scratch:
        try:
            pdf.save(str(scratch), garbage=3 if is_new else 0, deflate=is_new)
        except Exception:  # noqa: BLE001 - PyMuPDF raises many kinds
            # Damaged objects without references can be left out.
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
    """The frame of one page.

    ``raw_left`` and ``raw_bottom`` are the lower-left corner of the visible page in raw space.
    """

    raw_left: float
    raw_bottom: float
    width: float
    height: float
    rotation_degrees: int = 0
    user_unit: float = 1.0

    @property
    def shown_aspect(self) -> float:
        """The width of the page as displayed, divided by its height."""
        aspect = self.width / self.height
        return 1 / aspect if self.rotation_degrees in (90, 270) else aspect

    def to_raw(self, x: float, y: float) -> tuple[float, float]:
        """Convert a point from page space to raw space."""
        return self.raw_left + x, self.raw_bottom + y

    def to_shown(self, x: float, y: float) -> tuple[float, float]:
        """Convert a point from page space to fractions of the displayed page, with y downward."""
        return self._turned(x / self.width, y / self.height)

    def from_shown(self, fx: float, fy: float) -> tuple[float, float]:
        """Convert fractions of the displayed page to a point in page space. This is the inverse of ``to_shown``."""
        x, y = self._turned(fx, fy)
        return x * self.width, y * self.height

    def _turned(self, fx: float, fy: float) -> tuple[float, float]:
        """Rotate between page and display fractions; each of these rotations is its own inverse."""
        turns = {0: (fx, 1 - fy), 90: (fy, fx), 180: (1 - fx, fy), 270: (1 - fy, 1 - fx)}
        return turns[self.rotation_degrees]

    def from_text(self, x: float, y: float) -> tuple[float, float]:
        """Convert a point in PyMuPDF's text output (unrotated, scaled by UserUnit, with y downward) to page space."""
        return x / self.user_unit, self.height - y / self.user_unit


def page_space(pdf: Any, page_xref: int) -> PageSpace:
    """Return the frame of one page. ``pdf`` is an open PyMuPDF document."""
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
