"""Convert the messages that the parent process and its children exchange to and from JSON.

A child has parsed an untrusted file, so its answers are untrusted too. Answers are never unpickled, and every number
and length is checked before it becomes a value. Anything unexpected raises BadAnswer.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from dataclasses import astuple, dataclass
from enum import Enum
from functools import cache, partial
from itertools import groupby, repeat
from typing import TYPE_CHECKING, Any, Final, TypeVar, get_args, get_origin

from esign_desktop.domain.contract.fingerprint import SKETCH_SIZE, PageDigest
from esign_desktop.domain.errors import PdfError
from esign_desktop.domain.geometry import DisplayRect, PageFrame, PageRect, Rotation
from esign_desktop.domain.surrogates import replace_surrogates
from esign_desktop.pdf.files import FileState
from esign_desktop.pdf.limits import (
    MAX_ANSWER_VALUES,
    MAX_HITS,
    MAX_PAGE_CHARACTERS,
    MAX_PAGES,
    MAX_SIDE_PT,
    MAX_WIDE_BYTES,
)
from esign_desktop.pdf.text.index import PageText, Reading
from esign_desktop.pdf.text.recognised import Word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from cattrs import Converter

Message = dict[str, Any]
T = TypeVar("T")

MAX_COUNT: Final = 1 << 53
MAX_TEXT_CHARACTERS: Final = 4_000
MAX_ITEMS: Final = 2 * MAX_HITS
MAX_BASE64_CHARACTERS: Final = 64 * 1024 * 1024
_MAX_TIME_NS: Final = 1 << 80
_MAX_HASH: Final = 0xFFFF_FFFF
_SHA256: Final = re.compile(r"([0-9a-f]{64})?")
_CODE: Final = re.compile(r"(pdf|document)\.[a-z_]{1,40}")
_CLASS_NAME: Final = re.compile(r"[\w. ]{0,80}")


class BadAnswer(Exception):
    """Raised for an answer that a properly working child never sends."""


@dataclass(frozen=True, slots=True)
class PageRun:
    """A sequence of consecutive pages with the same PageFrame."""

    count: int
    frame: PageFrame


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A document that a child has opened. ``pages`` is empty if the child already had the document open."""

    state: FileState
    pages: tuple[PageRun, ...]

    @classmethod
    def of(cls, state: FileState, frames: Iterable[PageFrame]) -> OpenedFile:
        """Return an instance in which consecutive pages with equal PageFrames form one PageRun."""
        return cls(state, tuple(PageRun(sum(1 for _ in alike), frame) for frame, alike in groupby(frames)))

    def frames(self) -> tuple[PageFrame, ...]:
        """Return the PageFrame of each page. Raises BadAnswer if there are no pages or too many pages."""
        frames: list[PageFrame] = []
        for run in self.pages:
            frames.extend(repeat(run.frame, as_integer(run.count, MAX_PAGES - len(frames))))
        if not frames:
            raise BadAnswer("pages")
        return tuple(frames)


