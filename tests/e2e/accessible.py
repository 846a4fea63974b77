"""What a screen reader knows of a program, and can do to it (AT-SPI over D-Bus)."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from jeepney import DBusAddress, HeaderFields, MessageType, Properties, new_method_call
from jeepney.io.blocking import DBusConnection, open_dbus_connection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jeepney import Message

INTERFACE = "org.a11y.atspi."
CALL_LIMIT_S = 30.0
WAIT_S = 60.0
"""How long anything is waited for. Most takes a second, and twenty times as long beside the tests of a busy machine."""
POLL_S = 0.05
SCREEN_COORDINATES = 0

CHECKED, ENABLED, FOCUSABLE, FOCUSED, SELECTED, SHOWING = 4, 8, 11, 12, 23, 25
EXPANDABLE, CHECKABLE, HAS_POPUP, READ_ONLY = 9, 41, 42, 43
"""Numbers of states (AtspiStateType)."""
LABELLED_BY = 2
"""Number of a relation (AtspiRelationType)."""


def connect(session_address: str) -> DBusConnection:
    """Ask the session bus for the accessibility bus, and connect to that."""
    session = open_dbus_connection(session_address)
    try:
        end = time.monotonic() + WAIT_S
        where = DBusAddress("/org/a11y/bus", "org.a11y.Bus", "org.a11y.Bus")
        while True:
            answer = session.send_and_get_reply(new_method_call(where, "GetAddress"), timeout=CALL_LIMIT_S)
            if answer.header.message_type is not MessageType.error:
                return open_dbus_connection(answer.body[0])
            if time.monotonic() > end:
                pytest.fail(f"no accessibility bus: {answer.body}")
            time.sleep(POLL_S)
    finally:
        session.close()


class Gone(Exception):
    """The program has taken this part of its window away."""


@dataclass(frozen=True)
class Extents:
    """Where something is on the screen, in pixels."""

    left: int
    top: int
    width: int
    height: int

    @property
    def right(self) -> int:
        return self.left + self.width

    @property
    def bottom(self) -> int:
        return self.top + self.height

    @property
    def center(self) -> tuple[int, int]:
        return self.left + self.width // 2, self.top + self.height // 2


@dataclass(frozen=True)
class Accessible:
    """One thing in a window: a button, a field, a table's cell. Asks anew each time."""

    connection: DBusConnection
    bus_name: str
    path: str

    @property
    def name(self) -> str:
        return str(self._property("Accessible", "Name"))

    @property
    def description(self) -> str:
        return str(self._property("Accessible", "Description"))

    @property
    def role(self) -> str:
        return str(self._call("Accessible", "GetRoleName")[0])

    @property
    def children(self) -> list[Accessible]:
        found = self._call("Accessible", "GetChildren")[0]
        return [Accessible(self.connection, bus_name, path) for bus_name, path in found]

    @property
    def parent(self) -> Accessible:
        bus_name, path = self._property("Accessible", "Parent")
        return Accessible(self.connection, bus_name, path)

    @property
    def ancestors(self) -> list[Accessible]:
        """All that it stands in, the nearest first, up to its window."""
        found: list[Accessible] = []
        one = self.parent
        while one.role != "application":
            found.append(one)
            one = one.parent
        return found

    @property
    def labels(self) -> list[str]:
        """What the labels say that belong to it."""
        relations = self._call("Accessible", "GetRelationSet")[0]
        related = [one for kind, targets in relations if kind == LABELLED_BY for one in targets]
        return [Accessible(self.connection, *one).name for one in related]

    @property
    def states(self) -> set[int]:
        words = self._call("Accessible", "GetState")[0]
        return {number for number in range(64) if _has(words, number)}

    @property
    def text(self) -> str:
        return str(self._call("Text", "GetText", "ii", (0, -1))[0])

    @property
    def extents(self) -> Extents:
        return Extents(*self._call("Component", "GetExtents", "u", (SCREEN_COORDINATES,))[0])

    @property
    def actions(self) -> list[str]:
        return [action[0] for action in self._call("Action", "GetActions")[0]]

    @property
    def key_binding(self) -> str:
        """The keys of its first action, empty where there are none."""
        actions = self._call("Action", "GetActions")[0]
        return str(actions[0][2]) if actions else ""

    @property
    def process_id(self) -> int:
        bus = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")
        return int(self._ask(bus, "GetConnectionUnixProcessID", "s", (self.bus_name,))[0])

    def do(self, action: str = "Press") -> None:
        """Do one of the actions, by name."""
        index = self.actions.index(action)
        assert self._call("Action", "DoAction", "i", (index,))[0]

    def press(self) -> None:
        """Press a button, as Enter on it would."""
        self.do("Press")

    def write(self, text: str) -> None:
        """Put text into a field, in the place of what is there."""
        assert self._call("EditableText", "SetTextContents", "s", (text,))[0]

    def focus(self) -> None:
        """Give it the keyboard."""
        assert self._call("Component", "GrabFocus")[0]

    def cell(self, row: int, column: int) -> Accessible:
        """Return a cell of a table."""
        bus_name, path = self._call("Table", "GetAccessibleAt", "ii", (row, column))[0]
        return Accessible(self.connection, bus_name, path)

    @property
    def row_count(self) -> int:
        return int(self._property("Table", "NRows"))

    @property
    def column_count(self) -> int:
        return int(self._property("Table", "NColumns"))

    def walk(self) -> Iterator[Accessible]:
        """Yield it and all below it; parts that vanish meanwhile are left out."""
        yield self
        try:
            children = self.children
        except Gone:
            return
        for child in children:
            yield from child.walk()

    def showing(self, around: tuple[str, ...] = ()) -> Iterator[tuple[Accessible, str, tuple[str, ...]]]:
        """Yield all that is seen, with its role and the paths of what it stands in, the nearest last."""
        try:
            if SHOWING not in self.states:
                return
            yield self, self.role, around
            children = self.children
        except Gone:
            return
        for child in children:
            yield from child.showing((*around, self.path))

    def all(self, role: str, name: str | None = None, *, is_showing: bool = True) -> list[Accessible]:
        """Return everything below of this role and name."""
        return list(self._matching(role, name, is_showing=is_showing))

    def find(self, role: str, name: str | None = None) -> Accessible:
        """Return the first one of this role and name that is seen, waiting for it."""
        end = time.monotonic() + WAIT_S
        while True:
            found = next(self._matching(role, name), None)
            if found is not None:
                return found
            if time.monotonic() > end:
                seen = sorted({f"{one.role} {one.name!r}" for one in self.walk()})
                pytest.fail(f"no {role} {name!r} among:\n" + "\n".join(seen))
            time.sleep(POLL_S)

    def _matching(self, role: str, name: str | None, *, is_showing: bool = True) -> Iterator[Accessible]:
        for part, part_role in self._parts([self], is_showing=is_showing):
            try:
                if part_role == role and (name is None or part.name == name):
                    yield part
            except Gone:
                continue

    def _parts(self, siblings: list[Accessible], *, is_showing: bool) -> Iterator[tuple[Accessible, str]]:
        """Yield these and all below them with their roles; nothing of what is hidden if only shown parts are wanted.

        The program is asked about all siblings at once: a question at a time takes most of its time for waiting.
        """
        if is_showing:
            every_state = self._ask_all([(one, "GetState") for one in siblings])
            siblings = [
                one
                for one, state in zip(siblings, every_state, strict=True)
                if state is not None and _has(state[0], SHOWING)
            ]
        roles = self._ask_all([(one, "GetRoleName") for one in siblings])
        every_children = self._ask_all([(one, "GetChildren") for one in siblings])
        for one, role, children in zip(siblings, roles, every_children, strict=True):
            if role is None:
                continue
            yield one, str(role[0])
            if children is not None and children[0]:
                below = [Accessible(self.connection, *where) for where in children[0]]
                yield from self._parts(below, is_showing=is_showing)

    def _property(self, interface: str, name: str) -> Any:
        where = DBusAddress(self.path, self.bus_name, INTERFACE + interface)
        return self._answer(Properties(where).get(name), name)[0][1]

    def _call(self, interface: str, method: str, signature: str | None = None, body: tuple[Any, ...] = ()) -> Any:
        return self._ask(DBusAddress(self.path, self.bus_name, INTERFACE + interface), method, signature, body)

    def _ask(self, where: DBusAddress, method: str, signature: str | None, body: tuple[Any, ...]) -> Any:
        return self._answer(new_method_call(where, method, signature, body), method)

    def _ask_all(self, questions: list[tuple[Accessible, str]]) -> list[Any]:
        """Ask for something of several parts at once; None for a part that is gone."""
        messages = [
            new_method_call(DBusAddress(part.path, part.bus_name, INTERFACE + "Accessible"), method)
            for part, method in questions
        ]
        replies = self._replies(messages, " and ".join(sorted({method for _, method in questions})))
        return [None if reply.header.message_type is MessageType.error else reply.body for reply in replies]

    def _answer(self, message: Message, what: str) -> Any:
        (reply,) = self._replies([message], what)
        if reply.header.message_type is MessageType.error:
            raise Gone(f"{what}: {reply.body}")
        return reply.body

    def _replies(self, messages: list[Message], what: str) -> list[Message]:
        """Send calls, and wait for the answers to all of them."""
        serials = []
        for message in messages:
            serials.append(next(self.connection.outgoing_serial))
            self.connection.send(message, serial=serials[-1])
        answers: dict[int, Message] = {}
        # Twice: when all processes are stopped for a while, the first limit is over before the answer can be read.
        for _ in range(2):
            self._receive(set(serials), answers)
        if len(answers) < len(serials):
            # What was destroyed is answered with an error: this is a program that hangs.
            pytest.fail(f"{what}: the program has not answered for {2 * CALL_LIMIT_S:g} s")
        return [answers[serial] for serial in serials]

    def _receive(self, serials: set[int], answers: dict[int, Message]) -> None:
        """Collect the answers to calls until all are there or the limit is over."""
        end = time.monotonic() + CALL_LIMIT_S
        with suppress(TimeoutError):
            while len(answers) < len(serials):
                message = self.connection.receive(timeout=max(0.0, end - time.monotonic()))
                serial = message.header.fields.get(HeaderFields.reply_serial)
                if serial in serials:
                    answers[serial] = message


def _has(words: tuple[int, int], state: int) -> bool:
    """Return whether the bit of a state is set in the two words of a set of states."""
    return bool(words[state // 32] >> state % 32 & 1)
