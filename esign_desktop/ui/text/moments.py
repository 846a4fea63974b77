"""Moments and spans of time in words. The platform lives in China Standard Time, and so do all times shown.

``circled`` writes a signer's number as one character.
"""

from __future__ import annotations

import time
from typing import Final

from PySide6.QtCore import QObject

from esign_desktop.domain.china_time import china_text

SILENCE_S: Final = 10
"""After so long without a word from the platform somebody wants to know what is waited for."""

_SECOND_MS: Final = 1000
_MINUTE_MS: Final = 60 * _SECOND_MS
_HOUR_MS: Final = 60 * _MINUTE_MS
_DAY_MS: Final = 24 * _HOUR_MS


class SpanWords(QObject):
    """Counted units; a class because only ``tr`` knows plurals."""

    def days(self, count: int) -> str:
        return self.tr("%n day(s)", "", count)

    def hours(self, count: int) -> str:
        return self.tr("%n hour(s)", "", count)

    def minutes(self, count: int) -> str:
        return self.tr("%n minute(s)", "", count)

    def seconds(self, count: int) -> str:
        return self.tr("%n second(s)", "", count)


def now_ms() -> int:
    """Return this computer's time, epoch milliseconds."""
    return time.time_ns() // 1_000_000


def china_time(at_ms: int) -> str:
    """Write a moment to the minute, in China Standard Time."""
    return china_text(at_ms, "%Y-%m-%d %H:%M")


def short_china_time(at_ms: int, now_ms: int) -> str:
    """Write a moment to the minute, without the year where that is the present one in China."""
    text = china_time(at_ms)
    return text[5:] if text[:5] == china_time(now_ms)[:5] else text


def span(length_ms: int) -> str:
    """Write a length of time in its two largest units, of which the smaller is left out when it is nothing."""
    words = SpanWords()
    days, rest = divmod(max(0, length_ms), _DAY_MS)
    hours, rest = divmod(rest, _HOUR_MS)
    minutes, rest = divmod(rest, _MINUTE_MS)
    if days:
        large, small = words.days(days), words.hours(hours) if hours else ""
    elif hours:
        large, small = words.hours(hours), words.minutes(minutes) if minutes else ""
    elif minutes:
        seconds = rest // _SECOND_MS
        large, small = words.minutes(minutes), words.seconds(seconds) if seconds else ""
    else:
        large, small = words.seconds(rest // _SECOND_MS), ""
    return f"{large} {small}".strip()


_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"


def circled(number: int) -> str:
    """Write a number in a circle; in brackets beyond those that fonts have."""
    return _CIRCLED[number - 1] if 1 <= number <= len(_CIRCLED) else f"({number})"
