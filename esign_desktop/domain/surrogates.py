"""Text that UTF-8 can't express."""

from __future__ import annotations


def replace_surrogates(text: str) -> str:
    """Replace lone surrogates, as which file names that are no UTF-8 reach Python."""
    return text.encode("utf-8", "replace").decode("utf-8")
