"""Days and clock times in China (UTC+8, no summer time): the platform lives there, and all times shown are its."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from typing import Final

CHINA: Final = timezone(timedelta(hours=8))
DAY_MS: Final = 86_400_000
_EPOCH: Final = datetime.fromtimestamp(0, CHINA)
OFFSET_MS: Final = 8 * 3_600_000


def china_datetime(at_ms: int) -> datetime:
    """Return an epoch moment as it is in China. Raises OverflowError for years that a calendar does not have."""
    return _EPOCH + timedelta(milliseconds=at_ms)


def china_text(at_ms: int, layout: str = "%Y-%m-%d %H:%M:%S") -> str:
    """Write an epoch moment as it is in China; empty for years that a calendar does not have."""
    try:
        return china_datetime(at_ms).strftime(layout)
    except (OverflowError, ValueError):
        return ""


def midnight_ms(at_ms: int) -> int:
    """Return when the day of an epoch moment began in China."""
    return at_ms - (at_ms + OFFSET_MS) % DAY_MS


def day_begin_ms(day: date) -> int:
    """Return the epoch moment at which a day begins in China."""
    return int(datetime.combine(day, time(), CHINA).timestamp()) * 1000
