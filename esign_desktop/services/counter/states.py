"""The state machine of the counter: its states, events and transitions."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class CounterState(StrEnum):
    """The state of the counter.

    - IDLE: no preset is chosen.
    - READY: the counter is waiting for a customer.
    - WAITING: a contract from today was found. Its QR code is hidden. Call ``show_waiting``, ``renew`` or ``clear``.
    - SENDING, REVOKING: requests are running. Both states end without further calls.
    - SHOWING: the QR code is on the screen.
    - PAUSED, FAILED: ``error`` contains the reason. Call ``retry``. The customers stay entered.
    - HELD: the teller has to decide. Call ``decide``. The customers stay entered.

    The remaining states describe how a contract ended.
    """

    IDLE = "idle"
    READY = "ready"
    WAITING = "waiting"
    SENDING = "sending"
    SHOWING = "showing"
    REVOKING = "revoking"
    PAUSED = "paused"
    FAILED = "failed"
    HELD = "held"
    SIGNED = "signed"
    REFUSED = "refused"
    BROKEN_OFF = "broken_off"
    """A signature failed, or a signer who is not a customer refused to sign."""
    EXPIRED = "expired"
    REVOKED = "revoked"

    @property
    def is_under_way(self) -> bool:
        """Whether requests are running that the teller has to wait for."""
        return self in {CounterState.SENDING, CounterState.REVOKING}

    @property
    def is_ended(self) -> bool:
        """Whether the contract has ended, so that the next customer can be entered."""
        return self in _ENDS

    @property
    def may_be_renewed(self) -> bool:
        """Whether a new contract may replace the current one. A contract that has not ended must be revoked first."""
        return self is CounterState.SHOWING or (self.is_ended and self is not CounterState.SIGNED)

    @property
    def may_be_revoked(self) -> bool:
        """Whether the contract may be revoked: it is being sent, or it is shown, paused, failed or held."""
        return self in _REVOCABLE


class CounterEvent(StrEnum):
    """An event in the life of the current contract."""

    FIND = "find"
    """A contract from today with the same customers was found."""
    SEND = "send"
    """Sending starts or continues."""
    SHOW = "show"
    PAUSE = "pause"
    FAIL = "fail"
    HOLD = "hold"
    REVOKE = "revoke"
    """Revoking starts."""
    KEEP = "keep"
    """The revocation failed, and the contract continues."""
    SIGN = "sign"
    REFUSE = "refuse"
    BREAK_OFF = "break off"
    EXPIRE = "expire"
    END_REVOKED = "end revoked"
    """The contract was revoked, on this computer or elsewhere, or was cancelled before its signers saw it."""


_S, _E = CounterState, CounterEvent
_ENDS: Final = frozenset({_S.SIGNED, _S.REFUSED, _S.BROKEN_OFF, _S.EXPIRED, _S.REVOKED})
_REVOCABLE: Final = frozenset({_S.SENDING, _S.SHOWING, _S.PAUSED, _S.FAILED, _S.HELD})
_SENT_ANEW: Final = frozenset({_S.READY, _S.WAITING, _S.REVOKING, _S.PAUSED, _S.FAILED, _S.HELD}) | _ENDS - {_S.SIGNED}
_ENDING: Final = frozenset({_S.WAITING, _S.SENDING, _S.SHOWING, _S.REVOKING, _S.HELD})
_TRANSITIONS: Final = {
    _E.FIND: (_S.WAITING, frozenset({_S.READY})),
    _E.SEND: (_S.SENDING, _SENT_ANEW),
    _E.SHOW: (_S.SHOWING, frozenset({_S.WAITING, _S.SENDING, _S.HELD})),
    _E.PAUSE: (_S.PAUSED, frozenset({_S.READY, _S.SENDING, _S.HELD})),
    # A send may fail before its first request, for example because a file is missing.
    _E.FAIL: (_S.FAILED, _SENT_ANEW | {_S.SENDING}),
    _E.HOLD: (_S.HELD, frozenset({_S.READY, _S.SENDING, _S.HELD})),
    _E.REVOKE: (_S.REVOKING, frozenset({_S.WAITING, _S.SENDING, _S.SHOWING, _S.PAUSED, _S.HELD})),
    _E.SIGN: (_S.SIGNED, _ENDING),
    _E.REFUSE: (_S.REFUSED, _ENDING),
    _E.BREAK_OFF: (_S.BROKEN_OFF, _ENDING),
    _E.EXPIRE: (_S.EXPIRED, _ENDING),
    _E.END_REVOKED: (_S.REVOKED, _ENDING),
}


def next_state(state: CounterState, event: CounterEvent, before_revoking: CounterState) -> CounterState:
    """Return the state that follows an event. Raises ValueError for a transition that is not in the table.

    In the table, "back" is the state before REVOKING. "end" stands for SIGN, REFUSE, BREAK_OFF, EXPIRE and END_REVOKED,
    which lead to SIGNED, REFUSED, BROKEN_OFF, EXPIRED and REVOKED. A dot marks an impossible transition.

    ==========  =======  =======  =======  ======  ======  ====  ========  ====  ===
    state       find     send     show     pause   fail    hold  revoke    keep  end
    ==========  =======  =======  =======  ======  ======  ====  ========  ====  ===
    idle        .        .        .        .       .       .     .         .     .
    ready       waiting  sending  .        paused  failed  held  .         .     .
    waiting     .        sending  showing  .       failed  .     revoking  .     end
    sending     .        .        showing  paused  failed  held  revoking  .     end
    showing     .        .        .        .       .       .     revoking  .     end
    revoking    .        sending  .        .       failed  .     .         back  end
    paused      .        sending  .        .       failed  .     revoking  .     .
    failed      .        sending  .        .       failed  .     .         .     .
    held        .        sending  showing  paused  failed  held  revoking  .     end
    signed      .        .        .        .       .       .     .         .     .
    refused     .        sending  .        .       failed  .     .         .     .
    broken_off  .        sending  .        .       failed  .     .         .     .
    expired     .        sending  .        .       failed  .     .         .     .
    revoked     .        sending  .        .       failed  .     .         .     .
    ==========  =======  =======  =======  ======  ======  ====  ========  ====  ===
    """
    if event is _E.KEEP and state is _S.REVOKING:
        return before_revoking
    target, sources = _TRANSITIONS.get(event, (state, frozenset()))
    if state not in sources:
        raise ValueError(f"{event} of a contract that is {state}")
    return target
