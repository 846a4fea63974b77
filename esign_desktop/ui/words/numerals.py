"""Signers' numbers as characters of a text."""

from __future__ import annotations

_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"


def circled(number: int) -> str:
    """Write a number in a circle; in brackets beyond those that fonts have."""
    return _CIRCLED[number - 1] if 1 <= number <= len(_CIRCLED) else f"({number})"
