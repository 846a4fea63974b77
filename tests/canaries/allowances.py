"""What of a person may be found where, and why. Nothing else may."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tests.canaries.kept_rows import columns_with

if TYPE_CHECKING:
    from pathlib import Path

    from tests.canaries.scanner import Leak

_NAMES: Final = "name|second name"
_NUMBERS: Final = "id number|phone|second phone|third phone"
_DATABASE: Final = (
    r"/(esign|rebuilt)\.db(-wal|-journal|\.backup(-new)?|\.restoring|\.(damaged|newer)-\d+"
    r"|\.before-upgrade-(new|\d+-\d+))?$"
)
_TEST: Final = r"(^|/)pytest/(popen-gw\d+/)?test_"
"""A test's own folder, also where several run at a time."""
_NOT_OVER: Final = (
    "(queued|snapshot|accounts|upload_url|uploaded|contract|start_intent|started|execute_intent|running|held)"
)
_FORGETTING_BEGUN: Final = (
    rf"{_TEST}(a_flow_that_nobody_will_b|a_namesake_keeps_name_and|a_send_that_is_not_over_i|a_title_loses_the_name"
    r"|a_person_goes_out_of_what|a_person_who_is_forgotten|values_that_cannot_be_ope|all_accounts_of_the_perso|an_open_contract_of_their|forgetting_a_person_reach|forgetting_leaves_the_log"
    r"|paths_with_the_name_are_n|the_reason_of_a_failure_a|what_forms_were_filled_wi)\d+/(desk/)?data"
)
"""Tests of the tables alone: no service finishes there what they begin, and who is forgotten stays noted for it."""


@dataclass(frozen=True)
class Allowance:
    """``places`` and ``canaries`` are patterns of paths and of what the values stand for.

    ``columns``, where there are some, is a pattern that every column of a database must fit that holds the value.
    """

    places: str
    canaries: str
    reason: str
    columns: str = ""

    def fits(self, leak: Leak, path: Path | None, value: str) -> bool:
        """Return whether it allows what was found in this file."""
        if not (re.search(self.places, leak.place) and re.fullmatch(self.canaries, leak.canary)):
            return False
        if not self.columns:
            return True
        return path is not None and all(re.fullmatch(self.columns, column) for column in columns_with(path, value))


ALLOWANCES: Final = (
    Allowance(
        r"(^|/)(records/(accounts|flows)/\w+\.json|blobs/flows/[\w.]+\.sealed\.pdf)$",
        f"{_NAMES}|link token",
        "the platform's own records: it knows who signs, and stamps their names",
    ),
    Allowance(
        r"(^|/)secret$",
        "secret|platform secret",
        "the file by which the rehearsal platform is told its secret; nobody else may open it",
    ),
    Allowance(
        _DATABASE,
        _NAMES,
        "the database: names in drafts, sends, flows, presets and contacts",
        r"(accounts\.name|contacts\.(name|folded_name|search|legal_name)|drafts\.(body|title)"
        r"|flows\.(signers|downloaded_to|title)|presets\.(body|name)"
        r"|submissions\.(draft|title) \w+|journal_steps\.data|audit\.title|bulk_runs\.(sheet_path|worksheet))",
    ),
    Allowance(
        _DATABASE,
        "link token",
        "the database: signing links, which the platform tells once",
        r"(flows\.signers|journal_steps\.(raw|data))",
    ),
    Allowance(
        _DATABASE,
        _NUMBERS,
        "the database: numbers in drafts, presets and sends before the platform's account is known",
        rf"(drafts\.body|presets\.body|submissions\.draft {_NOT_OVER})",
    ),
    Allowance(
        rf"{_TEST}(a_send_is_unfinished_unti|send_that_lives_counts_be)\d+/",
        _NUMBERS,
        "a journal alone, without the service that has it forget",
    ),
    Allowance(
        rf"{_TEST}no_edit_older_than_two_se\d+/\d+\.db$",
        f"{_NAMES}|{_NUMBERS}",
        "databases that a test has copied when the program was killed in the middle of an edit",
        r"drafts\.(body|title)",
    ),
    Allowance(
        rf"{_TEST}(a_damaged_copy_is_not_put|damage_that_shows_later)_?\w*/",
        f"{_NAMES}|{_NUMBERS}",
        "databases that a test has cut through, so that no row of them can be read",
    ),
    Allowance(
        _FORGETTING_BEGUN + _DATABASE,
        _NAMES,
        "a forgetting that a test has begun in the tables alone, and namesakes who stay",
        r"(forgetting\.traces|accounts\.name|contacts\.(name|folded_name|search)|flows\.(signers|remarks)"
        r"|submissions\.draft (queued|done))",
    ),
    Allowance(
        _FORGETTING_BEGUN + _DATABASE,
        "id number|phone|second phone|link token",
        "a forgetting that a test has begun in the tables alone: by what its person is known",
        r"forgetting\.traces",
    ),
    Allowance(
        rf"{_TEST}(a_chinese_name_is_wiped_w|a_short_name_is_wiped_fro)\d+/desk/logs/esign-desktop\.log(\.1)?$",
        "name",
        "logs that a test has written itself, with people who are not forgotten",
    ),
    Allowance(
        rf"{_TEST}(remarks_and_descriptions_\d+/a|what_a_form_holds_is_read\d+/form)\.pdf(, compressed)?$",
        "name|phone",
        "PDFs that a test has made of somebody, to be searched for them",
    ),
    Allowance(
        rf"{_TEST}(a_file_of_a_newer_version|a_hostile_file_takes_litt|all_that_is_packed_in_one|archive_cut_anywhere"
        r"|file_that_holds_something|name_that_comes_twice|numbers_that_a_stranger|other_ways_of_packing|texts_out_of_all_measure"
        r"|what_a_file_says_about_it|what_is_too_large)\w*/(x\.\w+|whole), compressed$",
        "second phone",
        "presets that a test has packed as a stranger would; the program's own are without numbers",
    ),
    Allowance(
        rf"{_TEST}a_file_whose_pdf_is_none_\d+/x\.esignpreset(, compressed)?$",
        "id number",
        "presets that a test has packed as a stranger would; the program's own are without numbers",
    ),
    Allowance(
        r"/ledger\.jsonl$",
        "link token",
        "the ledger: signing links, which the platform tells once",
    ),
    Allowance(
        r"(/(signed|originals|new/folder|papers)/|/(signed|altered|came|合同|merged)\.pdf$)",
        _NAMES,
        "signed files where the user wants them: a folder by the customer's name, stamped with it, or merged",
    ),
    Allowance(
        rf"{_TEST}(\w+/[^/]+\.(xlsx|csv)(, compressed)?|the_list_is_exported_for_\d+/flows\.json)$",
        f"{_NAMES}|{_NUMBERS}",
        "sheets that a test fills in as the user does, or has written to be corrected",
    ),
    Allowance(
        r"/customer\.json$",
        f"{_NAMES}|{_NUMBERS}",
        "a customer whom a test hands over as another program does, from its own file",
    ),
    Allowance(
        r"/结果\.csv$",
        "link token",
        "the result of a sheet, asked for with its signing links",
    ),
    Allowance(
        r"/profile/",
        "link token",
        "the signer's browser: its own history and cache",
    ),
    Allowance(
        r"^(cmdline) of xdotool$",
        f"{_NAMES}|{_NUMBERS}",
        "the hands of the test, which type",
    ),
)


def allowance_for(leak: Leak, path: Path | None, value: str) -> Allowance | None:
    """Return what allows a value that was found in a file, or in no file."""
    return next((one for one in ALLOWANCES if one.fits(leak, path, value)), None)
