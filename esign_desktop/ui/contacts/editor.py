"""Provide the dialog for adding or editing a contact.

The identity of a contact with an account cannot be edited.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QPushButton, QScrollArea, QWidget

from esign_desktop.domain.account import Organization, Person, masked_mobile
from esign_desktop.domain.geometry import mm_to_pt
from esign_desktop.domain.people.contact import ContactEntry, ContactId
from esign_desktop.override import override
from esign_desktop.services.people.lines import holds_number, read_organization, read_person
from esign_desktop.ui.contacts.agents import AgentsEditor
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.text.contact import party_troubles
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.text.signer import code_type_words, id_type_words
from esign_desktop.ui.widgets.forms import ChoiceField, Form, LineField, Row
from esign_desktop.ui.widgets.labels import ElidedLabel, PlainLabel, set_font_px
from esign_desktop.ui.widgets.layouts import FittingDialog, fit_on_screen, hbox, room_for, vbox
from esign_desktop.ui.widgets.lengths import LengthBox

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.people.contact import Contact
    from esign_desktop.services.people.contacts import ContactService
    from esign_desktop.ui.tasks import TaskRunner

Subject = Person | Organization
_WIDTH_PX: Final = 520
_PERSON_PX: Final = 470
_ORGANIZATION_PX: Final = 680
_USUAL_SEAL_MM: Final = 42.0
_LEAST_MM, _MOST_MM = 10.0, 80.0


def _line(
    name: str, label: str, *, max_length: int = 200, placeholder: str = "", is_number: bool = False
) -> Row[Subject]:
    field = LineField(max_length=max_length, placeholder=placeholder)

    def changed(subject: Subject, typed: str) -> Subject:
        values: dict[str, Any] = {name: "".join(typed.split()).upper() if is_number else typed}
        return replace(subject, **values)

    return Row(name, label, field, set=changed)


def without_number(subject: Subject) -> Subject:
    """Return a copy of the party without its document number, so that the number is not displayed."""
    return replace(subject, id_number="") if isinstance(subject, Person) else replace(subject, code="")


class PartyForm(Form[Subject]):
    """A form with the data of a person or an organization, depending on the type of ``subject``."""

    def __init__(self, subject: Subject, parent: QWidget | None = None) -> None:
        super().__init__(subject, (), parent)
        optional = self.tr("optional")
        rows: tuple[Row[Subject], ...]
        if isinstance(subject, Person):
            rows = (
                _line("name", self.tr("Name"), max_length=100),
                Row("id_type", self.tr("ID type"), ChoiceField(id_type_words().items())),
                _line("id_number", self.tr("ID number"), max_length=40, is_number=True),
                _line("mobile", self.tr("Mobile"), max_length=30, is_number=True),
                _line("email", self.tr("Email"), placeholder=optional),
            )
        else:
            rows = (
                _line("name", self.tr("Organization"), max_length=150),
                Row("code_type", self.tr("Registration type"), ChoiceField(code_type_words().items())),
                _line("code", self.tr("Registration number"), max_length=40, is_number=True),
                _line("email", self.tr("Organization's email"), placeholder=optional),
                _line("legal_name", self.tr("Legal representative"), max_length=100, placeholder=optional),
                Row("legal_id_type", self.tr("Their ID type"), ChoiceField(id_type_words().items())),
                _line(
                    "legal_id_number", self.tr("Their ID number"), max_length=40, placeholder=optional, is_number=True
                ),
            )
        reference = _line(
            "third_id", self.tr("Your reference"), max_length=50, placeholder=self.tr("e.g. customer number")
        )
        for row in (*rows, reference):
            self.add(row)
        self.show_value(subject)

    @property
    def identity_fields(self) -> tuple[QWidget, ...]:
        """The fields that identify the party to the platform: name, document type and number."""
        names = ("name", "id_type", "id_number") if isinstance(self.value, Person) else ("name", "code_type", "code")
        return tuple(self.field(name) for name in names)


class ContactSheet(FittingDialog):
    """Adds or edits a contact, and closes when the contact has been stored. It is deleted when it is closed.

    The contact is stored in the background. If it cannot be stored, the dialog stays open and shows why.
    """

    manual_page = "contacts#edit"

    kept = Signal(object)
    """Carries the ``Contact`` that was stored."""
    other_requested = Signal(object)
    """Carries the ``ContactId`` of an existing contact with the same number, which the user wants to see."""

    def __init__(
        self,
        contacts: ContactService,
        tasks: TaskRunner,
        subject: Subject,
        contact: Contact | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """Create the dialog. ``subject`` is the initial, unmasked data, and ``contact`` the contact to be edited.

        If ``contact`` is None, a new contact is added.
        """
        super().__init__(parent)
        self._contacts = contacts
        self._tasks = tasks
        self._contact = contact
        if contact is not None and contact.at_platform:
            # The number cannot be edited, so it is not shown either.
            subject = without_number(subject)
        self._given = subject
        self._other_id: ContactId | None = None
        self._is_meant = self._may_lack_numbers = False
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setObjectName("contactSheet")
        self._title = ElidedLabel(self)
        set_font_px(self._title, 16, is_bold=True)
        self._note = PlainLabel(self, look="hint", is_wrapped=True)
        self._renew = QPushButton(self.tr("Create new contact"), self)
        self._renew.setObjectName("compact")
        content = QWidget(self)
        self.form = PartyForm(subject, content)
        self._reach = PlainLabel(content, look="caution", is_wrapped=True, is_live=True)
        self._ours = QCheckBox(self.tr("Our party: listed at the top and suggested first in new contracts"), content)
        self._has_seal = QCheckBox(self.tr("Seal size"), content)
        self._seal = LengthBox(content)
        self._seal.setRange(_LEAST_MM, _MOST_MM)
        self._seal.setAccessibleName(self.tr("Width of our seal"))
        self._agents = AgentsEditor(contacts, tasks, contact.agents if contact is not None else (), content)
        self._said = PlainLabel(self, look="alarm", is_wrapped=True, is_live=True)
        self._open_other = QPushButton(self.tr("Show contact"), self)
        self._cancel = QPushButton(self.tr("Cancel"), self)
        self._keep = QPushButton(self)
        self._keep.setObjectName("primary")
        self._keep.setDefault(True)
        self._lay_out(content)
        self._connect()
        self._show_who(contact)
        self._initial = self._entered
        fit_on_screen(self, _WIDTH_PX, _PERSON_PX if isinstance(subject, Person) else _ORGANIZATION_PX)
        self.form.field("name").setFocus()

    @property
    def said(self) -> str:
        """The reason why the contact was not stored, or an empty text."""
        return self._said.text()

    @property
    def is_changed(self) -> bool:
        """Whether the user has changed anything since the dialog was opened."""
        return self._entered != self._initial or self._seal.is_half_typed

    @property
    def _entered(self) -> tuple[Subject, bool, float | None, tuple[ContactId, ...]]:
        """The data of the form, whether it is *Our party*, the seal width in points, and the agents."""
        return self.form.value, self._ours.isChecked(), self._seal_width_pt, self._agents.agent_ids

    @property
    def _seal_width_pt(self) -> float | None:
        """The width of the organization's seal in points, or None if it is not set."""
        return self._seal.length_pt if self._has_seal.isChecked() else None

    def focus_field(self, name: str) -> None:
        """Focus the field with this attribute name, such as ``mobile``.

        Raise KeyError if the form has no such field.
        """
        self.form.field(name).setFocus()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.reject()
        else:
            super().keyPressEvent(event)

    def _lay_out(self, content: QWidget) -> None:
        is_organization = isinstance(self._given, Organization)
        seal = hbox(self._has_seal, self._seal, 1)
        vbox(
            *(self.form, self._reach, self._agents, self._ours, seal, 1),
            spacing=12,
            margins=(0, 4, 12, 4),
            parent=content,
        )
        for part in (self._agents, self._ours, self._has_seal, self._seal):
            part.setVisible(is_organization)
        self._scroll = scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(content)
        vbox(
            *(self._title, self._note, hbox(self._renew, 1), (scroll, 1)),
            *(self._said, hbox(self._open_other, 1, self._cancel, self._keep)),
            spacing=10,
            margins=(24, 20, 24, 20),
            parent=self,
        )

    def _connect(self) -> None:
        self._keep.clicked.connect(self._on_keep_clicked)
        self._cancel.clicked.connect(self.reject)
        self._renew.clicked.connect(self._on_renew_clicked)
        self._open_other.clicked.connect(self._on_open_other_clicked)
        self.form.edited.connect(self._on_form_edited)
        self.form.check_on_leaving(party_troubles)
        self.form.trouble_found.connect(self._say)
        name = self.form.field("name")
        if isinstance(name, LineField):
            name.editingFinished.connect(self._on_name_left)
        self._has_seal.toggled.connect(self._seal.setEnabled)

    def _show_who(self, contact: Contact | None) -> None:
        """Show the title, notes and buttons for editing ``contact``, or for a new contact if it is None.

        The identity of a contact with an account is read-only.
        """
        is_person = isinstance(self._given, Person)
        new = self.tr("New person") if is_person else self.tr("New organization")
        self._contact = contact
        self.setWindowTitle(new if contact is None else self.tr("Edit contact"))
        self._title.setText(new if contact is None else one_line(contact.name))
        is_fixed = contact is not None and bool(contact.at_platform)
        self._note.setText(
            self.tr(
                "The platform has an account with this name, ID type and ID number, so these "
                "can't be changed. For a different person, or a changed name or document, create "
                "a new contact."
            )
            if is_fixed
            else self.tr("No platform account yet: you can still correct the name, ID type or ID number here.")
        )
        self._note.setVisible(contact is not None)
        self._renew.setVisible(is_fixed)
        for field in self.form.identity_fields:
            field.setEnabled(not is_fixed)
        number = "id_number" if is_person else "code"
        line = self.form.field(number)
        if isinstance(line, LineField) and contact is not None and not self._given.identity.number:
            line.setPlaceholderText(contact.masked_number)
        self._ours.setChecked(contact is not None and contact.is_ours)
        width_pt = contact.seal_width_pt if contact is not None else None
        self._has_seal.setChecked(width_pt is not None)
        self._seal.setEnabled(width_pt is not None)
        self._seal.show_length(mm_to_pt(_USUAL_SEAL_MM) if width_pt is None else width_pt)
        self._keep.setText(self.tr("Add") if contact is None else self.tr("Save"))
        self._say("")
        self._show_reach()

    def _show_reach(self) -> None:
        """Show the effect of a changed mobile number of a contact with an account.

        The platform has no request that changes an account, so the next contract creates another account.
        """
        contact, given, subject = self._contact, self._given, self.form.value
        is_told = False
        if contact is not None and contact.at_platform and isinstance(subject, Person) and isinstance(given, Person):
            is_told = subject.mobile not in {given.mobile, ""}
            sentence = self.tr(
                "The next contract will create a new account for {new} and notify {new}. "
                "Contracts already sent still notify {old}."
            )
            self._reach.setText(
                sentence.format(new=masked_mobile(subject.mobile), old=masked_mobile(given.mobile))
                if given.mobile
                else self.tr("The next contract will create a new account for {new} and notify {new}.").format(
                    new=masked_mobile(subject.mobile)
                )
            )
        self._reach.setVisible(is_told)
        if is_told:
            # At the first call, the dialog has no size yet.
            QTimer.singleShot(0, self, self._show_whole_reach)

    def _show_whole_reach(self) -> None:
        """Make the dialog higher, or scroll on a small screen, so that the note on the mobile number is visible."""
        content, viewport = self._scroll.widget(), self._scroll.viewport()
        layout = content.layout() if content is not None else None
        lacking = layout.heightForWidth(viewport.width()) - viewport.height() if layout is not None else 0
        if lacking > 0:
            self.resize(QSize(self.width(), self.height() + lacking).boundedTo(room_for(self)))
        self._scroll.ensureWidgetVisible(self._reach)

    def _say(self, sentence: str, other_id: ContactId | None = None) -> None:
        self._said.setText(sentence)
        self._said.setVisible(bool(sentence))
        self._other_id = other_id
        self._open_other.setVisible(other_id is not None)

    def _on_name_left(self) -> None:
        """Move numbers that were typed into the name field to their own fields."""
        subject = self.form.value
        if isinstance(subject, Person):
            person = read_person(subject.name)
            if person is None:
                return
            found: Subject = replace(
                subject,
                name=person.name,
                id_number=person.id_number or subject.id_number,
                id_type=person.id_type if person.id_number else subject.id_type,
                mobile=person.mobile or subject.mobile,
            )
        else:
            told = read_organization(subject.name)
            if told is None or told[1] is not None:
                return
            found = replace(subject, name=told[0].name, code=told[0].code, code_type=told[0].code_type)
        self.form.show_value(found)
        self._on_form_edited()

    def _on_form_edited(self) -> None:
        self._is_meant = self._may_lack_numbers = False
        self._keep.setText(self.tr("Add") if self._contact is None else self.tr("Save"))
        self._say("")
        self._show_reach()

    def _on_renew_clicked(self) -> None:
        """Use the form's data for a new contact instead of the edited one."""
        self._given = self.form.value
        self._show_who(None)
        self.form.field("name").setFocus()

    def _on_open_other_clicked(self) -> None:
        if self._other_id is not None:
            self.other_requested.emit(self._other_id)
            self.reject()

    def _on_keep_clicked(self) -> None:
        # Pressing a button does not always take the focus from the name field.
        self._on_name_left()
        subject = self.form.value
        trouble = self._trouble(subject)
        if trouble is not None:
            field, sentence = trouble
            self._say(sentence)
            self.form.show_trouble(field, sentence)
            return
        contact_id = self._contact.id if self._contact is not None else None
        seal = self._seal_width_pt if isinstance(subject, Organization) else None
        agents = self._agents.agent_ids if isinstance(subject, Organization) else None
        if self._contact is not None and agents == tuple(agent.id for agent in self._contact.agents):
            # None keeps agents that were added elsewhere in the meantime.
            agents = None
        entry = ContactEntry(subject, contact_id, self._ours.isChecked(), seal, agents, self._given)
        self._keep.setEnabled(False)
        self._tasks.start(
            partial(self._contacts.save, entry, is_meant=self._is_meant, may_lack_numbers=self._may_lack_numbers),
            owner=self,
            on_done=self._on_kept,
            on_error=self._on_refused,
            lane=Lane.STORE,
        )

    def _trouble(self, subject: Subject) -> tuple[str, str] | None:
        """Return the name of an invalid field and a sentence about it, or None if all fields are valid."""
        if not subject.name.strip():
            return "name", self.tr("Enter a name.")
        if holds_number(subject.name):
            # Names are stored unencrypted, so they must not contain a number.
            return "name", self.tr(
                "Part of this line couldn't be recognized reliably. Enter each number in its own field."
            )
        return next(iter(party_troubles(subject).items()), None)

    def _on_kept(self, contact: Contact) -> None:
        self.kept.emit(contact)
        self.accept()

    def _on_refused(self, error: AppError) -> None:
        self._keep.setEnabled(True)
        other_id = error.params.get("contact_id")
        if error.code == "contact.another_name":
            self._is_meant = True
            self._keep.setText(self.tr("Keep both"))
        if error.code == "contact.no_keyring":
            self._may_lack_numbers = True
            self._keep.setText(self.tr("Save without numbers"))
        if other_id is None:
            self._say(error_sentence(error).text)
            return
        self._tasks.start(
            partial(self._contacts.get, ContactId(str(other_id))),
            owner=self,
            on_done=partial(self._on_other_read, error.code),
            lane=Lane.STORE,
        )

    def _on_other_read(self, code: str, other: Contact | None) -> None:
        name = one_line(other.name) if other is not None else "…"
        sentence = (
            self.tr("{name} is already in Contacts with the same ID number.")
            if code == "contact.exists"
            else self.tr("This ID number already belongs to {name}. One of the names is wrong or a former name.")
        )
        self._say(sentence.format(name=name), other.id if other is not None else None)
