"""Write an upright copy of a PDF, and check that each page of the copy looks the same as the original.

In the copy, the rotation, crop box and unit of every page are applied to the page's content. The content becomes a form
XObject, which a plain page draws through the original page's transform. Clip paths, patterns and text therefore stay
unchanged. Annotations and form fields become part of the content. A copy of some pages has nothing but their content.
"""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from esign_desktop.domain.errors import PdfError
from esign_desktop.domain.geometry import PagePoint
from esign_desktop.pdf.pixel_grid import BYTES_PER_PIXEL, PixelRect
from esign_desktop.pdf.worker import library
from esign_desktop.pdf.worker.document import failures, open_again
from esign_desktop.pdf.worker.page_reader import read_page

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence, Set

    from esign_desktop.domain.geometry import PageFrame
    from esign_desktop.pdf.files import Bytes
    from esign_desktop.pdf.worker.document import MupdfDocument

SIDE_PX: Final = 500
"""Pages are compared at this size."""
STRAY_LEVELS: Final = 48
"""The largest difference between color values that count as equal, because edges are smoothed differently."""
STRAY_SHARE: Final = 0.002
"""The largest share of the pixels that may differ by more than STRAY_LEVELS."""

_MAX_DEPTH: Final = 64
_LENGTH_SLACK_PT: Final = 0.01
_OTHER_BOXES: Final = ("BleedBox", "TrimBox", "ArtBox")
_CATALOG_KEYS: Final = frozenset({"Type", "Pages", "OCProperties"})
"""What a copy of some pages keeps of the catalog. Without the layers' states, hidden layers would be shown."""
_PAGE_KEYS: Final = frozenset(
    {"Type", "Parent", "MediaBox", "CropBox", "Rotate", "UserUnit", "Resources", "Contents", "Group"}
)
"""What a copy of some pages keeps of a page."""


def write_upright_copy(data: Bytes, password: str | None, frames: tuple[PageFrame, ...], target: int) -> None:
    """Write an upright copy of a PDF to the open file ``target``.

    Raises PdfError ``pdf.signed``, ``pdf.normalise_failed`` or ``pdf.write_failed``.
    """
    if data.find(b"/ByteRange") >= 0:
        raise PdfError("pdf.signed")
    with failures("pdf.normalise_failed"), _opened(data, password) as document:
        _bake_annotations(document)
        _set_all_upright(document, frames)
        copy = document.tobytes(garbage=1, deflate=True, encryption=library.package.PDF_ENCRYPT_KEEP)
    _write(copy, target)


def write_upright_pages(
    data: Bytes, password: str | None, frames: tuple[PageFrame, ...], page_indices: Sequence[int], target: int
) -> None:
    """Write an upright copy of some pages of a PDF to the open file ``target``.

    ``frames`` are those of all pages of the PDF. The copy is not encrypted, and has no form, links, scripts,
    attachments or metadata. Raises PdfError ``pdf.signed``, ``pdf.normalise_failed`` or ``pdf.write_failed``.
    """
    if data.find(b"/ByteRange") >= 0:
        raise PdfError("pdf.signed")
    with failures("pdf.normalise_failed"), _opened(data, password) as document:
        document.select(list(page_indices))
        _bake_annotations(document)
        _set_all_upright(document, [frames[index] for index in page_indices])
        for page_index in range(len(page_indices)):
            _keep_only(document, document.page_xref(page_index), _PAGE_KEYS)
        _keep_only(document, document.pdf_catalog(), _CATALOG_KEYS)
        document.xref_set_key(-1, "Info", "null")
        # Deterministic output, so that the same pages are recognized by their digest.
        copy = document.tobytes(
            garbage=3, deflate=True, encryption=library.package.PDF_ENCRYPT_NONE, no_new_id=True, use_objstms=1
        )
    _write(copy, target)


@contextmanager
def _opened(data: Bytes, password: str | None) -> Iterator[Any]:
    document = open_again(data)
    try:
        if document.needs_pass and not document.authenticate(password or ""):
            raise PdfError("pdf.password_wrong")
        yield document
    finally:
        document.close()


def _write(copy: bytes, target: int) -> None:
    try:
        with open(target, "wb", closefd=False) as file:
            file.write(copy)
    except OSError as error:
        raise PdfError("pdf.write_failed", type(error).__name__) from None


def _keep_only(document: Any, number: int, keys: Set[str]) -> None:
    """Remove all other entries of a dictionary."""
    lib = library.lib
    dictionary = lib.pdf_load_object(lib.pdf_document_from_fz_document(document), number)
    for key in document.xref_get_keys(number):
        if key not in keys:
            lib.pdf_dict_del(dictionary, lib.pdf_new_name(key))


def _set_all_upright(document: Any, frames: Sequence[PageFrame]) -> None:
    for page_index, frame in enumerate(frames):
        if not frame.is_plain:
            _set_upright(document, page_index, frame)


