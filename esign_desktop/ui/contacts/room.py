"""Provide the Contacts room, with the list of contacts and the details of the chosen contact."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QSplitter, QWidget

from esign_desktop.domain.account import Organization, Person
from esign_desktop.domain.errors import InputError
from esign_desktop.services.erasure.service import person_of_contact
from esign_desktop.ui.contacts.card import ContactCard, ContactFacts
from esign_desktop.ui.contacts.editor import ContactSheet
from esign_desktop.ui.contacts.files import ContactFiles
from esign_desktop.ui.contacts.list import ContactList
from esign_desktop.ui.contacts.merging import MergeSheet
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.actions import ActionName, make_action
from esign_desktop.ui.widgets.layouts import hbox
from esign_desktop.ui.widgets.notice_bar import MessageLevel
from esign_desktop.ui.widgets.unsaved import UnsavedWork

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.domain.account import AccountRecord
    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.flow import FlowId
    from esign_desktop.domain.people.contact import Contact, ContactId
    from esign_desktop.services.people.contacts import ContactService
    from esign_desktop.ui.tasks import Task, TaskRunner
    from esign_desktop.ui.widgets.notice_bar import Messages

T = TypeVar("T")
Accounts = tuple["AccountRecord", ...]


class ContactsRoom(QWidget):
    """The room that shows and manages the contacts on this computer.

    They are read again when the user enters the room.
    """

    contract_requested = Signal(object)
    """Carries the ``Signer`` with whom the user wants to prepare a new contract."""
    history_requested = Signal(object, str)
    """Carries the flow ids of the contracts to be shown in the Track room, and the name of the contact."""
    forget_requested = Signal(object)
    """Carries the ``KnownPerson`` whose data the user wants to delete."""

    def __init__(
        self, contacts: ContactService, tasks: TaskRunner, messages: Messages, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._contacts = contacts
        self._tasks = tasks
        self._messages = messages
        self._reading: Task | None = None
        self.list = ContactList(contacts, tasks, self)
        self.card = ContactCard(self)
        self.card.hide()
        self.files = ContactFiles(contacts, tasks, messages, self)
        self._import = self.list.menu.addAction(self.tr("&Import from file…"))
        self._export = self.list.menu.addAction(self.tr("&Export selected…"))
        halves = QSplitter(Qt.Orientation.Horizontal, self)
        halves.addWidget(self.list)
        halves.addWidget(self.card)
        halves.setStretchFactor(0, 3)
        halves.setStretchFactor(1, 1)
        halves.setSizes([800, 380])
        halves.setChildrenCollapsible(False)
        hbox(halves, spacing=0, parent=self)
        self.setFocusProxy(self.list)
        self._connect()

    @property
    def widget(self) -> QWidget:
        """The room's widget, which is the room itself."""
        return self

    @property
    def title(self) -> str:
        """The room's name on the rail."""
        return self.tr("Contacts")

    def activated(self) -> None:
        """Read the list again. The main window calls this when the user enters the room."""
        self.list.reload()

    def show_contact(self, contact_id: ContactId) -> None:
        """Read the list again and select a contact. Filters that hide it are cleared."""
        self.list.reload(contact_id)

    def _connect(self) -> None:
        card, contacts = self.card, self.list
        contacts.chosen_changed.connect(self._show_chosen)
        contacts.edit_requested.connect(self._on_edit_requested)
        contacts.menu_requested.connect(self._on_list_menu_requested)
        contacts.person_requested.connect(self.add_person)
        contacts.organization_requested.connect(self.add_organization)
        contacts.failed.connect(self._on_failed)
        contacts.import_requested.connect(self.files.choose_import)
        contacts.menu.aboutToShow.connect(self._on_menu_about_to_show)
        self._import.triggered.connect(self.files.choose_import)
        self._export.triggered.connect(self._on_export_triggered)
        self.files.changed.connect(self._on_files_changed)
        card.contract_requested.connect(self._on_card_contract_requested)
        card.edit_requested.connect(self._on_edit_requested)
        card.history_requested.connect(self._on_card_history_requested)
        card.party_details_requested.connect(self._on_card_party_details_requested)
        card.ours_requested.connect(self._on_card_ours_requested)
        card.merge_requested.connect(self._on_card_merge_requested)
        card.forget_requested.connect(self._on_card_forget_requested)
        card.delete_requested.connect(self._on_card_delete_requested)
        card.contact_requested.connect(self.show_contact)
        search = make_action(ActionName.SEARCH, self)
        search.triggered.connect(contacts.search)
        self.addAction(search)

    def add_person(self) -> None:
        """Open the dialog for a new person."""
        self._open_sheet(None, Person(""))

    def add_organization(self) -> None:
        """Open the dialog for a new organization."""
        self._open_sheet(None, Organization(""))

    def _on_menu_about_to_show(self) -> None:
        self._export.setEnabled(bool(self.list.table.selected))

    def _on_export_triggered(self) -> None:
        self.files.open_export([one.id for one in self.list.table.selected])

    def _on_files_changed(self) -> None:
        self.list.reload()

    # The chosen contact

    def _show_chosen(self) -> None:
        contact = self.list.table.current
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None
        if contact is None:
            self.card.hide()
            return
        self._reading = self._tasks.start(
            partial(_read_facts, self._contacts, contact.id),
            owner=self,
            on_done=self._on_facts_read,
            on_error=self._on_failed,
            lane=Lane.STORE,
        )

    def _on_facts_read(self, facts: ContactFacts | None) -> None:
        self._reading = None
        current = self.list.table.current
        if facts is not None and current is not None and facts.contact.id == current.id:
            self.card.show_facts(facts)
            self.card.show()

    def unsaved(self) -> tuple[UnsavedWork, ...]:
        """Return the contacts with unsaved changes in open dialogs. Empty if there are none."""
        return tuple(
            UnsavedWork(self.tr("contact “{name}”").format(name=one_line(sheet.form.value.name)), sheet.activateWindow)
            for sheet in self.findChildren(ContactSheet)
            if sheet.isVisible() and sheet.is_changed
        )

    def _on_card_party_details_requested(self) -> None:
        contact = self.card.contact
        if contact is not None:
            done = partial(self.card.show_party_details, contact.id)
            self._run(partial(self._contacts.party_details, contact.id), done)

    # Commands for the contact

    def _on_edit_requested(self) -> None:
        contact = self.list.table.current
        if contact is not None:
            self._run(partial(self._contacts.party_details, contact.id), partial(self._open_sheet, contact))

    def _open_sheet(self, contact: Contact | None, subject: Person | Organization) -> None:
        sheet = ContactSheet(self._contacts, self._tasks, subject, contact, self)
        sheet.kept.connect(self._on_kept)
        sheet.other_requested.connect(self.show_contact)
        sheet.open()

    def _on_kept(self, contact: Contact) -> None:
        self.show_contact(contact.id)

    def _on_card_ours_requested(self, is_ours: bool) -> None:
        contact = self.card.contact
        if contact is not None:
            work = partial(self._contacts.mark_ours, contact.id, is_ours=is_ours)
            self._run(work, partial(self._on_marked, contact.id))

    def _on_marked(self, contact_id: ContactId, _done: None) -> None:
        self.show_contact(contact_id)

    def _on_card_contract_requested(self) -> None:
        contact = self.card.contact
        if contact is not None:
            self._run(partial(self._contacts.signer, contact.id), self.contract_requested.emit)

    def _on_card_history_requested(self) -> None:
        contact = self.card.contact
        if contact is not None:
            done = partial(self._on_history_read, one_line(contact.name))
            self._run(partial(self._contacts.history, contact.id), done)

    def _on_history_read(self, name: str, flow_ids: tuple[FlowId, ...]) -> None:
        self.history_requested.emit(flow_ids, name)

    def _on_card_merge_requested(self, other_id: ContactId | None) -> None:
        contact, selected = self.card.contact, self.list.table.selected
        if contact is None:
            return
        others = [one.id for one in selected if one.id != contact.id] if other_id is None else [other_id]
        if len(others) != 1:
            self._messages.show_message(
                self.tr("First select two contacts in the list."),
                MessageLevel.INFO,
                remedy=self.tr("Hold Ctrl and click the second contact, or hold Shift and press an arrow key."),
                key="merging",
            )
            return
        self._run(partial(_read_pair, self._contacts, (contact.id, others[0])), self._on_pair_read)

    def _on_pair_read(self, pair: tuple[tuple[Contact, Accounts], tuple[Contact, Accounts]]) -> None:
        self._messages.clear("merging")
        (one, its), (other, others) = pair
        sheet = MergeSheet(self._contacts, self._tasks, (one, other), (its, others), self)
        sheet.merged.connect(self._on_kept)
        sheet.open()

    def _on_card_forget_requested(self) -> None:
        if self.card.contact is not None:
            self.forget_requested.emit(person_of_contact(self.card.contact))

    def _on_card_delete_requested(self) -> None:
        if self.card.contact is not None:
            # Otherwise, a further key press could apply to the next contact.
            self.list.table.setFocus()
            self._run(partial(self._contacts.delete, self.card.contact.id), self._on_changed)

    def _on_changed(self, _done: object) -> None:
        self.list.reload()

    def _on_list_menu_requested(self, at: QPoint) -> None:
        if self.card.isVisible():
            self.card.menu.popup(at)

    def _run(self, work: Callable[[], T], on_done: Callable[[T], None]) -> None:
        self._tasks.start(work, owner=self, on_done=on_done, on_error=self._on_failed, lane=Lane.STORE)

    def _on_failed(self, error: AppError) -> None:
        self._messages.show_message(error)
        if error.code == "contact.gone":
            self.list.reload()


def _read_facts(contacts: ContactService, contact_id: ContactId) -> ContactFacts | None:
    contact = contacts.get(contact_id)
    if contact is None:
        return None
    accounts = contacts.accounts(contact_id)
    return ContactFacts(contact, accounts, contacts.same_number(contact_id), contacts.agent_names(accounts))


def _read_pair(
    contacts: ContactService, pair: tuple[ContactId, ContactId]
) -> tuple[tuple[Contact, Accounts], tuple[Contact, Accounts]]:
    if not contacts.may_be_one(*pair):
        raise InputError("contact.two_identities")
    one, other = (_with_accounts(contacts, contact_id) for contact_id in pair)
    return one, other


def _with_accounts(contacts: ContactService, contact_id: ContactId) -> tuple[Contact, Accounts]:
    contact = contacts.get(contact_id)
    if contact is None:
        raise InputError("contact.gone")
    return contact, contacts.accounts(contact_id)
