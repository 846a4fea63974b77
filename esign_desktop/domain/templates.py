"""Templates: forms on the platform that are created once from a PDF and filled in for each contract.

The platform can fill in only text fields (platform documentation 4.8.2). Every field is therefore created as a text
field, and only this program knows the kind of the field's value. Rectangles are in page space (``domain.geometry``),
that is, on the page before rotation, with the origin at the lower left.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.contract.draft import ContractDraft
from esign_desktop.domain.geometry import PageFrame, PageRect
from esign_desktop.domain.preset.preset import PresetHome
from esign_desktop.domain.preset.questions import MAX_CHARACTERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

TICK: Final = "√"
"""The value of a checked CHECK field. An unchecked field is empty."""

MAX_FIELDS: Final = 500
MAX_CHOICES: Final = 20
MAX_NAME_CHARACTERS: Final = 60
SMALLEST_PT: Final = 6.0
"""The minimum width and height of a field. Smaller fields cannot hold readable text."""
_OUTSIDE_PT: Final = 0.01


class ValueKind(StrEnum):
    """The kind of a field's value. The members' values are stored in the database and in the PDF."""

    TEXT = "text"
    DATE = "date"
    AMOUNT = "amount"
    NUMBER = "number"
    ID_NUMBER = "id_number"
    MOBILE = "mobile"
    CHOICE = "choice"
    CHECK = "check"


@dataclass(frozen=True, slots=True)
class TemplateField:
    """A text field of a template's form. ``name`` identifies the field on the platform.

    ``label`` is displayed to users. ``page_number`` is counted from 1, and ``rect`` is in page space; both are None for
    an invisible field of a form that another program created. ``example`` is a sample value. ``choices`` applies only
    to CHOICE. ``most_characters`` is 0 if the form sets no limit.
    """

    name: str
    kind: ValueKind = ValueKind.TEXT
    is_required: bool = True
    label: str = ""
    example: str = field(default="", repr=False)
    choices: tuple[str, ...] = ()
    page_number: int | None = None
    rect: PageRect | None = None
    most_characters: int = 0


@dataclass(frozen=True, slots=True)
class TemplateForm:
    """The pages and text fields of a template's PDF."""

    pages: tuple[PageFrame, ...] = ()
    fields: tuple[TemplateField, ...] = ()


@dataclass(frozen=True, slots=True)
class Template:
    """A template that this program knows. ``template_id`` is valid only in the project ``home``.

    The id is empty if the platform's response was lost, because no API call reveals whether the platform created the
    template. ``sha256`` is the hash of the PDF from which the template was made. A copy of the PDF is kept as long as
    the template is listed. A template that was added only by its id has no hash, pages or fields. ``is_gone`` means
    that the platform reported the template as unknown. ``use_count`` is the number of documents made from the template
    by this program.
    """

    template_id: str
    home: PresetHome
    name: str
    sha256: str = ""
    pages: tuple[PageFrame, ...] = ()
    fields: tuple[TemplateField, ...] = ()
    made_at_ms: int = 0
    is_gone: bool = False
    use_count: int = 0

    @property
    def is_made(self) -> bool:
        """Whether the platform has returned the template's id."""
        return bool(self.template_id)


@dataclass(frozen=True, slots=True)
class TemplateDraft(ContractDraft):
    """The PDF and the fields of a template that is edited in place of a contract. It is never stored or sent.

    The first ``fixed_count`` fields come from the PDF's own form. Their positions and names cannot be changed, and they
    cannot be removed.
    """

    fields: tuple[TemplateField, ...] = ()
    fixed_count: int = 0

    @property
    def drawn(self) -> tuple[TemplateField, ...]:
        """The fields that the user has drawn. Those of the PDF's own form are not included."""
        return self.fields[self.fixed_count :]


def typed_choices(text: str) -> tuple[str, ...]:
    """Return the choices that a user typed, separated by semicolons. Duplicates and empty choices are omitted."""
    parts = (" ".join(part.split())[:MAX_CHARACTERS] for part in text.replace("；", ";").split(";"))
    return tuple(dict.fromkeys(part for part in parts if part))[:MAX_CHOICES]


