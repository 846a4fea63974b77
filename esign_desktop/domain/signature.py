"""What digital signatures of a PDF prove, as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from esign_desktop.domain.geometry import PageRect


class Integrity(StrEnum):
    """Whether a signature still fits what it was put on.

    UNCHANGED: nothing was added since. ONLY_SIGNED: only further signatures and their proofs were added. CHANGED: the
    signature is right for an older version, and something else was added since. BROKEN: it does not fit.
    """

    UNCHANGED = "unchanged"
    ONLY_SIGNED = "only_signed"
    CHANGED = "changed"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class SignaturePlace:
    """Where a signature is seen: a page from 1, and its rectangle in page space."""

    page_number: int
    rect: PageRect


@dataclass(frozen=True, slots=True)
class SignatureFact:
    """One signature. ``at_ms`` is what the signer's own computer said; ``is_trusted`` speaks of the certificate.

    ``place`` is None for one that is not seen on any page.
    """

    signer_name: str = field(repr=False)
    issuer_name: str
    at_ms: int | None
    integrity: Integrity
    is_trusted: bool
    place: SignaturePlace | None = None

    @property
    def is_good(self) -> bool:
        """Whether the document is still what was signed, whoever did."""
        return self.integrity in {Integrity.UNCHANGED, Integrity.ONLY_SIGNED}
