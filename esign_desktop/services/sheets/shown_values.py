"""Numbers and dates as a spreadsheet program shows them: what goes into a contract is what the clerk saw.

Formats that are rare are not understood; then the value itself is written.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import date, datetime, time

_QUOTED: Final = re.compile(
    r'"([^"]*)"|\\(.)|\[\$([^\]-]*)(?:-[0-9A-Fa-f]+)?\]|_.|\*.|\[(?:Red|Black|Blue|红色|黑色|蓝色)\]'
)
_CORE: Final = re.compile(r"(#*[#0,]*0|[#0,]*#)(\.[0#]*)?")
_PLAIN: Final = re.compile(r"[-+() ¥￥$€£元万亿%]*")
_LITERAL: Final = "\ufdd0"
"""Stands for a literal while the rest is looked at; no text may hold it."""
_DIGITS: Final = "\ufdd1"
_DATE_PARTS: Final = re.compile(r"yyyy|mm?|dd?|hh?|ss?|[-/.:, 年月日时分秒T]|" + _LITERAL)
_NAMES: Final = re.compile(r"m{3}|d{3}")
_WITHOUT: Final = frozenset({"", "General", "@"})
_MOST_DIGITS: Final = 15


def shown_number(value: float, number_format: str) -> str | None:
    """Return a number as its format shows it; None for a format that is not understood."""
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
    texts = (next(parts) if one == _LITERAL else digits if one == _DIGITS else one for one in before + _DIGITS + after)
    return sign + "".join(texts)


def shown_date(value: datetime | date | time, number_format: str) -> str | None:
    """Return a moment as its format shows it; None for a format that is not understood."""
    literals, skeleton = _without_literals(_sections(number_format)[0])
    skeleton = "".join(one if one in {"T", _LITERAL} else one.lower() for one in skeleton)
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
    """Return what a part of a date's format tells; an m beside hours or seconds is one of minutes."""
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
    """Return the formats of positive and negative numbers and of nought, as far as there are any."""
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
        # The section brings its own sign.
        return sections[1], -value
    if value == 0 and len(sections) > 2:
        return sections[2], value
    return sections[0], value


def _without_literals(section: str) -> tuple[list[str], str]:
    """Return what is shown as it stands, and the rest with a mark in each of its places."""
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
