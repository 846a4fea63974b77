"""Simulate faults, as described by a JSON list of rules that is reloaded when its file changes.

A rule looks like ``{"path": "/sign/start", "fault": "drop_reply", "times": 1, "skip": 0, ...}``. ``path`` is the
beginning or end of the request's path ("/storage/upload" matches every upload). The first ``skip`` matching requests
are processed normally. The fault then occurs ``times`` times, or always if ``times`` is null.

- Faults instead of processing: ``hang`` (``seconds``), ``reset``, ``http_500``, ``gateway_html``, ``err_code``
  (``err_code``, ``msg``), ``http_status`` (``status``, ``retry_after``), ``redirect`` (``location``).
- Faults during processing: ``fill_wrongly`` (``values`` that replace a template's values, ``extra_pages``) and, for
  ``/sign/start``, ``stamp_elsewhere`` (``page``, ``x``, ``y`` and optionally ``width`` of an extra seal of the first
  signer on the first document).
- Faults of the answer: ``slow`` (``seconds``), ``drop_reply``, ``truncate``, ``bad_signature``, ``no_signature``,
  ``garbage``, ``wrong_clock`` (``seconds``).
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
    """A rule from the file.

    ``skip`` is the number of requests that are still to be processed normally, and ``times`` the number of faults that
    are still to occur, or None for an unlimited number.
    """

    path: str
    fault: str
    skip: int
    times: int | None
    options: dict[str, Any]

    def number(self, name: str, default: float) -> float:
        """Return the value of a numeric option of the rule, or the default if the option is missing."""
        value = self.options.get(name, default)
        return float(value) if isinstance(value, int | float) else default

    def text(self, name: str, default: str) -> str:
        """Return the value of an option of the rule as text, or the default if the option is missing."""
        return str(self.options.get(name, default))


def misread(values: dict[str, Any], rule: FaultRule) -> dict[str, Any]:
    """Return a request as a faulty platform would process it: with wrong form values or an additional seal.

    ``values`` is the body of the request.
    """
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
    """The rules, from which the one that applies to each request is selected. Thread-safe."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._stamp: tuple[int, int] | None = None
        self._rules: list[FaultRule] = []
        self._stopping = threading.Event()

    def pause(self, seconds: float) -> None:
        """Delay a request by this number of seconds. The delay ends early if the server stops."""
        self._stopping.wait(seconds)

    def stop(self) -> None:
        """End the delays of all requests, because the server stops."""
        self._stopping.set()

    def take(self, path: str) -> FaultRule | None:
        """Return the first rule that applies to a request, and count its use. Return None if no rule applies."""
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
            rules = [_rule(rule_values) for rule_values in json.loads(file.read_text("utf-8"))]
        except FileNotFoundError:
            rules, stamp = [], (0, 0)
        except (OSError, ValueError, KeyError, TypeError):
            # The file is being written, so keep the old rules until it is complete.
            return
        self._rules, self._stamp = rules, stamp


def _rule(values: dict[str, Any]) -> FaultRule:
    fault = values["fault"]
    if fault not in BEFORE_ACTING | OF_THE_ACTING | OF_THE_ANSWER:
        raise ValueError(fault)
    times = values.get("times", 1)
    return FaultRule(values.get("path", ""), fault, values.get("skip", 0), times, dict(values))
