"""Convert workbook cells to text as a spreadsheet program displays it, so that contracts contain what clerks saw.

If a rare format is not supported, the plain value is used.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from esign_desktop.domain.bulk.sheet import CellDamage

_QUOTED: Final = re.compile(
    r'"([^"]*)"|\\(.)|\[\$([^\]-]*)(?:-[0-9A-Fa-f]+)?\]|_.|\*.|\[(?:Red|Black|Blue|红色|黑色|蓝色)\]'
)
_CORE: Final = re.compile(r"(#*[#0,]*0|[#0,]*#)(\.[0#]*)?")
_PLAIN: Final = re.compile(r"[-+() ¥￥$€£元万亿%]*")
_LITERAL: Final = "\ufdd0"
"""A placeholder for a literal while a format is analyzed. No text may contain it."""
_DIGITS: Final = "\ufdd1"
_DATE_PARTS: Final = re.compile(r"yyyy|mm?|dd?|hh?|ss?|[-/.:, 年月日时分秒T]|" + _LITERAL)
_NAMES: Final = re.compile(r"m{3}|d{3}")
_WITHOUT: Final = frozenset({"", "General", "@"})
_MOST_DIGITS: Final = 15


def shown_number(value: float, number_format: str) -> str | None:
    """Return a number as a spreadsheet program displays it with this format, or None if the format is not supported."""
    if number_format in _WITHOUT:
        return None
    sections = _sections(number_format)
    exact = Decimal(f"{value:.{_MOST_DIGITS}g}")
    section, exact = _section_for(sections, exact)
    literals, skeleton = _without_literals(section)
    core = _CORE.search(skeleton)
    if core is None or core[1].endswith(",") or core[1].startswith(","):
        return None
    before, after = skeleton[: core.start()], skeleton[core.end() :]
    if not all(_PLAIN.fullmatch(part.replace(_LITERAL, "")) for part in (before, after)):
        return None
    if "%" in before + after:
        exact *= 100
    digits = _digits(abs(exact), core[1], (core[2] or "")[1:])
    sign = "-" if exact < 0 and digits.strip("0.,") else ""
    parts = iter(literals)
    texts = (
        next(parts) if character == _LITERAL else digits if character == _DIGITS else character
        for character in before + _DIGITS + after
    )
    return sign + "".join(texts)


def shown_date(value: datetime | date | time, number_format: str) -> str | None:
    """Return a date or time as a spreadsheet program displays it, or None if the format is not supported."""
    literals, skeleton = _without_literals(_sections(number_format)[0])
    skeleton = "".join(character if character in {"T", _LITERAL} else character.lower() for character in skeleton)
    parts = _DATE_PARTS.findall(skeleton)
    is_known = "".join(parts) == skeleton and not _NAMES.search(skeleton)
    if not is_known or not any(part[0] in "ymdhs" for part in parts):
        return None
    texts, rest = [], iter(literals)
    for at, part in enumerate(parts):
        name = _name(parts, at)
        if part == _LITERAL:
            texts.append(next(rest))
        elif name is None:
            texts.append(part)
        elif hasattr(value, name):
            texts.append(f"{getattr(value, name):0{len(part)}}")
        else:
            return None
    return "".join(texts).strip()


def _name(parts: list[str], at: int) -> str | None:
    """Return the date attribute that a part of a format stands for. An m beside hours or seconds stands for minutes."""
    others = (
        [part[0] for part in parts[:at] if part[0] in "ymdhs"],
        [part[0] for part in parts[at + 1 :] if part[0] in "ymdhs"],
    )
    match parts[at][0]:
        case "m":
            is_minute = others[0][-1:] == ["h"] or others[1][:1] == ["s"]
            return "minute" if is_minute else "month"
        case "y":
            return "year"
        case "d":
            return "day"
        case "h":
            return "hour"
        case "s":
            return "second"
        case _:
            return None


def _sections(number_format: str) -> list[str]:
    """Return the sections of a format, which apply to positive numbers, negative numbers and zero, in this order.

    A format may have only the first or the first two sections.
    """
    sections, is_quoted = [""], False
    for character in number_format:
        is_quoted ^= character == '"'
        if character == ";" and not is_quoted:
            sections.append("")
        else:
            sections[-1] += character
    return sections


def _section_for(sections: list[str], value: Decimal) -> tuple[str, Decimal]:
    if value < 0 and len(sections) > 1:
        # The section for negative numbers contains its own sign.
        return sections[1], -value
    if value == 0 and len(sections) > 2:
        return sections[2], value
    return sections[0], value


def _without_literals(section: str) -> tuple[list[str], str]:
    """Return the literals of a section, and the section with a placeholder in place of each literal."""
    literals = []

    def note(match: re.Match[str]) -> str:
        text = match[1] or match[2] or match[3]
        if not text:
            return ""
        literals.append(text)
        return _LITERAL

    return literals, _QUOTED.sub(note, section.replace(_LITERAL, "").replace(_DIGITS, ""))


def _digits(value: Decimal, whole_format: str, fraction_format: str) -> str:
    most, least = len(fraction_format), fraction_format.count("0")
    text = f"{value.quantize(Decimal(1).scaleb(-most), ROUND_HALF_UP):f}"
    whole, _, fraction = text.partition(".")
    while len(fraction) > least and fraction.endswith("0"):
        fraction = fraction[:-1]
    whole = whole.lstrip("0").zfill(whole_format.count("0"))
    if "," in whole_format:
        whole = f"{int(whole or 0):,}" if int(whole or 0) >= 1000 else whole
    return f"{whole}.{fraction}" if fraction else whole


_EXACT: Final = 10**15
"""A spreadsheet program stores fifteen digits of a number and replaces all other digits with zeros."""
_ZEROS: Final = re.compile(r"0+")
_FORMULA: Final = "f"
_ERROR: Final = "e"


@dataclass(frozen=True, slots=True)
class ReadCell:
    """A cell that was read: the displayed text, any damage, and the plain value if it differs from the text."""

    text: str = field(default="", repr=False)
    damage: CellDamage | None = None
    bare: str = field(default="", repr=False)


Row = tuple[int, list[ReadCell], bool]
"""The number of a row, its cells, and whether the row is hidden."""

_EMPTY: Final = ReadCell()


def cell_of(value: Any, formula: Any) -> ReadCell:
    """Return a cell built from two openpyxl cells: one read with values, and the other read with formulas.

    Either cell may be None.
    """
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
    # Fifteen digits are exact. All other digits result from binary rounding, as in 0.1 + 0.2.
    is_fraction = isinstance(value, float) and not value.is_integer()
    # 007 is the number 7 displayed with three digits.
    digits = len(number_format) if _ZEROS.fullmatch(number_format) else 0
    return _shown(shown_number(value, number_format), f"{value:.15g}" if is_fraction else f"{int(value):0{digits}}")


def _shown(shown: str | None, bare: str) -> ReadCell:
    return ReadCell(bare) if shown is None or shown == bare else ReadCell(shown, bare=bare)
