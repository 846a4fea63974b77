"""Has signatures checked by a process that is ended when it takes too long."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from esign_desktop.domain.errors import PdfError
from esign_desktop.domain.geometry import PageRect
from esign_desktop.pdf.own_process import LIMIT_S, ask_apart
from esign_desktop.pdf.signature_facts import Integrity, SignatureFact, SignaturePlace

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
    found = ask_apart("signatures", _read, str(path), tuple(extra_roots), limit_s=limit_s, most_bytes=_MOST_BYTES)
    return _facts(found)


def _read(path: str, extra_roots: tuple[bytes, ...]) -> list[object]:
    """Run in the child."""
    from pathlib import Path

    from esign_desktop.pdf.signature_reading import read_signatures

    return [
        [one.signer_name, one.issuer_name, one.at_ms, one.integrity.value, one.is_trusted, _place_row(one)]
        for one in read_signatures(Path(path), extra_roots)
    ]


def _place_row(fact: SignatureFact) -> list[float] | None:
    place = fact.place
    if place is None:
        return None
    rect = place.rect
    return [place.page_number, rect.left_pt, rect.bottom_pt, rect.right_pt, rect.top_pt]


def _place(row: list[float] | None) -> SignaturePlace | None:
    """Return a place that can be shown; numbers that are none come to nothing."""
    if row is None:
        return None
    page_number, *corners = row
    if not all(math.isfinite(one) for one in corners):
        return None
    return SignaturePlace(int(page_number), PageRect(*map(float, corners)))


def _facts(found: list[list[Any]]) -> tuple[SignatureFact, ...]:
    try:
        return tuple(
            SignatureFact(
                str(signer),
                str(issuer),
                None if at is None else int(at),
                Integrity(integrity),
                trusted is True,
                _place(row),
            )
            for signer, issuer, at, integrity, trusted, row in found
        )
    except (ValueError, KeyError, TypeError) as error:
        raise PdfError("pdf.worker_died", type(error).__name__) from None
