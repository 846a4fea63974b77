"""The documents of a send: their local copies, their upload, and the contracts that the platform creates from them."""

from __future__ import annotations

import base64
import hashlib
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from esign_desktop.api import wire
from esign_desktop.api.errors import OutcomeUnknown, Refused, StorageRefused
from esign_desktop.api.upload import WANTS_A_FRESH_ADDRESS, with_fresh_addresses
from esign_desktop.domain.added_pages import AddedPdf, laid_out
from esign_desktop.domain.disk_errors import disk_errors
from esign_desktop.domain.document import Document
from esign_desktop.domain.errors import InputError, StoreError
from esign_desktop.domain.preset.preset import PresetHome
from esign_desktop.domain.submission import SubmissionState
from esign_desktop.domain.templates import is_unknown_template
from esign_desktop.pdf.isolated.tables import table_pdf

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esign_desktop.domain.document import TemplateFilling
    from esign_desktop.services.editing.snapshots import Snapshot
    from esign_desktop.services.sending.send import SendContext

_DAMAGED_COPY: Final = frozenset({"document.missing", "document.changed"})


def take_snapshots(send: SendContext) -> None:
    """Copy the file of each document in a send, and the files of the blocks that follow documents.

    Raises InputError ``document.missing``, ``document.changed`` or ``form.block_missing``, StoreError and Cancelled.
    """
    for index, document in enumerate(send.facts.draft.documents):
        send.cancel.raise_if_cancelled()
        if document.template is None:
            _take(send, index)
            continue
        for sequence, block in enumerate(document.template.blocks):
            if isinstance(block, AddedPdf):
                _take_block(send, index, sequence, block)
    send.record(SubmissionState.SNAPSHOT)


def make_contracts(send: SendContext) -> None:
    """Create the platform's contract for each document that does not have one yet.

    Raises ApiError, InputError, StoreError or Cancelled.
    """
    for index in range(len(send.facts.draft.documents)):
        if index not in send.facts.doc_ids:
            make_contract(send, index)


def _take(send: SendContext, index: int) -> Snapshot:
    document = send.facts.draft.documents[index]
    snapshot = send.stores.snapshots.take(
        send.id, f"{index}.pdf", document, between_pieces=send.cancel.raise_if_cancelled
    )
    send.record(
        send.facts.state,
        document_index=index,
        file_name=snapshot.file_name,
        size_bytes=snapshot.size_bytes,
        sha256=snapshot.sha256,
        md5_base64=snapshot.md5_base64,
    )
    return snapshot


def make_contract(send: SendContext, index: int) -> None:
    """Create the platform's contract for the document with this index, from its uploaded file or from a template.

    If an earlier upload is rejected, for example because it has expired, the file is uploaded again. Raises the errors
    of ``make_contracts``.
    """
    document = send.facts.draft.documents[index]
    if document.template is not None:
        doc_id, send.made_urls[index] = _fill_template(send, index, document.template, document.name)
        _keep(send, index, doc_id, len(document.template.fields))
        return
    was_uploaded = send.facts.is_uploaded(index)
    if not was_uploaded:
        _upload(send, index)
    try:
        doc_id = _create_document(send, index)
    except Refused:
        if not was_uploaded:
            raise
        _upload(send, index)
        doc_id = _create_document(send, index)
    _keep(send, index, doc_id)


def _keep(send: SendContext, index: int, doc_id: str, filled_count: int = 0) -> None:
    send.record(SubmissionState.CONTRACT, document_index=index, doc_id=doc_id, filled_count=filled_count)
    send.note_in_ledger("document", doc_id=doc_id)


def _fill_template(send: SendContext, index: int, template: TemplateFilling, name: str) -> tuple[str, str]:
    """Create a document from a template, and return its id and URL.

    The request can be repeated, because a document whose response was lost belongs to no flow.
    """
    type_name = send.environment.behaviour.chunk_type_name
    chunks = tuple(_chunks(send, index, template))
    body = wire.build_from_template(template.template_id, name, dict(template.fields), chunks, type_name)
    home = PresetHome(send.environment.kind, send.environment.project_id)
    try:
        doc_id, url = send.call(wire.CREATE_FROM_TEMPLATE_PATH, body, wire.parse_from_template)
    except Refused as error:
        if not is_unknown_template(error.msg):
            raise
        with suppress(StoreError):
            send.stores.templates.note_gone(home, template.template_id)
        raise Refused(error.err_code, error.msg, status=error.status, code="template.gone") from error
    with suppress(StoreError):
        send.stores.templates.note_use(home, template.template_id)
    return _require_new(send, doc_id), url


