"""Pages without text are read by machine at a press: told, stopped, kept, and found by keyword as fixed seals."""

from __future__ import annotations

import sys
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

import pymupdf
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton, QTreeWidget

from esign_desktop.domain.contract import edits
from esign_desktop.domain.errors import Cancelled, PdfError
from esign_desktop.domain.geometry import DisplayRect
from esign_desktop.domain.placing.placement import CoordinatePlacement
from esign_desktop.pdf.isolated import recognition
from esign_desktop.pdf.text.recognised import RecognisedPage, Word
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.prepare.documents.card import DocumentCard
from esign_desktop.ui.prepare.preflight import ChipKind, Remedy
from esign_desktop.ui.prepare.tools.state import ToolName
from esign_desktop.ui.resources import resource_path
from esign_desktop.ui.widgets.labels import PlainLabel
from tests.drafts import make_organization_signer
from tests.pdf.local_engine import LocalEngine
from tests.pdf.scans import require_reader, write_scan
from tests.ui.made_pdfs import write_text_pdf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from esign_desktop.pdf.engine import PdfHandle
    from tests.ui.prepare.conftest import RoomDesk

WORDS = (
    Word("本合同自双方签字盖章之日起生效。", DisplayRect(60, 520, 190, 12)),
    Word("甲方（盖章）：", DisplayRect(60, 600, 84, 12)),
    Word("乙方（盖章）：", DisplayRect(300, 600, 84, 12)),
)
LEFT = Qt.MouseButton.LeftButton


class Reader:
    """What the engine reads pages with: a page each time that ``go`` is called, or a failure."""

    def __init__(self) -> None:
        self.asked: list[list[int]] = []
        self.stopped = 0
        self._steps: SimpleQueue[PdfError | None] = SimpleQueue()

    def go(self, error: PdfError | None = None) -> None:
        self._steps.put(error)

    def recognise(
        self, _handle: PdfHandle, page_numbers: Sequence[int], check_cancelled: Callable[[], None]
    ) -> Iterator[RecognisedPage]:
        self.asked.append(list(page_numbers))
        for number in page_numbers:
            if (error := self._next(check_cancelled)) is not None:
                raise error
            yield RecognisedPage(number, WORDS)

    def _next(self, check_cancelled: Callable[[], None]) -> PdfError | None:
        while True:
            try:
                check_cancelled()
            except Cancelled:
                self.stopped += 1
                raise
            try:
                return self._steps.get(timeout=0.02)
            except Empty:
                continue


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Reader:
    reader = Reader()
    monkeypatch.setattr(recognition, "can_recognise", lambda: True)
    monkeypatch.setattr(LocalEngine, "recognise", lambda _engine, *values: reader.recognise(*values))
    return reader


def blank_pdf(path: Path, page_count: int) -> Path:
    document = pymupdf.open()
    for _ in range(page_count):
        document.new_page(width=595, height=842)
    document.save(path)
    document.close()
    return path


def open_chip(desk: RoomDesk, path: Path, kind: ChipKind = ChipKind.SCAN) -> DocumentCard:
    desk.open(path)
    (card,) = (one for one in desk.room.findChildren(DocumentCard) if one.isVisible())
    desk.qtbot.waitUntil(lambda: card.chips.button(kind) is not None)
    desk.qtbot.mouseClick(card.chips.button(kind), LEFT)
    return card


def press(desk: RoomDesk, card: DocumentCard, remedy: Remedy) -> None:
    desk.qtbot.mouseClick(card.pane.button(remedy), LEFT)


def shown(card: DocumentCard) -> list[str]:
    return [label.text() for label in card.pane.findChildren(PlainLabel) if label.isVisible()]


def said(card: DocumentCard) -> str:
    return card.pane.accessibleName()


def test_pages_are_read_from_the_one_in_view_and_what_was_read_is_kept(
    desk: RoomDesk, reader: Reader, tmp_path: Path
) -> None:
    card = open_chip(desk, blank_pdf(tmp_path / "scan.pdf", 3))
    document = desk.session.draft.documents[0]
    desk.room.canvas.view.go_to(document.id, 3)
    assert "recognize" in said(card)
    press(desk, card, Remedy.READ_PAGES)
    desk.qtbot.waitUntil(lambda: reader.asked == [[3, 2, 1]])
    assert card.pane.is_busy
    assert "Reading pages: 0 of 3…" in shown(card)
    reader.go()
    desk.qtbot.waitUntil(lambda: "Reading pages: 1 of 3…" in shown(card))
    reader.go(PdfError("pdf.too_slow"))
    desk.qtbot.waitUntil(lambda: not card.pane.is_busy)
    assert "took too long" in card.pane.failure_text

    press(desk, card, Remedy.READ_PAGES)
    desk.qtbot.waitUntil(lambda: reader.asked[1:] == [[2, 1]])
    reader.go()
    reader.go()
    chip = card.chips.button(ChipKind.SCAN)
    assert chip is not None
    desk.qtbot.waitUntil(lambda: chip.text() == "scan, recognized")
    assert not card.pane.failure_text
    press(desk, card, Remedy.FIND_KEYWORD)
    assert desk.room.state.tool is ToolName.KEYWORD


