"""Amounts of money in digits, as users type them, and in Chinese capital numerals.

The numerals follow the People's Bank of China's rules for bills (《正确填写票据和结算凭证的基本规定》).
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

_AMOUNT: Final = re.compile(r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]{1,2})?")
_BEFORE: Final = re.compile(r"^(?:人民币|RMB|CNY|[¥￥])\s*", re.IGNORECASE)
_BEHIND: Final = re.compile(r"\s*(?:元整|圆整|元正|元|圆|yuan)$", re.IGNORECASE)
_IN_WORDS: Final = re.compile(
    r"(?:人民币)?(?=[^元圆角分]*[壹贰叁肆伍陆柒捌玖拾])[零壹贰叁肆伍陆柒捌玖拾佰仟万亿元圆角分]*[元圆角分][整正]?"
)
_MOST_DIGITS: Final = 12
_DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
_PLACES: Final = ("", "拾", "佰", "仟")
_GROUPS: Final = ("", "万", "亿")


def plain_amount(text: str) -> str:
    """Return an amount without currency symbols or words, or "" if the text is not an amount.

    The amount must be positive. Thousands separators must be used throughout or not at all. At most two decimal places
    are accepted, and nothing is rounded.
    """
    plain = _BEHIND.sub("", _BEFORE.sub("", text.strip())).strip()
    if not _AMOUNT.fullmatch(plain):
        return ""
    value = Decimal(plain.replace(",", ""))
    return plain if 0 < value < 10**_MOST_DIGITS else ""


def is_in_words(text: str) -> bool:
    """Return whether the text is an amount in Chinese capital numerals."""
    return _IN_WORDS.fullmatch(text) is not None


def amount_in_words(amount: str) -> str:
    """Convert an amount, as returned by ``plain_amount``, to Chinese capital numerals."""
    fen = int(Decimal(amount.replace(",", "")) * 100)
    yuan, jiao, fen = fen // 100, fen // 10 % 10, fen % 10
    words = f"{_whole(yuan)}元" if yuan else ""
    if not jiao and not fen:
        return f"{words}整"
    if jiao:
        words += f"{_DIGITS[jiao]}角"
    elif yuan:
        words += _DIGITS[0]
    return words + (f"{_DIGITS[fen]}分" if fen else "")


def _whole(number: int) -> str:
    groups = []
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    words = ""
    for index in reversed(range(len(groups))):
        group = groups[index]
        if not group:
            continue
        # A gap of missing digits before this group is written as a single zero.
        is_gap = bool(words) and (group < 1000 or (index + 1 < len(groups) and not groups[index + 1]))
        words += (_DIGITS[0] if is_gap else "") + _group(group) + _GROUPS[index]
    return words


def _group(group: int) -> str:
    words, wants_zero = "", False
    for place in reversed(range(4)):
        digit = group // 10**place % 10
        if not digit:
            wants_zero = bool(words)
            continue
        words += (_DIGITS[0] if wants_zero else "") + _DIGITS[digit] + _PLACES[place]
        wants_zero = False
    return words
