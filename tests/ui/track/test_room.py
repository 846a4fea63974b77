from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest
from PySide6.QtCore import QCoreApplication, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QFileDialog,
    QLineEdit,
    QListWidget,
    QMenu,
    QPushButton,
    QStackedWidget,
    QTableView,
    QToolTip,
    QWidget,
)

from esign_desktop.api.errors import Refused
from esign_desktop.domain.contract.draft import ContractDraft, DraftId
from esign_desktop.domain.environment import Environment, EnvironmentKind, FreezeAt, PlatformBehaviour
from esign_desktop.domain.errors import ApiError, InputError, PdfError
from esign_desktop.domain.flow import DocumentProgress, FlowId, FlowStatus, NoticeRemark
from esign_desktop.domain.signature import Integrity, SignatureFact
from esign_desktop.domain.submission import SubmissionId, SubmissionState
from esign_desktop.services.flows.corrections import Correction
from esign_desktop.services.flows.rows import FlowOrder
from esign_desktop.services.sending.values import SubmissionOutcome, SubmissionSummary
from esign_desktop.ui.send.progress import SendingPanel
from esign_desktop.ui.send.qr_card import QrWindow
from esign_desktop.ui.track.commands import FlowCommands
from esign_desktop.ui.track.details import DetailsPane
from esign_desktop.ui.track.list import FlowList
from esign_desktop.ui.track.revoke_sheet import RevokeSheet
from esign_desktop.ui.track.room import TrackRoom
from esign_desktop.ui.track.signed_file import SignedFileWindow
from esign_desktop.ui.track.table import FlowColumn, FlowTable
from esign_desktop.ui.widgets.deliberate import moment_ms
from esign_desktop.ui.widgets.environment_banner import ElsewhereQuestion
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.notice_bar import Messages
from tests.drafts import NOW_MS, make_organization_signer, make_person_signer
from tests.ui.flow_samples import DAY_MS, FakeEnvironments, FakeFlows, make_flow, make_held, make_signer, progress
from tests.ui.opened_urls import opened_urls
from tests.ui.typed_text import type_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from esign_desktop.domain.flow import FlowRecord
    from esign_desktop.services.sending.held import HeldSend
    from esign_desktop.ui.tasks import TaskRunner

pytestmark = pytest.mark.qt_log_ignore(r"does not support (grabbing the keyboard|raise\(\))", extend=True)
LEFT = Qt.MouseButton.LeftButton
LOAN = make_flow(name="loan", title="借款合同", sent_at_ms=NOW_MS + 1, steps=(progress(1, 2), progress(2, 0)))
LEASE = make_flow(name="lease", title="租赁合同", signers=(make_signer(1, "王五"),), steps=(progress(1, 0),))


class _Submission:
    def __init__(self) -> None:
        self.summaries: tuple[SubmissionSummary, ...] = ()
        self.outcome: SubmissionOutcome | None = None
        self.prepared = False
        self.started: list[SubmissionId] = []

    def unfinished(self) -> tuple[SubmissionSummary, ...]:
        return self.summaries

    def run(self, submission_id: SubmissionId, **_more: Any) -> SubmissionOutcome:
        return self.outcome or SubmissionOutcome(submission_id, SubmissionState.HELD)

    def held(self, submission_id: SubmissionId) -> HeldSend:
        return make_held(submission_id)

    def is_prepared(self, _submission_id: SubmissionId) -> bool:
        return self.prepared

    def start_signing(self, submission_id: SubmissionId) -> SubmissionOutcome:
        self.started.append(submission_id)
        return self.outcome or SubmissionOutcome(submission_id, SubmissionState.DONE)

    def cancel_before_execute(self, submission_id: SubmissionId) -> SubmissionOutcome:
        self.summaries = ()
        return SubmissionOutcome(submission_id, SubmissionState.CANCELLED)


class _Preferences:
    download_folder: Path | None = None
    track_columns: bytes | None = None

    def set_track_columns(self, state: bytes) -> None:
        self.track_columns = state


class _Corrections:
    def __init__(self) -> None:
        self.failure: Exception | None = None

    def begin(self, flow_id: FlowId) -> Correction:
        if self.failure is not None:
            raise self.failure
        return Correction(ContractDraft(DraftId(f"again {flow_id}")), None)


class _Signatures:
    def __init__(self) -> None:
        self.answer: tuple[SignatureFact, ...] | Exception = ()

    def check(self, _path: Path) -> tuple[SignatureFact, ...]:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


class _Documents:
    def open_quickly(self, _path: Path) -> Any:
        raise InputError("document.missing")

    def close(self, _document_id: object) -> None:
        """Nothing is open."""


class _Contacts:
    """Contacts of which some are the user's own organizations."""

    def __init__(self) -> None:
        self.ours: list[str] = []

    def search(self, *_query: Any) -> Any:
        return SimpleNamespace(contacts=[SimpleNamespace(name=name) for name in self.ours])


class _Services:
    def __init__(self, *records: FlowRecord) -> None:
        self.contacts = _Contacts()
        self.documents = _Documents()
        self.flows = FakeFlows(*records)
        self.environments = FakeEnvironments()
        self.submission = _Submission()
        self.preferences = _Preferences()
        self.corrections = _Corrections()
        self.signatures = _Signatures()


class Shown:
    def __init__(self, room: TrackRoom, services: _Services, messages: Messages) -> None:
        self.room = room
        self.services = services
        self.messages = messages

    @property
    def table(self) -> QTableView:
        return cast("QTableView", self.room.findChild(QTableView))

    @property
    def field(self) -> QLineEdit:
        return cast("QLineEdit", self.room.findChild(QLineEdit))

    @property
    def titles(self) -> list[str]:
        model = self.table.model()
        return [str(model.index(row, 0).data()) for row in range(model.rowCount())]

    @property
    def texts(self) -> str:
        QApplication.processEvents()
        return "\n".join(label.text() for label in self.room.findChildren(PlainLabel) if label.isVisible())

    def buttons(self, text: str) -> list[QAbstractButton]:
        QApplication.processEvents()
        found = self.room.findChildren(QAbstractButton)
        return [one for one in found if one.isVisible() and text in (one.text(), one.accessibleName())]

    def button(self, text: str) -> QAbstractButton:
        return self.buttons(text)[0]

    @property
    def chosen(self) -> str:
        """The id of the flow that is shown in full."""
        commands = self.room.findChild(FlowCommands)
        assert commands is not None
        return commands.chosen.flow_id if commands.chosen is not None else ""

    def menu(self) -> QMenu:
        """Open the menu with all commands."""
        button = cast("Any", self.button("More commands"))
        button.menu().popup(QPoint(0, 0))
        QApplication.processEvents()
        return cast("QMenu", button.menu())

    def choose(self, text: str) -> None:
        """Choose an entry of the menu with all commands by mouse."""
        menu = self.menu()
        action = next(one for one in menu.actions() if one.text() == text and one.isEnabled())
        QTest.mouseClick(menu, LEFT, pos=menu.actionGeometry(action).center())


