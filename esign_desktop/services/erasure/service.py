"""List the people known to the program, and erase their data from all of its files."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from esign_desktop.domain.account import AccountKind
from esign_desktop.domain.disk_errors import disk_error
from esign_desktop.domain.erasure import PersonIdentifiers, forgotten_token, is_forgotten
from esign_desktop.domain.errors import PdfError
from esign_desktop.domain.people.contact import ContactId
from esign_desktop.domain.preset.preset import Preset
from esign_desktop.pdf.isolated.mentions import Mention, PersonTerms, find_mention
from esign_desktop.services.editing.snapshots import Snapshots
from esign_desktop.services.erasure.rehearsal_files import forget_in_rehearsals
from esign_desktop.store.erasure import PersonErasure
from esign_desktop.store.files.ledger import Ledger
from esign_desktop.store.tables.accounts import Accounts
from esign_desktop.store.tables.journal import Journal

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from esign_desktop.domain.flow import FlowRecord, FlowSigner
    from esign_desktop.domain.people.contact import Contact
    from esign_desktop.domain.preset.preset import PresetId
    from esign_desktop.services.presets.service import PresetService
    from esign_desktop.services.sending.send import ActiveSends

_SHORTEST_IN_BYTES: Final = 6
"""Minimum length of an ASCII text to be searched for in raw bytes, in which a shorter text may occur by chance."""
_SHORTEST_ANYWHERE: Final = 8
"""Minimum length of an ASCII text to be found anywhere in a log. A shorter text must stand alone as a word."""


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """A person, identified by their accounts and contacts in all environments.

    ``masked_number`` distinguishes people with the same name.
    """

    name: str = field(repr=False)
    account_ids: tuple[str, ...]
    masked_number: str = field(default="", repr=False)
    last_used_ms: int = 0
    contact_ids: tuple[ContactId, ...] = ()


@dataclass(frozen=True, slots=True)
class PresetAbout:
    """A preset with a PDF that contains data of a person.

    ``by_number`` is True if the PDF contains one of the person's numbers or ids, and False if the PDF contains only the
    person's name.
    """

    preset: Preset = field(repr=False)
    by_number: bool


@dataclass(frozen=True, slots=True)
class ErasureStores:
    """All stores that may contain a person's data.

    ``copies_dir`` contains the documents created by this program, ``forms_dirs`` contain the PDFs of templates,
    ``log_dir`` contains the program's log, and ``sandbox_dir`` contains the data of the local sandbox platform.
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
    """Return the identifiers of a person that are known at the beginning of an erasure."""
    return PersonIdentifiers(
        person.name,
        forgotten_token(uuid4().hex[:12]),
        account_ids=frozenset(person.account_ids),
        masked_numbers=frozenset({person.masked_number} - {""}),
        contact_ids=frozenset(person.contact_ids),
    )


def person_of_contact(contact: Contact) -> KnownPerson:
    """Return a contact as a person whose data can be erased."""
    return KnownPerson(contact.name, (), contact.masked_number, contact.last_contract_ms, (contact.id,))


def person_of_flow(record: FlowRecord, signer: FlowSigner) -> KnownPerson | None:
    """Return a signer of a flow as a person whose data can be erased.

    The result is None for organizations, for the platform itself, and for people whose data was already erased.
    """
    is_person = signer.account_id and not signer.organization_account_id and not is_forgotten(signer.account_id)
    return KnownPerson(signer.name, (signer.account_id,), "", record.sent_at_ms) if is_person else None


