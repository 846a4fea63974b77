"""The state of the Prepare room's tools: the active signer, the tool, the width of new seals, and the selection."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from esign_desktop.domain.geometry import mm_to_pt
from esign_desktop.domain.placing.placement import MAX_SEAL_PT, MIN_SEAL_PT
from esign_desktop.domain.templates import ValueKind
from esign_desktop.ui.widgets.actions import ActionName

if TYPE_CHECKING:
    from collections.abc import Iterable

    from esign_desktop.domain.placing.placement import PlacementId
    from esign_desktop.domain.signer import SignerId
    from esign_desktop.ui.prepare.edited_preset import EditedPreset


SEAL_WIDTHS_MM: Final = (40.0, 42.0, 45.0)
"""The usual diameters of round company seals (docs/platform-answers.md#seal-size)."""

SEAL_WIDTHS_PT: Final = tuple(mm_to_pt(width_mm) for width_mm in SEAL_WIDTHS_MM)


class ToolName(StrEnum):
    """The tools of the canvas."""

    SELECT = "select"
    SEAL = "seal"
    KEYWORD = "keyword"
    CROSS_PAGE = "cross_page"
    FIELD = "field"
    """Draws a field of a template. While a template is edited, there is only this tool beside SELECT."""


TOOL_ACTIONS: Final = {
    ToolName.SELECT: ActionName.SELECT_TOOL,
    ToolName.SEAL: ActionName.SEAL_TOOL,
    ToolName.CROSS_PAGE: ActionName.CROSS_PAGE_TOOL,
    ToolName.KEYWORD: ActionName.KEYWORD_TOOL,
}
"""The actions of the tools, in the order of their buttons. SELECT has only a key."""


class ToolState(QObject):
    """The state shared by the canvas and the panels, which is not part of the contract. Undo does not change it.

    ``active_signer_changed`` carries a ``SignerId`` or None, and ``tool_changed`` a ``ToolName``.
    ``seal_width_changed`` carries a width in points, or None for the default width.
    """

    active_signer_changed = Signal(object)
    tool_changed = Signal(str)
    seal_width_changed = Signal(object)
    preset_changed = Signal(bool)
    """Carries whether a preset or a template is edited in place of a contract."""
    preset_edited = Signal()
    """Emitted when the preset or template that is edited may have changed."""
    finished_changed = Signal(bool)
    """Carries whether the finished look, in which nothing can be edited, is shown."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._is_finished = False
        self._active_signer_id: SignerId | None = None
        self._tool = ToolName.SELECT
        self._is_tool_suggested = False
        self._seal_width_pt: float | None = None
        self._field_kind = ValueKind.TEXT
        self._edited_preset: EditedPreset | None = None

    @property
    def edited_preset(self) -> EditedPreset | None:
        """The preset or template that is edited in place of a contract, or None. Open signers stay open."""
        return self._edited_preset

    @property
    def shows_preset(self) -> bool:
        """Whether a preset or a template is edited in place of a contract."""
        return self._edited_preset is not None

    @property
    def shows_template(self) -> bool:
        """Whether the fields of a template are edited in place of a contract."""
        return self._edited_preset is not None and self._edited_preset.is_template

    def set_edited_preset(self, preset: EditedPreset | None) -> None:
        """Set what is edited in place of a contract. None means that a contract is edited."""
        if preset is not self._edited_preset:
            self._edited_preset = preset
            self.preset_changed.emit(preset is not None)

    @property
    def active_signer_id(self) -> SignerId | None:
        """The id of the signer whose seals are placed next, or None if the contract has no signer."""
        return self._active_signer_id

    @property
    def tool(self) -> ToolName:
        """The current tool, which determines the effect of a click on a page."""
        return self._tool

    @property
    def seal_width_pt(self) -> float | None:
        """The width of new seals in points, or None for the default width."""
        return self._seal_width_pt

    def set_active_signer(self, signer_id: SignerId | None) -> None:
        """Set the signer whose seals are placed next, or None if there is no signer."""
        if signer_id != self._active_signer_id:
            self._active_signer_id = signer_id
            self.active_signer_changed.emit(signer_id)

    @property
    def is_finished(self) -> bool:
        """Whether the finished look is shown, with seals as they will be printed."""
        return self._is_finished

    def set_finished(self, *, is_finished: bool) -> None:
        """Show the finished look, or return to editing. A template has no finished look."""
        if is_finished != self._is_finished and not (is_finished and self.shows_template):
            self._is_finished = is_finished
            self.finished_changed.emit(is_finished)

    @property
    def is_tool_suggested(self) -> bool:
        """Whether the program has chosen the current tool, and the user has not chosen it since."""
        return self._is_tool_suggested

    def set_tool(self, tool: ToolName, *, is_suggested: bool = False) -> None:
        """Choose a tool, and end the finished look. ``is_suggested`` states that the program suggests the tool.

        Do nothing if the tool does not apply to what is edited, a contract or a template.
        """
        if tool is not ToolName.SELECT and (tool is ToolName.FIELD) is not self.shows_template:
            return
        self.set_finished(is_finished=False)
        is_same = tool is self._tool
        self._is_tool_suggested = is_suggested and (self._is_tool_suggested or not is_same)
        if not is_same:
            self._tool = tool
            self.tool_changed.emit(tool)

    @property
    def field_kind(self) -> ValueKind:
        """The kind of the next field that is drawn."""
        return self._field_kind

    def draw_fields(self, kind: ValueKind) -> None:
        """Choose the tool that draws fields of a kind. ``tool_changed`` is emitted for another kind, too."""
        is_chosen = self._tool is ToolName.FIELD and kind is not self._field_kind
        self._field_kind = kind
        self.set_tool(ToolName.FIELD)
        if is_chosen:
            self.tool_changed.emit(ToolName.FIELD)

    def set_seal_width(self, width_pt: float | None) -> None:
        """Set the width of new seals in points, limited to the valid range. None means the default width."""
        width = None if width_pt is None else min(MAX_SEAL_PT, max(MIN_SEAL_PT, width_pt))
        if width != self._seal_width_pt:
            self._seal_width_pt = width
            self.seal_width_changed.emit(width)


class Selection(QObject):
    """The ids of the selected placements, for example for the canvas, the rows of seals and the properties.

    ``changed`` is emitted whenever other placements are selected.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ids: frozenset[PlacementId] = frozenset()
        self._are_just_placed = False

    @property
    def are_just_placed(self) -> bool:
        """Whether the seals are selected only because they have just been placed, and not by the user."""
        return self._are_just_placed

    def set_placed(self, placement_ids: Iterable[PlacementId]) -> None:
        """Select only the placements ``placement_ids``, which have just been placed."""
        self.set(placement_ids)
        self._are_just_placed = True

    @property
    def ids(self) -> frozenset[PlacementId]:
        """The ids of the selected placements."""
        return self._ids

    def __contains__(self, placement_id: object) -> bool:
        """Return whether a placement is selected."""
        return placement_id in self._ids

    def __len__(self) -> int:
        """Return the number of selected placements."""
        return len(self._ids)

    def set(self, placement_ids: Iterable[PlacementId]) -> None:
        """Select only the placements ``placement_ids``."""
        ids = frozenset(placement_ids)
        self._are_just_placed = False
        if ids != self._ids:
            self._ids = ids
            self.changed.emit()

    def add(self, placement_ids: Iterable[PlacementId]) -> None:
        """Add the placements ``placement_ids`` to the selection."""
        self.set(self._ids | frozenset(placement_ids))

    def toggle(self, placement_id: PlacementId) -> None:
        """Add a placement to the selection, or remove it if it is selected."""
        self.set(self._ids ^ {placement_id})

    def clear(self) -> None:
        """Clear the selection."""
        self.set(())

    def keep_only(self, placement_ids: Iterable[PlacementId]) -> None:
        """Remove all placements from the selection except ``placement_ids``, which are for example those that exist."""
        if self._ids:
            self.set(self._ids.intersection(placement_ids))
