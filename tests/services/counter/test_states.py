"""The counter's states change as the table in the docstring of ``next_state`` says, and no other way."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest

import esign_desktop.services.counter
from esign_desktop.services.counter.states import CounterEvent, CounterState, next_state

ENDS = {
    CounterEvent.SIGN: CounterState.SIGNED,
    CounterEvent.REFUSE: CounterState.REFUSED,
    CounterEvent.BREAK_OFF: CounterState.BROKEN_OFF,
    CounterEvent.EXPIRE: CounterState.EXPIRED,
    CounterEvent.TAKE_BACK: CounterState.REVOKED,
}
BEFORE = CounterState.SHOWING


def table() -> dict[tuple[str, str], str]:
    lines = [line.split() for line in (next_state.__doc__ or "").splitlines()]
    begin = next(index for index, words in enumerate(lines) if words[:1] == ["state"])
    heads = lines[begin]
    rows = [words for words in lines[begin + 1 :] if len(words) == len(heads) and "=" not in words[0]]
    return {(row[0], head): cell for row in rows for head, cell in zip(heads[1:], row[1:], strict=True)}


TABLE = table()


def test_the_table_tells_every_state_and_event() -> None:
    columns = {event.value for event in CounterEvent if event not in ENDS} | {"end"}
    assert set(TABLE) == set(product({state.value for state in CounterState}, columns))


@pytest.mark.parametrize(("state", "event"), [*product(CounterState, CounterEvent)])
def test_a_state_changes_as_the_table_says(state: CounterState, event: CounterEvent) -> None:
    cell = TABLE[state.value, "end" if event in ENDS else event.value]
    if cell == ".":
        with pytest.raises(ValueError, match=state.value):
            next_state(state, event, BEFORE)
    else:
        expected = {"end": ENDS.get(event), "back": BEFORE}.get(cell) or CounterState(cell)
        assert next_state(state, event, BEFORE) is expected


def test_nothing_else_changes_it() -> None:
    (folder,) = esign_desktop.services.counter.__path__
    sources = {path.name: path.read_text("utf-8") for path in Path(folder).glob("*.py")}
    writing = [name for name, text in sources.items() if re.search(r"\._?state(?:, [\w.]+)* = ", text)]
    assert writing == ["visit.py"]
    assert sources["visit.py"].count("._state = ") == 1
