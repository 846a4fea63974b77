"""The preset or template that is edited in Prepare in place of a contract."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from esign_desktop.domain.contract.draft import DraftId
from esign_desktop.ui.widgets.unsaved import UnsavedWork


@dataclass(frozen=True, slots=True)
class EditedPreset:
    """The functions by which the window controls the preset or template that is edited in Prepare.

    ``unsaved`` returns the unsaved changes, or an empty tuple. ``leave`` ends the editing, after asking the user about
    unsaved changes. ``before`` is the draft that was open before, to which the user returns, or None if it was empty.
    """

    unsaved: Callable[[], tuple[UnsavedWork, ...]]
    leave: Callable[[], object]
    before: DraftId | None = None
    is_template: bool = False
