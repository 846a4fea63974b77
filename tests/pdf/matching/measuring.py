"""Measure how well forms are recognized: filled in twice, and near-twins whose form is not remembered."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pymupdf

from esign_desktop.domain.doubts.spelling import plain
from esign_desktop.domain.geometry import DisplayRect
from esign_desktop.domain.matching.comparing import ChangeKind, compare, most_alike, names_read
from esign_desktop.domain.matching.form import ReadForm, RememberedForm
from esign_desktop.domain.matching.seals import SealOfLayout
from esign_desktop.pdf.again import Again, look_again, read_document, remember_document
from tests.pdf.matching.places import Place, occurrences, touches
from tests.pdf.matching.varying import KINDS, lengthened, twin_of
from tests.pdf.proposing import filling

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from tests.pdf.local_engine import LocalEngine

KEY = b"0123456789abcdef"
SEAL_PT = 119.0
"""42 mm, the side of a company's seal."""

Label = dict[str, Any]


@dataclass(slots=True)
class Counts:
    """What was asked and how it was answered; lists hold what a failure has to show."""

    forms: int = 0
    placed: int = 0
    told: int = 0
    names: int = 0
    right_names: int = 0
    openings: int = 0
    noise: list[int] = field(default_factory=list)
    unrecognised: list[object] = field(default_factory=list)
    misplaced: list[object] = field(default_factory=list)
    wrong_names: list[object] = field(default_factory=list)
    unnamed: list[object] = field(default_factory=list)
    twins: Counter[tuple[str, str]] = field(default_factory=Counter)
    strangers: list[object] = field(default_factory=list)
    leaked: list[object] = field(default_factory=list)
    """Names of parties that are in a piece."""

    def check(self) -> None:
        """Check what is promised."""
        assert len(self.unrecognised) <= 0.03 * self.forms, self.unrecognised
        assert len(self.misplaced) <= 0.01 * self.placed, self.misplaced
        assert self.told <= 0.1 * (self.placed + self.told)
        assert self.right_names >= 0.95 * self.names, self.wrong_names
        assert len(self.wrong_names) <= 0.01 * self.names + 0.5, self.wrong_names
        assert self.leaked == []
        assert len(self.unnamed) <= 0.01 * self.openings, self.unnamed


@dataclass(slots=True)
class _Case:
    """A form that was sent, and what is known of its second filling."""

    label: Label
    form: RememberedForm
    second: ReadForm
    again: Again
    truth: list[Place]
    names: dict[str, str]
    filled: list[str]
    """The names that were filled in; ``names`` also has those in print."""


def labelled(folder: Path, every: int) -> list[Label]:
    labels = [one for one in json.loads((folder / "labels.json").read_text("utf-8")) if one["usable"]]
    return labels[::every]


def measure(
    local: LocalEngine, folder: Path, path: Path, seed: str, *, every: int, twins: int, has_same_values: bool = False
) -> Counts:
    """Fill in each form twice, and near-twins of some; ``path`` is a file for the documents."""
    counts = Counts()
    bench = _Bench(local, path)
    cases = [bench.case(folder, label, seed) for label in labelled(folder, every)]
    forms = [case.form for case in cases]
    for case in cases:
        _count(counts, case, forms)
        count_leaks(counts, case.second, case.filled)
    bench.count_twins(counts, cases, folder, seed, twins, has_same_values=has_same_values)
    for number, case in enumerate(cases):
        count_stranger(counts, [*forms[:number], *forms[number + 1 :]], case.second, case.label["file"])
    return counts


def count_stranger(counts: Counts, forms: Sequence[RememberedForm], read: ReadForm, name: str) -> None:
    """Count a document whose own form is not remembered."""
    counts.openings += 1
    best = most_alike(forms, read)
    found = compare(best, read) if best is not None else None
    if found is not None and found.is_form:
        counts.strangers.append((name, len(found.wording)))
        if not found.wording:
            counts.unnamed.append(name)


def count_leaks(counts: Counts, read: ReadForm, names: Iterable[str]) -> None:
    """Count the names that are in a piece, of those that were filled in."""
    pieces = "|".join(plain(piece.text) for piece in read.pieces)
    counts.leaked += [name for name in names if len(plain(name)) > 1 and plain(name) in pieces]


def _count(counts: Counts, case: _Case, forms: Sequence[RememberedForm]) -> None:
    counts.forms += 1
    file, comparison = case.label["file"], case.again.comparison
    if most_alike(forms, case.second) is not case.form or not comparison.is_form:
        counts.unrecognised.append((file, comparison.shared, comparison.likeness))
        return
    counts.noise.append(len(comparison.wording))
    for seal, (page_number, box) in zip(case.again.seals, case.truth, strict=True):
        if seal.at is None:
            counts.told += 1
            continue
        counts.placed += 1
        rect = seal.at.rect
        corners = (rect.left_pt, rect.top_pt, rect.left_pt + rect.width_pt, rect.top_pt + rect.height_pt)
        if seal.at.page_number != page_number or not touches(corners, box):
            counts.misplaced.append((file, seal.seal.label, page_number, box, seal.at))
    for party, name in zip(case.form.parties, case.again.names, strict=True):
        wanted = case.names.get(party.words[0], "?") if party.words else "?"
        if wanted == "?":
            continue
        # Setting a row anew loses the blanks of a Latin name.
        counts.names += bool(wanted)
        counts.right_names += bool(wanted) and plain(name) == plain(wanted)
        if plain(name) not in {plain(wanted), ""}:
            counts.wrong_names.append((file, party.words, wanted, name))


