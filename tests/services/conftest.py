from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from esign_desktop.store.database.connection import Database
from esign_desktop.store.tables.settings import Settings
from tests.services.desk import Desk
from tests.services.sandbox_platform import SandboxPlatform

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def shared_platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxPlatform]:
    with SandboxPlatform(tmp_path_factory.mktemp("platform")) as platform:
        yield platform


@pytest.fixture
def desk(tmp_path: Path, platform: SandboxPlatform) -> Iterator[Desk]:
    """A new installation that sends to the rehearsal platform."""
    desk = Desk(tmp_path / "desk", platform.environment)
    yield desk
    desk.close()


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    """Settings of a database of their own."""
    database = Database(tmp_path / "esign.db")
    database.open()
    yield Settings(database)
    database.close()
