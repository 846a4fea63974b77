"""Which keywords each program finds: one small PDF for every way in which documents hide them.

A case is right if exactly the expected number of matches is reported. Programs that are not installed are left out.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pymupdf

from tests.benchmarks.row import Row
from tests.pdf.builder import Page, Text, build
from tests.pdf.local_engine import LocalEngine

if TYPE_CHECKING:
    from collections.abc import Callable


class Case(NamedTuple):
    """A page, what is looked for, and how often a reader finds it."""

    name: str
    page: Page
    keyword: str
    expected: int


def _letters(text: str, step: tuple[float, float], order: tuple[int, ...] | None = None) -> Page:
    page = Page()
    for index in order or range(len(text)):
        page.write(text[index], 100 + step[0] * index, 600 + step[1] * index)
    return page


def _lines(*lines: str, pitch: float = 20.0) -> Page:
    page = Page()
    for index, line in enumerate(lines):
        page.write(line, 100, 700 - pitch * index)
    return page


CASES = (
    Case("plain", _lines("本合同由乙方签字确认"), "乙方签字", 1),
    Case("twice on a line", _lines("甲方与甲方"), "甲方", 2),
    Case("Kangxi radical in place of a character", _lines("甲⽅签字"), "甲方签字", 1),
    Case("radical of the supplement", _lines("⻓期⻅证"), "长期见证", 1),
    Case("compatibility ideograph", _lines("⾦額合計"), "金額合計", 1),
    Case("full-width letters and brackets", _lines("乙方（签字）ＡＢＣ"), "乙方(签字)abc", 1),
    Case("ideographic space inside", _lines("甲　方："), "甲方", 1),
    Case("spaces inside", _lines("签  字  处"), "签字处", 1),
    Case("zero-width space inside", _lines("甲\u200b方"), "甲方", 1),
    Case("ligature", _lines("ofﬁce"), "office", 1),
    Case("letters set apart", Page().write("劳动合同书", 50, 700, 12, 12), "劳动合同书", 1),
    Case("over two lines", _lines("本合同一式两份，由甲乙双方各执一份，乙方签", "字或盖章后生效。"), "乙方签字", 1),
    Case("from an indented line to a short one", _lines("　　本合同一式两份由甲乙双方各执一份乙", "方。"), "乙方", 1),
    Case("one character a line", _letters("甲方签章", (0, -20)), "甲方签章", 1),
    Case("letters drawn in any order", _letters("乙方签字处", (12, 0), (3, 0, 4, 2, 1)), "乙方签字处", 1),
    Case("vertical writing", Page(texts=[Text("甲方签字", 300, 500, is_vertical=True)]), "甲方签字", 1),
    Case(
        "vertical writing, next column",
        Page(texts=[Text("本合同由乙", 300, 500, is_vertical=True), Text("方签字生效", 282, 500, is_vertical=True)]),
        "乙方签字",
        1,
    ),
    Case("bold by drawing twice", _lines("甲方签字").write("甲方签字", 100.4, 700), "甲方签字", 1),
    Case(
        "turned page, text upright",
        Page(rotate="90", texts=[Text("乙方签字", 300, 400, matrix=(0, 1, -1, 0))]),
        "乙方签字",
        1,
    ),
    Case("slanting", Page(texts=[Text("乙方签字", 300, 400, matrix=(0.8, 0.6, -0.6, 0.8))]), "乙方签字", 1),
    Case("not across columns", _lines("左栏文字左栏文字甲").write("方右栏文字右栏", 226, 700), "甲方", 0),
    Case("not across far cells", Page().write("甲", 100, 700).write("方", 200, 700), "甲方", 0),
    Case(
        "not from a row to the next row's first cell",
        Page().write("姓名", 60, 700).write("签字甲", 380, 700).write("方案", 60, 678),
        "甲方",
        0,
    ),
    Case(
        "not off the page",
        Page(crop_box="[50 50 300 400]").write("甲方", 100, 100).write("甲方", 10, 100),
        "甲方",
        1,
    ),
    Case(
        "not from a heading into small print",
        Page().write("合同甲", 100, 700, 24).write("方为出租人", 100, 680, 10),
        "甲方",
        0,
    ),
)  # fmt: skip


def _ours(path: Path, keyword: str) -> int:
    engine = LocalEngine()
    try:
        return sum(engine.count(engine.open(path).handle, keyword))
    finally:
        engine.stop()


def _pymupdf(path: Path, keyword: str) -> int:
    document: Any = pymupdf.open(path)
    return sum(len(page.search_for(keyword)) for page in document)


def _pdfium(path: Path, keyword: str) -> int:
    document = import_module("pypdfium2").PdfDocument(path)
    found = 0
    for page in document:
        searcher = page.get_textpage().search(keyword)
        while searcher.get_next():
            found += 1
    return found


def _pdfgrep(path: Path, keyword: str) -> int:
    command = ["pdfgrep", "--only-matching", "--fixed-strings", "--ignore-case", keyword, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=20)
    return len(done.stdout.splitlines())


def _programs() -> dict[str, Callable[[Path, str], int]]:
    programs: dict[str, Callable[[Path, str], int]] = {"ours": _ours, "PyMuPDF": _pymupdf}
    if find_spec("pypdfium2"):
        programs["pdfium"] = _pdfium
    if shutil.which("pdfgrep"):
        programs["pdfgrep"] = _pdfgrep
    return programs


def measure() -> list[dict[str, str | float]]:
    """Print who finds what, and return a row for each peer: cases missed, of which ours must be none."""
    programs = _programs()
    missed = dict.fromkeys(programs, 0)
    with tempfile.TemporaryDirectory() as folder:
        for number, case in enumerate(CASES):
            path = Path(folder) / f"{number}.pdf"
            path.write_bytes(build(case.page))
            found = {name: find(path, case.keyword) for name, find in programs.items()}
            for name, count in found.items():
                missed[name] += count != case.expected
            told = "  ".join(f"{name} {count}{'' if count == case.expected else ' ✗'}" for name, count in found.items())
            print(f"  {case.name} ({case.expected}): {told}", file=sys.stderr)
    ours = missed.pop("ours")
    return [
        Row(f"keyword cases of {len(CASES)} not found right, beside {name}", ours, name, count, 0.0).as_dict()
        for name, count in missed.items()
    ]
