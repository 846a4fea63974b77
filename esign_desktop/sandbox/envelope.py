"""HTTP responses, and the strict JSON format that the protocol requires for message bodies."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

from esign_desktop.sandbox.refusal import ErrCode, Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping


class HeaderSource(Protocol):
    """A collection of HTTP headers in which the case of names is ignored."""

    def get(self, name: str, /) -> str | None:
        """Return the value of the header with this name, or None if there is no such header."""


def parse_body(body: bytes) -> dict[str, Any]:
    """Parse the body of a request, which must be a JSON object.

    Raises Refusal if the JSON is invalid. Duplicate keys, NaN and lone surrogates are also invalid.
    """
    try:
        value = json.loads(body.decode("utf-8"), object_pairs_hook=_unique_keys, parse_constant=_no_constant)
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise Refusal(ErrCode.MALFORMED, "请求体不是有效的 JSON / body is not valid JSON") from error
    if not isinstance(value, dict):
        raise Refusal(ErrCode.MALFORMED, "请求体必须是 JSON 对象 / body must be a JSON object")
    return value


def success(data: Mapping[str, Any] | list[Any] | None) -> bytes:
    """Return the response body for a request that was accepted. Its errCode is 0."""
    return _json({"errCode": 0, "msg": "SUCCESS"} | ({} if data is None else {"data": data}))


def failure(code: int, message: str) -> bytes:
    """Return the response body for a request that was refused, with this errCode and message."""
    return _json({"errCode": code, "msg": message, "data": None})


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("duplicate key")
    return result


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _json(envelope: dict[str, Any]) -> bytes:
    return json.dumps(envelope, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


@dataclass(slots=True)
class Answer:
    """An HTTP response to be sent. ``date_shift_ms`` is added to the time in its Date header."""

    status: int
    body: bytes | Path
    content_type: str = "application/json;charset=UTF-8"
    headers: dict[str, str] = field(default_factory=dict)
    date_shift_ms: int = 0

    @property
    def length_bytes(self) -> int:
        """The length of the body in bytes, for the header Content-Length."""
        return len(self.body) if isinstance(self.body, bytes) else self.body.stat().st_size
