"""What is special about a document, in sentences, with what can be done about it; opens below its chips.

Chips: what is special about a document, in a word each, explained on hover and, with a remedy, on a click.

What a finding about a document means, and what can be done about it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QLineEdit, QProgressBar, QPushButton, QVBoxLayout, QWidget

from esign_desktop.domain.document import LARGE_FILE_BYTES
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.override import override
from esign_desktop.ui.widgets.deliberate import press_focused_button
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.theme import theme

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from PySide6.QtGui import QKeyEvent

    from esign_desktop.domain.document import Document


class ChipKind(StrEnum):
    """What a chip is about."""

    SIGNED = "signed"
    ENCRYPTED = "encrypted"
    REPAIRED = "repaired"
    SCAN = "scan"
    PARTLY_SCAN = "partly_scan"
    ROTATED = "rotated"
    CROPPED = "cropped"
    MIXED_SIZES = "mixed_sizes"
    FORM = "form"
    FONTS = "fonts"
    LARGE = "large"


@dataclass(frozen=True, slots=True)
class Chip:
    """A word and its explanation; ``is_warning`` chips ask for a look before sending."""

    kind: ChipKind
    text: str
    explanation: str
    is_warning: bool


def chips_of(document: Document) -> tuple[Chip, ...]:
    """Return the chips of a document, warnings first."""
    return tuple(sorted(_chips(document), key=lambda chip: not chip.is_warning))


def _chips(document: Document) -> Iterator[Chip]:
    for kind, applies, is_warning in _candidates(document):
        if applies:
            yield Chip(kind, *_words(kind), is_warning=is_warning)


def _candidates(document: Document) -> tuple[tuple[ChipKind, bool, bool], ...]:
    """The kind, whether it applies, whether it is a warning."""
    facts = document.facts
    return (
        (ChipKind.SIGNED, facts.is_signed, True),
        (ChipKind.ENCRYPTED, facts.is_encrypted, True),
        (ChipKind.REPAIRED, facts.is_repaired, True),
        (ChipKind.SCAN, not facts.has_text, True),
        (ChipKind.PARTLY_SCAN, facts.has_text and bool(facts.pages_without_text), False),
        (ChipKind.ROTATED, bool(document.rotated_pages), True),
        (ChipKind.CROPPED, bool(document.cropped_pages), True),
        (ChipKind.MIXED_SIZES, document.has_mixed_sizes, False),
        (ChipKind.FORM, bool(facts.form_field_count) and document.template is None, False),
        (ChipKind.FONTS, facts.has_unembedded_fonts, False),
        (ChipKind.LARGE, document.size_bytes > LARGE_FILE_BYTES, True),
    )


def _words(kind: ChipKind) -> tuple[str, str]:
    translate = QCoreApplication.translate
    words: dict[ChipKind, tuple[str, str]] = {
        ChipKind.SIGNED: (
            translate("PreflightChips", "signed"),
            translate("PreflightChips", "Already digitally signed: another seal would break that signature."),
        ),
        ChipKind.ENCRYPTED: (
            translate("PreflightChips", "encrypted"),
            translate("PreflightChips", "Protected by encryption: the platform may refuse it."),
        ),
        ChipKind.REPAIRED: (
            translate("PreflightChips", "repaired"),
            translate("PreflightChips", "The file was damaged and has been repaired for display: look at every page."),
        ),
        ChipKind.SCAN: (
            translate("PreflightChips", "scan"),
            translate("PreflightChips", "No page has text: keywords can't be found, place seals by click."),
        ),
        ChipKind.PARTLY_SCAN: (
            translate("PreflightChips", "partly scan"),
            translate("PreflightChips", "Some pages have no text: keywords can't be found there."),
        ),
        ChipKind.ROTATED: (
            translate("PreflightChips", "rotated"),
            translate("PreflightChips", "Some pages are rotated: check where the platform put the seals."),
        ),
        ChipKind.CROPPED: (
            translate("PreflightChips", "cropped"),
            translate("PreflightChips", "Some pages are cropped or scaled: check where the platform put the seals."),
        ),
        ChipKind.MIXED_SIZES: (
            translate("PreflightChips", "mixed sizes"),
            translate("PreflightChips", "The pages differ in size: slices of a cross-page seal may not meet."),
        ),
        ChipKind.FORM: (
            translate("PreflightChips", "form"),
            translate("PreflightChips", "The file has form fields; they are sent as they are filled in now."),
        ),
        ChipKind.FONTS: (
            translate("PreflightChips", "fonts missing"),
            translate("PreflightChips", "Fonts are not embedded: the text may look different elsewhere."),
        ),
        ChipKind.LARGE: (
            translate("PreflightChips", "large"),
            translate("PreflightChips", "More than 40 MB: the upload may take long."),
        ),
    }
    return words[kind]


class Remedy(StrEnum):
    """Something that a press of a button does."""

    PASSWORD = "password"  # noqa: S105  a name, no secret
    UPRIGHT_COPY = "upright_copy"
    UPRIGHT_COPY_AS = "upright_copy_as"
    REPLACE = "replace"
    REMOVE = "remove"
    PLACE_BY_CLICK = "place_by_click"
    SHOW_PAGE = "show_page"
    TEMPLATE = "template"


@dataclass(frozen=True, slots=True)
class Advice:
    """The meaning in a sentence or two, the remedies, the best one first, and the page that shows what is meant."""

    meaning: str
    remedies: tuple[Remedy, ...]
    page_number: int | None = None


_COPY = (Remedy.UPRIGHT_COPY, Remedy.UPRIGHT_COPY_AS)

_REMEDIES: dict[ChipKind, tuple[Remedy, ...]] = {
    ChipKind.SIGNED: (Remedy.REMOVE, Remedy.REPLACE),
    ChipKind.ENCRYPTED: (Remedy.REPLACE,),
    ChipKind.REPAIRED: (*_COPY, Remedy.REPLACE),
    ChipKind.SCAN: (Remedy.PLACE_BY_CLICK,),
    ChipKind.PARTLY_SCAN: (Remedy.SHOW_PAGE, Remedy.PLACE_BY_CLICK),
    ChipKind.ROTATED: (*_COPY, Remedy.SHOW_PAGE),
    ChipKind.CROPPED: (*_COPY, Remedy.SHOW_PAGE),
    ChipKind.MIXED_SIZES: (Remedy.SHOW_PAGE,),
    ChipKind.FORM: (Remedy.TEMPLATE,),
    ChipKind.FONTS: (Remedy.REPLACE,),
    ChipKind.LARGE: (Remedy.REPLACE,),
}


def advice_on(kind: ChipKind, document: Document, *, is_locked: bool = False) -> Advice:
    """Return what to say; a ``is_locked`` document can't be shown before its password is given."""
    if kind is ChipKind.ENCRYPTED and is_locked:
        meaning = QCoreApplication.translate(
            "PreflightAdvice", "The file can't be shown before its password is given; passwords are never kept."
        )
        return Advice(meaning, (Remedy.PASSWORD, *_REMEDIES[kind]))
    pages = _pages(kind, document)
    meaning = _meanings(kind).format(
        pages=PageRanges.of(pages) if pages else "",
        count=document.facts.form_field_count,
        size_mb=document.size_bytes // (1024 * 1024),
    )
    return Advice(meaning, _REMEDIES[kind], min(pages, default=None))


