"""Restore another computer's data on this computer from its backups.

Existing data of this computer is not changed, so a restoration that was killed can be repeated. The lines of the ledger
are added first, because they prevent contracts from being sent twice. They are followed by the files, then by all rows
of the database in one transaction, and finally by the flows that only the ledger contains. Personal data is decrypted
with the key in the daily backup and encrypted with this computer's own key.

The other computer may have sent contracts after its last backup, and may still be running. A send that began there is
therefore never repeated here. The send continues if its flow is known. Otherwise, it is held for the user's decision.
"""

from __future__ import annotations

import logging
import shutil
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING, Final

from esign_desktop.atomic_files import replace_file, sync_folder
from esign_desktop.domain.account import AccountKind, Organization, OrganizationCodeType, Person, PersonIdType
from esign_desktop.domain.disk_errors import disk_errors
from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.errors import InputError, StoreError
from esign_desktop.domain.submission import SubmissionState
from esign_desktop.services.audit import AUDIT_RESTORED, note_restored, unlike_ledger, user_and_computer
from esign_desktop.services.backup.contacts import CopiedContacts, TakenContacts, read_contacts, take_contacts
from esign_desktop.services.backup.rebuilding import rebuild_flows
from esign_desktop.services.file_digest import sha256_of_file
from esign_desktop.services.people.third_ids import SALT_KEY, ThirdIds
from esign_desktop.services.sending.facts import SubmissionFacts
from esign_desktop.services.sending.held import RESTORED
from esign_desktop.services.sending.start import END, START
from esign_desktop.store.backup.daily import DATABASE, LEDGER
from esign_desktop.store.backup.merging import (
    TABLES,
    LostSend,
    Merging,
    Step,
    account_key,
    merge,
    read_rows,
    read_sealed,
)
from esign_desktop.store.backup.second_folder import Computer
from esign_desktop.store.codec import draft_from_json, draft_to_json
from esign_desktop.store.database.connection import Database
from esign_desktop.store.database.migrations import MigrationSet, version_in_header
from esign_desktop.store.files.ledger_entries import FLOW
from esign_desktop.store.files.paths import make_private_dir
from esign_desktop.store.party_details import SealedPartyDetails, account_context, key_from_text
from esign_desktop.store.tables.accounts import Accounts
from esign_desktop.store.tables.audit import Audit
from esign_desktop.store.tables.drafts import draft_context
from esign_desktop.store.tables.flows import Flows
from esign_desktop.store.tables.journal import Journal
from esign_desktop.store.tables.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from esign_desktop.domain.added_pages import AddedPdf
    from esign_desktop.domain.document import Document
    from esign_desktop.services.backup.job import JobStarter
    from esign_desktop.store.backup.merging import AccountKey, Row
    from esign_desktop.store.files.ledger import Ledger
    from esign_desktop.store.files.paths import AppPaths

    OwnKey = Callable[[], bytes | None]

__all__ = ["Computer", "Found", "Missing", "Restored", "Restorer", "RestoringReport", "chosen"]

_FINAL: Final = frozenset(state.value for state in SubmissionState if state.is_final)
_FOLDERS: Final = ("copies", "presets", "templates", "brand")
_HELD: Final = Step(SubmissionState.HELD, {"code": RESTORED, "is_restored": True})

_log = logging.getLogger(__name__)


class Missing(Enum):
    """The reason why personal data was not restored."""

    NO_KEY = auto()
    """The backup does not contain the key of the personal data."""
    NO_KEYRING = auto()
    """This computer's keyring cannot store a key now. The data can be restored when the keyring works again."""
    DAMAGED = auto()
    """The data cannot be decrypted with the key in the backup."""


