"""Read sheets (.xlsx, .csv) as plain text, and detect values that a spreadsheet program has damaged.

The file is read in this process and parsed in a child process, whose results are validated.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from esign_desktop.domain.bulk.headings import lay_out
from esign_desktop.domain.bulk.sheet import (
    HEADING_ROWS,
    MAX_CELL_TEXT,
    MAX_COLUMNS,
    MAX_FILE_BYTES,
    MAX_FILLED_CELLS,
    MAX_ROWS,
    MAX_SHEET_TEXT,
    MAX_WORKSHEETS,
    CellDamage,
    Sheet,
    SheetRow,
    Worksheets,
)
from esign_desktop.domain.errors import CancelToken, InputError, PdfError
from esign_desktop.pdf.isolated.run import run_isolated
from esign_desktop.services.sheets.parsing import load, read_rows

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SUFFIXES: Final = (".xlsx", ".xlsm", ".csv", ".txt")
LIMIT_S: Final = 20.0

_MIB: Final = 1024 * 1024
_MEMORY_BYTES: Final = 256 * _MIB
_ANSWER_BYTES: Final = 6 * MAX_SHEET_TEXT + 16 * _MIB
"""In JSON, a character takes at most six bytes."""
_MAX_DETAIL: Final = 200
_CODES: Final = {"pdf.too_slow": "sheet.too_slow", "pdf.memory": "sheet.too_heavy"}
_REFUSALS: Final = {
    "sheet.too_large",
    "sheet.encrypted",
    "sheet.old_format",
    "sheet.not_a_sheet",
    "sheet.damaged",
    "sheet.no_rows",
    "sheet.too_many_rows",
    "sheet.too_many_columns",
    "sheet.cell_too_long",
    "sheet.too_much_text",
    "sheet.too_many_cells",
}


def open_sheet(
    path: Path,
    *,
    worksheet: str | None = None,
    cancel: CancelToken | None = None,
    on_rows: Callable[[int], None] | None = None,
    limit_s: float = LIMIT_S,
    most_rows: int = MAX_ROWS,
) -> Sheet | Worksheets:
    """Read a sheet, and return it without empty rows, or return the names of its worksheets.

    If several worksheets have rows and ``worksheet`` is None, the names are returned. ``on_rows`` receives the number
    of rows read so far. ``limit_s`` is the time limit in seconds. The call blocks, but can be cancelled at any time.
    Raises Cancelled, and InputError ``sheet.vanished``, ``sheet.unreadable``, ``sheet.too_large`` (``size_mb``,
    ``max_mb``), ``sheet.encrypted``, ``sheet.old_format``, ``sheet.not_a_sheet``, ``sheet.damaged``, ``sheet.no_rows``,
    ``sheet.too_many_rows``, ``sheet.too_many_columns`` and ``sheet.too_many_cells`` (``max``), ``sheet.cell_too_long``
    and ``sheet.too_much_text`` (``max``), ``sheet.too_slow`` or ``sheet.too_heavy``.
    """
    token = cancel or CancelToken()
    token.raise_if_cancelled()
    answers = _Answers(most_rows)
    pieces = run_isolated(
        "sheet",
        read_rows,
        _content(path),
        worksheet,
        most_rows,
        limit_s=limit_s,
        most_bytes=_ANSWER_BYTES,
        memory_bytes=_MEMORY_BYTES,
        check_cancelled=token.raise_if_cancelled,
        prepare=load,
    )
    try:
        with closing(pieces):
            for piece in pieces:
                answers.take(piece)
                if on_rows is not None and answers.rows:
                    on_rows(len(answers.rows))
    except PdfError as error:
        raise InputError(_CODES.get(error.code, "sheet.damaged"), error.detail) from None
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError) as error:
        raise InputError("sheet.damaged", f"answer: {type(error).__name__}") from None
    if len(answers.filled) > 1:
        return Worksheets(path.name, str(path), answers.filled)
    return lay_out(path.name, str(path), answers.rows, answers.worksheet, answers.worksheets, most_rows)


@dataclass(slots=True)
class _Answers:
    """The results of the child process. Raises ValueError, TypeError or KeyError if a result is invalid."""

    most_rows: int
    worksheets: tuple[str, ...] = field(default=(), repr=False)
    worksheet: str = field(default="", repr=False)
    filled: tuple[str, ...] = field(default=(), repr=False)
    """The worksheets with rows, if the user has to choose one of them."""
    rows: list[SheetRow] = field(default_factory=list)
    _text_size: int = 0
    _filled_count: int = 0

    def take(self, piece: dict[str, Any]) -> None:
        if "refused" in piece:
            code = str(piece["refused"])
            refusal = InputError(code if code in _REFUSALS else "sheet.damaged", str(piece["detail"])[:_MAX_DETAIL])
            refusal.params.update({str(name): int(value) for name, value in piece["params"].items()})
            raise refusal
        if "worksheets" in piece:
            self.worksheets = _names(piece["worksheets"])
            self.filled = _names(piece.get("filled", []))
            self.worksheet = _text(piece.get("worksheet", ""))
        for number, cells, damages, is_hidden, bare in piece.get("rows", ()):
            self.rows.append(self._row(number, cells, damages, bare, is_hidden=is_hidden is True))

    def _row(
        self, number: int, cells: list[str], damages: dict[str, str], bare: dict[str, str], *, is_hidden: bool
    ) -> SheetRow:
        texts = tuple(map(_text, cells))
        self._text_size += sum(map(len, texts))
        last = self.rows[-1].number if self.rows else 0
        if not last < int(number) or len(texts) > MAX_COLUMNS or len(self.rows) >= self.most_rows + HEADING_ROWS:
            raise ValueError
        self._filled_count += sum(map(bool, texts))
        if self._text_size > MAX_SHEET_TEXT or self._filled_count > MAX_FILLED_CELLS:
            raise ValueError
        spoiled = {int(index): CellDamage(damage) for index, damage in damages.items()}
        without_format = {int(index): _text(text) for index, text in bare.items()}
        if not all(0 <= index < len(texts) for index in (*spoiled, *without_format)):
            raise ValueError
        return SheetRow(int(number), texts, spoiled, is_hidden=is_hidden, bare=without_format)


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > MAX_CELL_TEXT:
        raise TypeError
    return value


def _names(values: object) -> tuple[str, ...]:
    if not isinstance(values, list) or len(values) > MAX_WORKSHEETS:
        raise TypeError
    return tuple(map(_text, values))


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
