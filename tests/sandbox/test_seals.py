"""Any name can be sealed, and fits."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from esign_desktop.sandbox.pages import open_pdf
from esign_desktop.sandbox.seals import hand_drawn_seal, organization_seal, person_seal
from esign_desktop.sandbox.stamping import Stamp, stamp
from tests.sandbox.pages import ChangedBox, blank_pdf, changed_box

if TYPE_CHECKING:
    from collections.abc import Callable

NAMES = [
    "王",
    "张三",
    "王小明",
    "欧阳小明",
    "买买提·艾合买提江",
    'John "Johnny" O\'Neil <b>&amp;',
    "杭州某某科技有限公司",
    "中国某某国际工程技术开发股份有限公司杭州第二分公司驻外办事处（筹）",
    "\u200b",
    "🖋️",
    "𠮷野",
    "a" * 300,
]


def drawn(drawing: str) -> ChangedBox | None:
    before = blank_pdf(width=200, height=200)
    with open_pdf(before) as pdf:
        stamp(pdf, [Stamp(1, 100, 100, 100)], drawing)
        out = io.BytesIO()
        pdf.save(out)
    return changed_box(before, out.getvalue(), long_side_px=800)


@pytest.mark.parametrize("make", [organization_seal, person_seal])
@pytest.mark.parametrize("name", NAMES)
def test_seal_of_any_name_fills_its_square_and_no_more(make: Callable[[str], str], name: str) -> None:
    box = drawn(make(name))
    assert box is not None
    assert (box.left, box.top) == pytest.approx((0.25, 0.25), abs=0.003)
    assert (box.right, box.bottom) == pytest.approx((0.75, 0.75), abs=0.003)


@pytest.mark.parametrize("make", [organization_seal, person_seal])
def test_different_names_make_different_seals(make: Callable[[str], str]) -> None:
    assert make("张三") != make("李四")


@pytest.mark.parametrize(
    "strokes",
    [
        [[(0.5, 0.5)]],
        [[(0.0, 0.0), (1.0, 1.0)]],
        [[(0.1, 0.5), (0.9, 0.5)]],
        [[(0.5, 0.0), (0.5, 1.0)], [(0.4, 0.2), (0.6, 0.2)]],
    ],
)
def test_drawing_stays_inside_its_square_and_centred(strokes: list[list[tuple[float, float]]]) -> None:
    box = drawn(hand_drawn_seal(strokes, 2.0))
    assert box is not None
    assert min(box.left, box.top) > 0.24
    assert max(box.right, box.bottom) < 0.76
    assert box.center == pytest.approx((0.5, 0.5), abs=0.01)
