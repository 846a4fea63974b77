"""Every room and window by Tab alone: what is said at each stop, in which order, and whether all can be reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.accessibility.reader import Reader

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

ROOMS = ("ctrl+1", "ctrl+2", "ctrl+3", "ctrl+4", "ctrl+5", "ctrl+comma")


def test_rooms_are_read_in_order_before_there_is_anything_in_them(reader: Reader) -> None:
    for key in ROOMS:
        reader.press(key)
        reader.walker.walk(key)
    assert reader.walker.findings == []


@pytest.mark.parametrize("application", ["en_US.UTF-8"], indirect=True)
def test_rooms_speak_english(reader: Reader) -> None:
    reader.use("push button", "Open the sample")
    reader.listener.hears("Found:")
    for key in ROOMS:
        reader.press(key)
        said = "\n".join(map(str, reader.walker.walk(key)))
        # The paper itself is a Chinese one.
        assert key == ROOMS[0] or not any("\u4e00" <= letter <= "\u9fff" for letter in said), said
    assert reader.walker.findings == []
