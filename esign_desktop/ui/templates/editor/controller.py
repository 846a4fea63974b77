"""The state that the tools, the list and the form of the template editor share."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from esign_desktop.domain import field_edits
from esign_desktop.domain.geometry import PageRect
from esign_desktop.domain.placing.snapping import Snap, SnapTargets
from esign_desktop.domain.templates import TemplateField, ValueKind, field_faults
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.templates.words import kind_word
from esign_desktop.ui.viewer.guides import PAGE_MARGINS, REACH_PX, paint_guides
from esign_desktop.ui.widgets.edited_copy import EditedCopy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Set

    from PySide6.QtGui import QPainter

    from esign_desktop.domain.document import Document
    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.geometry import DisplayPoint, PageFrame
    from esign_desktop.domain.placing.arranging import Alignment
    from esign_desktop.domain.templates import FieldFault
    from esign_desktop.services.editing.documents import DocumentService
    from esign_desktop.ui.tasks import TaskRunner
    from esign_desktop.ui.viewer.layout import PageSlot
    from esign_desktop.ui.viewer.tool import PaintedPage, Pointer
    from esign_desktop.ui.viewer.view import PagesView


class FieldGuides:
    """Aligns a dragged field with other fields, lines of text, the margins and the page, and paints guide lines."""

    def __init__(self, controller: FieldController, documents: DocumentService, tasks: TaskRunner) -> None:
        self._controller = controller
        self._documents = documents
        self._tasks = tasks
        self._text: dict[int, tuple[PageRect, ...]] = {}
        self._page_number = 0
        self._snap = Snap()

    @property
    def shown(self) -> Snap:
        """The alignment whose guide lines are painted. It is empty if there are none."""
        return self._snap

    def snapped(self, slot: PageSlot, rect: PageRect, moving: Set[int]) -> PageRect:
        """Return a rectangle in page space, moved so that it is aligned with near objects on the page.

        ``moving`` contains the indexes of the fields that are dragged, which are not used for the alignment. The guide
        lines are painted until ``clear`` is called.
        """
        page_number = slot.page_number
        others = [
            one.rect
            for index, one in enumerate(self._controller.fields)
            if index not in moving and one.page_number == page_number and one.rect is not None
        ]
        text = self._text_on(page_number)
        targets = SnapTargets(slot.frame, seals=others, text_lines=text, margins=PAGE_MARGINS)
        snap = targets.snap(rect, REACH_PX / slot.scale / slot.frame.user_unit)
        self._page_number, self._snap = page_number, snap
        return PageRect(
            rect.left_pt + snap.dx_pt, rect.bottom_pt + snap.dy_pt, rect.right_pt + snap.dx_pt, rect.top_pt + snap.dy_pt
        )

    def clear(self) -> None:
        """Remove the guide lines. They disappear with the next repaint."""
        self._snap = Snap()

    def read_text(self, page_number: int) -> None:
        """Read the lines of text of a page in the background, so that dragged fields can be aligned with them.

        Do nothing if they have been requested before.
        """
        self._text_on(page_number)

    def paint_page(self, painter: QPainter, page: PaintedPage) -> None:
        """Paint the guide lines of a page."""
        if page.slot.page_number == self._page_number:
            paint_guides(painter, page, self._snap.guides)

    def _text_on(self, page_number: int) -> tuple[PageRect, ...]:
        if page_number not in self._text:
            self._text[page_number] = ()
            self._tasks.start(
                partial(self._documents.text_lines, self._controller.document.id, page_number),
                owner=self._controller,
                on_done=partial(self._text.__setitem__, page_number),
                on_error=self._on_text_failed,
                lane=Lane.PDF,
            )
        return self._text[page_number]

    def _on_text_failed(self, _error: AppError) -> None:
        """Ignore the error. Dragged fields are then not aligned with the text of the page."""


class FieldController(QObject):
    """The fields of the template in the editor, their undo history, and the selection.

    The first ``fixed_count`` fields come from the PDF's own form. Their positions and names cannot be changed, and they
    cannot be removed.
    """

    changed = Signal()
    """Emitted after a change of the fields or of the selection."""
    naming_wanted = Signal()
    """Emitted when the user should enter the name of the selected field, for example because it is new."""
    tool_changed = Signal(object)
    """Carries the ``ValueKind`` of the fields that the new tool draws, or None for the selection tool."""

    def __init__(
        self,
        document: Document,
        fields: tuple[TemplateField, ...],
        view: PagesView,
        documents: DocumentService,
        tasks: TaskRunner,
        parent: QObject | None = None,
        *,
        fixed_count: int = 0,
    ) -> None:
        super().__init__(parent)
        self.document = document
        self.copy: EditedCopy[tuple[TemplateField, ...]] = EditedCopy(fields, self)
        self.fixed_count = fixed_count
        self.guides = FieldGuides(self, documents, tasks)
        self._view = view
        self._chosen: frozenset[int] = frozenset()
        self.copy.changed.connect(self._on_copy_changed)

    @property
    def fields(self) -> tuple[TemplateField, ...]:
        """All fields, those of the PDF's own form first."""
        return self.copy.value

    @property
    def pages(self) -> tuple[PageFrame, ...]:
        """The frames of the document's pages."""
        return self.document.pages

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
        return index < self.fixed_count

    def choose(self, indexes: Iterable[int]) -> None:
        """Select the fields with the given indexes and no others. Emit ``changed`` if the selection changes."""
        chosen = frozenset(indexes)
        if chosen != self._chosen:
            self._chosen = chosen
            self.changed.emit()

    def slot_of(self, one: TemplateField) -> PageSlot | None:
        """Return the slot of a field's page, or None if the field has no page."""
        return None if one.page_number is None else self._view.page_layout.slot(self.document.id, one.page_number)

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
        self.copy.apply(edit, merge_key)

    def become(self, fields: tuple[TemplateField, ...], merge_key: str = "") -> None:
        """Replace all fields. Consecutive changes with the same ``merge_key`` are undone together."""
        self.copy.become(fields, merge_key)

    def add(self, kind: ValueKind, slot: PageSlot, rect: PageRect) -> None:
        """Add a field at a rectangle in page space, and select it. The selection tool becomes active.

        The rectangle is moved and, if necessary, resized so that it is on the page. ``naming_wanted`` is emitted.
        """
        rect = field_edits.on_page(rect, slot.frame)
        # An unticked check box is a valid value, so it is not required.
        is_required = kind is not ValueKind.CHECK
        one = TemplateField(kind_word(kind), kind, is_required=is_required, page_number=slot.page_number, rect=rect)
        self.apply(partial(field_edits.add, field=one))
        self.take_tool(None)
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

    def take_tool(self, kind: ValueKind | None) -> None:
        """Activate the tool that draws fields of a kind, or the selection tool if ``kind`` is None."""
        self.tool_changed.emit(kind)

    def repaint(self) -> None:
        """Schedule a repaint of the pages."""
        self._view.viewport().update()

    def _add_copies(self, edit: Callable[[tuple[TemplateField, ...]], tuple[TemplateField, ...]]) -> None:
        before = len(self.fields)
        self.apply(edit)
        if len(self.fields) > before:
            self.choose(range(before, len(self.fields)))

    def _on_copy_changed(self) -> None:
        self._chosen = frozenset(index for index in self._chosen if index < len(self.fields))
        self.repaint()
        self.changed.emit()
