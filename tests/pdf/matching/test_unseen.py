"""How well forms of another hand are recognized, and near-twins that have exactly the first contract's values."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest

from esign_desktop.domain.doubts.spelling import plain
from esign_desktop.domain.geometry import DisplayRect
from esign_desktop.domain.matching.comparing import ChangeKind, compare, most_alike
from esign_desktop.domain.matching.seals import SealOfLayout
from esign_desktop.pdf.again import look_again, read_document, remember_document
from tests.pdf.matching.measuring import KEY, SEAL_PT, Counts, count_leaks, count_stranger
from tests.pdf.matching.places import occurrences, touches
from tests.pdf.matching.unseen import KINDS, Form, fill, twin_of, write_form

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from esign_desktop.domain.matching.form import ReadForm, RememberedForm
    from esign_desktop.pdf.engine import OpenedPdf
    from tests.pdf.local_engine import LocalEngine
    from tests.pdf.matching.places import Place


def _opened(local: LocalEngine, path: Path, document: Any) -> OpenedPdf:
    document.save(path)
    return local.open(path)


def _read(local: LocalEngine, path: Path, document: Any) -> ReadForm:
    opened = _opened(local, path, document)
    try:
        return read_document(local, opened, KEY)
    finally:
        local.close(opened.handle)


def _layout(form: Form, first: Any, second: Any) -> Iterator[tuple[SealOfLayout, Place]]:
    """Yield a seal for each label of the signatures, and where the label is in the second filling."""
    for row in form.rows[form.foot :]:
        for label in row.text.split("|"):
            role = next((role for role in form.roles if label.startswith(role)), None)
            one, two = occurrences(first, label), occurrences(second, label)
            if role is not None and len(one) == len(two) == 1:
                page_number, (_, top, right, _) = one[0]
                yield (
                    SealOfLayout(role, page_number, DisplayRect(right - 20, top - 50, SEAL_PT, SEAL_PT), label),
                    two[0],
                )


def measure(local: LocalEngine, path: Path, seed: str, *, form_count: int, twin_count: int) -> Counts:
    """Fill in each form twice, and near-twins with the values of the first filling."""
    counts = Counts()
    forms = [write_form(random.Random(f"{seed} {number}")) for number in range(form_count)]  # noqa: S311
    remembered: list[RememberedForm] = []
    seconds: list[ReadForm] = []
    for number, form in enumerate(forms):
        first, _ = fill(form, f"{seed} first {number}")
        second, names = fill(form, f"{seed} second {number}")
        layout = list(_layout(form, first, second))
        opened = _opened(local, path, first)
        remembered.append(
            remember_document(local, opened, read_document(local, opened, KEY), [seal for seal, _ in layout])
        )
        local.close(opened.handle)
        opened = _opened(local, path, second)
        seconds.append(read_document(local, opened, KEY))
        again = look_again(local, opened, seconds[-1], remembered[-1])
        local.close(opened.handle)
        counts.forms += 1
        count_leaks(counts, seconds[-1], names.values())
        if not again.comparison.is_form:
            counts.unrecognised.append((number, again.comparison.shared))
            continue
        counts.noise.append(len(again.comparison.wording))
        for found, (page_number, box) in zip(again.seals, (place for _, place in layout), strict=True):
            if found.at is None:
                counts.told += 1
                continue
            counts.placed += 1
            rect = found.at.rect
            corners = (rect.left_pt, rect.top_pt, rect.left_pt + rect.width_pt, rect.top_pt + rect.height_pt)
            if found.at.page_number != page_number or not touches(corners, box):
                counts.misplaced.append((number, found))
        for party, name in zip(remembered[-1].parties, again.names, strict=True):
            wanted = names.get(party.words[0], "") if party.words else ""
            counts.names += bool(wanted)
            counts.right_names += bool(wanted) and plain(name) == plain(wanted)
            if plain(name) not in {plain(wanted), ""}:
                counts.wrong_names.append((number, party.words, wanted, name))
    for number, second in enumerate(seconds):
        if most_alike(remembered, second) is not remembered[number]:
            counts.unrecognised.append(number)
        count_stranger(counts, [*remembered[:number], *remembered[number + 1 :]], second, f"{number}")
    _count_twins(counts, local, path, seed, forms, remembered, twin_count)
    return counts


def _count_twins(
    counts: Counts,
    local: LocalEngine,
    path: Path,
    seed: str,
    forms: list[Form],
    remembered: list[RememberedForm],
    count: int,
) -> None:
    chance = random.Random(f"twins {seed}")  # noqa: S311
    order = [(number, kind) for number in range(len(forms)) for kind in KINDS]
    chance.shuffle(order)
    for number, kind in order:
        twin = twin_of(forms[number], kind, chance)
        if twin is None or sum(counts.twins.values()) == count:
            continue
        read = _read(local, path, fill(twin, f"{seed} first {number}")[0])
        counts.openings += 1
        best = most_alike(remembered, read)
        found = compare(best, read) if best is not None else None
        if found is None or not found.is_form:
            counts.twins[kind, "refused"] += 1
        elif any(change.kind is not ChangeKind.FILLED for change in found.changes):
            counts.twins[kind, "named"] += 1
        else:
            counts.twins[kind, "a value" if found.changes else "unnamed"] += 1
            pair = next(
                (
                    (old.text, new.text)
                    for old, new in zip(forms[number].rows, twin.rows, strict=False)
                    if old.text != new.text
                ),
                None,
            )
            counts.unnamed.append((kind, pair, found.changes))


@pytest.mark.slow
def test_forms_of_another_hand(local: LocalEngine, tmp_path: Path) -> None:
    measure(local, tmp_path / "form.pdf", "another hand", form_count=12, twin_count=12).check()


@pytest.mark.slow
@pytest.mark.nightly
def test_many_forms_of_another_hand(local: LocalEngine, tmp_path: Path) -> None:
    measure(local, tmp_path / "form.pdf", "many hands", form_count=60, twin_count=60).check()
