"""Read the sizes, pixels and characters of the pages of one open document with the PDF library.

A call may hang or crash the process. This module does not interrupt a call that takes too long; the parent process
kills the whole process instead. ``failures`` converts the library's exceptions into PdfError. The library applies the
transform of each page, so all coordinates are in display space.
"""

from __future__ import annotations

import math
import mmap
import sys
from collections import OrderedDict
from contextlib import contextmanager
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from esign_desktop.domain.errors import PdfError
from esign_desktop.domain.geometry import DisplayRect, PageFrame, Rotation
from esign_desktop.pdf.files import Bytes, ByteSum, FileState, SourceFile, open_source, read_source
from esign_desktop.pdf.limits import MAX_PAGES, MAX_SIDE_PT
from esign_desktop.pdf.text.layout import Glyph, LineBox, TextLine
from esign_desktop.pdf.worker import library

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from esign_desktop.pdf.pixel_grid import PixelRect

_lib: Final[Any] = library.lib

LETTER: Final = (612.0, 792.0)
DISPLAY_LISTS: Final = 4
"""The number of pages kept as lists of drawing commands. Scrolling in a zoomed page needs only a few."""

_NAMES: Final[Any] = _lib.pdf_new_name("Rotate"), _lib.pdf_new_name("UserUnit")
_ROTATE, _USER_UNIT = (name.m_internal for name in _NAMES)
_BOX: Final[Any] = _lib.fz_rect()
_MATRIX: Final[Any] = _lib.fz_matrix()
"""A matrix reused for every page, because creating new objects would take as long as the rest of opening."""
_WHITE: Final = 255
_ROUNDING_DIGITS: Final = 4
_AXIS_SLACK: Final = 1e-6
_JSON_BYTES: Final = 32 * 1024
_JSON_SCALE: Final = 20.0
_JSON_STEP_PT: Final = 1 / _JSON_SCALE
"""The library writes only integers, so pages are scaled up before writing."""


@contextmanager
def failures(code: str) -> Iterator[None]:
    """Convert exceptions of the PDF library into PdfError with this code, or with ``pdf.memory`` if memory runs out.

    The exception's message is dropped, because it may quote the file.
    """
    try:
        yield
    except PdfError:
        raise
    except MemoryError as error:
        raise PdfError("pdf.memory", type(error).__name__) from None
    except Exception as error:  # noqa: BLE001  the library raises many kinds of exception
        memory = "alloc" in str(error)
        raise PdfError("pdf.memory" if memory else code, type(error).__name__) from None


def limit_store(size_bytes: int) -> None:
    """Limit the size of the cache for decoded fonts and images. The default is 256 MB.

    Call this function before opening a document.
    """
    _lib.ll_fz_drop_store_context()
    _lib.ll_fz_new_store_context(size_bytes)


def shrink_store() -> None:
    """Drop all decoded fonts and images from the cache.

    Call this function only when the process is idle. If it were called after each page, reading text would take 25
    times as long.
    """
    _lib.fz_empty_store()


def open_again(data: Bytes) -> Any:
    """Open the bytes of a PDF with the PyMuPDF package instead of the underlying library."""
    stream = data if isinstance(data, bytes) else memoryview(data)
    return library.package.open(stream=stream, filetype="pdf")


