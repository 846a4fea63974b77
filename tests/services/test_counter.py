from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from esign_desktop.services.counter import CounterNews, CounterState
from tests.services.counter_desk import ZHANG, CounterDesk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.services.rehearsal import RehearsalPlatform


@pytest.fixture
def desk(tmp_path: Path, platform: RehearsalPlatform) -> Iterator[CounterDesk]:
    desk = CounterDesk(tmp_path / "desk", platform.environment)
    yield desk
    desk.close()


def test_customer_gets_a_code_signs_and_the_desk_is_free(
    desk: CounterDesk, platform: RehearsalPlatform, tmp_path: Path
) -> None:
    preset = desk.make_preset(tmp_path)
    desk.counter.choose(preset.id)
    look = desk.counter.enter(ZHANG)
    assert look.is_ready

    view = desk.counter.send()

    assert (view.state, view.error, view.is_live) == (CounterState.SHOWING, None, True)
    assert [news for news in desk.heard() if news is not CounterNews.CHANGED] == [
        CounterNews.QR_READY,
        CounterNews.LIVE,
    ]
    assert view.customers[0].masked_name == "张*"
    platform.sign(view.link)
    view = desk.counter.refresh()
    assert view.state is CounterState.SIGNED
    assert view.customers_have_signed
    assert desk.heard()[-1] is CounterNews.ENDED
    assert [path.read_bytes()[:5] for path in desk.counter.save_files(tmp_path / "signed")] == [b"%PDF-"]
    desk.counter.clear()
    assert desk.counter.view.state is CounterState.READY
