from __future__ import annotations

import json
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QPushButton, QToolButton, QWidget

from esign_desktop.api.payload import preview_body
from esign_desktop.domain.added_pages import AddedTable
from esign_desktop.domain.china_time import DAY_MS
from esign_desktop.domain.contract.problems import Problem, Severity, SignerSubject
from esign_desktop.domain.cost import TIERS
from esign_desktop.domain.document import TemplateFilling
from esign_desktop.domain.environment import EnvironmentKind, FreezeAt
from esign_desktop.domain.errors import StoreError
from esign_desktop.domain.options import AccountParty, SignerParty
from esign_desktop.domain.signer import display_name
from esign_desktop.services.flows.quota import QuotaService
from esign_desktop.services.sending.review import ContractReview, ReviewService
from esign_desktop.store.database.connection import Database
from esign_desktop.store.tables.flows import Flows
from esign_desktop.store.tables.settings import Settings
from esign_desktop.ui.send.review import ReviewSheet
from esign_desktop.ui.widgets.deliberate import moment_ms
from esign_desktop.ui.widgets.labels import PlainLabel
from tests.drafts import NOW_MS, make_document, make_draft, make_person, make_person_signer
from tests.ui.flow_samples import FakeEnvironments
from tests.ui.viewer.slow_renderer import SlowRenderer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.environment import Environment
    from esign_desktop.ui.tasks import TaskRunner

SOUND_NUMBER = "110101199003071233"
WARNING = Problem("placement.overlap", Severity.WARNING, params={"page": 2})
HINT = Problem("options.nobody_is_told", Severity.HINT)


class _Preferences:
    tier = TIERS[0]


class _Submission:
    def __init__(self) -> None:
        self.may_answer = threading.Event()
        self.may_answer.set()

    def preview(self, draft: ContractDraft, environment: Environment) -> str:
        self.may_answer.wait(5)
        body = preview_body(draft, environment.behaviour, NOW_MS)
        return json.dumps(body, ensure_ascii=False, indent=2)


def _draft(**changes: Any) -> ContractDraft:
    signer = make_person_signer(person=make_person(id_number=SOUND_NUMBER))
    return make_draft(signers=(signer,), **changes)


def _reviews(
    kind: EnvironmentKind = EnvironmentKind.TEST,
    submission: _Submission | None = None,
    quota: QuotaService | None = None,
    accounts: object = None,
) -> ReviewService:
    parts: tuple[Any, ...] = (FakeEnvironments(kind), _Preferences(), submission or _Submission())
    options: dict[str, Any] = {"quota": quota, "accounts": accounts}
    return ReviewService(*parts, **options, clock_ms=lambda: NOW_MS)


class _Accounts:
    """The accounts of the environment in use: one."""

    def record(self, _environment: Environment, account_id: str) -> object:
        return object() if account_id == "known here" else None

    def reaches(self, *_question: object) -> dict[str, object]:
        return {}


@pytest.fixture
def quota(tmp_path: Path) -> Iterator[QuotaService]:
    database = Database(tmp_path / "esign.db")
    database.open()
    yield QuotaService(Flows(database), Settings(database), clock_ms=lambda: NOW_MS)
    database.close()


class Shown:
    """A sheet on the screen, and what left it."""

    def __init__(self, sheet: ReviewSheet) -> None:
        self.sheet = sheet
        self.confirmed: list[ContractReview] = []
        self.dismissed: list[bool] = []
        sheet.send_confirmed.connect(self.confirmed.append)
        sheet.dismissed.connect(lambda: self.dismissed.append(True))

    @property
    def send(self) -> QPushButton:
        return cast("QPushButton", self.sheet.findChild(QPushButton))

    @property
    def body(self) -> str:
        return cast("QPlainTextEdit", self.sheet.findChild(QPlainTextEdit)).toPlainText()

    @property
    def texts(self) -> str:
        # Layouts show new widgets with the next turn of the event loop.
        QApplication.processEvents()
        return "\n".join(label.text() for label in self.sheet.findChildren(PlainLabel) if label.isVisible())

    def tool(self, name: str) -> QToolButton:
        return next(one for one in self.sheet.findChildren(QToolButton) if name in (one.text(), one.accessibleName()))


