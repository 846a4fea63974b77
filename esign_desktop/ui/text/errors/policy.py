"""Sentences for a policy of this computer that is not right, and for what it forbids."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication

translate: Final = QCoreApplication.translate


def policy_texts() -> dict[str, tuple[str, str]]:
    """Return sentence and remedy by code."""
    wrong = translate("PolicySentences", "The policy of this computer can't be used: {path}, at {place}.")
    how = translate("PolicySentences", "To check it: {command}").format(command="esign-desktop --check-policy FILE")
    not_taken = translate("PolicySentences", "The customer who was handed over can't be read, at {place}.")
    again = translate("PolicySentences", "Type the customer in, and tell whoever looks after the other program.")
    return {
        **{f"policy.{reason}": (wrong, f"{remedy} {how}") for reason, remedy in _json_remedies().items()},
        **{f"handover.{reason}": (not_taken, f"{remedy} {again}") for reason, remedy in _json_remedies().items()},
        "policy.gone": (
            translate("PolicySentences", "There is no file {path}."),
            translate("PolicySentences", "Name the file that is to be checked."),
        ),
        "secret.no_environment": (
            translate("PolicySentences", "The environment of the project is missing."),
            translate("PolicySentences", "Add one of: {options}").format(
                options="--environment test, --environment production, --environment own"
            ),
        ),
        "secret.unusable": (
            translate("PolicySentences", "No secret came in, or one that can't be one."),
            translate("PolicySentences", "Hand it over in one line, as the platform's console shows it."),
        ),
        "policy.fixed": (
            translate("PolicySentences", "Your organization has set this; it can't be changed here."),
            translate("PolicySentences", "Ask whoever manages this computer."),
        ),
        "teller.no_name": (
            translate("PolicySentences", "A teller needs a name."),
            translate("PolicySentences", "Type it in."),
        ),
        "teller.name_taken": (
            translate("PolicySentences", "Another teller has this name already."),
            translate("PolicySentences", "Add a number or the first name."),
        ),
        "teller.too_many": (
            translate("PolicySentences", "There are {most} tellers already."),
            translate("PolicySentences", "Remove one who doesn't work here any more."),
        ),
        "teller.unreadable": (
            translate("PolicySentences", "Who the tellers are can't be read: nobody is let in."),
            translate("PolicySentences", "The administrator adds a supervisor again: {command}").format(
                command="esign-desktop --add-teller NAME --supervisor"
            ),
        ),
        "teller.by_administrator": (
            translate("PolicySentences", "Your organization has the administrator look after tellers."),
            translate("PolicySentences", "The administrator adds one: {command}").format(
                command="esign-desktop --add-teller NAME"
            ),
        ),
        "teller.no_supervisor": (
            translate("PolicySentences", "Only a supervisor changes tellers."),
            translate("PolicySentences", "Ask one to enter their PIN."),
        ),
        "teller.last": (
            translate("PolicySentences", "This is the last supervisor."),
            translate("PolicySentences", "Make somebody else a supervisor first."),
        ),
        "teller.unknown": (
            translate("PolicySentences", "There is no teller called {name}."),
            translate("PolicySentences", "Settings list their names."),
        ),
        "teller.pin_wrong": (
            translate("PolicySentences", "This is not the PIN of {name}."),
            translate("PolicySentences", "Enter it again."),
        ),
        "administrator.needed": (
            translate("PolicySentences", "Only the administrator of this computer may do this."),
            translate("PolicySentences", "Run it as the administrator; on Linux and macOS with sudo."),
        ),
        "administrator.no_user": (
            translate("PolicySentences", "It isn't known whose counter is meant."),
            translate("PolicySentences", "Add --user NAME, or --data-dir DIR."),
        ),
        "second_person.same": (
            translate("PolicySentences", "Who sends can't be the second person."),
            translate("PolicySentences", "Ask another teller."),
        ),
        "second_person.no_sender": (
            translate("PolicySentences", "It isn't known who sends this."),
            translate("PolicySentences", "Enter your PIN, too."),
        ),
        "second_person.nobody": (
            translate("PolicySentences", "No teller may answer for this here."),
            translate("PolicySentences", "Supervisors add tellers in Settings, the administrator with --add-teller."),
        ),
        "print.failed": (
            translate("PolicySentences", "The printer doesn't take the pages."),
            translate("PolicySentences", "See whether it is on and has paper, then print again."),
        ),
        "policy.presets_away": (
            translate("PolicySentences", "The folder of presets that your organization named can't be read."),
            translate("PolicySentences", "It is tried again. Tell whoever manages this computer."),
        ),
        "audit.not_sent": (
            translate("PolicySentences", "The audit log's seal can't be sent to the log that your organization named."),
            translate("PolicySentences", "Nothing is lost, it is tried again. Tell whoever manages this computer."),
        ),
        "results.failed": (
            translate("PolicySentences", "Results can't be written for the other program."),
            translate("PolicySentences", "The file of results can't be written. Nothing is lost, it is tried again."),
        ),
        "handover.bad_link": (
            translate("PolicySentences", "This link names no customer."),
            translate(
                "PolicySentences", "It has the form {form}, with {least} to {most} letters, digits, - or _ as NAME."
            ).replace("{form}", "esign-desktop:customer/NAME"),
        ),
        "handover.bad_name": (
            translate("PolicySentences", "The name in this link has to have {least} to {most} characters."),
            translate("PolicySentences", "Its file was deleted. Hand the customer over again under another name."),
        ),
        "handover.no_counter": (
            translate("PolicySentences", "A customer was handed over, but this program has no counter."),
            translate("PolicySentences", "Hand the customer over at a computer with a counter."),
        ),
        "handover.no_answer": (
            translate("PolicySentences", "The program that is open did not answer in time."),
            translate("PolicySentences", "Look at the counter before you hand the customer over again."),
        ),
        "handover.link_used": (
            translate("PolicySentences", "This link was used already, or its file is gone."),
            translate("PolicySentences", "Hand the customer over again from the other program."),
        ),
        "handover.not_private": (
            translate("PolicySentences", "The file of this link may have been written by somebody else."),
            translate(
                "PolicySentences",
                "It was deleted. It has to belong to you, and other users may neither read nor write it.",
            ),
        ),
        "handover.no_file": (
            translate("PolicySentences", "The file with the customer is not there."),
            translate("PolicySentences", "Hand the customer over again from the other program."),
        ),
        "handover.no_access": (
            translate("PolicySentences", "The file with the customer can't be read."),
            translate("PolicySentences", "It has to be a file that you may read. Hand the customer over again."),
        ),
        "handover.silent": (
            translate(
                "PolicySentences", "The other program did not finish telling the customer within {seconds} seconds."
            ),
            translate("PolicySentences", "Hand the customer over again from the other program."),
        ),
        "handover.no_preset": (
            translate("PolicySentences", "A customer was handed over, but no preset is on key {key}."),
            translate("PolicySentences", "Choose a contract with F2 to F8, and hand the customer over again."),
        ),
        "handover.unreadable": (
            translate("PolicySentences", "The customer who was handed over would be read as somebody else."),
            again,
        ),
    }


def _json_remedies() -> dict[str, str]:
    return {
        "too_large": translate("PolicySentences", "It is larger than {value} KB. Shorten it."),
        "not_json": translate("PolicySentences", "It is no JSON ({value}). Correct it there."),
        "twice": translate("PolicySentences", "This appears twice. Keep one of them."),
        "unknown": translate("PolicySentences", "There is no such setting: {value}. Correct or remove it."),
        "missing": translate("PolicySentences", "This is missing: {value}. Add it."),
        "not_among": translate("PolicySentences", "It can be one of: {value}."),
        "without": translate("PolicySentences", "It has to hold {value}."),
        "out_of_range": translate("PolicySentences", "It has to be within {value}."),
        "wrong_type": translate("PolicySentences", "It has to be of the type {value}."),
        "malformed": translate("PolicySentences", "This has another form than the schema says. Correct it."),
        "needs": translate("PolicySentences", "It says something about an environment only together with: {value}."),
        "not_absolute": translate("PolicySentences", "A folder is named with its whole path, or from ~ on: {value}."),
    }
