"""Texts that SQLite can hold."""

from __future__ import annotations


def storable(text: str) -> str:
    """Replace what UTF-8 can't express; file names that are no UTF-8 reach Python as lone surrogates."""
    return text.encode("utf-8", "replace").decode("utf-8")
