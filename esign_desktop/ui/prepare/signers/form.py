"""Adding or changing a signer, in the signers' own column; no window in front of the work."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, cast

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QScrollArea, QVBoxLayout, QWidget

from esign_desktop.domain.account import AccountKind, Organization, OrganizationCodeType, Person, PersonIdType
from esign_desktop.domain.signer import ApplicationSigner, OrganizationSigner, PersonSigner, SealType, SigningTerms
from esign_desktop.override import override
from esign_desktop.services.people.lines import holds_number, read_organization, read_person
from esign_desktop.ui.prepare.signers.fields import OrganizationFields, PersonFields
from esign_desktop.ui.prepare.signers.picker import AccountPicker, account_mark
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.text.signer import certificate_words, seal_type_words
from esign_desktop.ui.widgets.deliberate import press_focused_button
from esign_desktop.ui.widgets.forms import CheckField, ChecksField, ChoiceField, Form, Row
from esign_desktop.ui.widgets.labels import PlainLabel, separator

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from esign_desktop.domain.account import AccountRecord
    from esign_desktop.domain.signer import Signer
    from esign_desktop.services.catalogue import Services
    from esign_desktop.ui.tasks import TaskRunner

_ENTER: Final = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})


class TermsFields(Form[SigningTerms]):
    """How a signer signs: the fields of ``SigningTerms`` but the step, which is arranged by dragging."""

    def __init__(self, terms: SigningTerms, parent: QWidget | None = None) -> None:
        super().__init__(terms, (), parent)
        for row in (
            Row[SigningTerms](
                "is_silent",
                None,
                CheckField(self.tr("Signs without being asked")),
                tip=self.tr("Only for the platform's own seal, or with an authorization of the signer."),
            ),
            # Both kinds of seal ticked, or none, means any.
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
                ChoiceField(((None, self.tr("As the account has it")), *certificate_words().items())),
            ),
        ):
            self.add(row)
        self.show_value(terms)


class SignerForm(QWidget):
    """The fields of one signer of any kind. Esc gives up, Enter accepts."""

    accepted = Signal(object)
    """The ``Signer`` as filled in."""
    dismissed = Signal()
    failed = Signal(object)

    def __init__(
        self, signer: Signer, services: Services, tasks: TaskRunner, *, is_new: bool, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._signer = signer
        self._is_new = is_new
        self._hint = self._hint_label()
        self._left_account = self._hint_label()
        self._own_name = QLineEdit(self)
        self._own_name.setPlaceholderText(self.tr("This platform"))
        # Tab goes in the order in which they are made.
        kind = AccountKind.ORGANIZATION if isinstance(signer, OrganizationSigner) else AccountKind.PERSON
        self._picker = AccountPicker(services, tasks, kind, self)
        self._organization = OrganizationFields(self)
        self._agent_picker = AccountPicker(services, tasks, AccountKind.PERSON, self)
        self._person = PersonFields(self)
        self._terms = TermsFields(signer.terms, self)
        self._cancel = QPushButton(self.tr("Cancel"), self)
        self._accept = QPushButton(self.tr("Add") if is_new else self.tr("Save"), self)
        self._accept.setObjectName("primary")
        self._accept.setDefault(True)
        self._lay_out()
        self._connect()
        match signer:
            case PersonSigner(person=person):
                self._person.show_party(person)
            case OrganizationSigner(organization=organization, agent=agent):
                self._organization.show_party(organization)
                self._person.show_party(agent)
            case ApplicationSigner(name=name):
                self._own_name.setText(name)

    @override
    def event(self, event: QEvent) -> bool:
        # Ctrl+Enter would send the contract without whom it is about; here it accepts them first.
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
        """The signer as filled in; its step is kept."""
        terms = self._terms.read(self._signer.terms)
        match self._signer:
            case PersonSigner():
                return replace(self._signer, person=self._person.party, terms=terms)
            case OrganizationSigner():
                organization, agent = self._organization.party, self._person.party
                return replace(self._signer, organization=organization, agent=agent, terms=terms)
            case ApplicationSigner():
                return replace(self._signer, name=self._own_name.text().strip(), terms=terms)

    def focus_field(self, path: str) -> None:
        """Put the cursor where a problem points: ``person.mobile``, ``organization.code``, ``agent.name`` …."""
        part, _, name = path.partition(".")
        if part == "organization" or (not part and isinstance(self._signer, OrganizationSigner)):
            self._organization.focus_field(name)
        elif isinstance(self._signer, ApplicationSigner):
            self._own_name.setFocus()
        else:
            self._person.focus_field(name)

    def _hint_label(self) -> PlainLabel:
        label = PlainLabel(self)
        label.setObjectName("hint")
        label.setWordWrap(True)
        label.hide()
        return label

    def _lay_out(self) -> None:
        new, change = {
            PersonSigner: (self.tr("Add person"), self.tr("Change person")),
            OrganizationSigner: (self.tr("Add organization"), self.tr("Change organization")),
            ApplicationSigner: (self.tr("Add own seal"), self.tr("Change own seal")),
        }[type(self._signer)]
        title = PlainLabel(self, new if self._is_new else change)
        agent_title = PlainLabel(self, self.tr("Person who acts for it"))
        for label in (title, agent_title):
            label.setObjectName("sectionTitle")
        own_name_label = QLabel(self.tr("Shown as"), self)
        own_name_label.setBuddy(self._own_name)
        own_row = QHBoxLayout()
        own_row.addWidget(own_name_label)
        own_row.addWidget(self._own_name, 1)
        content = QFrame(self)
        column = QVBoxLayout(content)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(12)
        for widget in (
            *(title, self._picker, self._hint, self._left_account, self._organization),
            *(agent_title, self._agent_picker, self._person),
        ):
            column.addWidget(widget)
        column.addLayout(own_row)
        column.addWidget(separator(self))
        column.addWidget(self._terms)
        column.addStretch()
        is_organization = isinstance(self._signer, OrganizationSigner)
        is_application = isinstance(self._signer, ApplicationSigner)
        for part, is_used in (
            *((part, is_organization) for part in (self._organization, agent_title, self._agent_picker)),
            *((part, not is_application) for part in (self._picker, self._person)),
            *((part, is_application) for part in (own_name_label, self._own_name)),
        ):
            part.setVisible(is_used)
        scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(content)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(12, 8, 12, 12)
        buttons.setSpacing(8)
        buttons.addStretch()
        buttons.addWidget(self._cancel)
        buttons.addWidget(self._accept)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(scroll, 1)
        layout.addLayout(buttons)

    def _connect(self) -> None:
        self._accept.clicked.connect(self._on_accept_clicked)
        self._cancel.clicked.connect(self.dismissed)
        for fields in (self._person, self._organization):
            fields.name_typed.connect(self._on_fields_name_typed)
            fields.name_left.connect(self._on_fields_name_left)
            fields.account_changed.connect(self._show_left_account)
        for picker, slot in (
            (self._picker, self._on_picker_account_picked),
            (self._agent_picker, self._on_agent_picker_account_picked),
        ):
            picker.loaded.connect(self._on_picker_loaded)
            picker.account_picked.connect(slot)
            picker.nobody_found.connect(self._on_picker_nobody_found)
            picker.find_failed.connect(self.failed)

    def _on_accept_clicked(self) -> None:
        if not self._take_known():
            return
        signer = self.signer
        if any(map(holds_number, _names(signer))):
            self._show_hint(self.tr("Part of this line can't be read for sure. Put each number into its own field."))
            self.focus_field("")
            return
        self.accepted.emit(signer)

    def _take_known(self) -> bool:
        """Complete a new signer of whom nothing but the name is told; return whether nobody is missing now."""
        record = self._known() if self._is_new else None
        if record is None:
            return True
        self._on_picker_account_picked(record)
        if record.kind is AccountKind.PERSON or self._person.party.name:
            return True
        agent = self._agent_picker.known_account(record.agent_account_id)
        if agent is not None:
            self._take_person(agent)
            return True
        self._person.focus_field("name")
        return False

    def _known(self) -> AccountRecord | None:
        """Return the account met before that the name alone can only mean."""
        match self.signer:
            case PersonSigner(person=Person(id_number="", third_id="", account_id="") as person):
                return self._picker.sole_known(person.name)
            case OrganizationSigner(organization=Organization(code="", third_id="", account_id="") as organization):
                return self._picker.sole_known(organization.name)
            case _:
                return None

    def _on_fields_name_typed(self) -> None:
        record = self._known() if self._is_new else None
        self._hint.setVisible(record is not None)
        if record is not None:
            sentence = self.tr("{name} ({mark}) is known to the platform. Enter adds them.")
            mark = account_mark(record)
            self._hint.setText(
                sentence.format(name=one_line(record.name), mark=one_line(mark))
                if mark
                else self.tr("{name} is known to the platform. Enter adds them.").format(name=one_line(record.name))
            )

    def _on_fields_name_left(self, text: str) -> None:
        """Put a line that tells more than the name where it belongs."""
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

    def _on_picker_account_picked(self, record: AccountRecord) -> None:
        self._hint.hide()
        if isinstance(self._signer, OrganizationSigner):
            filled = self._organization.party
            picked = Organization(
                record.name or filled.name,
                code_type=OrganizationCodeType(record.number_type or filled.code_type),
                third_id=record.own_reference,
                account_id=record.account_id,
            )
            self._organization.show_party(picked, record)
            self._organization.focus_field("name")
        else:
            self._take_person(record)

    def _on_agent_picker_account_picked(self, record: AccountRecord) -> None:
        self._hint.hide()
        self._take_person(record)

    def _take_person(self, record: AccountRecord) -> None:
        filled = self._person.party
        # A mobile that was typed for somebody else would be sent to them.
        picked = Person(
            record.name or filled.name,
            id_type=PersonIdType(record.number_type or filled.id_type),
            third_id=record.own_reference,
            account_id=record.account_id,
        )
        self._person.show_party(picked, record)
        self._person.focus_field("name" if not record.name else "mobile")

    def _on_picker_loaded(self) -> None:
        """Show what is known of the accounts that the signer came with."""
        for account_id, fields in (
            (self._organization.known.account_id, self._organization),
            (self._person.known.account_id, self._person),
        ):
            record = self._picker.known_account(account_id) or self._agent_picker.known_account(account_id)
            if record is not None and account_id:
                fields.show_record(record)

    def _show_left_account(self) -> None:
        """Say whose account is not used any more, because the fields tell somebody else."""
        pairs = (
            (self._organization.known, self._organization.party),
            (self._person.known, self._person.party),
        )
        left = [known.name for known, told in pairs if known.account_id and not told.account_id]
        self._left_account.setVisible(bool(left))
        if left:
            sentence = self.tr(
                "This is not {name} any more, so their account is not used. Fill in the number, or undo (Ctrl+Z)."
            )
            self._left_account.setText(sentence.format(name=one_line(left[0])))

    def _on_picker_nobody_found(self, third_id: str) -> None:
        sentence = self.tr(
            "Nobody is known at the platform as “{reference}”. Fill in the fields to create the account."
        )
        self._show_hint(sentence.format(reference=third_id))

    def _show_hint(self, sentence: str) -> None:
        self._hint.setText(sentence)
        self._hint.show()


def _names(signer: Signer) -> tuple[str, ...]:
    match signer:
        case PersonSigner(person=person):
            return (person.name,)
        case OrganizationSigner(organization=organization, agent=agent):
            return organization.name, agent.name
        case _:
            return ()
