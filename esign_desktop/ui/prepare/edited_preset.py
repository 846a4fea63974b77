"""The preset that is edited in Prepare in place of a contract."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from esign_desktop.ui.widgets.unsaved import UnsavedWork


@dataclass(frozen=True, slots=True)
class EditedPreset:
    """The functions by which the window controls the preset that is edited in Prepare.

    ``unsaved`` returns the unsaved changes of the preset, or an empty tuple. ``leave`` ends the editing, after asking
    the user about unsaved changes.
    """

    unsaved: Callable[[], tuple[UnsavedWork, ...]]
    leave: Callable[[], object]
