"""Convert signers, and types of documents, certificates and seals, to translated texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from esign_desktop.domain.account import (
    AccountKind,
    OrganizationCodeType,
    PersonIdType,
    masked_email,
    masked_mobile,
    masked_number,
)
from esign_desktop.domain.signer import (
    ApplicationSigner,
    CertificateType,
    OpenSigner,
    OrganizationSigner,
    PersonSigner,
    SealType,
    display_name,
    role_of,
)
from esign_desktop.ui.text.outside import one_line

if TYPE_CHECKING:
    from esign_desktop.domain.signer import Signer
    from esign_desktop.services.people.accounts import Reach

_ID_TYPES = {
    PersonIdType.RESIDENT_IDENTITY: QT_TRANSLATE_NOOP("SignerWords", "Resident identity card"),
    PersonIdType.PASSPORT: QT_TRANSLATE_NOOP("SignerWords", "Passport"),
    PersonIdType.HONG_KONG_MACAO_PERMIT: QT_TRANSLATE_NOOP("SignerWords", "Hong Kong and Macao travel permit"),
    PersonIdType.TAIWAN_PERMIT: QT_TRANSLATE_NOOP("SignerWords", "Taiwan travel permit"),
    PersonIdType.FOREIGN_RESIDENCE: QT_TRANSLATE_NOOP("SignerWords", "Foreigner's permanent residence card"),
    PersonIdType.TEMPORARY_IDENTITY: QT_TRANSLATE_NOOP("SignerWords", "Temporary identity card"),
    PersonIdType.HOUSEHOLD_REGISTER: QT_TRANSLATE_NOOP("SignerWords", "Household register"),
    PersonIdType.SOCIAL_SECURITY: QT_TRANSLATE_NOOP("SignerWords", "Social security card"),
    PersonIdType.MILITARY: QT_TRANSLATE_NOOP("SignerWords", "Military ID"),
    PersonIdType.ARMED_POLICE: QT_TRANSLATE_NOOP("SignerWords", "Armed police ID"),
}
_CODE_TYPES = {
    OrganizationCodeType.UNIFIED_SOCIAL_CREDIT: QT_TRANSLATE_NOOP("SignerWords", "Unified social credit code"),
    OrganizationCodeType.ORGANIZATION_CODE: QT_TRANSLATE_NOOP("SignerWords", "Organization code"),
    OrganizationCodeType.BUSINESS_REGISTRATION: QT_TRANSLATE_NOOP("SignerWords", "Business registration number"),
}
_CERTIFICATES = {
    CertificateType.LONG_LIVED: QT_TRANSLATE_NOOP("SignerWords", "Long-lived cloud certificate"),
    CertificateType.EVENT: QT_TRANSLATE_NOOP("SignerWords", "Per-event certificate"),
    CertificateType.FINGERPRINT: QT_TRANSLATE_NOOP("SignerWords", "Fingerprint certificate"),
    CertificateType.PHONE_SHIELD: QT_TRANSLATE_NOOP("SignerWords", "Mobile shield certificate"),
    CertificateType.UKEY: QT_TRANSLATE_NOOP("SignerWords", "UKey certificate"),
}
_SEAL_TYPES = {
    SealType.HAND_DRAWN: QT_TRANSLATE_NOOP("SignerWords", "Hand-drawn signature"),
    SealType.TEMPLATE: QT_TRANSLATE_NOOP("SignerWords", "Template seal"),
}


def _word(source: object) -> str:
    return QCoreApplication.translate("SignerWords", str(source))


def id_type_words() -> dict[PersonIdType, str]:
    """Return the translated names of the types of ID documents, the most frequent first."""
    return {kind: _word(source) for kind, source in _ID_TYPES.items()}


def code_type_words() -> dict[OrganizationCodeType, str]:
    """Return the translated names of the types of registration numbers."""
    return {kind: _word(source) for kind, source in _CODE_TYPES.items()}


def certificate_words() -> dict[CertificateType, str]:
    """Return the translated names of the certificate types."""
    return {kind: _word(source) for kind, source in _CERTIFICATES.items()}


def seal_type_words() -> dict[SealType, str]:
    """Return the translated names of the seal types."""
    return {kind: _word(source) for kind, source in _SEAL_TYPES.items()}


def full_name(signer: Signer) -> str:
    """Return the signer's name, preceded by the role in the document if it is known and different."""
    name, role = signer_name(signer), one_line(role_of(signer))
    return name if not role or role == name else f"{role} {name}"


