"""Brings the data of a computer that is gone back on this one, from copies that were decrypted into a folder.

What this computer has stays as it is, so that the same can be restored again, also after a kill at any moment. The
ledger's lines come first: they alone keep a contract from being sent twice. Then files, then all rows in one
transaction, then the flows of which only the ledger tells. What is known of persons is opened with the key that came
with the day's copy, and sealed by this computer's own.

The other computer may have gone on after its last copy, and may be running still. So no send is begun here that was
begun there: one whose flow is known goes on with that flow, any other is held for a person.
"""

from __future__ import annotations

import hashlib
import logging
import shutil
from collections import Counter
from dataclasses import dataclass, replace
from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.errors import InputError, StoreError
from esign_desktop.domain.submission import SubmissionState
from esign_desktop.file_moves import replace_file
from esign_desktop.services.copies.rebuilding import Rebuilt, rebuild_flows
from esign_desktop.services.sending.facts import SubmissionFacts
from esign_desktop.services.sending.held import RESTORED
from esign_desktop.services.sending.start import END, START
from esign_desktop.store.codec import draft_from_json, draft_to_json
from esign_desktop.store.copies.daily import DATABASE, LEDGER
from esign_desktop.store.copies.merging import (
    LostSend,
    Merging,
    Step,
    account_key,
    merge,
    read_rows,
    read_sealed,
)
from esign_desktop.store.copies.second_folder import Computer
from esign_desktop.store.database.backup import sync_folder
from esign_desktop.store.database.connection import Database
from esign_desktop.store.database.migrations import MigrationSet, version_in_header
from esign_desktop.store.files.errors import disk_error
from esign_desktop.store.files.ledger_entries import FLOW
from esign_desktop.store.files.paths import make_private_dir
from esign_desktop.store.particulars import SealedParticulars, account_place, key_from_text
from esign_desktop.store.tables.flows import Flows
from esign_desktop.store.tables.journal import Journal

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from esign_desktop.services.copies.job import JobStarter
    from esign_desktop.store.copies.merging import AccountKey, Row
    from esign_desktop.store.files.ledger import Ledger, LedgerEntry
    from esign_desktop.store.files.paths import AppPaths

    OwnKey = Callable[[], bytes | None]

__all__ = ["Computer", "Found", "Missing", "Restored", "Restorer", "RestoringReport", "chosen", "restore"]

_FINAL: Final = frozenset(state.value for state in SubmissionState if state.is_final)
_FILES: Final = ("copies", "presets", "brand")

_log = logging.getLogger(__name__)


class Missing(Enum):
    """Why particulars of persons did not come."""

    NO_KEY = auto()
    """The copy was made without their key."""
    NO_KEYRING = auto()
    """The keyring of this computer keeps none now; once it does, they can be brought back."""
    DAMAGED = auto()
    """They do not open under the key that came."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What came that was not here.

    ``held_count`` sends wait for a person, ``missing_file_count`` documents of drafts are nowhere, and of
    ``begun_count`` sends neither a flow nor a draft is known. ``has_audit`` says whether the audit log came, which it
    does only where there was none. Of ``particulars_count`` accounts number, mobile and e-mail came; ``missing`` says
    why those of ``missing_particulars_count`` did not. ``strange_row_count`` rows of sheets that were sent there are
    not known again here.
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
    particulars_count: int = 0
    missing_particulars_count: int = 0
    missing: Missing = Missing.DAMAGED
    strange_row_count: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """What could be decrypted. ``made_at_ms`` is 0 without a sound day's copy; so many newer ones were passed over."""

    is_ledger_whole: bool
    made_at_ms: int
    passed_over_count: int
    left_out_count: int


@dataclass(frozen=True, slots=True)
class RestoringReport:
    """Whose copies they were, what was in them, and what came of it."""

    computer: Computer
    found: Found
    restored: Restored


