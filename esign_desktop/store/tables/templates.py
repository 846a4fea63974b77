"""Templates on the platform: the data displayed in the list of templates, and attempts to create templates.

Attempts are identified by the content of the PDF. No API call lists templates, so this table is the only list.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.errors import StoreError
from esign_desktop.domain.preset.preset import PresetHome
from esign_desktop.domain.surrogates import replace_surrogates
from esign_desktop.domain.templates import Template, TemplateForm
from esign_desktop.store.codec import from_json, to_json

if TYPE_CHECKING:
    from typing import Any

    from esign_desktop.store.database.connection import Database
    from esign_desktop.store.database.handle import Connection

_COLUMNS: Final = "environment, project_id, sha256, template_id, changed_at_ms, name, form, is_gone, use_count"


@dataclass(frozen=True, slots=True)
class TemplateRecord:
    """An attempt to create a template. While ``template_id`` is empty, the result of the attempt is unknown."""

    id: str
    environment: EnvironmentKind
    project_id: str
    sha256: str
    template_id: str
    changed_at_ms: int

    @property
    def is_made(self) -> bool:
        """Whether the platform has returned the template's id."""
        return bool(self.template_id)


class Templates:
    """The table of templates and of attempts to create them.

    Changes are on disk when a call returns. Methods raise StoreError.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(
        self, home: PresetHome, sha256: str, at_ms: int, *, name: str = "", form: TemplateForm | None = None
    ) -> TemplateRecord:
        """Record an attempt to create a template, before the platform is called."""
        record = TemplateRecord(uuid4().hex, home.environment, home.project_id, sha256, "", at_ms)
        row = (record.id, record.environment.value, record.project_id, record.sha256, "", at_ms)
        self._database.execute(
            "INSERT INTO templates (id, environment, project_id, sha256, template_id, changed_at_ms, name, form)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (*row, replace_surrogates(name), _written(form)),
        )
        return record

    def keep(self, record_id: str, template_id: str, at_ms: int) -> None:
        """Record that an attempt succeeded, with the id that the platform returned."""
        values = (template_id, at_ms, record_id)
        self._database.execute("UPDATE templates SET template_id = ?, changed_at_ms = ? WHERE id = ?", values)

    def drop(self, record_id: str) -> None:
        """Delete an attempt that is known to have created no template."""
        self._database.execute("DELETE FROM templates WHERE id = ?", (record_id,))

    def find(self, home: PresetHome, sha256: str) -> TemplateRecord | None:
        """Return the latest template that was created from a PDF, or else the latest attempt to create one, or None.

        ``sha256`` is the digest of the PDF. Templates that the platform no longer knows are ignored.
        """
        rows = self._database.query(
            "SELECT id, template_id, changed_at_ms FROM templates"
            " WHERE environment = ? AND project_id = ? AND sha256 = ? AND NOT is_gone"
            " ORDER BY template_id = '', changed_at_ms DESC LIMIT 1",
            (*_place(home), sha256),
        )
        if not rows:
            return None
        record_id, template_id, changed_at_ms = rows[0]
        return TemplateRecord(record_id, home.environment, home.project_id, sha256, template_id, changed_at_ms)

    def list(self) -> tuple[Template, ...]:
        """Return the listed templates, latest first. Attempts whose response was lost are included, without an id."""
        rows = self._database.query(
            f"SELECT {_COLUMNS} FROM templates WHERE is_listed ORDER BY changed_at_ms DESC, id"  # noqa: S608
        )
        found = [_template(row) for row in rows]
        made = {(template.home, template.sha256) for template in found if template.is_made and template.sha256}
        # Omit attempts whose response was lost if a later attempt with the same content succeeded.
        return tuple(template for template in found if template.is_made or (template.home, template.sha256) not in made)

    def get(self, home: PresetHome, template_id: str) -> Template | None:
        """Return a template by its id, or None if the id is unknown. Templates no longer in the list are included."""
        rows = self._database.query(
            f"SELECT {_COLUMNS} FROM templates"  # noqa: S608
            " WHERE environment = ? AND project_id = ? AND template_id = ? AND template_id <> ''"
            " ORDER BY is_listed DESC, changed_at_ms DESC LIMIT 1",
            (*_place(home), template_id),
        )
        return _template(rows[0]) if rows else None

    def save(self, template: Template) -> None:
        """Store a template's name, form, content hash and ``is_gone``, and list the template.

        An unknown template is added.
        """
        form = _written(TemplateForm(template.pages, template.fields))
        values = (replace_surrogates(template.name), form, template.sha256, template.is_gone)
        key = (*_place(template.home), template.template_id)
        new = (*values, *key, uuid4().hex, template.made_at_ms)

        def work(connection: Connection) -> None:
            changed = connection.execute(
                "UPDATE templates SET name = ?, form = ?, sha256 = ?, is_gone = ?, is_listed = 1"
                " WHERE environment = ? AND project_id = ? AND template_id = ?",
                (*values, *key),
            )
            if not changed.rowcount:
                connection.execute(
                    "INSERT INTO templates (name, form, sha256, is_gone, environment, project_id, template_id, id,"
                    " changed_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    new,
                )

        self._database.run(work)

    def change(
        self,
        template: Template,
        *,
        name: str | None = None,
        form: TemplateForm | None = None,
        sha256: str | None = None,
    ) -> None:
        """Change the given values of a template that exists on the platform. All other stored values are unchanged."""
        new = {"name": None if name is None else replace_surrogates(name), "form": form and _written(form)}
        changed = {column: value for column, value in {**new, "sha256": sha256}.items() if value is not None}
        if not changed or not template.is_made:
            return
        self._database.execute(
            f"UPDATE templates SET {', '.join(f'{column} = ?' for column in changed)}"  # noqa: S608
            " WHERE environment = ? AND project_id = ? AND template_id = ?",
            (*changed.values(), *_place(template.home), template.template_id),
        )

    def unlist(self, template: Template) -> None:
        """Remove a template from the list. An attempt whose response was lost can still be found by its PDF."""
        self._database.execute(
            "UPDATE templates SET is_listed = 0, name = '', form = ''"
            " WHERE environment = ? AND project_id = ? AND template_id = ? AND sha256 = ?",
            (*_place(template.home), template.template_id, template.sha256),
        )

    def note_use(self, home: PresetHome, template_id: str) -> None:
        """Count a contract that was made from a template, and record that the platform knows the template."""
        self._database.execute(
            "UPDATE templates SET use_count = use_count + 1, is_gone = 0"
            " WHERE environment = ? AND project_id = ? AND template_id = ?",
            (*_place(home), template_id),
        )

    def note_gone(self, home: PresetHome, template_id: str) -> None:
        """Record that the platform does not know a template."""
        self._database.execute(
            "UPDATE templates SET is_gone = 1 WHERE environment = ? AND project_id = ? AND template_id = ?",
            (*_place(home), template_id),
        )


def _place(home: PresetHome) -> tuple[str, str]:
    return home.environment.value, home.project_id


def _written(form: TemplateForm | None) -> str:
    return "" if form is None or not form.pages else to_json(form, TemplateForm)


def _template(row: tuple[Any, ...]) -> Template:
    environment, project_id, sha256, template_id, changed_at_ms, name, text, is_gone, use_count = row
    try:
        form = from_json(text, TemplateForm, code="store.bad_template") if text else TemplateForm()
    except StoreError:
        # The form will be read from the PDF again.
        form = TemplateForm()
    home = PresetHome(EnvironmentKind(environment), project_id)
    return Template(
        *(template_id, home, name, sha256, form.pages, form.fields, changed_at_ms),
        is_gone=bool(is_gone),
        use_count=use_count,
    )