@pytest.fixture
def show(qtbot: QtBot, tasks: TaskRunner, speak: Callable[[str], None]) -> Callable[..., Shown]:
    speak("en")

    def make(
        draft: ContractDraft | None = None,
        problems: tuple[Problem, ...] = (),
        *,
        reviews: ReviewService | None = None,
        waits: bool = True,
    ) -> Shown:
        sheet = ReviewSheet(reviews or _reviews(), SlowRenderer(), tasks)
        qtbot.addWidget(sheet)
        sheet.resize(1100, 700)
        sheet.show()
        shown = Shown(sheet)
        sheet.show_draft(draft or _draft(), problems, {})
        if waits:
            qtbot.waitUntil(lambda: bool(shown.body))
        return shown

    return make


def test_the_exact_body_is_unfolded_below_the_plan_and_can_be_copied(show: Callable[..., Shown], qtbot: QtBot) -> None:
    shown = show()
    text = shown.sheet.findChildren(QPlainTextEdit)[0]
    assert not text.isVisible()
    qtbot.mouseClick(shown.tool("Request details"), Qt.MouseButton.LeftButton)
    assert text.isVisible()
    assert json.loads(shown.body)["autoInitiate"] == 0
    assert "张三" in shown.texts
    shown.tool("Copy").click()
    assert QGuiApplication.clipboard().text() == shown.body


def test_cost_and_deadline_are_told(show: Callable[..., Shown]) -> None:
    draft = _draft()
    two = replace(draft, documents=(*draft.documents, make_document("附件")))
    shown = show(two)
    assert "Reserves 2 contracts, about ¥10.00." in shown.texts
    assert "All signers must sign by 2027-02-14 16:00 China time" in shown.texts


@pytest.mark.parametrize(
    ("remaining", "days", "sentences"),
    [
        (1000, 31, ()),
        (500, 30, ("A quarter of your plan or less is left.", "Your plan ends within 30 days.")),
        (200, 15, ("A tenth of your plan or less is left.", "Your plan ends within 15 days.")),
        (
            1,
            40,
            ("this contract uses 2 from your plan, which has only 1 left. The platform will reject the contract.",),
        ),
        (0, 40, ("your plan is used up and the platform will reject this contract.",)),
        (1000, -1, ("Your plan has ended. The platform will reject this contract.",)),
    ],
)
def test_what_is_left_of_the_package_is_told_before_a_send(
    show: Callable[..., Shown], quota: QuotaService, remaining: int, days: int, sentences: tuple[str, ...]
) -> None:
    draft = _draft()
    two = replace(draft, documents=(*draft.documents, make_document("附件")))
    quota.enter(
        EnvironmentKind.TEST, total_count=2000, remaining_count=remaining, valid_until_ms=NOW_MS + days * DAY_MS
    )
    shown = show(two, reviews=_reviews(quota=quota))
    assert [one for one in sentences if one not in shown.texts] == []
    assert ("your plan" in shown.texts.lower()) is bool(sentences)
    # An estimate must not keep anybody from sending.
    assert shown.send.isEnabled()


def test_a_package_that_does_not_pay_is_not_warned_of(show: Callable[..., Shown], quota: QuotaService) -> None:
    quota.enter(EnvironmentKind.TEST, total_count=2000, remaining_count=0, valid_until_ms=NOW_MS - 1)
    draft = _draft()
    paid = replace(draft, options=replace(draft.options, payer=SignerParty(draft.signers[0].id)))
    texts = show(paid, reviews=_reviews(quota=quota)).texts
    assert "used up" not in texts
    assert "has ended" not in texts