class _Bench:
    def __init__(self, local: LocalEngine, path: Path) -> None:
        self._local, self._path = local, path

    def read(self, document: Any) -> ReadForm:
        document.save(self._path)
        opened = self._local.open(self._path)
        try:
            return read_document(self._local, opened, KEY)
        finally:
            self._local.close(opened.handle)

    def case(self, folder: Path, label: Label, seed: str) -> _Case:
        local, file = self._local, label["file"]
        form: Any = pymupdf.open(folder / file)
        first, _ = _filled(form, label, seed, "first")
        second, names = _filled(form, label, seed, "second")
        layout, truth = [], []
        for seal, place in _layout(form, first, second, label["parties"]):
            layout.append(seal)
            truth.append(place)
        first.save(self._path)
        opened = local.open(self._path)
        remembered = remember_document(local, opened, read_document(local, opened, KEY), layout)
        local.close(opened.handle)
        second.save(self._path)
        opened = local.open(self._path)
        read = read_document(local, opened, KEY)
        again = look_again(local, opened, read, remembered)
        local.close(opened.handle)
        # A form that has the name of a party in print keeps it.
        printed = names_read(remembered, self.read(filling.set_anew(form)))
        called = {word: names[role] for word, role in _words(label["parties"]) if role in names}
        for party, name in zip(remembered.parties, printed, strict=True):
            if party.words:
                called.setdefault(party.words[0], name)
        return _Case(label, remembered, read, again, truth, called, list(names.values()))

    def count_twins(
        self, counts: Counts, cases: Sequence[_Case], folder: Path, seed: str, count: int, *, has_same_values: bool
    ) -> None:
        forms = [case.form for case in cases]
        chance = random.Random(f"twins {seed}")  # noqa: S311
        order = [(case, kind) for case in cases for kind in KINDS]
        chance.shuffle(order)
        made = 0
        for case, kind in order:
            form: Any = pymupdf.open(folder / case.label["file"])
            twin = twin_of(form, case.label["parties"], kind, chance)
            if twin is None or made == count:
                continue
            made += 1
            which = "first" if has_same_values else "twin"
            read = self.read(_filled(twin.document, case.label, seed, which)[0])
            control = self.read(_filled(filling.set_anew(form), case.label, seed, which)[0])
            counts.openings += 1
            best = most_alike(forms, read)
            found = compare(best, read) if best is not None else None
            if best is None or found is None or not found.is_form:
                counts.twins[kind, "refused"] += 1
                continue
            known = compare(best, control).changes
            new = [change for change in found.changes if change not in known]
            if any(change.kind is not ChangeKind.FILLED for change in new):
                counts.twins[kind, "named"] += 1
            else:
                counts.twins[kind, "unnamed"] += 1
                counts.unnamed.append((case.label["file"], kind, twin.changed, new))


def _filled(form: Any, label: Label, seed: str, which: str) -> tuple[Any, dict[str, str]]:
    key = f"{seed} {which} {label['file']}"
    filled = filling.fill(form, label["parties"], random.Random(key))  # noqa: S311
    return lengthened(filled.document, random.Random(f"length {key}")), filled.names  # noqa: S311


def _words(parties: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for party in parties:
        for word in (party["role"], *party.get("aliases", ())):
            yield "".join(word.split()), party["role"]


def _layout(
    form: Any, first: Any, second: Any, parties: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[SealOfLayout, Place]]:
    """Yield a seal for each labelled place of the first filling, and where its label is in the second.

    A label that has more or fewer occurrences after a filling is left out, since it is not known which one is meant.
    """
    for party in parties:
        for anchor in party["anchors"]:
            text = re.sub(r"\s+", "", anchor["text"])
            printed, one, two = (occurrences(document, text) for document in (form, first, second))
            on_page = [number for number, (page, _) in enumerate(printed) if page == anchor["page"]]
            is_sure = len(printed) == len(one) == len(two) and len(on_page) >= anchor["occurrence"]
            if anchor.get("unsure") or anchor.get("span") or not is_sure:
                continue
            index = on_page[anchor["occurrence"] - 1]
            page_number, (_, top, right, _) = one[index]
            rect = DisplayRect(right - 20, top - 50, SEAL_PT, SEAL_PT)
            yield SealOfLayout(party["role"], page_number, rect, text), two[index]
