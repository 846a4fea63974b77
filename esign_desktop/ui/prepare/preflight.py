"""The findings about a document, each with a chip, and a pane with the meaning and the remedies of one finding."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QLineEdit, QProgressBar, QPushButton, QWidget

from esign_desktop.domain.document import LARGE_FILE_BYTES
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.override import override
from esign_desktop.ui.text.lists import listed
from esign_desktop.ui.widgets.deliberate import press_focused_button
from esign_desktop.ui.widgets.flow_layout import FlowLayout
from esign_desktop.ui.widgets.labels import PlainLabel, show_tip
from esign_desktop.ui.widgets.layouts import vbox
from esign_desktop.ui.widgets.theme import theme

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtGui import QKeyEvent

    from esign_desktop.domain.document import Document


class ChipKind(StrEnum):
    """The kind of a finding about a document."""

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


class ScanReading(StrEnum):
    """Whether the text of image-only pages has been, or can be, recognized."""

    MISSING = "missing"
    """Text recognition is not installed."""
    PACKAGED = "packaged"
    """The packaged program does not include text recognition."""
    UNREAD = "unread"
    READ = "read"


class Remedy(StrEnum):
    """An action that a button offers for a finding."""

    PASSWORD = "password"  # noqa: S105  a name, no secret
    UPRIGHT_COPY = "upright_copy"
    UPRIGHT_COPY_AS = "upright_copy_as"
    REPLACE = "replace"
    REMOVE = "remove"
    READ_PAGES = "read_pages"
    FIND_KEYWORD = "find_keyword"
    PLACE_BY_CLICK = "place_by_click"
    SHOW_PAGE = "show_page"
    TEMPLATE = "template"


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding about a document. A warning should be checked before the contract is sent."""

    kind: ChipKind
    is_warning: bool
    word: str
    """The text of the chip."""
    explanation: str
    """The tooltip of the chip."""
    meaning: str
    """The meaning, in more detail than the explanation."""
    remedies: tuple[Remedy, ...]
    """The available remedies, the best first."""
    page_number: int | None
    """The number of the first page concerned, or None if the finding is about the whole file."""


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
_SCANS = frozenset({ChipKind.SCAN, ChipKind.PARTLY_SCAN})
_FOR_SCANS = {ScanReading.UNREAD: (Remedy.READ_PAGES,), ScanReading.READ: (Remedy.FIND_KEYWORD,)}
_WARNINGS = frozenset(
    {
        *(ChipKind.SIGNED, ChipKind.ENCRYPTED, ChipKind.REPAIRED, ChipKind.SCAN),
        *(ChipKind.ROTATED, ChipKind.CROPPED, ChipKind.LARGE),
    }
)


def findings_of(
    document: Document, *, is_locked: bool = False, reading: ScanReading = ScanReading.MISSING
) -> tuple[Finding, ...]:
    """Return the findings about a document, warnings first.

    ``is_locked`` states that the document cannot be displayed without its password, and ``reading`` whether the text of
    its image-only pages has been, or can be, recognized.
    """
    found = (_finding(document, kind, pages, reading, is_locked=is_locked) for kind, pages in _applying(document))
    return tuple(sorted(found, key=lambda finding: not finding.is_warning))


def _finding(
    document: Document, kind: ChipKind, pages: tuple[int, ...], reading: ScanReading, *, is_locked: bool
) -> Finding:
    word, explanation, meaning = _texts()[kind]
    remedies = _REMEDIES[kind]
    if kind is ChipKind.ENCRYPTED and is_locked:
        meaning = QCoreApplication.translate(
            "PreflightAdvice", "Enter the password to see this file; passwords are never saved."
        )
        remedies = (Remedy.PASSWORD, *remedies)
    if kind in _SCANS and not is_locked:
        word, explanation, meaning = _scan_texts(kind, reading)
        remedies = (*_FOR_SCANS.get(reading, ()), *remedies)
    meaning = meaning.format(
        pages=PageRanges.of(pages) if pages else "",
        count=document.facts.form_field_count,
        size_mb=document.size_bytes // (1024 * 1024),
    )
    return Finding(kind, kind in _WARNINGS, word, explanation, meaning, remedies, min(pages, default=None))


