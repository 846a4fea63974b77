"""Flows, their signers, and what digital signatures prove, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from esign_desktop.domain.erasure import FORGOTTEN_NAME
from esign_desktop.domain.flow import FlowStatus, SignStatus
from esign_desktop.domain.signature import Integrity, SignatureFact
from esign_desktop.services.flows.progress import payer_name, signer_states, states_in_turn, stopped_by
from esign_desktop.services.flows.rows import MyTurn
from esign_desktop.ui.text.lists import listed
from esign_desktop.ui.text.moments import china_time, circled
from esign_desktop.ui.text.outside import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from esign_desktop.domain.flow import FlowRecord, FlowSigner
    from esign_desktop.services.flows.progress import SignerState


_SIGN_STATUS_WORDS = {
    None: QT_TRANSLATE_NOOP("FlowWords", "not their turn yet"),
    SignStatus.WAITING: QT_TRANSLATE_NOOP("FlowWords", "has not signed yet"),
    SignStatus.SIGNED: QT_TRANSLATE_NOOP("FlowWords", "has signed"),
    SignStatus.FAILED: QT_TRANSLATE_NOOP("FlowWords", "signing failed"),
    SignStatus.REFUSED: QT_TRANSLATE_NOOP("FlowWords", "has declined"),
    SignStatus.TO_BE_CONFIRMED: QT_TRANSLATE_NOOP("FlowWords", "awaiting confirmation"),
}


def flow_status_word(record: FlowRecord) -> str:
    """Name the state of a flow."""
    code = record.detail.code if record.detail is not None else None
    return flow_state_word(record.status, code, stopped_by(signer_states(record)))


def flow_state_word(status: FlowStatus, code: int | None, stopped: SignStatus | None = None) -> str:
    """Name a state; one that the specification does not know shows its number, the raw ``code``.

    ``stopped`` tells what a terminated flow ended of: REFUSED, FAILED, or nobody knows.
    """
    match status:
        case FlowStatus.DRAFT:
            return QCoreApplication.translate("FlowWords", "not shown to signers yet")
        case FlowStatus.SIGNING:
            return QCoreApplication.translate("FlowWords", "awaiting signatures")
        case FlowStatus.COMPLETED:
            return QCoreApplication.translate("FlowWords", "completed")
        case FlowStatus.REVOKED:
            return QCoreApplication.translate("FlowWords", "revoked")
        case FlowStatus.TERMINATED:
            return _end_word(stopped)
        case FlowStatus.EXPIRED:
            return QCoreApplication.translate("FlowWords", "expired")
        case FlowStatus.UNKNOWN:
            shown = "?" if code is None else code
            return QCoreApplication.translate("FlowWords", "unknown ({code})").format(code=shown)


def _end_word(stopped: SignStatus | None) -> str:
    match stopped:
        case SignStatus.REFUSED:
            return QCoreApplication.translate("FlowWords", "declined")
        case SignStatus.FAILED:
            return QCoreApplication.translate("FlowWords", "signing failed")
        case _:
            return QCoreApplication.translate("FlowWords", "ended: declined or failed")


def signer_status_word(state: SignerState) -> str:
    """Name the state of a signer."""
    if state.flow_has_ended and state.status in {None, SignStatus.WAITING, SignStatus.SIGNING}:
        return QCoreApplication.translate("FlowWords", "not signed")
    match state.status:
        case SignStatus.SIGNING:
            return _signing_word(state)
        case SignStatus.UNKNOWN:
            return QCoreApplication.translate("FlowWords", "unknown ({code})").format(code=state.code)
        case status:
            return QCoreApplication.translate("FlowWords", str(_SIGN_STATUS_WORDS[status]))


def signers_in_words(states: Iterable[SignerState]) -> str:
    """Name all signers with their states."""
    return listed(
        f"{state.signer.number} {flow_signer_name(state.signer)} {signer_status_word(state)}" for state in states
    )


def flow_news(title: str, state: str, signers: str) -> str:
    """Say how a flow stands now, for those who don't see it: the same wherever it is said from."""
    sentence = QCoreApplication.translate("FlowWords", "{title}: {state}; {signers}")
    return sentence.format(title=one_line(title), state=state, signers=signers)


def payer_sentence(record: FlowRecord, other_name: str = "") -> str:
    """Say who pays for a flow in our place, and how their package stands (platform documentation 2.2).

    ``other_name`` is whose account pays without signing, if that is known.
    """
    translate = QCoreApplication.translate
    name = with_forgotten(one_line(payer_name(record)))
    if not name and other_name:
        text = translate("FlowWords", "Paid for by {name}, not from your plan")
        return text.format(name=with_forgotten(one_line(other_name)))
    if not name:
        return translate("FlowWords", "Paid for by someone else, not from your plan")
    if record.status is FlowStatus.COMPLETED:
        return translate("FlowWords", "Used from {name}'s plan, not from yours").format(name=name)
    if record.status.is_final:
        return translate("FlowWords", "{name} would have paid; nothing was used").format(name=name)
    return translate("FlowWords", "{name} pays; a contract in their plan is reserved when they sign").format(name=name)


def insecure_link_sentence() -> str:
    """Say why a link that the platform returned is neither shown nor opened."""
    return QCoreApplication.translate(
        "FlowWords",
        "The platform returned only a link that is insecure (http) or points into a "
        "local network, so the link isn't opened. The platform notifies the signer "
        "itself.",
    )


