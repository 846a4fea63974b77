"""Provide the sentences for errors that stop a send, sends with an unknown result, and unusable environments."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication

translate: Final = QCoreApplication.translate

_BAD_VALUES: Final = (
    *("form.too_long", "form.no_amount", "form.no_number", "form.no_date"),
    *("form.no_choice", "form.no_tick", "form.bad_id_number", "form.bad_mobile"),
)


def obstacle_texts() -> dict[str, tuple[str, str]]:
    """Return title and remedy, keyed by code, for faults of a contract that prevent a send."""
    bad_value = (
        translate("ErrorSentences", "Nothing was sent: the value of “{field}” is invalid."),
        translate("ErrorSentences", "Correct the value, then send again."),
    )
    return {
        **dict.fromkeys(_BAD_VALUES, bad_value),
        "form.too_many_pages": (
            translate("ErrorSentences", "Nothing was sent: {count} pages would follow the form; the limit is {most}."),
            translate("ErrorSentences", "Shorten the tables, or remove pages of PDFs, then send again."),
        ),
        "form.no_room_left": (
            translate("ErrorSentences", "At most {most} pages can follow the form; there is room for {left} more."),
            translate("ErrorSentences", "Choose fewer pages, shorten the tables, or remove other pages at the end."),
        ),
        "form.files_too_large": (
            translate("ErrorSentences", "The files at the end of the form can have {most} MB together."),
            translate("ErrorSentences", "Choose fewer pages, or print the document to a PDF at a lower resolution."),
        ),
        "form.block_missing": (
            translate(
                "ErrorSentences",
                "Nothing was sent: the pages of “{block}” are missing or have changed on this computer.",
            ),
            translate("ErrorSentences", "Remove these pages from the end of the document, and add the file again."),
        ),
        "form.value_missing": (
            translate("ErrorSentences", "Nothing was sent because fields of the form are still empty: {fields}."),
            translate("ErrorSentences", "Fill in these fields, or make them optional in the preset's form fields."),
        ),
        "form.correction_empty": (
            translate("ErrorSentences", "A form in this correction hasn't been filled in."),
            translate(
                "ErrorSentences", "Nothing was revoked or sent. Fill in the form in Prepare, below the document."
            ),
        ),
        "form.values_unknown": (
            translate(
                "ErrorSentences", "The form values of the contract being corrected aren't known on this computer."
            ),
            translate(
                "ErrorSentences",
                "Nothing was revoked or sent. Revoke that contract in Track, and start a new one from the preset.",
            ),
        ),
        "table.too_large": (
            translate("ErrorSentences", "A table can have at most {rows} rows and {columns} columns."),
            translate("ErrorSentences", "Nothing was pasted. Paste a smaller part, or create several tables."),
        ),
        "table.long_cell": (
            translate("ErrorSentences", "A cell can contain at most {most} characters."),
            translate("ErrorSentences", "Nothing was pasted. First shorten the text in the cell."),
        ),
        "table.no_such_letters": (
            translate("ErrorSentences", "A table contains characters that can't be written to its pages."),
            translate("ErrorSentences", "Check the table for rare characters and emoji, and replace them."),
        ),
        "document.nobody_signs": (
            translate("ErrorSentences", "Nothing was sent: one of the documents has no signer."),
            translate("ErrorSentences", "Place a seal on the document, or remove the document."),
        ),
        "signer.signs_nothing": (
            translate("ErrorSentences", "Nothing was sent: signer {number} has no document to sign."),
            translate("ErrorSentences", "Place a seal for this signer, or let the signer place it."),
        ),
        "signer.silent_without_place": (
            translate(
                "ErrorSentences", "Nothing was sent: signer {number} signs automatically but has no seal position."
            ),
            translate("ErrorSentences", "Set the seal's position, then send again."),
        ),
        "keyword.not_found": (
            translate("ErrorSentences", "Nothing was sent: the document doesn't contain “{keyword}”."),
            translate("ErrorSentences", "Choose another keyword, or place the seal by coordinates."),
        ),
        "keyword.empty": (
            translate("ErrorSentences", "Nothing was sent: a keyword seal has no keyword."),
            translate("ErrorSentences", "Enter the keyword, or remove the seal."),
        ),
        "placement.orphan": (
            translate(
                "ErrorSentences", "Nothing was sent: a seal belongs to a document or signer that no longer exists."
            ),
            translate("ErrorSentences", "Remove the seal, then send again."),
        ),
    }


def sending_texts() -> dict[str, tuple[str, str]]:
    """Return title and remedy, keyed by code, for errors that stop a send, including those of ``obstacle_texts``.

    Errors in revoking, downloading and correcting flows are included, too.
    """
    return {
        **obstacle_texts(),
        "submission.busy": (
            translate("ErrorSentences", "Another contract is being sent."),
            translate("ErrorSentences", "Wait until this is finished, then try again."),
        ),
        "submission.interrupted": (
            translate("ErrorSentences", "Sending was interrupted. Nothing is lost."),
            translate("ErrorSentences", "Continue. Completed steps won't be repeated."),
        ),
        "submission.not_executed": (
            translate("ErrorSentences", "The contract is on the platform, but signing hasn't started yet."),
            translate("ErrorSentences", "Continue. No one will be notified twice."),
        ),
        "submission.not_made": (
            translate("ErrorSentences", "This contract is no longer waiting to be checked."),
            translate("ErrorSentences", "Check the contract's status in Track."),
        ),
        "submission.made_differs": (
            translate("ErrorSentences", "The document created by the platform doesn't match the values entered."),
            translate(
                "ErrorSentences", "No one has seen the document. Check it in Track, then continue or cancel there."
            ),
        ),
        "submission.values_gone": (
            translate("ErrorSentences", "The form values are no longer stored on this computer."),
            translate("ErrorSentences", "Read the document yourself before you continue."),
        ),
        "submission.not_prepared": (
            translate("ErrorSentences", "This contract is no longer being prepared."),
            translate("ErrorSentences", "Check the contract's status in Track."),
        ),
        "submission.no_links_later": (
            translate(
                "ErrorSentences", "This platform provides signing links only when the contract is shown to its signers."
            ),
            translate(
                "ErrorSentences",
                "Nothing was created. Have the platform notify the signers, or send the contract immediately.",
            ),
        ),
        "submission.not_held": (
            translate("ErrorSentences", "This contract no longer needs a decision."),
            translate("ErrorSentences", "Check the contract's status in Track."),
        ),
        "submission.sent_before": (
            translate("ErrorSentences", "This contract has already been sent or is being sent."),
            translate("ErrorSentences", "Check the contract in Track. To send a similar contract, start a new one."),
        ),
        "draft.being_sent": (
            translate("ErrorSentences", "This contract is being sent and can't be changed now."),
            translate(
                "ErrorSentences",
                "Continue or cancel the contract in Track. After you cancel it, you can open and change it again.",
            ),
        ),
        "submission.too_late": (
            translate("ErrorSentences", "It's too late to cancel: the signers can already see the contract."),
            translate("ErrorSentences", "Revoke the contract in Track."),
        ),
        "submission.unknown": (
            translate("ErrorSentences", "This computer no longer has a record of sending this contract."),
            translate("ErrorSentences", "Choose the contract again from the list in Track."),
        ),
        "submission.stale_answer": (
            translate("ErrorSentences", "The response doesn't match the request, so it was rejected."),
            translate(
                "ErrorSentences",
                "Check the contract in Track before you continue. Nothing is sent twice automatically.",
            ),
        ),
        "submission.may_be_visible": (
            translate("ErrorSentences", "Signers may already see this contract, so it can't be sent again."),
            translate(
                "ErrorSentences", "Before you send another contract, ask one of the signers or the platform's support."
            ),
        ),
        "account.another_name": (
            translate(
                "ErrorSentences",
                "The account or reference of signer {number} is saved on this computer under another name.",
            ),
            translate(
                "ErrorSentences",
                "Nothing was sent, because the wrong person would be asked to sign. Check the "
                "name and your reference, or enter the ID number.",
            ),
        ),
        "account.new_name": (
            translate(
                "ErrorSentences", "The ID number of signer {number} is saved on this computer under another name."
            ),
            translate(
                "ErrorSentences",
                "Nothing was sent. Check the name and ID number. If both are correct, send again "
                "to create an account with this name.",
            ),
        ),
        "account.unlinked": (
            translate(
                "ErrorSentences", "Contacts unlinked because they may have used another person's account: {count}."
            ),
            translate(
                "ErrorSentences",
                "An earlier version kept a signer's account after the signer was changed to "
                "someone else. Enter the ID number next time. Contracts already sent are "
                "unaffected; Track shows who received them.",
            ),
        ),
        "account.unknown_here": (
            translate("ErrorSentences", "The account of signer {number} isn't known in this environment."),
            translate(
                "ErrorSentences",
                "Nothing was sent. Edit the signer and enter the ID number. The signer's account "
                "will then be found or created.",
            ),
        ),
        "account.number_needed": (
            translate(
                "ErrorSentences", "The account of signer {number} uses a different mobile number or email address."
            ),
            translate(
                "ErrorSentences",
                "Nothing was sent. Enter the ID number again to create an account with the new "
                "mobile number. Or leave the mobile number and email address empty to contact "
                "the signer as before.",
            ),
        ),
        "account.code_needed": (
            translate(
                "ErrorSentences", "The organization of signer {number} was previously represented by someone else."
            ),
            translate(
                "ErrorSentences",
                "Nothing was sent. Enter the organization's registration number again to create "
                "an account with this representative.",
            ),
        ),
        "account.keeps_address": (
            translate(
                "ErrorSentences", "The platform keeps the old mobile number or email address of signer {number}."
            ),
            translate(
                "ErrorSentences",
                "Nothing was sent. Send again to use the old contact details, which are shown "
                "next to the signer. Or give the signer the link yourself.",
            ),
        ),
        "account.second_refused": (
            translate(
                "ErrorSentences",
                "The platform refused to create an account with the new mobile number or email "
                "address of signer {number}: {msg} ({err_code})",
            ),
            translate(
                "ErrorSentences",
                "Nothing was sent. Leave this signer's mobile number and email address empty to "
                "use the contact details that the platform has. Or correct the problem that the "
                "platform reports, and try again.",
            ),
        ),
        "flow.not_revoked": (
            translate("ErrorSentences", "It's unclear whether the contract was revoked."),
            translate("ErrorSentences", "Refresh in a moment. If the contract isn't revoked, revoke it again."),
        ),
        "flow.merge_onto_source": (
            translate("ErrorSentences", "This is one of the signed files, so it isn't overwritten."),
            translate("ErrorSentences", "Choose another name for the merged file."),
        ),
        "flow.nothing_signed": (
            translate("ErrorSentences", "Nothing to download: no document has been sealed yet."),
            translate("ErrorSentences", "Wait until all signers have signed."),
        ),
        "flow.completed": (
            translate("ErrorSentences", "All signers have signed this contract, so it can no longer be corrected."),
            translate("ErrorSentences", "Prepare a new contract that changes or terminates this one."),
        ),
        "correction.completed": (
            translate("ErrorSentences", "In the meantime, all signers have signed the contract you wanted to correct."),
            translate(
                "ErrorSentences",
                "Nothing was revoked or sent. Check the signed contract before you continue.",
            ),
        ),
        "correction.sent_before": (
            translate("ErrorSentences", "A correction of this contract has already been sent or is being sent."),
            translate("ErrorSentences", "Find the correction in Track. You can correct it again there."),
        ),
        "correction.not_here": (
            translate("ErrorSentences", "The contract being corrected can't be ended from here."),
            translate("ErrorSentences", "Send the correction from Prepare."),
        ),
        "flow.no_draft": (
            translate("ErrorSentences", "The content of this contract isn't on this computer."),
            translate("ErrorSentences", "Start a new contract with the same file."),
        ),
        "flow.other_project": (
            translate("ErrorSentences", "This contract was sent by another project ({project_id})."),
            translate("ErrorSentences", "Choose that project in Settings, then check again."),
        ),
    }


def environment_texts() -> dict[str, tuple[str, str]]:
    """Return title and remedy, keyed by code, for environments that cannot be used, and for rehearsals."""
    return {
        "environment.no_rehearsal": (
            translate("ErrorSentences", "The rehearsal isn't running."),
            translate("ErrorSentences", "Click “Start rehearsal” at the bottom of the window, then try again."),
        ),
        "environment.no_address": (
            translate("ErrorSentences", "The chosen environment has no address."),
            translate("ErrorSentences", "Enter the address in Settings. You can also start the rehearsal there."),
        ),
        "environment.no_project": (
            translate("ErrorSentences", "The chosen environment has no project ID."),
            translate(
                "ErrorSentences", "Enter the project ID and secret in Settings, as shown in the platform's console."
            ),
        ),
        "environment.no_secret": (
            translate("ErrorSentences", "The project secret is required."),
            translate("ErrorSentences", "Enter the secret in Settings. It's stored in the keyring, never in a file."),
        ),
        "rehearsal.busy": (
            translate("ErrorSentences", "The previous rehearsal is still being cleaned up."),
            translate("ErrorSentences", "Try again in a moment."),
        ),
        "rehearsal.no_form": (
            translate(
                "ErrorSentences", "The template's PDF isn't on this computer, so the contract can't be rehearsed."
            ),
            translate("ErrorSentences", "You can still send the contract; the platform has the template."),
        ),
        "rehearsal.not_filled": (
            translate("ErrorSentences", "In the rehearsal, a form doesn't contain the values that you entered."),
            translate("ErrorSentences", "Check the form's values in Prepare. A field may be too small for its value."),
        ),
        "rehearsal.not_taken": (
            translate("ErrorSentences", "The rehearsal stopped before the contract was created."),
            translate("ErrorSentences", "Check the contract in Prepare, then try again."),
        ),
        "rehearsal.other_pages": (
            translate(
                "ErrorSentences",
                "In the rehearsal, the pages of the sealed document differ from the pages of your file.",
            ),
            translate(
                "ErrorSentences",
                "Print the file to a new PDF, and use the new PDF.",
            ),
        ),
        "rehearsal.not_signed": (
            translate("ErrorSentences", "In the rehearsal, some signers couldn't sign."),
            translate("ErrorSentences", "Check the positions of the seals in Prepare, then try again."),
        ),
        "sandbox.not_started": (
            translate("ErrorSentences", "The rehearsal platform couldn't be started."),
            translate("ErrorSentences", "Restart the program. The reason is in the log."),
        ),
    }


def held_texts() -> dict[str, tuple[str, str]]:
    """Return title and remedy, keyed by code, for sends whose result is unknown."""
    return {
        "submission.may_be_visible": (
            translate("ErrorSentences", "Signers may already see this contract."),
            translate(
                "ErrorSentences",
                "This platform shows a contract to its signers as soon as the contract is "
                "created. Ask the signers or the platform's support before you cancel and send "
                "again.",
            ),
        ),
        "submission.stale_answer": (
            translate("ErrorSentences", "The response belongs to another contract."),
            translate(
                "ErrorSentences",
                "The response was rejected. If this happens again, someone may be interfering with the connection.",
            ),
        ),
        "document.empty": (
            translate("ErrorSentences", "One of the documents is an empty file."),
            translate("ErrorSentences", "Save the document again in its original program, then add the new file."),
        ),
    }
