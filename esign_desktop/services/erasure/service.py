"""People known on this computer, and how one is forgotten: no byte of who it was stays in the program's files."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from esign_desktop.domain.account import AccountKind
from esign_desktop.domain.audit import AuditAction
from esign_desktop.domain.disk_errors import disk_error
from esign_desktop.domain.erasure import PersonIdentifiers, forgotten_token, is_forgotten
from esign_desktop.domain.errors import PdfError
from esign_desktop.domain.people.contact import ContactId
from esign_desktop.domain.preset.preset import KeptPdf, Preset
from esign_desktop.pdf.isolated.mentions import Mention, PersonTerms, find_mention
from esign_desktop.services.editing.snapshots import Snapshots
from esign_desktop.services.erasure.rehearsal_files import forget_in_rehearsals
from esign_desktop.store.erasure import PersonErasure
from esign_desktop.store.files.ledger import Ledger
from esign_desktop.store.tables.accounts import Accounts
from esign_desktop.store.tables.journal import Journal

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from esign_desktop.domain.flow import FlowRecord, FlowSigner
    from esign_desktop.domain.people.contact import Contact
    from esign_desktop.domain.preset.preset import PresetId
    from esign_desktop.services.audit import Note
    from esign_desktop.services.presets.service import PresetService
    from esign_desktop.services.sending.send import ActiveSends

_SHORTEST_IN_BYTES: Final = 6
"""Less may stand anywhere by chance."""
_SHORTEST_ANYWHERE: Final = 8
"""What is shorter and made of letters and digits may be a part of something else in a log."""


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """Somebody by the accounts and contacts that are theirs, in whichever environment.

    ``masked_number`` tells namesakes apart.
    """

    name: str = field(repr=False)
    account_ids: tuple[str, ...]
    masked_number: str = field(default="", repr=False)
    last_used_ms: int = 0
    contact_ids: tuple[ContactId, ...] = ()


@dataclass(frozen=True, slots=True)
class PresetAbout:
    """A preset whose PDF holds somebody's name, or, ``by_number``, what only they have."""

    preset: Preset = field(repr=False)
    by_number: bool


@dataclass(frozen=True, slots=True)
class PeopleStores:
    """Wherever something of a person may lie.

    ``copies_dir`` holds documents that were made here, ``forms_dirs`` the PDFs of templates, ``log_dir`` the log,
    ``sandbox_dir`` what the rehearsal platform that belongs to this installation keeps.
    """

    forgetting: PersonErasure
    accounts: Accounts
    journal: Journal
    ledger: Ledger
    snapshots: Snapshots
    copies_dir: Path
    forms_dirs: tuple[Path, ...]
    log_dir: Path
    sandbox_dir: Path


def person_traces(person: KnownPerson) -> PersonIdentifiers:
    """Return by what the person is known to begin with."""
    return PersonIdentifiers(
        person.name,
        forgotten_token(uuid4().hex[:12]),
        account_ids=frozenset(person.account_ids),
        masked_numbers=frozenset({person.masked_number} - {""}),
        contact_ids=frozenset(person.contact_ids),
    )


def person_of_contact(contact: Contact) -> KnownPerson:
    """Return a contact that is a person as somebody who can be forgotten."""
    return KnownPerson(contact.name, (), contact.masked_number, contact.last_contract_ms, (contact.id,))


def person_of_flow(record: FlowRecord, signer: FlowSigner) -> KnownPerson | None:
    """Return who signs there; None for organizations, the platform itself, and whom this computer has forgotten."""
    is_somebody = signer.account_id and not signer.organization_account_id and not is_forgotten(signer.account_id)
    return KnownPerson(signer.name, (signer.account_id,), "", record.sent_at_ms) if is_somebody else None