def test_reading_is_stopped_by_its_button_and_by_taking_the_document_away(
    desk: RoomDesk, reader: Reader, tmp_path: Path
) -> None:
    card = open_chip(desk, blank_pdf(tmp_path / "scan.pdf", 2))
    press(desk, card, Remedy.READ_PAGES)
    desk.qtbot.waitUntil(lambda: len(reader.asked) == 1)
    (stop,) = (one for one in card.pane.findChildren(QPushButton) if one.isVisible())
    desk.qtbot.mouseClick(stop, LEFT)
    desk.qtbot.waitUntil(lambda: not card.pane.is_busy)
    assert not card.pane.failure_text

    press(desk, card, Remedy.READ_PAGES)
    desk.qtbot.waitUntil(lambda: len(reader.asked) == 2)
    document_id = desk.session.draft.documents[0].id
    desk.session.apply(EditName.REMOVE_DOCUMENT, lambda draft: edits.remove_document(draft, document_id))
    desk.session.undo()
    desk.qtbot.waitUntil(lambda: reader.stopped == 2)
    again = [one for one in desk.room.findChildren(DocumentCard) if one is not card]
    assert [one.pane.is_busy for one in again] == [False]


@pytest.mark.parametrize(("is_frozen", "words"), [(False, "pip install esign-desktop[ocr]"), (True, "This package")])
def test_without_the_reader_the_chip_says_how_to_get_it(
    desk: RoomDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_frozen: bool, words: str
) -> None:
    monkeypatch.setattr(recognition, "can_recognise", lambda: False)
    monkeypatch.setattr(sys, "frozen", is_frozen, raising=False)
    card = open_chip(desk, blank_pdf(tmp_path / "scan.pdf", 1))
    assert words in said(card)
    with pytest.raises(KeyError):
        card.pane.button(Remedy.READ_PAGES)


def find(desk: RoomDesk, keyword: str) -> None:
    bar = desk.room.canvas.keyword_bar
    (edit,) = bar.findChildren(QLineEdit)
    edit.setText(keyword)
    desk.qtbot.waitUntil(lambda: bar.finding.keyword == keyword and bar.finding.is_complete, timeout=10_000)


def test_what_was_read_becomes_fixed_seals_also_beside_text(
    speak: Callable[[str], None], reader: Reader, tmp_path: Path, desk: RoomDesk
) -> None:
    speak("en")
    signer = make_organization_signer()
    desk.session.apply(EditName.ADD_SIGNER, lambda draft: edits.add_signer(draft, signer))
    mixed = pymupdf.open(write_text_pdf(tmp_path / "text.pdf", [["乙方（盖章）"]]))
    mixed.new_page(width=595, height=842)
    mixed.save(tmp_path / "mixed.pdf")
    mixed.close()
    card = open_chip(desk, tmp_path / "mixed.pdf", ChipKind.PARTLY_SCAN)
    desk.room.state.set_active_signer(signer.id)
    desk.room.state.set_tool(ToolName.KEYWORD)
    find(desk, "乙方（盖章）")
    bar = desk.room.canvas.keyword_bar
    assert bar.finding.hit_count == 1
    assert bar.place.text() == "Place 1 seal"

    # What is found goes on growing under the eyes of whoever typed it.
    press(desk, card, Remedy.READ_PAGES)
    reader.go()
    desk.qtbot.waitUntil(lambda: bar.finding.is_complete and bar.finding.hit_count == 2)
    assert [hit.is_recognised for hit in bar.finding.per_document[0].hits or ()] == [False, True]
    (hits,) = bar.findChildren(QTreeWidget)
    items = hits.findItems("p. ", Qt.MatchFlag.MatchStartsWith | Qt.MatchFlag.MatchRecursive)
    assert ["recognized" in item.text(0) for item in items] == [False, True]
    assert bar.place.text() == "Place 2 fixed seals"
    assert any("recognized" in one.text() for one in bar.findChildren(PlainLabel) if one.isVisible())
    QTest.mouseClick(bar.place, LEFT)
    placed = desk.session.draft.placements
    assert [type(one) for one in placed] == [CoordinatePlacement] * 2
    assert [list(one.pages) for one in placed if isinstance(one, CoordinatePlacement)] == [[1], [2]]
    assert desk.session.unsearched() == ()


def test_seals_are_proposed_for_what_was_read(desk: RoomDesk, reader: Reader, tmp_path: Path) -> None:
    card = open_chip(desk, blank_pdf(tmp_path / "scan.pdf", 1))
    desk.qtbot.waitUntil(lambda: not desk.room.proposals.is_looking)
    assert not desk.room.proposals.plan
    press(desk, card, Remedy.READ_PAGES)
    reader.go()
    with desk.qtbot.waitSignal(desk.room.proposals.arrived):
        desk.qtbot.waitUntil(lambda: not card.pane.is_busy)
    desk.room.proposals.take_all()
    placed = desk.session.draft.placements
    assert [type(one) for one in placed] == [CoordinatePlacement] * 2


@pytest.mark.nightly
@pytest.mark.slow
@pytest.mark.timeout(240)
def test_a_noisy_scan_is_read_searched_and_sealed(desk: RoomDesk, tmp_path: Path) -> None:
    require_reader()
    signer = make_organization_signer()
    desk.session.apply(EditName.ADD_SIGNER, lambda draft: edits.add_signer(draft, signer))
    scan = write_scan(resource_path("samples", "service-contract.pdf"), tmp_path / "scan.pdf", [2])
    card = open_chip(desk, scan)
    press(desk, card, Remedy.READ_PAGES)
    desk.qtbot.waitUntil(lambda: not card.pane.is_busy, timeout=200_000)
    assert not card.pane.failure_text
    press(desk, card, Remedy.FIND_KEYWORD)
    desk.room.state.set_active_signer(signer.id)
    find(desk, "甲方（盖章）")
    QTest.mouseClick(desk.room.canvas.keyword_bar.place, LEFT)
    (placed,) = desk.session.draft.placements
    assert isinstance(placed, CoordinatePlacement)
