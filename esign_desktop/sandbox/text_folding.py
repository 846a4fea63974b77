"""The form in which normalised matching compares: what a reader takes for the same text is the same here."""

from __future__ import annotations

import unicodedata
from typing import Final

# Radicals that PDF writers put for characters, and that NFKC leaves alone (U+2E80 to U+2EFF).
_RADICALS: Final = (
    "⺁⺈⺊⺋⺌⺍⺎⺐⺑⺔⺕⺖⺗⺘⺙⺛⺝⺞⺠⺡⺢⺣⺤⺥⺨⺩⺭⺯⺱⺲⺶⺷⺸⺼⺾⺿⻀⻁⻂⻃⻄⻅⻆⻈⻉⻋⻌⻍⻎⻏⻐⻑⻒⻓⻔⻖⻗⻘⻙⻚⻛⻜⻝⻟⻠⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲",
    "厂刀卜㔾小小兀尣尢巳彑忄心扌攵旡月歺民氵氺灬爫爫犭王礻糹罓罒羊𦍌𦍋肉艹艹艹虎衤覀西见角讠贝车辶辶辶邑钅長镸长门阝雨青韦页风飞食飠饣马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀",
)
_MARKS: Final = ("。〔〕【】“”„‟‘’‚‛‐‑‒–—―−─", ".[][]\"\"\"\"''''--------")

_TABLE: Final = str.maketrans(_RADICALS[0] + _MARKS[0], _RADICALS[1] + _MARKS[1])
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})


def fold(text: str) -> str:
    """Width, case, compatibility forms and kinds of quotes and dashes do not count, nor does what can't be seen."""
    plain = unicodedata.normalize("NFKC", text.translate(_TABLE)).casefold().translate(_TABLE)
    return "".join(character for character in plain if unicodedata.category(character) not in _INVISIBLE)
