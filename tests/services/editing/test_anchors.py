"""The words beside a fixed seal are those nearest to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.geometry import PagePoint
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.placement import CoordinatePlacement, PlacementId
from esign_desktop.domain.signer import SignerId
from esign_desktop.services.editing.anchors import read_anchors
from esign_desktop.services.editing.documents import DocumentService
from tests.pdf.local_engine import LocalEngine
from tests.ui.made_pdfs import write_text_pdf

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("index", [0, 1, 2])
def test_of_equal_words_below_each_other_those_beside_the_seal_are_its_anchor(index: int, tmp_path: Path) -> None:
    path = write_text_pdf(tmp_path / "a.pdf", [["乙方（签字）：", "日期", "乙方（签字）：", "日期", "乙方（签字）："]])
    documents = DocumentService(LocalEngine())
    document = documents.open(path)
    hits = documents.find(document.id, "乙方（签字）")
    rect = sorted((hit.rects[0] for hit in hits), key=lambda one: -one.center.y_pt)[index]
    center = PagePoint(rect.right_pt + 40.0, rect.center.y_pt)
    seal = CoordinatePlacement(PlacementId("seal"), SignerId("signer"), document.id, PageRanges.single(1), center)
    anchor = read_anchors(documents, [seal])[seal.id]
    assert anchor.text == "乙方（签字）"
    assert anchor.rect is not None
    assert anchor.rect.center.y_pt == pytest.approx(rect.center.y_pt)
    assert anchor.index == index
