"""The self-test's ruler: what it says of seals that stand right, beside, in a wrong order, or not at all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from esign_desktop.app.self_test.measuring import ExpectedMark, TwoVersions, assemble, expected_marks, measure
from esign_desktop.domain.document import Document, new_document_id
from esign_desktop.domain.geometry import PagePoint, PageRect
from esign_desktop.domain.placing.placement import KeywordHit
from esign_desktop.sandbox.pages import pymupdf_module
from esign_desktop.sandbox.seals import organization_seal, person_seal
from esign_desktop.sandbox.stamping import Stamp, stamp
from tests.pdf.local_engine import LocalEngine
from tests.ui.made_pdfs import MadePage, write_pdf

if TYPE_CHECKING:
    from pathlib import Path

WIDTH_PT = 60.0

PAGES = [
    MadePage(),
    MadePage(rotation=90, crop_box=(20.0, 30.0, 280.0, 360.0)),
    MadePage(rotation=180, user_unit=2.0),
    MadePage(rotation=270, media_box=(-50.0, 10.0, 350.0, 420.0)),
]


class Bench:
    """A file, the same file with seals, and a ruler over both."""

    def __init__(self, folder: Path, pages: list[MadePage]) -> None:
        self._folder = folder
        self._before = write_pdf(folder / "before.pdf", pages)
        self._engine = LocalEngine()
        opened = self._engine.open(self._before)
        self._handle = opened.handle
        self.document = Document(
            new_document_id(), str(self._before), "before", opened.size_bytes, opened.sha256, opened.pages
        )

    def stamped(self, *stamps: Stamp, drawing: str = "") -> TwoVersions:
        pdf: Any = pymupdf_module().open(self._before)
        stamp(pdf, stamps, drawing or organization_seal("云禾示例科技有限公司"))
        pdf.save(self._folder / "after.pdf")
        pdf.close()
        return TwoVersions(self._engine, self._handle, self._engine.open(self._folder / "after.pdf").handle)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path, PAGES)


def mark(page_number: int, x_pt: float = 110.0, y_pt: float = 150.0) -> ExpectedMark:
    return ExpectedMark("coordinate", page_number, PageRect.around(PagePoint(x_pt, y_pt), WIDTH_PT, WIDTH_PT))


def slices(bench: Bench, *page_numbers: int, y_pt: float = 200.0) -> list[ExpectedMark]:
    part = WIDTH_PT / len(page_numbers)
    found = []
    for index, number in enumerate(page_numbers):
        right = bench.document.frame(number).width_pt
        rect = PageRect(right - part, y_pt - WIDTH_PT / 2, right, y_pt + WIDTH_PT / 2)
        found.append(ExpectedMark("cross_page", number, rect, index, len(page_numbers)))
    return found


def slice_stamp(expected: ExpectedMark, slice_index: int) -> Stamp:
    rect = expected.rect
    center_x = rect.left_pt - slice_index * rect.width_pt + WIDTH_PT / 2
    clip = (rect.left_pt, rect.bottom_pt, rect.right_pt, rect.top_pt)
    return Stamp(expected.page_number, center_x, rect.center.y_pt, WIDTH_PT, is_upright=False, clip=clip)


@pytest.mark.parametrize("page_number", range(1, len(PAGES) + 1))
def test_seal_at_its_place_measures_no_error_on_any_kind_of_page(bench: Bench, page_number: int) -> None:
    versions = bench.stamped(Stamp(page_number, 110.0, 150.0, WIDTH_PT))
    (measured,) = measure(versions, bench.document, [mark(page_number)])
    assert measured.is_right
    assert measured.error_pt < 0.15


def test_seal_beside_its_place_is_measured_where_it_is(bench: Bench) -> None:
    versions = bench.stamped(Stamp(1, 112.0, 149.0, WIDTH_PT))
    (measured,) = measure(versions, bench.document, [mark(1)])
    assert not measured.is_right
    assert measured.stamped is not None
    assert (measured.stamped.x_pt, measured.stamped.y_pt) == pytest.approx((112.0, 149.0), abs=0.15)


def test_seal_of_another_size_is_not_right(bench: Bench) -> None:
    versions = bench.stamped(Stamp(1, 110.0, 150.0, WIDTH_PT + 4))
    (measured,) = measure(versions, bench.document, [mark(1)])
    assert measured.error_pt < 0.15
    assert not measured.is_right


def test_missing_seal_is_not_right(bench: Bench) -> None:
    (measured,) = measure(bench.stamped(), bench.document, [mark(1)])
    assert measured.stamped is None
    assert not measured.is_right


def test_neighbours_are_measured_apart(bench: Bench) -> None:
    versions = bench.stamped(Stamp(1, 60.0, 200.0, WIDTH_PT), Stamp(1, 125.0, 203.0, WIDTH_PT))
    first, second = measure(versions, bench.document, [mark(1, 60.0, 200.0), mark(1, 125.0, 200.0)])
    assert first.is_right
    assert second.error_pt == pytest.approx(3.0, abs=0.15)


def test_overlapping_seals_are_measured_as_one(bench: Bench) -> None:
    drawing = person_seal("林小满")
    versions = bench.stamped(Stamp(1, 100.0, 200.0, WIDTH_PT), Stamp(1, 130.0, 220.0, WIDTH_PT), drawing=drawing)
    measured = measure(versions, bench.document, [mark(1, 100.0, 200.0), mark(1, 130.0, 220.0)])
    assert all(one.is_right for one in measured)


def test_slices_make_the_seal(tmp_path: Path) -> None:
    bench = Bench(tmp_path, [MadePage(), MadePage(), MadePage()])
    wanted = slices(bench, 1, 2, 3)
    versions = bench.stamped(*(slice_stamp(one, one.slice_index) for one in wanted))
    assert all(one.is_right for one in measure(versions, bench.document, wanted))
    seal = assemble(versions, bench.document, wanted, is_round=True)
    assert seal is not None
    assert seal.is_right


def test_slices_in_a_wrong_order_do_not_make_the_seal(tmp_path: Path) -> None:
    bench = Bench(tmp_path, [MadePage(), MadePage()])
    wanted = slices(bench, 1, 2)
    versions = bench.stamped(*(slice_stamp(one, 1 - one.slice_index) for one in wanted))
    seal = assemble(versions, bench.document, wanted, is_round=True)
    assert seal is not None
    assert not seal.is_right


def test_missing_slice_makes_no_seal(tmp_path: Path) -> None:
    bench = Bench(tmp_path, [MadePage(), MadePage()])
    wanted = slices(bench, 1, 2)
    assert assemble(bench.stamped(slice_stamp(wanted[0], 0)), bench.document, wanted, is_round=True) is None


def test_payload_says_where_marks_are_expected(bench: Bench) -> None:
    document = replace(bench.document, pages=bench.document.pages[:1] * 4)
    hit = KeywordHit(2, (PageRect(50.0, 100.0, 90.0, 112.0),), "乙方")
    payload = {
        "recipientList": {
            "signerList": [
                {
                    "docPosList": [
                        {"signType": 2, "posBeanList": [{"posPage": "1-2", "posX": 100, "posY": 200, "scale": 40}]},
                        {"signType": 3, "posBeanList": [{"posPage": "3-4", "posY": 300, "scale": 80}]},
                    ]
                },
                {"docPosList": [{"signType": 1, "posBeanList": [{"key": "乙方", "posX": 20, "posY": 6}]}]},
            ]
        }
    }
    marks = expected_marks(payload, document, lambda key: (hit,) if key == "乙方" else (), lambda _signer: 95.0)
    assert [(m.kind, m.page_number) for m in marks] == [
        ("coordinate", 1),
        ("coordinate", 2),
        ("cross_page", 3),
        ("cross_page", 4),
        ("keyword", 2),
    ]
    assert marks[0].rect == PageRect(80.0, 180.0, 120.0, 220.0)
    assert marks[3].rect == PageRect(260.0, 260.0, 300.0, 340.0)
    assert marks[3].slice_index == 1
    assert marks[4].center == PagePoint(70.0, 106.0)
    assert marks[4].rect.width_pt == 95.0
