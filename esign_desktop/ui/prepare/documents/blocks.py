"""The editor for the blocks at the end of a template document: tables, and pages of PDFs."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QFrame, QPushButton, QStackedWidget, QTabBar, QToolButton, QWidget

from esign_desktop.domain.added_pages import (
    MOST_ADDED_BYTES,
    MOST_ADDED_PAGES,
    AddedBlock,
    AddedPdf,
    AddedTable,
    Rows,
    bytes_of,
    frames_of,
)
from esign_desktop.domain.contract.blocks import insert_block, move_block, remove_block, replace_block
from esign_desktop.domain.contract.form_values import set_blocks
from esign_desktop.domain.errors import InputError
from esign_desktop.override import override
from esign_desktop.services.editing.session import Change, ContractSession, EditName
from esign_desktop.ui.prepare.documents.added_pdfs import CopyStage, PageCopying, PagesChooser
from esign_desktop.ui.prepare.documents.card import size_text
from esign_desktop.ui.prepare.documents.opening import PasswordBar
from esign_desktop.ui.prepare.documents.tables import CellGrid
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.file_dialogs import FileKind, FileType, choose_file
from esign_desktop.ui.widgets.forms import CheckField, ChoiceField, LineField, describe_choice
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.labels import ElidedLabel, PlainLabel, separator, show_tip
from esign_desktop.ui.widgets.layouts import hbox, vbox
from esign_desktop.ui.widgets.notice_bar import keep_clear
from esign_desktop.ui.widgets.theme import repolish, sized

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QDragEnterEvent, QDropEvent

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.document import Document, DocumentId
    from esign_desktop.domain.page_ranges import PageRanges
    from esign_desktop.services.editing.copies import DocumentCopies
    from esign_desktop.services.editing.documents import DocumentService
    from esign_desktop.ui.tasks import TaskRunner

_BODY_PX: Final = 148
_LONGEST_TITLE: Final = 80
_TAB_CHARACTERS: Final = 8
"""The maximum length of a tab's text, so that the heading has enough space beside the tabs."""


class _Target(NamedTuple):
    """The destination of a PDF's pages: the end of a document, or the position of a block that they replace."""

    document_id: DocumentId
    replaced: AddedPdf | None = None


