"""Strict parsing of JSON, and type-checked access to the parsed values.

Python's parser accepts ``NaN`` and silently drops duplicate keys. This module raises Malformed for duplicate keys,
``NaN``, infinite numbers and lone surrogates. Unknown keys are ignored
(docs/platform-answers.md#unknown-and-malformed-values).
"""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any, Final, NoReturn

from esign_desktop.domain.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

_INTEGER: Final = re.compile(r"-?[0-9]{1,18}")


class Malformed(Exception):
    """The text is not valid JSON, or its structure is not the expected one.

    The message contains names of keys, but never values.
    """


def read(body: bytes) -> object:
    """Return the value of JSON text encoded as UTF-8. Raises Malformed if the text is invalid."""
    try:
        value = json.loads(
            body.decode("utf-8"), object_pairs_hook=_object, parse_constant=_no_constant, parse_float=_finite
        )
        # The parser accepts escaped lone surrogates, but a string that contains one cannot be encoded.
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeError as error:
        raise Malformed("not UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise Malformed(type(error).__name__) from None
    return value


def write(value: Mapping[str, object]) -> bytes:
    """Return a value as JSON bytes, to be signed and sent.

    Raises InputError ``input.bad_text`` if a string contains a lone surrogate.
    """
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode("utf-8")
    except UnicodeEncodeError:
        raise InputError("input.bad_text", "a lone surrogate") from None


def as_object(value: object, what: str) -> Mapping[str, Any]:
    """Return the value if it is a JSON object; otherwise raise Malformed, with ``what`` in its message."""
    if not isinstance(value, dict):
        raise Malformed(f"{what} is not an object")
    return value


def as_list(value: object, what: str) -> list[Any]:
    """Return the value if it is a JSON array; otherwise raise Malformed, with ``what`` in its message.

    Null counts as an empty array.
    """
    if value is None:
        return []
    if not isinstance(value, list):
        raise Malformed(f"{what} is not an array")
    return value


def as_integer(value: object, what: str) -> int:
    """Return an integer, which may be given as a numeric string.

    Raises Malformed, with ``what`` in its message, for any other value.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and _INTEGER.fullmatch(value):
        return int(value)
    raise Malformed(f"{what} is not a whole number")


def as_number(value: object, what: str) -> float:
    """Return the value if it is a number; otherwise raise Malformed, with ``what`` in its message."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Malformed(f"{what} is not a number")
    return float(value)


def identifier(source: Mapping[str, Any], key: str) -> str:
    """Return the id under this key. The id may be given as a number. Raises Malformed if the id is missing."""
    value = source.get(key)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, str) and value.strip():
        return value
    raise Malformed(f"{key} is missing")


def text(source: Mapping[str, Any], key: str) -> str:
    """Return the string under this key, or "" if it is missing or null. Raises Malformed for any other type."""
    value = source.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Malformed(f"{key} is not a string")
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("duplicate key")
    return result


def _no_constant(_name: str) -> NoReturn:
    raise ValueError("not a number")


def _finite(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise ValueError("not finite")
    return value
