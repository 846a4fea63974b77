"""List the form fields of an untrusted PDF with pyHanko, in a sandboxed process."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from esign_desktop.domain.errors import PdfError
from esign_desktop.domain.forms import FieldKind, PdfFormField
from esign_desktop.pdf.isolated.field_places import PageBoxes, entry, page_boxes
from esign_desktop.pdf.isolated.process_limits import load_modules
from esign_desktop.pdf.isolated.run import LIMIT_S, read_isolated

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from esign_desktop.domain.signature import SignaturePlace

MOST_FIELDS: Final = 2_000
_MOST_BYTES: Final = 8 * 1024 * 1024
MODULES: Final = (
    "pyhanko.pdf_utils.reader",
    "pyhanko.pdf_utils.filters",
    "pyhanko.pdf_utils.crypt.pdfmac",
    "pyhanko.pdf_utils.metadata.xmp_xml",
)
_MAX_DEPTH: Final = 32
MOST_NAME_CHARACTERS: Final = 200
MOST_VALUE_CHARACTERS: Final = 1 << 16
MOST_NOTE_CHARACTERS: Final = 8_000
NOTE_KEY: Final = "/ESignDesktop"
"""The key of the note that this application stores in a form field that it writes, as described in ``field_note``."""
_PUSH_BUTTON: Final = 1 << 16
"""Bit 17 of /Ff: a button without a value."""


def list_form_fields(path: Path, *, limit_s: float = LIMIT_S) -> tuple[PdfFormField, ...]:
    """Return the form fields of a PDF in the order in which the form lists them. This call blocks.

    The result contains at most MOST_FIELDS fields, and is empty if the file has no form. Raises PdfError
    ``pdf.form_unreadable`` if the form cannot be read or the file needs a password. Also raises the errors of
    ``read_isolated``.
    """
    return read_isolated(
        "form",
        path,
        read_form_fields,
        load=load,
        answer=tuple[PdfFormField, ...],
        is_sound=lambda fields: len(fields) <= MOST_FIELDS,
        most_bytes=_MOST_BYTES,
        limit_s=limit_s,
    )


def load() -> tuple[()]:
    """Import the modules needed for reading, in the child process."""
    from pyhanko.pdf_utils.crypt import StandardSecurityHandler

    load_modules(MODULES)
    # Triggers the imports for encrypted files.
    StandardSecurityHandler.build_from_pw("")
    return ()


def read_form_fields(file: BinaryIO) -> tuple[PdfFormField, ...]:
    """Read a PDF's form fields, in the child process. See ``list_form_fields`` for the result."""
    from pyhanko.pdf_utils.reader import PdfFileReader

    logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
    try:
        reader = PdfFileReader(file, strict=False)
        if reader.encrypted:
            reader.decrypt("")
        form = entry(reader.root, "/AcroForm")
        fields = entry(form, "/Fields") or () if form is not None else ()
        boxes = page_boxes(reader) if len(fields) else None
        return tuple(found for found, _ in zip(_fields(fields, boxes), range(MOST_FIELDS), strict=False))
    except MemoryError:
        raise
    except Exception as error:
        # pyHanko raises many kinds of exception on damaged files.
        raise PdfError("pdf.form_unreadable", type(error).__name__) from error


def _fields(
    fields: Any, boxes: PageBoxes | None, parents: tuple[Any, ...] = (), seen: set[int] | None = None
) -> Iterator[PdfFormField]:
    """Yield the terminal fields. ``parents`` are the ancestors from which entries are inherited, nearest first."""
    seen = set() if seen is None else seen
    if len(parents) > _MAX_DEPTH:
        return
    for index in range(len(fields)):
        number = int(getattr(fields.raw_get(index), "idnum", 0))
        if number and number in seen:
            continue
        seen.add(number)
        field = fields[index]
        kids = entry(field, "/Kids") or ()
        # Kids without a name are the widgets of one field.
        if len(kids) and any("/T" in kids[at] for at in range(len(kids))):
            yield from _fields(kids, boxes, (field, *parents), seen)
        else:
            yield _field(field, parents, boxes)


def _field(field: Any, parents: tuple[Any, ...], boxes: PageBoxes | None) -> PdfFormField:
    chain = (field, *parents)
    names = [str(part["/T"]) for part in reversed(chain) if "/T" in part]
    value, place = _inherited(chain, "/V"), _place(field, boxes)
    return PdfFormField(
        ".".join(names)[:MOST_NAME_CHARACTERS],
        _kind(str(_inherited(chain, "/FT") or ""), int(_inherited(chain, "/Ff") or 0)),
        place.page_number if place is not None else _page_number(field, boxes),
        str(entry(field, "/TU") or "")[:MOST_NAME_CHARACTERS],
        value is not None and str(value) not in {"", "/Off"},
        _length(_inherited(chain, "/MaxLen")),
        place.rect if place is not None else None,
        str(entry(field, NOTE_KEY) or "")[:MOST_NOTE_CHARACTERS],
    )


def _length(value: Any) -> int:
    return int(value) if isinstance(value, int) and 0 < value <= MOST_VALUE_CHARACTERS else 0


def _page_number(field: Any, boxes: PageBoxes | None) -> int | None:
    try:
        return boxes.page_of(field) if boxes is not None else None
    except Exception:  # noqa: BLE001  the field list does not depend on the places
        return None


def _place(field: Any, boxes: PageBoxes | None) -> SignaturePlace | None:
    try:
        return boxes.place_of(field) if boxes is not None else None
    except Exception:  # noqa: BLE001  as above
        return None


def _inherited(chain: tuple[Any, ...], key: str) -> Any:
    return next((part[key] for part in chain if key in part), None)


def _kind(kind: str, flags: int) -> FieldKind:
    match kind:
        case "/Tx":
            return FieldKind.TEXT
        case "/Btn":
            return FieldKind.BUTTON if flags & _PUSH_BUTTON else FieldKind.CHECK
        case "/Ch":
            return FieldKind.CHOICE
        case "/Sig":
            return FieldKind.SIGNATURE
        case _:
            return FieldKind.OTHER