def test_a_signer_who_pays_is_named_with_when_their_package_is_reserved(show: Callable[..., Shown]) -> None:
    draft = _draft()
    name = display_name(draft.signers[0])
    texts = show(replace(draft, options=replace(draft.options, payer=SignerParty(draft.signers[0].id)))).texts
    assert f"No contracts are reserved from your plan. {name} pays for 1 contract." in texts
    assert "reserved when the payer signs" in texts
    assert "Reserves" not in texts


@pytest.mark.parametrize(("account_id", "is_known"), [("known here", True), ("of another environment", False)])
def test_a_payer_from_contacts_is_one_whom_the_platform_knows_here(
    show: Callable[..., Shown], account_id: str, is_known: bool
) -> None:
    draft = _draft()
    party = AccountParty(account_id, "云禾银行")
    paid = replace(draft, options=replace(draft.options, payer=party, initiator=party))
    shown = show(paid, reviews=_reviews(accounts=_Accounts()))
    assert "云禾银行 pays for 1 contract." in shown.texts
    assert ("payer has no platform account in this environment" in shown.texts) is not is_known
    assert ("initiator has no platform account in this environment" in shown.texts) is not is_known
    assert shown.send.isEnabled() is is_known


def test_what_the_forms_are_filled_with_is_shown(show: Callable[..., Shown]) -> None:
    filling = TemplateFilling("template", (("借款金额", "1,234.50"), ("身份证号", "110101199001011237")))
    draft = _draft()
    form = make_document("借款合同", template=filling)
    texts = show(replace(draft, documents=(*draft.documents, form))).texts
    assert "借款合同, field values: 借款金额 “1,234.50”, 身份证号 “****1237”" in texts
    assert "110101199001011237" not in texts


def test_tables_that_are_added_are_told(show: Callable[..., Shown]) -> None:
    filling = TemplateFilling("template", blocks=(AddedTable((("苹果", "12"),)),), added_pages=1)
    draft = _draft()
    texts = show(replace(draft, documents=(*draft.documents, make_document("借款合同", template=filling)))).texts
    assert "Pages after 借款合同: 1 (at most 10)" in texts


def test_what_is_confirmed_is_what_was_read(show: Callable[..., Shown], qtbot: QtBot) -> None:
    draft = _draft()
    shown = show(draft)
    qtbot.mouseClick(shown.send, Qt.MouseButton.LeftButton)
    (review,) = shown.confirmed
    assert review.draft is draft
    assert review.environment.kind is EnvironmentKind.TEST


