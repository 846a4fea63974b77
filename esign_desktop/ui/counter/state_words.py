"""What the teller is told in large letters, state by state, and which keys help then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from esign_desktop.services.counter import CounterState
from esign_desktop.ui.error_sentences import error_sentence
from esign_desktop.ui.qr.state_mark import Mark
from esign_desktop.ui.words.moments import china_time
from esign_desktop.ui.words.outside_text import one_line

if TYPE_CHECKING:
    from esign_desktop.services.counter import CounterView


@dataclass(frozen=True, slots=True)
class StateWords:
    """``heading`` is short, ``detail`` a sentence or two; ``mark`` stands where there is no code."""

    heading: str
    detail: str = ""
    mark: Mark | None = None


def state_words(view: CounterView) -> StateWords:
    """Say how the desk stands; texts from outside are one line of plain text."""
    match view.state:
        case CounterState.SENDING:
            return StateWords(
                QCoreApplication.translate("CounterWords", "Sending…"),
                QCoreApplication.translate("CounterWords", "The code becomes valid in a moment.") if view.link else "",
            )
        case CounterState.WAITING:
            return _waiting(view)
        case CounterState.SHOWING:
            return _showing(view)
        case CounterState.REVOKING:
            return StateWords(QCoreApplication.translate("CounterWords", "Revoking…"))
        case CounterState.PAUSED | CounterState.FAILED:
            return _stopped(view)
        case CounterState.HELD:
            return StateWords(
                QCoreApplication.translate("CounterWords", "The platform's answer was lost"),
                QCoreApplication.translate(
                    "CounterWords",
                    "Nobody can say whether the contract was started. The customer has not been shown anything. "
                    "Look for the answer first; starting anew is safe as long as no code was shown.",
                ),
                Mark.STOPPED,
            )
        case _:
            return _ended(view)


def patience_words(view: CounterView, seconds: int) -> str:
    """Say what is waited for when it takes long, and what the keys do meanwhile."""
    waiting = QCoreApplication.translate(
        "CounterWords", "Waiting for the platform's answer, for {seconds} seconds now."
    ).format(seconds=seconds)
    if view.state is CounterState.REVOKING:
        return waiting
    what = QCoreApplication.translate(
        "CounterWords", "You may wait; Esc Esc calls it off, and the customer gets no contract."
    )
    return f"{waiting} {what}"


def _waiting(view: CounterView) -> StateWords:
    heading = QCoreApplication.translate("CounterWords", "A contract of today still waits")
    if view.error is not None:
        sentence = error_sentence(view.error)
        return StateWords(heading, f"{one_line(sentence.title)}\n{sentence.remedy}", Mark.WAITING)
    if view.earlier is None:
        return StateWords(heading, "", Mark.WAITING)
    if view.earlier.is_signed:
        signed = QCoreApplication.translate(
            "CounterWords",
            "This customer has signed the same contract, which was sent at {time}. Nothing new has been sent.",
        )
        return StateWords(
            QCoreApplication.translate("CounterWords", "Already signed today"),
            signed.format(time=china_time(view.earlier.sent_at_ms)[-5:]),
            Mark.WAITING,
        )
    if view.earlier.is_entered_anew:
        told = QCoreApplication.translate(
            "CounterWords",
            "The same contract went to this customer at {time} and is not signed. Nothing new has been sent. "
            "Show its code, or revoke it and send a new one.",
        )
    else:
        told = QCoreApplication.translate(
            "CounterWords",
            "It was sent at {time} and is not signed. Its code is still valid and can be shown again. "
            "If the customer has left, leave it: it is on the shift sheet and in Track.",
        )
    words = [told.format(time=china_time(view.earlier.sent_at_ms)[-5:])]
    if view.earlier.has_form:
        words.append(QCoreApplication.translate("CounterWords", "Its form holds what was entered then."))
    return StateWords(heading, "\n".join(words), Mark.WAITING)


def _showing(view: CounterView) -> StateWords:
    if view.error is not None:
        sentence = error_sentence(view.error)
        return StateWords(
            QCoreApplication.translate("CounterWords", "No connection; the code stays valid"), sentence.title
        )
    if view.links_are_missing:
        return StateWords(
            QCoreApplication.translate("CounterWords", "There is no code"),
            QCoreApplication.translate(
                "CounterWords", "The platform has told no link; it sends its own message to the customer."
            ),
            Mark.OVER,
        )
    if view.customers_have_signed:
        return StateWords(
            QCoreApplication.translate("CounterWords", "The customer has signed"),
            QCoreApplication.translate("CounterWords", "The other parties are still to sign."),
            Mark.DONE,
        )
    return StateWords(QCoreApplication.translate("CounterWords", "Waiting for the signature"))


def _stopped(view: CounterView) -> StateWords:
    heading = (
        QCoreApplication.translate("CounterWords", "Not sent yet")
        if view.state is CounterState.PAUSED
        else QCoreApplication.translate("CounterWords", "Not sent")
    )
    if view.error is None:
        return StateWords(heading, "", Mark.STOPPED)
    sentence = error_sentence(view.error)
    kept = QCoreApplication.translate("CounterWords", "The customer's data stay here.")
    return StateWords(heading, f"{one_line(sentence.title)}\n{sentence.remedy}\n{kept}", Mark.STOPPED)


def _ended(view: CounterView) -> StateWords:
    match view.state:
        case CounterState.SIGNED:
            return StateWords(QCoreApplication.translate("CounterWords", "Signed"), "", Mark.DONE)
        case CounterState.REFUSED:
            reason = one_line(view.remark)
            told = QCoreApplication.translate("CounterWords", "The reason given: {reason}").format(reason=reason)
            return StateWords(
                QCoreApplication.translate("CounterWords", "Refused"),
                told if reason else QCoreApplication.translate("CounterWords", "No reason was given."),
                Mark.STOPPED,
            )
        case CounterState.BROKEN_OFF:
            reason = one_line(view.remark)
            told = QCoreApplication.translate("CounterWords", "The reason given: {reason}").format(reason=reason)
            return StateWords(
                QCoreApplication.translate("CounterWords", "Not signed: a signature failed, or another signer refused"),
                told if reason else QCoreApplication.translate("CounterWords", "Track shows whose it was."),
                Mark.STOPPED,
            )
        case CounterState.EXPIRED:
            return StateWords(
                QCoreApplication.translate("CounterWords", "Expired"),
                QCoreApplication.translate("CounterWords", "F12 sends the contract anew to the same customer."),
                Mark.OVER,
            )
        case _:
            return StateWords(QCoreApplication.translate("CounterWords", "Revoked"), "", Mark.OVER)


def state_keys(view: CounterView) -> tuple[tuple[str, str], ...]:
    """Return the keys that do something now, and what."""
    state = view.state
    revoke = ("Esc Esc", QCoreApplication.translate("CounterWords", "revoke and clear"))
    anew = ("F12", QCoreApplication.translate("CounterWords", "send anew"))
    following = ("Enter", QCoreApplication.translate("CounterWords", "next customer"))
    choose = ("F2–F8", QCoreApplication.translate("CounterWords", "choose a contract"))
    keys = {
        CounterState.IDLE: (choose,),
        CounterState.SENDING: (revoke,),
        CounterState.SHOWING: (
            anew,
            ("Ctrl+M", QCoreApplication.translate("CounterWords", "by SMS instead")),
            revoke,
        ),
        CounterState.REVOKING: (),
        CounterState.HELD: (
            ("1", QCoreApplication.translate("CounterWords", "look for the answer")),
            ("2", QCoreApplication.translate("CounterWords", "start anew")),
            ("3", QCoreApplication.translate("CounterWords", "give up")),
        ),
        CounterState.SIGNED: (following,),
    }
    if state is CounterState.SHOWING and view.customers_have_signed:
        return following, revoke
    if state is CounterState.READY:
        return _ready_keys(view, choose)
    if state is CounterState.WAITING:
        return _waiting_keys(view, choose)
    if state in {CounterState.PAUSED, CounterState.FAILED}:
        return (("Enter", QCoreApplication.translate("CounterWords", "try again")), revoke)
    return keys.get(state, (following, anew))


def _ready_keys(view: CounterView, choose: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    goes_on = ("Enter", QCoreApplication.translate("CounterWords", "go on"))
    send = ("Enter", QCoreApplication.translate("CounterWords", "send"))
    back = ("↑", QCoreApplication.translate("CounterWords", "back"))
    clear = ("Esc Esc", QCoreApplication.translate("CounterWords", "clear"))
    document = ("Ctrl+I", QCoreApplication.translate("CounterWords", "other document"))
    if view.wants_look:
        return send, back, clear
    if view.next_question is not None:
        return goes_on, back, clear
    enter = send if view.sends_next else goes_on
    if any(one.name for one in view.customers):
        return enter, document, back, clear
    return choose, enter, document, clear


def _waiting_keys(view: CounterView, choose: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    show = ("Enter", QCoreApplication.translate("CounterWords", "show its code"))
    leave = ("Esc Esc", QCoreApplication.translate("CounterWords", "leave it waiting"))
    if view.earlier is not None and view.earlier.is_signed:
        look = ("Enter", QCoreApplication.translate("CounterWords", "show that it is signed"))
        done = ("Esc Esc", QCoreApplication.translate("CounterWords", "next customer"))
        return look, ("F12", QCoreApplication.translate("CounterWords", "send another one all the same")), done
    if view.earlier is not None and view.earlier.is_entered_anew:
        return show, ("F12", QCoreApplication.translate("CounterWords", "revoke it and send anew")), leave
    return show, choose, leave


def standing_keys() -> tuple[tuple[str, str], ...]:
    """Return the keys that always do the same."""
    return (
        ("F9", QCoreApplication.translate("CounterWords", "blank the customer's screen")),
        ("F10", QCoreApplication.translate("CounterWords", "another screen")),
        ("Ctrl+L", QCoreApplication.translate("CounterWords", "lock")),
        ("Ctrl+T", QCoreApplication.translate("CounterWords", "shift sheet")),
        ("F11", QCoreApplication.translate("CounterWords", "leave the counter")),
    )
