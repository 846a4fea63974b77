"""Convert flows, their signers, and the results of verifying digital signatures to translated texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from esign_desktop.domain.erasure import FORGOTTEN_NAME
from esign_desktop.domain.flow import FlowStatus, SignStatus
from esign_desktop.domain.signature import Integrity, SignatureFact
from esign_desktop.services.flows.progress import (
    end_reason,
    own_signer_due,
    payer_name,
    signer_states,
    states_in_turn,
    stopped_by,
)
from esign_desktop.services.flows.rows import MyTurn
from esign_desktop.ui.text.lists import listed
from esign_desktop.ui.text.moments import china_time, near_china_time
from esign_desktop.ui.text.outside import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from esign_desktop.domain.flow import FlowRecord, FlowSigner
    from esign_desktop.services.flows.progress import SignerState
    from esign_desktop.services.flows.rows import FlowRow


_SIGN_STATUS_WORDS = {
    None: QT_TRANSLATE_NOOP("FlowWords", "not their turn yet"),
    SignStatus.WAITING: QT_TRANSLATE_NOOP("FlowWords", "has not signed yet"),
    SignStatus.SIGNED: QT_TRANSLATE_NOOP("FlowWords", "has signed"),
    SignStatus.FAILED: QT_TRANSLATE_NOOP("FlowWords", "signing failed"),
    SignStatus.REFUSED: QT_TRANSLATE_NOOP("FlowWords", "has declined"),
    SignStatus.TO_BE_CONFIRMED: QT_TRANSLATE_NOOP("FlowWords", "awaiting confirmation"),
}


def flow_status_word(record: FlowRecord) -> str:
    """Return the translated name of a flow's state, in lower case."""
    code = record.detail.code if record.detail is not None else None
    return flow_state_word(record.status, code, stopped_by(signer_states(record)))


def flow_state_word(status: FlowStatus, code: int | None, stopped: SignStatus | None = None) -> str:
    """Return the translated name of a flow's state, in lower case.

    For an unknown state, the name contains ``code``, the platform's number of the state. ``stopped`` is the reason why
    a terminated flow ended: REFUSED, FAILED, or None if the reason is unknown.
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
    """Return the translated name of a signer's state, in lower case."""
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
    """Return the number, name and state of all signers, as a list in one line."""
    return listed(
        f"{state.signer.number} {flow_signer_name(state.signer)} {signer_status_word(state)}" for state in states
    )


def contract_name(title: str, customer: str) -> str:
    """Return a contract's title with the name of its customer, as one line, such as ``劳动合同 – 林小满``.

    The customer is left out if the title contains the name already. ``customer`` may be empty.
    """
    name, who = one_line(title), one_line(customer)
    return f"{name} – {who}" if name and who and who not in name else name


def flow_news(title: str, state: str, signers: str) -> str:
    """Return a sentence on a flow's new state, for notifications and screen readers."""
    sentence = QCoreApplication.translate("FlowWords", "{title}: {state}; {signers}")
    return sentence.format(title=one_line(title), state=state, signers=signers)


