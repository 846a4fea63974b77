"""List the contacts that match the text in a line edit, below the line edit and updated with each key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QSizePolicy

from esign_desktop.domain.account import folded_name
from esign_desktop.override import override
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.announcing import announce

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QLineEdit, QWidget

    from esign_desktop.domain.people.contact import Contact, ContactFilter
    from esign_desktop.services.people.contacts import ContactService
    from esign_desktop.ui.tasks import TaskRunner

MOST_SHOWN: Final = 6
_MOST_CHARACTERS: Final = 60
"""The length of the longest text that is searched for.

A longer text is a pasted line with several details of a person.
"""
_CONTACT: Final = Qt.ItemDataRole.UserRole
_ENTER: Final = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
_FRAME_PX: Final = 2
_SOUND: Final = range(2, 5)
"""The possible lengths of a text that may be pinyin initials or a pinyin syllable of a Chinese name, in letters."""


class ContactMatches(QListWidget):
    """A list of the contacts that match the text of a line edit. Contacts are searched in the background.

    The user picks a contact with Up, Down and Enter, or with a click. If no row is marked, the line edit handles Enter.
    """

    picked = Signal(object)
    """Carries the ``Contact`` that the user picked."""
    found = Signal()
    """Emitted when the matches of the line's current text are known, even if there are none."""

    def __init__(
        self,
        line: QLineEdit,
        contacts: ContactService,
        tasks: TaskRunner,
        kind: ContactFilter,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._line, self._contacts, self._tasks, self._kind = line, contacts, tasks, kind
        self._text = ""
        self._is_asking = False
        self._is_wanted = False
        self.contacts: tuple[Contact, ...] = ()
        """The matches of the text that was searched for last. Empty after a failed search."""
        self.setObjectName("matches")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setAccessibleName(self.tr("Matching contacts"))
        self.hide()
        line.installEventFilter(self)
        line.textEdited.connect(self._on_line_text_edited)
        self.itemClicked.connect(self._on_item_clicked)

    @property
    def is_known(self) -> bool:
        """Whether ``contacts`` contains the matches of the line's current text."""
        return not self._is_asking and self._text == self._line.text()

    @property
    def namesake_count(self) -> int:
        """The number of contacts whose name is exactly the text in the line. 0 while the matches are not known."""
        typed = folded_name(self._text)
        return sum(folded_name(one.name) == typed for one in self.contacts) if typed and self.is_known else 0

    def sole(self) -> Contact | None:
        """Return the only contact that the text in the line can mean, or None if there is no such contact.

        The text must be the contact's whole name or, from two characters on, a part of an organization's name. If
        neither fits, two to four Latin letters may be the pinyin of a Chinese name.
        """
        typed = folded_name(self._text)
        if not typed or not self.is_known:
            return None
        exact = [one for one in self.contacts if folded_name(one.name) == typed]
        parts = [one for one in self.contacts if not one.is_person and typed in folded_name(one.name)]
        found = exact or (parts if len(typed) > 1 else [])
        is_sound = typed.isascii() and typed.isalpha() and len(typed) in _SOUND
        if not found and is_sound and not any(one.name.isascii() for one in self.contacts):
            found = list(self.contacts)
        return found[0] if len(found) == 1 else None

    def ask(self, *, shows_list: bool = False) -> None:
        """Search for matches of the line's text now, in the background, and emit ``found``.

        Unless ``shows_list`` is True, the list is displayed only if several contacts have exactly this name.
        """
        self._is_wanted = shows_list
        if not self._is_asking:
            self._start()

    def offer(self, contacts: Sequence[Contact]) -> None:
        """List ``contacts``, of which the user can pick one.

        Do nothing if the line is not empty or there are no contacts.
        """
        if not self._line.text() and contacts:
            self._text, self._is_wanted = "", True
            self._show(tuple(contacts))

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind in {QEvent.Type.FocusOut, QEvent.Type.KeyPress} and watched is self._line and not self.isHidden():
            if kind is QEvent.Type.KeyPress:
                return self._on_line_key_pressed(Qt.Key(cast("QKeyEvent", event).key()))
            self.dismiss()
        return super().eventFilter(watched, event)

    def dismiss(self) -> None:
        """Hide the list until the user types again."""
        self.hide()

    def _on_line_key_pressed(self, key: Qt.Key) -> bool:
        row = self.currentRow()
        if key is Qt.Key.Key_Down:
            self._mark(min(row + 1, self.count() - 1))
        elif key is Qt.Key.Key_Up:
            self._mark(max(row - 1, -1))
        elif key is Qt.Key.Key_Escape:
            self.dismiss()
        elif key in _ENTER and row >= 0:
            self._pick(self.item(row))
        else:
            return False
        return True

    def _mark(self, row: int) -> None:
        self.setCurrentRow(row)
        if row >= 0:
            # The focus stays in the line edit, so a screen reader would not notice the marked row.
            announce(self._line, self.item(row).text())

    def _on_line_text_edited(self, _text: str) -> None:
        self.ask(shows_list=True)

    def _start(self) -> None:
        text = self._line.text()
        if not text.strip() or len(text) > _MOST_CHARACTERS:
            self._text = text
            self._show(())
            return
        self._is_asking = True
        contacts, kind = self._contacts, self._kind
        self._tasks.start(
            lambda: (text, contacts.search(text, kind, MOST_SHOWN).contacts),
            owner=self,
            on_done=self._on_searched,
            on_error=self._on_search_failed,
            lane=Lane.STORE,
        )

    def _on_searched(self, answer: tuple[str, tuple[Contact, ...]]) -> None:
        self._is_asking = False
        self._text, found = answer
        if self._text != self._line.text():
            # The user has changed the text since the search started.
            self._start()
            return
        self._show(found)

    def _on_search_failed(self, _error: object) -> None:
        """Show no matches. The user can continue to type the name of a new contact."""
        self._is_asking = False
        self._text = self._line.text()
        self._show(())

    def _show(self, found: tuple[Contact, ...]) -> None:
        self.contacts = found
        self._fill([(QIcon(), contact_entry(contact), contact) for contact in found])
        # A name that was read from the document can also be the name of several contacts.
        is_wanted = self._is_wanted or self.namesake_count > 1
        self.setVisible(bool(found) and is_wanted and self._line.hasFocus())
        if self.isVisible():
            self._announce(len(found))
        self.found.emit()

    def _announce(self, contact_count: int) -> None:
        announce(self._line, self.tr("%n matching contact(s); the arrow keys choose", "", contact_count))

    def _fill(self, rows: Sequence[tuple[QIcon, str, object]]) -> None:
        """List rows, each with its icon, its text and the value that picking it emits. No row is marked."""
        self.clear()
        for row_icon, text, value in rows:
            item = QListWidgetItem(row_icon, text, self)
            item.setData(_CONTACT, value)
        self.setCurrentRow(-1)
        self.setFixedHeight(sum(map(self.sizeHintForRow, range(len(rows)))) + 2 * _FRAME_PX if rows else 0)

    def _on_item_clicked(self, item: QListWidgetItem) -> None:
        self._pick(item)

    def _pick(self, item: QListWidgetItem) -> None:
        self._is_wanted = False
        picked = item.data(_CONTACT)
        self.dismiss()
        self.picked.emit(picked)


def contact_entry(contact: Contact) -> str:
    """Return a line about a contact: the name, and the details that distinguish contacts with the same name."""
    mark = contact_mark(contact)
    return f"{one_line(contact.name)}  {mark}" if mark else one_line(contact.name)


def contact_mark(contact: Contact) -> str:
    """Return the details that distinguish a contact from others with the same name, or an empty text if there are none.

    The details are the ends of the document number and of the mobile number or email address, and the user's own
    reference.
    """
    parts = (contact.masked_number, contact.masked_mobile or contact.masked_email, contact.own_reference)
    return " · ".join(one_line(part) for part in parts if part)
