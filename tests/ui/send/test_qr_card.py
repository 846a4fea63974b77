from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices, QGuiApplication, QImage
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QApplication, QFileDialog, QToolButton

from esign_desktop.domain.errors import ApiError, InputError
from esign_desktop.domain.flow import FlowStatus, NoticeRemark
from esign_desktop.services.people.accounts import Reach
from esign_desktop.ui.flow_poller import FlowPoller
from esign_desktop.ui.send import qr_card
from esign_desktop.ui.send.qr_card import QrCard, QrWindow, SignerTabs, print_page
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.qr import QrCode
from esign_desktop.ui.widgets.state_mark import Mark, StateMark
from tests.drafts import NOW_MS
from tests.ui.flow_samples import DAY_MS, FakeEnvironments, FakeFlows, make_flow, make_signer, progress
from tests.ui.opened_urls import opened_urls
from tests.ui.qr_reading import decoded, seen_on

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from esign_desktop.domain.flow import FlowRecord
    from esign_desktop.services.people.accounts import AccountService
    from esign_desktop.ui.tasks import TaskRunner

FIRST, SECOND = "https://sign.example.com/s/1", "https://sign.example.com/s/2"


class FakeAccounts:
    """Knows where signers are reached, by their numbers."""

    def __init__(self) -> None:
        self.reaches: dict[int, Reach] = {}

    def reached(self, _flow: FlowRecord) -> dict[int, Reach]:
        return self.reaches


class Rig:
    """A card on the screen and the flows behind it; ``now_ms`` is its clock."""

    def __init__(self, qtbot: QtBot, tasks: TaskRunner) -> None:
        self.now_ms = NOW_MS
        self.flows = FakeFlows()
        services: tuple[Any, Any] = (self.flows, FakeEnvironments())
        self.accounts = FakeAccounts()
        self.poller = FlowPoller(*services, tasks, accounts=cast("AccountService", self.accounts))
        self.card = QrCard(self.poller, clock_ms=lambda: self.now_ms)
        qtbot.addWidget(self.card)
        self.card.resize(560, 760)
        self.card.show()

    def show(self, record: FlowRecord) -> None:
        self.flows.records[record.flow_id] = record
        self.card.show_flow(record)

    @property
    def texts(self) -> str:
        QApplication.processEvents()
        shown = [label.text() for label in self.card.findChildren(PlainLabel) if label.isVisible()]
        tabs = self.card.findChild(SignerTabs)
        if tabs is not None and tabs.isVisible():
            shown.append(tabs.tabText(tabs.currentIndex()))
        return "\n".join(shown)

    @property
    def mark(self) -> Mark | None:
        mark = cast("StateMark", self.card.findChild(StateMark))
        return mark.mark if mark.isVisible() else None

    def tool(self, text: str) -> QToolButton:
        return next(one for one in self.card.findChildren(QToolButton) if one.text() == text)


@pytest.fixture
def rig(qtbot: QtBot, tasks: TaskRunner, speak: Callable[[str], None]) -> Rig:
    speak("en")
    return Rig(qtbot, tasks)


def test_a_phone_reads_the_link_of_whose_turn_it_is(rig: Rig) -> None:
    rig.show(make_flow(steps=(progress(1, 0),)))
    assert seen_on(rig.card) == [FIRST]
    assert "① 张三" in rig.texts
    assert "title of flow" in rig.texts


def test_the_next_signers_code_comes_by_itself(rig: Rig, qtbot: QtBot) -> None:
    rig.flows.answers = [make_flow(steps=(progress(1, 2), progress(2, 0)))]
    rig.show(make_flow(steps=(progress(1, 0),)))
    qtbot.waitUntil(lambda: rig.card.link == SECOND)
    assert seen_on(rig.card) == [SECOND]
    assert "② 李四" in rig.texts


def test_a_chosen_signer_stays_until_they_have_signed(rig: Rig) -> None:
    rig.show(make_flow(steps=(progress(1, 0),)))
    rig.card.choose(2)
    rig.show(make_flow(steps=(progress(1, 1),)))
    assert rig.card.link == SECOND
    rig.show(make_flow(steps=(progress(1, 0), progress(2, 2))))
    assert rig.card.link == FIRST


def test_address_that_the_platform_has_stands_beside_each_signers_code(rig: Rig, qtbot: QtBot) -> None:
    rig.accounts.reaches = {1: Reach("138****0000"), 3: Reach(email="z***@example.cn")}
    rig.show(make_flow(steps=(progress(1, 0),)))
    qtbot.waitUntil(lambda: "The platform contacts this signer at 138****0000" in rig.texts)
    rig.card.choose(2)
    assert "contacts this signer" not in rig.texts
    rig.show(make_flow(steps=(progress(1, 2), progress(2, 2))))
    assert "contacts this signer" not in rig.texts


