"""Sets rows of text on pages, as much as a word processor does of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any

import pymupdf

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

WIDTH_PT, HEIGHT_PT = 595.0, 842.0
TOP_PT, BOTTOM_PT = 72.0, 770.0
RIGHT_PT = 530.0


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
            if count:
                row.append(Piece(piece.left_pt, piece.text[:count], piece.size_pt))
            if not row:
                break
            yield row
            row, piece = [], Piece(left_pt, piece.text[count:].lstrip(), piece.size_pt)
        row.append(piece)
    if row:
        yield row


def set_rows(rows: Iterable[Row], *, head: str = "") -> Any:
    """Return a document of these rows; what doesn't fit goes on on the next page."""
    made: Any = pymupdf.open()
    page: Any = None
    shape: Any = None
    y = BOTTOM_PT
    for row in rows:
        y += row.pitch_pt
        if shape is None or y > BOTTOM_PT:
            if shape is not None:
                shape.commit()
            page = made.new_page(width=WIDTH_PT, height=HEIGHT_PT)
            shape, y = page.new_shape(), TOP_PT + row.pieces[0].size_pt if row.pieces else TOP_PT
            if head:
                _write(shape, Piece(72, head, 9), 40)
                _write(shape, Piece(280, f"第 {len(made)} 页", 9), 820)
        for piece in row.pieces:
            _write(shape, piece, y)
        top, bottom = y + 6 - row.pitch_pt, y + 6
        for x in row.rules:
            shape.draw_line((x, top), (x, bottom))
        if row.rules:
            for at in (top, bottom):
                shape.draw_line((row.rules[0], at), (row.rules[-1], at))
            shape.finish()
    if shape is not None:
        shape.commit()
    return made


def _write(shape: Any, piece: Piece, y: float) -> None:
    x = piece.left_pt
    for ascii_, run in runs(piece.text):
        shape.insert_text((x, y), run, fontname="helv" if ascii_ else "china-s", fontsize=piece.size_pt)
        x += width(run, piece.size_pt)
