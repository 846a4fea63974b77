"""What digital signatures prove, in plain words."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication

from esign_desktop.services.signatures import Integrity, SignatureFact
from esign_desktop.ui.words.moments import china_time
from esign_desktop.ui.words.outside_text import one_line

_MOST_LINES: Final = 8


def signature_sentences(fact: SignatureFact) -> tuple[str, str, str]:
    """Return who signed and when, whether the document is still the same, and whose word the name rests on."""
    name = one_line(fact.signer_name)
    who = (
        QCoreApplication.translate("SignatureWords", "{name} signed on {moment}").format(
            name=name, moment=china_time(fact.at_ms)
        )
        if fact.at_ms is not None
        else QCoreApplication.translate("SignatureWords", "{name} signed; when is not said").format(name=name)
    )
    return who, _integrity(fact.integrity), _trust(fact)


def signatures_summary(facts: tuple[SignatureFact, ...]) -> str:
    """Say in one line how a file stands."""
    if not facts:
        return QCoreApplication.translate("SignatureWords", "This file carries no digital signature.")
    if not all(fact.is_good for fact in facts):
        return QCoreApplication.translate("SignatureWords", "Careful: this file is not as it was signed.")
    if not all(fact.is_trusted for fact in facts):
        return QCoreApplication.translate(
            "SignatureWords",
            "The file is as it was signed; who signed it rests on an issuer this computer does not know.",
        )
    return QCoreApplication.translate("SignatureWords", "The file is as it was signed, and the signers are certified.")


def signed_explanation(facts: tuple[SignatureFact, ...]) -> str:
    """Say of a file that is to be sent who has signed it already, a line each."""
    lines = []
    for fact in facts[:_MOST_LINES]:
        who, integrity, trust = signature_sentences(fact)
        lines.append(f"• {who} {integrity} {trust}")
    return "\n".join((signatures_summary(facts), *lines, *(("…",) if len(facts) > _MOST_LINES else ())))


def _integrity(integrity: Integrity) -> str:
    match integrity:
        case Integrity.UNCHANGED:
            return QCoreApplication.translate("SignatureWords", "Nothing was changed since.")
        case Integrity.ONLY_SIGNED:
            return QCoreApplication.translate("SignatureWords", "Since then only others have signed.")
        case Integrity.CHANGED:
            return QCoreApplication.translate("SignatureWords", "Something was changed after this signature.")
        case Integrity.BROKEN:
            return QCoreApplication.translate("SignatureWords", "The signature does not fit the file.")


def _trust(fact: SignatureFact) -> str:
    issuer = one_line(fact.issuer_name)
    text = (
        QCoreApplication.translate("SignatureWords", "Certified by {issuer}, whom this computer trusts.")
        if fact.is_trusted
        else QCoreApplication.translate("SignatureWords", "Certified by {issuer}, whom this computer does not know.")
    )
    return text.format(issuer=issuer)
