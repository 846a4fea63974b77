"""The fields of the template that is edited in Prepare, and the selection of these fields."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from esign_desktop.domain import field_edits
from esign_desktop.domain.geometry import PageRect
from esign_desktop.domain.templates import TemplateDraft, TemplateField, ValueKind, field_faults
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.prepare.fields.painting import paint_field
from esign_desktop.ui.prepare.tools.state import ToolName
from esign_desktop.ui.text.template import kind_word
from esign_desktop.ui.viewer.handles import paint_frame
from esign_desktop.ui.widgets.theme import LIGHT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Set

    from PySide6.QtGui import QPainter

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.document import DocumentId
    from esign_desktop.domain.geometry import DisplayPoint, PageFrame
    from esign_desktop.domain.placing.arranging import Alignment
    from esign_desktop.domain.templates import FieldFault
    from esign_desktop.services.editing.session import Change, ContractSession
    from esign_desktop.ui.prepare.seals.snap_guides import SnapGuides
    from esign_desktop.ui.prepare.tools.state import ToolState
    from esign_desktop.ui.viewer.layout import PageSlot
    from esign_desktop.ui.viewer.tool import PaintedPage, Pointer
    from esign_desktop.ui.viewer.view import PagesView


class FieldController(QObject):
    """Edits and paints the fields of the template in the session, and holds their selection.

    While no template is edited, there are no fields.
    """

    changed = Signal()
    """Emitted after a change of the fields or of the selection."""
    naming_wanted = Signal()
    """Emitted when the user should enter the name of the selected field, for example because it is new."""
    blanks_wanted = Signal()
    """Emitted when the user wants to add fields at the blanks of the pages."""
    hint_given = Signal(str)
    """Carries a sentence about the reason why an action had no effect."""

    def __init__(
        self, session: ContractSession, state: ToolState, view: PagesView, guides: SnapGuides, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._state = state
        self._view = view
        self._guides = guides
        self._chosen: frozenset[int] = frozenset()
        self.destroyed.connect(session.subscribe(self._on_session_changed))

    @property
    def kind(self) -> ValueKind:
        """The kind of the next field that is drawn."""
        return self._state.field_kind

    @property
    def _draft(self) -> TemplateDraft | None:
        draft = self._session.draft
        return draft if isinstance(draft, TemplateDraft) else None

    @property
    def fields(self) -> tuple[TemplateField, ...]:
        """All fields, those of the PDF's own form first."""
        return self._draft.fields if self._draft is not None else ()

    @property
    def document_id(self) -> DocumentId:
        """The id of the template's document. Raises IndexError while no template is edited."""
        return self._session.draft.documents[0].id

    @property
    def pages(self) -> tuple[PageFrame, ...]:
        """The frames of the template's pages. Empty while no template is edited."""
        return self._draft.documents[0].pages if self._draft is not None else ()

    @property
    def chosen(self) -> frozenset[int]:
        """The indexes of the selected fields."""
        return self._chosen

    @property
    def movable(self) -> frozenset[int]:
        """The indexes of the selected fields that can be moved and removed."""
        return frozenset(index for index in self._chosen if not self.is_fixed(index))

    @property
    def only_chosen(self) -> int | None:
        """The index of the selected field, or None if no field or several fields are selected."""
        return next(iter(self._chosen)) if len(self._chosen) == 1 else None

    @property
    def faults(self) -> Mapping[int, FieldFault]:
        """The faults of the fields that the user has drawn, keyed by the indexes of the fields."""
        found = dict(field_faults(self.fields, self.pages))
        return {index: fault for index, fault in found.items() if not self.is_fixed(index)}

    @property
    def reading_order(self) -> list[int]:
        """The indexes of the fields with a position, sorted by page, then from top to bottom and from left to right."""

        def place(index: int) -> tuple[int, float, float]:
            one = self.fields[index]
            rect = one.rect
            if rect is None or one.page_number is None:
                return 0, 0.0, 0.0
            shown = self.pages[one.page_number - 1].rect_to_display(rect)
            return one.page_number, round(shown.top_pt), shown.left_pt

        return sorted((index for index, one in enumerate(self.fields) if one.rect is not None), key=place)

    def is_fixed(self, index: int) -> bool:
        """Return whether a field comes from the PDF's own form."""
        return self._draft is not None and index < self._draft.fixed_count

    def choose(self, indexes: Iterable[int]) -> None:
        """Select the fields with the given indexes and no others. Emit ``changed`` if the selection changes."""
        chosen = frozenset(indexes)
        if chosen != self._chosen:
            self._chosen = chosen
            self.changed.emit()

    def slot_of(self, one: TemplateField) -> PageSlot | None:
        """Return the slot of a field's page, or None if the field has no page."""
        return None if one.page_number is None else self._view.page_layout.slot(self.document_id, one.page_number)

    def field_at(self, pointer: Pointer) -> int | None:
        """Return the index of the uppermost field under the mouse, or None."""
        point, slot = pointer.point, pointer.slot
        if point is None or slot is None:
            return None
        for index in reversed(range(len(self.fields))):
            one = self.fields[index]
            if one.page_number == slot.page_number and one.rect is not None:
                rect = one.rect
                if rect.left_pt <= point.x_pt <= rect.right_pt and rect.bottom_pt <= point.y_pt <= rect.top_pt:
                    return index
        return None

    @property
    def middle_of_view(self) -> tuple[PageSlot, DisplayPoint] | None:
        """The current page and the center of its visible part, or None if no page is visible."""
        slot = None if self._view.current_page is None else self._view.page_layout.slot(*self._view.current_page)
        part = None if slot is None else self._view.visible_part_of(slot)
        return None if slot is None or part is None else (slot, part.center)

    def reveal(self, index: int) -> None:
        """Scroll to a field. Do nothing if it has no position."""
        one = self.fields[index]
        slot = self.slot_of(one)
        if slot is not None and one.rect is not None:
            self._view.reveal(slot, one.rect)

    def apply(
        self, edit: Callable[[tuple[TemplateField, ...]], tuple[TemplateField, ...]], merge_key: str = ""
    ) -> None:
        """Change the fields. Consecutive changes with the same ``merge_key`` are undone together."""

        def edited(draft: ContractDraft) -> ContractDraft:
            return replace(draft, fields=edit(draft.fields)) if isinstance(draft, TemplateDraft) else draft

        self._session.apply(EditName.CHANGE_FIELDS, edited, merge_key=merge_key or None)

    def become(self, fields: tuple[TemplateField, ...], merge_key: str = "") -> None:
        """Replace all fields. Consecutive changes with the same ``merge_key`` are undone together."""
        self.apply(lambda _fields: fields, merge_key)

    def take_hold(self, moving: Set[int]) -> None:
        """Prepare ``snapped`` for a drag of the fields with the given indexes."""
        self._guides.take_hold_of_fields(partial(self._rects_at_rest, moving))

    def snapped(self, slot: PageSlot, rect: PageRect) -> PageRect:
        """Return a rectangle in page space, moved so that it is aligned with near objects on the page.

        The guide lines are shown until ``let_go`` is called. Call ``take_hold`` before.
        """
        by = self._guides.snapped(slot, rect)
        return PageRect(
            rect.left_pt + by.x_pt, rect.bottom_pt + by.y_pt, rect.right_pt + by.x_pt, rect.top_pt + by.y_pt
        )

    def clear_guides(self) -> None:
        """Hide the guide lines. The drag continues."""
        self._guides.clear()

    def let_go(self) -> None:
        """End a drag, and hide the guide lines."""
        self._guides.let_go()
        self._session.end_merging()

    def _rects_at_rest(self, moving: Set[int], page_number: int) -> Iterator[PageRect]:
        for index, one in enumerate(self.fields):
            if index not in moving and one.page_number == page_number and one.rect is not None:
                yield one.rect

    def add(self, kind: ValueKind, slot: PageSlot, rect: PageRect) -> None:
        """Add a field at a rectangle in page space, and select it. The selection tool becomes active.

        The rectangle is moved and, if necessary, resized so that it is on the page. ``naming_wanted`` is emitted.
        """
        rect = field_edits.on_page(rect, slot.frame)
        # An unticked check box is a valid value, so it is not required.
        is_required = kind is not ValueKind.CHECK
        one = TemplateField(kind_word(kind), kind, is_required=is_required, page_number=slot.page_number, rect=rect)
        self.apply(partial(field_edits.add, field=one))
        self.leave_tool()
        self.choose({len(self.fields) - 1})
        self.naming_wanted.emit()

    def remove_chosen(self) -> None:
        """Remove the selected fields. Those of the PDF's own form stay."""
        gone = self.movable
        if gone:
            self._chosen = frozenset()
            self.apply(partial(field_edits.remove, indexes=gone))

    def duplicate(self) -> None:
        """Add a copy next to each selected field, and select the copies."""
        self._add_copies(partial(field_edits.duplicate, indexes=self.chosen, pages=self.pages))

    def copy_to_pages(self, numbers: Iterable[int]) -> None:
        """Add copies of the selected fields at the same positions on other pages, and select the copies."""
        edit = field_edits.copy_to_pages
        self._add_copies(partial(edit, indexes=self.chosen, numbers=tuple(numbers), pages=self.pages))

    def align(self, alignment: Alignment) -> None:
        """Align the selected fields with each other. Those of the PDF's own form stay where they are."""
        self.apply(partial(field_edits.align, indexes=self.movable, alignment=alignment, pages=self.pages))

    def make_same_size(self) -> None:
        """Give the selected fields the size of the first of them. Those of the PDF's own form stay as they are."""
        self.apply(partial(field_edits.same_size, indexes=self.movable, pages=self.pages))

    def leave_tool(self) -> None:
        """Activate the selection tool."""
        self._state.set_tool(ToolName.SELECT)

    def paint_page(self, painter: QPainter, page: PaintedPage) -> None:
        """Paint the fields of a page, with frames and handles for the selected ones."""
        faults = self.faults
        for index, one in enumerate(self.fields):
            if one.page_number != page.slot.page_number or one.rect is None:
                continue
            paint_field(painter, page, one, is_fixed=self.is_fixed(index), is_faulty=index in faults)
            if index not in self.chosen:
                continue
            area = page.rect(one.rect)
            if self.movable == {index}:
                paint_frame(painter, area, LIGHT.accent, has_sides=True)
            else:
                painter.save()
                painter.setPen(LIGHT.accent)
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(area.adjusted(-2, -2, 2, 2))
                painter.restore()

    def repaint(self) -> None:
        """Schedule a repaint of the pages."""
        self._view.viewport().update()

    def _add_copies(self, edit: Callable[[tuple[TemplateField, ...]], tuple[TemplateField, ...]]) -> None:
        before = len(self.fields)
        self.apply(edit)
        if len(self.fields) > before:
            self.choose(range(before, len(self.fields)))

    def _on_session_changed(self, change: Change) -> None:
        before, after = change.before, change.after
        if not (isinstance(before, TemplateDraft) or isinstance(after, TemplateDraft)):
            return
        kept = self._chosen if before.id == after.id else frozenset()
        self._chosen = frozenset(index for index in kept if index < len(self.fields))
        self.repaint()
        self.changed.emit()
