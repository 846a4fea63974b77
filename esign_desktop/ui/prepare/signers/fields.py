"""The forms for a person and for an organization. Text in the name field also finds contacts or fills other fields.

For a known party, a summary replaces the other fields until the user presses *Edit* or changes the name.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Final, TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFormLayout, QLineEdit, QPushButton, QWidget

from esign_desktop.domain.account import Organization, Person, folded_name, masked_email, masked_mobile, masked_number
from esign_desktop.domain.people.customer_line import MAX_CHARACTERS
from esign_desktop.override import override
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.text.signer import code_type_words, id_type_words
from esign_desktop.ui.widgets.fold import FoldButton
from esign_desktop.ui.widgets.forms import ChoiceField, Form, LineField, Row
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.layouts import hbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from esign_desktop.domain.account import AccountRecord

_Party = TypeVar("_Party", bound=Person | Organization)

_LONGEST_PERSON: Final = 100
_LONGEST_ORGANIZATION: Final = 150


class PartyFields(Form[_Party]):
    """The form for one party. The fields of a known account may stay empty.

    The account applies only while name, document type and number match it. Changing them removes the account, and
    changing them back restores it.
    """

    name_typed = Signal()
    name_left = Signal(str)
    """Carries the complete text of the name field, which may be a whole line about the party."""
    account_changed = Signal()
    """Emitted when the fields may have started or ceased to match the chosen account."""
    find_requested = Signal(str)
    """Carries the reference that the user wants to look up on the platform."""

    usual: ClassVar[tuple[str, ...]]
    """The names of the fields that are visible without a press of *More*, besides the name."""

    def __init__(self, empty: _Party, parent: QWidget | None = None) -> None:
        self._empty = self._known = empty
        self._record: AccountRecord | None = None
        self._is_opened = False
        self._masked_number = ""
        super().__init__(empty, (), parent)
        self.form_layout.setRowWrapPolicy(QFormLayout.RowWrapPolicy.DontWrapRows)
        self._folded: list[str] = []
        for row in self._party_rows():
            if row.name not in {"name", *self.usual} and not self._folded:
                self.form_layout.addRow(self._more_button())
            if row.name not in {"name", *self.usual}:
                self._folded.append(row.name)
            self.add(row)
            if row.name == "name":
                self.form_layout.addRow(self._summary_row())
            if isinstance(row.field, QLineEdit):
                row.field.textChanged.connect(self._show_account)
            elif isinstance(row.field, ChoiceField):
                row.field.currentIndexChanged.connect(self._show_account)
        self.line = self._line("name")
        """The name field, whose text also finds contacts and may be a whole line about the party."""
        self.line.textEdited.connect(self.name_typed)
        self.line.editingFinished.connect(self._on_name_editing_finished)
        # The name distinguishes the “More” buttons, because a signer's form may contain two.
        self.more.show_about(self.label("name").text())
        self.more.toggled.connect(self._show_account)
        self.change.clicked.connect(self._on_change_clicked)
        self.look_up.clicked.connect(self._on_find_clicked)
        self._show_account()

    @property
    def party(self) -> _Party:
        """The party with the values of the fields."""
        return self.read(self._known)

    @property
    def known(self) -> _Party:
        """The party that was last shown or chosen, regardless of later changes in the fields."""
        return self._known

    def show_party(self, party: _Party, record: AccountRecord | None = None, masked_number: str = "") -> None:
        """Show a party. ``record`` is the data known about the party's account, or None.

        ``masked_number`` is shown as a placeholder for a number that is not stored and that the user must enter.
        """
        self._known, self._record, self._is_opened = party, record, False
        self._masked_number = masked_number
        self.show_value(party)
        self.more.setChecked(any(self._is_filled(name) for name in self._folded))
        self._show_account()

    def show_below_line(self, widget: QWidget) -> None:
        """Insert a widget, such as the list of found contacts, below the name field."""
        self.form_layout.insertRow(1, widget)

    def show_record(self, record: AccountRecord) -> None:
        """Show the data known about the party's account, as long as the fields match the account."""
        self._record = record
        self._show_account()

    def focus_field(self, name: str) -> None:
        """Move the keyboard focus to the field for the attribute ``name`` of the party, and show the field if hidden.

        If there is no such field, focus the name field.
        """
        try:
            field = self.field(name)
        except KeyError:
            field = self.line
        if name != "name" and field is not self.line:
            self._is_opened = True
        if name in self._folded:
            self.more.setChecked(True)
        self._show_account()
        field.setFocus()
        if field is self.line:
            # The name, which may be from the document, is selected, so that Enter keeps it and typing replaces it.
            self.line.selectAll()

    def _party_rows(self) -> Iterator[Row[_Party]]:
        raise NotImplementedError

    def _show_known(self, number: str, record: AccountRecord | None) -> None:
        """Show the known account data as placeholders. ``number`` is the placeholder for the number field."""
        raise NotImplementedError

    def _summary(self, party: _Party, record: AccountRecord | None) -> str:
        """Return a summary of a known party, with masked data."""
        raise NotImplementedError

    def _more_button(self) -> FoldButton:
        self.more = FoldButton(self, self.tr("More"))
        return self.more

    def _summary_row(self) -> QWidget:
        self.summary = PlainLabel(self, is_wrapped=True)
        self.summary.setObjectName("hint")
        self.change = QPushButton(self.tr("Edit"), self)
        self.change.setObjectName("compact")
        self.change.setAutoDefault(False)
        self._summary_box = QWidget(self)
        hbox((self.summary, 1), (self.change, Qt.AlignmentFlag.AlignTop), parent=self._summary_box)
        return self._summary_box

    def _row(
        self,
        name: str,
        label: str,
        clean: Callable[[str], str] = str.strip,
        *,
        max_length: int = 200,
        placeholder: str = "",
        tip: str = "",
    ) -> Row[_Party]:
        line = LineField(max_length=max_length, placeholder=placeholder, undoes_fill=True)
        return Row(name, label, line, set=lambda party, typed: replace(party, **{name: clean(typed)}), tip=tip)

    def _reference_row(self, label: str, placeholder: str) -> Row[_Party]:
        line = LineField(max_length=50, placeholder=placeholder, undoes_fill=True)
        self.look_up = QPushButton(self.tr("Find"), self)
        self.look_up.setToolTip(self.tr("Look up your reference (thirdId) on the platform"))
        self.look_up.setAutoDefault(False)
        return Row("third_id", label, line, set=self._with_reference, beside=self.look_up)

    def _with_reference(self, party: _Party, typed: str) -> _Party:
        """Return the party with the entered reference.

        If the party has lost its account, the account's own reference is removed. A different reference removes the
        account.
        """
        known, typed = self._known, typed.strip()
        if known.account_id and not party.account_id:
            return replace(party, third_id="" if typed == known.third_id else typed)
        if typed and known.third_id and typed != known.third_id:
            return replace(party, third_id=typed, account_id="")
        return replace(party, third_id=typed)

    def _line(self, name: str) -> LineField:
        field = self.field(name)
        assert isinstance(field, LineField)  # noqa: S101  for the type checker
        return field

    def _is_filled(self, name: str) -> bool:
        return bool(getattr(self._known, name) != getattr(self._empty, name))

    def _show_account(self) -> None:
        party = self.party
        is_known = bool(party.account_id)
        record = self._record if is_known else None
        is_same = folded_name(party.name) == folded_name(self._known.name)
        number = self.tr("has platform account") if is_known else self._masked_number if is_same else ""
        self._show_known(f"{number} ({record.masked_number})" if record and record.masked_number else number, record)
        is_as_picked = party == self._known and (is_known or bool(party.identity.number))
        is_summed_up = is_as_picked and not self._is_opened
        self.summary.setText(self._summary(party, record) if is_summed_up else "")
        self.form_layout.setRowVisible(self._summary_box, is_summed_up)
        self.form_layout.setRowVisible(self.more, not is_summed_up)
        for name in self.usual:
            self.set_row_visible(name, is_visible=not is_summed_up)
        for name in self._folded:
            self.set_row_visible(name, is_visible=self.more.isChecked() and not is_summed_up)
        self.account_changed.emit()

    def _on_name_editing_finished(self) -> None:
        self.name_left.emit(self.line.text())

    def _on_change_clicked(self) -> None:
        self._is_opened = True
        self._show_account()
        self.field(self.usual[0]).setFocus()

    def _on_find_clicked(self) -> None:
        text = self._line("third_id").text().strip()
        if text:
            self.find_requested.emit(text)


