"""A document among 200 remembered forms, from its text to the named differences.

It is compared with what is promised, 60 ms, and with difflib's quickest measure of likeness over the same 200 texts.
"""

from __future__ import annotations

import difflib
import random
from functools import partial
from typing import Any

from esign_desktop.domain.doubts.paper import Paper, PaperPage
from esign_desktop.domain.matching.comparing import compare, most_alike
from esign_desktop.domain.matching.form import RememberedForm, read_form, remember
from esign_desktop.domain.proposal import Proposal
from tests.benchmarks.row import Row, best
from tests.benchmarks.searching import timed

FORM_COUNT = 200
CLAUSE_COUNT = 120
SHARED_COUNT = 30
PAGE_CLAUSES = 20
ROUNDS = 7
PROMISED_MS = 60.0
KEY = b"benchmark"
LETTERS = "的一是在了有和这中大为上个国以要他时来用们生到作地出就分成会主年动同工也能下过子说产种面后定行学法所民得经"


def _clause(chance: random.Random) -> str:
    parts = ("".join(chance.choices(LETTERS, k=chance.randrange(6, 16))) for _ in range(3))
    return f"甲方应当{'，'.join(parts)}。"


def _texts() -> list[list[str]]:
    """Return the clauses of each form; a quarter of them occurs in other forms, too."""
    chance = random.Random(28)  # noqa: S311
    shared = [_clause(chance) for _ in range(2 * SHARED_COUNT)]
    own = CLAUSE_COUNT - SHARED_COUNT
    return [[*chance.sample(shared, SHARED_COUNT), *(_clause(chance) for _ in range(own))] for _ in range(FORM_COUNT)]


def _paper(clauses: list[str]) -> Paper:
    starts = range(0, len(clauses), PAGE_CLAUSES)
    pages = tuple(
        PaperPage("\n".join(clauses[start : start + PAGE_CLAUSES]).replace("，", ",").replace("。", "."))
        for start in starts
    )
    return Paper(Proposal(), pages)


def _recognise(forms: list[RememberedForm], paper: Paper) -> int:
    read = read_form(paper, KEY)
    form = most_alike(forms, read)
    assert form is forms[-1]
    return len(compare(form, read).changes)


def _compare_texts(texts: list[str], text: str) -> int:
    matcher = difflib.SequenceMatcher(autojunk=False)
    matcher.set_seq2(text)
    found = []
    for index, other in enumerate(texts):
        matcher.set_seq1(other)
        found.append((matcher.quick_ratio(), index))
    return max(found)[1]


def measure() -> list[dict[str, Any]]:
    """Return the rows."""
    clauses = _texts()
    forms = [remember(read_form(_paper(one), KEY)) for one in clauses]
    chance = random.Random(2)  # noqa: S311
    again = [*clauses[-1][:40], *(_clause(chance) for _ in range(3)), *clauses[-1][40:]]
    paper, texts, text = _paper(again), ["".join(one) for one in clauses], "".join(again)
    ours = best([timed(partial(_recognise, forms, paper))[1] for _ in range(ROUNDS)])
    peer = best([timed(partial(_compare_texts, texts, text))[1] for _ in range(3)])
    name = f"a document recognized among {FORM_COUNT} forms, ms"
    return [
        Row(name, ours, "promised", PROMISED_MS, 1.0).as_dict(),
        Row(name, ours, "difflib quick_ratio of the texts", peer, 0.5).as_dict(),
    ]
