"""Run trials: send a contract with the real sending code to a temporary sandbox platform, and fetch the stamped files.

A trial run does not touch the data of real sends. The sandbox listens only on 127.0.0.1 and exists for one trial run.
The database, ledger and copies of a trial run are in a temporary folder. Everything in this folder except the stamped
files is deleted at the end of the run. Only the names and the documents are real; the sandbox receives invented ID
numbers, mobile numbers and email addresses.
"""

from __future__ import annotations

import base64
import hashlib
import shutil
import threading
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol
from urllib.parse import urlsplit
from uuid import uuid4

from esign_desktop.api.client import PlatformClient, Secret
from esign_desktop.domain.account import Organization, Person
from esign_desktop.domain.document import Document
from esign_desktop.domain.errors import CancelToken, InputError, StoreError
from esign_desktop.domain.flow import FlowRecord, FlowSigner, FlowStatus, Stamp
from esign_desktop.domain.placing.participation import Participation, participation
from esign_desktop.domain.placing.placement import CrossPagePlacement, KeywordPlacement, marks_of
from esign_desktop.domain.signer import SignerId, natural_seal_width_pt
from esign_desktop.domain.submission import SubmissionState
from esign_desktop.services.editing.snapshots import Snapshots
from esign_desktop.services.exclusive import Exclusive
from esign_desktop.services.people.accounts import AccountBook
from esign_desktop.services.people.third_ids import ThirdIds
from esign_desktop.services.rehearsal.comparing import RehearsedSeal, Sealed, UnexpectedStamp, compare
from esign_desktop.services.rehearsal.people import with_invented_people
from esign_desktop.services.rehearsal.sealings import fetched_sealings
from esign_desktop.services.sending.submission import SubmissionService
from esign_desktop.services.sending.values import SubmissionPlatforms, SubmissionStores
from esign_desktop.store.database.connection import Database
from esign_desktop.store.files.ledger import Ledger
from esign_desktop.store.files.paths import make_private_dir
from esign_desktop.store.party_details import SealedPartyDetails
from esign_desktop.store.tables.accounts import Accounts
from esign_desktop.store.tables.drafts import Drafts
from esign_desktop.store.tables.flows import Flows
from esign_desktop.store.tables.journal import Journal
from esign_desktop.store.tables.kept_values import KeptValues
from esign_desktop.store.tables.settings import Settings
from esign_desktop.store.tables.templates import Templates

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.environment import Environment, PlatformBehaviour
    from esign_desktop.domain.placing.placement import KeywordHits, SealMark
    from esign_desktop.services.editing.documents import DocumentService
    from esign_desktop.services.sending.values import SubmissionProgress

SIGNING_S: Final = 120.0
_ASK_AGAIN_S: Final = 0.2
_FREE_PT: Final = 110.0
_FREE_ROW_PT: Final = 125.0
_FREE_IN_A_ROW: Final = 4
"""The platform centers seals that signers place themselves in rows, from the bottom of the last page."""
_SLACK_PT: Final = 3.0


class RehearsalStage(StrEnum):
    """The stage that a trial run has reached."""

    STARTING = "starting"
    SENDING = "sending"
    SIGNING = "signing"
    COMPARING = "comparing"


class SandboxPlatform(Protocol):
    """A sandbox platform on this computer. Its signers sign immediately.

    ``wait_ready`` blocks until the platform is running.
    """

    @property
    def secret(self) -> str: ...

    def start(self) -> None: ...

    def wait_ready(self) -> Environment: ...

    def stop(self) -> None: ...


@dataclass(frozen=True, slots=True)
class RehearsedDocument:
    """A stamped document, the draft's seals on it, and unexpected ink. ``stamped`` is open for rendering."""

    stamped: Document
    seals: tuple[RehearsedSeal, ...]
    unexpected: tuple[UnexpectedStamp, ...] = ()


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """The result of a trial run. Call ``discard`` when the result is no longer displayed."""

    documents: tuple[RehearsedDocument, ...]
    folder: Path

    @property
    def seals(self) -> tuple[RehearsedSeal, ...]:
        """The seals of all documents, in document order."""
        return tuple(seal for document in self.documents for seal in document.seals)

    @property
    def is_as_placed(self) -> bool:
        """Whether every seal was found at its position and there is no unexpected ink."""
        return all(each.is_found for each in self.seals) and not any(each.unexpected for each in self.documents)


