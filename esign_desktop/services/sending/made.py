"""What the platform made of templates, looked at before start: nobody is to sign what was filled in wrongly.

The comparison can be repeated as often as a send is taken up again, until a step says that what was made is as it is to
be: because nothing differs, or on a person's word.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from esign_desktop.api.errors import StorageRefused
from esign_desktop.domain.document import Document
from esign_desktop.domain.errors import ApiError, PdfError
from esign_desktop.domain.submission import SubmissionState
from esign_desktop.pdf.isolated.made import WantedText, look_at_made
from esign_desktop.services.sending.facts import MadeFinding
from esign_desktop.store.files.paths import make_private_dir

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esign_desktop.domain.document import TemplateFilling
    from esign_desktop.services.sending.send import SendContext

VALUES_GONE: Final = "submission.values_gone"
"""What was typed is not known here any more: the send was interrupted, and values are kept only with a keyring."""


@dataclass(frozen=True, slots=True)
class MadeDocument:
    """A document that the platform made of a template, and what was found when it was compared.

    ``document`` is filled in as it was, unless nobody knows that any more; its path is that of the PDF which the
    template was made of, empty where there is none here. ``path`` is the file as it was fetched, None where it could
    not be.
    """

    document: Document
    path: Path | None = field(repr=False)
    finding: MadeFinding


def accepts_made(send: SendContext) -> bool:
    """Whether what was made is as it is to be. Otherwise the send is left MADE, for a person to decide.

    Raises ApiError when the platform can't be reached, StoreError, Cancelled.
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
    """Return which documents the platform makes."""
    return tuple(index for index, one in enumerate(send.facts.draft.documents) if one.template is not None)


def made_documents(send: SendContext) -> tuple[MadeDocument, ...]:
    """Return what is to be looked at; a file that is not here is fetched again, if that can be. Blocks."""
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
    """Fetch and compare; what can't be had or read for good counts as different."""
    document = send.facts.draft.documents[index]
    fields = _fields(send, index)
    expected = document.page_count
    try:
        made = look_at_made(_fetch(send, index), tuple(_wanted(document.template, fields)))
    except PdfError as error:
        return MadeFinding(expected_page_count=expected, unread=error.code)
    except ApiError as error:
        if error.retryable:
            raise
        return MadeFinding(expected_page_count=expected, unread=error.code)
    missing = tuple(name for (name, _), is_there in zip(fields, made.found, strict=True) if not is_there)
    gone = VALUES_GONE if not fields and send.facts.filled_counts.get(index) else ""
    return MadeFinding(missing, made.page_count, expected, gone)


def _fields(send: SendContext, index: int) -> tuple[tuple[str, str], ...]:
    """Return what a form was filled with: the journal keeps it only until the contract is made."""
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
            template = replace(template, fields=kept.fields, tables=kept.tables)
    return replace(document, path=path, template=template)


def _wanted(template: TemplateFilling | None, fields: tuple[tuple[str, str], ...]) -> Iterator[WantedText]:
    """Yield what is to be read, where it is known: a field may be seen nowhere, or nobody knows of it."""
    known = {} if template is None else {one.name: one for one in template.wanted}
    for name, value in fields:
        one = known.get(name)
        yield WantedText(name, value) if one is None else WantedText(name, value, one.page_number, one.rect)


def _path(send: SendContext, index: int) -> Path:
    return send.stores.snapshots.path(send.id, f"made-{index}.pdf")


def _fetch(send: SendContext, index: int) -> Path:
    """Bring the file here: from the address that came with it, or, once that is gone, from a fresh one."""
    target = _path(send, index)
    make_private_dir(target.parent)
    target.unlink(missing_ok=True)
    told = send.made_urls.pop(index, "")
    if told:
        try:
            send.client.download(told, target, cancel=send.cancel)
        except StorageRefused:
            # It lives for an hour.
            pass
        else:
            return target

    def fetch() -> None:
        url = send.client.document_url(send.facts.doc_ids[index])
        send.client.download(url, target, cancel=send.cancel)

    send.repeat(fetch)
    return target
