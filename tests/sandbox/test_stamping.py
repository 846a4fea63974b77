"""Seals stand where the numbers say, measured in pixels."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
import zxingcpp

from esign_desktop.sandbox.options import SandboxOptions
from esign_desktop.sandbox.pages import open_pdf
from esign_desktop.sandbox.seals import organization_seal, person_seal
from esign_desktop.sandbox.stamping import stamp, stamps_of, touches_page
from esign_desktop.sandbox.state import SealPlace
from tests.sandbox.client import Client, coordinate, cross_page, fetch, keyword
from tests.sandbox.pages import blank_pdf, changed_box, pymupdf, raw_page, save, text_pdf

TOLERANCE_PT = 0.5
SQUARE = "0 0 0 rg -50 -50 100 100 re f"
# Taller than wide and off centre: shows which way up a mark stands.
FLAG = "0 0 0 rg -50 -50 100 100 re f 1 1 1 rg -40 0 80 40 re f"

BOXES = [
    ((0, 0, 400, 600), None),
    ((0, 0, 400, 600), (50, 80, 350, 500)),
    ((-100, 200, 300, 800), None),
    ((-100, 200, 300, 800), (-50, 260, 280, 700)),
    ((10, 20, 410, 620), (-500, -500, 5000, 5000)),
    ((400, 600, 0, 0), (350, 500, 50, 80)),
]


def options(**values: Any) -> SandboxOptions:
    return SandboxOptions("p", "s", Path(), **values)


def stamped(content: bytes, place: SealPlace, drawing: str = SQUARE, **values: Any) -> bytes:
    with open_pdf(content) as pdf:
        stamp(pdf, stamps_of(pdf, place, 100.0, options(**values)), drawing)
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


def visible(
    media: tuple[float, float, float, float], crop: tuple[float, float, float, float] | None
) -> tuple[float, float]:
    """Size of CropBox ∩ MediaBox."""
    boxes = [(min(b[0], b[2]), min(b[1], b[3]), max(b[0], b[2]), max(b[1], b[3])) for b in (media, crop or media)]
    left, bottom = max(b[0] for b in boxes), max(b[1] for b in boxes)
    return min(b[2] for b in boxes) - left, min(b[3] for b in boxes) - bottom


def shown(x: float, y: float, width: float, height: float, rotation: int) -> tuple[float, float]:
    """The inverse of docs/platform-answers.md#page-space, as fractions of the shown page."""
    return {
        0: (x / width, 1 - y / height),
        90: (y / height, x / width),
        180: (1 - x / width, y / height),
        270: (1 - y / height, 1 - x / width),
    }[rotation]


@pytest.mark.parametrize("user_unit", [1.0, 2.0, 0.5, 1.25])
@pytest.mark.parametrize(("media", "crop"), BOXES)
@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_seal_centre_is_the_number_sent_on_every_kind_of_page(
    rotation: int,
    media: tuple[float, float, float, float],
    crop: tuple[float, float, float, float] | None,
    user_unit: float,
) -> None:
    width, height = visible(media, crop)
    x, y = 0.3 * width, 0.65 * height
    before = raw_page(media, crop, rotation, user_unit)
    after = stamped(before, SealPlace("coordinate", [1], x, y, width_pt=60.0))
    box = changed_box(before, after)
    assert box is not None
    fx, fy = shown(x, y, width, height, rotation)
    shown_width, shown_height = (height, width) if rotation in (90, 270) else (width, height)
    assert box.center[0] * shown_width == pytest.approx(fx * shown_width, abs=TOLERANCE_PT)
    assert box.center[1] * shown_height == pytest.approx(fy * shown_height, abs=TOLERANCE_PT)
    assert (box.right - box.left) * shown_width == pytest.approx(60, abs=2 * TOLERANCE_PT)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_seal_stands_upright_for_the_reader(rotation: int) -> None:
    before = raw_page((0, 0, 400, 600), None, rotation)
    black = stamped(before, SealPlace("coordinate", [1], 200, 300, width_pt=100), SQUARE)
    flag = stamped(before, SealPlace("coordinate", [1], 200, 300, width_pt=100), FLAG)
    whole, upper = changed_box(before, black), changed_box(black, flag)
    assert whole is not None
    assert upper is not None
    assert upper.bottom == pytest.approx(whole.center[1], abs=0.002)
    assert upper.center[0] == pytest.approx(whole.center[0], abs=0.002)


