"""Handle text that cannot be encoded as UTF-8."""

from __future__ import annotations


def replace_surrogates(text: str) -> str:
    """Return the text with each lone surrogate replaced with a question mark.

    Python represents bytes in file names that are not valid UTF-8 as lone surrogates.
    """
    return text.encode("utf-8", "replace").decode("utf-8")
