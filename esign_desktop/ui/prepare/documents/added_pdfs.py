"""Copy pages of a PDF that will follow a form: open the file, ask the user for the pages, and copy them."""

from __future__ import annotations

from enum import Enum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from esign_desktop.domain.added_pages import MOST_ADDED_PAGES
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.file_kinds import FileUse, use_of
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.override import override
from esign_desktop.ui.prepare.documents.opening import PASSWORD_CODES
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.widgets.labels import ElidedLabel, PlainLabel
from esign_desktop.ui.widgets.layouts import hbox, vbox
from esign_desktop.ui.widgets.motion import BusyBar
from esign_desktop.ui.widgets.theme import repolish, sized

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from esign_desktop.domain.added_pages import AddedPdf
    from esign_desktop.domain.document import Document
    from esign_desktop.domain.errors import AppError
    from esign_desktop.services.editing.copies import DocumentCopies
    from esign_desktop.services.editing.documents import DocumentService
    from esign_desktop.ui.tasks import TaskRunner

_FIELD_PX = 160


class CopyStage(Enum):
    """The stage of copying a file's pages."""

    IDLE = "idle"
    OPENING = "opening"
    CHOOSING = "choosing"
    """The file is open, and the user chooses pages."""
    COPYING = "copying"


class PageCopying(QObject):
    """Opens one file at a time, and copies the pages that the user chooses, in the background."""

    stage_changed = Signal()
    copied = Signal(object)
    """Carries an ``AddedPdf``."""
    password_needed = Signal(str, bool)
    """Carries the path of the file, and whether the entered password was wrong."""
    failed = Signal(object, str)
    """Carries an ``AppError`` and the name of the file."""

    def __init__(
        self, documents: DocumentService, copies: DocumentCopies, tasks: TaskRunner, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._documents = documents
        self._copies = copies
        self._tasks = tasks
        self._turn = 0
        """The number of the current file. Results with another number belong to a cancelled file and are ignored."""
        self.stage = CopyStage.IDLE
        self.path = Path()
        self.document: Document | None = None
        """The open file, while the user chooses its pages and while they are copied."""

    def open(self, path: Path, password: str | None = None) -> None:
        """Open a file in the background, after closing the current file, if there is one.

        A failure is reported by ``password_needed`` or ``failed``.
        """
        self.cancel()
        self.path = path
        turn = self._turn
        self._set_stage(CopyStage.OPENING)
        self._tasks.start(
            partial(_opened, self._documents, path, password),
            owner=self,
            on_done=partial(self._on_opened, turn),
            on_error=partial(self._on_failed, turn),
            lane=Lane.PDF,
        )

    def copy(self, pages: PageRanges, *, most_bytes: int) -> None:
        """Copy pages of the open file in the background, then close the file and emit ``copied``.

        Emit ``failed`` if, for example, the copy would have more than ``most_bytes``. Do nothing unless the user is
        choosing pages.
        """
        if self.stage is not CopyStage.CHOOSING or self.document is None:
            return
        turn = self._turn
        self._set_stage(CopyStage.COPYING)
        self._tasks.start(
            partial(self._copies.keep_pages, self.document, tuple(pages), self.path.name, most_bytes=most_bytes),
            owner=self,
            on_done=partial(self._on_copied, turn),
            on_error=partial(self._on_failed, turn),
            lane=Lane.SEARCH,
        )

    def cancel(self) -> None:
        """Close the file, if one is open, and ignore the results of running tasks."""
        self._turn += 1
        if self.document is not None:
            self._close(self.document)
            self.document = None
        if self.stage is not CopyStage.IDLE:
            self._set_stage(CopyStage.IDLE)

    def _set_stage(self, stage: CopyStage) -> None:
        self.stage = stage
        self.stage_changed.emit()

    def _close(self, document: Document) -> None:
        # The task runner is the owner, because the file must be closed even if this object is deleted.
        self._tasks.start(partial(self._documents.close, document.id), owner=self._tasks, lane=Lane.PDF)

    def _on_opened(self, turn: int, document: Document) -> None:
        if turn != self._turn:
            self._close(document)
            return
        self.document = document
        self._set_stage(CopyStage.CHOOSING)

    def _on_copied(self, turn: int, block: AddedPdf) -> None:
        if turn == self._turn:
            self.cancel()
            self.copied.emit(block)

    def _on_failed(self, turn: int, error: AppError) -> None:
        if turn != self._turn:
            return
        path = self.path
        self.cancel()
        if error.code in PASSWORD_CODES:
            self.password_needed.emit(str(path), error.code == "pdf.password_wrong")
        else:
            self.failed.emit(error, path.name)


def _opened(documents: DocumentService, path: Path, password: str | None) -> Document:
    """Open a file. Raises InputError ``document.office`` and the errors of ``DocumentService.open``."""
    if use_of(path) in {FileUse.WORD, FileUse.OFFICE}:
        raise InputError("document.office")
    return documents.open(path, password)


class PagesChooser(QWidget):
    """Asks the user which pages of a file to add, and shows progress while opening the file and copying the pages."""

    chosen = Signal(object)
    """Carries the chosen ``PageRanges``."""
    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._page_count = 0
        self._room = 0
        self._title = ElidedLabel(self, mode=Qt.TextElideMode.ElideMiddle)
        self._title.setObjectName("sectionTitle")
        self._label = PlainLabel(self, self.tr("Pages to add:"))
        self.pages = QLineEdit(self)
        self.pages.setPlaceholderText(self.tr("e.g. 1-3,5"))
        self.pages.setMaximumWidth(sized(_FIELD_PX))
        self.pages.setAccessibleName(self.tr("Pages to add"))
        self.status = PlainLabel(self, look="hint", is_wrapped=True, is_live=True)
        self.progress = BusyBar(self)
        self.progress.setObjectName("thinBar")
        self.progress.setFixedHeight(3)
        self.add = QPushButton(self.tr("Add pages"), self)
        self.add.setObjectName("primary")
        self.cancel = QPushButton(self.tr("Cancel"), self)
        vbox(
            self._title,
            hbox(self._label, (self.pages, 1), self.add, self.cancel, 1),
            self.status,
            self.progress,
            1,
            margins=(4, 8, 4, 0),
            parent=self,
        )
        self.pages.textChanged.connect(self._show_status)
        self.pages.returnPressed.connect(self._accept)
        self.add.clicked.connect(self._accept)
        self.cancel.clicked.connect(self.cancelled)

    def show_busy(self, sentence: str) -> None:
        """Show ``sentence``, which names the running work, with progress and a button that cancels the work."""
        self._title.setText(sentence)
        self.setAccessibleName(sentence)
        for widget in (self._label, self.pages, self.add, self.status):
            widget.hide()
        self.progress.show()

    def ask(self, name: str, page_count: int, room: int) -> None:
        """Ask for pages of a file, of which at most ``room`` can be added. The first pages that fit are suggested.

        If the question is displayed already, only the limits are updated, and the user's input is kept.
        """
        self._page_count, self._room = page_count, room
        if self.pages.isHidden():
            title = self.tr("“{name}” has %n page(s).", "", page_count).format(name=name)
            self._title.setText(title)
            self.setAccessibleName(title)
            self.pages.setText(str(PageRanges.all_of(max(1, min(page_count, room)))))
            for widget in (self._label, self.pages, self.add, self.status):
                widget.show()
            self.progress.hide()
        self._show_status()

    def take_focus(self) -> None:
        """Focus the page numbers or, while work is running, the Cancel button."""
        if self.pages.isHidden():
            self.cancel.setFocus()
        else:
            self.pages.setFocus()
            self.pages.selectAll()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        else:
            super().keyPressEvent(event)

    def _pages(self) -> PageRanges:
        """Return the chosen pages. Raises InputError if they are invalid or do not fit."""
        pages = PageRanges.parse(self.pages.text(), page_count=self._page_count)
        if len(pages) > self._room:
            raise InputError("form.no_room_left", most=MOST_ADDED_PAGES, left=self._room)
        return pages

    def _show_status(self) -> None:
        try:
            count = len(self._pages())
        except InputError as error:
            text, look = error_sentence(error).title, "alarm"
        else:
            text, look = self.tr("Adds %n page(s)", "", count), "hint"
        self.add.setEnabled(look == "hint")
        self.status.setText(text)
        if self.status.objectName() != look:
            self.status.setObjectName(look)
            repolish(self.status)

    def _accept(self) -> None:
        if self.add.isEnabled():
            self.chosen.emit(self._pages())