@pytest.mark.parametrize("drawing", [organization_seal("杭州某某科技有限公司"), person_seal("张三")])
def test_real_seals_fill_their_square(drawing: str) -> None:
    before = blank_pdf()
    box = changed_box(before, stamped(before, SealPlace("coordinate", [1], 200, 300, width_pt=119.1), drawing))
    assert box is not None
    assert box.center[0] * 400 == pytest.approx(200, abs=TOLERANCE_PT)
    assert box.center[1] * 600 == pytest.approx(300, abs=TOLERANCE_PT)
    assert (box.right - box.left) * 400 == pytest.approx(119.1, abs=TOLERANCE_PT)
    assert (box.bottom - box.top) * 600 == pytest.approx(119.1, abs=TOLERANCE_PT)


def test_lower_left_anchor_moves_the_seal_by_half_its_width() -> None:
    before = blank_pdf()
    after = stamped(before, SealPlace("coordinate", [1], 200, 300, width_pt=60), seal_anchor="lower_left")
    box = changed_box(before, after)
    assert box is not None
    assert box.left * 400 == pytest.approx(200, abs=TOLERANCE_PT)
    assert (1 - box.bottom) * 600 == pytest.approx(300, abs=TOLERANCE_PT)


@pytest.mark.parametrize(("x", "y"), [(-49, 300), (449, 300), (200, -49), (200, 649)])
def test_a_seal_of_which_a_strip_is_on_the_page_touches_it_and_one_beside_it_does_not(x: float, y: float) -> None:
    beside = (x + (-2 if x < 0 else 2 if x > 400 else 0), y + (-2 if y < 0 else 2 if y > 600 else 0))
    with open_pdf(blank_pdf()) as pdf:
        found = [stamps_of(pdf, SealPlace("coordinate", [1], *at), 100.0, options()) for at in ((x, y), beside)]
        assert [touches_page(pdf, mark) for (mark,) in found] == [True, False]


def test_own_size_is_used_when_no_width_is_given() -> None:
    before = blank_pdf()
    box = changed_box(before, stamped(before, SealPlace("coordinate", [1], 200, 300)))
    assert box is not None
    assert (box.right - box.left) * 400 == pytest.approx(100, abs=TOLERANCE_PT)


def codes_on(content: bytes, page_index: int = 0) -> list[str]:
    """What a phone reads on a page that is printed at 300 dpi."""
    with pymupdf.open(stream=content) as pdf:
        pixmap = pdf[page_index].get_pixmap(dpi=300, colorspace=pymupdf.csGRAY)
    pixels = memoryview(pixmap.samples).cast("B", (pixmap.height, pixmap.width))
    return [one.text for one in zxingcpp.read_barcodes(pixels, try_invert=False)]


@pytest.mark.parametrize(("width_pt", "rotation"), [(119.1, 0), (95, 90), (60, 270)])
def test_the_qr_mark_of_a_seal_leads_to_the_signing_task(client: Client, width_pt: float, rotation: int) -> None:
    doc_id = client.document(raw_page((0, 0, 400, 600), rotation=rotation))
    place = {**coordinate(doc_id, scale=width_pt), "qrcodeSign": 1}
    data = client.start([doc_id], [{"accountId": client.person(), "docPosList": [place]}]).data
    client.sign(data["signUrlList"][0]["signUrl"][0])
    (code,) = codes_on(client.signed_file(data["flowId"]))
    assert code.endswith(f"/v/{data['flowId']}")
    page = fetch("GET", code)
    assert (page.status, b'data-state="signed"' in page.body) == (200, True)
    assert fetch("GET", f"{code}0").status == 404


def test_the_qr_mark_stands_at_every_match_of_a_keyword(client: Client) -> None:
    doc_id = client.document(text_pdf("Seal here", "", "", "", "", "", "", "", "", "Seal here"))
    place = {**keyword(doc_id, "Seal here", scale=95), "qrcodeSign": 1}
    data = client.start([doc_id], [{"accountId": client.person(), "docPosList": [place]}]).data
    client.sign(data["signUrlList"][0]["signUrl"][0])
    assert len(codes_on(client.signed_file(data["flowId"]))) == 2


