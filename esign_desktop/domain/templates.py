"""A template: a form at the platform, created once from a PDF and filled for each contract.

The platform fills text fields alone (platform-api.txt 4.8.2), so every field is written as one; what may stand in it
is known here only. Rectangles are in page space (``domain.geometry``): the unrotated page, origin lower left.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.geometry import PageFrame, PageRect
from esign_desktop.domain.preset.preset import PresetHome
from esign_desktop.domain.preset.questions import MAX_CHARACTERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

TICK: Final = "√"
"""What a ticked CHECK is filled with; one that is not ticked stays empty."""

MAX_FIELDS: Final = 500
MAX_CHOICES: Final = 20
MAX_NAME_CHARACTERS: Final = 60
SMALLEST_PT: Final = 6.0
"""A field that is lower or narrower holds no text that anybody could read."""
_OUTSIDE_PT: Final = 0.01


class ValueKind(StrEnum):
    """What a field is filled with; the names are kept in the database and in the PDF."""

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
    """One text field of a template's form. ``name`` is what the platform knows it by, ``label`` what a person reads.

    ``page_number`` counts from 1; ``rect`` is in page space: points of the unrotated page, origin lower left, y
    upwards. Both are None for a field of a foreign form that is seen nowhere. ``choices`` belong to CHOICE.
    ``most_characters`` is 0 where the form sets no limit.
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
    """What a template's PDF tells: its pages, and the text fields on them."""

    pages: tuple[PageFrame, ...] = ()
    fields: tuple[TemplateField, ...] = ()


@dataclass(frozen=True, slots=True)
class Template:
    """A template that is known here. ``template_id`` is valid only in its ``home``.

    It is empty for one whose answer was lost: whether the platform made it can't be asked for.

    ``sha256`` is that of the PDF it was made from, of which a copy is kept as long as the template is listed; empty,
    like ``pages`` and ``fields``, for one that was added by its id alone. ``is_gone``: the platform has said that it
    does not know it (any more). ``use_count`` is the number of documents made of it
    from here.
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
        """Whether the platform has told its id."""
        return bool(self.template_id)


def typed_choices(text: str) -> tuple[str, ...]:
    """Read a field's choices as they are typed, between semicolons: each once, without what is empty."""
    parts = (" ".join(part.split())[:MAX_CHARACTERS] for part in text.replace("；", ";").split(";"))
    return tuple(dict.fromkeys(part for part in parts if part))[:MAX_CHOICES]


_TEMPLATE_WORD: Final = re.compile(r"template\s*(id|does|was|is|has been)|模板\s*(id)?\s*(不存在|已)", re.IGNORECASE)
_GONE_WORD: Final = re.compile(r"不存在|已删除|被删除|not exist|not found|unknown|deleted", re.IGNORECASE)


def is_unknown_template(message: str) -> bool:
    """Whether a refusal says that the platform does not know the template; its codes are not documented."""
    return _TEMPLATE_WORD.search(message) is not None and _GONE_WORD.search(message) is not None


class FieldFault(StrEnum):
    """Why a field can't be written."""

    NO_NAME = "no_name"
    BAD_NAME = "bad_name"
    SAME_NAME = "same_name"
    NO_SIZE = "no_size"
    OUTSIDE = "outside"
    NO_CHOICES = "no_choices"
    LONG_EXAMPLE = "long_example"


_NAME: Final = re.compile(r"[\w（）()/\- ]+")


def is_usable_name(name: str) -> bool:
    """Whether a field may be called so: letters of any script, digits, ``_-/()`` and spaces within.

    A dot would make it a part of another field (ISO 32000-1, 12.7.3.2).
    """
    return len(name) <= MAX_NAME_CHARACTERS and name == name.strip() and _NAME.fullmatch(name) is not None


def free_name(wanted: str, taken: set[str]) -> str:
    """Return the wanted name, or with the first number behind it that makes it different from the others."""
    stem = re.sub(r"_[0-9]+$", "", wanted) or wanted
    if wanted not in taken:
        return wanted
    number = 2
    while (found := f"{stem[: MAX_NAME_CHARACTERS - 5]}_{number}") in taken:
        number += 1
    return found


def field_faults(fields: Sequence[TemplateField], pages: Sequence[PageFrame]) -> Iterator[tuple[int, FieldFault]]:
    """Yield the index of each drawn field that can't be written, and why, in their order."""
    seen: set[str] = set()
    for index, one in enumerate(fields):
        fault = _name_fault(one.name, seen) or _place_fault(one, pages)
        if fault is None and one.kind is ValueKind.CHOICE and not one.choices:
            fault = FieldFault.NO_CHOICES
        if fault is None and len(one.example) > (one.most_characters or MAX_CHARACTERS):
            fault = FieldFault.LONG_EXAMPLE
        seen.add(one.name)
        if fault is not None:
            yield index, fault


def _name_fault(name: str, seen: set[str]) -> FieldFault | None:
    if not name:
        return FieldFault.NO_NAME
    if not is_usable_name(name):
        return FieldFault.BAD_NAME
    return FieldFault.SAME_NAME if name in seen else None


def _place_fault(one: TemplateField, pages: Sequence[PageFrame]) -> FieldFault | None:
    if one.rect is None or one.page_number is None or not 1 <= one.page_number <= len(pages):
        return FieldFault.OUTSIDE
    frame, rect = pages[one.page_number - 1], one.rect
    if not (rect.width_pt >= SMALLEST_PT and rect.height_pt >= SMALLEST_PT):
        return FieldFault.NO_SIZE
    is_inside = (
        rect.left_pt >= -_OUTSIDE_PT
        and rect.bottom_pt >= -_OUTSIDE_PT
        and rect.right_pt <= frame.width_pt + _OUTSIDE_PT
        and rect.top_pt <= frame.height_pt + _OUTSIDE_PT
    )
    return None if is_inside else FieldFault.OUTSIDE
