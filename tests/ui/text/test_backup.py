"""What is said after a restoration: each thing that is missing, with its number, and nothing that is not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from esign_desktop.services.backup.restoring import Found, Missing, Restored, RestoringReport
from esign_desktop.store.backup.second_folder import Computer
from esign_desktop.ui.text.backup import missing_sentences, restored_sentence

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

MADE_MS = 1_800_000_000_000
FOUND = Found(is_ledger_whole=True, made_at_ms=MADE_MS, passed_over_count=0, left_out_count=0)
RESTORED = Restored(
    *(11, 12, 13, 14, 15, 0, 0, 0), has_audit=True, party_details_count=16, missing=Missing.NO_KEY, contact_count=17
)
WHOLE = RestoringReport(Computer("0" * 32, "柜台二号", MADE_MS, Path("/media/share")), FOUND, RESTORED)


@pytest.fixture(autouse=True)
def in_english(qtbot: QtBot, speak: Callable[[str], None]) -> None:
    speak("en")


def test_all_that_was_restored_is_counted() -> None:
    assert restored_sentence(WHOLE) == (
        "Restored from 柜台二号. Contracts: 11, drafts: 13, presets: 14, contacts: 17, accounts: 15, "
        "ID numbers and contact details: 16."
    )


def test_after_a_whole_restoration_is_said_how_far_it_reaches_and_what_is_never_in_it() -> None:
    until, made, no_copy, never = missing_sentences(WHOLE)
    assert until.startswith("The backup ends at 2027-01-15")
    assert made.startswith("Drafts, presets, contacts and accounts are from 2027-01-15")
    assert "no backup" in no_copy
    assert "secrets and passwords" in never


@pytest.mark.parametrize(
    ("found", "restored", "begin"),
    [
        ({}, {"held_count": 3}, "Contracts that were being sent: 3."),
        ({}, {"strange_row_count": 3}, "Sheet rows sent from that computer: 3."),
        ({}, {"begun_count": 3}, "Contracts whose sending started but has no further record: 3."),
        ({}, {"missing_file_count": 3}, "Draft documents not in the backup: 3."),
        ({}, {"missing_form_count": 3}, "Drafts whose form values couldn't be restored: 3."),
        ({}, {"has_audit": False}, "The other computer's audit log wasn't restored"),
        ({"is_ledger_whole": False}, {}, "The ledger backup is partly damaged."),
        ({"lost_line_count": 3}, {}, "Unreadable lines in the ledger backup: at least 3."),
        ({"left_out_count": 3}, {}, "Files that the daily backup left out: 3."),
    ],
)
def test_each_loss_is_said_once_and_adds_a_line(found: dict[str, Any], restored: dict[str, Any], begin: str) -> None:
    lost = replace(WHOLE, found=replace(FOUND, **found), restored=replace(RESTORED, **restored))
    usual = missing_sentences(WHOLE)
    (added,) = [line for line in missing_sentences(lost) if line not in usual]
    assert added.startswith(begin)
    assert set(usual) < set(missing_sentences(lost))


@pytest.mark.parametrize(
    ("found", "begin"),
    [
        ({"made_at_ms": 0}, "No daily backup could be read"),
        ({"passed_over_count": 3}, "The latest daily backups are damaged (3). The backup from 2027-01-15"),
    ],
)
def test_a_daily_backup_that_is_missing_or_older_is_said_instead_of_its_time(found: dict[str, Any], begin: str) -> None:
    lines = missing_sentences(replace(WHOLE, found=replace(FOUND, **found)))
    assert [line.startswith(begin) for line in lines] == [False, True, False, False]


@pytest.mark.parametrize(
    ("missing", "reason"),
    [(Missing.NO_KEYRING, "keyring is locked"), (Missing.NO_KEY, "without their key"), (Missing.DAMAGED, "decrypt")],
)
def test_accounts_and_contacts_without_their_numbers_are_counted_together(missing: Missing, reason: str) -> None:
    restored = replace(RESTORED, missing=missing, missing_party_details_count=2, missing_contact_count=3)
    (line,) = [one for one in missing_sentences(replace(WHOLE, restored=restored)) if "mobile numbers" in one]
    assert "restored: 5." in line
    assert reason in line


def test_an_unknown_end_of_the_backup_is_said() -> None:
    lines = missing_sentences(replace(WHOLE, computer=replace(WHOLE.computer, changed_at_ms=0)))
    assert lines[0].startswith("It's unclear when the backup ends")