class MupdfDocument:
    """An open PDF. Page indices start at 0. Not thread-safe."""

    def __init__(
        self, file: Path | SourceFile, *, password: str | None = None, expected: FileState | None = None
    ) -> None:
        source = file if isinstance(file, SourceFile) else open_source(file)
        self.data, self.state, has_header = read_source(source)
        self.sum = ByteSum(self.data)
        if expected is not None and not expected.is_same(self.state, self.sum):
            raise PdfError("pdf.changed")
        if self.state.size_bytes == 0:
            raise PdfError("pdf.empty")
        with failures("pdf.damaged" if has_header else "pdf.not_a_pdf"):
            self._pdf = _lib.pdf_open_document_with_stream(self._stream())
            self._unlock(password)
            self.page_count: int = _lib.pdf_count_pages(self._pdf)
        if self.page_count <= 0:
            raise PdfError("pdf.no_pages")
        if self.page_count > MAX_PAGES:
            raise PdfError("pdf.damaged", "too many pages")
        self.password = password
        self._frames: dict[int, PageFrame] = {}
        self._lists: OrderedDict[int, Any] = OrderedDict()
        self._last_text: tuple[int, Any] | None = None

    def _stream(self) -> Any:
        return _lib.fz_open_memory(_lib.python_buffer_data(self.data), len(self.data))

    def _unlock(self, password: str | None) -> None:
        if not _lib.pdf_needs_password(self._pdf):
            return
        if password is None:
            raise PdfError("pdf.password_needed")
        if not _lib.pdf_authenticate_password(self._pdf, password):
            raise PdfError("pdf.password_wrong")

    @property
    def is_encrypted(self) -> bool:
        """Whether the file is encrypted, even if it can be opened without a password."""
        return self.trailer.get("Encrypt").exists

    @property
    def is_repaired(self) -> bool:
        """Whether the PDF library had to repair a damaged file. Pages of such a file may be missing or blank."""
        return bool(_lib.pdf_was_repaired(self._pdf))

    @property
    def trailer(self) -> PdfObject:
        """The trailer dictionary of the document."""
        return PdfObject(_lib.pdf_trailer(self._pdf))

    def contains_bytes(self, wanted: bytes) -> bool:
        """Return whether the file contains the bytes.

        The result is always False if the file was too large to be read into memory.
        """
        return isinstance(self.data, bytes) and wanted in self.data

    def page_object(self, page_index: int) -> PdfObject:
        """Return the dictionary of a page."""
        with failures("pdf.page_failed"):
            return PdfObject(_lib.pdf_lookup_page_obj(self._pdf, page_index))

    def frames(self) -> tuple[PageFrame, ...]:
        """Return the PageFrame of every page. A page that is missing from the file is treated as a US Letter page."""
        return tuple(map(self.frame, range(self.page_count)))

    def frame(self, page_index: int) -> PageFrame:
        """Return the PageFrame of one page."""
        known = self._frames.get(page_index)
        if known is not None:
            return known
        try:
            frame = _make_displayable(self._pdf, page_index)
        except Exception as error:  # noqa: BLE001  as in ``failures``, which costs as much as the rest of this method
            if isinstance(error, MemoryError):
                raise PdfError("pdf.memory", type(error).__name__) from None
            frame = PageFrame(*LETTER)
        self._frames[page_index] = frame
        return frame

    def draw(
        self, page_index: int, pixels_per_point: float, rect: PixelRect, buffer: memoryview, *, is_part: bool = False
    ) -> None:
        """Draw the pixels of ``rect`` into ``buffer``, row by row from the top.

        Each pixel consists of the bytes B, G, R, 255.

        If ``is_part`` is true, the page's drawing commands are kept, because other parts of the page will be drawn
        later.
        """
        with failures("pdf.page_failed"):
            box = (rect.left_px, rect.top_px, rect.right_px, rect.bottom_px)
            pixmap = _lib.fz_new_pixmap_with_bbox_and_data(
                _lib.fz_device_bgr(), _lib.FzIrect(*box), _lib.FzSeparations(), 1, _lib.python_buffer_data(buffer)
            )
            _lib.fz_clear_pixmap_with_value(pixmap, _WHITE)
            device = _lib.fz_new_draw_device(_lib.FzMatrix(), pixmap)
            scale = _lib.FzMatrix(pixels_per_point, 0, 0, pixels_per_point, 0, 0)
            if is_part or page_index in self._lists:
                commands = self._display_list(page_index)
                _lib.fz_run_display_list(commands, device, scale, _lib.FzRect(*box), _lib.FzCookie())
            else:
                _lib.fz_run_page(self._page(page_index).super(), device, scale, _lib.FzCookie())
            _lib.fz_close_device(device)

    def drop_caches(self) -> None:
        """Drop the caches of recently drawn and read pages."""
        # Mapped pages of a large file can be read again; until dropped they count as this process's memory.
        if isinstance(self.data, mmap.mmap) and sys.platform != "win32":
            self.data.madvise(mmap.MADV_DONTNEED)
        self._lists.clear()
        self._last_text = None

    def _display_list(self, page_index: int) -> Any:
        if page_index in self._lists:
            self._lists.move_to_end(page_index)
        else:
            page = self._page(page_index)
            self._lists[page_index] = _lib.fz_new_display_list_from_page(page.super())
            if len(self._lists) > DISPLAY_LISTS:
                self._lists.popitem(last=False)
        return self._lists[page_index]

    def _page(self, page_index: int) -> Any:
        _make_displayable(self._pdf, page_index)
        return _lib.pdf_load_page(self._pdf, page_index)

    def _text(self, page_index: int) -> Any:
        """Return the text of the page's own content, without annotations and form field values."""
        if self._last_text is not None and self._last_text[0] == page_index:
            return self._last_text[1]
        page = self._page(page_index)
        options = _lib.FzStextOptions()
        # FZ_STEXT_CID_FOR_UNKNOWN_UNICODE is not set because it invents characters.
        options.flags = _lib.FZ_STEXT_PRESERVE_LIGATURES | _lib.FZ_STEXT_PRESERVE_WHITESPACE
        text = _lib.FzStextPage(_lib.fz_bound_page(page.super()))
        device = _lib.fz_new_stext_device(text, options)
        _lib.pdf_run_page_contents(page, device, _lib.FzMatrix(), _lib.FzCookie())
        _lib.fz_close_device(device)
        self._last_text = (page_index, text)
        return text

    def drawn_rects(self, page_index: int, most: int) -> tuple[DisplayRect, ...]:
        """Return the rectangles around the lines and areas that are drawn on a page, but at most ``most`` of them."""
        with failures("pdf.page_failed"):
            page = self._page(page_index)
            options = _lib.FzStextOptions()
            options.flags = _lib.FZ_STEXT_COLLECT_VECTORS
            found = _lib.FzStextPage(_lib.fz_bound_page(page.super()))
            device = _lib.fz_new_stext_device(found, options)
            _lib.pdf_run_page_contents(page, device, _lib.FzMatrix(), _lib.FzCookie())
            _lib.fz_close_device(device)
            boxes = (block.m_internal.bbox for block in found if block.m_internal.type == _lib.FZ_STEXT_BLOCK_VECTOR)
            return tuple(DisplayRect(box.x0, box.y0, box.x1 - box.x0, box.y1 - box.y0) for box in islice(boxes, most))

    def line_boxes(self, page_index: int) -> tuple[LineBox, ...] | None:
        """Return the page's lines without their glyphs, or None if the lines cannot be parsed.

        This takes a fifth of the time that reading the glyphs would take.
        """
        # Imported late: the first page is displayed before this is needed.
        import orjson

        with failures("pdf.page_failed"):
            buffer = _lib.fz_new_buffer(_JSON_BYTES)
            output = _lib.FzOutput(buffer)
            _lib.fz_print_stext_page_as_json(output, self._text(page_index), _JSON_SCALE)
            output.fz_close_output()
            data = buffer.fz_buffer_extract()
        try:
            return tuple(_line_box(line) for block in orjson.loads(data)["blocks"] for line in block.get("lines", ()))
        except (ValueError, KeyError, TypeError):
            return None

    def text_lines(self, page_index: int, within: DisplayRect | None = None) -> tuple[TextLine, ...]:
        """Return the lines of the page, with the position of each character.

        If ``within`` is given, only the lines that touch this rectangle are returned.
        """
        with failures("pdf.page_failed"):
            text = self._text(page_index)
            whole = text.m_internal.mediabox
            box = (whole.x0, whole.y0, whole.x1, whole.y1)
            if within is not None:
                _set_box(whole, *_corners(within))
            try:
                blocks = library.package.TextPage(text).extractRAWDICT()["blocks"]
            finally:
                _set_box(whole, *box)
            return tuple(_text_line(line) for block in blocks for line in block.get("lines", ()))

    def list_links_and_fields(self, page_index: int) -> tuple[int, int]:
        """Count the links and form fields of a page as other PDF programs do. For some files, this call never ends."""
        with failures("pdf.page_failed"):
            document = open_again(self.data)
            if self.password is not None:
                document.authenticate(self.password)
            page = document[page_index]
            return len(page.get_links()), sum(1 for _ in page.widgets())


