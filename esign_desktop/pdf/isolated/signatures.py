"""Has signatures checked by a process that is ended when it takes too long."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, Final

from esign_desktop.domain.errors import PdfError
from esign_desktop.domain.geometry import PageRect
from esign_desktop.domain.signature import Integrity, SignatureFact, SignaturePlace
from esign_desktop.pdf.isolated.run import LIMIT_S, ask_apart, open_for_reading
from esign_desktop.pdf.isolated.signature_reader import MOST_NAME_CHARACTERS, MOST_SIGNATURES
from esign_desktop.pdf.limits import MAX_PAGES
from esign_desktop.pdf.untrusted import BadAnswer, as_array, as_boolean, as_integer, as_number, as_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_MOST_BYTES: Final = 256 * 1024


def check_signatures(
    path: Path, extra_roots: Sequence[bytes] = (), *, limit_s: float = LIMIT_S
) -> tuple[SignatureFact, ...]:
    """Return what the file's signatures prove; see ``read_signatures``. Blocks.

    Raises PdfError ``pdf.too_slow``, ``pdf.worker_died``, ``pdf.signatures_unreadable`` or ``document.missing``.
    """
    return _facts(
        ask_apart(
            "signatures",
            _read,
            str(path),
            tuple(extra_roots),
            limit_s=limit_s,
            most_bytes=_MOST_BYTES,
            prepare=_open_for_reading,
        )
    )


def _open_for_reading(path: str, extra_roots: tuple[bytes, ...]) -> tuple[BinaryIO, tuple[bytes, ...]]:
    """Run in the child, before it is locked in."""
    from esign_desktop.pdf.isolated import signature_reader as signature_reading

    return open_for_reading(path), (*signature_reading.load(), *extra_roots)


def _read(file: BinaryIO, roots: tuple[bytes, ...]) -> list[object]:
    """Run in the child."""
    from esign_desktop.pdf.isolated.signature_reader import read_signatures

    return [
        [one.signer_name, one.issuer_name, one.at_ms, one.integrity.value, one.is_trusted, _place_row(one)]
        for one in read_signatures(file, roots)
    ]


def _place_row(fact: SignatureFact) -> list[float] | None:
    place = fact.place
    if place is None:
        return None
    rect = place.rect
    return [place.page_number, rect.left_pt, rect.bottom_pt, rect.right_pt, rect.top_pt]


def _facts(untrusted: object) -> tuple[SignatureFact, ...]:
    try:
        return tuple(_fact(as_array(row, 6, exactly=6)) for row in as_array(untrusted, MOST_SIGNATURES))
    except (ValueError, BadAnswer) as error:
        raise PdfError("pdf.worker_died", type(error).__name__, retryable=True) from None


def _fact(row: list[object]) -> SignatureFact:
    signer, issuer, at_ms, integrity, is_trusted, place = row
    return SignatureFact(
        as_text(signer, MOST_NAME_CHARACTERS),
        as_text(issuer, MOST_NAME_CHARACTERS),
        None if at_ms is None else int(as_number(at_ms)),
        Integrity(as_text(integrity)),
        as_boolean(is_trusted),
        None if place is None else _place(as_array(place, 5, exactly=5)),
    )


def _place(row: list[object]) -> SignaturePlace | None:
    """Return a place that can be shown; numbers that are none come to nothing."""
    page_number, *corners = row
    try:
        left, bottom, right, top = map(as_number, corners)
    except BadAnswer:
        return None
    return SignaturePlace(as_integer(page_number, MAX_PAGES), PageRect(left, bottom, right, top))