@dataclass(frozen=True, slots=True)
class Restored:
    """The numbers of items that a restoration added.

    ``held_count`` is the number of sends that are waiting for the user's decision. ``missing_file_count`` is the number
    of draft documents that were not found. ``begun_count`` is the number of unfinished sends for which neither a flow
    nor a draft is known.

    ``has_audit`` states whether the audit log was restored. An audit log is restored only if this computer had none.
    ``party_details_count`` is the number of accounts whose ID number, mobile number and email address were restored.
    ``missing_party_details_count`` is the number of accounts for which these values could not be restored, and
    ``missing`` is the reason. ``strange_row_count`` is the number of rows that the other computer sent in bulk and that
    this computer cannot recognize.
    """

    flow_count: int
    link_count: int
    draft_count: int
    preset_count: int
    account_count: int
    held_count: int
    missing_file_count: int
    begun_count: int
    has_audit: bool
    party_details_count: int = 0
    missing_party_details_count: int = 0
    missing: Missing = Missing.DAMAGED
    strange_row_count: int = 0
    missing_form_count: int = 0
    """The number of drafts whose form values could not be restored."""
    contact_count: int = 0
    missing_contact_count: int = 0
    """The number of contacts whose ID number, mobile number or email address could not be restored."""


@dataclass(frozen=True, slots=True)
class Found:
    """The decrypted content of a backup.

    ``made_at_ms`` is the time of the daily backup in epoch milliseconds, or 0 if there is none. ``passed_over_count``
    is the number of newer daily backups that were damaged. ``left_out_count`` is the number of files that are missing
    from the daily backup because they could not be read when it was made.
    """

    is_ledger_whole: bool
    made_at_ms: int
    passed_over_count: int
    left_out_count: int
    lost_line_count: int = 0
    """The minimum number of unreadable lines in the backup of the ledger."""


@dataclass(frozen=True, slots=True)
class RestoringReport:
    """The report of a restoration: the source computer, the content found in its backup, and the added data."""

    computer: Computer
    found: Found
    restored: Restored

    @property
    def is_whole(self) -> bool:
        """Whether all data of the other computer was found and restored, and is usable on this computer."""
        found, restored = self.found, self.restored
        missing = (
            *(found.lost_line_count, found.passed_over_count, found.left_out_count),
            *(restored.begun_count, restored.missing_file_count, restored.missing_party_details_count),
            *(restored.strange_row_count, restored.missing_form_count, restored.missing_contact_count),
        )
        return found.is_ledger_whole and bool(found.made_at_ms) and not any(missing)


