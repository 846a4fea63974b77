"""The fields of a person and of an organization, as they are filled in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFormLayout, QLineEdit, QWidget

from esign_desktop.domain.account import Organization, Person
from esign_desktop.domain.people.customer_line import MAX_CHARACTERS
from esign_desktop.override import override
from esign_desktop.ui.text.signer import code_type_words, id_type_words
from esign_desktop.ui.widgets.forms import ChoiceField, Form, LineField, Row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from esign_desktop.domain.account import AccountRecord

_Party = TypeVar("_Party", bound=Person | Organization)

_LONGEST_PERSON: Final = 100
_LONGEST_ORGANIZATION: Final = 150


class PartyFields(Form[_Party]):
    """A person's or an organization's fields. Those of a known account need not be filled in.

    The account is theirs as long as name, kind of document and number say so: retyped, it is gone, and typed back as
    it was, it is there again.
    """

    name_typed = Signal()
    name_left = Signal(str)
    """What stands in the field of the name once it is complete, which may be a whole line about the party."""
    account_changed = Signal()
    """Whether the fields still tell whose account was picked may have changed."""

    def __init__(self, nobody: _Party, parent: QWidget | None = None) -> None:
        self._known = nobody
        self._record: AccountRecord | None = None
        super().__init__(nobody, (), parent)
        self.form_layout.setRowWrapPolicy(QFormLayout.RowWrapPolicy.DontWrapRows)
        for row in self._party_rows():
            self.add(row)
            if isinstance(row.field, QLineEdit):
                row.field.textChanged.connect(self._show_account)
            elif isinstance(row.field, ChoiceField):
                row.field.currentIndexChanged.connect(self._show_account)
        self._name = self._line("name")
        self._name.textEdited.connect(self.name_typed)
        self._name.editingFinished.connect(self._on_name_editing_finished)
        self._show_account()

    @property
    def party(self) -> _Party:
        """The party as filled in."""
        return self.read(self._known)

    @property
    def known(self) -> _Party:
        """Who was picked, or shown at first, whatever the fields say now."""
        return self._known

    def show_party(self, party: _Party, record: AccountRecord | None = None) -> None:
        """Fill the fields in; ``record`` is what is known of the party's account."""
        self._known, self._record = party, record
        self.show_value(party)
        self._show_account()

    def show_record(self, record: AccountRecord) -> None:
        """Show what is known of the account."""
        self._record = record
        self._show_account()

    def focus_field(self, name: str) -> None:
        """Put the cursor into a field by its attribute name; into that of the name where there is no such field."""
        try:
            self.field(name).setFocus()
        except KeyError:
            self._name.setFocus()

    def _party_rows(self) -> Iterator[Row[_Party]]:
        raise NotImplementedError

    def _show_known(self, number: str, record: AccountRecord | None) -> None:
        """Say in the empty fields what the platform has of the account: the number in words, and what is known here."""
        raise NotImplementedError

    def _row(
        self,
        name: str,
        label: str,
        clean: Callable[[str], str] = str.strip,
        *,
        max_length: int = 200,
        placeholder: str = "",
    ) -> Row[_Party]:
        line = LineField(max_length=max_length, placeholder=placeholder, undoes_fill=True)
        return Row(name, label, line, set=lambda party, typed: replace(party, **{name: clean(typed)}))

    def _reference_row(self, label: str, placeholder: str) -> Row[_Party]:
        line = LineField(max_length=50, placeholder=placeholder, undoes_fill=True)
        return Row("third_id", label, line, set=self._with_reference)

    def _with_reference(self, party: _Party, typed: str) -> _Party:
        """Return a party with the reference that is typed: the one that came with an account goes with it.

        Another reference means another account.
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

    def _show_account(self) -> None:
        is_known = bool(self.party.account_id)
        record = self._record if is_known else None
        number = self.tr("known to the platform") if is_known else ""
        self._show_known(f"{number} ({record.masked_number})" if record and record.masked_number else number, record)
        self.account_changed.emit()

    def _on_name_editing_finished(self) -> None:
        self.name_left.emit(self._name.text())


class PersonFields(PartyFields[Person]):
    """A person's fields."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Person(""), parent)

    def take_read(self, read: Person) -> None:
        """Fill in what was read of a line; an account of somebody else is gone by that, and undoing brings it back."""
        self._name.show_value(read.name)
        if read.id_number:
            self.field("id_type").show_value(read.id_type)
            self.field("id_number").show_value(read.id_number)
        if read.mobile:
            self.field("mobile").show_value(read.mobile)

    @override
    def _party_rows(self) -> Iterator[Row[Person]]:
        yield self._row(
            "name",
            self.tr("Name"),
            lambda typed: typed.strip()[:_LONGEST_PERSON],
            max_length=MAX_CHARACTERS,
            placeholder=self.tr("or all in one line: name, ID number, mobile"),
        )
        yield Row("id_type", self.tr("ID document"), ChoiceField(id_type_words().items()))
        yield self._row("id_number", self.tr("ID number"), _without_blanks, max_length=40)
        yield self._row("mobile", self.tr("Mobile"), _without_blanks, max_length=30)
        yield self._row("email", self.tr("E-mail"))
        yield self._reference_row(self.tr("Own reference"), self.tr("e.g. customer number"))

    @override
    def _show_known(self, number: str, record: AccountRecord | None) -> None:
        self._line("id_number").setPlaceholderText(number)
        self._line("mobile").setPlaceholderText(record.masked_mobile if record is not None else "")
        email = record.masked_email if record is not None else ""
        self._line("email").setPlaceholderText(email or self.tr("optional"))


class OrganizationFields(PartyFields[Organization]):
    """An organization's own fields; the person who acts for it stands in fields of their own."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Organization(""), parent)

    def take_read(self, read: Organization) -> None:
        """Fill in what was read of a line; an account of another organization is gone by that."""
        self._name.show_value(read.name)
        self.field("code").show_value(read.code)
        self.field("code_type").show_value(read.code_type)

    @override
    def _party_rows(self) -> Iterator[Row[Organization]]:
        yield self._row(
            "name",
            self.tr("Organization"),
            lambda typed: typed.strip()[:_LONGEST_ORGANIZATION],
            max_length=MAX_CHARACTERS,
            placeholder=self.tr("or all in one line: name, code, who acts for it"),
        )
        yield Row("code_type", self.tr("Registration"), ChoiceField(code_type_words().items()))
        yield self._row("code", self.tr("Code"), lambda typed: _without_blanks(typed).upper(), max_length=40)
        yield self._row("legal_name", self.tr("Represented by"), max_length=100, placeholder=self.tr("optional"))
        yield self._reference_row(self.tr("Own reference"), self.tr("e.g. customer number"))

    @override
    def _show_known(self, number: str, record: AccountRecord | None) -> None:
        self._line("code").setPlaceholderText(number)


def _without_blanks(typed: str) -> str:
    return "".join(typed.split())
