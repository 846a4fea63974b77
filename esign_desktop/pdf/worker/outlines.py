"""Reads a page's lines without their glyphs, which is many times quicker than with them.

The library has two ways to tell them: to print the page as JSON, or to have its own list of lines looked at where it
lies in memory. The second takes half as long but rests on how the library lays out its records, so it is believed only
once it has told the same as the first of some page in this process.
"""

from __future__ import annotations

import ctypes
import struct
from typing import TYPE_CHECKING, Any, Final

from esign_desktop.pdf.text.lines import Outline
from esign_desktop.pdf.worker import library

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_lib: Final[Any] = library.lib

_TEXT_BYTES: Final = 8 * 1024
_JSON_BYTES: Final = 32 * 1024
_SCALE: Final = 20.0
_STEP_PT: Final = 1 / _SCALE
"""Printed outlines come in whole numbers of this, cut off."""
_VERTICAL: Final = 1
_TEXT_BLOCK: Final = 0

# MuPDF 1.28, include/mupdf/fitz/structured-text.h, on machines whose pointers have eight bytes.
_BLOCK: Final = struct.Struct("=i20xQ32xQ")
"""type, (id, bbox), first line, (rest of the union, previous), next."""
_LINE: Final = struct.Struct("=B11x4f4xQ16xQ")
"""wmode, (flags, direction), bbox, first character, (last, previous), next."""
_CHARACTER: Final = struct.Struct("=12x2f32xf")
"""(code, bidi, flags, colour), origin, (quad), size."""
_POINTER_BYTES: Final = 8
# A window on all of this process's memory: records are read in place, without a copy of each.
_MEMORY: Final[Any] = (ctypes.c_char * (1 << 48)).from_address(0) if struct.calcsize("P") == _POINTER_BYTES else None


class _Trust:
    """Whether the library's records lie where they are looked for: not known until a page with text was read twice."""

    def __init__(self) -> None:
        self.is_proven = False
        self.is_refuted = _MEMORY is None


_trust: Final = _Trust()


def outlines_of(text: Any) -> tuple[Outline, ...] | None:
    """Return the lines of a page's structured text; None if they can't be told without their glyphs."""
    if _trust.is_proven:
        seen = _seen(text)
        return _printed(text) if seen is None else seen
    printed = _printed(text)
    if printed and not _trust.is_refuted and (seen := _seen(text)) is not None:
        _trust.is_proven = _agree(seen, printed)
        _trust.is_refuted = not _trust.is_proven
    return printed


def _seen(text: Any) -> tuple[Outline, ...] | None:
    """Look at the records; None where they and the printed text tell different lines."""
    try:
        written = iter(_plain_text(text).decode().split("\n"))
        return _looked_up(text, written)
    except (UnicodeDecodeError, struct.error, StopIteration):
        return None


def _looked_up(text: Any, written: Iterator[str]) -> tuple[Outline, ...] | None:
    lines: list[Outline] = []
    block, line, character = _BLOCK.unpack_from, _LINE.unpack_from, _CHARACTER.unpack_from
    first_block = text.m_internal.first_block
    block_at = int(first_block.this) if first_block else 0
    while block_at:
        kind, line_at, block_at = block(_MEMORY, block_at)
        while line_at:
            mode, left, top, right, bottom, character_at, line_at = line(_MEMORY, line_at)
            x, y, size = character(_MEMORY, character_at)
            lines.append(Outline(next(written), mode == _VERTICAL, left, top, right, bottom, x, y, size))
        # Each block ends with an empty line; it does not come here if a character is a line break.
        if kind != _TEXT_BLOCK or next(written):
            return None
    return tuple(lines) if list(written) == [""] else None


def _plain_text(text: Any) -> bytes:
    buffer = _lib.ll_fz_new_buffer(_TEXT_BYTES)
    try:
        output = _lib.ll_fz_new_output_with_buffer(buffer)
        try:
            _lib.ll_fz_print_stext_page_as_text(output, text.m_internal)
            _lib.ll_fz_close_output(output)
        finally:
            _lib.ll_fz_drop_output(output)
        return bytes(_lib.ll_fz_buffer_extract(buffer))
    finally:
        _lib.ll_fz_drop_buffer(buffer)


def _printed(text: Any) -> tuple[Outline, ...] | None:
    # Not above: the first page is on the screen before anybody needs this.
    import orjson

    buffer = _lib.fz_new_buffer(_JSON_BYTES)
    output = _lib.FzOutput(buffer)
    _lib.fz_print_stext_page_as_json(output, text, _SCALE)
    output.fz_close_output()
    data = buffer.fz_buffer_extract()
    try:
        return tuple(_outline(line) for block in orjson.loads(data)["blocks"] for line in block.get("lines", ()))
    except (ValueError, KeyError, TypeError):
        return None


def _outline(line: Any) -> Outline:
    box = line["bbox"]
    left, top = box["x"] * _STEP_PT, box["y"] * _STEP_PT
    return Outline(
        line["text"],
        line["wmode"] == _VERTICAL,
        left,
        top,
        left + box["w"] * _STEP_PT,
        top + box["h"] * _STEP_PT,
        line["x"] * _STEP_PT,
        line["y"] * _STEP_PT,
        line["font"]["size"] * _STEP_PT,
    )


def _agree(seen: tuple[Outline, ...], printed: tuple[Outline, ...]) -> bool:
    return len(seen) == len(printed) and all(
        one[:2] == other[:2] and _are_near(one[2:], other[2:]) for one, other in zip(seen, printed, strict=True)
    )


def _are_near(numbers: Iterable[float], others: Iterable[float]) -> bool:
    """Whether both are the same but for what printing cuts off, twice for the far sides of a box."""
    return all(abs(one - other) <= 2 * _STEP_PT for one, other in zip(numbers, others, strict=True))
