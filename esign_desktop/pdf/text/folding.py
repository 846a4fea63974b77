"""Convert text to the folded form in which keywords and documents are compared.

Characters that look the same to a reader become equal. NFKC and case folding handle most of them: full and half width,
ligatures, compatibility ideographs and the Kangxi radicals that many PDF writers use for characters (甲⽅ for 甲方).
The tables below handle the rest.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

# CJK radicals supplement, which NFKC leaves unchanged; source: Unicode property Equivalent_Unified_Ideograph.
_RADICALS: Final = (
    (
        "⺁⺂⺃⺄⺅⺆⺇⺈⺉⺊⺋⺌⺍⺎⺏⺐⺑⺒⺓⺔⺕⺖⺗⺘⺙⺛⺜⺝⺞⺠⺡⺢",
        "厂乛乚乙亻冂𠘨刀刂卜㔾小小兀尣尢𡯂巳幺彑𫜹忄心扌攵旡日月歺民氵氺",
    ),
    (
        "⺣⺤⺥⺦⺧⺨⺩⺪⺫⺬⺭⺮⺯⺰⺱⺲⺳⺴⺵⺶⺷⺸⺹⺺⺻⺼⺽⺾⺿⻀⻁⻂",
        "灬爫爫丬牛犭王𤴔目示礻𥫗糹纟罓罒㓁冗𦉫羊𦍌𦍋耂肀聿肉𦥑艹艹艹虎衤",
    ),
    (
        "⻃⻄⻅⻆⻇⻈⻉⻊⻋⻌⻍⻎⻏⻐⻑⻒⻓⻔⻕⻖⻗⻘⻙⻚⻛⻜⻝⻞⻟⻠⻡⻢",
        "覀西见角𧢲讠贝𧾷车辶辶辶邑钅長镸长门𨸏阝雨青韦页风飞食𩙿飠饣𩠐马",
    ),
    ("⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲", "骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀"),
)

# Kangxi radicals whose compatibility form is not the character shape in common use today.
_SHAPES: Final = ("戶戸靑黃", "户户青黄")

_PUNCTUATION: Final = (
    ("。", "."),
    ("∶", ":"),
    ("‐‑‒–—―−─⸺⸻﹘", "-----------"),
    ("“”„‟″〝〞", '"""""""'),
    ("‘’‚‛′`´", "'''''''"),
    ("〔〕【】", "[][]"),
    ("〜∼", "~~"),
    ("•・‧∙⋅", "·····"),
)


def _table() -> dict[int, str | None]:
    table: dict[int, str | None] = {}
    for given, wanted in (*_RADICALS, _SHAPES, *_PUNCTUATION):
        table.update(zip(map(ord, given), wanted, strict=True))
    # Invisible characters that are not format characters: variation selectors and the Hangul fillers.
    table.update(dict.fromkeys([*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0), 0x115F, 0x1160, 0x3164, 0xFFA0]))
    return table


_TABLE: Final = _table()
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})


def fold(text: str) -> str:
    """Return the folded text, without white space and invisible characters. The result may be empty."""
    folded = unicodedata.normalize("NFKC", text.translate(_TABLE)).casefold()
    return "".join(map(_visible, unicodedata.normalize("NFKC", folded).translate(_TABLE)))


@lru_cache(maxsize=16_384)
def fold_glyph(text: str) -> str:
    """Return the folded text of one glyph. The results are cached."""
    return fold(text)


@lru_cache(maxsize=16_384)
def _visible(character: str) -> str:
    return "" if unicodedata.category(character) in _INVISIBLE else character


class _FoldedCharacters(dict[int, str]):
    """Maps character codes to their folded form, computed on first use."""

    def __missing__(self, code_point: int) -> str:
        folded = fold(chr(code_point))
        if len(self) < _REMEMBERED:
            self[code_point] = folded
        return folded


_REMEMBERED: Final = 65_536
_folded_characters: Final = _FoldedCharacters()


# Most of a Chinese contract: characters with a fixed replacement, and characters that stay unchanged.
_COMMON: Final = tuple((given, fold(given)) for given in "，。；：（）\u3000 ")
_OTHERS: Final = re.compile(r"[^\u4e00-\u6235\u6239-\u9750\u9752-\u9ec2\u9ec4-\u9fa50-9a-z,.、;:()《》+=/%-]+")


def fold_long(text: str) -> str:
    """Return the same result as ``fold``, but faster for long text.

    Nearly all characters are folded independently of their neighbors.
    """
    folded = text
    for given, wanted in _COMMON:
        folded = folded.replace(given, wanted)
    folded = _OTHERS.sub(_translated, folded)
    return folded if unicodedata.is_normalized("NFKC", folded) else fold(text)


def _translated(others: re.Match[str]) -> str:
    return others[0].translate(_folded_characters)


def is_mark(text: str) -> bool:
    """Return whether the text is a combining mark, such as an accent, that extends the character before it."""
    return bool(text) and unicodedata.combining(text[0]) != 0


def needs_space(before: str, after: str) -> bool:
    """Return whether a gap between two characters is written as a space.

    This is the case between Latin words, but not in Chinese text.
    """
    return before.isascii() and after.isascii() and before.isalnum() and after.isalnum()
