"""The fields of a person and of an organization, as they are filled in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeVar

from PySide6.QtCore import QEvent, QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QLabel, QLineEdit, QWidget

from esign_desktop.domain.account import Organization, OrganizationCodeType, Person, PersonIdType
from esign_desktop.domain.people.customer_line import MAX_CHARACTERS
from esign_desktop.override import override
from esign_desktop.ui.text.signer import code_type_words, id_type_words
from esign_desktop.ui.widgets.forms import ElidingComboBox

if TYPE_CHECKING:
    from collections.abc import Mapping

    from esign_desktop.domain.account import AccountRecord

_Party = TypeVar("_Party", Person, Organization)

_LONGEST_PERSON: Final = 100
_LONGEST_ORGANIZATION: Final = 150


class PartyFields(QWidget):
    """A form that tells of a person's changes and translates itself anew."""

    edited = Signal()
    name_typed = Signal(str)
    """What stands in the field of the name as it is typed, which may be a whole line about the party."""
    name_left = Signal(str)
    """The same, once it is complete."""
    account_changed = Signal()
    """Whether the fields still tell whose account was picked may have changed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._form = QFormLayout(self)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setVerticalSpacing(8)
        self._form.setHorizontalSpacing(12)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.DontWrapRows)

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def retranslate(self) -> None:
        """Set all texts in the language of the window."""

    def _add_line(self, *, max_length: int = 200) -> tuple[QLabel, QLineEdit]:
        label, line = QLabel(self), QLineEdit(self)
        line.setMaxLength(max_length)
        label.setBuddy(line)
        line.textEdited.connect(self._on_field_edited)
        self._form.addRow(label, line)
        return label, line

    def _add_name(self) -> tuple[QLabel, QLineEdit]:
        """Add the field of the name, which takes a pasted line too."""
        label, line = self._add_line(max_length=MAX_CHARACTERS)
        line.textEdited.connect(self.name_typed)
        line.editingFinished.connect(self._on_name_editing_finished)
        return label, line

    def _on_name_editing_finished(self) -> None:
        line = self.sender()
        if isinstance(line, QLineEdit):
            self.name_left.emit(line.text())

    def _add_choice(self) -> tuple[QLabel, QComboBox]:
        label, choice = QLabel(self), ElidingComboBox(self)
        label.setBuddy(choice)
        choice.activated.connect(self._on_field_edited)
        self._form.addRow(label, choice)
        return label, choice

    def _on_field_edited(self) -> None:
        self.edited.emit()


def _fill(choice: QComboBox, words: Mapping[int, str]) -> None:
    """Put the words of an enumeration into a choice; what was chosen stays."""
    chosen = choice.currentData()
    with QSignalBlocker(choice):
        choice.clear()
        for value, text in words.items():
            choice.addItem(text, value)
        choice.setCurrentIndex(max(0, choice.findData(chosen)))


def _put(line: QLineEdit, text: str) -> None:
    """Set a line's text so that undoing in it brings back what stood there."""
    if line.text() and line.text() != text:
        line.selectAll()
        line.insert(text)
    else:
        line.setText(text)


class PersonFields(PartyFields):
    """A person's fields. With a known account only the ways to reach them need filling in.

    The account is theirs as long as name, kind of document and number say so: retyped, it is gone, and typed back as
    it was, it is there again.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._person = Person("")
        self._record: AccountRecord | None = None
        self._name_label, self._name = self._add_name()
        self._id_type_label, self._id_type = self._add_choice()
        self._id_number_label, self._id_number = self._add_line(max_length=40)
        self._mobile_label, self._mobile = self._add_line(max_length=30)
        self._email_label, self._email = self._add_line()
        self._third_id_label, self._third_id = self._add_line(max_length=50)
        for line in (self._name, self._id_number, self._third_id):
            line.textChanged.connect(self._show_account)
        self._id_type.currentIndexChanged.connect(self._show_account)
        self.retranslate()

    @override
    def retranslate(self) -> None:
        self._name_label.setText(self.tr("Name"))
        self._id_type_label.setText(self.tr("ID document"))
        self._id_number_label.setText(self.tr("ID number"))
        self._mobile_label.setText(self.tr("Mobile"))
        self._email_label.setText(self.tr("E-mail"))
        self._third_id_label.setText(self.tr("Own reference"))
        self._name.setPlaceholderText(self.tr("or all in one line: name, ID number, mobile"))
        self._third_id.setPlaceholderText(self.tr("e.g. customer number"))
        _fill(self._id_type, {int(kind): word for kind, word in id_type_words().items()})
        self._show_account()

    @property
    def person(self) -> Person:
        """The person as filled in."""
        told = replace(
            self._person,
            name=self._name.text().strip()[:_LONGEST_PERSON],
            id_type=PersonIdType(self._id_type.currentData()),
            id_number="".join(self._id_number.text().split()),
            mobile="".join(self._mobile.text().split()),
            email=self._email.text().strip(),
        )
        return _with_reference(told, self._person, self._third_id.text().strip())

    def show_person(self, person: Person, record: AccountRecord | None = None) -> None:
        """Fill the fields in; ``record`` is what is known of the person's account."""
        self._person, self._record = person, record
        self._id_type.setCurrentIndex(max(0, self._id_type.findData(int(person.id_type))))
        for line, text in (
            (self._name, person.name),
            (self._id_number, person.id_number),
            (self._mobile, person.mobile),
            (self._email, person.email),
            (self._third_id, person.third_id),
        ):
            _put(line, text)
        self._show_account()

    def take_read(self, read: Person) -> None:
        """Fill in what was read of a line; an account of somebody else is gone by that, and undoing brings it back."""
        _put(self._name, read.name)
        if read.id_number:
            self._id_type.setCurrentIndex(max(0, self._id_type.findData(int(read.id_type))))
            _put(self._id_number, read.id_number)
        if read.mobile:
            _put(self._mobile, read.mobile)

    @property
    def known_person(self) -> Person:
        """Who was picked, or shown at first, whatever the fields say now."""
        return self._person

    def show_record(self, record: AccountRecord) -> None:
        """Show what is known of the account."""
        self._record = record
        self._show_account()

    def focus_field(self, name: str) -> None:
        """Put the cursor into a field of ``Person``, by its attribute name."""
        fields = {
            "id_number": self._id_number,
            "mobile": self._mobile,
            "email": self._email,
            "third_id": self._third_id,
        }
        fields.get(name, self._name).setFocus()

    def _show_account(self) -> None:
        is_known = bool(self.person.account_id)
        record = self._record if is_known else None
        self._id_number.setPlaceholderText(_known_words(record, self.tr("known to the platform")) if is_known else "")
        self._mobile.setPlaceholderText(record.masked_mobile if record is not None else "")
        self._email.setPlaceholderText((record.masked_email if record is not None else "") or self.tr("optional"))
        self.account_changed.emit()


