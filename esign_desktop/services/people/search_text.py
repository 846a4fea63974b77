"""How contacts are found: by name, by its pinyin and initials, by the last digits of their numbers, by a reference."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.account import folded_name

if TYPE_CHECKING:
    from collections.abc import Callable

_TAIL_LENGTHS: Final = range(3, 9)
_TAIL_CHARACTERS: Final = 8
"""All of them are looked through at every key; of fifty thousand contacts one in thousands is found by mistake."""
_DIGITS: Final = re.compile(r"[0-9]+[0-9x]")
_SHOWN: Final = re.compile(r"\*+")
_MOST_READINGS: Final = 4
_MOST_CHARACTERS: Final = 60


def search_text(name: str, masked_number: str, own_reference: str) -> str:
    """Return what a contact is searched in, a line each: pinyin, initials, name, the end of the number, the reference.

    A first character that is read in several ways, as surnames are (曾, 单), stands there in each of them. The order of
    these texts is that of the pinyin. Takes some 0.1 ms, and 0.2 s the first time.
    """
    # A dictionary of words: only who writes contacts needs it.
    from pypinyin import Style, lazy_pinyin, pinyin

    plain = folded_name(name)
    syllables = lazy_pinyin(plain[:_MOST_CHARACTERS])
    spelt, initials = "".join(syllables), _initials(syllables)
    lines = [spelt, initials]
    for reading in pinyin(plain[:1], style=Style.NORMAL, heteronym=True)[0][:_MOST_READINGS] if plain else ():
        others = [reading, *lazy_pinyin(plain[1:_MOST_CHARACTERS])]
        lines += ["".join(others), _initials(others)]
    lines += [plain, _SHOWN.sub("", masked_number).casefold(), folded_name(own_reference)]
    return "".join(f"\n{line}" for line in dict.fromkeys(lines) if line)


def _initials(syllables: list[str]) -> str:
    """Return the first letter of each syllable; what was no Chinese stays as it is."""
    return "".join(
        syllable if not syllable.isalpha() or not syllable.isascii() else syllable[0] for syllable in syllables
    )


def tails(digest: Callable[[str], str], *numbers: str) -> str:
    """Return the digests of the ends of numbers, each between spaces: they tell nobody the digits.

    ``digest`` returns nothing where there is no key.
    """
    found = []
    for number in numbers:
        plain = folded_name(number)
        if _DIGITS.fullmatch(plain):
            found += [_tail(digest, plain[-length:]) for length in {*_TAIL_LENGTHS, len(plain)}]
    return " ".join(sorted({one for one in found if one}))


def tail_of(digest: Callable[[str], str], word: str) -> str:
    """Return the digest that a typed word has as the end of a number; empty for what is none."""
    return _tail(digest, word) if _DIGITS.fullmatch(word) and len(word) >= _TAIL_LENGTHS[0] else ""


def _tail(digest: Callable[[str], str], digits: str) -> str:
    return digest(f"tail {digits}")[:_TAIL_CHARACTERS]
