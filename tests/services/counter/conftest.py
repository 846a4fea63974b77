from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.services.counter_desk import CounterDesk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.services.sandbox_platform import SandboxPlatform


@pytest.fixture(autouse=True)
def cheap_pins(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash PINs at the lowest cost, except in tests marked ``dear_pins``."""
    if request.node.get_closest_marker("dear_pins") is None:
        monkeypatch.setattr("esign_desktop.services.counter.pin._COST", 2)


@pytest.fixture
def desk(tmp_path: Path, platform: SandboxPlatform) -> Iterator[CounterDesk]:
    desk = CounterDesk(tmp_path / "desk", platform.environment)
    yield desk
    desk.close()
