"""List, rename and remove templates, add them by id, draw form fields, and restore templates from the ledger."""

from __future__ import annotations

import shutil
import threading
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from esign_desktop.atomic_files import atomic_target
from esign_desktop.domain.disk_errors import disk_errors
from esign_desktop.domain.errors import InputError, PdfError, StoreError
from esign_desktop.domain.forms import PdfFormField, filling_of_template, template_fields
from esign_desktop.domain.templates import FieldFault, Template, TemplateForm, field_faults
from esign_desktop.pdf.isolated.forms import list_form_fields
from esign_desktop.services.templates.making import TEMPLATE, home_of, keep_pdf, place_of
from esign_desktop.store.files.paths import make_private_dir

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from esign_desktop.domain.document import Document
    from esign_desktop.domain.environment import Environment
    from esign_desktop.domain.preset.preset import PresetHome
    from esign_desktop.domain.templates import TemplateField
    from esign_desktop.services.editing.documents import DocumentService
    from esign_desktop.store.files.ledger import Ledger
    from esign_desktop.store.files.preset_files import PresetFiles
    from esign_desktop.store.tables.templates import Templates

MAX_ID_CHARACTERS: Final = 200
MAX_NAME_CHARACTERS: Final = 100
_DRAWN_KEPT_MS: Final = 24 * 3600 * 1000


