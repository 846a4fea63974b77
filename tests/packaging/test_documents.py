"""What the documents name is there: pages, headings, files, and targets of make."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
LINK: Final = re.compile(r"\]\((<[^>]+>|[^)\s]+)\)")
PLACE: Final = re.compile(r"`((?:docs|esign_desktop|packaging|requirements|resources|tests)/[\w./*-]+)`")
TARGET: Final = re.compile(r"(?:`|^)make ((?:[a-z-]+ ?)+)(?=`|ARGS|RUNS| *#|$)", re.MULTILINE)
DOCUMENTS: Final = sorted(
    path for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "tests").rglob("*.md"))
)


def test_no_document_has_a_dead_link() -> None:
    assert len(DOCUMENTS) > 50
    dead = []
    for document in DOCUMENTS:
        for target in LINK.findall(document.read_text(encoding="utf-8")):
            path, _, place = target.strip("<>").partition("#")
            if "://" in path or path.startswith("mailto:"):
                continue
            other = document.parent / path if path else document
            if not other.exists() or (place and other.suffix == ".md" and place not in anchors(other)):
                dead.append(f"{document.relative_to(ROOT)}: {target}")
    assert dead == []


def anchors(document: Path) -> set[str]:
    """What a code host links the headings by."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


def test_every_decision_is_listed() -> None:
    decisions = ROOT / "docs" / "decisions"
    listed = LINK.findall((decisions / "README.md").read_text(encoding="utf-8"))
    assert listed == sorted(path.name for path in decisions.glob("[0-9]*.md"))
    # Two that were written at the same time don't share a number.
    assert [int(name[:4]) for name in listed] == list(range(1, len(listed) + 1))


def test_files_and_targets_of_make_that_documents_name_are_there() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    gone = []
    for document in DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        named = {word for words in TARGET.findall(text) for word in words.split()}
        gone += [f"{document.name}: make {one}" for one in named - targets]
        if "Superseded by" in text:
            continue
        # Of tests the suffix may be left out.
        places = [
            place for place in PLACE.findall(text) if not any(ROOT.glob(place)) and not any(ROOT.glob(f"{place}.py"))
        ]
        gone += [f"{document.name}: {place}" for place in places]
    assert gone == []


def test_times_that_the_readme_promises_are_those_of_the_benchmarks() -> None:
    table = (ROOT / "docs" / "benchmarks.md").read_text("utf-8")
    promise = re.search(
        r"\*\*The window stays responsive\.\*\*(.*?)\n\n", (ROOT / "README.md").read_text("utf-8"), re.DOTALL
    )
    assert promise is not None
    promised_ms = [float(figure) for figure in re.findall(r"(\d+) ms", promise[1])]
    rows = (
        r"50,000 flows: longest gap of the event loop, ms",
        r"longest gap while 20 scans are shown at \d+ dpi, ms",
        r"entering \w+ for the first time, ms",
    )
    measured_ms = [
        max(float(value) for value in re.findall(rf"^\| {row} \| ([\d.]+) ", table, re.MULTILINE)) for row in rows
    ]
    assert [round(value) for value in measured_ms] == promised_ms
