"""Place seals in a PDF exactly at the given coordinates.

Seals are added to the page content as operators in the page's user space, because PyMuPDF's own functions are wrong for
pages with UserUnit, and for pages that are both cropped and rotated. To find keywords, the text layer of the PDF is
searched.
"""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from esign_desktop.sandbox.pages import PageSpace, page_space
from esign_desktop.sandbox.sealing import FieldPlace
from esign_desktop.sandbox.seals import SEAL_UNITS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from esign_desktop.sandbox.options import KeywordMatching, KeywordOrigin, SandboxOptions
    from esign_desktop.sandbox.state import SealPlace


# Radicals (U+2E80 to U+2EFF) that PDF writers use instead of characters, and that NFKC leaves unchanged.
_RADICALS: Final = (
    "⺁⺈⺊⺋⺌⺍⺎⺐⺑⺔⺕⺖⺗⺘⺙⺛⺝⺞⺠⺡⺢⺣⺤⺥⺨⺩⺭⺯⺱⺲⺶⺷⺸⺼⺾⺿⻀⻁⻂⻃⻄⻅⻆⻈⻉⻋⻌⻍⻎⻏⻐⻑⻒⻓⻔⻖⻗⻘⻙⻚⻛⻜⻝⻟⻠⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲",
    "厂刀卜㔾小小兀尣尢巳彑忄心扌攵旡月歺民氵氺灬爫爫犭王礻糹罓罒羊𦍌𦍋肉艹艹艹虎衤覀西见角讠贝车辶辶辶邑钅長镸长门阝雨青韦页风飞食飠饣马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀",
)
_MARKS: Final = ("。〔〕【】“”„‟‘’‚‛‐‑‒–—―−─", ".[][]\"\"\"\"''''--------")

_TABLE: Final = str.maketrans(_RADICALS[0] + _MARKS[0], _RADICALS[1] + _MARKS[1])
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})


def fold(text: str) -> str:
    """Return a normalized copy of the text for comparison, without spaces and invisible characters.

    Differences in width, case, compatibility forms, quotation marks and dashes are removed.
    """
    plain = unicodedata.normalize("NFKC", text.translate(_TABLE)).casefold().translate(_TABLE)
    return "".join(character for character in plain if unicodedata.category(character) not in _INVISIBLE)


@dataclass(frozen=True, slots=True)
class KeywordMatch:
    """A match of a keyword: the page number, and the box of the match's first line in page space."""

    page_number: int
    left: float
    bottom: float
    right: float
    top: float

    def origin(self, kind: KeywordOrigin) -> tuple[float, float]:
        """Return the point of the match, in page space, from which the offset of a seal is measured."""
        if kind == "centre":
            return (self.left + self.right) / 2, (self.bottom + self.top) / 2
        return (self.right if kind == "right_bottom" else self.left), self.bottom


def find_keyword(pdf: Any, keyword: str, matching: KeywordMatching) -> list[KeywordMatch]:
    """Return all matches of a keyword, in page order.

    If ``matching`` is ``normalised``, texts are compared after ``fold``, and a match may extend over several lines of a
    paragraph. A match may always extend over several text spans. ``pdf`` is an open PyMuPDF document, and the caller
    must hold PDF_LOCK.
    """
    wanted = _folded(keyword, matching)
    if not wanted:
        return []
    matches: list[KeywordMatch] = []
    for page in pdf:
        # Reading the boxes of characters is slow, so they are read only on pages whose text contains the keyword.
        if wanted in _folded(page.get_text("text"), matching, across_lines=True):
            space = page_space(pdf, page.xref)
            matches += _matches_on_page(page, space, wanted, matching)
    return matches


def _matches_on_page(page: Any, space: PageSpace, wanted: str, matching: KeywordMatching) -> Iterator[KeywordMatch]:
    for lines in _runs(page, matching):
        text = ""
        owners: list[int] = []
        characters: list[tuple[int, tuple[float, float, float, float]]] = []
        for line_index, line in enumerate(lines):
            for character, box in line:
                folded = _folded(character, matching)
                text += folded
                owners += [len(characters)] * len(folded)
                characters.append((line_index, box))
        start = text.find(wanted)
        while start >= 0:
            hit = {owners[i] for i in range(start, start + len(wanted))}
            first_line = characters[min(hit)][0]
            boxes = [characters[i][1] for i in hit if characters[i][0] == first_line]
            corners = [space.from_text(x, y) for x0, y0, x1, y1 in boxes for x, y in ((x0, y0), (x1, y1))]
            across, upwards = [x for x, _ in corners], [y for _, y in corners]
            yield KeywordMatch(page.number + 1, min(across), min(upwards), max(across), max(upwards))
            start = text.find(wanted, start + len(wanted))


_Line = list[tuple[str, tuple[float, float, float, float]]]


def _runs(page: Any, matching: KeywordMatching) -> Iterator[list[_Line]]:
    """Yield groups of lines to search together: the lines of a paragraph or, for literal matching, single lines."""
    for block in page.get_text("rawdict")["blocks"]:
        lines: list[_Line] = [
            [(char["c"], char["bbox"]) for span in line["spans"] for char in span["chars"]]
            for line in block.get("lines", ())
        ]
        if matching == "literal":
            yield from ([line] for line in lines)
        else:
            yield lines


def _folded(text: str, matching: KeywordMatching, *, across_lines: bool = False) -> str:
    if matching == "normalised":
        return fold(text)
    return text.replace("\n", "") if across_lines else text


