"""Store the state of the rehearsal platform: a folder for each kind of record, and a JSON file for each record.

Files are replaced atomically. All times are epoch milliseconds. This module is not thread-safe. Callers must hold
``State.lock``.
"""

from __future__ import annotations

import json
import os
import shutil
import threading
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final, Generic, Literal, TypeVar

import cattrs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class FlowStatus(IntEnum):
    """The status of a flow. The values are those of flowStatus in the specification (4.9.5)."""

    DRAFT = 0
    SIGNING = 1
    COMPLETED = 2
    REVOKED = 3
    TERMINATED = 4
    EXPIRED = 5


class SignStatus(IntEnum):
    """The status of a signature. The values are those of signStatus in the specification (4.9.5).

    TO_BE_CONFIRMED occurs only if the user of the rehearsal platform selects it.
    """

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
    """The account of a person or an organization.

    ``identity`` is a salted digest of the name and the ID number. The number itself is not stored.
    """

    id: str
    kind: AccountKind
    name: str
    identity: str
    third_id: str | None = None
    agent_account_id: str | None = None
    masked_mobile: str = ""
    masked_email: str = ""


@dataclass(slots=True)
class StoredFile:
    """A file whose upload was announced. ``received_md5`` is None until the content of the file has arrived."""

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
    """A contract document. Its PDF is stored in a separate file."""

    id: str
    name: str
    page_count: int


@dataclass(slots=True)
class Template:
    """A template: a PDF with form fields."""

    id: str
    name: str
    field_names: list[str]


@dataclass(slots=True)
class SealPlace:
    """The positions of seals, in page space, as described by a posBean of the request.

    If ``width_pt`` is None, the seal has its default size.
    """

    kind: PlaceKind
    page_numbers: list[int] = field(default_factory=list)
    x_pt: float = 0.0
    y_pt: float = 0.0
    keyword: str = ""
    width_pt: float | None = None
    has_qr_mark: bool = False


@dataclass(slots=True)
class SigningOfDocument:
    """A signer's signature on a document. If ``places`` is empty, the signer chooses the positions of the seals."""

    document_id: str
    places: list[SealPlace] = field(default_factory=list)
    status: SignStatus = SignStatus.WAITING
    received_ms: int | None = None
    signed_ms: int | None = None
    explanation: str = ""

    @property
    def is_open(self) -> bool:
        """Whether the signer still has to sign the document."""
        return self.status in (SignStatus.WAITING, SignStatus.SIGNING)

    @property
    def is_settled(self) -> bool:
        """Whether the status of the signature is final."""
        return self.status in (SignStatus.SIGNED, SignStatus.FAILED, SignStatus.REFUSED)


@dataclass(slots=True)
class FlowSigner:
    """A signer of a flow. ``token`` is the secret part of the signUrl.

    ``order`` is the step in which the signer signs, or None if the signer may sign at any time. ``certificate_type`` is
    certType (4.9.1). ``signed_on`` is the signing platform that the signer has chosen, as a value of signPlatform.
    """

    account_id: str
    organization_id: str | None
    order: int | None
    is_silent: bool
    seal_types: list[int]
    token: str
    is_application: bool = False
    certificate_type: int = 1
    signed_on: int | None = None
    documents: list[SigningOfDocument] = field(default_factory=list)

    @property
    def is_done(self) -> bool:
        """Whether all of the signer's signatures have a final status."""
        return all(signing.is_settled for signing in self.documents)

    @property
    def is_to_be_confirmed(self) -> bool:
        """Whether at least one of the signer's signatures is waiting for confirmation."""
        return any(signing.status is SignStatus.TO_BE_CONFIRMED for signing in self.documents)


