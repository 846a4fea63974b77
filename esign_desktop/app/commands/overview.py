"""The command ``--overview FOLDER``, which sums up the day files of an organization's counters."""

from __future__ import annotations

import json
import sys
import unicodedata
from typing import TYPE_CHECKING, Final

from esign_desktop.app.commands.console import print_error, use_language
from esign_desktop.domain.errors import AppError
from esign_desktop.services.counter.overview import Overview, read_overview
from esign_desktop.services.sheets.csv_file import save_whole
from esign_desktop.services.sheets.writing import save_table
from esign_desktop.ui.resources import resource_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from esign_desktop.app.arguments import Arguments
    from esign_desktop.services.counter.overview import Numbers

INCOMPLETE: Final = 3
"""The exit status if some of the files could not be read."""


def run(arguments: Arguments) -> int:
    """Print the overview, or write it to a file, and return the exit status: 0, 1 after an error, or ``INCOMPLETE``.

    Files that could not be read are listed on standard error.
    """
    if arguments.overview is None:
        return 2
    use_language()
    try:
        overview = read_overview(arguments.overview, resource_path("day.schema.json"), since=arguments.since or "")
        target = arguments.save_as
        if target is None:
            sys.stdout.write(_aligned(_table(overview)))
        elif target.suffix.lower() == ".json":
            save_whole((json.dumps(overview.as_json(), indent=1) + "\n").encode("ascii"), target)
        else:
            save_table(_table(overview), target)
    except AppError as error:
        print_error(error)
        return 1
    for name, reason in overview.unread:
        sys.stderr.write(_unread_text().format(name=_printable(name), reason=reason) + "\n")
    return INCOMPLETE if overview.unread else 0


def _unread_text() -> str:
    from PySide6.QtCore import QCoreApplication

    return QCoreApplication.translate("Overview", "Not included, because the file can't be read: {name} ({reason})")


def _table(overview: Overview) -> list[tuple[str, ...]]:
    from PySide6.QtCore import QCoreApplication

    translate = QCoreApplication.translate
    headings = (
        translate("Overview", "Counter"),
        translate("Overview", "Institution"),
        translate("Overview", "Environment"),
        translate("Overview", "Project"),
        translate("Overview", "Days"),
        translate("Overview", "Sent"),
        translate("Overview", "Signed"),
        translate("Overview", "Waiting"),
        translate("Overview", "Failed"),
        translate("Overview", "Expired"),
        translate("Overview", "Revoked"),
        translate("Overview", "Backup late (hours)"),
        translate("Overview", "Version"),
        translate("Overview", "Last written"),
    )
    rows = [
        (
            *(counter.counter, counter.branch, counter.environment, counter.project, str(counter.day_count)),
            *_numbers(counter.numbers),
            *(str(counter.copies_late_hours), counter.program, counter.written_at),
        )
        for counter in overview.counters
    ]
    days = str(sum(counter.day_count for counter in overview.counters))
    total = (translate("Overview", "Total"), "", "", "", days, *_numbers(overview.total), "", "", "")
    return [headings, *rows, total]


def _numbers(numbers: Numbers) -> tuple[str, ...]:
    return tuple(str(getattr(numbers, name)) for name in type(numbers).__slots__)


def _aligned(table: Sequence[Sequence[str]]) -> str:
    """Return a table as lines of text. Chinese characters are two columns wide."""
    cells = [[_printable(cell) for cell in row] for row in table]
    widths = [max(map(_width, column)) for column in zip(*cells, strict=True)]
    lines = (
        "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)) for row in cells
    )
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _printable(text: str) -> str:
    """Return a text without characters that a terminal would interpret."""
    return "".join(character if character.isprintable() else "?" for character in text)
