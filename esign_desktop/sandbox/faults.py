"""Simulate faults as described by a list of rules in a JSON file, which is reloaded when it changes.

A rule looks like ``{"path": "/sign/start", "fault": "drop_reply", "times": 1, "skip": 0, ...}``. ``path`` is the
beginning or end of the request's path ("/storage/upload" matches every upload). The first ``skip`` matching requests
are processed normally. The fault then occurs ``times`` times, or every time if ``times`` is null.

- Faults instead of processing: ``hang`` (``seconds``), ``reset``, ``http_500``, ``gateway_html``, ``err_code``
  (``err_code``, ``msg``), ``http_status`` (``status``, ``retry_after``), ``redirect`` (``location``).
- Faults during processing: ``fill_wrongly`` (``values`` to use instead of the form values, ``extra_pages``) and, for
  ``/sign/start``, ``stamp_elsewhere`` (``page``, ``x``, ``y`` and optionally ``width`` of an extra seal that is added
  for the first signer to the first document).
- Faults in the response: ``slow`` (``seconds``), ``drop_reply``, ``truncate``, ``bad_signature``, ``no_signature``,
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
    """A rule that describes when a fault occurs.

    ``skip`` is the number of matching requests that are still to be processed normally. ``times`` is the number of
    times that the fault is still to occur, or None if there is no limit.
    """

    path: str
    fault: str
    skip: int
    times: int | None
    options: dict[str, Any]

    def number(self, name: str, default: float) -> float:
        """Return a numeric option of the rule, or ``default`` if the option is missing."""
        value = self.options.get(name, default)
        return float(value) if isinstance(value, int | float) else default

    def text(self, name: str, default: str) -> str:
        """Return an option of the rule as text, or ``default`` if the option is missing."""
        return str(self.options.get(name, default))


def misread(values: dict[str, Any], rule: FaultRule) -> dict[str, Any]:
    """Return a request body changed by a fault: with wrong form values, extra pages or an extra seal.

    The platform processes this body in place of the original, and thereby behaves like a faulty platform.
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
    """The rules for simulated faults. The object is thread-safe."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._stamp: tuple[int, int] | None = None
        self._rules: list[FaultRule] = []
        self._stopping = threading.Event()

    def pause(self, seconds: float) -> None:
        """Wait for this number of seconds, or until the server is stopped."""
        self._stopping.wait(seconds)

    def stop(self) -> None:
        """End all waits of ``pause`` when the server is stopped."""
        self._stopping.set()

    def take(self, path: str) -> FaultRule | None:
        """Return the rule whose fault must occur in the current request, or None if there is none.

        The counters ``skip`` and ``times`` of matching rules are updated.
        """
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
