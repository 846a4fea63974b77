"""The canvas of the Prepare room: the pages, the seals and fields on them, and the tools that place them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPoint, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QRegion
from PySide6.QtWidgets import QWidget

from esign_desktop.override import override
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.prepare.fields.bar import FIELD_KEYS
from esign_desktop.ui.prepare.fields.blanks import BlankFields
from esign_desktop.ui.prepare.fields.controller import FieldController
from esign_desktop.ui.prepare.fields.menu import FieldMenu
from esign_desktop.ui.prepare.fields.spoken import SpokenFields
from esign_desktop.ui.prepare.fields.tools import DrawField, SelectFields
from esign_desktop.ui.prepare.proposals.ghosts import GhostOverlay
from esign_desktop.ui.prepare.seals.actions import SealActions
from esign_desktop.ui.prepare.seals.bar import SealBar
from esign_desktop.ui.prepare.seals.commands import SealCommands
from esign_desktop.ui.prepare.seals.copying import CopyToPages
from esign_desktop.ui.prepare.seals.distances import distance_areas, paint_distances
from esign_desktop.ui.prepare.seals.mark_index import MarkIndex
from esign_desktop.ui.prepare.seals.menu import MenuPlace, SealMenu
from esign_desktop.ui.prepare.seals.placing import SealPlacing
from esign_desktop.ui.prepare.seals.sizes import SealSizes
from esign_desktop.ui.prepare.seals.snap_guides import SnapGuides
from esign_desktop.ui.prepare.spoken import SpokenCanvas
from esign_desktop.ui.prepare.tools.context import ToolContext, fallback_handle
from esign_desktop.ui.prepare.tools.finished import FinishedTool
from esign_desktop.ui.prepare.tools.keyword import KeywordTool
from esign_desktop.ui.prepare.tools.seal import CrossPageTool, SealTool
from esign_desktop.ui.prepare.tools.select import SelectTool
from esign_desktop.ui.prepare.tools.state import TOOL_ACTIONS, ToolName
from esign_desktop.ui.text.signer import signer_name
from esign_desktop.ui.viewer.filled_form import FormOverlay
from esign_desktop.ui.viewer.finding import FindBar
from esign_desktop.ui.viewer.handles import paint_frame
from esign_desktop.ui.viewer.seals import SealPainter, paint_size
from esign_desktop.ui.viewer.tool import PaintedPage
from esign_desktop.ui.viewer.view import PagesView
from esign_desktop.ui.widgets.actions import ACTIONS
from esign_desktop.ui.widgets.layouts import vbox
from esign_desktop.ui.widgets.theme import paper_accent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QRectF
    from PySide6.QtGui import QKeyEvent

    from esign_desktop.domain.document import Document, DocumentId
    from esign_desktop.domain.placing.placement import PlacementId, SealMark
    from esign_desktop.services.editing.documents import DocumentService
    from esign_desktop.services.editing.session import Change, ContractSession
    from esign_desktop.services.preferences import Preferences
    from esign_desktop.ui.prepare.keyword.bar import KeywordBar
    from esign_desktop.ui.prepare.tools.state import Selection, ToolState
    from esign_desktop.ui.tasks import TaskRunner
    from esign_desktop.ui.viewer.tool import Pointer, Tool


_WORDS_PX: Final = 140.0
_AROUND_PX: Final = 26.0
"""The space around a mark for its badge, handles and caption."""


class SealOverlay:
    """Paints the marks of a page, with frames around selected marks and the size of the mark under the mouse."""

    def __init__(self, context: ToolContext) -> None:
        self._context = context
        self._hovered: SealMark | None = None

    def show_hovered(self, mark: SealMark | None) -> None:
        """Show the size of the mark under the mouse, or of no mark if ``mark`` is None."""
        if mark != self._hovered:
            self._hovered = mark
            self._context.repaint()

    def paint_page(self, painter: QPainter, page: PaintedPage) -> None:
        """Paint the marks of a page, with frames, sizes and distances unless the finished look is shown."""
        context, slot = self._context, page.slot
        seen = painter.clipRegion() if painter.hasClipping() else QRegion(page.area.toAlignedRect())
        marks = tuple(
            mark
            for mark in context.marks.on_page(slot.document_id, slot.page_number)
            if seen.intersects(painted_area(page, mark).toAlignedRect())
        )
        is_printed = context.state.is_finished
        for mark in marks:
            context.seals.paint_mark(painter, page, mark, context.session.draft, is_printed=is_printed)
        if is_printed:
            return
        accent = paper_accent()
        for _index, mark in context.fallback_marks if len(context.selection) == 1 else ():
            if (mark.document_id, mark.page_number) == (slot.document_id, slot.page_number):
                context.seals.paint_mark(painter, page, mark, context.session.draft, is_ghost=True, is_proposed=True)
                painter.fillRect(fallback_handle(page.rect(mark.rect)), accent)
        held = self.held_mark(page)
        if held is not None:
            paint_distances(painter, page, held, accent)
        for mark in marks:
            is_selected = mark.placement_id in context.selection
            if is_selected:
                paint_frame(painter, page.rect(mark.rect), accent)
            if mark == self._hovered or (is_selected and len(context.selection) == 1):
                paint_size(painter, page, mark)

    def held_mark(self, page: PaintedPage) -> SealMark | None:
        """Return the mark of a page that the user is dragging, or None.

        The result is also None if the dragged placement has several marks on the page, which is possible for a keyword.
        """
        on_page = self._context.marks.on_page(page.slot.document_id, page.slot.page_number)
        held = [mark for mark in on_page if mark.placement_id == self._context.guides.in_hand]
        return held[0] if len(held) == 1 else None


def painted_area(page: PaintedPage, mark: SealMark) -> QRectF:
    """Return the area that painting a mark may cover, in view coordinates. A caption may be wider than a small seal."""
    area = page.rect(mark.rect)
    room = max(0.0, _WORDS_PX - area.width()) / 2
    return area.adjusted(-_AROUND_PX - room, -_AROUND_PX, _AROUND_PX + room, _AROUND_PX)


_TOOL_KEYS: Final = {Qt.Key[f"Key_{ACTIONS[action].keys[0]}"]: tool for tool, action in TOOL_ACTIONS.items()}


class SealCanvas(QWidget):
    """Connects the view of the pages with the session, the tools and the commands.

    ``signer_wanted`` is emitted if a seal cannot be placed because the contract has no signer. ``hint_given`` carries a
    sentence about the effect of an action, or about the reason why it had none.
    """

    manual_page = "seals#by-click"

    signer_wanted = Signal()
    hint_given = Signal(str)

    def __init__(
        self,
        session: ContractSession,
        state: ToolState,
        selection: Selection,
        documents: DocumentService,
        preferences: Preferences,
        tasks: TaskRunner,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._state = state
        self._selection = selection
        self._view = PagesView(documents, tasks, self)
        marks = MarkIndex(session)
        self._guides = SnapGuides(session, marks, documents, tasks, self)
        self.sizes = SealSizes(preferences, tasks, self)
        self.placing = SealPlacing(session, state, selection, self)
        seals = SealPainter()
        self.ghosts = GhostOverlay(self._view, seals)
        self._context = ToolContext(
            session, state, selection, self._view, marks, seals, self._guides, self.placing, self.ghosts
        )
        self._overlay = SealOverlay(self._context)
        self._moved_area, self._moved_origin = QRegion(), QPointF()
        self._guides_area = QRegion()
        self.commands = SealCommands(session, state, selection, self._view, self)
        self.actions_by_name = SealActions(self.commands, session, selection, self)
        self._keyword = KeywordTool(self._context, documents, tasks, self)
        select = SelectTool(self._context, self._overlay.show_hovered)
        self._tools: dict[ToolName, Tool] = {
            ToolName.SELECT: select,
            ToolName.SEAL: SealTool(self._context, select),
            ToolName.KEYWORD: self._keyword,
            ToolName.CROSS_PAGE: CrossPageTool(self._context),
        }
        self.fields = FieldController(session, state, self._view, self._guides, self)
        """The fields of the template that is edited in place of a contract."""
        blanks = BlankFields(self.fields, documents, tasks, self)
        self.fields.blanks_wanted.connect(blanks.add)
        self._field_tools: dict[ToolName, Tool] = {
            ToolName.SELECT: SelectFields(self.fields),
            ToolName.FIELD: DrawField(self.fields),
        }
        self.find_bar = FindBar(self._view, documents, tasks, self)
        self.find_bar.make_closable()
        vbox((self._view, 1), self.find_bar, spacing=0, parent=self)
        self.setFocusProxy(self._view)
        self.form = FormOverlay(lambda: session.draft)
        self._view.add_overlay(self.form)
        self._view.add_overlay(self.ghosts)
        self._view.add_overlay(self._overlay)
        self._view.add_overlay(self.fields)
        self._view.add_overlay(self._guides)
        self._documents = documents
        self._show_documents(session.draft.documents)
        self._view.set_tool(self._tool)
        self._finished = FinishedTool(self._context)
        self._selected_before: frozenset[PlacementId] = frozenset()
        self._bar = SealBar(self._context, self.commands, self.actions_by_name)
        self.spoken = SpokenCanvas(self._context, self.commands, self.form)
        self._spoken_fields = SpokenFields(self.fields, self._view)
        self._view.items = self.spoken
        self._connect()

    def _connect(self) -> None:
        self.destroyed.connect(self._session.subscribe(self._on_session_changed))
        self._state.tool_changed.connect(self._on_state_tool_changed)
        self._state.finished_changed.connect(self._on_state_finished_changed)
        self._state.preset_changed.connect(self._on_state_preset_changed)
        self.fields.hint_given.connect(self.hint_given)
        self._view.menu_requested.connect(self._on_view_menu_requested)
        self.actions_by_name.copy_to_pages_requested.connect(self.open_copy_to_pages)
        self.commands.hint_given.connect(self.hint_given)
        self.placing.signer_wanted.connect(self.signer_wanted)
        self.placing.document_too_short.connect(self._on_placing_document_too_short)
        for changed in (self._state.active_signer_changed, self._state.seal_width_changed, self._selection.changed):
            changed.connect(self._view.viewport().update)
        self._guides.changed.connect(self._on_guides_changed)
        self._selection.changed.connect(self._on_selection_changed)

    @property
    def _tool(self) -> Tool:
        tools = self._field_tools if self._state.shows_template else self._tools
        return tools.get(self._state.tool, tools[ToolName.SELECT])

    @property
    def view(self) -> PagesView:
        """The view of the pages."""
        return self._view

    def find_again(self) -> None:
        """Repeat the searches of the keyword bar and the search field, for example when more pages are searchable."""
        self._keyword.find_again()
        self.find_bar.find_again()

    @property
    def keyword_bar(self) -> KeywordBar:
        """The keyword bar, which the owner of the canvas places in a layout."""
        return self._keyword.bar

    def show_placement(self, placement_id: PlacementId, page_number: int | None = None) -> None:
        """Select a placement, and scroll to its mark on a page or, by default, to its first mark.

        The first mark is also used if there is none on the page. Do not scroll if the placement has no mark.
        """
        marks = self._context.marks.of_placement(placement_id)
        self._selection.set([placement_id])
        mark = next((m for m in marks if m.page_number == page_number), marks[0] if marks else None)
        slot = self._view.page_layout.slot(mark.document_id, mark.page_number) if mark is not None else None
        if mark is not None and slot is not None:
            # The frame of the selection is enough to highlight the mark.
            self._view.reveal(slot, mark.rect)

    def show_field(self, document_id: DocumentId, name: str) -> None:
        """Highlight the form field that is being edited, and scroll to it if its position is known."""
        self.form.current = (document_id, name)
        documents = {document.id: document.template for document in self._session.draft.documents}
        filling = documents.get(document_id)
        wanted = next((one for one in filling.wanted if one.name == name), None) if filling is not None else None
        if wanted is not None and wanted.page_number is not None and wanted.rect is not None:
            slot = self._view.page_layout.slot(document_id, wanted.page_number)
            if slot is not None:
                self._view.reveal(slot, wanted.rect)
        self._context.repaint()

    def _show_documents(self, documents: Sequence[Document]) -> None:
        for document in documents:
            if document.template is not None:
                self._documents.show_added(document)
        self._view.set_documents(documents)
        self.find_bar.set_documents(documents)
        if not documents:
            self.find_bar.leave()

    def refresh_document(self, document_id: DocumentId) -> None:
        """Render a document's pages again, for example after its file has been opened or has changed."""
        self._view.refresh(document_id)
        self.find_bar.find_again()

    def select_all(self) -> None:
        """Select all seals or, while a template is edited, all of its fields."""
        if self._state.shows_template:
            self.fields.choose(range(len(self.fields.fields)))
        else:
            self.commands.select_all()

    def assign_selected(self, signer_number: int) -> None:
        """Make the signer with this number, counted from 1, the active one. Do nothing if there is no such signer.

        If the select tool is active, the selected seals are also assigned to the signer. Seals that have just been
        placed and are still selected keep their signer, because the number is meant for the next seal.
        """
        signers = self._session.draft.signers
        if not 1 <= signer_number <= len(signers):
            return
        signer_id = signers[signer_number - 1].id
        is_chosen = bool(self._selection.ids) and not self._selection.are_just_placed
        if self._state.tool is ToolName.SELECT and is_chosen:
            ids = self._selection.ids
            changed = [p for p in self._session.draft.placements if p.id in ids and p.signer_id != signer_id]
            self.commands.assign(signer_id)
            if changed:
                name = signer_name(signers[signer_number - 1])
                self.hint_given.emit(
                    self.tr("%n seal(s) reassigned to {signer}. Press Ctrl+Z to undo.", "", len(changed)).format(
                        signer=name
                    )
                )
        self._state.set_active_signer(signer_id)

    def open_copy_to_pages(self, position: QPoint | None = None) -> None:
        """Open the popup that copies the selected seals to other pages, at a screen position or, by default, the mouse.

        Do nothing if the selected seals cannot be copied to other pages.
        """
        if self.commands.can_copy_to_pages:
            CopyToPages(self._session, self.commands, self).open_at(position or self.cursor().pos())

    def open_menu(self, pointer: Pointer | None, position: QPoint) -> SealMenu:
        """Open the menu at a screen position, and return it.

        The menu is for the seal under the mouse, which becomes selected. If there is none, the selection is cleared and
        the menu is for the point under the mouse. If ``pointer`` is None, the menu is for the selection.
        """
        place = None
        if pointer is not None and pointer.slot is not None and pointer.point is not None:
            place = MenuPlace(pointer.slot.document_id, pointer.slot.page_number, pointer.point)
            mark = self._context.mark_at(pointer)
            if mark is None:
                self._selection.clear()
            elif mark.placement_id not in self._selection:
                self._selection.set([mark.placement_id])
        menu = SealMenu(
            self._session, self.commands, self.placing, self.actions_by_name, self.sizes, self._view, place, self
        )
        menu.popup(position)
        return menu

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_for_seals = not self._state.is_finished and not self._state.shows_template
        if not (is_for_seals and self.commands.use_key(event)) and not self.use_letter(event):
            super().keyPressEvent(event)

    def use_letter(self, event: QKeyEvent) -> bool:
        """Choose a tool by its letter or a signer by a digit, and return whether the key was such a letter or digit.

        While a template is edited, letters choose the kind of the next field. Do nothing and return False while the
        finished look is shown, and for keys with modifiers.
        """
        if self._state.is_finished or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        is_template = self._state.shows_template
        key = Qt.Key(event.key())
        tool, kind = _TOOL_KEYS.get(key), FIELD_KEYS.get(key)
        if is_template and kind is not None:
            self._state.draw_fields(kind)
        elif tool is not None and (tool is ToolName.SELECT or not is_template):
            self._state.set_tool(tool)
        elif is_template:
            return False
        elif Qt.Key.Key_1 <= event.key() <= Qt.Key.Key_9:
            self.assign_selected(event.key() - Qt.Key.Key_0)
        else:
            return False
        return True

    def _on_view_menu_requested(self, pointer: Pointer | None, position: QPoint) -> None:
        if self._state.is_finished:
            return
        if self._state.shows_template:
            self._open_field_menu(pointer, position)
            return
        ghost = self.ghosts.current
        if pointer is None:
            position = self._view.viewport().mapToGlobal(self._menu_point())
        else:
            ghost = self.ghosts.at(pointer) if self._context.mark_at(pointer) is None else None
        if ghost is not None:
            self.ghosts.open_menu(ghost, position)
        else:
            self.open_menu(pointer, position)

    def _open_field_menu(self, pointer: Pointer | None, position: QPoint) -> None:
        index = self.fields.field_at(pointer) if pointer is not None else None
        if index is not None and index not in self.fields.chosen:
            self.fields.choose({index})
        if self.fields.chosen:
            at = position if pointer is not None else self._view.viewport().mapToGlobal(self._menu_point())
            menu = FieldMenu(self.fields, self)
            menu.aboutToHide.connect(menu.deleteLater)
            menu.popup(at)

    def area_of_selection(self) -> QRect:
        """Return the area, in screen coordinates, of the selected seals in view.

        If there are none, return a pixel at the current ghost or at the center of the view.
        """
        seals, parent = self._bar.seals_in_view(), self._view
        if seals is None:
            return QRect(parent.viewport().mapToGlobal(self._menu_point()), QSize(1, 1))
        return QRect(parent.mapToGlobal(seals.topLeft()), seals.size())

    def _menu_point(self) -> QPoint:
        """Return the position, in viewport coordinates, for a menu that is opened by the keyboard.

        This is the center of the current ghost or of a selected seal, if it is in view, or else of the viewport.
        """
        viewport, ghost = self._view.viewport().rect(), self.ghosts.current
        chosen = [self._context.marks.of_placement(one) for one in self._selection.ids]
        for marks in chosen if ghost is None else [ghost.marks]:
            for mark in marks:
                slot = self._view.page_layout.slot(mark.document_id, mark.page_number)
                if slot is not None:
                    point = self._view.view_point(*slot.point_px(mark.rect.center)).toPoint()
                    if viewport.contains(point):
                        return point
        return viewport.center()

    def _on_state_finished_changed(self, is_finished: bool) -> None:
        self.form.is_printed = self.ghosts.is_hidden = is_finished
        if is_finished:
            self._selected_before = self._selection.ids
            self._selection.clear()
            self._view.set_tool(self._finished)
        else:
            self._view.set_tool(self._tool)
            kept = {placement.id for placement in self._session.draft.placements}
            self._selection.set(self._selected_before & kept)
        self._view.setFocus()
        self._context.repaint()

    def _on_selection_changed(self) -> None:
        if self._selection.ids:
            # The Delete key must apply to the selected seals and not to a ghost.
            self.ghosts.set_current(None)

    def _on_placing_document_too_short(self, document_id: DocumentId) -> None:
        name = self._session.draft.document(document_id).name
        self.hint_given.emit(
            self.tr("A cross-page seal needs at least two pages: {name} has only one.").format(name=name)
        )

    def _on_session_changed(self, change: Change) -> None:
        draft = change.after
        is_edited = change.before.placements is not draft.placements or change.before.signers is not draft.signers
        if change.edit is not None and is_edited:
            # The user continues to edit, which is not possible in the finished look.
            self._state.set_finished(is_finished=False)
        area = self._typed_area(change)
        if area is not None:
            # Only the field's area is repainted, because repainting a large form for each key would be slow.
            self._view.viewport().update(area)
            return
        if change.before.documents is not draft.documents:
            self._show_documents(draft.documents)
        self._selection.keep_only(placement.id for placement in draft.placements)
        signer_ids = [signer.id for signer in draft.signers]
        if self._state.active_signer_id not in signer_ids:
            self._state.set_active_signer(signer_ids[0] if signer_ids else None)
        if change.is_ongoing and change.before.documents is draft.documents:
            self._repaint_moved(change)
        else:
            self._moved_area = QRegion()
            self._context.repaint()

    def _typed_area(self, change: Change) -> QRegion | None:
        """Return the area of an edited form value in the viewport, or None for any other change."""
        before, after = change.before, change.after
        is_typing = change.edit is EditName.FILL_FORM and before.documents is not after.documents
        if not is_typing or before.placements is not after.placements or before.signers is not after.signers:
            return None
        return self.form.changed_area(before, after, self._pages_in_view())

    def _repaint_moved(self, change: Change) -> None:
        """Repaint only the areas that seals moved from and to, because most of the seals do not move."""
        before = {id(placement) for placement in change.before.placements}
        moved = {placement.id for placement in change.after.placements if id(placement) not in before}
        area = QRegion()
        for page in self._pages_in_view():
            for mark in self._context.marks.on_page(page.slot.document_id, page.slot.page_number):
                if mark.placement_id in moved:
                    area = area.united(painted_area(page, mark).toAlignedRect())
            held = self._overlay.held_mark(page)
            if held is not None:
                for strip in distance_areas(page, held):
                    area = area.united(strip.toAlignedRect())
        if self._moved_area.isEmpty() or self._moved_origin != self._view.origin or self._context.fallback_marks:
            self._context.repaint()
        else:
            self._view.viewport().update(area.united(self._moved_area))
        self._moved_area, self._moved_origin = area, self._view.origin

    def _on_guides_changed(self) -> None:
        area = QRegion()
        for page in self._pages_in_view():
            for guide in self._guides.areas(page):
                area = area.united(guide.toAlignedRect())
        self._view.viewport().update(area.united(self._guides_area))
        self._guides_area = area

    def _pages_in_view(self) -> list[PaintedPage]:
        return [PaintedPage(slot, self._view.origin) for slot in self._view.slots_in_view]

    def _on_state_tool_changed(self, _tool: str) -> None:
        # The tool is set last, because it may take the keyboard focus.
        self._view.setFocus()
        self._view.set_tool(self._tool)

    def _on_state_preset_changed(self) -> None:
        is_template = self._state.shows_template
        if self._state.tool not in (self._field_tools if is_template else self._tools):
            self._state.set_tool(ToolName.SELECT)
        self._view.set_tool(self._tool)
        self._view.items = self._spoken_fields if is_template else self.spoken
        self._context.repaint()
