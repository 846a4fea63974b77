"""Create platform templates from PDFs that contain a form.

The platform returns a template's id only once. The id is therefore saved in the database and the ledger before it is
used. If the response is lost, the template may have been created, so the request is repeated only if the user asks for
it.
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
from esign_desktop.domain.disk_errors import disk_error
from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.domain.errors import ApiError, Cancelled, CancelToken, InputError, StoreError
from esign_desktop.domain.forms import PdfFormField, template_fields
from esign_desktop.domain.preset.preset import PresetHome
from esign_desktop.domain.templates import Template, TemplateField, TemplateForm
from esign_desktop.pdf.isolated.forms import list_form_fields
from esign_desktop.services.exclusive import Exclusive
from esign_desktop.store.tables.templates import TemplateRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from esign_desktop.api.client import PlatformClient
    from esign_desktop.domain.document import Document
    from esign_desktop.services.editing.documents import DocumentService
    from esign_desktop.services.editing.snapshots import Snapshot, Snapshots
    from esign_desktop.store.files.ledger import Ledger
    from esign_desktop.store.files.preset_files import PresetFiles
    from esign_desktop.store.tables.templates import Templates


MAX_PDF_BYTES: Final = 100 * 1024 * 1024

TEMPLATE: Final = "template"
"""The kind of a ledger line that contains a template's id and the SHA-256 of its PDF."""


@dataclass(frozen=True, slots=True)
class TemplateLook:
    """The information that the user sees before a template is created.

    ``earlier`` is an earlier attempt to create a template from the same file in this environment, or None.
    """

    environment: Environment
    sha256: str
    fields: tuple[PdfFormField, ...]
    earlier: TemplateRecord | None = None


