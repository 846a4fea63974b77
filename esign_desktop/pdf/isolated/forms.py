"""Has the form fields of a file listed by a process that is ended when it takes too long."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, Final

from esign_desktop.domain.errors import PdfError
from esign_desktop.domain.forms import FieldKind, PdfFormField
from esign_desktop.pdf.isolated.form_reader import MOST_FIELDS, MOST_NAME_CHARACTERS, MOST_VALUE_CHARACTERS
from esign_desktop.pdf.isolated.run import LIMIT_S, ask_apart, open_for_reading
from esign_desktop.pdf.limits import MAX_PAGES
from esign_desktop.pdf.untrusted import BadAnswer, as_array, as_boolean, as_integer, as_text

if TYPE_CHECKING:
    from pathlib import Path

_MOST_BYTES: Final = 8 * 1024 * 1024


def list_form_fields(path: Path, *, limit_s: float = LIMIT_S) -> tuple[PdfFormField, ...]:
    """Return the fields of the file's form; see ``read_form_fields``. Blocks.

    Raises PdfError ``pdf.too_slow``, ``pdf.worker_died``, ``pdf.form_unreadable`` or ``document.missing``.
    """
    return _fields(
        ask_apart("form", _read, str(path), limit_s=limit_s, most_bytes=_MOST_BYTES, prepare=_open_for_reading)
    )


def _open_for_reading(path: str) -> tuple[BinaryIO]:
    """Run in the child, before it is locked in."""
    from esign_desktop.pdf.isolated import form_reader as form_reading

    form_reading.load()
    return (open_for_reading(path),)


def _read(file: BinaryIO) -> list[object]:
    """Run in the child."""
    from esign_desktop.pdf.isolated.form_reader import read_form_fields

    return [
        [one.name, one.kind.value, one.page_number, one.hint, one.is_filled, one.most_characters]
        for one in read_form_fields(file)
    ]


def _fields(untrusted: object) -> tuple[PdfFormField, ...]:
    try:
        return tuple(_field(as_array(row, 6, exactly=6)) for row in as_array(untrusted, MOST_FIELDS))
    except (ValueError, BadAnswer) as error:
        raise PdfError("pdf.worker_died", type(error).__name__, retryable=True) from None


def _field(row: list[object]) -> PdfFormField:
    name, kind, page, hint, is_filled, length = row
    return PdfFormField(
        as_text(name, MOST_NAME_CHARACTERS),
        FieldKind(as_text(kind)),
        None if page is None else as_integer(page, MAX_PAGES),
        as_text(hint, MOST_NAME_CHARACTERS),
        as_boolean(is_filled),
        as_integer(length, MOST_VALUE_CHARACTERS),
    )
