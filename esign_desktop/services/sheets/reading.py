"""Reads sheets of contracts, .xlsx and .csv, into plain texts, and tells what a spreadsheet program has spoiled."""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
from dataclasses import replace
from itertools import islice, zip_longest
from typing import TYPE_CHECKING, Any, Final

from esign_desktop.api.exchange import CancelToken
from esign_desktop.domain.bulk_headings import looks_like_headings
from esign_desktop.domain.bulk_sheet import MAX_COLUMNS, MAX_FILE_BYTES, MAX_ROWS, CellDamage, Sheet, SheetRow
from esign_desktop.domain.errors import InputError
from esign_desktop.services.sheets.cells import ReadCell, cell_of
from esign_desktop.services.sheets.csv_table import without_mark
from esign_desktop.services.sheets.hidden_rows import hidden_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

SUFFIXES: Final = (".xlsx", ".xlsm", ".csv", ".txt")

_MIB: Final = 1024 * 1024
_MAX_UNPACKED_BYTES: Final = 200 * _MIB
_MAX_CSV_CELL: Final = 100_000
_HEADING_ROWS: Final = 10
"""Titles and notes may stand above the headings."""
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP: Final = b"PK\x03\x04"
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_DELIMITERS: Final = ",\t;，|"

_Row = tuple[int, list[ReadCell]]


def read_sheet(path: Path, *, worksheet: str | None = None, cancel: CancelToken | None = None) -> Sheet:
    """Read a sheet whose first row, or one of the first ten, holds the headings; empty rows are left out.

    Of a workbook the first worksheet that is not empty is read, unless one is named. Raises Cancelled and InputError:
    ``sheet.vanished``, ``sheet.unreadable``, ``sheet.too_large`` (``size_mb``, ``max_mb``), ``sheet.encrypted``,
    ``sheet.old_format``, ``sheet.not_a_sheet``, ``sheet.damaged``, ``sheet.no_rows``, ``sheet.too_many_rows`` and
    ``sheet.too_many_columns`` (``max``).
    """
    content = _content(path)
    token = cancel or CancelToken()
    if content.startswith(_OLE):
        raise InputError("sheet.encrypted" if _ENCRYPTED in content else "sheet.old_format")
    if content.startswith(_ZIP):
        return _workbook(path, content, worksheet, token)
    rows = [
        (number, [ReadCell(without_mark(text.strip())) for text in row]) for number, row in _csv_rows(_decoded(content))
    ]
    return _sheet(path, _filled(rows, token))


