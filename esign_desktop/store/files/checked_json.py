"""Read JSON written by users or other programs, and validate it against one of this program's schemas."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from esign_desktop.domain.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fastjsonschema import JsonSchemaValueException


class JsonProblem(Exception):
    """A problem with JSON text. It states the reason, the location and the expected value, but never the value found.

    ``reason`` is ``not_json``, ``twice``, ``unknown``, ``missing``, ``not_among``, ``without``, ``out_of_range``,
    ``wrong_type``, ``too_large`` or ``malformed``.
    """

    def __init__(self, reason: str, place: str = "", value: object = "") -> None:
        super().__init__(reason)
        self.reason, self.place, self.value = reason, place, str(value)

    def as_error(self, subject: str, path: str = "") -> InputError:
        """Return an InputError for the problem. The error's code consists of ``subject`` and the reason.

        The error's parameters are ``place``, ``value`` and ``path``.
        """
        return InputError(f"{subject}.{self.reason}", path=path, place=self.place or "–", value=self.value[:60])


def read_json(data: bytes, schema_path: Path, *, max_bytes: int) -> dict[str, Any]:
    """Return the JSON object in the data after validating it against the schema. Raises JsonProblem."""
    if len(data) > max_bytes:
        raise JsonProblem("too_large", "", max_bytes // 1024)
    try:
        found = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_once)
    except UnicodeDecodeError:
        raise JsonProblem("not_json", "", "UTF-8") from None
    # Deeply nested brackets raise RecursionError.
    except (ValueError, RecursionError) as error:
        at = f"{error.lineno}:{error.colno}" if isinstance(error, json.JSONDecodeError) else ""
        raise JsonProblem("not_json", "", at) from None
    from fastjsonschema import JsonSchemaValueException

    try:
        _validator(schema_path)(found)
    except JsonSchemaValueException as error:
        problem = JsonProblem(*_reason(error))
        problem.place = ".".join(str(part) for part in error.path[1:])
    else:
        return dict(found)
    # Raised outside the ``except`` block, because the library's exception contains the value.
    raise problem


@cache
def _validator(schema_path: Path) -> Callable[[object], object]:
    """Return a function that validates a value against the schema in a file of this program."""
    import fastjsonschema

    found: Callable[[object], object] = fastjsonschema.compile(json.loads(schema_path.read_bytes()), use_default=False)
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            # It is unclear which of the two values applies.
            raise JsonProblem("twice", name)
        found[name] = value
    return found


def _reason(error: JsonSchemaValueException) -> tuple[str, str, str]:
    allowed, value = error.rule_definition, error.value
    match error.rule:
        case "additionalProperties":
            found = "unknown", ", ".join(sorted(set(value) - set(error.definition["properties"])))
        case "required":
            found = "missing", ", ".join(name for name in allowed if name not in value)
        case "enum":
            found = "not_among", ", ".join(map(str, allowed))
        case "const":
            found = "not_among", str(allowed)
        case "contains":
            found = "without", str(allowed["const"])
        case "minimum" | "maximum":
            found = "out_of_range", f"{error.definition['minimum']}–{error.definition['maximum']}"
        case "type":
            found = "wrong_type", str(allowed)
        case "uniqueItems":
            found = "twice", ""
        case _:
            found = "malformed", ""
    return found[0], "", found[1]
