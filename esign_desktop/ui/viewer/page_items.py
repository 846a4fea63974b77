"""What stands on pages, for those who can't see them."""

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
    """Something that can be done to an item; it is done once the asker has its answer."""

    words: str
    do: Callable[[], object]


@dataclass(frozen=True, slots=True)
class PageItem:
    """One thing on a page. The first of the actions is what a click does."""

    name: str
    rect: PageRect
    description: str = ""
    is_selected: bool = False
    actions: tuple[ItemAction, ...] = ()


class PageItems(Protocol):
    """Who knows what stands on the pages. Keys are those of one page, and last as long as what they mean."""

    def on_page(self, document_id: DocumentId, page_number: int) -> Sequence[str]:
        """Return the keys of a page in reading order."""

    def item(self, document_id: DocumentId, page_number: int, key: str) -> PageItem | None:
        """Return a thing as it is now; None when it is gone."""

    def current(self) -> tuple[DocumentId, int, str] | None:
        """Return what the keyboard is at."""
