"""What a screen reader hears: the events that a program sends over the accessibility bus."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple, Self

import pytest
from jeepney import DBusAddress, MatchRule, MessageType, message_bus, new_method_call

from tests.benchmarks.process_tree import is_working
from tests.e2e.accessible import WAIT_S, Accessible

if TYPE_CHECKING:
    from types import TracebackType

    from jeepney import Message

    from tests.e2e.accessibility_bus import AccessibilityBus

REGISTRY = "org.a11y.atspi.Registry"
EVENTS = "org.a11y.atspi.Event.Object"
ANSWER_S = 10.0
REST_S = 0.4
POLL_S = 0.02


class Heard(NamedTuple):
    """One event: ``kind`` is that of the signal, ``detail`` its first word, ``text`` what it says."""

    kind: str
    detail: str
    is_on: bool
    text: str
    source: Accessible

    @property
    def is_focus(self) -> bool:
        """Whether something gets the keyboard."""
        return (self.kind, self.detail) == ("StateChanged", "focused") and self.is_on


class Listener:
    """Hears from the moment on at which ``with`` begins. Over a connection of its own, so that answers don't mix."""

    def __init__(self, bus: AccessibilityBus, window: Accessible) -> None:
        self._connection = bus.another_desktop().connection
        self._asked_over = window.connection
        self._process_id = window.process_id
        self.at: Accessible | None = None
        """What has the keyboard, once it was heard."""
        self.announcements: list[str] = []
        """All that was announced, the oldest first."""

    def __enter__(self) -> Self:
        self._ask(message_bus.AddMatch(MatchRule(type="signal", interface=EVENTS)))
        where = DBusAddress("/org/a11y/atspi/registry", REGISTRY, REGISTRY)
        for event in ("object:state-changed:focused", "object:announcement"):
            self._ask(new_method_call(where, "RegisterEvent", "s", (event,)))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def next(self, limit_s: float) -> Heard | None:
        """Return the next event, None if there is none in time."""
        end = time.monotonic() + limit_s
        while True:
            try:
                message = self._connection.receive(timeout=max(0.0, end - time.monotonic()))
            except TimeoutError:
                return None
            if message.header.message_type is MessageType.signal:
                heard = self._read(message)
                if heard.is_focus:
                    self.at = heard.source
                if heard.kind == "Announcement":
                    self.announcements.append(heard.text)
                return heard

    def drain(self) -> None:
        """Take note of what was said meanwhile."""
        while self.next(0.0) is not None:
            pass

    def rest(self) -> None:
        """Wait until nothing is said any more for a moment."""
        while self._next_of_idle(REST_S) is not None:
            pass

    def focused(self, limit_s: float) -> Accessible | None:
        """Return what gets the keyboard next, None if nothing does in time."""
        while (heard := self._next_of_idle(limit_s)) is not None:
            if heard.is_focus:
                return heard.source
            if heard.kind == "Announcement":
                # Something within what has the keyboard, unless it goes elsewhere at once.
                limit_s = REST_S
        return None

    def _next_of_idle(self, limit_s: float) -> Heard | None:
        """Return the next event, None if there is none while the program has had nothing to do for ``limit_s``.

        On a busy machine a program that waits for a processor has not answered yet, however long that takes.
        """
        end, idle_s = time.monotonic() + WAIT_S, 0.0
        while idle_s < limit_s and time.monotonic() < end:
            began = time.monotonic()
            heard = self.next(POLL_S)
            if heard is not None:
                return heard
            if not is_working(self._process_id):
                idle_s += time.monotonic() - began
        return None

    def hears(self, *words: str) -> None:
        """Wait until all of these words were announced in one sentence, perhaps before."""
        end = time.monotonic() + WAIT_S
        while not any(all(word in said for word in words) for said in self.announcements):
            if self.next(max(0.0, end - time.monotonic())) is None and time.monotonic() >= end:
                pytest.fail(f"never announced: {words}\nbut: {self.announcements}")

    def forget(self) -> None:
        """Count as unheard what was announced until now."""
        self.drain()
        self.announcements.clear()

    def _read(self, message: Message) -> Heard:
        fields = {field.name: value for field, value in message.header.fields.items()}
        detail, number, _, (signature, value), *_ = message.body
        source = Accessible(self._asked_over, fields["sender"], fields["path"])
        return Heard(fields["member"], detail, bool(number), value if signature == "s" else "", source)

    def _ask(self, call: Message) -> None:
        answer = self._connection.send_and_get_reply(call, timeout=ANSWER_S)
        assert answer.header.message_type is not MessageType.error, answer.body