class OrganizationFields(PartyFields):
    """An organization's own fields; the person who acts for it stands in fields of their own."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._organization = Organization("")
        self._record: AccountRecord | None = None
        self._name_label, self._name = self._add_name()
        self._code_type_label, self._code_type = self._add_choice()
        self._code_label, self._code = self._add_line(max_length=40)
        self._legal_name_label, self._legal_name = self._add_line(max_length=100)
        self._third_id_label, self._third_id = self._add_line(max_length=50)
        for line in (self._name, self._code, self._third_id):
            line.textChanged.connect(self._show_account)
        self._code_type.currentIndexChanged.connect(self._show_account)
        self.retranslate()

    @override
    def retranslate(self) -> None:
        self._name_label.setText(self.tr("Organization"))
        self._code_type_label.setText(self.tr("Registration"))
        self._code_label.setText(self.tr("Code"))
        self._legal_name_label.setText(self.tr("Represented by"))
        self._legal_name.setPlaceholderText(self.tr("optional"))
        self._third_id_label.setText(self.tr("Own reference"))
        self._name.setPlaceholderText(self.tr("or all in one line: name, code, who acts for it"))
        self._third_id.setPlaceholderText(self.tr("e.g. customer number"))
        _fill(self._code_type, {int(kind): word for kind, word in code_type_words().items()})
        self._show_account()

    @property
    def organization(self) -> Organization:
        """The organization as filled in."""
        told = replace(
            self._organization,
            name=self._name.text().strip()[:_LONGEST_ORGANIZATION],
            code_type=OrganizationCodeType(self._code_type.currentData()),
            code="".join(self._code.text().split()).upper(),
            legal_name=self._legal_name.text().strip(),
        )
        return _with_reference(told, self._organization, self._third_id.text().strip())

    def show_organization(self, organization: Organization, record: AccountRecord | None = None) -> None:
        """Fill the fields in; ``record`` is what is known of the organization's account."""
        self._organization, self._record = organization, record
        self._code_type.setCurrentIndex(max(0, self._code_type.findData(int(organization.code_type))))
        for line, text in (
            (self._name, organization.name),
            (self._code, organization.code),
            (self._legal_name, organization.legal_name),
            (self._third_id, organization.third_id),
        ):
            _put(line, text)
        self._show_account()

    def take_read(self, read: Organization) -> None:
        """Fill in what was read of a line; an account of another organization is gone by that."""
        _put(self._name, read.name)
        _put(self._code, read.code)
        self._code_type.setCurrentIndex(max(0, self._code_type.findData(int(read.code_type))))

    @property
    def known_organization(self) -> Organization:
        """Which was picked, or shown at first, whatever the fields say now."""
        return self._organization

    def show_record(self, record: AccountRecord) -> None:
        """Show what is known of the account."""
        self._record = record
        self._show_account()

    def focus_field(self, name: str) -> None:
        """Put the cursor into a field of ``Organization``, by its attribute name."""
        {"code": self._code, "third_id": self._third_id}.get(name, self._name).setFocus()

    def _show_account(self) -> None:
        is_known = bool(self.organization.account_id)
        record = self._record if is_known else None
        self._code.setPlaceholderText(_known_words(record, self.tr("known to the platform")) if is_known else "")
        self.account_changed.emit()


def _known_words(record: AccountRecord | None, words: str) -> str:
    return f"{words} ({record.masked_number})" if record is not None and record.masked_number else words


def _with_reference(told: _Party, known: _Party, typed: str) -> _Party:
    """Return a party with the reference that is typed: the one that came with an account goes with it.

    Another reference means another account.
    """
    if known.account_id and not told.account_id:
        return replace(told, third_id="" if typed == known.third_id else typed)
    if typed and known.third_id and typed != known.third_id:
        return replace(told, third_id=typed, account_id="")
    return replace(told, third_id=typed)