@pytest.fixture
def show(qtbot: QtBot, tasks: TaskRunner, speak: Callable[[str], None]) -> Callable[..., Shown]:
    speak("en")

    def make(*records: FlowRecord, unfinished: tuple[SubmissionSummary, ...] = (), watch: Any = None) -> Shown:
        services = _Services(*records)
        services.submission.summaries = unfinished
        messages = Messages()
        qtbot.addWidget(messages)
        room = TrackRoom(cast("Any", services), tasks, messages, clock_ms=lambda: NOW_MS, watch=watch)
        qtbot.addWidget(room)
        room.resize(1200, 800)
        room.show()
        shown = Shown(room, services, messages)
        qtbot.waitUntil(lambda: len(shown.titles) == len(records) and tasks.wait_idle())
        empty = "No contracts have reached their signers yet" if unfinished else "No contracts sent yet"
        heading = QCoreApplication.translate("FlowList", empty)
        qtbot.waitUntil(lambda: bool(shown.chosen) if records else heading in shown.texts)
        return shown

    return make


def test_an_empty_room_says_what_to_do_and_offers_it(show: Callable[..., Shown], qtbot: QtBot) -> None:
    shown = show()
    assert "No contracts sent yet" in shown.texts
    with qtbot.waitSignal(shown.room.prepare_requested):
        qtbot.mouseClick(shown.button("Prepare contract"), LEFT)


class KnownEnvironment(QObject):
    """A watch that has had its first answer."""

    changed = Signal(object)

    def __init__(self, environment: Environment) -> None:
        super().__init__()
        self.environment = environment


@pytest.mark.parametrize(
    ("freeze_at", "words"),
    [(FreezeAt.START, "1 contract reserved"), (FreezeAt.EXECUTE, "1 contract, reserved when signers see it")],
)
def test_contract_that_nobody_sees_yet_is_frozen_where_start_freezes(
    show: Callable[..., Shown], freeze_at: FreezeAt, words: str
) -> None:
    draft = replace(LOAN, status=FlowStatus.DRAFT, detail=None)
    environment = Environment(draft.environment, "", behaviour=PlatformBehaviour(freeze_at=freeze_at))
    assert words in show(draft, watch=KnownEnvironment(environment)).texts


def test_the_latest_flow_is_shown_in_full(show: Callable[..., Shown]) -> None:
    shown = show(LEASE, LOAN)
    assert shown.titles == ["借款合同", "租赁合同"]
    for text in ("借款合同", "张三", "has signed", "has not signed yet", "1 contract reserved"):
        assert text in shown.texts
    assert shown.chosen == "loan"


def test_the_list_is_walked_by_keyboard(show: Callable[..., Shown], qtbot: QtBot) -> None:
    shown = show(LOAN, LEASE)
    shown.table.setFocus()
    qtbot.keyClick(shown.table, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: shown.chosen == "lease")


def test_what_the_platform_says_meanwhile_is_seen_at_once(show: Callable[..., Shown], qtbot: QtBot) -> None:
    shown = show(LOAN)
    shown.services.flows.answers = [replace(LOAN, status=FlowStatus.COMPLETED)]
    shown.room.hide()
    shown.room.show()
    qtbot.waitUntil(lambda: "All signers have signed" in shown.texts)
    qtbot.waitUntil(lambda: "1 contract used" in shown.texts)


def test_a_remark_is_shown_to_the_letter(show: Callable[..., Shown]) -> None:
    step = progress(1, 4, remark="<img src=/etc/hostname>价格不符")
    shown = show(make_flow(status=FlowStatus.TERMINATED, steps=(step,)))
    assert "张三 declined: <img src=/etc/hostname>价格不符" in shown.texts
    labels = [one for one in shown.room.findChildren(PlainLabel) if "<img" in one.text()]
    assert all(one.textFormat() is Qt.TextFormat.PlainText for one in labels)


def test_a_filter_and_a_kind_narrow_the_list(show: Callable[..., Shown], qtbot: QtBot) -> None:
    shown = show(LOAN, LEASE, make_flow(name="old", title="旧合同", status=FlowStatus.EXPIRED))
    qtbot.keyClicks(shown.field, "lease")
    qtbot.waitUntil(lambda: shown.titles == ["租赁合同"])
    shown.field.clear()
    qtbot.mouseClick(shown.button("Finished"), LEFT)
    qtbot.waitUntil(lambda: shown.titles == ["旧合同"])


def test_a_flow_that_is_asked_for_is_shown_even_if_the_filter_hides_it(
    show: Callable[..., Shown], qtbot: QtBot
) -> None:
    shown = show(LOAN, LEASE)
    shown.field.setText("借款")
    qtbot.waitUntil(lambda: shown.titles == ["借款合同"])
    shown.room.show_flow(LEASE.flow_id)
    qtbot.waitUntil(lambda: shown.chosen == "lease")


def test_refreshing_asks_the_platform(show: Callable[..., Shown], qtbot: QtBot) -> None:
    shown = show(LOAN)
    shown.services.flows.records[LOAN.flow_id] = replace(LOAN, status=FlowStatus.EXPIRED)
    with qtbot.waitActive(shown.room):
        shown.room.activateWindow()
    shown.table.setFocus()
    qtbot.keyClick(shown.table, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: "1 contract released" in shown.texts)
    assert "refresh loan" in shown.services.flows.calls


