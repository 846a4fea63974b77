"""The support of the canvas for screen readers: the items on its pages, and announcements of changes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from esign_desktop.domain.geometry import pt_to_mm
from esign_desktop.domain.placing.placement import PlacementId, SealMark, seal_width_pt
from esign_desktop.ui.prepare.debounced_changes import DebouncedChanges
from esign_desktop.ui.prepare.history import edit_sentence
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.text.placement import kind_word, where_words
from esign_desktop.ui.text.signer import full_name
from esign_desktop.ui.viewer.page_items import ItemAction, PageItem
from esign_desktop.ui.widgets.announcing import is_read_aloud

if TYPE_CHECKING:
    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.document import DocumentId, WantedField
    from esign_desktop.domain.placing.placement import Placement
    from esign_desktop.domain.placing.proposed_seals import Ghost
    from esign_desktop.services.editing.session import Change
    from esign_desktop.ui.prepare.seals.commands import SealCommands
    from esign_desktop.ui.prepare.tools.context import ToolContext
    from esign_desktop.ui.viewer.filled_form import FormOverlay

_SEAL, _GHOST, _FIELD = "seal-", "ghost-", "field-"


class SpokenCanvas(QObject):
    """Provides seals, proposals and form fields as accessible items, and announces changes to screen readers.

    Nothing is announced while no screen reader is active.
    """

    def __init__(self, context: ToolContext, commands: SealCommands, form: FormOverlay) -> None:
        super().__init__(context.view)
        self._context = context
        self._commands = commands
        self._form = form
        context.view.items = self
        context.selection.changed.connect(self._on_current_changed)
        context.ghosts.current_changed.connect(self._on_current_changed)
        self._at_rest = DebouncedChanges(context.session, self)
        self._at_rest.changed.connect(self._on_changed)

    # Items

    def on_page(self, document_id: DocumentId, page_number: int) -> list[str]:
        """Return the keys of a page's items: form fields, then seals and proposals in reading order."""
        marks = list(self._context.marks.on_page(document_id, page_number))
        ghosts = {} if self._context.ghosts.is_hidden else self._context.ghosts.on_page(document_id, page_number)
        seals = [
            f"{_GHOST if placement_id in ghosts else _SEAL}{placement_id}"
            for placement_id in self._context.marks.in_reading_order(
                (*marks, *(mark for mark, _ghost in ghosts.values()))
            )
        ]
        return [*(f"{_FIELD}{one.name}" for one in self._fields(document_id, page_number)), *seals]

    def item(self, document_id: DocumentId, page_number: int, key: str) -> PageItem | None:
        """Return the current item for a key, or None if it no longer exists."""
        kind, _, name = key.partition("-")
        if f"{kind}-" == _FIELD:
            return self._field(document_id, page_number, name)
        placement_id = PlacementId(name)
        if f"{kind}-" == _GHOST:
            found = self._context.ghosts.on_page(document_id, page_number).get(placement_id)
            return self._ghost(*found) if found is not None and not self._context.ghosts.is_hidden else None
        on_page = self._context.marks.on_page(document_id, page_number)
        mark = next((one for one in on_page if one.placement_id == placement_id), None)
        return self._seal(mark) if mark is not None else None

    def current(self) -> tuple[DocumentId, int, str] | None:
        """Return the document, page and key of the current proposal or, if none, of the only selected seal.

        Return None if there is neither, or if it is not on a visible page.
        """
        ghost, ids = self._context.ghosts.current, self._context.selection.ids
        if ghost is not None:
            marks, kind = ghost.marks, _GHOST
        elif len(ids) == 1:
            marks, kind = self._context.marks.of_placement(next(iter(ids))), _SEAL
        else:
            return None
        seen = {(slot.document_id, slot.page_number) for slot in self._context.view.slots_in_view}
        for mark in marks:
            if (mark.document_id, mark.page_number) in seen:
                return mark.document_id, mark.page_number, f"{kind}{mark.placement_id}"
        return None

    def _seal(self, mark: SealMark) -> PageItem:
        draft = self._context.session.draft
        placement = draft.placement(mark.placement_id)
        name = self.tr("{signer}, {kind}, {place}").format(
            signer=full_name(draft.signer(mark.signer_id)), kind=self._kind(placement, mark), place=self._place(mark)
        )
        actions = (
            ()
            if self._context.state.is_finished
            else (
                ItemAction(self.tr("Select"), partial(self._select, mark.placement_id)),
                ItemAction(self.tr("Remove"), partial(self._remove, mark.placement_id)),
            )
        )
        width = f"{pt_to_mm(seal_width_pt(placement, draft.signer(mark.signer_id), draft.behaviour)):.0f}"
        description = self.tr("{width} mm wide").format(width=width)
        return PageItem(name, mark.rect, description, mark.placement_id in self._context.selection, actions)

    def _ghost(self, mark: SealMark, ghost: Ghost) -> PageItem:
        ghosts = self._context.ghosts
        name = self.tr("Proposed: {signer}, {kind}, {place}").format(
            signer=full_name(ghosts.signer(ghost)), kind=self._kind(ghost.placement, mark), place=self._place(mark)
        )
        reason = self.tr("at “{label}”").format(label=one_line(ghost.reason)) if ghost.reason else ""
        actions = (
            ItemAction(self.tr("Accept"), partial(ghosts.chosen.emit, mark.placement_id)),
            ItemAction(self.tr("Dismiss"), partial(ghosts.dismissed.emit, mark.placement_id)),
        )
        return PageItem(name, mark.rect, reason, ghost is ghosts.current, actions)

    def _fields(self, document_id: DocumentId, page_number: int) -> list[WantedField]:
        return self._form.fields(document_id, page_number)

    def _field(self, document_id: DocumentId, page_number: int, name: str) -> PageItem | None:
        wanted = next((one for one in self._fields(document_id, page_number) if one.name == name), None)
        if wanted is None or wanted.rect is None:
            return None
        value = one_line(self._form.value(document_id, name)) or self.tr("empty")
        words = self.tr("Field {name}: {value}").format(name=one_line(name), value=value)
        return PageItem(words, wanted.rect, is_selected=self._form.current == (document_id, name))

    def _kind(self, placement: Placement, mark: SealMark) -> str:
        if mark.slice_count > 1:
            return self.tr("cross-page seal, part {number} of {count}").format(
                number=mark.slice_index + 1, count=mark.slice_count
            )
        return kind_word(placement)

    def _place(self, mark: SealMark) -> str:
        frame = self._context.session.draft.document(mark.document_id).frame(mark.page_number)
        return self.tr("page {page}, {where}").format(page=mark.page_number, where=where_words(frame, mark))

    def _select(self, placement_id: PlacementId) -> None:
        self._context.view.setFocus()
        self._context.selection.set([placement_id])

    def _remove(self, placement_id: PlacementId) -> None:
        self._context.selection.set([placement_id])
        self._commands.remove()

    # Announcements

    def _on_current_changed(self) -> None:
        # Nothing is announced if the selected seal has no mark in view.
        self._context.view.tell_item()

    def _on_changed(self, change: Change) -> None:
        # Comparing a thousand seals is skipped while no screen reader is active.
        if is_read_aloud() and change.before.id == change.after.id:
            words = self._words(change.before, change.after)
            if change.step and change.edit is not None:
                # The name of the step is sufficient, and also covers changes that are not visible on the pages.
                sentence = self.tr("Undone: {edit}") if change.step < 0 else self.tr("Redone: {edit}")
                words = sentence.format(edit=edit_sentence(change.edit))
            if words:
                self._context.view.say(words)

    def _words(self, before: ContractDraft, after: ContractDraft) -> str:
        old, new = ({one.id: one for one in draft.placements} for draft in (before, after))
        added = [one for one in new if one not in old]
        removed = len([one for one in old if one not in new])
        if added:
            return self._description_of(added[0]) if len(added) == 1 else self.tr("%n seal(s) placed", "", len(added))
        if removed:
            return self.tr("%n seal(s) removed", "", removed)
        changed = [one for key, one in new.items() if old[key] is not one and old[key] != one]
        if len(changed) != 1:
            return self.tr("%n seal(s) changed", "", len(changed)) if changed else ""
        return self._change_of(old[changed[0].id], changed[0])

    def _description_of(self, placement_id: PlacementId) -> str:
        marks = self._context.marks.of_placement(placement_id)
        name = self._seal(marks[0]).name if marks else ""
        return self.tr("Placed: {name}").format(name=name) if name else ""

    def _change_of(self, before: Placement, after: Placement) -> str:
        marks = self._context.marks.of_placement(after.id)
        if not marks:
            return ""
        item = self._seal(marks[0])
        if before.signer_id != after.signer_id:
            return item.name
        return self._place(marks[0]) if before.width_pt == after.width_pt else item.description
