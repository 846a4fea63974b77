"""Texts as a hostile person would write them into a name, a title, a remark or a file's name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE: Final = {
    "markup": '<h1>大</h1><img src="{picture}"><a href="file:///etc/passwd">x</a><style>*{{color:red}}</style>&amp;',
    "image only": '<img src="{picture}" width="900" height="900">',
    "escapes": "\x1b[31m红\x1b]0;title\x07\x00\x08\r\n\t\x9b31m",
    "bidi": "合同\u202efdp.exe\u2066\u2067شركة\u202d\u200f\u061c",
    "zero width": "张\u200b\u200c\u200d\ufeff三\u2060" + "\u0301" * 300,
    "surrogates": "\ud800张\udfff三\udc80",
    "long word": "长" * 10_000,
    "long latin": "W" * 10_000,
    "lines": "行\n" * 5_000,
    "mnemonic": "&A&&B&",
    "format": "{{title}} %1 %n {{0}} %s",
}

AT_ONCE: Final = "".join(
    HOSTILE[kind]
    for kind in ("bidi", "escapes", "image only", "surrogates", "mnemonic", "zero width", "markup", "format")
)
"""Texts of ordinary length as one, the shortest first; ``make nightly`` has each alone."""
DAILY: Final = ("at once", "long latin", "lines")
"""Long texts push a window in their own ways."""

UNSAFE: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066\u2067\ud800-\udfff]")
"""What no text on the screen may hold: it could colour a terminal, or turn round what stands beside it."""


def hostile_text(kind: str, picture: Path) -> str:
    """Return a text, with the picture that must not be loaded named in it."""
    return (AT_ONCE if kind == "at once" else HOSTILE[kind]).format(picture=picture)


def unsafe_part(text: str) -> str:
    """Return the first character of a shown text that could do harm, and what is around it; empty if there is none."""
    found = UNSAFE.search(text)
    if found is not None:
        return ascii(text[max(0, found.start() - 20) : found.end() + 20])
    depth = 0
    for character in text:
        depth += {"\u2068": 1, "\u2069": -1}.get(character, 0)
        if depth < 0:
            return "an isolate is closed that was not opened"
    return "an isolate is left open" if depth else ""
