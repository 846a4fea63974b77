"""Keep encrypted backups in a second folder up to date, so that no contract is lost if the computer is lost.

The state of the backups is stored in a small file beside the database. The database is not used for this purpose,
because it is copied to other computers.
"""

from __future__ import annotations

import json
import logging
import platform
import secrets
import shutil
import threading
import unicodedata
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from esign_desktop.domain.audit import AuditAction
from esign_desktop.domain.china_time import DAY_MS
from esign_desktop.domain.disk_errors import disk_errors
from esign_desktop.domain.errors import InputError, StoreError
from esign_desktop.services.backup.job import JobStarter
from esign_desktop.store.backup.sealed import SHORTEST_PASSPHRASE, BackupKey
from esign_desktop.store.backup.second_folder import LedgerProgress, write_whole
from esign_desktop.store.party_details import key_from_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from esign_desktop.services.audit import Note
    from esign_desktop.services.backup.restoring import Restorer
    from esign_desktop.services.editing.drafts import DraftService
    from esign_desktop.store.erasure import PersonErasure
    from esign_desktop.store.files.paths import AppPaths
    from esign_desktop.store.secrets import SecretStore

LOOK_AGAIN_MS: Final = 10 * 60 * 1000
"""Milliseconds between checks of the folder, which may become unreachable or be used by another computer."""
_SETTING: Final = "second_folder"
"""The name of the setting in the audit log."""
_MOST_RUNS: Final = 8
_ANOTHER_COMPUTER: Final = {"copy.two_computers", "copy.other_lines"}

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class BackupStatus:
    """The status of the backups.

    ``folder`` is empty if no second folder is set. ``name`` is this computer's name. ``code`` is the code of the error
    that prevents backups, or empty. ``behind_since_ms`` is the time since which the backups have been out of date, or
    None if they are up to date. ``copied_at_ms`` and ``daily_at_ms`` are the times of the last backups of the ledger
    and of the database. All times are in epoch milliseconds. ``left_out_count`` is the number of draft documents that
    could not be backed up. ``is_forgetting_due`` means that the backups still contain data of a person whose data was
    erased on this computer. ``was_parted`` means that the folder contained backups of a clone of this computer. These
    backups were left unchanged. ``is_key_kept`` means that the keyring contains the key of the backups.
    """

    folder: str = ""
    name: str = ""
    code: str = ""
    behind_since_ms: int | None = None
    copied_at_ms: int | None = None
    daily_at_ms: int | None = None
    daily_bytes: int = 0
    left_out_count: int = 0
    is_forgetting_due: bool = False
    was_parted: bool = False
    is_key_kept: bool = True
    is_same_disk: bool = False


@dataclass(frozen=True, slots=True)
class _State(BackupStatus):
    """The state that is stored between runs of the program. It contains no secrets.

    ``name``, ``code`` and ``is_key_kept`` are set only in the result of ``SecondFolder.status``.
    """

    computer_id: str = ""
    runs: tuple[str, ...] = ()
    is_begun: bool = False
    salt: str = ""
    cost: int = 0
    check: str = ""
    place: LedgerProgress = field(default_factory=LedgerProgress)
    anew: str = ""
    """The id of a pending request to replace all backups after an erasure or a change of passphrase, or empty."""


