"""What a finding about a document means, and what can be done about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.ui.prepare.preflight_chips import ChipKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from esign_desktop.domain.document import Document


class Remedy(StrEnum):
    """Something that a press of a button does."""

    PASSWORD = "password"  # noqa: S105  a name, no secret
    UPRIGHT_COPY = "upright_copy"
    UPRIGHT_COPY_AS = "upright_copy_as"
    REPLACE = "replace"
    REMOVE = "remove"
    PLACE_BY_CLICK = "place_by_click"
    SHOW_PAGE = "show_page"
    TEMPLATE = "template"


@dataclass(frozen=True, slots=True)
class Advice:
    """The meaning in a sentence or two, the remedies, the best one first, and the page that shows what is meant."""

    meaning: str
    remedies: tuple[Remedy, ...]
    page_number: int | None = None


_COPY = (Remedy.UPRIGHT_COPY, Remedy.UPRIGHT_COPY_AS)

_REMEDIES: dict[ChipKind, tuple[Remedy, ...]] = {
    ChipKind.SIGNED: (Remedy.REMOVE, Remedy.REPLACE),
    ChipKind.ENCRYPTED: (Remedy.REPLACE,),
    ChipKind.REPAIRED: (*_COPY, Remedy.REPLACE),
    ChipKind.SCAN: (Remedy.PLACE_BY_CLICK,),
    ChipKind.PARTLY_SCAN: (Remedy.SHOW_PAGE, Remedy.PLACE_BY_CLICK),
    ChipKind.ROTATED: (*_COPY, Remedy.SHOW_PAGE),
    ChipKind.CROPPED: (*_COPY, Remedy.SHOW_PAGE),
    ChipKind.MIXED_SIZES: (Remedy.SHOW_PAGE,),
    ChipKind.FORM: (Remedy.TEMPLATE,),
    ChipKind.FONTS: (Remedy.REPLACE,),
    ChipKind.LARGE: (Remedy.REPLACE,),
}


def advice_on(kind: ChipKind, document: Document, *, is_locked: bool = False) -> Advice:
    """Return what to say; a ``is_locked`` document can't be shown before its password is given."""
    if kind is ChipKind.ENCRYPTED and is_locked:
        meaning = QCoreApplication.translate(
            "PreflightAdvice", "The file can't be shown before its password is given; passwords are never kept."
        )
        return Advice(meaning, (Remedy.PASSWORD, *_REMEDIES[kind]))
    pages = _pages(kind, document)
    meaning = _meanings(kind).format(
        pages=PageRanges.of(pages) if pages else "",
        count=document.facts.form_field_count,
        size_mb=document.size_bytes // (1024 * 1024),
    )
    return Advice(meaning, _REMEDIES[kind], min(pages, default=None))


def remedy_words(remedy: Remedy, page_number: int | None = None) -> str:
    """Return what stands on the button."""
    translate = QCoreApplication.translate
    words = {
        Remedy.PASSWORD: translate("PreflightAdvice", "Open"),
        Remedy.UPRIGHT_COPY: translate("PreflightAdvice", "Make an upright copy"),
        Remedy.UPRIGHT_COPY_AS: translate("PreflightAdvice", "Save the copy as…"),
        Remedy.REPLACE: translate("PreflightAdvice", "Replace by another file…"),
        Remedy.REMOVE: translate("PreflightAdvice", "Remove from the contract"),
        Remedy.PLACE_BY_CLICK: translate("PreflightAdvice", "Place a seal by click"),
        Remedy.SHOW_PAGE: translate("PreflightAdvice", "Show page {page}"),
        Remedy.TEMPLATE: translate("PreflightAdvice", "Make it a template…"),
    }
    return words[remedy].format(page=page_number)


def _pages(kind: ChipKind, document: Document) -> tuple[int, ...]:
    match kind:
        case ChipKind.PARTLY_SCAN:
            return document.facts.pages_without_text
        case ChipKind.ROTATED:
            return document.rotated_pages
        case ChipKind.CROPPED:
            return document.cropped_pages
        case ChipKind.MIXED_SIZES:
            return tuple(_other_sizes(document))
        case _:
            return ()


def _other_sizes(document: Document) -> Iterable[int]:
    first = document.frame(1)
    for number, frame in enumerate(document.pages, 1):
        width_differs = abs(frame.display_width_pt - first.display_width_pt) > 1
        if width_differs or abs(frame.display_height_pt - first.display_height_pt) > 1:
            yield number


def _meanings(kind: ChipKind) -> str:
    translate = QCoreApplication.translate
    meanings = {
        ChipKind.SIGNED: translate(
            "PreflightAdvice",
            "Somebody has signed this file digitally. A seal changes the file, so that signature would no longer hold. "
            "Send it outside of the contract, or take the version that is not signed yet.",
        ),
        ChipKind.ENCRYPTED: translate(
            "PreflightAdvice",
            "The file is encrypted, and its password stays here: the platform may not be able to open it, and can't "
            "stamp it then. Take a version without protection.",
        ),
        ChipKind.REPAIRED: translate(
            "PreflightAdvice",
            "The file is damaged. What you see was put together again; the platform may see it otherwise. A copy that "
            "is sound looks like what you see, which is checked page by page.",
        ),
        ChipKind.SCAN: translate(
            "PreflightAdvice",
            "The pages are pictures. There is no text in which a keyword could be found, here or at the platform: "
            "place the seals by click.",
        ),
        ChipKind.PARTLY_SCAN: translate(
            "PreflightAdvice",
            "Page {pages} is a picture without text: a keyword can't be found there, here or at the platform. Place "
            "the seals there by click.",
        ),
        ChipKind.ROTATED: translate(
            "PreflightAdvice",
            "Page {pages} is turned for display only. The platform may place seals as if it were not. An upright copy "
            "looks the same, which is checked page by page, and the seals stay where you see them.",
        ),
        ChipKind.CROPPED: translate(
            "PreflightAdvice",
            "Page {pages} is cropped or scaled for display only. The platform may count from the hidden edge. An "
            "upright copy looks the same, which is checked page by page, and the seals stay where you see them.",
        ),
        ChipKind.MIXED_SIZES: translate(
            "PreflightAdvice",
            "Page {pages} differs in size from the first page: the slices of a cross-page seal may not meet there. "
            "Leave it out of the seal's pages, or use a group of its own.",
        ),
        ChipKind.FORM: translate(
            "PreflightAdvice",
            "The file has {count} form fields. They are sent as they are filled in now. As a template, they can be "
            "filled in anew for each customer.",
        ),
        ChipKind.FONTS: translate(
            "PreflightAdvice",
            "Some fonts are not in the file, so that each computer takes its own: characters may look different, be "
            "wider or narrower, or be missing, and a seal may stand beside its words. Save the file anew with its "
            "fonts embedded (PDF/A does so), and take that one.",
        ),
        ChipKind.LARGE: translate(
            "PreflightAdvice",
            "The file has {size_mb} MB. The platform names no limit, but uploads of more than 40 MB take long and may "
            "be refused. Scan in grey at 200 dpi, or save the file anew in a smaller size, and take that one.",
        ),
    }
    return meanings[kind]