def test_the_qr_mark_is_void_on_several_pages_and_across_pages(client: Client) -> None:
    doc_id = client.document(blank_pdf(3))
    places = [{**coordinate(doc_id, "1-2"), "qrcodeSign": 1}, {**cross_page(doc_id, "1-3"), "qrcodeSign": 1}]
    data = client.start([doc_id], [{"accountId": client.person(), "docPosList": places}]).data
    client.sign(data["signUrlList"][0]["signUrl"][0])
    signed = client.signed_file(data["flowId"])
    assert [codes_on(signed, i) for i in range(3)] == [[], [], []]


def test_multi_page_seal_is_on_each_page_and_no_other() -> None:
    before = blank_pdf(4)
    after = stamped(before, SealPlace("coordinate", [1, 3], 200, 300, width_pt=60))
    assert [changed_box(before, after, i) is not None for i in range(4)] == [True, False, True, False]


def test_cross_page_seal_is_divided_evenly_over_the_right_edges() -> None:
    before = blank_pdf(3)
    after = stamped(before, SealPlace("cross_page", [1, 2, 3], y_pt=250, width_pt=120))
    for i in range(3):
        box = changed_box(before, after, i)
        assert box is not None
        assert box.right == 1.0
        assert box.left * 400 == pytest.approx(400 - 40, abs=TOLERANCE_PT)
        assert (1 - box.center[1]) * 600 == pytest.approx(250, abs=TOLERANCE_PT)


def test_cross_page_slices_show_their_own_part_in_page_order() -> None:
    # Black on the left half only: the first of two slices is all ink, the second none.
    before = blank_pdf(2)
    after = stamped(before, SealPlace("cross_page", [2, 1], y_pt=250, width_pt=100), "0 0 0 rg -50 -50 50 100 re f")
    assert changed_box(before, after, 1) is not None
    assert changed_box(before, after, 0) is None


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_cross_page_slices_stand_at_page_spaces_right_edge(rotation: int) -> None:
    before = raw_page((-10, 20, 390, 620), (0, 50, 380, 600), rotation)
    with open_pdf(before) as pdf:
        pdf.copy_page(0)
        out = io.BytesIO()
        pdf.save(out)
    after = stamped(out.getvalue(), SealPlace("cross_page", [1, 2], y_pt=200, width_pt=100))
    box = changed_box(out.getvalue(), after)
    assert box is not None
    fx, fy = shown(380 - 25, 200, 380, 550, rotation)
    assert box.center == pytest.approx((fx, fy), abs=0.001)


def test_content_that_leaves_its_graphics_state_open_does_not_move_the_seal() -> None:
    before = raw_page((0, 0, 400, 600), content=b"q 0.5 0 0 0.5 30 40 cm q 1 0 0 1 9 9 cm 0 0 10 10 re f")
    after = stamped(before, SealPlace("coordinate", [1], 200, 300, width_pt=60))
    box = changed_box(before, after)
    assert box is not None
    assert box.center[0] * 400 == pytest.approx(200, abs=TOLERANCE_PT)
    assert box.center[1] * 600 == pytest.approx(300, abs=TOLERANCE_PT)


def test_content_that_never_saves_its_graphics_state_does_not_move_the_seal() -> None:
    before = raw_page((0, 0, 400, 600), content=b"0.5 0 0 0.5 30 40 cm 0 0 10 10 re f")
    after = stamped(before, SealPlace("coordinate", [1], 200, 300, width_pt=60))
    box = changed_box(before, after)
    assert box is not None
    assert box.center[0] * 400 == pytest.approx(200, abs=TOLERANCE_PT)


@pytest.mark.parametrize("form", ["{0} 0 R", "[{0} 0 R]"])
def test_what_a_page_shows_stays_below_the_seal(form: str) -> None:
    with open_pdf(raw_page((0, 0, 400, 600), content=b"20 500 50 50 re f")) as pdf:
        xref = pdf.page_xref(0)
        stream = int(pdf.xref_get_key(xref, "Contents")[1].split()[0])
        contents = pdf.get_new_xref()
        pdf.update_object(contents, form.format(stream))
        pdf.xref_set_key(xref, "Contents", f"{contents} 0 R" if form.startswith("[") else form.format(stream))
        out = io.BytesIO()
        pdf.save(out)
    before = out.getvalue()
    assert changed_box(blank_pdf(), before) is not None
    box = changed_box(before, stamped(before, SealPlace("coordinate", [1], 200, 300, width_pt=60)))
    assert box is not None
    assert box.left * 400 == pytest.approx(170, abs=TOLERANCE_PT)
    assert box.top * 600 == pytest.approx(270, abs=TOLERANCE_PT)


