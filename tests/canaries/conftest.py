from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.canaries.household import Household
from tests.services.rehearsal import RehearsalPlatform

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RehearsalPlatform]:
    with RehearsalPlatform(tmp_path_factory.mktemp("platform")) as platform:
        yield platform


@pytest.fixture
def household(tmp_path: Path, platform: RehearsalPlatform, no_secret_service: None) -> Iterator[Household]:
    household = Household(tmp_path / "program", tmp_path / "outside", platform)
    yield household
    household.close()