_TEMPLATE_WORD: Final = re.compile(r"template\s*(id|does|was|is|has been)|模板\s*(id)?\s*(不存在|已)", re.IGNORECASE)
_GONE_WORD: Final = re.compile(r"不存在|已删除|被删除|not exist|not found|unknown|deleted", re.IGNORECASE)


def is_unknown_template(message: str) -> bool:
    """Return whether the platform's error message means that the template does not exist.

    The message is examined because the platform does not document its error codes.
    """
    return _TEMPLATE_WORD.search(message) is not None and _GONE_WORD.search(message) is not None


class FieldFault(StrEnum):
    """The reason why a field cannot be created."""

    NO_NAME = "no_name"
    BAD_NAME = "bad_name"
    SAME_NAME = "same_name"
    NO_SIZE = "no_size"
    OUTSIDE = "outside"
    NO_CHOICES = "no_choices"
    LONG_EXAMPLE = "long_example"


_NAME: Final = re.compile(r"[\w（）()/\- ]+")


def is_usable_name(name: str) -> bool:
    """Return whether a field name is valid.

    A valid name has at most MAX_NAME_CHARACTERS characters and may contain letters of any script, digits, ``_-/()`` and
    spaces. Spaces are not allowed at the beginning or end. A dot is not allowed, because it would make the field part
    of another field (ISO 32000-1, 12.7.3.2).
    """
    return len(name) <= MAX_NAME_CHARACTERS and name == name.strip() and _NAME.fullmatch(name) is not None


def usable_name(text: str) -> str:
    """Return the words of a text as a field name, or an empty string if no character of the text may be in a name."""
    return " ".join("".join(_NAME.findall(text)).split())[: MAX_NAME_CHARACTERS - 5].strip()


def free_name(wanted: str, taken: set[str]) -> str:
    """Return the wanted name or, if the name is taken, the first free variant with a number at the end.

    A number that is already at the end is replaced.
    """
    stem = re.sub(r"_[0-9]+$", "", wanted) or wanted
    if wanted not in taken:
        return wanted
    number = 2
    while (found := f"{stem[: MAX_NAME_CHARACTERS - 5]}_{number}") in taken:
        number += 1
    return found


def field_faults(fields: Sequence[TemplateField], pages: Sequence[PageFrame]) -> Iterator[tuple[int, FieldFault]]:
    """Yield the index and the fault of each field that cannot be created. The fields are in their original order."""
    seen: set[str] = set()
    for index, template_field in enumerate(fields):
        fault = _name_fault(template_field.name, seen) or _place_fault(template_field, pages)
        if fault is None and template_field.kind is ValueKind.CHOICE and not template_field.choices:
            fault = FieldFault.NO_CHOICES
        if fault is None and len(template_field.example) > (template_field.most_characters or MAX_CHARACTERS):
            fault = FieldFault.LONG_EXAMPLE
        seen.add(template_field.name)
        if fault is not None:
            yield index, fault


def _name_fault(name: str, seen: set[str]) -> FieldFault | None:
    if not name:
        return FieldFault.NO_NAME
    if not is_usable_name(name):
        return FieldFault.BAD_NAME
    return FieldFault.SAME_NAME if name in seen else None


def _place_fault(template_field: TemplateField, pages: Sequence[PageFrame]) -> FieldFault | None:
    if (
        template_field.rect is None
        or template_field.page_number is None
        or not 1 <= template_field.page_number <= len(pages)
    ):
        return FieldFault.OUTSIDE
    frame, rect = pages[template_field.page_number - 1], template_field.rect
    if not (rect.width_pt >= SMALLEST_PT and rect.height_pt >= SMALLEST_PT):
        return FieldFault.NO_SIZE
    is_inside = (
        rect.left_pt >= -_OUTSIDE_PT
        and rect.bottom_pt >= -_OUTSIDE_PT
        and rect.right_pt <= frame.width_pt + _OUTSIDE_PT
        and rect.top_pt <= frame.height_pt + _OUTSIDE_PT
    )
    return None if is_inside else FieldFault.OUTSIDE