def _applying(document: Document) -> Iterator[tuple[ChipKind, tuple[int, ...]]]:
    """Yield the kind of each finding that applies, with the pages concerned, if any."""
    facts = document.facts
    found: tuple[tuple[ChipKind, bool | tuple[int, ...]], ...] = (
        (ChipKind.SIGNED, facts.is_signed),
        (ChipKind.ENCRYPTED, facts.is_encrypted),
        (ChipKind.REPAIRED, facts.is_repaired),
        (ChipKind.SCAN, not facts.has_text),
        (ChipKind.PARTLY_SCAN, facts.has_text and facts.pages_without_text),
        (ChipKind.ROTATED, document.rotated_pages),
        (ChipKind.CROPPED, document.cropped_pages),
        (ChipKind.MIXED_SIZES, document.has_mixed_sizes and tuple(_pages_of_other_size(document))),
        (ChipKind.FORM, bool(facts.form_field_count) and document.template is None),
        (ChipKind.FONTS, facts.has_unembedded_fonts),
        (ChipKind.LARGE, document.size_bytes > LARGE_FILE_BYTES),
    )
    for kind, pages in found:
        if pages:
            yield kind, pages if isinstance(pages, tuple) else ()


def _pages_of_other_size(document: Document) -> Iterator[int]:
    first = document.frame(1)
    for number, frame in enumerate(document.pages, 1):
        width_differs = abs(frame.display_width_pt - first.display_width_pt) > 1
        if width_differs or abs(frame.display_height_pt - first.display_height_pt) > 1:
            yield number


def _remedy_text(remedy: Remedy, page_number: int | None = None) -> str:
    """Return the button text of a remedy, which contains ``page_number`` if the remedy shows a page."""
    translate = QCoreApplication.translate
    words = {
        Remedy.PASSWORD: translate("PreflightAdvice", "Open"),
        Remedy.UPRIGHT_COPY: translate("PreflightAdvice", "Create upright copy"),
        Remedy.UPRIGHT_COPY_AS: translate("PreflightAdvice", "Save copy as…"),
        Remedy.REPLACE: translate("PreflightAdvice", "Replace with another file…"),
        Remedy.REMOVE: translate("PreflightAdvice", "Remove from contract"),
        Remedy.READ_PAGES: translate("PreflightAdvice", "Recognize text"),
        Remedy.FIND_KEYWORD: translate("PreflightAdvice", "Find keyword"),
        Remedy.PLACE_BY_CLICK: translate("PreflightAdvice", "Place seal by clicking"),
        Remedy.SHOW_PAGE: translate("PreflightAdvice", "Show page {page}"),
        Remedy.TEMPLATE: translate("PreflightAdvice", "Create template…"),
    }
    return words[remedy].format(page=page_number)


def _scan_texts(kind: ChipKind, reading: ScanReading) -> tuple[str, str, str]:
    """Return chip text, explanation and meaning for pages without text, depending on text recognition."""
    translate = QCoreApplication.translate
    word, explanation, meaning = _texts()[kind]
    if reading is ScanReading.READ:
        explanation = translate("PreflightChips", "Text recognized: keyword seals get fixed positions.")
        meaning = (
            translate("PreflightAdvice", "The pages are images. Their text was recognized on this computer.")
            if kind is ChipKind.SCAN
            else translate("PreflightAdvice", "Page {pages} is an image. Its text was recognized on this computer.")
        )
        word = translate("PreflightChips", "scan, recognized") if kind is ChipKind.SCAN else word
    more = {
        ScanReading.READ: translate(
            "PreflightAdvice",
            "You can then find keywords on these pages. The platform can't find them, so the "
            "seals get fixed positions. Check the positions, because text recognition can "
            "make mistakes.",
        ),
        ScanReading.UNREAD: translate(
            "PreflightAdvice",
            "You can also recognize the text on these pages on this computer. Keywords can then be found there.",
        ),
        ScanReading.MISSING: translate(
            "PreflightAdvice",
            "The program can recognize text on such pages if this component is installed: "
            "pip install esign-desktop[ocr]",
        ),
        ScanReading.PACKAGED: translate(
            "PreflightAdvice",
            "This package doesn't include text recognition, which can be added only if the "
            "program is installed with pip.",
        ),
    }[reading]
    return word, explanation, f"{meaning}\n{more}"