def test_revoking_takes_two_presses_in_place(
    show: Callable[..., Shown], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = show(LOAN)
    shown.choose("Revoke")
    assert "revoke loan" not in shown.services.flows.calls
    qtbot.mouseClick(shown.button("Press again to revoke for all signers"), LEFT)
    qtbot.waitUntil(lambda: "revoke loan" in shown.services.flows.calls)
    qtbot.waitUntil(lambda: bool(shown.messages.rows))
    assert shown.messages.rows[0].title == "“借款合同 – 张三” has been revoked."
    assert shown.buttons("Press again to revoke for all signers") == []


def test_a_revocation_that_fails_is_told(
    show: Callable[..., Shown], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = show(LOAN)
    shown.services.flows.failure = ApiError("flow.not_revoked")
    shown.choose("Revoke")
    qtbot.mouseClick(shown.button("Press again to revoke for all signers"), LEFT)
    qtbot.waitUntil(lambda: bool(shown.messages.rows))
    assert "unclear" in shown.messages.rows[0].title
    assert shown.button("Correct and send again").isEnabled()


def test_one_search_looks_for_a_party_and_a_time_and_for_what_is_due(show: Callable[..., Shown], qtbot: QtBot) -> None:
    old = make_flow(name="old", title="旧合同", sent_at_ms=NOW_MS - 8 * DAY_MS, deadline_ms=NOW_MS + 60_000)
    odd = make_flow(name="odd", title="存疑", sent_at_ms=NOW_MS - 2 * DAY_MS, status=FlowStatus.UNKNOWN, code=9)
    shown = show(LOAN, LEASE, old, odd)
    for text, titles in (
        ("李四 sent today", ["借款合同"]),
        ("In the last 7 days", ["借款合同", "租赁合同", "存疑"]),
        ("Due today", ["旧合同"]),
        ("unknown status", ["存疑"]),
        ("王五", ["租赁合同"]),
    ):
        shown.field.clear()
        type_text(shown.field, text)
        qtbot.waitUntil(partial(_has_titles, shown, titles))
    type_text(shown.field, "丁")
    qtbot.waitUntil(lambda: bool(shown.buttons("Show all contracts")))
    qtbot.mouseClick(shown.button("Show all contracts"), LEFT)
    qtbot.waitUntil(lambda: len(shown.titles) == 4)
    assert shown.field.text() == ""


def _has_titles(shown: Shown, titles: list[str]) -> bool:
    return shown.titles == titles


def test_what_the_search_understands_is_offered_in_the_menu(show: Callable[..., Shown], qtbot: QtBot) -> None:
    shown = show(LOAN, make_flow(name="old", title="旧合同", sent_at_ms=NOW_MS - 8 * DAY_MS))
    entries = {one.text(): one for one in cast("Any", shown.button("More")).menu().actions()}
    entries["In the last 7 days"].trigger()
    qtbot.waitUntil(lambda: shown.titles == ["借款合同"])
    assert shown.field.text() == "In the last 7 days"


def test_the_users_choice_and_search_win_over_a_flow_that_was_asked_for(
    show: Callable[..., Shown], qtbot: QtBot, tasks: TaskRunner
) -> None:
    shown = show(LOAN, LEASE)
    flows = shown.services.flows

    def ask_for(name: str) -> None:
        shown.room.show_flow(FlowId(name))
        assert tasks.wait_idle()
        qtbot.wait(50)

    ask_for("late")
    shown.table.setFocus()
    qtbot.keyClick(shown.table, Qt.Key.Key_Down)
    flows.records[FlowId("late")] = make_flow(name="late", title="迟到", sent_at_ms=NOW_MS - 1)
    shown.room.reload()
    qtbot.waitUntil(lambda: "迟到" in shown.titles)
    qtbot.waitUntil(lambda: shown.chosen == "lease")

    ask_for("later")
    qtbot.keyClicks(shown.field, "lease")
    qtbot.waitUntil(lambda: shown.titles == ["租赁合同"])
    flows.records[FlowId("later")] = make_flow(name="later", title="更迟", sent_at_ms=NOW_MS - 2)
    shown.room.reload()
    assert tasks.wait_idle()
    qtbot.wait(50)
    assert (shown.field.text(), shown.titles) == ("lease", ["租赁合同"])


def test_nobody_says_that_nothing_was_sent_under_a_send_that_is_held(show: Callable[..., Shown], qtbot: QtBot) -> None:
    shown = show(unfinished=(_summary(SubmissionState.HELD),))
    qtbot.waitUntil(lambda: "No contracts have reached their signers yet" in shown.texts)
    assert "No contracts sent" not in shown.texts


OURS = make_signer(1, "", account_id="")


@pytest.mark.parametrize(
    ("changes", "sentence", "button"),
    [
        ({}, "Waiting for 张三 to sign, due 02-14 16:00", "Show QR code"),
        ({"deadline_ms": NOW_MS + 60_000}, "Waiting for 张三 to sign, due today 16:01", "Show QR code"),
        ({"signers": (OURS, make_signer(2, "李四"))}, "Our seal is due, due 02-14 16:00", "Open in browser"),
        (
            {"steps": (progress(1, 5),), "deadline_ms": None},
            "The signature of 张三 awaits confirmation on the platform",
            "Refresh",
        ),
        ({"signers": (make_signer(1, urls=()),)}, "Waiting for 张三 to sign, due 02-14 16:00", "Refresh"),
        ({"status": FlowStatus.COMPLETED}, "All signers have signed; not downloaded yet", "Download signed files"),
        (
            {"status": FlowStatus.COMPLETED, "downloaded_to": ("/a/合同.pdf",)},
            "All signers have signed",
            "Open the signed file",
        ),
        ({"status": FlowStatus.DRAFT}, "No signer has seen the contract yet", "Refresh"),
        (
            {"status": FlowStatus.TERMINATED, "steps": (progress(1, 4, remark="金额不符"),)},
            "张三 declined: 金额不符",
            "Correct and send again",
        ),
        (
            {
                "status": FlowStatus.TERMINATED,
                "steps": (progress(1, 3),),
                "remarks": (NoticeRemark("account 1", "过期"),),
            },
            "张三 failed to sign: 过期",
            "Correct and send again",
        ),
        ({"status": FlowStatus.TERMINATED}, "Ended: declined or failed", "Correct and send again"),
        (
            {"status": FlowStatus.EXPIRED, "steps": (progress(1, 2),)},
            "Expired before 李四 signed",
            "Correct and send again",
        ),
        ({"status": FlowStatus.REVOKED}, "Revoked", "Correct and send again"),
        ({"status": FlowStatus.UNKNOWN, "code": 77, "deadline_ms": None}, "Unknown (77)", "Show QR code"),
    ],
)
def test_one_sentence_says_how_a_contract_stands_and_one_button_does_what_is_due(
    show: Callable[..., Shown], changes: dict[str, Any], sentence: str, button: str
) -> None:
    shown = show(make_flow(name="loan", **changes))
    assert sentence in shown.texts.splitlines()
    pane = shown.room.findChild(DetailsPane)
    assert pane is not None
    (first,) = [one for one in pane.findChildren(QPushButton) if one.isVisible() and one.objectName() == "primary"]
    assert first.text() == button


def test_signed_files_are_fetched_and_can_be_opened(show: Callable[..., Shown], qtbot: QtBot, tmp_path: Path) -> None:
    shown = show(LOAN)
    shown.services.preferences.download_folder = tmp_path
    shown.choose("Download signed files")
    qtbot.waitUntil(lambda: bool(shown.messages.rows))
    assert shown.messages.rows[0].title == "1 file downloaded."
    assert Path(shown.services.flows.records[LOAN.flow_id].downloaded_to[0]) == tmp_path / "合同.pdf"
    qtbot.mouseClick(shown.button("Open file: 合同.pdf"), LEFT)
    assert _looks_at_file(shown, qtbot)


@pytest.mark.parametrize(
    ("facts", "sentences"),
    [
        ((), ("This file has no digital signature.",)),
        (
            (
                SignatureFact("张三\u202e", "<b>CA</b>", NOW_MS, Integrity.ONLY_SIGNED, is_trusted=False),
                SignatureFact("李四", "CA", None, Integrity.UNCHANGED, is_trusted=True),
            ),
            (
                (
                    "The file is unchanged since signing, but the signers' certificates are from an "
                    "issuer this computer doesn't trust."
                ),
                "张三 signed on 2027-01-15 16:00",
                "Only other signatures were added since.",
                "Certified by <b>CA</b>, which this computer doesn't trust.",
                "李四 signed; date unknown",
                "No changes since this signature.",
                "Certified by CA, which this computer trusts.",
            ),
        ),
        (
            (SignatureFact("张三", "CA", NOW_MS, Integrity.UNCHANGED, is_trusted=True),),
            ("The file is unchanged since signing, and the signers' certificates are trusted.",),
        ),
        (
            (SignatureFact("张三", "CA", NOW_MS, Integrity.CHANGED, is_trusted=True),),
            ("Warning: this file has changed since it was signed.", "The file was changed after this signature."),
        ),
        (
            (SignatureFact("张三", "CA", NOW_MS, Integrity.BROKEN, is_trusted=True),),
            ("Warning: this file has changed since it was signed.", "The signature doesn't match the file."),
        ),
        (PdfError("pdf.signatures_unreadable"), ("The digital signatures in this file can't be read.",)),
    ],
)
def test_what_signatures_prove_is_said_in_plain_words(
    show: Callable[..., Shown], qtbot: QtBot, facts: Any, sentences: tuple[str, ...]
) -> None:
    shown = show(make_flow(status=FlowStatus.COMPLETED, downloaded_to=("/a/合同.pdf",)))
    shown.services.signatures.answer = facts
    qtbot.mouseClick(shown.button("Open the signed file"), LEFT)
    window = shown.room.findChild(SignedFileWindow)
    assert window is not None
    qtbot.waitUntil(lambda: all(sentence in _words(window) for sentence in sentences))
    with qtbot.waitSignal(window.destroyed):
        window.close()


def test_another_folder_can_be_chosen(show: Callable[..., Shown], qtbot: QtBot, tmp_path: Path) -> None:
    shown = show(LOAN)
    shown.choose("Download to another folder…")
    dialog = shown.room.findChild(QFileDialog)
    assert dialog is not None
    dialog.fileSelected.emit(str(tmp_path / "elsewhere"))
    dialog.close()
    qtbot.waitUntil(lambda: bool(shown.messages.rows))
    paths = shown.services.flows.records[LOAN.flow_id].downloaded_to
    assert [Path(one) for one in paths] == [tmp_path / "elsewhere" / "合同.pdf"]


def test_a_download_can_be_stopped(show: Callable[..., Shown], qtbot: QtBot, tasks: TaskRunner) -> None:
    shown = show(LOAN)
    shown.services.flows.may_go_on.clear()
    shown.choose("Download signed files")
    qtbot.mouseClick(shown.button("Stop"), LEFT)
    # The token is told in another lane; the download looks at it once it may go on.
    qtbot.waitUntil(shown.services.flows.was_cancelled)
    shown.services.flows.may_go_on.set()
    assert tasks.wait_idle()
    assert shown.services.flows.records[LOAN.flow_id].downloaded_to == ()
    assert shown.button("Show QR code").isEnabled()


def test_nothing_can_be_downloaded_before_a_seal_is_there(show: Callable[..., Shown]) -> None:
    menu = show(LEASE).menu()
    actions = {one.text(): one.isEnabled() for one in menu.actions()}
    menu.close()
    assert not actions["Download signed files"]
    assert not actions["Download to another folder…"]


def test_a_link_can_be_copied(show: Callable[..., Shown], qtbot: QtBot) -> None:
    shown = show(LOAN)
    qtbot.mouseClick(shown.button("Copy link: 李四"), LEFT)
    assert QGuiApplication.clipboard().text() == "https://sign.example.com/s/2"
    assert shown.buttons("Copy link: 张三") == []


@pytest.mark.parametrize(("step", "text"), [(2, "Show QR code"), (1, "QR code: 李四")])
def test_the_code_opens_in_a_window_of_its_own(show: Callable[..., Shown], qtbot: QtBot, step: int, text: str) -> None:
    steps = () if step == 1 else (progress(1, 2),)
    shown = show(make_flow(signers=(make_signer(1), make_signer(2, "李四", step=step)), steps=steps))
    qtbot.mouseClick(shown.button(text), LEFT)
    window = shown.room.findChild(QrWindow)
    assert window is not None
    assert window.card.link == "https://sign.example.com/s/2"
    with qtbot.waitSignal(window.destroyed):
        window.close()


def test_enter_opens_the_code_too(show: Callable[..., Shown], qtbot: QtBot) -> None:
    shown = show(LOAN)
    qtbot.keyClick(shown.table, Qt.Key.Key_Return)
    window = shown.room.findChild(QrWindow)
    assert window is not None
    with qtbot.waitSignal(window.destroyed):
        window.close()


HERE = make_flow(name="here", status=FlowStatus.COMPLETED, downloaded_to=("/a/合同.pdf",))
DONE = make_flow(name="done", status=FlowStatus.COMPLETED, steps=(progress(1, 2), progress(2, 2)))


def _looks_at_file(shown: Shown, qtbot: QtBot) -> bool:
    window = shown.room.findChild(SignedFileWindow)
    if window is None:
        return False
    with qtbot.waitSignal(window.destroyed):
        window.close()
    return True


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_O])
def test_enter_and_o_look_at_the_signed_file_of_a_finished_flow(
    show: Callable[..., Shown], qtbot: QtBot, key: Qt.Key
) -> None:
    shown = show(HERE)
    _press(shown, qtbot, key)
    assert _looks_at_file(shown, qtbot)


