"""Sends notices as the platform does, and as somebody who is not the platform would: many, forged, at a steady rate."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from esign_desktop.api.signature import Secret, signed_headers

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

SENDERS: Final = 24
ANSWER_S: Final = 10.0
FORGERIES: Final = ("wrong secret", "unsigned", "altered", "stranger", "no notice", "too long")
_LONGEST_BYTES: Final = 64 * 1024


@dataclass(frozen=True)
class Notice:
    """One that is sent: ``forgery`` says what is wrong with it, and is empty for a genuine one."""

    flow_id: str
    forgery: str = ""

    @property
    def body(self) -> bytes:
        values = {"action": "SIGN_FLOW_FINISH", "flowId": self.flow_id, "flowStatus": 2, "businessScence": "借款"}
        return json.dumps(values, ensure_ascii=False).encode()

    def request(self, project_id: str, secret: Secret) -> tuple[bytes, dict[str, str]]:
        """Return body and headers."""
        body = self.body
        match self.forgery:
            case "wrong secret":
                return body, signed_headers(project_id, Secret("0" * 32), body)
            case "unsigned":
                return body, {}
            case "altered":
                return body, signed_headers(project_id, secret, body + b" ")
            case "stranger":
                return body, signed_headers("stranger", secret, body)
            case "no notice":
                return b"{", signed_headers(project_id, secret, b"{")
            case "too long":
                return body + b" " * _LONGEST_BYTES, signed_headers(project_id, secret, body)
        return body, signed_headers(project_id, secret, body)


@dataclass
class Flood:
    """``address`` tells port, project and secret anew for each notice, since a restart may change them."""

    address: Callable[[], tuple[int, str, Secret]]
    answered_s: list[float] = field(default_factory=list)
    accepted: set[str] = field(default_factory=set)
    unanswered: int = 0
    wrongly_answered: list[tuple[Notice, int]] = field(default_factory=list)
    latest_start_s: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, notices: Sequence[Notice], rate_per_s: float, *, at_a_quarter: Callable[[], None]) -> None:
        """Begin each at its moment, however long others take; somewhere on the way something happens."""
        waiting, began_s = list(enumerate(notices))[::-1], time.monotonic()

        def work() -> None:
            while True:
                with self._lock:
                    if not waiting:
                        return
                    number, notice = waiting.pop()
                time.sleep(max(0.0, began_s + number / rate_per_s - time.monotonic()))
                late_s = time.monotonic() - began_s - number / rate_per_s
                with self._lock:
                    self.latest_start_s = max(self.latest_start_s, late_s)
                self.deliver(notice)

        threads = [threading.Thread(target=work, name=f"sender {number}") for number in range(SENDERS)]
        for thread in threads:
            thread.start()
        time.sleep(len(notices) / rate_per_s / 4)
        at_a_quarter()
        for thread in threads:
            thread.join()

    def deliver(self, notice: Notice) -> int | None:
        """Send one notice over a connection of its own; return the answer's status, None without an answer."""
        port, project_id, secret = self.address()
        body, headers = notice.request(project_id, secret)
        began_s = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_S)
        try:
            connection.request("POST", "/notices", body, headers)
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException):
            with self._lock:
                self.unanswered += 1
            return None
        finally:
            connection.close()
        with self._lock:
            self.answered_s.append(time.monotonic() - began_s)
            if status == 200:
                self.accepted.add(notice.flow_id)
            if (status == 200) != (not notice.forgery):
                self.wrongly_answered.append((notice, status))
        return status


def mixed(count: int, random: Random, genuine: Sequence[str]) -> list[Notice]:
    """Return so many notices in any order: each genuine one, and forged ones about the same flows and others."""
    forged = (
        Notice(random.choice((random.choice(genuine), f"forged {number}")), random.choice(FORGERIES))
        for number in range(count - len(genuine))
    )
    notices = [*(Notice(flow_id) for flow_id in genuine), *forged]
    random.shuffle(notices)
    return notices