def _texts() -> dict[ChipKind, tuple[str, str, str]]:
    """Return the chip text, explanation and meaning of each kind of finding."""
    translate = QCoreApplication.translate
    return {
        ChipKind.SIGNED: (
            translate("PreflightChips", "signed"),
            translate("PreflightChips", "Digitally signed: another seal would invalidate the signature."),
            translate(
                "PreflightAdvice",
                "This file has a digital signature. A seal changes the file and would invalidate "
                "the signature. Send the file separately, or use the version that isn't signed "
                "yet.",
            ),
        ),
        ChipKind.ENCRYPTED: (
            translate("PreflightChips", "encrypted"),
            translate("PreflightChips", "Encrypted: the platform may reject it."),
            translate(
                "PreflightAdvice",
                "The file is encrypted, and its password stays on this computer. The platform "
                "may be unable to open and seal it. Use a version without encryption.",
            ),
        ),
        ChipKind.REPAIRED: (
            translate("PreflightChips", "repaired"),
            translate("PreflightChips", "The file was damaged and repaired for display: check every page."),
            translate(
                "PreflightAdvice",
                "The file is damaged. You see a repaired version, and the platform may see "
                "something else. You can make an intact copy that looks the same as what you see "
                "(checked page by page).",
            ),
        ),
        ChipKind.SCAN: (
            translate("PreflightChips", "scan"),
            translate("PreflightChips", "No page has text: keywords can't be found. Place seals by clicking."),
            translate(
                "PreflightAdvice",
                "The pages are images without text. Neither this computer nor the platform can "
                "find keywords there. Click the page to place the seals.",
            ),
        ),
        ChipKind.PARTLY_SCAN: (
            translate("PreflightChips", "partly scan"),
            translate("PreflightChips", "Some pages have no text: keywords can't be found there."),
            translate(
                "PreflightAdvice",
                "Page {pages} is an image without text. Neither this computer nor the platform "
                "can find keywords there. Click the page to place the seals.",
            ),
        ),
        ChipKind.ROTATED: (
            translate("PreflightChips", "rotated"),
            translate("PreflightChips", "Some pages are rotated: check the seal positions after signing."),
            translate(
                "PreflightAdvice",
                "Page {pages} is rotated for display only. The platform may place seals as if it "
                "weren't. An upright copy looks the same (checked page by page), and the seals "
                "stay where you see them.",
            ),
        ),
        ChipKind.CROPPED: (
            translate("PreflightChips", "cropped"),
            translate("PreflightChips", "Some pages are cropped or scaled: check the seal positions after signing."),
            translate(
                "PreflightAdvice",
                "Page {pages} is cropped or scaled for display only. The platform may measure "
                "from the hidden edge. An upright copy looks the same (checked page by page), "
                "and the seals stay where you see them.",
            ),
        ),
        ChipKind.MIXED_SIZES: (
            translate("PreflightChips", "mixed sizes"),
            translate("PreflightChips", "Page sizes differ: parts of a cross-page seal may not align."),
            translate(
                "PreflightAdvice",
                "Page {pages} differs in size from the first page, so a cross-page seal may not "
                "align there. Exclude it from the seal's pages, or put it in a separate group.",
            ),
        ),
        ChipKind.FORM: (
            translate("PreflightChips", "form"),
            translate("PreflightChips", "The file has form fields, which are sent with their current values."),
            translate(
                "PreflightAdvice",
                "The file has {count} form fields, which are sent with their current values. If "
                "you create a template from the file, the fields can be filled in for each "
                "customer.",
            ),
        ),
        ChipKind.FONTS: (
            translate("PreflightChips", "fonts not embedded"),
            translate("PreflightChips", "Fonts not embedded: the text may look different on other devices."),
            translate(
                "PreflightAdvice",
                "Some fonts aren't embedded in the file, so each computer substitutes its own. "
                "Characters may look different, change width or be missing, and a seal may end "
                "up beside its text. Save the file with embedded fonts (for example as PDF/A), "
                "and use that file.",
            ),
        ),
        ChipKind.LARGE: (
            translate("PreflightChips", "large"),
            translate("PreflightChips", "Over 40 MB: the upload may be slow."),
            translate(
                "PreflightAdvice",
                "The file is {size_mb} MB. The platform states no limit, but uploads over 40 MB "
                "are slow and may be rejected. Scan at 200 dpi in grayscale, or save the file at "
                "a smaller size, and use that file.",
            ),
        ),
    }


