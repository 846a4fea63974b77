from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QImage, QPainter, QTransform

from esign_desktop.domain.account import Organization, Person
from esign_desktop.domain.contract import edits
from esign_desktop.domain.contract.draft import ContractDraft
from esign_desktop.domain.document import Document, DocumentId
from esign_desktop.domain.geometry import PageFrame, PagePoint, PageRect, Rotation
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.placement import (
    CoordinatePlacement,
    CrossPagePlacement,
    Placement,
    PlacementId,
    SealMark,
    marks_of,
)
from esign_desktop.domain.signer import ApplicationSigner, OrganizationSigner, PersonSigner, Signer, SignerId
from esign_desktop.ui.viewer.layout import PageSlot
from esign_desktop.ui.viewer.seals import SealKind, SealPainter, seal_shape, style_of
from esign_desktop.ui.viewer.tool import PaintedPage
from esign_desktop.ui.widgets.theme import signer_colour

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

SCALE = 4.0
WIDTH_PT = 60.0
ORGANIZATION = OrganizationSigner(SignerId("o"), Organization(name="杭州测试科技有限公司"), Person(name="王五"))
PERSON = PersonSigner(SignerId("p"), Person(name="张三"))


@pytest.fixture(autouse=True)
def application(qtbot: QtBot) -> None:
    """Fonts need one."""


def draft_with(signer: Signer, *frames: PageFrame) -> ContractDraft:
    document = Document(DocumentId("d"), "d.pdf", "d", 1, "0", frames)
    return edits.add_signer(edits.add_documents(ContractDraft.new(), [document]), signer)


def marks(draft: ContractDraft, placement: Placement) -> tuple[SealMark, ...]:
    return marks_of(placement, draft.signers[0], draft.documents[0], draft.behaviour)


def whole(width_pt: float | None = WIDTH_PT) -> CoordinatePlacement:
    return CoordinatePlacement(
        PlacementId("c"), SignerId("o"), DocumentId("d"), PageRanges.single(1), PagePoint(50.0, 50.0), width_pt
    )


def across(page_count: int) -> CrossPagePlacement:
    return CrossPagePlacement(
        PlacementId("x"), SignerId("o"), DocumentId("d"), PageRanges.all_of(page_count), 50.0, WIDTH_PT
    )


