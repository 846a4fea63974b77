"""Writes tables as CSV for spreadsheet programs: Chinese is taken for Chinese, and no cell is computed."""

from __future__ import annotations

import csv
import io
import unicodedata
from typing import TYPE_CHECKING, Final

from esign_desktop.atomic_files import atomic_target
from esign_desktop.domain.disk_errors import disk_errors

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

_FORMULA_STARTS: Final = ("=", "+", "-", "@")
_AS_TEXT: Final = "'"


def save_csv(rows: Iterable[Sequence[str]], target: Path) -> None:
    """Write rows as CSV. Raises StoreError."""
    save_whole(csv_bytes(rows), target)


def csv_bytes(rows: Iterable[Sequence[str]]) -> bytes:
    """Return rows as CSV, with a mark without which Excel takes Chinese for something else."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig", "replace")


def save_whole(content: bytes, target: Path) -> None:
    """Put a whole file in the place of whatever was there, or leave that as it is. Raises StoreError."""
    with disk_errors(), atomic_target(target) as scratch:
        scratch.write_bytes(content)


def harmless(cell: str) -> str:
    """Return a cell without control characters, marked as text where a spreadsheet program might compute it."""
    plain = "".join(" " if ord(character) < 32 else character for character in cell)
    return f"{_AS_TEXT}{plain}" if is_formula(plain) else plain


def is_formula(cell: str) -> bool:
    """Whether a program might compute a cell: some skip what is not seen before the sign, or take a wide sign."""
    for character in cell:
        if not (character.isspace() or unicodedata.category(character) in {"Cc", "Cf"}):
            return unicodedata.normalize("NFKC", character).startswith(_FORMULA_STARTS)
    return False


def without_mark(cell: str) -> str:
    """Return a cell of a CSV file without the mark that ``harmless`` put there."""
    return cell[1:] if cell.startswith(_AS_TEXT) and is_formula(cell[1:]) else cell
