"""What the parent and the child process say to each other, as JSON.

The child has parsed a stranger's file: its answers are read as data of unknown origin, never unpickled, and every
number and length is checked before it becomes a value. Whatever does not fit raises BadAnswer.
"""

from __future__ import annotations

import json
import re
from itertools import groupby, repeat
from typing import TYPE_CHECKING, Any, Final

from esign_desktop.domain.document import PreflightFacts
from esign_desktop.domain.geometry import PageFrame, PageRect, Rotation
from esign_desktop.domain.placing.placement import KeywordHit
from esign_desktop.pdf.engine import OpenedPdf, PdfHandle
from esign_desktop.pdf.files import FileState
from esign_desktop.pdf.limits import MAX_HITS, MAX_PAGE_CHARACTERS, MAX_PAGES, MAX_SIDE_PT, MAX_TEXT_LINES
from esign_desktop.pdf.text.index import PageText, Reading
from esign_desktop.pdf.untrusted import (
    MAX_COUNT,
    BadAnswer,
    as_array,
    as_boolean,
    as_integer,
    as_number,
    as_text,
    raise_failure,
)
from esign_desktop.pdf.worker.preflight import StructureFacts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from esign_desktop.domain.errors import PdfError
    from esign_desktop.pdf.pixel_grid import PixelRect

Message = dict[str, Any]

MAX_RECTS_PER_HIT: Final = 1_000
_SHA256 = re.compile(r"[0-9a-f]{64}")


