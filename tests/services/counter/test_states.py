"""The counter's states change as this table says, and no other way."""

from __future__ import annotations

from typing import Final

import pytest

from esign_desktop.services.counter.states import CounterEvent, CounterState, next_state

TABLE: Final = """
    state       find     send     show     pause   fail    hold  revoke    keep  end
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
"""
"""A dot: the event can't happen in this state. "back": the state before it was revoking. "end": see ``ENDS``."""
ENDS: Final = {
    CounterEvent.SIGN: CounterState.SIGNED,
    CounterEvent.REFUSE: CounterState.REFUSED,
    CounterEvent.BREAK_OFF: CounterState.BROKEN_OFF,
    CounterEvent.EXPIRE: CounterState.EXPIRED,
    CounterEvent.END_REVOKED: CounterState.REVOKED,
}
BEFORE: Final = CounterState.SHOWING

HEADS, *ROWS = (line.split() for line in TABLE.strip().splitlines())


def test_the_table_has_every_state() -> None:
    assert [row[0] for row in ROWS] == [state.value for state in CounterState]


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_a_state_changes_as_the_table_says(row: list[str]) -> None:
    state, cells = CounterState(row[0]), dict(zip(HEADS, row, strict=True))
    for event in CounterEvent:
        cell = cells["end" if event in ENDS else event.value]
        if cell == ".":
            with pytest.raises(ValueError, match=state.value):
                next_state(state, event, BEFORE)
        else:
            expected = {"end": ENDS.get(event), "back": BEFORE}.get(cell) or CounterState(cell)
            assert next_state(state, event, BEFORE) is expected, event
