"""What the rehearsal platform remembers: a folder a kind of record, a JSON file a record, replaced atomically.

All times are epoch milliseconds. Not thread-safe: whoever reads or writes holds ``State.lock``.
"""

from __future__ import annotations

import json
import os
import shutil
import threading
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Final, Generic, Literal, TypeVar

import cattrs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class FlowStatus(IntEnum):
    """flowStatus of the specification (4.9.5)."""

    DRAFT = 0
    SIGNING = 1
    COMPLETED = 2
    REVOKED = 3
    TERMINATED = 4
    EXPIRED = 5


class SignStatus(IntEnum):
    """signStatus of the specification (4.9.5); 5 (to be confirmed) happens where a rehearsal asks for it."""

    WAITING = 0
    SIGNING = 1
    SIGNED = 2
    FAILED = 3
    REFUSED = 4
    TO_BE_CONFIRMED = 5


AccountKind = Literal["person", "organization"]
PlaceKind = Literal["keyword", "coordinate", "cross_page"]
BillingState = Literal["none", "frozen", "charged", "released"]


@dataclass(slots=True)
class Account:
    """A person or an organization. ``identity`` is a salted digest: ID numbers are not kept."""

    id: str
    kind: AccountKind
    name: str
    identity: str
    third_id: str | None = None
    agent_account_id: str | None = None


@dataclass(slots=True)
class StoredFile:
    """An announced upload; ``received_md5`` is None until the bytes are there."""

    key: str
    storage_id: str
    name: str
    size_bytes: int
    content_type: str
    content_md5: str
    received_md5: str | None = None
    received_bytes: int = 0


@dataclass(slots=True)
class Document:
    """A contract's PDF; its bytes lie beside the record."""

    id: str
    name: str
    page_count: int


@dataclass(slots=True)
class Template:
    """A PDF with form fields."""

    id: str
    name: str
    field_names: list[str]


@dataclass(slots=True)
class SealPlace:
    """Where one posBean puts seals, in page space as it was sent; ``width_pt`` None is the seal's own size."""

    kind: PlaceKind
    page_numbers: list[int] = field(default_factory=list)
    x_pt: float = 0.0
    y_pt: float = 0.0
    keyword: str = ""
    width_pt: float | None = None
    has_qr_mark: bool = False


@dataclass(slots=True)
class SigningOfDocument:
    """What one signer has to do with one document; without ``places`` the signer chooses."""

    document_id: str
    places: list[SealPlace] = field(default_factory=list)
    status: SignStatus = SignStatus.WAITING
    received_ms: int | None = None
    signed_ms: int | None = None
    explanation: str = ""

    @property
    def is_open(self) -> bool:
        """Whether the signer still has something to do here."""
        return self.status in (SignStatus.WAITING, SignStatus.SIGNING)

    @property
    def is_settled(self) -> bool:
        """Whether nothing will change here any more."""
        return self.status in (SignStatus.SIGNED, SignStatus.FAILED, SignStatus.REFUSED)


@dataclass(slots=True)
class FlowSigner:
    """One signer of a flow, in the order of the request. ``token`` is the secret part of the signUrl."""

    account_id: str
    organization_id: str | None
    order: int | None
    is_silent: bool
    seal_types: list[int]
    token: str
    is_application: bool = False
    documents: list[SigningOfDocument] = field(default_factory=list)

    @property
    def is_done(self) -> bool:
        """Whether every document of this signer is settled."""
        return all(one.is_settled for one in self.documents)

    @property
    def is_to_be_confirmed(self) -> bool:
        """Whether a signature waits for its confirmation."""
        return any(one.status is SignStatus.TO_BE_CONFIRMED for one in self.documents)


@dataclass(slots=True)
class FlowDocument:
    """One contract of a flow. ``seal_events`` counts the stampings that its current file holds.

    ``sealed_by`` has for each of them the index of its signer in the flow.
    """

    document_id: str
    name: str
    seal_events: int = 0
    sealed_by: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Flow:
    """One signing task."""

    id: str
    business_scene: str
    initiator_account_id: str
    status: FlowStatus
    created_ms: int
    documents: list[FlowDocument]
    signers: list[FlowSigner]
    sign_validity_ms: int | None = None
    contract_validity_ms: int | None = None
    payer_account_id: str | None = None
    billing: BillingState = "none"
    redirect_url: str | None = None
    ended_ms: int | None = None
    status_description: str = ""

    @property
    def is_open(self) -> bool:
        """Whether the flow can still change."""
        return self.status in (FlowStatus.DRAFT, FlowStatus.SIGNING)

    def document(self, document_id: str) -> FlowDocument:
        """The document of this id, which must be one of the flow's."""
        return next(one for one in self.documents if one.document_id == document_id)


