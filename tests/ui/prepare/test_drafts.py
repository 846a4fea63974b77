from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QScrollArea

from esign_desktop.domain.contract import edits
from esign_desktop.domain.contract.draft import ContractDraft
from esign_desktop.services.editing.documents import DocumentService
from esign_desktop.services.editing.drafts import DraftService
from esign_desktop.store.database.connection import Database
from esign_desktop.store.tables.drafts import Drafts
from esign_desktop.ui.prepare.drafts import DraftCard, DraftsList
from tests.drafts import NOW_MS
from tests.pdf.local_engine import LocalEngine
from tests.ui.made_pdfs import write_text_pdf

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from esign_desktop.domain.document import Document, DocumentId
    from esign_desktop.ui.tasks import TaskRunner


@pytest.fixture
def documents() -> Iterator[DocumentService]:
    engine = LocalEngine()
    yield DocumentService(engine)
    engine.stop()


@pytest.fixture
def drafts(tmp_path: Path) -> Iterator[DraftService]:
    database = Database(tmp_path / "esign.db")
    database.open()
    yield DraftService(Drafts(database), clock_ms=lambda: NOW_MS)
    database.close()


@pytest.fixture
def kept(drafts: DraftService, documents: DocumentService, tmp_path: Path) -> ContractDraft:
    """A draft with a document of black text, which was saved and is not on the desk."""
    opened = documents.open(write_text_pdf(tmp_path / "合同.pdf", [["█" * 30] * 12]))
    draft = edits.add_documents(ContractDraft.new(), [opened])
    drafts.keep(draft)
    return draft


@pytest.fixture
def shown(
    qtbot: QtBot, drafts: DraftService, documents: DocumentService, tasks: TaskRunner, kept: ContractDraft
) -> DraftsList:
    made = DraftsList(drafts, documents, tasks)
    qtbot.addWidget(made)
    made.resize(900, 600)
    with qtbot.waitExposed(made):
        made.show()
    made.show_drafts(drafts.list())
    return made


def card(shown: DraftsList) -> DraftCard:
    return next(c for c in shown.findChildren(DraftCard) if c.isVisible())


def test_a_card_shows_the_first_page(shown: DraftsList, qtbot: QtBot, tasks: TaskRunner) -> None:
    before = card(shown).grab().toImage()
    tasks.wait_idle()
    qtbot.waitUntil(lambda: card(shown).grab().toImage() != before, timeout=5000)
    assert "合同" in [label.text() for label in card(shown).findChildren(QLabel)]


def test_a_lost_file_leaves_the_card_without_a_picture(
    shown: DraftsList, kept: ContractDraft, qtbot: QtBot, tasks: TaskRunner
) -> None:
    tasks.wait_idle()
    Path(kept.documents[0].path).unlink()
    shown.show_drafts(())
    assert not [c for c in shown.findChildren(DraftCard) if c.isVisible()]


def test_each_button_asks_for_its_own(shown: DraftsList, kept: ContractDraft, qtbot: QtBot) -> None:
    buttons = {b.accessibleName() or b.text(): b for b in card(shown).findChildren(QAbstractButton)}
    for button, signal in (
        (buttons["Open"], shown.open_requested),
        (buttons["Duplicate: 合同"], shown.duplicate_requested),
        (buttons["Delete: 合同"], shown.delete_requested),
    ):
        with qtbot.waitSignal(signal) as asked:
            button.click()
        assert asked.args == [kept.id]


def test_keys_open_delete_and_leave(shown: DraftsList, qtbot: QtBot) -> None:
    for key, signal in (
        (Qt.Key.Key_Return, shown.open_requested),
        (Qt.Key.Key_Delete, shown.delete_requested),
        (Qt.Key.Key_Escape, shown.close_requested),
    ):
        with qtbot.waitSignal(signal):
            QTest.keyClick(card(shown), key)


def test_what_is_on_the_desk_is_not_deleted_from_here(shown: DraftsList, drafts: DraftService) -> None:
    drafts.load(drafts.list()[0].id)
    shown.show_drafts(drafts.list())
    delete = next(b for b in card(shown).findChildren(QAbstractButton) if b.toolTip() == "Delete")
    assert not delete.isEnabled()


def test_an_empty_list_says_what_will_be_here(shown: DraftsList) -> None:
    shown.show_drafts(())
    assert any("No drafts yet" in label.text() for label in shown.findChildren(QLabel) if label.isVisible())


def test_only_pictures_in_view_are_drawn_and_one_at_a_time(
    qtbot: QtBot,
    drafts: DraftService,
    documents: DocumentService,
    tasks: TaskRunner,
    kept: ContractDraft,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for _ in range(60):
        drafts.duplicate(kept.id)
    opened: list[int] = []
    most = 0
    read, close = DocumentService.open, DocumentService.close

    def counted_open(service: DocumentService, path: Path) -> Document:
        nonlocal most
        opened.append(1)
        most = max(most, sum(opened))
        return read(service, path)

    def counted_close(service: DocumentService, document_id: DocumentId) -> None:
        opened.append(-1)
        close(service, document_id)

    monkeypatch.setattr(DocumentService, "open", counted_open)
    monkeypatch.setattr(DocumentService, "close", counted_close)
    made = DraftsList(drafts, documents, tasks)
    qtbot.addWidget(made)
    made.resize(900, 400)
    with qtbot.waitExposed(made):
        made.show()
    made.show_drafts(drafts.list())
    in_view = sum(card.visibleRegion().boundingRect().isValid() for card in made.findChildren(DraftCard))
    assert 0 < in_view < 30
    qtbot.waitUntil(lambda: opened.count(-1) == in_view, timeout=20_000)
    qtbot.wait(50)
    assert opened.count(1) == in_view
    assert most == 1
    made.hide()
    area = made.findChild(QScrollArea)
    assert area is not None
    area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())
    qtbot.wait(50)
    assert opened.count(1) == in_view, "Nothing is drawn for a list that is not seen."
