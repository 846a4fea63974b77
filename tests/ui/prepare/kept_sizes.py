"""The part of the preferences that the Prepare room asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from esign_desktop.services.preferences import SealSize


class KeptSizes:
    """Keeps the person's own sizes of seals in memory."""

    def __init__(self) -> None:
        self.seal_sizes: tuple[SealSize, ...] = ()
        self.proposes_across = True

    def set_proposes_across(self, *, is_wanted: bool) -> None:
        self.proposes_across = is_wanted

    def set_seal_sizes(self, sizes: tuple[SealSize, ...]) -> None:
        self.seal_sizes = sizes
