"""The preferences, kept in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from esign_desktop.services.preferences import Preferences

if TYPE_CHECKING:
    from esign_desktop.store.tables.settings import Settings


class _Settings(dict[str, str]):
    def set(self, key: str, value: str) -> None:
        self[key] = value


class KeptSizes(Preferences):
    """Keeps what a person chose as long as a test goes on."""

    def __init__(self) -> None:
        super().__init__(cast("Settings", _Settings()))
