"""Compare the documents that the platform created with their templates before the flow is started.

This prevents contracts with wrong values from being signed. The comparison is repeated whenever the send is resumed,
until the journal records that the documents are accepted. The documents are accepted if the comparison finds no
difference or if the user accepts them.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from esign_desktop.api.errors import StorageRefused
from esign_desktop.domain.added_pages import AddedPdf, frames_of
from esign_desktop.domain.document import Document
from esign_desktop.domain.errors import ApiError, PdfError
from esign_desktop.domain.submission import SubmissionState
from esign_desktop.pdf.isolated.made import WantedText, look_at_made, read_first_lines
from esign_desktop.services.sending.documents import block_file_name
from esign_desktop.services.sending.facts import MadeFinding
from esign_desktop.store.files.paths import make_private_dir

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esign_desktop.domain.document import TemplateFilling
    from esign_desktop.services.sending.send import SendContext

VALUES_GONE: Final = "submission.values_gone"
"""The form values are lost, because the send was interrupted and values are stored only if there is a keyring."""


@dataclass(frozen=True, slots=True)
class MadeDocument:
    """A document that the platform created from a template, with the result of the comparison.

    ``document`` contains the form values if they are still known. ``document.path`` is the path of the template's
    original PDF, or empty if that PDF is not on this computer. ``path`` is the path of the downloaded file, or None if
    the download failed.
    """

    document: Document
    path: Path | None = field(repr=False)
    finding: MadeFinding


def accepts_made(send: SendContext) -> bool:
    """Return whether the documents that the platform created are accepted.

    If they are not accepted, the send becomes MADE and waits for the user's decision. Raises ApiError if the platform
    cannot be reached, StoreError, and Cancelled.
    """
    facts = send.facts
    indexes = made_indexes(send)
    if facts.is_made_accepted or not indexes:
        return True
    for index in indexes:
        send.cancel.raise_if_cancelled()
        if index not in facts.made:
            finding = _compare(send, index)
            send.record(SubmissionState.CONTRACT, document_index=index, made=finding.as_json())
    if facts.shows_made or not all(facts.made[index].is_equal for index in indexes):
        send.record(SubmissionState.MADE)
        return False
    send.record(SubmissionState.CONTRACT, is_made_accepted=True)
    return True


def made_indexes(send: SendContext) -> tuple[int, ...]:
    """Return the indices of the documents that the platform creates from templates."""
    return tuple(index for index, document in enumerate(send.facts.draft.documents) if document.template is not None)


def made_documents(send: SendContext) -> tuple[MadeDocument, ...]:
    """Return the documents to be reviewed. The call blocks, because missing files are downloaded if possible."""
    found = []
    for index in made_indexes(send):
        finding = send.facts.made.get(index, MadeFinding(unread="api.protocol"))
        path: Path | None = _path(send, index)
        if path is not None and not path.is_file():
            try:
                path = _fetch(send, index)
            except ApiError:
                path = None
        found.append(MadeDocument(_filled(send, index), path, finding))
    return tuple(found)


def _compare(send: SendContext, index: int) -> MadeFinding:
    """Download a document and compare it. A document that can never be downloaded or read counts as different."""
    document = send.facts.draft.documents[index]
    fields = _fields(send, index)
    expected = document.page_count
    try:
        lines = tuple(_lines_of_blocks(send, index))
        made = look_at_made(_fetch(send, index), (*_wanted(document.template, fields), *lines))
    except PdfError as error:
        return MadeFinding(expected_page_count=expected, unread=error.code)
    except ApiError as error:
        if error.retryable:
            raise
        return MadeFinding(expected_page_count=expected, unread=error.code)
    missing = tuple(name for (name, _), is_there in zip(fields, made.found, strict=False) if not is_there)
    others = (
        line.page_number
        for line, is_there in zip(lines, made.found[len(fields) :], strict=True)
        if line.page_number is not None and not is_there
    )
    gone = VALUES_GONE if not fields and send.facts.filled_counts.get(index) else ""
    return MadeFinding(missing, made.page_count, expected, gone, tuple(dict.fromkeys(others)))


def _lines_of_blocks(send: SendContext, index: int) -> Iterator[WantedText]:
    """Yield the first lines of each page of the PDF files that follow a document, with their places in the document.

    If the document's tables are lost, the places are unknown, and nothing is returned.
    """
    document = _filled(send, index)
    template = document.template
    if template is None or len(frames_of(template.blocks)) != template.added_pages:
        return
    page_number = len(document.own_pages) + 1
    for sequence, block in enumerate(template.blocks):
        if isinstance(block, AddedPdf):
            path = send.stores.snapshots.path(send.id, block_file_name(index, sequence))
            # The copy is missing if the send was restored from another computer's backup.
            with suppress(PdfError):
                yield from read_first_lines(path).as_wanted(page_number)
        page_number += len(frames_of((block,)))


def _fields(send: SendContext, index: int) -> tuple[tuple[str, str], ...]:
    """Return the values of a form. They are no longer in the journal once the platform has created the contract."""
    template = send.facts.draft.documents[index].template
    if template is None or template.fields:
        return template.fields if template is not None else ()
    kept = send.stores.values.get(send.id).get(index)
    return () if kept is None else kept.fields


def _filled(send: SendContext, index: int) -> Document:
    document = send.facts.draft.documents[index]
    template = document.template
    if template is None:
        return document
    path = document.path if document.path and Path(document.path).is_file() else ""
    if not template.has_values:
        kept = send.stores.values.get(send.id).get(index)
        if kept is not None:
            template = replace(template, fields=kept.fields).with_tables(kept.tables)
    return replace(document, path=path, template=template)


def _wanted(template: TemplateFilling | None, fields: tuple[tuple[str, str], ...]) -> Iterator[WantedText]:
    """Yield the text to be found for each form value, with its position if it is known."""
    known = {} if template is None else {wanted.name: wanted for wanted in template.wanted}
    for name, value in fields:
        one = known.get(name)
        yield WantedText(name, value) if one is None else WantedText(name, value, one.page_number, one.rect)


def _path(send: SendContext, index: int) -> Path:
    return send.stores.snapshots.path(send.id, f"made-{index}.pdf")


def _fetch(send: SendContext, index: int) -> Path:
    """Download the file from the URL that was returned with it or, if that has expired, from a new URL."""
    target = _path(send, index)
    make_private_dir(target.parent)
    target.unlink(missing_ok=True)
    told = send.made_urls.pop(index, "")
    if told:
        try:
            send.client.download(told, target, cancel=send.cancel)
        except StorageRefused:
            # The URL is valid for only an hour.
            pass
        else:
            return target

    def fetch() -> None:
        url = send.client.document_url(send.facts.doc_ids[index])
        send.client.download(url, target, cancel=send.cancel)

    send.repeat(fetch)
    return target