def test_tabs_and_arrows_lead_to_other_signers(rig: Rig, qtbot: QtBot) -> None:
    rig.show(make_flow(steps=(progress(1, 0),)))
    tabs = rig.card.findChild(SignerTabs)
    assert tabs is not None
    qtbot.mouseClick(tabs, Qt.MouseButton.LeftButton, pos=tabs.tabRect(1).center())
    assert rig.card.link == SECOND
    rig.card.step(+1)
    assert rig.card.link == FIRST
    rig.card.step(-1)
    assert rig.card.link == SECOND


def test_a_signature_by_everybody_is_a_calm_check(rig: Rig, qtbot: QtBot) -> None:
    rig.flows.answers = [make_flow(status=FlowStatus.COMPLETED, steps=(progress(1, 2), progress(2, 2)))]
    rig.show(make_flow(steps=(progress(1, 2), progress(2, 0))))
    qtbot.waitUntil(lambda: rig.mark is Mark.DONE)
    assert "Completed" in rig.texts
    assert seen_on(rig.card) == []
    assert not rig.tool("Copy link").isVisible()


def test_a_refusal_shows_its_reason_to_the_letter(rig: Rig) -> None:
    step = progress(1, 4, remark="<b>价格不符</b>")
    rig.show(make_flow(status=FlowStatus.TERMINATED, steps=(step,)))
    assert rig.mark is Mark.STOPPED
    assert "张三 has declined" in rig.texts
    assert "<b>价格不符</b>" in rig.texts


@pytest.mark.parametrize(("status", "words"), [(FlowStatus.REVOKED, "Revoked"), (FlowStatus.EXPIRED, "Expired")])
def test_a_flow_that_is_over_has_no_code(rig: Rig, status: FlowStatus, words: str) -> None:
    rig.show(make_flow(status=status, steps=(progress(1, 0),)))
    assert rig.mark is Mark.OVER
    assert words in rig.texts
    assert rig.card.link == ""


def test_a_failed_signature_is_told(rig: Rig) -> None:
    rig.show(make_flow(steps=(progress(1, 3),)))
    assert "Signing failed: 张三" in rig.texts


@pytest.mark.parametrize("status", [FlowStatus.REVOKED, FlowStatus.EXPIRED, FlowStatus.TERMINATED])
def test_what_the_platform_wrote_of_an_end_is_shown_to_the_letter(rig: Rig, status: FlowStatus) -> None:
    remarks = (NoticeRemark("", "<i>发起方撤销</i>"),)
    rig.show(make_flow(status=status, steps=(progress(1, 0),), remarks=remarks))
    assert "<i>发起方撤销</i>" in rig.texts


def test_why_a_signature_failed_is_shown_where_a_notice_alone_told_it(rig: Rig) -> None:
    rig.show(make_flow(steps=(progress(1, 3),), remarks=(NoticeRemark("account 1", "证书已过期"),)))
    assert "证书已过期" in rig.texts


def test_what_is_to_be_confirmed_is_not_called_signed(rig: Rig) -> None:
    rig.show(make_flow(steps=(progress(1, 5),)))
    assert "awaiting confirmation" in rig.texts
    assert "has signed" not in rig.texts


def test_a_signer_without_a_link_is_told_by_the_platform(rig: Rig) -> None:
    rig.show(make_flow(signers=(make_signer(1, urls=()),)))
    assert "No QR code for this signer" in rig.texts


def test_a_link_that_is_none_is_not_drawn(rig: Rig) -> None:
    rig.show(make_flow(signers=(make_signer(1, urls=("file:///etc/hostname",)),)))
    assert rig.card.link == ""


def test_who_signs_automatically_has_no_tab(rig: Rig) -> None:
    signers = (make_signer(1), make_signer(2, is_silent=True, urls=()))
    rig.show(make_flow(signers=signers))
    tabs = rig.card.findChild(SignerTabs)
    assert tabs is not None
    assert tabs.count() == 1


def test_the_remaining_validity_counts_down(rig: Rig, qtbot: QtBot) -> None:
    rig.show(make_flow(deadline_ms=NOW_MS + 2 * DAY_MS))
    assert "Valid for another 2 days, until 2027-01-17 16:00 China time" in rig.texts
    rig.now_ms = NOW_MS + 2 * DAY_MS - 65_000
    qtbot.waitUntil(lambda: "Valid for another 1 minute 5 seconds" in rig.texts)
    rig.now_ms = NOW_MS + 2 * DAY_MS
    qtbot.waitUntil(lambda: "The signing deadline has passed." in rig.texts)


def test_a_flow_without_deadline_says_nothing_about_it(rig: Rig) -> None:
    rig.show(make_flow(deadline_ms=None))
    assert "Valid" not in rig.texts


def test_a_lost_network_is_told_and_the_code_stays(rig: Rig, qtbot: QtBot) -> None:
    rig.flows.answers = [ApiError("api.no_network")]
    rig.show(make_flow(steps=(progress(1, 0),)))
    qtbot.waitUntil(lambda: "Can't reach the platform" in rig.texts)
    assert seen_on(rig.card) == [FIRST]


