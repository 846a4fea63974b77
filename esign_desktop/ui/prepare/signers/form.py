"""Adding or changing a signer, in the signers' own column; no window in front of the work.

How a signer signs: silently or not, with which seal and certificate.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, cast

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from esign_desktop.domain.account import AccountKind, Organization, OrganizationCodeType, Person, PersonIdType
from esign_desktop.domain.signer import (
    ApplicationSigner,
    CertificateType,
    OrganizationSigner,
    PersonSigner,
    SealType,
    SigningTerms,
)
from esign_desktop.override import override
from esign_desktop.services.people.lines import holds_number, read_organization, read_person
from esign_desktop.ui.prepare.signers.fields import OrganizationFields, PersonFields
from esign_desktop.ui.prepare.signers.picker import AccountPicker, account_mark
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.text.signer import certificate_words, seal_type_words
from esign_desktop.ui.widgets.deliberate import press_focused_button
from esign_desktop.ui.widgets.forms import ElidingComboBox
from esign_desktop.ui.widgets.labels import PlainLabel, separator

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from esign_desktop.domain.account import AccountRecord
    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.signer import Signer
    from esign_desktop.services.catalogue import Services
    from esign_desktop.ui.tasks import TaskRunner


class TermsFields(QWidget):
    """The fields of ``SigningTerms`` but the step, which is arranged by dragging."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._terms = SigningTerms()
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(8)
        self._silent = QCheckBox(self)
        form.addRow(self._silent)
        self._seal_label = QLabel(self)
        seals = QWidget(self)
        column = QVBoxLayout(seals)
        column.setContentsMargins(0, 2, 0, 2)
        column.setSpacing(4)
        self._seal_types = {kind: QCheckBox(seals) for kind in SealType}
        for box in self._seal_types.values():
            column.addWidget(box)
            box.clicked.connect(self._on_field_edited)
        form.addRow(self._seal_label, seals)
        self._certificate_label, self._certificate = QLabel(self), ElidingComboBox(self)
        self._certificate_label.setBuddy(self._certificate)
        form.addRow(self._certificate_label, self._certificate)
        self._silent.clicked.connect(self._on_field_edited)
        self._certificate.activated.connect(self._on_field_edited)
        self.retranslate()

    def retranslate(self) -> None:
        """Set all texts in the language of the window."""
        self._silent.setText(self.tr("Signs without being asked"))
        self._silent.setToolTip(self.tr("Only for the platform's own seal, or with an authorization of the signer."))
        self._seal_label.setText(self.tr("Seal"))
        for kind, text in seal_type_words().items():
            self._seal_types[kind].setText(text)
        self._certificate_label.setText(self.tr("Certificate"))
        chosen = self._certificate.currentData()
        self._certificate.clear()
        self._certificate.addItem(self.tr("As the account has it"), 0)
        for certificate, text in certificate_words().items():
            self._certificate.addItem(text, int(certificate))
        self._certificate.setCurrentIndex(max(0, self._certificate.findData(chosen)))

    @property
    def terms(self) -> SigningTerms:
        """The terms as filled in. Both kinds of seal ticked, or none, means any."""
        chosen = frozenset(kind for kind, box in self._seal_types.items() if box.isChecked())
        certificate = int(self._certificate.currentData())
        return replace(
            self._terms,
            is_silent=self._silent.isChecked(),
            seal_types=frozenset() if len(chosen) == len(SealType) else chosen,
            certificate=CertificateType(certificate) if certificate else None,
        )

    def show_terms(self, terms: SigningTerms) -> None:
        """Fill the fields in."""
        self._terms = terms
        self._silent.setChecked(terms.is_silent)
        for kind, box in self._seal_types.items():
            box.setChecked(not terms.seal_types or kind in terms.seal_types)
        self._certificate.setCurrentIndex(max(0, self._certificate.findData(int(terms.certificate or 0))))

    def _on_field_edited(self) -> None:
        self.edited.emit()


