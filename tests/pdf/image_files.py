"""Pictures in the formats that phones and scanners write, made byte by byte, the odd ones too."""

from __future__ import annotations

import struct
import zlib
from typing import Any, Final

import pymupdf

RED: Final = (200, 30, 30)
BLUE: Final = (30, 30, 200)


def two_halves(width_px: int, height_px: int, *, space: Any = pymupdf.csRGB, alpha: bool = False) -> Any:
    """Return a picture whose upper half is red and whose lower half is blue."""
    upper, lower = (bytes((*colour, 255)[: 3 + alpha]) * width_px for colour in (RED, BLUE))
    samples = upper * (height_px // 2) + lower * (height_px - height_px // 2)
    pixels: Any = pymupdf.Pixmap(pymupdf.csRGB, width_px, height_px, samples, alpha)
    return pixels if space is pymupdf.csRGB else pymupdf.Pixmap(space, pixels)


def jpeg(width_px: int, height_px: int, *, orientation: int = 0, space: Any = pymupdf.csRGB) -> bytes:
    """Return a JPEG of ``two_halves``, with the EXIF mark of a camera that was held otherwise if need be."""
    pixels = two_halves(width_px, height_px, space=space)
    if space is pymupdf.csCMYK:
        # As Adobe's programs write it, and all others read it.
        inverted = bytes(pixels.samples).translate(bytes(range(255, -1, -1)))
        pixels = pymupdf.Pixmap(space, width_px, height_px, inverted, False)
    data: bytes = pixels.tobytes("jpeg", jpg_quality=95)
    if not orientation:
        return data
    exif = b"Exif\x00\x00MM\x00*\x00\x00\x00\x08" + struct.pack(">HHHIHHI", 1, 0x0112, 3, 1, orientation, 0, 0)
    return data[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + data[2:]


def png(width_px: int, height_px: int, rows: bytes, *, colour: int, depth: int = 8) -> bytes:
    """Return a PNG of rows as the format has them, each with its filter byte."""
    head = struct.pack(">IIBBBBB", width_px, height_px, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(kind, content) for kind, content in ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    )


def tiff(*sizes: tuple[int, int], claimed: int | None = None) -> bytes:
    """Return a TIFF of grey pages without compression, each as dark as its number; ``claimed`` is a false width."""
    out = bytearray(b"II*\x00\x00\x00\x00\x00")
    link = 4
    for number, (width, height) in enumerate(sizes, 1):
        strip = len(out)
        out += bytes([40 * number % 256]) * (width * height)
        out += b"\x00" * (len(out) % 2)
        struct.pack_into("<I", out, link, len(out))
        entries = [
            *((256, claimed or width), (257, claimed or height), (258, 8), (259, 1), (262, 1)),
            *((273, strip), (277, 1), (278, claimed or height), (279, width * height)),
        ]
        out += struct.pack("<H", len(entries))
        for tag, value in entries:
            out += struct.pack("<HHII", tag, 4, 1, value)
        link = len(out)
        out += b"\x00" * 4
    return bytes(out)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