def test_a_second_press_is_not_a_second_contract(show: Callable[..., Shown], qtbot: QtBot) -> None:
    shown = show()
    for _ in range(2):
        qtbot.mouseClick(shown.send, Qt.MouseButton.LeftButton)
        qtbot.keyClick(shown.sheet, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert len(shown.confirmed) == 1


def test_nothing_can_be_sent_before_the_review_is_complete(show: Callable[..., Shown], qtbot: QtBot) -> None:
    submission = _Submission()
    submission.may_answer.clear()
    shown = show(reviews=_reviews(submission=submission), waits=False)
    qtbot.keyClick(shown.sheet, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert not shown.send.isEnabled()
    submission.may_answer.set()
    qtbot.waitUntil(shown.send.isEnabled)
    assert not shown.confirmed


def test_control_enter_confirms_from_anywhere_on_the_sheet(show: Callable[..., Shown], qtbot: QtBot) -> None:
    shown = show()
    text = shown.sheet.findChild(QPlainTextEdit)
    qtbot.keyClick(text, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert len(shown.confirmed) == 1


def test_control_enter_confirms_though_the_room_around_uses_it_too(
    qtbot: QtBot, tasks: TaskRunner, speak: Callable[[str], None]
) -> None:
    speak("en")
    room = QWidget()
    qtbot.addWidget(room)
    reviewed: list[bool] = []
    shortcut = QShortcut(QKeySequence("Ctrl+Return"), room)
    shortcut.activated.connect(lambda: reviewed.append(True))
    sheet = ReviewSheet(_reviews(), SlowRenderer(), tasks, room)
    shown = Shown(sheet)
    with qtbot.waitActive(room):
        room.show()
        room.activateWindow()
    sheet.show_draft(_draft(), (), {})
    qtbot.waitUntil(shown.send.isEnabled)
    qtbot.keyClick(shown.send, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert len(shown.confirmed) == 1
    assert reviewed == []


def test_enter_confirms_on_the_button(show: Callable[..., Shown], qtbot: QtBot) -> None:
    shown = show()
    shown.send.setFocus()
    qtbot.keyClick(shown.send, Qt.Key.Key_Return)
    assert len(shown.confirmed) == 1


@pytest.mark.parametrize("modifier", [Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier])
def test_a_key_that_is_held_down_does_not_send(show: Callable[..., Shown], modifier: Qt.KeyboardModifier) -> None:
    shown = show()
    shown.send.setFocus()
    held = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, modifier, "", autorep=True)
    QApplication.sendEvent(shown.send, held)
    assert not shown.confirmed


def test_escape_and_the_button_go_back(show: Callable[..., Shown], qtbot: QtBot) -> None:
    shown = show()
    qtbot.keyClick(shown.sheet, Qt.Key.Key_Escape)
    shown.tool("Back").click()
    assert shown.dismissed == [True, True]
    assert not shown.confirmed


def test_a_blocking_problem_keeps_the_button_shut(show: Callable[..., Shown]) -> None:
    shown = show(problems=(Problem("contract.no_signers", Severity.BLOCKING),))
    assert not shown.send.isEnabled()


def test_a_number_that_cannot_be_right_is_found_here_at_the_latest(show: Callable[..., Shown]) -> None:
    shown = show(make_draft())
    assert "Signer 1: the ID number is invalid" in shown.texts
    assert not shown.send.isEnabled()


def test_warnings_are_read_at_once_and_hints_when_unfolded(show: Callable[..., Shown], qtbot: QtBot) -> None:
    shown = show(problems=(HINT, WARNING))
    assert "Two seals overlap on page 2." in shown.texts
    assert "The platform notifies no one" not in shown.texts
    qtbot.mouseClick(shown.tool("1 hint"), Qt.MouseButton.LeftButton)
    assert "The platform notifies no one" in shown.texts
    assert shown.send.isEnabled()


def test_a_problem_leads_to_its_place(show: Callable[..., Shown], qtbot: QtBot) -> None:
    subject = SignerSubject(make_person_signer().id)
    problem = Problem("signer.no_mobile", Severity.WARNING, subject, {"number": 1})
    shown = show(problems=(problem,))
    went: list[Problem] = []
    shown.sheet.problem_activated.connect(went.append)
    qtbot.mouseClick(shown.tool("Show"), Qt.MouseButton.LeftButton)
    assert went == [problem]


@pytest.mark.parametrize("kind", EnvironmentKind)
def test_only_what_binds_is_red(show: Callable[..., Shown], kind: EnvironmentKind) -> None:
    shown = show(reviews=_reviews(kind))
    is_binding = kind in {EnvironmentKind.PRODUCTION, EnvironmentKind.OWN}
    colour = shown.send.grab().toImage().pixelColor(4, shown.send.height() // 2)
    assert (shown.send.text() == "Send now — with legal effect") is is_binding
    assert ("background" in shown.send.styleSheet()) is is_binding
    assert colour.isValid()
    # The status bar of the window names the environment.
    assert "legally binding" not in shown.texts


def test_everything_is_said_in_chinese(show: Callable[..., Shown], speak: Callable[[str], None]) -> None:
    speak("zh_CN")
    shown = show(problems=(WARNING,))
    assert shown.send.text() == "立即发起"
    for sentence in ("第 2 页有两枚印章重叠。", "将冻结 1 份合同", "所有人须在北京时间", "短信通知"):
        assert sentence in shown.texts


def test_a_review_that_fails_returns_with_the_reason(
    qtbot: QtBot, tasks: TaskRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    reviews = _reviews()
    monkeypatch.setattr(reviews, "review", _raise_damaged)
    sheet = ReviewSheet(reviews, SlowRenderer(), tasks)
    qtbot.addWidget(sheet)
    with qtbot.waitSignals([sheet.failed, sheet.dismissed]):
        sheet.show_draft(_draft(), (), {})


def _raise_damaged(_draft: ContractDraft) -> None:
    raise StoreError("store.damaged")


def test_a_review_of_a_draft_that_was_left_meanwhile_is_dropped(show: Callable[..., Shown], qtbot: QtBot) -> None:
    submission = _Submission()
    submission.may_answer.clear()
    shown = show(reviews=_reviews(submission=submission), waits=False)
    other = replace(_draft(), is_ordered=False)
    shown.sheet.show_draft(other, (), {})
    submission.may_answer.set()
    qtbot.waitUntil(shown.send.isEnabled)
    qtbot.mouseClick(shown.send, Qt.MouseButton.LeftButton)
    assert shown.confirmed[0].draft is other


def test_markup_in_a_title_is_shown_as_it_is(show: Callable[..., Shown]) -> None:
    document = make_document("<img src=/etc/hostname><b>合同</b>")
    shown = show(_draft(documents=(document,), placements=()))
    labels = [label for label in shown.sheet.findChildren(PlainLabel) if "<b>合同</b>" in label.text()]
    assert labels
    assert all(label.textFormat() is Qt.TextFormat.PlainText for label in labels)


def test_everything_that_can_be_pressed_has_a_name(show: Callable[..., Shown]) -> None:
    shown = show(problems=(WARNING, HINT))
    for widget in shown.sheet.findChildren(QWidget):
        if isinstance(widget, (QPushButton, QToolButton)) and widget.isVisible():
            assert widget.text() or widget.accessibleName()


@pytest.mark.parametrize("freeze_at", FreezeAt)
def test_preparing_only_is_confirmed_as_such_and_its_cost_is_told(
    show: Callable[..., Shown], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, freeze_at: FreezeAt
) -> None:
    reviews = _reviews()
    before = reviews.review

    def review(draft: ContractDraft) -> ContractReview:
        found = before(draft)
        behaviour = replace(found.environment.behaviour, freeze_at=freeze_at)
        return replace(found, environment=replace(found.environment, behaviour=behaviour))

    monkeypatch.setattr(reviews, "review", review)
    shown = show(reviews=reviews)
    told = {
        FreezeAt.START: "reserved as soon as you create this contract",
        FreezeAt.EXECUTE: "No contracts are reserved before that",
    }
    assert told[freeze_at] in shown.texts
    (prepare,) = [one for one in shown.sheet.findChildren(QPushButton) if "Create" in one.text()]
    qtbot.wait(moment_ms() + 50)
    qtbot.mouseClick(prepare, Qt.MouseButton.LeftButton)
    assert [one.is_for_later for one in shown.confirmed] == [True]
    assert not prepare.isEnabled()
    assert not shown.send.isEnabled()


def test_what_can_not_be_sent_can_not_be_prepared_either(show: Callable[..., Shown]) -> None:
    shown = show(problems=(Problem("contract.no_signers", Severity.BLOCKING),))
    (prepare,) = [one for one in shown.sheet.findChildren(QPushButton) if "Create" in one.text()]
    assert not prepare.isEnabled()


def test_the_last_sentence_is_below_the_buttons_where_there_is_too_little_space_beside_them(
    show: Callable[..., Shown], qtbot: QtBot
) -> None:
    sheet = show(reviews=_reviews(EnvironmentKind.PRODUCTION)).sheet
    sentence = next(one for one in sheet.findChildren(PlainLabel) if one.text().startswith("After sending"))

    def is_below() -> bool:
        return sentence.y() > sheet.send_button.geometry().bottom()

    def is_beside() -> bool:
        return not is_below()

    for width_px, is_placed in ((1290, is_beside), (620, is_below), (1290, is_beside)):
        sheet.resize(width_px, 420)
        qtbot.waitUntil(is_placed)
        assert sentence.height() >= sentence.heightForWidth(sentence.width())
        assert sentence.height() < 3 * sentence.fontMetrics().height()
