"""The comparison of the documents that the platform created from templates with the values that the user entered."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QComboBox, QListWidget, QListWidgetItem, QSplitter, QWidget

from esign_desktop.domain.contract.draft import ContractDraft
from esign_desktop.domain.errors import AppError, InputError
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.override import override
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.text.lists import one_after_another
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.viewer.filled_form import FormOverlay
from esign_desktop.ui.viewer.view import PagesView
from esign_desktop.ui.widgets.forms import describe_choice
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.layouts import vbox
from esign_desktop.ui.widgets.theme import repolish, sized, theme

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.domain.document import Document, TemplateFilling, WantedField
    from esign_desktop.services.editing.documents import DocumentService
    from esign_desktop.services.sending.made import MadeDocument
    from esign_desktop.ui.tasks import TaskRunner
    from esign_desktop.ui.viewer.tool import PaintedPage

_MISSING: Final = QColor(220, 38, 38)
_FOUND: Final = QColor(22, 163, 74, 150)
"""The colors of the frames. They are the same in both themes, because pages are always white."""
_FRAME_PX: Final = 3.0
_LEAST_LIST_PX: Final = 200
_LIST_PX: Final = 240


class DifferenceMarks:
    """Draws frames around the filled-in fields on the pages that the platform created.

    A frame is red if the value was not found there, and green if it was. ``fields`` contains pairs of a field and
    whether its value is missing. Fields without a known position are not marked.
    """

    def __init__(self) -> None:
        self.fields: tuple[tuple[WantedField, bool], ...] = ()

    def paint_page(self, painter: QPainter, page: PaintedPage) -> None:
        """Draw the frames of the fields on a page."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for one, is_missing in self.fields:
            if one.rect is not None and one.page_number == page.slot.page_number:
                painter.setPen(QPen(_MISSING, 2.0) if is_missing else QPen(_FOUND, 1.0))
                around = page.rect(one.rect).adjusted(-_FRAME_PX, -_FRAME_PX, _FRAME_PX, _FRAME_PX)
                painter.drawRect(around)


