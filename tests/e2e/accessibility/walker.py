"""Walks a window by Tab, as somebody who doesn't see it, and writes down what is wrong at each stop."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from esign_desktop.override import override
from tests.e2e.accessible import ENABLED, FOCUSABLE, SHOWING, Accessible, Extents, Gone
from tests.e2e.texts import chinese

if TYPE_CHECKING:
    from tests.e2e.accessibility.listener import Listener
    from tests.e2e.x_hands import XHands

STEP_S = 1.5
MOST_STOPS = 160
MOST_PARTS = 40
PARTS: Final = frozenset({"table cell", "cell", "list item", "tree item", "page tab", "column header"})
"""What stands within one stop, and is gone through by arrows."""
PRESSED: Final = frozenset(
    {"push button", "toggle button", "check box", "radio button", "combo box", "text", "spin button"}
)
GONE_THROUGH: Final = PRESSED | {"table", "list", "tree", "page tab list", "slider", "button menu", "link"}
SHOWN_BY_A_LINE: Final = frozenset({"list", "tree", "table"})
"""Where these can't be gone to, the arrows of a line above them go through them."""
ALTERNATIVES: Final = frozenset({"radio button", "check box", "toggle button"})
"""Of several that exclude one another, Tab goes to the chosen one and arrows go to the others."""
NAMELESS: Final = frozenset({"page tab list"})
PAGES: Final = frozenset({"Pages", chinese("PageScrollArea", "Pages")})
"""Tab goes from seal to seal there before it leaves them, as it goes from link to link in the manual."""
SEALS: Final = frozenset({"Seals of the chosen signer", chinese("SealRows", "Seals of the chosen signer")})
"""A list that moves below the card of the signer that gets the keyboard: each card leads to it anew."""
SHEETS: Final = frozenset({chinese("RowTable", "Sheet rows")})
MOST_WITHIN = 60
NO_NAME: Final = re.compile(r"Q[A-Z][a-z]\w*|[a-z]+(-[a-z]+)*\.(svg|png)|[A-Za-z]+(Widget|Button|Label)|qt_\w+")
LETTER: Final = re.compile(r"\(([A-Z])\)…?$")
"""How Chinese texts end whose letter works with Alt."""
SLACK_PX = 3


@dataclass(frozen=True)
class Stop:
    """One thing that gets the keyboard, as it was then; ``around`` are its ancestors, the nearest first."""

    thing: Accessible
    role: str
    name: str
    description: str
    labels: tuple[str, ...]
    states: frozenset[int]
    extents: Extents
    around: tuple[tuple[str, str, Extents], ...]
    before: Extents | None = None
    """Where the stop before it stood then, since what is scrolled moves."""

    @override
    def __str__(self) -> str:
        within = " < ".join(f"{name}" for _, name, _ in self.around if name)
        said = ", ".join(one for one in (*self.labels, self.description) if one)
        return f"{self.role} “{self.name}” ({said}) in {within}"

    @property
    def region(self) -> str:
        """The nearest name around it."""
        return next((name for _, name, _ in self.around if name), "")


def look(thing: Accessible) -> Stop:
    """Ask all about one thing. Raises Gone."""
    around = [(outer.role, outer.name, outer.extents) for outer in thing.ancestors]
    return Stop(
        *(
            thing,
            thing.role,
            thing.name,
            thing.description,
            tuple(thing.labels),
            frozenset(thing.states),
            thing.extents,
        ),
        tuple(around),
    )


