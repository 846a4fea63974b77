"""The form that adds or edits a signer, shown in place of the signer list."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QFrame, QPushButton, QScrollArea, QToolButton, QWidget

from esign_desktop.domain.account import AccountKind, Organization, Person, party_of
from esign_desktop.domain.people.contact import ContactFilter
from esign_desktop.domain.signer import (
    ApplicationSigner,
    OpenSigner,
    OrganizationSigner,
    PersonSigner,
    SealType,
    SigningTerms,
    is_organization,
    namesakes,
    role_of,
    unknown_party,
    with_party,
)
from esign_desktop.override import override
from esign_desktop.services.people.known_party import known_party
from esign_desktop.services.people.lines import holds_number, read_organization, read_person
from esign_desktop.ui.prepare.signers.fields import OrganizationFields, PersonFields
from esign_desktop.ui.prepare.signers.role_fields import RoleFields
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.text.contact import party_troubles
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.text.signer import certificate_words, number_end, reach_words, seal_type_words, signer_name
from esign_desktop.ui.widgets.contact_matches import ContactMatches, contact_mark
from esign_desktop.ui.widgets.deliberate import press_focused_button
from esign_desktop.ui.widgets.forms import CheckField, ChecksField, ChoiceField, Form, Row
from esign_desktop.ui.widgets.labels import PlainLabel, separator
from esign_desktop.ui.widgets.layouts import hbox, vbox

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PySide6.QtGui import QKeyEvent

    from esign_desktop.domain.account import AccountRecord
    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.people.contact import Contact
    from esign_desktop.domain.signer import Signer, SignerId
    from esign_desktop.services.catalogue import Services
    from esign_desktop.services.people.accounts import Reach
    from esign_desktop.services.people.known_party import KnownParty
    from esign_desktop.ui.tasks import TaskRunner

_Party = TypeVar("_Party", bound=Person | Organization)

_ENTER: Final = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})


class TermsFields(Form[SigningTerms]):
    """The form for ``SigningTerms`` without the step, which the user changes in the list of signers."""

    def __init__(self, terms: SigningTerms, parent: QWidget | None = None) -> None:
        super().__init__(terms, (), parent)
        for row in (
            Row[SigningTerms](
                "is_silent",
                None,
                CheckField(self.tr("Signs automatically")),
                tip=self.tr("Only for our seal, or with the signer's authorization."),
            ),
            # Checking all seal types, or none, allows any type.
            Row[SigningTerms](
                "seal_types",
                self.tr("Seal"),
                ChecksField(seal_type_words().items()),
                get=lambda terms: terms.seal_types or frozenset(SealType),
                set=lambda terms, ticked: replace(
                    terms, seal_types=frozenset() if len(ticked) == len(SealType) else ticked
                ),
            ),
            Row[SigningTerms](
                "certificate",
                self.tr("Certificate"),
                ChoiceField(((None, self.tr("Account default")), *certificate_words().items())),
            ),
        ):
            self.add(row)
        self.show_value(terms)


class SignerForm(QWidget):
    """Lets the user enter or edit a signer of any kind. Enter accepts the form, and Esc emits ``dismissed``."""

    accepted = Signal(object)
    """Carries the ``Signer`` with the values of the form."""
    dismissed = Signal()
    kind_requested = Signal(object)
    """Carries the ``Signer``, changed between person and organization, or between an open signer and a known party."""
    failed = Signal(object)
    """Carries the ``AppError`` of a failed request about a contact or an account."""

    def __init__(
        self,
        signer: Signer,
        services: Services,
        tasks: TaskRunner,
        *,
        is_new: bool,
        is_listed: bool = False,
        keeps_open: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        """Create the form.

        ``is_listed`` means that the contract contains the signer. ``is_new`` means that the user has not entered the
        signer yet. A listed signer is also new if only the role is known. If ``keeps_open`` is True, the form of an
        open signer has no fields for a party, because a preset does not store one.
        """
        super().__init__(parent)
        self._signer = signer
        if isinstance(signer, OpenSigner) and not keeps_open:
            self._signer = with_party(signer, unknown_party(signer.kind))
        self._is_new = is_new
        self._hint = self._hint_label()
        self._known_hint = self._hint_label()
        self._left_account = self._hint_label()
        self._namesakes = self._hint_label()
        self._other_signers: tuple[Signer, ...] = ()
        self._other_words: dict[SignerId, str] = {}
        self._services, self._tasks = services, tasks
        self._is_accepting = False
        self._trouble = PlainLabel(self, look="alarm", is_wrapped=True, is_live=True)
        self._trouble.setContentsMargins(12, 8, 12, 0)
        self._trouble.hide()
        # Desktops that restrict Tab to some controls follow the order of creation; ``ReadingOrder`` is off there.
        self._organization = OrganizationFields(self)
        self._person = PersonFields(self)
        self._role = RoleFields(self._signer, self, in_preset=keeps_open)
        self._terms = TermsFields(signer.terms, self)
        self._other_kind = QToolButton(self)
        self._cancel = QPushButton(self.tr("Cancel"), self)
        self._accept = QPushButton(self.tr("Add") if is_new and not is_listed else self.tr("Save"), self)
        self._accept.setObjectName("primary")
        self._accept.setDefault(True)
        self._matches = {
            fields: ContactMatches(fields.line, services.contacts, tasks, kind, fields)
            for fields, kind in (
                (self._organization, ContactFilter.ORGANIZATIONS),
                (self._person, ContactFilter.PERSONS),
            )
        }
        for fields, matches in self._matches.items():
            fields.show_below_line(matches)
        self._lay_out()
        self._connect()
        match self._signer:
            case PersonSigner(person=person):
                self._person.show_party(person)
            case OrganizationSigner(organization=organization, agent=agent):
                self._organization.show_party(organization)
                self._person.show_party(agent)
        self._first = self.signer
        self._ask_about_accounts()
        named = self._asked_by_name()
        if named is not None:
            self._matches[named].ask()

    @override
    def event(self, event: QEvent) -> bool:
        # Ctrl+Enter would otherwise send the contract without this signer. Here it accepts the form.
        if event.type() == QEvent.Type.ShortcutOverride:
            press = cast("QKeyEvent", event)
            if press.key() in _ENTER and press.modifiers() & Qt.KeyboardModifier.ControlModifier:
                event.accept()
                return True
        return super().event(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.dismissed.emit()
        elif press_focused_button(event):
            return
        elif event.key() in _ENTER:
            self._on_accept_clicked()
        else:
            super().keyPressEvent(event)

    @property
    def signer(self) -> Signer:
        """The signer with the values of the form. The step is unchanged."""
        signer = self._role.filled(replace(self._signer, terms=self._terms.read(self._signer.terms)))
        match signer:
            case PersonSigner():
                return replace(signer, person=self._person.party)
            case OrganizationSigner():
                return replace(signer, organization=self._organization.party, agent=self._person.party)
            case _:
                return signer

    @property
    def is_changed(self) -> bool:
        """Whether the form differs from the signer for which it was opened."""
        return self.signer != self._first

    def ask_to_finish(self) -> None:
        """Ask the user to save or cancel this form first, and focus its first field."""
        self._show_hint(self.tr("Save or cancel this signer first."))
        self.focus_field("")

    def focus_field(self, path: str) -> None:
        """Move the keyboard focus to the field of a problem, such as ``person.mobile`` or ``agent.name``.

        If ``path`` is empty, focus the first field.
        """
        part, _, name = path.partition(".")
        if part == "organization" or (not part and isinstance(self._signer, OrganizationSigner)):
            self._organization.focus_field(name)
        elif isinstance(self._signer, (ApplicationSigner, OpenSigner)):
            self._role.line.setFocus()
        else:
            self._person.focus_field(name)

    def offer(self, contacts: Sequence[Contact]) -> None:
        """List ``contacts``, which are organizations, below the name field, so that the user need not type a name."""
        self._matches[self._organization].offer(contacts)

    def show_others(self, draft: ContractDraft, reaches: Mapping[SignerId, Reach]) -> None:
        """Show which other signers of a draft have the entered name, and how they differ, now and after each change.

        ``reaches`` is the contact data of signers with an account.
        """
        self._other_signers = draft.signers
        for other in draft.signers:
            reach = reaches.get(other.id)
            mark = " · ".join(filter(None, (number_end(other, reach), reach_words(other, reach))))
            sentence = (
                self.tr("Signer {number} has the same name ({mark}).")
                if mark
                else self.tr("Signer {number} has the same name.")
            )
            self._other_words[other.id] = sentence.format(number=draft.signer_number(other.id), mark=mark)
        self._show_namesakes()

    def _hint_label(self) -> PlainLabel:
        label = PlainLabel(self, look="hint", is_wrapped=True, is_live=True)
        label.hide()
        return label

    def _lay_out(self) -> None:
        unnamed = signer_name(self._signer)
        new, change = {
            PersonSigner: (self.tr("Add person"), self.tr("Edit person")),
            OrganizationSigner: (self.tr("Add organization"), self.tr("Edit organization")),
            ApplicationSigner: (self.tr("Add our seal"), self.tr("Edit our seal")),
            OpenSigner: (unnamed, unnamed),
        }[type(self._signer)]
        role = one_line(role_of(self._signer))
        title = PlainLabel(self, role or (new if self._is_new else change), look="sectionTitle")
        agent_title = PlainLabel(self, self.tr("Authorized representative"), look="sectionTitle")
        is_open = isinstance(self._signer, OpenSigner)
        content = QFrame(self)
        vbox(
            *(hbox((title, 1), self._other_kind), self._hint, self._known_hint, self._namesakes, self._left_account),
            self._organization,
            *(agent_title, self._person),
            self._role,
            separator(self),
            self._terms,
            0,
            spacing=12,
            margins=(12, 12, 12, 12),
            parent=content,
        )
        has_agent = isinstance(self._signer, OrganizationSigner)
        if has_agent:
            self._person.setAccessibleName(agent_title.text())
        to_person, to_organization = self.tr("Change to person"), self.tr("Change to organization")
        self._other_kind.setText(to_person if is_organization(self._signer) else to_organization)
        # The kind of a new signer with a role may have been guessed from the document, so the user can change it.
        is_ours = isinstance(self._signer, ApplicationSigner)
        self._other_kind.setVisible((bool(role) or is_open) and self._is_new)
        for part, is_used in (
            *((part, has_agent) for part in (self._organization, agent_title)),
            (self._person, not (is_open or is_ours)),
        ):
            part.setVisible(is_used)
        scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(content)
        # The problem is shown above the buttons, so that they do not move.
        vbox(
            (scroll, 1),
            self._trouble,
            hbox(0, self._cancel, self._accept, margins=(12, 8, 12, 12)),
            spacing=0,
            parent=self,
        )

    def _connect(self) -> None:
        self._accept.clicked.connect(self._on_accept_clicked)
        self._cancel.clicked.connect(self.dismissed)
        self._other_kind.clicked.connect(self._on_other_kind_clicked)
        self._role.openness_requested.connect(self._on_role_openness_requested)
        for fields in (self._person, self._organization):
            fields.name_typed.connect(self._on_fields_name_typed)
            fields.name_left.connect(self._on_fields_name_left)
            fields.account_changed.connect(self._show_left_account)
            fields.account_changed.connect(self._show_namesakes)
            fields.find_requested.connect(self._on_fields_find_requested)
            fields.check_on_leaving(party_troubles)
            fields.trouble_found.connect(self._on_fields_trouble_found)
        for matches in self._matches.values():
            matches.picked.connect(self._on_matches_picked)
            matches.found.connect(self._on_matches_found)

    def _on_other_kind_clicked(self) -> None:
        match self.signer:
            case PersonSigner(id=signer_id, person=person, terms=terms, role=role):
                other: Signer = OrganizationSigner(signer_id, Organization(person.name), Person(""), terms, role)
            case OrganizationSigner(id=signer_id, organization=organization, terms=terms, role=role):
                other = PersonSigner(signer_id, Person(organization.name), terms, role)
            case OpenSigner(kind=kind) as signer:
                kinds = AccountKind
                other = replace(signer, kind=kinds.ORGANIZATION if kind is kinds.PERSON else kinds.PERSON)
            case _:
                return
        self.kind_requested.emit(other)

    def _on_role_openness_requested(self) -> None:
        self.kind_requested.emit(self._role.opened(self.signer))

    def _on_accept_clicked(self) -> None:
        fields = self._asked_by_name()
        if fields is not None:
            matches = self._matches[fields]
            if not matches.is_known:
                self._is_accepting = True
                matches.ask()
                return
            contact = matches.sole()
            if contact is not None:
                self._is_accepting = True
                self._take(contact, fields)
                return
        self._accept_filled()

    def _accept_filled(self) -> None:
        self._is_accepting = False
        signer = self.signer
        names = _names(signer)
        if self._is_new and not role_of(signer) and names and not names[0]:
            self._show_hint(self.tr("Enter a name first."))
            self.focus_field("")
            return
        if any(map(holds_number, names)):
            self._show_hint(
                self.tr("Part of this line couldn't be recognized reliably. Enter each number in its own field.")
            )
            self.focus_field("")
            return
        self.accepted.emit(signer)

    def _asked_by_name(self) -> OrganizationFields | PersonFields | None:
        """Return the party form if only a name was entered, which may be that of a contact, or None.

        For an existing signer, the name must have changed. Data of the previous party is disregarded.
        """
        signer = self.signer
        if not self._is_new:
            if _names(signer)[:1] == _names(self._first)[:1]:
                return None
            signer = _without_unchanged(signer, self._first)
        match signer:
            case PersonSigner(person=Person(id_number="", third_id="", account_id="", mobile="") as person):
                return self._person if person.name and not holds_number(person.name) else None
            case OrganizationSigner(organization=Organization(code="", third_id="", account_id="") as organization):
                return self._organization if organization.name and not holds_number(organization.name) else None
            case _:
                return None

    def _on_fields_name_typed(self) -> None:
        self._hint.hide()
        self._known_hint.hide()
        self._is_accepting = False

    def _on_matches_found(self) -> None:
        fields = self._asked_by_name()
        contact = self._matches[fields].sole() if fields is not None else None
        namesake_count = self._matches[fields].namesake_count if fields is not None and contact is None else 0
        self._known_hint.setVisible(contact is not None or namesake_count > 1)
        if namesake_count > 1:
            self._known_hint.setText(
                self.tr("%n contacts have this name. Choose one with the arrow keys.", "", namesake_count)
            )
        if contact is not None:
            mark = contact_mark(contact)
            self._known_hint.setText(
                self.tr("{name} ({mark}) is in Contacts. Press Enter to add.").format(
                    name=one_line(contact.name), mark=mark
                )
                if mark
                else self.tr("{name} is in Contacts. Press Enter to add.").format(name=one_line(contact.name))
            )
        if self._is_accepting:
            self._on_accept_clicked()

    def _on_fields_name_left(self, text: str) -> None:
        """Move the data of a line in the name field to the fields to which it belongs."""
        if self.sender() is self._organization:
            found = read_organization(text)
            if found is not None:
                organization, agent = found
                self._organization.take_read(organization)
                if agent is not None:
                    self._person.take_read(agent)
            return
        person = read_person(text)
        if person is not None:
            self._person.take_read(person)

    def _on_matches_picked(self, contact: Contact) -> None:
        fields = next(fields for fields, matches in self._matches.items() if matches is self.sender())
        self._take(contact, fields)

    def _take(self, contact: Contact, fields: OrganizationFields | PersonFields) -> None:
        """Read a contact and its default agent in the background, and fill in their data."""
        services = self._services
        self._tasks.start(
            lambda: (fields, known_party(services.contacts, services.environments.current(), contact.id)),
            owner=self,
            on_done=self._on_party_known,
            on_error=self._on_party_failed,
            lane=Lane.STORE,
        )

    def _on_party_known(self, answer: tuple[OrganizationFields | PersonFields, KnownParty]) -> None:
        fields, party = answer
        self._hint.hide()
        self._known_hint.hide()
        # Filling in the name resets the flag, as typing does.
        is_accepting, self._is_accepting = self._is_accepting, False
        self._show_party(fields, party)
        if fields is self._organization and party.agent is not None and not self._person.party.name:
            self._show_party(self._person, party.agent)
        if fields is self._organization and not self._person.party.name:
            self._person.focus_field("name")
        elif is_accepting and self._is_new:
            self._accept_filled()
        else:
            # A contact that replaces an existing signer is shown before the form is saved.
            self._accept.setFocus()

    def _show_party(self, fields: OrganizationFields | PersonFields, party: KnownParty) -> None:
        masked_number = party.contact.masked_number
        match party.subject:
            case Organization() as organization:
                self._organization.show_party(organization, party.record, masked_number)
            case Person() as person:
                # A mobile number entered for a different person must not be kept.
                self._person.show_party(person, party.record, masked_number)
        if party.record is None and not party.subject.identity.number:
            fields.focus_field(fields.usual[0])

    def _on_party_failed(self, error: AppError) -> None:
        self._is_accepting = False
        self.failed.emit(error)

    def _on_fields_find_requested(self, third_id: str) -> None:
        """Look up a reference on the platform in the background, and show the account found."""
        fields = self._organization if self.sender() is self._organization else self._person
        kind = AccountKind.ORGANIZATION if fields is self._organization else AccountKind.PERSON
        services = self._services
        fields.look_up.setEnabled(False)

        def find() -> tuple[OrganizationFields | PersonFields, str, AccountRecord | None]:
            environment = services.environments.current()
            return fields, third_id, services.accounts.find_by_third_id(environment, third_id, kind)

        self._tasks.start(
            find, owner=self, on_done=self._on_reference_found, on_error=self._on_find_failed, lane=Lane.NETWORK
        )

    def _on_reference_found(self, answer: tuple[OrganizationFields | PersonFields, str, AccountRecord | None]) -> None:
        fields, third_id, record = answer
        fields.look_up.setEnabled(True)
        if record is None:
            sentence = self.tr(
                "The platform has no account with reference “{reference}”. Fill in the fields to create one."
            )
            self._show_hint(sentence.format(reference=one_line(third_id)))
            return
        self._hint.hide()
        found = party_of(record)
        match found:
            case Organization():
                self._organization.show_party(replace(found, name=found.name or self._organization.party.name), record)
            case Person():
                self._person.show_party(replace(found, name=found.name or self._person.party.name), record)
        fields.line.setFocus()

    def _on_find_failed(self, error: AppError) -> None:
        for fields in (self._organization, self._person):
            fields.look_up.setEnabled(True)
        self.failed.emit(error)

    def _ask_about_accounts(self) -> None:
        """Read the stored data about the signer's accounts in the background, and show it."""
        services = self._services
        account_ids = [fields.known.account_id for fields in (self._organization, self._person)]
        if not any(account_ids):
            return

        def read() -> list[AccountRecord | None]:
            environment = services.environments.current()
            return [(one and services.accounts.record(environment, one)) or None for one in account_ids]

        self._tasks.start(read, owner=self, on_done=self._on_accounts_read, lane=Lane.STORE)

    def _on_accounts_read(self, records: list[AccountRecord | None]) -> None:
        both: tuple[OrganizationFields | PersonFields, ...] = (self._organization, self._person)
        for fields, record in zip(both, records, strict=True):
            if record is not None and fields.known.account_id == record.account_id:
                fields.show_record(record)

    def _show_left_account(self) -> None:
        """Show whose account will not be used because the fields no longer match it. Otherwise, hide the sentence."""
        pairs = (
            (self._organization.known, self._organization.party),
            (self._person.known, self._person.party),
        )
        left = [known.name for known, told in pairs if known.account_id and not told.account_id]
        self._left_account.setVisible(bool(left))
        if left:
            sentence = self.tr(
                "The signer is no longer {name}, so that person's account isn't used. Enter the "
                "ID number, or undo (Ctrl+Z)."
            )
            self._left_account.setText(sentence.format(name=one_line(left[0])))

    def _show_namesakes(self) -> None:
        found = namesakes(self.signer, self._other_signers)
        self._namesakes.setText("\n".join(self._other_words[other.id] for other in found))
        self._namesakes.setVisible(bool(found))

    def _on_fields_trouble_found(self, sentence: str) -> None:
        self._trouble.setText(sentence)
        self._trouble.setVisible(bool(sentence))

    def _show_hint(self, sentence: str) -> None:
        self._hint.setText(sentence)
        self._hint.show()


def _without_unchanged(signer: Signer, before: Signer) -> Signer:
    """Return a renamed signer without the data that is unchanged and thus belongs to the previous party."""
    match signer, before:
        case PersonSigner(person=person), PersonSigner(person=former):
            return replace(signer, person=_cleared(person, former, ("id_number", "third_id", "account_id", "mobile")))
        case OrganizationSigner(organization=organization), OrganizationSigner(organization=former_organization):
            names = ("code", "third_id", "account_id")
            return replace(signer, organization=_cleared(organization, former_organization, names))
        case _:
            return signer


def _cleared(party: _Party, former: _Party, names: Sequence[str]) -> _Party:
    unchanged: dict[str, Any] = {name: "" for name in names if getattr(party, name) == getattr(former, name)}
    return replace(party, **unchanged)


def _names(signer: Signer) -> tuple[str, ...]:
    match signer:
        case PersonSigner(person=person):
            return (person.name,)
        case OrganizationSigner(organization=organization, agent=agent):
            return organization.name, agent.name
        case _:
            return ()
