"""Files of contacts of at most 5 MiB that would cost much to read, written by a stranger."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING, Final

import openpyxl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

MOST_BYTES: Final = 5 << 20
MARKS: Final = "\u0301\u0327"
"""Two combining marks in the wrong order. Normalizing a run of them takes quadratic time."""
WIDE: Final = "\U0001f600"
_ROWS: Final = 20_000
_HEADINGS: Final = "姓名,证件号码,手机号,邮箱,公司名称,法定代表人,经办人,内部编号"
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_STRINGS: Final = "xl/sharedStrings.xml"
_PAGE: Final = "xl/worksheets/sheet1.xml"


def _csv(*rows: str, headings: str = _HEADINGS) -> bytes:
    return "\n".join((headings, *rows)).encode("utf-8")


def _different(count: int) -> Iterable[str]:
    return (f"{number:x}" for number in range(count))


def _tiny_cells() -> bytes:
    cells = iter(_different(60 * _ROWS))
    rows = (",".join(next(cells) for _ in range(60)) for _ in range(_ROWS))
    return _csv(*rows, headings=",".join([_HEADINGS, *("x" for _ in range(52))]))[:MOST_BYTES]


def _card(*lines: str) -> str:
    return "\n".join(("BEGIN:VCARD", "VERSION:3.0", *lines, "END:VCARD", ""))


TABLES: Final[dict[str, Callable[[], bytes]]] = {
    "a million rows": lambda: _csv(*("a" for _ in range(2_000_000))),
    "a million tiny cells": _tiny_cells,
    "one line": lambda: _csv("a" * (MOST_BYTES - 1000)),
    "one row of cells": lambda: _csv("a," * 2_500_000),
    "a quote without an end": lambda: _csv('"' + "a\n" * 2_500_000),
    "long names of marks": lambda: _csv(*("a" + MARKS * 49_000 for _ in range(25))),
    "names of marks": lambda: _csv(*("a" + MARKS * 120 for _ in range(10_000))),
    "headings of marks": lambda: "\n".join([",".join(["a" + MARKS * 8_000] * 16)] * 10).encode()[:MOST_BYTES],
    "many headings": lambda: "\n".join([",".join(["甲" * 2_500] * 60)] * 10).encode()[:MOST_BYTES],
    "wide names": lambda: _csv(*(WIDE * 62 for _ in range(_ROWS))),
    "long values": lambda: _csv(*(",".join(["甲" * 10] * 8) for _ in range(_ROWS))),
    "numbers": lambda: _csv(*(f"甲乙{number:05},{number:0150}" for number in range(_ROWS))),
    "one number": lambda: _csv(*(f"甲{number:05},E7654321,{number},{'x' * 150}@x.cn" for number in range(_ROWS))),
    "one name": lambda: _csv(*(f"甲乙,,{number % 7}" for number in range(_ROWS))),
    "organizations with agents": lambda: _csv(
        *(f"甲{number:05},,,,公司{number:05},法{number:05},经{number:05},r{number}" for number in range(_ROWS))
    ),
}

CARDS: Final[dict[str, Callable[[], bytes]]] = {
    "two hundred thousand cards": lambda: _card("FN:a").encode() * 130_000,
    "large cards": lambda: b"".join(_card(f"FN:{number}" + WIDE * 50).encode() for number in range(_ROWS)),
    "a pattern without end": lambda: _card("FN:甲", "TEL;x" + "=," * 5_000 + '"').encode() * 500,
    "one line": lambda: _card("FN:" + "a" * (MOST_BYTES - 1000)).encode(),
    "folds": lambda: ("BEGIN:VCARD\nFN:a\n" + " a\n" * 30_000 + "END:VCARD\n").encode() * 50,
    "soft line breaks": lambda: (
        ("BEGIN:VCARD\nFN;ENCODING=QUOTED-PRINTABLE:=\n" + "=41=\n" * 13_000 + "=41\nEND:VCARD\n").encode() * 75
    ),
    "cards in cards": lambda: ("BEGIN:VCARD\n" + "BEGIN:X\n" * 8_000 + "END:VCARD\n").encode() * 75,
    "many numbers": lambda: _card("FN:甲", *("TEL:1" for _ in range(10_000))).encode() * 75,
    "marks": lambda: b"".join(_card("FN:a" + MARKS * 55).encode() for _ in range(_ROWS)),
}


def _sheet(rows: str, strings: str = "") -> dict[str, str]:
    return {
        _PAGE: f"<worksheet xmlns='{_MAIN}'><sheetData>{rows}</sheetData></worksheet>",
        _STRINGS: f"<sst xmlns='{_MAIN}'>{strings}</sst>",
    }


def _row(*texts: str) -> str:
    return f"<row>{''.join(f'<c t={chr(34)}str{chr(34)}><v>{text}</v></c>' for text in texts)}</row>"


def _shared(*indexes: int) -> str:
    return f"<row>{''.join(f'<c t={chr(34)}s{chr(34)}><v>{index}</v></c>' for index in indexes)}</row>"


_HEAD: Final = _row(*_HEADINGS.split(","))
_NAMED: Final = "".join(f"<si><t>{heading}</t></si>" for heading in _HEADINGS.split(","))

BOOKS: Final[dict[str, Callable[[], dict[str, str]]]] = {
    "a million tiny cells": lambda: _sheet(
        _HEAD + "".join(_row(*(f"{60 * row + at:x}" for at in range(60))) for row in range(_ROWS))
    ),
    "one shared text": lambda: _sheet(
        _shared(*range(8)) + _shared(*[8] * 8) * 2_500, f"{_NAMED}<si><t>{'甲' * 199}</t></si>"
    ),
    "one shared text of marks": lambda: _sheet(
        _shared(*range(8)) + _shared(8) * 8_000, f"{_NAMED}<si><t>a{MARKS * 245}</t></si>"
    ),
    "one long shared text of marks": lambda: _sheet(
        _shared(*range(8)) + _shared(8) * 39, f"{_NAMED}<si><t>a{MARKS * 49_000}</t></si>"
    ),
    "one wide shared text": lambda: _sheet(
        _shared(*range(8)) + _shared(*[8] * 8) * 1_000, f"{_NAMED}<si><t>{WIDE * 499}</t></si>"
    ),
    "a million shared texts": lambda: _sheet(_HEAD + _row("甲"), "<si><t>a</t></si>" * 4_000_000),
    "deep elements": lambda: _sheet(_HEAD + "<row>" + "<c>" * 1_000_000),
    "huge numbers": lambda: _sheet(_HEAD + f"<row><c><v>{'9' * 5_000_000}</v></c></row>" * 3),
    "a text of 150 MiB": lambda: _sheet(_HEAD + _row("a" * (150 << 20))),
}


def write_book(path: Path, parts: dict[str, str]) -> Path:
    """Write a workbook whose only worksheet and shared texts are given as XML."""
    openpyxl.Workbook().save(path)
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist() if name not in parts}
    types = "[Content_Types].xml"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    if _STRINGS.encode() not in files[types]:
        override = f'<Override PartName="/{_STRINGS}" ContentType="{kind}"/></Types>'.encode()
        files[types] = files[types].replace(b"</Types>", override)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
        for name, text in parts.items():
            archive.writestr(name, text)
    return path
