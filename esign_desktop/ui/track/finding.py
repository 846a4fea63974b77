"""Find text in an open file, and go to a page by its number."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSignalBlocker, Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QLineEdit, QSpinBox, QWidget

from esign_desktop.domain.placing.placement import MAX_KEYWORD_CHARACTERS
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.layouts import hbox
from esign_desktop.ui.widgets.theme import sized

if TYPE_CHECKING:
    from esign_desktop.domain.document import Document
    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.placing.placement import KeywordHit
    from esign_desktop.services.editing.documents import DocumentService
    from esign_desktop.ui.tasks import Task, TaskRunner
    from esign_desktop.ui.viewer.view import PagesView

_TYPING_MS: Final = 250
"""The delay after the last keystroke before the search starts, in milliseconds."""
_FIELD_PX: Final = 150


class FindBar(QWidget):
    """A search field that shows matches on the pages one at a time, and a field with the number of the current page.

    ``Ctrl+F`` and ``Ctrl+G`` in ``window`` move the focus into the fields. The search starts while the user types, and
    runs in the background. Enter shows the next match, and Shift+Enter the previous one. After the last match, the
    first one follows.
    """

    def __init__(self, pages: PagesView, documents: DocumentService, tasks: TaskRunner, window: QWidget) -> None:
        super().__init__(window)
        self._pages = pages
        self._documents = documents
        self._tasks = tasks
        self._document: Document | None = None
        self._search: Task | None = None
        self._hits: tuple[KeywordHit, ...] = ()
        self._index = -1
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(self.tr("Find in file (Enter: next)"))
        self.search.setAccessibleName(self.tr("Find in file"))
        self.search.setToolTip("Ctrl+F")
        self.search.setClearButtonEnabled(True)
        self.search.setMaxLength(MAX_KEYWORD_CHARACTERS)
        self.search.setFixedWidth(sized(_FIELD_PX))
        self.result = PlainLabel(self, look="hint", is_live=True)
        self.page = QSpinBox(self)
        self.page.setAccessibleName(self.tr("Page"))
        self.page.setToolTip(self.tr("Page (Ctrl+G)"))
        # A page is shown only when the user has finished typing its number.
        self.page.setKeyboardTracking(False)
        self.page.setEnabled(False)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_MS)
        hbox(self.search, self.result, self.page, spacing=6, parent=self)
        self._typing.timeout.connect(self._find)
        self.search.textChanged.connect(self._on_search_text_changed)
        self.page.valueChanged.connect(self._on_page_value_changed)
        self.page.lineEdit().returnPressed.connect(pages.setFocus)
        pages.current_page_changed.connect(self._on_pages_current_page_changed)
        for keys, widget, slot in (
            ("Ctrl+F", window, self._start_typing),
            ("Ctrl+G", window, self._start_numbering),
            ("Return", self.search, partial(self._step, +1)),
            ("Enter", self.search, partial(self._step, +1)),
            ("Shift+Return", self.search, partial(self._step, -1)),
            ("Shift+Enter", self.search, partial(self._step, -1)),
        ):
            shortcut = QShortcut(QKeySequence(keys), widget)
            if widget is self.search:
                shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(slot)

    def set_document(self, document: Document) -> None:
        """Set the open file that is searched. If the search field contains a text, start the search."""
        self._document = document
        count = len(document.pages)
        with QSignalBlocker(self.page):
            self.page.setRange(1, max(1, count))
            self.page.setSuffix(f" / {count}")
        self.page.setEnabled(count > 0)
        if self.search.text():
            self._find()

    def clear(self) -> bool:
        """Empty the search field, and focus the pages. Return False if the field was empty already."""
        if not self.search.text():
            return False
        self.search.clear()
        self._pages.setFocus()
        return True

    def _start_typing(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    def _start_numbering(self) -> None:
        self.page.setFocus()
        self.page.selectAll()

    def _on_search_text_changed(self) -> None:
        if self._search is not None:
            self._search.cancel()
            self._search = None
        self._hits, self._index = (), -1
        self.result.setText("")
        self._typing.start()

    def _find(self) -> None:
        self._typing.stop()
        document, text = self._document, self.search.text().strip()
        if document is None or not text:
            return
        if self._search is not None:
            self._search.cancel()
        current = self._pages.current_page
        near = current[1] if current is not None else 1
        self.result.setText(self.tr("Searching…"))
        self._search = self._tasks.start(
            partial(self._documents.find_everywhere, document.id, text),
            owner=self,
            on_done=partial(self._on_found, near),
            on_error=self._on_failed,
            lane=Lane.SEARCH,
        )

    def _step(self, by: int) -> None:
        """Show the next or the previous match. If the search has not been started yet, start it instead."""
        if self._typing.isActive():
            self._find()
        elif self._hits:
            self._show(self._index + by)

    def _show(self, index: int) -> None:
        document, count = self._document, len(self._hits)
        if document is None:
            return
        self._index = index % count
        hit = self._hits[self._index]
        self.result.setText(self.tr("{number} of {count}").format(number=self._index + 1, count=count))
        self._pages.go_to(document.id, hit.page_number, hit.rects[0] if hit.rects else None)

    def _on_found(self, near: int, hits: tuple[KeywordHit, ...]) -> None:
        self._search, self._hits = None, hits
        if not hits:
            self.result.setText(self.tr("Not found"))
            return
        # The first match on the current page or after it is shown first.
        self._show(next((index for index, hit in enumerate(hits) if hit.page_number >= near), 0))

    def _on_failed(self, error: AppError) -> None:
        self._search = None
        self.result.setText(one_line(error_sentence(error).title))

    def _on_page_value_changed(self, number: int) -> None:
        if self._document is not None:
            self._pages.go_to(self._document.id, number)

    def _on_pages_current_page_changed(self, _document_id: str, number: int) -> None:
        with QSignalBlocker(self.page):
            self.page.setValue(number)
