"""Convert the result of restoring a backup, and the offer of a copy made before an upgrade, to translated texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from PySide6.QtCore import QCoreApplication, QObject

from esign_desktop.ui.text.moments import china_time
from esign_desktop.ui.text.outside import one_line

if TYPE_CHECKING:
    from esign_desktop.services.backup.rebuilding import CopyOffer
    from esign_desktop.services.backup.restoring import Missing, Restored, RestoringReport


translate: Final = QCoreApplication.translate


def restored_sentence(report: RestoringReport) -> str:
    """Return a text with the name of the backed-up computer and the numbers of restored items."""
    restored = report.restored
    text = translate(
        "Restoring",
        "Restored from {computer}. Contracts: {flows}, drafts: {drafts}, presets: "
        "{presets}, contacts: {contacts}, accounts: {accounts}, ID numbers and contact details: {particulars}.",
    )
    return text.format(
        computer=one_line(report.computer.name),
        flows=restored.flow_count,
        drafts=restored.draft_count,
        presets=restored.preset_count,
        contacts=restored.contact_count,
        accounts=restored.account_count,
        particulars=restored.party_details_count,
    )


def missing_sentences(report: RestoringReport) -> list[str]:
    """Return sentences on data that was not restored and on what the user must do, the most urgent first.

    Never empty.
    """
    found, restored = report.found, report.restored
    if report.computer.changed_at_ms:
        until = translate(
            "Restoring",
            "The backup ends at {time}. Contracts sent after that aren't known on this "
            "computer. Before you send a draft, ask whether it was already sent.",
        ).format(time=china_time(report.computer.changed_at_ms))
    else:
        until = translate(
            "Restoring",
            "It's unclear when the backup ends and what was sent after that. Before you send "
            "a draft, ask whether it was already sent.",
        )
    lines = [until, *_sends(restored)]
    if not found.made_at_ms:
        lines.append(
            translate(
                "Restoring",
                "No daily backup could be read, so drafts, presets, contacts and accounts weren't restored.",
            )
        )
    elif found.passed_over_count:
        lines.append(
            translate(
                "Restoring", "The latest daily backups are damaged ({count}). The backup from {time} was used."
            ).format(count=found.passed_over_count, time=china_time(found.made_at_ms))
        )
    else:
        lines.append(
            translate("Restoring", "Drafts, presets, contacts and accounts are from {time}.").format(
                time=china_time(found.made_at_ms)
            )
        )
    lines += _damage(report)
    if missing_count := restored.missing_party_details_count + restored.missing_contact_count:
        lines.append(_party_details_missing(restored.missing).format(count=missing_count))
    if restored.missing_file_count:
        lines.append(
            translate("Restoring", "Draft documents not in the backup: {count}. Open them again.").format(
                count=restored.missing_file_count
            )
        )
    if not restored.has_audit and found.made_at_ms:
        lines.append(
            translate("Restoring", "The other computer's audit log wasn't restored, because this computer has its own.")
        )
    lines.append(translate("Restoring", "This computer has no backup until you choose a backup folder in Settings."))
    lines.append(
        translate(
            "Restoring",
            "Never backed up: secrets and passwords (enter them again in Settings) and "
            "signed files (download them again in Track).",
        )
    )
    return lines


def _damage(report: RestoringReport) -> list[str]:
    """Return sentences on data that was lost because the backup is damaged. Empty if nothing was lost."""
    found, restored, lines = report.found, report.restored, list[str]()
    if not found.is_ledger_whole:
        lines.append(translate("Restoring", "The ledger backup is partly damaged. Contracts and links may be missing."))
    if found.lost_line_count:
        text = translate("Restoring", "Unreadable lines in the ledger backup: at least {count}.")
        lines.append(text.format(count=found.lost_line_count))
    if restored.missing_form_count:
        text = translate("Restoring", "Drafts whose form values couldn't be restored: {count}.")
        lines.append(text.format(count=restored.missing_form_count))
    if found.left_out_count:
        text = translate("Restoring", "Files that the daily backup left out: {count}.")
        lines.append(text.format(count=found.left_out_count))
    return lines


def _sends(restored: Restored) -> list[str]:
    """Return sentences on earlier sends that the user must clarify before sending again. Empty if there are none."""
    lines = []
    if restored.held_count:
        lines.append(
            translate(
                "Restoring",
                "Contracts that were being sent: {count}. They need your decision in Track. "
                "Nothing is sent again automatically.",
            ).format(count=restored.held_count)
        )
    if restored.strange_row_count:
        lines.append(
            translate(
                "Restoring",
                "Sheet rows sent from that computer: {count}. Because this computer has sent its own "
                "sheets, it can't recognize those rows. Before you send a sheet that was used on that "
                "computer, find out which rows were already sent.",
            ).format(count=restored.strange_row_count)
        )
    if restored.begun_count:
        lines.append(
            translate(
                "Restoring",
                "Contracts whose sending started but has no further record: {count}. Ask the platform's support.",
            ).format(count=restored.begun_count)
        )
    return lines


def _party_details_missing(why: Missing) -> str:
    # Imported here to keep the start of the program fast. The caller's report has already imported the module.
    from esign_desktop.services.backup.restoring import Missing

    if why is Missing.NO_KEYRING:
        return translate(
            "Restoring",
            "Accounts and contacts whose ID numbers, mobile numbers and email addresses were not "
            "restored: {count}. This computer's keyring is locked or missing. Unlock or "
            "enable the keyring, then restore from the same folder again.",
        )
    if why is Missing.NO_KEY:
        return translate(
            "Restoring",
            "Accounts and contacts whose ID numbers, mobile numbers and email addresses were not "
            "restored: {count}. The daily backup was made without their key. Enter the data "
            "again the next time each person signs.",
        )
    return translate(
        "Restoring",
        "Accounts and contacts whose ID numbers, mobile numbers and email addresses were not "
        "restored: {count}. The key in the backup can't decrypt them. Enter the data "
        "again the next time each person signs.",
    )


class OfferWords(NamedTuple):
    """The texts of an offer to start with a copy. ``what`` describes the copy, and ``then`` the effect of accepting."""

    what: str
    then: str


class CopyOfferWords(QObject):
    """Translates the texts of an offer to start with a copy that was made before an upgrade."""

    def of(self, offer: CopyOffer) -> OfferWords:
        """Return the texts of an offer: the date of the copy, and what happens to data that is newer than the copy."""
        what = self.tr("This computer has a backup of its data from before the upgrade, made {time}.")
        if offer.sent_since_count:
            then = self.tr(
                "If you start with this backup, drafts, presets, contacts and settings return to "
                "their state at that time. Contracts sent since then: {count}. These contracts "
                "are restored with their links; their titles follow when the platform is "
                "queried. The newer data is kept separately in the data folder."
            )
        else:
            then = self.tr(
                "If you start with this backup, drafts, presets, contacts and settings return to "
                "their state at that time. No contracts were sent since then. The newer data is "
                "kept separately in the data folder."
            )
        return OfferWords(what.format(time=china_time(offer.made_at_ms)), then.format(count=offer.sent_since_count))