class MadePane(QWidget):
    """The pane that shows the pages as the user filled them in beside the pages that the platform created.

    The files are opened in the background. If the platform has created several documents, the user chooses one of them
    above the pages.
    """

    manual_page = "send#forms"

    def __init__(self, documents: DocumentService, tasks: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._documents = documents
        self._tasks = tasks
        self._made: tuple[MadeDocument, ...] | None = None
        self._opened: list[Document] = []
        self._shown: MadeDocument | None = None
        self._filled: ContractDraft = ContractDraft.new()
        self._which = QComboBox(self)
        describe_choice(self._which, self.tr("Document"))
        self._verdict = PlainLabel(self, is_wrapped=True, is_live=True)
        self._values = QListWidget(self)
        self._values.setAccessibleName(self.tr("Values entered"))
        self._values.setWordWrap(True)
        self._values.setResizeMode(QListWidget.ResizeMode.Adjust)
        self._values.setMinimumWidth(sized(_LEAST_LIST_PX))
        self._values.setMaximumWidth(sized(_LIST_PX))
        self._marks = DifferenceMarks()
        self._before, self._after = PagesView(documents, tasks, self), PagesView(documents, tasks, self)
        self._before.setAccessibleName(self.tr("As entered here"))
        self._after.setAccessibleName(self.tr("As created by the platform"))
        self._before.add_overlay(FormOverlay(lambda: self._filled))
        self._after.add_overlay(self._marks)
        self._nothing = PlainLabel(self, look="hint", is_wrapped=True)
        self._lay_out()
        self._which.currentIndexChanged.connect(self._on_which_changed)
        self._values.currentRowChanged.connect(self._on_value_chosen)
        for one, other in ((self._before, self._after), (self._after, self._before)):
            one.verticalScrollBar().valueChanged.connect(other.verticalScrollBar().setValue)
        self.destroyed.connect(partial(_close_files, documents, tasks, self._opened))

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange and self._shown is not None:
            self._show_words(self._shown)
        super().changeEvent(event)

    def show_documents(self, made: tuple[MadeDocument, ...] | None) -> None:
        """Replace the compared documents. None or an empty tuple shows no document.

        The first document with differences is chosen, or the first one if all documents are as expected. Do nothing if
        ``made`` is already shown.
        """
        if made is self._made:
            return
        self._made = made
        self._shown = None
        for view in (self._before, self._after):
            view.set_documents(())
        _close_files(self._documents, self._tasks, self._opened)
        self._which.blockSignals(True)
        self._which.clear()
        for one in made or ():
            self._which.addItem(one_line(one.document.name))
        self._which.blockSignals(False)
        self._which.setVisible(len(made or ()) > 1)
        if made:
            # The user must see a document with differences before the others.
            wrong = next((index for index, one in enumerate(made) if not one.finding.is_equal), 0)
            self._which.setCurrentIndex(wrong)
            self._show(made[wrong])

    def _lay_out(self) -> None:
        before, after = QWidget(self), QWidget(self)
        for part, text, *widgets in (
            (before, self.tr("As entered here"), self._before),
            (after, self.tr("As created by the platform"), self._nothing, self._after),
        ):
            title = PlainLabel(part, text, look="sectionTitle")
            title.setContentsMargins(8, 0, 0, 0)
            vbox(title, *widgets, margins=(0, 0, 0, 0), parent=part)
        self._left = before
        halves = QSplitter(Qt.Orientation.Horizontal, self)
        halves.setChildrenCollapsible(False)
        halves.setHandleWidth(8)
        for widget in (self._values, before, after):
            halves.addWidget(widget)
        halves.setSizes([_LIST_PX, 500, 500])
        for index, stretch in enumerate((0, 1, 1)):
            halves.setStretchFactor(index, stretch)
        vbox((self._which, Qt.AlignmentFlag.AlignLeft), self._verdict, (halves, 1), parent=self)

    def _show(self, made: MadeDocument) -> None:
        self._shown = made
        self._show_words(made)
        filling = made.document.template
        missing = set(made.finding.missing)
        wanted = () if filling is None else filling.wanted
        filled = set() if filling is None else {name for name, _ in filling.fields}
        self._marks.fields = tuple((one, one.name in missing) for one in wanted if one.name in filled)
        self._left.setVisible(bool(made.document.path))
        self._nothing.setText(self.tr("The document couldn't be downloaded.") if made.path is None else "")
        self._nothing.setVisible(made.path is None)
        documents, opened = self._documents, self._opened
        path = made.path
        if made.document.path:
            self._open(partial(_open_form, documents, made.document, opened), made, self._on_form_opened)
        if path is not None:
            self._open(partial(_open_file, documents, path, opened, made.document.name), made, self._on_file_opened)

    def _open(
        self, work: Callable[[], Document], made: MadeDocument, on_done: Callable[[MadeDocument, Document], None]
    ) -> None:
        self._tasks.start(
            work,
            owner=self,
            on_done=partial(on_done, made),
            on_error=partial(self._on_open_failed, made),
            lane=Lane.PDF,
        )

    def _show_words(self, made: MadeDocument) -> None:
        finding, sentences = made.finding, []
        if finding.unread:
            sentence = error_sentence(InputError(finding.unread))
            sentences += [self.tr("The document couldn't be compared."), sentence.title]
        if finding.missing:
            sentences.append(self.tr("%n field(s) don't match what you entered.", "", len(finding.missing)))
        if finding.has_other_pages:
            text = self.tr("The document has {count} pages; expected {expected}.")
            sentences.append(text.format(count=finding.page_count, expected=finding.expected_page_count))
        if finding.other_pages:
            text = self.tr("Pages that don't match the file you added: {pages}.")
            sentences.append(text.format(pages=PageRanges.of(finding.other_pages)))
        if finding.is_equal:
            sentences = [self.tr("The platform's document matches what you entered. No one has seen the document yet.")]
        else:
            sentences.append(self.tr("No one has seen the document yet. Continue only if it's correct."))
        self._verdict.setText(one_after_another(*sentences))
        self._verdict.setObjectName("" if finding.is_equal else "alarm")
        repolish(self._verdict)
        self._show_values(made.document.template, set(finding.missing))

    def _show_values(self, filling: TemplateFilling | None, missing: set[str]) -> None:
        colours = theme()
        self._values.clear()
        labels = {} if filling is None else {one.name: one.shown_label for one in filling.wanted}
        for name, value in () if filling is None else filling.fields:
            is_missing = name in missing
            text = self.tr("{label}: {value}").format(label=one_line(labels.get(name, name)), value=one_line(value))
            item = QListWidgetItem(text)
            item.setIcon(icon("error", colours.danger) if is_missing else icon("check", colours.success))
            item.setData(Qt.ItemDataRole.UserRole, name)
            state = self.tr("missing") if is_missing else self.tr("matches")
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{text}, {state}")
            self._values.addItem(item)
        self._values.setVisible(self._values.count() > 0)

    def _on_form_opened(self, made: MadeDocument, document: Document) -> None:
        if made is self._shown:
            self._filled = replace(self._filled, documents=(document,))
            self._before.set_documents((document,))
            self._before.fit_width()

    def _on_file_opened(self, made: MadeDocument, document: Document) -> None:
        if made is self._shown:
            self._after.set_documents((document,))
            self._after.fit_width()
            first = next((one for one, is_missing in self._marks.fields if is_missing and one.rect is not None), None)
            if first is not None and first.page_number is not None:
                self._after.go_to(document.id, first.page_number, first.rect)

    def _on_open_failed(self, made: MadeDocument, error: AppError) -> None:
        if made is self._shown:
            self._nothing.setText(error_sentence(error).text)
            self._nothing.show()

    def _on_which_changed(self, index: int) -> None:
        if self._made is not None and 0 <= index < len(self._made):
            for view in (self._before, self._after):
                view.set_documents(())
            _close_files(self._documents, self._tasks, self._opened)
            self._show(self._made[index])

    def _on_value_chosen(self, row: int) -> None:
        item = self._values.item(row)
        name = item.data(Qt.ItemDataRole.UserRole) if 0 <= row < self._values.count() else None
        field = next((one for one, _ in self._marks.fields if one.name == name), None)
        if field is None or field.page_number is None:
            return
        for view in (self._before, self._after):
            shown = view.current_page
            if shown is not None:
                view.go_to(shown[0], field.page_number, field.rect)


def _open_file(documents: DocumentService, path: Path, opened: list[Document], name: str) -> Document:
    document = documents.open_quickly(path)
    opened.append(document)
    return replace(document, name=name)


def _open_form(documents: DocumentService, form: Document, opened: list[Document]) -> Document:
    """Open the template's PDF as another document with a new id and the form values of ``form``, and return it."""
    document = _open_file(documents, Path(form.path), opened, form.name)
    shown = replace(form, id=document.id, pages=(*document.pages, *form.pages[len(document.pages) :]))
    documents.show_added(shown)
    return shown


def _close_files(documents: DocumentService, tasks: TaskRunner, opened: list[Document], *_gone: object) -> None:
    ids = [one.id for one in opened]
    opened.clear()

    def close() -> None:
        for one in ids:
            documents.close(one)

    if ids:
        tasks.start(close, owner=tasks, lane=Lane.PDF)