@dataclass(frozen=True, slots=True)
class Stamp:
    """A seal on a page: a square with sides of length ``width`` around its center, in page space.

    ``clip`` (left, bottom, right, top) limits the visible part of the seal. If ``clip`` is None, the whole seal is
    visible. An upright seal is rotated with the page, so that it is upright on the displayed page. A slice of a
    cross-page seal is not rotated, because it is cut at the edge of the page in page space.
    """

    page_number: int
    center_x: float
    center_y: float
    width: float
    is_upright: bool = True
    clip: tuple[float, float, float, float] | None = None

    @property
    def box(self) -> tuple[float, float, float, float]:
        """The visible part of the seal as left, bottom, right and top, in page space."""
        half = self.width / 2
        x, y = self.center_x, self.center_y
        return self.clip or (x - half, y - half, x + half, y + half)


def stamps_of(pdf: Any, place: SealPlace, own_width: float, options: SandboxOptions) -> list[Stamp]:
    """Return all seals that ``place`` describes, or an empty list if the document does not contain the place's keyword.

    ``own_width`` is the width of the seal, in points, if ``place`` does not specify a width.
    """
    width = place.width_pt if place.width_pt is not None else own_width
    lift = width / 2 if options.seal_anchor == "lower_left" else 0.0
    match place.kind:
        case "coordinate":
            return [Stamp(number, place.x_pt + lift, place.y_pt + lift, width) for number in place.page_numbers]
        case "keyword":
            return [
                Stamp(hit.page_number, x + place.x_pt + lift, y + place.y_pt + lift, width)
                for hit in find_keyword(pdf, place.keyword, options.keyword_matching)
                for x, y in [hit.origin(options.keyword_origin)]
            ]
        case "cross_page":
            numbers = place.page_numbers if options.cross_page_split == "left_first" else place.page_numbers[::-1]
            return sorted(_slices(pdf, numbers, place.y_pt + lift, width), key=lambda mark: mark.page_number)


def _slices(pdf: Any, page_numbers: list[int], center_y: float, width: float) -> Iterator[Stamp]:
    """Yield the slices of a seal from left to right, one for each page in the order of ``page_numbers``."""
    slice_width = width / len(page_numbers)
    for i, number in enumerate(page_numbers):
        page_width = page_space(pdf, pdf.page_xref(number - 1)).width
        left = page_width - slice_width
        yield Stamp(
            number,
            left - i * slice_width + width / 2,
            center_y,
            width,
            is_upright=False,
            clip=(left, center_y - width / 2, page_width, center_y + width / 2),
        )


def touches_page(pdf: Any, stamp: Stamp) -> bool:
    """Return whether any part of the seal is on the visible page."""
    space = page_space(pdf, pdf.page_xref(stamp.page_number - 1))
    half = stamp.width / 2
    return -half < stamp.center_x < space.width + half and -half < stamp.center_y < space.height + half


def field_of(pdf: Any, mark: Stamp) -> FieldPlace:
    """Return the position of a signature field that covers the visible part of a seal."""
    space = page_space(pdf, pdf.page_xref(mark.page_number - 1))
    left, bottom, right, top = mark.box
    corner = space.to_raw(max(0.0, left), max(0.0, bottom))
    return FieldPlace(mark.page_number, (*corner, *space.to_raw(min(space.width, right), min(space.height, top))))


def stamp(pdf: Any, stamps: Iterable[Stamp], drawing: str) -> None:
    """Add seals to the pages of an open PyMuPDF document. The existing content of the pages is unchanged."""
    by_page: dict[int, list[Stamp]] = {}
    for mark in stamps:
        by_page.setdefault(mark.page_number, []).append(mark)
    for number, marks in by_page.items():
        page = pdf[number - 1]
        # The page's content may leave graphics states open, which would affect the seals without this call.
        page.wrap_contents()
        space = page_space(pdf, page.xref)
        content = "\n".join(_operators(mark, space, drawing) for mark in marks)
        _append_content(pdf, page.xref, f"Q\n{content}\n".encode("ascii"))


def _operators(mark: Stamp, space: PageSpace, drawing: str) -> str:
    x, y = space.to_raw(mark.center_x, mark.center_y)
    scale = mark.width / SEAL_UNITS
    # A viewer rotates the page clockwise, so the seal is rotated counterclockwise by the same angle (y is upward).
    turn = math.radians(space.rotation_degrees if mark.is_upright else 0)
    cos, sin = round(math.cos(turn)) * scale, round(math.sin(turn)) * scale
    clip = ""
    if mark.clip is not None:
        left, bottom = space.to_raw(mark.clip[0], mark.clip[1])
        width, height = mark.clip[2] - mark.clip[0], mark.clip[3] - mark.clip[1]
        clip = f"{left:.4f} {bottom:.4f} {width:.4f} {height:.4f} re W n\n"
    return f"q\n{clip}{cos:.6f} {sin:.6f} {-sin:.6f} {cos:.6f} {x:.4f} {y:.4f} cm\n{drawing}\nQ"


def _append_content(pdf: Any, page_xref: int, content: bytes) -> None:
    """Enclose the existing content of a page in q … Q, and append new content.

    The page gets a new /Contents array, because several pages may share the old one.
    """
    kind, value = pdf.xref_get_key(page_xref, "Contents")
    if kind == "xref":
        target = pdf.xref_object(int(value.split()[0])).strip()
        old = target.strip("[]") if target.startswith("[") else value
    else:
        old = value.strip("[]") if kind == "array" else ""
    opening, closing = _new_stream(pdf, b"q\n"), _new_stream(pdf, b"\n" + content)
    pdf.xref_set_key(page_xref, "Contents", f"[{opening} 0 R {old} {closing} 0 R]")


def _new_stream(pdf: Any, content: bytes) -> int:
    xref = int(pdf.get_new_xref())
    pdf.update_object(xref, "<<>>")
    pdf.update_stream(xref, content, compress=True)
    return xref
