"""Provide the window that shows a signed file's pages and the results of verifying its signatures."""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QPushButton,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QWidget,
)

from esign_desktop.override import override
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.text.flow import signature_sentences
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.track.verdict import SignatureVerdict
from esign_desktop.ui.viewer.finding import FindBar
from esign_desktop.ui.viewer.printing import PrintWork
from esign_desktop.ui.viewer.view import PagesView
from esign_desktop.ui.widgets.actions import ACTIONS, ActionName
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.labels import ElidedLabel, PlainLabel, show_tip
from esign_desktop.ui.widgets.layouts import fit_on_screen, hbox, vbox
from esign_desktop.ui.widgets.notice_bar import MessageLevel, Messages
from esign_desktop.ui.widgets.opening import open_path
from esign_desktop.ui.widgets.printing import ask_for_printer
from esign_desktop.ui.widgets.theme import set_tone, sized

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtPrintSupport import QPrinter

    from esign_desktop.domain.document import Document
    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.signature import SignatureFact, SignaturePlace
    from esign_desktop.services.editing.documents import DocumentService
    from esign_desktop.services.flows.files import SignatureService
    from esign_desktop.ui.tasks import TaskRunner


class SignaturePanel(QScrollArea):
    """Shows the result of verifying a file's signatures: a verdict, and a card for each signature, in signing order.

    A card contains the signer, the time, whether the file was changed, whether the certificate is trusted, and a button
    that shows the signature's position. Until there is a result, the verdict states that signatures are being checked.
    """

    place_requested = Signal(object)
    """Carries the ``SignaturePlace`` to be shown on the page."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facts: tuple[SignatureFact, ...] | None = None
        self._cards: list[QWidget] = []
        self.setObjectName("panel")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        content = QWidget(self)
        title = PlainLabel(content, self.tr("Digital signatures"), look="panelTitle")
        self._verdict = SignatureVerdict(content)
        self._verdict.show_text(self.tr("Checking signatures…"))
        note = PlainLabel(
            content,
            self.tr(
                "Times come from the signers' computers and are shown in China time. Trust is "
                "based on this computer's certificates."
            ),
            look="hint",
            is_wrapped=True,
        )
        self._column = vbox(title, self._verdict, 1, note, spacing=12, margins=(16, 16, 16, 16), parent=content)
        self.setWidget(content)

    @property
    def verdict(self) -> SignatureVerdict:
        """The widget with the combined result of all signatures."""
        return self._verdict

    def show_facts(self, facts: tuple[SignatureFact, ...]) -> None:
        """Show the combined result and a card for each signature."""
        self._facts = facts
        self._verdict.show_facts(facts)
        self._rebuild()

    def show_failure(self, text: str) -> None:
        """Show a sentence that says why the signatures could not be verified, and remove all cards."""
        self._facts = ()
        self._verdict.show_text(text)
        self._rebuild()

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._rebuild()
        super().changeEvent(event)

    def _rebuild(self) -> None:
        for card in self._cards:
            card.hide()
            card.deleteLater()
        self._cards = [self._card(number, fact) for number, fact in enumerate(self._facts or (), 1)]
        for index, card in enumerate(self._cards, 2):
            self._column.insertWidget(index, card)

    def _card(self, number: int, fact: SignatureFact) -> QWidget:
        card = QFrame(self.widget())
        card.setObjectName("card")
        column = vbox(spacing=4, margins=(12, 8, 12, 8), parent=card)
        who, integrity, trust = signature_sentences(fact)
        for text, name in ((who, "signerName"), (integrity, ""), (trust, "hint")):
            label = PlainLabel(card, text)
            label.setObjectName(name)
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            if text is integrity:
                set_tone(label, "text" if fact.is_good else "danger")
            column.addWidget(label)
        if fact.place is not None:
            button = QPushButton(self.tr("Show on page {page}").format(page=fact.place.page_number), card)
            button.setObjectName("compact")
            button.setAccessibleName(f"{button.text()}: {who}")
            button.clicked.connect(partial(self.place_requested.emit, fact.place))
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        else:
            unseen = PlainLabel(card, self.tr("Not visible on any page."))
            unseen.setObjectName("hint")
            column.addWidget(unseen)
        card.setAccessibleName(f"{number} {who}")
        return card


_PANEL_PX = 340
_MESSAGE = "signed file"


class SignedFileWindow(QWidget):
    """A window that shows a signed file and the result of verifying its signatures, and prints the file.

    Esc closes the window, which is deleted then.
    """

    manual_page = "track#signed-files"

    def __init__(
        self,
        path: Path,
        documents: DocumentService,
        signatures: SignatureService | None,
        tasks: TaskRunner,
        parent: QWidget | None = None,
        *,
        note_printed: Callable[[], None] = lambda: None,
    ) -> None:
        """Open the file in the background. If ``signatures`` is None, do not verify signatures, and hide the panel.

        ``note_printed`` records in the audit log that the file was printed. It blocks, so it is called outside the
        window's thread.
        """
        super().__init__(parent, Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._path = path
        self._note_printed = note_printed
        self._documents = documents
        self._tasks = tasks
        self._document: Document | None = None
        self._opened: list[Document] = []
        """The opened documents, which are closed with the window.

        The worker thread appends them itself, because the window may close before its slot receives them.
        """
        self._place: SignaturePlace | None = None
        self._is_closed = threading.Event()
        self._pages = PagesView(documents, tasks, self)
        self._find = FindBar(self._pages, documents, tasks, self)
        self._panel = SignaturePanel(self)
        self._messages = Messages(self)
        self._failure = PlainLabel(self, is_wrapped=True)
        self._failure.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._name = ElidedLabel(self, one_line(path.name), mode=Qt.TextElideMode.ElideMiddle)
        self._name.setObjectName("panelTitle")
        show_tip(self._name, one_line(str(path), most_characters=1000))
        self._middle = QStackedWidget(self)
        self.setWindowTitle("{name} — {kind}".format(name=one_line(path.name), kind=self.tr("Signed file")))
        self._lay_out()
        for key, slot in (
            ("Esc", self._on_escape_activated),
            (_key(ActionName.FIND), self._find.start_typing),
            (_key(ActionName.GO_TO_PAGE), self._find.start_numbering),
        ):
            QShortcut(QKeySequence(key), self).activated.connect(slot)
        self._panel.place_requested.connect(self._on_panel_place_requested)
        self._open(signatures)

    @property
    def pages(self) -> PagesView:
        """The view of the file's pages. It is empty until the file is open."""
        return self._pages

    @property
    def panel(self) -> SignaturePanel:
        """The panel with the results of verifying the signatures."""
        return self._panel

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        self._is_closed.set()
        documents, opened = self._documents, self._opened

        def close_files() -> None:
            for document in opened:
                documents.close(document.id)

        # The task runner completes this work even though its owner, the window, is deleted.
        self._tasks.start(close_files, owner=self, lane=Lane.PDF)
        super().closeEvent(event)

    def _lay_out(self) -> None:
        bar = QWidget(self)
        bar.setObjectName("toolBar")
        bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = hbox((self._name, 1), self._find, spacing=4, margins=(12, 4, 8, 4), parent=bar)
        for name, text, key, slot in (
            ("zoom-out", self.tr("Zoom out"), _key(ActionName.ZOOM_OUT), self._pages.zoom_out),
            ("zoom-in", self.tr("Zoom in"), _key(ActionName.ZOOM_IN), self._pages.zoom_in),
            ("fit-width", self.tr("Fit width"), _key(ActionName.FIT_WIDTH), self._pages.fit_width),
            ("fit-page", self.tr("Fit page"), _key(ActionName.FIT_PAGE), self._pages.fit_page),
            ("print", self.tr("Print"), "Ctrl+P", self._on_print_clicked),
            ("application", self.tr("Open with another program"), "", self._on_open_clicked),
            ("folder", self.tr("Open folder"), "", self._on_folder_clicked),
        ):
            button = QToolButton(bar)
            button.setAutoRaise(True)
            button.setIcon(icon(name))
            button.setIconSize(QSize(sized(16), sized(16)))
            button.setToolTip(f"{text} ({key})" if key else text)
            button.setAccessibleName(text)
            button.clicked.connect(slot)
            if key:
                QShortcut(QKeySequence(key), self).activated.connect(slot)
            row.addWidget(button)
        self._middle.addWidget(self._pages)
        self._middle.addWidget(self._failure)
        halves = QSplitter(Qt.Orientation.Horizontal, self)
        halves.addWidget(self._middle)
        halves.addWidget(self._panel)
        halves.setStretchFactor(0, 1)
        halves.setChildrenCollapsible(False)
        halves.setHandleWidth(1)
        halves.setSizes([760, _PANEL_PX])
        self._panel.setMinimumWidth(260)
        vbox(bar, (halves, 1), self._messages, spacing=0, parent=self)
        self.setFocusProxy(self._pages)
        fit_on_screen(self, 1100, 800)

    def _open(self, signatures: SignatureService | None) -> None:
        documents, path, opened, is_closed = self._documents, self._path, self._opened, self._is_closed

        def open_file() -> Document:
            document = documents.open_quickly(path)
            opened.append(document)
            if is_closed.is_set():
                documents.close(document.id)
            return document

        self._tasks.start(open_file, owner=self, on_done=self._on_opened, on_error=self._on_open_failed, lane=Lane.PDF)
        if signatures is None:
            self._panel.hide()
            return
        self._tasks.start(
            lambda: signatures.check(path),
            owner=self,
            on_done=self._on_checked,
            on_error=self._on_check_failed,
            lane=Lane.NETWORK,
        )

    def _on_opened(self, document: Document) -> None:
        self._document = document
        self._pages.set_documents((document,))
        self._find.set_documents((document,))
        if self._place is not None:
            self._on_panel_place_requested(self._place)

    def _on_escape_activated(self) -> None:
        if not self._find.clear():
            self.close()

    def _on_open_failed(self, error: AppError) -> None:
        self._failure.setText(_said(error))
        self._middle.setCurrentWidget(self._failure)

    def _on_checked(self, facts: tuple[SignatureFact, ...]) -> None:
        self._panel.show_facts(facts)

    def _on_check_failed(self, error: AppError) -> None:
        self._panel.show_failure(_said(error))

    def _on_panel_place_requested(self, place: SignaturePlace) -> None:
        self._place = place
        if self._document is not None:
            self._pages.go_to(self._document.id, place.page_number, place.rect)

    def _on_print_clicked(self) -> None:
        if self._document is not None:
            ask_for_printer(self, self._print)

    def _print(self, printer: QPrinter) -> None:
        self._messages.clear(_MESSAGE)
        if self._document is not None:
            work = PrintWork(printer, (self._document,), self._documents, self._tasks, self)
            work.ended.connect(self._on_printed)
            work.begin()

    def _on_printed(self, error: AppError | None) -> None:
        if error is not None:
            self._messages.show_message(error, key=_MESSAGE)
        else:
            self._tasks.start(self._note_printed, owner=self)

    def _on_open_clicked(self) -> None:
        self._open_elsewhere(self._path)

    def _on_folder_clicked(self) -> None:
        self._open_elsewhere(self._path.parent)

    def _open_elsewhere(self, path: Path) -> None:
        self._messages.clear(_MESSAGE)
        open_path(path, partial(self._messages.show_message, level=MessageLevel.ERROR, key=_MESSAGE))


def _key(name: ActionName) -> str:
    return ACTIONS[name].keys[0]


def _said(error: AppError) -> str:
    return error_sentence(error).text
