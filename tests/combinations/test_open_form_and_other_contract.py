"""A form that is open in Prepare, with each way to another contract: it stays with its own or is asked about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import partial
from typing import TYPE_CHECKING, Final

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton

from esign_desktop.domain.contract import edits
from esign_desktop.domain.contract.draft import ContractDraft
from esign_desktop.domain.contract.problems import OptionsSubject, PlacementSubject, Problem, Severity
from esign_desktop.domain.geometry import PagePoint
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.placement import CoordinatePlacement, KeywordPlacement, new_placement_id
from esign_desktop.domain.signer import PersonSigner, display_name
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.prepare.documents.from_template import TemplateList
from esign_desktop.ui.prepare.properties.panel import PropertiesPanel
from esign_desktop.ui.prepare.tools.state import ToolName
from esign_desktop.ui.shell.rail import RoomName
from esign_desktop.ui.widgets.actions import ActionName
from tests.drafts import make_person, make_person_signer
from tests.tiers import daily
from tests.ui.made_pdfs import write_text_pdf
from tests.ui.typed_text import type_text

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from esign_desktop.app.main import Program
    from tests.app.conftest import Start

pytestmark = pytest.mark.qt_log_ignore(r"does not support (grabbing the keyboard|raise\(\))", extend=True)

WAIT_MS: Final = 20_000
LI: Final = replace(
    make_person_signer("李甲"), person=make_person("李甲", id_number="110101199003078515", mobile="13500000000")
)
TYPED: Final = "王小明"
KEYWORD: Final = "乙方"


class Desk:
    """The program with contract A, which has a document, a signer and a seal, and with an empty draft B."""

    def __init__(self, program: Program, qtbot: QtBot) -> None:
        assert program.workspace is not None
        self.program, self.qtbot = program, qtbot
        self.window, self.workspace = program.window, program.workspace
        self.session, self.prepare = self.workspace.session, self.workspace.prepare
        self.wait(lambda: bool(self.session.draft.documents and self.session.draft.documents[0].sha256))
        document = self.session.draft.documents[0]
        self.session.apply(EditName.ADD_SIGNER, partial(edits.add_signer, signer=LI))
        seal = CoordinatePlacement(
            new_placement_id(), LI.id, document.id, PageRanges.single(1), PagePoint(300, 400), 119.0
        )
        self.session.apply(EditName.PLACE_SEAL, partial(edits.place, placement=seal))
        self.prepare.proposals.leave()
        self.a = self.session.draft
        self.b = ContractDraft.new()
        options = replace(self.b.options, business_scene="B")
        self.workspace.services.drafts.keep(edits.set_options(self.b, options))

    def wait(self, is_so: Callable[[], object]) -> None:
        self.qtbot.waitUntil(lambda: bool(is_so()), timeout=WAIT_MS)

    def press(self, name: ActionName) -> None:
        self.window.actions_by_name[name].trigger()

    def restore(self) -> None:
        """Put contract A back in Prepare as it was first."""
        self.workspace.services.drafts.keep(self.a)
        self.prepare.uncover()
        self.workspace.draft_controller.autosave.drop()
        self.session.load(self.a)
        self.prepare.signers.discard_form()
        self.prepare.state.set_tool(ToolName.SELECT)
        self.window.show_room(RoomName.PREPARE)
        self.prepare.canvas.setFocus()
        self.settle()

    @property
    def question(self) -> str:
        return "\n".join(row.title for row in self.window.messages.rows if row.title.startswith("Not saved"))

    def settle(self) -> None:
        """Let everything that is under way come to its end."""
        self.workspace.tasks.wait_idle()
        self.qtbot.wait(1)

    def stored(self, *, is_closed: bool) -> ContractDraft:
        """Return contract A as it is stored, or as it stands where it is still open."""
        if self.session.draft.id == self.a.id and not is_closed:
            return self.session.draft
        return self.workspace.services.drafts.read(self.a.id)


def open_signer_form(desk: Desk) -> None:
    desk.press(ActionName.ADD_PERSON)
    type_text(desk.prepare.focusWidget(), TYPED)


def edit_signer_form(desk: Desk) -> None:
    desk.prepare.signers.edit(LI.id, "person.mobile")
    type_text(desk.prepare.focusWidget(), "9")


def rename_document(desk: Desk) -> None:
    card = desk.prepare.documents.card(desk.a.documents[0].id)
    assert card is not None
    card.edit()
    type_text(card.focusWidget(), TYPED)


def type_keyword(desk: Desk) -> None:
    desk.prepare.state.set_tool(ToolName.KEYWORD)
    bar = desk.prepare.canvas.keyword_bar
    type_text(bar.focusWidget(), KEYWORD)
    desk.wait(lambda: bar.finding.is_complete and bar.finding.hit_count == 1)


def type_title(desk: Desk) -> None:
    desk.prepare.problems_bar.problem_activated.emit(Problem("title", Severity.HINT, OptionsSubject("business_scene")))
    type_text(desk.prepare.focusWidget(), TYPED)


def type_pages_of_seal(desk: Desk) -> None:
    (seal,) = desk.session.draft.placements
    desk.prepare.canvas.show_placement(seal.id, 1)
    desk.prepare.problems_bar.problem_activated.emit(Problem("seal", Severity.HINT, PlacementSubject(seal.id, 1)))
    (panel,) = desk.prepare.findChildren(PropertiesPanel)
    line = next(one for one in panel.findChildren(QLineEdit) if one.isVisible() and one.text() == "1")
    line.setFocus()
    line.selectAll()
    type_text(line, "1-2")
    # A popup closes at the first press elsewhere.
    panel.window().close()


def has_pages(draft: ContractDraft) -> bool:
    return any(str(getattr(place, "pages", "")) == "1-2" for place in draft.placements)


class Outcome(Enum):
    """What becomes of the form and of what stands in it."""

    ASKED = auto()
    """The program asks before it leaves the contract; what is discarded is in no contract."""
    KEPT = auto()
    """What was typed is in its own contract, and in no other."""
    CLOSED = auto()
    """Nothing of the contract stood in it; it is closed, and does nothing in the other contract."""
    OPEN = auto()
    """The contract is not left, and the form stands there as it was."""


@dataclass(frozen=True)
class OpenForm:
    """``is_in`` answers whether what was typed, or what the form would do, is in a contract."""

    open: Callable[[Desk], None]
    is_in: Callable[[ContractDraft], bool]
    outcomes: dict[str, Outcome]


def new_contract(desk: Desk) -> None:
    desk.press(ActionName.NEW)


def another_draft(desk: Desk) -> None:
    desk.workspace.contract.open_draft(desk.b.id)


def template_from_another_room(desk: Desk) -> None:
    desk.window.show_room(RoomName.TRACK)
    for _ in range(2):
        desk.press(ActionName.FROM_TEMPLATE)
    desk.wait(lambda: desk.prepare.findChildren(TemplateList))
    desk.settle()
    assert desk.window.room is RoomName.PREPARE
    (chooser,) = desk.prepare.findChildren(TemplateList)
    chooser.close()


def contact_from_another_room(desk: Desk) -> None:
    desk.window.show_room(RoomName.CONTACTS)
    desk.workspace.contract.begin_with(make_person_signer("张三"))


def send(desk: Desk) -> None:
    desk.press(ActionName.SEND)


def close(desk: Desk) -> None:
    desk.window.close()


WAYS: Final = {
    "new contract": new_contract,
    "another draft": another_draft,
    "a contact's contract": contact_from_another_room,
    "a template from Track": template_from_another_room,
    "send": send,
    "close": close,
}
LEAVING: Final = ("new contract", "another draft", "a contact's contract")


def outcomes(leaving: Outcome, **others: Outcome) -> dict[str, Outcome]:
    found = dict.fromkeys(LEAVING, leaving) | {"a template from Track": Outcome.OPEN}
    return found | {name.replace("_", " "): outcome for name, outcome in others.items()}


ASKED, KEPT, CLOSED, OPEN = Outcome
FORMS: Final = {
    "a new signer": OpenForm(
        open_signer_form,
        lambda draft: TYPED in map(display_name, draft.signers),
        outcomes(ASKED, send=ASKED, close=ASKED),
    ),
    "a changed signer": OpenForm(
        edit_signer_form,
        lambda draft: any("9" in signer.person.mobile for signer in draft.signers if isinstance(signer, PersonSigner)),
        outcomes(ASKED, send=ASKED, close=ASKED),
    ),
    "a document's name": OpenForm(
        rename_document,
        lambda draft: TYPED in [document.name for document in draft.documents],
        outcomes(KEPT, send=KEPT, close=KEPT),
    ),
    "a keyword": OpenForm(
        type_keyword,
        lambda draft: any(isinstance(place, KeywordPlacement) for place in draft.placements),
        outcomes(CLOSED, send=CLOSED, close=CLOSED),
    ),
    "the title": OpenForm(type_title, lambda draft: TYPED in draft.title, outcomes(KEPT, send=KEPT, close=KEPT)),
    "the pages of a seal": OpenForm(type_pages_of_seal, has_pages, outcomes(KEPT, send=KEPT, close=KEPT)),
}


@pytest.fixture
def desk(start: Start, qtbot: QtBot, tmp_path: Path) -> Desk:
    return Desk(start(write_text_pdf(tmp_path / "A.pdf", [["甲方", KEYWORD], ["第二页"]])), qtbot)


def leave(desk: Desk, form: OpenForm, way: str) -> None:
    outcome = form.outcomes[way]
    WAYS[way](desk)
    desk.settle()
    if outcome is ASKED:
        assert desk.question, way
        assert desk.session.draft.id == desk.a.id
        next(row for row in desk.window.messages.rows if row.title == desk.question).press()
        desk.settle()
    assert not desk.question, way
    if way in LEAVING:
        desk.wait(lambda: desk.session.draft.id != desk.a.id)
        # Whatever still stands there is pressed and left.
        for button in desk.prepare.canvas.keyword_bar.findChildren(QPushButton):
            button.click()
        if isinstance(line := QApplication.focusWidget(), QLineEdit):
            QTest.keyClick(line, Qt.Key.Key_Return)
        desk.prepare.canvas.setFocus()
        desk.settle()
        assert not form.is_in(desk.session.draft), way
    if outcome is OPEN:
        assert desk.session.draft.id == desk.a.id
        assert len(desk.session.draft.documents) == len(desk.a.documents)
    else:
        assert form.is_in(desk.stored(is_closed=way == "close")) is (outcome is KEPT), way


@pytest.mark.parametrize("name", daily(["a new signer"], FORMS))
def test_a_form_stays_with_its_contract_or_is_asked_about(desk: Desk, name: str) -> None:
    form = FORMS[name]
    for way in WAYS:
        desk.restore()
        form.open(desk)
        leave(desk, form, way)


def test_a_kill_leaves_the_contract_as_it_was_saved(desk: Desk, start: Start, qtbot: QtBot) -> None:
    flushed: list[object] = []
    desk.workspace.draft_controller.autosave.flush(flushed.append)
    desk.wait(lambda: flushed)
    open_signer_form(desk)
    desk.program.stop()
    again = start()
    assert again.workspace is not None
    session, prepare = again.workspace.session, again.workspace.prepare
    qtbot.waitUntil(lambda: session.draft.id == desk.a.id, timeout=WAIT_MS)
    assert session.draft.signers == desk.a.signers
    assert not prepare.signers.is_form_shown
