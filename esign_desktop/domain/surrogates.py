"""Handle text that UTF-8 cannot encode."""

from __future__ import annotations


def replace_surrogates(text: str) -> str:
    """Return the text with lone surrogates replaced.

    Python uses them for bytes of file names that are not valid UTF-8.
    """
    return text.encode("utf-8", "replace").decode("utf-8")
