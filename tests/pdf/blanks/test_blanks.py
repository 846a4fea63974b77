"""The blanks of a page, as both engines find them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.templates import MAX_FIELDS, ValueKind
from esign_desktop.pdf.proposing.blanks import MOST_BLANKS
from esign_desktop.pdf.proposing.drawn_lines import MOST_LINES
from tests.pdf.blanks.measuring import Score, labelled, measured
from tests.pdf.builder import Page, build

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from esign_desktop.domain.blanks import Blank
    from esign_desktop.pdf.engine import PdfEngine
    from tests.pdf.local_engine import LocalEngine

SIZE_PT = 12.0
LEFT_PT = 72.0
FIRST_PT = 760.0
PITCH_PT = 30.0


def page_of(*rows: str) -> Page:
    page = Page()
    for number, row in enumerate(rows):
        page.write(row, LEFT_PT, FIRST_PT - number * PITCH_PT, SIZE_PT)
    return page


@pytest.fixture
def found(local: LocalEngine, write: Callable[[bytes], Path]) -> Callable[..., list[Blank]]:
    """Finds the blanks of a page with these rows of text."""

    def find(*rows: str) -> list[Blank]:
        handle = local.open(write(build(page_of(*rows)))).handle
        return list(local.blanks(handle, 1))

    return find


@pytest.mark.corpus
def test_most_blanks_of_forms_are_found_and_few_others(shared_dir: Path) -> None:
    for use in ("tuning", "measuring"):
        whole = Score()
        for form in labelled(use):
            whole.add(measured(form, shared_dir / "data" / "contracts"))
        assert whole.recall >= 0.9, whole.missed
        assert whole.wrong_share <= 0.05, whole.wrong


def test_a_blank_is_where_a_person_writes(engine: PdfEngine, write: Callable[[bytes], Path]) -> None:
    opened = engine.open(write(build(page_of("甲方：________（乙方）"))))
    (blank,) = engine.blanks(opened.handle, 1)
    engine.close(opened.handle)
    rect = blank.rect
    # Three letters of a whole em, then eight of half an em.
    assert (rect.left_pt, rect.right_pt) == pytest.approx((LEFT_PT + 3 * SIZE_PT, LEFT_PT + 7 * SIZE_PT), abs=0.1)
    assert rect.bottom_pt == pytest.approx(FIRST_PT - 0.15 * SIZE_PT, abs=0.1)
    assert rect.top_pt == pytest.approx(FIRST_PT + 0.85 * SIZE_PT, abs=0.1)
    assert (blank.label, blank.kind) == ("甲方", ValueKind.TEXT)


def test_a_blank_of_a_rotated_page_is_in_page_space(local: LocalEngine, write: Callable[[bytes], Path]) -> None:
    page = page_of("姓名：________")
    plain = local.open(write(build(page)))
    page.rotate = "180"
    rotated = local.open(write(build(page)))
    assert [blank.label for blank in local.blanks(plain.handle, 1)] == ["姓名"]
    # Text that is upside down is not a form that anybody fills in.
    assert local.blanks(rotated.handle, 1) == ()


@pytest.mark.parametrize(
    ("rows", "labels"),
    [
        (("签订日期：____年____月____日",), ["签订日期年", "签订日期月", "签订日期日"]),
        (("自    年    月    日起",), ["自年", "自月", "自日"]),
        (("租金每月　　　元，押金　　　元。",), ["租金每月", "押金"]),
        (("（　　　）农银借合字第　　号",), ["农银借合字第号", "农银借合字第"]),
        (("联系人：", "电话：", "开户银行及帐号："), ["联系人", "电话", "开户银行及帐号"]),
        (("地　址：________",), ["地址"]),
        (("违约金为总额的百分之　，",), ["违约金为总额的百分之"]),
        (("│姓名│　　　　│电话│　　　　│",), ["姓名", "电话"]),
        (("│品名│数量│", "├──┼──┤", "│　　　│　　　│"), ["", ""]),
        (("│货款共计（大写）　　　　　　　　　　│",), ["货款共计(大写"]),
    ],
)
def test_what_a_person_fills_in_is_found(
    found: Callable[..., list[Blank]], rows: tuple[str, ...], labels: list[str]
) -> None:
    assert [blank.label for blank in found(*rows)] == labels


@pytest.mark.parametrize(
    "rows",
    [
        ("第一条　　本合同自签字之日起生效。",),
        ("住　　所",),
        ("工　程　期　限",),
        ("甲方（盖章）　　　　　　　　乙方（盖章）",),
        ("甲方签字：________",),
        ("________（卖方签字）",),
        ("双方约定如下：", "一、货物由卖方运送。"),
        ("五、违约责任：", "（一）逾期付款的，按日支付违约金。"),
        ("十五．不可抗力：", "由于不可抗力不能履行合同的，双方均不负责任，并应及时通知对方。"),
        ("仓储合同",),
        ("A1    B2    C3",),
        ("│　　工程关系方　　│　　名称　　│",),
        ("────────────",),
    ],
)
def test_what_nobody_fills_in_is_left_out(found: Callable[..., list[Blank]], rows: tuple[str, ...]) -> None:
    assert found(*rows) == []


def test_drawn_lines_are_blanks_unless_text_is_on_them(local: LocalEngine, write: Callable[[bytes], Path]) -> None:
    page = page_of("甲方：", "乙方：　张三　　　　性别：", "备注")
    for row, left, right in ((0, 110, 300), (1, 110, 130), (1, 130, 190), (1, 240, 300)):
        y = FIRST_PT - row * PITCH_PT - 2
        page.drawing += f" {left} {y} m {right} {y} l S"
    # A line below the last row is the foot of the page.
    page.drawing += f" 72 {FIRST_PT - 3 * PITCH_PT} m 500 {FIRST_PT - 3 * PITCH_PT} l S"
    handle = local.open(write(build(page))).handle
    found = {blank.label: (round(blank.rect.left_pt), round(blank.rect.right_pt)) for blank in local.blanks(handle, 1)}
    assert found == {"甲方": (110, 300), "性别": (240, 300)}


def test_empty_cells_of_a_drawn_table_are_blanks_with_the_text_beside_or_above_them(
    local: LocalEngine, write: Callable[[bytes], Path]
) -> None:
    page = Page()
    for text, x, y in (("品名", 80, 705), ("数量", 180, 705), ("单价：", 280, 705), ("合计", 80, 645)):
        page.write(text, x, y, SIZE_PT)
    for y in (720, 690, 660, 630):
        page.drawing += f" 72 {y} m 372 {y} l S"
    for x in (72, 172, 272, 372):
        page.drawing += f" {x} 720 m {x} 630 l S"
    page.drawing += " 400 500 100 100 re S"
    handle = local.open(write(build(page))).handle
    found = [(blank.label, blank.kind, round(blank.rect.left_pt)) for blank in local.blanks(handle, 1)]
    assert found == [
        ("单价", ValueKind.AMOUNT, 316),
        ("品名", ValueKind.TEXT, 74),
        ("数量", ValueKind.TEXT, 174),
        ("单价", ValueKind.AMOUNT, 274),
        ("合计", ValueKind.TEXT, 174),
    ]


def test_a_drawing_of_many_lines_is_no_table(local: LocalEngine, write: Callable[[bytes], Path]) -> None:
    page = page_of("姓名：____")
    page.drawing = " ".join(f"72 {100 + number / 10} m 500 {100 + number / 10} l S" for number in range(MOST_LINES + 1))
    handle = local.open(write(build(page))).handle
    assert [blank.label for blank in local.blanks(handle, 1)] == ["姓名"]


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ("身份证号码：____________", ValueKind.ID_NUMBER),
        ("手机：____________", ValueKind.MOBILE),
        ("签订日期：____________", ValueKind.DATE),
        ("合计月租金为____________元整", ValueKind.AMOUNT),
        ("合同总值：____________", ValueKind.AMOUNT),
        ("金额（大写）____________元", ValueKind.TEXT),
        ("本协议一式____________份", ValueKind.NUMBER),
        ("借款期限为____________个月", ValueKind.NUMBER),
        ("住址：____________", ValueKind.TEXT),
    ],
)
def test_the_kind_is_guessed(found: Callable[..., list[Blank]], row: str, kind: ValueKind) -> None:
    assert [blank.kind for blank in found(row)] == [kind]


def test_a_page_without_text_has_no_blanks(engine: PdfEngine, write: Callable[[bytes], Path]) -> None:
    opened = engine.open(write(build(Page())))
    assert engine.blanks(opened.handle, 1) == ()
    engine.close(opened.handle)


def test_no_more_blanks_are_found_than_a_template_can_have(local: LocalEngine, write: Callable[[bytes], Path]) -> None:
    page = Page()
    for number in range(90):
        page.write("__一" * 25, 40.0, 800.0 - number * 8, 8.0)
    handle = local.open(write(build(page))).handle
    assert len(local.blanks(handle, 1)) == MOST_BLANKS == MAX_FIELDS