class PeopleService:
    """Blocks for store, disk and the PDF process."""

    def __init__(
        self,
        stores: PeopleStores,
        presets: PresetService,
        turns: ActiveSends,
        *,
        note_in_copies: Callable[[], None] = lambda: None,
        give_up_rehearsal: Callable[[], None] = lambda: None,
        note: Note = lambda _action, _title: None,
    ) -> None:
        """``note_in_copies`` has copies that lie elsewhere made anew, as soon as they can be reached.

        ``give_up_rehearsal`` deletes the files of a contract that is being rehearsed, whoever signs it.
        """
        self._stores = stores
        self._presets = presets
        self._turns = turns
        self._note_in_copies = note_in_copies
        self._give_up_rehearsal = give_up_rehearsal
        self._note = note
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

    def presets_about(self, person: KnownPerson) -> tuple[PresetAbout, ...]:
        """Return the presets whose PDFs tell of the person; ``forget`` deletes those of them that it is told to.

        Raises StoreError.
        """
        identifiers = self._stores.forgetting.identifiers_of(person_traces(person))
        found = []
        for preset in self._presets.list():
            mentions = [self._mention(identifiers, path) for path in self._pdfs(preset)]
            if any(one.has_name or one.has_number for one in mentions):
                found.append(PresetAbout(preset, any(one.has_number for one in mentions)))
        return tuple(found)

    def unread_contracts(self, person: KnownPerson) -> tuple[str, ...]:
        """Return the titles of others' drafts with pages that are pictures: what stands there, somebody has to read.

        Raises StoreError.
        """
        forgetting = self._stores.forgetting
        identifiers = forgetting.identifiers_of(person_traces(person))
        documents = forgetting.documents(identifiers)
        theirs = {one.path for one in documents if one.is_theirs}
        pictures: dict[str, bool] = {}
        for path in {one.path for one in documents if one.is_needed} - theirs:
            if Path(path).parent == self._stores.copies_dir:
                pictures[path] = self._mention(identifiers, Path(path)).has_pictures
        return tuple(sorted({one.title for one in documents if one.is_needed and pictures.get(one.path)}))

    def forget(self, person: KnownPerson, *, presets: Collection[PresetId] = ()) -> None:
        """Take the person out of everything that is kept here; what was sent stays listed without them.

        ``presets`` go altogether: a PDF can't be made to forget. Once begun it is finished, at the next start if need
        be. Raises InputError, with nothing changed: ``person.contract_open`` and ``person.send_open``; StoreError.
        """
        identifiers = replace(person_traces(person), preset_ids=frozenset(presets))
        with self._lock:
            self._finish()
            self._stores.forgetting.begin(identifiers)
            # Who it was is the one thing that is not kept.
            self._note(AuditAction.FORGOTTEN, "")
            self._finish()

    def finish(self) -> bool:
        """Finish what a crash interrupted, and return whether there was anything. Raises StoreError."""
        with self._lock:
            return self._finish()

    def _finish(self) -> bool:
        left = self._stores.forgetting.pending()
        if left is None:
            return False
        if left.person is not None:
            self._stores.ledger.rewrite(left.person.taken_out_of_text)
            self._give_up_rehearsal()
            self._delete_snapshots()
            self._delete_pdfs_about(left.person)
            self._wipe_logs(left.person)
            forget_in_rehearsals(self._stores.sandbox_dir, left.person, partial(self._is_made_out_to, left.person))
            # The ledger is rewritten by now, and until this is noted nothing is copied.
            self._note_in_copies()
            self._stores.forgetting.files_done()
        self._stores.forgetting.end()
        return True

    def _delete_snapshots(self) -> None:
        """Delete the copies of files of all sends that are over; a system may not have let them go."""
        with self._turns.intake_lock:
            journal = self._stores.journal
            self._stores.snapshots.sweep([one.record.id for one in (*journal.unfinished(), *journal.held())])

    def _delete_pdfs_about(self, identifiers: PersonIdentifiers) -> None:
        """Delete copies of documents and templates that are made out to the person, and the presets that are to go."""
        needed = {one.path for one in self._stores.forgetting.documents(identifiers) if one.is_needed}
        stores = self._stores
        for path in (path for folder in (stores.copies_dir, *stores.forms_dirs) for path in folder.glob("*")):
            try:
                # What stands on pictures nobody can read: they go with the person's contracts, and where no other
                # one needs them. Where a draft can't be read, nobody knows what it needs.
                is_theirs = str(path) in identifiers.paths
                is_left = path.parent == stores.copies_dir and not needed & {str(path), ""}
                if self._is_made_out_to(identifiers, path, with_pictures=is_theirs or is_left):
                    path.unlink(missing_ok=True)
            except OSError as error:
                raise disk_error(error) from error
        for preset in self._presets.list():
            if preset.id in identifiers.preset_ids:
                self._presets.delete(preset.id)
        self._presets.sweep()

    def _pdfs(self, preset: Preset) -> Iterator[Path]:
        for document in preset.documents:
            if isinstance(document.source, KeptPdf):
                yield self._presets.path_of(document.source)

    def _is_made_out_to(self, identifiers: PersonIdentifiers, path: Path, *, with_pictures: bool = False) -> bool:
        """Whether a file holds the person, or might ``with_pictures`` that nobody can read.

        One word, such as "An", is no reason to take a draft its document away.
        """
        is_named = _is_telling(identifiers.name) and identifiers.name in path.stem
        if is_named or _is_in_bytes(identifiers, path):
            return True
        found = self._mention(identifiers, path)
        is_hidden = with_pictures and found.has_pictures
        return found.has_number or is_hidden or (found.has_name and _is_telling(identifiers.name))

    def _mention(self, identifiers: PersonIdentifiers, path: Path) -> Mention:
        """Return what of the person stands in a PDF: their name, a number or an id of theirs."""
        ids = tuple(one for one in identifiers.needles if one != identifiers.name)
        try:
            return find_mention(path, PersonTerms(identifiers.name, tuple(identifiers.longer_names), ids))
        except PdfError:
            # Damaged, locked or gone: its text can be read by nobody here.
            return Mention()

    def _wipe_logs(self, identifiers: PersonIdentifiers) -> None:
        """Write over what a log may hold, where it stands: the log is open. None is meant to hold anything.

        Chinese knows no spaces, so that a name is found wherever it stands, but in a longer one of somebody who is
        known; a short name of letters counts as a word alone, and one character says nothing.
        """
        pattern = _log_pattern(identifiers)
        longer = {one.encode() for one in identifiers.longer_names}
        for path in self._stores.log_dir.glob("*.log*"):
            try:
                for found in pattern.finditer(path.read_bytes()):
                    if found[0] not in longer:
                        _write_over(path, found.start(), len(found[0]))
            except OSError as error:
                raise disk_error(error) from error


def _is_in_bytes(identifiers: PersonIdentifiers, path: Path) -> bool:
    """Whether a file that may be no whole PDF any more, such as half a copy, holds the person as it is."""
    needles = [one for one in identifiers.needles if len(one) >= _SHORTEST_IN_BYTES or not one.isascii()]
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return False
    return any(needle.encode() in content for needle in needles)


def _is_telling(name: str) -> bool:
    return not name.isascii() or len(name.split()) > 1


def _log_pattern(identifiers: PersonIdentifiers) -> re.Pattern[bytes]:
    parts = []
    for needle in {*identifiers.needles, *identifiers.longer_names}:
        escaped = re.escape(needle.encode())
        if needle.isascii() and len(needle) < _SHORTEST_ANYWHERE:
            escaped = rb"(?<![A-Za-z0-9_])" + escaped + rb"(?![A-Za-z0-9_])"
        if len(needle) > 1:
            parts.append((len(needle), escaped))
    return re.compile(b"|".join(part for _, part in sorted(parts, reverse=True)) or rb"(?!)")


def _write_over(path: Path, start: int, size_bytes: int) -> None:
    with path.open("r+b") as file:
        file.seek(start)
        file.write(b"#" * size_bytes)
