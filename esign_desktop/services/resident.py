"""What an ID number of 18 characters tells about its holder, to compare with the person at the desk (GB 11643)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from esign_desktop.services.identity import is_foreign_residence_number, is_resident_number

_CHARACTERS: Final = 18


class Sex(StrEnum):
    """As the number tells."""

    FEMALE = "female"
    MALE = "male"


@dataclass(frozen=True, slots=True)
class ResidentFacts:
    """Sex, day of birth, and how old somebody is on the given day."""

    sex: Sex
    born_on: date
    age_years: int

    @property
    def is_minor(self) -> bool:
        """Whether the person is under eighteen, and can't bind themselves alone."""
        return self.age_years < 18


def resident_facts(number: str, today: date) -> ResidentFacts | None:
    """Return what a valid number tells; None for any other, and for somebody who is not born yet."""
    if len(number) != _CHARACTERS or not (is_resident_number(number) or is_foreign_residence_number(number)):
        return None
    born_on = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    if born_on > today:
        return None
    had_birthday = (today.month, today.day) >= (born_on.month, born_on.day)
    sex = Sex.MALE if int(number[16]) % 2 else Sex.FEMALE
    return ResidentFacts(sex, born_on, today.year - born_on.year - (not had_birthday))