def _make_displayable(pdf: Any, page_index: int) -> PageFrame:
    """Correct page attributes that viewers ignore, in memory, and return the page's frame.

    Examples are a rotation by 45°, a unit of 0 and an absurdly large page. The function runs for every page before the
    first page is displayed. For speed, it uses the low-level functions below the library's classes.
    """
    page = _lib.ll_pdf_lookup_page_obj(pdf.m_internal, page_index)
    turn = _lib.ll_pdf_dict_get_inheritable(page, _ROTATE)
    if turn and (degrees := _lib.ll_pdf_to_real(turn)) % 90:
        _lib.ll_pdf_dict_put_int(page, _ROTATE, int(Rotation.nearest(degrees)))
    unit = _lib.ll_pdf_dict_get(page, _USER_UNIT)
    if unit and not _is_unit(_lib.ll_pdf_to_real(unit)):
        _lib.ll_pdf_dict_put_int(page, _USER_UNIT, 1)
    frame = _frame_of(page)
    if _can_be_shown(frame):
        return frame
    dictionary = _lib.pdf_lookup_page_obj(pdf, page_index)
    _lib.pdf_dict_put_rect(dictionary, _lib.pdf_new_name("MediaBox"), _lib.FzRect(0, 0, *LETTER))
    _lib.pdf_dict_del(dictionary, _lib.pdf_new_name("CropBox"))
    return _frame_of(page)