class RehearsalService:
    """The service that performs trial runs, one at a time.

    Calls block on the disk, on processes and on the loopback network.
    """

    def __init__(
        self,
        documents: DocumentService,
        folder: Path,
        *,
        make_platform: Callable[[Path, PlatformBehaviour], SandboxPlatform],
        clock_ms: Callable[[], int],
        connect: Callable[[Environment, Secret], PlatformClient] = PlatformClient,
        party: Callable[[Environment, str], Person | Organization | None] = lambda _environment, _account_id: None,
    ) -> None:
        """Create the service, and delete the data of earlier trial runs.

        ``folder`` is used only for trial runs. ``make_platform`` creates a sandbox with its data folder and behavior.
        ``party`` returns the party of an account on the real platform.
        """
        self._documents = documents
        self._folder = folder
        self._make_platform = make_platform
        self._clock_ms = clock_ms
        self._connect = connect
        self._party = party
        self._one_at_a_time = Exclusive("rehearsal.busy", wait_s=10.0)
        self._under_way = CancelToken()
        self.sweep()

    def sweep(self) -> None:
        """Delete data left behind by a crash. Files that cannot be deleted now are deleted by the next call."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def close(self) -> None:
        """Cancel the current trial run and delete all results. Call this at program exit and before an erasure."""
        self._under_way.cancel()
        self.sweep()

    def discard(self, rehearsal: Rehearsal) -> None:
        """Close and delete the stamped files of a trial run."""
        for document in rehearsal.documents:
            self._documents.close(document.stamped.id)
        shutil.rmtree(rehearsal.folder, ignore_errors=True)

    def run(
        self,
        draft: ContractDraft,
        hits: KeywordHits,
        meant: Environment,
        *,
        on_stage: Callable[[RehearsalStage], None] = lambda _stage: None,
        cancel: CancelToken | None = None,
    ) -> Rehearsal:
        """Send a contract to a sandbox, have it signed, and compare the stamped files with the draft.

        ``hits`` are the draft's keyword matches. ``meant`` is the environment to which the contract will be sent.
        Raises the errors of a send, StoreError ``sandbox.not_started``, PdfError and Cancelled. Raises InputError
        ``rehearsal.busy`` during another trial run, ``rehearsal.no_form`` for a template without a local PDF,
        ``rehearsal.not_filled`` if the sandbox filled in the template differently, ``rehearsal.not_taken`` if the send
        stopped without a reason, ``rehearsal.not_signed`` if not all signers could sign, and ``rehearsal.other_pages``
        if the stamped document has different pages.
        """
        cancel, behaviour = cancel or CancelToken(), meant.behaviour
        if any(document.template is not None and not Path(document.path).is_file() for document in draft.documents):
            raise InputError("rehearsal.no_form")
        with self._one_at_a_time(), ExitStack() as failure:
            self._under_way = cancel
            folder = self._folder / uuid4().hex
            make_private_dir(self._folder)
            make_private_dir(folder)
            failure.callback(shutil.rmtree, folder, ignore_errors=True)
            with ExitStack() as while_running:
                on_stage(RehearsalStage.STARTING)
                platform = self._make_platform(folder / "platform", behaviour)
                while_running.callback(platform.stop)
                platform.start()
                home = _on_this_computer(platform.wait_ready())
                cancel.raise_if_cancelled()
                client = self._connect(replace(home, behaviour=behaviour), Secret(platform.secret))
                while_running.callback(client.close)
                # A trial run has no real signers, so even requests that cannot be cancelled in a real send are
                # cancelled.
                cancel.listen(client.close)
                while_running.callback(cancel.forget, client.close)
                on_stage(RehearsalStage.SENDING)
                known, make = partial(self._party, meant), partial(_account_made, client)
                sent = self._with_templates(with_invented_people(draft, known, make), client, cancel)
                flow = self._sent(folder, sent, replace(home, behaviour=behaviour), client, on_stage, cancel)
                _await_signatures(client, flow, cancel)
                fetched = _fetched(client, draft, flow, folder, cancel)
            on_stage(RehearsalStage.COMPARING)
            documents = []
            for document, files in zip(draft.documents, fetched, strict=True):
                stamped = self._documents.open_quickly(files.stamped)
                failure.callback(self._documents.close, stamped.id)
                found, unexpected = self._compared(draft, document, files, stamped, hits, behaviour, cancel)
                documents.append(RehearsedDocument(replace(stamped, name=document.name), found, unexpected))
            _delete_all_but(folder, [files.stamped for files in fetched])
            failure.pop_all()
            return Rehearsal(tuple(documents), folder)

    def _compared(
        self,
        draft: ContractDraft,
        document: Document,
        files: _Fetched,
        stamped: Document,
        hits: KeywordHits,
        behaviour: PlatformBehaviour,
        cancel: CancelToken,
    ) -> tuple[tuple[RehearsedSeal, ...], tuple[UnexpectedStamp, ...]]:
        free = [
            signer.id for signer in draft.signers if participation(draft, signer, document.id) is Participation.FREE
        ]
        with ExitStack() as opened:

            def open_aside(path: Path) -> Document:
                aside = self._documents.open_quickly(path)
                opened.callback(self._documents.close, aside.id)
                return aside

            before = document if files.original is None else open_aside(files.original)
            sealed = [Sealed(signer_id, open_aside(path), stamps) for signer_id, path, stamps in files.sealed]
            return compare(
                *(self._documents, before, [*sealed, Sealed(None, stamped)]),
                _seals(draft, document, hits, behaviour),
                cancel.raise_if_cancelled,
                free_signers=free,
                free_height_pt=_free_height_pt(draft, behaviour),
            )

    def _sent(
        self,
        folder: Path,
        draft: ContractDraft,
        home: Environment,
        client: PlatformClient,
        on_stage: Callable[[RehearsalStage], None],
        cancel: CancelToken,
    ) -> FlowRecord:
        def tell(progress: SubmissionProgress) -> None:
            # All signers sign before the platform responds to this request.
            if progress.state is SubmissionState.EXECUTE_INTENT and not progress.is_execute_answered:
                on_stage(RehearsalStage.SIGNING)

        database = Database(folder / "rehearsal.db")
        database.open()
        try:
            stores = _stores(database, folder, self._clock_ms)
            platforms = SubmissionPlatforms(lambda _kind: home, lambda _environment: client)
            submission = SubmissionService(stores, platforms, clock_ms=self._clock_ms)
            outcome = submission.send(draft, home, on_progress=tell, cancel=cancel)
            if outcome.state is SubmissionState.DONE and outcome.flow_id is not None:
                return stores.flows.get(outcome.flow_id)
        finally:
            database.close()
        cancel.raise_if_cancelled()
        is_made = outcome.state is SubmissionState.MADE
        raise outcome.error or InputError("rehearsal.not_filled" if is_made else "rehearsal.not_taken")

    def _with_templates(self, draft: ContractDraft, client: PlatformClient, cancel: CancelToken) -> ContractDraft:
        """Create the draft's templates on the sandbox platform, and return the draft with their ids.

        Raises ApiError or InputError.
        """
        documents = []
        for document in draft.documents:
            template = document.template
            if template is not None:
                template = replace(template, template_id=_template_made(client, document, cancel))
            documents.append(replace(document, template=template))
        return replace(draft, documents=tuple(documents))


def _stores(database: Database, folder: Path, clock_ms: Callable[[], int]) -> SubmissionStores:
    # Without a key, no personal data is stored.
    without_key = SealedPartyDetails(lambda: None)
    accounts = Accounts(database)
    return SubmissionStores(
        Journal(database),
        Ledger(folder / "ledger"),
        Flows(database),
        accounts,
        Drafts(database, without_key),
        Snapshots(folder / "snapshots"),
        AccountBook(accounts, ThirdIds(Settings(database)), without_key),
        KeptValues(database, without_key, clock_ms=clock_ms),
        Templates(database),
    )


def _on_this_computer(home: Environment) -> Environment:
    """Return the sandbox's environment without a proxy, so that no data leaves this computer.

    Raises StoreError ``sandbox.not_started`` if the address is not on 127.0.0.1.
    """
    if urlsplit(home.base_url).hostname != "127.0.0.1":
        raise StoreError("sandbox.not_started", "another address")
    return replace(home, proxy_url="")


def _template_made(client: PlatformClient, document: Document, cancel: CancelToken) -> str:
    path = Path(document.path)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError("rehearsal.no_form") from error
    md5 = base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode("ascii")
    slot = client.create_upload_url(f"{document.name}.pdf", len(content), md5)
    client.upload(slot.upload_url, path, md5, cancel=cancel)
    return client.create_template(slot.file_key, document.name)


def _account_made(client: PlatformClient, party: Person | Organization) -> str:
    """Create an account for a payer or an initiator, and return its id. Raises ApiError."""
    if isinstance(party, Person):
        return client.create_person(party)
    # An organization needs an agent, but it does not matter who the agent is.
    return client.create_organization(party, client.create_person(Person("REHEARSAL", "REHEARSAL0000")))


def _await_signatures(client: PlatformClient, flow: FlowRecord, cancel: CancelToken) -> None:
    """Wait until all signers have signed.

    Raises ApiError, Cancelled, and InputError ``rehearsal.not_signed`` if the flow ends in another way or takes too
    long.
    """
    cancelled = threading.Event()
    cancel.listen(cancelled.set)
    try:
        for _turn in range(round(SIGNING_S / _ASK_AGAIN_S)):
            detail = client.detail(flow.flow_id)
            if detail.status is FlowStatus.COMPLETED:
                return
            if detail.status.is_final:
                break
            cancelled.wait(_ASK_AGAIN_S)
            cancel.raise_if_cancelled()
    finally:
        cancel.forget(cancelled.set)
    raise InputError("rehearsal.not_signed")


@dataclass(frozen=True, slots=True)
class _Fetched:
    """The downloaded files of a document: any filled-in form, a version for each signer, and the final document."""

    original: Path | None
    sealed: tuple[tuple[SignerId | None, Path, tuple[Stamp, ...]], ...]
    stamped: Path


def _fetched(
    client: PlatformClient, draft: ContractDraft, flow: FlowRecord, folder: Path, cancel: CancelToken
) -> tuple[_Fetched, ...]:
    """Download the files of each document, in document order. Raises ApiError or Cancelled."""

    def fetch(url: str, name: str) -> Path:
        client.download(url, folder / f"{name}.pdf", cancel=cancel)
        return folder / f"{name}.pdf"

    addresses = {signed.doc_id: signed.url for signed in client.signed_documents(flow.flow_id)}
    sealings = fetched_sealings(client, flow.flow_id)
    found = []
    for number, (flow_document, document) in enumerate(zip(flow.documents, draft.documents, strict=True), 1):
        original = (
            None if document.template is None else fetch(client.document_url(flow_document.doc_id), f"filled-{number}")
        )
        sealed, left = [], list(zip(draft.signers, flow.signers, strict=True))
        for turn, sealing in enumerate((sealing for sealing in sealings if sealing.doc_id == flow_document.doc_id), 1):
            account = sealing.account_id, sealing.organization_account_id
            signer = next((pair for pair in left if _account_of(pair[1]) == account), None)
            if signer is not None:
                left.remove(signer)
            path = fetch(sealing.url, f"sealed-{number}-{turn}")
            sealed.append((signer and signer[0].id, path, sealing.stamps))
        stamped = fetch(addresses.get(flow_document.doc_id, ""), f"stamped-{number}")
        found.append(_Fetched(original, tuple(sealed), stamped))
    return tuple(found)


def _account_of(signer: FlowSigner) -> tuple[str, str]:
    return signer.account_id, signer.organization_account_id


def _seals(
    draft: ContractDraft, document: Document, hits: KeywordHits, behaviour: PlatformBehaviour
) -> tuple[tuple[SealMark, ...], ...]:
    """Return the marks of every seal on a document, by page. A cross-page seal has one mark per slice."""
    seals: list[tuple[SealMark, ...]] = []
    for placement in draft.placements:
        if placement.document_id == document.id:
            found = hits.get((document.id, placement.keyword)) if isinstance(placement, KeywordPlacement) else None
            marks = marks_of(placement, draft.signer(placement.signer_id), document, behaviour, found or ())
            seals += [marks] if isinstance(placement, CrossPagePlacement) and marks else [(mark,) for mark in marks]
    return tuple(sorted(seals, key=lambda seal: seal[0].page_number))


def _free_height_pt(draft: ContractDraft, behaviour: PlatformBehaviour) -> float:
    """Return the height in points up to which the platform may put seals that signers place themselves."""
    rows = -(-len(draft.signers) // _FREE_IN_A_ROW)
    half = max((natural_seal_width_pt(signer, behaviour) for signer in draft.signers), default=0.0) / 2
    return _FREE_PT + _FREE_ROW_PT * (rows - 1) + half + _SLACK_PT


def _delete_all_but(folder: Path, kept: list[Path]) -> None:
    for path in folder.iterdir():
        if path in kept:
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            with suppress(OSError):
                path.unlink()
