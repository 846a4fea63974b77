from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from esign_desktop.store.database.connection import Database
from esign_desktop.store.files.paths import AppPaths

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def paths(tmp_path: Path) -> AppPaths:
    """Prepared folders."""
    paths = AppPaths.at(tmp_path)
    paths.prepare()
    return paths


@pytest.fixture
def database(paths: AppPaths) -> Iterator[Database]:
    """An open, new database."""
    database = Database(paths.database_path)
    database.open()
    yield database
    database.close()
