"""Create file names that are valid on all operating systems, and describe the folders of signed files."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from typing import Final

from esign_desktop.domain.surrogates import replace_surrogates

MAX_NAME_BYTES: Final = 180
"""The maximum length of a name. File systems allow 255 bytes, but a counter and two suffixes may be appended."""

_NAMELESS: Final = "document"
_FORBIDDEN: Final = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u202a-\u202e\u2066-\u2069]')
_WINDOWS_DEVICES: Final = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])\s*(\.|$)", re.IGNORECASE)


class FolderLayout(StrEnum):
    """The subfolders into which signed files are saved. The values are stored and are part of the policy's format."""

    CUSTOMER = "customer"
    MONTH = "month"
    FLAT = "flat"


def safe_stem(name: str, *, fallback: str) -> str:
    """Return a valid file name without a suffix, derived from ``name``.

    If ``name`` contains no valid characters, the file name is derived from ``fallback``.
    """
    return _made_safe(name) or _made_safe(fallback) or _NAMELESS


def _made_safe(name: str) -> str:
    text = unicodedata.normalize("NFC", replace_surrogates(name))
    text = _FORBIDDEN.sub("_", text).removesuffix(".pdf").removesuffix(".PDF").strip(". ")
    while len(text.encode("utf-8")) > MAX_NAME_BYTES:
        text = text[:-1]
    text = text.strip(". ")
    return f"_{text}" if _WINDOWS_DEVICES.match(text) else text
