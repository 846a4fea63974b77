"""How often a form is recognized when it is filled in again, and whether near-twins are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.pdf.matching.measuring import measure

if TYPE_CHECKING:
    from pathlib import Path

    from tests.pdf.local_engine import LocalEngine

pytestmark = [pytest.mark.corpus, pytest.mark.slow]


def test_forms_filled_in_again(local: LocalEngine, shared_dir: Path, tmp_path: Path) -> None:
    folder = shared_dir / "data" / "contracts"
    measure(local, folder, tmp_path / "form.pdf", "sample", every=8, twins=8).check()


@pytest.mark.nightly
@pytest.mark.timeout(900)
@pytest.mark.parametrize(("seed", "has_same_values"), [("one", False), ("two", True)])
def test_all_forms_filled_in_again(
    seed: str, has_same_values: bool, local: LocalEngine, shared_dir: Path, tmp_path: Path
) -> None:
    folder = shared_dir / "data" / "contracts"
    measure(local, folder, tmp_path / "form.pdf", seed, every=1, twins=40, has_same_values=has_same_values).check()