def test_a_double_click_looks_at_the_signed_file_too(show: Callable[..., Shown], qtbot: QtBot) -> None:
    shown = show(HERE)
    at = shown.table.visualRect(shown.table.model().index(0, 0)).center()
    qtbot.mouseClick(shown.table.viewport(), LEFT, pos=at)
    qtbot.mouseDClick(shown.table.viewport(), LEFT, pos=at)
    assert _looks_at_file(shown, qtbot)


def test_the_files_own_button_looks_at_it(show: Callable[..., Shown], qtbot: QtBot) -> None:
    shown = show(HERE)
    qtbot.mouseClick(shown.button("Open file: 合同.pdf"), LEFT)
    assert _looks_at_file(shown, qtbot)


def test_what_is_not_here_yet_is_offered_for_download(show: Callable[..., Shown], qtbot: QtBot, tmp_path: Path) -> None:
    shown = show(DONE)
    shown.services.preferences.download_folder = tmp_path
    _press(shown, qtbot, Qt.Key.Key_O)
    assert shown.messages.rows[0].title == "The signed files haven't been downloaded to this computer yet."
    (button,) = [one for one in shown.messages.findChildren(QAbstractButton) if one.text() == "Download"]
    button.click()
    qtbot.waitUntil(lambda: "download done" in shown.services.flows.calls)


def test_nothing_is_signed_in_what_was_revoked(show: Callable[..., Shown], qtbot: QtBot) -> None:
    shown = show(make_flow(status=FlowStatus.REVOKED))
    _press(shown, qtbot, Qt.Key.Key_O)
    assert shown.messages.rows[0].title == "There is no signed file."


OF_SIGNED_FILES = {"Download signed files", "Download to another folder…"} | {
    "Merge signed files…",
    "Print signed files…",
}


@pytest.mark.parametrize(
    ("record", "offered"),
    [
        (
            LOAN,
            {"Show QR code", "Copy link", "Revoke", "Correct and send again"}
            | {"Copy reminder", "Save reminders as a table…"}
            | OF_SIGNED_FILES,
        ),
        (HERE, {"Open the signed file"} | OF_SIGNED_FILES),
        (make_flow(name="no", status=FlowStatus.EXPIRED), {"Correct and send again"}),
        (
            make_flow(name="seal", signers=(OURS,)),
            {"Open in browser", "Show QR code", "Copy link"} | {"Revoke", "Correct and send again"},
        ),
    ],
)
def test_the_menu_offers_what_makes_sense_now(
    show: Callable[..., Shown], qtbot: QtBot, record: FlowRecord, offered: set[str]
) -> None:
    shown = show(record)
    shown.table.customContextMenuRequested.emit(shown.table.rect().center())
    menu = next(one for one in shown.room.findChildren(QMenu) if one.isVisible())
    actions = [one for one in menu.actions() if one.isEnabled() and not one.isSeparator()]
    assert {one.text().split("\t")[0] for one in actions} == offered | {
        "Refresh",
        "Download the original",
        "Copy technical details",
    } | {f"Delete {one.name}'s data…" for one in record.signers if one.name}
    next(one for one in actions if one.text().startswith("Refresh")).trigger()
    qtbot.waitUntil(lambda: f"refresh {record.flow_id}" in shown.services.flows.calls)
    menu.close()
    assert all(one.isEnabled() for one in shown.room.findChildren(QAction) if one.objectName())