class Restorer:
    """The service that restores the backups of other computers.

    Backups are read in a child process, because access to the backup folder may hang. The content of a backup is added
    to this computer's data.
    """

    def __init__(
        self,
        paths: AppPaths,
        database: Database,
        ledger: Ledger,
        jobs: JobStarter,
        *,
        clock_ms: Callable[[], int],
        party_details_key: OwnKey,
    ) -> None:
        self._paths = paths
        self._database = database
        self._ledger = ledger
        self._clock_ms = clock_ms
        self._jobs = jobs
        self._party_details_key = party_details_key

    def computers(self, root: Path) -> tuple[Computer, ...]:
        """Return the computers that have a backup in the folder ``root``, most recent backup first.

        Raises StoreError ``copy.missing``, ``copy.nothing``, ``copy.unreadable`` or ``copy.hangs``.
        """
        found = self._jobs.ask("computers", root=str(root))
        if not found:
            raise StoreError("copy.nothing")
        return tuple(Computer(**{**fields, "path": Path(fields["path"])}) for fields in found)

    def restore(self, computer: Computer, passphrase: str) -> RestoringReport:
        """Decrypt a computer's backup with the passphrase, restore its data on this computer, and return the report.

        Raises the StoreErrors of ``job.fetch``, StoreError ``copy.hangs``, and errors of this computer's store.
        """
        scratch = self._paths.restoring_dir
        try:
            found = self._jobs.ask("fetch", folder=str(computer.path), passphrase=passphrase, scratch=str(scratch))
            restored = self._restore(scratch, found.pop("party_details_key"))
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        return RestoringReport(computer, Found(**found), restored)

    def _restore(self, scratch: Path, copied_key: str) -> Restored:
        """Add the decrypted data to this computer.

        ``copied_key`` decrypts the personal data. It is empty if the key is unknown.
        """
        if version_in_header(scratch / DATABASE) > MigrationSet().newest_version:
            # This is checked first, because the error message says that nothing was changed.
            raise StoreError("copy.newer_version")
        with disk_errors():
            lines = (scratch / LEDGER).read_bytes() if (scratch / LEDGER).exists() else b""
        line_count = self._ledger.take_over(lines.split(b"\n"), without=(AUDIT_RESTORED,))
        _take_files(scratch, self._paths)
        came: Counter[str] = Counter()
        elsewhere: dict[str, str] = {}
        missing = Missing.DAMAGED
        contacts, taken = CopiedContacts(), TakenContacts()
        sends = _sends_of(self._ledger)
        if (scratch / DATABASE).exists():
            source = Database(scratch / DATABASE)
            source.open()
            try:
                merging, elsewhere = _merging(source, sends, self._paths)
                contacts = read_contacts(source)
            finally:
                source.close()
            sealed = read_sealed(self._database)
            has_sealed_contacts = any(row.sealed or row.sealed_legal for row in contacts.rows)
            merging, missing = _with_party_details(
                merging, sealed, copied_key, self._party_details_key, is_key_needed=has_sealed_contacts
            )
            came = merge(self._database, merging, now_ms=self._clock_ms())
            theirs = SealedPartyDetails(lambda: key_from_text(copied_key))
            own = SealedPartyDetails(self._party_details_key)
            self._identify_accounts(merging.rows["accounts"], contacts.salt, own)
            taken = take_contacts(contacts, self._database, theirs=theirs, own=own)
        there = self._present(sorted({*elsewhere.values()}))
        rebuilt = rebuild_flows(self._ledger, Flows(self._database))
        audit = Audit(self._database, who=user_and_computer(), clock_ms=self._clock_ms)
        is_new = bool(line_count or rebuilt.flow_count or taken.added_count) or any(came[table] for table in TABLES)
        # An earlier restoration may have been interrupted just before it was recorded.
        if is_new or unlike_ledger(audit, self._ledger) is not None:
            note_restored(audit, self._ledger, f"{came['flows'] + rebuilt.flow_count} + {came['drafts']}")
        known = {submission.record.id for submission in Journal(self._database).list()}
        return Restored(
            flow_count=came["flows"] + rebuilt.flow_count,
            link_count=rebuilt.link_count,
            draft_count=came["drafts"],
            preset_count=came["presets"],
            account_count=came["accounts"],
            held_count=came["held"],
            missing_file_count=sum(path not in there for path in elsewhere.values()),
            begun_count=sum(
                not send.has_ended and send.start_count > 0 and not send.has_flow and send_id not in known
                for send_id, send in sends.items()
            ),
            has_audit=came["audit"] > 0,
            party_details_count=came["party_details"],
            missing_party_details_count=came["missing_party_details"],
            missing=missing,
            strange_row_count=came["strange_rows"],
            missing_form_count=came["missing_forms"],
            contact_count=taken.added_count,
            missing_contact_count=taken.missing_count,
        )

    def _identify_accounts(self, rows: Sequence[Row], their_salt: str | None, own: SealedPartyDetails) -> None:
        """Hash the identities of restored accounts with this computer's salt, so that the accounts can be found."""
        settings = Settings(self._database)
        if their_salt == settings.get(SALT_KEY):
            return
        accounts, third_ids = Accounts(self._database), ThirdIds(settings)
        statement = (
            "UPDATE accounts SET identity = ?, reach = iif(reach = '', '', ?) WHERE environment = ? AND project_id = ?"
            " AND account_id = ? AND identity = ?"
        )
        changed = []
        for row in rows:
            key = account_key(row)
            record = accounts.get(EnvironmentKind(key[0]), *key[1:])
            party_details = None if record is None else own.opened(record)
            if record is None or party_details is None or not party_details.number:
                continue
            if record.kind is AccountKind.PERSON:
                id_type = PersonIdType(record.number_type or PersonIdType.RESIDENT_IDENTITY)
                identity = third_ids.identity_of(Person(record.name, party_details.number, id_type))
                reach = third_ids.reached(identity, party_details.mobile, party_details.email)
            else:
                code_type = OrganizationCodeType(record.number_type or OrganizationCodeType.UNIFIED_SOCIAL_CREDIT)
                identity, reach = third_ids.identity_of(Organization(record.name, party_details.number, code_type)), ""
            changed.append((identity, reach, *key, row["identity"]))
        self._database.execute_many(statement, changed)

    def _present(self, paths: Sequence[str]) -> Collection[str]:
        """Return those of the given paths at which a file exists. The files may be on network shares that hang."""
        try:
            return frozenset(self._jobs.ask("present", paths=list(paths))) if paths else ()
        except StoreError as error:
            _log.warning("documents of drafts can't be looked for: %s", error.code)
            return ()


