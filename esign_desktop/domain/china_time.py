"""Dates and times in China Standard Time (UTC+8, no daylight saving), used by the platform and for all display."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from typing import Final

CHINA: Final = timezone(timedelta(hours=8))
DAY_MS: Final = 86_400_000
_EPOCH: Final = datetime.fromtimestamp(0, CHINA)
OFFSET_MS: Final = 8 * 3_600_000


def china_datetime(at_ms: int) -> datetime:
    """Return an epoch time in milliseconds as a datetime in China. Raises OverflowError outside years 1 to 9999."""
    return _EPOCH + timedelta(milliseconds=at_ms)


def china_text(at_ms: int, layout: str = "%Y-%m-%d %H:%M:%S") -> str:
    """Format an epoch time in milliseconds as China time. Returns "" outside years 1 to 9999."""
    try:
        return china_datetime(at_ms).strftime(layout)
    except (OverflowError, ValueError):
        return ""


def midnight_ms(at_ms: int) -> int:
    """Return the start, in epoch milliseconds, of the day in China that contains a moment."""
    return at_ms - (at_ms + OFFSET_MS) % DAY_MS


def day_begin_ms(day: date) -> int:
    """Return the epoch time in milliseconds at which a day begins in China."""
    return int(datetime.combine(day, time(), CHINA).timestamp()) * 1000
