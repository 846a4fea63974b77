"""Change valid input at random. The same seed always makes the same changes."""

from __future__ import annotations

import json
from copy import deepcopy
from random import Random
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")

MOST_BYTES: Final = 5 * 1024 * 1024
_MOST_REPEATED: Final = 200_000
"""Most characters of repeated values. Long values are put in later, as text."""
_RAW: Final = "raw text of a value "
_DEEP: Final = (50, 990, 100_000)
_LONG: Final = (100, 100, 5_000, 5_000, 300_000)
_SHORT: Final = ("NaN", "Infinity", "-Infinity", "1e400", "-0.0", "0.5", "1e18", '{"a":1,"a":2}')
_PLAIN: Final[tuple[Any, ...]] = (
    *(None, True, False, 0, -1, 1, 2**31, 2**63, 2**64, -(2**63) - 1, 10**30),
    *("", "1", [], {}, [[]], [{}]),
)


class Mutator:
    """A source of random changes."""

    def __init__(self, seed: str) -> None:
        self.random = Random(seed)  # noqa: S311  not for secrets

    def one_of(self, values: Sequence[T]) -> T:
        """Return one of the values."""
        return self.random.choice(values)

    def changed_bytes(self, *samples: bytes) -> bytes:
        """Return one of the samples with a few changes of its bytes, and at most MOST_BYTES long."""
        data = bytearray(self.one_of(samples))
        for _ in range(self.one_of((1, 1, 2, 5, 20))):
            self._change(data, samples)
            del data[MOST_BYTES:]
        return bytes(data)

    def _change(self, data: bytearray, samples: Sequence[bytes]) -> None:
        start, end = sorted(self.random.randrange(len(data) + 1) for _ in range(2))
        # A long part is seldom of interest.
        end = min(end, start + self.one_of((1, 4, 64, len(data) or 1)))
        match self.random.randrange(8):
            case 0 if data:
                data[start % len(data)] ^= 1 << self.random.randrange(8)
            case 1 if data:
                data[start % len(data)] = self.one_of(b'\x00\xff\x7f\x80"\\{[,:<;=\n\r 09-.eE')
            case 2:
                del data[start:end]
            case 3:
                data[start:start] = data[start:end] * self.one_of((1, 2, 50 if end - start < 10_000 else 2))
            case 4:
                data[start:start] = self.random.randbytes(self.one_of((1, 4, 100)))
            case 5:
                other = self.one_of(samples)
                cut = self.random.randrange(len(other) + 1)
                data[start:end] = other[cut : cut + 200]
            case 6:
                del data[start:]
            case _ if end > start and self.random.random() < 0.2:
                part = bytes(data[start:end])
                data[start:end] = part * (MOST_BYTES // len(part))

    def changed_json(self, *samples: Any) -> bytes:
        """Return one of the samples as JSON text, with a few of its values replaced by odd ones."""
        root = [json.loads(json.dumps(self.one_of(samples)))]
        raw: dict[str, str] = {}
        for _ in range(self.one_of((1, 1, 2, 5))):
            holder, key = self._place(root)
            self._replace(holder, key, raw)
            if len(repr(root)) > _MOST_REPEATED:
                break
        text = json.dumps(root[0] if root else None, ensure_ascii=self.random.random() < 0.7)
        for placeholder, content in raw.items():
            # The placeholder may have been repeated.
            text = text.replace(json.dumps(placeholder), content, max(1, MOST_BYTES // len(content)))
        data = text.encode("utf-8", "surrogatepass")
        return self.changed_bytes(data) if self.random.random() < 0.15 else data[:MOST_BYTES]

    def _place(self, root: list[Any]) -> tuple[Any, Any]:
        """Return a random container below ``root`` and one of its keys."""
        places: list[tuple[Any, Any]] = []
        waiting: list[Any] = [root]
        while waiting:
            holder = waiting.pop()
            keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
            for key in keys:
                places.append((holder, key))
                if isinstance(holder[key], dict | list):
                    waiting.append(holder[key])
        return self.one_of(places) if places else (root, 0)

    def _replace(self, holder: Any, key: Any, raw: dict[str, str]) -> None:
        value = holder[key] if holder else None
        changes: list[Callable[[], None]] = [
            lambda: _put(holder, key, self._odd_value(raw)),
            lambda: _put(holder, key, self._odd_value(raw)),
            lambda: _put(holder, key, self._odd_text(value)),
            lambda: _remove(holder, key),
            lambda: _put(
                holder, key, [value] * self.one_of((1, 2, max(1, min(3_000, _MOST_REPEATED // len(repr(value))))))
            ),
            lambda: _put(holder, key, {str(key): value, "": value}),
            lambda: _add(holder, self._odd_text(value), value),
        ]
        self.one_of(changes)()

    def _odd_value(self, raw: dict[str, str]) -> Any:
        if self.random.random() < 0.5:
            return deepcopy(self.one_of(_PLAIN))
        placeholder = f"{_RAW}{len(raw)}"
        raw[placeholder] = self.one_of(_SHORT) if self.random.random() < 0.5 else self._long_value()
        return placeholder

    def _long_value(self) -> str:
        depth, length = self.one_of(_DEEP), self.one_of(_LONG)
        match self.random.randrange(5):
            case 0:
                return "[" * depth + "]" * depth
            case 1:
                return '{"a":' * depth + "0" + "}" * depth
            case 2:
                return "[" + "0," * length + "0]"
            case 3:
                return "1" * min(length, 5_000)
            case _:
                return "{" + ",".join(f'"{number:x}":0' for number in range(length)) + "}"

    def _odd_text(self, value: Any) -> str:
        known = value if isinstance(value, str) else ""
        odd = ("\x00", "\ud800", "\u202e", "\r\n", "٣", "x" * self.one_of(_LONG), "../" * 20, "💥", "\ufeff", " ")
        cut = self.random.randrange(len(known) + 1)
        return known[:cut] + str(self.one_of(odd)) + known[cut:]


def _put(holder: Any, key: Any, value: Any) -> None:
    if holder:
        holder[key] = value


def _remove(holder: Any, key: Any) -> None:
    if holder:
        del holder[key]


def _add(holder: Any, name: str, value: Any) -> None:
    if isinstance(holder, dict):
        holder[name] = value
    else:
        holder.append(value)
