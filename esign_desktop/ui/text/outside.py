"""Make texts from outside the program safe to display, so that they cannot reorder or hide other texts."""

from __future__ import annotations

import unicodedata
from typing import Final

MOST_CHARACTERS: Final = 200

_ISOLATE: Final = "\u2068"
_END_OF_ISOLATE: Final = "\u2069"
_LINES: Final = frozenset("\n\t")
_KEPT: Final = _LINES | {_ISOLATE, _END_OF_ISOLATE}


def one_line(text: str, *, most_characters: int = MOST_CHARACTERS) -> str:
    """Return a text as one line without control characters and invalid characters.

    A text longer than ``most_characters`` is cut and ends with an ellipsis. A text with right-to-left characters is
    enclosed in directional isolates, so that it does not reorder the text around it.
    """
    cut = text[: most_characters + 1]
    shown = "".join(map(_shown, cut)) if not cut.isprintable() else cut
    if len(text) > most_characters:
        shown = f"{shown[:most_characters].rstrip()}…"
    if not shown.isascii() and any(unicodedata.bidirectional(character) in {"R", "AL"} for character in shown):
        return f"{_ISOLATE}{shown}{_END_OF_ISOLATE}"
    return shown


def harmless(text: str) -> str:
    """Return a text of several lines without characters that could reorder or hide the text around it.

    Use this for a label that may show any text, and ``one_line`` for a single value, whose direction is isolated, too.
    """
    if text.isprintable():
        return text
    kept = _KEPT if text.count(_ISOLATE) == text.count(_END_OF_ISOLATE) else _LINES
    return "".join(character if character in kept else _shown(character) for character in text)


def _shown(character: str) -> str:
    match unicodedata.category(character):
        case "Cc" | "Zl" | "Zp":
            return " "
        case "Cf":
            return ""
        case "Cs" | "Cn" | "Co":
            return "\ufffd"
        case _:
            return character
