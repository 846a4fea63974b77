"""Has the form fields of a file listed by a process that is ended when it takes too long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from esign_desktop.domain.errors import PdfError
from esign_desktop.domain.form_fields import FieldKind, PdfFormField
from esign_desktop.pdf.own_process import LIMIT_S, ask_apart

if TYPE_CHECKING:
    from pathlib import Path

_MOST_BYTES: Final = 8 * 1024 * 1024


def list_form_fields(path: Path, *, limit_s: float = LIMIT_S) -> tuple[PdfFormField, ...]:
    """Return the fields of the file's form; see ``read_form_fields``. Blocks.

    Raises PdfError ``pdf.too_slow``, ``pdf.worker_died``, ``pdf.form_unreadable`` or ``document.missing``.
    """
    return _fields(ask_apart("form", _read, str(path), limit_s=limit_s, most_bytes=_MOST_BYTES))


def _read(path: str) -> list[object]:
    """Run in the child."""
    from pathlib import Path

    from esign_desktop.pdf.form_reading import read_form_fields

    return [
        [one.name, one.kind.value, one.page_number, one.hint, one.is_filled] for one in read_form_fields(Path(path))
    ]


def _fields(rows: list[list[Any]]) -> tuple[PdfFormField, ...]:
    try:
        return tuple(
            PdfFormField(str(name), FieldKind(kind), None if page is None else int(page), str(hint), filled is True)
            for name, kind, page, hint, filled in rows
        )
    except (ValueError, TypeError) as error:
        raise PdfError("pdf.worker_died", type(error).__name__) from None
