"""Contracts of everyday kinds, set in the ways that word processors set them."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest

from esign_desktop.pdf.proposing.parties import propose
from esign_desktop.pdf.proposing.segments import read_rows
from esign_desktop.pdf.text.recognised import lines_of
from tests.pdf.proposing.contracts import CONTRACTS
from tests.pdf.proposing.setting import Setting, read_by_machine, set_contract
from tests.pdf.proposing.test_set_anew import on_turned_pages

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.domain.proposal import Proposal
    from tests.pdf.local_engine import LocalEngine

SETTINGS = {
    "tabs": Setting(),
    "a table with lines": Setting(is_ruled=True),
    "one below the other": Setting(is_stacked=True),
    "small, with heads, and a page's end before the marks": Setting(size_pt=9, head="示例示范合同文本", breaks=True),
    "two columns": Setting(size_pt=8, is_in_columns=True, is_stacked=True),
    "turned": Setting(is_ruled=True, is_turned=True),
}


@pytest.mark.parametrize("name", CONTRACTS)
def test_what_is_written(name: str, local: LocalEngine, tmp_path: Path) -> None:
    contract = CONTRACTS[name]
    failed = {}
    for setting_name, setting in SETTINGS.items():
        document: Any = set_contract(contract.rows, setting)
        if setting.is_turned:
            document = on_turned_pages(document)
        document.save(tmp_path / "contract.pdf")
        handle = local.open(tmp_path / "contract.pdf").handle
        found = _told(local.propose(handle))
        local.close(handle)
        if found != sorted(contract.parties):
            failed[setting_name] = found
    assert failed == {}


@pytest.mark.parametrize("setting", [Setting(), Setting(is_stacked=True)])
def test_what_a_machine_reads_off_a_scan(setting: Setting) -> None:
    failed = {}
    for name, contract in CONTRACTS.items():
        pages = read_by_machine(contract.rows, setting, random.Random(name))  # noqa: S311
        found = _told(propose([read_rows(lines_of(words), number) for number, words in pages.items()]))
        if found != sorted(contract.parties):
            failed[name] = found
    assert failed == {}


def _told(found: Proposal) -> list[tuple[str, str, str]]:
    kinds = {"seal": "s", "signature": "g"}
    return sorted((one.role, one.name, "".join(kinds[mark.kind] for mark in one.marks)) for one in found.parties)
