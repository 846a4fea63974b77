"""Find text in open documents, and go to a page by its number."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSignalBlocker, QSize, Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QLineEdit, QSpinBox, QToolButton, QWidget

from esign_desktop.domain.placing.placement import MAX_KEYWORD_CHARACTERS
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.layouts import hbox
from esign_desktop.ui.widgets.theme import sized

if TYPE_CHECKING:
    from collections.abc import Sequence

    from esign_desktop.domain.document import Document, DocumentId
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

    The search starts while the user types, and runs in the background. Enter shows the next match, and Shift+Enter the
    previous one. After the last match, the first one follows.
    """

    def __init__(self, pages: PagesView, documents: DocumentService, tasks: TaskRunner, parent: QWidget) -> None:
        super().__init__(parent)
        self._pages = pages
        self._documents = documents
        self._tasks = tasks
        self._searched: tuple[Document, ...] = ()
        self._search: Task | None = None
        self._hits: tuple[tuple[DocumentId, KeywordHit], ...] = ()
        self._index = -1
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(self.tr("Find text (Enter: next)"))
        self.search.setAccessibleName(self.tr("Find text"))
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
        self._row = hbox(self.search, self.result, self.page, spacing=6, parent=self)
        self._typing.timeout.connect(self._find)
        self.search.textChanged.connect(self._on_search_text_changed)
        self.page.valueChanged.connect(self._on_page_value_changed)
        self.page.lineEdit().returnPressed.connect(pages.setFocus)
        pages.current_page_changed.connect(self._on_pages_current_page_changed)
        for keys, by in (("Return", +1), ("Enter", +1), ("Shift+Return", -1), ("Shift+Enter", -1)):
            shortcut = QShortcut(QKeySequence(keys), self.search)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(partial(self._step, by))

    def make_closable(self) -> None:
        """Hide the bar until it is asked for. A button and Esc hide it again, and so does Enter after a page number."""
        close = QToolButton(self)
        close.setIcon(icon("close"))
        close.setIconSize(QSize(sized(16), sized(16)))
        close.setAutoRaise(True)
        close.setToolTip(self.tr("Close (Esc)"))
        close.setAccessibleName(self.tr("Close"))
        self._row.insertStretch(self._row.indexOf(self.page))
        self._row.addWidget(close)
        self._row.setContentsMargins(8, 4, 8, 4)
        escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)
        escape.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        for signal in (close.clicked, escape.activated, self.page.lineEdit().returnPressed):
            signal.connect(self.leave)
        self.hide()

    def set_documents(self, documents: Sequence[Document]) -> None:
        """Set the documents that are searched, in the order of the pages.

        If they have changed and a search is displayed, repeat it.
        """
        documents = tuple(documents)
        if documents == self._searched:
            return
        self._searched = documents
        current = self._pages.current_page
        self._show_page(*(current if current is not None else (documents[0].id if documents else "", 1)))
        self.find_again()

    def find_again(self) -> None:
        """Repeat the search, for example when more pages have become searchable. Do nothing if the bar is hidden."""
        if self.search.text() and not self.isHidden():
            self._forget()
            self._find()

    def clear(self) -> bool:
        """Empty the search field, and focus the pages. Return False if the field was empty already."""
        if not self.search.text():
            return False
        self.search.clear()
        self._pages.setFocus()
        return True

    def leave(self) -> None:
        """Empty the search field, and hide the bar. If the bar has the focus, focus the pages."""
        self.search.clear()
        focused = QApplication.focusWidget()
        if focused is not None and self.isAncestorOf(focused):
            # Before the bar is hidden, because Qt would move the focus to the next field.
            self._pages.setFocus()
        self.hide()

    def start_typing(self) -> None:
        """Move the focus to the search field. Do nothing if the pages are not visible."""
        self._start(self.search)

    def start_numbering(self) -> None:
        """Move the focus to the number of the page. Do nothing if the pages are not visible."""
        self._start(self.page)

    def _start(self, field: QLineEdit | QSpinBox) -> None:
        if self._pages.isVisible():
            self.show()
            field.setFocus()
            field.selectAll()

    def _forget(self) -> None:
        if self._search is not None:
            self._search.cancel()
            self._search = None
        self._hits, self._index = (), -1
        self.result.setText("")

    def _on_search_text_changed(self) -> None:
        self._forget()
        self._typing.start()

    def _find(self) -> None:
        self._typing.stop()
        searched, text = [document.id for document in self._searched], self.search.text().strip()
        if not searched or not text:
            return
        if self._search is not None:
            self._search.cancel()
        self.result.setText(self.tr("Searching…"))
        self._search = self._tasks.start(
            partial(_find_in, self._documents, searched, text),
            owner=self,
            on_done=partial(self._on_found, self._pages.current_page),
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
        count = len(self._hits)
        self._index = index % count
        document_id, hit = self._hits[self._index]
        self.result.setText(self.tr("{number} of {count}").format(number=self._index + 1, count=count))
        self._pages.go_to(document_id, hit.page_number, hit.rects[0] if hit.rects else None)

    def _on_found(self, near: tuple[DocumentId, int] | None, hits: tuple[tuple[DocumentId, KeywordHit], ...]) -> None:
        self._search, self._hits = None, hits
        if not hits:
            self.result.setText(self.tr("Not found"))
            return
        # The first match on the current page or after it is shown first.
        order = {document.id: place for place, document in enumerate(self._searched)}
        first = (order.get(near[0], 0), near[1]) if near is not None else (0, 1)
        places = ((order.get(document_id, 0), hit.page_number) for document_id, hit in hits)
        self._show(next((index for index, place in enumerate(places) if place >= first), 0))

    def _on_failed(self, error: AppError) -> None:
        self._search = None
        self.result.setText(one_line(error_sentence(error).title))

    def _on_page_value_changed(self, number: int) -> None:
        current = self._pages.current_page
        if current is not None:
            self._pages.go_to(current[0], number)

    def _on_pages_current_page_changed(self, document_id: str, number: int) -> None:
        self._show_page(document_id, number)

    def _show_page(self, document_id: str, number: int) -> None:
        count = next((len(one.pages) for one in self._searched if one.id == document_id), 0)
        with QSignalBlocker(self.page):
            self.page.setRange(1, max(1, count))
            self.page.setSuffix(f" / {count}")
            self.page.setValue(number)
        self.page.setEnabled(count > 0)


def _find_in(
    documents: DocumentService, searched: Sequence[DocumentId], text: str
) -> tuple[tuple[DocumentId, KeywordHit], ...]:
    """Return the matches in those documents that are open. Raises PdfError."""
    opened = (document_id for document_id in searched if documents.is_open(document_id))
    return tuple((document_id, hit) for document_id in opened for hit in documents.find_everywhere(document_id, text))
