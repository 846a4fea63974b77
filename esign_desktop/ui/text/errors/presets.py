"""Provide the sentences for errors of presets, templates, the counter and bulk sends."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication

translate: Final = QCoreApplication.translate


def preset_texts() -> dict[str, tuple[str, str]]:
    """Return title and remedy, keyed by code, for errors of presets, templates, answers and the counter."""
    return {
        "preset.not_a_person": (
            translate("ErrorSentences", "Our seal can't be the customer in a preset."),
            translate("ErrorSentences", "Choose a person or an organization."),
        ),
        "preset.other_documents": (
            translate("ErrorSentences", "The preset was made for other documents."),
            translate("ErrorSentences", "Open the matching documents in the preset's order."),
        ),
        "preset.changed_meanwhile": (
            translate(
                "ErrorSentences", "The preset on this computer was changed in the meantime. Nothing was imported."
            ),
            translate("ErrorSentences", "Choose the file again and compare both versions."),
        ),
        "preset.edited_meanwhile": (
            translate("ErrorSentences", "This preset was changed elsewhere after you opened it. Nothing was saved."),
            translate("ErrorSentences", "Note your changes, then open the preset again and repeat them."),
        ),
        "presets.folder_empty": (
            translate("ErrorSentences", "The shared preset folder is empty."),
            translate("ErrorSentences", "Reconnect the shared folder. Presets on this computer aren't affected."),
        ),
        "preset.name_taken": (
            translate("ErrorSentences", "Another preset already has this name."),
            translate("ErrorSentences", "Choose another name."),
        ),
        "preset.keyword_not_found": (
            translate("ErrorSentences", "The preset's document doesn't contain the keyword “{keyword}”."),
            translate("ErrorSentences", "Choose another keyword, or set fallback positions."),
        ),
        "preset.keyword_unchecked": (
            translate(
                "ErrorSentences", "The occurrences of “{keyword}” in the preset's document haven't been checked yet."
            ),
            translate("ErrorSentences", "Open the preset in Presets, check its seals and save it."),
        ),
        "preset.keyword_unconfirmed": (
            translate(
                "ErrorSentences", "The keyword “{keyword}” appears {count} times, so {count} seals would be placed."
            ),
            translate("ErrorSentences", "Confirm all occurrences under Seals, or choose another keyword."),
        ),
        "preset.seal_missing": (
            translate("ErrorSentences", "This preset can't be used: a required seal has no position."),
            translate("ErrorSentences", "Open the preset in Presets and place the seal."),
        ),
        "preset.names_someone": (
            translate(
                "ErrorSentences",
                "The pages of this preset name a person as {label}, although this party is different each time.",
            ),
            translate(
                "ErrorSentences",
                "In Presets, choose a blank form instead, or confirm that the name belongs there.",
            ),
        ),
        "store.no_such_preset": (
            translate("ErrorSentences", "This preset no longer exists."),
            translate("ErrorSentences", "Choose another preset, or create this one again from a contract."),
        ),
        "store.bad_preset": (
            translate("ErrorSentences", "This preset can't be read."),
            translate("ErrorSentences", "Create the preset again from a contract."),
        ),
        "store.bad_template": (
            translate("ErrorSentences", "This computer's record of this template can't be read."),
            translate("ErrorSentences", "Remove the template from the list, then add it again by its ID."),
        ),
        "store.preset_file_changed": (
            translate("ErrorSentences", "The preset's file has changed."),
            translate("ErrorSentences", "Create the preset again with the current file."),
        ),
        "store.preset_too_large": (
            translate("ErrorSentences", "The file is too large to save with a preset."),
            translate("ErrorSentences", "Save the preset without its file, and open the file each time."),
        ),
        "preset.no_customer": (
            translate("ErrorSentences", "This preset has no customer, so no one at the counter would sign."),
            translate("ErrorSentences", "Create the preset again, and choose which signer is the customer."),
        ),
        "preset.staff_unknown": (
            translate("ErrorSentences", "A person in the preset isn't registered on this platform yet."),
            translate("ErrorSentences", "Complete the preset's fixed signers in Presets, then use the preset again."),
        ),
        "preset.other_environment": (
            translate("ErrorSentences", "The preset belongs to another environment or project."),
            translate(
                "ErrorSentences",
                "Choose that environment in Settings, or create the preset again for the current environment.",
            ),
        ),
        "preset.not_a_preset": (
            translate("ErrorSentences", "This file isn't a preset, or it's damaged."),
            translate("ErrorSentences", "Ask for a new export."),
        ),
        "preset.too_large": (
            translate("ErrorSentences", "The preset is too large."),
            translate("ErrorSentences", "Save the preset without its file, and open the file each time."),
        ),
        "template.no_text_field": (
            translate("ErrorSentences", "The file has no text form fields, so the platform can't fill in anything."),
            translate(
                "ErrorSentences",
                "Add text fields in the program that the file was created with, then open the file again.",
            ),
        ),
        "template.no_fields": (
            translate("ErrorSentences", "There are no fields yet, so the platform can't fill in anything."),
            translate("ErrorSentences", "Choose a field type, then draw the field on the page."),
        ),
        "template.bad_field": (
            translate("ErrorSentences", "The field “{name}” on page {page_number} isn't valid and can't be written."),
            translate("ErrorSentences", "See the list of fields for details."),
        ),
        "template.no_name": (
            translate("ErrorSentences", "The template needs a name."),
            translate("ErrorSentences", "Use the name from your everyday business."),
        ),
        "template.bad_id": (
            translate("ErrorSentences", "Invalid template ID."),
            translate("ErrorSentences", "Copy the ID from the place where the template was created, without spaces."),
        ),
        "template.listed": (
            translate("ErrorSentences", "This template is already in the list."),
            translate("ErrorSentences", "Find the template's ID in the list."),
        ),
        "template.no_pdf": (
            translate("ErrorSentences", "The template's PDF isn't on this computer."),
            translate("ErrorSentences", "To see its pages and fields, add the PDF in Presets."),
        ),
        "template.too_large": (
            translate("ErrorSentences", "The PDF is larger than 100 MB and can't be saved as a template."),
            translate("ErrorSentences", "Reduce the file's size in the program that it was created with."),
        ),
        "template.gone": (
            translate(
                "ErrorSentences", "The platform doesn't have this template, or it was deleted: {msg} ({err_code})"
            ),
            translate("ErrorSentences", "Create the template again in Presets, and use the new template here."),
        ),
        "template.busy": (
            translate("ErrorSentences", "Another template is being created."),
            translate("ErrorSentences", "Wait until this is finished, then try again."),
        ),
        "template.other_environment": (
            translate("ErrorSentences", "The current environment or project has changed."),
            translate("ErrorSentences", "Choose “Create template…” again to see where the template will be created."),
        ),
        "template.outcome_unknown": (
            translate("ErrorSentences", "It's unclear whether this template was created: an earlier answer was lost."),
            translate(
                "ErrorSentences",
                "Even if the template was created, it isn't used and no customer sees it. Press "
                "again to create the template again.",
            ),
        ),
        "template.still_edited": (
            translate("ErrorSentences", "The fields of a template are being edited."),
            translate("ErrorSentences", "Create or save the template, or cancel, before you add to a contract."),
        ),
        "template.answer_lost": (
            translate(
                "ErrorSentences", "The platform's answer was lost. The template may or may not have been created."
            ),
            translate(
                "ErrorSentences",
                "Even if the template was created, it isn't used and no customer sees it. Press "
                "again to create the template again.",
            ),
        ),
        "preset.no_such_key": (
            translate("ErrorSentences", "This key can't be used to choose a preset."),
            translate("ErrorSentences", "Use F2 to F8."),
        ),
        "counter.not_ready": (
            translate("ErrorSentences", "The counter isn't ready yet."),
            translate("ErrorSentences", "First choose a preset and enter the customer."),
        ),
        "counter.data_gone": (
            translate("ErrorSentences", "The data entered was lost when the program stopped."),
            translate("ErrorSentences", "Press Esc twice, then choose the contract and enter the customer again."),
        ),
        "brand.missing": (
            translate("ErrorSentences", "The image can't be read."),
            translate("ErrorSentences", "Choose the image again, or choose another one."),
        ),
        "brand.too_large": (
            translate("ErrorSentences", "The image is too large."),
            translate("ErrorSentences", "Choose an image of at most 2 MB and 4,000 pixels per side."),
        ),
        "brand.not_a_picture": (
            translate("ErrorSentences", "This file isn't an image that can be shown."),
            translate("ErrorSentences", "Choose a PNG or JPEG file."),
        ),
        "pin.not_digits": (
            translate("ErrorSentences", "The PIN must have {least} to {most} digits."),
            translate("ErrorSentences", "Enter digits only."),
        ),
        "pin.same": (
            translate("ErrorSentences", "The new PIN is the same as the current one."),
            translate("ErrorSentences", "Choose another PIN."),
        ),
        "pin.wrong": (
            translate("ErrorSentences", "The current PIN is incorrect."),
            translate(
                "ErrorSentences",
                "Enter the PIN again. If no one remembers the PIN, remove it with: esign-desktop --remove-counter-pin",
            ),
        ),
        "pin.wait": (
            translate("ErrorSentences", "Too many wrong PINs."),
            translate("ErrorSentences", "Wait {seconds} seconds, then try again."),
        ),
        "preset.newer": (
            translate("ErrorSentences", "This preset was exported by a newer version of this program."),
            translate("ErrorSentences", "Update this program, or ask for an export from the older version."),
        ),
        "answer.empty": (
            translate("ErrorSentences", "“{label}” is required."),
            translate("ErrorSentences", "Enter the value, then press Enter."),
        ),
        "answer.too_long": (
            translate("ErrorSentences", "“{label}” can hold at most {most} characters."),
            translate("ErrorSentences", "Shorten your text."),
        ),
        "answer.no_amount": (
            translate("ErrorSentences", "“{label}” must be an amount in yuan."),
            translate("ErrorSentences", "Enter the amount in digits, such as 50,000 or 1234.50."),
        ),
        "answer.no_date": (
            translate("ErrorSentences", "“{label}” must be a valid date."),
            translate("ErrorSentences", "Enter the date as 2026-03-09 or 20260309."),
        ),
        "answer.no_number": (
            translate("ErrorSentences", "“{label}” must be a number."),
            translate("ErrorSentences", "Enter the number in digits."),
        ),
        "answer.no_tick": (
            translate("ErrorSentences", "“{label}” is a check box."),
            translate("ErrorSentences", "Enter 1 to select the check box, or 0 to clear it."),
        ),
        "answer.no_choice": (
            translate("ErrorSentences", "“{label}” must be one of the options."),
            translate("ErrorSentences", "Enter the option's number."),
        ),
        "answer.bad_id_number": (
            translate("ErrorSentences", "“{label}”: invalid ID number."),
            translate("ErrorSentences", "Compare the number with the card."),
        ),
        "answer.bad_mobile": (
            translate("ErrorSentences", "“{label}”: invalid mobile number."),
            translate("ErrorSentences", "Check the number, or confirm it with the person."),
        ),
        "counter.same_customer": (
            translate("ErrorSentences", "This customer has already been entered."),
            translate("ErrorSentences", "Enter the next customer. Each customer signs separately."),
        ),
        "counter.busy": (
            translate("ErrorSentences", "The counter is busy."),
            translate("ErrorSentences", "Wait a moment, then try again."),
        ),
        "counter.in_use": (
            translate("ErrorSentences", "Another contract is open at the counter."),
            translate(
                "ErrorSentences",
                "Before you choose another contract, finish the open one, or press Esc twice to clear it.",
            ),
        ),
        "counter.code_shown": (
            translate("ErrorSentences", "A QR code is on the screen."),
            translate(
                "ErrorSentences",
                "Before you choose another contract, wait for the signature, or press Esc twice "
                "to revoke this contract.",
            ),
        ),
        "preset.person_missing": (
            translate("ErrorSentences", "A person required by the preset is missing."),
            translate("ErrorSentences", "Enter every customer named in the contract."),
        ),
    }


def bulk_texts() -> dict[str, tuple[str, str]]:
    """Return title and remedy, keyed by code, for errors of sheets and of bulk sends."""
    return {
        "sheet.vanished": (
            translate("ErrorSentences", "The sheet is no longer in its folder."),
            translate("ErrorSentences", "Find where the sheet was moved, and choose it again."),
        ),
        "sheet.unreadable": (
            translate("ErrorSentences", "The sheet can't be read."),
            translate(
                "ErrorSentences",
                "Close the sheet in the other program, or check that you're allowed to read it. Then try again.",
            ),
        ),
        "sheet.too_large": (
            translate("ErrorSentences", "The sheet is too large: {size_mb} MB. The limit is {max_mb} MB."),
            translate("ErrorSentences", "Remove images and other worksheets, or save the sheet as CSV."),
        ),
        "sheet.encrypted": (
            translate("ErrorSentences", "The sheet is protected by a password."),
            translate(
                "ErrorSentences",
                "Open the sheet in the program that it was created with, and save it without the password.",
            ),
        ),
        "sheet.old_format": (
            translate("ErrorSentences", "The sheet is in the old .xls format, which isn't supported."),
            translate(
                "ErrorSentences", "Open the sheet in the program that it was created with, and save it as .xlsx."
            ),
        ),
        "sheet.not_a_sheet": (
            translate("ErrorSentences", "This file isn't a spreadsheet."),
            translate("ErrorSentences", "Choose an .xlsx or .csv file."),
        ),
        "sheet.damaged": (
            translate("ErrorSentences", "The sheet is damaged and can't be read completely. None of it was used."),
            translate("ErrorSentences", "Open the sheet in the program that it was created with, and save it again."),
        ),
        "sheet.no_rows": (
            translate("ErrorSentences", "This sheet has no rows below its headings."),
            translate("ErrorSentences", "Fill in one row per contract, save the sheet, and choose it again."),
        ),
        "sheet.too_many_rows": (
            translate("ErrorSentences", "The sheet has too many rows. You can send at most {max} at a time."),
            translate(
                "ErrorSentences",
                "Split the sheet into several sheets. Rows already sent will be recognized and not sent again.",
            ),
        ),
        "sheet.too_many_columns": (
            translate("ErrorSentences", "The sheet has too many columns. At most {max} can be read."),
            translate("ErrorSentences", "Delete unused columns."),
        ),
        "sheet.cell_too_long": (
            translate(
                "ErrorSentences", "A cell of this sheet contains more than {max} characters, so nothing was read."
            ),
            translate(
                "ErrorSentences", "Shorten the text in the cell. In a CSV file, look for an unclosed quotation mark."
            ),
        ),
        "sheet.too_much_text": (
            translate("ErrorSentences", "The sheet contains more than {max} million characters. Nothing was read."),
            translate("ErrorSentences", "Delete unused columns, or split the sheet into several sheets."),
        ),
        "sheet.too_many_cells": (
            translate("ErrorSentences", "More than {max} cells of the sheet contain text. Nothing was read."),
            translate("ErrorSentences", "Delete unused columns, or split the sheet into several sheets."),
        ),
        "sheet.too_slow": (
            translate("ErrorSentences", "Reading this sheet took too long and was stopped."),
            translate("ErrorSentences", "Copy the rows to a new sheet, save that sheet, and choose it."),
        ),
        "sheet.too_heavy": (
            translate("ErrorSentences", "Reading this sheet took too much memory and was stopped."),
            translate("ErrorSentences", "Copy the rows to a new sheet, save that sheet, and choose it."),
        ),
        "preset.deadline_past": (
            translate("ErrorSentences", "The signing deadline set by this preset has passed."),
            translate("ErrorSentences", "Change the preset's deadline in Presets, then choose the sheet again."),
        ),
        "bulk.paste_too_large": (
            translate(
                "ErrorSentences",
                "The copied content doesn't fit here (rows left: {rows}, columns left: {columns}). Nothing was pasted.",
            ),
            translate("ErrorSentences", "Choose a cell further up or to the left, or add rows in the spreadsheet."),
        ),
        "bulk.paste_over_sent": (
            translate("ErrorSentences", "One of the target rows was already sent. Nothing was pasted."),
            translate("ErrorSentences", "Show only the rows to correct, then paste."),
        ),
        "bulk.paste_unreadable": (
            translate("ErrorSentences", "The copied content can't be read as rows. Nothing was pasted."),
            translate("ErrorSentences", "Copy the rows in the spreadsheet program, and paste them here."),
        ),
        "bulk.busy": (
            translate("ErrorSentences", "A sheet is already being sent."),
            translate("ErrorSentences", "Wait until all rows are sent, or pause sending."),
        ),
        "bulk.nothing_to_send": (
            translate("ErrorSentences", "No rows of this sheet are left to send."),
            translate("ErrorSentences", "Correct the marked rows, or choose another sheet."),
        ),
        "bulk.environment_changed": (
            translate("ErrorSentences", "The environment changed after this sheet was checked. Nothing was sent."),
            translate("ErrorSentences", "Check the sheet again before you send it."),
        ),
        "bulk.preset_changed": (
            translate("ErrorSentences", "The preset was changed after this sheet was checked. Nothing was sent."),
            translate("ErrorSentences", "Check the sheet again before you send it."),
        ),
    }