class Restorer:
    """Reads copies in a process of its own, since the folder may hang, and brings back what is in them."""

    def __init__(
        self,
        paths: AppPaths,
        database: Database,
        ledger: Ledger,
        jobs: JobStarter,
        *,
        clock_ms: Callable[[], int],
        particulars_key: OwnKey,
    ) -> None:
        self._paths = paths
        self._database = database
        self._ledger = ledger
        self._clock_ms = clock_ms
        self._jobs = jobs
        self._particulars_key = particulars_key

    def computers(self, root: Path) -> tuple[Computer, ...]:
        """Return whose copies lie there, the latest first.

        Raises StoreError: ``copy.missing``, ``copy.nothing``, ``copy.unreadable``, ``copy.hangs``.
        """
        found = self._jobs.ask("computers", root=str(root))
        if not found:
            raise StoreError("copy.nothing")
        return tuple(Computer(**{**one, "path": Path(one["path"])}) for one in found)

    def bring_back(self, computer: Computer, passphrase: str) -> RestoringReport:
        """Decrypt a computer's copies and take them over. Raises StoreError as ``fetch``, and ``copy.hangs``."""
        scratch = self._paths.restoring_dir
        try:
            found = self._jobs.ask("fetch", folder=str(computer.path), passphrase=passphrase, scratch=str(scratch))
            restored = restore(
                *(scratch, self._paths, self._database, self._ledger),
                now_ms=self._clock_ms(),
                copied_key=found.pop("particulars_key"),
                own_key=self._particulars_key,
                present=self._present,
            )
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        return RestoringReport(computer, Found(**found), restored)

    def _present(self, paths: Sequence[str]) -> Collection[str]:
        """Return which files are there; documents may lie on the other computer's shares, and those may hang."""
        try:
            return frozenset(self._jobs.ask("present", paths=list(paths))) if paths else ()
        except StoreError as error:
            _log.warning("documents of drafts can't be looked for: %s", error.code)
            return ()


def chosen(computers: Sequence[Computer], name: str | None) -> Computer:
    """Return the one that is meant, by its name or the beginning of its id.

    Raises InputError ``copy.which_computer``, ``copy.no_such_computer``.
    """
    names = "; ".join(f"{one.name} ({one.id[:8]})" for one in computers)
    if name is None:
        if len(computers) > 1:
            raise InputError("copy.which_computer", names=names)
        return computers[0]
    of_name = [one for one in computers if one.name == name] or [one for one in computers if one.id.startswith(name)]
    if not name or not of_name:
        raise InputError("copy.no_such_computer", names=names)
    if len(of_name) > 1:
        raise InputError("copy.which_computer", names=names)
    return of_name[0]


def restore(
    scratch: Path,
    paths: AppPaths,
    database: Database,
    ledger: Ledger,
    *,
    now_ms: int,
    copied_key: str,
    own_key: OwnKey,
    present: Callable[[Sequence[str]], Collection[str]],
) -> Restored:
    """Take over what was decrypted into ``scratch``; see ``second_folder_job.fetch``. Raises StoreError.

    ``copied_key`` opens the particulars in the copy, or is empty; ``own_key`` seals them here, and is asked only then.
    ``present`` tells which files are there, of paths from the other computer.
    """
    if version_in_header(scratch / DATABASE) > MigrationSet().newest_version:
        # Before anything is taken over: "nothing was changed", says its sentence.
        raise StoreError("copy.newer_version")
    ledger.take_over(_content(scratch / LEDGER).split(b"\n"))
    _take_files(scratch, paths)
    came: Counter[str] = Counter()
    elsewhere: dict[str, str] = {}
    missing = Missing.DAMAGED
    sends = _sends_of(ledger)
    if (scratch / DATABASE).exists():
        source = Database(scratch / DATABASE)
        source.open()
        try:
            merging, elsewhere = _merging(source, sends, paths)
        finally:
            source.close()
        merging, missing = _with_particulars(merging, read_sealed(database), copied_key, own_key)
        came = merge(database, merging, now_ms=now_ms)
    there = present(sorted({*elsewhere.values()}))
    missing_files = sum(path not in there for path in elsewhere.values())
    rebuilt = rebuild_flows(ledger, Flows(database))
    known = {submission.record.id for submission in Journal(database).list()}
    begun = sum(
        not one.has_ended and one.start_count > 0 and not one.has_flow and send_id not in known
        for send_id, one in sends.items()
    )
    return _restored(came, rebuilt, missing_files, begun, missing)


