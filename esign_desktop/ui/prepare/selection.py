"""Which placements are selected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from esign_desktop.domain.placement import PlacementId


class Selection(QObject):
    """A set of placements that canvas, table and properties share. ``changed`` tells of every difference."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ids: frozenset[PlacementId] = frozenset()

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
