"""What the parent and the child process say to each other, as JSON.

The child has parsed a stranger's file: its answers are read as data of unknown origin, never unpickled, and every
number and length is checked before it becomes a value. Whatever does not fit raises BadAnswer.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from esign_desktop.domain.document import PreflightFacts
from esign_desktop.domain.errors import PdfError
from esign_desktop.domain.geometry import PageFrame, PageRect, Rotation
from esign_desktop.domain.placement import KeywordHit
from esign_desktop.pdf.engine import OpenedPdf, PdfHandle, PixelRect
from esign_desktop.pdf.limits import MAX_HITS, MAX_PAGES, MAX_SIDE_PT, MAX_TEXT_LINES
from esign_desktop.pdf.preflight import StructureFacts

if TYPE_CHECKING:
    from collections.abc import Mapping

Message = dict[str, Any]

MAX_TEXT_CHARACTERS: Final = 4_000
MAX_RECTS_PER_HIT: Final = 1_000
MAX_COUNT: Final = 1 << 53
_CODE = re.compile(r"pdf\.[a-z_]{1,40}")
_CLASS_NAME = re.compile(r"[\w. ]{0,80}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class BadAnswer(Exception):
    """The child answered something that no sound child would."""


def encode(message: Mapping[str, Any]) -> bytes:
    """Serialise a message; unpaired surrogates of odd file names survive."""
    return json.dumps(message, separators=(",", ":")).encode("ascii")


def decode(data: bytes) -> Message:
    """Read a message."""
    try:
        message = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BadAnswer("no JSON") from error
    if not isinstance(message, dict):
        raise BadAnswer("no object")
    return message


def error_message(error: PdfError) -> Message:
    """Write a failure."""
    return {"error": error.code, "detail": error.detail, "params": error.params}


def raise_error(message: Message) -> None:
    """Raise the failure that the answer tells of, if it does."""
    code = message.get("error")
    if code is None:
        return
    detail, params = message.get("detail"), message.get("params")
    if not (isinstance(code, str) and _CODE.fullmatch(code)):
        raise BadAnswer("error code")
    if not (isinstance(detail, str) and _CLASS_NAME.fullmatch(detail)):
        detail = ""
    page_number = params.get("page_number") if isinstance(params, dict) else None
    if type(page_number) is int:
        raise PdfError(code, detail, page_number=page_number)
    raise PdfError(code, detail)


def opened_message(opened: OpenedPdf, structure: StructureFacts) -> Message:
    """Write the answer to *open*."""
    return {
        "sha256": opened.sha256,
        "size_bytes": opened.size_bytes,
        "pages": [
            [p.width_pt, p.height_pt, int(p.rotation), p.user_unit, p.origin_x_pt, p.origin_y_pt] for p in opened.pages
        ],
        "facts": {
            "is_encrypted": structure.is_encrypted,
            "is_signed": structure.is_signed,
            "is_repaired": structure.is_repaired,
            "form_field_count": structure.form_field_count,
            "has_unembedded_fonts": structure.has_unembedded_fonts,
            "is_partial": structure.is_partial,
        },
    }


def read_opened(message: Message, handle: PdfHandle) -> tuple[OpenedPdf, StructureFacts]:
    """Read the answer to *open*."""
    untrusted_facts = message.get("facts")
    if not isinstance(untrusted_facts, dict):
        raise BadAnswer("facts")
    structure = StructureFacts(
        is_encrypted=_boolean(untrusted_facts.get("is_encrypted")),
        is_signed=_boolean(untrusted_facts.get("is_signed")),
        is_repaired=_boolean(untrusted_facts.get("is_repaired")),
        form_field_count=_integer(untrusted_facts.get("form_field_count"), MAX_COUNT),
        has_unembedded_fonts=_boolean(untrusted_facts.get("has_unembedded_fonts")),
        is_partial=_boolean(untrusted_facts.get("is_partial")),
    )
    pages = tuple(_page_frame(item) for item in _array(message.get("pages"), MAX_PAGES))
    sha256 = message.get("sha256")
    if not pages or not isinstance(sha256, str) or not _SHA256.fullmatch(sha256):
        raise BadAnswer("pages or sum")
    size_bytes = _integer(message.get("size_bytes"), MAX_COUNT)
    return OpenedPdf(handle, pages, PreflightFacts(), size_bytes, sha256), structure


def _page_frame(untrusted: object) -> PageFrame:
    width, height, turn, unit, x, y = (_number(n) for n in _array(untrusted, 6, exactly=6))
    fits = 0 < width * unit <= MAX_SIDE_PT * 1.01 and 0 < height * unit <= MAX_SIDE_PT * 1.01
    if not (fits and unit > 0 and turn in set(Rotation)):
        raise BadAnswer("page frame")
    return PageFrame(width, height, Rotation(int(turn)), unit, x, y)


def hits_message(hits: tuple[KeywordHit, ...], next_index: int) -> Message:
    """Write the answer to *find*."""
    items = [
        [h.page_number, [_rect_items(r) for r in h.rects], h.text, h.context, h.is_literal]
        for h in hits
    ]  # fmt: skip
    return {"hits": items, "next_index": next_index}


def read_hits(message: Message, page_count: int) -> tuple[tuple[KeywordHit, ...], int]:
    """Read the answer to *find*: matches, and the index of the page from which to go on."""
    hits = tuple(_hit(item, page_count) for item in _array(message.get("hits"), 2 * MAX_HITS))
    return hits, _integer(message.get("next_index"), page_count)


def _hit(untrusted: object, page_count: int) -> KeywordHit:
    number, rects, text, context, is_literal = _array(untrusted, 5, exactly=5)
    page_number = _integer(number, page_count)
    boxes = tuple(_page_rect(rect) for rect in _array(rects, MAX_RECTS_PER_HIT))
    if page_number < 1 or not boxes:
        raise BadAnswer("hit")
    return KeywordHit(page_number, boxes, _text(text), _text(context), is_literal=_boolean(is_literal))


def rects_message(rects: tuple[PageRect, ...]) -> Message:
    """Write the answer to *text_lines*."""
    return {"rects": [_rect_items(rect) for rect in rects]}


def read_rects(message: Message) -> tuple[PageRect, ...]:
    """Read the answer to *text_lines*."""
    return tuple(_page_rect(rect) for rect in _array(message.get("rects"), MAX_TEXT_LINES))


def read_text_flags(message: Message, first_index: int, page_count: int) -> tuple[tuple[bool, ...], int]:
    """Read the answer to *look_for_text*; it must have got on."""
    next_index = _integer(message.get("next_index"), page_count)
    flags = tuple(_boolean(flag) for flag in _array(message.get("with_text"), page_count))
    if next_index <= first_index or len(flags) != next_index - first_index:
        raise BadAnswer("next page")
    return flags, next_index


def pixel_rect_items(rect: PixelRect) -> list[int]:
    """Write a rectangle of pixels."""
    return [rect.left_px, rect.top_px, rect.right_px, rect.bottom_px]


def _rect_items(rect: PageRect) -> list[float]:
    return [round(n, 3) for n in (rect.left_pt, rect.bottom_pt, rect.right_pt, rect.top_pt)]


def _page_rect(untrusted: object) -> PageRect:
    left, bottom, right, top = (_number(n) for n in _array(untrusted, 4, exactly=4))
    if left > right or bottom > top:
        raise BadAnswer("rectangle")
    return PageRect(left, bottom, right, top)


def _array(untrusted: object, at_most: int, *, exactly: int | None = None) -> list[object]:
    if not isinstance(untrusted, list) or len(untrusted) > at_most:
        raise BadAnswer("array")
    if exactly is not None and len(untrusted) != exactly:
        raise BadAnswer("length")
    return untrusted


def _number(untrusted: object) -> float:
    if isinstance(untrusted, bool) or not isinstance(untrusted, (int, float)):
        raise BadAnswer("number")
    # Written so that it also refuses NaN, and whole numbers too long for a float.
    if not abs(untrusted) <= MAX_COUNT:
        raise BadAnswer("size of a number")
    return float(untrusted)


def _integer(untrusted: object, at_most: int) -> int:
    if type(untrusted) is not int or not 0 <= untrusted <= at_most:
        raise BadAnswer("integer")
    return untrusted


def _boolean(untrusted: object) -> bool:
    if not isinstance(untrusted, bool):
        raise BadAnswer("boolean")
    return untrusted


def _text(untrusted: object) -> str:
    if not isinstance(untrusted, str) or len(untrusted) > MAX_TEXT_CHARACTERS:
        raise BadAnswer("text")
    # A lone surrogate can't be shown, stored or sent.
    return untrusted.encode("utf-8", "replace").decode("utf-8")
