"""Contracts to measure with, made by code."""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING, Any

import pymupdf

if TYPE_CHECKING:
    from pathlib import Path

A4_PT = (595.0, 842.0)
SCAN_DPI = 300
CLAUSES = (
    "甲乙双方本着平等自愿、诚实信用的原则，就下列事项协商一致，订立本合同，共同遵守。",
    "甲方应当在本合同生效后十个工作日内，向乙方提供履行本合同所需要的全部资料和条件。",
    "乙方应当按照约定的时间和质量完成工作，并接受甲方的监督检查，不得擅自转交他人。",
    "合同价款以人民币计算，分三期支付，每一期款项在收到合法有效的发票后七日内付清。",
    "任何一方对在履行过程中知悉的商业秘密负有保密义务，该义务在合同终止后继续有效。",
    "因不可抗力不能履行义务的，应当及时通知对方，并在合理期限内提供有关机构的证明。",
    "一方逾期履行的，每逾期一日，应当按照未履行部分价款的万分之五向对方支付违约金。",
    "因本合同发生的争议，由双方协商解决；协商不成的，提交有管辖权的人民法院处理。",
)
"""A page of text has each of them four or five times, which is how often a common word stands there."""


def write_text_contract(path: Path, page_count: int) -> Path:
    """Pages full of Chinese text, with the font inside as a subset."""
    document: Any = pymupdf.open()
    font: Any = pymupdf.Font("cjk")
    for number in range(1, page_count + 1):
        page = document.new_page(width=A4_PT[0], height=A4_PT[1])
        writer: Any = pymupdf.TextWriter(page.rect)
        for line in range(34):
            writer.append(
                (64, 80 + 21 * line), f"{number}.{line + 1}　{CLAUSES[line % len(CLAUSES)]}", font=font, fontsize=10.5
            )
        writer.write_text(page)
    document.subset_fonts()
    document.save(path, garbage=3, deflate=True)
    document.close()
    return path


def write_scan(path: Path, page_count: int) -> Path:
    """Pages that are one photograph each: paper with grain and lines of writing, as JPEG."""
    document: Any = pymupdf.open()
    grain = random.Random(7)  # noqa: S311 - the same paper each time
    width, height = (round(length / 72 * SCAN_DPI) for length in A4_PT)
    paper = bytes(grain.choices(range(222, 250), k=width * 64))
    for number in range(page_count):
        rows = bytearray()
        for top in range(0, height, 64):
            rows += (
                paper
                if (top // 64) % 3
                else bytes(value // 3 if (i // 9) % 2 else value for i, value in enumerate(paper))
            )
        picture: Any = pymupdf.Pixmap(pymupdf.csGRAY, width, height, bytes(rows[: width * height]), 0)
        page = document.new_page(width=A4_PT[0], height=A4_PT[1])
        page.insert_image(page.rect, stream=picture.tobytes("jpeg", jpg_quality=80 + number % 5))
    document.save(path)
    document.close()
    return path


def write_large_pdf(path: Path, size_bytes: int) -> Path:
    """One small page, then a hole that no reader looks at, up to the size."""
    document: Any = pymupdf.open()
    document.new_page(width=A4_PT[0], height=A4_PT[1])
    document.save(path)
    document.close()
    os.truncate(path, size_bytes)
    return path


def write_photographs(path: Path, page_count: int = 0, *, size_bytes: int = 0) -> Path:
    """Colour scans at 300 dpi with the grain of paper, so many pages or so large; ten pictures that repeat."""
    document: Any = pymupdf.open()
    text: Any = pymupdf.open()
    font: Any = pymupdf.Font("cjk")
    grain = random.Random(7)  # noqa: S311 - the same paper each time
    pictures: list[bytes] = []
    for number in range(10):
        page = text.new_page(width=A4_PT[0], height=A4_PT[1])
        writer: Any = pymupdf.TextWriter(page.rect)
        for line in range(34):
            writer.append(
                (64, 80 + 21 * line), f"{number}.{line + 1}　{CLAUSES[line % len(CLAUSES)]}", font=font, fontsize=10.5
            )
        writer.write_text(page)
        picture: Any = page.get_pixmap(dpi=300)
        samples = bytearray(picture.samples)
        for first in range(0, 48, 3):
            part = samples[first::48]
            samples[first::48] = bytes(
                value & 0xF0 | speck & 0x0F for value, speck in zip(part, grain.randbytes(len(part)), strict=True)
            )
        pictures.append(
            pymupdf.Pixmap(pymupdf.csRGB, picture.width, picture.height, bytes(samples), 0).tobytes(
                "jpeg", jpg_quality=88
            )
        )
    written_bytes = 0
    while document.page_count < page_count or written_bytes < size_bytes:
        # A comment at its end makes each picture another one, so that it is stored and decoded by itself.
        number = document.page_count
        picture_bytes = pictures[number % len(pictures)] + f"{number}".encode()
        page = document.new_page(width=A4_PT[0], height=A4_PT[1])
        page.insert_image(page.rect, stream=picture_bytes)
        written_bytes += len(picture_bytes)
    document.save(path)
    document.close()
    return path