@dataclass(slots=True)
class FlowDocument:
    """A document of a flow.

    ``seal_events`` is the number of stampings in the current file. ``sealed_by`` contains, for each stamping, the index
    of the signer in the flow.
    """

    document_id: str
    name: str
    seal_events: int = 0
    sealed_by: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Flow:
    """A flow, which the platform also calls a signing task, with its documents and signers.

    ``sign_platforms`` contains the platforms on which signers may sign, or is empty if all platforms are allowed.
    ``notice_types`` contains the ways in which signers are notified when it is their turn, or is empty if signers are
    not notified.
    """

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
    sign_platforms: list[int] = field(default_factory=list)
    notice_types: list[int] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """Whether the flow has not ended yet."""
        return self.status in (FlowStatus.DRAFT, FlowStatus.SIGNING)

    def document(self, document_id: str) -> FlowDocument:
        """Return the flow's document with this id. The flow must contain this document."""
        return next(document for document in self.documents if document.document_id == document_id)


@dataclass(slots=True)
class PendingNotice:
    """A notice that has not been acknowledged. ``next_try_ms`` is the time of the next delivery attempt."""

    id: str
    body: str
    tries: int = 0
    next_try_ms: int = 0


@dataclass(slots=True)
class Message:
    """A message that a real platform would send to a signer."""

    id: str
    flow_id: str
    account_id: str
    notice_type: int
    sent_ms: int


RecordT = TypeVar("RecordT", Account, StoredFile, Document, Template, Flow, PendingNotice, Message)

_CONVERTER: Final = cattrs.Converter()


class Table(Generic[RecordT]):
    """All records of one kind, keyed by id. Each record is stored in its own file."""

    def __init__(self, folder: Path, record_type: type[RecordT]) -> None:
        self._folder = folder
        self._records: dict[str, RecordT] = {}
        self._record_type: type[RecordT] = record_type
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.read()

    def read(self) -> None:
        """Read all records from their files."""
        self._records = {
            path.stem: _CONVERTER.structure(json.loads(path.read_text("utf-8")), self._record_type)
            for path in sorted(self._folder.glob("*.json"))
        }

    def get(self, record_id: str) -> RecordT | None:
        """Return the record with this id, or None if there is none."""
        return self._records.get(record_id)

    def put(self, record_id: str, record: RecordT) -> None:
        """Store a record in its current state under this id."""
        write_atomically(
            self._folder / f"{record_id}.json", json.dumps(asdict(record), ensure_ascii=False).encode("utf-8")
        )
        self._records[record_id] = record

    def remove(self, record_id: str) -> None:
        """Delete the record with this id if it exists."""
        self._records.pop(record_id, None)
        (self._folder / f"{record_id}.json").unlink(missing_ok=True)

    def __iter__(self) -> Iterator[RecordT]:
        return iter(list(self._records.values()))

    def __len__(self) -> int:
        return len(self._records)


class State:
    """All data that the rehearsal platform keeps across restarts."""

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
        self.messages = Table(records / "messages", Message)
        self.url_key = self._load_url_key()
        self._changed = self._change_mark()

    @property
    def _tables(self) -> tuple[Table[Any], ...]:
        first = (self.accounts, self.files, self.documents, self.templates)
        return (*first, self.flows, self.notices, self.messages)

    def look_again(self) -> None:
        """Reload all records if another process has changed them.

        To announce changes, the other process must also modify the file ``changed``.
        """
        mark = self._change_mark()
        if mark != self._changed:
            with self.lock:
                self._changed = mark
                for table in self._tables:
                    table.read()

    def _change_mark(self) -> tuple[int, int] | None:
        try:
            status = (self.data_dir / "changed").stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_ino

    def blob_path(self, kind: str, blob_id: str) -> Path:
        """Return the path of the content of an upload, document or template.

        ``blob_id`` must be an id that the platform has created.
        """
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
    """Yield the path of a temporary file, which replaces ``path`` at the end of the context.

    Readers therefore never see an incomplete file. Unlike the application's function of the same name, this function
    does not sync the file to disk, because rehearsal data may be lost in a power failure.
    """
    scratch = path.with_name(f".{path.name}.{threading.get_ident()}.part")
    try:
        yield scratch
        scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)


def write_atomically(path: Path, content: bytes) -> None:
    """Replace a file atomically. Only the file's owner can read the new file."""
    with atomic_target(path) as scratch:
        scratch.touch(0o600)
        scratch.write_bytes(content)


def link_or_copy(source: Path, target: Path) -> None:
    """Create a hard link to a file that never changes, or a copy if the file system does not support hard links."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
