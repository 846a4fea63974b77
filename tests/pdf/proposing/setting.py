"""Sets rows of text on pages, as much as a word processor does of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any

import pymupdf

from esign_desktop.domain.geometry import DisplayRect
from esign_desktop.pdf.text.recognised import Word

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable, Iterator

WIDTH_PT, HEIGHT_PT = 595.0, 842.0
TOP_PT, BOTTOM_PT = 72.0, 770.0
LEFT_PT, RIGHT_PT = 72.0, 530.0
COLUMN_PT = 295.0


@dataclass(slots=True)
class Piece:
    """Text that begins at a place of a row."""

    left_pt: float
    text: str
    size_pt: float

    @property
    def right_pt(self) -> float:
        return self.left_pt + width(self.text, self.size_pt)


@dataclass(slots=True)
class Row:
    """Pieces side by side, so far below the row before."""

    pieces: list[Piece]
    pitch_pt: float = 20.0
    rules: list[float] = field(default_factory=list)
    """Where lines are drawn downwards beside the row; the outer ones close a table's row below, too."""


def width(text: str, size_pt: float) -> float:
    return sum(
        pymupdf.get_text_length(run, "helv", size_pt) if ascii_ else len(run) * size_pt for ascii_, run in runs(text)
    )


def runs(text: str) -> Iterator[tuple[bool, str]]:
    return ((key, "".join(run)) for key, run in groupby(text, str.isascii))


def wrapped(pieces: list[Piece], left_pt: float, right_pt: float) -> Iterator[list[Piece]]:
    """Part a row where it is too long: what is over goes to the left margin of the next."""
    row: list[Piece] = []
    for whole in pieces:
        piece = whole
        if row and piece.left_pt < row[-1].right_pt:
            piece.left_pt = row[-1].right_pt + (piece.size_pt if piece.left_pt < row[-1].right_pt - 0.1 else 0)
        while piece.right_pt > right_pt + piece.size_pt:
            count = len(piece.text)
            while count and piece.left_pt + width(piece.text[:count], piece.size_pt) > right_pt:
                count -= 1
            while count and re.fullmatch(r"[A-Za-z0-9]{2}", piece.text[count - 1 : count + 1]):
                count -= 1
            if count:
                row.append(Piece(piece.left_pt, piece.text[:count], piece.size_pt))
            if not row:
                break
            yield row
            row, piece = [], Piece(left_pt, piece.text[count:].lstrip(), piece.size_pt)
        row.append(piece)
    if row:
        yield row


def set_rows(rows: Iterable[Row], *, head: str = "", columns_pt: tuple[float, ...] = (0.0,)) -> Any:
    """Return a document of these rows; what doesn't fit goes on in the page's next column, then on the next page.

    ``columns_pt`` says how far each column lies to the right of the first.
    """
    made: Any = pymupdf.open()
    shape: Any = None
    y, column = BOTTOM_PT, len(columns_pt) - 1
    for row in rows:
        y += row.pitch_pt
        if y > BOTTOM_PT:
            y, column = TOP_PT + (row.pieces[0].size_pt if row.pieces else 0), column + 1
            if column == len(columns_pt):
                if shape is not None:
                    shape.commit()
                shape, column = _new_page(made, head), 0
        for piece in row.pieces:
            _write(shape, piece, y, columns_pt[column])
        if row.rules:
            _rule(shape, row, y + 6, columns_pt[column])
    if shape is not None:
        shape.commit()
    return made


def _new_page(made: Any, head: str) -> Any:
    shape = made.new_page(width=WIDTH_PT, height=HEIGHT_PT).new_shape()
    if head:
        _write(shape, Piece(LEFT_PT, head, 9), 40)
        _write(shape, Piece(280, f"第 {len(made)} 页", 9), 820)
    return shape


def _rule(shape: Any, row: Row, bottom: float, beside: float) -> None:
    top = bottom - row.pitch_pt
    left, right = row.rules[0] + beside, row.rules[-1] + beside
    for x in row.rules:
        shape.draw_line((x + beside, top), (x + beside, bottom))
    for y in (top, bottom):
        shape.draw_line((left, y), (right, y))
    shape.finish()


def _write(shape: Any, piece: Piece, y: float, beside: float = 0.0) -> None:
    x = piece.left_pt + beside
    for ascii_, run in runs(piece.text):
        shape.insert_text((x, y), run, fontname="helv" if ascii_ else "china-s", fontsize=piece.size_pt)
        x += width(run, piece.size_pt)


@dataclass(frozen=True, slots=True)
class Setting:
    """How a contract is set; ``breaks``: where columns begin a new page does too, behind their first row."""

    size_pt: float = 10.5
    is_ruled: bool = False
    is_stacked: bool = False
    is_in_columns: bool = False
    is_turned: bool = False
    breaks: bool = False
    head: str = ""


