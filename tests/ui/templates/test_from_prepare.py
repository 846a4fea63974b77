"""A document of the contract becomes a template, and the caller is given the template."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from esign_desktop.domain.forms import FieldKind, PdfFormField
from tests.services.desk import make_pdf
from tests.services.template_files import write_form

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.domain.document import Document
    from esign_desktop.domain.templates import Template
    from esign_desktop.ui.presets.drawing import TemplateDrawing
    from tests.ui.templates.conftest import TemplatesDesk

CREATE = "/template/createbyfilekey"
LEFT = Qt.MouseButton.LeftButton
FIELDS = ("姓名", "借款金额")


class Clerk:
    """Begins a template from a form that is a document of the contract; ``got`` is what the caller was given."""

    def __init__(self, desk: TemplatesDesk, path: Path) -> None:
        self.desk = desk
        self.path = write_form(path, FIELDS, mark=str(path))
        self.document: Document = desk.library.desk.documents.open(self.path)
        self.got: list[Template | None] = []

    def ask(self) -> TemplateDrawing:
        self.desk.editor.open_document(self.document, self.got.append)
        self.desk.wait_until(lambda: self.desk.editor.is_open)
        return self.desk.editor

    def make(self, editor: TemplateDrawing) -> None:
        QTest.mouseClick(editor.strip.make, LEFT)
        assert editor.is_busy

    def ask_and_make(self) -> Template:
        count = len(self.got)
        self.make(self.ask())
        self.desk.wait_until(lambda: len(self.got) > count)
        made = self.got[-1]
        assert made is not None
        return made

    @property
    def creations(self) -> int:
        return self.desk.library.platform.requests(CREATE)


@pytest.fixture
def clerk(desk: TemplatesDesk, tmp_path: Path) -> Clerk:
    return Clerk(desk, tmp_path / "借款申请表.pdf")


def test_a_form_without_faults_becomes_a_template_by_one_key(clerk: Clerk) -> None:
    clerk.document = replace(clerk.document, name="借款申请")
    editor = clerk.ask()
    assert "can't be deleted here" in editor.strip.note.text()
    assert editor.strip.make.hasFocus()
    QTest.keyClick(editor.strip.make, Qt.Key.Key_Return)
    clerk.desk.wait_until(lambda: bool(clerk.got))
    (made,) = clerk.got
    assert made is not None
    assert (made.name, [field.name for field in made.fields]) == ("借款申请", list(FIELDS))
    assert not clerk.desk.editor.is_open


def test_once_more_uploads_nothing_and_gives_the_same_template(clerk: Clerk) -> None:
    made, count = clerk.ask_and_make(), clerk.creations
    clerk.desk.messages.clear("templates")
    clerk.desk.editor.open_document(clerk.document, clerk.got.append)
    clerk.desk.wait_until(lambda: len(clerk.got) == 2)
    assert (clerk.got, clerk.desk.editor.is_open, clerk.creations) == ([made, made], False, count)
    assert any("is now a template on the platform" in row.title for row in clerk.desk.messages.rows)


def test_leaving_the_editor_sends_nothing_and_is_told(clerk: Clerk) -> None:
    count = clerk.creations
    editor = clerk.ask()
    QTest.mouseClick(editor.strip.leave, LEFT)
    clerk.desk.wait_until(lambda: bool(clerk.got))
    assert (clerk.got, clerk.desk.editor.is_open, clerk.creations) == ([None], False, count)


@pytest.mark.parametrize("is_gone", [False, True], ids=["changed", "gone"])
def test_a_file_that_is_no_longer_the_documents_is_not_opened(clerk: Clerk, is_gone: bool) -> None:
    clerk.desk.library.desk.documents.complete(clerk.document)
    if is_gone:
        clerk.path.unlink()
    else:
        write_form(clerk.path, FIELDS, mark="another")
    clerk.desk.editor.open_document(clerk.document, clerk.got.append)
    clerk.desk.wait_until(lambda: clerk.got == [None])
    assert not clerk.desk.editor.is_open
    assert len(clerk.desk.messages.rows) == 1


def test_a_file_that_changes_while_the_editor_is_open_is_not_sent(clerk: Clerk) -> None:
    editor, count = clerk.ask(), clerk.creations
    clerk.path.write_bytes(clerk.path.read_bytes() + b"\n% changed")
    clerk.make(editor)
    clerk.desk.wait_until(lambda: not editor.is_busy)
    assert editor.strip.status.text()
    assert (clerk.got, clerk.creations) == ([], count)


def test_a_refusal_is_told_in_the_editor_and_it_can_be_tried_again(clerk: Clerk) -> None:
    clerk.desk.library.platform.set_faults({"path": CREATE, "fault": "err_code", "err_code": 77, "msg": "模板数量已满"})
    editor = clerk.ask()
    clerk.make(editor)
    clerk.desk.wait_until(lambda: "模板数量已满" in editor.strip.status.text())
    assert (clerk.got, clerk.desk.library.service.list()) == ([], ())
    clerk.desk.library.platform.set_faults()
    clerk.make(editor)
    clerk.desk.wait_until(lambda: bool(clerk.got))


def test_a_lost_answer_is_told_when_the_form_is_opened_again(clerk: Clerk) -> None:
    clerk.desk.library.platform.set_faults({"path": CREATE, "fault": "drop_reply"})
    editor = clerk.ask()
    clerk.make(editor)
    clerk.desk.wait_until(lambda: not editor.is_busy)
    QTest.mouseClick(editor.strip.leave, LEFT)
    clerk.desk.wait_until(lambda: clerk.got == [None])
    clerk.desk.library.platform.set_faults()
    again = clerk.ask()
    assert again.strip.make.text() == "Create again"
    assert "an earlier answer was lost" in again.strip.status.text()
    assert "no customer sees it" in again.strip.status.text()
    clerk.make(again)
    clerk.desk.wait_until(lambda: len(clerk.got) == 2)
    assert clerk.got[1] is not None


def test_stop_ends_the_upload_and_the_editor_stays(clerk: Clerk) -> None:
    clerk.desk.library.platform.set_faults({"path": "/file/uploadurl", "fault": "hang", "seconds": 8.0})
    editor = clerk.ask()
    clerk.make(editor)
    clerk.desk.wait_until(editor.strip.stop.isVisible)
    QTest.mouseClick(editor.strip.stop, LEFT)
    clerk.desk.wait_until(lambda: not editor.is_busy)
    assert (editor.strip.status.text(), clerk.got, clerk.desk.library.service.list()) == ("", [], ())


def test_a_pdf_without_a_form_can_be_drawn_on(clerk: Clerk, tmp_path: Path) -> None:
    make_pdf(tmp_path / "plain.pdf")
    clerk.document = clerk.desk.library.desk.documents.open(tmp_path / "plain.pdf")
    editor = clerk.ask()
    assert not editor.strip.make.isEnabled()
    assert clerk.desk.view.hasFocus()


def test_what_becomes_of_filled_and_other_fields_is_told_before(clerk: Clerk) -> None:
    editor = clerk.ask()
    editor.strip.begin("a", (PdfFormField("a", FieldKind.TEXT, is_filled=True), PdfFormField("b", FieldKind.CHECK)))
    assert "1 field is already filled in" in editor.strip.note.text()
    assert "Only text fields are filled in" in editor.strip.note.text()