def _restored(came: Counter[str], rebuilt: Rebuilt, missing_files: int, begun: int, missing: Missing) -> Restored:
    return Restored(
        flow_count=came["flows"] + rebuilt.flow_count,
        link_count=rebuilt.link_count,
        draft_count=came["drafts"],
        preset_count=came["presets"],
        account_count=came["accounts"],
        held_count=came["held"],
        missing_file_count=missing_files,
        begun_count=begun,
        has_audit=came["audit"] > 0,
        particulars_count=came["particulars"],
        missing_particulars_count=came["missing_particulars"],
        missing=missing,
        strange_row_count=came["strange_rows"],
    )


def _with_particulars(
    merging: Merging, here: Mapping[AccountKey, bytes], copied_key: str, own_key: OwnKey
) -> tuple[Merging, Missing]:
    """Add particulars as this computer seals them, and say why some are missing, should some be."""
    theirs = key_from_text(copied_key)
    if theirs is None:
        return merging, Missing.NO_KEY
    kept = [row for row in merging.rows["accounts"] if row["sealed"]]
    own = own_key() if kept else None
    if own is None:
        return merging, Missing.NO_KEYRING
    opening, sealing = SealedParticulars(lambda: theirs), SealedParticulars(lambda: own)
    # As after a keyring was made anew.
    unreadable = {key: sealed for key, sealed in here.items() if sealing.open(sealed, account_place(*key)) is None}
    found = {}
    for row in kept:
        place = account_place(*account_key(row))
        text = opening.open(row["sealed"], place)
        if text is not None:
            found[account_key(row)] = sealing.seal(text, place)
    return replace(merging, sealed=found, unreadable=unreadable), Missing.DAMAGED


@dataclass(slots=True)
class _LedgerSend:
    """What the ledger tells of a send. ``has_flow`` says whether a flow came of its last start."""

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
        send_id = str(entry.values.get("submission_id", ""))
        if send_id:
            _note(found.setdefault(send_id, _LedgerSend()), entry)
    return found


def _note(send: _LedgerSend, entry: LedgerEntry) -> None:
    send.environment = str(entry.values.get("environment", ""))
    send.project_id = str(entry.values.get("project_id", ""))
    if entry.kind == START:
        send.draft_id = str(entry.values.get("draft_id", ""))
        send.started_at_ms = entry.at_ms
        send.start_count += 1
        send.has_flow = False
    elif entry.kind == FLOW:
        send.flow_id, send.has_flow = str(entry.values.get("flow_id", "")), True
    elif entry.kind == END:
        send.has_ended = True


def _merging(source: Database, sends: Mapping[str, _LedgerSend], paths: AppPaths) -> tuple[Merging, dict[str, str]]:
    """Return what is to be taken over, and where documents of drafts lay that are not in the copies."""
    rows, journal = read_rows(source)
    drafts, elsewhere = _drafts_at_home(rows["drafts"], paths)
    books = Journal(source)
    steps = {
        str(one.record.id): _steps_of(SubmissionFacts(one), sends.get(str(one.record.id), _LedgerSend()))
        for one in (*books.unfinished(), *books.held())
    }
    _hold_unreadable(rows["submissions"], steps)
    known = {row["id"] for row in rows["submissions"]}
    lost = [*_lost_sends(sends, known, {row["id"] for row in rows["drafts"]})]
    return Merging(rows, journal, drafts, steps, lost_sends=lost), elsewhere


