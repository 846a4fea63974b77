"""Compare a document with one that was sent before, and report where the seals of the earlier one belong."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from esign_desktop.domain.doubts.paper import Paper
from esign_desktop.domain.geometry import DisplayRect
from esign_desktop.domain.matching.comparing import Comparison, compare, names_read
from esign_desktop.domain.matching.form import ReadForm, read_form, remember
from esign_desktop.domain.matching.seals import (
    FoundSeal,
    LabelPlace,
    SealOfLayout,
    find_seals,
    label_places,
    on_page,
    printed_label,
    remember_seal,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from esign_desktop.domain.matching.form import RememberedForm
    from esign_desktop.pdf.engine import OpenedPdf, PdfEngine

KEY_BYTES: Final = 32
_MOST_SEALS: Final = 200
_MOST_BYTES: Final = 1 << 20
_FARTHEST_PT: Final = 20_000.0


@dataclass(frozen=True, slots=True)
class Again:
    """The comparison of a document with a form, the places found for its seals, and the names read for its parties."""

    comparison: Comparison
    seals: tuple[FoundSeal, ...] = ()
    names: tuple[str, ...] = field(default=(), repr=False)


def read_document(engine: PdfEngine, opened: OpenedPdf, key: bytes) -> ReadForm:
    """Return the pieces and parties of an open document. Raises PdfError."""
    return read_form(Paper(engine.propose(opened.handle), engine.page_texts(opened.handle)), key)


def remember_document(
    engine: PdfEngine, opened: OpenedPdf, read: ReadForm, layout: Sequence[SealOfLayout]
) -> RememberedForm:
    """Return what is remembered of a document and of the places of its seals. Raises PdfError."""
    labels = {seal.label: printed_label(seal.label, read.parties) for seal in layout}
    places = {label: _places(engine, opened, label) for label in set(labels.values())}
    return remember(read, [remember_seal(seal, places[labels[seal.label]], read.parties) for seal in layout])


def look_again(engine: PdfEngine, opened: OpenedPdf, read: ReadForm, form: RememberedForm) -> Again:
    """Compare an open document with a form. If it is the form, find the places of the form's seals. Raises PdfError."""
    comparison = compare(form, read)
    if not comparison.is_form:
        return Again(comparison)
    labels = {seal.label: _places(engine, opened, seal.label) for seal in form.seals if seal.label}
    found = find_seals(form.seals, [one.words for one in form.parties], labels, read.parties)
    seals = tuple(on_page(seal, opened.pages) for seal in found)
    return Again(comparison, seals, names_read(form, read))


def parse_layout(text: str) -> tuple[SealOfLayout, ...]:
    """Return the seals of a layout in JSON: a list of objects with the keys ``party``, ``page``, ``rect``, ``label``.

    ``page`` is counted from 1, and ``rect`` is [left, top, right, bottom] in points from the top left of the displayed
    page. Raises ValueError if the text is not such a list.
    """
    if len(text) > _MOST_BYTES:
        raise ValueError("too long")
    try:
        seals = json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(seals, list) or len(seals) > _MOST_SEALS:
        raise ValueError(f"not a list of at most {_MOST_SEALS} seals")
    return tuple(_seal(seal, number) for number, seal in enumerate(seals, 1))


def _seal(seal: Any, number: int) -> SealOfLayout:
    if not isinstance(seal, dict):
        raise ValueError(f"seal {number} is not an object")  # noqa: TRY004  the text is wrong
    party, label, page, rect = (seal.get(key) for key in ("party", "label", "page", "rect"))
    if not isinstance(party, str) or not isinstance(label, str):
        raise ValueError(f"party or label of seal {number} is not a text")  # noqa: TRY004  the text is wrong
    if not isinstance(page, int) or isinstance(page, bool) or page < 1:
        raise ValueError(f"page of seal {number} is not a page number")
    if not isinstance(rect, list) or len(rect) != 4 or not all(map(_is_coordinate, rect)):
        raise ValueError(f"rect of seal {number} is not a list of four numbers")
    left, top, right, bottom = rect
    if right <= left or bottom <= top:
        raise ValueError(f"rect of seal {number} is empty")
    return SealOfLayout(party, page, DisplayRect(left, top, right - left, bottom - top), label)


def _is_coordinate(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and -_FARTHEST_PT <= value <= _FARTHEST_PT


def _places(engine: PdfEngine, opened: OpenedPdf, label: str) -> tuple[LabelPlace, ...]:
    return label_places(engine.find(opened.handle, label), opened.pages) if label else ()
