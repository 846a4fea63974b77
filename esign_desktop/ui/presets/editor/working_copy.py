"""The preset as it is being edited, with its history."""

from __future__ import annotations

from esign_desktop.domain.preset.preset import Preset
from esign_desktop.ui.widgets.edited_copy import EditedCopy


class WorkingCopy(EditedCopy[Preset]):
    """The copy that the editor's pages show and change."""

    @property
    def preset(self) -> Preset:
        """The preset as it stands."""
        return self.value
