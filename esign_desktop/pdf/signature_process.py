"""Has signatures checked by a process that is ended when it takes too long."""

from __future__ import annotations

import math
import multiprocessing
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.errors import PdfError
from esign_desktop.domain.geometry import PageRect
from esign_desktop.pdf.child_process import _start_with_clean_main
from esign_desktop.pdf.signature_facts import Integrity, SignatureFact, SignaturePlace

if TYPE_CHECKING:
    from collections.abc import Sequence
    from multiprocessing.connection import Connection
    from pathlib import Path

LIMIT_S: Final = 30.0
_END_S: Final = 2.0
_MOST_BYTES: Final = 256 * 1024


def check_signatures(
    path: Path, extra_roots: Sequence[bytes] = (), *, limit_s: float = LIMIT_S
) -> tuple[SignatureFact, ...]:
    """Return what the file's signatures prove; see ``read_signatures``. Blocks.

    Raises PdfError ``pdf.too_slow``, ``pdf.worker_died``, ``pdf.signatures_unreadable`` or ``document.missing``.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(
        target=_answer, args=(theirs, str(path), tuple(extra_roots)), name="signatures", daemon=True
    )
    _start_with_clean_main(process)
    theirs.close()
    try:
        if not ours.poll(limit_s):
            raise PdfError("pdf.too_slow", f"after {limit_s:g} s", retryable=True)
        return _facts(ours.recv_bytes(_MOST_BYTES))
    except (EOFError, OSError) as error:
        raise PdfError("pdf.worker_died", type(error).__name__, retryable=True) from None
    finally:
        ours.close()
        process.kill()
        process.join(_END_S)
        process.close()


def _answer(connection: Connection, path: str, extra_roots: tuple[bytes, ...]) -> None:
    """Run in the child: JSON only, since what comes back from a file of anybody's is not to be unpickled."""
    import json
    from pathlib import Path

    from esign_desktop.pdf.signature_reading import read_signatures

    answer: object
    try:
        answer = [
            [one.signer_name, one.issuer_name, one.at_ms, one.integrity.value, one.is_trusted, _place_row(one)]
            for one in read_signatures(Path(path), extra_roots)
        ]
    except PdfError as error:
        answer = {"code": error.code, "detail": error.detail}
    connection.send_bytes(json.dumps(answer).encode("ascii"))
    connection.close()


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


def _facts(answer: bytes) -> tuple[SignatureFact, ...]:
    import json

    try:
        found = json.loads(answer)
        if isinstance(found, dict):
            raise PdfError(str(found["code"]), str(found["detail"]))
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
