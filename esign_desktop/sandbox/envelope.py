"""HTTP answers, and the strict JSON format of bodies that the protocol requires."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

from esign_desktop.sandbox.refusal import ErrCode, Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping


class HeaderSource(Protocol):
    """A collection of headers that finds a header by its name, ignoring case."""

    def get(self, name: str, /) -> str | None:
        """Return the value of the header with this name, or None if there is no such header."""


def parse_body(body: bytes) -> dict[str, Any]:
    """Return the JSON object in the body of a request.

    Raises Refusal for invalid JSON, including duplicate keys, NaN and lone surrogates.
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
    """Return the body of an answer to a successful request, with the errCode 0."""
    return _json({"errCode": 0, "msg": "SUCCESS"} | ({} if data is None else {"data": data}))


def failure(code: int, message: str) -> bytes:
    """Return the body of an answer to a refused request, with this errCode and message."""
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
    """An HTTP answer before it is sent. ``date_shift_ms`` is added to the time in its Date header."""

    status: int
    body: bytes | Path
    content_type: str = "application/json;charset=UTF-8"
    headers: dict[str, str] = field(default_factory=dict)
    date_shift_ms: int = 0

    @property
    def length_bytes(self) -> int:
        """The length of the body in bytes, which is the value of Content-Length."""
        return len(self.body) if isinstance(self.body, bytes) else self.body.stat().st_size
