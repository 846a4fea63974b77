"""Find the places of party names, and the ID numbers and legal representatives that are stated below the names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.proposal import PaperFact, PaperPlace
from esign_desktop.pdf.proposing import words
from esign_desktop.pdf.proposing.labels import Kind, Label
from esign_desktop.pdf.proposing.letters import LIKE
from esign_desktop.pdf.text.folding import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_COLUMN_PT: Final = 12.0
_FEWEST: Final = 2
_NUMBER: Final = re.compile(
    r"(?:身份证|身份号|证件|信用代码|机构代码|执照|注册号|税号|代码)[^0-9a-z]{0,12}(?:[^0-9a-z]{0,4}:)?_*"
    r"(?P<number>[0-9]{17}[0-9x]|[0-9a-z]{2}[0-9]{6}[0-9a-z]{10})(?![0-9a-z])"
)
_LEGAL: Final = re.compile(
    rf"法(?:定代表人?|人代表人?|人)(?:\([^)]{{1,10}}\))?:_*(?P<name>{words.PERSON_NAME.pattern})(?![\u4e00-\u9fff])"
)


@dataclass(slots=True)
class Facts:
    """The facts that a contract states about one party."""

    number: PaperFact | None = None
    legal: PaperFact | None = None


def read_facts(rows: Sequence[Sequence[Label]]) -> Mapping[str, Facts]:
    """Return the facts in the rows below each party's label. The keys are the roles and aliases of the parties."""
    found: dict[str, Facts] = {}
    named: list[Label] = []
    for row in rows:
        parties = [item for item in row if item.kind is Kind.ROLE and not item.acts]
        named = parties or ([] if any(item.kind is Kind.TEXT for item in row) else named)
        for item in row:
            if not named or item.kind is Kind.WITNESS:
                continue
            left = [party for party in named if party.segment.left <= item.segment.left + _COLUMN_PT]
            party = (left or named)[-1]
            for called in filter(None, (party.role, party.alias)):
                facts = found.setdefault(called, Facts())
                facts.number = facts.number or _fact(item, _NUMBER, "number")
                facts.legal = facts.legal or _fact(item, _LEGAL, "name")
    return found


def _fact(label: Label, pattern: re.Pattern[str], group: str) -> PaperFact | None:
    found = pattern.search(label.text)
    if found is None:
        return None
    start, end = found.span(group)
    segment = label.segment
    return PaperFact(segment.printed(start, end), PaperPlace(segment.page_number, segment.rect(start, end)))


def place_of_name(name: str, called: Iterable[str], rows: Sequence[Sequence[Label]]) -> PaperPlace | None:
    """Return the place of a party's name, or None if the name is not found.

    ``called`` contains the roles and aliases of the party. A place in a label with one of these roles is preferred. If
    the name continues in the next row, the place of its beginning is returned.
    """
    folded = fold(name).translate(LIKE)
    roles = set(called)
    labels = [label for row in rows for label in row]
    for wanted in (folded, folded[: max(_FEWEST, len(folded) // 2)]):
        if len(wanted) < _FEWEST:
            continue
        holding = [label for label in labels if wanted in label.text]
        for label in sorted(holding, key=lambda label: label.role not in roles):
            at = label.text.index(wanted)
            return PaperPlace(label.segment.page_number, label.segment.rect(at, at + len(wanted)))
    return None