def test_page_without_an_area_is_stamped_as_a_letter_page() -> None:
    pdf = pymupdf.open(stream=raw_page((0, 0, 400, 0)), filetype="pdf")
    pdf.copy_page(0)
    before = save(pdf)
    box = changed_box(before, stamped(before, SealPlace("cross_page", [1, 2], y_pt=300, width_pt=100)))
    assert box is not None
    assert (box.left * 612, box.right) == pytest.approx((612 - 50, 1), abs=TOLERANCE_PT)
    assert (1 - box.bottom) * 792 == pytest.approx(250, abs=TOLERANCE_PT)


def test_earlier_seals_stay_when_later_ones_come() -> None:
    before = blank_pdf()
    first = stamped(before, SealPlace("coordinate", [1], 100, 100, width_pt=60))
    second = stamped(first, SealPlace("coordinate", [1], 300, 500, width_pt=60))
    alone, both = changed_box(before, first), changed_box(before, second)
    assert alone is not None
    assert both is not None
    assert (both.left, both.bottom) == (alone.left, alone.bottom)
    assert both.right > alone.right


def test_keyword_seal_stands_at_the_offset_from_the_left_end_and_bottom_of_every_match() -> None:
    before = text_pdf("甲方签字", "无关", "甲方签字")
    place = SealPlace("keyword", keyword="甲方签字", x_pt=100, y_pt=-10, width_pt=40)
    with open_pdf(before) as pdf:
        marks = stamps_of(pdf, place, 100, options())
    assert [round(mark.center_x) for mark in marks] == [172, 172]
    assert marks[0].center_y - marks[1].center_y == pytest.approx(80, abs=0.01)
    # The match's bottom lies a little under the baseline, 500 pt above the page's foot.
    assert 500 - 14 * 0.4 < marks[0].center_y + 10 < 500
    box = changed_box(before, stamped(before, place))
    assert box is not None
    assert box.center[0] * 400 == pytest.approx(172, abs=TOLERANCE_PT)


@pytest.mark.parametrize(("origin", "right_by", "up_by"), [("centre", 0.5, 0.5), ("right_bottom", 1.0, 0.0)])
def test_keyword_offset_may_count_from_elsewhere(origin: str, right_by: float, up_by: float) -> None:
    place = SealPlace("keyword", keyword="甲方签字", width_pt=40)
    with open_pdf(text_pdf("甲方签字", "无关")) as pdf:
        (usual,) = stamps_of(pdf, place, 100, options())
        (other,) = stamps_of(pdf, place, 100, options(keyword_origin=origin))
    # Four characters of 14 pt.
    assert other.center_x - usual.center_x == pytest.approx(56 * right_by, abs=1)
    assert other.center_y - usual.center_y == pytest.approx(14 * up_by, abs=3)
    assert (other.center_y > usual.center_y) is (up_by > 0)


def test_cross_page_seal_may_be_divided_from_its_right() -> None:
    # Black on the left half only: now the last of the two pages has it.
    before, left_half = blank_pdf(2), "0 0 0 rg -50 -50 50 100 re f"
    place = SealPlace("cross_page", [1, 2], y_pt=250, width_pt=100)
    after = stamped(before, place, left_half, cross_page_split="right_first")
    assert changed_box(before, after, 0) is None
    box = changed_box(before, after, 1)
    assert box is not None
    assert box.left * 400 == pytest.approx(350, abs=TOLERANCE_PT)
    assert box.right == 1.0


def test_cross_page_seal_has_its_lower_edge_at_the_number_where_that_names_the_corner() -> None:
    before = blank_pdf(2)
    place = SealPlace("cross_page", [1, 2], y_pt=250, width_pt=100)
    box = changed_box(before, stamped(before, place, seal_anchor="lower_left"))
    assert box is not None
    assert (1 - box.bottom) * 600 == pytest.approx(250, abs=TOLERANCE_PT)
