"""Open files for the contract in the background, one after the other, and ask the user for passwords."""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QFrame, QLineEdit, QPushButton, QWidget

from esign_desktop.domain.contract import edits
from esign_desktop.domain.errors import Cancelled, CancelToken
from esign_desktop.domain.file_kinds import FileUse, use_of
from esign_desktop.override import override
from esign_desktop.services.editing.session import ContractSession, EditName
from esign_desktop.ui.prepare.documents.card import size_text
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.labels import ElidedLabel, PlainLabel, show_tip
from esign_desktop.ui.widgets.layouts import hbox, vbox
from esign_desktop.ui.widgets.motion import BusyBar
from esign_desktop.ui.widgets.notice_bar import NoticeBar
from esign_desktop.ui.widgets.theme import sized

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from PySide6.QtGui import QKeyEvent

    from esign_desktop.domain.contract.draft import DraftId
    from esign_desktop.domain.document import Document
    from esign_desktop.domain.errors import AppError
    from esign_desktop.services.editing.copies import DocumentCopies
    from esign_desktop.services.editing.documents import DocumentService
    from esign_desktop.ui.tasks import TaskRunner


_CLOSED_CODES = frozenset({"pdf.closed", "document.not_open"})
PASSWORD_CODES = frozenset({"pdf.password_needed", "pdf.password_wrong"})


