"""Moments and spans of time in words. The platform lives in China Standard Time, and so do all times shown."""

from __future__ import annotations

import time
from typing import Final

from PySide6.QtCore import QCoreApplication, QDateTime, QTimeZone

_CHINA: Final = QTimeZone(8 * 3600)
_SECOND_MS: Final = 1000
_MINUTE_MS: Final = 60 * _SECOND_MS
_HOUR_MS: Final = 60 * _MINUTE_MS
_DAY_MS: Final = 24 * _HOUR_MS


def now_ms() -> int:
    """Return this computer's time, epoch milliseconds."""
    return time.time_ns() // 1_000_000


def china_time(at_ms: int) -> str:
    """Write a moment to the minute, in China Standard Time."""
    return QDateTime.fromMSecsSinceEpoch(at_ms, _CHINA).toString("yyyy-MM-dd HH:mm")


def span(length_ms: int) -> str:
    """Write a length of time in its two largest units; below an hour to the second."""
    length_ms = max(0, length_ms)
    days, rest = divmod(length_ms, _DAY_MS)
    hours, rest = divmod(rest, _HOUR_MS)
    minutes, rest = divmod(rest, _MINUTE_MS)
    if days:
        parts = (_days(days), _hours(hours))
    elif hours:
        parts = (_hours(hours), _minutes(minutes))
    else:
        parts = (_minutes(minutes), _seconds(rest // _SECOND_MS))
    return " ".join(part for part in parts if part) or _translated_zero()


def _days(count: int) -> str:
    return QCoreApplication.translate("Moments", "%n day(s)", None, count) if count else ""


def _hours(count: int) -> str:
    return QCoreApplication.translate("Moments", "%n hour(s)", None, count) if count else ""


def _minutes(count: int) -> str:
    return QCoreApplication.translate("Moments", "%n minute(s)", None, count) if count else ""


def _seconds(count: int) -> str:
    return QCoreApplication.translate("Moments", "%n second(s)", None, count) if count else ""


def _translated_zero() -> str:
    return QCoreApplication.translate("Moments", "%n second(s)", None, 0)