def painted(draft: ContractDraft, mark: SealMark) -> tuple[QImage, QRect]:
    """A page with the one mark, and where the mark is on it."""
    frame = draft.documents[0].frame(mark.page_number)
    slot = PageSlot(mark.document_id, mark.page_number, frame, 0.0, 0.0, SCALE)
    image = QImage(int(slot.width_px), int(slot.height_px), QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    page = PaintedPage(slot, QPointF())
    with QPainter(image) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        SealPainter().paint_mark(painter, page, mark, draft)
    return image, page.rect(mark.rect).toRect()


def difference(image: QImage, other: QImage) -> float:
    """Mean difference of lightness from 0 to 1."""
    assert image.size() == other.size()
    total = sum(
        abs(image.pixelColor(x, y).lightness() - other.pixelColor(x, y).lightness())
        for x in range(0, image.width(), 2)
        for y in range(0, image.height(), 2)
    )
    return total / 255 / (len(range(0, image.width(), 2)) * len(range(0, image.height(), 2)))


@pytest.mark.parametrize("page_count", [2, 4])
def test_slices_side_by_side_are_the_whole_seal(page_count: int) -> None:
    frame = PageFrame(100.0, 100.0)
    draft = draft_with(ORGANIZATION, *[frame] * page_count)
    image, area = painted(draft, marks(draft, whole())[0])
    seal = image.copy(area)
    joined = QImage(seal.size(), QImage.Format.Format_RGB32)
    with QPainter(joined) as painter:
        left = 0
        for mark in marks(draft, across(page_count)):
            page, slice_area = painted(draft, mark)
            painter.drawImage(left, 0, page.copy(slice_area))
            left += slice_area.width()
    assert left == seal.width()
    # Badges and the dashed lines of the slices differ.
    mirrored = seal.transformed(QTransform().scale(-1, 1))
    assert difference(seal, joined) < 0.03 < difference(mirrored, joined)


def test_a_slice_turns_with_its_page_while_a_whole_seal_stands_upright() -> None:
    plain, turned = PageFrame(100.0, 100.0), PageFrame(100.0, 100.0, Rotation.RIGHT)
    upright, lying = draft_with(ORGANIZATION, plain, plain), draft_with(ORGANIZATION, turned, turned)
    image, area = painted(upright, marks(upright, across(2))[0])
    turned_image, turned_area = painted(lying, marks(lying, across(2))[0])
    expected = image.copy(area).transformed(QTransform().rotate(90))
    assert difference(expected, turned_image.copy(turned_area)) < 0.06
    rotation = lying.documents[0].frame(1).rotation
    assert style_of(marks(lying, whole())[0], lying, rotation).turn_degrees == 0


def test_only_uncertain_seals_are_dashed() -> None:
    plain, turned = (
        draft_with(ORGANIZATION, PageFrame(100, 100)),
        draft_with(ORGANIZATION, PageFrame(100, 100, Rotation.HALF)),
    )

    def is_dashed(draft: ContractDraft, placement: Placement) -> bool:
        return style_of(marks(draft, placement)[0], draft, Rotation.NONE).is_dashed

    assert not is_dashed(plain, whole())
    assert is_dashed(plain, whole(None))
    assert is_dashed(turned, whole())


def test_a_seal_is_in_its_signer_s_colour_and_lets_the_text_through() -> None:
    draft = draft_with(ORGANIZATION, PageFrame(100.0, 100.0))
    image, area = painted(draft, marks(draft, whole())[0])
    star = image.pixelColor(area.center())
    ink = signer_colour(1)
    assert star != ink
    assert abs(star.hue() - ink.hue()) < 6


def test_nothing_is_painted_beyond_the_page() -> None:
    draft = draft_with(ORGANIZATION, PageFrame(100.0, 100.0))
    (mark,) = marks(draft, whole())
    slot = PageSlot(mark.document_id, 1, draft.documents[0].frame(1), 100.0, 100.0, SCALE)
    image = QImage(600, 600, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    shifted = replace(mark, rect=PageRect(-30.0, 20.0, 30.0, 80.0))
    with QPainter(image) as painter:
        SealPainter().paint_mark(painter, PaintedPage(slot, QPointF()), shifted, draft)
    left_of_page = image.copy(0, 150, 99, 300)
    assert all(left_of_page.pixelColor(x, y) == Qt.GlobalColor.white for x in range(0, 99, 3) for y in range(0, 300, 3))


@pytest.mark.parametrize(
    ("signer", "kind"),
    [(ORGANIZATION, SealKind.ROUND), (ApplicationSigner(SignerId("a")), SealKind.ROUND), (PERSON, SealKind.SQUARE)],
)
def test_persons_have_square_seals_and_others_round_ones(signer: Signer, kind: SealKind) -> None:
    assert SealKind.of(signer) is kind


@pytest.mark.parametrize("kind", list(SealKind))
@pytest.mark.parametrize("name", ["", "张", "张三", "欧阳修文", "Ann Example", "一", "有" * 60, "<b>名</b>", "\u200b"])
def test_any_name_makes_a_seal_that_stays_in_its_square(kind: SealKind, name: str) -> None:
    shape = seal_shape(kind, name)
    for path in (shape.edge, shape.face):
        bounds = path.boundingRect()
        assert bounds.left() >= -50.5
        assert bounds.right() <= 50.5
        assert bounds.top() >= -50.5
        assert bounds.bottom() <= 50.5


def test_names_are_told_apart() -> None:
    assert seal_shape(SealKind.ROUND, "甲公司").face != seal_shape(SealKind.ROUND, "乙公司").face
    assert seal_shape(SealKind.SQUARE, "张三").face != seal_shape(SealKind.SQUARE, "李四").face
