"""A desk with a second folder, and a keyring that lives in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from esign_desktop.domain.errors import StoreError
from esign_desktop.services.drafts import DraftService
from esign_desktop.services.second_folder import SecondFolder
from esign_desktop.services.second_folder_job import JobStarter
from esign_desktop.store.forgetting import Forgetting
from tests.services.desk import Desk, clock_ms

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.store.secrets import SecretStore

PASSPHRASE = "correct horse battery"


@dataclass
class Keyring:
    """What a SecretStore does for copies; ``code`` is how it fails."""

    key: str | None = None
    code: str = ""

    def copy_key(self) -> str | None:
        if self.code:
            raise StoreError(self.code)
        return self.key

    def keep_copy_key(self, key: str) -> None:
        if self.code:
            raise StoreError(self.code)
        self.key = key


@dataclass
class Clock:
    """A clock that tests set."""

    now_ms: int = field(default_factory=clock_ms)

    def __call__(self) -> int:
        return self.now_ms


def second_folder(
    desk: Desk, keyring: Keyring | SecretStore, clock: Clock | None = None, *, silence_s: float = 20.0
) -> SecondFolder:
    return SecondFolder(
        desk.paths,
        cast("SecretStore", keyring),
        DraftService(desk.stores.drafts, clock_ms=clock_ms),
        Forgetting(desk.database),
        clock_ms=clock or clock_ms,
        jobs=JobStarter(silence_s=silence_s),
    )


def share_at(path: Path) -> Path:
    path.mkdir()
    return path
