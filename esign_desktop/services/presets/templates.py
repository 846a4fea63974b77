"""Makes templates at the platform from PDFs with a form.

The platform tells a template's id once, and can't be asked for it, so it is saved in database and ledger before it is
used. The call that makes one is repeated only if the person says so: after a lost answer, one may have been made.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from esign_desktop.api import wire
from esign_desktop.api.errors import NotSent, OutcomeUnknown, Refused
from esign_desktop.api.upload import with_fresh_addresses
from esign_desktop.domain.cancel import CancelToken
from esign_desktop.domain.environment import Environment
from esign_desktop.domain.errors import ApiError, Cancelled, InputError, StoreError
from esign_desktop.domain.forms import PdfFormField, template_fields
from esign_desktop.domain.preset.preset import PlatformTemplate, PresetHome
from esign_desktop.pdf.isolated.forms import list_form_fields
from esign_desktop.services.exclusive import Exclusive
from esign_desktop.store.tables.templates import TemplateRecord

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.api.client import PlatformClient
    from esign_desktop.domain.document import Document
    from esign_desktop.services.editing.documents import DocumentService
    from esign_desktop.services.editing.snapshots import Snapshot, Snapshots
    from esign_desktop.store.files.ledger import Ledger
    from esign_desktop.store.tables.templates import Templates


TEMPLATE: Final = "template"
"""A line of the ledger: a template's id, and the content that it was made of."""


@dataclass(frozen=True, slots=True)
class TemplateLook:
    """What a person has to know first: environment, form fields, and an earlier try with the same file (``sha256``)."""

    environment: Environment
    sha256: str
    fields: tuple[PdfFormField, ...]
    earlier: TemplateRecord | None = None


