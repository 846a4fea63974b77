"""Check the format and the check digits of ID numbers, organization codes, mobile numbers and email addresses.

An impossible value prevents sending. An unusual value only causes a warning, because numbering plans change.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.account import (
    RESIDENTS,
    Organization,
    OrganizationCodeType,
    Person,
    PersonIdType,
    is_email,
    is_mainland_mobile,
)
from esign_desktop.domain.contract.problems import Problem, Severity, SignerSubject
from esign_desktop.domain.people.documents import fits, is_residence_permit
from esign_desktop.domain.people.organization_codes import code_fits
from esign_desktop.domain.signer import OrganizationSigner, PersonSigner

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.signer import Signer

BAD_ID_NUMBER: Final = "signer.bad_id_number"
BAD_CODE: Final = "signer.bad_code"
BAD_MOBILE: Final = "signer.bad_mobile"
BAD_EMAIL: Final = "signer.bad_email"
RESIDENCE_PERMIT: Final = "signer.residence_permit"

_RESIDENT_NUMBER: Final = re.compile(r"[1-8][0-9]{16}[0-9Xx]")
_FOREIGN_NUMBER: Final = re.compile(r"9[0-9]{16}[0-9Xx]")
_OLD_FOREIGN_NUMBER: Final = re.compile(r"[A-Z]{3}[0-9]{12}")
_CREDIT_CODE: Final = re.compile(r"[0-9A-HJ-NP-RTUWXY]{18}")
_ANY_PHONE: Final = re.compile(r"\+?[0-9][0-9 -]{4,18}[0-9]")


def id_number_problem(person: Person) -> str | None:
    """Return the problem code if a person's ID number is wrong, or None otherwise.

    Only a number with a check digit can be recognized as wrong.
    """
    if person.account_id or not person.id_number:
        return None
    if person.id_type in RESIDENTS:
        return None if is_resident_number(person.id_number) else BAD_ID_NUMBER
    if is_residence_permit(person.id_number.upper()):
        # The number of a residence permit has the format of a resident's number, whatever document type is stated.
        return None if is_resident_number(person.id_number) else BAD_ID_NUMBER
    if person.id_type is PersonIdType.FOREIGN_RESIDENCE and person.id_number.isdecimal():
        return None if is_foreign_residence_number(person.id_number) else BAD_ID_NUMBER
    return None


def is_resident_number(number: str) -> bool:
    """Return whether a resident's number has the right format, a real date of birth and the right check digit.

    The region code is not checked. Regions are reorganized, and people keep numbers whose codes are no longer assigned.
    """
    return bool(_RESIDENT_NUMBER.fullmatch(number)) and _has_birth_and_check_digit(number)


def is_foreign_residence_number(number: str) -> bool:
    """Return whether a number can be the number of a foreigner's permanent residence card.

    Numbers issued since 2023 have the format of a resident's number and begin with 9. Older numbers have no check
    digit.
    """
    if _FOREIGN_NUMBER.fullmatch(number):
        return _has_birth_and_check_digit(number)
    return bool(_OLD_FOREIGN_NUMBER.fullmatch(number))


def _has_birth_and_check_digit(number: str) -> bool:
    from stdnum.cn import ric
    from stdnum.exceptions import ValidationError

    try:
        ric.get_birth_date(number)
    except ValidationError:
        return False
    return ric.calc_check_digit(number) == number[-1].upper()


def organization_code_problem(organization: Organization) -> str | None:
    """Return the problem code if an organization's code is wrong, or None otherwise."""
    if organization.account_id or not organization.code:
        return None
    if organization.code_type is OrganizationCodeType.BUSINESS_REGISTRATION:
        # The oldest registration numbers are written in words.
        return None
    return None if is_code(organization.code_type, organization.code.replace("-", "")) else BAD_CODE


def is_code(kind: OrganizationCodeType, code: str) -> bool:
    """Return whether a code has the format and the check character of its type.

    The code must be in uppercase letters and must not contain spaces or dashes.
    """
    return is_credit_code(code) if kind is OrganizationCodeType.UNIFIED_SOCIAL_CREDIT else code_fits(kind, code)


def is_document_number(kind: PersonIdType, number: str) -> bool:
    """Return whether a number has the format and the check digit of its document type.

    The number must be in uppercase letters and must not contain spaces.
    """
    if kind is PersonIdType.HOUSEHOLD_REGISTER:
        return is_resident_number(number)
    return fits(kind, number) and id_number_problem(Person("", number, kind)) is None


def is_credit_code(code: str) -> bool:
    """Return whether a unified social credit code has the right format and the right check character."""
    from stdnum.cn import uscc

    return bool(_CREDIT_CODE.fullmatch(code)) and uscc.calc_check_digit(code) == code[-1]


def is_plausible_mobile(mobile: str, id_type: PersonIdType) -> bool:
    """Return whether a phone number is plausible for the holder of a document of this type.

    Residents need a mainland mobile number. For holders of other documents, any phone number is plausible.
    """
    return is_mainland_mobile(mobile) if id_type in RESIDENTS else _ANY_PHONE.fullmatch(mobile) is not None


def identity_problems(draft: ContractDraft) -> tuple[Problem, ...]:
    """Return the problems with the signers' ID numbers, codes, mobile numbers and email addresses, in signer order."""
    return tuple(problem for signer in draft.signers for problem in _signer(draft, signer))


def _signer(draft: ContractDraft, signer: Signer) -> Iterator[Problem]:
    number = draft.signer_number(signer.id)
    match signer:
        case PersonSigner(person=person):
            found = _person(person, "person")
        case OrganizationSigner(organization=organization, agent=agent):
            found = (*_organization(organization), *_person(agent, "agent"))
        case _:
            found = ()
    for code, severity, field in found:
        yield Problem(code, severity, SignerSubject(signer.id, field), {"number": number})


_Found = tuple[tuple[str, Severity, str], ...]


def _person(person: Person, part: str) -> _Found:
    found = []
    if id_number_problem(person):
        found.append((BAD_ID_NUMBER, Severity.BLOCKING, f"{part}.id_number"))
    elif person.id_type in RESIDENTS and not person.account_id and is_residence_permit(person.id_number.upper()):
        found.append((RESIDENCE_PERMIT, Severity.WARNING, f"{part}.id_number"))
    if person.mobile and not is_plausible_mobile(person.mobile, person.id_type):
        found.append((BAD_MOBILE, Severity.WARNING, f"{part}.mobile"))
    if person.email and not is_email(person.email):
        found.append((BAD_EMAIL, Severity.WARNING, f"{part}.email"))
    return tuple(found)


def _organization(organization: Organization) -> _Found:
    if organization.account_id:
        return ()
    found = []
    if organization_code_problem(organization):
        found.append((BAD_CODE, Severity.BLOCKING, "organization.code"))
    legal_number = organization.legal_id_number
    if id_number_problem(Person("", legal_number, organization.legal_id_type)):
        found.append((BAD_ID_NUMBER, Severity.BLOCKING, "organization.legal_id_number"))
    if organization.email and not is_email(organization.email):
        found.append((BAD_EMAIL, Severity.WARNING, "organization.email"))
    return tuple(found)
