from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from esign_desktop.store.files.paths import AppPaths
from tests.canaries.household import Household
from tests.services.sandbox_platform import SandboxPlatform

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[SandboxPlatform]:
    """Inside of the data folder, where the program's own lies."""
    with SandboxPlatform(AppPaths.at(tmp_path / "program").sandbox_dir) as platform:
        yield platform


@pytest.fixture
def household(tmp_path: Path, platform: SandboxPlatform, no_secret_service: None) -> Iterator[Household]:
    household = Household(tmp_path / "program", tmp_path / "outside", platform)
    yield household
    household.close()
