"""Show the doubts about a contract in the review: each with a sentence, a severe one with a crop and answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QApplication, QFrame, QLabel, QPushButton, QSizePolicy, QWidget

from esign_desktop.domain.doubts.doubt import DoubtKind
from esign_desktop.override import override
from esign_desktop.ui.text.doubt import doubt_sentence, keeping_words, taking_words
from esign_desktop.ui.viewer.scroll_area import true_pixels_per_inch
from esign_desktop.ui.widgets.deliberate import DeliberateButton
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.layouts import hbox, vbox
from esign_desktop.ui.widgets.theme import sized, theme

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from PySide6.QtGui import QPaintEvent

    from esign_desktop.domain.document import DocumentId
    from esign_desktop.domain.doubts.doubt import Doubt
    from esign_desktop.domain.proposal import PaperPlace
    from esign_desktop.ui.viewer.page_parts import PageParts

_CROP_PX: Final = 72
_CROP_LEAST_PX: Final = 220
_CROP_MOST_PX: Final = 420
_POINTS_PER_INCH: Final = 72.0


class WordsCrop(QWidget):
    """Shows the part of a page around some words, and highlights the words."""

    def __init__(self, paper: PageParts, document_id: DocumentId, place: PaperPlace, parent: QWidget) -> None:
        super().__init__(parent)
        self._paper = paper
        self._document_id = document_id
        self._place = place
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setMaximumWidth(sized(_CROP_MOST_PX))
        self.setAccessibleName(self.tr("Page {number}").format(number=place.page_number))
        paper.changed.connect(self.update)

    @override
    def sizeHint(self) -> QSize:
        return QSize(sized(_CROP_MOST_PX), sized(_CROP_PX))

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(sized(_CROP_LEAST_PX), sized(_CROP_PX))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        scale = true_pixels_per_inch(self.screen(), float(self.logicalDpiX())) / _POINTS_PER_INCH
        area = QRect(0, 0, self.width() - 1, self.height() - 1)
        with QPainter(self) as painter:
            self._paper.paint_words(painter, area, self._document_id, self._place, scale)


class DoubtRow(QFrame):
    """A row that shows one doubt about a contract and, for a severe doubt without an answer, buttons that answer it."""

    paper_taken = Signal(object)
    """Carries the ``Doubt`` for which the user chose the value that the page contains."""
    kept = Signal(object)
    """Carries the ``Doubt`` for which the user confirmed the contract as it is."""
    contract_requested = Signal(object)
    """Carries the ``FlowId`` of the contract that was sent already and that the user wants to see."""

    def __init__(self, doubt: Doubt, paper: PageParts, parent: QWidget, *, is_kept: bool) -> None:
        super().__init__(parent)
        self._doubt = doubt
        is_open = doubt.is_severe and not is_kept
        self.setObjectName("card" if doubt.is_severe else "")
        colours = theme()
        name, ink = ("warning", colours.danger) if is_open else ("info", colours.hint)
        mark = QLabel(self)
        mark.setPixmap(icon("check" if is_kept else name, ink).pixmap(16, 16))
        text = doubt_sentence(doubt)
        if is_kept:
            text = self.tr("Confirmed: {doubt}").format(doubt=text)
        sentence = PlainLabel(self, text, is_wrapped=True)
        buttons = [] if is_kept else self._buttons()
        words = vbox(sentence, spacing=8)
        if buttons:
            words.addLayout(hbox(*buttons, 1))
        words.addStretch(1)
        row = hbox((mark, Qt.AlignmentFlag.AlignTop), (words, 1), parent=self)
        if doubt.is_severe and doubt.place is not None and doubt.document_id is not None:
            crop = WordsCrop(paper, doubt.document_id, doubt.place, self)
            row.addWidget(crop, 1, Qt.AlignmentFlag.AlignTop)
        row.setContentsMargins(*((12, 8, 12, 8) if doubt.is_severe else (0, 2, 0, 2)))

    def _buttons(self) -> list[QWidget]:
        doubt, found = self._doubt, list[QWidget]()
        if words := taking_words(doubt):
            take = QPushButton(words.replace("&", "&&"), self)
            take.clicked.connect(self._on_take_clicked)
            found.append(take)
        if doubt.kind is DoubtKind.SENT_ALREADY:
            show = QPushButton(self.tr("Show the open contract"), self)
            show.clicked.connect(self._on_show_clicked)
            found.append(show)
        if words := keeping_words(doubt):
            keep = DeliberateButton(self, words.replace("&", "&&"))
            keep.meant.connect(self._on_keep_meant)
            found.append(keep)
        for button in found:
            button.setAccessibleDescription(doubt_sentence(doubt))
        return found

    def _on_take_clicked(self) -> None:
        self.paper_taken.emit(self._doubt)

    def _on_show_clicked(self) -> None:
        self.contract_requested.emit(self._doubt.flow_id)

    def _on_keep_meant(self) -> None:
        self.kept.emit(self._doubt)


class DoubtList(QWidget):
    """A list of the doubts about a contract, in the given order.

    It is hidden while it shows neither doubts nor a state.
    """

    paper_taken = Signal(object)
    """Carries the ``Doubt`` for which the user chose the value that the page contains."""
    kept = Signal(object)
    """Carries the ``Doubt`` for which the user confirmed the contract as it is."""
    contract_requested = Signal(object)
    """Carries the ``FlowId`` of the contract that was sent already and that the user wants to see."""

    def __init__(self, paper: PageParts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._paper = paper
        self._doubts: tuple[Doubt, ...] = ()
        self._kept: frozenset[str] = frozenset()
        self._rows: list[QWidget] = []
        self._state = PlainLabel(self, look="hint", is_live=True)
        self._column = vbox(self._state, parent=self)
        self.hide()

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._rebuild()
        super().changeEvent(event)

    def show_state(self, text: str) -> None:
        """Remove all doubts, and show a sentence about the search for doubts. With an empty text, hide the list."""
        self._state.setText(text)
        self._doubts = ()
        self._rebuild()

    def show_doubts(self, doubts: Sequence[Doubt], kept: Collection[str]) -> None:
        """Replace the displayed doubts. ``kept`` contains the keys of the doubts that the user has confirmed."""
        self._state.setText("")
        self._doubts, self._kept = tuple(doubts), frozenset(kept)
        self._rebuild()

    @property
    def next_answer(self) -> DeliberateButton | None:
        """The button that confirms the first severe doubt without an answer, or None if no such button is shown."""
        buttons = (button for row in self._rows for button in row.findChildren(DeliberateButton))
        return next(buttons, None)

    def take_focus(self) -> bool:
        """Focus the button that confirms the first severe doubt without an answer.

        Return False, and do nothing, if there is no such button.
        """
        button = self.next_answer
        if button is not None:
            button.setFocus()
        return button is not None

    def _rebuild(self) -> None:
        focus = QApplication.focusWidget()
        had_focus = focus is not None and self.isAncestorOf(focus)
        if focus is not None and had_focus:
            # Hiding a focused button would focus the next widget and scroll there, away from the answer.
            focus.clearFocus()
        for row in self._rows:
            row.hide()
            row.deleteLater()
        self._rows = []
        for doubt in self._doubts:
            row = DoubtRow(doubt, self._paper, self, is_kept=doubt.key in self._kept)
            row.paper_taken.connect(self.paper_taken)
            row.kept.connect(self.kept)
            row.contract_requested.connect(self.contract_requested)
            self._rows.append(row)
            self._column.addWidget(row)
        self._state.setVisible(bool(self._state.text()))
        self.setVisible(bool(self._rows) or bool(self._state.text()))
        if had_focus:
            self.take_focus()
