"""Chips: what is special about a document, in a word each, explained on hover and, with a remedy, on a click."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from esign_desktop.domain.document import LARGE_FILE_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esign_desktop.domain.document import Document


class ChipKind(StrEnum):
    """What a chip is about."""

    SIGNED = "signed"
    ENCRYPTED = "encrypted"
    REPAIRED = "repaired"
    SCAN = "scan"
    PARTLY_SCAN = "partly_scan"
    ROTATED = "rotated"
    CROPPED = "cropped"
    MIXED_SIZES = "mixed_sizes"
    FORM = "form"
    FONTS = "fonts"
    LARGE = "large"


@dataclass(frozen=True, slots=True)
class Chip:
    """A word and its explanation; ``is_warning`` chips ask for a look before sending."""

    kind: ChipKind
    text: str
    explanation: str
    is_warning: bool


def chips_of(document: Document) -> tuple[Chip, ...]:
    """Return the chips of a document, warnings first."""
    return tuple(sorted(_chips(document), key=lambda chip: not chip.is_warning))


def _chips(document: Document) -> Iterator[Chip]:
    for kind, applies, is_warning in _candidates(document):
        if applies:
            yield Chip(kind, *_words(kind), is_warning=is_warning)


def _candidates(document: Document) -> tuple[tuple[ChipKind, bool, bool], ...]:
    """The kind, whether it applies, whether it is a warning."""
    facts = document.facts
    return (
        (ChipKind.SIGNED, facts.is_signed, True),
        (ChipKind.ENCRYPTED, facts.is_encrypted, True),
        (ChipKind.REPAIRED, facts.is_repaired, True),
        (ChipKind.SCAN, not facts.has_text, True),
        (ChipKind.PARTLY_SCAN, facts.has_text and bool(facts.pages_without_text), False),
        (ChipKind.ROTATED, bool(document.rotated_pages), True),
        (ChipKind.CROPPED, bool(document.cropped_pages), True),
        (ChipKind.MIXED_SIZES, document.has_mixed_sizes, False),
        (ChipKind.FORM, bool(facts.form_field_count) and document.template is None, False),
        (ChipKind.FONTS, facts.has_unembedded_fonts, False),
        (ChipKind.LARGE, document.size_bytes > LARGE_FILE_BYTES, True),
    )


def _words(kind: ChipKind) -> tuple[str, str]:
    translate = QCoreApplication.translate
    words: dict[ChipKind, tuple[str, str]] = {
        ChipKind.SIGNED: (
            translate("PreflightChips", "signed"),
            translate("PreflightChips", "Already digitally signed: another seal would break that signature."),
        ),
        ChipKind.ENCRYPTED: (
            translate("PreflightChips", "encrypted"),
            translate("PreflightChips", "Protected by encryption: the platform may refuse it."),
        ),
        ChipKind.REPAIRED: (
            translate("PreflightChips", "repaired"),
            translate("PreflightChips", "The file was damaged and has been repaired for display: look at every page."),
        ),
        ChipKind.SCAN: (
            translate("PreflightChips", "scan"),
            translate("PreflightChips", "No page has text: keywords can't be found, place seals by click."),
        ),
        ChipKind.PARTLY_SCAN: (
            translate("PreflightChips", "partly scan"),
            translate("PreflightChips", "Some pages have no text: keywords can't be found there."),
        ),
        ChipKind.ROTATED: (
            translate("PreflightChips", "rotated"),
            translate("PreflightChips", "Some pages are rotated: check where the platform put the seals."),
        ),
        ChipKind.CROPPED: (
            translate("PreflightChips", "cropped"),
            translate("PreflightChips", "Some pages are cropped or scaled: check where the platform put the seals."),
        ),
        ChipKind.MIXED_SIZES: (
            translate("PreflightChips", "mixed sizes"),
            translate("PreflightChips", "The pages differ in size: slices of a cross-page seal may not meet."),
        ),
        ChipKind.FORM: (
            translate("PreflightChips", "form"),
            translate("PreflightChips", "The file has form fields; they are sent as they are filled in now."),
        ),
        ChipKind.FONTS: (
            translate("PreflightChips", "fonts missing"),
            translate("PreflightChips", "Fonts are not embedded: the text may look different elsewhere."),
        ),
        ChipKind.LARGE: (
            translate("PreflightChips", "large"),
            translate("PreflightChips", "More than 40 MB: the upload may take long."),
        ),
    }
    return words[kind]