def chosen(computers: Sequence[Computer], name: str | None) -> Computer:
    """Return the computer whose name is ``name`` or whose id starts with ``name``.

    If ``name`` is None, return the only computer. Raises InputError ``copy.which_computer`` if several computers match,
    or ``copy.no_such_computer`` if none matches.
    """
    names = "; ".join(f"{computer.name} ({computer.id[:8]})" for computer in computers)
    found = list(computers)
    if name is not None:
        found = [computer for computer in computers if computer.name == name] or [
            computer for computer in computers if computer.id.startswith(name)
        ]
        if not name or not found:
            raise InputError("copy.no_such_computer", names=names)
    if len(found) > 1:
        raise InputError("copy.which_computer", names=names)
    return found[0]


def _with_party_details(
    merging: Merging, here: Mapping[AccountKey, bytes], copied_key: str, own_key: OwnKey, *, is_key_needed: bool
) -> tuple[Merging, Missing]:
    """Return the data with personal data re-encrypted with this computer's key, and the reason why any is missing.

    The keyring is asked for the key only if there is personal data, or if ``is_key_needed`` is True.
    """
    theirs = key_from_text(copied_key)
    if theirs is None:
        return merging, Missing.NO_KEY
    kept = [row for row in merging.rows["accounts"] if row["sealed"]]
    filled = [row for row in merging.rows["drafts"] if row["form_values"]]
    own = own_key() if kept or filled or is_key_needed else None
    if own is None:
        return merging, Missing.NO_KEYRING
    opening, sealing = SealedPartyDetails(lambda: theirs), SealedPartyDetails(lambda: own)
    # The keyring may have been reset, so data encrypted with its old key is unreadable.
    unreadable = {key: sealed for key, sealed in here.items() if sealing.open(sealed, account_context(*key)) is None}
    found = {}
    for row in kept:
        place = account_context(*account_key(row))
        text = opening.open(row["sealed"], place)
        if text is not None:
            found[account_key(row)] = sealing.seal(text, place)
    forms = {}
    for row in filled:
        place = draft_context(row["id"])
        text = opening.open(row["form_values"], place)
        if text is not None:
            forms[row["id"]] = sealing.seal(text, place)
    return replace(merging, sealed=found, unreadable=unreadable, form_values=forms), Missing.DAMAGED


@dataclass(slots=True)
class _LedgerSend:
    """The information that the ledger contains about a send.

    ``has_flow`` states whether the last start request is known to have created a flow.
    """

    draft_id: str = ""
    environment: str = ""
    project_id: str = ""
    started_at_ms: int = 0
    start_count: int = 0
    flow_id: str = ""
    has_flow: bool = False
    has_ended: bool = False


def _sends_of(ledger: Ledger) -> dict[str, _LedgerSend]:
    found: dict[str, _LedgerSend] = {}
    for entry in ledger.read():
        texts = defaultdict(str, {name: str(value) for name, value in entry.values.items()})
        if not texts["submission_id"]:
            continue
        send = found.setdefault(texts["submission_id"], _LedgerSend())
        send.environment, send.project_id = texts["environment"], texts["project_id"]
        if entry.kind == START:
            send.draft_id, send.started_at_ms = texts["draft_id"], entry.at_ms
            send.start_count += 1
            send.has_flow = False
        elif entry.kind == FLOW:
            send.flow_id, send.has_flow = texts["flow_id"], True
        elif entry.kind == END:
            send.has_ended = True
    return found


def _merging(source: Database, sends: Mapping[str, _LedgerSend], paths: AppPaths) -> tuple[Merging, dict[str, str]]:
    """Return the data to merge, and the original paths of draft documents that the backup lacks, keyed by digest."""
    rows, journal = read_rows(source)
    drafts, elsewhere = _drafts_at_home(rows["drafts"], paths)
    books = Journal(source)
    steps = {
        str(submission.record.id): _steps_of(
            SubmissionFacts(submission), sends.get(str(submission.record.id), _LedgerSend())
        )
        for submission in (*books.unfinished(), *books.held())
    }
    for row in rows["submissions"]:
        # Rows that this version cannot read are held too, because a later version could read and continue them.
        if row["state"] not in _FINAL:
            steps.setdefault(row["id"], (_HELD,))
    known = {row["id"] for row in rows["submissions"]}
    lost = [*_lost_sends(sends, known, {row["id"] for row in rows["drafts"]})]
    return Merging(rows, journal, drafts, steps, lost_sends=lost), elsewhere


