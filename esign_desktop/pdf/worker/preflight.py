"""Determine the facts about a document that are important for signing, within a time budget."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.document import PreflightFacts
from esign_desktop.domain.errors import PdfError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esign_desktop.pdf.worker.document import MupdfDocument, PdfObject


STRUCTURE_BUDGET_S: Final = 0.5
MAX_FIELDS: Final = 50_000
MAX_DEPTH: Final = 32
MAX_FONTS_PER_PAGE: Final = 1_000
SIGNATURES_EXIST: Final = 1
"""A bit of the entry /SigFlags."""

# Every viewer provides these fonts or equivalents.
STANDARD_FONTS: Final = frozenset(
    {
        "Courier", "Courier-Bold", "Courier-Oblique", "Courier-BoldOblique",
        "Helvetica", "Helvetica-Bold", "Helvetica-Oblique", "Helvetica-BoldOblique",
        "Times-Roman", "Times-Bold", "Times-Italic", "Times-BoldItalic",
        "Symbol", "ZapfDingbats",
    }
)  # fmt: skip


@dataclass(slots=True)
class StructureFacts:
    """The part of PreflightFacts that does not depend on the document's text."""

    is_encrypted: bool = False
    is_signed: bool = False
    is_repaired: bool = False
    form_field_count: int = 0
    has_unembedded_fonts: bool = False
    is_partial: bool = False


@dataclass(slots=True)
class _Scan:
    """One scan of a document, limited in time."""

    facts: StructureFacts
    ends_at_s: float
    seen: set[int] = field(default_factory=set)

    @property
    def is_over(self) -> bool:
        if time.monotonic() > self.ends_at_s:
            self.facts.is_partial = True
        return self.facts.is_partial

    def is_new(self, item: PdfObject) -> bool:
        """Return whether the object is visited for the first time.

        Direct objects always count as new, because they cannot form a cycle.
        """
        if item.number == 0:
            return True
        if item.number in self.seen:
            return False
        self.seen.add(item.number)
        return True


def look_at_structure(document: MupdfDocument, budget_s: float = STRUCTURE_BUDGET_S) -> StructureFacts:
    """Return the facts about a document that can be determined without reading its text.

    If objects of the document are damaged, the facts are marked as partial.
    """
    look = _Scan(StructureFacts(), time.monotonic() + budget_s)
    facts = look.facts
    try:
        facts.is_encrypted = document.is_encrypted
        facts.is_repaired = document.is_repaired
        catalog = document.trailer.get("Root")
        form = catalog.get("AcroForm")
        _count_fields(look, form.get("Fields"))
        facts.is_signed = (
            facts.is_signed or catalog.get("Perms").get("DocMDP").exists or document.contains_bytes(b"/ByteRange")
        )
    except PdfError:
        raise
    except Exception:  # noqa: BLE001  the library raises many kinds; a document with a damaged form can open
        facts.is_partial = True
    _look_at_fonts(look, document)
    return facts


def is_dynamic_form(document: MupdfDocument) -> bool:
    """Return whether the pages of the document are created by a form program, from a description in XFA.

    The file's own pages then only ask the user to open the file in such a program.
    """
    catalog = document.trailer.get("Root")
    form = catalog.get("AcroForm")
    has_no_fields = next(form.get("Fields").items(), None) is None
    return form.get("XFA").exists and (has_no_fields or catalog.get("NeedsRendering").is_true)


def facts_of(
    structure: StructureFacts, with_text: tuple[bool, ...], *, page_count: int, looked_at: int
) -> PreflightFacts:
    """Combine the facts about the structure and the text.

    If no page has been examined, the document is assumed to have text.
    """
    return PreflightFacts(
        is_encrypted=structure.is_encrypted,
        is_signed=structure.is_signed,
        is_repaired=structure.is_repaired,
        has_text=any(with_text) or not with_text,
        pages_without_text=tuple(number for number, has_text in enumerate(with_text, 1) if not has_text),
        form_field_count=structure.form_field_count,
        has_unembedded_fonts=structure.has_unembedded_fonts,
        facts_are_partial=structure.is_partial or looked_at < page_count,
    )


def _count_fields(look: _Scan, fields: PdfObject) -> None:
    """Count the terminal fields without creating widgets.

    Some files have so many widgets that listing them never ends.
    """
    waiting = [(item, "", 0) for item in fields.items()]
    while waiting:
        if look.is_over or look.facts.form_field_count >= MAX_FIELDS:
            look.facts.is_partial = True
            return
        item, inherited, depth = waiting.pop()
        if not item.exists or depth > MAX_DEPTH or not look.is_new(item):
            continue
        kind = item.get("FT").name() or inherited
        children = [kid for kid in item.get("Kids").items() if kid.get("T").exists]
        if children:
            waiting.extend((kid, kind, depth + 1) for kid in children)
            continue
        look.facts.form_field_count += 1
        if kind == "Sig" and item.get("V").exists:
            look.facts.is_signed = True


def _look_at_fonts(look: _Scan, document: MupdfDocument) -> None:
    for page_index in range(document.page_count):
        if look.is_over or look.facts.has_unembedded_fonts:
            return
        # A page that cannot be read contributes no fonts.
        with suppress(Exception):
            page = document.page_object(page_index)
            for resources in _resources_of(look, page):
                fonts = (
                    font for _, font in zip(range(MAX_FONTS_PER_PAGE), resources.get("Font").items(), strict=False)
                )
                if any(_lacks_its_program(font) for font in fonts if look.is_new(font)):
                    look.facts.has_unembedded_fonts = True
                    break


def _resources_of(look: _Scan, page: PdfObject) -> Iterator[PdfObject]:
    """Yield the resources of a page and of the form XObjects that it draws."""
    node = page
    for _ in range(MAX_DEPTH):
        if node.get("Resources").exists or not node.get("Parent").exists:
            break
        node = node.get("Parent")
    waiting = [(node.get("Resources"), 0)]
    while waiting and not look.is_over:
        resources, depth = waiting.pop()
        if not resources.exists or (depth and not look.is_new(resources)):
            continue
        yield resources
        if depth < MAX_DEPTH:
            forms = (x for x in resources.get("XObject").items() if x.get("Subtype").name() == "Form")
            waiting.extend((x.get("Resources"), depth + 1) for x in forms if look.is_new(x))


def _lacks_its_program(font: PdfObject) -> bool:
    kind = font.get("Subtype").name()
    if kind == "Type3" or not font.exists:
        return False
    if kind == "Type0":
        font = next(iter(font.get("DescendantFonts").items()), font)
    name = font.get("BaseFont").name()
    descriptor = font.get("FontDescriptor")
    if name in STANDARD_FONTS:
        return False
    return not any(descriptor.get(key).exists for key in ("FontFile", "FontFile2", "FontFile3"))
