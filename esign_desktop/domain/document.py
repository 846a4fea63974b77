"""One PDF of a contract, and what was found out about it when it was opened."""

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
"""Above this a warning is due; the platform documents no limit (spec/decisions.md, "Upload")."""

LONG_NAME_CHARACTERS: Final = 64


def new_document_id() -> DocumentId:
    """Return an id that no other document has."""
    return DocumentId(uuid4().hex)


@dataclass(frozen=True, slots=True)
class PreflightFacts:
    """What matters to a signer about a PDF. Page numbers count from 1."""

    is_encrypted: bool = False
    is_signed: bool = False
    is_repaired: bool = False
    has_text: bool = True
    """Whether any page has a text layer."""
    pages_without_text: tuple[int, ...] = ()
    form_field_count: int = 0
    has_unembedded_fonts: bool = False
    facts_are_partial: bool = False
    """True when a limit stopped the look before the last page."""


@dataclass(frozen=True, slots=True)
class WantedField:
    """A form field that somebody fills in. Nothing is sent as long as a required one is empty.

    ``label`` is what a person reads; empty for the name itself. ``page_number`` counts from 1, and ``rect`` is where
    the field is seen, in page space; both are None where nobody knows. ``size_pt`` is that of its text, 0 for one that
    goes by the field's height.
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
        """What a person reads."""
        return self.label or readable_name(self.name)

    @property
    def question(self) -> Question:
        """How it is asked for, and what may be answered."""
        return Question(
            self.name, self.shown_label, self.kind, self.choices, self.most_characters, not self.is_required
        )


class SignerDatum(StrEnum):
    """What of a signer a field may hold; the values are in the database. Of an organization: its name and code."""

    NAME = "name"
    NUMBER = "number"
    MOBILE = "mobile"
    AGENT = "agent"


@dataclass(frozen=True, slots=True)
class FieldSource:
    """Whose datum a field follows."""

    name: str
    signer_id: SignerId
    datum: SignerDatum


@dataclass(frozen=True, slots=True)
class TemplateFilling:
    """A template at the platform, and what its form fields are to hold: names and values.

    ``wanted`` stays when the values go at the end of a send, so that a contract which is taken up again asks for them.
    ``sources`` are fields that follow a signer, ``unlinked`` names of fields that do not share their value with those
    of the same label. ``tables`` become ``added_pages`` pages, the last of the document's.
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
        """Whether anything of a person may stand in it."""
        return bool(self.fields or self.tables)

    def without_values(self) -> TemplateFilling:
        """Return the form as it is asked for, with nothing in it; its pages stay as many as they were."""
        return replace(self, fields=(), tables=())

    def source(self, name: str) -> FieldSource | None:
        """Return what a field follows, if anything."""
        return next((one for one in self.sources if one.name == name), None)

    @property
    def names(self) -> tuple[str, ...]:
        """The fields that can be filled in, each once."""
        return tuple(dict.fromkeys((*(one.name for one in self.wanted), *(name for name, _ in self.fields))))

    @property
    def missing(self) -> tuple[str, ...]:
        """The required fields that are empty."""
        return tuple(one.name for one in self.wanted if one.is_required and not self.value(one.name).strip())

    @property
    def all_wanted(self) -> tuple[WantedField, ...]:
        """The fields as they are asked for, those too of which nothing is known but their values."""
        known = {one.name: one for one in self.wanted}
        return tuple(known.get(name) or WantedField(name, is_required=False) for name in self.names)

    def value(self, name: str) -> str:
        """Return what a field is filled with; empty for nothing."""
        return next((value for field_name, value in self.fields if field_name == name), "")

    def with_value(self, name: str, value: str) -> TemplateFilling:
        """Fill a field, or empty it."""
        others = {field_name: text for field_name, text in self.fields if field_name != name}
        filled = {**others, name: value} if value else others
        ordered = dict.fromkeys((*self.names, name))
        return replace(self, fields=tuple((one, filled[one]) for one in ordered if one in filled))


@dataclass(frozen=True, slots=True)
class Document:
    """A PDF on this computer. ``sha256`` is that of the bytes that were opened, so that a later change is seen.

    It is empty for the moment after opening in which it is not known yet; nothing is sent then.
    With a ``template`` the platform makes the document by itself, and there is no file: ``pages`` are the template's.
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
        """Whether there is nothing here to be opened, drawn or searched: the platform makes it of a template."""
        return self.template is not None and not self.path

    def may_be(self, other: Document) -> bool:
        """Whether both are of the same bytes, as far as these are known."""
        return self.sha256 == other.sha256 or not (self.sha256 and other.sha256)

    @property
    def page_count(self) -> int:
        return len(self.pages)

    @property
    def all_pages(self) -> PageRanges:
        return PageRanges.all_of(self.page_count)

    def frame(self, page_number: int) -> PageFrame:
        """Return the frame of a page, counted from 1. Raises IndexError outside of the document."""
        if not 1 <= page_number <= len(self.pages):
            raise IndexError(page_number)
        return self.pages[page_number - 1]

    @property
    def rotated_pages(self) -> tuple[int, ...]:
        """Numbers of the pages that a viewer turns."""
        return tuple(n for n, page in enumerate(self.pages, 1) if page.rotation is not Rotation.NONE)

    @property
    def cropped_pages(self) -> tuple[int, ...]:
        """Numbers of the pages whose visible part does not begin at the origin, or whose unit is not the point."""
        return tuple(
            n for n, page in enumerate(self.pages, 1) if page.origin_x_pt or page.origin_y_pt or page.user_unit != 1.0
        )

    @property
    def has_mixed_sizes(self) -> bool:
        """Whether pages differ in their displayed size by more than a point."""
        widths = [page.display_width_pt for page in self.pages]
        heights = [page.display_height_pt for page in self.pages]
        return any(max(lengths, default=0.0) - min(lengths, default=0.0) > 1 for lengths in (widths, heights))


def by_id(documents: tuple[Document, ...]) -> Mapping[DocumentId, Document]:
    """Index documents by their id."""
    return {document.id: document for document in documents}


@dataclass(frozen=True, slots=True)
class Pixels:
    """Opaque pixels in QImage's Format_RGB32 (bytes B, G, R, 255).

    ``left_px`` and ``top_px`` say where they begin on the grid of the whole page at the same scale: a clip that
    does not lie on the grid is widened to it.
    """

    width_px: int
    height_px: int
    stride_bytes: int
    data: memoryview | bytes
    left_px: int = 0
    top_px: int = 0
