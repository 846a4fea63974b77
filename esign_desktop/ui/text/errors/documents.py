"""Provide the sentences for errors of documents and for invalid input."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication

translate: Final = QCoreApplication.translate


def pdf_texts() -> dict[str, tuple[str, str]]:
    """Return title and remedy, keyed by code, for errors in opening, rendering, searching and writing files."""
    return {
        "pdf.not_a_pdf": (
            translate("ErrorSentences", "This isn't a PDF."),
            translate("ErrorSentences", "Save or print the document as PDF in its original program."),
        ),
        "document.office": (
            translate("ErrorSentences", "This isn't a PDF. Contracts must be sent as PDFs."),
            translate(
                "ErrorSentences",
                "In WPS, Word or Excel, choose File > Save As or Export with file type PDF, then add that PDF.",
            ),
        ),
        "document.no_writer": (
            translate("ErrorSentences", "This isn't a PDF. Contracts must be sent as PDFs."),
            translate(
                "ErrorSentences",
                "In WPS or Word, choose File > Save As or Export with file type PDF, then add that PDF. With "
                "LibreOffice Writer on this computer, this program can convert the document itself.",
            ),
        ),
        "office.not_converted": (
            translate("ErrorSentences", "LibreOffice couldn't convert this document."),
            translate(
                "ErrorSentences",
                "The document may be damaged, protected by a password, or of another type. Save it as PDF in its "
                "original program.",
            ),
        ),
        "office.encrypted": (
            translate("ErrorSentences", "This document is protected by a password and can't be converted."),
            translate("ErrorSentences", "Save it as PDF in its original program, or without the password."),
        ),
        "office.too_slow": (
            translate("ErrorSentences", "The conversion took longer than a minute and was stopped."),
            translate("ErrorSentences", "Save the document as PDF in its original program."),
        ),
        "office.too_large": (
            translate("ErrorSentences", "This document is larger than {most} MB and can't be converted."),
            translate("ErrorSentences", "Save the document as PDF in its original program."),
        ),
        "document.other_image": (
            translate("ErrorSentences", "This image format can't be converted to pages."),
            translate("ErrorSentences", "Save the image as JPG or PNG, then add the new file."),
        ),
        "pdf.image_unreadable": (
            translate("ErrorSentences", "This file is damaged or isn't an image."),
            translate(
                "ErrorSentences", "Take the photo or scan the page again, or save the image again as JPG or PNG."
            ),
        ),
        "pdf.image_too_large": (
            translate("ErrorSentences", "This image is too large. The limits are 120 million pixels and 100 MB."),
            translate("ErrorSentences", "Scan the page at 300 dpi, or save the image at a smaller size."),
        ),
        "pdf.image_too_many": (
            translate("ErrorSentences", "This file has more than 100 pages."),
            translate("ErrorSentences", "Save the file as PDF in its original program."),
        ),
        "pdf.damaged": (
            translate("ErrorSentences", "This PDF is damaged and can't be opened."),
            translate("ErrorSentences", "Ask for the file again, or download it again."),
        ),
        "pdf.empty": (
            translate("ErrorSentences", "This file is empty."),
            translate("ErrorSentences", "The file may not have been copied completely. Get a new copy."),
        ),
        "pdf.no_pages": (
            translate("ErrorSentences", "This PDF has no pages."),
            translate("ErrorSentences", "Save the document as PDF again."),
        ),
        "pdf.password_needed": (
            translate("ErrorSentences", "This PDF is protected by a password."),
            translate(
                "ErrorSentences", "Enter the password. The platform receives the original file and may reject it."
            ),
        ),
        "pdf.password_wrong": (
            translate("ErrorSentences", "The password is incorrect."),
            translate("ErrorSentences", "Check Caps Lock and the input language."),
        ),
        "pdf.missing": (
            translate("ErrorSentences", "The file is no longer in its folder."),
            translate(
                "ErrorSentences", "The file may have been moved or renamed, or a network drive may be disconnected."
            ),
        ),
        "pdf.unreadable": (
            translate("ErrorSentences", "The file can't be read."),
            translate(
                "ErrorSentences", "You may not have permission to read the file, or another program may be using it."
            ),
        ),
        "pdf.changed": (
            translate("ErrorSentences", "The file has changed since it was opened."),
            translate("ErrorSentences", "Open the file again and check the seal positions."),
        ),
        "pdf.page_failed": (
            translate("ErrorSentences", "This page couldn't be displayed."),
            translate("ErrorSentences", "The file may be damaged at this page. View the page in another program."),
        ),
        "pdf.tile_too_large": (
            translate("ErrorSentences", "This page is too large to display at this zoom level."),
            translate("ErrorSentences", "Choose a lower zoom level."),
        ),
        "pdf.no_recogniser": (
            translate("ErrorSentences", "Text recognition for scanned pages isn't installed on this computer."),
            translate("ErrorSentences", "Click the page to place the seals."),
        ),
        "pdf.signatures_unreadable": (
            translate("ErrorSentences", "The digital signatures in this file can't be read."),
            translate("ErrorSentences", "The file may be damaged. Download it again."),
        ),
        "pdf.too_slow": (
            translate("ErrorSentences", "This PDF took too long and was stopped so that you can keep working."),
            translate(
                "ErrorSentences", "Print the document to a new PDF. Drawings with very many lines are a common cause."
            ),
        ),
        "pdf.memory": (
            translate("ErrorSentences", "This PDF needs more memory than allowed."),
            translate("ErrorSentences", "Print the document to a new PDF at a lower resolution."),
        ),
        "pdf.worker_died": (
            translate("ErrorSentences", "This PDF caused the reading process to fail. The process has been restarted."),
            translate("ErrorSentences", "If this happens again, print the document to a new PDF."),
        ),
        "pdf.merge_too_large": (
            translate("ErrorSentences", "This file no longer fits into the merged file."),
            translate("ErrorSentences", "Merge fewer contracts at a time."),
        ),
        "pdf.too_many_hits": (
            translate("ErrorSentences", "The keyword appears too often to be used for seals."),
            translate("ErrorSentences", "Choose a longer keyword that appears only where a seal belongs."),
        ),
        "pdf.form_unreadable": (
            translate("ErrorSentences", "The form in this file can't be read."),
            translate("ErrorSentences", "In the program that the file was created with, save it without protection."),
        ),
        "pdf.signed": (
            translate(
                "ErrorSentences",
                "The file is already digitally signed. Changing a copy would invalidate that signature.",
            ),
            translate("ErrorSentences", "Place the seals on the original file."),
        ),
        "pdf.dynamic_form": (
            translate("ErrorSentences", "The pages of this form are created by Adobe Acrobat when it is opened."),
            translate("ErrorSentences", "Print the form to a new PDF in Adobe Acrobat, and add that PDF."),
        ),
        "pdf.normalise_failed": (
            translate("ErrorSentences", "Couldn't create an upright copy of this PDF."),
            translate("ErrorSentences", "Print the document to a new PDF, and place the seals there."),
        ),
        "pdf.form_failed": (
            translate("ErrorSentences", "The fields couldn't be written to this PDF."),
            translate("ErrorSentences", "Print the document to a new PDF, and draw the fields there."),
        ),
        "pdf.no_glyphs": (
            translate(
                "ErrorSentences", "The form's font has no “{characters}”; these characters would be blank when printed."
            ),
            translate("ErrorSentences", "Use other characters in the field's label, example and options."),
        ),
        "pdf.write_failed": (
            translate("ErrorSentences", "The copy couldn't be written."),
            translate("ErrorSentences", "Choose another folder, or free some space."),
        ),
        "pdf.closed": (
            translate("ErrorSentences", "The document is no longer open."),
            translate("ErrorSentences", "Open the document again."),
        ),
        "document.missing": (
            translate("ErrorSentences", "The file is no longer in its folder."),
            translate(
                "ErrorSentences", "The file may have been moved or renamed, or a network drive may be disconnected."
            ),
        ),
        "document.changed": (
            translate("ErrorSentences", "The file has changed since it was opened. Nothing was sent."),
            translate("ErrorSentences", "Open the new version and check the seal positions."),
        ),
        "document.not_open": (
            translate("ErrorSentences", "The document is no longer open."),
            translate("ErrorSentences", "Open the document again."),
        ),
    }


def typing_texts() -> dict[str, tuple[str, str]]:
    """Return title and remedy, keyed by code, for invalid input, such as page numbers and lengths."""
    pages_remedy = translate("ErrorSentences", "Enter page numbers like this: 1-3,5.")
    return {
        "pages.empty": (translate("ErrorSentences", "Enter a page number."), pages_remedy),
        "pages.not_a_number": (translate("ErrorSentences", "This isn't a valid page number."), pages_remedy),
        "pages.zero": (translate("ErrorSentences", "Page numbers start at 1."), pages_remedy),
        "pages.backwards": (translate("ErrorSentences", "The page range is reversed."), pages_remedy),
        "pages.beyond_the_end": (
            translate("ErrorSentences", "The document has only {page_count} pages."),
            pages_remedy,
        ),
        "length.not_a_number": (
            translate("ErrorSentences", "This isn't a valid length."),
            translate("ErrorSentences", "Enter a number, optionally with mm or pt."),
        ),
        "input.bad_text": (
            translate("ErrorSentences", "The text contains a character that can't be sent."),
            translate("ErrorSentences", "Type names and titles instead of pasting them."),
        ),
    }
