"""Export the results of a bulk send."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from esign_desktop.domain.account import masked_name
from esign_desktop.domain.bulk.columns import ColumnKind
from esign_desktop.domain.errors import StoreError
from esign_desktop.domain.people.customer_line import tidy_name
from esign_desktop.domain.signer import ApplicationSigner, OpenSigner, OrganizationSigner, PersonSigner, title_of
from esign_desktop.services.bulk.values import PlannedRow, RowState
from esign_desktop.services.flows.exporting import JSON_SUFFIX
from esign_desktop.services.sheets.csv_file import save_whole
from esign_desktop.services.sheets.writing import save_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from esign_desktop.domain.bulk.rows import RowReading
    from esign_desktop.domain.flow import FlowSigner
    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.domain.signer import Signer
    from esign_desktop.services.bulk.values import BulkPlan
    from esign_desktop.store.tables.flows import Flows


@dataclass(frozen=True, slots=True)
class ResultChoice:
    """The personal data to include in an export: full names with mobile numbers, and signing links.

    Anyone who has a signing link can open the contract.
    """

    with_people: bool = False
    with_links: bool = False


@dataclass(frozen=True, slots=True)
class ResultWords:
    """The headings and texts of an export, in the language of the window.

    ``of_person(title, heading)`` returns the heading of a person's column. ``title`` is the person's role, or an empty
    string if the contract has only one person. ``remark_of`` returns the problems of a row as text.
    """

    row: str
    title: str
    name: str
    mobile: str
    link: str
    reference: str
    state: str
    remark: str
    flow: str
    states: Mapping[RowState, str]
    of_person: Callable[[str, str], str]
    remark_of: Callable[[PlannedRow], str]


def export_results(
    plan: BulkPlan, rows: Sequence[PlannedRow], target: Path, words: ResultWords, flows: Flows, choice: ResultChoice
) -> int:
    """Write the results of a bulk send to a file, and return the number of rows. Raises StoreError.

    ``rows`` are the plan's rows in their current state. The suffix of ``target`` selects the format: a workbook, .csv,
    or .json. In a .json file, each row repeats the column names. Each person has separate columns. By default, names
    are masked, and mobile numbers and links are left out. ``choice`` states which of these values are included in full.
    """
    table = _Table(plan.preset, words, flows, choice)
    headings, cells = table.headings(), [table.cells(row, plan.readings[row.index]) for row in rows]
    if target.suffix.lower() == JSON_SUFFIX:
        told = [dict(zip(headings, line, strict=True)) for line in cells]
        save_whole(json.dumps(told, ensure_ascii=False, indent=1).encode("utf-8"), target)
    else:
        save_table([headings, *cells], target)
    return len(rows)


class _Table:
    def __init__(self, preset: Preset, words: ResultWords, flows: Flows, choice: ResultChoice) -> None:
        self._words = words
        self._flows = flows
        self._choice = choice
        # A contract's signers are numbered like the preset's roles (see ``domain.preset.filling``).
        numbered = list(enumerate(preset.signers, 1))
        self._people = [
            (number, role)
            for number, role in numbered
            if isinstance(role, OpenSigner) or (choice.with_links and not role.terms.is_silent)
        ]

    def headings(self) -> list[str]:
        words = self._words
        people = []
        for _, role in self._people:
            title = title_of(role) if len(self._people) > 1 else ""
            people += [
                words.of_person(title, heading) for heading in self._person(words.name, words.mobile, words.link)
            ]
        return [words.row, words.title, *people, words.reference, words.state, words.remark, words.flow]

    def cells(self, row: PlannedRow, reading: RowReading) -> list[str]:
        signers = self._signers(row)
        people: list[str] = []
        for number, role in self._people:
            name, mobile = _party(role, reading)
            signer = signers.get(number)
            # The signer of an erased person has no name. If the names differ, the signer is a different person, whose
            # link is left out.
            is_theirs = signer is not None and (not signer.name or _folded(signer.name) == _folded(name))
            link = " ".join(signer.urls) if signer is not None and is_theirs else ""
            people += self._person(name if self._choice.with_people else masked_name(name), mobile, link)
        words = self._words
        about = [row.reference, words.states[row.state], words.remark_of(row), row.flow_id or ""]
        return [str(row.number), row.title, *people, *about]

    def _person(self, name: str, mobile: str, link: str) -> list[str]:
        return [
            name,
            *([mobile] if self._choice.with_people else []),
            *([link] if self._choice.with_links else []),
        ]

    def _signers(self, row: PlannedRow) -> Mapping[int, FlowSigner]:
        if row.flow_id is None or row.state is not RowState.SENT or not self._choice.with_links:
            return {}
        with suppress(StoreError):
            return {signer.number: signer for signer in self._flows.get(row.flow_id).signers}
        return {}


def _party(role: Signer, reading: RowReading) -> tuple[str, str]:
    """Return the name and mobile number of a role's signer. Those in the row take precedence over the preset's."""
    name, mobile = reading.of(ColumnKind.NAME, role.id), reading.of(ColumnKind.MOBILE, role.id)
    match role:
        case OpenSigner():
            return reading.of(ColumnKind.ORGANIZATION_NAME, role.id) or name, mobile
        case PersonSigner(person=person):
            return (name, mobile) if name else (person.name, person.mobile)
        case OrganizationSigner(organization=organization, agent=agent):
            # The organization signs; its agent receives the message.
            return reading.of(ColumnKind.ORGANIZATION_NAME, role.id) or organization.name, mobile or agent.mobile
        case ApplicationSigner(name=own):
            return own, ""


def _folded(name: str) -> str:
    return "".join(tidy_name(name).casefold().split())
