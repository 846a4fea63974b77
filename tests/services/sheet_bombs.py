"""Small sheets that would cost much to read."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING, Final

import openpyxl

if TYPE_CHECKING:
    from pathlib import Path

_PAGE: Final = "xl/worksheets/sheet1.xml"
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_ROW: Final = "<row><c t='str'><v>a</v></c></row>"
_MIB: Final = 1024 * 1024


def million_empty_cells(path: Path) -> Path:
    """Write some 20 KB in which a row has a million cells that hold nothing."""
    return with_rows(path, f"<row>{'<c/>' * 1_000_000}</row>")


def endless_comment(path: Path) -> Path:
    """Write some 150 KB with a comment of 150 MiB in which no tag ends."""
    return with_rows(path, f"{_ROW}{_ROW}<!--{'< row ' * (25 * _MIB)}-->")


def rows_without_end(path: Path) -> Path:
    """Write a sheet whose third row is number two milliards: so many empty ones would be counted through."""
    return with_rows(path, f"{_ROW}<row r='2000000000'><c t='str'><v>b</v></c></row>")


def with_rows(path: Path, rows: str) -> Path:
    """Write a workbook whose only worksheet has these rows, as they stand in XML."""
    openpyxl.Workbook().save(path)
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist() if name != _PAGE}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
        archive.writestr(_PAGE, f"<worksheet xmlns='{_MAIN}'><sheetData>{rows}</sheetData></worksheet>")
    return path
