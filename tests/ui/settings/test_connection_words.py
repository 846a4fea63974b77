from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from esign_desktop.api.errors import NotSent
from esign_desktop.services.environments import ConnectionReport
from esign_desktop.ui.settings.environment import is_usable_address, is_usable_proxy
from esign_desktop.ui.settings.room import connection_sentence, is_clock_wrong

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(
    ("skew_s", "remedy"),
    [
        (None, ""),
        (3.0, ""),
        (90.0, "This computer's clock is 2 min fast. Correct it."),
        (-61.0, "This computer's clock is 1 min slow. Correct it."),
        (7200.0, "This computer's clock is 120 min fast. Correct it."),
    ],
)
def test_wrong_clock_is_told_even_when_connected(
    skew_s: float | None, remedy: str, speak: Callable[[str], None]
) -> None:
    speak("en")
    report = ConnectionReport("connected", 41.7, skew_s)
    sentence = connection_sentence(report)
    assert sentence.title == "Connected. The platform answered in 42 ms, and the secret is correct."
    assert sentence.remedy == remedy
    assert is_clock_wrong(report) is bool(remedy)


def test_failure_has_the_sentence_of_its_code(speak: Callable[[str], None]) -> None:
    speak("zh_CN")
    report = ConnectionReport("api.tls", 10.0, None, NotSent("api.tls", "SSLError"))
    assert connection_sentence(report).title == "连接不安全：平台的证书不可信。"


@pytest.mark.parametrize(
    ("address", "is_usable"),
    [
        ("https://platform.example/v3", True),
        ("http://127.0.0.1:8000/v3", True),
        ("http://localhost", True),
        ("http://platform.example", False),
        ("ftp://platform.example", False),
        ("platform.example", False),
        ("https://", False),
        ("https://[", False),
        ("", False),
    ],
)
def test_addresses(address: str, is_usable: bool) -> None:
    assert is_usable_address(address) is is_usable


@pytest.mark.parametrize(
    ("address", "is_usable"),
    [
        ("http://proxy.example:3128", True),
        ("HTTPS://proxy.example", True),
        ("proxy.example:3128", False),
        ("socks5://proxy.example", False),
        ("http://", False),
        ("http://[", False),
    ],
)
def test_proxies(address: str, is_usable: bool) -> None:
    assert is_usable_proxy(address) is is_usable
