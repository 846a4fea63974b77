"""Settings, with and without a keyring."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, ClassVar
from unittest.mock import patch

from esign_desktop.app.self_test import hand
from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.ui.rooms import RoomName
from tests.pictures.office import Office, office

if TYPE_CHECKING:
    from tests.pictures.studio import Studio

_EXAMPLE = "https://sign.example.com/v3"


class _EvenTime:
    """In which everything takes equally long."""

    def __init__(self) -> None:
        self._counts = count()

    def monotonic(self) -> float:
        return next(self._counts) * 0.042


class _Keyring:
    """Forgets when the process ends."""

    name = "Secret Service"
    kept: ClassVar[dict[tuple[str, str], str]] = {}

    def get_password(self, service: str, user: str) -> str | None:
        return self.kept.get((service, user))

    def set_password(self, service: str, user: str, secret: str) -> None:
        self.kept[service, user] = secret

    def delete_password(self, service: str, user: str) -> None:
        del self.kept[service, user]


def play(studio: Studio) -> None:
    """Without a keyring first, as on a bare machine."""
    with office(studio, "settings-bare") as here:
        _show(here, EnvironmentKind.TEST)
        studio.take("settings-no-keyring", here.window)
    with (
        patch("esign_desktop.store.secrets._backend", _Keyring),
        patch("esign_desktop.services.environments.time", _EvenTime()),
        office(studio, "settings") as here,
    ):
        environments = here.services.environments

        def keep() -> None:
            for kind in (EnvironmentKind.TEST, EnvironmentKind.PRODUCTION):
                environment = Environment(kind, _EXAMPLE, "1111563657")
                environments.save(environment)
                environments.set_secret(environment, "made-up secret of nobody")

        hand.elsewhere(keep)
        for kind in EnvironmentKind:
            _show(here, kind)
            studio.take(f"settings-{kind.value}", here.window)
        _show(here, EnvironmentKind.SANDBOX)
        hand.press(hand.button(here.furniture.settings, "EnvironmentForm", "&Test connection"))
        hand.rest(1200)
        studio.take("settings-connected", here.window)


def _show(here: Office, kind: EnvironmentKind) -> None:
    here.window.show_room(RoomName.SETTINGS)
    hand.rest(300)
    here.furniture.settings.show_kind(kind)
    here.furniture.settings.verticalScrollBar().setValue(0)
    hand.rest(400)
