"""Which cases run when: ``make test`` runs everything that is not marked ``nightly``, ``make nightly`` the rest."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NoReturn

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _pytest.mark.structures import ParameterSet

REQUIRE_ALL = "REQUIRE_ALL_TESTS"
"""Environment variable under which a test fails for a missing sample or package; ``.ci/run`` sets it."""


def daily(chosen: Iterable[object], values: Iterable[object]) -> list[ParameterSet]:
    """Return ``values`` as parameters of a test, of which those that are not ``chosen`` are left to the night."""
    chosen = [*chosen]
    return [pytest.param(value, marks=() if value in chosen else pytest.mark.nightly) for value in values]


def missing(what: str) -> NoReturn:
    """Skip the test that lacks something, or fail it where all tests have to run."""
    if os.environ.get(REQUIRE_ALL):
        pytest.fail(f"{what} ({REQUIRE_ALL} is set)")
    pytest.skip(what)
