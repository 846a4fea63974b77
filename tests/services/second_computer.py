"""A desk with a second folder, and a keyring that lives in memory."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from shutil import rmtree
from typing import TYPE_CHECKING, Any, cast

from esign_desktop.domain.errors import StoreError
from esign_desktop.override import override
from esign_desktop.services.backup.job import JobStarter, do
from esign_desktop.services.backup.restoring import Computer, Restorer
from esign_desktop.services.backup.service import SecondFolder
from esign_desktop.services.editing.drafts import DraftService
from esign_desktop.store.backup.sealed import BackupKey
from esign_desktop.store.backup.second_folder import FOLDER, LedgerProgress
from esign_desktop.store.erasure import PersonErasure
from esign_desktop.store.party_details import key_as_text
from tests.services.desk import Desk, clock_ms

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.services.backup.restoring import Restored
    from esign_desktop.store.secrets import SecretStore

PASSPHRASE = "correct horse battery"


@dataclass
class Keyring:
    """What a SecretStore does for copies; ``code`` is how it fails."""

    key: str | None = None
    code: str = ""
    party_details: bytes | None = None

    def copy_key(self) -> str | None:
        if self.code:
            raise StoreError(self.code)
        return self.key

    def party_details_key(self) -> str | None:
        if self.code:
            raise StoreError(self.code)
        return key_as_text(self.party_details) if self.party_details else None

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
        PersonErasure(desk.database),
        clock_ms=clock or clock_ms,
        jobs=JobStarter(silence_s=silence_s),
        make_restorer=lambda jobs: Restorer(
            *(desk.paths, desk.database, desk.stores.ledger, jobs),
            clock_ms=clock_ms,
            party_details_key=lambda: desk.party_details_key,
        ),
    )


def share_at(path: Path) -> Path:
    path.mkdir()
    return path


CHEAP_KEY = BackupKey.derived(PASSPHRASE, b"salt" * 4, 14)
COMPUTER = "0123456789abcdef" * 2


def copy_now(
    desk: Desk, share: Path, *, kinds: tuple[str, ...] = ("ledger", "daily"), party_details_key: bytes | None = None
) -> None:
    """Copy in this process, under a key that is quickly derived."""
    (share / FOLDER).mkdir(exist_ok=True, parents=True)
    entries = [
        [f"copies/{file.sha256}.pdf", file.path, file.sha256]
        for summary in desk.stores.drafts.list()
        for document in desk.stores.drafts.documents(summary.id)
        for file in document.files
    ]
    for kind in kinds:
        do(
            {
                "kind": kind,
                "root": str(share),
                "computer_id": COMPUTER,
                "is_begun": False,
                "name": "desk one",
                "run": "run",
                "known_runs": [],
                "now_ms": clock_ms(),
                "key": CHEAP_KEY.as_text(),
                "ledger": str(desk.paths.ledger_path),
                "place": asdict(LedgerProgress()),
                "anew": False,
                "scratch": str(desk.paths.leaving_dir),
                "database": str(desk.paths.database_path),
                "entries": entries,
                "is_only_one": False,
                "party_details_key": key_as_text(party_details_key) if party_details_key else "",
            }
        )
    rmtree(desk.paths.leaving_dir, ignore_errors=True)


class InProcessJobs(JobStarter):
    """Does the jobs in this process."""

    @override
    def ask(self, kind: str, **values: object) -> Any:
        return do({"kind": kind, **values})


def restore_into(desk: Desk, share: Path) -> Restored:
    """Restore what lies in the share, in this process."""
    restorer = Restorer(
        *(desk.paths, desk.database, desk.stores.ledger, InProcessJobs()),
        clock_ms=clock_ms,
        party_details_key=lambda: desk.party_details_key,
    )
    return restorer.restore(Computer(COMPUTER, "", 0, share / FOLDER / COMPUTER), PASSPHRASE).restored
