"""Which rows of a worksheet nobody sees, since they are hidden or filtered out: a clerk does not mean to send them."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from typing import Final

from esign_desktop.domain.errors import InputError

_CHUNK_BYTES: Final = 1024 * 1024
_LONGEST_TAG: Final = 64 * 1024
"""What is longer is no row's tag, but a comment without end perhaps, which is not looked through again and again."""
_ROW: Final = re.compile(rb"<(?:\w+:)?row(?=[\s/>])([^<>]*)>")
_NUMBER: Final = re.compile(rb"""\sr\s*=\s*["'](\d{1,7})["']""")
_HIDDEN: Final = re.compile(rb"""\shidden\s*=\s*["'](?:1|true|on)["']""")


def hidden_rows(content: bytes, part: str) -> frozenset[int]:
    """Return the numbers, from 1, of the hidden rows of one worksheet of a workbook; ``part`` is its name in the file.

    What reads the cells does not tell. Raises InputError ``sheet.damaged``.
    """
    found: set[int] = set()
    number = 0
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
                # A tag that is not whole yet is looked at with the next chunk.
                begun = text.rfind(b"<")
                is_open = begun > text.rfind(b">") and len(text) - begun <= _LONGEST_TAG
                rest = text[begun:] if is_open else b""
    except (zipfile.BadZipFile, KeyError, EOFError, OSError, NotImplementedError, RuntimeError, zlib.error) as error:
        raise InputError("sheet.damaged", type(error).__name__) from None
    return frozenset(found)