@lru_cache(maxsize=256)
def _can_be_shown(frame: PageFrame) -> bool:
    return max(frame.display_width_pt, frame.display_height_pt) <= MAX_SIDE_PT


def _is_unit(value: float) -> bool:
    return math.isfinite(value) and value > 0


def _frame_of(page: Any) -> PageFrame:
    """Return the frame derived from the transform with which the page is drawn, so that both always agree.

    The library computes the transform from the raw boxes: inherited, normalized, and with CropBox inside MediaBox.
    """
    _lib.ll_pdf_page_obj_transform(page, _BOX, _MATRIX)
    return _frame(_BOX.x0, _BOX.y0, _BOX.x1, _BOX.y1, _MATRIX.a, _MATRIX.b)


@lru_cache(maxsize=256)
def _frame(x0: float, y0: float, x1: float, y1: float, a: float, b: float) -> PageFrame:
    """Return the frame, cached because most pages of a document are alike."""
    if abs(a) > _AXIS_SLACK * abs(b):
        rotation = Rotation.NONE if a > 0 else Rotation.HALF
        unit = abs(a)
    else:
        rotation = Rotation.RIGHT if b > 0 else Rotation.LEFT
        unit = abs(b)
    return PageFrame(
        width_pt=round(x1 - x0, _ROUNDING_DIGITS),
        height_pt=round(y1 - y0, _ROUNDING_DIGITS),
        rotation=rotation,
        user_unit=round(unit, _ROUNDING_DIGITS + 2),
        origin_x_pt=round(x0, _ROUNDING_DIGITS),
        origin_y_pt=round(y0, _ROUNDING_DIGITS),
    )


def _corners(rect: DisplayRect) -> tuple[float, float, float, float]:
    return rect.left_pt, rect.top_pt, rect.left_pt + rect.width_pt, rect.top_pt + rect.height_pt


def _set_box(box: Any, left: float, top: float, right: float, bottom: float) -> None:
    box.x0, box.y0, box.x1, box.y1 = left, top, right, bottom


def _text_line(line: Any) -> TextLine:
    # Inlined for speed, without a function call per glyph and without the named tuple's constructor.
    make = tuple.__new__
    glyphs = tuple(
        [
            make(Glyph, (char["c"], left, top, right, bottom, x, y, span["size"], char.get("synthetic", False)))
            for span in line["spans"]
            for char in span["chars"]
            for (left, top, right, bottom), (x, y) in ((char["bbox"], char["origin"]),)
        ]
    )
    dx, dy = line["dir"]
    return TextLine(dx, dy, line["wmode"] == 1, glyphs)


def _line_box(line: Any) -> LineBox:
    box = line["bbox"]
    left, top = box["x"] * _JSON_STEP_PT, box["y"] * _JSON_STEP_PT
    return LineBox(
        line["text"],
        line["wmode"] == 1,
        left,
        top,
        left + box["w"] * _JSON_STEP_PT,
        top + box["h"] * _JSON_STEP_PT,
        line["x"] * _JSON_STEP_PT,
        line["y"] * _JSON_STEP_PT,
        line["font"]["size"] * _JSON_STEP_PT,
    )


class PdfObject:
    """A resolved PDF object.

    A method that does not fit the type of the object returns an empty value and raises no exception.
    """

    __slots__ = ("_raw",)

    def __init__(self, raw: Any) -> None:
        self._raw = raw

    @property
    def number(self) -> int:
        """The number of an indirect object, or 0 for a direct object."""
        return int(_lib.pdf_to_num(self._raw))

    @property
    def exists(self) -> bool:
        """Whether the object is neither missing nor null."""
        return bool(self._raw.m_internal) and not _lib.pdf_is_null(self._raw)

    @property
    def is_true(self) -> bool:
        """Whether the object is the boolean true."""
        return bool(_lib.pdf_to_bool(self._raw))

    def get(self, key: str) -> PdfObject:
        """Return the value of a key in a dictionary."""
        return PdfObject(_lib.pdf_dict_get(self._raw, _lib.pdf_new_name(key)))

    def items(self) -> Iterator[PdfObject]:
        """Yield the elements of an array or the values of a dictionary."""
        if _lib.pdf_is_array(self._raw):
            for index in range(_lib.pdf_array_len(self._raw)):
                yield PdfObject(_lib.pdf_array_get(self._raw, index))
        elif _lib.pdf_is_dict(self._raw):
            for index in range(_lib.pdf_dict_len(self._raw)):
                yield PdfObject(_lib.pdf_dict_get_val(self._raw, index))

    def name(self) -> str:
        """Return the text of a name object without its slash, or an empty string for any other type."""
        return str(_lib.pdf_to_name(self._raw)) if _lib.pdf_is_name(self._raw) else ""
