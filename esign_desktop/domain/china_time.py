"""Dates and times in China Standard Time, which the platform uses and in which all times are displayed.

China Standard Time is UTC+8, without daylight saving time.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from typing import Final

CHINA: Final = timezone(timedelta(hours=8))
DAY_MS: Final = 86_400_000
_EPOCH: Final = datetime.fromtimestamp(0, CHINA)
OFFSET_MS: Final = 8 * 3_600_000


def china_datetime(at_ms: int) -> datetime:
    """Return an epoch time in milliseconds as a datetime in China Standard Time.

    Raises OverflowError if the time is outside the years 1 to 9999.
    """
    return _EPOCH + timedelta(milliseconds=at_ms)


def china_text(at_ms: int, layout: str = "%Y-%m-%d %H:%M:%S") -> str:
    """Return an epoch time in milliseconds as text in China Standard Time.

    ``layout`` is a format for ``strftime``. The result is empty if the time is outside the years 1 to 9999.
    """
    try:
        return china_datetime(at_ms).strftime(layout)
    except (OverflowError, ValueError):
        return ""


def midnight_ms(at_ms: int) -> int:
    """Return the time at which the day that contains ``at_ms`` begins in China.

    Both times are in milliseconds since the epoch.
    """
    return at_ms - (at_ms + OFFSET_MS) % DAY_MS


def day_begin_ms(day: date) -> int:
    """Return the epoch time in milliseconds at which a day begins in China."""
    return int(datetime.combine(day, time(), CHINA).timestamp()) * 1000
