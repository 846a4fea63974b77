"""What the PDF process is told of fields to write into a form, and what it says of characters that are missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from esign_desktop.domain.errors import PdfError
from esign_desktop.domain.forms import field_note
from esign_desktop.domain.geometry import PageRect

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from esign_desktop.domain.templates import TemplateField


@dataclass(frozen=True, slots=True)
class DrawnField:
    """A field to write. ``text`` is what it may have to show: label and example are tried in its font.

    Its rectangle is in page space. ``note`` is kept in the field for this program.
    """

    name: str
    label: str
    text: str
    note: str
    is_required: bool
    most_characters: int
    page_number: int
    rect: PageRect


@dataclass(frozen=True, slots=True)
class MissingGlyphs:
    """Characters of a field, by its index, that its font can't show."""

    index: int
    characters: str


def drawn_fields(fields: Iterable[TemplateField]) -> tuple[DrawnField, ...]:
    """Return fields as the process is told of them. Raises PdfError pdf.form_failed for one without a place."""
    return tuple(map(_drawn, fields))


def _drawn(one: TemplateField) -> DrawnField:
    if one.page_number is None or one.rect is None:
        raise PdfError("pdf.form_failed", "no place")
    text = "".join((one.label, one.example, *one.choices))
    most = one.most_characters
    return DrawnField(one.name, one.label, text, field_note(one), one.is_required, most, one.page_number, one.rect)


def require_glyphs(missing: Sequence[MissingGlyphs], field_count: int) -> None:
    """Raise PdfError pdf.no_glyphs if characters are missing: ``index`` of the first such field, ``characters``."""
    if missing:
        first = missing[0]
        raise PdfError("pdf.no_glyphs", index=min(first.index, field_count - 1), characters=first.characters[:20])
