"""Sentences for what goes wrong with documents and with what a person typed."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication

translate: Final = QCoreApplication.translate


def pdf_texts() -> dict[str, tuple[str, str]]:
    """Return sentence and remedy by code, for opening, drawing and searching."""
    return {
        "pdf.not_a_pdf": (
            translate("ErrorSentences", "This is not a PDF."),
            translate("ErrorSentences", "Save or print the document as PDF in the program that it comes from."),
        ),
        "document.office": (
            translate("ErrorSentences", "This is not a PDF: contracts are sent as PDFs."),
            translate(
                "ErrorSentences",
                "In WPS, Word or Excel choose File, then Save as or Export, and PDF as the kind of file. Add that PDF.",
            ),
        ),
        "document.other_image": (
            translate("ErrorSentences", "Images of this kind can't become pages."),
            translate("ErrorSentences", "Save it as JPG or PNG, and add that."),
        ),
        "pdf.image_unreadable": (
            translate("ErrorSentences", "This file is damaged, or not an image."),
            translate("ErrorSentences", "Take or scan it again, or save it again as JPG or PNG."),
        ),
        "pdf.image_too_large": (
            translate("ErrorSentences", "This image is too large: up to 120 million pixels and 100 MB can be read."),
            translate("ErrorSentences", "Scan it with 300 dpi, or save it smaller."),
        ),
        "pdf.image_too_many": (
            translate("ErrorSentences", "This file has more than 100 pages."),
            translate("ErrorSentences", "Save it as PDF in the program that it comes from."),
        ),
        "pdf.damaged": (
            translate("ErrorSentences", "This PDF is damaged and can't be opened."),
            translate("ErrorSentences", "Ask for the file again, or fetch it again from where it came from."),
        ),
        "pdf.empty": (
            translate("ErrorSentences", "This file is empty."),
            translate("ErrorSentences", "It may not have been copied completely: fetch it again."),
        ),
        "pdf.no_pages": (
            translate("ErrorSentences", "This PDF has no pages."),
            translate("ErrorSentences", "Save the document as PDF again."),
        ),
        "pdf.password_needed": (
            translate("ErrorSentences", "This PDF is protected by a password."),
            translate("ErrorSentences", "Enter the password. The platform gets the file as it is and may refuse it."),
        ),
        "pdf.password_wrong": (
            translate("ErrorSentences", "The password is not right."),
            translate("ErrorSentences", "Check capital letters and the keyboard's language."),
        ),
        "pdf.missing": (
            translate("ErrorSentences", "The file is not there any more."),
            translate("ErrorSentences", "It may have been moved or renamed, or a network drive is not connected."),
        ),
        "pdf.unreadable": (
            translate("ErrorSentences", "The file can't be read."),
            translate("ErrorSentences", "You may not have the right to, or another program holds it."),
        ),
        "pdf.changed": (
            translate("ErrorSentences", "The file has changed since it was opened."),
            translate("ErrorSentences", "Open it again and check where the seals stand."),
        ),
        "pdf.page_failed": (
            translate("ErrorSentences", "This page could not be drawn."),
            translate("ErrorSentences", "The file may be damaged at this place: look at the page in another program."),
        ),
        "pdf.tile_too_large": (
            translate("ErrorSentences", "This page is too large to be drawn at this size."),
            translate("ErrorSentences", "Choose a smaller magnification."),
        ),
        "pdf.no_recogniser": (
            translate("ErrorSentences", "Reading scanned pages isn't installed on this computer."),
            translate("ErrorSentences", "Place the seals by click."),
        ),
        "pdf.signatures_unreadable": (
            translate("ErrorSentences", "The digital signatures of this file can't be read."),
            translate("ErrorSentences", "The file may be damaged: download it again."),
        ),
        "pdf.too_slow": (
            translate("ErrorSentences", "This PDF takes too long: it was stopped so that you can keep working."),
            translate("ErrorSentences", "Print it as PDF again; drawings with very many lines are often the reason."),
        ),
        "pdf.memory": (
            translate("ErrorSentences", "This PDF needs more memory than it may have."),
            translate("ErrorSentences", "Print it as PDF again, with less resolution."),
        ),
        "pdf.worker_died": (
            translate("ErrorSentences", "The PDF made its reader fail; the reader has been restarted."),
            translate("ErrorSentences", "If it happens again, print the document as PDF again."),
        ),
        "pdf.too_many_hits": (
            translate("ErrorSentences", "The keyword occurs too often to be used for seals."),
            translate("ErrorSentences", "Choose a longer one that stands only where a seal belongs."),
        ),
        "pdf.form_unreadable": (
            translate("ErrorSentences", "The form in this file can't be read."),
            translate("ErrorSentences", "Save the file without protection in the program that made it."),
        ),
        "pdf.signed": (
            translate("ErrorSentences", "It is signed already: a changed copy would break that signature."),
            translate("ErrorSentences", "Place the seals on it as it is."),
        ),
        "pdf.normalise_failed": (
            translate("ErrorSentences", "No upright copy could be made of this PDF."),
            translate("ErrorSentences", "Print the document as PDF again, and place the seals there."),
        ),
        "pdf.form_failed": (
            translate("ErrorSentences", "The fields could not be written into this PDF."),
            translate("ErrorSentences", "Print the document as PDF again, and draw the fields there."),
        ),
        "pdf.no_glyphs": (
            translate("ErrorSentences", "The form's font has no “{characters}”: it would stay empty on paper."),
            translate("ErrorSentences", "Write the field's label, example and choices with other characters."),
        ),
        "pdf.write_failed": (
            translate("ErrorSentences", "The copy could not be written."),
            translate("ErrorSentences", "Choose another folder, or free some space."),
        ),
        "pdf.closed": (
            translate("ErrorSentences", "The document is not open any more."),
            translate("ErrorSentences", "Open it again."),
        ),
        "document.missing": (
            translate("ErrorSentences", "The file is not there any more."),
            translate("ErrorSentences", "It may have been moved or renamed, or a network drive is not connected."),
        ),
        "document.changed": (
            translate("ErrorSentences", "The file has changed since it was opened; nothing was sent."),
            translate("ErrorSentences", "Open the new version and check where the seals stand."),
        ),
        "document.not_open": (
            translate("ErrorSentences", "The document is not open any more."),
            translate("ErrorSentences", "Open it again."),
        ),
    }


def typing_texts() -> dict[str, tuple[str, str]]:
    """Return sentence and remedy by code, for what was typed."""
    pages_remedy = translate("ErrorSentences", "Write pages like 1-3,5.")
    return {
        "pages.empty": (translate("ErrorSentences", "No page is named."), pages_remedy),
        "pages.not_a_number": (translate("ErrorSentences", "This is not a page number."), pages_remedy),
        "pages.zero": (translate("ErrorSentences", "Pages are counted from 1."), pages_remedy),
        "pages.backwards": (translate("ErrorSentences", "The range runs backwards."), pages_remedy),
        "pages.beyond_the_end": (
            translate("ErrorSentences", "The document ends at page {page_count}."),
            pages_remedy,
        ),
        "length.not_a_number": (
            translate("ErrorSentences", "This is not a length."),
            translate("ErrorSentences", "Write a number, with mm or pt if you like."),
        ),
        "input.bad_text": (
            translate("ErrorSentences", "A text holds a character that can't be sent."),
            translate("ErrorSentences", "Type names and titles again instead of pasting them."),
        ),
    }