def _set_upright(document: Any, page_index: int, frame: PageFrame) -> None:
    page = document[page_index]
    number = page.xref
    form = document.get_new_xref()
    a, b, c, d, e, f = _to_upright(frame)
    left, bottom = frame.origin_x_pt, frame.origin_y_pt
    resources = _inherited(document, number, "Resources") or "<<>>"
    document.update_object(
        form,
        f"<</Type/XObject/Subtype/Form/BBox[{left} {bottom} {left + frame.width_pt} {bottom + frame.height_pt}]"
        f"/Matrix[{a} {b} {c} {d} {e} {f}]/Resources {resources}>>",
    )
    document.update_stream(form, page.read_contents())
    contents = document.get_new_xref()
    document.update_object(contents, "<<>>")
    document.update_stream(contents, b"/Upright Do")
    box = f"[0 0 {frame.display_width_pt} {frame.display_height_pt}]"
    document.xref_set_key(number, "Contents", f"{contents} 0 R")
    document.xref_set_key(number, "Resources", f"<</XObject<</Upright {form} 0 R>>>>")
    document.xref_set_key(number, "MediaBox", box)
    document.xref_set_key(number, "CropBox", box)
    document.xref_set_key(number, "Rotate", "0")
    for key in ("UserUnit", *_OTHER_BOXES):
        document.xref_set_key(number, key, "null")
    # The remaining annotations are links, whose places refer to the original page.
    document.xref_set_key(number, "Annots", "null")


def _to_upright(frame: PageFrame) -> tuple[float, ...]:
    """Return the transform from user space to the copy's space, as the six numbers of a PDF matrix."""

    def moved(x: float, y: float) -> tuple[float, float]:
        shown = frame.to_display(PagePoint(x - frame.origin_x_pt, y - frame.origin_y_pt))
        return shown.x_pt, frame.display_height_pt - shown.y_pt

    (e, f), right, up = moved(0.0, 0.0), moved(1.0, 0.0), moved(0.0, 1.0)
    return right[0] - e, right[1] - f, up[0] - e, up[1] - f, e, f


def _inherited(document: Any, number: int, key: str) -> str | None:
    """Return an entry of a page or, if the page lacks it, of its nearest ancestor, in PDF syntax, or None."""
    for _ in range(_MAX_DEPTH):
        kind, value = document.xref_get_key(number, key)
        if kind not in {"null", "undefined"}:
            return str(value)
        kind, value = document.xref_get_key(number, "Parent")
        if kind != "xref":
            break
        number = int(value.split()[0])
    return None


def _bake_annotations(document: Any) -> None:
    lib = library.lib
    lib.pdf_bake_document(lib.pdf_document_from_fz_document(document), 1, 1)


def check_same(original: MupdfDocument, copy: MupdfDocument, page_index: int, copy_index: int) -> None:
    """Raise PdfError ``pdf.normalise_failed`` if a page of the copy differs from the original in appearance or text."""
    frame, upright = original.frame(page_index), copy.frame(copy_index)
    scale = SIDE_PX / max(frame.display_width_pt, frame.display_height_pt)
    width, height = max(1, round(frame.display_width_pt * scale)), max(1, round(frame.display_height_pt * scale))
    rect = PixelRect(0, 0, width, height)
    before, after = (_picture(*page, scale, rect) for page in ((original, page_index), (copy, copy_index)))
    texts = [
        read_page(document, index, its, carefully=True).folded
        for document, index, its in ((original, page_index, frame), (copy, copy_index, upright))
    ]
    is_same = (
        upright.is_plain
        and abs(upright.width_pt - frame.display_width_pt) < _LENGTH_SLACK_PT
        and abs(upright.height_pt - frame.display_height_pt) < _LENGTH_SLACK_PT
        and _stray_pixels(before, after, width * BYTES_PER_PIXEL) <= STRAY_SHARE * width * height
        # Values of form fields are part of the page's text in the copy.
        and not Counter(texts[0]) - Counter(texts[1])
    )
    if not is_same:
        raise PdfError("pdf.normalise_failed", "page differs", page_number=page_index + 1)


def _picture(document: MupdfDocument, page_index: int, scale: float, rect: PixelRect) -> bytes:
    buffer = bytearray(rect.size_bytes)
    document.draw(page_index, scale, rect, memoryview(buffer))
    return bytes(buffer)


def _stray_pixels(picture: bytes, other: bytes, stride_bytes: int) -> int:
    """Count the bytes that differ by more than STRAY_LEVELS. Rows that are equal, as most rows are, are skipped."""
    count = 0
    for start in range(0, len(picture), stride_bytes):
        a, b = picture[start : start + stride_bytes], other[start : start + stride_bytes]
        if a != b:
            count += sum(abs(x - y) > STRAY_LEVELS for x, y in zip(a, b, strict=True))
    return count