def test_a_chosen_row_stays_chosen_when_the_order_changes(show: Callable[..., Shown], qtbot: QtBot) -> None:
    shown = show(LOAN, LEASE)
    shown.table.selectRow(1)
    qtbot.waitUntil(lambda: shown.chosen == "lease")
    shown.table.horizontalHeader().setSortIndicator(3, Qt.SortOrder.AscendingOrder)
    qtbot.waitUntil(lambda: shown.titles == ["租赁合同", "借款合同"])
    assert [index.row() for index in shown.table.selectionModel().selectedRows()] == [0]
    assert shown.chosen == "lease"


def test_nothing_that_matches_is_said_and_undone(show: Callable[..., Shown], qtbot: QtBot) -> None:
    shown = show(LOAN)
    shown.field.setText("没有")
    qtbot.waitUntil(lambda: "No matching contracts" in shown.texts)
    qtbot.mouseClick(shown.button("Show all contracts"), LEFT)
    qtbot.waitUntil(lambda: shown.titles == ["借款合同"])


def test_titles_can_be_read_in_a_narrow_list_and_widths_of_columns_come_back(
    show: Callable[..., Shown], qtbot: QtBot
) -> None:
    shown = show(LOAN)
    table, room = shown.table, shown.room
    room.resize(1500, 700)
    qtbot.waitUntil(lambda: table.columnWidth(FlowColumn.PROGRESS) == 250)
    qtbot.waitUntil(lambda: shown.services.preferences.track_columns is not None)
    kept = shown.services.preferences.track_columns
    for width in (900, 860):
        room.resize(width, 500)
        qtbot.waitUntil(lambda: table.columnWidth(FlowColumn.TITLE) >= 120)
        qtbot.waitUntil(lambda: not table.horizontalScrollBar().isVisible())
    assert shown.services.preferences.track_columns == kept
    room.resize(1500, 700)
    qtbot.waitUntil(lambda: table.columnWidth(FlowColumn.PROGRESS) == 250)


def test_columns_are_remembered(show: Callable[..., Shown], qtbot: QtBot) -> None:
    shown = show(LOAN)
    shown.table.setColumnWidth(1, 177)
    shown.table.horizontalHeader().setSortIndicator(0, Qt.SortOrder.AscendingOrder)
    qtbot.waitUntil(lambda: shown.services.preferences.track_columns is not None)
    table = FlowTable()
    qtbot.addWidget(table)
    table.take_columns(shown.services.preferences.track_columns)
    assert table.columnWidth(1) == 177
    assert table.order == (FlowOrder.TITLE, False)
    table.take_columns(b"nonsense")
    assert table.columnWidth(1) == 177


def _words(widget: QWidget) -> str:
    return " ".join(one.text() for one in widget.findChildren(PlainLabel) if one.isVisible())


def _press(shown: Shown, qtbot: QtBot, key: Qt.Key, modifier: Any = Qt.KeyboardModifier.NoModifier) -> None:
    with qtbot.waitActive(shown.room):
        shown.room.activateWindow()
    shown.table.setFocus()
    qtbot.keyClick(shown.table, key, modifier)