class BlocksPane(QFrame):
    """The editor for the blocks of one template document. Edits are shown on the pages at once.

    ``page_requested`` carries a ``DocumentId`` and the number of the first page of the displayed block.
    """

    manual_page = "templates#pages-at-the-end"

    page_requested = Signal(object, int)
    failed = Signal(object, str)
    """Carries the ``AppError`` that prevented an addition, and the name of the file or an empty text."""

    def __init__(
        self,
        session: ContractSession,
        documents: DocumentService,
        copies: DocumentCopies,
        tasks: TaskRunner,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        keep_clear(self)
        self.setAcceptDrops(True)
        self._session = session
        self._document_id: DocumentId | None = None
        self._index = 0
        self._target: _Target | None = None
        self.copying = PageCopying(documents, copies, tasks, self)
        self._heading = ElidedLabel(self)
        self._heading.setObjectName("sectionTitle")
        self.tabs = QTabBar(self)
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        self.tabs.setAccessibleName(self.tr("Tables and pages at the end"))
        self.move_up = self._button("chevron-up", self.tr("Move up"))
        self.move_down = self._button("chevron-down", self.tr("Move down"))
        self.add = self._button("add", self.tr("Add another table"))
        self.add_pdf = QPushButton(self.tr("Pages of a PDF…"), self)
        self.add_pdf.setObjectName("compact")
        self._pages = PlainLabel(self, look="hint")
        self.close_button = self._button("close", self.tr("Close"))
        self.title = LineField(max_length=_LONGEST_TITLE, placeholder=self.tr("Title above table (optional)"))
        self.title.setMinimumWidth(sized(96))
        self.title.setAccessibleName(self.tr("Title above table"))
        self.header = CheckField(self.tr("Repeat first row on every page"))
        self.file_name = ElidedLabel(self)
        self.file_facts = PlainLabel(self, look="hint")
        self.place = ChoiceField()
        describe_choice(self.place, self.tr("Position of the pages"))
        self.paste = self._button("paste", self.tr("Paste cells from a spreadsheet (Ctrl+V)"))
        self.delete_rows = self._button("cut", self.tr("Delete selected rows"))
        self.replace = QPushButton(self.tr("Replace…"), self)
        self.replace.setObjectName("compact")
        self.remove = self._button("delete", "")
        self.password_bar = PasswordBar(self)
        self.grid = CellGrid(self)
        self._note = PlainLabel(
            self,
            self.tr("The pages are a copy. Later changes to the file don't change the contract."),
            look="hint",
            is_wrapped=True,
        )
        self.chooser = PagesChooser(self)
        self._body = QStackedWidget(self)
        self._lay_out()
        self.hide()
        self._connect()

    def open(self, document_id: DocumentId) -> None:
        """Show the blocks of a template document. If there are none, the user can start typing a table.

        The pane is hidden if the document is not from a template.
        """
        if document_id != self._document_id:
            self._cancel()
        self._document_id, self._index = document_id, 0
        if self._show():
            self.show()
            self._focus_block()
            self._show_pages()

    def add_file(self, path: Path, *, replaced: AddedPdf | None = None) -> None:
        """Open a PDF in the background, and ask which of its pages to add, as a new block or instead of ``replaced``.

        Do nothing if no template document is open in the pane.
        """
        if self._document is not None and self._document_id is not None:
            self.password_bar.clear()
            self._target = _Target(self._document_id, replaced)
            self.copying.open(path)

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _dropped_pdf(event) is not None:
            event.acceptProposedAction()

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        path = _dropped_pdf(event)
        if path is not None and self._has_room():
            event.acceptProposedAction()
            self.add_file(path)

    def _lay_out(self) -> None:
        for widget in (self.grid, self._note, self.chooser):
            self._body.addWidget(widget)
        self._note.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._body.setFixedHeight(sized(_BODY_PX))
        self._table_widgets: tuple[QWidget, ...] = (self.title, self.header, self.paste, self.delete_rows)
        self._pdf_widgets: tuple[QWidget, ...] = (self.file_name, self.file_facts, self.replace)
        vbox(
            separator(self),
            hbox(
                *((self._heading, 1), self.tabs, self.move_up, self.move_down, self.add, self.add_pdf),
                *(self._pages, self.close_button),
            ),
            hbox(
                *((self.title, 1), self.header, (self.file_name, 1), self.file_facts, self.place),
                *(self.paste, self.delete_rows, self.replace, self.remove),
            ),
            self.password_bar,
            self._body,
            margins=(12, 0, 8, 8),
            parent=self,
        )

    def _connect(self) -> None:
        self.tabs.currentChanged.connect(self._on_tabs_current_changed)
        self.move_up.clicked.connect(partial(self._move, -1))
        self.move_down.clicked.connect(partial(self._move, +1))
        self.add.clicked.connect(self._on_add_clicked)
        self.add_pdf.clicked.connect(self._on_add_pdf_clicked)
        self.replace.clicked.connect(self._on_replace_clicked)
        self.close_button.clicked.connect(self._on_close_clicked)
        self.title.edited.connect(self._on_title_edited)
        self.header.edited.connect(self._on_header_edited)
        self.place.edited.connect(self._on_place_edited)
        self.paste.clicked.connect(self.grid.paste)
        self.delete_rows.clicked.connect(self.grid.delete_rows)
        self.remove.clicked.connect(self._on_remove_clicked)
        self.grid.rows_edited.connect(self._on_grid_rows_edited)
        self.grid.typing_ended.connect(self._session.end_merging)
        self.grid.paste_failed.connect(self._on_grid_paste_failed)
        self.copying.stage_changed.connect(self._on_stage_changed)
        self.copying.copied.connect(self._on_copying_copied)
        self.copying.password_needed.connect(self.password_bar.ask)
        self.copying.failed.connect(self.failed)
        self.password_bar.password_given.connect(self._on_password_given)
        self.chooser.chosen.connect(self._on_chooser_chosen)
        self.chooser.cancelled.connect(self._on_chooser_cancelled)
        self.destroyed.connect(self._session.subscribe(self._on_session_changed))

    @property
    def _document(self) -> Document | None:
        return self._document_with(self._document_id)

    def _document_with(self, document_id: DocumentId | None) -> Document | None:
        documents = self._session.draft.documents
        found = next((one for one in documents if one.id == document_id), None)
        return found if found is not None and found.template is not None else None

    @property
    def _stored(self) -> tuple[AddedBlock, ...]:
        document = self._document
        return () if document is None or document.template is None else document.template.blocks

    @property
    def _blocks(self) -> tuple[AddedBlock, ...]:
        """The blocks of the document or, if it has none, an empty table that the user can fill in."""
        return self._stored or (AddedTable(),)

    def _button(self, name: str, text: str) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icon(name))
        button.setToolTip(text)
        button.setAccessibleName(text)
        return button

    def _show(self) -> bool:
        document = self._document
        if document is None or document.template is None:
            self.hide()
            self._cancel()
            return False
        blocks = self._blocks
        self._index = min(self._index, len(blocks) - 1)
        self._heading.setText(self.tr("Pages at the end of “{name}”").format(name=one_line(document.name)))
        self._show_tabs(blocks)
        self._show_count(document.template.added_pages)
        block = blocks[self._index]
        is_table = isinstance(block, AddedTable)
        for widgets, is_shown in ((self._table_widgets, is_table), (self._pdf_widgets, not is_table)):
            for widget in widgets:
                widget.setVisible(is_shown)
        removal = self.tr("Remove table") if is_table else self.tr("Remove these pages")
        self.remove.setToolTip(removal)
        self.remove.setAccessibleName(removal)
        self._show_place(block.after_page, len(document.own_pages))
        if isinstance(block, AddedTable):
            if not self.title.hasFocus():
                self.title.show_value(block.title)
            self.header.show_value(block.has_header)
            self.grid.show_rows(block.rows)
        else:
            self.file_name.setText(one_line(block.name))
            show_tip(self.file_name, block.name)
            pages = self.tr("%n page(s)", "", len(block.frames))
            self.file_facts.setText(f"{pages} · {size_text(block.size_bytes)}")
            self.replace.setAccessibleName(self.tr("Replace “{name}”…").format(name=one_line(block.name)))
        self._show_body()
        return True

    def _show_tabs(self, blocks: tuple[AddedBlock, ...]) -> None:
        with QSignalBlocker(self.tabs):
            while self.tabs.count() > len(blocks):
                self.tabs.removeTab(self.tabs.count() - 1)
            while self.tabs.count() < len(blocks):
                self.tabs.addTab("")
            for number, block in enumerate(blocks, 1):
                name = block.title if isinstance(block, AddedTable) else block.name
                self.tabs.setTabText(number - 1, one_line(name, most_characters=_TAB_CHARACTERS) or str(number))
                self.tabs.setTabToolTip(number - 1, one_line(name))
            self.tabs.setCurrentIndex(self._index)
        has_order = len(blocks) > 1
        self.tabs.setVisible(has_order)
        for button, is_possible in ((self.move_up, self._index > 0), (self.move_down, self._index < len(blocks) - 1)):
            button.setVisible(has_order)
            button.setEnabled(is_possible)

    def _show_count(self, count: int) -> None:
        added, limit = self.tr("Adds %n page(s)", "", count), self.tr("at most {most}").format(most=MOST_ADDED_PAGES)
        nothing = self.tr("Type, or paste cells from a spreadsheet")
        self._pages.setText(f"{added} · {limit}" if count else nothing)
        is_too_long = count > MOST_ADDED_PAGES
        if (self._pages.objectName() == "alarm") != is_too_long:
            self._pages.setObjectName("alarm" if is_too_long else "hint")
            repolish(self._pages)

    def _show_place(self, after_page: int | None, own_count: int) -> None:
        places: list[tuple[int | None, str]] = [(None, self.tr("After the last page"))]
        after = self.tr("Requested after page {number}")
        places.extend((number, after.format(number=number)) for number in range(1, own_count))
        self.place.offer(places)
        self.place.setVisible(own_count > 1)
        self.place.setToolTip(self.tr("The platform currently adds these pages at the end, wherever you put them."))
        self.place.show_value(after_page)

    def _show_body(self) -> None:
        """Show the table, the note about copied pages or, while pages are being added, the chooser for them."""
        stage, name = self.copying.stage, one_line(self.copying.path.name)
        is_adding = stage is not CopyStage.IDLE
        is_table = isinstance(self._blocks[self._index], AddedTable)
        self._body.setCurrentWidget(self.chooser if is_adding else self.grid if is_table else self._note)
        self.add_pdf.setEnabled(not is_adding)
        self.replace.setEnabled(not is_adding)
        match stage:
            case CopyStage.OPENING:
                self.chooser.show_busy(self.tr("Opening {name}…").format(name=name))
            case CopyStage.CHOOSING if self.copying.document is not None:
                self.chooser.ask(name, self.copying.document.page_count, self._room_pages(self._target))
            case CopyStage.COPYING:
                self.chooser.show_busy(self.tr("Copying pages of {name}…").format(name=name))
            case _:
                pass

    def _on_stage_changed(self) -> None:
        """Show the stage of adding pages, and focus its widget unless the focus is outside this pane."""
        focused: QWidget | None = self.window().focusWidget()
        is_here = focused is None or self.isAncestorOf(focused)
        self._show_body()
        if is_here and not self.isHidden():
            stage = self.copying.stage
            if stage is CopyStage.IDLE:
                self.add_pdf.setFocus()
            else:
                self.chooser.take_focus()

    def _focus_block(self) -> None:
        if isinstance(self._blocks[self._index], AddedTable):
            self.grid.setFocus()
            self.grid.setCurrentCell(0, 0)
        else:
            self.replace.setFocus()

    def _room_pages(self, target: _Target | None) -> int:
        """Return how many pages can be added. The pages of a block that will be replaced do not count."""
        document = self._document_with(target.document_id if target is not None else self._document_id)
        if document is None or document.template is None:
            return 0
        kept = _without(document.template.blocks, None if target is None else target.replaced)
        return max(0, MOST_ADDED_PAGES - len(frames_of(kept)))

    def _has_room(self) -> bool:
        """Return whether a page can be added. If not, emit ``failed``."""
        if self._room_pages(None):
            return True
        self.failed.emit(InputError("form.no_room_left", most=MOST_ADDED_PAGES, left=0), "")
        return False

    def _apply(
        self, edit: Callable[[ContractDraft], ContractDraft], name: EditName, merge_key: str | None = None
    ) -> None:
        self._session.apply(name, edit, origin=self, merge_key=merge_key)

    def _change_table(self, change: Callable[[AddedTable], AddedTable], merge_key: str | None = None) -> None:
        block = self._blocks[self._index]
        if isinstance(block, AddedTable):
            self._set_block(change(block), EditName.CHANGE_TABLES, merge_key)

    def _set_block(self, block: AddedBlock, name: EditName, merge_key: str | None = None) -> None:
        document_id, index = self._document_id, self._index
        if document_id is not None and index < len(self._stored):
            self._apply(lambda draft: replace_block(draft, document_id, index, block), name, merge_key)
        else:
            self._set_blocks((block,), name, merge_key)

    def _set_blocks(self, blocks: tuple[AddedBlock, ...], name: EditName, merge_key: str | None = None) -> None:
        document_id = self._document_id
        if document_id is not None:
            self._apply(lambda draft: set_blocks(draft, document_id, blocks), name, merge_key)

    def _show_pages(self) -> None:
        """Emit ``page_requested`` for the first page of the current block, if it has pages."""
        document, blocks = self._document, self._blocks
        if document is not None and frames_of(blocks[self._index : self._index + 1]):
            before = len(frames_of(blocks[: self._index]))
            self.page_requested.emit(document.id, len(document.own_pages) + before + 1)

    def _move(self, by: int) -> None:
        self.grid.end_typing()
        document_id, from_index, to_index = self._document_id, self._index, self._index + by
        if document_id is None or not 0 <= to_index < len(self._stored):
            return
        name = _edit_name(self._blocks[from_index])
        self._index = to_index
        self._apply(lambda draft: move_block(draft, document_id, from_index, to_index), name)
        self._show()
        self._show_pages()

    def _on_session_changed(self, change: Change) -> None:
        if not self.isHidden() and change.before.documents != change.after.documents:
            self._show()

    def _on_tabs_current_changed(self, index: int) -> None:
        self.grid.end_typing()
        self._index = max(0, index)
        self._show()
        self._show_pages()

    def _on_close_clicked(self) -> None:
        self._cancel()
        self.hide()

    def _on_add_clicked(self) -> None:
        self._set_blocks((*self._blocks, AddedTable()), EditName.CHANGE_TABLES)
        self._index = len(self._blocks) - 1
        self._show()
        self.grid.setFocus()
        self.grid.setCurrentCell(0, 0)

    def _on_add_pdf_clicked(self) -> None:
        if self._has_room():
            self._choose_pdf(None)

    def _on_replace_clicked(self) -> None:
        block = self._blocks[self._index]
        if isinstance(block, AddedPdf):
            self._choose_pdf(block)

    def _choose_pdf(self, replaced: AddedPdf | None) -> None:
        self.grid.end_typing()
        use = partial(self.add_file, replaced=replaced)
        choose_file(self, self.tr("Choose a PDF"), FileKind.CONTRACT, (FileType.PDF, FileType.ALL), use)

    def _on_password_given(self, path: str, password: str) -> None:
        if self._target is not None and self._document_with(self._target.document_id) is not None:
            self.copying.open(Path(path), password)

    def _on_chooser_chosen(self, pages: PageRanges) -> None:
        kept = _without(self._stored, None if self._target is None else self._target.replaced)
        self.copying.copy(pages, most_bytes=MOST_ADDED_BYTES - bytes_of(kept))

    def _on_chooser_cancelled(self) -> None:
        self._cancel()

    def _cancel(self) -> None:
        """Stop adding pages, and discard requests for passwords."""
        self.copying.cancel()
        self.password_bar.clear()
        self._target = None

    def _on_copying_copied(self, block: AddedPdf) -> None:
        target, self._target = self._target, None
        document = self._document_with(target.document_id if target is not None else None)
        if target is None or document is None or document.template is None or target.document_id != self._document_id:
            return
        if len(block.frames) > self._room_pages(target):
            # For example, a table has become longer since the user chose the pages.
            left = self._room_pages(target)
            self.failed.emit(InputError("form.no_room_left", most=MOST_ADDED_PAGES, left=left), block.name)
            return
        stored = document.template.blocks
        if target.replaced is not None and target.replaced in stored:
            index = stored.index(target.replaced)
            edit = partial(replace_block, document_id=document.id, index=index, block=_at_place(block, target.replaced))
        else:
            index = len(stored)
            edit = partial(insert_block, document_id=document.id, index=index, block=block)
        self._index = index
        self._apply(edit, EditName.CHANGE_ADDED_PAGES)
        self._show()
        self._focus_block()
        self._show_pages()

    def _on_remove_clicked(self) -> None:
        self.grid.end_typing()
        document_id, index = self._document_id, self._index
        if document_id is None or index >= len(self._stored):
            return
        name = _edit_name(self._stored[index])
        self._apply(lambda draft: remove_block(draft, document_id, index), name)

    def _on_title_edited(self) -> None:
        title = self.title.read_value()
        self._change_table(lambda table: replace(table, title=title), f"table title {self._document_id} {self._index}")

    def _on_header_edited(self) -> None:
        self._change_table(lambda table: replace(table, has_header=self.header.read_value()))

    def _on_place_edited(self) -> None:
        block = self._blocks[self._index]
        self._set_block(replace(block, after_page=self.place.read_value()), _edit_name(block))

    def _on_grid_rows_edited(self, rows: Rows, is_typing: bool) -> None:
        had_none = not frames_of(self._blocks)
        cell = f"{self._document_id} {self._index} {self.grid.currentRow()} {self.grid.currentColumn()}"
        self._change_table(lambda table: replace(table, rows=rows), f"table cell {cell}" if is_typing else None)
        if had_none:
            self._show_pages()

    def _on_grid_paste_failed(self, error: InputError) -> None:
        self.failed.emit(error, "")


def _edit_name(block: AddedBlock) -> EditName:
    return EditName.CHANGE_TABLES if isinstance(block, AddedTable) else EditName.CHANGE_ADDED_PAGES


def _without(blocks: tuple[AddedBlock, ...], replaced: AddedPdf | None) -> tuple[AddedBlock, ...]:
    """Return the blocks without the one that is replaced, if it still exists."""
    if replaced is None or replaced not in blocks:
        return blocks
    index = blocks.index(replaced)
    return (*blocks[:index], *blocks[index + 1 :])


def _at_place(block: AddedPdf, other: AddedPdf) -> AddedPdf:
    return replace(block, after_page=other.after_page)


def _dropped_pdf(event: QDropEvent) -> Path | None:
    """Return the path if a single PDF is dragged, or None. All other files are handled by the window."""
    paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
    return paths[0] if len(paths) == 1 and paths[0].suffix.lower() == ".pdf" else None
