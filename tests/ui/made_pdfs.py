"""PDFs made by code, with a black square where a test wants to click."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pymupdf

from esign_desktop.domain.geometry import PagePoint

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

SQUARE_PT = 8.0
SQUARE_CENTER = PagePoint(90.0, 150.0)


@dataclass(frozen=True)
class MadePage:
    """Raw boxes of a page; the square's centre is given in page space."""

    media_box: tuple[float, float, float, float] = (0.0, 0.0, 300.0, 400.0)
    crop_box: tuple[float, float, float, float] | None = None
    rotation: int = 0
    user_unit: float = 1.0
    square: PagePoint | None = SQUARE_CENTER

    @property
    def label(self) -> str:
        return f"rotation {self.rotation}, crop {self.crop_box}, unit {self.user_unit}"


def write_pdf(path: Path, pages: Sequence[MadePage]) -> Path:
    document = _new_pdf()
    for made in pages:
        page = document.new_page(width=300, height=400)
        document.xref_set_key(page.xref, "MediaBox", _array(made.media_box))
        if made.crop_box is not None:
            document.xref_set_key(page.xref, "CropBox", _array(made.crop_box))
        document.xref_set_key(page.xref, "Rotate", str(made.rotation))
        document.xref_set_key(page.xref, "UserUnit", str(made.user_unit))
        if made.square is not None:
            left, bottom = (made.crop_box or made.media_box)[:2]
            x, y = left + made.square.x_pt - SQUARE_PT / 2, bottom + made.square.y_pt - SQUARE_PT / 2
            stream = document.get_new_xref()
            document.update_object(stream, "<<>>")
            document.update_stream(stream, f"0 g {x} {y} {SQUARE_PT} {SQUARE_PT} re f".encode())
            document.xref_set_key(page.xref, "Contents", f"{stream} 0 R")
    document.save(path)
    document.close()
    return path


def write_text_pdf(path: Path, pages: Iterable[Sequence[str]]) -> Path:
    """A4 pages with one line of text for each string, 40 pt apart from the top."""
    document = _new_pdf()
    for lines in pages:
        page = document.new_page(width=595, height=842)
        for index, line in enumerate(lines, 1):
            page.insert_text((72, 60 + 40 * index), line, fontname="china-s", fontsize=14)
    document.save(path)
    document.close()
    return path


def _new_pdf() -> Any:
    library: Any = pymupdf
    return library.open()


def _array(numbers: tuple[float, ...]) -> str:
    return f"[{' '.join(str(number) for number in numbers)}]"
