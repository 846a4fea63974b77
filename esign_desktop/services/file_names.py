"""Names for files that come from outside: safe in any folder, and never on top of another file."""

from __future__ import annotations

import filecmp
import re
import unicodedata
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

MAX_NAME_BYTES: Final = 180
"""Of 255 that file systems allow: a counter, an ending and a scratch suffix have to fit as well."""

_NAMELESS: Final = "document"
_FORBIDDEN: Final = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u202a-\u202e\u2066-\u2069]')
_WINDOWS_DEVICES: Final = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)", re.IGNORECASE)


def safe_stem(name: str, *, fallback: str) -> str:
    """Return a file name without its ending that every system takes; ``fallback``, made safe too, for nothing."""
    return _made_safe(name) or _made_safe(fallback) or _NAMELESS


def _made_safe(name: str) -> str:
    text = unicodedata.normalize("NFC", name.encode("utf-8", "replace").decode("utf-8"))
    text = _FORBIDDEN.sub("_", text).removesuffix(".pdf").removesuffix(".PDF").strip(". ")
    while len(text.encode("utf-8")) > MAX_NAME_BYTES:
        text = text[:-1]
    text = text.strip(". ")
    return f"_{text}" if _WINDOWS_DEVICES.match(text) else text


def free_path(folder: Path, stem: str, suffix: str, *, taken: Collection[Path] = ()) -> Path:
    """Return a path in the folder that is neither there nor taken, counting up from 2 if need be."""
    path, number = folder / f"{stem}{suffix}", 1
    while path in taken or path.exists() or path.is_symlink():
        number += 1
        path = folder / f"{stem} ({number}){suffix}"
    return path


def twin_of(path: Path, folder: Path, stem: str, suffix: str, *, taken: Collection[Path] = ()) -> Path | None:
    """Return the file with the same content that kept ``path`` from being called so; None if there is none.

    What is ``taken`` belongs to another document of the same name. Raises OSError.
    """
    candidate, number = folder / f"{stem}{suffix}", 1
    while candidate != path and (candidate in taken or candidate.is_file()):
        if candidate not in taken and filecmp.cmp(candidate, path, shallow=False):
            return candidate
        number += 1
        candidate = folder / f"{stem} ({number}){suffix}"
    return None
