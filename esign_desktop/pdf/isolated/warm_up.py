"""What a process loads before it is locked in: a module that is not there then can't be read any more."""

from __future__ import annotations

import codecs
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_ENCODINGS: Final = (
    *("ascii", "latin-1", "cp1252", "cp437", "utf-8-sig", "unicode_escape", "raw_unicode_escape"),
    *("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"),
    *("gb18030", "gbk", "gb2312", "big5", "big5hkscs", "shift_jis", "euc_jp", "euc_kr", "mac_roman", "iso8859-15"),
)


def load_modules(names: Iterable[str]) -> None:
    """Import these, as far as the installed versions of the packages have them."""
    for name in names:
        with suppress(ImportError):
            import_module(name)


def load_encodings(names: Iterable[str] = _ENCODINGS) -> None:
    """Load what texts of documents are written in."""
    for name in names:
        with suppress(LookupError):
            codecs.lookup(name)
