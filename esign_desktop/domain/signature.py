"""The results of verifying a PDF's digital signatures."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from esign_desktop.domain.geometry import PageRect


class Integrity(StrEnum):
    """The integrity of the signed content.

    UNCHANGED: nothing was added after the signature. ONLY_SIGNED: only further signatures and validation data were
    added. CHANGED: the signature is valid for an earlier version of the file, and other content was added later.
    BROKEN: the signature is invalid.
    """

    UNCHANGED = "unchanged"
    ONLY_SIGNED = "only_signed"
    CHANGED = "changed"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class SignaturePlace:
    """The position of a visible signature. ``page_number`` is counted from 1, and ``rect`` is in page space."""

    page_number: int
    rect: PageRect


@dataclass(frozen=True, slots=True)
class SignatureFact:
    """A digital signature in a PDF.

    ``at_ms`` is the signing time reported by the signer's computer, in milliseconds since the epoch, or None if it is
    unknown. ``is_trusted`` states whether the signer's certificate is trusted. ``place`` is None for an invisible
    signature.
    """

    signer_name: str = field(repr=False)
    issuer_name: str
    at_ms: int | None
    integrity: Integrity
    is_trusted: bool
    place: SignaturePlace | None = None

    @property
    def is_good(self) -> bool:
        """Whether the signed content is intact. This says nothing about the identity of the signer."""
        return self.integrity in {Integrity.UNCHANGED, Integrity.ONLY_SIGNED}
