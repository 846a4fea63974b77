"""The command ``--check-sheet FILE``, which prints, as JSON, what Bulk would read from a sheet.

The output is meant for support. Numbers, names and addresses are therefore masked.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from esign_desktop.domain.account import masked_name, masked_number
from esign_desktop.domain.bulk.columns import ColumnKind
from esign_desktop.domain.bulk.headings import match_columns, match_contents
from esign_desktop.domain.bulk.rows import read_rows
from esign_desktop.domain.bulk.sheet import Worksheets
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.preset.preset import Preset, PresetId
from esign_desktop.domain.signer import OpenSigner, SignerId
from esign_desktop.services.bulk.plan import row_checks
from esign_desktop.services.sheets.reading import open_sheet
from esign_desktop.store.clock import system_clock_ms

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.app.arguments import Arguments
    from esign_desktop.domain.bulk.columns import ColumnTarget
    from esign_desktop.domain.bulk.rows import RowProblem


_NUMBER: Final = re.compile(r"[0-9][0-9 ,-]{5,}[0-9Xx]")
_ADDRESS: Final = re.compile(r"[^\s@,;]+@")
_NAMES: Final = frozenset({ColumnKind.NAME, ColumnKind.ORGANIZATION_NAME})
_NUMBERS: Final = frozenset({ColumnKind.ID_NUMBER, ColumnKind.MOBILE, ColumnKind.ORGANIZATION_CODE})
_ANY_CUSTOMER: Final = Preset(PresetId("check"), "", signers=(OpenSigner(SignerId("customer")),))
"""A preset with one customer. The meaning of other columns depends on the preset."""


def sheet_report(path: Path, worksheet: str | None, now_ms: int) -> dict[str, Any]:
    """Return the report about a sheet as values that can be written as JSON.

    If the sheet cannot be read, the report contains ``error``. If the user must choose one of several worksheets, the
    report contains ``choose_from``. Otherwise, the report contains the headings, the rows and the problems of the rows.
    Ages are computed for the date of ``now_ms`` (epoch milliseconds).
    """
    try:
        sheet = open_sheet(path, worksheet=worksheet)
    except InputError as error:
        return {"error": error.code, "detail": error.detail, **error.params}
    if isinstance(sheet, Worksheets):
        return {"choose_from": list(sheet.filled)}
    columns = (
        match_columns(_ANY_CUSTOMER, sheet.headings)
        if sheet.has_headings
        else match_contents(_ANY_CUSTOMER, sheet.rows)
    )
    readings = read_rows(_ANY_CUSTOMER, columns, sheet.rows, row_checks(now_ms))
    return {
        "worksheet": sheet.worksheet,
        "worksheets": list(sheet.worksheets),
        "has_headings": sheet.has_headings,
        "headings": [_masked(heading, None) for heading in sheet.headings],
        "taken_as": [None if target is None else target.kind.value for target in columns],
        "rows": [
            {
                "number": row.number,
                "is_hidden": row.is_hidden,
                "cells": [_masked(text, target) for text, target in zip(row.cells, columns, strict=True)],
                "problems": [_problem(problem) for problem in reading.problems],
            }
            for row, reading in zip(sheet.rows, readings, strict=True)
        ],
    }


def _masked(text: str, target: ColumnTarget | None) -> str:
    if target is not None and target.kind in _NAMES:
        text = masked_name(text)
    if target is not None and target.kind in _NUMBERS:
        return masked_number(text)
    return _ADDRESS.sub("***@", _NUMBER.sub(lambda match: masked_number(match[0]), text))


def _problem(problem: RowProblem) -> dict[str, Any]:
    column = None if problem.column_index is None else problem.column_index + 1
    about = None if problem.target is None else problem.target.kind.value
    return {"code": problem.code, "column": column, "about": about, "keeps_it": problem.is_blocking, **problem.params}


def run(arguments: Arguments) -> int:
    """Print the report, and return the exit status: 0 if the sheet could be read, otherwise 1."""
    if arguments.check_sheet is None:
        return 2
    report = sheet_report(arguments.check_sheet, arguments.worksheet, system_clock_ms())
    # ASCII output, because a console's encoding may lack some characters.
    print(json.dumps(report, indent=2))  # noqa: T201
    return int("error" in report)
