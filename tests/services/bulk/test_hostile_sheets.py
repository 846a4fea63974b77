"""Sheets for Bulk from strangers take little memory and time of the program, whatever is in them."""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from esign_desktop.domain.bulk.sheet import Sheet
from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.services.sheets.reading import open_sheet
from tests.services.bulk_desk import BulkDesk
from tests.services.people.hostile_files import MARKS, MOST_BYTES, WIDE
from tests.tiers import daily

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEADINGS: Final = "姓名,身份证号,手机号,邮箱,合同名称,合同编号"
_ROWS: Final = 1900
SHEETS: Final = {
    "marks": [("a" + MARKS * 100 + ",") * 6] * _ROWS,
    "long cells of marks": ["a" + MARKS * 40_000] * 30,
    "wide texts": [",".join([WIDE * 100] * 4)] * _ROWS,
    "sixty columns": [",".join(f"{60 * row + at:x}" for at in range(60)) for row in range(_ROWS)],
    "long texts": [",".join(["甲" * 150] * 6)] * _ROWS,
    "the same person": ["甲乙,E7654321,1,,,"] * _ROWS,
}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[BulkDesk]:
    desk = BulkDesk(tmp_path / "desk", Environment(EnvironmentKind.SANDBOX, "http://127.0.0.1:9", "project"))
    yield desk
    desk.close()


def kib(name: str) -> int:
    found = re.search(name + r":\s+(\d+)", Path("/proc/self/status").read_text(encoding="ascii"))
    assert found
    return int(found[1])


def plan(desk: BulkDesk, path: Path, folder: Path) -> int:
    sheet = open_sheet(path)
    assert isinstance(sheet, Sheet)
    return len(desk.plan(desk.make_preset(folder), sheet).rows)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads the memory from /proc")
@pytest.mark.parametrize("name", daily(["long texts", "marks"], SHEETS))
def test_a_hostile_sheet_takes_little(desk: BulkDesk, tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"{_HEADINGS}\n甲,,,,,\n", encoding="utf-8")
    # Loads all modules.
    assert plan(desk, path, tmp_path / "usual") == 1
    path.write_text("\n".join((_HEADINGS, *SHEETS[name])), encoding="utf-8")
    assert path.stat().st_size <= MOST_BYTES
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    before, began_s = kib("VmRSS"), time.process_time()
    assert plan(desk, path, tmp_path / "hostile") == len(SHEETS[name])
    assert time.process_time() - began_s < 2.0
    assert (kib("VmHWM") - before) / 1024 < 64.0
