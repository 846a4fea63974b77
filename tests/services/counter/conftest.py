from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.services.counter_desk import CounterDesk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.services.rehearsal import RehearsalPlatform


@pytest.fixture
def desk(tmp_path: Path, platform: RehearsalPlatform) -> Iterator[CounterDesk]:
    desk = CounterDesk(tmp_path / "desk", platform.environment)
    yield desk
    desk.close()