class TemplateService:
    """One template at a time. Calls block for disk, network and a process that reads the form."""

    def __init__(
        self,
        templates: Templates,
        ledger: Ledger,
        documents: DocumentService,
        snapshots: Snapshots,
        *,
        environment: Callable[[], Environment],
        client_for: Callable[[Environment], PlatformClient],
        clock_ms: Callable[[], int],
        list_fields: Callable[[Path], tuple[PdfFormField, ...]] = list_form_fields,
    ) -> None:
        self._templates = templates
        self._ledger = ledger
        self._documents = documents
        self._snapshots = snapshots
        self._environment = environment
        self._client_for = client_for
        self._clock_ms = clock_ms
        self._list_fields = list_fields
        self._exclusive = Exclusive("template.busy")

    def look(self, document: Document) -> TemplateLook:
        """Read the form of an open document, and what is known about it in the environment in use.

        Raises InputError ``document.missing``, ``document.changed`` and ``template.no_text_field``; PdfError
        ``pdf.form_unreadable`` and ``pdf.too_slow``; StoreError.
        """
        sha256 = self._documents.complete(document).sha256
        if self._documents.current_sha256(document) != sha256:
            raise InputError("document.changed", document_id=document.id)
        fields = self._list_fields(Path(document.path))
        if not template_fields(fields):
            raise InputError("template.no_text_field")
        environment = self._environment()
        return TemplateLook(environment, sha256, fields, self._known(_home(environment), sha256))

    def make(
        self,
        document: Document,
        look: TemplateLook,
        *,
        on_progress: Callable[[int, int], None] | None = None,
        cancel: CancelToken | None = None,
        anew: bool = False,
    ) -> PlatformTemplate:
        """Return the file's template, made now or before; ``on_progress`` gets bytes sent and bytes in all.

        It can be cancelled until the platform is asked to make it. ``anew`` makes one although an earlier try had no
        answer. Raises InputError ``template.busy``, ``template.other_environment`` when another environment is in use
        by now, ``template.outcome_unknown`` for an earlier try without an answer, ``document.missing`` and
        ``document.changed``; ApiError, of which OutcomeUnknown ``template.answer_lost`` says that this try may have
        made one; StoreError; Cancelled.
        """
        environment, cancel = self._environment(), cancel or CancelToken()
        home = _home(environment)
        if home != _home(look.environment):
            raise InputError("template.other_environment")
        with self._exclusive():
            earlier = self._known(home, look.sha256)
            if earlier is not None and earlier.is_made:
                return PlatformTemplate(earlier.template_id, template_fields(look.fields))
            if earlier is not None and not anew:
                raise InputError("template.outcome_unknown")
            folder = uuid4().hex
            with self._snapshots.held(folder):
                opened = replace(document, sha256=look.sha256)
                snapshot = self._snapshots.take(folder, 0, opened, between_pieces=cancel.raise_if_cancelled)
                client = self._client_for(environment)
                source = self._snapshots.path(folder, snapshot.file_name)
                file_key = self._upload(client, document, snapshot, source, on_progress, cancel)
                template_id = self._create(client, home, snapshot, file_key, document.name)
            return PlatformTemplate(template_id, template_fields(look.fields))

    def _upload(
        self,
        client: PlatformClient,
        document: Document,
        snapshot: Snapshot,
        source: Path,
        on_progress: Callable[[int, int], None] | None,
        cancel: CancelToken,
    ) -> str:
        """Upload the file, to a fresh address if one has expired; return its key."""
        name = document.name if document.name.lower().endswith(".pdf") else f"{document.name}.pdf"
        body = wire.build_upload_url(name, snapshot.size_bytes, snapshot.md5_base64)

        def upload() -> str:
            cancel.raise_if_cancelled()
            slot = wire.parse_upload_slot(client.post(wire.UPLOAD_URL_PATH, body, cancel=cancel))
            client.upload(slot.upload_url, source, snapshot.md5_base64, on_progress=on_progress, cancel=cancel)
            return slot.file_key

        try:
            return with_fresh_addresses(upload)
        except ApiError as error:
            if cancel.is_cancelled:
                raise Cancelled from error
            raise

    def _create(self, client: PlatformClient, home: PresetHome, snapshot: Snapshot, file_key: str, name: str) -> str:
        record = self._templates.begin(home, snapshot.sha256, self._clock_ms())
        try:
            answer = client.post(wire.CREATE_TEMPLATE_PATH, wire.build_template(file_key, name))
            template_id = wire.parse_template_id(answer)
            if self._ledger.find(template_id):
                # The answer's signature does not bind it to this call: the id is of another file's template.
                raise OutcomeUnknown("api.protocol", "the answer is about another template")
        except (NotSent, Refused, Cancelled):
            # In these cases certainly nothing was made.
            self._templates.drop(record.id)
            raise
        except OutcomeUnknown as error:
            raise OutcomeUnknown("template.answer_lost", error.code) from error
        # Either of the two is enough to find it again, so if one fails the other is written all the same.
        with suppress(StoreError):
            self._ledger.append(TEMPLATE, {**_place(home), "sha256": snapshot.sha256, "template_id": template_id})
        self._templates.keep(record.id, template_id, self._clock_ms())
        return template_id

    def _known(self, home: PresetHome, sha256: str) -> TemplateRecord | None:
        """Return what is known about a file; what the database lacks is taken from the ledger."""
        record = self._templates.find(home, sha256)
        if record is not None and record.is_made:
            return record
        place = _place(home)
        for entry in reversed(self._ledger.find(sha256)):
            values = entry.values
            if entry.kind == TEMPLATE and all(values.get(key) == value for key, value in place.items()):
                record = record or self._templates.begin(home, sha256, entry.at_ms)
                self._templates.keep(record.id, str(values["template_id"]), entry.at_ms)
                return self._templates.find(home, sha256)
        return record


def _home(environment: Environment) -> PresetHome:
    return PresetHome(environment.kind, environment.project_id)


def _place(home: PresetHome) -> dict[str, str]:
    return {"environment": home.environment.value, "project_id": home.project_id}