def _content(path: Path) -> bytes:
    try:
        size_bytes = path.stat().st_size
        if size_bytes > MAX_FILE_BYTES:
            size_mb = -(-size_bytes // _MIB)
            raise InputError("sheet.too_large", size_mb=size_mb, max_mb=MAX_FILE_BYTES // _MIB)
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError as error:
        raise InputError("sheet.vanished") from error
    except OSError as error:
        raise InputError("sheet.unreadable", type(error).__name__, retryable=True) from error
    if len(content) > MAX_FILE_BYTES:
        raise InputError("sheet.too_large", size_mb=MAX_FILE_BYTES // _MIB + 1, max_mb=MAX_FILE_BYTES // _MIB)
    return content


def _workbook(path: Path, content: bytes, worksheet: str | None, cancel: CancelToken) -> Sheet:
    _refuse_bomb(content)
    # With values, and once more with formulas: of a formula without a value the first knows nothing.
    values, formulas = _opened(content, data_only=True), _opened(content, data_only=False)
    try:
        names = tuple(one.title for one in values.worksheets if one.sheet_state == "visible")
        names = names or tuple(one.title for one in values.worksheets)
        wanted = names if worksheet is None else tuple(name for name in names if name == worksheet)
        for name in wanted:
            rows = _filled(_workbook_rows(values[name], formulas[name]), cancel)
            if rows:
                sheet = _sheet(path, rows, worksheet=name, worksheets=names)
                part = values[name]._worksheet_path  # noqa: SLF001  told nowhere else
                return _with_hidden(sheet, hidden_rows(content, part))
    finally:
        values.close()
        formulas.close()
    raise InputError("sheet.no_rows")


def _opened(content: bytes, *, data_only: bool) -> Any:
    import openpyxl

    # What it does not know, such as a list to choose a cell's value from, matters to nobody here.
    warnings.filterwarnings("ignore", category=UserWarning, module=r"openpyxl\.")
    try:
        return openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=data_only, keep_links=False)
    # What damage leads to is not documented: KeyError, ValueError, BadZipFile, ParseError and others were seen.
    except Exception as error:  # noqa: BLE001
        raise InputError(_what_zip_is_this(content), type(error).__name__) from None


def _workbook_rows(values: Any, formulas: Any) -> Iterator[_Row]:
    # The size that a file claims may be wrong, and costs time if it is too large.
    for one in (values, formulas):
        one.reset_dimensions()
    pairs = zip_longest(values.iter_rows(max_col=MAX_COLUMNS + 1), formulas.iter_rows(max_col=MAX_COLUMNS + 1))
    number = 0
    try:
        for number, (of_values, of_formulas) in enumerate(pairs, 1):
            cells = zip_longest(of_values or (), of_formulas or ())
            yield number, [cell_of(value, formula) for value, formula in cells]
    except InputError:
        raise
    except Exception as error:  # noqa: BLE001  as above: the rows are read only now
        raise InputError("sheet.damaged", f"{type(error).__name__} after row {number}") from None


def _refuse_bomb(content: bytes) -> None:
    """Raise InputError for a file that would fill the memory: a few KB can hold gigabytes."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            size_bytes = sum(info.file_size for info in archive.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError) as error:
        raise InputError("sheet.damaged", type(error).__name__) from None
    if size_bytes > _MAX_UNPACKED_BYTES:
        raise InputError("sheet.too_large", size_mb=size_bytes // _MIB, max_mb=_MAX_UNPACKED_BYTES // _MIB)


def _what_zip_is_this(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = set(archive.namelist())
    return "sheet.damaged" if any(name.startswith("xl/") for name in names) else "sheet.not_a_sheet"


def _decoded(content: bytes) -> str:
    """Return the text of a CSV file: UTF-8 with or without a mark, what Excel calls Unicode text, or GB 18030."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            encodings: tuple[str, ...] = (encoding,)
            break
    else:
        encodings = ("utf-8", "gb18030")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        is_markup = text.lstrip()[:1] == "<"
        if not is_markup and not any(ord(character) < 32 and character not in "\t\r\n" for character in text):
            return text
        break
    raise InputError("sheet.not_a_sheet")


def _csv_rows(text: str) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(_MAX_CSV_CELL)
    # Every line ends alike, so that a line break inside a cell is one character.
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        # A row may stand on several lines; a spreadsheet program numbers rows.
        for number, row in enumerate(reader, 1):
            yield number, row[: MAX_COLUMNS + 1]
    except csv.Error as error:
        raise InputError("sheet.damaged", str(error)) from None


def _delimiter(text: str) -> str:
    """Return what parts the cells: what the first lines hold most evenly."""
    lines = [line for line in islice(io.StringIO(text), 50) if line.strip()][:20]

    def evenness(delimiter: str) -> tuple[int, int]:
        counts = [len(row) - 1 for row in csv.reader(lines, delimiter=delimiter)]
        usual = max(set(counts), key=counts.count, default=0)
        return (counts.count(usual) if usual else 0), usual

    return max(_DELIMITERS, key=evenness)


def _filled(rows: Iterable[_Row], cancel: CancelToken) -> list[_Row]:
    """Return the rows that hold anything, bounded; the columns on the right that hold nothing are cut off."""
    found: list[_Row] = []
    for number, cells in rows:
        cancel.raise_if_cancelled()
        used = max((index for index, cell in enumerate(cells, 1) if cell.text or cell.damage), default=0)
        if used > MAX_COLUMNS:
            raise InputError("sheet.too_many_columns", max=MAX_COLUMNS)
        if used:
            found.append((number, cells[:used]))
        if len(found) > MAX_ROWS + _HEADING_ROWS:
            raise InputError("sheet.too_many_rows", max=MAX_ROWS)
    return found


def _sheet(path: Path, rows: list[_Row], *, worksheet: str = "", worksheets: Sequence[str] = ()) -> Sheet:
    if not rows:
        raise InputError("sheet.no_rows")
    texts = [[cell.text for cell in cells] for _, cells in rows[:_HEADING_ROWS]]
    at = next((index for index, row in enumerate(texts) if looks_like_headings(row)), None)
    if at is None:
        # A title has one cell: headings are the first row that has more.
        at = next((index for index, row in enumerate(texts) if sum(map(bool, row)) > 1), 0)
    headings = [cell.text for cell in rows[at][1]]
    body = rows[at + 1 :]
    if not body:
        raise InputError("sheet.no_rows")
    if len(body) > MAX_ROWS:
        raise InputError("sheet.too_many_rows", max=MAX_ROWS)
    width = max(len(headings), *(len(cells) for _, cells in body))
    headings += [""] * (width - len(headings))
    made = tuple(_row(number, cells, width) for number, cells in body)
    return Sheet(path.name, str(path), tuple(headings), made, worksheet, tuple(worksheets))


def _with_hidden(sheet: Sheet, numbers: frozenset[int]) -> Sheet:
    rows = (replace(row, is_hidden=True) if row.number in numbers else row for row in sheet.rows)
    return replace(sheet, rows=tuple(rows)) if numbers else sheet


def _row(number: int, cells: Sequence[ReadCell], width: int) -> SheetRow:
    damages: dict[int, CellDamage] = {index: cell.damage for index, cell in enumerate(cells) if cell.damage is not None}
    return SheetRow(number, (*(cell.text for cell in cells), *("",) * (width - len(cells))), damages)