def _steps_of(facts: SubmissionFacts, ledger_send: _LedgerSend) -> tuple[Step, ...]:
    """Return the journal steps to add to an unfinished send from the backup."""
    if ledger_send.has_ended:
        # When the send is resumed, its end is read from the ledger.
        return ()
    has_other_flow = ledger_send.has_flow and ledger_send.flow_id != facts.flow_id
    is_newer_there = has_other_flow or ledger_send.start_count > facts.start_count
    if not is_newer_there:
        has_flow = facts.flow_id is not None or facts.start_answer is not None
        if has_flow and facts.state is not SubmissionState.HELD:
            return (Step(facts.state, {"is_restored": True}),)
        return (_HELD,)
    anew = (Step(SubmissionState.CONTRACT, {"starts_again": True}),) if facts.flow_id is not None else ()
    missing = max(1, ledger_send.start_count - facts.start_count)
    return (*anew, *_started(ledger_send, missing), *(() if ledger_send.has_flow else (_HELD,)))


def _lost_sends(sends: Mapping[str, _LedgerSend], known: set[str], drafts: set[str]) -> Iterator[LostSend]:
    """Yield the sends of restored drafts that began after the backup was made."""
    for send_id, send in sends.items():
        is_begun = send.start_count > 0 and not send.has_ended and send.environment in set(EnvironmentKind)
        if not is_begun or send_id in known or send.draft_id not in drafts:
            continue
        held = () if send.has_flow else (_HELD,)
        steps = (Step(SubmissionState.QUEUED), *_started(send, send.start_count), *held)
        yield LostSend(send_id, send.environment, send.project_id, send.draft_id, send.started_at_ms, steps)


def _started(ledger_send: _LedgerSend, count: int) -> tuple[Step, ...]:
    step = Step(SubmissionState.START_INTENT, {"sent_at_ms": ledger_send.started_at_ms, "is_restored": True})
    return (step,) * count


def _drafts_at_home(rows: list[Row], paths: AppPaths) -> tuple[dict[str, str], dict[str, str]]:
    """Return the drafts with local document paths, and the original paths of missing documents, keyed by digest."""
    found: dict[str, str] = {}
    elsewhere: dict[str, str] = {}
    for row in rows:
        try:
            draft = draft_from_json(row["body"])
        except StoreError:
            continue

        def path_at_home(file: Document | AddedPdf) -> str:
            copy = paths.copies_dir / f"{file.sha256}.pdf"
            if copy.is_file():
                return str(copy)
            elsewhere[file.sha256] = file.path
            return file.path

        documents = (_with_paths(document, path_at_home) for document in draft.documents)
        found[row["id"]] = draft_to_json(replace(draft, documents=tuple(documents)))
    return found, elsewhere


def _with_paths(document: Document, path_of: Callable[[Document | AddedPdf], str]) -> Document:
    if document.template is not None:
        document = replace(document, template=document.template.with_pdf_paths(path_of))
    if document.has_no_file or not document.sha256:
        return document
    return replace(document, path=path_of(document))


def _take_files(scratch: Path, paths: AppPaths) -> None:
    """Move restored files into the data folder. Files that already exist there are not replaced."""
    for name in _FOLDERS:
        if not (scratch / name).is_dir():
            continue
        target = paths.data_dir / name
        make_private_dir(target)
        with disk_errors():
            for path in sorted((scratch / name).iterdir()):
                if not (target / path.name).exists() and _has_its_digest(path):
                    replace_file(path, target / path.name)
            sync_folder(target)


def _has_its_digest(path: Path) -> bool:
    """Return whether the file's content has the digest in its name. Files not named by a digest always pass."""
    if path.suffix != ".pdf" or path.parent.name == "brand":
        return True
    return sha256_of_file(path) == path.stem
