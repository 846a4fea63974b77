"""How often doubts are right: forms filled in with the right signers, and with one of them exchanged for another."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pymupdf
import pytest

from esign_desktop.domain.doubts.spelling import is_same, names_organization, plain
from esign_desktop.pdf.cli import doubts_report
from tests.pdf.doubting import papers
from tests.pdf.proposing import filling

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from esign_desktop.pdf.engine import OpenedPdf
    from tests.pdf.local_engine import LocalEngine

    MakeName = Callable[[random.Random], str]


@dataclass(slots=True)
class Counts:
    """What was asked and how it was answered; ``false`` and ``missed`` hold what a failure has to show."""

    papers: int = 0
    exchanged: int = 0
    false: list[object] = field(default_factory=list)
    missed: list[object] = field(default_factory=list)

    def check(self, *, falsely: float, rightly: float) -> None:
        assert len(self.false) <= falsely * self.papers, self.false
        assert len(self.missed) <= (1 - rightly) * self.exchanged, self.missed


def _ask(
    counts: Counts,
    local: LocalEngine,
    opened: OpenedPdf,
    names: Mapping[str, str],
    exchanged: Mapping[str, str],
) -> None:
    """Count a grave doubt about the right signers, and each exchange that is not doubted with both names."""
    counts.papers += 1
    grave = [one for one in doubts_report(local, opened, list(names.values())) if one["grave"]]
    if grave:
        counts.false.append((names, grave))
    for role, other in exchanged.items():
        found = doubts_report(local, opened, [other if one == role else name for one, name in names.items()])
        counts.exchanged += 1
        if not any(one["grave"] and one["form"] == other and is_same(one["paper"], names[role]) for one in found):
            counts.missed.append((role, names[role], other, found))


def _others(
    document: Any, names: Mapping[str, str], chance: random.Random, person: MakeName, organization: MakeName
) -> Iterator[tuple[str, str]]:
    """Yield another name for each party; one that happens to stand on the paper is left out."""
    text = plain("".join(page.get_text() for page in document))
    for role, name in names.items():
        other = (organization if names_organization(name) else person)(chance)
        if plain(other) not in text and not any(is_same(other, known) for known in names.values()):
            yield role, other


def _measured_papers(local: LocalEngine, path: Path, seed: str, count: int) -> Counts:
    counts = Counts()
    for number in range(count):
        chance = random.Random(f"{seed} {number}")  # noqa: S311
        paper = papers.write_paper(chance)
        if not paper.names:
            continue
        paper.document.save(path)
        opened = local.open(path)
        exchanged = dict(_others(paper.document, paper.names, chance, papers.person, papers.organization))
        _ask(counts, local, opened, paper.names, exchanged)
        local.close(opened.handle)
    return counts


def _measured_forms(local: LocalEngine, folder: Path, path: Path, seed: str, every: int) -> Counts:
    counts = Counts()
    labels = [one for one in json.loads((folder / "labels.json").read_text("utf-8")) if one["usable"]][::every]
    for label in labels:
        chance = random.Random(f"{seed} {label['file']}")  # noqa: S311
        form: Any = pymupdf.open(folder / label["file"])
        filled = filling.fill(form, label["parties"], chance)
        names = {role: name for role, name in filled.names.items() if name != "?"}
        if not names:
            continue
        filled.document.save(path)
        opened = local.open(path)
        read = {one.name for one in local.propose(opened.handle).parties}
        others = _others(filled.document, names, chance, filling.person, filling.organization)
        exchanged = {role: other for role, other in others if names[role] in read}
        _ask(counts, local, opened, names, exchanged)
        local.close(opened.handle)
    return counts


def test_papers_of_other_hands(local: LocalEngine, tmp_path: Path) -> None:
    _measured_papers(local, tmp_path / "paper.pdf", "of other hands", 60).check(falsely=0.03, rightly=0.9)


@pytest.mark.corpus
def test_forms_filled_in(local: LocalEngine, shared_dir: Path, tmp_path: Path) -> None:
    folder = shared_dir / "data" / "contracts"
    _measured_forms(local, folder, tmp_path / "form.pdf", "filled in", 4).check(falsely=0.01, rightly=0.95)


@pytest.mark.slow
@pytest.mark.nightly
def test_many_papers_of_other_hands(local: LocalEngine, tmp_path: Path) -> None:
    _measured_papers(local, tmp_path / "paper.pdf", "many hands", 400).check(falsely=0.02, rightly=0.93)


@pytest.mark.corpus
@pytest.mark.slow
@pytest.mark.nightly
@pytest.mark.parametrize("seed", ["one", "two"])
def test_all_forms_filled_in(seed: str, local: LocalEngine, shared_dir: Path, tmp_path: Path) -> None:
    folder = shared_dir / "data" / "contracts"
    _measured_forms(local, folder, tmp_path / "form.pdf", seed, 1).check(falsely=0.01, rightly=0.98)
