"""Chips open what they mean and what can be done about it; what is done keeps every seal where it was seen."""

from __future__ import annotations

import itertools
import math
from functools import partial
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

import pymupdf
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QLineEdit

from esign_desktop.domain.contract import edits
from esign_desktop.domain.contract.draft import ContractDraft
from esign_desktop.domain.document import LARGE_FILE_BYTES
from esign_desktop.domain.errors import PdfError
from esign_desktop.domain.geometry import PagePoint
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.placement import CoordinatePlacement, KeywordPlacement, new_placement_id
from esign_desktop.pdf.worker import upright as upright_copy
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.prepare.documents.card import DocumentCard
from esign_desktop.ui.prepare.preflight import ChipKind, Remedy
from esign_desktop.ui.prepare.tools.state import ToolName
from tests.drafts import make_organization_signer, make_person_signer
from tests.pdf.builder import Page, build
from tests.ui.made_pdfs import MadePage, write_pdf, write_text_pdf
from tests.ui.typed_text import type_text

if TYPE_CHECKING:
    from PySide6.QtWidgets import QPushButton, QWidget

    from tests.ui.prepare.conftest import RoomDesk

AES_256 = 5
"""MuPDF's number for it."""
LEFT = Qt.MouseButton.LeftButton
CROP = (20.0, 35.0, 260.0, 390.0)
DARK = 60


def card_of(desk: RoomDesk, index: int = 0) -> DocumentCard:
    document_id = desk.session.draft.documents[index].id
    return next(
        card
        for card in desk.room.findChildren(DocumentCard)
        if card.isVisible() and card.property("accessibleName") and card._subject_id == document_id  # noqa: SLF001
    )


def press_chip(desk: RoomDesk, kind: ChipKind) -> DocumentCard:
    """Click a chip as soon as it is known."""
    desk.qtbot.waitUntil(lambda: card_of(desk).chips.button(kind) is not None)
    card = card_of(desk)
    desk.qtbot.mouseClick(card.chips.button(kind), LEFT)
    assert card.pane.isVisible()
    return card


def press(desk: RoomDesk, card: DocumentCard, remedy: Remedy) -> None:
    button: QPushButton = card.pane.button(remedy)
    assert button.isVisible()
    assert button.text()
    desk.qtbot.mouseClick(button, LEFT)


def wait_for_copy(desk: RoomDesk, document_id: str) -> None:
    def is_there() -> None:
        said = [label.text() for label in desk.room.findChildren(QLabel) if label.isVisible()]
        assert desk.session.draft.documents[0].id != document_id, said

    desk.qtbot.waitUntil(is_there, timeout=15_000)


def sign_all(desk: RoomDesk) -> None:
    for signer in (make_person_signer(), make_organization_signer()):
        desk.session.apply(EditName.ADD_SIGNER, partial(edits.add_signer, signer=signer))


def protected_pdf(path: Path) -> Path:
    document: Any = pymupdf.open()
    document.new_page().insert_text((72, 72), "secret")
    document.save(path, encryption=AES_256, user_pw="open sesame", owner_pw="owner")
    document.close()
    return path


def test_a_chip_opens_and_closes_its_meaning_by_mouse(desk: RoomDesk, tmp_path: Path) -> None:
    desk.open(write_pdf(tmp_path / "a.pdf", [MadePage(rotation=90)]))
    card = press_chip(desk, ChipKind.ROTATED)
    chip = card.chips.button(ChipKind.ROTATED)
    assert chip is not None
    assert chip.isChecked()
    desk.qtbot.mouseClick(chip, LEFT)
    assert not card.pane.isVisible()
    assert not chip.isChecked()