_ENTER: Final = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})


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
        self._title = PlainLabel(self)
        self._title.setObjectName("sectionTitle")
        self._hint = PlainLabel(self)
        self._hint.setObjectName("hint")
        self._hint.setWordWrap(True)
        self._hint.hide()
        self._left_account = PlainLabel(self)
        self._left_account.setObjectName("hint")
        self._left_account.setWordWrap(True)
        self._left_account.hide()
        self._agent_title = PlainLabel(self)
        self._agent_title.setObjectName("sectionTitle")
        self._own_name_label, self._own_name = QLabel(self), QLineEdit(self)
        self._own_name_label.setBuddy(self._own_name)
        # Tab goes in the order in which they are made.
        kind = AccountKind.ORGANIZATION if isinstance(signer, OrganizationSigner) else AccountKind.PERSON
        self._picker = AccountPicker(services, tasks, kind, self)
        self._organization = OrganizationFields(self)
        self._agent_picker = AccountPicker(services, tasks, AccountKind.PERSON, self)
        self._person = PersonFields(self)
        self._terms = TermsFields(self)
        self._cancel = QPushButton(self)
        self._accept = QPushButton(self)
        self._accept.setObjectName("primary")
        self._accept.setDefault(True)
        self._lay_out()
        self._connect()
        self._show(signer)
        self.retranslate()

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

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

    def retranslate(self) -> None:
        """Set all texts in the language of the window."""
        titles = {
            PersonSigner: (self.tr("Add person"), self.tr("Change person")),
            OrganizationSigner: (self.tr("Add organization"), self.tr("Change organization")),
            ApplicationSigner: (self.tr("Add own seal"), self.tr("Change own seal")),
        }
        new, change = titles[type(self._signer)]
        self._title.setText(new if self._is_new else change)
        self._agent_title.setText(self.tr("Person who acts for it"))
        self._own_name_label.setText(self.tr("Shown as"))
        self._own_name.setPlaceholderText(self.tr("This platform"))
        self._accept.setText(self.tr("Add") if self._is_new else self.tr("Save"))
        self._cancel.setText(self.tr("Cancel"))
        self._picker.retranslate()
        self._agent_picker.retranslate()
        self._terms.retranslate()

    @property
    def signer(self) -> Signer:
        """The signer as filled in; its step is kept."""
        match self._signer:
            case PersonSigner():
                return replace(self._signer, person=self._person.person, terms=self._terms.terms)
            case OrganizationSigner():
                return replace(
                    self._signer,
                    organization=self._organization.organization,
                    agent=self._person.person,
                    terms=self._terms.terms,
                )
            case ApplicationSigner():
                return replace(self._signer, name=self._own_name.text().strip(), terms=self._terms.terms)

    def focus_field(self, path: str) -> None:
        """Put the cursor where a problem points: ``person.mobile``, ``organization.code``, ``agent.name`` …."""
        part, _, name = path.partition(".")
        if part == "organization" or (not part and isinstance(self._signer, OrganizationSigner)):
            self._organization.focus_field(name)
        elif isinstance(self._signer, ApplicationSigner):
            self._own_name.setFocus()
        else:
            self._person.focus_field(name)

    def _lay_out(self) -> None:
        content = QFrame(self)
        column = QVBoxLayout(content)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(12)
        column.addWidget(self._title)
        is_organization = isinstance(self._signer, OrganizationSigner)
        is_application = isinstance(self._signer, ApplicationSigner)
        for widget, is_used in (
            (self._picker, not is_application),
            (self._hint, True),
            (self._left_account, True),
            (self._organization, is_organization),
            (self._agent_title, is_organization),
            (self._agent_picker, is_organization),
            (self._person, not is_application),
        ):
            column.addWidget(widget)
            # The hint is hidden until there is something to say.
            widget.setVisible(is_used and widget is not self._hint)
        own_row = QHBoxLayout()
        own_row.addWidget(self._own_name_label)
        own_row.addWidget(self._own_name, 1)
        column.addLayout(own_row)
        self._own_name_label.setVisible(is_application)
        self._own_name.setVisible(is_application)
        column.addWidget(separator(self))
        column.addWidget(self._terms)
        column.addStretch()
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
        for picker in (self._picker, self._agent_picker):
            picker.loaded.connect(self._on_picker_loaded)
        for picker, slot in (
            (self._picker, self._on_picker_account_picked),
            (self._agent_picker, self._on_agent_picker_account_picked),
        ):
            picker.account_picked.connect(slot)
            picker.nobody_found.connect(self._on_picker_nobody_found)
            picker.find_failed.connect(self._on_picker_find_failed)

    def _show(self, signer: Signer) -> None:
        self._terms.show_terms(signer.terms)
        match signer:
            case PersonSigner(person=person):
                self._person.show_person(person)
            case OrganizationSigner(organization=organization, agent=agent):
                self._organization.show_organization(organization)
                self._person.show_person(agent)
            case ApplicationSigner(name=name):
                self._own_name.setText(name)

    def _on_accept_clicked(self) -> None:
        if not self._take_known():
            return
        signer = self.signer
        if any(map(holds_number, _names(signer))):
            self._hint.setText(self.tr("Part of this line can't be read for sure. Put each number into its own field."))
            self._hint.show()
            self.focus_field("")
            return
        self.accepted.emit(signer)

    def _take_known(self) -> bool:
        """Complete a new signer of whom nothing but the name is told; return whether nobody is missing now."""
        record = self._known() if self._is_new else None
        if record is None:
            return True
        self._on_picker_account_picked(record)
        if record.kind is AccountKind.PERSON or self._person.person.name:
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

    def _on_fields_name_typed(self, _text: str) -> None:
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
            filled = self._organization.organization
            picked = Organization(
                record.name or filled.name,
                code_type=OrganizationCodeType(record.number_type or filled.code_type),
                third_id=record.own_reference,
                account_id=record.account_id,
            )
            self._organization.show_organization(picked, record)
            self._organization.focus_field("name")
        else:
            self._take_person(record)

    def _on_agent_picker_account_picked(self, record: AccountRecord) -> None:
        self._hint.hide()
        self._take_person(record)

    def _take_person(self, record: AccountRecord) -> None:
        filled = self._person.person
        # A mobile that was typed for somebody else would be sent to them.
        picked = Person(
            record.name or filled.name,
            id_type=PersonIdType(record.number_type or filled.id_type),
            third_id=record.own_reference,
            account_id=record.account_id,
        )
        self._person.show_person(picked, record)
        self._person.focus_field("name" if not record.name else "mobile")

    def _on_picker_loaded(self) -> None:
        """Show what is known of the accounts that the signer came with."""
        for account_id, fields in (
            (self._organization.known_organization.account_id, self._organization),
            (self._person.known_person.account_id, self._person),
        ):
            record = self._picker.known_account(account_id) or self._agent_picker.known_account(account_id)
            if record is not None and account_id:
                fields.show_record(record)

    def _show_left_account(self) -> None:
        """Say whose account is not used any more, because the fields tell somebody else."""
        pairs = (
            (self._organization.known_organization, self._organization.organization),
            (self._person.known_person, self._person.person),
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
        self._hint.setText(sentence.format(reference=third_id))
        self._hint.show()

    def _on_picker_find_failed(self, error: AppError) -> None:
        self.failed.emit(error)


def _names(signer: Signer) -> tuple[str, ...]:
    match signer:
        case PersonSigner(person=person):
            return (person.name,)
        case OrganizationSigner(organization=organization, agent=agent):
            return organization.name, agent.name
        case _:
            return ()
