"""Describe the items on pages, such as seals and form fields, to programs for users who can't see them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from esign_desktop.domain.geometry import PageRect

if TYPE_CHECKING:
    from collections.abc import Sequence

    from esign_desktop.domain.document import DocumentId


@dataclass(frozen=True, slots=True)
class ItemAction:
    """An action that a screen reader can execute on an item. ``words`` is its name, and ``do`` executes it.

    The action is executed later, after the program that requested it has received its answer.
    """

    words: str
    do: Callable[[], object]


@dataclass(frozen=True, slots=True)
class PageItem:
    """The state of an item on a page, as read by screen readers. ``rect`` is in page space.

    The first action is the one that a click executes.
    """

    name: str
    rect: PageRect
    description: str = ""
    is_selected: bool = False
    actions: tuple[ItemAction, ...] = ()


class PageItems(Protocol):
    """Provides the items on the pages. A key identifies an item of one page for as long as the item exists."""

    def on_page(self, document_id: DocumentId, page_number: int) -> Sequence[str]:
        """Return the keys of the items on a page, in reading order."""

    def item(self, document_id: DocumentId, page_number: int, key: str) -> PageItem | None:
        """Return the current state of an item, or None if it no longer exists."""

    def current(self) -> tuple[DocumentId, int, str] | None:
        """Return the document id, page number and key of the item that has the focus, or None if no item has it."""
