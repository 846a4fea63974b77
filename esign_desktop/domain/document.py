"""A PDF document of a contract, and the facts determined when it was opened."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NewType
from uuid import uuid4

from esign_desktop.domain.added_pages import AddedTable
from esign_desktop.domain.geometry import PageFrame, PageRect, Rotation
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.preset.questions import MAX_CHARACTERS, AnswerKind, Question, readable_name
from esign_desktop.domain.signer import SignerId

if TYPE_CHECKING:
    from collections.abc import Mapping

DocumentId = NewType("DocumentId", str)

LARGE_FILE_BYTES: Final = 40 * 1024 * 1024
"""Larger files cause a warning; the platform documents no limit (spec/decisions.md, "Upload")."""

LONG_NAME_CHARACTERS: Final = 64


def new_document_id() -> DocumentId:
    """Return a new, unique id."""
    return DocumentId(uuid4().hex)


@dataclass(frozen=True, slots=True)
class PreflightFacts:
    """The properties of a PDF that matter for signing. Page numbers count from 1."""

    is_encrypted: bool = False
    is_signed: bool = False
    is_repaired: bool = False
    has_text: bool = True
    """Whether any page has a text layer."""
    pages_without_text: tuple[int, ...] = ()
    form_field_count: int = 0
    has_unembedded_fonts: bool = False
    facts_are_partial: bool = False
    """True if a limit ended the inspection before the last page."""


@dataclass(frozen=True, slots=True)
class WantedField:
    """A form field to be filled in. The contract cannot be sent while a required field is empty.

    ``label`` is the displayed name; if it is empty, the field's name is used. ``page_number`` counts from 1 and
    ``rect`` is the field's position in page space; both are None if unknown. ``size_pt`` is the font size; 0 means that
    it follows from the field's height.
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
        """The question that asks for this field's value, with its constraints."""
        return Question(
            self.name, self.shown_label, self.kind, self.choices, self.most_characters, not self.is_required
        )


class SignerDatum(StrEnum):
    """A signer's data item that a field may hold. The values are stored in the database.

    For an organization, NAME and NUMBER are its name and code.
    """

    NAME = "name"
    NUMBER = "number"
    MOBILE = "mobile"
    AGENT = "agent"


@dataclass(frozen=True, slots=True)
class FieldSource:
    """The signer and data item that a field follows."""

    name: str
    signer_id: SignerId
    datum: SignerDatum


@dataclass(frozen=True, slots=True)
class TemplateFilling:
    """A template on the platform, and the values of its form fields.

    ``wanted`` remains when the values are removed after sending, so that a reopened contract asks for them again.
    ``sources`` lists the fields that follow a signer. ``unlinked`` lists the names of the fields that do not share a
    value with the fields with the same label. ``tables`` become the last pages of the document, whose number is
    ``added_pages``.
    """

    template_id: str
    fields: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    wanted: tuple[WantedField, ...] = ()
    sources: tuple[FieldSource, ...] = ()
    unlinked: tuple[str, ...] = ()
    tables: tuple[AddedTable, ...] = field(default=(), repr=False)
    added_pages: int = 0

    @property
    def has_values(self) -> bool:
        """Whether the form holds values, which may be personal data."""
        return bool(self.fields or self.tables)

    def without_values(self) -> TemplateFilling:
        """Return the form without values. Its page count is unchanged."""
        return replace(self, fields=(), tables=())

    def source(self, name: str) -> FieldSource | None:
        """Return the source that a field follows, or None if it follows none."""
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
        """All fields, including those known only by their value."""
        known = {wanted.name: wanted for wanted in self.wanted}
        return tuple(known.get(name) or WantedField(name, is_required=False) for name in self.names)

    def value(self, name: str) -> str:
        """Return a field's value, or an empty string if it has none."""
        return next((value for field_name, value in self.fields if field_name == name), "")

    def with_value(self, name: str, value: str) -> TemplateFilling:
        """Return the form with a field set to the value, or cleared if the value is empty."""
        others = {field_name: text for field_name, text in self.fields if field_name != name}
        filled = {**others, name: value} if value else others
        ordered = dict.fromkeys((*self.names, name))
        return replace(
            self, fields=tuple((field_name, filled[field_name]) for field_name in ordered if field_name in filled)
        )


@dataclass(frozen=True, slots=True)
class Document:
    """A PDF document. ``sha256`` is the hash of the bytes that were opened, which reveals a later change to the file.

    The hash is empty for a short time after opening, during which the document cannot be sent. A document with a
    ``template`` is created by the platform: it has no local file, and ``pages`` are those of the template.
    """

    id: DocumentId
    path: str
    name: str
    size_bytes: int
    sha256: str
    pages: tuple[PageFrame, ...]
    facts: PreflightFacts = field(default_factory=PreflightFacts)
    template: TemplateFilling | None = None

    @property
    def has_no_file(self) -> bool:
        """Whether the platform creates the document from a template, so that there is no local file."""
        return self.template is not None and not self.path

    def may_be(self, other: Document) -> bool:
        """Return whether both documents may have the same content, as far as the hashes are known."""
        return self.sha256 == other.sha256 or not (self.sha256 and other.sha256)

    @property
    def page_count(self) -> int:
        return len(self.pages)

    @property
    def all_pages(self) -> PageRanges:
        return PageRanges.all_of(self.page_count)

    def frame(self, page_number: int) -> PageFrame:
        """Return the frame of a page. Pages are counted from 1. Raises IndexError if there is no such page."""
        if not 1 <= page_number <= len(self.pages):
            raise IndexError(page_number)
        return self.pages[page_number - 1]

    @property
    def rotated_pages(self) -> tuple[int, ...]:
        """The numbers of the pages that are rotated."""
        return tuple(n for n, page in enumerate(self.pages, 1) if page.rotation is not Rotation.NONE)

    @property
    def cropped_pages(self) -> tuple[int, ...]:
        """The numbers of the pages whose visible area does not start at the origin or whose unit is not the point."""
        return tuple(
            n for n, page in enumerate(self.pages, 1) if page.origin_x_pt or page.origin_y_pt or page.user_unit != 1.0
        )

    @property
    def has_mixed_sizes(self) -> bool:
        """Whether the sizes of the displayed pages differ by more than one point."""
        widths = [page.display_width_pt for page in self.pages]
        heights = [page.display_height_pt for page in self.pages]
        return any(max(lengths, default=0.0) - min(lengths, default=0.0) > 1 for lengths in (widths, heights))


def by_id(documents: tuple[Document, ...]) -> Mapping[DocumentId, Document]:
    """Return the documents keyed by id."""
    return {document.id: document for document in documents}


@dataclass(frozen=True, slots=True)
class Pixels:
    """Opaque pixels in QImage's Format_RGB32 (bytes B, G, R, 255).

    ``left_px`` and ``top_px`` are the position on the pixel grid of the whole page at the same scale. A clip that is
    not aligned with this grid is enlarged until it is.
    """

    width_px: int
    height_px: int
    stride_bytes: int
    data: memoryview | bytes
    left_px: int = 0
    top_px: int = 0