def remedy_words(remedy: Remedy, page_number: int | None = None) -> str:
    """Return what stands on the button."""
    translate = QCoreApplication.translate
    words = {
        Remedy.PASSWORD: translate("PreflightAdvice", "Open"),
        Remedy.UPRIGHT_COPY: translate("PreflightAdvice", "Make an upright copy"),
        Remedy.UPRIGHT_COPY_AS: translate("PreflightAdvice", "Save the copy as…"),
        Remedy.REPLACE: translate("PreflightAdvice", "Replace by another file…"),
        Remedy.REMOVE: translate("PreflightAdvice", "Remove from the contract"),
        Remedy.PLACE_BY_CLICK: translate("PreflightAdvice", "Place a seal by click"),
        Remedy.SHOW_PAGE: translate("PreflightAdvice", "Show page {page}"),
        Remedy.TEMPLATE: translate("PreflightAdvice", "Make it a template…"),
    }
    return words[remedy].format(page=page_number)


def _pages(kind: ChipKind, document: Document) -> tuple[int, ...]:
    match kind:
        case ChipKind.PARTLY_SCAN:
            return document.facts.pages_without_text
        case ChipKind.ROTATED:
            return document.rotated_pages
        case ChipKind.CROPPED:
            return document.cropped_pages
        case ChipKind.MIXED_SIZES:
            return tuple(_other_sizes(document))
        case _:
            return ()


