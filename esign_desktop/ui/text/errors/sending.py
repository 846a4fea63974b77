"""Sentences for what stops a send, for one that may or may not have arrived, and for an unreachable environment."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication

translate: Final = QCoreApplication.translate

_BAD_VALUES: Final = (
    *("form.too_long", "form.no_amount", "form.no_number", "form.no_date"),
    *("form.no_choice", "form.no_tick", "form.bad_id_number", "form.bad_mobile"),
)


def obstacle_texts() -> dict[str, tuple[str, str]]:
    """Return sentence and remedy for what must not be sent as it is."""
    bad_value = (
        translate("ErrorSentences", "Nothing was sent: what stands in “{field}” can't be right."),
        translate("ErrorSentences", "Correct it, then send again."),
    )
    return {
        **dict.fromkeys(_BAD_VALUES, bad_value),
        "form.too_many_pages": (
            translate(
                "ErrorSentences", "Nothing was sent: the tables would add {count} pages, and {most} are possible."
            ),
            translate("ErrorSentences", "Shorten the tables, then send again."),
        ),
        "form.value_missing": (
            translate("ErrorSentences", "Nothing was sent: the form still lacks a value: {fields}."),
            translate("ErrorSentences", "Fill it in, or say in the preset's form fields that it may stay empty."),
        ),
        "form.correction_empty": (
            translate("ErrorSentences", "Nothing is filled into a form of this correction."),
            translate(
                "ErrorSentences", "Nothing was revoked and nothing sent. Fill it in in Prepare, below the document."
            ),
        ),
        "form.values_unknown": (
            translate("ErrorSentences", "What a form of the corrected contract was filled with is not known here."),
            translate(
                "ErrorSentences",
                "Nothing was revoked and nothing sent. Revoke that contract in Track, and start a new one from the"
                " preset.",
            ),
        ),
        "table.too_large": (
            translate("ErrorSentences", "A table may have {rows} rows and {columns} columns at most."),
            translate("ErrorSentences", "Nothing was pasted. Paste a smaller part, or make several tables."),
        ),
        "table.long_cell": (
            translate("ErrorSentences", "A cell may hold {most} characters at most."),
            translate("ErrorSentences", "Nothing was pasted. Shorten the cell first."),
        ),
        "table.no_such_letters": (
            translate("ErrorSentences", "A table holds characters that can't be written into its pages."),
            translate("ErrorSentences", "Look for rare characters and emoji in the table, and write them otherwise."),
        ),
        "document.nobody_signs": (
            translate("ErrorSentences", "Nothing was sent: nobody signs one of the documents."),
            translate("ErrorSentences", "Place a seal on it, or take the document out."),
        ),
        "signer.signs_nothing": (
            translate("ErrorSentences", "Nothing was sent: signer {number} signs none of the documents."),
            translate("ErrorSentences", "Place a seal of theirs, or let them place it themselves."),
        ),
        "signer.silent_without_place": (
            translate("ErrorSentences", "Nothing was sent: signer {number} signs automatically but has no place."),
            translate("ErrorSentences", "Give the seal a place, then send again."),
        ),
        "keyword.not_found": (
            translate("ErrorSentences", "Nothing was sent: “{keyword}” does not occur in the document."),
            translate("ErrorSentences", "Choose another keyword, or place the seal by coordinates."),
        ),
        "keyword.empty": (
            translate("ErrorSentences", "Nothing was sent: a keyword seal has no keyword."),
            translate("ErrorSentences", "Type the keyword, or remove the seal."),
        ),
        "placement.orphan": (
            translate("ErrorSentences", "Nothing was sent: a seal belongs to a document or signer that is gone."),
            translate("ErrorSentences", "Remove the seal, then send again."),
        ),
    }


def sending_texts() -> dict[str, tuple[str, str]]:
    """Return sentence and remedy by code."""
    return {
        **obstacle_texts(),
        "submission.busy": (
            translate("ErrorSentences", "Another contract is being sent."),
            translate("ErrorSentences", "Wait until it is done, then try again."),
        ),
        "submission.interrupted": (
            translate("ErrorSentences", "The send was interrupted; nothing is lost."),
            translate("ErrorSentences", "Continue: what had been done already is not done twice."),
        ),
        "submission.not_executed": (
            translate("ErrorSentences", "The contract is at the platform, but signing has not begun yet."),
            translate("ErrorSentences", "Continue; nobody is invited twice."),
        ),
        "submission.not_made": (
            translate("ErrorSentences", "This send does not wait to be looked at any more."),
            translate("ErrorSentences", "Look at its state in Track."),
        ),
        "submission.made_differs": (
            translate("ErrorSentences", "What the platform made of the form is not as it was filled in."),
            translate("ErrorSentences", "Nobody has seen it. Look at it in Track, and continue or cancel it there."),
        ),
        "submission.values_gone": (
            translate("ErrorSentences", "What the form was filled with is not known here any more."),
            translate("ErrorSentences", "Read the document yourself before you continue."),
        ),
        "submission.not_prepared": (
            translate("ErrorSentences", "This contract is not in preparation any more."),
            translate("ErrorSentences", "Look at its state in Track."),
        ),
        "submission.no_links_later": (
            translate(
                "ErrorSentences", "This platform tells signing addresses only when a contract is shown to its signers."
            ),
            translate(
                "ErrorSentences",
                "Nothing was prepared. Have the signers notified by the platform, or send the contract at once.",
            ),
        ),
        "submission.not_held": (
            translate("ErrorSentences", "This send is not waiting for a decision any more."),
            translate("ErrorSentences", "Look at its state in Track."),
        ),
        "submission.sent_before": (
            translate("ErrorSentences", "This contract was sent already, or is on its way."),
            translate("ErrorSentences", "Look at it in Track. For another one like it, start a new contract."),
        ),
        "draft.being_sent": (
            translate("ErrorSentences", "This contract is being sent, and can't be changed meanwhile."),
            translate(
                "ErrorSentences",
                "Continue it in Track, or cancel it there: then it can be opened and changed again.",
            ),
        ),
        "submission.too_late": (
            translate("ErrorSentences", "It is too late to cancel: the signers can see the contract."),
            translate("ErrorSentences", "Revoke it in Track."),
        ),
        "submission.unknown": (
            translate("ErrorSentences", "This send is not known here any more."),
            translate("ErrorSentences", "Choose it again from the list in Track."),
        ),
        "submission.stale_answer": (
            translate("ErrorSentences", "The answer was about something else and was not trusted."),
            translate(
                "ErrorSentences", "Look at the send in Track before you continue; nothing is sent twice automatically."
            ),
        ),
        "submission.may_be_visible": (
            translate("ErrorSentences", "Its signers may see the contract already, so it can't be started again."),
            translate("ErrorSentences", "Ask one of them, or the platform's support, before you send another one."),
        ),
        "account.another_name": (
            translate(
                "ErrorSentences", "The account or your reference of signer {number} is known here by another name."
            ),
            translate(
                "ErrorSentences",
                "Nothing was sent: the wrong person would be asked to sign. Check the name and your reference,"
                " or fill in the number.",
            ),
        ),
        "account.new_name": (
            translate("ErrorSentences", "The number of signer {number} is known here by another name."),
            translate(
                "ErrorSentences",
                "Nothing was sent. Check name and number. If both are right, send once more: then an account with this"
                " name is made.",
            ),
        ),
        "account.unlinked": (
            translate(
                "ErrorSentences", "{count} contact(s) may have had another person's account, so it was unlinked."
            ),
            translate(
                "ErrorSentences",
                "An earlier version kept the account of a signer who was retyped as somebody else. Fill in their number"
                " the next time; contracts that were sent stay as they are, and Track shows to whom they went.",
            ),
        ),
        "account.unknown_here": (
            translate("ErrorSentences", "The account of signer {number} is not known in this environment."),
            translate(
                "ErrorSentences",
                "Nothing was sent. Change the signer and fill in the number of their document; then their account is"
                " found or made.",
            ),
        ),
        "account.number_needed": (
            translate("ErrorSentences", "Signer {number} has an account with another mobile or e-mail."),
            translate(
                "ErrorSentences",
                "Nothing was sent. Fill in the ID number once more, so that an account with this mobile can be made; or"
                " leave mobile and e-mail empty to reach them as before.",
            ),
        ),
        "account.code_needed": (
            translate("ErrorSentences", "Somebody else acted for the organization of signer {number} so far."),
            translate(
                "ErrorSentences",
                "Nothing was sent. Fill in the organization's code once more, so that it gets an account with this"
                " agent.",
            ),
        ),
        "account.keeps_address": (
            translate("ErrorSentences", "The platform keeps the old mobile or e-mail of signer {number}."),
            translate(
                "ErrorSentences",
                "Nothing was sent. Send it once more to use the old one, which is shown beside the signer; or"
                " give them the link yourself.",
            ),
        ),
        "account.second_refused": (
            translate(
                "ErrorSentences",
                "The platform refused to make an account with the new mobile or e-mail of signer {number}: {msg}"
                " ({err_code})",
            ),
            translate(
                "ErrorSentences",
                "Nothing was sent. Leave mobile and e-mail of this signer empty to reach them where the platform has"
                " them; or put right what it names, and try again.",
            ),
        ),
        "flow.not_revoked": (
            translate("ErrorSentences", "Whether the contract was revoked is not certain."),
            translate("ErrorSentences", "Refresh it in a moment; if it still stands, revoke it again."),
        ),
        "flow.nothing_signed": (
            translate("ErrorSentences", "There is nothing to download: no document carries a seal yet."),
            translate("ErrorSentences", "Wait until everybody has signed."),
        ),
        "flow.completed": (
            translate("ErrorSentences", "Everybody has signed this contract: it can't be corrected any more."),
            translate("ErrorSentences", "Prepare a new contract that changes or ends it."),
        ),
        "correction.completed": (
            translate("ErrorSentences", "Everybody has signed the contract meanwhile that this one was to correct."),
            translate(
                "ErrorSentences",
                "Nothing was revoked and nothing sent. Look at the signed contract before you continue.",
            ),
        ),
        "correction.sent_before": (
            translate("ErrorSentences", "A correction of this contract was sent already, or is on its way."),
            translate("ErrorSentences", "Look for it in Track; it can be corrected in its turn."),
        ),
        "correction.not_here": (
            translate("ErrorSentences", "The contract that this one corrects can't be ended from here."),
            translate("ErrorSentences", "Send the correction from Prepare."),
        ),
        "flow.no_draft": (
            translate("ErrorSentences", "What this contract was made of is not on this computer."),
            translate("ErrorSentences", "Start a new contract with the same file."),
        ),
        "flow.other_project": (
            translate("ErrorSentences", "This contract was sent by another project ({project_id})."),
            translate("ErrorSentences", "Choose that project in Settings to ask about it."),
        ),
    }


def environment_texts() -> dict[str, tuple[str, str]]:
    """Return sentence and remedy by code."""
    return {
        "environment.no_address": (
            translate("ErrorSentences", "The chosen environment has no address."),
            translate("ErrorSentences", "Enter it in Settings; the rehearsal is started there too."),
        ),
        "environment.no_project": (
            translate("ErrorSentences", "The chosen environment has no project id."),
            translate(
                "ErrorSentences", "Enter project id and secret in Settings, as the platform's console shows them."
            ),
        ),
        "environment.no_secret": (
            translate("ErrorSentences", "The project's secret is needed."),
            translate("ErrorSentences", "Enter it in Settings; it is kept in the keyring, never in a file."),
        ),
        "rehearsal.busy": (
            translate("ErrorSentences", "The last rehearsal is still being put away."),
            translate("ErrorSentences", "Try again in a moment."),
        ),
        "rehearsal.no_form": (
            translate("ErrorSentences", "A form's PDF is not on this computer, so the contract can't be rehearsed."),
            translate("ErrorSentences", "It can still be sent; the platform has the form."),
        ),
        "rehearsal.not_filled": (
            translate("ErrorSentences", "In the rehearsal, a form was not filled in as you typed it."),
            translate("ErrorSentences", "Check its values in Prepare: a field may be too small for them."),
        ),
        "rehearsal.not_taken": (
            translate("ErrorSentences", "The rehearsal stopped before the contract was made."),
            translate("ErrorSentences", "Check the contract in Prepare, then try again."),
        ),
        "rehearsal.other_pages": (
            translate("ErrorSentences", "In the rehearsal, the stamped document has other pages than yours."),
            translate(
                "ErrorSentences",
                "Print the file to a new PDF, and use that one.",
            ),
        ),
        "rehearsal.not_signed": (
            translate("ErrorSentences", "In the rehearsal, not everybody could sign."),
            translate("ErrorSentences", "Check the positions of the seals in Prepare, then try again."),
        ),
        "sandbox.not_started": (
            translate("ErrorSentences", "The rehearsal platform could not be started."),
            translate("ErrorSentences", "Start the program again; the log says why."),
        ),
    }


def held_texts() -> dict[str, tuple[str, str]]:
    """Return sentence and remedy by code."""
    return {
        "submission.may_be_visible": (
            translate("ErrorSentences", "The signers may see this contract already."),
            translate(
                "ErrorSentences",
                "This platform shows a contract as soon as it is started. Ask the signers or the platform's"
                " support before you cancel this one and send the contract again.",
            ),
        ),
        "submission.stale_answer": (
            translate("ErrorSentences", "The answer that came belongs to another contract."),
            translate(
                "ErrorSentences",
                "The answer was not trusted. If this happens again, somebody may be interfering with the connection.",
            ),
        ),
        "document.empty": (
            translate("ErrorSentences", "A document's file is empty."),
            translate("ErrorSentences", "Save it again in the program it comes from, and add that one."),
        ),
    }