def payer_sentence(record: FlowRecord, other_name: str = "") -> str:
    """Return a sentence on the other party that pays for a flow, and on that party's plan (platform documentation 2.2).

    ``other_name`` is the name of a payer who is not a signer, or empty if it is unknown.
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
    """Return a sentence which explains why an insecure signing link is neither shown nor opened."""
    return QCoreApplication.translate(
        "FlowWords",
        "The platform returned only a link that is insecure (http) or points into a "
        "local network, so the link isn't opened. The platform notifies the signer "
        "itself.",
    )


def flow_signer_name(signer: FlowSigner) -> str:
    """Return a signer's name as one line.

    The account of the user's organization has no name and is called *Our organization*. An erased name is replaced by
    *Deleted person*.
    """
    if signer.name == FORGOTTEN_NAME:
        return QCoreApplication.translate("FlowWords", "Deleted person")
    return one_line(signer.name) or QCoreApplication.translate("FlowWords", "Our organization")


def with_forgotten(text: str) -> str:
    """Return a text in which the placeholder of an erased name is replaced by readable words."""
    return text.replace(FORGOTTEN_NAME, QCoreApplication.translate("FlowWords", "(deleted person)"))


def progress_text(row: FlowRow) -> str:
    """Return what a contract in the list waits for, or how it ended, such as ``waiting for 林小满 · 1/2``."""
    translate = QCoreApplication.translate
    states = row.states
    stopped = [state for state in states if state.has_stopped]
    to_confirm = [state for state in states if state.status is SignStatus.TO_BE_CONFIRMED]
    unsigned = [state for state in states if not state.has_signed]
    if stopped:
        # The names are last, because the end of a long text is cut off.
        text = translate("FlowWords", "{state}: {names}")
        return text.format(state=_end_word(stopped_by(stopped)), names=_names(stopped))
    if row.my_turn is MyTurn.DOWNLOAD:
        return translate("FlowWords", "completed, not downloaded yet")
    if to_confirm and not row.status.is_final:
        return translate("FlowWords", "unconfirmed: {names}").format(names=_names(to_confirm))
    text = flow_state_word(row.status, row.code)
    if row.status is FlowStatus.SIGNING and unsigned:
        text = translate("FlowWords", "waiting for {names}").format(names=_names(states_in_turn(unsigned)))
    is_counted = bool(states) and row.status not in {FlowStatus.DRAFT, FlowStatus.COMPLETED}
    return f"{text} · {len(states) - len(unsigned)}/{len(states)}" if is_counted else text


def status_sentence(record: FlowRecord, now_ms: int) -> str:
    """Return a sentence on the state of a contract, with the reason or the deadline if there is one.

    ``now_ms`` is the current time, in milliseconds since the epoch.
    """
    translate = QCoreApplication.translate
    states = signer_states(record)
    for state in states:
        if state.has_stopped:
            is_refused = state.status is SignStatus.REFUSED
            declined = translate("FlowWords", "{name} declined")
            text = declined if is_refused else translate("FlowWords", "{name} failed to sign")
            return _with_reason(text.format(name=flow_signer_name(state.signer)), state.remark)
    match record.status:
        case FlowStatus.DRAFT:
            return translate("FlowWords", "No signer has seen the contract yet")
        case FlowStatus.COMPLETED if not record.downloaded_to:
            return translate("FlowWords", "All signers have signed; not downloaded yet")
        case FlowStatus.COMPLETED:
            return translate("FlowWords", "All signers have signed")
        case FlowStatus.EXPIRED:
            text = translate("FlowWords", "Expired before {names} signed")
            return text.format(names=_names(state for state in states if not state.has_signed))
        case FlowStatus.REVOKED | FlowStatus.TERMINATED:
            return _with_reason(flow_status_word(record).capitalize(), end_reason(record))
        case _:
            text = _awaited(record, states)
    if record.deadline_ms is None:
        return text
    until = near_china_time(record.deadline_ms, now_ms)
    return translate("FlowWords", "{text}, due {moment}").format(text=text, moment=until)


def _awaited(record: FlowRecord, states: tuple[SignerState, ...]) -> str:
    translate = QCoreApplication.translate
    to_confirm = [state for state in states if state.status is SignStatus.TO_BE_CONFIRMED]
    if to_confirm:
        text = translate("FlowWords", "The signature of {names} awaits confirmation on the platform")
        return text.format(names=_names(to_confirm))
    if own_signer_due(record) is not None:
        return translate("FlowWords", "Our seal is due")
    in_turn = states_in_turn(states)
    if not in_turn or record.status is FlowStatus.UNKNOWN:
        return flow_status_word(record).capitalize()
    return translate("FlowWords", "Waiting for {names} to sign").format(names=_names(in_turn))


def _with_reason(text: str, reason: str) -> str:
    if not reason:
        return text
    return QCoreApplication.translate("FlowWords", "{text}: {reason}").format(text=text, reason=one_line(reason))


def _names(states: Iterable[SignerState]) -> str:
    return listed(flow_signer_name(state.signer) for state in states)


def _signing_word(state: SignerState) -> str:
    if 0 < state.signed_count < state.document_count:
        return QCoreApplication.translate("FlowWords", "has signed {count} of {total} documents").format(
            count=state.signed_count, total=state.document_count
        )
    return QCoreApplication.translate("FlowWords", "signing")


def signature_sentences(fact: SignatureFact) -> tuple[str, str, str]:
    """Return three sentences on a signature: signer and time, changes of the file, and trust in the certificate."""
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
    """Return a sentence on the combined result of all signatures of a file. ``facts`` may be empty."""
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
