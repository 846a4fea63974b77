"""The form for the signers of staff and branch roles, which an imported preset does not contain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFormLayout, QLineEdit, QPushButton, QWidget

from esign_desktop.domain.account import Organization, OrganizationCodeType, Person, PersonIdType
from esign_desktop.domain.preset.preset import with_branch, with_staff
from esign_desktop.domain.signer import OrganizationSigner, PersonSigner, Signer
from esign_desktop.services.people.identity import is_code, is_document_number
from esign_desktop.ui.text.signer import code_type_words, id_type_words
from esign_desktop.ui.widgets.forms import ChoiceField
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.layouts import vbox

if TYPE_CHECKING:
    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.domain.signer import SignerId

_LONGEST: Final = 100


class PeopleForm(QWidget):
    """A form in which the user enters the signer of a staff or branch role. It is hidden if no role lacks its signer.

    ``filled`` carries the ``Preset`` with the entered signer. The form does not save it.
    """

    filled = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._preset: Preset | None = None
        self._role: Signer | None = None
        self._heading = PlainLabel(self, self.tr("Choose who represents the branch."), is_wrapped=True)
        self._heading.setMinimumWidth(1)
        self._form = QFormLayout()
        self._organization = QLineEdit(self)
        self._code_type = ChoiceField(code_type_words().items())
        self._code = QLineEdit(self)
        self._name = QLineEdit(self)
        self._id_type = ChoiceField(id_type_words().items())
        self._number = QLineEdit(self)
        self._problem_label = PlainLabel(self, is_wrapped=True)
        self._problem_label.setMinimumWidth(1)
        self._save = QPushButton(self.tr("Save &representative"), self)
        self._save.setAutoDefault(False)
        for text, field in (
            (self.tr("&Organization"), self._organization),
            (self.tr("Registration &type"), self._code_type),
            (self.tr("Registration &code"), self._code),
            (self.tr("&Person"), self._name),
            (self.tr("ID t&ype"), self._id_type),
            (self.tr("ID n&umber"), self._number),
        ):
            self._form.addRow(text, field)
            if isinstance(field, ChoiceField):
                field.edited.connect(self._show)
            else:
                field.setMaxLength(_LONGEST)
                field.textChanged.connect(self._show)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._form.setVerticalSpacing(8)
        vbox(self._heading, self._form, self._problem_label, self._save, parent=self)
        self._save.clicked.connect(self._on_save_clicked)
        self.show_preset(None)

    def show_preset(self, preset: Preset | None) -> None:
        """Show the form for the first role of the preset that lacks its signer, or hide the form."""
        unknown = preset.roles_without_signer if preset is not None else ()
        self.show_role(preset, unknown[0] if unknown else None)

    def show_role(self, preset: Preset | None, role_id: SignerId | None) -> None:
        """Show the form for the signer of a role, or hide it if ``role_id`` is None. Stored ID numbers are not shown.

        If the form already shows this role, its input is kept.
        """
        role = preset.signer(role_id) if preset is not None and role_id is not None else None
        is_same = (
            (preset is not None and self._preset is not None and preset.id == self._preset.id)
            and (role is not None and self._role is not None)
            and (role.id == self._role.id and type(role) is type(self._role))
        )
        self._preset, self._role = preset, role
        if is_same:
            return
        self.setVisible(role is not None)
        is_branch = isinstance(role, OrganizationSigner)
        self._form.setRowVisible(self._organization, is_branch)
        self._form.setRowVisible(self._code_type, is_branch)
        self._form.setRowVisible(self._code, is_branch)
        self._code_type.show_value(OrganizationCodeType.UNIFIED_SOCIAL_CREDIT)
        self._id_type.show_value(PersonIdType.RESIDENT_IDENTITY)
        for edit in (self._code, self._number):
            edit.setText("")
        match role:
            case OrganizationSigner(organization=organization, agent=agent):
                self._organization.setText(organization.name)
                self._name.setText(agent.name)
            case PersonSigner(person=person):
                self._name.setText(person.name)
            case _:
                pass
        self._show()

    def _typed_organization(self) -> Organization:
        code = "".join(self._code.text().split()).replace("-", "").upper()
        return Organization(self._organization.text().strip(), code, self._code_type.read_value())

    def _typed_person(self) -> Person:
        number = "".join(self._number.text().split()).upper()
        return Person(self._name.text().strip(), number, self._id_type.read_value())

    def _problem(self) -> str:
        if isinstance(self._role, OrganizationSigner):
            if not self._organization.text().strip():
                return self.tr("The organization's name is missing.")
            own = self._typed_organization()
            if not is_code(own.code_type, own.code):
                return self.tr("The number doesn't match its type.")
        if not self._name.text().strip():
            return self.tr("The person's name is missing.")
        person = self._typed_person()
        if not is_document_number(person.id_type, person.id_number):
            return self.tr("The ID number doesn't match its type.")
        return ""

    def _show(self) -> None:
        problem = self._problem()
        is_begun = bool(self._code.text() or self._number.text())
        self._problem_label.setText(problem if is_begun else "")
        self._save.setEnabled(not problem)

    def _on_save_clicked(self) -> None:
        preset, role = self._preset, self._role
        if preset is None or self._problem():
            return
        person = self._typed_person()
        match role:
            case OrganizationSigner():
                # The new party replaces the old one completely, including its account ids and its phone number.
                self.filled.emit(with_branch(preset, role.id, self._typed_organization(), person))
            case PersonSigner():
                self.filled.emit(with_staff(preset, role.id, person))
            case _:
                pass