def set_contract(rows: Iterable[str], setting: Setting) -> Any:
    """Return a contract as a document: paragraphs, and rows with ``|`` in columns."""
    right = COLUMN_PT if setting.is_in_columns else RIGHT_PT
    columns = (0.0, COLUMN_PT - LEFT_PT + 30) if setting.is_in_columns else (0.0,)
    return set_rows(_rows(list(rows), setting, right), head=setting.head, columns_pt=columns)


def read_by_machine(rows: Iterable[str], setting: Setting, chance: random.Random) -> dict[int, list[Word]]:
    """Return the words of a contract as a machine reads them off a scan: no blanks, in no order, somewhat askew."""
    pages: dict[int, list[Word]] = {1: []}
    y = TOP_PT
    for row in _rows(list(rows), setting, RIGHT_PT):
        y += row.pitch_pt
        if y > BOTTOM_PT:
            pages[len(pages) + 1], y = [], TOP_PT
        for piece in row.pieces:
            for part in re.finditer(r"[^_]+", piece.text):
                left = piece.left_pt + width(piece.text[: part.start()], piece.size_pt) + chance.uniform(-1.5, 1.5)
                top = y - 1.05 * piece.size_pt + chance.uniform(-1.2, 1.2)
                wide = width(part[0], piece.size_pt) + chance.uniform(-2, 2)
                pages[len(pages)].append(Word(part[0], DisplayRect(left, top, wide, 1.3 * piece.size_pt)))
    for words in pages.values():
        chance.shuffle(words)
    return pages


def words_of(page: Any, chance: random.Random) -> Iterator[Word]:
    """Return the words of a page as a machine reads them off its picture: neither blanks nor a table's lines."""
    for block in page.get_text("rawdict")["blocks"]:
        for line in block.get("lines", ()):
            chars = [char for span in line["spans"] for char in span["chars"]]
            text = "".join(char["c"] for char in chars)
            for part in re.finditer(r"[^\s_＿\u2500-\u257f]+(?: [^\s_＿\u2500-\u257f]+)*", text):
                boxes = [char["bbox"] for char in chars[part.start() : part.end()]]
                left, top = boxes[0][0] + chance.uniform(-1, 1), boxes[0][1] + chance.uniform(-1, 1)
                yield Word(part[0], DisplayRect(left, top, boxes[-1][2] - left, boxes[0][3] - boxes[0][1]))


def _rows(texts: list[str], setting: Setting, right_pt: float) -> Iterator[Row]:
    size, left = setting.size_pt, LEFT_PT
    pitch = 1.8 * size
    for group in _grouped(texts):
        wide = (right_pt - left) / max(map(len, group))
        if len(group) == 1 and len(group[0]) == 1:
            text = group[0][0]
            if text == "/p":
                yield Row([], BOTTOM_PT)
                continue
            indent = 2 * size if text.startswith("第") or len(text) > 40 else 0
            yield from (Row(one, pitch) for one in wrapped(_pieces(text, left + indent, size), left, right_pt))
        elif setting.is_stacked and len(group[0]) < 4:
            for at in range(len(group[0])):
                yield from (Row(_pieces(cells[at], left, size), pitch) for cells in group if cells[at])
        else:
            rules = [left - 4 + wide * column for column in range(len(group[0]) + 1)] if setting.is_ruled else []
            for number, cells in enumerate(group):
                lines = [list(_in_cell(cell, left + wide * at, wide - size, size)) for at, cell in enumerate(cells)]
                for index in range(max(map(len, lines))):
                    pieces = [piece for line in lines if index < len(line) for piece in line[index]]
                    is_new_page = setting.breaks and number == 1 and not index
                    yield Row(pieces, BOTTOM_PT if is_new_page else pitch, rules)


def _in_cell(text: str, left_pt: float, wide_pt: float, size_pt: float) -> Iterator[list[Piece]]:
    return wrapped(_pieces(text, left_pt, size_pt), left_pt, left_pt + wide_pt)


def _grouped(texts: list[str]) -> Iterator[list[list[str]]]:
    """Rows that stand in columns, together; others alone."""
    for is_columns, group in groupby((text for text in texts if text), key=lambda text: "|" in text):
        rows = [text.split("|") for text in group]
        yield from [rows] if is_columns else ([row] for row in rows)


def _pieces(text: str, left: float, size: float) -> list[Piece]:
    """Parts of a text with wide blanks between them."""
    parts = re.finditer(r"\S+(?: \S+)*", text)
    return [Piece(left + width(text[: part.start()], size), part[0], size) for part in parts]
