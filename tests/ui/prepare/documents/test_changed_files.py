"""A file that changes on disk is noticed, its new version is opened by one press, and the seals follow their words."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton

from esign_desktop.domain.contract import edits
from esign_desktop.domain.geometry import PagePoint
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.placement import CoordinatePlacement, new_placement_id
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.prepare.documents.changed_files import ChangedFileBar
from tests.drafts import make_person_signer
from tests.ui.made_pdfs import write_text_pdf

if TYPE_CHECKING:
    from tests.ui.prepare.conftest import RoomDesk

LEFT = Qt.MouseButton.LeftButton
OLD = [["劳动合同", "第一条 工作内容", "甲方（公章）：", "乙方（签字）："]]
NEW = [["劳动合同", "第一条 工作内容", "第二条 新增", "第三条 新增", "甲方（公章）：", "乙方（签字）："]]
WITHOUT_LABELS = [["劳动合同", "第一条 工作内容"]]


def seal_beside(desk: RoomDesk, words: str) -> CoordinatePlacement:
    """Place a seal 40 pt right of the end of a label, and wait until its words are known."""
    (document,) = desk.session.draft.documents
    documents = desk.room._services.documents  # noqa: SLF001
    (hit,) = documents.find(document.id, words)
    center = PagePoint(hit.rects[0].right_pt + 40.0, hit.rects[0].center.y_pt)
    if not desk.session.draft.signers:
        desk.session.apply(EditName.ADD_SIGNER, partial(edits.add_signer, signer=make_person_signer()))
    signer = desk.session.draft.signers[0]
    seal = CoordinatePlacement(new_placement_id(), signer.id, document.id, PageRanges.single(1), center, 60.0)
    desk.session.apply(EditName.PLACE_SEAL, partial(edits.place, placement=seal))
    desk.qtbot.waitUntil(lambda: not placed(desk, seal).needs_anchor)
    return placed(desk, seal)


def placed(desk: RoomDesk, seal: CoordinatePlacement) -> CoordinatePlacement:
    found = desk.session.draft.placement(seal.id)
    assert isinstance(found, CoordinatePlacement)
    return found


def become_active(desk: RoomDesk) -> None:
    """Bring the application to the front, as the window system reports it."""
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    application.applicationStateChanged.emit(Qt.ApplicationState.ApplicationActive)


def changed_bar(desk: RoomDesk) -> ChangedFileBar:
    (bar,) = desk.room.findChildren(ChangedFileBar)
    return bar


def press_new_version(desk: RoomDesk, before_id: str) -> None:
    bar = changed_bar(desk)
    desk.qtbot.waitUntil(bar.isVisible)
    button = bar.findChildren(QPushButton)[0]
    desk.qtbot.mouseClick(button, LEFT)
    desk.qtbot.waitUntil(lambda: desk.session.draft.documents[0].id != before_id)


@pytest.fixture
def contract(desk: RoomDesk, tmp_path: Path) -> Path:
    path = write_text_pdf(tmp_path / "contract.pdf", OLD)
    desk.open(path)
    desk.qtbot.waitUntil(lambda: bool(desk.session.draft.documents[0].sha256))
    return path


def test_an_unchanged_file_is_not_reported(desk: RoomDesk, contract: Path) -> None:
    become_active(desk)
    with desk.qtbot.waitSignal(desk.room.send_requested):
        desk.room._changed_files.check_before_send()  # noqa: SLF001
    assert not changed_bar(desk).isVisible()


def test_seals_follow_their_words_to_a_file_that_changed_on_disk(
    desk: RoomDesk, contract: Path, tmp_path: Path
) -> None:
    seal = seal_beside(desk, "甲方（公章）")
    before = desk.session.draft.documents[0]
    old_bytes = contract.read_bytes()
    shutil.copy(write_text_pdf(tmp_path / "new.pdf", NEW), contract)
    become_active(desk)
    press_new_version(desk, before.id)
    moved = placed(desk, seal)
    documents = desk.room._services.documents  # noqa: SLF001
    (hit,) = documents.find(moved.document_id, "甲方（公章）")
    assert moved.center.x_pt == pytest.approx(hit.rects[0].right_pt + 40.0, abs=0.5)
    assert moved.center.y_pt == pytest.approx(hit.rects[0].center.y_pt, abs=0.5)
    assert moved.center != seal.center
    desk.qtbot.waitUntil(lambda: not changed_bar(desk).isVisible())

    desk.session.undo()
    (restored,) = desk.session.draft.documents
    assert restored.id == before.id
    assert placed(desk, seal).center == seal.center
    assert Path(restored.path).read_bytes() == old_bytes
    assert restored.path != str(contract)


def test_a_seal_without_its_words_stays_marked_until_it_is_confirmed(
    desk: RoomDesk, contract: Path, tmp_path: Path
) -> None:
    seal = seal_beside(desk, "乙方（签字）")
    shutil.copy(write_text_pdf(tmp_path / "new.pdf", WITHOUT_LABELS), contract)
    become_active(desk)
    press_new_version(desk, desk.session.draft.documents[0].id)
    assert placed(desk, seal).is_unverified
    assert "placement.unverified" in {problem.code for problem in desk.session.problems}
    desk.room.selection.set((seal.id,))
    assert desk.room.canvas.commands.can_confirm
    desk.room.canvas.commands.confirm()
    assert not placed(desk, seal).is_unverified
    assert "placement.unverified" not in {problem.code for problem in desk.session.problems}


def test_a_changed_file_keeps_the_review_closed(desk: RoomDesk, contract: Path, tmp_path: Path) -> None:
    shutil.copy(write_text_pdf(tmp_path / "new.pdf", NEW), contract)
    with desk.qtbot.assertNotEmitted(desk.room.send_requested):
        desk.room._changed_files.check_before_send()  # noqa: SLF001
        desk.qtbot.waitUntil(changed_bar(desk).isVisible)


def test_a_missing_file_is_reported_when_the_window_becomes_active(desk: RoomDesk, contract: Path) -> None:
    contract.unlink()
    become_active(desk)
    desk.qtbot.waitUntil(changed_bar(desk).isVisible)
    assert "no longer" in changed_bar(desk).text