def anytime_words(signer: Signer) -> str:
    """Return the label of the command that excludes a signer from the signing order or includes the signer again."""
    if signer.terms.step:
        return QCoreApplication.translate("SignerWords", "Sign at any time")
    return QCoreApplication.translate("SignerWords", "Sign in order")


def signer_name(signer: Signer) -> str:
    """Return the signer's name as one line.

    If the name is empty, return the role or, without a role, a general term.
    """
    name = one_line(display_name(signer))
    if name.strip():
        return name
    role = one_line(role_of(signer))
    if role:
        return role
    match signer:
        case PersonSigner() | OpenSigner(kind=AccountKind.PERSON):
            return QCoreApplication.translate("SignerWords", "Unnamed person")
        case OrganizationSigner() | OpenSigner():
            return QCoreApplication.translate("SignerWords", "Unnamed organization")
        case ApplicationSigner():
            return QCoreApplication.translate("SignerWords", "Our organization")


def signer_subtitle(signer: Signer, reach: Reach | None = None) -> str:
    """Return a line on how a signer takes part, with the contact address as in ``reach_words``.

    ``reach`` is the contact data of the signer's existing account, or None.
    """
    return " · ".join(part for part in _subtitle_parts(signer, reach_words(signer, reach)) if part)


def short_signer_subtitle(signer: Signer) -> str:
    """Return the line of ``signer_subtitle`` without contact data."""
    return " · ".join(part for part in _subtitle_parts(signer, "") if part)


def reach_words(signer: Signer, reach: Reach | None) -> str:
    """Return the masked address at which a signer is contacted, or an empty text if it is unknown.

    This is the entered address, or else that of the account, unless the platform keeps another one, which is then
    named.
    """
    kept = (reach.mobile or reach.email) if reach is not None else ""
    if reach is not None and reach.is_kept:
        if not kept:
            return QCoreApplication.translate("SignerWords", "platform keeps the old mobile number or email")
        return QCoreApplication.translate("SignerWords", "platform keeps {address}").format(address=one_line(kept))
    return one_line(_reach_of(signer) or kept)


def number_words(signer: Signer, reach: Reach | None) -> str:
    """Return a signer's document type and masked number, or an empty text if the number is unknown."""
    number = number_end(signer, reach)
    match signer:
        case PersonSigner(person=person):
            return f"{_word(_ID_TYPES[person.id_type])} {number}" if number else ""
        case OrganizationSigner(organization=organization):
            return f"{_word(_CODE_TYPES[organization.code_type])} {number}" if number else ""
        case _:
            return ""


def number_end(signer: Signer, reach: Reach | None) -> str:
    """Return a signer's masked document number, or an empty text if the number is unknown."""
    match signer:
        case PersonSigner(person=person):
            return masked_number(person.id_number) or (reach.masked_number if reach is not None else "")
        case OrganizationSigner(organization=organization):
            return masked_number(organization.code)
        case _:
            return ""


def _subtitle_parts(signer: Signer, reach: str) -> tuple[str, ...]:
    # If the signer has no name, the role is shown in its place.
    role = one_line(role_of(signer)) if display_name(signer).strip() else ""
    silently = QCoreApplication.translate("SignerWords", "signs automatically") if signer.terms.is_silent else ""
    match signer:
        case PersonSigner():
            return role, QCoreApplication.translate("SignerWords", "Person"), reach, silently
        case OpenSigner():
            return role, silently
        case OrganizationSigner(agent=agent):
            acting = (
                QCoreApplication.translate("SignerWords", "represented by {name}").format(name=agent.name)
                if agent.name
                else QCoreApplication.translate("SignerWords", "no representative yet")
            )
            return role, acting, reach, silently
        case ApplicationSigner():
            return QCoreApplication.translate("SignerWords", "Our seal"), silently


def _reach_of(signer: Signer) -> str:
    match signer:
        case PersonSigner(person=person) | OrganizationSigner(agent=person):
            return masked_mobile(person.mobile) or masked_email(person.email)
        case _:
            return ""
