"""What was restored from another computer's copies, and the offer of a copy from before an upgrade, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from PySide6.QtCore import QCoreApplication, QObject

from esign_desktop.ui.text.moments import china_time
from esign_desktop.ui.text.outside import one_line

if TYPE_CHECKING:
    from esign_desktop.services.copies.rebuilding import CopyOffer
    from esign_desktop.services.copies.restoring import Missing, Restored, RestoringReport


translate: Final = QCoreApplication.translate


def brought_back(report: RestoringReport) -> str:
    """Say what came."""
    restored = report.restored
    text = translate(
        "Restoring",
        "Restored from {computer}: contracts {flows}, drafts {drafts}, presets {presets}, accounts {accounts},"
        " numbers and phones {particulars}.",
    )
    return text.format(
        computer=one_line(report.computer.name),
        flows=restored.flow_count,
        drafts=restored.draft_count,
        presets=restored.preset_count,
        accounts=restored.account_count,
        particulars=restored.particulars_count,
    )


def not_brought_back(report: RestoringReport) -> list[str]:
    """Say what did not come, and what a person has to do about it; the most pressing first."""
    found, restored = report.found, report.restored
    if report.computer.changed_at_ms:
        until = translate(
            "Restoring",
            "The copies end at {time}. What was sent after that is not known here: before you send one of the drafts,"
            " ask whether it went out.",
        ).format(time=china_time(report.computer.changed_at_ms))
    else:
        until = translate(
            "Restoring",
            "When the copies end is not known, nor what was sent after that: before you send one of the drafts, ask"
            " whether it went out.",
        )
    lines = [until, *_sends(restored)]
    if not found.made_at_ms:
        lines.append(
            translate("Restoring", "No daily copy could be read: drafts, presets and accounts did not come back.")
        )
    elif found.passed_over_count:
        lines.append(
            translate("Restoring", "The newest daily copies are damaged ({count}); that of {time} was taken.").format(
                count=found.passed_over_count, time=china_time(found.made_at_ms)
            )
        )
    else:
        lines.append(
            translate("Restoring", "Drafts, presets and accounts are those of {time}.").format(
                time=china_time(found.made_at_ms)
            )
        )
    if not found.is_ledger_whole:
        lines.append(
            translate("Restoring", "The copy of the ledger is damaged in places: contracts and links may be missing.")
        )
    if restored.missing_particulars_count:
        lines.append(_particulars_missing(restored.missing).format(count=restored.missing_particulars_count))
    if restored.missing_file_count:
        lines.append(
            translate("Restoring", "Documents of drafts that are not in the copies: {count}. Open them again.").format(
                count=restored.missing_file_count
            )
        )
    if not restored.has_audit and found.made_at_ms:
        lines.append(translate("Restoring", "The audit log of the other computer stays out: this one has its own."))
    lines.append(
        translate("Restoring", "This computer has no copies of its own until a second folder is named in Settings.")
    )
    lines.append(
        translate(
            "Restoring",
            "Never in the copies: secrets and passwords, which are typed again in Settings; signed files, which are"
            " downloaded again in Track.",
        )
    )
    return lines


def _sends(restored: Restored) -> list[str]:
    """Say what has to be asked before something is sent."""
    lines = []
    if restored.held_count:
        lines.append(
            translate(
                "Restoring",
                "Sends that were under way: {count}. They need your decision in Track; nothing is sent again by"
                " itself.",
            ).format(count=restored.held_count)
        )
    if restored.strange_row_count:
        lines.append(
            translate(
                "Restoring",
                "Rows of sheets that were sent there: {count}. They are not known again here, since this computer has"
                " sent sheets of its own: before you send one of those sheets, ask which rows went out.",
            ).format(count=restored.strange_row_count)
        )
    if restored.begun_count:
        lines.append(
            translate(
                "Restoring",
                "Sends that were begun and of which nothing more is known: {count}. Ask the platform's support.",
            ).format(count=restored.begun_count)
        )
    return lines


def _particulars_missing(why: Missing) -> str:
    # Not at the start of the program: whoever has a report has it imported.
    from esign_desktop.services.copies.restoring import Missing

    if why is Missing.NO_KEYRING:
        return translate(
            "Restoring",
            "Accounts whose numbers, phones and e-mails did not come yet: {count}. This computer's keyring is locked,"
            " or there is none: make it ready, and bring back from the same folder once more.",
        )
    if why is Missing.NO_KEY:
        return translate(
            "Restoring",
            "Accounts whose numbers, phones and e-mails did not come: {count}. The daily copy was made without their"
            " key; they are typed again when the person next signs.",
        )
    return translate(
        "Restoring",
        "Accounts whose numbers, phones and e-mails did not come: {count}. They can't be opened with the key in the"
        " copy; they are typed again when the person next signs.",
    )


class OfferWords(NamedTuple):
    """``what`` lies there, and what comes of starting with it: ``then``."""

    what: str
    then: str


class CopyOfferWords(QObject):
    """The words, in the language in force."""

    def of(self, offer: CopyOffer) -> OfferWords:
        """Tell the date, and what is missing since then."""
        what = self.tr("A copy from before the upgrade lies here, of {time}.")
        if offer.sent_since_count:
            then = self.tr(
                "If you start with it, drafts, presets, contacts and settings are as they were then. Contracts sent"
                " since: {count}; they come back with their links, and with their titles once the platform is asked."
                " The newer data is moved aside in the data folder and kept."
            )
        else:
            then = self.tr(
                "If you start with it, drafts, presets, contacts and settings are as they were then. No contract was"
                " sent since. The newer data is moved aside in the data folder and kept."
            )
        return OfferWords(what.format(time=china_time(offer.made_at_ms)), then.format(count=offer.sent_since_count))