class Walker:
    """``findings`` are sentences for a person, of all the walks."""

    def __init__(self, hands: XHands, listener: Listener) -> None:
        self._hands = hands
        self._listener = listener
        self.findings: list[str] = []
        self._seals: set[str] = set()

    @property
    def told(self) -> str:
        """All findings, a line each."""
        return "\n".join(self.findings)

    def walk(self, place: str) -> list[Stop]:
        """Walk round by Tab and back by Shift+Tab, look at every stop, and at what is no stop and ought to be one."""
        self._listener.rest()
        self._seals.clear()
        there = self._round(place, "Tab")
        back = self._round(place, "shift+Tab")
        if not there and not back and self._listener.at is not None:
            # There is nothing else.
            there = back = [look(self._listener.at)]
        ways = [Counter(stop.thing.path for stop in way) for way in (there, back)]
        if ways[0] != ways[1]:
            lost = {stop.thing.path: stop for stop in (*there, *back)}
            for path in (ways[0] - ways[1]) + (ways[1] - ways[0]):
                self._find(place, f"is reached one way only: {lost[path]}")
        for stop in there:
            self._judge(place, stop)
        self._order(place, there)
        self._same_names(place, there)
        if there:
            window = (there[0].thing, *there[0].thing.ancestors)[-1]
            self._same_letters(place, window, there)
            self._out_of_reach(place, window, there)
        return there

    def _round(self, place: str, key: str) -> list[Stop]:
        stops: list[Stop] = []
        steps_within = 0
        was_seals = False
        while len(stops) < MOST_STOPS:
            stop = self.step(key)
            for _ in range(MOST_WITHIN if stop is None and self._is_within() else 0):
                stop = stop or self.step(key)
            if stop is None and stops:
                self._find(place, f"{key} leads nowhere from {stops[-1]}")
            if stop is None:
                return stops
            if stop.role == "list" and stop.name in SEALS and not was_seals:
                was_seals = True
                self._judge_seals(place, stop, stops[-1] if stops and key == "Tab" else None)
                continue
            was_seals = False
            if stops and stop.thing.path == stops[-1].thing.path and steps_within < MOST_WITHIN:
                steps_within += 1
                continue
            paths = [one.thing.path for one in stops]
            if stop.thing.path in paths:
                if paths.index(stop.thing.path):
                    self._find(place, f"{key} from {stops[-1]} never leads back to {stops[0]} but to {stop}")
                return stops
            stops.append(replace(stop, before=stops[-1].thing.extents) if stops else stop)
        self._find(place, f"{key} does not come round within {MOST_STOPS} stops")
        return stops

    def _judge_seals(self, place: str, seals: Stop, card: Stop | None) -> None:
        if seals.thing.path not in self._seals:
            self._judge(place, seals)
        self._seals.add(seals.thing.path)
        if card is not None and (card.role != "panel" or seals.extents.top < card.thing.extents.bottom - SLACK_PX):
            self._find(place, f"is not below its card: {card} → {seals}")

    def _is_within(self) -> bool:
        at = self._listener.at
        try:
            return at is not None and (at.role == "label" or (at.role == "filler" and at.name in PAGES))
        except Gone:
            return False

    def step(self, key: str) -> Stop | None:
        """Press a key and look at what has the keyboard then; a table or list for any of its parts."""
        self._listener.drain()
        self._hands.press(key)
        thing = self._listener.focused(STEP_S)
        if thing is None:
            return None
        try:
            pages = next((outer for outer in thing.ancestors if outer.role == "filler" and outer.name in PAGES), None)
            if pages is not None or thing.role in PARTS:
                thing = pages or thing.parent
            return look(thing)
        except Gone:
            return None

    def _find(self, place: str, what: str) -> None:
        self.findings.append(f"{place}: {what}")

    def _judge(self, place: str, stop: Stop) -> None:
        if not stop.name and stop.role not in NAMELESS:
            self._find(place, f"has no name: {stop}")
        elif NO_NAME.fullmatch(stop.name) or re.search(r"&\w|\n", stop.name) or stop.name.endswith(("*", ":")):
            self._find(place, f"has no name that can be read aloud: {stop}")
        if stop.role in {"table", "list", "tree"}:
            # A field of a sheet may be empty.
            silent = {"invalid", "panel", "row header", *(("cell",) if stop.name in SHEETS else ())}
            for part in stop.thing.children[:MOST_PARTS]:
                if SHOWING in part.states and not part.name and part.role not in silent:
                    self._find(place, f"has a {part.role} without a name: {stop}")
                    break
        for state, word in ((SHOWING, "is not seen"), (ENABLED, "is disabled"), (FOCUSABLE, "can't be focused")):
            if state not in stop.states:
                self._find(place, f"has the keyboard but {word}: {stop}")
        if stop.role == "combo box" and not stop.labels and not stop.description:
            self._find(place, f"is called by what is chosen alone: {stop}")
        self._judge_place(place, stop)

    def _judge_place(self, place: str, stop: Stop) -> None:
        x, y = stop.extents.center
        for role, name, outer in stop.around:
            # Of what is higher than its place the cursor is seen, wherever the middle is.
            is_higher = stop.extents.height > outer.height and stop.extents.top < outer.bottom
            if (
                role != "application"
                and outer.width > 0
                and not (
                    outer.left - SLACK_PX <= x <= outer.right + SLACK_PX
                    and (outer.top - SLACK_PX <= y <= outer.bottom + SLACK_PX or is_higher)
                )
            ):
                self._find(place, f"has the keyboard outside of what is seen of {role} “{name}”: {stop}")
                break

    def _order(self, place: str, stops: list[Stop]) -> None:
        top = min((stop.extents.top for stop in stops), default=0)
        for one, following in pairwise(stops):
            if following.extents.top <= top + SLACK_PX:
                # Round again.
                continue
            now, before = following.extents, following.before or one.extents
            is_above = now.bottom <= before.top + SLACK_PX
            is_before = now.right <= before.left + SLACK_PX
            is_same_line = abs(now.center[1] - before.center[1]) <= SLACK_PX
            is_against = (is_above and now.left < before.right) or (is_before and is_same_line)
            if one.region == following.region and is_against:
                self._find(place, f"is read against its order: {one} → {following}")

    def _same_names(self, place: str, stops: list[Stop]) -> None:
        count = Counter((stop.role, stop.name, (stop.labels, stop.description), stop.region) for stop in stops)
        for (role, name, description, region), times in count.items():
            if times > 1:
                self._find(place, f"{times} are called the same: {role} “{name}” ({description}) in {region}")

    def _same_letters(self, place: str, window: Accessible, stops: list[Stop]) -> None:
        menus = [menu.name for bar in window.children if bar.role == "menu bar" for menu in bar.children]
        called: dict[str, str] = {}
        for name in (*menus, *(next(iter(stop.labels), stop.name) for stop in stops)):
            letter = LETTER.search(name)
            if letter is not None and called.setdefault(letter[1], name) != name:
                self._find(place, f"Alt+{letter[1]} is for {called[letter[1]]} and for {name}")

    def _out_of_reach(self, place: str, window: Accessible, stops: list[Stop]) -> None:
        reached = {stop.thing.path for stop in stops} | self._seals
        groups = {(stop.role, stop.thing.parent.path) for stop in stops if stop.role in ALTERNATIVES}
        for thing, role, around in window.showing():
            if role not in GONE_THROUGH or thing.path in reached or any(path in reached for path in around):
                continue
            states = thing.states
            if ENABLED not in states or (role in ALTERNATIVES and (role, around[-1]) in groups):
                continue
            if role in SHOWN_BY_A_LINE and FOCUSABLE not in states:
                continue
            if not thing.extents.width or thing.key_binding:
                continue
            self._find(place, f"only the mouse reaches {look(thing)}")
