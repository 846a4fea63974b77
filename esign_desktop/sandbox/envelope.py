"""JSON bodies in and out, as strict as the protocol asks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NoReturn

from esign_desktop.sandbox.refusal import ErrCode, Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping


def parse_body(body: bytes) -> dict[str, Any]:
    """The request as an object; duplicate keys, NaN and lone surrogates are refused rather than dropped."""
    try:
        value = json.loads(body.decode("utf-8"), object_pairs_hook=_unique_keys, parse_constant=_no_constant)
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise Refusal(ErrCode.MALFORMED, "请求体不是有效的 JSON / body is not valid JSON") from error
    if not isinstance(value, dict):
        raise Refusal(ErrCode.MALFORMED, "请求体必须是 JSON 对象 / body must be a JSON object")
    return value


def success(data: Mapping[str, Any] | list[Any] | None) -> bytes:
    """The body of an answer with errCode 0."""
    envelope: dict[str, Any] = {"errCode": 0, "msg": "SUCCESS"}
    if data is not None:
        envelope["data"] = data
    return json.dumps(envelope, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def failure(code: int, message: str) -> bytes:
    """The body of a refusal."""
    return json.dumps(
        {"errCode": code, "msg": message, "data": None}, ensure_ascii=False, separators=(",", ":")
    ).encode("utf-8")


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("duplicate key")
    return result


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)
