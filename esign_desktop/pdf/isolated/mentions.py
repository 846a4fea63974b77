"""Has a process that is locked in say whether a PDF tells of somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, Final

from esign_desktop.domain.errors import PdfError
from esign_desktop.pdf.isolated.run import LIMIT_S, ask_apart, open_for_reading
from esign_desktop.pdf.untrusted import BadAnswer, as_array, as_boolean

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.pdf.isolated.mention_reader import Needles

_MOST_BYTES: Final = 4096


def find_mention(path: Path, needles: Needles, *, limit_s: float = LIMIT_S) -> tuple[bool, bool]:
    """Return whether the name stands in the file, and whether a number does; see ``read_mention``. Blocks.

    Raises PdfError, also ``pdf.too_slow``, ``pdf.memory``, ``pdf.worker_died`` and ``document.missing``.
    """
    found = ask_apart(
        "mention", _read, str(path), needles, limit_s=limit_s, most_bytes=_MOST_BYTES, prepare=_open_for_reading
    )
    try:
        has_name, has_number = map(as_boolean, as_array(found, 2, exactly=2))
    except BadAnswer as error:
        raise PdfError("pdf.worker_died", type(error).__name__, retryable=True) from None
    return has_name, has_number


def _open_for_reading(path: str, needles: Needles) -> tuple[BinaryIO, Needles]:
    """Run in the child, before it is locked in."""
    from esign_desktop.pdf.isolated import mention_reader as mention_reading
    from esign_desktop.pdf.worker import library

    library.forget_warnings()
    mention_reading.Needles("")
    return open_for_reading(path), needles


def _read(file: BinaryIO, needles: Needles) -> list[bool]:
    """Run in the child."""
    from esign_desktop.pdf.isolated.mention_reader import read_mention

    return read_mention(file, needles)
