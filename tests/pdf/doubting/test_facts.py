"""Read where a party's name stands, and the number and the legal representative that the page states for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.pdf.proposing.contracts import CLAUSES
from tests.pdf.proposing.setting import Setting, set_contract

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.domain.proposal import ProposedParty
    from tests.pdf.local_engine import LocalEngine

FEET = "甲方（盖章）：|乙方（签字）：\n日期：|日期："
STACKED = """
甲方：云禾科技有限公司
统一社会信用代码：91990000MA0EXAMPLE
法定代表人：温予舟
乙方：林小满
身份证号：990001199001011234
"""
BESIDE = """
甲方：云禾科技有限公司|乙方：林小满
统一社会信用代码：91990000MA0EXAMPLE|身份证号码：990001199001011234
法定代表人：温予舟|联系电话：19900001234
"""


def _read(local: LocalEngine, path: Path, head: str) -> tuple[ProposedParty, ...]:
    rows = [row for row in f"{head}\n{CLAUSES}\n{FEET}".splitlines() if row.strip()]
    set_contract(rows, Setting()).save(path)
    opened = local.open(path)
    return local.propose(opened.handle).parties


@pytest.mark.parametrize("head", [STACKED, BESIDE], ids=["stacked", "side by side"])
def test_numbers_and_the_legal_representative_belong_to_their_party(
    head: str, local: LocalEngine, tmp_path: Path
) -> None:
    company, person = _read(local, tmp_path / "contract.pdf", head)
    assert company.number is not None
    assert company.number.text == "91990000MA0EXAMPLE"
    assert company.legal is not None
    assert company.legal.text == "温予舟"
    assert person.number is not None
    assert person.number.text == "990001199001011234"
    assert person.legal is None
    assert person.name_place is not None
    assert person.number.place.page_number == person.name_place.page_number == 1
    assert person.number.place.rect.top_pt > person.name_place.rect.top_pt


def test_a_blank_has_neither_name_nor_number(local: LocalEngine, tmp_path: Path) -> None:
    head = "甲方：____________\n统一社会信用代码：____________\n乙方：____________\n身份证号：____________"
    for party in _read(local, tmp_path / "contract.pdf", head):
        assert (party.name, party.name_place, party.number, party.legal) == ("", None, None, None)
