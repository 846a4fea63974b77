"""``--check-sheet FILE``: what Bulk would read of a sheet, as JSON on the standard output, without a window."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from esign_desktop.services.bulk.report import sheet_report
from esign_desktop.store.clock import system_clock_ms

if TYPE_CHECKING:
    from esign_desktop.app.arguments import Arguments


def run(arguments: Arguments) -> int:
    """Print the report, and return the exit status: 0 if the sheet could be read."""
    if arguments.check_sheet is None:
        return 2
    report = sheet_report(arguments.check_sheet, arguments.worksheet, system_clock_ms())
    # ASCII, since a console's encoding may know none of these characters.
    print(json.dumps(report, indent=2))  # noqa: T201
    return int("error" in report)