def flow_signer_name(signer: FlowSigner) -> str:
    """Return a signer's name, fit for one line; the platform account's own seal has none."""
    if signer.name == FORGOTTEN_NAME:
        return QCoreApplication.translate("FlowWords", "Deleted person")
    return one_line(signer.name) or QCoreApplication.translate("FlowWords", "This platform")


def with_forgotten(text: str) -> str:
    """Say in words what stands in the place of a forgotten person's name."""
    return text.replace(FORGOTTEN_NAME, QCoreApplication.translate("FlowWords", "(deleted person)"))


def progress_marks(states: tuple[SignerState, ...]) -> str:
    """Return every signer's number with a mark: ``①✓ ②…``."""
    return " ".join(f"{circled(state.signer.number)}{_mark(state)}" for state in states)


def turn_sentence(status: FlowStatus, states: tuple[SignerState, ...]) -> str:
    """Say who has to act, or who ended it, and how many are through: ``waiting for 林小满 · 1/2``."""
    translate = QCoreApplication.translate
    stopped = next((state for state in states if state.has_stopped), None)
    unsigned = [state for state in states if not state.has_signed]
    if stopped is not None:
        who = f"{flow_signer_name(stopped.signer)} {signer_status_word(stopped)}"
    elif status in {FlowStatus.SIGNING, FlowStatus.UNKNOWN} and unsigned:
        names = [flow_signer_name(state.signer) for state in states_in_turn(unsigned)]
        who = translate("FlowWords", "waiting for {names}").format(names=listed(names))
    else:
        who = listed(flow_signer_name(state.signer) for state in states)
    return f"{who} · {len(states) - len(unsigned)}/{len(states)}" if states else ""


def my_turn_sentence(turn: MyTurn, names: Iterable[str] = ()) -> str:
    """Say why a flow waits for whoever sits here; ``names`` are the signers that are to be confirmed."""
    translate = QCoreApplication.translate
    match turn:
        case MyTurn.START:
            return translate(
                "FlowWords", "Action needed: no signer has seen the contract yet. Start signing when you're ready."
            )
        case MyTurn.CONFIRM:
            text = translate("FlowWords", "Action needed: confirm the signature of {names} on the platform.")
            return text.format(names=listed(names))
        case MyTurn.DOWNLOAD:
            return translate("FlowWords", "Action needed: all signers have signed. Download the signed files.")


def _signing_word(state: SignerState) -> str:
    if 0 < state.signed_count < state.document_count:
        return QCoreApplication.translate("FlowWords", "has signed {count} of {total} documents").format(
            count=state.signed_count, total=state.document_count
        )
    return QCoreApplication.translate("FlowWords", "signing")


def _mark(state: SignerState) -> str:
    match state.status:
        case SignStatus.SIGNED:
            return "✓"
        case SignStatus.REFUSED | SignStatus.FAILED:
            return "✗"
        case None:
            return "·"
        case SignStatus.UNKNOWN:
            return "?"
        case _:
            return "…"


def signature_sentences(fact: SignatureFact) -> tuple[str, str, str]:
    """Return who signed and when, whether the document is still the same, and whose word the name rests on."""
    name = one_line(fact.signer_name)
    who = (
        QCoreApplication.translate("SignatureWords", "{name} signed on {moment}").format(
            name=name, moment=china_time(fact.at_ms)
        )
        if fact.at_ms is not None
        else QCoreApplication.translate("SignatureWords", "{name} signed; date unknown").format(name=name)
    )
    return who, _integrity(fact.integrity), _trust(fact)


def signatures_summary(facts: tuple[SignatureFact, ...]) -> str:
    """Say in one line how a file stands."""
    if not facts:
        return QCoreApplication.translate("SignatureWords", "This file has no digital signature.")
    if not all(fact.is_good for fact in facts):
        return QCoreApplication.translate("SignatureWords", "Warning: this file has changed since it was signed.")
    if not all(fact.is_trusted for fact in facts):
        return QCoreApplication.translate(
            "SignatureWords",
            "The file is unchanged since signing, but the signers' certificates are from an "
            "issuer this computer doesn't trust.",
        )
    return QCoreApplication.translate(
        "SignatureWords", "The file is unchanged since signing, and the signers' certificates are trusted."
    )


def _integrity(integrity: Integrity) -> str:
    match integrity:
        case Integrity.UNCHANGED:
            return QCoreApplication.translate("SignatureWords", "No changes since this signature.")
        case Integrity.ONLY_SIGNED:
            return QCoreApplication.translate("SignatureWords", "Only other signatures were added since.")
        case Integrity.CHANGED:
            return QCoreApplication.translate("SignatureWords", "The file was changed after this signature.")
        case Integrity.BROKEN:
            return QCoreApplication.translate("SignatureWords", "The signature doesn't match the file.")


def _trust(fact: SignatureFact) -> str:
    issuer = one_line(fact.issuer_name)
    text = (
        QCoreApplication.translate("SignatureWords", "Certified by {issuer}, which this computer trusts.")
        if fact.is_trusted
        else QCoreApplication.translate("SignatureWords", "Certified by {issuer}, which this computer doesn't trust.")
    )
    return text.format(issuer=issuer)
