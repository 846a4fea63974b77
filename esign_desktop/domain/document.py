"""The PDF documents of a contract, and the properties of a PDF that are determined when the PDF is opened."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NewType
from uuid import uuid4

from esign_desktop.domain.added_pages import AddedBlock, AddedPdf, AddedTable, block_at, frames_of, pdfs_of
from esign_desktop.domain.contract.fingerprint import PageDigest
from esign_desktop.domain.geometry import PageFrame, PageRect, Rotation
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.preset.fields import FormField
from esign_desktop.domain.preset.questions import MAX_CHARACTERS, AnswerKind, Question, readable_name
from esign_desktop.domain.signer import SignerId

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DocumentId = NewType("DocumentId", str)

LARGE_FILE_BYTES: Final = 40 * 1024 * 1024
"""Files larger than this cause a warning. The platform documents no limit (docs/platform-answers.md#file-limits)."""

LONG_NAME_CHARACTERS: Final = 64


def new_document_id() -> DocumentId:
    """Return a new, unique document id."""
    return DocumentId(uuid4().hex)


@dataclass(frozen=True, slots=True)
class PreflightFacts:
    """The properties of a PDF that are relevant to signing. Page numbers are counted from 1."""

    is_encrypted: bool = False
    is_signed: bool = False
    is_repaired: bool = False
    has_text: bool = True
    """Whether at least one page has a text layer."""
    pages_without_text: tuple[int, ...] = ()
    form_field_count: int = 0
    has_unembedded_fonts: bool = False
    facts_are_partial: bool = False
    """True if a limit stopped the inspection before the last page."""


@dataclass(frozen=True, slots=True)
class WantedField:
    """A form field to be filled in. The contract cannot be sent while a required field is empty.

    ``label`` is the displayed name; if ``label`` is empty, the field's name is displayed. ``page_number`` is counted
    from 1, and ``rect`` is the field's position in page space; both are None if the position is unknown. ``size_pt`` is
    the font size; if ``size_pt`` is 0, the font size is derived from the field's height.
    """

    name: str
    is_required: bool = True
    label: str = ""
    kind: AnswerKind = AnswerKind.TEXT
    choices: tuple[str, ...] = ()
    most_characters: int = MAX_CHARACTERS
    page_number: int | None = None
    rect: PageRect | None = None
    size_pt: float = 0.0

    @property
    def shown_label(self) -> str:
        """The displayed name of the field."""
        return self.label or readable_name(self.name)

    @property
    def question(self) -> Question:
        """The question that asks the user for this field's value, including the constraints on the value."""
        return Question(
            self.name, self.shown_label, self.kind, self.choices, self.most_characters, not self.is_required
        )


class SignerDatum(StrEnum):
    """An item of a signer's data that a form field may contain. The values are stored in the database.

    For an organization, NAME and NUMBER are the name and code of the organization, and MOBILE and AGENT are the mobile
    number and name of the organization's agent.
    """

    NAME = "name"
    NUMBER = "number"
    MOBILE = "mobile"
    AGENT = "agent"


@dataclass(frozen=True, slots=True)
class FieldSource:
    """The data from which a form field takes its value: a signer, and an item of the signer's data.

    ``name`` is the field's name.
    """

    name: str
    signer_id: SignerId
    datum: SignerDatum


_EMPTY_TABLE: Final = AddedTable()


@dataclass(frozen=True, slots=True)
class TemplateFilling:
    """The template from which the platform makes a document, and the values of the template's form fields.

    ``wanted`` lists the fields to be filled in. The list is kept when the values are removed after sending, so that the
    user can be asked again for the values when the contract is reopened. ``sources`` lists the fields that take their
    values from a signer's data. ``unlinked`` lists the names of fields that do not share a value with other fields of
    the same label. ``blocks`` become the last pages of the document, and ``added_pages`` is the number of these pages.

    In a preset, and while it is edited, the form has ``preset_fields`` instead, which state where the values of each
    contract come from.
    """

    template_id: str
    fields: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    wanted: tuple[WantedField, ...] = ()
    sources: tuple[FieldSource, ...] = ()
    unlinked: tuple[str, ...] = ()
    blocks: tuple[AddedBlock, ...] = field(default=(), repr=False)
    added_pages: int = 0
    preset_fields: tuple[FormField, ...] = ()

    @property
    def has_values(self) -> bool:
        """Whether the form contains values or tables, which may be personal data."""
        return bool(self.fields) or any(block != _EMPTY_TABLE for block in self.tables)

    @property
    def tables(self) -> tuple[AddedTable, ...]:
        """The blocks that are tables."""
        return tuple(block for block in self.blocks if isinstance(block, AddedTable))

    def without_values(self) -> TemplateFilling:
        """Return the form without values and tables. The page count and the blocks that are PDF files are unchanged.

        If there are such blocks, an empty table remains in the place of each table.
        """
        blocks = tuple(_EMPTY_TABLE if isinstance(block, AddedTable) else block for block in self.blocks)
        return replace(self, fields=(), blocks=blocks if pdfs_of(blocks) else ())

    def with_pdf_paths(self, path_of: Callable[[AddedPdf], str]) -> TemplateFilling:
        """Return the form with another path for each block that is a PDF file."""
        blocks = (replace(b, path=path_of(b)) if isinstance(b, AddedPdf) else b for b in self.blocks)
        return replace(self, blocks=tuple(blocks))

    def with_tables(self, tables: tuple[AddedTable, ...]) -> TemplateFilling:
        """Return the form with its tables replaced in order. Additional tables follow the last block."""
        left = iter(tables)
        blocks = [next(left, block) if isinstance(block, AddedTable) else block for block in self.blocks]
        return replace(self, blocks=(*blocks, *left))

    def source(self, name: str) -> FieldSource | None:
        """Return the source from which a field takes its value, or None if the field has no source.

        A source is a signer and an item of the signer's data.
        """
        return next((source for source in self.sources if source.name == name), None)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all fields that can be filled in, without duplicates."""
        return tuple(dict.fromkeys((*(wanted.name for wanted in self.wanted), *(name for name, _ in self.fields))))

    @property
    def missing(self) -> tuple[str, ...]:
        """The names of the required fields that are empty."""
        return tuple(
            wanted.name for wanted in self.wanted if wanted.is_required and not self.value(wanted.name).strip()
        )

    @property
    def all_wanted(self) -> tuple[WantedField, ...]:
        """All fields of the form, including fields of which only the value is known."""
        known = {wanted.name: wanted for wanted in self.wanted}
        return tuple(known.get(name) or WantedField(name, is_required=False) for name in self.names)

    def value(self, name: str) -> str:
        """Return a field's value, or an empty string if the field is empty or unknown."""
        return next((value for field_name, value in self.fields if field_name == name), "")

    def with_value(self, name: str, value: str) -> TemplateFilling:
        """Return the form with the field's value replaced or, if ``value`` is empty, removed."""
        others = {field_name: text for field_name, text in self.fields if field_name != name}
        filled = {**others, name: value} if value else others
        ordered = dict.fromkeys((*self.names, name))
        return replace(
            self, fields=tuple((field_name, filled[field_name]) for field_name in ordered if field_name in filled)
        )


@dataclass(frozen=True, slots=True)
class Document:
    """A PDF document of a contract.

    ``sha256`` is the hash of the file's bytes at the time when the file was opened; the hash reveals later changes to
    the file. The hash is empty until it has been calculated, and the document cannot be sent before then. A document
    with a ``template`` is created by the platform. Such a document has no local file, and its ``pages`` are the
    template's pages.

    A document of a preset has no ``path``: its PDF is stored under its hash. Only such a document has ``digests``, by
    which earlier versions of the program recognize other documents. The ``pages`` include the pages of the template's
    blocks.
    """

    id: DocumentId
    path: str
    name: str
    size_bytes: int
    sha256: str
    pages: tuple[PageFrame, ...]
    facts: PreflightFacts = field(default_factory=PreflightFacts)
    template: TemplateFilling | None = None
    digests: tuple[PageDigest, ...] = ()

    @property
    def own_pages(self) -> tuple[PageFrame, ...]:
        """The pages without those of the blocks at the end."""
        filling = self.template
        # The forms of presets do not state the number of these pages.
        count = 0 if filling is None else filling.added_pages or len(frames_of(filling.blocks))
        return self.pages[: max(0, len(self.pages) - count)]

    def with_own_pages(self, pages: tuple[PageFrame, ...]) -> Document:
        """Return the document with other pages before those of the blocks at the end."""
        return replace(self, pages=(*pages, *self.pages[len(self.own_pages) :]))

    @property
    def has_no_file(self) -> bool:
        """Whether the document has no local file because the platform creates it from a template."""
        return self.template is not None and not self.path

    @property
    def added_pdfs(self) -> tuple[AddedPdf, ...]:
        """The blocks of the document's form that are pages of PDF files."""
        return () if self.template is None else pdfs_of(self.template.blocks)

    @property
    def files(self) -> tuple[Document | AddedPdf, ...]:
        """The document itself, which may have a file, and the PDF files whose pages follow the document."""
        return (self, *self.added_pdfs)

    def created_from(self, template: TemplateFilling) -> Document:
        """Return the document without its file, as a document that the platform creates from the template."""
        return replace(self, path="", size_bytes=0, sha256="", template=template)

    @property
    def added_sources(self) -> tuple[tuple[AddedPdf, int] | None, ...]:
        """The source of each page of the blocks at the end: the PDF file and the number of its page.

        The source is None for a page of a table.
        """
        if self.template is None or not self.added_pdfs:
            return (None,) * (self.page_count - len(self.own_pages))
        found = (block_at(self.template.blocks, index) for index in range(self.template.added_pages))
        return tuple((at[0], at[1] + 1) if at is not None and isinstance(at[0], AddedPdf) else None for at in found)

    def may_be(self, other: Document) -> bool:
        """Return whether two documents may have the same content, except for tables and values.

        A hash that is still unknown matches any hash.
        """
        is_same_file = self.sha256 == other.sha256 or not (self.sha256 and other.sha256)
        return is_same_file and self.added_sources == other.added_sources

    @property
    def page_count(self) -> int:
        return len(self.pages)

    @property
    def all_pages(self) -> PageRanges:
        return PageRanges.all_of(self.page_count)

    def frame(self, page_number: int) -> PageFrame:
        """Return the geometry of a page. Raises IndexError if there is no such page.

        Page numbers are counted from 1.
        """
        if not 1 <= page_number <= len(self.pages):
            raise IndexError(page_number)
        return self.pages[page_number - 1]

    @property
    def rotated_pages(self) -> tuple[int, ...]:
        """The numbers of the pages that are rotated."""
        return tuple(n for n, page in enumerate(self.pages, 1) if page.rotation is not Rotation.NONE)

    @property
    def cropped_pages(self) -> tuple[int, ...]:
        """The numbers of the pages whose visible area does not begin at the origin, or whose unit is not the point."""
        return tuple(
            n for n, page in enumerate(self.pages, 1) if page.origin_x_pt or page.origin_y_pt or page.user_unit != 1.0
        )

    @property
    def has_mixed_sizes(self) -> bool:
        """Whether the displayed widths or heights of the pages differ by more than one point."""
        widths = [page.display_width_pt for page in self.pages]
        heights = [page.display_height_pt for page in self.pages]
        return any(max(lengths, default=0.0) - min(lengths, default=0.0) > 1 for lengths in (widths, heights))


def by_id(documents: tuple[Document, ...]) -> Mapping[DocumentId, Document]:
    """Return the documents keyed by id."""
    return {document.id: document for document in documents}


@dataclass(frozen=True, slots=True)
class Pixels:
    """An image of a part of a page, as opaque pixels in QImage's Format_RGB32 (bytes B, G, R, 255).

    ``left_px`` and ``top_px`` give the position of the part within an image of the whole page at the same scale. The
    part is enlarged, if necessary, to align it with the pixels of that image.
    """

    width_px: int
    height_px: int
    stride_bytes: int
    data: memoryview | bytes = field(repr=False)
    left_px: int = 0
    top_px: int = 0
