"""Times as the platform writes them: China Standard Time, without a zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Final

CHINA: Final = timezone(timedelta(hours=8), "CST")


def china_time(at_ms: int | None) -> str:
    """``yyyy-MM-dd HH:mm:ss`` in China; empty for what has not happened."""
    if at_ms is None:
        return ""
    return datetime.fromtimestamp(at_ms / 1000, CHINA).strftime("%Y-%m-%d %H:%M:%S")


def http_date(at_ms: int) -> str:
    """The same moment for a ``Date`` header."""
    moment = datetime.fromtimestamp(at_ms / 1000, UTC)
    weekday = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[moment.weekday()]
    month = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")[moment.month - 1]
    return f"{weekday}, {moment.day:02d} {month} {moment.year} {moment:%H:%M:%S} GMT"
