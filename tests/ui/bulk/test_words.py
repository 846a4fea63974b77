from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import esign_desktop
from esign_desktop.domain.bulk.columns import ColumnKind, ColumnTarget
from esign_desktop.domain.bulk.rows import RowProblem
from esign_desktop.services.bulk.values import PlannedRow, RowState
from esign_desktop.ui.bulk.words import TargetNames, known_codes, problem_sentence, row_sentences, state_word
from esign_desktop.ui.text.errors.sentences import error_texts
from tests.bulk_samples import BORROWER, GUARANTOR, make_preset

if TYPE_CHECKING:
    from collections.abc import Callable

PACKAGE = Path(esign_desktop.__file__).parent
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def codes_of_rows() -> set[str]:
    """Return what rows are told to be wrong with, as the code says it; errors are told elsewhere."""
    files = [*(PACKAGE / "domain" / "bulk").glob("*.py"), *(PACKAGE / "services" / "bulk").glob("*.py")]
    files = [path for path in files if path.name != "row_keys.py"]
    found = {code for path in files for code in re.findall(r'"(bulk\.[a-z_]+)"', path.read_text("utf-8"))}
    return found - error_texts().keys()


def test_every_problem_of_a_row_has_a_sentence() -> None:
    assert codes_of_rows() - known_codes() == set()


def test_no_sentence_is_left_over() -> None:
    assert known_codes() - codes_of_rows() == set()


@pytest.mark.parametrize("code", sorted(known_codes()))
def test_sentences_are_chinese_and_whole(code: str, speak: Callable[[str], None]) -> None:
    speak("zh_CN")
    names = TargetNames(make_preset())
    problem = RowProblem(
        code,
        1,
        ColumnTarget(ColumnKind.ID_NUMBER, BORROWER),
        {"max": 500, "row": 3, "field": "金额", "choices": "按月"},
    )
    sentence = problem_sentence(problem, names)
    assert CHINESE.search(sentence)
    assert "{" not in sentence
    assert "–" not in sentence


def test_roles_are_named_only_where_there_are_several(speak: Callable[[str], None]) -> None:
    speak("en")
    target = ColumnTarget(ColumnKind.MOBILE, GUARANTOR)
    assert TargetNames(make_preset())[ColumnTarget(ColumnKind.MOBILE, BORROWER)] == "Mobile"
    assert TargetNames(make_preset(customers=2))[target] == "担保人: Mobile"


def test_every_state_has_a_word_of_its_own(speak: Callable[[str], None]) -> None:
    speak("zh_CN")
    assert len({state_word(state) for state in RowState}) == len(RowState)


def test_a_row_that_was_sent_to_another_phone_says_so(speak: Callable[[str], None]) -> None:
    names = TargetNames(make_preset())
    for language, words in (("en", "to another mobile number or email"), ("zh_CN", "手机号或邮箱不同")):
        speak(language)
        sent = PlannedRow(0, 2, RowState.SENT, sent_at_ms=1_772_841_600_000)
        assert words not in " ".join(row_sentences(sent, names))
        assert words in " ".join(row_sentences(replace(sent, is_reached_otherwise=True), names))
