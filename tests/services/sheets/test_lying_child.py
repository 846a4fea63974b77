"""Answers of a child that a sheet or a contact card took over are refused, whatever they are."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from esign_desktop.domain.errors import InputError
from esign_desktop.services.sheets import reading, vcards

if TYPE_CHECKING:
    from pathlib import Path

ROWS = [
    {"rows": [[1e400, ["a", "b", "c", "d"], {}, False, {}]], "unreadable": 0},
    {"rows": [["1e9", ["a"], {}, False, {}]], "unreadable": 0},
    {"rows": [[1, ["a"], [], False, {}]], "unreadable": 0},
    {"rows": [[1, ["a"], {"0": "no damage"}, False, {}]], "unreadable": 0},
    {"rows": 7, "unreadable": 0},
    {"refused": "sheet.too_many_rows", "detail": 7, "params": {"max": 1e400}},
    {"refused": "sheet.too_many_rows", "detail": "", "params": []},
    [],
    None,
]


@pytest.mark.parametrize("piece", ROWS, ids=json.dumps)
def test_no_answer_makes_the_reader_of_sheets_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, piece: Any) -> None:
    (tmp_path / "x.csv").write_bytes(b"")
    monkeypatch.setattr(reading, "run_isolated", lambda *_order, **_limits: iter([piece]))
    with pytest.raises(InputError, match=r"sheet\."):
        reading.open_sheet(tmp_path / "x.csv")


@pytest.mark.parametrize(
    "piece",
    [
        {"rows": [[1e400, ["a", "b", "c", "d"]]], "unreadable": 0},
        {"rows": [[1, ["a", "b", "c", "d"]]], "unreadable": 1e400},
        {"rows": [7], "unreadable": 0},
        {"rows": []},
        None,
    ],
    ids=json.dumps,
)
def test_no_answer_makes_the_reader_of_cards_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, piece: Any) -> None:
    (tmp_path / "x.vcf").write_bytes(b"")
    monkeypatch.setattr(vcards, "run_isolated", lambda *_order, **_limits: iter([piece]))
    with pytest.raises(InputError, match=r"sheet\."):
        vcards.open_cards(tmp_path / "x.vcf")
