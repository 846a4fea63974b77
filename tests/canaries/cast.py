"""Other persons for the suites: drawn for one run, so that whatever is found of them was left by that run."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final, Self

from esign_desktop.domain.account import masked_mobile

if TYPE_CHECKING:
    from random import Random

_REGION: Final = "110101"
_REGIONS: Final = ("130321", "140511", "152627", "230103", "320125", "330411", "350527", "370704", "450202", "510922")
"""Others with which a number keeps its check digit."""
_BORN: Final = "19900307"
_PHONE_DIGITS, _REGION_DIGITS = 11, len(_REGION)

STAND_IN: Final = {
    "name": "张三",
    "second_name": "张示例",
    "id_number": _REGION + _BORN,
    "phone": "13800000000",
    "second_phone": "13500000000",
    "third_phone": "13900000000",
    "secret": "cf65f987315b12a21b983ca320196d7d",
}
"""What stands for them in the sources of the tests. ``id_number`` is how the numbers of most persons begin."""


@dataclass(frozen=True)
class Cast:
    """``link_token`` begins every signing link, ``platform_secret`` is that of the platform inside the application."""

    name: str
    second_name: str
    id_number: str
    phone: str
    second_phone: str
    third_phone: str
    secret: str
    link_token: str
    platform_secret: str

    @classmethod
    def draw(cls, random: Random) -> Self:
        """Return persons that nobody has met before."""
        phones = [f"1{second}{random.randrange(10**9):09}" for second in "358"]
        return cls(
            name="张" + _rare(random),
            second_name="张" + _rare(random) + _rare(random),
            id_number=random.choice(_REGIONS) + _BORN,
            phone=phones[0],
            second_phone=phones[1],
            third_phone=phones[2],
            secret=f"{random.getrandbits(128):032x}",
            link_token=f"cn{random.getrandbits(48):012x}",
            platform_secret=f"{random.getrandbits(128):032x}",
        )

    @property
    def canaries(self) -> dict[str, str]:
        """The values to look for, by what they stand for."""
        return {what.replace("_", " "): value for what, value in asdict(self).items()}

    def plays_in(self, source: str) -> str:
        """Return a test's source with these persons in it."""
        parts = {text: str(getattr(self, what)) for what, text in STAND_IN.items()}
        for what in ("phone", "second_phone", "third_phone", "id_number"):
            parts |= dict(zip(_as_shown(STAND_IN[what]), _as_shown(getattr(self, what)), strict=True))
        return re.sub("|".join(map(re.escape, parts)), lambda found: parts[found.group()], source)


def _as_shown(number: str) -> tuple[str, ...]:
    """Return a number as the program reads it back to people, and a phone also with its middle hidden."""
    if len(number) != _PHONE_DIGITS:
        return (f"{number[:_REGION_DIGITS]} {number[_REGION_DIGITS:]}",)
    return (f"{number[:3]} {number[3:7]} {number[7:]}", masked_mobile(number))


def _rare(random: Random) -> str:
    """Draw a character that fonts and GBK have, and that hardly a text holds."""
    return bytes((random.randrange(0xD8, 0xF7), random.randrange(0xA1, 0xFE))).decode("gb2312")
