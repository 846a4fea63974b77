"""Where a text stands in a document, found independently of the program: by PyMuPDF's characters, line by line."""

from __future__ import annotations

from typing import Any

Place = tuple[int, tuple[float, float, float, float]]
"""A page number, and a box: left, top, right, bottom in points from the top left of the displayed page."""


def occurrences(document: Any, wanted: str) -> list[Place]:
    """Return each place of a text within a line, blanks ignored, by page and from top to bottom."""
    found: list[Place] = []
    for number, page in enumerate(document, 1):
        boxes = [
            box
            for block in page.get_text("rawdict")["blocks"]
            for line in block.get("lines", ())
            for box in _within(line, wanted)
        ]
        found += [(number, box) for box in sorted(boxes, key=lambda box: (round(box[1]), box[0]))]
    return found


def _within(line: Any, wanted: str) -> list[tuple[float, float, float, float]]:
    chars = [char for span in line["spans"] for char in span["chars"] if not char["c"].isspace()]
    text = "".join(char["c"] for char in chars)
    found = []
    at = text.find(wanted)
    while at >= 0:
        boxes = [char["bbox"] for char in chars[at : at + len(wanted)]]
        lefts, tops, rights, bottoms = zip(*boxes, strict=True)
        found.append((min(lefts), min(tops), max(rights), max(bottoms)))
        at = text.find(wanted, at + 1)
    return found


def touches(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    """Return whether two boxes of one page overlap."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
