"""The copy of a preset that the editor changes, with undo and redo."""

from __future__ import annotations

from esign_desktop.domain.preset.preset import Preset
from esign_desktop.ui.widgets.edited_copy import EditedCopy


class WorkingCopy(EditedCopy[Preset]):
    """The copy of a preset that all pages of the editor show and change."""

    @property
    def preset(self) -> Preset:
        """The current state of the preset."""
        return self.value
