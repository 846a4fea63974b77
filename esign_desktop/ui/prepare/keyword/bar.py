"""The panel in which the user enters a keyword and sees its matches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
    QWidget,
)

from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.placement import MAX_KEYWORD_CHARACTERS
from esign_desktop.override import override
from esign_desktop.ui.prepare.keyword.finder import Finding
from esign_desktop.ui.prepare.keyword.hits import KeywordHitList
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.layouts import YieldingScrollArea, hbox, vbox
from esign_desktop.ui.widgets.theme import sized

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from esign_desktop.domain.document import DocumentId
    from esign_desktop.ui.prepare.keyword.finder import DocumentHits

_COORDINATES_KEYS: Final = ("Shift+Return", "Shift+Enter")
"""Enter on the main keyboard and on the numeric keypad."""


class KeywordBar(QWidget):
    """Lets the user enter a keyword, shows its matches from a ``Finding``, and requests the placement of seals.

    The button's text states the number of seals. ``keyword_typed`` carries the keyword without surrounding spaces, and
    ``hit_chosen`` a document id and the index of a match in this document. The user can uncheck matches to leave them
    out, which requires fixed positions for the others, because the platform stamps every match.
    """

    manual_page = "seals#by-keyword"

    keyword_typed = Signal(str)
    hit_chosen = Signal(str, int)
    drops_changed = Signal()
    keyword_placement_requested = Signal()
    coordinate_placement_requested = Signal()
    close_requested = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._finding = Finding()
        self._edit = QLineEdit(self)
        self._edit.setPlaceholderText(self.tr("Text in documents"))
        self._edit.setAccessibleName(self.tr("Keyword"))
        self._edit.setClearButtonEnabled(True)
        self._close = QToolButton(self)
        self._close.setIcon(icon("close"))
        self._close.setIconSize(QSize(sized(16), sized(16)))
        self._close.setAutoRaise(True)
        self._close.setToolTip(self.tr("Close"))
        self._close.setAccessibleName(self.tr("Close"))
        self._status = PlainLabel(self, is_wrapped=True, is_live=True)
        self._list = KeywordHitList(self)
        self._spelling = PlainLabel(self, is_wrapped=True)
        self._use_spelling = QPushButton(self)
        self._why_fixed = PlainLabel(self, look="hint", is_wrapped=True)
        self.place = QPushButton(self)
        self.place.setObjectName("primary")
        self._place_coordinates = QPushButton(self.tr("Place at fixed positions"), self)
        fixed = self.tr("Places a fixed seal at each current match. You can move or remove each one.")
        key = QKeySequence(_COORDINATES_KEYS[0]).toString(QKeySequence.SequenceFormat.NativeText)
        self._place_coordinates.setToolTip(f"{fixed} ({key})")
        self._lay_out()
        self._connect()
        self.show_finding(Finding())

    def _lay_out(self) -> None:
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        label = QLabel(self.tr("&Keyword"), self)
        label.setBuddy(self._edit)
        content = QWidget(self)
        vbox(self._status, self._list, self._spelling, self._use_spelling, self._why_fixed, parent=content)
        vbox(
            hbox(label, 0, self._close),
            self._edit,
            YieldingScrollArea(content, self),
            hbox((self.place, 1), self._place_coordinates),
            1,
            margins=(12, 8, 12, 12),
            parent=self,
        )

    def _connect(self) -> None:
        self._edit.textChanged.connect(self._on_edit_text_changed)
        self._edit.returnPressed.connect(self._on_edit_return_pressed)
        self._close.clicked.connect(self.close_requested)
        self._list.hit_chosen.connect(self.hit_chosen)
        self._list.drops_changed.connect(self._on_list_drops_changed)
        self._use_spelling.clicked.connect(self._on_use_spelling_clicked)
        self.place.clicked.connect(self._on_place_clicked)
        self._place_coordinates.clicked.connect(self.coordinate_placement_requested)
        for keys in _COORDINATES_KEYS:
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(self._place_coordinates.click)
        for keys in ("Return", "Enter"):
            # Enter held down in the field must not also press the button.
            shortcut = QShortcut(QKeySequence(keys), self.place)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.setAutoRepeat(False)
            shortcut.activated.connect(self.place.click)

    # Display

    @property
    def finding(self) -> Finding:
        """The ``Finding`` whose matches are displayed."""
        return self._finding

    @property
    def status_text(self) -> str:
        """The displayed status of the search, or an empty string."""
        return self._status.text()

    @property
    def keyword(self) -> str:
        """The entered keyword, without surrounding spaces."""
        return self._edit.text().strip()

    def is_dropped(self, document_id: DocumentId, index: int) -> bool:
        """Return whether the user unchecked the box of a match."""
        return self._list.is_dropped(document_id, index)

    def start_typing(self) -> None:
        """Move the keyboard focus to the field, and select its text."""
        self._edit.setFocus()
        self._edit.selectAll()

    def clear(self) -> None:
        """Clear the keyword, which emits ``keyword_typed`` with an empty string if there was one."""
        self._edit.clear()

    def show_finding(self, finding: Finding) -> None:
        """Show a search result. If its keyword is another one, the boxes of all matches are checked."""
        self._finding = finding
        self._list.show_finding(finding)
        self._status.setText(self._status_words())
        self._status.setVisible(bool(self._status.text()))
        self._show_spelling()
        self._show_choice()

    def _show_spelling(self) -> None:
        """Show how a document spells the keyword, or a similar label that it contains, with a button that uses it."""
        spelling, near = self._finding.other_spelling, self._finding.near
        for widget in (self._spelling, self._use_spelling):
            widget.setVisible(spelling is not None or near is not None)
        self._use_spelling.setText(self.tr("Use the document's spelling"))
        if spelling is not None:
            self._spelling.setText(
                self.tr(
                    "The document's spelling is “{spelling}”, which differs from what you entered. "
                    "The platform may find only the document's spelling."
                ).format(spelling=spelling)
            )
        elif near is not None:
            context = " ".join((near.context or near.text).split())
            self._spelling.setText(
                self.tr("{name}, page {page}: “{context}”").format(
                    name=near.document_name, page=near.page_number, context=context
                )
            )
            self._use_spelling.setText(self.tr("Search for “{text}”").format(text=near.text).replace("&", "&&"))

    def _show_choice(self) -> None:
        finding = self._finding
        kept = finding.hit_count - self._list.dropped_count
        can_place = finding.is_complete and kept > 0
        self.place.setText(self._place_words(kept) if can_place else self.tr("Place seals"))
        self._why_fixed.setText(self._fixed_words())
        self._why_fixed.setVisible(self._is_fixed)
        self._place_coordinates.setVisible(not self._is_fixed)
        for button in (self.place, self._place_coordinates):
            button.setEnabled(can_place)

    @property
    def _is_fixed(self) -> bool:
        """Whether the platform cannot place the seals by the keyword, so that they get fixed positions."""
        return bool(self._list.dropped_count) or self._finding.has_recognised

    def _fixed_words(self) -> str:
        if self._finding.has_recognised:
            return self.tr(
                "Text on scanned pages was recognized on this computer. The platform finds no "
                "text there, so these seals get fixed positions. Check the positions."
            )
        return self.tr(
            "The platform places a seal at every match. If you leave out some matches, the others get fixed positions."
        )

    def _place_words(self, count: int) -> str:
        if self._is_fixed:
            return self.tr("Place %n fixed seal(s)", "", count)
        return self.tr("Place %n seal(s)", "", count)

    def _status_words(self) -> str:
        finding = self._finding
        if not finding.keyword:
            return ""
        if not finding.is_complete:
            count = finding.hit_count
            return self.tr("%n match(es), finding their positions…", "", count) if count else self.tr("Searching…")
        lines = [reason for found in finding.per_document if (reason := self._reason(found))]
        if len(finding.keyword) > MAX_KEYWORD_CHARACTERS:
            lines.append(
                self.tr("The platform may limit keywords to {count} characters.").format(count=MAX_KEYWORD_CHARACTERS)
            )
        return "\n".join(lines)

    def _reason(self, found: DocumentHits) -> str:
        """Return why a document has no match, as a sentence, or an empty string if it has matches."""
        name, facts = found.document.name, found.document.facts
        if found.error is not None:
            return self.tr("{name}: couldn't be searched.").format(name=name)
        if found.hits:
            return ""
        if found.unread and not facts.has_text:
            return self.tr("{name}: scan without text, so keywords can't be found. Place seals by clicking.").format(
                name=name
            )
        if found.unread:
            return self.tr("{name}: not found; page {pages} is a scan without text.").format(
                name=name, pages=PageRanges.of(found.unread)
            )
        return self.tr("{name}: not found.").format(name=name)

    # Actions

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Emit ``close_requested`` on Esc, and accept all other keys, so that the canvas does not handle them."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_requested.emit()
        event.accept()

    def _on_edit_text_changed(self, text: str) -> None:
        self.keyword_typed.emit(text.strip())

    def _on_edit_return_pressed(self) -> None:
        if not self._finding.is_complete or self._finding.keyword != self.keyword:
            return
        if not self.place.isEnabled():
            return
        if self._finding.hit_count == 1:
            self.place.click()
        else:
            # Placing several seals needs a deliberate press of the button, which states their number.
            self.place.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _on_place_clicked(self) -> None:
        if self._is_fixed:
            self.coordinate_placement_requested.emit()
        else:
            self.keyword_placement_requested.emit()

    def _on_list_drops_changed(self) -> None:
        self._show_choice()
        self.drops_changed.emit()

    def _on_use_spelling_clicked(self) -> None:
        near = self._finding.near
        spelling = self._finding.other_spelling or (near.text if near is not None else None)
        if spelling is not None:
            self._edit.setText(spelling)
            self._edit.setFocus()
