"""Chips: what is special about a document, in a word each, explained on hover."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from esign_desktop.domain.document import LARGE_FILE_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esign_desktop.domain.document import Document


@dataclass(frozen=True, slots=True)
class Chip:
    """A word and its explanation; ``is_warning`` chips ask for a look before sending."""

    text: str
    explanation: str
    is_warning: bool


def chips_of(document: Document) -> tuple[Chip, ...]:
    """Return the chips of a document, warnings first."""
    return tuple(sorted(_chips(document), key=lambda chip: not chip.is_warning))


def _chips(document: Document) -> Iterator[Chip]:
    for applies, text, explanation, is_warning in _candidates(document):
        if applies:
            yield Chip(text, explanation, is_warning=is_warning)


def _candidates(document: Document) -> tuple[tuple[bool, str, str, bool], ...]:
    """Whether it applies, the word, the explanation, whether it is a warning."""
    translate = QCoreApplication.translate
    facts = document.facts
    return (
        (
            facts.is_signed,
            translate("PreflightChips", "signed"),
            translate("PreflightChips", "Already digitally signed: another seal would break that signature."),
            True,
        ),
        (
            facts.is_encrypted,
            translate("PreflightChips", "encrypted"),
            translate("PreflightChips", "Protected by encryption: the platform may refuse it."),
            True,
        ),
        (
            facts.is_repaired,
            translate("PreflightChips", "repaired"),
            translate("PreflightChips", "The file was damaged and has been repaired for display: look at every page."),
            True,
        ),
        (
            not facts.has_text,
            translate("PreflightChips", "scan"),
            translate("PreflightChips", "No page has text: keywords can't be found, place seals by click."),
            True,
        ),
        (
            facts.has_text and bool(facts.pages_without_text),
            translate("PreflightChips", "partly scan"),
            translate("PreflightChips", "Some pages have no text: keywords can't be found there."),
            False,
        ),
        (
            bool(document.rotated_pages),
            translate("PreflightChips", "rotated"),
            translate("PreflightChips", "Some pages are rotated: check where the platform put the seals."),
            True,
        ),
        (
            bool(document.cropped_pages),
            translate("PreflightChips", "cropped"),
            translate("PreflightChips", "Some pages are cropped or scaled: check where the platform put the seals."),
            True,
        ),
        (
            document.has_mixed_sizes,
            translate("PreflightChips", "mixed sizes"),
            translate("PreflightChips", "The pages differ in size: slices of a cross-page seal may not meet."),
            False,
        ),
        (
            bool(facts.form_field_count),
            translate("PreflightChips", "form"),
            translate("PreflightChips", "The file has form fields; they are sent as they are filled in now."),
            False,
        ),
        (
            facts.has_unembedded_fonts,
            translate("PreflightChips", "fonts missing"),
            translate("PreflightChips", "Fonts are not embedded: the text may look different elsewhere."),
            False,
        ),
        (
            document.size_bytes > LARGE_FILE_BYTES,
            translate("PreflightChips", "large"),
            translate("PreflightChips", "More than 40 MB: the upload may take long."),
            True,
        ),
    )