class PersonFields(PartyFields[Person]):
    """The form for a person."""

    usual = ("id_number", "mobile")

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Person(""), parent)

    def take_read(self, read: Person) -> None:
        """Fill in the data read from a line about a person. Data that the line lacks is not changed.

        The account of a different person is removed. The user can undo the changes of the fields.
        """
        self.line.show_value(read.name)
        if read.id_number:
            self.field("id_type").show_value(read.id_type)
            self.field("id_number").show_value(read.id_number)
            if read.id_type is not self._empty.id_type:
                self.more.setChecked(True)
        if read.mobile:
            self.field("mobile").show_value(read.mobile)

    @override
    def _party_rows(self) -> Iterator[Row[Person]]:
        yield self._row(
            "name",
            self.tr("Name"),
            lambda typed: typed.strip()[:_LONGEST_PERSON],
            max_length=MAX_CHARACTERS,
            placeholder=self.tr("find by name, or paste a line"),
            tip=self.tr(
                "Name, pinyin, initials or last digits of a contact; or name, ID number and mobile number in any order"
            ),
        )
        yield self._row("id_number", self.tr("ID number"), _without_blanks, max_length=40)
        yield self._row("mobile", self.tr("Mobile"), _without_blanks, max_length=30)
        yield Row("id_type", self.tr("ID type"), ChoiceField(id_type_words().items()))
        yield self._row("email", self.tr("Email"))
        yield self._reference_row(self.tr("Your reference"), self.tr("e.g. customer number"))

    @override
    def _show_known(self, number: str, record: AccountRecord | None) -> None:
        self._line("id_number").setPlaceholderText(number)
        self._line("mobile").setPlaceholderText(record.masked_mobile if record is not None else "")
        email = record.masked_email if record is not None else ""
        self._line("email").setPlaceholderText(email or self.tr("optional"))

    @override
    def _summary(self, party: Person, record: AccountRecord | None) -> str:
        number = masked_number(party.id_number) or (record.masked_number if record else "")
        reach = masked_mobile(party.mobile) or masked_email(party.email)
        kept = (record.masked_mobile or record.masked_email) if record else ""
        document = f"{id_type_words()[party.id_type]} {number}" if number else ""
        known = self.tr("has platform account") if party.account_id else self.tr("no platform account yet")
        return "\n".join((_summed_up(document, reach or kept), _summed_up(party.third_id, known))).strip()


