"""Find the words that a contract itself defines for its parties, such as 客户方(甲方):, 甲方(培训机构): or 旅游者:."""

from __future__ import annotations

import re
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from esign_desktop.pdf.proposing import english, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Set

    from esign_desktop.pdf.proposing.segments import Segment

_WORD: Final = r"[\u4e00-\u9fff]{2,9}"
_PARTY: Final = rf"[{words.NUMBERED}]方"
_NUMBERED: Final = re.compile(
    rf"{_PARTY}\((?P<inner>{_WORD})\)[:_]|(?P<outer>{_WORD})\((?:(?:以下|下)?简?称为?)?[:\"']*{_PARTY}[\"']*\)(?:名称|姓名)?[:_]"
)
_LABEL: Final = re.compile(rf"(?P<label>{_WORD})[:_]")
_NO_PARTY: Final = re.compile(
    rf"{words.MARK.pattern}|{_PARTY}|单位|公司|名称|姓名|编号|项目|地点|金额|期限|方式|内容|时间|本人|双方|各方|以下|日$|[由在为至]"
)
_PARTY_LABEL: Final = re.compile("[方者人]$|企业$")
_LONGEST: Final = 70
_FEWEST_ENGLISH: Final = 12
_MOST: Final = 60
_NOTHING: Final = re.compile("(?!)")


class Defined(NamedTuple):
    """The roles and names that a document defines for its parties.

    ``numbered`` matches the words for numbered parties (甲方). ``labelled`` matches any label, and is used only for
    labels with mark words. ``english`` maps names in folded form to roles. ``names`` maps roles to names as printed.
    ``called`` contains the roles in folded form. ``repeated`` contains the words with which at least two labels begin.
    """

    numbered: re.Pattern[str] = _NOTHING
    labelled: re.Pattern[str] = _NOTHING
    english: Mapping[str, str] = MappingProxyType({})
    names: Mapping[str, str] = MappingProxyType({})
    called: Set[str] = frozenset()
    repeated: Set[str] = frozenset()


def read_defined(segments: Iterable[Segment]) -> Defined:
    """Collect the definitions from a document's labels and English sentences."""
    numbered: dict[str, None] = {}
    labelled: dict[str, None] = {}
    repeated: set[str] = set()
    sentences: list[str] = []
    labels: dict[str, str] = {}
    for segment in segments:
        text = segment.text
        if text[-1:].isascii() and len(text) > _FEWEST_ENGLISH and text.isascii():
            sentences.append(segment.printed(0))
            label = english.called(text)
            if label is not None and label.name[1]:
                labels[text[slice(*label.name)]] = segment.printed(label.start, label.end)
            continue
        if len(text) > _LONGEST:
            continue
        if (found := _NUMBERED.match(text)) is not None:
            numbered[found["inner"] or found["outer"]] = None
        elif (found := _LABEL.match(text)) is not None:
            if found["label"] in labelled and _PARTY_LABEL.search(found["label"]):
                repeated.add(found["label"])
            labelled[found["label"]] = None
    named = {found["role"]: found["name"].rstrip(", ") for found in english.DEFINITION.finditer(" ".join(sentences))}
    by_name = {re.sub(r"\s", "", name).casefold().replace("-", "_"): role for role, name in named.items()}
    return Defined(
        _pattern(numbered), _pattern(labelled), labels | by_name, named, {role.casefold() for role in named}, repeated
    )


def _pattern(found: Iterable[str]) -> re.Pattern[str]:
    kinds = (words.REPRESENTATIVE, words.FACT, words.WITNESS)
    fit = (word for word in found if not _NO_PARTY.search(word) and not any(kind.match(word) for kind in kinds))
    kept = sorted(islice(fit, _MOST), key=len, reverse=True)
    return re.compile(rf"(?P<role>{'|'.join(kept)})") if kept else _NOTHING
