"""People known at this desk, and how one of them is forgotten: no byte of who it was stays in the program's files."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from esign_desktop.domain.errors import AppError
from esign_desktop.domain.forgetting import PersonTraces, forgotten_token, is_forgotten
from esign_desktop.domain.preset import KeptPdf
from esign_desktop.services.rehearsal_files import forget_in_rehearsals
from esign_desktop.services.snapshots import Snapshots
from esign_desktop.store.accounts import AccountKind, Accounts
from esign_desktop.store.disk_errors import disk_error
from esign_desktop.store.forgetting import Forgetting
from esign_desktop.store.journal import Journal
from esign_desktop.store.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esign_desktop.domain.preset import Preset
    from esign_desktop.services.documents import DocumentService
    from esign_desktop.services.presets import PresetService
    from esign_desktop.services.submission_turns import Turns
    from esign_desktop.store.flows import FlowRecord, FlowSigner

__all__ = ["KnownPerson", "PeopleService", "PeopleStores", "person_of_flow"]


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """Somebody by the accounts that are theirs, in whichever environment. ``masked_number`` tells namesakes apart."""

    name: str = field(repr=False)
    account_ids: tuple[str, ...]
    masked_number: str = field(default="", repr=False)
    last_used_ms: int = 0


@dataclass(frozen=True, slots=True)
class PeopleStores:
    """Wherever something of a person may lie.

    ``copies_dir`` holds upright copies of documents, ``log_dir`` the log, ``sandbox_dir`` what the rehearsal platform
    that belongs to this installation keeps.
    """

    forgetting: Forgetting
    accounts: Accounts
    journal: Journal
    ledger: Ledger
    snapshots: Snapshots
    copies_dir: Path
    log_dir: Path
    sandbox_dir: Path


def person_of_flow(record: FlowRecord, signer: FlowSigner) -> KnownPerson | None:
    """Return who signs there; None for organizations, the platform itself, and whom this desk has forgotten."""
    is_somebody = signer.account_id and not signer.organization_account_id and not is_forgotten(signer.account_id)
    return KnownPerson(signer.name, (signer.account_id,), "", record.sent_at_ms) if is_somebody else None


class PeopleService:
    """Blocks for store, disk and the PDF process."""

    def __init__(self, stores: PeopleStores, presets: PresetService, documents: DocumentService, turns: Turns) -> None:
        self._stores = stores
        self._presets = presets
        self._documents = documents
        self._turns = turns
        self._lock = threading.Lock()

    def list(self) -> tuple[KnownPerson, ...]:
        """Return everybody who is known here, the one met last first; their numbers are masked."""
        found: dict[tuple[str, str], KnownPerson] = {}
        for record in self._stores.accounts.all():
            if record.kind is not AccountKind.PERSON:
                continue
            # Two of one name without a number may be two people.
            key = (record.name, record.masked_number or record.account_id)
            known = found.get(key)
            account_ids = (*(known.account_ids if known else ()), record.account_id)
            last_used_ms = max(known.last_used_ms if known else 0, record.last_used_ms)
            found[key] = KnownPerson(record.name, account_ids, record.masked_number, last_used_ms)
        return tuple(sorted(found.values(), key=lambda one: (-one.last_used_ms, one.name, one.account_ids)))

    def forget(self, person: KnownPerson) -> None:
        """Take the person out of everything that is kept here; what was sent stays listed without them.

        Once begun it is finished, at the next start if need be. Raises InputError, with nothing changed:
        ``person.contract_open`` and ``person.send_open``; StoreError.
        """
        traces = PersonTraces(
            person.name,
            forgotten_token(uuid4().hex[:12]),
            account_ids=frozenset(person.account_ids),
            masked_numbers=frozenset({person.masked_number} - {""}),
        )
        with self._lock:
            self._finish()
            self._stores.forgetting.begin(traces)
            self._finish()

    def finish(self) -> bool:
        """Finish what a crash interrupted, and return whether there was anything. Raises StoreError."""
        with self._lock:
            return self._finish()

    def _finish(self) -> bool:
        left = self._stores.forgetting.pending()
        if left is None:
            return False
        if left.traces is not None:
            self._stores.ledger.rewrite(left.traces.taken_out_of_text)
            self._delete_snapshots()
            self._delete_pdfs_about(left.traces)
            self._wipe_logs(left.traces)
            forget_in_rehearsals(self._stores.sandbox_dir, left.traces, partial(self._is_in_pdf, left.traces))
            self._stores.forgetting.files_done()
        self._stores.forgetting.end()
        return True

    def _delete_snapshots(self) -> None:
        """Delete the copies of files of all sends that are over; a system may not have let them go."""
        with self._turns.taking_stock:
            journal = self._stores.journal
            self._stores.snapshots.sweep([one.record.id for one in (*journal.unfinished(), *journal.held())])

    def _delete_pdfs_about(self, traces: PersonTraces) -> None:
        """Delete copies of documents, and presets, that are made out to the person: a PDF can't be made to forget."""
        for path in self._stores.copies_dir.glob("*"):
            if self._is_in_pdf(traces, path):
                try:
                    path.unlink(missing_ok=True)
                except OSError as error:
                    raise disk_error(error) from error
        for preset in self._presets.list():
            if any(self._is_in_pdf(traces, path) for path in self._pdfs(preset)):
                self._presets.delete(preset.id)
        self._presets.sweep()

    def _pdfs(self, preset: Preset) -> Iterator[Path]:
        for document in preset.documents:
            if isinstance(document.source, KeptPdf):
                yield self._presets.path_of(document.source)

    def _is_in_pdf(self, traces: PersonTraces, path: Path) -> bool:
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return False
        except OSError as error:
            raise disk_error(error) from error
        if any(needle.encode() in content for needle in traces.needles):
            return True
        try:
            document = self._documents.open(path)
        except AppError:
            # Damaged or locked: its text can be read by nobody here.
            return False
        try:
            return any(self._documents.find(document.id, needle) for needle in traces.needles if len(needle) < 100)
        except AppError:
            return False
        finally:
            self._documents.close(document.id)

    def _wipe_logs(self, traces: PersonTraces) -> None:
        """Write over what a log may hold, where it stands: the log is open. None is meant to hold anything."""
        for path in self._stores.log_dir.glob("*.log"):
            try:
                content = path.read_bytes()
                for needle in (one.encode() for one in traces.needles):
                    _write_over(path, content, needle)
            except OSError as error:
                raise disk_error(error) from error


def _write_over(path: Path, content: bytes, needle: bytes) -> None:
    position = content.find(needle)
    while position >= 0:
        with path.open("r+b") as file:
            file.seek(position)
            file.write(b"#" * len(needle))
        position = content.find(needle, position + len(needle))
