"""Which part of the program a file belongs to that somebody hands over: by its name, as file managers tell it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_PRESET: Final = ".esignpreset"
_SHEETS: Final = frozenset({".xlsx", ".xlsm", ".csv", ".tsv", ".txt"})


@dataclass(frozen=True, slots=True)
class GivenFiles:
    """``contracts`` are PDFs, and whatever is told in words when it is opened as one."""

    contracts: tuple[Path, ...] = ()
    sheets: tuple[Path, ...] = ()
    presets: tuple[Path, ...] = ()


def sorted_out(paths: Iterable[Path]) -> GivenFiles:
    """Sort files by where they go; nothing is read."""
    files = tuple(paths)
    presets = tuple(path for path in files if path.suffix.lower() == _PRESET)
    sheets = tuple(path for path in files if path.suffix.lower() in _SHEETS)
    return GivenFiles(tuple(path for path in files if path not in {*presets, *sheets}), sheets, presets)
