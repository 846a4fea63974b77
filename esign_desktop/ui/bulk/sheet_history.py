"""What the grid held before each correction, for taking corrections back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from esign_desktop.domain.bulk_sheet import Sheet

_MOST_STEPS: Final = 200


class SheetHistory:
    """Sheets are values: what did not change is shared between them."""

    def __init__(self) -> None:
        self._past: list[Sheet] = []
        self._future: list[Sheet] = []

    def note(self, sheet: Sheet) -> None:
        """Remember a sheet that is about to be corrected."""
        self._past = [*self._past[1 - _MOST_STEPS :], sheet]
        self._future.clear()

    def back(self, sheet: Sheet) -> Sheet | None:
        """Return the sheet before the last correction of this one, or None."""
        if not self._past:
            return None
        self._future.append(sheet)
        return self._past.pop()

    def forth(self, sheet: Sheet) -> Sheet | None:
        """Return the sheet that ``back`` was called with, or None."""
        if not self._future:
            return None
        self._past.append(sheet)
        return self._future.pop()

    def clear(self) -> None:
        """Forget everything."""
        self._past.clear()
        self._future.clear()
