"""Compute the search keys of contacts: name, pinyin, initials, the last digits of numbers, and the reference."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.account import folded_name

if TYPE_CHECKING:
    from collections.abc import Callable

_TAIL_LENGTHS: Final = range(3, 9)
_TAIL_CHARACTERS: Final = 8
"""The length of a digest in characters. A search scans all digests.

Among fifty thousand contacts, about one search in several thousand has a false match.
"""
_DIGITS: Final = re.compile(r"[0-9]+[0-9x]")
_SHOWN: Final = re.compile(r"\*+")
_MOST_READINGS: Final = 4
_MOST_CHARACTERS: Final = 60


def search_text(name: str, masked_number: str, own_reference: str) -> str:
    """Return the search text of a contact, with one key per line.

    The keys are the pinyin, the initials, the name, the visible end of the masked number, and the reference. If the
    first character has several readings, as in some surnames (曾, 单), all readings are included. Contacts sorted by
    their search text are in the order of their pinyin. A call takes about 0.1 ms, but the first call takes 0.2 s.
    """
    # The import loads a dictionary of words, which is needed only when contacts are written.
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
    """Return the first letter of each syllable. Text that is not Chinese is returned unchanged."""
    return "".join(
        syllable if not syllable.isalpha() or not syllable.isascii() else syllable[0] for syllable in syllables
    )


def tails(digest: Callable[[str], str], *numbers: str) -> str:
    """Return digests of the last digits of numbers, separated by spaces.

    For each number, endings of several lengths are included. The digits cannot be derived from the digests. If
    ``digest`` has no key and returns an empty string, the result is empty.
    """
    found = []
    for number in numbers:
        plain = folded_name(number)
        if _DIGITS.fullmatch(plain):
            found += [_tail(digest, plain[-length:]) for length in {*_TAIL_LENGTHS, len(plain)}]
    return " ".join(sorted({tail for tail in found if tail}))


def tail_of(digest: Callable[[str], str], word: str) -> str:
    """Return the digest of a search word that may be the end of a number.

    The result is an empty string if the word is too short or is not a number.
    """
    return _tail(digest, word) if _DIGITS.fullmatch(word) and len(word) >= _TAIL_LENGTHS[0] else ""


def _tail(digest: Callable[[str], str], digits: str) -> str:
    return digest(f"tail {digits}")[:_TAIL_CHARACTERS]