def _other_sizes(document: Document) -> Iterable[int]:
    first = document.frame(1)
    for number, frame in enumerate(document.pages, 1):
        width_differs = abs(frame.display_width_pt - first.display_width_pt) > 1
        if width_differs or abs(frame.display_height_pt - first.display_height_pt) > 1:
            yield number


def _meanings(kind: ChipKind) -> str:
    translate = QCoreApplication.translate
    meanings = {
        ChipKind.SIGNED: translate(
            "PreflightAdvice",
            "Somebody has signed this file digitally. A seal changes the file, so that signature would no longer hold. "
            "Send it outside of the contract, or take the version that is not signed yet.",
        ),
        ChipKind.ENCRYPTED: translate(
            "PreflightAdvice",
            "The file is encrypted, and its password stays here: the platform may not be able to open it, and can't "
            "stamp it then. Take a version without protection.",
        ),
        ChipKind.REPAIRED: translate(
            "PreflightAdvice",
            "The file is damaged. What you see was put together again; the platform may see it otherwise. A copy that "
            "is sound looks like what you see, which is checked page by page.",
        ),
        ChipKind.SCAN: translate(
            "PreflightAdvice",
            "The pages are pictures. There is no text in which a keyword could be found, here or at the platform: "
            "place the seals by click.",
        ),
        ChipKind.PARTLY_SCAN: translate(
            "PreflightAdvice",
            "Page {pages} is a picture without text: a keyword can't be found there, here or at the platform. Place "
            "the seals there by click.",
        ),
        ChipKind.ROTATED: translate(
            "PreflightAdvice",
            "Page {pages} is turned for display only. The platform may place seals as if it were not. An upright copy "
            "looks the same, which is checked page by page, and the seals stay where you see them.",
        ),
        ChipKind.CROPPED: translate(
            "PreflightAdvice",
            "Page {pages} is cropped or scaled for display only. The platform may count from the hidden edge. An "
            "upright copy looks the same, which is checked page by page, and the seals stay where you see them.",
        ),
        ChipKind.MIXED_SIZES: translate(
            "PreflightAdvice",
            "Page {pages} differs in size from the first page: the slices of a cross-page seal may not meet there. "
            "Leave it out of the seal's pages, or use a group of its own.",
        ),
        ChipKind.FORM: translate(
            "PreflightAdvice",
            "The file has {count} form fields. They are sent as they are filled in now. As a template, they can be "
            "filled in anew for each customer.",
        ),
        ChipKind.FONTS: translate(
            "PreflightAdvice",
            "Some fonts are not in the file, so that each computer takes its own: characters may look different, be "
            "wider or narrower, or be missing, and a seal may stand beside its words. Save the file anew with its "
            "fonts embedded (PDF/A does so), and take that one.",
        ),
        ChipKind.LARGE: translate(
            "PreflightAdvice",
            "The file has {size_mb} MB. The platform names no limit, but uploads of more than 40 MB take long and may "
            "be refused. Scan in grey at 200 dpi, or save the file anew in a smaller size, and take that one.",
        ),
    }
    return meanings[kind]


