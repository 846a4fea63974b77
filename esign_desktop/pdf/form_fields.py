"""The form fields that are sent to the PDF process, and the report on characters that the form's font lacks."""

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
    """A text field to be written into the form of a PDF.

    ``text`` consists of the label, the example and the choices. Its characters are checked against the form's font.
    ``rect`` is in page space. ``note`` is stored in the field so that this application can read the note later.
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
    """The characters of one field that are missing from the form's font.

    ``index`` is the zero-based index of the field.
    """

    index: int
    characters: str


def drawn_fields(fields: Iterable[TemplateField]) -> tuple[DrawnField, ...]:
    """Convert template fields into fields for the PDF process.

    Raises PdfError ``pdf.form_failed`` if a field has no place on a page.
    """
    return tuple(map(_drawn, fields))


def _drawn(field: TemplateField) -> DrawnField:
    if field.page_number is None or field.rect is None:
        raise PdfError("pdf.form_failed", "field without a place")
    text = "".join((field.label, field.example, *field.choices))
    most = field.most_characters
    return DrawnField(
        field.name, field.label, text, field_note(field), field.is_required, most, field.page_number, field.rect
    )


def require_glyphs(missing: Sequence[MissingGlyphs], field_count: int) -> None:
    """Raise PdfError ``pdf.no_glyphs`` if the form's font lacks characters of a field.

    The error's parameters are ``index``, the zero-based index of the first such field, and ``characters``, the missing
    characters.
    """
    if missing:
        first = missing[0]
        raise PdfError("pdf.no_glyphs", index=min(first.index, field_count - 1), characters=first.characters[:20])
