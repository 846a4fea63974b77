"""Cells of a workbook as the texts that a person sees there, as far as they can be known."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, Final

from esign_desktop.domain.bulk_sheet import CellDamage
from esign_desktop.services.sheets.shown_values import shown_date, shown_number

_EXACT: Final = 10**15
"""A spreadsheet keeps fifteen digits of a number; of a longer one the last are noughts."""
_ZEROS: Final = re.compile(r"0+")
_FORMULA: Final = "f"
_ERROR: Final = "e"


@dataclass(frozen=True, slots=True)
class ReadCell:
    """A cell's text as it is shown, what is wrong with it, and its value without a format if that reads otherwise."""

    text: str = field(default="", repr=False)
    damage: CellDamage | None = None
    bare: str = field(default="", repr=False)


_EMPTY: Final = ReadCell()


def cell_of(value: Any, formula: Any) -> ReadCell:
    """Return a cell from how openpyxl reads it with values and with formulas; either may be None."""
    if value is None or value.value is None:
        is_formula = formula is not None and formula.data_type == _FORMULA and formula.value is not None
        return ReadCell(damage=CellDamage.FORMULA) if is_formula else _EMPTY
    if value.data_type == _ERROR:
        return ReadCell(str(value.value), CellDamage.ERROR)
    return _read(value.value, str(value.number_format or ""))


def _read(value: Any, number_format: str) -> ReadCell:
    match value:
        case bool():
            return ReadCell("TRUE" if value else "FALSE")
        case int() | float():
            return _number(value, number_format)
        case datetime():
            is_day = not (value.hour or value.minute or value.second)
            plain = f"{value:%Y-%m-%d}" if is_day else f"{value:%Y-%m-%d %H:%M:%S}"
            return _shown(shown_date(value, number_format), plain)
        case date():
            return _shown(shown_date(value, number_format), f"{value:%Y-%m-%d}")
        case time():
            return _shown(shown_date(value, number_format), f"{value:%H:%M:%S}")
        case _:
            return ReadCell(str(value).strip())


def _number(value: Any, number_format: str) -> ReadCell:
    if abs(value) >= _EXACT:
        is_whole = isinstance(value, int) or value.is_integer()
        return ReadCell(str(int(value)), CellDamage.NUMBER_ROUNDED) if is_whole else ReadCell(str(value))
    # Fifteen digits are exact; the sixteenth is how computers add 0.1 and 0.2.
    is_fraction = isinstance(value, float) and not value.is_integer()
    # 007 is the number 7 that is shown with three digits.
    digits = len(number_format) if _ZEROS.fullmatch(number_format) else 0
    return _shown(shown_number(value, number_format), f"{value:.15g}" if is_fraction else f"{int(value):0{digits}}")


def _shown(shown: str | None, bare: str) -> ReadCell:
    return ReadCell(bare) if shown is None or shown == bare else ReadCell(shown, bare=bare)