class SecondFolder:
    """The service that keeps backups in the second folder.

    It is thread-safe. Calls that use the folder or the keyring block. A job that reports no progress for ``SILENCE_S``
    seconds is killed, so no call blocks forever.
    """

    def __init__(
        self,
        paths: AppPaths,
        secret_store: SecretStore,
        drafts: DraftService,
        forgetting: PersonErasure,
        *,
        clock_ms: Callable[[], int],
        jobs: JobStarter | None = None,
        make_restorer: Callable[[JobStarter], Restorer] | None = None,
        note: Note | None = None,
    ) -> None:
        """Create the service. ``note`` adds lines to the audit log.

        ``make_restorer`` is called only when it is needed, to delay its imports.
        """
        self._paths = paths
        self._path = paths.data_dir / "second-folder.json"
        self._scratch = paths.leaving_dir
        self._secrets = secret_store
        self._drafts = drafts
        self._forgetting = forgetting
        self._clock_ms = clock_ms
        self._jobs = jobs or JobStarter()
        self._make_restorer = make_restorer
        self._note_in_log = note or (lambda _action, _title: None)
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._run = secrets.token_hex(8)
        self._key: BackupKey | None = None
        self._is_key_kept = True
        self._party_details_key = ""
        self._code = ""
        self._state = _read_state(self._path)
        self._copied_bytes = -1
        self._looked_at_ms = 0

    @property
    def is_named(self) -> bool:
        """Whether a second folder is set."""
        return bool(self._state.folder)

    def restorer(self) -> Restorer:
        """Return the service that restores other computers' backups. Call this on a worker thread.

        Raises LookupError if the service was created without ``make_restorer``.
        """
        if self._make_restorer is None:
            raise LookupError("nothing can be brought back here")
        return self._make_restorer(self._jobs)

    def status(self) -> BackupStatus:
        """Return the current status of the backups without blocking."""
        return replace(self._state, name=platform.node(), code=self._code, is_key_kept=self._is_key_kept)

    def name(self, folder: Path, passphrase: str) -> BackupStatus:
        """Use ``folder`` for backups from now on, and return the status.

        If the folder or the passphrase has changed, this computer's existing backups in the folder are replaced. Raises
        InputError ``copy.short_passphrase``, the StoreErrors of ``check_folder``, and StoreError ``copy.hangs``.
        """
        words = unicodedata.normalize("NFC", passphrase)
        if len(words.strip()) < SHORTEST_PASSPHRASE:
            raise InputError("copy.short_passphrase", least=SHORTEST_PASSPHRASE)
        before = self._state
        data_dir = str(self._paths.data_dir)
        found = self._jobs.ask("check", root=str(folder), data_dir=data_dir, computer_id=before.computer_id)
        known = BackupKey.derived(words, bytes.fromhex(before.salt), before.cost) if before.salt else None
        is_same = known is not None and known.check.hex() == before.check and before.folder == str(folder)
        key = known if known is not None and is_same else BackupKey.derived(words)
        is_kept = self._keep_key(key)
        with self._turn, self._lock:
            self._key, self._is_key_kept, self._code = key, is_kept, ""
            self._copied_bytes, self._looked_at_ms = -1, 0
            if is_same and self._state.folder == before.folder and self._state.is_begun and found["has_copies"]:
                # The same passphrase was entered again, for example because the keyring had lost it.
                return self.status()
            before = self._state
            fresh = _State(
                computer_id=before.computer_id or uuid4().hex,
                folder=str(folder),
                runs=before.runs,
                salt=key.salt.hex(),
                cost=key.cost,
                check=key.check.hex(),
                anew=uuid4().hex,
                is_forgetting_due=before.is_forgetting_due,
                daily_bytes=before.daily_bytes,
                left_out_count=before.left_out_count,
                is_same_disk=found["is_same_disk"],
            )
            self._save(fresh)
        self._note_in_log(AuditAction.SETTING, _SETTING)
        return self.status()

    def give_up(self) -> BackupStatus:
        """Stop making backups, and return the status. Existing backups remain in the folder. Raises StoreError."""
        with self._turn, self._lock:
            self._key, self._code = None, ""
            self._save(replace(self._state, folder="", is_begun=False, is_forgetting_due=False, behind_since_ms=None))
        self._note_in_log(AuditAction.SETTING, _SETTING)
        return self.status()

    def must_forget(self) -> None:
        """Request that all backups be replaced, because they contain data of a person whose data is being erased.

        Raises StoreError.
        """
        shutil.rmtree(self._scratch, ignore_errors=True)
        with self._lock:
            if self._state.folder:
                self._save(replace(self._state, anew=uuid4().hex, is_forgetting_due=True))

    def sweep(self) -> None:
        """Delete unencrypted files that an interrupted backup or restoration left on this computer."""
        for folder in (self._paths.leaving_dir, self._paths.restoring_dir):
            shutil.rmtree(folder, ignore_errors=True)

    def close(self) -> None:
        """Abort the running backup. An aborted backup continues when the program is started again."""
        self._jobs.close()

    def keep_up(self, *, is_idle: bool = True) -> BackupStatus:
        """Update the backup of the ledger, and return the status, including any error.

        If the daily backup is due and the user is idle, update the daily backup too. Raises Cancelled after ``close``.
        """
        if not self._state.folder or not self._turn.acquire(blocking=False):
            return self.status()
        try:
            self._keep_up(is_idle=is_idle)
        except StoreError as error:
            if error.code != self._code:
                _log.warning("the second folder is behind: %s", error.code)
            with self._lock:
                self._code = error.code
                if self._state.behind_since_ms is None:
                    behind = replace(self._state, behind_since_ms=self._clock_ms())
                    with suppress(StoreError):
                        self._save(behind)
                    self._state = behind
        finally:
            self._turn.release()
        return self.status()

    def _keep_up(self, *, is_idle: bool) -> None:
        state, now_ms = self._state, self._clock_ms()
        if self._forgetting.pending() is not None:
            # A backup made now would have to be deleted after the erasure.
            return
        ledger_bytes = self._ledger_bytes()
        is_daily_due = bool(state.anew) or state.daily_at_ms is None or not 0 <= now_ms - state.daily_at_ms < DAY_MS
        is_looked_at = 0 <= now_ms - self._looked_at_ms < LOOK_AGAIN_MS
        is_copied = ledger_bytes == self._copied_bytes and is_looked_at and not state.anew and not self._code
        if is_copied and not (is_daily_due and is_idle):
            return
        key = self._known_key()
        if self._run not in state.runs:
            # Stored before the first write, so that a later run of the program recognizes the lease in the folder as
            # its own.
            self._note(runs=(*state.runs, self._run)[-_MOST_RUNS:])
        # The whole copy of the ledger is verified once per run and with every daily backup.
        place = state.place if self._copied_bytes >= 0 and not is_daily_due else LedgerProgress()
        try:
            found = self._jobs.ask("ledger", **self._order(key), place=asdict(place), anew=bool(state.anew))
        except StoreError as error:
            is_rewritten = self._forgetting.pending() is not None or self._state.anew != state.anew
            if error.code not in _ANOTHER_COMPUTER or is_rewritten:
                raise
            # A clone of this computer writes to the folder. This computer takes a new id and leaves the clone's backups
            # alone.
            _log.warning("the second folder is written by another computer of this id")
            self._note(
                computer_id=uuid4().hex, is_begun=False, place=LedgerProgress(), daily_at_ms=None, was_parted=True
            )
            self._looked_at_ms = 0
            return
        self._copied_bytes, self._looked_at_ms = ledger_bytes, now_ms
        self._note(place=LedgerProgress(**found), is_begun=True, copied_at_ms=now_ms)
        if is_daily_due and (is_idle or state.anew):
            self._copy_day(key, state.anew, now_ms)
        self._code = ""
        self._note(behind_since_ms=None)

    def _copy_day(self, key: BackupKey, anew: str, now_ms: int) -> None:
        shutil.rmtree(self._scratch, ignore_errors=True)
        try:
            written = self._jobs.ask(
                "daily",
                **self._order(key),
                scratch=str(self._scratch),
                database=str(self._paths.database_path),
                entries=list(self._entries()),
                is_only_one=bool(anew),
                party_details_key=self._known_party_details_key(),
            )
        finally:
            shutil.rmtree(self._scratch, ignore_errors=True)
        with self._lock:
            state = replace(
                self._state,
                daily_at_ms=now_ms,
                daily_bytes=written["size_bytes"],
                left_out_count=written["left_out_count"],
            )
            if state.anew == anew:
                # Clear the request, unless another person has been erased in the meantime.
                state = replace(state, anew="", is_forgetting_due=False)
            self._save(state)

    def _entries(self) -> Iterator[tuple[str, str, str]]:
        """Yield ``daily.Entry`` fields for the files that belong to the database.

        Documents of drafts come last. Among them, those of the most recent drafts come first.
        """
        for folder in (self._paths.presets_dir, self._paths.templates_dir):
            for path in sorted(folder.glob("*.pdf")):
                yield f"{folder.name}/{path.name}", str(path), path.stem
        if self._paths.brand_dir.is_dir():
            for path in sorted(self._paths.brand_dir.iterdir()):
                yield f"brand/{path.name}", str(path), ""
        seen: set[str] = set()
        for summary in self._drafts.list():
            try:
                documents = self._drafts.documents(summary.id)
            except StoreError:
                continue
            for file in (file for document in documents for file in document.files):
                if file.path and file.sha256 and file.sha256 not in seen:
                    seen.add(file.sha256)
                    yield f"copies/{file.sha256}.pdf", file.path, file.sha256

    def _order(self, key: BackupKey) -> dict[str, Any]:
        state = self._state
        return {
            "root": state.folder,
            "computer_id": state.computer_id,
            "is_begun": state.is_begun,
            "name": platform.node(),
            "run": self._run,
            "known_runs": state.runs,
            "now_ms": self._clock_ms(),
            "key": key.as_text(),
            "ledger": str(self._paths.ledger_path),
        }

    def _known_key(self) -> BackupKey:
        """Return the key of the backups. Raises StoreError ``copy.needs_passphrase``, or the errors of the keyring."""
        if self._key is None:
            try:
                kept = self._secrets.copy_key()
            except StoreError as error:
                if error.code != "keyring.no_backend":
                    raise
                kept = None
            key = BackupKey.from_text(kept) if kept else None
            if key is None or key.check.hex() != self._state.check:
                raise StoreError("copy.needs_passphrase")
            self._key = key
        return self._key

    def _known_party_details_key(self) -> str:
        """Return the key of the personal data, or an empty string if the keyring does not contain it or fails."""
        if not self._party_details_key:
            try:
                kept = self._secrets.party_details_key() or ""
            except StoreError as error:
                _log.info("the copy goes without the key of personal data: %s", error.code)
                kept = ""
            self._party_details_key = kept if key_from_text(kept) else ""
        return self._party_details_key

    def _keep_key(self, key: BackupKey) -> bool:
        try:
            self._secrets.keep_copy_key(key.as_text())
        except StoreError as error:
            _log.warning("the key of the copies is kept for this session only: %s", error.code)
            return False
        return True

    def _ledger_bytes(self) -> int:
        try:
            return self._paths.ledger_path.stat().st_size
        except OSError:
            return 0

    def _note(self, **changes: Any) -> None:
        with self._lock:
            state = replace(self._state, **changes)
            if state != self._state:
                self._save(state)

    def _save(self, state: _State) -> None:
        with disk_errors():
            write_whole(self._path, [json.dumps(asdict(state)).encode("ascii")])
        self._state = state


def _read_state(path: Path) -> _State:
    try:
        found = json.loads(path.read_bytes())
        place = LedgerProgress(**found.pop("place"))
        known = {item.name for item in fields(_State)}
        found = {name: value for name, value in found.items() if name in known}
        return _State(**{**found, "runs": tuple(found["runs"]), "place": place})
    except FileNotFoundError:
        return _State()
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        _log.warning("the state of the second folder can't be read")
        return _State()