class TemplateService:
    """The templates of this installation, in all environments.

    Its calls block, and may raise StoreError or PdfError.
    """

    def __init__(
        self,
        templates: Templates,
        ledger: Ledger,
        files: PresetFiles,
        documents: DocumentService,
        drawn_folder: Path,
        copies_folder: Path,
        *,
        environment: Callable[[], Environment],
        clock_ms: Callable[[], int],
        list_fields: Callable[[Path], tuple[PdfFormField, ...]] = list_form_fields,
    ) -> None:
        self._templates = templates
        self._ledger = ledger
        self._files = files
        self._documents = documents
        self._folder = drawn_folder
        self._copies = copies_folder
        self._environment = environment
        self._clock_ms = clock_ms
        self._list_fields = list_fields
        self._lock = threading.RLock()

    def list(self) -> tuple[Template, ...]:
        """Return the listed templates, newest first. A template without an id is an attempt that received no response.

        Data that is missing from the database is read from the template's stored PDF, if there is one.
        """
        return tuple(self._completed(template) for template in self._templates.list())

    def here(self) -> tuple[Template, ...]:
        """Return the templates that exist in the current environment, newest first."""
        home = home_of(self._environment())
        return tuple(template for template in self.list() if template.is_made and template.home == home)

    def get(self, home: PresetHome, template_id: str) -> Template | None:
        """Return the template with this id, even if it was removed from the list, or None if the id is unknown."""
        found = self._templates.get(home, template_id)
        return None if found is None else self._completed(found)

    def path_of(self, template: Template) -> Path:
        """Return the path of a template's stored PDF. Raises InputError ``template.no_pdf``."""
        if not template.sha256 or not self._files.has(template.sha256):
            raise InputError("template.no_pdf")
        return self._files.path(template.sha256)

    def open(self, template: Template) -> Document:
        """Open the stored PDF of a template for display. Raises the errors of ``path_of``."""
        return replace(self._documents.open(self.path_of(template)), name=template.name)

    def use(self, template: Template) -> Document:
        """Open a copy of a template's PDF as a document of a draft, and prepare its form for the user's values.

        The draft needs its own copy, because the user may remove the template. Raises the errors of ``path_of``.
        """
        source, target = self.path_of(template), self._copies / f"{uuid4().hex}.pdf"
        make_private_dir(self._copies)
        with disk_errors(), atomic_target(target) as scratch:
            shutil.copyfile(source, scratch)
        return replace(self._documents.open(target), name=template.name, template=filling_of_template(template))

    def close(self, document: Document) -> None:
        """Close a document that ``open`` or ``draw`` has opened."""
        self._documents.close(document.id)

    def rename(self, template: Template, name: str) -> Template:
        """Rename a template on this computer, but not on the platform. Raises InputError ``template.no_name``."""
        name = _checked_name(name)
        self._templates.change(template, name=name)
        return self._stored(replace(template, name=name))

    def change_fields(self, template: Template, fields: Sequence[TemplateField]) -> Template:
        """Store the kinds, labels and examples of a template's fields, which the PDF does not contain."""
        self._templates.change(template, form=TemplateForm(template.pages, tuple(fields)))
        return self._stored(replace(template, fields=tuple(fields)))

    def remove(self, template: Template) -> None:
        """Remove a template from the list, and delete its PDF. The template remains on the platform."""
        with self._lock:
            self._templates.unlist(template)
            self.sweep()

    def add(self, template_id: str, name: str, pdf: Path | None = None) -> Template:
        """Add a template of the current environment to the list by its id.

        ``pdf`` is the PDF from which the template was created, or None if it is not available. Raises InputError
        ``template.bad_id``, ``template.no_name`` or ``template.listed``, and the errors of ``take_pdf``.
        """
        template_id, name = template_id.strip(), _checked_name(name)
        if not (0 < len(template_id) <= MAX_ID_CHARACTERS and template_id.isprintable() and " " not in template_id):
            raise InputError("template.bad_id")
        home = home_of(self._environment())
        if any(other.home == home and other.template_id == template_id for other in self._templates.list()):
            raise InputError("template.listed")
        template = Template(template_id, home, name, made_at_ms=self._clock_ms())
        return self._save(template) if pdf is None else self._with_pdf(template, pdf, self._save)

    def take_pdf(self, template: Template, pdf: Path) -> Template:
        """Store the PDF from which a template was created, and the fields of the PDF's form.

        Raises InputError ``document.missing``, ``template.no_text_field`` or ``template.too_large``.
        """

        def store(found: Template) -> Template:
            form = TemplateForm(found.pages, found.fields)
            self._templates.change(template, form=form, sha256=found.sha256)
            return self._stored(found)

        return self._with_pdf(template, pdf, store)

    def _with_pdf(self, template: Template, pdf: Path, store: Callable[[Template], Template]) -> Template:
        document = self._documents.open(pdf)
        try:
            fields = template_fields(self._list_fields(pdf))
            if not fields:
                raise InputError("template.no_text_field")
            with self._lock:
                keep_pdf(self._files, pdf, document.sha256)
                return store(replace(template, sha256=document.sha256, pages=document.pages, fields=fields))
        finally:
            self._documents.close(document.id)

    def draw(self, document: Document, fields: Sequence[TemplateField]) -> Document:
        """Add text fields to a copy of an open document, and open the copy.

        If any field is invalid, the copy is not written. Raises InputError ``template.no_fields`` or
        ``template.bad_field`` (with ``reason``, ``name`` and ``page_number``). Raises PdfError ``pdf.signed``,
        ``pdf.form_failed``, or ``pdf.no_glyphs`` if the form's font lacks characters of an example.
        """
        if not fields:
            raise InputError("template.no_fields")
        taken = {field.name for field in self._list_fields(Path(document.path))}
        same = ((index, FieldFault.SAME_NAME) for index, field in enumerate(fields) if field.name in taken)
        for index, fault in (*field_faults(fields, document.pages), *same):
            one = fields[index]
            raise InputError("template.bad_field", reason=fault.value, name=one.name, page_number=one.page_number or 0)
        make_private_dir(self._folder)
        self._sweep_drawn()
        target = self._folder / f"{uuid4().hex}.pdf"
        try:
            drawn = self._documents.write_form(document.id, tuple(fields), target)
            told = {field.name for field in template_fields(self._list_fields(target))}
            if not told >= {field.name for field in fields}:
                self._documents.close(drawn.id)
                raise PdfError("pdf.form_failed", "fields")
        except BaseException:
            target.unlink(missing_ok=True)
            raise
        return replace(drawn, name=document.name)

    def discard_drawn(self, document: Document) -> None:
        """Close a document that ``draw`` has opened, and delete its file.

        A template that was created from the document has its own copy of the file.
        """
        self._documents.close(document.id)
        with suppress(OSError):
            Path(document.path).unlink(missing_ok=True)

    def restore(self) -> int:
        """Add templates that are in the ledger but not in the database to the list, and return the number added."""
        return bring_templates_back(self._ledger, self._templates)

    def sweep(self) -> None:
        """Delete the PDFs that no listed template uses."""
        with self._lock:
            self._files.sweep({template.sha256 for template in self._templates.list() if template.sha256})

    def _sweep_drawn(self) -> None:
        """Delete drawn forms left by a crash."""
        with suppress(OSError):
            for path in self._folder.glob("*.pdf"):
                if path.stat().st_mtime * 1000 < self._clock_ms() - _DRAWN_KEPT_MS:
                    path.unlink(missing_ok=True)

    def _save(self, template: Template) -> Template:
        self._templates.save(template)
        return template

    def _stored(self, template: Template) -> Template:
        """Return the stored version of the template, or the given template if it is no longer stored."""
        return self._templates.get(template.home, template.template_id) or template

    def _completed(self, template: Template) -> Template:
        """Return the template, without pages if its PDF is missing.

        If the database lacks data of the template, read it from the PDF if possible.
        """
        if not template.sha256 or not self._files.has(template.sha256):
            return replace(template, pages=())
        if template.pages:
            return template
        with suppress(InputError, PdfError, StoreError):
            path = self.path_of(template)
            document = self._documents.open(path)
            self._documents.close(document.id)
            fields = template_fields(self._list_fields(path))
            template = replace(template, pages=document.pages, fields=fields)
            self._templates.change(template, form=TemplateForm(template.pages, template.fields))
        return template


def _checked_name(name: str) -> str:
    name = " ".join(name.split())[:MAX_NAME_CHARACTERS]
    if not name:
        raise InputError("template.no_name")
    return name


def bring_templates_back(ledger: Ledger, templates: Templates) -> int:
    """Add templates that are in the ledger but not in the database, and return the number added. Raises StoreError."""
    count = 0
    for entry in ledger.read():
        values = entry.values
        if entry.kind != TEMPLATE:
            continue
        home = place_of(values)
        if home is None or templates.get(home, str(values["template_id"])) is not None:
            continue
        sha256 = str(values["sha256"])
        templates.save(Template(str(values["template_id"]), home, "", sha256, made_at_ms=entry.at_ms))
        count += 1
    return count
