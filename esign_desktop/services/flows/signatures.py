"""Says what the digital signatures of a file on this computer prove."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esign_desktop.pdf.isolated.signatures import check_signatures

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from esign_desktop.domain.signature import SignatureFact


class SignatureService:
    """Blocks for a process of its own, half a second or more."""

    def __init__(self, check: Callable[[Path], tuple[SignatureFact, ...]] = check_signatures) -> None:
        self._check = check

    def check(self, path: Path) -> tuple[SignatureFact, ...]:
        """Return what each signature proves, the first one first. Raises PdfError; see ``check_signatures``."""
        return self._check(path)
