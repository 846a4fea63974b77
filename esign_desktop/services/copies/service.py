"""Copies in a second folder, so that a dead computer costs nobody a contract: when they are made, and how they stand.

What this computer knows of its copies lies in a small file beside the database and not in it: the database is what is
copied, and goes to other computers.
"""

from __future__ import annotations

import json
import logging
import platform
import secrets
import shutil
import threading
import unicodedata
from dataclasses import asdict, dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from esign_desktop.domain.audit import AuditAction
from esign_desktop.domain.china_time import DAY_MS
from esign_desktop.domain.errors import InputError, StoreError
from esign_desktop.services.copies.job import JobStarter
from esign_desktop.store.copies.sealed import SHORTEST_PASSPHRASE, CopyKey
from esign_desktop.store.copies.second_folder import LedgerPlace, write_whole
from esign_desktop.store.files.errors import disk_error
from esign_desktop.store.particulars import key_from_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from esign_desktop.services.audit import Note
    from esign_desktop.services.copies.restoring import Restorer
    from esign_desktop.services.editing.drafts import DraftService
    from esign_desktop.store.erasure import PersonErasure
    from esign_desktop.store.files.paths import AppPaths
    from esign_desktop.store.secrets import SecretStore

LOOK_AGAIN_MS: Final = 10 * 60 * 1000
"""How often the folder is looked at while nothing is to be copied: it may be away, or another may write there."""
_SETTING: Final = "second_folder"
"""What the audit log calls it."""
_MOST_RUNS: Final = 8
_ANOTHER_COMPUTER: Final = {"copy.two_computers", "copy.other_lines"}

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CopyStatus:
    """How the copies stand. ``folder`` is empty where none is named.

    ``code`` is that of what keeps them from being made, ``behind_since_ms`` since when something is missing in the
    folder. ``is_forgetting_due`` says that somebody who was forgotten here is still in the copies. ``was_parted`` says
    that the folder held copies of another computer by this one's name, which were left as they are.
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
class _State:
    """What is kept between starts; nothing of it is secret."""

    computer_id: str = ""
    folder: str = ""
    runs: tuple[str, ...] = ()
    is_begun: bool = False
    salt: str = ""
    cost: int = 0
    check: str = ""
    place: LedgerPlace = field(default_factory=LedgerPlace)
    anew: str = ""
    """A token while all copies are to be made anew, since they tell of somebody, or have another passphrase."""
    is_forgetting_due: bool = False
    behind_since_ms: int | None = None
    copied_at_ms: int | None = None
    daily_at_ms: int | None = None
    daily_bytes: int = 0
    left_out_count: int = 0
    was_parted: bool = False
    is_same_disk: bool = False


class SecondFolder:
    """Thread-safe; what asks the folder or the keyring blocks, but no longer than a job's patience."""

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
        """``note`` hears when another folder is named, or none.

        ``make_restorer`` makes what brings another computer's copies back, of what starts the jobs.
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
        self._key: CopyKey | None = None
        self._is_key_kept = True
        self._particulars_key = ""
        self._code = ""
        self._state = _read_state(self._path)
        self._copied_bytes = -1
        self._looked_at_ms = 0

    @property
    def is_named(self) -> bool:
        """Whether there is a second folder."""
        return bool(self._state.folder)

    def restorer(self) -> Restorer:
        """Return what brings another computer's copies back; for a worker thread, since it is imported then."""
        if self._make_restorer is None:
            raise LookupError("nothing can be brought back here")
        return self._make_restorer(self._jobs)

    def status(self) -> CopyStatus:
        """Return how the copies stand; asks nobody, and waits for nobody who is writing that down."""
        state = self._state
        return CopyStatus(
            state.folder,
            platform.node(),
            self._code,
            state.behind_since_ms,
            state.copied_at_ms,
            state.daily_at_ms,
            state.daily_bytes,
            state.left_out_count,
            state.is_forgetting_due,
            state.was_parted,
            self._is_key_kept,
            state.is_same_disk,
        )

    def name(self, folder: Path, passphrase: str) -> CopyStatus:
        """Copy to this folder from now on. A new passphrase has all copies in it made anew.

        Raises InputError ``copy.short_passphrase``; StoreError as ``check_folder``, and ``copy.hangs``.
        """
        words = unicodedata.normalize("NFC", passphrase)
        if len(words.strip()) < SHORTEST_PASSPHRASE:
            raise InputError("copy.short_passphrase", least=SHORTEST_PASSPHRASE)
        before = self._state
        found = self._jobs.ask(
            "check", root=str(folder), data_dir=str(self._paths.data_dir), computer_id=before.computer_id
        )
        known = CopyKey.derived(words, bytes.fromhex(before.salt), before.cost) if before.salt else None
        is_same = known is not None and known.check.hex() == before.check and before.folder == str(folder)
        key = known if known is not None and is_same else CopyKey.derived(words)
        is_kept = self._keep_key(key)
        with self._turn, self._lock:
            self._key, self._is_key_kept, self._code = key, is_kept, ""
            self._copied_bytes, self._looked_at_ms = -1, 0
            if is_same and self._state.folder == before.folder and self._state.is_begun and found["has_copies"]:
                # The passphrase was typed again, as for a keyring that has lost it: the copies go on.
                return self.status()
            before = self._state
            state = replace(
                before,
                computer_id=before.computer_id or uuid4().hex,
                folder=str(folder),
                is_begun=False,
                salt=key.salt.hex(),
                cost=key.cost,
                check=key.check.hex(),
                place=LedgerPlace(),
                anew=uuid4().hex,
                behind_since_ms=None,
                copied_at_ms=None,
                daily_at_ms=None,
                was_parted=False,
                is_same_disk=found["is_same_disk"],
            )
            self._save(state)
        self._note_in_log(AuditAction.SETTING, _SETTING)
        return self.status()

    def give_up(self) -> CopyStatus:
        """Copy no more; what lies in the folder stays there."""
        with self._turn, self._lock:
            self._key, self._code = None, ""
            self._save(replace(self._state, folder="", is_begun=False, is_forgetting_due=False, behind_since_ms=None))
        self._note_in_log(AuditAction.SETTING, _SETTING)
        return self.status()

    def must_forget(self) -> None:
        """Note that the copies tell of somebody who is to be forgotten: they are made anew as soon as they can be.

        Raises StoreError, so that a forgetting which can't be noted is not over.
        """
        shutil.rmtree(self._scratch, ignore_errors=True)
        with self._lock:
            if self._state.folder:
                self._save(replace(self._state, anew=uuid4().hex, is_forgetting_due=True))

    def sweep(self) -> None:
        """Delete what a kill left in the clear of copies that were being made or restored."""
        for folder in (self._paths.leaving_dir, self._paths.restoring_dir):
            shutil.rmtree(folder, ignore_errors=True)

    def close(self) -> None:
        """Break off what is being copied; it is taken up at the next start."""
        self._jobs.close()

    def keep_up(self, *, is_idle: bool = True) -> CopyStatus:
        """Copy what is missing: the ledger always, a day's copy when one is due and nobody is at work.

        Raises nothing that is foreseen: what went wrong is in the status. Raises Cancelled when closed.
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
                    self._save_quietly(replace(self._state, behind_since_ms=self._clock_ms()))
        finally:
            self._turn.release()
        return self.status()

    def _keep_up(self, *, is_idle: bool) -> None:
        state, now_ms = self._state, self._clock_ms()
        if self._forgetting.pending() is not None:
            # Nothing goes there meanwhile that would have to be taken back.
            return
        ledger_bytes = self._ledger_bytes()
        is_daily_due = bool(state.anew) or state.daily_at_ms is None or not 0 <= now_ms - state.daily_at_ms < DAY_MS
        is_looked_at = 0 <= now_ms - self._looked_at_ms < LOOK_AGAIN_MS
        is_copied = ledger_bytes == self._copied_bytes and is_looked_at and not state.anew and not self._code
        if is_copied and not (is_daily_due and is_idle):
            return
        key = self._known_key()
        self._join(self._run)
        # Once a run, and with every day's copy, the whole of the copy is looked at.
        place = state.place if self._copied_bytes >= 0 and not is_daily_due else LedgerPlace()
        try:
            found = self._jobs.ask("ledger", **self._order(key), place=asdict(place), anew=bool(state.anew))
        except StoreError as error:
            if error.code not in _ANOTHER_COMPUTER or self._is_being_rewritten(state):
                raise
            self._part()
            return
        self._copied_bytes, self._looked_at_ms = ledger_bytes, now_ms
        self._note(place=LedgerPlace(**found), is_begun=True, copied_at_ms=now_ms)
        if is_daily_due and (is_idle or state.anew):
            self._copy_day(key, state.anew, now_ms)
        self._code = ""
        self._note(behind_since_ms=None)

    def _copy_day(self, key: CopyKey, anew: str, now_ms: int) -> None:
        shutil.rmtree(self._scratch, ignore_errors=True)
        try:
            written = self._jobs.ask(
                "daily",
                **self._order(key),
                scratch=str(self._scratch),
                database=str(self._paths.database_path),
                entries=list(self._entries()),
                is_only_one=bool(anew),
                particulars_key=self._known_particulars_key(),
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
                # Not where somebody else was forgotten meanwhile.
                state = replace(state, anew="", is_forgetting_due=False)
            self._save(state)

    def _entries(self) -> Iterator[tuple[str, str, str]]:
        """Yield what belongs to the database, the documents of the latest drafts first; see ``daily_copy.Entry``."""
        for path in sorted(self._paths.presets_dir.glob("*.pdf")):
            yield f"presets/{path.name}", str(path), path.stem
        if self._paths.brand_dir.is_dir():
            for path in sorted(self._paths.brand_dir.iterdir()):
                yield f"brand/{path.name}", str(path), ""
        told: set[str] = set()
        for summary in self._drafts.list():
            try:
                draft = self._drafts.read(summary.id)
            except StoreError:
                continue
            for document in draft.documents:
                if document.path and document.sha256 and document.sha256 not in told:
                    told.add(document.sha256)
                    yield f"copies/{document.sha256}.pdf", document.path, document.sha256

    def _order(self, key: CopyKey) -> dict[str, Any]:
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

    def _known_key(self) -> CopyKey:
        """Return the key. Raises StoreError ``copy.needs_passphrase``, and that of a keyring that does not tell it."""
        if self._key is None:
            try:
                kept = self._secrets.copy_key()
            except StoreError as error:
                if error.code != "keyring.no_backend":
                    raise
                kept = None
            key = CopyKey.from_text(kept) if kept else None
            if key is None or key.check.hex() != self._state.check:
                raise StoreError("copy.needs_passphrase")
            self._key = key
        return self._key

    def _known_particulars_key(self) -> str:
        """Return the key of persons' particulars; empty where there is none, and where the keyring does not tell it."""
        if not self._particulars_key:
            try:
                kept = self._secrets.particulars_key() or ""
            except StoreError as error:
                _log.info("the copy goes without the key of particulars: %s", error.code)
                kept = ""
            self._particulars_key = kept if key_from_text(kept) else ""
        return self._particulars_key

    def _keep_key(self, key: CopyKey) -> bool:
        try:
            self._secrets.keep_copy_key(key.as_text())
        except StoreError as error:
            _log.warning("the key of the copies holds for this session: %s", error.code)
            return False
        return True

    def _is_being_rewritten(self, before: _State) -> bool:
        return self._forgetting.pending() is not None or self._state.anew != before.anew

    def _part(self) -> None:
        """Become another computer: the copies in the folder are of one that has this one's id, or its past."""
        _log.warning("the second folder is written by another computer of this id")
        self._note(computer_id=uuid4().hex, is_begun=False, place=LedgerPlace(), daily_at_ms=None, was_parted=True)
        self._looked_at_ms = 0

    def _join(self, run: str) -> None:
        """Note this run before it writes: a later one has to know that the lease in the folder is its own."""
        if run not in self._state.runs:
            self._note(runs=(*self._state.runs, run)[-_MOST_RUNS:])

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
        try:
            write_whole(self._path, [json.dumps(asdict(state)).encode("ascii")])
        except OSError as error:
            raise disk_error(error) from error
        self._state = state

    def _save_quietly(self, state: _State) -> None:
        try:
            self._save(state)
        except StoreError:
            self._state = state


def _read_state(path: Path) -> _State:
    try:
        found = json.loads(path.read_bytes())
        place = LedgerPlace(**found.pop("place"))
        known = {one.name for one in fields(_State)}
        found = {name: value for name, value in found.items() if name in known}
        return _State(**{**found, "runs": tuple(found["runs"]), "place": place})
    except FileNotFoundError:
        return _State()
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        _log.warning("what was known of the second folder can't be read")
        return _State()
