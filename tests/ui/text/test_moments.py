from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from esign_desktop.ui.text.moments import china_time, span

if TYPE_CHECKING:
    from collections.abc import Callable

SECOND, MINUTE, HOUR, DAY = 1000, 60_000, 3_600_000, 86_400_000


def test_times_are_china_time_wherever_the_computer_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    assert china_time(1_800_000_000_000) == "2027-01-15 16:00"


@pytest.mark.parametrize(
    ("length_ms", "english", "chinese"),
    [
        (29 * DAY + 4 * HOUR + MINUTE, "29 days 4 hours", "29 天 4 小时"),
        (DAY, "1 day", "1 天"),
        (HOUR + MINUTE, "1 hour 1 minute", "1 小时 1 分钟"),
        (5 * MINUTE + 7 * SECOND, "5 minutes 7 seconds", "5 分钟 7 秒"),
        (2 * MINUTE, "2 minutes", "2 分钟"),
        (900, "0 seconds", "0 秒"),
        (-5, "0 seconds", "0 秒"),
    ],
)
def test_a_span_is_told_in_its_two_largest_units(
    speak: Callable[[str], None], length_ms: int, english: str, chinese: str
) -> None:
    speak("en")
    assert span(length_ms) == english
    speak("zh_CN")
    assert span(length_ms) == chinese