class ChipRow(QWidget):
    """Shows a chip for each finding, in as many rows as needed.

    ``chip_pressed`` carries a ``ChipKind``, or None if the open chip was pressed again.
    """

    chip_pressed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._buttons: dict[ChipKind, QPushButton] = {}
        self._row = FlowLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(4)
        self.hide()

    def show_findings(self, findings: tuple[Finding, ...]) -> None:
        """Show a chip for each of ``findings``. The widget is hidden if there are none."""
        for finding in findings:
            if finding.kind in self._buttons:
                _label(self._buttons[finding.kind], finding)
        if [finding.kind for finding in findings] == list(self._buttons):
            return
        # Existing chips are reused, so that they keep the keyboard focus.
        old = self._buttons
        self._buttons = {finding.kind: old.get(finding.kind) or self._new_button(finding) for finding in findings}
        for kind, button in old.items():
            self._row.removeWidget(button)
            if kind not in self._buttons:
                button.hide()
                button.deleteLater()
        for button in self._buttons.values():
            self._row.addWidget(button)
        self.setVisible(bool(findings))
        self.setAccessibleName(listed(finding.word for finding in findings))
        self.setAccessibleDescription(" ".join(finding.explanation for finding in findings))

    def button(self, kind: ChipKind) -> QPushButton | None:
        """Return the chip of a kind of finding, or None if there is no such finding."""
        return self._buttons.get(kind)

    def mark_open(self, kind: ChipKind | None) -> None:
        """Mark the chip whose meaning is displayed, or no chip if ``kind`` is None."""
        for its_kind, button in self._buttons.items():
            button.setChecked(its_kind == kind)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not press_focused_button(event):
            super().keyPressEvent(event)

    def _new_button(self, finding: Finding) -> QPushButton:
        button = QPushButton(self)
        _label(button, finding)
        button.setObjectName("warningChip" if finding.is_warning else "chip")
        button.setCheckable(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        button.clicked.connect(self._on_button_clicked)
        return button

    def _on_button_clicked(self, is_open: bool) -> None:
        kind = next(kind for kind, button in self._buttons.items() if button is self.sender())
        self.mark_open(kind if is_open else None)
        self.chip_pressed.emit(kind if is_open else None)


def _label(button: QPushButton, finding: Finding) -> None:
    button.setText(finding.word)
    show_tip(button, finding.explanation)


class PreflightPane(QFrame):
    """Shows the meaning and the remedies of a finding, and the progress of a remedy.

    ``password_given`` carries the entered password. ``stop_requested`` is emitted when the user stops the remedy, and
    ``close_requested`` when the user presses Esc.
    """

    manual_page = "prepare#add-documents"

    remedy_requested = Signal(object)
    """Carries the chosen ``Remedy``, except for the password, which the pane itself asks for."""
    password_given = Signal(str)
    stop_requested = Signal()
    close_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("preflightPane")
        self._finding: Finding | None = None
        self._meaning = PlainLabel(self, is_wrapped=True)
        self._failure = PlainLabel(self, is_wrapped=True)
        self._failure.hide()
        self._password = QLineEdit(self)
        self._password.setEchoMode(QLineEdit.EchoMode.Password)
        self._password.setAccessibleName(self.tr("Password"))
        self._password.setPlaceholderText(self.tr("Password"))
        self._buttons: dict[Remedy, QPushButton] = {}
        self._progress = QProgressBar(self)
        self._progress.setTextVisible(False)
        self._progress.setFixedHeight(6)
        self._state = PlainLabel(self, look="hint", is_wrapped=True)
        self._stop = QPushButton(self.tr("Stop"), self)
        self._column = vbox(
            *(self._meaning, self._failure, self._password, self._state, self._progress, self._stop),
            margins=(0, 4, 4, 4),
            parent=self,
        )
        self._password.returnPressed.connect(self._on_password_given)
        self._stop.clicked.connect(self.stop_requested)
        self._show_idle()
        self.hide()

    @property
    def failure_text(self) -> str:
        """The displayed failure, or an empty string."""
        return "" if self._failure.isHidden() else self._failure.text()

    @property
    def is_busy(self) -> bool:
        """Whether a remedy is running."""
        return not self._stop.isHidden()

    def button(self, remedy: Remedy) -> QPushButton:
        """Return the button of a remedy. Raises KeyError if the finding does not have this remedy."""
        return self._buttons[remedy]

    def show_finding(self, finding: Finding) -> None:
        """Show the meaning of a finding and its remedies. The failure of a remedy of another finding is hidden."""
        if finding != self._finding:
            self._finding = finding
            self._meaning.setText(finding.meaning)
            self.setAccessibleName(finding.meaning)
            self._failure.hide()
            self._offer(finding)
        if not self.is_busy:
            self._show_idle()
        self.show()

    def take_focus(self) -> None:
        """Focus the Stop button while a remedy is running, or else the password field or the first remedy."""
        if self.is_busy:
            self._stop.setFocus()
        elif not self._password.isHidden():
            self._password.setFocus()
        elif self._buttons:
            next(iter(self._buttons.values())).setFocus()

    def show_progress(self, done: int, total: int) -> None:
        """Show the progress of a copy: ``done`` of ``total`` pages, or 0 of 0 while the file is being written."""
        text = (
            self.tr("Comparing page {page} of {count} with the original…").format(page=done + 1, count=total)
            if total
            else self.tr("Writing copy…")
        )
        self.show_work(text, done, total)

    def show_work(self, text: str, done: int, total: int) -> None:
        """Show ``text`` and the progress of a running remedy, in place of the remedies.

        If ``total`` is 0, the amount of work is unknown.
        """
        self._state.setText(text)
        self._progress.setAccessibleName(text)
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
        """Show the remedies again in place of the progress, and the sentence ``failure``, unless it is empty."""
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
        # Other keys are not passed on to the card, where Delete would remove the document.

    def _offer(self, finding: Finding) -> None:
        for button in self._buttons.values():
            self._column.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._buttons = {}
        place = self._column.indexOf(self._password) + 1
        for index, remedy in enumerate(finding.remedies):
            button = QPushButton(_remedy_text(remedy, finding.page_number), self)
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
