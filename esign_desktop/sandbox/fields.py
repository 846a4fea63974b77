"""Read the fields of a request, and check their types as the specification requires. Empty strings count as absent.

Numbers may also be numeric strings, as in the examples of the specification.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, Final

from esign_desktop.sandbox.refusal import ErrCode, Refusal

if TYPE_CHECKING:
    from collections.abc import Collection

_INTEGER: Final = re.compile(r"[+-]?\d{1,19}")
_MAX_TEXT_CHARACTERS: Final = 4096


class Fields:
    """A JSON object in a request. ``where`` is the object's path in the request, for error messages.

    The methods raise Refusal if a value has the wrong type or a required field is absent.
    """

    def __init__(self, values: dict[str, Any], where: str = "") -> None:
        self._values = values
        self._where = where

    def _value(self, name: str) -> Any:
        value = self._values.get(name)
        return None if value == "" else value

    def has(self, name: str) -> bool:
        """Return whether the field has a value."""
        return self._value(name) is not None

    def text(self, name: str, *, max_characters: int = _MAX_TEXT_CHARACTERS) -> str:
        """Return the value of a required string field. Raises Refusal if the field is absent."""
        value = self.optional_text(name, max_characters=max_characters)
        if value is None:
            raise self.wrong(name, "不能为空 / is required")
        return value

    def optional_text(self, name: str, *, max_characters: int = _MAX_TEXT_CHARACTERS) -> str | None:
        """Return the value of a string field, or None if the field is absent.

        An integer is converted to a string, because ids are given in both forms in the examples of the specification.
        """
        value = self._value(name)
        if value is None:
            return None
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(name, "必须是字符串 / must be a string")
        if len(value) > max_characters:
            raise self.wrong(name, "过长 / is too long")
        return value

    def integer(self, name: str) -> int:
        """Return the value of a required integer field. Raises Refusal if the field is absent."""
        value = self.optional_integer(name)
        if value is None:
            raise self.wrong(name, "不能为空 / is required")
        return value

    def optional_integer(self, name: str) -> int | None:
        """Return the value of an integer field, which may be a numeric string, or None if the field is absent."""
        value = self._value(name)
        if value is None:
            return None
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if isinstance(value, float) and value.is_integer():
            return int(value)
        if isinstance(value, str) and _INTEGER.fullmatch(value.strip()):
            return int(value)
        raise self.wrong(name, "必须是整数 / must be an integer")

    def choice(self, name: str, allowed: Collection[int], default: int | None = None) -> int:
        """Return the value of an integer field, which must be one of ``allowed``.

        If the field is absent, return ``default``. Raises Refusal if ``default`` is None.
        """
        value = self.optional_integer(name)
        if value is None:
            if default is None:
                raise self.wrong(name, "不能为空 / is required")
            return default
        if value not in allowed:
            listed = ", ".join(str(number) for number in sorted(allowed))
            raise self.wrong(name, f"取值只能是 / must be one of {listed}")
        return value

    def optional_number(self, name: str) -> float | None:
        """Return the value of a numeric field, or None if the field is absent.

        The value must be finite. It may be a numeric string.
        """
        value = self._value(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise self.wrong(name, "必须是数字 / must be a number")
        try:
            number = float(value)
        except (ValueError, OverflowError):
            raise self.wrong(name, "必须是数字 / must be a number") from None
        if not math.isfinite(number):
            raise self.wrong(name, "必须是有限的数字 / must be a finite number")
        return number

    def number_set(self, name: str, allowed: Collection[int]) -> list[int]:
        """Return the codes in a comma-separated list such as ``"1,2"``, or an empty list if the field is absent.

        Each code must be one of ``allowed``.
        """
        value = self.optional_text(name)
        if value is None:
            return []
        codes = [part.strip() for part in value.split(",")]
        if not all(code.isascii() and code.isdigit() and int(code) in allowed for code in codes):
            listed = ", ".join(str(number) for number in sorted(allowed))
            raise self.wrong(name, f"取值只能是 / may only contain {listed}")
        return [int(code) for code in codes]

    def optional_texts(self, name: str) -> list[str]:
        """Return the strings in a list field, or an empty list if the field is absent."""
        value = self._value(name)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
            raise self.wrong(name, "必须是字符串数组 / must be a list of strings")
        return list(value)

    def objects(self, name: str) -> list[Fields]:
        """Return the objects in a list field, or an empty list if the field is absent."""
        value = self._value(name)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self.wrong(name, "必须是对象数组 / must be a list of objects")
        return [Fields(item, f"{self._path(name)}[{i}]") for i, item in enumerate(value)]

    def optional_object(self, name: str) -> Fields | None:
        """Return the object in a field, or None if the field is absent."""
        value = self._value(name)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise self.wrong(name, "必须是对象 / must be an object")
        return Fields(value, self._path(name))

    def texts(self, name: str) -> dict[str, str]:
        """Return the value of a field that maps strings to strings, or an empty dictionary if the field is absent.

        Numbers are converted to strings.
        """
        value = self._value(name)
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise self.wrong(name, "必须是对象 / must be an object")
        for key, text in value.items():
            if isinstance(text, bool) or not isinstance(text, str | int | float):
                raise self.wrong(f"{name}.{key}", "必须是字符串 / must be a string")
        return {key: str(text) for key, text in value.items()}

    @property
    def is_empty(self) -> bool:
        """Whether no field of the object has a value."""
        return not any(self.has(name) for name in self._values)

    def wrong(self, name: str, reason: str, code: ErrCode = ErrCode.FIELD) -> Refusal:
        """Return a Refusal whose message names the field by its path and gives the reason."""
        return Refusal(code, f"{self._path(name)} {reason}")

    def _path(self, name: str) -> str:
        return f"{self._where}.{name}" if self._where else name
