"""What the reader of a worksheet's cells does not tell: which rows nobody sees, and whether anything is computed.

A clerk does not mean to send rows that are hidden or filtered out.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from typing import Final

from esign_desktop.domain.errors import InputError

_CHUNK_BYTES: Final = 1024 * 1024
_LONGEST_TAG: Final = 64 * 1024
"""What is longer is no row's tag, but a comment without end perhaps, which is not looked through again and again."""
_ROW: Final = re.compile(rb"<(?:\w+:)?row(?=[\s/>])([^<>]*)>")
_FORMULA: Final = re.compile(rb"<(?:[^\s<>/]+:)?f[\s/>]|\0")
"""The nought is of a text in another encoding, in which nothing here is found."""
_NUMBER: Final = re.compile(rb"""\sr\s*=\s*["'](\d{1,7})["']""")
_HIDDEN: Final = re.compile(rb"""\shidden\s*=\s*["'](?:1|true|on)["']""")


@dataclass(frozen=True, slots=True)
class PageTraits:
    """``hidden`` are the numbers of rows, from 1. Where it is not clear, there may be formulas."""

    hidden: frozenset[int]
    has_formulas: bool


def page_traits(content: bytes, part: str) -> PageTraits:
    """Look through one worksheet; ``part`` is its name in the workbook. Raises InputError ``sheet.damaged``."""
    found: set[int] = set()
    number = 0
    has_formulas = False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open(part) as file:
            rest = b""
            while chunk := file.read(_CHUNK_BYTES):
                text = rest + chunk
                for match in _ROW.finditer(text):
                    told = _NUMBER.search(match[1])
                    number = int(told[1]) if told else number + 1
                    if _HIDDEN.search(match[1]):
                        found.add(number)
                has_formulas = has_formulas or _FORMULA.search(text) is not None
                # A tag that is not whole yet is looked at with the next chunk.
                begun = text.rfind(b"<")
                is_open = begun > text.rfind(b">") and len(text) - begun <= _LONGEST_TAG
                rest = text[begun:] if is_open else b""
    except (zipfile.BadZipFile, KeyError, EOFError, OSError, NotImplementedError, RuntimeError, zlib.error) as error:
        raise InputError("sheet.damaged", type(error).__name__) from None
    return PageTraits(frozenset(found), has_formulas)
