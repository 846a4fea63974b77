"""Convert times and durations to texts. All times are shown in China Standard Time, which the platform uses.

``circled`` returns a signer's number as a single character.
"""

from __future__ import annotations

import time
from typing import Final

from PySide6.QtCore import QCoreApplication, QDate, QLocale, QObject

from esign_desktop.domain.china_time import china_datetime, china_text

SILENCE_S: Final = 10
"""The time without an answer, in seconds, after which the user is told what the program waits for."""

_SECOND_MS: Final = 1000
_MINUTE_MS: Final = 60 * _SECOND_MS
_HOUR_MS: Final = 60 * _MINUTE_MS
_DAY_MS: Final = 24 * _HOUR_MS


class SpanWords(QObject):
    """Texts for durations in a single unit.

    They use ``QObject.tr``, because ``pyside6-lupdate`` does not extract plural forms from
    ``QCoreApplication.translate``.
    """

    def days(self, count: int) -> str:
        return self.tr("%n day(s)", "", count)

    def hours(self, count: int) -> str:
        return self.tr("%n hour(s)", "", count)

    def minutes(self, count: int) -> str:
        return self.tr("%n minute(s)", "", count)

    def seconds(self, count: int) -> str:
        return self.tr("%n second(s)", "", count)


def now_ms() -> int:
    """Return the current time of this computer in milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


def china_time(at_ms: int) -> str:
    """Return a time in China Standard Time to the minute, such as ``2026-03-09 14:05``.

    ``at_ms`` is in milliseconds since the epoch.
    """
    return china_text(at_ms, "%Y-%m-%d %H:%M")


def short_china_time(at_ms: int, now_ms: int) -> str:
    """Return a time like ``china_time``, without the year if it is in the same year in China as ``now_ms``."""
    text = china_time(at_ms)
    return text[5:] if text[:5] == china_time(now_ms)[:5] else text


def near_china_time(at_ms: int, now_ms: int) -> str:
    """Return a time like ``short_china_time``, with the word *today* in place of the date of ``now_ms`` in China."""
    text = china_time(at_ms)
    if text[:10] != china_time(now_ms)[:10]:
        return short_china_time(at_ms, now_ms)
    return QCoreApplication.translate("SpanWords", "today {time}").format(time=text[11:])


def china_day(at_ms: int, now_ms: int) -> str:
    """Return a date in China Standard Time, without the year if it is the current year in China."""
    moment = china_datetime(at_ms)
    if moment.year == china_datetime(now_ms).year:
        layout = QCoreApplication.translate("Moments", "d MMMM", "date layout of Qt, without the year")
    else:
        layout = QCoreApplication.translate("Moments", "d MMMM yyyy", "date layout of Qt")
    # Only the English layout has the name of the month.
    return QLocale(QLocale.Language.English).toString(QDate(moment.year, moment.month, moment.day), layout)


def span(length_ms: int) -> str:
    """Return a duration in its two largest units. The smaller unit is left out if its count is 0, and for seconds.

    ``length_ms`` is in milliseconds. A negative duration counts as 0.
    """
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
    """Return a number from 1 to 20 as a circled character, and any other number in brackets."""
    return _CIRCLED[number - 1] if 1 <= number <= len(_CIRCLED) else f"({number})"
