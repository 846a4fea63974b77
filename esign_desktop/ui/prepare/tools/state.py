"""What is chosen in the Prepare room: the active signer, the tool, the width of new seals, and the selection."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from esign_desktop.domain.geometry import mm_to_pt
from esign_desktop.domain.placing.placement import MAX_SEAL_PT, MIN_SEAL_PT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from esign_desktop.domain.placing.placement import PlacementId
    from esign_desktop.domain.signer import SignerId


SEAL_WIDTHS_MM: Final = (40.0, 42.0, 45.0)
"""What round company seals measure (docs/platform-answers.md#seal-size)."""

SEAL_WIDTHS_PT: Final = tuple(mm_to_pt(width_mm) for width_mm in SEAL_WIDTHS_MM)


class ToolName(StrEnum):
    """The tools of the canvas."""

    SELECT = "select"
    SEAL = "seal"
    KEYWORD = "keyword"
    CROSS_PAGE = "cross_page"


class ToolState(QObject):
    """Shared by the canvas and the panels of the Prepare room; not part of the contract, so not undone.

    ``active_signer_changed`` carries a SignerId or None, ``tool_changed`` a ToolName and ``seal_width_changed`` points
    or None, which stands for the seal's own size.
    """

    active_signer_changed = Signal(object)
    tool_changed = Signal(str)
    seal_width_changed = Signal(object)
    finished_changed = Signal(bool)
    """Whether seals are shown as they will be printed, and nothing can be edited."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._is_finished = False
        self._active_signer_id: SignerId | None = None
        self._tool = ToolName.SELECT
        self._seal_width_pt: float | None = None

    @property
    def active_signer_id(self) -> SignerId | None:
        """Whose seal the next click places."""
        return self._active_signer_id

    @property
    def tool(self) -> ToolName:
        """What a click on a page does."""
        return self._tool

    @property
    def seal_width_pt(self) -> float | None:
        """The width that new seals get; None leaves it to the platform."""
        return self._seal_width_pt

    def set_active_signer(self, signer_id: SignerId | None) -> None:
        """Choose whose seal comes next."""
        if signer_id != self._active_signer_id:
            self._active_signer_id = signer_id
            self.active_signer_changed.emit(signer_id)

    @property
    def is_finished(self) -> bool:
        """Whether seals are shown as they will be printed."""
        return self._is_finished

    def set_finished(self, *, is_finished: bool) -> None:
        """Show seals as they will be printed, with nothing to edit, or go back."""
        if is_finished != self._is_finished:
            self._is_finished = is_finished
            self.finished_changed.emit(is_finished)

    def set_tool(self, tool: ToolName) -> None:
        """Take a tool."""
        self.set_finished(is_finished=False)
        if tool is not self._tool:
            self._tool = tool
            self.tool_changed.emit(tool)

    def set_seal_width(self, width_pt: float | None) -> None:
        """Choose how wide new seals are, within what is legible."""
        width = None if width_pt is None else min(MAX_SEAL_PT, max(MIN_SEAL_PT, width_pt))
        if width != self._seal_width_pt:
            self._seal_width_pt = width
            self.seal_width_changed.emit(width)


class Selection(QObject):
    """A set of placements that canvas, table and properties share. ``changed`` tells of every difference."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ids: frozenset[PlacementId] = frozenset()
        self._are_just_placed = False

    @property
    def are_just_placed(self) -> bool:
        """Whether the seals are selected because a tool has placed them; the user has not chosen them since."""
        return self._are_just_placed

    def set_placed(self, placement_ids: Iterable[PlacementId]) -> None:
        """Select the seals that a tool has just placed."""
        self.set(placement_ids)
        self._are_just_placed = True

    @property
    def ids(self) -> frozenset[PlacementId]:
        """The selected placements."""
        return self._ids

    def __contains__(self, placement_id: object) -> bool:
        """Whether the placement is selected."""
        return placement_id in self._ids

    def __len__(self) -> int:
        """Return how many placements are selected."""
        return len(self._ids)

    def set(self, placement_ids: Iterable[PlacementId]) -> None:
        """Select these and no others."""
        ids = frozenset(placement_ids)
        self._are_just_placed = False
        if ids != self._ids:
            self._ids = ids
            self.changed.emit()

    def add(self, placement_ids: Iterable[PlacementId]) -> None:
        """Select these too."""
        self.set(self._ids | frozenset(placement_ids))

    def toggle(self, placement_id: PlacementId) -> None:
        """Select one that is not selected, and the other way round."""
        self.set(self._ids ^ {placement_id})

    def clear(self) -> None:
        """Select nothing."""
        self.set(())

    def keep_only(self, placement_ids: Iterable[PlacementId]) -> None:
        """Drop those that exist no longer."""
        if self._ids:
            self.set(self._ids.intersection(placement_ids))