def test_a_chip_is_reached_opened_and_left_by_key(desk: RoomDesk, tmp_path: Path) -> None:
    desk.open(write_pdf(tmp_path / "a.pdf", [MadePage(rotation=90)]))
    desk.qtbot.waitUntil(lambda: card_of(desk).chips.button(ChipKind.SCAN) is not None)
    card = card_of(desk)
    card.setFocus()
    seen: list[QWidget | None] = []
    chip = card.chips.button(ChipKind.ROTATED)
    while QApplication.focusWidget() is not chip and len(seen) < 10:
        seen.append(QApplication.focusWidget())
        desk.qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is chip
    desk.qtbot.keyClick(chip, Qt.Key.Key_Return)
    assert card.pane.isVisible()
    first = card.pane.button(Remedy.UPRIGHT_COPY)
    assert QApplication.focusWidget() is first
    # Delete is the card's key for removing the document, but not while somebody reads here.
    desk.qtbot.keyClick(first, Qt.Key.Key_Delete)
    assert desk.session.draft.documents
    desk.qtbot.keyClick(first, Qt.Key.Key_Escape)
    assert not card.pane.isVisible()
    assert QApplication.focusWidget() is chip


@pytest.mark.parametrize(
    "page",
    [pytest.param(MadePage(crop_box=crop, rotation=turn, user_unit=unit),
        marks=() if unit == 1.0 else pytest.mark.nightly) for crop, turn, unit in itertools.product(
        (None, CROP), (0, 90, 180, 270), (1.0, 2.0)) if crop or turn or unit != 1.0],
    ids=lambda page: page.label,
)  # fmt: skip
def test_a_seal_clicked_onto_a_square_stands_on_the_square_of_the_upright_copy(
    desk: RoomDesk, page: MadePage, tmp_path: Path
) -> None:
    desk.open(write_pdf(tmp_path / "a.pdf", [page]))
    sign_all(desk)
    kind = ChipKind.ROTATED if page.rotation else ChipKind.CROPPED
    card = press_chip(desk, kind)
    # What is found out about a document comes a little after the document.
    desk.qtbot.waitUntil(lambda: card.chips.button(ChipKind.SCAN) is not None)
    before = desk.session.draft.documents[0]
    view = desk.room.canvas.view
    desk.room.state.set_seal_width(30.0)
    desk.room.state.set_tool(ToolName.SEAL)
    slot = view.page_layout.slot(before.id, 1)
    assert slot is not None
    assert page.square is not None
    where = view.view_point(*slot.point_px(page.square)).toPoint()
    assert view.viewport().rect().contains(where)
    desk.qtbot.mouseClick(view.viewport(), LEFT, Qt.KeyboardModifier.AltModifier, where)
    assert len(desk.session.draft.placements) == 1
    seen_before = seal_in_window(desk)

    press(desk, card, Remedy.UPRIGHT_COPY)
    wait_for_copy(desk, before.id)

    document, (seal,) = desk.session.draft.documents[0], desk.session.draft.placements
    assert isinstance(seal, CoordinatePlacement)
    assert document.rotated_pages == document.cropped_pages == ()
    # The numbers that the platform is told, against the ink of the file that it gets.
    ink = square_of(Path(document.path))
    assert math.dist((seal.center.x_pt, seal.center.y_pt), (ink.x_pt, ink.y_pt)) < 1.0
    assert math.dist(seen_before, seal_in_window(desk)) <= 1.0
    assert desk.session.undo_name is EditName.MAKE_UPRIGHT
    desk.session.undo()
    assert [one.id for one in desk.session.draft.documents] == [before.id]
    assert math.dist(seen_before, seal_in_window(desk)) <= 1.0


def seal_in_window(desk: RoomDesk) -> tuple[float, float]:
    """Middle of the one seal, in pixels of the view."""
    (mark,) = desk.session.marks
    view = desk.room.canvas.view
    slot = view.page_layout.slot(mark.document_id, mark.page_number)
    assert slot is not None
    point = view.view_point(*slot.point_px(mark.rect.center))
    return point.x(), point.y()