def _steps_of(facts: SubmissionFacts, told: _LedgerSend) -> tuple[Step, ...]:
    """Return how a send that the copy has under way is to go on."""
    if told.has_ended:
        # The ledger says how, whenever it is taken up.
        return ()
    is_newer_there = told.start_count > facts.start_count or bool(told.has_flow and told.flow_id != facts.flow_id)
    if not is_newer_there:
        has_flow = facts.flow_id is not None or facts.start_answer is not None
        if has_flow and facts.state is not SubmissionState.HELD:
            return (Step(facts.state, {"is_restored": True}),)
        return (_HELD,)
    anew = (Step(SubmissionState.CONTRACT, {"starts_again": True}),) if facts.flow_id is not None else ()
    missing = max(1, told.start_count - facts.start_count)
    return (*anew, *_started(told, missing), *(() if told.has_flow else (_HELD,)))


def _lost_sends(sends: Mapping[str, _LedgerSend], known: set[str], drafts: set[str]) -> Iterator[LostSend]:
    """Yield the sends of copied drafts that were begun after the copy was made."""
    for send_id, one in sends.items():
        is_begun = one.start_count > 0 and not one.has_ended and one.environment in set(EnvironmentKind)
        if not is_begun or send_id in known or one.draft_id not in drafts:
            continue
        steps = (
            Step(SubmissionState.QUEUED),
            *_started(one, one.start_count),
            *(() if one.has_flow else (_HELD,)),
        )
        yield LostSend(send_id, one.environment, one.project_id, one.draft_id, one.started_at_ms, steps)


_HELD: Final = Step(SubmissionState.HELD, {"code": RESTORED, "is_restored": True})


def _started(told: _LedgerSend, count: int) -> tuple[Step, ...]:
    step = Step(SubmissionState.START_INTENT, {"sent_at_ms": told.started_at_ms, "is_restored": True})
    return (step,) * count


def _hold_unreadable(submissions: list[Row], steps: dict[str, tuple[Step, ...]]) -> None:
    """Hold also what can't be read now: an update may be able to read it, and would go on with it."""
    for row in submissions:
        if row["state"] not in _FINAL:
            steps.setdefault(row["id"], (_HELD,))


def _drafts_at_home(rows: list[Row], paths: AppPaths) -> tuple[dict[str, str], dict[str, str]]:
    """Return the drafts' bodies with the documents where they lie here, and the paths of the others by their digest."""
    found: dict[str, str] = {}
    elsewhere: dict[str, str] = {}
    for row in rows:
        try:
            draft = draft_from_json(row["body"])
        except StoreError:
            continue
        documents = []
        for document in draft.documents:
            copy = paths.copies_dir / f"{document.sha256}.pdf"
            if document.has_no_file or not document.sha256:
                documents.append(document)
            elif copy.is_file():
                documents.append(replace(document, path=str(copy)))
            else:
                documents.append(document)
                elsewhere[document.sha256] = document.path
        found[row["id"]] = draft_to_json(replace(draft, documents=tuple(documents)))
    return found, elsewhere


def _take_files(scratch: Path, paths: AppPaths) -> None:
    """Put files where they belong, unless they are there."""
    for folder_name in _FILES:
        if not (scratch / folder_name).is_dir():
            continue
        target = paths.data_dir / folder_name
        make_private_dir(target)
        try:
            for path in sorted((scratch / folder_name).iterdir()):
                if not (target / path.name).exists() and _is_what_it_says(path):
                    # Decrypted on this disk, and written down.
                    replace_file(path, target / path.name)
            sync_folder(target)
        except OSError as error:
            raise disk_error(error) from error


def _is_what_it_says(path: Path) -> bool:
    """Whether a file that is named by its content's digest has that content."""
    if path.suffix != ".pdf" or path.parent.name == "brand":
        return True
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == path.stem


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise disk_error(error) from error
