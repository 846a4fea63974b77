"""Create the calibration contract: three pages with marks, text and empty positions for seals."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Final

import pymupdf

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from esign_desktop.domain.calibration.sheet import (
    KEYWORD,
    PAGE_COUNT,
    PAGE_HEIGHT_PT,
    PAGE_WIDTH_PT,
    REGISTER_MARKS,
    SPOTS,
)

TARGET: Final = Path(__file__).resolve().parent.parent / "resources" / "samples" / "calibration.pdf"
INK: Final = (0.11, 0.12, 0.15)
FAINT: Final = (0.45, 0.47, 0.52)
CROSS_PT: Final = 5.0
KEYWORD_AT_PT: Final = (80.0, 700.0)
KEYWORD_SIZE_PT: Final = 22.0
NOTE: Final = "校准用文件，不是合同，没有法律效力。Calibration sheet: not a contract, without legal effect."
NOTE_AT_PT: Final = (60.0, 462.0)
NOTE_ON_KEYWORD_PAGE_AT_PT: Final = (60.0, 350.0)


def make(target: Path) -> None:
    """Write the calibration contract to the file ``target``."""
    font: Any = pymupdf.Font("cjk")
    pdf: Any = pymupdf.open()
    keyword_page = next(spot.page_number for spot in SPOTS if spot.is_at_keyword)
    for number in range(1, PAGE_COUNT + 1):
        page = pdf.new_page(width=PAGE_WIDTH_PT, height=PAGE_HEIGHT_PT)
        writer: Any = pymupdf.TextWriter(page.rect)

        def put(x_pt: float, y_pt: float, text: str, size_pt: float, into: Any = writer) -> None:
            into.append((x_pt, PAGE_HEIGHT_PT - y_pt), text, font=font, fontsize=size_pt)

        for mark in REGISTER_MARKS:
            if mark.page_number != number:
                continue
            put(mark.at.x_pt + 2 * CROSS_PT, mark.at.y_pt - 3, mark.text, 9)
            x, y = mark.at.x_pt, PAGE_HEIGHT_PT - mark.at.y_pt
            page.draw_line((x - CROSS_PT, y), (x + CROSS_PT, y), color=FAINT, width=0.5)
            page.draw_line((x, y - CROSS_PT), (x, y + CROSS_PT), color=FAINT, width=0.5)
        put(*(NOTE_ON_KEYWORD_PAGE_AT_PT if number == keyword_page else NOTE_AT_PT), NOTE, 9)
        if number == keyword_page:
            put(*KEYWORD_AT_PT, KEYWORD, KEYWORD_SIZE_PT)
        writer.write_text(page, color=INK)
    pdf.set_metadata({"title": "Calibration", "producer": "esign-desktop", "creationDate": "", "modDate": ""})
    pdf.subset_fonts()
    pdf.save(target, garbage=4, deflate=True, no_new_id=True)
    print(f"{target}: {target.stat().st_size} bytes")


if __name__ == "__main__":
    make(TARGET)
