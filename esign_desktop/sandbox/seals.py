"""Draw seals as PDF paths without fonts or images, so that a seal adds only a few kilobytes to a page.

A seal is a string of content stream operators. It fills a square with sides of 100 units, centered on the origin, with
y pointing up.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from esign_desktop.sandbox.pages import PDF_LOCK, pymupdf_module

SEAL_UNITS: Final = 100.0
_RED: Final = "0.85 0.07 0.10"
_INK: Final = "0.10 0.12 0.30"
# The length of the handles of a cubic Bézier curve that approximates a quarter of a circle with radius 1.
_CIRCLE_HANDLE: Final = 0.5522847498
_PATH_PART: Final = re.compile(r"[MLHVCZ]|[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?")
_GLYPH_ID: Final = re.compile(r'<path id="([^"]+)" d="([^"]*)"')
_GLYPH_USE: Final = re.compile(r'<use data-text="[^"]*" xlink:href="#([^"]+)"')

_RING_RADIUS: Final = 50.0
_RING_WIDTH: Final = 4.0
_NAME_RADIUS: Final = 36.0
_NAME_TOP_RADIUS: Final = 43.0
# The space for a character along the arch, as a multiple of the character's width.
_ARCH_SPACING: Final = 1.12
_NAME_SWEEP_DEGREES: Final = 250.0
_STAR_RADIUS: Final = 15.0
# The radius of a pentagram's inner corners, as a fraction of its outer radius.
_STAR_INNER: Final = 0.381966
_LONGEST_NAME: Final = 32
_SUBTITLE: Final = "演练专用"

_FRAME_WIDTH: Final = 5.0
_INNER: Final = SEAL_UNITS - 2 * _FRAME_WIDTH - 8.0

Strokes = Sequence[Sequence[tuple[float, float]]]


@dataclass(frozen=True, slots=True)
class Glyph:
    """The outline of a character as PDF path operators, with y pointing up.

    The size of the em square is 1, and ``advance`` is the character's width in ems.
    """

    segments: tuple[tuple[str, tuple[float, ...]], ...]
    advance: float

    def path(self, matrix: tuple[float, float, float, float, float, float]) -> str:
        """Return the outline as PDF path operators, transformed by a matrix.

        The matrix is (a, b, c, d, e, f), as for the PDF operator ``cm``.
        """
        a, b, c, d, e, f = matrix
        parts: list[str] = []
        for operator, numbers in self.segments:
            for i in range(0, len(numbers), 2):
                x, y = numbers[i], numbers[i + 1]
                parts.append(f"{a * x + c * y + e:.2f} {b * x + d * y + f:.2f}")
            parts.append(operator)
        return " ".join(parts)


def organization_seal(name: str) -> str:
    """Return a round red seal with a ring, a five-pointed star, and the name written along the ring."""
    characters = "".join(name.split())[:_LONGEST_NAME] or "?"
    # A name that consists only of invisible characters has no outline.
    glyphs = _glyphs(characters) or _glyphs("?")
    advances = [_ARCH_SPACING * max(glyph.advance, 0.4) for glyph in glyphs]
    # In a long name, the characters become narrower, not smaller.
    width = min(15.0, _NAME_RADIUS * math.radians(_NAME_SWEEP_DEGREES) / sum(advances))
    height = min(15.0, 1.8 * width)
    parts = [
        f"{_RED} rg {_RED} RG {_RING_WIDTH} w",
        _circle(_RING_RADIUS - _RING_WIDTH / 2),
        "S",
        _star(_STAR_RADIUS),
        "f",
    ]
    along = -sum(advances) / 2
    for glyph, advance in zip(glyphs, advances, strict=True):
        # Characters are placed clockwise, symmetrically to the top. Each points outward from the center.
        turn = -(along + advance / 2) * width / _NAME_RADIUS
        along += advance
        parts.append(_upright(glyph, width, height, turn))
        parts.append("f")
    subtitle = _glyphs(_SUBTITLE)
    for i, glyph in enumerate(subtitle):
        x = (i - (len(subtitle) - 1) / 2) * 8.4
        parts.append(glyph.path((8.0, 0, 0, 8.0, x - 4.0 * glyph.advance, -30.0)))
        parts.append("f")
    return "\n".join(parts)


def person_seal(name: str) -> str:
    """Return a square red seal that contains the name, in one to three columns from right to left.

    A name in Latin letters is written in lines, with one word in each line.
    """
    half = SEAL_UNITS / 2 - _FRAME_WIDTH / 2
    frame = f"{_RED} rg {_RED} RG {_FRAME_WIDTH} w\n{-half} {-half} {2 * half} {2 * half} re S"
    return "\n".join([frame, *(_name_lines(name) if name.isascii() else _name_columns(name))])


def _name_columns(name: str) -> Iterator[str]:
    characters = "".join(name.split())[:9] or "?"
    characters += {2: "之印", 3: "印"}.get(len(characters), "")
    rows = max(1, math.ceil(math.sqrt(len(characters))))
    columns = math.ceil(len(characters) / rows)
    cell_width, cell_height = _INNER / columns, _INNER / rows
    for i, glyph in enumerate(_glyphs(characters)):
        column, row = divmod(i, rows)
        center_x = _INNER / 2 - (column + 0.5) * cell_width
        center_y = _INNER / 2 - (row + 0.5) * cell_height
        width, height = 0.94 * cell_width, 0.94 * cell_height
        left = center_x - width * glyph.advance / 2
        yield glyph.path((width, 0, 0, height, left, center_y - 0.36 * height)) + " f"


def _name_lines(name: str) -> Iterator[str]:
    words = [word[:16] for word in name.split()[:3]] or ["?"]
    lines = [_glyphs(word) for word in words]
    longest = max(sum(glyph.advance for glyph in line) for line in lines)
    size = min(0.96 * _INNER / max(longest, 0.1), 0.9 * _INNER / len(lines))
    for row, line in enumerate(lines):
        x = -size * sum(glyph.advance for glyph in line) / 2
        y = ((len(lines) - 1) / 2 - row) * _INNER / len(lines) - 0.34 * size
        for glyph in line:
            yield glyph.path((size, 0, 0, size, x, y)) + " f"
            x += size * glyph.advance


def hand_drawn_seal(strokes: Strokes, aspect: float) -> str:
    """Return a seal that shows a hand-drawn signature, scaled to fill the seal and centered in it.

    The points of the strokes are fractions of the drawing pad's width and height, with y pointing down. ``aspect`` is
    the pad's width divided by its height.
    """
    points = [point for stroke in strokes for point in stroke]
    xs = [x * aspect for x, _ in points]
    ys = [y for _, y in points]
    extent = max(max(xs) - min(xs), max(ys) - min(ys), 0.05)
    scale = 0.92 * SEAL_UNITS / extent
    middle_x, middle_y = (max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2
    parts = [f"{_INK} RG 3.2 w 1 J 1 j"]
    for stroke in strokes:
        placed = [((x * aspect - middle_x) * scale, (middle_y - y) * scale) for x, y in stroke]
        if len(placed) == 1:
            placed.append((placed[0][0] + 0.1, placed[0][1]))
        parts.append(" ".join(f"{x:.2f} {y:.2f} {'l' if i else 'm'}" for i, (x, y) in enumerate(placed)))
        parts.append("S")
    return "\n".join(parts)


_QR_SIDE: Final = 34.0
_QR_MARGIN: Final = 2.0


def qr_mark(address: str) -> str:
    """Return the drawing of a QR code for a URL, on a white square in the lower-right corner of a seal."""
    import segno

    rows = segno.make(address, error="m", micro=False).matrix
    module = (_QR_SIDE - 2 * _QR_MARGIN) / len(rows)
    left, bottom = SEAL_UNITS / 2 - _QR_SIDE, -SEAL_UNITS / 2
    parts = [f"1 1 1 rg {left:.3f} {bottom:.3f} {_QR_SIDE} {_QR_SIDE} re f 0 0 0 rg"]
    for row, modules in enumerate(rows):
        y = bottom + _QR_SIDE - _QR_MARGIN - (row + 1) * module
        # Adjacent dark modules are drawn as one rectangle. If drawn separately, hairlines would appear between them.
        start: int | None = None
        for column, is_dark in enumerate((*modules, 0)):
            if is_dark and start is None:
                start = column
            elif not is_dark and start is not None:
                x = left + _QR_MARGIN + start * module
                parts.append(f"{x:.3f} {y:.3f} {(column - start) * module:.3f} {module:.3f} re")
                start = None
    return "\n".join([*parts, "f"])


def _upright(glyph: Glyph, width: float, height: float, turn: float) -> str:
    """Return the outline of one of the name's characters, at its position on the ring.

    ``turn`` is the angle in radians, counterclockwise from the top.
    """
    cos, sin = math.cos(turn), math.sin(turn)
    x, y = -width * glyph.advance / 2, _NAME_TOP_RADIUS - 0.88 * height
    origin_x, origin_y = x * cos - y * sin, x * sin + y * cos
    return glyph.path((width * cos, width * sin, -height * sin, height * cos, origin_x, origin_y))


def _circle(radius: float) -> str:
    h = radius * _CIRCLE_HANDLE
    r = radius
    return (
        f"{r} 0 m {r} {h:.3f} {h:.3f} {r} 0 {r} c {-h:.3f} {r} {-r} {h:.3f} {-r} 0 c "
        f"{-r} {-h:.3f} {-h:.3f} {-r} 0 {-r} c {h:.3f} {-r} {r} {-h:.3f} {r} 0 c h"
    )


def _star(radius: float) -> str:
    corners = []
    for i in range(10):
        r = radius if i % 2 == 0 else radius * _STAR_INNER
        angle = math.radians(90 + 36 * i)
        corners.append(f"{r * math.cos(angle):.2f} {r * math.sin(angle):.2f} {'l' if i else 'm'}")
    return " ".join(corners) + " h"


@functools.lru_cache(maxsize=256)
def _glyphs(text: str) -> tuple[Glyph, ...]:
    """Return the outlines of characters in PyMuPDF's CJK font, taken from its SVG output."""
    pymupdf = pymupdf_module()
    with PDF_LOCK, pymupdf.open() as scratch:
        font = pymupdf.Font("cjk")
        page = scratch.new_page(width=100 * len(text) + 100, height=200)
        writer = pymupdf.TextWriter(page.rect)
        x = 0.0
        for character in text:
            writer.append((x, 100), character, font=font, fontsize=50)
            x += 100
        writer.write_text(page)
        svg = page.get_svg_image(text_as_path=True)
    outlines = {name: _segments(data) for name, data in _GLYPH_ID.findall(svg)}
    used = [outlines.get(name, ()) for name in _GLYPH_USE.findall(svg)]
    advances = [font.text_length(character, fontsize=1) or 1.0 for character in text]
    # A space has no outline. Names contain none, because white space is removed.
    return tuple(Glyph(segments, advance) for segments, advance in zip(used, advances, strict=False))


def _segments(data: str) -> tuple[tuple[str, tuple[float, ...]], ...]:
    """Convert the data of an SVG path to PDF path operators. All commands in the path must be absolute."""
    segments: list[tuple[str, tuple[float, ...]]] = []
    parts = iter(_PATH_PART.findall(data))
    command, x, y = "", 0.0, 0.0
    for part in parts:
        if part == "Z":
            segments.append(("h", ()))
            continue
        is_command = part.isalpha()
        command = part if is_command else command
        first = float(next(parts) if is_command else part)
        match command:
            case "H":
                x = first
            case "V":
                y = first
            case "C":
                numbers = (first, *_take(parts, 5))
                segments.append(("c", numbers))
                x, y = numbers[4], numbers[5]
                continue
            case _:
                x, y = first, float(next(parts))
        segments.append(("m" if command == "M" else "l", (x, y)))
        # In SVG, further coordinates after a moveto command are lineto commands.
        command = "L" if command == "M" else command
    return tuple(segments)


def _take(parts: Iterator[str], count: int) -> tuple[float, ...]:
    return tuple(float(next(parts)) for _ in range(count))