@dataclass(slots=True)
class PendingNotice:
    """A call back that has not been acknowledged yet."""

    id: str
    body: str
    tries: int = 0
    next_try_ms: int = 0


RecordT = TypeVar("RecordT", Account, StoredFile, Document, Template, Flow, PendingNotice)

_CONVERTER: Final = cattrs.Converter()


class Table(Generic[RecordT]):
    """All records of one kind, by id."""

    def __init__(self, folder: Path, record_type: type[RecordT]) -> None:
        self._folder = folder
        self._records: dict[str, RecordT] = {}
        self._record_type: type[RecordT] = record_type
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.read()

    def read(self) -> None:
        """Take the records as the files have them now."""
        self._records = {
            path.stem: _CONVERTER.structure(json.loads(path.read_text("utf-8")), self._record_type)
            for path in sorted(self._folder.glob("*.json"))
        }

    def get(self, record_id: str) -> RecordT | None:
        """The record, or None."""
        return self._records.get(record_id)

    def put(self, record_id: str, record: RecordT) -> None:
        """Keep the record as it is now."""
        write_atomically(
            self._folder / f"{record_id}.json", json.dumps(asdict(record), ensure_ascii=False).encode("utf-8")
        )
        self._records[record_id] = record

    def remove(self, record_id: str) -> None:
        """Forget the record, if it is there."""
        self._records.pop(record_id, None)
        (self._folder / f"{record_id}.json").unlink(missing_ok=True)

    def __iter__(self) -> Iterator[RecordT]:
        return iter(list(self._records.values()))

    def __len__(self) -> int:
        return len(self._records)


class State:
    """Everything that survives a restart."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.lock = threading.RLock()
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        records = data_dir / "records"
        self.accounts = Table(records / "accounts", Account)
        self.files = Table(records / "files", StoredFile)
        self.documents = Table(records / "documents", Document)
        self.templates = Table(records / "templates", Template)
        self.flows = Table(records / "flows", Flow)
        self.notices = Table(records / "notices", PendingNotice)
        self.url_key = self._load_url_key()
        self._changed = self._change_mark()

    def look_again(self) -> None:
        """Read everything anew if somebody else has changed the files, and said so by the file ``changed``."""
        mark = self._change_mark()
        if mark != self._changed:
            with self.lock:
                self._changed = mark
                for table in (self.accounts, self.files, self.documents, self.templates, self.flows, self.notices):
                    table.read()

    def _change_mark(self) -> tuple[int, int] | None:
        try:
            status = (self.data_dir / "changed").stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_ino

    def blob_path(self, kind: str, blob_id: str) -> Path:
        """Where the bytes of an upload, a document or a template lie; the id was made here, never by a caller."""
        folder = self.data_dir / "blobs" / kind
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder / blob_id

    def _load_url_key(self) -> bytes:
        path = self.data_dir / "url-key"
        if not path.exists():
            write_atomically(path, os.urandom(32))
        return path.read_bytes()


@contextmanager
def atomic_target(path: Path) -> Iterator[Path]:
    """Yield a file to write to that replaces ``path`` after the block, so that a reader never finds half of it.

    Unlike the application's it does not wait for the disk: a rehearsal may be lost with the power.
    """
    scratch = path.with_name(f".{path.name}.{threading.get_ident()}.part")
    try:
        yield scratch
        scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)


def write_atomically(path: Path, content: bytes) -> None:
    """Replace a file that its owner alone may read."""
    with atomic_target(path) as scratch:
        scratch.touch(0o600)
        scratch.write_bytes(content)


def link_or_copy(source: Path, target: Path) -> None:
    """Give a file that is never written in place a second name; a copy where the file system has no links."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
