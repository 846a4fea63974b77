from __future__ import annotations

from datetime import date

import pytest

from esign_desktop.services.people.customers import Sex, resident_facts


@pytest.mark.parametrize(
    ("number", "today", "sex", "age"),
    [
        ("110101199003078515", date(2026, 3, 6), Sex.MALE, 35),
        ("110101199003078515", date(2026, 3, 7), Sex.MALE, 36),
        ("11010119500101005X", date(2026, 1, 1), Sex.MALE, 76),
        ("110101200002290042", date(2026, 2, 28), Sex.FEMALE, 25),
        ("110101200002290042", date(2026, 3, 1), Sex.FEMALE, 26),
    ],
)
def test_number_tells_sex_and_age(number: str, today: date, sex: Sex, age: int) -> None:
    facts = resident_facts(number, today)
    assert facts is not None
    assert (facts.sex, facts.age_years, facts.is_minor) == (sex, age, False)


def test_whoever_is_not_eighteen_yet_is_a_minor() -> None:
    number = "110101200002290042"
    before, after = resident_facts(number, date(2018, 2, 28)), resident_facts(number, date(2018, 3, 1))
    assert before is not None
    assert after is not None
    assert (before.is_minor, after.is_minor) == (True, False)


@pytest.mark.parametrize("number", ["", "110101199003078516", "110101199002308515", "130503670401001", "张三"])
def test_number_that_cannot_be_tells_nothing(number: str) -> None:
    assert resident_facts(number, date(2026, 1, 1)) is None


def test_nobody_is_born_in_the_future() -> None:
    assert resident_facts("110101199003078515", date(1990, 3, 6)) is None