def square_of(path: Path) -> PagePoint:
    """Middle of the dark pixels of a file's first page, in points from the lower left corner."""
    document: Any = pymupdf.open(path)
    picture = document[0].get_pixmap(dpi=288, colorspace="gray")
    data, scale = bytes(picture.samples), 72 / 288
    spots = [(i % picture.width, i // picture.width) for i, value in enumerate(data) if value < DARK]
    document.close()
    assert spots
    xs, ys = [x for x, _ in spots], [y for _, y in spots]
    return PagePoint((min(xs) + max(xs) + 1) / 2 * scale, (picture.height - (min(ys) + max(ys) + 1) / 2) * scale)


def test_the_copy_lies_with_the_application_and_the_persons_folder_stays_as_it_was(
    desk: RoomDesk, tmp_path: Path
) -> None:
    folder = tmp_path / "of the person"
    folder.mkdir()
    path = write_pdf(folder / "合同.pdf", [MadePage(rotation=90)])
    bytes_before = path.read_bytes()
    desk.open(path)
    before = desk.session.draft.documents[0]
    press(desk, press_chip(desk, ChipKind.ROTATED), Remedy.UPRIGHT_COPY)
    wait_for_copy(desk, before.id)
    copy = desk.session.draft.documents[0]
    assert copy.name == "合同"
    assert Path(copy.path).parent == tmp_path / "copies of the application"
    assert [one.name for one in folder.iterdir()] == ["合同.pdf"]
    assert path.read_bytes() == bytes_before
    assert "合同" in desk.messages.rows[0].title
    desk.qtbot.waitUntil(lambda: desk.room.focusWidget() is card_of(desk))
    desk.session.undo()
    desk.session.redo()
    assert [one.id for one in desk.session.draft.documents] == [copy.id]


def test_the_copy_lies_where_the_person_chooses(desk: RoomDesk, tmp_path: Path) -> None:
    desk.open(write_pdf(tmp_path / "a.pdf", [MadePage(rotation=90)]))
    before = desk.session.draft.documents[0]
    press(desk, press_chip(desk, ChipKind.ROTATED), Remedy.UPRIGHT_COPY_AS)
    dialog = desk.room.findChild(QFileDialog)
    assert dialog is not None
    assert dialog.selectedFiles() == [str(tmp_path / "a (upright).pdf")]
    dialog.fileSelected.emit(str(tmp_path / "upright.pdf"))
    dialog.close()
    wait_for_copy(desk, before.id)
    assert desk.session.draft.documents[0].path == str(tmp_path / "upright.pdf")


def test_a_keywords_seals_stay_where_they_were_seen(desk: RoomDesk, tmp_path: Path) -> None:
    path = write_text_pdf(tmp_path / "text.pdf", [["乙方 (签字)", "无"], ["无", "乙方"]])
    turned: Any = pymupdf.open(path)
    for page in turned:
        page.set_rotation(270)
    turned.save(tmp_path / "turned.pdf")
    turned.close()
    desk.open(tmp_path / "turned.pdf")
    sign_all(desk)
    before = desk.session.draft.documents[0]
    keyword = KeywordPlacement(
        new_placement_id(), desk.session.draft.signers[0].id, before.id, "乙方", 20.0, 9.0, 60.0, 2
    )
    desk.session.apply(EditName.PLACE_KEYWORD, partial(edits.place, placement=keyword))
    desk.qtbot.waitUntil(lambda: len(desk.session.marks) == 2)

    def shown() -> list[tuple[float, ...]]:
        document = desk.session.draft.documents[0]
        rects = [
            (mark.page_number, document.frame(mark.page_number).rect_to_display(mark.rect).center)
            for mark in desk.session.marks
        ]
        return [(number, center.x_pt, center.y_pt) for number, center in rects]

    places = shown()
    press(desk, press_chip(desk, ChipKind.ROTATED), Remedy.UPRIGHT_COPY)
    wait_for_copy(desk, before.id)
    desk.qtbot.waitUntil(lambda: len(desk.session.marks) == 2)
    assert [number for row in shown() for number in row] == pytest.approx(
        [number for row in places for number in row], abs=0.5
    )
    (kept,) = desk.session.draft.placements
    assert isinstance(kept, KeywordPlacement)
    assert kept.confirmed_hits == 2


def test_a_copy_that_would_look_otherwise_is_refused_in_a_sentence_and_loses_nothing(
    desk: RoomDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def differs(*_args: object) -> None:
        raise PdfError("pdf.normalise_failed", "differs", page_number=1)

    desk.open(write_pdf(tmp_path / "a.pdf", [MadePage(rotation=90)]))
    sign_all(desk)
    seal = CoordinatePlacement(
        new_placement_id(),
        desk.session.draft.signers[0].id,
        desk.session.draft.documents[0].id,
        PageRanges.single(1),
        PagePoint(100, 100),
    )
    desk.session.apply(EditName.PLACE_SEAL, partial(edits.place, placement=seal))
    monkeypatch.setattr("esign_desktop.pdf.worker.jobs.check_same", differs)
    card = press_chip(desk, ChipKind.ROTATED)
    # What is found out about the file in the background comes a moment after it is shown.
    desk.qtbot.waitUntil(lambda: not desk.session.draft.documents[0].facts.facts_are_partial)
    draft = desk.session.draft
    press(desk, card, Remedy.UPRIGHT_COPY)
    desk.qtbot.waitUntil(lambda: bool(card.pane.failure_text))
    assert not card.pane.is_busy
    assert card.pane.button(Remedy.UPRIGHT_COPY).isVisible()
    assert desk.session.draft == draft
    assert list((tmp_path / "copies of the application").iterdir()) == []


def test_a_copy_can_be_stopped_and_shows_how_far_it_is(
    desk: RoomDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.open(write_pdf(tmp_path / "a.pdf", [MadePage(rotation=90)] * 30))
    document = desk.session.draft.documents[0]
    card = press_chip(desk, ChipKind.ROTATED)
    is_free, compare = Event(), upright_copy.check_same

    def waits_at_the_third_page(one: Any, other: Any, page_index: int, *frames: Any) -> None:
        if page_index == 2:
            assert is_free.wait(10)
        compare(one, other, page_index, *frames)

    monkeypatch.setattr("esign_desktop.pdf.worker.jobs.check_same", waits_at_the_third_page)
    desk.qtbot.keyClick(card.pane.button(Remedy.UPRIGHT_COPY), Qt.Key.Key_Return)
    desk.qtbot.waitUntil(lambda: any("3" in label for label in words(card)))
    assert card.pane.is_busy
    stop = QApplication.focusWidget()
    assert stop is not None
    assert card.pane.isAncestorOf(stop)
    desk.qtbot.keyClick(stop, Qt.Key.Key_Return)
    is_free.set()
    desk.qtbot.waitUntil(lambda: not card.pane.is_busy)
    assert card.pane.failure_text == ""
    assert [one.id for one in desk.session.draft.documents] == [document.id]
    assert list((tmp_path / "copies of the application").iterdir()) == []


def words(card: DocumentCard) -> list[str]:
    return [label.text() for label in card.pane.findChildren(QLabel) if label.isVisible()]


def test_a_document_that_was_removed_meanwhile_stays_removed(
    desk: RoomDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.open(write_pdf(tmp_path / "a.pdf", [MadePage(rotation=90)] * 3))
    document = desk.session.draft.documents[0]
    is_free, compare = Event(), upright_copy.check_same

    def waits(*arguments: Any) -> None:
        assert is_free.wait(10)
        compare(*arguments)

    monkeypatch.setattr("esign_desktop.pdf.worker.jobs.check_same", waits)
    press(desk, press_chip(desk, ChipKind.ROTATED), Remedy.UPRIGHT_COPY)
    desk.session.apply(EditName.REMOVE_DOCUMENT, partial(edits.remove_document, document_id=document.id))
    is_free.set()
    with desk.qtbot.waitSignal(desk.room._versions.copying_failed):  # noqa: SLF001
        pass
    assert desk.session.draft.documents == ()


def test_a_signed_file_can_be_taken_out_and_that_can_be_undone(desk: RoomDesk, tmp_path: Path) -> None:
    path = write_text_pdf(tmp_path / "signed.pdf", [["甲方"]])
    document: Any = pymupdf.open(path)
    document.xref_set_key(
        document.pdf_catalog(), "AcroForm", "<</SigFlags 3/Fields[<</FT/Sig/T(s)/V<</Type/Sig/ByteRange[0 1 2 3]>>>>]>>"
    )
    document.save(tmp_path / "marked.pdf")
    document.close()
    desk.open(tmp_path / "marked.pdf")
    card = press_chip(desk, ChipKind.SIGNED)
    press(desk, card, Remedy.REMOVE)
    assert desk.session.draft.documents == ()
    assert desk.session.undo_name is EditName.REMOVE_DOCUMENT
    desk.session.undo()
    assert len(desk.session.draft.documents) == 1


def test_a_scan_leads_to_placing_by_click(desk: RoomDesk, tmp_path: Path) -> None:
    desk.open(write_pdf(tmp_path / "a.pdf", [MadePage()]))
    sign_all(desk)
    press(desk, press_chip(desk, ChipKind.SCAN), Remedy.PLACE_BY_CLICK)
    assert desk.room.state.tool is ToolName.SEAL
    view = desk.room.canvas.view
    desk.qtbot.mouseClick(view.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, QPoint(300, 300))
    assert len(desk.session.draft.placements) == 1


def test_a_finding_on_some_pages_names_them_and_leads_there(desk: RoomDesk, tmp_path: Path) -> None:
    pages = [MadePage(media_box=(0, 0, 300, 400))] * 5 + [MadePage(media_box=(0, 0, 500, 500))]
    desk.open(write_pdf(tmp_path / "a.pdf", pages))
    card = press_chip(desk, ChipKind.MIXED_SIZES)
    assert any("6" in text for text in words(card))
    assert "6" in card.pane.button(Remedy.SHOW_PAGE).text()
    press(desk, card, Remedy.SHOW_PAGE)
    assert desk.room.canvas.view.current_page == (desk.session.draft.documents[0].id, 6)


def test_a_form_is_offered_as_a_template(desk: RoomDesk, tmp_path: Path) -> None:
    document: Any = pymupdf.open(write_text_pdf(tmp_path / "text.pdf", [["姓名"]]))
    library: Any = pymupdf
    widget = library.Widget()
    widget.field_name, widget.field_type = "name", library.PDF_WIDGET_TYPE_TEXT
    widget.rect = library.Rect(100, 100, 200, 120)
    document[0].add_widget(widget)
    document.save(tmp_path / "form.pdf")
    document.close()
    desk.open(tmp_path / "form.pdf")
    card = press_chip(desk, ChipKind.FORM)
    with desk.qtbot.waitSignal(desk.room.template_requested):
        press(desk, card, Remedy.TEMPLATE)


def test_missing_fonts_and_large_files_say_what_to_do_and_offer_another_file(desk: RoomDesk, tmp_path: Path) -> None:
    font = "/Font<</X <</Type/Font/Subtype/TrueType/BaseFont/SimSun>>>>"
    (tmp_path / "fonts.pdf").write_bytes(build(Page(resources=font)))
    document: Any = pymupdf.open(tmp_path / "fonts.pdf")
    # Ballast that nothing refers to, and that can't be compressed away.
    ballast = document.get_new_xref()
    document.update_object(ballast, "<<>>")
    document.update_stream(ballast, bytes(LARGE_FILE_BYTES + 1), compress=False)
    document.save(tmp_path / "large.pdf")
    document.close()
    desk.open(tmp_path / "large.pdf")
    card = press_chip(desk, ChipKind.LARGE)
    assert any("40 MB" in text for text in words(card))
    press_chip(desk, ChipKind.FONTS)
    large = write_text_pdf(tmp_path / "small.pdf", [["Contract"]])
    press(desk, card_of(desk), Remedy.REPLACE)
    dialog = desk.room.findChild(QFileDialog)
    assert dialog is not None
    dialog.fileSelected.emit(str(large))
    dialog.close()
    desk.qtbot.waitUntil(lambda: desk.session.draft.documents[0].path == str(large))
    assert desk.session.draft.documents[0].name == "large"


def test_a_protected_file_of_a_saved_draft_is_opened_where_its_chip_explains_it(desk: RoomDesk, tmp_path: Path) -> None:
    desk.room.opening.open_with_password(protected_pdf(tmp_path / "protected.pdf"), "open sesame")
    desk.qtbot.waitUntil(lambda: bool(desk.session.draft.documents))
    desk.qtbot.waitUntil(lambda: desk.session.draft.documents[0].facts.is_encrypted)
    kept = desk.session.draft
    documents = desk.room._services.documents  # noqa: SLF001
    desk.session.load(ContractDraft.new())
    desk.qtbot.waitUntil(lambda: not documents.is_open(kept.documents[0].id))
    with desk.qtbot.waitSignal(desk.room.opening.document_locked):
        desk.session.load(kept)
    card = press_chip(desk, ChipKind.ENCRYPTED)
    line = card.pane.findChild(QLineEdit)
    assert line is not None
    assert line.hasFocus()
    with desk.qtbot.waitSignal(desk.room.opening.password_needed):
        type_text(line, "wrong")
        desk.qtbot.keyClick(line, Qt.Key.Key_Return)
    type_text(line, "open sesame")
    press(desk, card, Remedy.PASSWORD)
    desk.qtbot.waitUntil(lambda: documents.is_open(kept.documents[0].id))
    desk.qtbot.waitUntil(lambda: not line.isVisible())
    assert [one.id for one in desk.session.draft.documents] == [one.id for one in kept.documents]


def test_a_damaged_file_becomes_a_sound_copy(desk: RoomDesk, tmp_path: Path) -> None:
    path = write_text_pdf(tmp_path / "damaged.pdf", [["甲方", "乙方"]])
    path.write_bytes(path.read_bytes().replace(b"startxref", b"startxxxx"))
    desk.open(path)
    before = desk.session.draft.documents[0]
    press(desk, press_chip(desk, ChipKind.REPAIRED), Remedy.UPRIGHT_COPY)
    wait_for_copy(desk, before.id)
    assert not desk.session.draft.documents[0].facts.is_repaired


@pytest.mark.qt_log_ignore(r"does not support (grabbing the keyboard|raise\(\))", extend=True)
def test_seals_that_do_not_fit_a_new_version_are_counted_and_shown(desk: RoomDesk, tmp_path: Path) -> None:
    desk.open(write_text_pdf(tmp_path / "old.pdf", [["甲方"], ["乙方"]]))
    sign_all(desk)
    before = desk.session.draft.documents[0]
    for page_number in (1, 2):
        seal = CoordinatePlacement(
            new_placement_id(),
            desk.session.draft.signers[0].id,
            before.id,
            PageRanges.single(page_number),
            PagePoint(200, 300),
            60.0,
        )
        desk.session.apply(EditName.PLACE_SEAL, partial(edits.place, placement=seal))
    desk.room._versions.take_version(before, write_text_pdf(tmp_path / "new.pdf", [["甲方"]]))  # noqa: SLF001
    wait_for_copy(desk, before.id)
    row = desk.messages.rows[0]
    assert "2 seal" in row.title
    assert len(desk.session.draft.placements) == 2
    row.press()
    assert desk.room.selection.ids
    desk.session.undo()
    assert [one.id for one in desk.session.draft.documents] == [before.id]
