"""Sentences for what goes wrong with presets, at the counter, and with sheets that are sent row by row."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication

translate: Final = QCoreApplication.translate


def preset_texts() -> dict[str, tuple[str, str]]:
    """Return sentence and remedy by code."""
    return {
        "preset.not_a_person": (
            translate("ErrorSentences", "Only a person can be the customer of a preset."),
            translate("ErrorSentences", "Choose a person, or let the organization stay who it is."),
        ),
        "preset.other_documents": (
            translate("ErrorSentences", "The preset was made for other documents."),
            translate("ErrorSentences", "Open the documents that it is for, in its order."),
        ),
        "preset.changed_meanwhile": (
            translate("ErrorSentences", "The preset on this computer was changed meanwhile: nothing was imported."),
            translate("ErrorSentences", "Choose the file once more, and look at both again."),
        ),
        "preset.edited_meanwhile": (
            translate("ErrorSentences", "This preset was changed elsewhere since you opened it: nothing was saved."),
            translate("ErrorSentences", "Note what you changed, then open the preset again and change it there."),
        ),
        "presets.folder_empty": (
            translate("ErrorSentences", "The folder of shared presets is empty."),
            translate("ErrorSentences", "Connect its drive again. The presets on this computer stay as they are."),
        ),
        "preset.name_taken": (
            translate("ErrorSentences", "Another preset has this name."),
            translate("ErrorSentences", "Give it another name."),
        ),
        "preset.keyword_not_found": (
            translate("ErrorSentences", "The keyword “{keyword}” does not occur in the preset's document."),
            translate("ErrorSentences", "Choose another keyword, or say which points are used instead."),
        ),
        "preset.keyword_unchecked": (
            translate("ErrorSentences", "Nobody has looked yet how often “{keyword}” stands in the preset's document."),
            translate("ErrorSentences", "Open the preset in Presets, look at its seals, and save it."),
        ),
        "preset.keyword_unconfirmed": (
            translate("ErrorSentences", "The keyword “{keyword}” occurs {count} times: {count} seals would be placed."),
            translate("ErrorSentences", "Confirm all of them under Seals, or choose another keyword."),
        ),
        "preset.seal_missing": (
            translate("ErrorSentences", "This preset can't be used: it lacks a seal that every contract needs."),
            translate("ErrorSentences", "Open the preset in Presets, and place the seal."),
        ),
        "store.no_such_preset": (
            translate("ErrorSentences", "This preset is not there any more."),
            translate("ErrorSentences", "Choose another one, or make it again from a contract."),
        ),
        "store.bad_preset": (
            translate("ErrorSentences", "This preset can't be read."),
            translate("ErrorSentences", "Make it again from a contract."),
        ),
        "store.bad_template": (
            translate("ErrorSentences", "What is kept of this template can't be read."),
            translate("ErrorSentences", "Remove it from the list, and add it by its id."),
        ),
        "store.preset_file_changed": (
            translate("ErrorSentences", "The file that belongs to this preset has changed."),
            translate("ErrorSentences", "Make the preset again with the file as it is now."),
        ),
        "store.preset_too_large": (
            translate("ErrorSentences", "The file is too large to be kept with a preset."),
            translate("ErrorSentences", "Keep the preset without its file, and open the file each time."),
        ),
        "preset.no_customer": (
            translate("ErrorSentences", "This preset has no customer: nobody would stand at the counter."),
            translate("ErrorSentences", "Make it again, and choose which of its signers is the customer."),
        ),
        "preset.staff_unknown": (
            translate("ErrorSentences", "A person of the preset is not known at this platform yet."),
            translate("ErrorSentences", "Fill in the preset's own people in Presets, then use it again."),
        ),
        "preset.other_environment": (
            translate("ErrorSentences", "The preset belongs to another environment or project."),
            translate("ErrorSentences", "Choose that one in Settings, or make the preset again for this one."),
        ),
        "preset.not_a_preset": (
            translate("ErrorSentences", "This file is not a preset, or it is damaged."),
            translate("ErrorSentences", "Ask for it to be exported again."),
        ),
        "preset.too_large": (
            translate("ErrorSentences", "The preset is too large."),
            translate("ErrorSentences", "Keep the preset without its file, and open the file each time."),
        ),
        "template.no_text_field": (
            translate("ErrorSentences", "The file has no form field for text: the platform could fill nothing in."),
            translate("ErrorSentences", "Give it text fields in the program that made it, and open it again."),
        ),
        "template.no_fields": (
            translate("ErrorSentences", "There is no field yet: the platform could fill nothing in."),
            translate("ErrorSentences", "Choose a kind of field and draw it on the page."),
        ),
        "template.bad_field": (
            translate("ErrorSentences", "The field “{name}” on page {page_number} can't be written as it is."),
            translate("ErrorSentences", "The list of fields says what is wrong with it."),
        ),
        "template.no_name": (
            translate("ErrorSentences", "A template needs a name."),
            translate("ErrorSentences", "Use the name that people ask for."),
        ),
        "template.bad_id": (
            translate("ErrorSentences", "This can't be a template's id."),
            translate("ErrorSentences", "Copy it from where the template was made, without spaces."),
        ),
        "template.listed": (
            translate("ErrorSentences", "This template is on the list already."),
            translate("ErrorSentences", "Look for its id in the list."),
        ),
        "template.no_pdf": (
            translate("ErrorSentences", "The PDF of this template is not on this computer."),
            translate("ErrorSentences", "Add the PDF that it was made of: then its fields are known, too."),
        ),
        "template.too_large": (
            translate("ErrorSentences", "The PDF is larger than 100 MB and can't be kept as a template."),
            translate("ErrorSentences", "Make it smaller in the program that made it."),
        ),
        "template.gone": (
            translate("ErrorSentences", "The platform does not know this template (any more): {msg} ({err_code})"),
            translate("ErrorSentences", "Make it again under Templates, and take the new one here."),
        ),
        "template.busy": (
            translate("ErrorSentences", "Another template is being made."),
            translate("ErrorSentences", "Wait until it is done, then try again."),
        ),
        "template.other_environment": (
            translate("ErrorSentences", "The environment or project in use has changed."),
            translate("ErrorSentences", "Look at the sheet once more: it says where the template would go."),
        ),
        "template.outcome_unknown": (
            translate("ErrorSentences", "Nobody can say whether this template was made: an earlier answer was lost."),
            translate("ErrorSentences", "Look at the sheet once more: it offers to create the template again."),
        ),
        "template.answer_lost": (
            translate("ErrorSentences", "The platform's answer was lost: the template may have been made, or not."),
            translate("ErrorSentences", "Nobody uses it and no customer sees it. Press once more to create it again."),
        ),
        "preset.no_such_key": (
            translate("ErrorSentences", "This key can't pick a preset."),
            translate("ErrorSentences", "Choose one of F2 to F8."),
        ),
        "counter.not_ready": (
            translate("ErrorSentences", "The counter is not ready for this yet."),
            translate("ErrorSentences", "Pick a preset and enter the customer first."),
        ),
        "counter.data_gone": (
            translate("ErrorSentences", "What was entered was lost when the program ended."),
            translate("ErrorSentences", "Press Esc Esc, then choose the contract and enter the customer again."),
        ),
        "preset.has_no_pages": (
            translate("ErrorSentences", "The pages of a template are at the platform; placement can't be edited here."),
            translate("ErrorSentences", "Change its seals in words, under Seals."),
        ),
        "brand.missing": (
            translate("ErrorSentences", "The picture can't be read."),
            translate("ErrorSentences", "Choose it again, or another one."),
        ),
        "brand.too_large": (
            translate("ErrorSentences", "The picture is too large."),
            translate("ErrorSentences", "Choose one of 2 MB and 4,000 pixels a side at most."),
        ),
        "brand.not_a_picture": (
            translate("ErrorSentences", "This file is not a picture that can be shown."),
            translate("ErrorSentences", "Choose a PNG or JPEG file."),
        ),
        "pin.not_digits": (
            translate("ErrorSentences", "A PIN has {least} to {most} digits."),
            translate("ErrorSentences", "Type digits only."),
        ),
        "pin.wrong": (
            translate("ErrorSentences", "The current PIN is not right."),
            translate(
                "ErrorSentences",
                "Type it again. If nobody remembers it, remove it with: esign-desktop --remove-counter-pin",
            ),
        ),
        "pin.wait": (
            translate("ErrorSentences", "Too many wrong PINs."),
            translate("ErrorSentences", "Wait {seconds} s, then try again."),
        ),
        "preset.newer": (
            translate("ErrorSentences", "This preset was exported by a newer version of this program."),
            translate("ErrorSentences", "Update this program, or ask for an export of the older version."),
        ),
        "answer.empty": (
            translate("ErrorSentences", "“{label}” is empty, and the contract needs it."),
            translate("ErrorSentences", "Type the value, then press Enter."),
        ),
        "answer.too_long": (
            translate("ErrorSentences", "“{label}” has room for {most} characters."),
            translate("ErrorSentences", "Shorten what you typed."),
        ),
        "answer.no_amount": (
            translate("ErrorSentences", "“{label}” has to be an amount in yuan."),
            translate("ErrorSentences", "Type it in digits, such as 50,000 or 1234.50."),
        ),
        "answer.no_date": (
            translate("ErrorSentences", "“{label}” has to be a date that exists."),
            translate("ErrorSentences", "Type it as 2026-03-09 or 20260309."),
        ),
        "answer.no_number": (
            translate("ErrorSentences", "“{label}” has to be a number."),
            translate("ErrorSentences", "Type it in digits."),
        ),
        "answer.no_tick": (
            translate("ErrorSentences", "“{label}” is a tick."),
            translate("ErrorSentences", "Type 1 for a tick, 0 for none."),
        ),
        "answer.no_choice": (
            translate("ErrorSentences", "“{label}” has to be one of the choices."),
            translate("ErrorSentences", "Type its number."),
        ),
        "answer.bad_id_number": (
            translate("ErrorSentences", "“{label}”: this ID number can't be right."),
            translate("ErrorSentences", "Compare it with the card."),
        ),
        "answer.bad_mobile": (
            translate("ErrorSentences", "“{label}”: this phone number can't be right."),
            translate("ErrorSentences", "Compare it, or ask whose it is."),
        ),
        "counter.same_customer": (
            translate("ErrorSentences", "This customer has been entered already."),
            translate("ErrorSentences", "Enter the next one; each signs for themselves."),
        ),
        "counter.busy": (
            translate("ErrorSentences", "Something is under way at the counter."),
            translate("ErrorSentences", "Wait a moment, then try again."),
        ),
        "counter.in_use": (
            translate("ErrorSentences", "Another contract is at the counter."),
            translate("ErrorSentences", "Finish it, or clear it with Esc Esc, before you choose another contract."),
        ),
        "counter.code_shown": (
            translate("ErrorSentences", "A code is on the screen."),
            translate(
                "ErrorSentences",
                "Wait for the signature, or revoke the contract with Esc Esc, before you choose another one.",
            ),
        ),
        "preset.person_missing": (
            translate("ErrorSentences", "A person the preset needs is missing."),
            translate("ErrorSentences", "Enter every customer that it names."),
        ),
    }


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
            translate("ErrorSentences", "Open it in the program that made it, and save it again."),
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