class OrganizationFields(PartyFields[Organization]):
    """The form for an organization, without its agent."""

    usual = ("code",)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Organization(""), parent)

    def take_read(self, read: Organization) -> None:
        """Fill in the name, number and number type read from a line about an organization.

        The account of a different organization is removed.
        """
        self.line.show_value(read.name)
        self.field("code").show_value(read.code)
        self.field("code_type").show_value(read.code_type)

    @override
    def _party_rows(self) -> Iterator[Row[Organization]]:
        optional = self.tr("optional")
        yield self._row(
            "name",
            self.tr("Organization"),
            lambda typed: typed.strip()[:_LONGEST_ORGANIZATION],
            max_length=MAX_CHARACTERS,
            placeholder=self.tr("find by name, or paste a line"),
            tip=self.tr(
                "Name, pinyin, initials or last digits of a contact; or name, registration "
                "number and representative in any order"
            ),
        )
        yield self._row(
            "code", self.tr("Registration number"), lambda typed: _without_blanks(typed).upper(), max_length=40
        )
        yield Row("code_type", self.tr("Registration type"), ChoiceField(code_type_words().items()))
        yield self._row("legal_name", self.tr("Legal representative"), max_length=100, placeholder=optional)
        yield Row("legal_id_type", self.tr("Their ID type"), ChoiceField(id_type_words().items()))
        yield self._row(
            "legal_id_number", self.tr("Their ID number"), _without_blanks, max_length=40, placeholder=optional
        )
        yield self._row("email", self.tr("Email"), placeholder=optional)
        yield self._reference_row(self.tr("Your reference"), self.tr("e.g. customer number"))

    @override
    def _show_known(self, number: str, record: AccountRecord | None) -> None:
        self._line("code").setPlaceholderText(number)

    @override
    def _summary(self, party: Organization, record: AccountRecord | None) -> str:
        number = masked_number(party.code) or (record.masked_number if record else "")
        code = f"{code_type_words()[party.code_type]} {number}" if number else ""
        known = self.tr("has platform account") if party.account_id else self.tr("no platform account yet")
        return "\n".join((_summed_up(code, party.legal_name), _summed_up(party.third_id, known))).strip()


def _summed_up(*parts: str) -> str:
    return " · ".join(one_line(part) for part in parts if part)


def _without_blanks(typed: str) -> str:
    return "".join(typed.split())
