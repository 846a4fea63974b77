"""Convert contacts and their accounts to translated texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication

from esign_desktop.domain.account import (
    AccountKind,
    Organization,
    OrganizationCodeType,
    Person,
    PersonIdType,
    is_email,
)
from esign_desktop.services.people.identity import (
    id_number_problem,
    is_plausible_mobile,
    organization_code_problem,
)
from esign_desktop.ui.text.environment import environment_name
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.text.signer import code_type_words, id_type_words

if TYPE_CHECKING:
    from esign_desktop.domain.account import AccountRecord
    from esign_desktop.domain.people.contact import Contact


_MOST_CHARACTERS: Final = 20
"""The greatest number of characters of each part of an account's line."""


def number_type_word(number_type: PersonIdType | OrganizationCodeType | None) -> str:
    """Return the name of an ID document type or a registration type, or *ID number* if the type is None."""
    if isinstance(number_type, PersonIdType):
        return id_type_words()[number_type]
    if isinstance(number_type, OrganizationCodeType):
        return code_type_words()[number_type]
    return QCoreApplication.translate("ContactWords", "ID number")


def kind_word(contact: Contact) -> str:
    """Return *Person* or *Organization*, followed by *Ours* for the user's own parties."""
    translate = QCoreApplication.translate
    ours = translate("ContactWords", "Ours")
    kind = translate("ContactWords", "Person") if contact.is_person else translate("ContactWords", "Organization")
    return f"{kind} · {ours}" if contact.is_ours else kind


def party_troubles(party: Person | Organization) -> dict[str, str]:
    """Return a sentence for each invalid field, keyed by the name of the attribute. Empty fields are valid.

    The result is empty if all fields are valid.
    """
    translate = QCoreApplication.translate
    wrong = translate(
        "ContactWords", "Invalid ID number: the check digit doesn't match. Compare the number with the ID document."
    )
    troubles: dict[str, str] = {}
    if isinstance(party, Person):
        if id_number_problem(party):
            troubles["id_number"] = wrong
        if party.mobile and not is_plausible_mobile(party.mobile, party.id_type):
            troubles["mobile"] = translate("ContactWords", "Invalid mobile number.")
    else:
        if organization_code_problem(party):
            troubles["code"] = wrong
        if id_number_problem(Person("", party.legal_id_number, party.legal_id_type)):
            troubles["legal_id_number"] = wrong
    if party.email and not is_email(party.email):
        troubles["email"] = translate("ContactWords", "Invalid email address.")
    return troubles


def account_line(record: AccountRecord, *, is_only: bool, agent_name: str = "") -> str:
    """Return a line on an account: its environment, contact address or agent, and reference.

    Contact addresses are masked.

    ``agent_name`` is the name of an organization's agent, or empty if it is unknown. Unless ``is_only`` is True, the
    line also states whether the account is in use.
    """
    translate = QCoreApplication.translate
    where = environment_name(record.environment)
    reach = one_line(record.masked_mobile or record.masked_email, most_characters=_MOST_CHARACTERS)
    if record.kind is AccountKind.ORGANIZATION:
        name = one_line(agent_name, most_characters=_MOST_CHARACTERS)
        through = translate("ContactWords", "represented by {name}").format(name=name)
        parts = [where, through if name else translate("ContactWords", "representative not saved")]
    else:
        parts = [where, reach or translate("ContactWords", "mobile number not saved")]
    if record.own_reference:
        parts.append(one_line(record.own_reference, most_characters=_MOST_CHARACTERS))
    if not is_only:
        parts.append(translate("ContactWords", "in use") if record.is_current else translate("ContactWords", "former"))
    return " · ".join(parts)
