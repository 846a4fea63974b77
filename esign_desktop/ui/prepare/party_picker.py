"""The dialog that chooses a contact as the payer or the initiator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QPushButton

from esign_desktop.domain.people.contact import ContactFilter
from esign_desktop.services.people.known_party import account_party
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.widgets.contact_matches import ContactMatches
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.layouts import FittingDialog, hbox, vbox
from esign_desktop.ui.widgets.notice_bar import MarkedText, MessageLevel
from esign_desktop.ui.widgets.theme import sized

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.options import AccountParty
    from esign_desktop.domain.people.contact import Contact
    from esign_desktop.services.catalogue import Services
    from esign_desktop.ui.tasks import TaskRunner

_WIDTH_PX: Final = 380


class PartyPicker(FittingDialog):
    """Lets the user search for a contact and pick it.

    If the contact has an account in the current environment, ``chosen`` is emitted and the dialog closes. Otherwise,
    the dialog shows why the contact cannot be chosen.
    """

    manual_page = "prepare#options"

    chosen = Signal(object)
    """Carries the chosen ``AccountParty`` in the current environment."""

    def __init__(self, title: str, services: Services, tasks: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self._services, self._tasks = services, tasks
        self.line = QLineEdit(self)
        self.line.setPlaceholderText(self.tr("Name, pinyin, initials or last digits"))
        self.line.setAccessibleName(title)
        self.matches = ContactMatches(self.line, services.contacts, tasks, ContactFilter.ALL, self)
        self._said = MarkedText(self)
        cancel = QPushButton(self.tr("Cancel"), self)
        cancel.setAutoDefault(False)
        vbox(
            *(PlainLabel(self, title, look="sectionTitle"), self.line, self.matches, self._said, 1),
            hbox(1, cancel),
            spacing=12,
            margins=(20, 20, 20, 16),
            parent=self,
        )
        self.setMinimumSize(sized(_WIDTH_PX), sized(320))
        cancel.clicked.connect(self.reject)
        self.matches.picked.connect(self._on_matches_picked)
        self.matches.found.connect(self._on_matches_found)
        self.line.setFocus()

    @property
    def said(self) -> str:
        """The displayed note, for example that no contact matches the text, or an empty string."""
        return self._said.text

    def _on_matches_found(self) -> None:
        is_nobody = bool(self.line.text().strip()) and not self.matches.contacts
        self._said.show_text(MessageLevel.INFO if is_nobody else None, self.tr("No matching contacts."))

    def _on_matches_picked(self, contact: Contact) -> None:
        services = self._services
        self._tasks.start(
            lambda: account_party(services.contacts, services.environments.current(), contact.id),
            owner=self,
            on_done=self._on_party_known,
            on_error=self._on_failed,
        )

    def _on_party_known(self, party: AccountParty) -> None:
        self.chosen.emit(party)
        self.accept()

    def _on_failed(self, error: AppError) -> None:
        sentence = error_sentence(error)
        self._said.show_text(MessageLevel.WARNING, sentence.title, sentence.remedy)
