"""The counter's one state machine: where it stands, and what brings it elsewhere."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class CounterState(StrEnum):
    """Where the counter stands.

    IDLE has no preset; READY waits for a customer. WAITING has found a contract of today, whose code is not shown: for
    ``show_waiting``, ``renew`` or ``clear`` to decide. SENDING makes the calls, REVOKING takes back; both are left by
    themselves. SHOWING has a code on the screen. PAUSED and FAILED say why in ``error`` and wait for ``retry``, HELD
    for ``decide``; all three keep the customers. The others are how a contract ended.
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
    """A signature failed, or somebody refused who is no customer."""
    EXPIRED = "expired"
    REVOKED = "revoked"

    @property
    def is_under_way(self) -> bool:
        """Whether calls are being made that the teller has to wait for."""
        return self in {CounterState.SENDING, CounterState.REVOKING}

    @property
    def is_ended(self) -> bool:
        """Whether the contract came to an end, so that the next customer may come."""
        return self in _ENDS

    @property
    def may_be_renewed(self) -> bool:
        """Whether the contract may be revoked, unless it has ended, and sent anew."""
        return self is CounterState.SHOWING or (self.is_ended and self is not CounterState.SIGNED)

    @property
    def may_be_taken_back(self) -> bool:
        """Whether the contract is on its way, or was stopped there, and nobody is to get it after all."""
        return self in _TAKEN_BACK


class CounterEvent(StrEnum):
    """What happens to the current contract."""

    FIND = "find"
    """A contract of today of the same customers was found."""
    SEND = "send"
    """Its calls begin, or go on."""
    SHOW = "show"
    PAUSE = "pause"
    FAIL = "fail"
    HOLD = "hold"
    REVOKE = "revoke"
    """It is being taken back."""
    KEEP = "keep"
    """It could not be taken back."""
    SIGN = "sign"
    REFUSE = "refuse"
    BREAK_OFF = "break off"
    EXPIRE = "expire"
    TAKE_BACK = "take back"
    """It was revoked, here or elsewhere, or called off before anybody saw it."""


_S, _E = CounterState, CounterEvent
_ENDS: Final = frozenset({_S.SIGNED, _S.REFUSED, _S.BROKEN_OFF, _S.EXPIRED, _S.REVOKED})
_TAKEN_BACK: Final = frozenset({_S.SENDING, _S.SHOWING, _S.PAUSED, _S.FAILED, _S.HELD})
_SENT_ANEW: Final = frozenset({_S.READY, _S.WAITING, _S.REVOKING, _S.PAUSED, _S.FAILED, _S.HELD}) | _ENDS - {_S.SIGNED}
_ENDING: Final = frozenset({_S.WAITING, _S.SENDING, _S.SHOWING, _S.REVOKING, _S.HELD})
_TRANSITIONS: Final = {
    _E.FIND: (_S.WAITING, frozenset({_S.READY})),
    _E.SEND: (_S.SENDING, _SENT_ANEW),
    _E.SHOW: (_S.SHOWING, frozenset({_S.WAITING, _S.SENDING, _S.HELD})),
    _E.PAUSE: (_S.PAUSED, frozenset({_S.READY, _S.SENDING, _S.HELD})),
    # What a contract needs may be missing before its first call.
    _E.FAIL: (_S.FAILED, _SENT_ANEW | {_S.SENDING}),
    _E.HOLD: (_S.HELD, frozenset({_S.READY, _S.SENDING, _S.HELD})),
    _E.REVOKE: (_S.REVOKING, frozenset({_S.WAITING, _S.SENDING, _S.SHOWING, _S.PAUSED, _S.HELD})),
    _E.SIGN: (_S.SIGNED, _ENDING),
    _E.REFUSE: (_S.REFUSED, _ENDING),
    _E.BREAK_OFF: (_S.BROKEN_OFF, _ENDING),
    _E.EXPIRE: (_S.EXPIRED, _ENDING),
    _E.TAKE_BACK: (_S.REVOKED, _ENDING),
}


def next_state(state: CounterState, event: CounterEvent, before_revoking: CounterState) -> CounterState:
    """Return where an event brings the counter.

    "back" is where it stood before it was REVOKING. "end" is for SIGN, REFUSE, BREAK_OFF, EXPIRE and TAKE_BACK, each
    of which brings the state of its name (TAKE_BACK brings REVOKED). A dot can't happen: raises ValueError.

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
