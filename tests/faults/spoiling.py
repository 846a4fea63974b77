"""Answers a request otherwise than it should be."""

from __future__ import annotations

import select
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tests.faults.messages import Channel, Message, plain_answer
from tests.faults.outcomes import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

STRAY_PATH: Final = "/nowhere"
_POLL_S: Final = 0.01
_HANG_S: Final = 10.0
_TRICKLE_PIECES: Final = 16
_TRICKLE_PAUSE_S: Final = 0.004
_SLOW_PAUSE_S: Final = 0.05
_SIGNATURE: Final = "x-timevale-signature"


@dataclass
class Exchange:
    """What there is to make an answer of. ``answer`` is None when the platform was not asked."""

    client: Channel
    request: Message
    answer: Message | None
    older: Message | None
    other: Message | None
    disarmed: threading.Event

    @property
    def genuine(self) -> Message:
        assert self.answer is not None
        return self.answer


def spoil(exchange: Exchange, outcome: Outcome) -> bool:
    """Answer; return whether the connection can be used again."""
    replace = _REPLACEMENTS.get(outcome)
    if replace is not None:
        answer = replace(exchange)
        if answer is None:
            # There is nothing to replay.
            exchange.client.reset()
            return False
        exchange.client.send(answer.as_bytes())
        return True
    _BREAKS.get(outcome, _reset)(exchange)
    return outcome is Outcome.TRICKLE_ACTED


def _short(exchange: Exchange) -> Message:
    answer = exchange.genuine
    return Message(answer.first, answer.headers, answer.body[: len(answer.body) // 2])


def _reflected(exchange: Exchange) -> Message:
    request = exchange.request
    return plain_answer("200 OK", request.body, **{_SIGNATURE: request.headers.get(_SIGNATURE, "")})


def _html(status: str) -> Callable[[Exchange], Message]:
    return lambda _exchange: plain_answer(status, b"<html><h1>Gateway</h1></html>")


def _redirect(status: str) -> Callable[[Exchange], Message]:
    return lambda _exchange: plain_answer(status, location=STRAY_PATH)


_REPLACEMENTS: Final[dict[Outcome, Callable[[Exchange], Message | None]]] = {
    Outcome.SHORT_ACTED: _short,
    Outcome.HTTP_500: lambda _exchange: plain_answer("500 Internal Server Error", b"internal error"),
    Outcome.HTTP_503_ACTED: lambda _exchange: plain_answer("503 Unavailable", b"later", **{"retry-after": "3600"}),
    Outcome.GATEWAY_HTML: _html("502 Bad Gateway"),
    Outcome.GATEWAY_HTML_200_ACTED: _html("200 OK"),
    Outcome.FORGED_ACTED: lambda exchange: exchange.genuine.with_headers(**{_SIGNATURE: "0" * 64}),
    Outcome.UNSIGNED_ACTED: lambda exchange: exchange.genuine.with_headers(**{_SIGNATURE: None}),
    Outcome.REPLAYED: lambda exchange: exchange.older,
    Outcome.REPLAYED_ACTED: lambda exchange: exchange.older,
    Outcome.CROSSED_ACTED: lambda exchange: exchange.other,
    Outcome.REFLECTED: _reflected,
    Outcome.REFLECTED_ACTED: _reflected,
    Outcome.REDIRECT_307: _redirect("307 Temporary Redirect"),
    Outcome.REDIRECT_302_ACTED: _redirect("302 Found"),
    Outcome.WRONG_CLOCK_ACTED: lambda exchange: exchange.genuine.with_headers(date="Fri, 31 Dec 1999 23:59:59 GMT"),
    Outcome.DOUBLED_ACTED: lambda exchange: exchange.genuine,
}


def _reset(exchange: Exchange) -> None:
    exchange.client.reset()


def _send_half(exchange: Exchange) -> None:
    answer = exchange.genuine
    half = Message(answer.first, answer.headers, answer.body[: len(answer.body) // 2])
    exchange.client.send(half.as_bytes(length_bytes=len(answer.body) + (not answer.body)))


def _send_half_and_reset(exchange: Exchange) -> None:
    _send_half(exchange)
    exchange.client.reset()


def _trickle(exchange: Exchange) -> None:
    data = exchange.genuine.as_bytes()
    size_bytes = len(data) // _TRICKLE_PIECES + 1
    for start in range(0, len(data), size_bytes):
        exchange.client.send(data[start : start + size_bytes])
        exchange.disarmed.wait(_TRICKLE_PAUSE_S)


def _trickle_for_ever(exchange: Exchange) -> None:
    data = exchange.genuine.as_bytes(length_bytes=1 << 20)
    for number in range(len(data)):
        exchange.client.send(data[number : number + 1])
        if exchange.disarmed.wait(_SLOW_PAUSE_S):
            return


def _hang(exchange: Exchange) -> None:
    deadline_s = time.monotonic() + _HANG_S
    while time.monotonic() < deadline_s and not exchange.disarmed.is_set():
        if select.select([exchange.client.sock], [], [], _POLL_S)[0]:
            return


def _send_garbage(exchange: Exchange) -> None:
    exchange.client.send(b"\x00\x01\x02 no HTTP at all\r\n\r\n")


_BREAKS: Final[dict[Outcome, Callable[[Exchange], None]]] = {
    Outcome.HANG: _hang,
    Outcome.HANG_ACTED: _hang,
    Outcome.RESET_MID_ANSWER_ACTED: _send_half_and_reset,
    Outcome.TRUNCATE_ACTED: _send_half,
    Outcome.TRICKLE_ACTED: _trickle,
    Outcome.TRICKLE_FOR_EVER_ACTED: _trickle_for_ever,
    Outcome.GARBAGE_ACTED: _send_garbage,
}
"""Anything else resets the connection."""
