"""While a template is edited, it stands in Prepare in place of the contract, which comes back unchanged."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from esign_desktop.domain.contract import edits
from esign_desktop.domain.templates import TemplateDraft, ValueKind
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.prepare.tools.state import ToolName
from tests.drafts import make_person_signer
from tests.pdf.builder import Page, build
from tests.services.desk import make_pdf
from tests.services.template_files import write_form

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from esign_desktop.domain.contract.draft import ContractDraft
    from tests.ui.templates.conftest import TemplatesDesk

LEFT = Qt.MouseButton.LeftButton
CREATE = "/template/createbyfilekey"


@pytest.fixture
def contract(desk: TemplatesDesk, tmp_path: Path) -> ContractDraft:
    """A contract with a document and a signer, in whose place the fields of another PDF are drawn."""
    make_pdf(tmp_path / "contract.pdf")
    document = desk.library.desk.documents.open(tmp_path / "contract.pdf")
    desk.session.apply(EditName.ADD_DOCUMENTS, partial(edits.add_documents, documents=(document,)))
    desk.session.apply(EditName.ADD_SIGNER, partial(edits.add_signer, signer=make_person_signer()))
    desk.settle()
    contract = desk.session.draft
    make_pdf(tmp_path / "plain.pdf", pages=3, mark="fields")
    desk.open(tmp_path / "plain.pdf")
    return contract


def test_fields_are_added_at_the_blanks_of_the_pages(desk: TemplatesDesk, tmp_path: Path) -> None:
    first = Page().write("借款人：________　身份证号码：____________", 72, 700)
    second = Page().write("金额：____________元", 72, 700)
    (tmp_path / "form.pdf").write_bytes(build(first, second))
    desk.open(tmp_path / "form.pdf")
    hints: list[str] = []
    desk.editor.controller.hint_given.connect(hints.append)
    panel = desk.editor.panel
    QTest.mouseClick(panel.blanks, LEFT)
    desk.wait_until(lambda: bool(desk.fields))
    found = [(one.name, one.kind, one.page_number) for one in desk.fields]
    assert found == [
        ("借款人", ValueKind.TEXT, 1),
        ("身份证号码", ValueKind.ID_NUMBER, 1),
        ("金额", ValueKind.AMOUNT, 2),
    ]
    assert desk.editor.controller.chosen == {0, 1, 2}
    assert desk.editor.controller.faults == {}
    QTest.mouseClick(panel.blanks, LEFT)
    desk.wait_until(lambda: len(hints) == 2)
    assert hints == [
        "Fields were added at 3 blanks. Check their names and kinds.",
        "No blanks without a field were found.",
    ]
    desk.session.undo()
    assert desk.fields == ()


def test_a_file_whose_blanks_cannot_be_read_is_told(desk: TemplatesDesk, contract: ContractDraft) -> None:
    hints: list[str] = []
    desk.editor.controller.hint_given.connect(hints.append)
    desk.library.desk.documents.close(desk.editor.controller.document_id)
    desk.editor.controller.blanks_wanted.emit()
    desk.wait_until(lambda: bool(hints))
    assert desk.fields == ()
    assert hints != ["No blanks without a field were found."]


def test_the_contract_is_open_again_after_the_template_was_left(desk: TemplatesDesk, contract: ContractDraft) -> None:
    assert isinstance(desk.session.draft, TemplateDraft)
    assert not desk.prepare.signers.isVisible()
    assert not desk.prepare.documents.isVisible()
    QTest.mouseClick(desk.editor.strip.leave, LEFT)
    desk.wait_until(desk.is_back)
    desk.window.setCurrentWidget(desk.prepare)
    assert (desk.session.draft.id, desk.session.draft.signers) == (contract.id, contract.signers)
    assert desk.prepare.signers.isVisible()
    assert desk.prepare.documents.isVisible()
    assert not desk.editor.strip.isVisible()
    assert not desk.editor.panel.isVisible()
    # Its own changes can still be undone.
    desk.session.undo()
    assert desk.session.draft.signers == ()
    desk.session.undo()
    assert desk.session.draft.is_empty
    desk.session.redo()
    desk.settle()
    assert desk.session.draft.documents == contract.documents


def test_the_contract_is_open_again_after_the_template_was_created(
    desk: TemplatesDesk, contract: ContractDraft
) -> None:
    desk.messages.enter("prepare")
    desk.strike(Qt.Key.Key_T)
    desk.click(100, 500)
    QTest.mouseClick(desk.editor.strip.make, LEFT)
    desk.wait_until(desk.is_back)
    desk.settle()
    assert desk.session.draft.id == contract.id
    assert desk.room.grid.count() == 1
    desk.messages.enter("presets")
    assert [row.title for row in desk.messages.rows] == ["“plain” is now a template on the platform."]


def test_the_fields_are_never_a_draft(desk: TemplatesDesk, contract: ContractDraft) -> None:
    desk.strike(Qt.Key.Key_T)
    desk.click(100, 500)
    desk.qtbot.wait(700)
    desk.settle()
    assert [one.id for one in desk.library.desk.drafts.list()] == [contract.id]


@pytest.mark.parametrize(
    "add",
    [
        lambda desk, path: desk.prepare.open_files([path]),
        lambda desk, _path: desk.contract.choose_files(),
        lambda desk, _path: desk.contract.choose_template(),
    ],
    ids=["file", "files", "template"],
)
def test_nothing_is_added_to_a_template_as_to_a_contract(
    desk: TemplatesDesk, contract: ContractDraft, tmp_path: Path, add: Callable[[TemplatesDesk, Path], None]
) -> None:
    del contract
    draft = desk.session.draft
    add(desk, write_form(tmp_path / "other.pdf", ["a"]))
    desk.settle()
    assert desk.session.draft == draft
    assert [row.title for row in desk.messages.rows] == ["The fields of a template are being edited."]


def test_the_tools_for_seals_and_the_finished_look_do_not_apply(desk: TemplatesDesk, contract: ContractDraft) -> None:
    del contract
    state = desk.prepare.state
    for tool in (ToolName.SEAL, ToolName.KEYWORD, ToolName.CROSS_PAGE):
        state.set_tool(tool)
        assert state.tool is ToolName.SELECT
    desk.prepare.toggle_finished()
    assert not state.is_finished
    state.draw_fields(ValueKind.DATE)
    chosen = [state.tool]
    QTest.mouseClick(desk.editor.strip.leave, LEFT)
    desk.wait_until(desk.is_back)
    chosen.append(state.tool)
    state.draw_fields(ValueKind.DATE)
    assert [*chosen, state.tool] == [ToolName.FIELD, ToolName.SELECT, ToolName.SELECT]


def test_undo_takes_back_one_drag_and_never_the_contract(desk: TemplatesDesk, contract: ContractDraft) -> None:
    desk.strike(Qt.Key.Key_T)
    desk.drag((100, 700), (260, 680))
    desk.name("a")
    before = desk.rects()
    for end in ((230, 640), (300, 500)):
        desk.drag((180, 690) if desk.rects() == before else (230, 640), end, Qt.KeyboardModifier.AltModifier)
    assert desk.rects() != before
    desk.session.undo()
    desk.session.undo()
    assert desk.rects() == before
    while desk.session.undo_name is not None:
        desk.session.undo()
    assert desk.fields == ()
    assert desk.session.draft.id != contract.id


def test_leaving_while_the_template_is_uploaded_is_asked_about_and_cancels_it(
    desk: TemplatesDesk, contract: ContractDraft
) -> None:
    desk.strike(Qt.Key.Key_T)
    desk.click(100, 500)
    count = desk.library.platform.requests(CREATE)
    desk.library.platform.set_faults({"path": "/file/uploadurl", "fault": "hang", "seconds": 8.0})
    QTest.mouseClick(desk.editor.strip.make, LEFT)
    assert desk.presets.is_busy
    desk.contract.new_contract()
    (row,) = desk.messages.rows
    assert row.title == "Not saved: template “plain”"
    row.press()
    desk.wait_until(lambda: not desk.editor.is_open)
    desk.wait_until(lambda: not desk.presets.is_busy)
    assert desk.library.platform.requests(CREATE) == count
    assert desk.library.service.list() == ()
    assert contract.id in [one.id for one in desk.library.desk.drafts.list()]
    assert desk.prepare.canvas.isEnabled()
