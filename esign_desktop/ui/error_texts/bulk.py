"""Sentences for what goes wrong with sheets, and with sending one row by row."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication

translate: Final = QCoreApplication.translate


def bulk_texts() -> dict[str, tuple[str, str]]:
    """Return sentence and remedy by code."""
    return {
        "sheet.vanished": (
            translate("ErrorSentences", "The sheet is not there any more."),
            translate("ErrorSentences", "Look where it was moved to, and choose it again."),
        ),
        "sheet.unreadable": (
            translate("ErrorSentences", "The sheet can't be read."),
            translate("ErrorSentences", "Close it in the other program, or ask who may read it, and try again."),
        ),
        "sheet.too_large": (
            translate("ErrorSentences", "The sheet is too large: {size_mb} MB, and {max_mb} MB at most are read."),
            translate("ErrorSentences", "Take pictures and other worksheets out of it, or save it as CSV."),
        ),
        "sheet.encrypted": (
            translate("ErrorSentences", "The sheet is locked with a password."),
            translate("ErrorSentences", "Open it in the program that made it, and save it without the password."),
        ),
        "sheet.old_format": (
            translate("ErrorSentences", "The sheet is in the old .xls format, which is not read."),
            translate("ErrorSentences", "Open it in the program that made it, and save it as .xlsx."),
        ),
        "sheet.not_a_sheet": (
            translate("ErrorSentences", "This file is not a sheet."),
            translate("ErrorSentences", "Choose an .xlsx or .csv file."),
        ),
        "sheet.damaged": (
            translate("ErrorSentences", "The sheet is damaged and can't be read whole; nothing of it is used."),
            translate("ErrorSentences", "Open it in the program that made it, and save it anew."),
        ),
        "sheet.no_rows": (
            translate("ErrorSentences", "There is no row below the headings of this sheet."),
            translate("ErrorSentences", "Fill in one row a contract, save the sheet, and choose it again."),
        ),
        "sheet.too_many_rows": (
            translate("ErrorSentences", "The sheet has too many rows: {max} at most are sent in one go."),
            translate("ErrorSentences", "Divide it into several sheets; rows that were sent are known again."),
        ),
        "sheet.too_many_columns": (
            translate("ErrorSentences", "The sheet has too many columns: {max} at most are read."),
            translate("ErrorSentences", "Delete the columns that no contract needs."),
        ),
        "sheet.cell_too_long": (
            translate("ErrorSentences", "A cell of this sheet holds more than {max} characters, so nothing was read."),
            translate("ErrorSentences", "Shorten it; in a CSV file, look for a quotation mark that is never closed."),
        ),
        "sheet.too_much_text": (
            translate("ErrorSentences", "The sheet holds more than {max} million characters; nothing was read."),
            translate("ErrorSentences", "Delete columns that no contract needs, or divide it into several sheets."),
        ),
        "sheet.too_slow": (
            translate("ErrorSentences", "Reading this sheet takes too long, so it was stopped."),
            translate("ErrorSentences", "Copy its rows into a new sheet, save that, and choose it."),
        ),
        "sheet.too_heavy": (
            translate("ErrorSentences", "Reading this sheet takes too much memory, so it was stopped."),
            translate("ErrorSentences", "Copy its rows into a new sheet, save that, and choose it."),
        ),
        "preset.deadline_past": (
            translate("ErrorSentences", "The day by which this preset's contracts have to be signed is over."),
            translate("ErrorSentences", "Give the preset another deadline in Presets, and choose the sheet again."),
        ),
        "bulk.paste_too_large": (
            translate(
                "ErrorSentences",
                "What was copied does not fit here: {rows} row(s) and {columns} column(s) are left. Nothing is pasted.",
            ),
            translate("ErrorSentences", "Choose a cell further up or to the left, or add rows in the sheet itself."),
        ),
        "bulk.paste_over_sent": (
            translate("ErrorSentences", "A row in which it would be pasted was sent already. Nothing is pasted."),
            translate("ErrorSentences", "Show only the rows to correct, and paste there."),
        ),
        "bulk.paste_unreadable": (
            translate("ErrorSentences", "What was copied can't be read as rows. Nothing is pasted."),
            translate("ErrorSentences", "Copy the rows in the spreadsheet program, and paste them here."),
        ),
        "bulk.busy": (
            translate("ErrorSentences", "A sheet is being sent already."),
            translate("ErrorSentences", "Wait until it is done, or pause it."),
        ),
        "bulk.nothing_to_send": (
            translate("ErrorSentences", "No row of this sheet is left to be sent."),
            translate("ErrorSentences", "Correct the rows that are marked, or choose another sheet."),
        ),
        "bulk.environment_changed": (
            translate("ErrorSentences", "The environment was changed since this sheet was checked; nothing was sent."),
            translate("ErrorSentences", "Look through the sheet again, and send it then."),
        ),
        "bulk.preset_changed": (
            translate("ErrorSentences", "The preset was changed since this sheet was checked; nothing was sent."),
            translate("ErrorSentences", "Look through the sheet again, and send it then."),
        ),
    }
