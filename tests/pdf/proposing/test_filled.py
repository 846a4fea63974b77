"""Forms filled in: a party's name is read, nothing else is taken for it, and the places stay what they were."""

from __future__ import annotations

import json
import random
import re
from typing import TYPE_CHECKING, Any

import pymupdf
import pytest

from tests.pdf.proposing.filling import fill, set_anew

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from esign_desktop.domain.proposal import Proposal
    from tests.pdf.local_engine import LocalEngine

EVERY = 2
SEEDS = 2
RIGHT, WRONG, SAME = 0.95, 0.01, 0.9


def _places(found: Proposal) -> list[tuple[str, int]]:
    # A firm that stands for itself is called otherwise once its blank is filled.
    return [(re.sub(r".*(公司|厂)$", r"\1", one.role), len(one.marks)) for one in found.parties]


def _called(parties: list[Mapping[str, Any]], found: Proposal) -> dict[str, str]:
    """The names found, by the role that the labels have."""
    roles = {"".join(word.split()): one["role"] for one in parties for word in (one["role"], *one.get("aliases", ()))}
    return {roles.get(one.role, one.role): one.name for one in found.parties}


@pytest.mark.nightly
@pytest.mark.corpus
@pytest.mark.slow
def test_forms_filled_in(local: LocalEngine, shared_dir: Path, tmp_path: Path) -> None:
    def proposed(document: Any) -> Proposal:
        document.save(tmp_path / "form.pdf")
        handle = local.open(tmp_path / "form.pdf").handle
        try:
            return local.propose(handle)
        finally:
            local.close(handle)

    folder = shared_dir / "data" / "contracts"
    labels = [one for one in json.loads((folder / "labels.json").read_text("utf-8")) if one["usable"]][::EVERY]
    right, wrong, all_names, same = 0, [], 0, 0
    for label in labels:
        form: Any = pymupdf.open(folder / label["file"])
        blank = proposed(set_anew(form))
        empty_names = _called(label["parties"], blank)
        for seed in range(SEEDS):
            filled = fill(form, label["parties"], random.Random(f"{label['file']} {seed}"))  # noqa: S311
            found = proposed(filled.document)
            same += _places(found) == _places(blank)
            for role, name in _called(label["parties"], found).items():
                wanted = filled.names.get(role, empty_names.get(role, ""))
                if wanted == "?" or name == role:
                    continue
                all_names += bool(wanted)
                right += bool(wanted) and name == wanted
                if name not in {wanted, ""}:
                    wrong.append((label["file"], seed, role, wanted, name))
    assert right >= RIGHT * all_names
    assert len(wrong) <= WRONG * all_names, wrong
    assert same >= SAME * SEEDS * len(labels)
