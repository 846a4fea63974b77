from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esign_desktop.domain.amounts import amount_in_words, plain_amount

DIGITS = "零壹贰叁肆伍陆柒捌玖"


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("50000", "50000"),
        ("50,000.00", "50,000.00"),
        ("¥12,000 元", "12,000"),
        ("人民币12000元整", "12000"),
        ("50,000 yuan", "50,000"),
        ("0.5", "0.5"),
        ("12 months", ""),
        ("12个月", ""),
        ("12万", ""),
        ("1,2000", ""),
        ("1.234", ""),
        ("-5", ""),
        ("0", ""),
        ("", ""),
        ("元", ""),
        ("9" * 13, ""),
    ],
)
def test_what_is_an_amount_and_what_is_not(typed: str, plain: str) -> None:
    assert plain_amount(typed) == plain


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("1,409.50", "壹仟肆佰零玖元伍角"),
        ("6,007.14", "陆仟零柒元壹角肆分"),
        ("325.04", "叁佰贰拾伍元零肆分"),
        ("12000", "壹万贰仟元整"),
        ("100000", "壹拾万元整"),
        ("10000001", "壹仟万零壹元整"),
        ("100010000", "壹亿零壹万元整"),
        ("100000001", "壹亿零壹元整"),
        ("120050", "壹拾贰万零伍拾元整"),
        ("0.5", "伍角"),
        ("0.05", "伍分"),
        ("10", "壹拾元整"),
    ],
)
def test_amount_is_written_as_on_a_bill(amount: str, words: str) -> None:
    assert amount_in_words(amount) == words


def read_back(words: str) -> Decimal:
    """Read capital characters as a person does: digits times places, group by group."""
    whole, _, rest = words.partition("元") if "元" in words else ("", "", words)
    total = group = digit = 0
    for character in whole:
        if character in DIGITS:
            digit = DIGITS.index(character)
        elif character in "拾佰仟":
            group += digit * {"拾": 10, "佰": 100, "仟": 1000}[character]
            digit = 0
        else:
            total += (group + digit) * {"万": 10**4, "亿": 10**8}[character]
            group = digit = 0
    value = Decimal(total + group + digit)
    for unit, worth in (("角", Decimal("0.1")), ("分", Decimal("0.01"))):
        if unit in rest:
            value += DIGITS.index(rest[rest.index(unit) - 1]) * worth
    return value


@given(st.integers(1, 10**14 - 1))
def test_every_amount_reads_back_as_itself_with_never_two_zeros(fen: int) -> None:
    amount = str(Decimal(fen) / 100)
    words = amount_in_words(amount)
    assert read_back(words) == Decimal(amount)
    assert "零零" not in words
    assert not words.startswith("零")