def encode(message: Mapping[str, Any]) -> bytes:
    """Serialise a message; unpaired surrogates of odd file names survive."""
    return json.dumps(message, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")


def error_message(error: PdfError) -> Message:
    """Write a failure."""
    return {"error": error.code, "detail": error.detail, "params": error.params}


def raise_error(message: Message) -> None:
    """Raise the failure that the answer tells of, if it does."""
    code = message.get("error")
    if code is not None:
        params = message.get("params")
        raise_failure(code, message.get("detail"), params.get("page_number") if isinstance(params, dict) else None)


def opened_message(opened: OpenedPdf, state: FileState) -> Message:
    """Write the answer to *open*. Pages that follow one another are mostly alike, and stand there once."""
    runs = ((frame, sum(1 for _ in alike)) for frame, alike in groupby(opened.pages))
    return {
        "state": state_items(state),
        "pages": [
            [count, p.width_pt, p.height_pt, int(p.rotation), p.user_unit, p.origin_x_pt, p.origin_y_pt]
            for p, count in runs
        ],
    }


def read_opened(message: Message, handle: PdfHandle) -> tuple[OpenedPdf, FileState]:
    """Read the answer to *open*."""
    pages = _page_frames(message.get("pages"))
    state = read_state(message.get("state"))
    facts = PreflightFacts(facts_are_partial=True)
    return OpenedPdf(handle, pages, facts, state.size_bytes, state.sha256), state


def structure_message(structure: StructureFacts) -> Message:
    """Write the answer to *structure*."""
    return {
        "facts": {
            "is_encrypted": structure.is_encrypted,
            "is_signed": structure.is_signed,
            "is_repaired": structure.is_repaired,
            "form_field_count": structure.form_field_count,
            "has_unembedded_fonts": structure.has_unembedded_fonts,
            "is_partial": structure.is_partial,
        }
    }


def read_structure(message: Message) -> StructureFacts:
    """Read the answer to *structure*."""
    untrusted_facts = message.get("facts")
    if not isinstance(untrusted_facts, dict):
        raise BadAnswer("facts")
    return StructureFacts(
        is_encrypted=as_boolean(untrusted_facts.get("is_encrypted")),
        is_signed=as_boolean(untrusted_facts.get("is_signed")),
        is_repaired=as_boolean(untrusted_facts.get("is_repaired")),
        form_field_count=as_integer(untrusted_facts.get("form_field_count"), MAX_COUNT),
        has_unembedded_fonts=as_boolean(untrusted_facts.get("has_unembedded_fonts")),
        is_partial=as_boolean(untrusted_facts.get("is_partial")),
    )


def state_items(state: FileState) -> list[int | str]:
    """Write what tells a file's states apart."""
    return [state.size_bytes, state.modified_ns, state.sha256]


def read_state(untrusted: object) -> FileState:
    """Read what tells a file's states apart."""
    size_bytes, modified_ns, sha256 = as_array(untrusted, 3, exactly=3)
    if type(modified_ns) is not int or abs(modified_ns) >= 1 << 80:
        raise BadAnswer("time")
    return FileState(as_integer(size_bytes, MAX_COUNT), modified_ns, _sum(sha256))


def read_sum(message: Message) -> str:
    """Read the answer to *sum*: empty if it is not known yet."""
    return _sum(message.get("sha256"))


def _sum(untrusted: object) -> str:
    if untrusted != "" and not (isinstance(untrusted, str) and _SHA256.fullmatch(untrusted)):
        raise BadAnswer("sum")
    return str(untrusted)


def _page_frames(untrusted: object) -> tuple[PageFrame, ...]:
    pages: list[PageFrame] = []
    for run in as_array(untrusted, MAX_PAGES):
        count, *frame = as_array(run, 7, exactly=7)
        pages.extend(repeat(_page_frame(frame), as_integer(count, MAX_PAGES - len(pages))))
    if not pages:
        raise BadAnswer("pages")
    return tuple(pages)


def _page_frame(untrusted: object) -> PageFrame:
    width, height, turn, unit, x, y = (as_number(n) for n in as_array(untrusted, 6, exactly=6))
    fits = 0 < width * unit <= MAX_SIDE_PT * 1.01 and 0 < height * unit <= MAX_SIDE_PT * 1.01
    if not (fits and unit > 0 and turn in set(Rotation)):
        raise BadAnswer("page frame")
    return PageFrame(width, height, Rotation(int(turn)), unit, x, y)


def hits_message(hits: tuple[KeywordHit, ...], done: int) -> Message:
    """Write the answer to *find*."""
    items = [
        [h.page_number, [_rect_items(r) for r in h.rects], h.text, h.context, h.is_literal]
        for h in hits
    ]  # fmt: skip
    return {"hits": items, "done": done}


def read_hits(message: Message, page_numbers: Sequence[int]) -> tuple[tuple[KeywordHit, ...], int]:
    """Read the answer to *find*: matches on the first of the pages, and how many pages these are."""
    done = as_integer(message.get("done"), len(page_numbers))
    allowed = frozenset(page_numbers[:done])
    hits = tuple(_hit(item, allowed) for item in as_array(message.get("hits"), 2 * MAX_HITS))
    if not done:
        raise BadAnswer("no page")
    return hits, done


def _hit(untrusted: object, page_numbers: frozenset[int]) -> KeywordHit:
    number, rects, text, context, is_literal = as_array(untrusted, 5, exactly=5)
    page_number = as_integer(number, MAX_PAGES)
    boxes = tuple(_page_rect(rect) for rect in as_array(rects, MAX_RECTS_PER_HIT))
    if page_number not in page_numbers or not boxes:
        raise BadAnswer("hit")
    return KeywordHit(page_number, boxes, as_text(text), as_text(context), is_literal=as_boolean(is_literal))


def rects_message(rects: tuple[PageRect, ...]) -> Message:
    """Write the answer to *text_lines*."""
    return {"rects": [_rect_items(rect) for rect in rects]}


def read_rects(message: Message) -> tuple[PageRect, ...]:
    """Read the answer to *text_lines*."""
    return tuple(_page_rect(rect) for rect in as_array(message.get("rects"), MAX_TEXT_LINES))


def texts_message(texts: Sequence[PageText]) -> Message:
    """Write the answer to *read*."""
    return {"texts": [[int(text.reading), text.has_text, text.folded] for text in texts]}


def read_texts(message: Message, page_count: int) -> tuple[PageText, ...]:
    """Read the answer to *read*; it must have got on."""
    texts = tuple(_page_text(item) for item in as_array(message.get("texts"), page_count))
    if not texts:
        raise BadAnswer("no page")
    return texts


def _page_text(untrusted: object) -> PageText:
    reading, has_text, folded = as_array(untrusted, 3, exactly=3)
    if not isinstance(folded, str) or len(folded) > MAX_PAGE_CHARACTERS:
        raise BadAnswer("text of a page")
    return PageText(Reading(as_integer(reading, max(Reading))), as_boolean(has_text), folded)


def read_next_index(message: Message, first_index: int, page_count: int) -> int:
    """Read the answer to *compare*; it must have got on."""
    next_index = as_integer(message.get("next_index"), page_count)
    if next_index <= first_index:
        raise BadAnswer("next page")
    return next_index


def read_memory_bytes(message: Message) -> int:
    """Read how much memory the child says it takes; 0 if it doesn't know."""
    return as_integer(message.get("memory_bytes", 0), MAX_COUNT)


def pixel_rect_items(rect: PixelRect) -> list[int]:
    """Write a rectangle of pixels."""
    return [rect.left_px, rect.top_px, rect.right_px, rect.bottom_px]


def _rect_items(rect: PageRect) -> list[float]:
    return [round(n, 3) for n in (rect.left_pt, rect.bottom_pt, rect.right_pt, rect.top_pt)]


def _page_rect(untrusted: object) -> PageRect:
    left, bottom, right, top = (as_number(n) for n in as_array(untrusted, 4, exactly=4))
    if left > right or bottom > top:
        raise BadAnswer("rectangle")
    return PageRect(left, bottom, right, top)
