"""Provide the sentences for errors of the policy file and of handed-over customers, and for what the policy forbids."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication

from esign_desktop.ui.text.lists import listed

translate: Final = QCoreApplication.translate


def policy_texts() -> dict[str, tuple[str, str]]:
    """Return title and remedy, keyed by code, for errors of the policy, tellers, handovers and administrators."""
    wrong = translate("PolicySentences", "This computer's policy can't be used: {path}, at {place}.")
    how = translate("PolicySentences", "To check the policy: {command}").format(
        command="esign-desktop --check-policy FILE"
    )
    not_taken = translate("PolicySentences", "The other program sent customer data that can't be used: {place}.")
    again = translate("PolicySentences", "Enter the customer manually, and tell the other program's administrator.")
    add_teller = translate("PolicySentences", "The administrator can add a teller: {command}").format(
        command="esign-desktop --add-teller NAME"
    )
    correct = translate("PolicySentences", "Tell this computer's administrator. To correct it: {command}")
    belongs, writable = (correct.format(command=f"{command} {{place}}") for command in ("chown root", "chmod go-w"))
    return {
        **{f"policy.{reason}": (wrong, f"{remedy} {how}") for reason, remedy in _json_remedies().items()},
        **{
            f"handover.{reason}": (not_taken, f"{remedy} {again}")
            for reason, remedy in (_json_remedies() | _handover_remedies()).items()
        },
        "policy.gone": (
            translate("PolicySentences", "File {path} doesn't exist."),
            translate("PolicySentences", "Specify the file to check."),
        ),
        "policy.not_protected": (
            translate("PolicySentences", "This computer's policy could have been changed by a user: {path}"),
            translate(
                "PolicySentences",
                "Tell this computer's administrator. The file and its folder must belong to the administrators, and "
                "only they may change them.",
            ),
        ),
        "policy.dangling": (
            translate("PolicySentences", "This computer's policy is a link to a missing file: {path}"),
            translate("PolicySentences", "Tell this computer's administrator. Restore the file, or remove the link."),
        ),
        "policy.file_not_owned": (
            translate(
                "PolicySentences",
                "This computer's policy is owned by a regular user, not by the administrator: {place}",
            ),
            belongs,
        ),
        "policy.file_writable": (
            translate("PolicySentences", "Other users can change this computer's policy: {place}"),
            writable,
        ),
        "policy.folder_not_owned": (
            translate(
                "PolicySentences",
                "The folder that contains this computer's policy is owned by a regular user, "
                "not by the administrator: {place}",
            ),
            belongs,
        ),
        "policy.folder_writable": (
            translate("PolicySentences", "Other users can change the folder of this computer's policy: {place}"),
            writable,
        ),
        "secret.no_environment": (
            translate("PolicySentences", "The project's environment isn't specified."),
            translate("PolicySentences", "Add one of these options: {options}").format(
                options="--environment test, --environment production, --environment own"
            ),
        ),
        "secret.unusable": (
            translate("PolicySentences", "No secret was received, or the input isn't a secret."),
            translate("PolicySentences", "Provide the secret on one line, as shown in the platform's console."),
        ),
        "policy.fixed": (
            translate("PolicySentences", "Set by your organization; it can't be changed here."),
            translate("PolicySentences", "Ask this computer's administrator."),
        ),
        "policy.data_folder": (
            translate("PolicySentences", "Your organization specifies the data folder: {path}"),
            translate("PolicySentences", "Start the program without --data-dir."),
        ),
        "teller.no_name": (
            translate("PolicySentences", "The teller needs a name."),
            translate("PolicySentences", "Enter a name."),
        ),
        "teller.name_taken": (
            translate("PolicySentences", "Another teller already has this name."),
            translate("PolicySentences", "Add a number to the name, or enter the full name."),
        ),
        "teller.too_many": (
            translate("PolicySentences", "There are already {most} tellers."),
            translate("PolicySentences", "First remove a teller who no longer works here."),
        ),
        "teller.none": (
            translate(
                "PolicySentences", "Your organization requires tellers to sign in, and there are no tellers yet."
            ),
            add_teller,
        ),
        "teller.unreadable": (
            translate("PolicySentences", "The teller list can't be read, so no one can sign in."),
            translate("PolicySentences", "The administrator can add a supervisor again: {command}").format(
                command="esign-desktop --add-teller NAME --supervisor"
            ),
        ),
        "teller.by_administrator": (
            translate("PolicySentences", "Your organization has the administrator manage tellers."),
            add_teller,
        ),
        "teller.no_supervisor": (
            translate("PolicySentences", "Only a supervisor can change tellers."),
            translate("PolicySentences", "Ask a supervisor to enter their PIN."),
        ),
        "teller.last": (
            translate("PolicySentences", "This is the last supervisor."),
            translate("PolicySentences", "First make another teller a supervisor."),
        ),
        "teller.unknown": (
            translate("PolicySentences", "There is no teller named {name}."),
            translate("PolicySentences", "The tellers' names are listed in Settings."),
        ),
        "teller.pin_wrong": (
            translate("PolicySentences", "Incorrect PIN for {name}."),
            translate("PolicySentences", "Enter the PIN again."),
        ),
        "teller.new_pin": (
            translate("PolicySentences", "{name} must set a new PIN."),
            translate("PolicySentences", "Choose a PIN that only you know."),
        ),
        "administrator.needed": (
            translate("PolicySentences", "Only this computer's administrator can do this."),
            translate("PolicySentences", "Run the command as administrator; on Linux and macOS, use sudo."),
        ),
        "administrator.no_user": (
            translate("PolicySentences", "It's unclear which user's counter is meant."),
            translate("PolicySentences", "Add --user NAME or --data-dir DIR."),
        ),
        "second_person.same": (
            translate("PolicySentences", "The sender can't also be the second approver."),
            translate("PolicySentences", "Ask another teller to approve."),
        ),
        "second_person.no_sender": (
            translate("PolicySentences", "It's unclear who is sending this contract."),
            translate("PolicySentences", "Also enter your own PIN."),
        ),
        "second_person.missing": (
            translate("PolicySentences", "This can't be sent, because no second person has approved it."),
            translate("PolicySentences", "Send it again. A second teller is then asked for a PIN."),
        ),
        "second_person.nobody": (
            translate("PolicySentences", "No teller is available to approve this."),
            translate(
                "PolicySentences", "Supervisors can add tellers in Settings; the administrator can use --add-teller."
            ),
        ),
        "print.failed": (
            translate("PolicySentences", "The printer accepted no pages."),
            translate("PolicySentences", "Check that the printer is on and has paper, then print again."),
        ),
        "policy.presets_away": (
            translate("PolicySentences", "The preset folder specified by your organization can't be read."),
            translate("PolicySentences", "The program will retry. Tell this computer's administrator."),
        ),
        "policy.days_away": (
            translate("PolicySentences", "The day's numbers can't be written to the folder of your organization."),
            translate("PolicySentences", "The program will retry. Tell this computer's administrator."),
        ),
        "audit.not_sent": (
            translate(
                "PolicySentences", "The audit log checksum can't be written to the log specified by your organization."
            ),
            translate(
                "PolicySentences", "Nothing is lost, and the program will retry. Tell this computer's administrator."
            ),
        ),
        "results.failed": (
            translate("PolicySentences", "Results can't be written for the other program."),
            translate(
                "PolicySentences", "The results file can't be written. Nothing is lost, and the program will retry."
            ),
        ),
        "handover.bad_link": (
            translate("PolicySentences", "This link specifies no customer."),
            translate(
                "PolicySentences",
                "The link must have the form {form}, where NAME has {least} to {most} letters, "
                "digits, hyphens or underscores.",
            ).replace("{form}", "esign-desktop:customer/NAME"),
        ),
        "handover.bad_name": (
            translate("PolicySentences", "The name in this link must have {least} to {most} characters."),
            translate(
                "PolicySentences",
                "The file for this link was deleted. Hand over the customer's data again under another name.",
            ),
        ),
        "handover.no_counter": (
            translate("PolicySentences", "Customer data was received, but this computer has no counter."),
            translate("PolicySentences", "Hand over the customer's data to a computer with a counter."),
        ),
        "handover.no_answer": (
            translate("PolicySentences", "The running program didn't answer in time."),
            translate("PolicySentences", "Check the counter before you hand over the customer's data again."),
        ),
        "handover.link_used": (
            translate("PolicySentences", "This link has already been used, or its file no longer exists."),
            translate("PolicySentences", "Hand over the customer's data again from the other program."),
        ),
        "handover.not_private": (
            translate("PolicySentences", "The file for this link may have been written by another user."),
            translate(
                "PolicySentences",
                "The file was deleted. A customer file must belong to you, and no other user may read or write it.",
            ),
        ),
        "handover.no_file": (
            translate("PolicySentences", "The customer file doesn't exist."),
            translate("PolicySentences", "Hand over the customer's data again from the other program."),
        ),
        "handover.no_access": (
            translate("PolicySentences", "The customer file can't be read."),
            translate(
                "PolicySentences",
                "Check that you're allowed to read the file, then hand over the customer's data again.",
            ),
        ),
        "handover.silent": (
            translate(
                "PolicySentences", "The other program didn't finish sending the customer data within {seconds} seconds."
            ),
            translate("PolicySentences", "Hand over the customer's data again from the other program."),
        ),
        "handover.no_preset": (
            translate("PolicySentences", "Customer data was received, but key {key} has no preset."),
            translate("PolicySentences", "Choose a contract with F2 to F8, then hand over the customer's data again."),
        ),
        "handover.unreadable": (
            translate("PolicySentences", "The received customer data would be recognized as a different person."),
            again,
        ),
    }


def handover_words(keys: str) -> str:
    """Return the translated names of keys in a handed-over customer's data, as a list.

    ``keys`` is a key, or several that are separated by a comma and a space. Of a path such as ``answers.amount``, only
    the first key is used. An empty text or "–" stands for the whole file. A key without a translated name is kept.
    """
    words = {
        "name": translate("PolicySentences", "name"),
        "number": translate("PolicySentences", "ID number"),
        "document": translate("PolicySentences", "ID type"),
        "mobile": translate("PolicySentences", "mobile number"),
        "preset": translate("PolicySentences", "function key of the preset"),
        "reference": translate("PolicySentences", "case reference"),
        "answers": translate("PolicySentences", "form values"),
        "version": translate("PolicySentences", "version of the format"),
        "": translate("PolicySentences", "the whole file"),
    }
    found = [key.partition(".")[0] for key in ("" if keys == "–" else keys).split(", ")]
    return listed(words.get(key, key) for key in found)


def _handover_remedies() -> dict[str, str]:
    """Return remedies, keyed by reason, for the teller, who does not know the schema of the file."""
    return {
        "missing": translate("PolicySentences", "Missing: {value}."),
        "unknown": translate("PolicySentences", "Unknown entry: {value}."),
        "out_of_range": translate("PolicySentences", "It must be within {value}."),
        "wrong_type": translate("PolicySentences", "It's a number where text is expected, or the other way round."),
        "malformed": translate("PolicySentences", "It contains invalid characters or has an invalid length."),
    }


def _json_remedies() -> dict[str, str]:
    return {
        "too_large": translate("PolicySentences", "The file is larger than {value} KB. Make it smaller."),
        "not_json": translate("PolicySentences", "The JSON is invalid ({value}). Correct it at this place."),
        "twice": translate("PolicySentences", "This entry appears twice. Keep only one."),
        "unknown": translate("PolicySentences", "Unknown setting: {value}. Correct or remove it."),
        "missing": translate("PolicySentences", "Missing: {value}. Add it."),
        "not_among": translate("PolicySentences", "Possible values: {value}."),
        "without": translate("PolicySentences", "This entry must contain {value}."),
        "out_of_range": translate("PolicySentences", "The value must be within {value}."),
        "wrong_type": translate("PolicySentences", "The type must be {value}."),
        "malformed": translate("PolicySentences", "This value doesn't match the schema. Correct it."),
        "needs": translate("PolicySentences", "To specify an environment's settings, also set {value}."),
        "not_absolute": translate(
            "PolicySentences", "Enter the folder's full path, or a path starting with ~: {value}."
        ),
    }
