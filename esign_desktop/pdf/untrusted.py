"""Reads values of unknown origin: whatever is not what it should be, and as long as it may be, raises BadAnswer."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from esign_desktop.domain.errors import PdfError

MAX_TEXT_CHARACTERS: Final = 4_000
MAX_COUNT: Final = 1 << 53
_CODE: Final = re.compile(r"(pdf|document)\.[a-z_]{1,40}")
_CLASS_NAME: Final = re.compile(r"[\w. ]{0,80}")


class BadAnswer(Exception):
    """The child answered something that no sound child would."""


def decode(data: bytes) -> dict[str, Any]:
    """Read an object of JSON."""
    try:
        message = json.loads(data.decode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError) as error:
        raise BadAnswer("no JSON") from error
    if not isinstance(message, dict):
        raise BadAnswer("no object")
    return message


def raise_failure(code: object, detail: object, page_number: object = None) -> None:
    """Raise the failure that the child tells of, if it is one that a child may tell."""
    if not (isinstance(code, str) and _CODE.fullmatch(code)):
        raise BadAnswer("error code")
    if not (isinstance(detail, str) and _CLASS_NAME.fullmatch(detail)):
        detail = ""
    if type(page_number) is int:
        raise PdfError(code, detail, page_number=page_number)
    raise PdfError(code, detail)


def as_array(untrusted: object, at_most: int, *, exactly: int | None = None) -> list[object]:
    """Return a list of no more items, or of exactly so many."""
    if not isinstance(untrusted, list) or len(untrusted) > at_most:
        raise BadAnswer("array")
    if exactly is not None and len(untrusted) != exactly:
        raise BadAnswer("length")
    return untrusted


def as_number(untrusted: object) -> float:
    """Return a finite number of a sensible size."""
    if isinstance(untrusted, bool) or not isinstance(untrusted, (int, float)):
        raise BadAnswer("number")
    # Written so that it also refuses NaN, and whole numbers too long for a float.
    if not abs(untrusted) <= MAX_COUNT:
        raise BadAnswer("size of a number")
    return float(untrusted)


def as_integer(untrusted: object, at_most: int) -> int:
    """Return a whole number from 0 on."""
    if type(untrusted) is not int or not 0 <= untrusted <= at_most:
        raise BadAnswer("integer")
    return untrusted


def as_boolean(untrusted: object) -> bool:
    """Return yes or no."""
    if not isinstance(untrusted, bool):
        raise BadAnswer("boolean")
    return untrusted


def as_text(untrusted: object, at_most: int = MAX_TEXT_CHARACTERS) -> str:
    """Return a text that can be shown, stored and sent."""
    if not isinstance(untrusted, str) or len(untrusted) > at_most:
        raise BadAnswer("text")
    # A lone surrogate can't be shown, stored or sent.
    return untrusted.encode("utf-8", "replace").decode("utf-8")
