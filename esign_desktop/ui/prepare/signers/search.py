"""The line that adds a signer: our organization or our seal, another contact, or a new person or organization."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final, cast

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from esign_desktop.domain.account import AccountKind, Organization, Person
from esign_desktop.domain.people.contact import Contact, ContactFilter
from esign_desktop.domain.people.customer_line import MAX_CHARACTERS
from esign_desktop.domain.signer import OpenSigner, OrganizationSigner, PersonSigner, new_signer_id
from esign_desktop.override import override
from esign_desktop.services.people.lines import holds_number, is_organization_name, read_organization, read_person
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.announcing import announce
from esign_desktop.ui.widgets.contact_matches import ContactMatches, contact_entry
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.layouts import vbox
from esign_desktop.ui.widgets.theme import sized

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QIcon, QKeyEvent

    from esign_desktop.domain.signer import Signer
    from esign_desktop.services.people.contacts import ContactService
    from esign_desktop.ui.tasks import TaskRunner

_ENTER: Final = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
_LONGEST_NAME: Final = 30


class NewSigner(StrEnum):
    """The kinds of signers that the search line offers besides contacts."""

    OUR_SEAL = "our_seal"
    PERSON = "person"
    ORGANIZATION = "organization"


class SignerHits(ContactMatches):
    """Lists below the search line our own side, then contacts, then a new person and a new organization.

    Our own side, which is our organizations and our seal, is listed even if the line does not have the focus, so that
    one click adds it. ``picked`` carries a ``Contact`` or a ``NewSigner``. If the line's text can only mean one row,
    the row is marked, and Enter picks it.
    """

    left = Signal()
    """Emitted when the user presses Esc in an empty line whose list is closed."""

    def __init__(self, line: QLineEdit, contacts: ContactService, tasks: TaskRunner, parent: QWidget) -> None:
        super().__init__(line, contacts, tasks, ContactFilter.ALL, parent)
        self._ours: tuple[Contact, ...] = ()
        self._has_our_seal = False
        self._is_open = False
        self._is_entering = False
        # Not ``textEdited``, because assistive programs set the text without editing it.
        line.textChanged.connect(self._on_line_text_changed)
        self.setIconSize(QSize(sized(16), sized(16)))
        self.setAccessibleName(self.tr("Signers to add"))

    def show_ours(self, contacts: Sequence[Contact], *, has_our_seal: bool) -> None:
        """Set which of our organizations are offered, and whether the contract has our seal already."""
        self._ours, self._has_our_seal = tuple(contacts), has_our_seal
        if self._is_open:
            self._show(self.contacts)
        else:
            self.dismiss()

    def open(self) -> None:
        """Search for the text of the line, which may be empty, in the background, and list all signers to add."""
        self._is_open = True
        self.ask(shows_list=True)

    @override
    def dismiss(self) -> None:
        """List only our own side, or hide the list if our own side has been added already."""
        self._is_open = self._is_entering = False
        self._fill(self._our_rows(""))
        self.setVisible(self.count() > 0)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._line and event.type() is QEvent.Type.MouseButtonPress and not self._is_open:
            self.open()
        elif watched is self._line and event.type() is QEvent.Type.KeyPress:
            press = cast("QKeyEvent", event)
            if press.isAutoRepeat() and press.key() in _ENTER:
                return True
            return self._on_line_key_pressed(Qt.Key(press.key()))
        return super().eventFilter(watched, event)

    @override
    def _on_line_key_pressed(self, key: Qt.Key) -> bool:
        if key is Qt.Key.Key_Escape:
            if not self._is_open and not self._line.text():
                self.left.emit()
            elif not self._is_open:
                self._line.clear()
            self.dismiss()
        elif key in _ENTER:
            self._enter()
        elif key is Qt.Key.Key_Down and not self._is_open:
            self.open()
            if not self._line.text():
                self._mark(0)
        else:
            return super()._on_line_key_pressed(key)
        return True

    def _enter(self) -> None:
        if self._is_open and self.is_known and self.currentRow() >= 0:
            self._pick(self.item(self.currentRow()))
        elif not self._line.text().strip():
            # Enter in an empty line, for example if the key is held down, must not add our own side.
            return
        elif self._is_open and self.is_known:
            # Several contacts match, or the text is only a part of a contact's name.
            self._mark(0)
        else:
            self._is_entering = True
            self.open()

    @override
    def _on_line_text_edited(self, text: str) -> None:
        """Do nothing, because ``_on_line_text_changed`` searches."""

    def _on_line_text_changed(self) -> None:
        self._is_entering = False
        self.open()

    @override
    def _show(self, found: tuple[Contact, ...]) -> None:
        self.contacts = found
        if not self._is_open:
            self.dismiss()
            return
        typed = self._line.text().strip()
        first = self._our_rows(typed)
        contacts = sorted(found, key=lambda contact: not contact.is_ours)
        self._fill([*first, *map(self._contact_row, contacts), *self._new_rows(typed)])
        self.show()
        sole = self.sole()
        if sole is not None:
            self.setCurrentRow(len(first) + contacts.index(sole))
        elif typed and not contacts:
            self.setCurrentRow(0)
        self._announce(len(contacts))
        self.found.emit()
        if self._is_entering and self.is_known:
            self._is_entering = False
            self._enter()

    @override
    def _announce(self, contact_count: int) -> None:
        if self.currentRow() >= 0:
            announce(self._line, self.item(self.currentRow()).text())
        elif contact_count:
            super()._announce(contact_count)

    def _our_rows(self, typed: str) -> list[tuple[QIcon, str, object]]:
        """Return the rows of our own side that a search for contacts with the typed text does not find."""
        rows = [] if typed else [self._contact_row(contact) for contact in self._ours]
        seal = self.tr("Our seal, signs automatically")
        if not self._has_our_seal and typed.casefold() in seal.casefold():
            rows.append((icon("application"), seal, NewSigner.OUR_SEAL))
        return rows

    def _contact_row(self, contact: Contact) -> tuple[QIcon, str, object]:
        return icon("person" if contact.is_person else "organization"), contact_entry(contact), contact

    def _new_rows(self, typed: str) -> list[tuple[QIcon, str, object]]:
        """Return the rows for a new signer, the more probable kind first."""
        person, organization = read_person(typed), read_organization(typed)
        name = person.name if person is not None else organization[0].name if organization is not None else typed
        name = one_line(name, most_characters=_LONGEST_NAME)
        new_person = self.tr("New person “{name}”").format(name=name) if typed else self.tr("New person")
        new_organization = (
            self.tr("New organization “{name}”").format(name=name) if typed else self.tr("New organization")
        )
        rows: list[tuple[QIcon, str, object]] = [
            (icon("person"), new_person, NewSigner.PERSON),
            (icon("organization"), new_organization, NewSigner.ORGANIZATION),
        ]
        is_organization = organization is not None or (person is None and is_organization_name(typed))
        return rows[::-1] if is_organization else rows


class SignerSearch(QWidget):
    """Lets the user add a signer with a search line and the rows below it.

    ``contact_chosen`` carries a ``Contact``, and ``new_chosen`` the value of a ``NewSigner`` and the typed text.
    """

    contact_chosen = Signal(object)
    new_chosen = Signal(str, str)
    left = Signal()
    """Emitted when the user leaves the line with Esc."""

    def __init__(self, contacts: ContactService, tasks: TaskRunner, parent: QWidget) -> None:
        super().__init__(parent)
        self.line = QLineEdit(self)
        self.line.setTextMargins(6, 3, 6, 3)
        self.line.setMaxLength(MAX_CHARACTERS)
        self.line.setPlaceholderText(self.tr("＋ Add a signer"))
        self.line.setAccessibleName(self.tr("Add a signer"))
        self.line.setToolTip(
            self.tr("Name, pinyin, initials or last digits of a contact; or a new name, or a line with all data")
        )
        self.hits = SignerHits(self.line, contacts, tasks, self)
        vbox(self.line, self.hits, spacing=4, margins=(8, 4, 8, 12), parent=self)
        self.setFocusProxy(self.line)
        self.hits.picked.connect(self._on_hits_picked)
        self.hits.left.connect(self.left)

    def begin(self) -> None:
        """Focus the line, and list all signers that can be added."""
        self.line.setFocus()
        self.hits.open()

    def _on_hits_picked(self, picked: Contact | str) -> None:
        typed = self.line.text().strip()
        self.line.clear()
        self.hits.dismiss()
        if isinstance(picked, Contact):
            self.contact_chosen.emit(picked)
        else:
            # Qt stores a member of a ``StrEnum`` as a plain string.
            self.new_chosen.emit(picked, typed)


def new_signer(typed: str, *, is_person: bool, is_open: bool) -> Signer:
    """Return a new signer with the data in a line of text.

    If ``is_open`` is True or the text is empty, return an open signer with the text as its role. A text with a number
    is not used as a role.
    """
    kind = AccountKind.PERSON if is_person else AccountKind.ORGANIZATION
    if not typed or is_open:
        return OpenSigner(new_signer_id(), "" if holds_number(typed) else one_line(typed), kind=kind)
    if is_person:
        return PersonSigner(new_signer_id(), read_person(typed) or Person(typed))
    organization, agent = read_organization(typed) or (Organization(typed), None)
    return OrganizationSigner(new_signer_id(), organization, agent or Person(""))
