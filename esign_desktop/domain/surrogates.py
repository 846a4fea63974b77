"""Handle text that UTF-8 cannot encode."""

from __future__ import annotations


def replace_surrogates(text: str) -> str:
    """Replace lone surrogates, which Python uses for bytes of file names that are not valid UTF-8."""
    return text.encode("utf-8", "replace").decode("utf-8")
