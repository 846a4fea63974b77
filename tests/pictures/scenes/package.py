"""What is said of the package that pays: before a send, in the status bar, at the counter, and its own price."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esign_desktop.app.self_test import driver
from esign_desktop.app.self_test.send import SendPage
from esign_desktop.domain.cost import OWN_TIER_INDEX, Tier
from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.ui.shell.rail import RoomName
from tests.pictures.contracts import ready_contract
from tests.pictures.fixed_world import DAY_MS, NOW_MS
from tests.pictures.office import Office, office
from tests.pictures.scenes.counter import at_the_counter

if TYPE_CHECKING:
    from tests.pictures.studio import Studio

_KIND = EnvironmentKind.SANDBOX


def play(studio: Studio) -> None:
    """Let a package run out."""
    with office(studio, "package") as here:
        _enter(here, remaining=0, days=12)
        ready_contract(here)
        here.workspace.prepare.problems_bar.press_send()
        SendPage(here.window).await_review()
        studio.take("review-package", here.window)
        here.workspace.prepare.uncover()
        _price(studio, here)
    with at_the_counter(studio, "package-counter") as (here, window):
        _enter(here, remaining=480, days=24)
        driver.rest(300)
        studio.take("counter-package", window)


def _enter(here: Office, *, remaining: int, days: int) -> None:
    quota = here.services.quota
    driver.elsewhere(
        lambda: quota.enter(_KIND, total_count=5_000, remaining_count=remaining, valid_until_ms=NOW_MS + days * DAY_MS)
    )
    here.workspace.quota.look()
    driver.wait_until("it is warned of", lambda: here.workspace.quota.account)


def _price(studio: Studio, here: Office) -> None:
    preferences = here.services.preferences

    def choose() -> None:
        preferences.set_tier_index(OWN_TIER_INDEX)
        preferences.set_own_tier(Tier(500_000, 250_000))

    driver.elsewhere(choose)
    here.window.show_room(RoomName.SETTINGS)
    room = here.workspace.settings
    room.show_part(room.costs)
    driver.wait_until("the price is shown", room.costs.own_price.isVisible)
    studio.take("settings-own-price", here.window)