class ErasureService:
    """The service that lists the people known to the program and erases their data.

    Calls block on the store, the disk and the PDF process.
    """

    def __init__(
        self,
        stores: ErasureStores,
        presets: PresetService,
        turns: ActiveSends,
        *,
        note_in_copies: Callable[[], None] = lambda: None,
        give_up_rehearsal: Callable[[], None] = lambda: None,
        drop_forms: Callable[[], None] = lambda: None,
    ) -> None:
        """Create the service.

        ``note_in_copies`` requests new backups, which are made as soon as the second folder is available.
        ``give_up_rehearsal`` ends a running trial run and deletes its files, regardless of its signers. ``drop_forms``
        drops the forms of sent contracts that are in memory.
        """
        self._stores = stores
        self._presets = presets
        self._turns = turns
        self._note_in_copies = note_in_copies
        self._give_up_rehearsal = give_up_rehearsal
        self._drop_forms = drop_forms
        self._lock = threading.Lock()

    def list(self) -> tuple[KnownPerson, ...]:
        """Return all people who have accounts, with masked numbers, most recently used first. Raises StoreError."""
        found: dict[tuple[str, str], KnownPerson] = {}
        for record in self._stores.accounts.all():
            if record.kind is not AccountKind.PERSON:
                continue
            # Two accounts with the same name and no number may belong to two people.
            key = (record.name, record.masked_number or record.account_id)
            known = found.get(key)
            account_ids = (*(known.account_ids if known else ()), record.account_id)
            last_used_ms = max(known.last_used_ms if known else 0, record.last_used_ms)
            found[key] = KnownPerson(record.name, account_ids, record.masked_number, last_used_ms)
        return tuple(sorted(found.values(), key=lambda person: (-person.last_used_ms, person.name, person.account_ids)))

    def presets_about(self, person: KnownPerson) -> tuple[PresetAbout, ...]:
        """Return the presets whose PDFs contain data of a person. Raises StoreError.

        Pass the ids of the presets to be deleted to ``forget``.
        """
        identifiers = self._stores.forgetting.identifiers_of(person_traces(person))
        found = []
        for preset in self._presets.list():
            mentions = [self._mention(identifiers, path) for path in self._presets.paths_of(preset)]
            if any(mention.has_name or mention.has_number for mention in mentions):
                found.append(PresetAbout(preset, any(mention.has_number for mention in mentions)))
        return tuple(found)

    def unread_contracts(self, person: KnownPerson) -> tuple[str, ...]:
        """Return the titles of drafts whose scanned pages the user must check for data of the person.

        The program cannot search the pages, because they contain only images. Drafts that are known to belong to the
        person are left out. Raises StoreError.
        """
        forgetting = self._stores.forgetting
        identifiers = forgetting.identifiers_of(person_traces(person))
        documents = forgetting.documents(identifiers)
        theirs = {document.path for document in documents if document.is_theirs}
        pictures: dict[str, bool] = {}
        for path in {document.path for document in documents if document.is_needed} - theirs:
            if Path(path).parent == self._stores.copies_dir:
                pictures[path] = self._mention(identifiers, Path(path)).has_pictures
        return tuple(
            sorted({document.title for document in documents if document.is_needed and pictures.get(document.path)})
        )

    def forget(self, person: KnownPerson, *, presets: Collection[PresetId] = ()) -> None:
        """Erase all data of a person. Contracts that were sent remain listed without the data.

        ``presets`` are deleted, because their PDFs cannot be edited. If the program ends too early, the erasure is
        completed when the program is started again. Raises StoreError, and InputError ``person.contract_open`` or
        ``person.send_open`` before anything is changed.
        """
        identifiers = replace(person_traces(person), preset_ids=frozenset(presets))
        with self._lock:
            self._finish()
            self._stores.forgetting.begin(identifiers)
            self._drop_forms()
            self._finish()

    def finish(self) -> bool:
        """Complete an interrupted erasure, and return whether there was one. Raises StoreError."""
        with self._lock:
            return self._finish()

    def _finish(self) -> bool:
        left = self._stores.forgetting.pending()
        if left is None:
            return False
        if left.person is not None:
            self._stores.ledger.rewrite(left.person.erased_from_text)
            self._give_up_rehearsal()
            self._delete_snapshots()
            self._delete_pdfs_about(left.person)
            self._wipe_logs(left.person)
            forget_in_rehearsals(self._stores.sandbox_dir, left.person, partial(self._is_made_out_to, left.person))
            # The ledger has been rewritten. No backup is made before the next statement has run.
            self._note_in_copies()
            self._stores.forgetting.files_done()
        self._stores.forgetting.end()
        return True

    def _delete_snapshots(self) -> None:
        """Delete the copies of the files of all completed sends, in case they could not be deleted earlier."""
        with self._turns.intake_lock:
            journal = self._stores.journal
            self._stores.snapshots.sweep(
                [submission.record.id for submission in (*journal.unfinished(), *journal.held())]
            )

    def _delete_pdfs_about(self, identifiers: PersonIdentifiers) -> None:
        """Delete documents and templates that contain data of the person, and the presets that the user selected."""
        needed = {document.path for document in self._stores.forgetting.documents(identifiers) if document.is_needed}
        stores = self._stores
        for path in (path for folder in (stores.copies_dir, *stores.forms_dirs) for path in folder.glob("*")):
            try:
                # Text in images cannot be searched. A file with images is deleted if it belongs to one of the person's
                # contracts or to no other contract. If a draft is unreadable, its files are unknown, so none counts as
                # unused.
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

    def _is_made_out_to(self, identifiers: PersonIdentifiers, path: Path, *, with_pictures: bool = False) -> bool:
        """Return whether a file contains data of the person.

        If ``with_pictures`` is set, a file with scanned pages also counts, because the pages may contain such data. A
        single-word name in Latin letters, such as "An", is not enough to delete a draft's document.
        """
        is_named = _is_telling(identifiers.name) and identifiers.name in path.stem
        if is_named or _is_in_bytes(identifiers, path):
            return True
        found = self._mention(identifiers, path)
        is_hidden = with_pictures and found.has_pictures
        return found.has_number or is_hidden or (found.has_name and _is_telling(identifiers.name))

    def _mention(self, identifiers: PersonIdentifiers, path: Path) -> Mention:
        """Return which data of the person a PDF contains: their name, or one of their numbers or ids."""
        ids = tuple(needle for needle in identifiers.needles if needle != identifiers.name)
        try:
            return find_mention(path, PersonTerms(identifiers.name, tuple(identifiers.longer_names), ids))
        except PdfError:
            # The file is damaged, locked or gone, so its text cannot be read.
            return Mention()

    def _wipe_logs(self, identifiers: PersonIdentifiers) -> None:
        """Overwrite the person's data in the logs, which should not contain any. The open log cannot be rewritten.

        Because Chinese text has no spaces, a name is found anywhere except inside a longer name of another known
        person. A short ASCII name must stand alone as a word, and a single character is ignored.
        """
        pattern = _log_pattern(identifiers)
        longer = {name.encode() for name in identifiers.longer_names}
        for path in self._stores.log_dir.glob("*.log*"):
            try:
                for found in pattern.finditer(path.read_bytes()):
                    if found[0] not in longer:
                        _write_over(path, found.start(), len(found[0]))
            except OSError as error:
                raise disk_error(error) from error


def _is_in_bytes(identifiers: PersonIdentifiers, path: Path) -> bool:
    """Return whether the raw bytes of a file contain data of the person. This also works for incomplete PDFs."""
    needles = [needle for needle in identifiers.needles if len(needle) >= _SHORTEST_IN_BYTES or not needle.isascii()]
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
