"""Files of contacts from strangers take little memory and time of the program, whatever is in them."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.conftest import REPOSITORY
from tests.services.people.hostile_files import BOOKS, CARDS, MOST_BYTES, TABLES, write_book
from tests.tiers import daily

if TYPE_CHECKING:
    from pathlib import Path

MEASURED = """
import re, sys, time
from pathlib import Path
from esign_desktop.domain.errors import InputError
from esign_desktop.services.people import importing
from tests.benchmarks.contact_files import service_in

def kib(name):
    return int(re.search(name + r":\\s+(\\d+)", Path("/proc/self/status").read_text())[1])

path = Path(sys.argv[1])
contacts, database = service_in(path.parent)
imports = importing.ContactImport(contacts)
usual = path.with_name("usual.csv")
usual.write_text("\u59d3\u540d\\n\u7532\u6837\\n", encoding="utf-8")
# Imports all modules and opens the database's files.
assert len(imports.plan(usual).rows) == 1
importing.LIMIT_S = float(sys.argv[2])
Path("/proc/self/clear_refs").write_text("5")
before, began = kib("VmRSS"), time.process_time()
try:
    code = f"rows:{len(imports.plan(path).rows)}"
except InputError as error:
    code = error.code
print(code, time.process_time() - began, (kib("VmHWM") - before) / 1024)
database.close()
"""
LIMIT_S = 8.0
"""The time that a child may take in these tests. The program gives it a minute."""
MOST_S = 6.0
"""The processor time that the program itself may take. It takes about 1 s on a quiet machine and twice that on a busy
one; a file that is read outside of the child, or more than once, takes minutes."""


def measured(path: Path) -> tuple[str, float, float]:
    """Return what became of an import, and the seconds of processor time and MiB that it took in the program."""
    assert path.stat().st_size <= MOST_BYTES
    command = [sys.executable, "-c", MEASURED, str(path), str(LIMIT_S)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=REPOSITORY)
    # Searching the folders of tests would take long.
    path.unlink()
    code, took_s, grown_mib = done.stdout.split()
    return code, float(took_s), float(grown_mib)


def require_little(path: Path) -> str:
    code, took_s, grown_mib = measured(path)
    assert took_s < MOST_S
    assert grown_mib < 64.0
    return code


pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="reads the memory from /proc"),
]


@pytest.mark.parametrize("name", daily(["a million tiny cells", "wide names"], TABLES))
def test_a_hostile_table_takes_little(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(TABLES[name]())
    require_little(path)


@pytest.mark.parametrize("name", daily(["marks"], CARDS))
def test_a_hostile_address_book_takes_little(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.vcf"
    path.write_bytes(CARDS[name]())
    require_little(path)


@pytest.mark.parametrize("name", daily(["one shared text of marks"], BOOKS))
def test_a_hostile_workbook_takes_little(tmp_path: Path, name: str) -> None:
    require_little(write_book(tmp_path / "a.xlsx", BOOKS[name]()))


def test_a_card_on_which_the_library_would_not_end_is_only_one_card(tmp_path: Path) -> None:
    path = tmp_path / "a.vcf"
    path.write_bytes(CARDS["a pattern without end"]())
    assert require_little(path) == "rows:500"
