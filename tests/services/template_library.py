"""An installation with a list of templates, made at a real rehearsal platform."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esign_desktop.domain.geometry import PageRect
from esign_desktop.domain.preset.preset import PresetHome
from esign_desktop.domain.templates import Template, TemplateField, ValueKind
from esign_desktop.services.templates.making import TemplateMaker
from esign_desktop.services.templates.service import TemplateService
from esign_desktop.store.files.preset_files import PresetFiles
from tests.pdf.local_engine import local_form_fields
from tests.services.counter_desk import CounterDesk
from tests.services.desk import clock_ms, make_pdf

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.domain.document import Document
    from tests.services.sandbox_platform import SandboxPlatform

DRAWN = (
    TemplateField("借款人", page_number=1, rect=PageRect(60, 700, 260, 722)),
    TemplateField(
        *("金额", ValueKind.AMOUNT),
        label="借款金额",
        example="12,000.00",
        page_number=1,
        rect=PageRect(60, 600, 260, 620),
    ),
)


class Library:
    """An installation with a list of templates."""

    def __init__(self, folder: Path, platform: SandboxPlatform) -> None:
        self.folder = folder
        self.platform = platform
        self.environment = platform.environment
        self.desk = CounterDesk(folder / "desk", platform.environment)
        self.files = PresetFiles(self.desk.paths.templates_dir)
        stores, documents = self.desk.stores, self.desk.documents
        self.service = TemplateService(
            *(stores.templates, stores.ledger, self.files, documents, folder / "drawn", self.desk.paths.copies_dir),
            environment=lambda: self.environment,
            clock_ms=clock_ms,
            list_fields=local_form_fields,
        )
        self.maker = TemplateMaker(
            *(stores.templates, stores.ledger, documents, stores.snapshots, self.files),
            environment=lambda: self.environment,
            client_for=self.desk.client_for,
            clock_ms=clock_ms,
            list_fields=local_form_fields,
        )

    @property
    def home(self) -> PresetHome:
        return PresetHome(self.environment.kind, self.environment.project_id)

    def open(self, name: str = "plain.pdf") -> Document:
        path = self.folder / name
        if not path.exists():
            make_pdf(path)
        return self.desk.documents.open(path)

    def make(self, name: str = "借款合同") -> Template:
        drawn = self.service.draw(self.open(), DRAWN)
        look = self.maker.look(drawn)
        made = self.maker.make(drawn, look, name=name, fields=DRAWN)
        self.service.discard_drawn(drawn)
        return made