def test_the_flow_on_the_screen_is_the_one_that_is_watched(rig: Rig) -> None:
    rig.show(make_flow())
    assert rig.flows.watched[-1] == "flow"
    rig.card.hide()
    assert rig.flows.watched[-1] is None


def test_the_link_can_be_copied(rig: Rig, qtbot: QtBot) -> None:
    rig.show(make_flow())
    qtbot.mouseClick(rig.tool("Copy link"), Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == FIRST
    assert "Anyone with the link can sign" in rig.texts


def test_the_link_can_be_opened_in_a_browser(rig: Rig, qtbot: QtBot) -> None:
    rig.show(make_flow())
    with opened_urls("https") as urls:
        qtbot.mouseClick(rig.tool("Open in browser"), Qt.MouseButton.LeftButton)
    assert [url.toString() for url in urls] == [FIRST]


def test_the_code_can_be_saved_as_a_picture(rig: Rig, qtbot: QtBot, tmp_path: Path) -> None:
    rig.show(make_flow())
    qtbot.mouseClick(rig.tool("Save image"), Qt.MouseButton.LeftButton)
    dialog = rig.card.findChild(QFileDialog)
    assert dialog is not None
    dialog.fileSelected.emit(str(tmp_path / "code.png"))
    dialog.close()
    rig.poller.tasks.wait_idle()
    assert decoded(QImage(str(tmp_path / "code.png"))) == [FIRST]


def test_a_picture_that_cannot_be_written_is_told(rig: Rig, qtbot: QtBot, tmp_path: Path) -> None:
    rig.show(make_flow())
    qtbot.mouseClick(rig.tool("Save image"), Qt.MouseButton.LeftButton)
    dialog = rig.card.findChild(QFileDialog)
    assert dialog is not None
    dialog.fileSelected.emit(str(tmp_path / "nowhere" / "code.png"))
    dialog.close()
    qtbot.waitUntil(lambda: "couldn't be saved" in rig.texts)


def test_a_browser_that_cannot_be_opened_is_reported(rig: Rig, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _url: False)
    rig.show(make_flow())
    qtbot.mouseClick(rig.tool("Open in browser"), Qt.MouseButton.LeftButton)
    assert "browser couldn't be opened" in rig.texts


@pytest.mark.qt_log_ignore(r"QPainter::begin", extend=True)
def test_a_printer_that_accepts_no_page_is_reported(
    rig: Rig, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "nowhere" / "page.pdf"))
    monkeypatch.setattr(qr_card, "ask_for_printer", lambda _window, on_chosen: on_chosen(printer))
    rig.show(make_flow())
    qtbot.mouseClick(rig.tool("Print"), Qt.MouseButton.LeftButton)
    assert error_sentence(InputError("print.failed")).title in rig.texts


def test_the_code_can_be_printed(rig: Rig, qtbot: QtBot) -> None:
    rig.show(make_flow())
    qtbot.mouseClick(rig.tool("Print"), Qt.MouseButton.LeftButton)
    dialog = rig.card.findChild(QPrintDialog)
    assert dialog is not None
    assert dialog.isVisible()
    dialog.reject()


def test_a_printed_page_can_be_scanned(qapp: QApplication, tmp_path: Path) -> None:
    import pymupdf

    path = tmp_path / "page.pdf"
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(path))
    print_page(printer, FIRST, ("借款合同", "① 张三", ""))
    with pymupdf.open(path) as document:
        pixmap = document[0].get_pixmap(dpi=150)
        image = QImage.fromData(pixmap.tobytes("png"))
        assert document[0].get_text().strip()
    assert decoded(image) == [FIRST]


def test_the_codes_accessible_name_does_not_tell_the_link(rig: Rig) -> None:
    rig.show(make_flow())
    code = rig.card.findChild(QrCode)
    assert code is not None
    assert code.accessibleName() == "Signing QR code for 张三"


def test_keys_lead_through_the_window(rig: Rig, qtbot: QtBot) -> None:
    rig.card.hide()
    window = QrWindow(rig.poller)
    with qtbot.waitSignal(window.destroyed):
        window.show_flow(make_flow(), "借款合同 – 张三")
        with qtbot.waitActive(window):
            window.show()
            window.activateWindow()
        assert window.windowTitle() == "借款合同 – 张三 — Signing QR code"
        qtbot.keyClick(window, Qt.Key.Key_Right)
        assert window.card.link == SECOND
        qtbot.keyClick(window, Qt.Key.Key_Left)
        assert window.card.link == FIRST
        qtbot.keyClick(window, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
        assert QGuiApplication.clipboard().text() == FIRST
        qtbot.keyClick(window, Qt.Key.Key_F11)
        assert window.isFullScreen()
        qtbot.keyClick(window, Qt.Key.Key_Escape)


def test_an_insecure_link_is_called_so_and_not_missing(rig: Rig) -> None:
    rig.show(make_flow(signers=(make_signer(1, urls=("http://sign.example.com/s/1",)),)))
    assert rig.card.link == ""
    assert "insecure (http)" in rig.texts
    assert "returned no signing link" not in rig.texts
