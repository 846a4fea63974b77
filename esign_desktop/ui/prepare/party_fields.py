"""The fields of a person and of an organization, as they are filled in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QLabel, QLineEdit, QWidget

from esign_desktop.domain.account import Organization, OrganizationCodeType, Person, PersonIdType
from esign_desktop.domain.customer_line import MAX_CHARACTERS
from esign_desktop.override import override
from esign_desktop.ui.prepare.narrow_choice import NarrowChoice
from esign_desktop.ui.prepare.signer_words import code_type_words, id_type_words

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONGEST_PERSON: Final = 100
_LONGEST_ORGANIZATION: Final = 150


class PartyFields(QWidget):
    """A form that tells of a person's changes and translates itself anew."""

    edited = Signal()
    name_typed = Signal(str)
    """What stands in the field of the name as it is typed, which may be a whole line about the party."""
    name_left = Signal(str)
    """The same, once it is complete."""

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
        label, choice = QLabel(self), NarrowChoice(self)
        label.setBuddy(choice)
        choice.activated.connect(self._on_field_edited)
        self._form.addRow(label, choice)
        return label, choice

    def _on_field_edited(self) -> None:
        self.edited.emit()


def _fill(choice: QComboBox, words: Mapping[int, str]) -> None:
    """Put the words of an enumeration into a choice; what was chosen stays."""
    chosen = choice.currentData()
    choice.clear()
    for value, text in words.items():
        choice.addItem(text, value)
    choice.setCurrentIndex(max(0, choice.findData(chosen)))


class PersonFields(PartyFields):
    """A person's fields. With a known account only the ways to reach them need filling in."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._person = Person("")
        self._name_label, self._name = self._add_name()
        self._id_type_label, self._id_type = self._add_choice()
        self._id_number_label, self._id_number = self._add_line(max_length=40)
        self._mobile_label, self._mobile = self._add_line(max_length=30)
        self._email_label, self._email = self._add_line()
        self._third_id_label, self._third_id = self._add_line(max_length=50)
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
        self._email.setPlaceholderText(self.tr("optional"))
        _fill(self._id_type, {int(kind): word for kind, word in id_type_words().items()})
        self._show_id_hint()

    @property
    def person(self) -> Person:
        """The person as filled in."""
        return replace(
            self._person,
            name=self._name.text().strip()[:_LONGEST_PERSON],
            id_type=PersonIdType(self._id_type.currentData()),
            id_number="".join(self._id_number.text().split()),
            mobile="".join(self._mobile.text().split()),
            email=self._email.text().strip(),
            third_id=self._third_id.text().strip(),
        )

    def show_person(self, person: Person) -> None:
        """Fill the fields in."""
        self._person = person
        self._name.setText(person.name)
        self._id_type.setCurrentIndex(max(0, self._id_type.findData(int(person.id_type))))
        self._id_number.setText(person.id_number)
        self._mobile.setText(person.mobile)
        self._email.setText(person.email)
        self._third_id.setText(person.third_id)
        self._show_id_hint()

    def focus_field(self, name: str) -> None:
        """Put the cursor into a field of ``Person``, by its attribute name."""
        fields = {
            "id_number": self._id_number,
            "mobile": self._mobile,
            "email": self._email,
            "third_id": self._third_id,
        }
        fields.get(name, self._name).setFocus()

    def _show_id_hint(self) -> None:
        known = bool(self._person.account_id)
        self._id_number.setPlaceholderText(self.tr("known to the platform") if known else "")


class OrganizationFields(PartyFields):
    """An organization's own fields; the person who acts for it stands in fields of their own."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._organization = Organization("")
        self._name_label, self._name = self._add_name()
        self._code_type_label, self._code_type = self._add_choice()
        self._code_label, self._code = self._add_line(max_length=40)
        self._legal_name_label, self._legal_name = self._add_line(max_length=100)
        self._third_id_label, self._third_id = self._add_line(max_length=50)
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
        self._show_code_hint()

    @property
    def organization(self) -> Organization:
        """The organization as filled in."""
        return replace(
            self._organization,
            name=self._name.text().strip()[:_LONGEST_ORGANIZATION],
            code_type=OrganizationCodeType(self._code_type.currentData()),
            code="".join(self._code.text().split()).upper(),
            legal_name=self._legal_name.text().strip(),
            third_id=self._third_id.text().strip(),
        )

    def show_organization(self, organization: Organization) -> None:
        """Fill the fields in."""
        self._organization = organization
        self._name.setText(organization.name)
        self._code_type.setCurrentIndex(max(0, self._code_type.findData(int(organization.code_type))))
        self._code.setText(organization.code)
        self._legal_name.setText(organization.legal_name)
        self._third_id.setText(organization.third_id)
        self._show_code_hint()

    def focus_field(self, name: str) -> None:
        """Put the cursor into a field of ``Organization``, by its attribute name."""
        {"code": self._code, "third_id": self._third_id}.get(name, self._name).setFocus()

    def _show_code_hint(self) -> None:
        known = bool(self._organization.account_id)
        self._code.setPlaceholderText(self.tr("known to the platform") if known else "")
