"""Citations in code and documents resolve within the repository."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Final

import pytest

from tests.packaging.test_conformance import CLAUSES
from tests.packaging.test_documents import anchors

ROOT: Final = Path(__file__).resolve().parents[2]
ANSWERS: Final = "docs/platform-answers.md"
TEXTS: Final = {
    ".cfg",
    ".in",
    ".md",
    ".plist",
    ".ps1",
    ".py",
    ".sh",
    ".spec",
    ".toml",
    ".txt",
    ".xml",
    ".yaml",
    ".yml",
    ".1",
}
ANSWER: Final = re.compile(r"platform-answers\.md#([\w-]+)")
SECTION: Final = re.compile(r"platform\s+documentation,?\s+((?:\d+(?:\.\d+)*(?:\s?\(\d\))?(?:,\s|\sto\s|\sand\s)?)+)")
NUMBER: Final = re.compile(r"\d+(?:\.\d+)*(?:\s?\(\d\))?")
PAGE: Final = re.compile(r"(?<![\w./-])((?:[\w-]+/)*(?!\.)[\w-]+\.md)\b")
INPUT: Final = re.compile(r"(?<![\w./$-])((?:design|shared|spec|trials)/[\w.-]+\.(?:md|txt|yaml|json))\b")
MADE_BY_TESTS: Final = {"page.md"}


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, timeout=30, check=False)
    if listed.returncode != 0:
        pytest.skip("this is not a checkout")
    paths = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    return [path for path in paths if path.is_file() and (path.suffix in TEXTS or path.name == "Makefile")]


def test_every_cited_answer_is_in_the_page_of_answers() -> None:
    known = anchors(ROOT / ANSWERS)
    cited = [(path, name) for path in tracked() for name in ANSWER.findall(path.read_text("utf-8"))]
    assert len(cited) >= 15
    assert [f"{path.relative_to(ROOT)}: {name}" for path, name in cited if name not in known] == []


def test_no_two_answers_share_an_anchor() -> None:
    headings = re.findall(r"^#+ .+$", (ROOT / ANSWERS).read_text("utf-8"), re.MULTILINE)
    assert len(headings) == len(anchors(ROOT / ANSWERS)) > 40


def test_every_cited_section_is_one_of_the_platforms_documentation() -> None:
    sections = {clause for clause in CLAUSES.split() if clause[0].isdigit()}
    chapters = {clause.rsplit(".", count)[0] for clause in sections for count in range(4)} | sections
    chapters |= {re.sub(r"\(\d\)$", "", clause) for clause in sections}
    unknown, count = [], 0
    for path in tracked():
        for numbers in SECTION.findall(path.read_text("utf-8")):
            for number in NUMBER.findall(numbers):
                count += 1
                if number.replace(" ", "") not in chapters:
                    unknown.append(f"{path.relative_to(ROOT)}: {number}")
    assert count >= 20
    assert unknown == []


def test_no_tracked_file_cites_a_page_that_is_not_in_the_repository() -> None:
    files = {str(path.relative_to(ROOT)) for path in tracked()}
    names = {Path(name).name for name in files}
    missing = []
    for path in tracked():
        if path == Path(__file__).resolve():
            continue
        text = path.read_text("utf-8")
        for page in PAGE.findall(text):
            near = (path.parent / page).resolve()
            is_here = page in files or near.is_file() or ("/" not in page and page in names)
            if not is_here and page not in MADE_BY_TESTS:
                missing.append(f"{path.relative_to(ROOT)}: {page}")
        missing += [f"{path.relative_to(ROOT)}: {name}" for name in INPUT.findall(text) if name not in files]
    assert missing == []


@pytest.mark.parametrize(
    ("text", "pattern", "found"),
    [
        ("(platform documentation 4.5 to 4.9)", SECTION, ["4.5 to 4.9"]),
        ("the platform\n    documentation 2.3 (3).", SECTION, ["2.3 (3)"]),
        ("see spec/decisions.md.", INPUT, ["spec/decisions.md"]),
        ("see spec/decisions.md.", PAGE, ["spec/decisions.md"]),
        ("docs/platform-answers.md#seal-size", ANSWER, ["seal-size"]),
    ],
)
def test_citations_are_recognized(text: str, pattern: re.Pattern[str], found: list[str]) -> None:
    assert pattern.findall(text) == found