def _chunks(send: SendContext, index: int, template: TemplateFilling) -> Iterator[wire.Chunk]:
    """Yield the blocks that follow a document, as PDF files.

    Tables are rendered again at each attempt from the data in the journal. If they were sent as HTML, the platform
    would lay them out, and their page count would not be known before the send.
    """
    for sequence, block in enumerate(template.blocks):
        if isinstance(block, AddedPdf):
            content = _block_content(send, index, sequence, block)
        elif laid_out(block):
            content = table_pdf(block)
        else:
            continue
        text = base64.b64encode(content).decode("ascii")
        yield wire.Chunk(wire.PDF_CONTENT_TYPE, text, sequence, block.after_page)


def _block_content(send: SendContext, index: int, sequence: int, block: AddedPdf) -> bytes:
    """Return the bytes of a block's copy. A copy that is missing or damaged is made again."""
    path = send.stores.snapshots.path(send.id, block_file_name(index, sequence))
    with suppress(OSError):
        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() == block.sha256:
            return content
    _take_block(send, index, sequence, block)
    with disk_errors():
        return path.read_bytes()


def _take_block(send: SendContext, index: int, sequence: int, block: AddedPdf) -> None:
    """Copy the file of a block. The journal needs no step for the copy, because the draft contains its hash."""
    document_id = send.facts.draft.documents[index].id
    file = Document(document_id, block.path, block.name, block.size_bytes, block.sha256, block.frames)
    file_name, between_pieces = block_file_name(index, sequence), send.cancel.raise_if_cancelled
    try:
        send.stores.snapshots.take(send.id, file_name, file, between_pieces=between_pieces)
    except InputError as error:
        raise InputError("form.block_missing", document_id=document_id, block=block.name) from error


def block_file_name(index: int, sequence: int) -> str:
    """Return the file name of the copy of a block. Both numbers are counted from 0."""
    return f"block-{index}-{sequence}.pdf"


def _create_document(send: SendContext, index: int) -> str:
    body = wire.build_file_key(send.facts.file_keys[index])
    return _require_new(send, send.call(wire.CREATE_DOCUMENT_PATH, body, wire.parse_doc_id))


def _require_new(send: SendContext, doc_id: str) -> str:
    """Return the id. Raises OutcomeUnknown if it belongs to a contract that was created earlier.

    The signature of a response does not identify its request, and a wrong id would present another party's data for
    signature.
    """
    if send.stores.ledger.find(doc_id):
        raise OutcomeUnknown("api.protocol", "the answer is about another contract")
    return doc_id


def _upload(send: SendContext, index: int) -> None:
    """Upload the file, using a new URL if the previous one has expired or did not match.

    The limits are in docs/platform-answers.md#repeated-uploads.
    """

    def upload() -> None:
        snapshot = send.facts.snapshots[index]
        if not send.stores.snapshots.is_whole(send.id, snapshot):
            snapshot = _take(send, index)
        url = _announce(send, index, snapshot)
        try:
            _put(send, index, snapshot, url)
        except InputError as error:
            if error.code not in _DAMAGED_COPY:
                raise
            # The copy was damaged. A new copy has the same bytes, or fails because the original has changed.
            _take(send, index)
            raise

    with_fresh_addresses(upload, mismatches=_DAMAGED_COPY)
    send.record(SubmissionState.UPLOADED, document_index=index, is_uploaded=True)


def _announce(send: SendContext, index: int, snapshot: Snapshot) -> str:
    name = send.facts.draft.documents[index].name
    file_name = name if name.lower().endswith(".pdf") else f"{name}.pdf"
    body = wire.build_upload_url(file_name, snapshot.size_bytes, snapshot.md5_base64)
    slot = send.call(wire.UPLOAD_URL_PATH, body, wire.parse_upload_slot)
    send.record(SubmissionState.UPLOAD_URL, document_index=index, file_key=slot.file_key)
    return slot.upload_url


def _put(send: SendContext, index: int, snapshot: Snapshot, url: str) -> None:
    def on_progress(done_bytes: int, total_bytes: int) -> None:
        send.tell_progress(index, done_bytes, total_bytes)

    source = send.stores.snapshots.path(send.id, snapshot.file_name)

    def put() -> StorageRefused | None:
        try:
            send.client.upload(url, source, snapshot.md5_base64, on_progress=on_progress, cancel=send.cancel)
        except StorageRefused as error:
            # Trying the same address again would fail too.
            if error.code in WANTS_A_FRESH_ADDRESS:
                return error
            raise
        return None

    refusal = send.repeat(put)
    if refusal is not None:
        raise refusal
