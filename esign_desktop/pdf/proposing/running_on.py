"""Join the text after a label with its continuation in the next row, for example 甲方:云禾机械制造(临 / 溪)有限公司."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from esign_desktop.pdf.proposing import english, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from esign_desktop.pdf.proposing.segments import PageRow, Segment

_PITCH_EM: Final = 2.4
_OVER_PT: Final = 8.0
_SLACK_EM: Final = 0.6
_LONGEST: Final = 30
_LABEL: Final = re.compile(r"[^:]{1,20}:")
_END_OF_NAME: Final = re.compile(rf"(?:{words.FIRM.pattern}|\))$")
_MOST_PARTS: Final = 4
_LONGEST_PART: Final = 3
_PART: Final = re.compile(rf"[\u4e00-\u9fff]{{1,{_LONGEST_PART}}}")
_WORD: Final = re.compile(r"[a-z0-9]+|_+")
_MARK_ALONE: Final = re.compile(rf"\((?:{words.MARK.pattern})\)[:_]*")
_ENDED: Final = re.compile(r"(?<![a-z])\.$|;$|(?<![a-z0-9])_$|[章字名]\)$")
_NEW: Final = re.compile(r"[:;]|^[0-9_]+$|第.{1,4}条|(?<![a-z])\.(?!$)")


def join_running_on(page: Sequence[PageRow]) -> list[PageRow]:
    """Return the rows of a page, with each continuation appended to the segment that it continues."""
    margin = _right_margin(page)
    found: list[PageRow] = []
    for row in page:
        kept = row.segments
        if found and not row.is_ruled and found[-1].segments and not found[-1].is_ruled and kept:
            is_flowing = not _is_in_columns(kept, found[-1].segments)
            for number, segment in enumerate(tuple(kept)):
                before = _above(segment, found[-1].segments, margin, is_first=is_flowing and not number)
                if before is not None:
                    before.take(segment)
                    kept.remove(segment)
        if kept or row.first_ruling:
            found.append(row)
            _join_word(found)
    return found


def _join_word(found: list[PageRow]) -> None:
    """Join the parts of a role that a narrow cell has broken up: 技术 / 受让 / 方."""
    if len(found[-1].segments) != 1 or len(found[-1].segments[0].text) > _LONGEST_PART:
        return
    parts: list[Segment] = []
    count = 0
    for row in reversed(found[-_MOST_PARTS:]):
        if len(row.segments) != 1 or row.is_ruled or not _PART.fullmatch(row.segments[0].text):
            break
        if parts and not row.segments[0].is_above(parts[0]):
            break
        parts.insert(0, row.segments[0])
        count = len(parts) if words.ROLE.fullmatch("".join([part.text for part in parts])) else count
    if count > 1:
        for part in parts[1 - count :]:
            parts[-count].take(part)
        del found[1 - count :]


def _right_margin(page: Sequence[PageRow]) -> float:
    """Return the right edge of full rows. A single row may extend beyond it."""
    rights = sorted((row.segments[-1].right for row in page if row.segments), reverse=True)
    is_first_over = len(rights) > 2 and rights[0] - rights[1] > _OVER_PT > rights[1] - rights[2]
    return rights[is_first_over] if rights else 0.0


def _is_in_columns(row: Sequence[Segment], above: Sequence[Segment]) -> bool:
    """Return whether the second segments of two rows are below each other."""
    return min(len(row), len(above)) > 1 and abs(row[1].left - above[1].left) <= _SLACK_EM * row[1].size


def _above(segment: Segment, above: Sequence[Segment], margin: float, *, is_first: bool) -> Segment | None:
    text, first = segment.text, segment.letters[0]
    if words.FIRM.search(text):
        for candidate in above:
            if english.BEHALF_ALONE.fullmatch(candidate.text) and candidate.is_above(segment):
                return candidate
    if (
        len(text.strip("_")) > _LONGEST
        or _MARK_ALONE.fullmatch(text)
        or words.begins_label(text)
        or words.NUMBERING.match(text)
        or _NEW.search(text)
    ):
        return None
    slack = _SLACK_EM * segment.size
    right = margin
    for candidate in reversed(above):
        last = candidate.letters[-1]
        is_full = last.right_pt + _first_word_pt(segment) + slack > right and not _ENDED.search(candidate.text)
        if is_full and 0 < first.top_pt - last.top_pt < _PITCH_EM * segment.size:
            label = _LABEL.match(candidate.text)
            filled = (
                candidate.letters[min(label.end(), len(candidate.letters) - 1)]
                if label is not None
                else candidate.letters[0]
            )
            is_below = min(abs(segment.left - candidate.left), abs(segment.left - filled.left_pt)) <= slack
            if is_below or (right >= margin and is_first and segment.left <= above[0].left + slack):
                is_labelled = label is not None and (words.begins_label(candidate.text) or "称" in label[0])
                is_ended = right < margin and _END_OF_NAME.search(candidate.text) is not None
                return candidate if is_labelled and not is_ended else None
        right = candidate.left
    return None


def _first_word_pt(segment: Segment) -> float:
    """Return the width in points of the first unbreakable part: a Latin word, a blank or a Chinese character."""
    word = _WORD.match(segment.text)
    return segment.letters[word.end() - 1 if word else 0].right_pt - segment.left
