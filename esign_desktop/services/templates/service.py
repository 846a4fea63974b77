"""The list of templates: named, added by their id, drawn on PDFs, and told of when the platform does not know them."""

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
from esign_desktop.domain.templates import FieldFault, Template, field_faults
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
    """The templates of this installation, of every environment. Calls block. Raises StoreError, PdfError."""

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
        """Return what is on the list, the newest first; those without an id are tries whose answer was lost.

        What the database lacks of a template is read from its PDF, if that is kept.
        """
        return tuple(self._completed(one) for one in self._templates.list())

    def here(self) -> tuple[Template, ...]:
        """Return the templates of the environment in use that were made, the newest first."""
        home = home_of(self._environment())
        return tuple(one for one in self.list() if one.is_made and one.home == home)

    def get(self, home: PresetHome, template_id: str) -> Template | None:
        """Return a template by its id, also one that was taken off the list; None where nothing is known of it."""
        found = self._templates.get(home, template_id)
        return None if found is None else self._completed(found)

    def path_of(self, template: Template) -> Path:
        """Return where its PDF lies. Raises InputError ``template.no_pdf``."""
        if not template.sha256 or not self._files.has(template.sha256):
            raise InputError("template.no_pdf")
        return self._files.path(template.sha256)

    def open(self, template: Template) -> Document:
        """Open its PDF to be drawn. Raises as ``path_of``."""
        return replace(self._documents.open(self.path_of(template)), name=template.name)

    def use(self, template: Template) -> Document:
        """Open a copy of its PDF as a document that the platform makes of it, with its form to be filled in.

        The copy is a draft's own: the template may be taken off the list. Raises as ``path_of``.
        """
        source, target = self.path_of(template), self._copies / f"{uuid4().hex}.pdf"
        make_private_dir(self._copies)
        with disk_errors(), atomic_target(target) as scratch:
            shutil.copyfile(source, scratch)
        return replace(self._documents.open(target), name=template.name, template=filling_of_template(template))

    def fields_of(self, document: Document) -> tuple[TemplateField, ...]:
        """Return the fields of an open document's own form; mostly it has none. Raises PdfError."""
        return template_fields(self._list_fields(Path(document.path)))

    def close(self, document: Document) -> None:
        """Let a document of ``open`` or ``draw`` go."""
        self._documents.close(document.id)

    def rename(self, template: Template, name: str) -> Template:
        """Call it otherwise here; the platform keeps its name. Raises InputError ``template.no_name``."""
        return self._save(replace(template, name=_checked_name(name)))

    def change_fields(self, template: Template, fields: Sequence[TemplateField]) -> Template:
        """Keep what is known of its fields besides the PDF: kinds, labels, examples."""
        return self._save(replace(template, fields=tuple(fields)))

    def remove(self, template: Template) -> None:
        """Take it off the list, with its PDF; the platform keeps it."""
        with self._lock:
            self._templates.unlist(template)
            self.sweep()

    def add(self, template_id: str, name: str, pdf: Path | None = None) -> Template:
        """Put a template of the environment in use on the list, with the PDF that it was made of if that is there.

        Raises InputError ``template.bad_id``, ``template.no_name``, ``template.listed``, and as ``take_pdf``.
        """
        template_id, name = template_id.strip(), _checked_name(name)
        if not (0 < len(template_id) <= MAX_ID_CHARACTERS and template_id.isprintable() and " " not in template_id):
            raise InputError("template.bad_id")
        home = home_of(self._environment())
        if any(one.home == home and one.template_id == template_id for one in self._templates.list()):
            raise InputError("template.listed")
        template = Template(template_id, home, name, made_at_ms=self._clock_ms())
        return self._save(template) if pdf is None else self.take_pdf(template, pdf)

    def take_pdf(self, template: Template, pdf: Path) -> Template:
        """Keep the PDF that a template was made of, and what its form tells.

        Raises InputError ``document.missing``, ``template.no_text_field``, ``template.too_large``.
        """
        document = self._documents.open(pdf)
        try:
            fields = template_fields(self._list_fields(pdf))
            if not fields:
                raise InputError("template.no_text_field")
            with self._lock:
                keep_pdf(self._files, pdf, document.sha256)
                return self._save(replace(template, sha256=document.sha256, pages=document.pages, fields=fields))
        finally:
            self._documents.close(document.id)

    def draw(self, document: Document, fields: Sequence[TemplateField]) -> Document:
        """Write fields into a copy of an open document, as text fields of a form, and open the copy.

        Nothing is written as long as a field can't be. Raises InputError ``template.no_fields``,
        ``template.bad_field`` with ``reason``, ``name`` and ``page_number``; PdfError ``pdf.signed``,
        ``pdf.no_glyphs`` for an example whose characters the form's font lacks, ``pdf.form_failed``.
        """
        if not fields:
            raise InputError("template.no_fields")
        taken = {one.name for one in self._list_fields(Path(document.path))}
        same = ((index, FieldFault.SAME_NAME) for index, one in enumerate(fields) if one.name in taken)
        for index, fault in (*field_faults(fields, document.pages), *same):
            one = fields[index]
            raise InputError("template.bad_field", reason=fault.value, name=one.name, page_number=one.page_number or 0)
        make_private_dir(self._folder)
        self._sweep_drawn()
        target = self._folder / f"{uuid4().hex}.pdf"
        try:
            drawn = self._documents.write_form(document.id, tuple(fields), target)
            told = {one.name for one in template_fields(self._list_fields(target))}
            if not told >= {one.name for one in fields}:
                self._documents.close(drawn.id)
                raise PdfError("pdf.form_failed", "fields")
        except BaseException:
            target.unlink(missing_ok=True)
            raise
        return replace(drawn, name=document.name)

    def discard_drawn(self, document: Document) -> None:
        """Close a document of ``draw`` and delete its file; what became a template is kept elsewhere."""
        self._documents.close(document.id)
        with suppress(OSError):
            Path(document.path).unlink(missing_ok=True)

    def bring_back(self) -> int:
        """Put templates on the list that the ledger knows and the database has lost; return how many."""
        count = 0
        for entry in self._ledger.read():
            values = entry.values
            if entry.kind != TEMPLATE:
                continue
            home = place_of(values)
            if home is None or self._templates.get(home, str(values["template_id"])) is not None:
                continue
            sha256 = str(values["sha256"])
            self._templates.save(Template(str(values["template_id"]), home, "", sha256, made_at_ms=entry.at_ms))
            count += 1
        return count

    def sweep(self) -> None:
        """Delete PDFs that belong to no template on the list."""
        with self._lock:
            self._files.sweep({one.sha256 for one in self._templates.list() if one.sha256})

    def _sweep_drawn(self) -> None:
        """Delete drawn forms that a crash left behind."""
        with suppress(OSError):
            for path in self._folder.glob("*.pdf"):
                if path.stat().st_mtime * 1000 < self._clock_ms() - _DRAWN_KEPT_MS:
                    path.unlink(missing_ok=True)

    def _save(self, template: Template) -> Template:
        self._templates.save(template)
        return template

    def _completed(self, template: Template) -> Template:
        """Read from the kept PDF what the database does not know; a file that can't be read tells nothing."""
        if template.pages or not template.sha256:
            return template
        with suppress(InputError, PdfError, StoreError):
            path = self.path_of(template)
            document = self._documents.open(path)
            self._documents.close(document.id)
            fields = template_fields(self._list_fields(path))
            template = replace(template, pages=document.pages, fields=fields)
            if template.is_made:
                self._templates.save(template)
        return template


def _checked_name(name: str) -> str:
    name = " ".join(name.split())[:MAX_NAME_CHARACTERS]
    if not name:
        raise InputError("template.no_name")
    return name