def test_r_asks_and_the_second_r_revokes(
    show: Callable[..., Shown], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = show(LOAN)
    _press(shown, qtbot, Qt.Key.Key_R)
    assert shown.buttons("Press again to revoke for all signers")
    assert "revoke loan" not in shown.services.flows.calls
    _press(shown, qtbot, Qt.Key.Key_R)
    qtbot.waitUntil(lambda: "revoke loan" in shown.services.flows.calls)


@pytest.mark.unhurried
def test_r_asks_where_it_is_seen_and_is_not_answered_by_a_key_that_is_held_down(
    show: Callable[..., Shown], qtbot: QtBot
) -> None:
    shown = show(LOAN)
    shown.room.resize(shown.room.width(), 240)
    pane = shown.room.findChild(DetailsPane)
    assert pane is not None
    pane.verticalScrollBar().setValue(pane.verticalScrollBar().maximum())
    _press(shown, qtbot, Qt.Key.Key_R)
    (asking,) = shown.buttons("Press again to revoke for all signers")
    qtbot.waitUntil(lambda: asking.visibleRegion().boundingRect() == asking.rect())
    # The first repeat comes after 660 ms over X, and is not always marked as one.
    for pause_ms in (500, 30, 30, 30):
        qtbot.wait(pause_ms)
        _press(shown, qtbot, Qt.Key.Key_R)
    assert "revoke loan" not in shown.services.flows.calls
    qtbot.wait(moment_ms() + 100)
    _press(shown, qtbot, Qt.Key.Key_R)
    qtbot.waitUntil(lambda: "revoke loan" in shown.services.flows.calls)
    QToolTip.hideText()


def test_another_row_is_not_revoked_by_the_second_r(
    show: Callable[..., Shown], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = show(LOAN, LEASE)
    _press(shown, qtbot, Qt.Key.Key_R)
    _press(shown, qtbot, Qt.Key.Key_Down)
    _press(shown, qtbot, Qt.Key.Key_R)
    qtbot.waitUntil(lambda: shown.chosen == "lease")
    assert [call for call in shown.services.flows.calls if "revoke" in call] == []


def test_r_with_three_chosen_lists_them_and_revokes_them_all(
    show: Callable[..., Shown], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("esign_desktop.ui.track.commands._PAUSE_S", 0.0)
    done = make_flow(name="done", status=FlowStatus.COMPLETED)
    more = make_flow(name="more", title="第三份")
    shown = show(LOAN, LEASE, more, done)
    shown.table.selectAll()
    assert shown.buttons("Revoke 4 selected…")

    _press(shown, qtbot, Qt.Key.Key_R)

    (sheet,) = (one for one in shown.room.findChildren(RevokeSheet) if one.isVisible())
    listed = sheet.findChild(QListWidget)
    assert listed is not None
    lines = [listed.item(row).text() for row in range(listed.count())]
    # What everybody signed can't be revoked, and is not said to be.
    assert {line.split(" · ")[0] for line in lines} == {LOAN.title, LEASE.title, "第三份"}
    assert not [call for call in shown.services.flows.calls if call.startswith("revoke")]
    revoke = next(one for one in sheet.findChildren(QAbstractButton) if one.text() == "Revoke 3 contracts")
    shown.services.flows.refused = {LEASE.flow_id: Refused(1400, "no")}
    qtbot.mouseClick(revoke, LEFT)

    qtbot.waitUntil(lambda: "2 contracts revoked. 1 contract couldn't be revoked:" in _words(sheet))
    assert {call for call in shown.services.flows.calls if call.startswith("revoke")} == {
        f"revoke {one.flow_id}" for one in (LOAN, LEASE, more)
    }
    assert listed.count() == 1
    assert listed.item(0).text().startswith(LEASE.title)
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert not sheet.isVisible()


def test_a_click_below_the_last_row_leaves_what_is_chosen_and_it_is_downloaded(
    show: Callable[..., Shown], qtbot: QtBot, tmp_path: Path
) -> None:
    done = make_flow(name="done", status=FlowStatus.COMPLETED)
    shown = show(done)
    shown.services.preferences.download_folder = tmp_path
    below = QPoint(40, shown.table.viewport().height() - 10)
    assert not shown.table.indexAt(below).isValid()

    qtbot.mouseClick(shown.table.viewport(), LEFT, pos=below)
    qtbot.mouseClick(shown.button("Download signed files"), LEFT)

    qtbot.waitUntil(lambda: "download done" in shown.services.flows.calls)


def test_ctrl_r_takes_the_contract_up_again_and_revokes_nothing(show: Callable[..., Shown], qtbot: QtBot) -> None:
    shown = show(LOAN)
    with qtbot.waitSignal(shown.room.correction_made) as made:
        _press(shown, qtbot, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    assert made.args[0].draft.id == "again loan"
    assert "revoke loan" not in shown.services.flows.calls


def test_what_was_refused_is_corrected_without_revoking(show: Callable[..., Shown], qtbot: QtBot) -> None:
    shown = show(make_flow(name="no", status=FlowStatus.TERMINATED, steps=(progress(1, 4),)))
    with qtbot.waitSignal(shown.room.correction_made):
        _press(shown, qtbot, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    assert "revoke no" not in shown.services.flows.calls


def test_what_cannot_be_taken_up_is_told(show: Callable[..., Shown], qtbot: QtBot) -> None:
    shown = show(make_flow(name="no", status=FlowStatus.EXPIRED))
    shown.services.corrections.failure = InputError("flow.no_draft")
    qtbot.mouseClick(shown.button("Correct and send again"), LEFT)
    qtbot.waitUntil(lambda: bool(shown.messages.rows))
    assert "isn't on this computer" in shown.messages.rows[0].title


def test_l_copies_the_link_of_whose_turn_it_is(show: Callable[..., Shown], qtbot: QtBot) -> None:
    shown = show(LOAN)
    _press(shown, qtbot, Qt.Key.Key_L)
    assert QGuiApplication.clipboard().text() == "https://sign.example.com/s/2"
    assert shown.messages.rows[0].title == "The signing link of 李四 has been copied."


def test_without_a_link_l_says_so(show: Callable[..., Shown], qtbot: QtBot) -> None:
    shown = show(make_flow(status=FlowStatus.COMPLETED))
    _press(shown, qtbot, Qt.Key.Key_L)
    assert "No link to copy" in shown.messages.rows[0].title


def test_an_insecure_link_is_told_in_the_timeline_and_to_l(show: Callable[..., Shown], qtbot: QtBot) -> None:
    shown = show(make_flow(signers=(make_signer(1, urls=("http://sign.example.com/s/1",)),)))
    assert "insecure (http)" in shown.texts
    _press(shown, qtbot, Qt.Key.Key_L)
    assert "insecure (http)" in shown.messages.rows[0].title


def test_q_shows_the_code(show: Callable[..., Shown], qtbot: QtBot) -> None:
    shown = show(LOAN)
    _press(shown, qtbot, Qt.Key.Key_Q)
    window = shown.room.findChild(QrWindow)
    assert window is not None
    with qtbot.waitSignal(window.destroyed):
        window.close()


def test_letters_that_are_typed_into_the_search_do_nothing_else(show: Callable[..., Shown], qtbot: QtBot) -> None:
    shown = show(LOAN)
    with qtbot.waitActive(shown.room):
        shown.room.activateWindow()
    shown.field.setFocus()
    qtbot.keyClicks(shown.field, "rlqd")
    assert shown.field.text() == "rlqd"
    assert shown.messages.rows == ()


def test_d_downloads_all_that_are_selected(show: Callable[..., Shown], qtbot: QtBot, tmp_path: Path) -> None:
    done = make_flow(name="done", status=FlowStatus.COMPLETED)
    shown = show(LOAN, LEASE, done)
    shown.services.preferences.download_folder = tmp_path
    shown.table.selectAll()
    _press(shown, qtbot, Qt.Key.Key_D)
    qtbot.waitUntil(lambda: bool(shown.messages.rows))
    assert shown.messages.rows[0].title == "2 files downloaded."
    assert [call for call in shown.services.flows.calls if "download" in call] == ["download loan", "download done"]


def test_downloads_that_fail_are_counted_and_the_others_go_on(
    show: Callable[..., Shown], qtbot: QtBot, tmp_path: Path
) -> None:
    shown = show(LOAN, make_flow(name="done", status=FlowStatus.COMPLETED))
    shown.services.preferences.download_folder = tmp_path
    shown.services.flows.failure = ApiError("api.download_failed")
    shown.table.selectAll()
    _press(shown, qtbot, Qt.Key.Key_D)
    qtbot.waitUntil(lambda: bool(shown.messages.rows))
    assert shown.messages.rows[0].title == "2 contracts couldn't be downloaded."
    assert shown.messages.rows[0].remedy.startswith("借款合同 – 张三: ")


def test_the_original_is_fetched_before_anybody_has_signed(
    show: Callable[..., Shown], qtbot: QtBot, tmp_path: Path
) -> None:
    shown = show(LEASE)
    shown.services.preferences.download_folder = tmp_path
    shown.choose("Download the original")
    qtbot.waitUntil(lambda: bool(shown.messages.rows))
    assert (shown.messages.rows[0].title, shown.messages.rows[0].remedy) == ("1 original downloaded.", str(tmp_path))
    shown.messages.rows[0].press()
    windows = [one for one in QApplication.topLevelWidgets() if isinstance(one, SignedFileWindow)]
    assert [one.windowTitle() for one in windows] == ["合同 (original).pdf — Signed file"]
    windows[0].close()


def test_the_original_that_does_not_come_is_told(show: Callable[..., Shown], qtbot: QtBot, tmp_path: Path) -> None:
    shown = show(LEASE)
    shown.services.preferences.download_folder = tmp_path
    shown.services.flows.failure = PdfError("pdf.not_a_pdf")
    _press(shown, qtbot, Qt.Key.Key_D, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: bool(shown.messages.rows))
    assert shown.messages.rows[0].title == "This isn't a PDF."
    assert shown.button("Show QR code").isEnabled()


def test_the_fetching_of_an_original_can_be_stopped(show: Callable[..., Shown], qtbot: QtBot, tmp_path: Path) -> None:
    shown = show(LEASE)
    shown.services.preferences.download_folder = tmp_path
    shown.services.flows.may_go_on.clear()
    shown.choose("Download the original")
    qtbot.mouseClick(shown.button("Stop"), LEFT)
    qtbot.waitUntil(shown.services.flows.was_cancelled)
    shown.services.flows.may_go_on.set()
    qtbot.waitUntil(shown.button("Show QR code").isEnabled)
    assert "original lease" not in shown.services.flows.calls
    assert not shown.messages.rows


def test_d_says_when_there_is_nothing(show: Callable[..., Shown], qtbot: QtBot) -> None:
    shown = show(LEASE)
    _press(shown, qtbot, Qt.Key.Key_D)
    assert shown.messages.rows[0].title == "Nothing to download yet: no one has signed."


def test_the_steps_tell_what_happened_and_when(show: Callable[..., Shown]) -> None:
    day = progress(1, 2, received_at_ms=NOW_MS - DAY_MS, signed_at_ms=NOW_MS - DAY_MS + 60_000)
    steps = (day, progress(2, 4, signed_at_ms=NOW_MS, remark="价格不符"))
    record = make_flow(status=FlowStatus.TERMINATED, steps=steps, sent_at_ms=NOW_MS - 2 * DAY_MS)
    assert record.detail is not None
    shown = show(replace(record, detail=replace(record.detail, ended_at_ms=NOW_MS + 120_000)))
    lines = shown.texts.splitlines()
    first = lines.index("Sent")
    assert lines[first : first + 8] == [
        *("Sent", "01-13 16:00", "张三", "received 01-14 16:00 · signed 16:01"),
        *("李四", "declined today 16:00", "Ended", "today 16:02"),
    ]
    assert "1 contract released · Due 2027-02-14 16:00" in lines
    assert lines.count("李四 declined: 价格不符") == 1


def test_documents_are_told_apart_only_where_they_differ(show: Callable[..., Shown]) -> None:
    record = make_flow(steps=(progress(1, 2, signed_at_ms=NOW_MS),))
    assert record.detail is not None
    (document,) = record.detail.documents
    same = replace(record, detail=replace(record.detail, documents=(document, document)))
    assert "signed today 16:00" in show(same).texts.splitlines()
    later = DocumentProgress("doc 2", "附件", (progress(1, 2, signed_at_ms=NOW_MS + 60_000),))
    lines = show(replace(record, detail=replace(record.detail, documents=(document, later)))).texts.splitlines()
    assert "signed today 16:00: 合同" in lines
    assert "signed today 16:01: 附件" in lines


def test_the_keyboard_focus_stays_on_a_step_while_the_platform_is_queried(
    show: Callable[..., Shown], qtbot: QtBot
) -> None:
    shown = show(LOAN)
    button = shown.button("Copy link: 李四")
    details = shown.room.findChild(DetailsPane)
    assert details is not None
    details.show_record(replace(LOAN, seen_at_ms=NOW_MS + 60_000))
    assert shown.button("Copy link: 李四") is button
    assert "Updated 2027-01-15 16:01 (China time)" in shown.texts


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (FlowStatus.SIGNING, "张三 pays; a contract in their plan is reserved when they sign"),
        (FlowStatus.COMPLETED, "Used from 张三's plan, not from yours"),
        (FlowStatus.REVOKED, "张三 would have paid; nothing was used"),
    ],
)
def test_a_signer_who_pays_is_named_with_what_became_of_their_package(
    show: Callable[..., Shown], status: FlowStatus, sentence: str
) -> None:
    record = make_flow(status=status, steps=(progress(1, 0),))
    shown = show(replace(record, payer_account_id=record.signers[0].account_id))
    assert sentence in shown.texts
    assert "contract reserved" not in shown.texts


def test_a_payer_who_does_not_sign_is_named_as_soon_as_their_account_is_known(show: Callable[..., Shown]) -> None:
    shown = show(make_flow(steps=(progress(1, 0),), payer_account_id="account of the bank"))
    assert "Paid for by someone else, not from your plan" in shown.texts
    details = shown.room.findChild(DetailsPane)
    assert details is not None
    details.show_payer("account of another one", "另一银行")
    assert "另一银行" not in shown.texts
    details.show_payer("account of the bank", "云禾银行")
    assert "Paid for by 云禾银行, not from your plan" in shown.texts


def test_who_began_it_and_when_the_platform_took_it_is_shown(show: Callable[..., Shown]) -> None:
    record = make_flow(steps=(progress(1, 0),))
    assert record.detail is not None
    detail = replace(record.detail, initiator_account_id="account 2", started_at_ms=NOW_MS + 60_000)
    shown = show(replace(record, detail=detail))
    shown.choose("Copy technical details")
    assert QGuiApplication.clipboard().text().splitlines() == [
        *("flow: flow", "environment: test project", "status: 1", "sent: 2027-01-15 16:00"),
        *("started: 2027-01-15 16:01", "submission: submission"),
    ]
    assert "Initiator: 李四" in shown.texts
    shown = show(replace(record, detail=replace(detail, initiator_account_id="account of the program")))
    assert "Initiator" not in shown.texts
    assert "account of the program" not in shown.texts


def test_the_steps_tell_failures_and_what_is_to_be_confirmed(show: Callable[..., Shown]) -> None:
    remarks = (NoticeRemark("account 1", "证书<b>过期</b>"), NoticeRemark("", "不可恢复"))
    steps = (progress(1, 3), progress(2, 5, signed_at_ms=NOW_MS))
    shown = show(make_flow(status=FlowStatus.TERMINATED, steps=steps, remarks=remarks))
    lines = shown.texts.splitlines()
    for text in (
        "张三 failed to sign: 证书<b>过期</b>",
        "signing failed",
        "awaiting confirmation · submitted today 16:00",
        "不可恢复",
    ):
        assert text in lines


def test_a_person_is_deleted_from_the_menu(show: Callable[..., Shown], qtbot: QtBot) -> None:
    shown = show(LOAN)
    with qtbot.waitSignal(shown.room.forget_requested) as wish:
        shown.choose("Delete 李四's data…")
    assert wish.args[0].name == "李四"


def _summary(state: SubmissionState) -> SubmissionSummary:
    return SubmissionSummary(
        SubmissionId(state.value),
        state,
        EnvironmentKind.TEST,
        "project",
        DraftId("draft"),
        f"title {state.value}",
        NOW_MS,
        can_be_cancelled=True,
    )


def test_unfinished_sends_stand_on_top(show: Callable[..., Shown]) -> None:
    shown = show(LOAN, unfinished=(_summary(SubmissionState.HELD), _summary(SubmissionState.ACCOUNTS)))
    assert (
        "“title held” has needed your decision since 2027-01-15 16:00: the platform "
        "didn't confirm that the contract was created." in shown.texts
    )
    assert "“title accounts” was submitted at 2027-01-15 16:00 and hasn't been sent yet." in shown.texts


def test_an_unfinished_send_names_its_customer(show: Callable[..., Shown], qtbot: QtBot) -> None:
    ours, other = make_organization_signer(), make_person_signer()
    company, person = ours.organization.name, other.person.name
    shown = show(LOAN, unfinished=(replace(_summary(SubmissionState.HELD), signers=(ours, other)),))
    assert f"“title held – {company}” has needed your decision" in shown.texts
    shown.services.flows.ours = frozenset({company})
    shown.room.reload()
    qtbot.waitUntil(lambda: f"“title held – {person}” has needed your decision" in shown.texts)
    assert shown.button(f"Decide… title held – {person}").isVisible()
    assert person not in repr(shown.services.submission.summaries)


def test_a_paused_send_goes_on_from_here(show: Callable[..., Shown], qtbot: QtBot) -> None:
    paused = _summary(SubmissionState.ACCOUNTS)
    shown = show(LOAN, unfinished=(paused,))
    shown.services.submission.outcome = SubmissionOutcome(paused.id, SubmissionState.DONE, LOAN.flow_id)
    shown.services.submission.summaries = ()
    qtbot.mouseClick(shown.button("Continue title accounts"), LEFT)
    qtbot.waitUntil(lambda: bool(shown.buttons("Show in Track")))
    qtbot.mouseClick(shown.button("Show in Track"), LEFT)
    qtbot.waitUntil(lambda: shown.chosen == "loan")
    assert shown.buttons("Continue title accounts") == []


def test_a_held_send_is_decided_here(show: Callable[..., Shown], qtbot: QtBot) -> None:
    shown = show(LOAN, unfinished=(_summary(SubmissionState.HELD),))
    qtbot.mouseClick(shown.button("Decide… title held"), LEFT)
    qtbot.waitUntil(lambda: bool(shown.buttons("Send again")))
    (panel,) = shown.room.findChildren(SendingPanel)
    (cancel,) = [one for one in panel.findChildren(QAction) if one.text() == "Cancel and return to draft"]
    cancel.trigger()
    qtbot.waitUntil(lambda: shown.chosen == "loan")
    qtbot.waitUntil(lambda: shown.buttons("Decide… title held") == [])


def test_a_lost_network_is_told_above_the_list(show: Callable[..., Shown], qtbot: QtBot) -> None:
    shown = show(LOAN)
    shown.services.flows.answers = [ApiError("api.no_network")]
    shown.room.hide()
    shown.room.show()
    qtbot.waitUntil(lambda: "status shown may be out of date" in shown.texts)


def test_the_room_speaks_chinese(show: Callable[..., Shown], qtbot: QtBot, speak: Callable[[str], None]) -> None:
    speak("zh_CN")
    shown = show(LOAN)
    qtbot.waitUntil(lambda: shown.room.title == "跟踪")
    qtbot.waitUntil(lambda: "已冻结 1 份合同" in shown.texts)
    assert "待签署" in shown.texts


def test_everything_that_can_be_pressed_has_a_name(show: Callable[..., Shown]) -> None:
    shown = show(LOAN, unfinished=(_summary(SubmissionState.HELD),))
    for button in shown.room.findChildren(QAbstractButton):
        if button.isVisible() and button.objectName() != "qt_toolbar_ext_button" and _is_ours(button):
            assert button.text() or button.accessibleName() or button.toolTip()


def _is_ours(button: QAbstractButton) -> bool:
    # Qt's own corner button of a table and clear button of a field.
    return type(button) is not QAbstractButton and not isinstance(button.parent(), (QLineEdit, QStackedWidget))


PREPARED = replace(LOAN, status=FlowStatus.DRAFT, detail=None, submission_id="its send")


def show_prepared(show: Callable[..., Shown], qtbot: QtBot, watch: Any = None, *, prepared: bool = True) -> Shown:
    shown = show(LEASE, watch=watch)
    shown.services.submission.prepared = prepared
    shown.services.flows.records[PREPARED.flow_id] = PREPARED
    shown.room.show_flow(PREPARED.flow_id)
    qtbot.waitUntil(lambda: shown.chosen == "loan")
    return shown


def test_a_prepared_contract_is_started_by_its_button(show: Callable[..., Shown], qtbot: QtBot) -> None:
    shown = show_prepared(show, qtbot)
    qtbot.waitUntil(lambda: bool(shown.buttons("Start signing")))
    assert "Created on the platform" in shown.texts
    assert not shown.buttons("QR code")
    shown.services.flows.records[PREPARED.flow_id] = LOAN
    qtbot.wait(moment_ms() + 50)
    qtbot.mouseClick(shown.button("Start signing"), LEFT)
    qtbot.waitUntil(lambda: bool(shown.messages.rows))
    assert shown.services.submission.started == ["its send"]
    assert shown.messages.rows[0].title == "“借款合同 – 张三” is now available to its signers."
    qtbot.waitUntil(lambda: not shown.buttons("Start signing"))


def test_a_prepared_contract_says_why_it_could_not_be_started(show: Callable[..., Shown], qtbot: QtBot) -> None:
    shown = show_prepared(show, qtbot)
    qtbot.waitUntil(lambda: bool(shown.buttons("Start signing")))
    refused = Refused(17, "余额不足")
    shown.services.submission.outcome = SubmissionOutcome(SubmissionId("x"), SubmissionState.PREPARED, error=refused)
    qtbot.wait(moment_ms() + 50)
    qtbot.mouseClick(shown.button("Start signing"), LEFT)
    qtbot.waitUntil(lambda: bool(shown.messages.rows))
    row = shown.messages.rows[0]
    assert "余额不足" in " ".join(label.text() for label in row.findChildren(PlainLabel))
    assert shown.buttons("Start signing")


def test_a_contract_whose_send_pauses_has_no_button_to_start_it(show: Callable[..., Shown], qtbot: QtBot) -> None:
    shown = show_prepared(show, qtbot, prepared=False)
    qtbot.wait(200)
    assert not shown.buttons("Start signing")


def test_a_prepared_contract_of_another_environment_asks_first(show: Callable[..., Shown], qtbot: QtBot) -> None:
    elsewhere = next(one for one in EnvironmentKind if one not in {PREPARED.environment, EnvironmentKind.SANDBOX})
    shown = show_prepared(show, qtbot, watch=KnownEnvironment(Environment(elsewhere, "")))

    def button() -> QAbstractButton | None:
        QApplication.processEvents()
        found = shown.room.findChildren(QAbstractButton)
        return next((one for one in found if one.isVisible() and one.text().startswith("Start signing")), None)

    qtbot.waitUntil(lambda: button() is not None)
    one = button()
    assert one is not None
    qtbot.wait(moment_ms() + 50)
    qtbot.mouseClick(one, LEFT)
    question = shown.room.findChild(ElsewhereQuestion)
    assert question is not None
    question.reject()
    assert shown.services.submission.started == []


def test_our_own_seal_is_signed_in_the_browser_from_here(show: Callable[..., Shown], qtbot: QtBot) -> None:
    shown = show(make_flow(signers=(OURS, make_signer(2, "李四"))))
    assert "Action needed 1" in [one.text() for one in shown.room.findChildren(QAbstractButton)]
    with opened_urls("https") as urls:
        qtbot.mouseClick(shown.button("Open in browser"), LEFT)
    assert [url.toString() for url in urls] == ["https://sign.example.com/s/1"]


def test_what_is_listed_is_exported(show: Callable[..., Shown], qtbot: QtBot) -> None:
    shown = show(LOAN, LEASE)
    flows = shown.room.findChild(FlowList)
    assert isinstance(flows, FlowList)
    (action,) = [one for one in shown.room.findChildren(QAction) if "Export" in one.text()]
    with qtbot.waitSignal(flows.export_requested, timeout=5_000) as wish:
        action.trigger()
    assert wish.args == [[LOAN.flow_id, LEASE.flow_id]]
    dialog = shown.room.findChild(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    dialog.reject()
