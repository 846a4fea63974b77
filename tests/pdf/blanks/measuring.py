"""Measure the blanks that are found on the labelled forms: ``python -m tests.pdf.blanks.measuring [--faults] [FORMS]``.

FORMS is the folder of the forms; by default it is that of the samples beside the checkout.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from esign_desktop.pdf.proposing.blanks import find_blanks
from esign_desktop.pdf.proposing.drawn_lines import MOST_LINES
from esign_desktop.pdf.worker.document import MupdfDocument

if TYPE_CHECKING:
    from collections.abc import Iterator

LABELS = Path(__file__).with_name("labels.json")
FORMS = Path(__file__).resolve().parents[4] / "shared" / "data" / "contracts"


class Box(NamedTuple):
    """A rectangle in points, with the origin at the lower left of the page."""

    left: float
    bottom: float
    right: float
    top: float

    def is_at(self, other: Box) -> bool:
        """Return whether the boxes share half the width and half the height of the smaller one."""
        wide = min(self.right, other.right) - max(self.left, other.left)
        high = min(self.top, other.top) - max(self.bottom, other.bottom)
        narrow, low = min(self.right - self.left, other.right - other.left), min(self.height, other.height)
        return wide >= narrow / 2 and high >= low / 2

    @property
    def height(self) -> float:
        return self.top - self.bottom


@dataclass
class Score:
    """Numbers of blanks: those that a person fills in, by whether they were found, and found ones that are none."""

    right: int = 0
    optional: int = 0
    missed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        return self.right / (self.right + len(self.missed))

    @property
    def wrong_share(self) -> float:
        """The share of the found blanks that no person would fill in."""
        return len(self.wrong) / (self.right + self.optional + len(self.wrong))

    def add(self, other: Score) -> None:
        self.right += other.right
        self.optional += other.optional
        self.missed += other.missed
        self.wrong += other.wrong


def labelled(use: str) -> list[dict[str, Any]]:
    """Return the labelled forms for a use: ``tuning`` or ``measuring``."""
    return [form for form in json.loads(LABELS.read_bytes())["forms"] if form["use"] == use]


def measured(form: dict[str, Any], folder: Path) -> Score:
    """Return the score of one form. Each label is used once."""
    document, score = MupdfDocument(folder / form["file"]), Score()
    for number in range(1, document.page_count + 1):
        wanted = [blank for blank in form["blanks"] if blank["page"] == number]
        for at, box in _found(document, number):
            hits = [blank for blank in wanted if box.is_at(Box(*blank["rect"]))]
            hit = min(hits, key=lambda blank: "optional" in blank, default=None)
            if hit is None:
                score.wrong.append(f"{form['file']} {number} {at}")
                continue
            wanted.remove(hit)
            score.optional += "optional" in hit
            score.right += "optional" not in hit
        score.missed += [f"{form['file']} {number} {one['rect']}" for one in wanted if "optional" not in one]
    return score


def _found(document: MupdfDocument, page_number: int) -> Iterator[tuple[str, Box]]:
    frame = document.frame(page_number - 1)
    lines, rects = document.text_lines(page_number - 1), document.drawn_rects(page_number - 1, MOST_LINES + 1)
    for blank in find_blanks(lines, frame.display_width_pt, rects):
        rect = frame.rect_to_page(blank.rect)
        box = Box(rect.left_pt, rect.bottom_pt, rect.right_pt, rect.top_pt)
        yield f"{[round(side) for side in box]} {blank.label}", box


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("forms", nargs="?", type=Path, default=FORMS)
    parser.add_argument("--faults", action="store_true", help="list the blanks that are missed or wrong")
    arguments = parser.parse_args()
    for use in ("tuning", "measuring"):
        whole = Score()
        for form in labelled(use):
            score = measured(form, arguments.forms)
            whole.add(score)
            print(f"{form['file']:32} found {score.right}, missed {len(score.missed)}, wrong {len(score.wrong)}")
        print(f"{use}: found {whole.recall:.1%} of the blanks; {whole.wrong_share:.1%} of what was found is none\n")
        if arguments.faults:
            print("\n".join([*(f"missed {one}" for one in whole.missed), *(f"wrong {one}" for one in whole.wrong)]))


if __name__ == "__main__":
    main()
