"""Every room and window by Tab alone: what is said at each stop, in which order, and whether all can be reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.test_without_mouse import wait_until
from tests.e2e.texts import chinese

if TYPE_CHECKING:
    from tests.e2e.accessibility.reader import Reader

pytestmark = [pytest.mark.e2e, pytest.mark.nightly, pytest.mark.slow, pytest.mark.timeout(300)]

ROOMS = ("ctrl+1", "ctrl+2", "ctrl+4", "ctrl+5", "ctrl+comma")
"""The keys of the rooms that there are before the first preset. Bulk is read where there is one."""
WINDOWS = ("ctrl+k", "F1", "ctrl+slash", "ctrl+shift+o", "ctrl+t")
"""Commands, manual, keys, drafts, and the templates to choose from."""


def test_rooms_are_read_in_order_before_there_is_anything_in_them(reader: Reader) -> None:
    for key in ROOMS:
        reader.press(key)
        reader.walker.walk(key)
    reader.press("ctrl+1")
    for key in WINDOWS:
        reader.press(key)
        reader.walker.walk(key)
        reader.press("Escape")
    assert not reader.walker.findings, reader.walker.told


def test_what_is_filled_in_wrongly_is_said_and_described(reader: Reader) -> None:
    walker, listener = reader.walker, reader.listener
    reader.press("ctrl+4")
    for button in ("New &person", "New &organization"):
        reader.use("push button", chinese("ContactList", button).rstrip("(PO)"))
        walker.walk(button)
        reader.use("push button", chinese("ContactSheet", "Add"))
        wrong = chinese("ContactSheet", "Enter a name.")
        listener.hears(wrong)
        assert listener.at is not None
        assert listener.at.description == wrong
        # Keys that are bound to other characters for the moment may come too early.
        reader.type("Zhang")
        wait_until("it is no longer wrong", lambda: listener.at is not None and listener.at.description == "")
        reader.press("Escape")
        listener.forget()
    assert not walker.findings, walker.told


@pytest.mark.parametrize("application", ["en_US.UTF-8"], indirect=True)
def test_rooms_speak_english(reader: Reader) -> None:
    reader.use("push button", "Open sample")
    reader.listener.hears("Found:")
    for key in ROOMS:
        reader.press(key)
        said = "\n".join(map(str, reader.walker.walk(key)))
        # The paper itself is a Chinese one.
        assert key == ROOMS[0] or not any("\u4e00" <= letter <= "\u9fff" for letter in said), said
    assert not reader.walker.findings, reader.walker.told
