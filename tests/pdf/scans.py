"""Pages drawn as a cheap scanner would deliver them: grey, a little crooked, blurred, noisy, and compressed."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING, Any

import pymupdf

from tests.tiers import missing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

DPI = 200
AES_256 = 5
"""MuPDF's number for it."""
SLOPE = 0.006
"""Rise over run: a third of a degree."""


def require_reader() -> None:
    """Skip a test where nothing can be read; ``make ready-test`` installs what reads."""
    if importlib.util.find_spec("rapidocr") is None:
        missing("the packages that read scans are not installed (requirements/ocr.txt)")


def write_scan(source: Path, target: Path, page_numbers: Sequence[int], password: str = "") -> Path:
    """Write a PDF of pictures of these pages."""
    import numpy as np

    random: Any = np.random.default_rng(7)
    scan: Any = pymupdf.open()
    with pymupdf.open(source) as document:
        for number in page_numbers:
            page: Any = document[number - 1]
            drawn = page.get_pixmap(dpi=DPI, colorspace=pymupdf.csGRAY)
            paper: Any = np.frombuffer(drawn.samples, np.uint8).reshape(drawn.height, drawn.width).astype(float)
            columns = np.arange(drawn.width)
            rows = np.arange(drawn.height)[:, None] + (columns * SLOPE).astype(int)
            crooked = paper[rows.clip(0, drawn.height - 1), columns]
            blurred = sum(np.roll(crooked, shift, axis) for shift in (0, 1) for axis in (0, 1)) / 4
            noisy = (blurred * 0.85 + 20 + random.normal(0, 14, blurred.shape)).clip(0, 255).astype(np.uint8)
            picture = pymupdf.Pixmap(pymupdf.csGRAY, drawn.width, drawn.height, noisy.tobytes(), 0)
            data = picture.tobytes("jpeg", jpg_quality=60)
            sheet = scan.new_page(width=page.rect.width, height=page.rect.height)
            sheet.insert_image(sheet.rect, stream=data)
    if password:
        scan.save(target, encryption=AES_256, user_pw=password)
    else:
        scan.save(target)
    scan.close()
    return target
