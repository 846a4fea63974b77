"""The commands that apply to all selected seals at once, called by keys, menus and buttons."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence

from esign_desktop.domain.contract import edits
from esign_desktop.domain.document import by_id
from esign_desktop.domain.placing.arranging import align, arrangeable, distribute, split_cross_page
from esign_desktop.domain.placing.copying import PasteTarget, SealClipboard, copy_to_pages, duplicate, paste
from esign_desktop.domain.placing.placement import (
    CoordinatePlacement,
    CrossPagePlacement,
    KeywordPlacement,
    as_coordinates,
)
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.text.placement import left_out_sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Set

    from PySide6.QtGui import QKeyEvent

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.document import DocumentId
    from esign_desktop.domain.page_ranges import PageChoice
    from esign_desktop.domain.placing.arranging import Alignment, Direction
    from esign_desktop.domain.placing.copying import Copies
    from esign_desktop.domain.placing.placement import KeywordHit, Placement, PlacementId
    from esign_desktop.domain.signer import SignerId
    from esign_desktop.services.editing.session import ContractSession
    from esign_desktop.ui.prepare.tools.state import Selection, ToolState
    from esign_desktop.ui.viewer.view import PagesView

MIN_ALIGNED = 2
MIN_DISTRIBUTED = 3


class SealCommands(QObject):
    """Carries out commands for the selected seals. Each change of the contract can be undone.

    Without a selection, most commands do nothing. Copied seals stay available when another contract is opened.
    ``hint_given`` carries a sentence about seals that a command left out. ``clipboard_changed`` is emitted when seals
    have been copied.
    """

    hint_given = Signal(str)
    clipboard_changed = Signal()

    def __init__(
        self,
        session: ContractSession,
        state: ToolState,
        selection: Selection,
        view: PagesView,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._state = state
        self._selection = selection
        self._view = view
        self._clipboard = SealClipboard()
        self._watches_clipboard = False
        self._is_outside_newer = False
        self.paste_image: Callable[[], bool] = lambda: False
        """A function that adds the image in the system's clipboard as a page, and returns whether there was one."""

    @property
    def selected(self) -> tuple[Placement, ...]:
        """The selected placements, in the order of the contract."""
        ids = self._selection.ids
        return tuple(p for p in self._session.draft.placements if p.id in ids) if ids else ()

    @property
    def can_paste(self) -> bool:
        """Whether seals were copied and the contract has a document."""
        return not self._clipboard.is_empty and bool(self._session.draft.documents)

    @property
    def can_copy_to_pages(self) -> bool:
        """Whether a selected seal can be copied to other pages."""
        documents = by_id(self._session.draft.documents)
        return any(
            isinstance(p, CoordinatePlacement)
            and p.document_id in documents
            and documents[p.document_id].page_count > 1
            for p in self.selected
        )

    @property
    def arrangeable_count(self) -> int:
        """The number of selected seals that ``align`` would move, or 0 if no two of them are on the same page."""
        ids = self._selection.ids
        return len(arrangeable(self._session.draft, ids)) if len(ids) > 1 else 0

    @property
    def can_split(self) -> bool:
        """Whether the selection is one cross-page seal that ``split`` can divide, because its slices are too thin."""
        selected = self.selected
        return (
            len(selected) == 1
            and isinstance(selected[0], CrossPagePlacement)
            and len(split_cross_page(self._session.draft, selected[0].id).placement_ids) > 1
        )

    @property
    def can_become_coordinates(self) -> bool:
        """Whether the selection is one keyword placement with matches."""
        selected = self.selected
        return len(selected) == 1 and isinstance(selected[0], KeywordPlacement) and bool(self._hits(selected[0]))

    @property
    def can_confirm(self) -> bool:
        """Whether the user must confirm the number of matches of a selected keyword, or a selected seal's position."""
        return bool(self._unconfirmed() or self._unverified())

    def use_key(self, event: QKeyEvent) -> bool:
        """Copy, cut or paste with the standard shortcut keys, and return whether the key was such a shortcut."""
        for keys, command in (
            (QKeySequence.StandardKey.Copy, self.copy),
            (QKeySequence.StandardKey.Cut, self.cut),
            (QKeySequence.StandardKey.Paste, self.paste),
        ):
            if event.matches(keys):
                command()
                return True
        return False

    def copy(self) -> None:
        """Copy the selected seals to the program's own clipboard. Do nothing without a selection."""
        if self._selection.ids:
            self._clipboard = SealClipboard.of(self._session.draft, self._selection.ids)
            self._is_outside_newer = False
            if not self._watches_clipboard:
                self._watches_clipboard = True
                QGuiApplication.clipboard().dataChanged.connect(self._on_clipboard_data_changed)
            self.clipboard_changed.emit()

    def cut(self) -> None:
        """Copy the selected seals, and remove them from the contract."""
        self.copy()
        self.remove()

    def paste(self) -> None:
        """Paste the copied seals at the same position on the current page, as ``paste_on`` does.

        If an image has been copied to the system's clipboard since, or no seals can be pasted, add the image as a page
        instead.
        """
        if (self._is_outside_newer or not self.can_paste) and self.paste_image():
            return
        current = self._view.current_page
        if current is not None:
            self.paste_on(*current)

    def _on_clipboard_data_changed(self) -> None:
        self._is_outside_newer = True

    def paste_on(self, document_id: DocumentId, page_number: int) -> None:
        """Paste the copied seals at the same position on a page, and select them.

        Seals of several pages keep their pages, and so do seals that were copied from this page. Seals that cannot be
        pasted are reported by ``hint_given``. Do nothing unless ``can_paste`` is True.
        """
        if not self.can_paste:
            return
        placements = [seal.placement for seal in self._clipboard.seals]
        sources = {p.document_id for p in placements}
        known = {document.id for document in self._session.draft.documents}
        coordinates = [p for p in placements if isinstance(p, CoordinatePlacement)]
        keeps_pages = any(len(p.pages) > 1 for p in coordinates) or (
            sources == {document_id} and any(page_number in p.pages for p in coordinates)
        )
        target = PasteTarget(
            None if len(sources) > 1 and sources <= known else document_id,
            None if keeps_pages else page_number,
            self._state.active_signer_id,
        )
        self._take(EditName.PASTE_SEALS, paste(self._session.draft, self._clipboard, target))

    def duplicate(self) -> None:
        """Add a copy beside each selected seal, and select the copies."""
        if self._selection.ids:
            self._take(EditName.DUPLICATE_SEALS, duplicate(self._session.draft, self._selection.ids))

    def copy_to_pages(self, choice: PageChoice, *, skips_cover: bool = False) -> None:
        """Copy the selected fixed seals to more pages of their documents, at the same position.

        ``skips_cover`` leaves out the first page. The pages are added to the placement itself. Pages that are left out
        are reported by ``hint_given``.
        """
        self._take(EditName.COPY_TO_PAGES, self.preview_copies(choice, skips_cover=skips_cover))

    def preview_copies(self, choice: PageChoice, *, skips_cover: bool = False) -> Copies:
        """Return the result that ``copy_to_pages`` would have, without changing the contract."""
        return copy_to_pages(self._session.draft, self._selection.ids, choice, skips_cover=skips_cover)

    def remove(self) -> None:
        """Remove the selected seals from the contract."""
        ids = self._selection.ids
        if ids:
            self._session.apply(EditName.REMOVE_SEALS, partial(edits.remove_placements, placement_ids=ids))

    def select_all(self) -> None:
        """Select all seals of the contract."""
        self._selection.set(placement.id for placement in self._session.draft.placements)

    def select_page(self, document_id: DocumentId, page_number: int) -> None:
        """Select all seals that have a mark on a page, in place of the previous selection."""
        self._selection.set(
            mark.placement_id
            for mark in self._session.marks
            if (mark.document_id, mark.page_number) == (document_id, page_number)
        )

    def assign(self, signer_id: SignerId) -> None:
        """Assign the selected seals to a signer."""
        edit = partial(edits.assign_signer, placement_ids=self._selection.ids, signer_id=signer_id)
        self._session.apply(EditName.ASSIGN_SEALS, edit)

    @property
    def new_width_pt(self) -> float | None:
        """The width of new seals in points, or None for the default width."""
        return self._state.seal_width_pt

    def set_width(self, width_pt: float | None) -> None:
        """Set the width of the selected seals or, without a selection, of new seals, in points.

        None means the default width.
        """
        if not self._selection.ids:
            self._state.set_seal_width(width_pt)
            return
        edit = partial(edits.resize_placements, placement_ids=self._selection.ids, width_pt=width_pt)
        self._session.apply(EditName.RESIZE_SEALS, edit)

    def align(self, alignment: Alignment) -> None:
        """Align the selected seals of one page, which is the page with the most selected seals."""
        edit = partial(align, placement_ids=self._selection.ids, alignment=alignment)
        self._session.apply(EditName.ALIGN_SEALS, edit)

    def distribute(self, direction: Direction) -> None:
        """Make the gaps between the selected seals of one page, chosen as in ``align``, equal in one direction."""
        edit = partial(distribute, placement_ids=self._selection.ids, direction=direction)
        self._session.apply(EditName.DISTRIBUTE_SEALS, edit)

    def split(self) -> None:
        """Divide the selected cross-page seal into seals over groups of pages, so that their slices are wide enough.

        Do nothing unless ``can_split`` is True.
        """
        if self.can_split:
            (placement,) = self.selected
            split = split_cross_page(self._session.draft, placement.id)
            self._session.apply(EditName.SPLIT_CROSS_PAGE, lambda _draft: split.draft)
            self._selection.set(split.placement_ids)

    def confirm(self) -> None:
        """Confirm the numbers of matches of the selected keywords and the positions of the selected fixed seals.

        Do nothing if neither needs a confirmation.
        """
        counts, unverified = self._unconfirmed(), self._unverified()
        if counts:
            self._session.apply(EditName.CONFIRM_HITS, partial(edits.confirm_hits, counts=counts))
        if unverified:
            self._session.apply(EditName.CONFIRM_HITS, partial(edits.verify_positions, placement_ids=unverified))

    def turn_into_coordinates(self, *, dropped: Set[int] = frozenset()) -> tuple[PlacementId, ...]:
        """Replace the selected keyword placement with fixed seals at its matches, select them, and return their ids.

        ``dropped`` contains the indexes of matches that get no seal. Do nothing and return an empty tuple unless one
        keyword placement is selected and a match remains.
        """
        keyword = self.selected[0] if len(self.selected) == 1 else None
        if not isinstance(keyword, KeywordPlacement):
            return ()
        seals = as_coordinates(keyword, self._hits(keyword), self._session.draft.behaviour, dropped)
        ids = tuple(seal.id for seal in seals)
        if seals:
            self._session.apply(EditName.CHANGE_SEALS, partial(_exchanged, placement_id=keyword.id, seals=seals))
            self._selection.set(ids)
        return ids

    def _hits(self, keyword: KeywordPlacement) -> tuple[KeywordHit, ...]:
        return self._session.hits.get((keyword.document_id, keyword.keyword)) or ()

    def _unverified(self) -> frozenset[PlacementId]:
        return frozenset(p.id for p in self.selected if isinstance(p, CoordinatePlacement) and p.is_unverified)

    def _unconfirmed(self) -> dict[PlacementId, int]:
        counts = {p: len(self._hits(p)) for p in self.selected if isinstance(p, KeywordPlacement)}
        return {p.id: count for p, count in counts.items() if count > 1 and p.confirmed_hits != count}

    def _take(self, name: EditName, copies: Copies) -> None:
        before = self._session.draft
        self._session.apply(name, lambda _draft: copies.draft)
        if copies.placement_ids:
            self._selection.set(copies.placement_ids)
        sentence = left_out_sentence(copies.left_out, before)
        if sentence:
            self.hint_given.emit(sentence)


def _exchanged(
    draft: ContractDraft, placement_id: PlacementId, seals: tuple[CoordinatePlacement, ...]
) -> ContractDraft:
    without = edits.remove_placements(draft, {placement_id})
    return replace(without, placements=(*without.placements, *seals))