class TemplateMaker:
    """A service that creates templates, one at a time.

    Its calls block while the disk, the network and the process that reads the form are used. The PDF of a listed
    template is stored, so that its pages can be displayed and the template can be created again in another environment.
    """

    def __init__(
        self,
        templates: Templates,
        ledger: Ledger,
        documents: DocumentService,
        snapshots: Snapshots,
        files: PresetFiles,
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
        self._files = files
        self._environment = environment
        self._client_for = client_for
        self._clock_ms = clock_ms
        self._list_fields = list_fields
        self._exclusive = Exclusive("template.busy")

    def look(self, document: Document) -> TemplateLook:
        """Return the form fields of an open document, with any earlier attempt to create a template from it.

        Raises InputError ``document.missing`` or ``document.changed``, PdfError ``pdf.form_unreadable`` or
        ``pdf.too_slow``, and StoreError.
        """
        sha256 = self._documents.complete(document).sha256
        if self._documents.current_sha256(document) != sha256:
            raise InputError("document.changed", document_id=document.id)
        fields, environment = self._list_fields(Path(document.path)), self._environment()
        return TemplateLook(environment, sha256, fields, self._known(home_of(environment), sha256))

    def make(
        self,
        document: Document,
        look: TemplateLook,
        *,
        name: str = "",
        fields: tuple[TemplateField, ...] = (),
        on_progress: Callable[[int, int], None] | None = None,
        cancel: CancelToken | None = None,
        anew: bool = False,
    ) -> Template:
        """Create a template from an open document, or return the template that was created from it earlier.

        ``fields`` adds details to the fields of the PDF's form. ``on_progress`` receives the number of bytes sent and
        the total number of bytes. The call can be cancelled until the request to create the template is sent. If
        ``anew`` is True, a template is created even if an earlier attempt received no response.

        Raises InputError ``template.no_text_field``, ``template.busy``, ``template.other_environment`` if the
        environment was changed after ``look``, ``template.outcome_unknown`` if an earlier attempt received no response,
        ``template.too_large``, ``document.missing`` or ``document.changed``. Raises OutcomeUnknown
        ``template.answer_lost`` if this attempt may have created a template. Raises ApiError, StoreError or Cancelled.
        """
        environment, cancel = self._environment(), cancel or CancelToken()
        home = home_of(environment)
        if home != home_of(look.environment):
            raise InputError("template.other_environment")
        name, form = name or document.name, _form(document, look, fields)
        if not form.fields:
            raise InputError("template.no_text_field")
        with self._exclusive():
            earlier = self._known(home, look.sha256)
            if earlier is not None and earlier.is_made:
                return self._listed(home, earlier, name, form, Path(document.path))
            if earlier is not None and not anew:
                raise InputError("template.outcome_unknown")
            folder = uuid4().hex
            with self._snapshots.held(folder):
                opened = replace(document, sha256=look.sha256)
                snapshot = self._snapshots.take(folder, "0.pdf", opened, between_pieces=cancel.raise_if_cancelled)
                client = self._client_for(environment)
                source = self._snapshots.path(folder, snapshot.file_name)
                # Store the PDF first: a template without a stored PDF must not be created.
                keep_pdf(self._files, source, look.sha256)
                file_key = self._upload(client, document, snapshot, source, on_progress, cancel)
                record = self._templates.begin(home, snapshot.sha256, self._clock_ms(), name=name, form=form)
                template_id = self._create(client, record, home, file_key, name)
                if not self._files.has(look.sha256):
                    # Another template with this PDF was removed meanwhile, and the PDF was deleted with it.
                    keep_pdf(self._files, source, look.sha256)
            made = Template(template_id, home, name, look.sha256, form.pages, form.fields, record.changed_at_ms)
            return self._templates.get(home, template_id) or made

    def _listed(
        self, home: PresetHome, record: TemplateRecord, name: str, form: TemplateForm, source: Path
    ) -> Template:
        """Return an earlier template, after adding it to the list if necessary. Known data is kept."""
        known = self._templates.get(home, record.template_id)
        if known is not None and known.name and known.pages:
            self._templates.save(known)
            return known
        keep_pdf(self._files, source, record.sha256)
        made_at_ms = record.changed_at_ms
        found = Template(record.template_id, home, name, record.sha256, form.pages, form.fields, made_at_ms)
        self._templates.save(found)
        return found

    def _upload(
        self,
        client: PlatformClient,
        document: Document,
        snapshot: Snapshot,
        source: Path,
        on_progress: Callable[[int, int], None] | None,
        cancel: CancelToken,
    ) -> str:
        """Upload the file, and return its key. If the upload URL has expired, request a new one."""
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

    def _create(
        self, client: PlatformClient, record: TemplateRecord, home: PresetHome, file_key: str, name: str
    ) -> str:
        try:
            answer = client.post(wire.CREATE_TEMPLATE_PATH, wire.build_template(file_key, name))
            template_id = wire.parse_template_id(answer)
            if self._ledger.find(template_id):
                # The signature of an answer does not identify its request: the id belongs to another file's template.
                raise OutcomeUnknown("api.protocol", "the answer is about another template")
        except (NotSent, Refused, Cancelled):
            # These errors mean that no template was created.
            self._templates.drop(record.id)
            raise
        except OutcomeUnknown as error:
            raise OutcomeUnknown("template.answer_lost", error.code) from error
        # Database or ledger alone is enough to find the template again, so a failure of one does not stop the other.
        with suppress(StoreError):
            self._ledger.append(TEMPLATE, {**_place(home), "sha256": record.sha256, "template_id": template_id})
        self._templates.keep(record.id, template_id, self._clock_ms())
        return template_id

    def _known(self, home: PresetHome, sha256: str) -> TemplateRecord | None:
        """Return the record of a file. If the database lacks it, complete it from the ledger."""
        record = self._templates.find(home, sha256)
        if record is not None and record.is_made:
            return record
        place = _place(home)
        for entry in reversed(self._ledger.find(sha256)):
            values = entry.values
            if entry.kind == TEMPLATE and all(values.get(key) == value for key, value in place.items()):
                known = self._templates.get(home, str(values["template_id"]))
                if known is not None and known.is_gone:
                    continue
                record = record or self._templates.begin(home, sha256, entry.at_ms)
                self._templates.keep(record.id, str(values["template_id"]), entry.at_ms)
                return self._templates.find(home, sha256)
        return record


def home_of(environment: Environment) -> PresetHome:
    """Return the kind and project of an environment, which determine where template ids are valid."""
    return PresetHome(environment.kind, environment.project_id)


def place_of(values: Mapping[str, object]) -> PresetHome | None:
    """Return the environment and project in the values of a ledger entry, or None if either is missing."""
    try:
        return PresetHome(EnvironmentKind(str(values["environment"])), str(values["project_id"]))
    except (KeyError, ValueError):
        return None


def keep_pdf(files: PresetFiles, source: Path, sha256: str) -> None:
    """Copy the PDF of a template into the stored files.

    Raises InputError ``template.too_large``, ``document.changed`` or ``document.missing``, and StoreError.
    """
    try:
        with source.open("rb") as file:
            files.keep(file, sha256, max_bytes=MAX_PDF_BYTES)
    except FileNotFoundError:
        raise InputError("document.missing") from None
    except OSError as error:
        raise disk_error(error) from error
    except StoreError as error:
        if error.code == "store.preset_too_large":
            raise InputError("template.too_large") from None
        if error.code == "store.preset_file_changed":
            raise InputError("document.changed") from None
        raise


def _form(document: Document, look: TemplateLook, fields: tuple[TemplateField, ...]) -> TemplateForm:
    told = {field.name: field for field in fields}
    return TemplateForm(document.pages, tuple(told.get(field.name, field) for field in template_fields(look.fields)))


def _place(home: PresetHome) -> dict[str, str]:
    return {"environment": home.environment.value, "project_id": home.project_id}