class DocumentOpening(QObject):
    """Opens files in the background, one after the other, and adds them to the contract.

    Word documents are converted to PDF first. A file that cannot be opened is reported and skipped. ``document_opened``
    and ``document_reopened`` carry the ``Document``.
    """

    document_opened = Signal(object)
    document_reopened = Signal(object)
    document_locked = Signal(object)
    """Carries a ``Document`` of a saved contract whose file needs a password."""
    password_needed = Signal(str, bool)
    """Carries the path of a file, and whether the entered password was wrong."""
    failed = Signal(object, str)
    """Carries an ``AppError`` and the path of the file."""
    turn_changed = Signal(str)
    """Carries the path of the file that is being opened, or an empty text if the queue is empty."""
    ended = Signal()
    """The queue is empty, and at least one document was opened since it was empty before."""
    fonts_replaced = Signal(str, object)
    """Carries the path of a converted document, and the names of the fonts that this computer lacks, as a tuple."""
    size_known = Signal(int)
    """Carries the size, in bytes, of the file that is being opened."""

    def __init__(
        self,
        session: ContractSession,
        documents: DocumentService,
        copies: DocumentCopies,
        tasks: TaskRunner,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._documents = documents
        self._copies = copies
        self._tasks = tasks
        self._waiting: deque[tuple[Path, str | None]] = deque()
        self._current: Path | None = None
        self._has_opened = False
        self._cancel = CancelToken()
        """Ends the conversion of the current file."""
        self._turn = 0
        """The number of the current file. A result with another number belongs to a cancelled file."""

    def give_up(self) -> None:
        """Stop waiting for the current file, if there is one, and open the next one.

        If the file is being converted, the conversion is ended. If it is opened nevertheless, it is closed at once.
        """
        if self._current is not None:
            self._cancel.cancel()
            self._end_current()

    def leave_contract(self) -> None:
        """Clear the queue when the contract is closed. The current file is not added to the next contract."""
        self._waiting.clear()
        if self._current is not None and use_of(self._current) is FileUse.WORD:
            # A conversion may take a minute, during which the files of the next contract would wait.
            self.give_up()

    def open(self, paths: Iterable[Path]) -> None:
        """Append files to the queue. They are opened and added to the contract in this order."""
        self._waiting.extend((path, None) for path in paths)
        self._open_next()

    def open_with_password(self, path: Path, password: str) -> None:
        """Open a file with its password, before the other files in the queue.

        If the file belongs to a document of the contract that is not open, that document is reopened.
        """
        for document in self._session.draft.documents:
            if document.path == str(path) and not self._documents.is_open(document.id):
                self._reopen(document, password)
                return
        self._waiting.appendleft((path, password))
        self._open_next()

    def reopen(self, documents: Iterable[Document]) -> None:
        """Open the files of a saved contract's documents in the background, so that their pages can be rendered.

        Documents without a file are skipped.
        """
        for document in documents:
            if not document.has_no_file:
                self._reopen(document)

    def _open_next(self) -> None:
        if self._current is not None or not self._waiting:
            return
        path, password = self._waiting.popleft()
        self._current = path
        self._turn += 1
        self._cancel = CancelToken()
        self.turn_changed.emit(str(path))
        draft_id, turn = self._session.draft.id, self._turn
        report = self._tasks.reporter(partial(self._on_size_read, turn), owner=self)
        work = partial(_opened, self._documents, path, password, report)
        if use_of(path) is FileUse.WORD:
            fonts = self._tasks.reporter(partial(self._on_fonts_replaced, turn, path), owner=self)
            stop = partial(_raise_if_stopped, self._cancel, self._tasks)
            work = partial(_converted, self._documents, self._copies, path, report, fonts, stop)
        self._tasks.start(
            work,
            owner=self,
            on_done=partial(self._on_opened, draft_id, turn),
            on_error=partial(self._on_open_failed, draft_id, turn),
            lane=Lane.PDF,
        )

    def _reopen(self, document: Document, password: str | None = None) -> None:
        self._tasks.start(
            partial(_reopened, self._documents, document, password),
            owner=self,
            on_done=self.document_reopened.emit,
            on_error=partial(self._on_reopen_failed, document),
            lane=Lane.PDF,
        )

    def _on_reopen_failed(self, document: Document, error: AppError) -> None:
        if all(other.id != document.id for other in self._session.draft.documents):
            return
        if error.code in PASSWORD_CODES:
            self.document_locked.emit(document)
            self.password_needed.emit(document.path, error.code == "pdf.password_wrong")
        else:
            self.failed.emit(error, document.path)

    def _on_size_read(self, turn: int, size_bytes: int) -> None:
        if turn == self._turn:
            self.size_known.emit(size_bytes)

    def _on_fonts_replaced(self, turn: int, path: Path, fonts: tuple[str, ...]) -> None:
        if turn == self._turn:
            self.fonts_replaced.emit(str(path), fonts)

    def _is_given_up(self, turn: int) -> bool:
        return turn != self._turn or self._current is None

    def _on_opened(self, draft_id: DraftId, turn: int, document: Document) -> None:
        if self._is_given_up(turn) or draft_id != self._session.draft.id:
            # The file was cancelled or chosen for another contract, so it must not be added to this one.
            self._tasks.start(partial(self._documents.close, document.id), owner=self, lane=Lane.PDF)
            if not self._is_given_up(turn):
                self._end_current()
            return
        self._session.apply(EditName.ADD_DOCUMENTS, lambda draft: edits.add_documents(draft, (document,)), origin=self)
        self._has_opened = True
        self.document_opened.emit(document)
        self._complete(document)
        self._end_current()

    def _complete(self, document: Document) -> None:
        """Start to determine the document's SHA-256 and text facts, which takes longer than rendering its first page.

        A failure is reported by ``failed``, unless the document has been removed from the contract.
        """
        self._tasks.start(
            partial(self._documents.complete, document),
            owner=self,
            on_done=self._session.learn_document,
            on_error=partial(self._on_not_completed, document),
            lane=Lane.SEARCH,
        )

    def _on_not_completed(self, document: Document, error: AppError) -> None:
        # A document that has been removed from the contract is closed, which is no failure.
        if error.code not in _CLOSED_CODES:
            self.failed.emit(error, document.path)

    def _on_open_failed(self, draft_id: DraftId, turn: int, error: AppError) -> None:
        if self._is_given_up(turn):
            return
        path = str(self._current)
        if draft_id != self._session.draft.id:
            pass  # The contract for which the file was chosen has been closed.
        elif error.code in PASSWORD_CODES:
            self.password_needed.emit(path, error.code == "pdf.password_wrong")
        else:
            self.failed.emit(error, path)
        self._end_current()

    def _end_current(self) -> None:
        self._current = None
        self._open_next()
        if self._current is None:
            self.turn_changed.emit("")
            if self._has_opened:
                self._has_opened = False
                self.ended.emit()


def _opened(documents: DocumentService, path: Path, password: str | None, report: Callable[..., None]) -> Document:
    """Report a file's size, and open the file. Both are slow on a slow network share."""
    with suppress(OSError):
        report(path.stat().st_size)
    return documents.open_quickly(path, password)


def _converted(
    documents: DocumentService,
    copies: DocumentCopies,
    path: Path,
    report: Callable[..., None],
    report_fonts: Callable[..., None],
    check_cancelled: Callable[[], None],
) -> Document:
    """Report a document's size, convert the document to PDF, open the PDF, and report the fonts that were replaced."""
    # Imported here, because few documents are converted.
    from esign_desktop.services.editing.word_documents import keep_word

    with suppress(OSError):
        report(path.stat().st_size)
    kept = keep_word(copies, path, check_cancelled)
    document = documents.open_quickly(kept.path)
    if kept.replaced_fonts:
        report_fonts(kept.replaced_fonts)
    return document


def _raise_if_stopped(cancel: CancelToken, tasks: TaskRunner) -> None:
    """Raise Cancelled if the file was given up or the program ends."""
    cancel.raise_if_cancelled()
    if tasks.is_stopped:
        raise Cancelled


class OpeningCard(QFrame):
    """Shows the name and size of the file that is being opened, with a button that requests its cancellation."""

    cancel_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("documentCard")
        self._name = ElidedLabel(self, mode=Qt.TextElideMode.ElideMiddle)
        self._name.setObjectName("signerName")
        self._facts = PlainLabel(self, look="hint")
        self._progress = BusyBar(self)
        self._progress.setObjectName("thinBar")
        self._progress.setFixedHeight(3)
        self.cancel = QPushButton(self.tr("Cancel"), self)
        self.cancel.setObjectName("compact")
        self.cancel.clicked.connect(self.cancel_requested)
        vbox(
            self._name,
            hbox((self._facts, 1), self.cancel),
            self._progress,
            spacing=4,
            margins=(8, 8, 8, 8),
            parent=self,
        )

    def show_file(self, name: str, size_bytes: int = 0) -> None:
        """Show the name of the file, and its size unless ``size_bytes`` is 0, which means unknown."""
        self._name.setText(name)
        show_tip(self._name, name)
        is_converted = use_of(Path(name)) is FileUse.WORD
        opening = self.tr("Converting to PDF…") if is_converted else self.tr("Opening…")
        self._facts.setText(f"{opening} {size_text(size_bytes)}" if size_bytes else opening)
        spoken = self.tr("Converting {name} to PDF…") if is_converted else self.tr("Opening {name}…")
        self.setAccessibleName(spoken.format(name=name))


def _reopened(documents: DocumentService, document: Document, password: str | None) -> Document:
    if not documents.is_open(document.id):
        documents.reopen(document, password)
    return document


class PasswordBar(NoticeBar):
    """The bar that asks for the passwords of files, one after the other. It is hidden if no password is needed."""

    password_given = Signal(str, str)
    """Carries the path of the file and the password."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._waiting: deque[tuple[str, bool]] = deque()
        self._line = QLineEdit(self)
        self._line.setEchoMode(QLineEdit.EchoMode.Password)
        self._line.setMaximumWidth(sized(240))
        self._line.setAccessibleName(self.tr("Password"))
        self.add_widget(self._line)
        self.add_button(self.tr("Open"), self._on_open_clicked, is_deliberate=False)
        self.add_button(self.tr("Skip"), self._on_skip_clicked, is_deliberate=False)
        self._line.returnPressed.connect(self._on_open_clicked)
        self.hide()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._on_skip_clicked()
        else:
            super().keyPressEvent(event)

    def ask(self, path: str, is_wrong: bool) -> None:
        """Ask for the password of a file, after the files that are already waiting for theirs.

        If ``is_wrong`` is True, the request states that the entered password was incorrect.
        """
        self._waiting.append((path, is_wrong))
        if len(self._waiting) == 1:
            self._show_first()

    def clear(self) -> None:
        """Discard all requests for passwords, and hide the bar."""
        self._waiting.clear()
        self._show_first()

    def _show_first(self) -> None:
        self._line.clear()
        self.setVisible(bool(self._waiting))
        if not self._waiting:
            return
        path, is_wrong = self._waiting[0]
        name = one_line(Path(path).name)
        self.show_text(
            self.tr("Incorrect password for “{name}”. Try again:").format(name=name)
            if is_wrong
            else self.tr("“{name}” is password-protected. Password:").format(name=name)
        )
        # A user who is typing in another field must not continue in the password field.
        if not isinstance(QApplication.focusWidget(), QLineEdit | QAbstractSpinBox):
            self._line.setFocus()

    def _on_open_clicked(self) -> None:
        if self._waiting and self._line.text():
            path, _ = self._waiting.popleft()
            password = self._line.text()
            self._show_first()
            self.password_given.emit(path, password)

    def _on_skip_clicked(self) -> None:
        if self._waiting:
            self._waiting.popleft()
            self._show_first()