def encode(message: Mapping[str, Any]) -> bytes:
    """Serialize a message as UTF-8 JSON. Unpaired surrogates in file names are preserved."""
    return json.dumps(message, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")


def decode(data: bytes) -> Message:
    """Parse a JSON object.

    Raises BadAnswer if the data is not a JSON object, or if the parsed data would take up too much memory. The memory
    is estimated before parsing, because a compromised child could send text that grows 25-fold when parsed.
    """
    # The name of a member takes half as much memory as a value.
    if sum(map(data.count, (b",", b"[", b"{"))) + data.count(b'":') // 2 > MAX_ANSWER_VALUES:
        raise BadAnswer("values")
    if len(data) > MAX_WIDE_BYTES and not data.isascii():
        raise BadAnswer("length of text")
    try:
        message = json.loads(data.decode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError) as error:
        raise BadAnswer("no JSON") from error
    if not isinstance(message, dict):
        raise BadAnswer("no object")
    return message


def write(value: object) -> Any:
    """Convert a value to types that JSON supports."""
    return _converter().unstructure(value)


def read(untrusted: object, kind: type[T]) -> T:
    """Convert untrusted JSON to a value of the type ``kind``, which is a dataclass, enum, tuple, string or number type.

    Raises BadAnswer if the JSON does not fit the type.
    """
    try:
        return _converter().structure(untrusted, kind)
    except BadAnswer:
        raise
    except Exception as error:  # noqa: BLE001  cattrs raises what the values' own constructors raise
        raise BadAnswer(type(error).__name__) from None


def load() -> None:
    """Import the serialization library before the sandbox blocks further imports."""
    _converter()


def error_message(error: PdfError) -> Message:
    """Return the message that reports an error."""
    return {"error": error.code, "detail": error.detail, "params": error.params}


def raise_error(message: Message) -> None:
    """Raise the PdfError that the message reports, if any.

    Raises BadAnswer for a code that a child may not report. An unexpected ``detail`` is dropped.
    """
    code, detail, params = message.get("error"), message.get("detail"), message.get("params")
    if code is None:
        return
    if not (isinstance(code, str) and _CODE.fullmatch(code)):
        raise BadAnswer("error code")
    if not (isinstance(detail, str) and _CLASS_NAME.fullmatch(detail)):
        detail = ""
    page_number = params.get("page_number") if isinstance(params, dict) else None
    if type(page_number) is int:
        raise PdfError(code, detail, page_number=page_number)
    raise PdfError(code, detail)


@cache
def _converter() -> Converter:
    # Imported late to keep the start of the application fast.
    from cattrs import Converter

    converter = Converter(forbid_extra_keys=True, detailed_validation=False)
    readers: dict[Any, Callable[[object], object]] = {
        bool: as_boolean,
        int: as_integer,
        float: as_number,
        str: as_text,
        bytes: _read_bytes,
        type(None): _read_nothing,
        FileState: _read_state,
        PageDigest: _read_digest,
        PageFrame: _read_frame,
        PageRect: _read_rect,
        PageText: _read_page_text,
        Word: _read_word,
    }
    for kind, reader in readers.items():
        converter.register_structure_hook(kind, partial(_read_as, reader))
    writers: dict[Any, Callable[[Any], object]] = {
        bytes: lambda data: b64encode(data).decode("ascii"),
        FileState: lambda state: [state.size_bytes, state.modified_ns, state.sha256],
        PageDigest: lambda digest: [digest.sha256, list(digest.sketch)],
        PageFrame: lambda p: [p.width_pt, p.height_pt, int(p.rotation), p.user_unit, p.origin_x_pt, p.origin_y_pt],
        PageRect: lambda rect: [round(n, 3) for n in (rect.left_pt, rect.bottom_pt, rect.right_pt, rect.top_pt)],
        PageText: lambda text: [int(text.reading), text.has_text, text.folded],
        Word: lambda word: [word.text, *(round(n, 3) for n in astuple(word.rect))],
    }
    for kind, writer in writers.items():
        converter.register_unstructure_hook(kind, writer)

    def is_tuple(kind: Any) -> bool:
        origin: object = get_origin(kind)
        return origin is tuple

    def tuple_reader(kind: Any) -> Callable[[object, Any], object]:
        *kinds, last = get_args(kind)
        hooks = [(converter.get_structure_hook(item_kind), item_kind) for item_kind in kinds]
        if last is Ellipsis:
            ((hook, item),) = hooks
            return lambda untrusted, _: tuple([hook(value, item) for value in as_array(untrusted, MAX_ITEMS)])
        hooks.append((converter.get_structure_hook(last), last))
        return lambda untrusted, _: tuple(
            hook(value, item)
            for value, (hook, item) in zip(as_array(untrusted, len(hooks), exactly=len(hooks)), hooks, strict=True)
        )

    converter.register_structure_hook_factory(is_tuple, tuple_reader)
    return converter


def _read_as(reader: Callable[[object], Any], untrusted: object, kind: Any) -> Any:
    # The hooks for int and str are also called for enums derived from them.
    return kind(reader(untrusted)) if issubclass(kind, Enum) else reader(untrusted)


def as_array(untrusted: object, at_most: int, *, exactly: int | None = None) -> list[object]:
    """Return the value as a list of at most ``at_most`` items.

    If ``exactly`` is given, the list must have exactly this number of items. Raises BadAnswer for any other value.
    """
    if not isinstance(untrusted, list) or len(untrusted) > at_most:
        raise BadAnswer("array")
    if exactly is not None and len(untrusted) != exactly:
        raise BadAnswer("length")
    return untrusted


def as_number(untrusted: object) -> float:
    """Return the value as a finite float within the permitted bounds. Raises BadAnswer for any other value."""
    if isinstance(untrusted, bool) or not isinstance(untrusted, (int, float)):
        raise BadAnswer("number")
    # This form of the comparison also rejects NaN, and integers too large for a float.
    if not abs(untrusted) <= MAX_COUNT:
        raise BadAnswer("size of a number")
    return float(untrusted)


def as_integer(untrusted: object, at_most: int = MAX_COUNT) -> int:
    """Return the value as an integer from 0 to ``at_most``. Raises BadAnswer for any other value."""
    if type(untrusted) is not int or not 0 <= untrusted <= at_most:
        raise BadAnswer("integer")
    return untrusted


def as_boolean(untrusted: object) -> bool:
    """Return the value as a bool. Raises BadAnswer for any other value."""
    if not isinstance(untrusted, bool):
        raise BadAnswer("boolean")
    return untrusted


def as_text(untrusted: object) -> str:
    """Return the value as a string of permitted length, without unpaired surrogates.

    Raises BadAnswer for any other value.
    """
    if not isinstance(untrusted, str) or len(untrusted) > MAX_TEXT_CHARACTERS:
        raise BadAnswer("text")
    return replace_surrogates(untrusted)


def _read_nothing(untrusted: object) -> None:
    if untrusted is not None:
        raise BadAnswer("nothing")


def _read_bytes(untrusted: object) -> bytes:
    if not isinstance(untrusted, str) or len(untrusted) > MAX_BASE64_CHARACTERS:
        raise BadAnswer("bytes")
    return b64decode(untrusted, validate=True)


def _read_state(untrusted: object) -> FileState:
    size_bytes, modified_ns, sha256 = as_array(untrusted, 3, exactly=3)
    if type(modified_ns) is not int or abs(modified_ns) >= _MAX_TIME_NS:
        raise BadAnswer("time")
    return FileState(as_integer(size_bytes), modified_ns, _as_sha256(sha256))


def is_sha256(text: str) -> bool:
    """Return whether a string is a SHA-256 digest in hexadecimal, or empty. An empty string means an unknown digest."""
    return _SHA256.fullmatch(text) is not None


def _as_sha256(untrusted: object) -> str:
    if not isinstance(untrusted, str) or not is_sha256(untrusted):
        raise BadAnswer("sum")
    return untrusted


def _read_digest(untrusted: object) -> PageDigest:
    sha256, sketch = as_array(untrusted, 2, exactly=2)
    hashes = tuple(as_integer(number, _MAX_HASH) for number in as_array(sketch, SKETCH_SIZE))
    return PageDigest(_as_sha256(sha256), hashes)


def _read_frame(untrusted: object) -> PageFrame:
    width, height, turn, unit, x, y = map(as_number, as_array(untrusted, 6, exactly=6))
    fits = 0 < width * unit <= MAX_SIDE_PT * 1.01 and 0 < height * unit <= MAX_SIDE_PT * 1.01
    if not (fits and unit > 0 and turn in set(Rotation)):
        raise BadAnswer("page frame")
    return PageFrame(width, height, Rotation(int(turn)), unit, x, y)


def _read_rect(untrusted: object) -> PageRect:
    left, bottom, right, top = map(as_number, as_array(untrusted, 4, exactly=4))
    if left > right or bottom > top:
        raise BadAnswer("rectangle")
    return PageRect(left, bottom, right, top)


def _read_page_text(untrusted: object) -> PageText:
    reading, has_text, folded = as_array(untrusted, 3, exactly=3)
    if not isinstance(folded, str) or len(folded) > MAX_PAGE_CHARACTERS:
        raise BadAnswer("text of a page")
    return PageText(Reading(as_integer(reading, max(Reading))), as_boolean(has_text), folded)


def _read_word(untrusted: object) -> Word:
    text, *sides = as_array(untrusted, 5, exactly=5)
    return Word(as_text(text), DisplayRect(*map(as_number, sides)))