class PreflightPane(QFrame):
    """Stays until Esc or another press of its chip; work that it began shows its progress here, and can be stopped."""

    remedy_requested = Signal(object)
    """A ``Remedy``; the password is asked for here."""
    password_given = Signal(str)
    stop_requested = Signal()
    close_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("preflightPane")
        self._advice = Advice("", ())
        self._meaning = PlainLabel(self)
        self._meaning.setWordWrap(True)
        self._failure = PlainLabel(self)
        self._failure.setWordWrap(True)
        self._failure.hide()
        self._password = QLineEdit(self)
        self._password.setEchoMode(QLineEdit.EchoMode.Password)
        self._buttons: dict[Remedy, QPushButton] = {}
        self._progress = QProgressBar(self)
        self._progress.setTextVisible(False)
        self._progress.setFixedHeight(6)
        self._state = PlainLabel(self)
        self._state.setObjectName("hint")
        self._state.setWordWrap(True)
        self._stop = QPushButton(self)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 4, 4, 4)
        self._column.setSpacing(8)
        for widget in (self._meaning, self._failure, self._password, self._state, self._progress, self._stop):
            self._column.addWidget(widget)
        self._password.returnPressed.connect(self._on_password_given)
        self._stop.clicked.connect(self.stop_requested)
        self._show_idle()
        self.hide()

    @property
    def failure_text(self) -> str:
        """What did not work; empty when nothing failed."""
        return "" if self._failure.isHidden() else self._failure.text()

    @property
    def is_busy(self) -> bool:
        """Whether work that was begun here goes on."""
        return not self._stop.isHidden()

    def button(self, remedy: Remedy) -> QPushButton:
        """Return the button of a remedy that is offered. Raises KeyError."""
        return self._buttons[remedy]

    def show_advice(self, advice: Advice) -> None:
        """Say what it means and offer what helps."""
        is_other = advice != self._advice
        self._advice = advice
        self._meaning.setText(advice.meaning)
        self._password.setAccessibleName(self.tr("Password"))
        self._password.setPlaceholderText(self.tr("Password"))
        self._stop.setText(self.tr("Stop"))
        if is_other:
            self._failure.hide()
            self._offer(advice.remedies)
        for remedy, button in self._buttons.items():
            button.setText(remedy_words(remedy, advice.page_number))
        if not self.is_busy:
            self._show_idle()
        self.setAccessibleName(advice.meaning)
        self.show()

    def take_focus(self) -> None:
        """Let the keyboard go on here."""
        if self.is_busy:
            self._stop.setFocus()
        elif not self._password.isHidden():
            self._password.setFocus()
        elif self._buttons:
            next(iter(self._buttons.values())).setFocus()

    def show_progress(self, done: int, total: int) -> None:
        """Say how far the copy is; 0 of 0 while it is being written."""
        text = (
            self.tr("Checking that page {page} of {count} looks the same…").format(page=done + 1, count=total)
            if total
            else self.tr("Writing the copy…")
        )
        self.show_work(text, done, total)

    def show_work(self, text: str, done: int, total: int) -> None:
        """Say what is done and how far it is; 0 of 0 while nobody knows."""
        self._state.setText(text)
        self._progress.setRange(0, total)
        self._progress.setValue(done)
        had_focus = any(button.hasFocus() for button in self._buttons.values())
        self._failure.hide()
        for widget in (*self._buttons.values(), self._password):
            widget.hide()
        for widget in (self._state, self._progress, self._stop):
            widget.show()
        if had_focus:
            self._stop.setFocus()

    def end_work(self, failure: str = "") -> None:
        """Offer the remedies again; with a sentence when the work failed."""
        had_focus = self._stop.hasFocus()
        self._show_idle()
        colours = self._failure.palette()
        colours.setColor(QPalette.ColorRole.WindowText, theme().danger)
        self._failure.setPalette(colours)
        self._failure.setText(failure)
        self._failure.setVisible(bool(failure))
        if had_focus:
            self.take_focus()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_requested.emit()
        else:
            press_focused_button(event)
        # No other key is the card's while somebody reads or types here: Delete would remove the document.

    def _offer(self, remedies: tuple[Remedy, ...]) -> None:
        for button in self._buttons.values():
            self._column.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._buttons = {}
        place = self._column.indexOf(self._password) + 1
        for index, remedy in enumerate(remedies):
            button = QPushButton(self)
            if index == 0:
                button.setObjectName("primary")
            button.clicked.connect(partial(self._on_button_clicked, remedy))
            self._column.insertWidget(place + index, button)
            self._buttons[remedy] = button

    def _show_idle(self) -> None:
        for button in self._buttons.values():
            button.show()
        self._password.setVisible(Remedy.PASSWORD in self._buttons)
        for widget in (self._state, self._progress, self._stop):
            widget.hide()

    def _on_button_clicked(self, remedy: Remedy, _is_checked: bool = False) -> None:  # noqa: FBT002  Qt's own
        if remedy is Remedy.PASSWORD:
            self._on_password_given()
        else:
            self.remedy_requested.emit(remedy)

    def _on_password_given(self) -> None:
        password = self._password.text()
        self._password.clear()
        if password:
            self.password_given.emit(password)
