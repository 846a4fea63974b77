"""Faults on demand: a JSON list of rules, read again whenever the file changes.

A rule: ``{"path": "/sign/start", "fault": "drop_reply", "times": 1, "skip": 0, ...}``. ``path`` is what the request's
path ends or begins with ("/storage/upload" matches every upload); ``times`` None means always; ``skip`` requests pass
first. Faults before acting: ``hang`` (``seconds``), ``reset``, ``http_500``, ``gateway_html``, ``err_code``
(``err_code``, ``msg``), ``http_status`` (``status``, ``retry_after``), ``redirect`` (``location``). A fault of the
acting: ``fill_wrongly`` (``values`` that take the place of a template's, ``extra_pages``) and, at ``/sign/start``,
``stamp_elsewhere`` (``page``, ``x``, ``y`` and perhaps ``width`` of one more seal of the first signer on the first
document). Faults of the answer: ``slow`` (``seconds``), ``drop_reply``, ``truncate``, ``bad_signature``,
``no_signature``, ``garbage``, ``wrong_clock`` (``seconds``).
"""

from __future__ import annotations

import base64
import json
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pathlib import Path

BEFORE_ACTING: Final = frozenset({"hang", "reset", "http_500", "gateway_html", "err_code", "http_status", "redirect"})
OF_THE_ACTING: Final = frozenset({"fill_wrongly", "stamp_elsewhere"})
OF_THE_ANSWER: Final = frozenset(
    {"slow", "drop_reply", "truncate", "bad_signature", "no_signature", "garbage", "wrong_clock"}
)


@dataclass(slots=True)
class FaultRule:
    """One rule of the file, with what is left of it."""

    path: str
    fault: str
    skip: int
    times: int | None
    options: dict[str, Any]

    def number(self, name: str, default: float) -> float:
        """A numeric option."""
        value = self.options.get(name, default)
        return float(value) if isinstance(value, int | float) else default

    def text(self, name: str, default: str) -> str:
        """A textual option."""
        return str(self.options.get(name, default))


def misread(values: dict[str, Any], rule: FaultRule) -> dict[str, Any]:
    """Return a request as a platform reads it that fills a template in wrongly, or stamps what nobody asked for."""
    if rule.fault == "stamp_elsewhere":
        return _with_one_more_seal(values, rule)
    extra = max(0, int(rule.number("extra_pages", 0)))
    blank = {"contentType": "text/html", "chunkedData": base64.b64encode(b"<p>-</p>").decode("ascii")}
    return {
        **values,
        "simpleFormFields": {**values.get("simpleFormFields", {}), **rule.options.get("values", {})},
        "chunkedFields": [*values.get("chunkedFields", []), *({**blank, "sequence": 99} for _ in range(extra))],
    }


def _with_one_more_seal(values: dict[str, Any], rule: FaultRule) -> dict[str, Any]:
    place = {"posPage": rule.text("page", "1"), "posX": rule.number("x", 300), "posY": rule.number("y", 400)}
    if "width" in rule.options:
        place["scale"] = rule.number("width", 100)
    recipients = values["recipientList"]
    first, *others = recipients["signerList"]
    more = {"docId": values["docList"][0]["docId"], "signType": 2, "posBeanList": [place]}
    first = {**first, "docPosList": [*first.get("docPosList", []), more]}
    return {**values, "recipientList": {**recipients, "signerList": [first, *others]}}


class Faults:
    """Picks the rule for a request; safe to call from any thread."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._stamp: tuple[int, int] | None = None
        self._rules: list[FaultRule] = []
        self._stopping = threading.Event()

    def pause(self, seconds: float) -> None:
        """Let a request hang, but no longer than the server runs."""
        self._stopping.wait(seconds)

    def stop(self) -> None:
        """Let go of every hanging request."""
        self._stopping.set()

    def take(self, path: str) -> FaultRule | None:
        """The first rule that fits and is not used up; counts it as used."""
        if self._file is None:
            return None
        with self._lock:
            self._reload_if_changed(self._file)
            for rule in self._rules:
                if not (path.endswith(rule.path) or path.startswith(rule.path)):
                    continue
                if rule.times is not None and rule.times <= 0:
                    continue
                if rule.skip > 0:
                    rule.skip -= 1
                    continue
                if rule.times is not None:
                    rule.times -= 1
                return rule
        return None

    def _reload_if_changed(self, file: Path) -> None:
        try:
            status = file.stat()
            stamp = (status.st_mtime_ns, status.st_size)
            if stamp == self._stamp:
                return
            rules = [_rule(one) for one in json.loads(file.read_text("utf-8"))]
        except FileNotFoundError:
            rules, stamp = [], (0, 0)
        except (OSError, ValueError, KeyError, TypeError):
            # Half-written: the old rules stay until the file is whole.
            return
        self._rules, self._stamp = rules, stamp


def _rule(values: dict[str, Any]) -> FaultRule:
    fault = values["fault"]
    if fault not in BEFORE_ACTING | OF_THE_ACTING | OF_THE_ANSWER:
        raise ValueError(fault)
    times = values.get("times", 1)
    return FaultRule(values.get("path", ""), fault, values.get("skip", 0), times, dict(values))
