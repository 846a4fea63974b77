from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit

from esign_desktop.domain.account import Person, PersonIdType
from esign_desktop.services.counter.states import CounterState
from esign_desktop.ui.counter import window as window_module
from esign_desktop.ui.counter.customer_screen import Face
from esign_desktop.ui.widgets.qr import QrCode
from tests.services.counter_desk import LI, ZHANG
from tests.ui.qr_reading import seen_on

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from tests.ui.counter.conftest import Teller

CTRL = Qt.KeyboardModifier.ControlModifier


def test_from_the_key_to_the_signature_by_keyboard_alone(
    teller: Teller, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window_module, "SIGNED_FOR_MS", 300)
    title = teller.put_preset(2)
    teller.sit_down()
    teller.wait_until(lambda: "借款合同" in str(teller.window.preset_keys.texts))
    link = teller.serve(ZHANG)
    assert seen_on(teller.window) == [link]
    display = teller.window.display
    assert (display.view.face, display.view.title, display.view.masked_name) == (Face.CODE, title, "张*")
    display.resize(1280, 800)
    assert seen_on(display) == [link]
    teller.platform.sign(link)
    teller.wait_for(CounterState.SIGNED)
    assert teller.window.pane.heading == "Signed"
    assert teller.customer_sees(Face.SIGNED)
    assert seen_on(display) == []
    # The customer leaves; what the teller sees stays until Enter.
    teller.wait_until(lambda: teller.customer_sees(Face.BLANK))
    assert teller.desk.view.state is CounterState.SIGNED
    assert teller.window.pane.heading == "Signed"
    teller.press(Qt.Key.Key_Return)
    teller.wait_for(CounterState.READY)
    assert teller.window.line.text == ""
    assert teller.is_at_the_line


def test_what_is_typed_is_read_at_once(teller: Teller) -> None:
    teller.begin()
    teller.type("张三 ")
    teller.wait_until(lambda: "The ID number is missing." in teller.window.line.advice)
    teller.press(Qt.Key.Key_Return)
    assert teller.desk.view.state is CounterState.READY
    teller.type("110101199003078515")
    teller.wait_until(lambda: "✓ 110101 19900307 8515" in teller.window.line.reading)
    assert any("male" in text for text in teller.window.line.reading)
    teller.press(Qt.Key.Key_Backspace)
    teller.type("6")
    teller.wait_until(lambda: "✗ 110101 19900307 8516" in teller.window.line.reading)


@pytest.mark.parametrize("end", [CounterState.SIGNED, CounterState.REFUSED])
def test_typing_while_an_end_is_shown_begins_the_next_customer_with_the_first_key(
    teller: Teller, end: CounterState
) -> None:
    title = teller.put_preset(2)
    teller.sit_down()
    link = teller.serve(ZHANG)
    if end is CounterState.SIGNED:
        teller.platform.sign(link)
    else:
        teller.refuse(link, "too dear")
    teller.wait_for(end)
    assert teller.is_at_the_line
    for character in LI[:4]:
        teller.type(character)
    teller.wait_for(CounterState.READY)
    assert teller.window.line.text == LI[:4]
    teller.type(LI[4:])
    assert teller.customer_sees(Face.BLANK)
    teller.press(Qt.Key.Key_Return)
    teller.wait_for(CounterState.SHOWING)
    assert [one.name for one in teller.desk.view.customers] == ["李四"]
    assert len(teller.platform.flows(title)) == 2


def test_a_card_reader_that_types_while_signed_shows_serves_the_next_customer(teller: Teller) -> None:
    teller.put_preset(2)
    teller.sit_down()
    teller.platform.sign(teller.serve(ZHANG))
    teller.wait_for(CounterState.SIGNED)
    teller.type(LI)
    teller.press(Qt.Key.Key_Return)
    teller.wait_for(CounterState.SHOWING)
    assert [one.name for one in teller.desk.view.customers] == ["李四"]


@pytest.mark.parametrize(
    ("typed", "read", "kind"),
    [
        ("JOHN SMITH E12345678", ("JOHN SMITH", "E12345678"), 13),
        ("JOHN SMITH 911124199003071238", ("JOHN SMITH", "911124199003071238"), 22),
        ("陈大文 H12345678", ("陈大文", "H12345678"), 17),
        ("林台生 台胞证 12345678", ("林台生", "12345678"), 18),
    ],
)
def test_somebody_with_another_document_gets_a_code(
    teller: Teller, typed: str, read: tuple[str, str], kind: int
) -> None:
    teller.put_preset(2)
    teller.sit_down()
    teller.serve(typed)
    assert teller.is_known_as(Person(*read, PersonIdType(kind)))
    assert not teller.is_known_as(Person(*read))


def test_a_key_says_which_document_a_number_is_of(teller: Teller) -> None:
    teller.begin()
    teller.type("KIM MIN M12345678")
    teller.wait_until(lambda: "Several ID types" in teller.window.line.advice)
    teller.press(Qt.Key.Key_Return)
    teller.press(Qt.Key.Key_I, CTRL)
    teller.wait_until(lambda: "✓ M12345678" in teller.window.line.reading)
    assert teller.window.line.text == "KIM MIN M12345678 passport"
    teller.press(Qt.Key.Key_I, CTRL)
    teller.wait_until(lambda: teller.window.line.text == "KIM MIN M12345678 Hong Kong Macao permit")
    teller.wait_until(lambda: "✓ M12345678" in teller.window.line.reading)
    teller.press(Qt.Key.Key_Return)
    teller.wait_for(CounterState.SHOWING)
    assert teller.is_known_as(Person("KIM MIN", "M12345678", PersonIdType.HONG_KONG_MACAO_PERMIT))


def test_a_residence_permit_is_sent_as_what_the_teller_says(teller: Teller) -> None:
    teller.begin()
    teller.type("陈大文 810000199003078519")
    teller.wait_until(lambda: "Several ID types" in teller.window.line.advice)
    teller.press(Qt.Key.Key_I, CTRL)
    teller.wait_until(lambda: "✓ 810000 19900307 8519" in teller.window.line.reading)
    assert teller.window.line.text == "陈大文 810000199003078519 resident identity card"
    teller.press(Qt.Key.Key_I, CTRL)
    teller.wait_until(lambda: teller.window.line.text == "陈大文 810000199003078519 Hong Kong Macao permit")
    teller.wait_until(lambda: "✓ 810000 19900307 8519" in teller.window.line.reading)
    teller.press(Qt.Key.Key_Return)
    teller.wait_for(CounterState.SHOWING)
    assert teller.is_known_as(Person("陈大文", "810000199003078519", PersonIdType.HONG_KONG_MACAO_PERMIT))


def test_a_line_without_a_contract_says_what_to_do_first(teller: Teller) -> None:
    teller.sit_down()
    teller.type(ZHANG)
    teller.press(Qt.Key.Key_Return)
    assert "F2 to F8" in teller.window.message


def test_two_customers_sign_one_after_the_other(teller: Teller) -> None:
    teller.put_preset(3, signers=2)
    teller.sit_down()
    teller.wait_until(lambda: bool(teller.window.preset_keys.texts))
    teller.choose(Qt.Key.Key_F3)
    teller.type(ZHANG)
    teller.press(Qt.Key.Key_Return)
    teller.wait_until(lambda: teller.desk.view.customers[0].name == "张三")
    assert teller.window.line.text == ""
    teller.type(LI)
    teller.press(Qt.Key.Key_Return)
    teller.wait_for(CounterState.SHOWING)
    first = teller.desk.view.link
    assert teller.window.display.view.masked_name == "张*"
    teller.platform.sign(first)
    teller.wait_until(lambda: teller.window.display.view.masked_name == "李*")
    second = teller.desk.view.link
    assert second != first
    teller.platform.sign(second)
    teller.wait_for(CounterState.SIGNED)


def test_escape_twice_revokes_and_clears(teller: Teller) -> None:
    title = teller.put_preset(2)
    teller.sit_down()
    teller.serve(ZHANG)
    teller.press(Qt.Key.Key_Escape)
    assert "Press Esc again" in teller.window.message
    assert teller.desk.view.state is CounterState.SHOWING
    teller.press(Qt.Key.Key_Escape)
    teller.wait_for(CounterState.READY)
    assert [flow.status for flow in teller.platform.flows(title)] == [3]
    assert teller.customer_sees(Face.BLANK)
    assert all(not one.name for one in teller.desk.view.customers)


def test_f12_sends_anew_and_ctrl_m_by_sms(teller: Teller) -> None:
    title = teller.put_preset(2)
    teller.sit_down()
    first = teller.serve(ZHANG)
    teller.press(Qt.Key.Key_F12)
    teller.wait_until(lambda: teller.desk.view.link not in {"", first} and teller.desk.view.is_live)
    second = teller.desk.view.link
    teller.wait_for(CounterState.SHOWING)
    teller.press(Qt.Key.Key_M, CTRL)
    teller.wait_until(lambda: teller.desk.view.link not in {"", first, second} and teller.desk.view.is_live)
    assert sorted(flow.status for flow in teller.platform.flows(title)) == [1, 3, 3]


def test_a_refusal_shows_its_reason_to_the_teller_alone(teller: Teller) -> None:
    teller.put_preset(2)
    teller.sit_down()
    link = teller.serve(ZHANG)
    teller.refuse(link, "<b>Wrong</b> amount")
    teller.wait_for(CounterState.REFUSED)
    assert teller.window.pane.heading == "Declined"
    assert "<b>Wrong</b> amount" in teller.window.pane.detail
    assert teller.customer_sees(Face.ASK)
    teller.press(Qt.Key.Key_Return)
    teller.wait_for(CounterState.READY)


def test_a_lost_network_keeps_the_customer_and_one_key_goes_on(teller: Teller) -> None:
    teller.begin()
    teller.lose_network_at("/file/uploadurl")
    teller.wait_until(lambda: teller.desk.view.state in {CounterState.PAUSED, CounterState.FAILED})
    assert teller.desk.view.customers[0].name == "张三"
    assert teller.customer_sees(Face.ASK)
    teller.platform.set_faults()
    teller.press(Qt.Key.Key_Return)
    teller.wait_for(CounterState.SHOWING)


def test_a_lost_answer_is_told_in_words_and_decided_by_a_key(teller: Teller) -> None:
    title = teller.begin()
    teller.platform.set_faults({"path": "/sign/start", "fault": "drop_reply", "times": 1})
    teller.type(ZHANG)
    teller.press(Qt.Key.Key_Return)
    teller.wait_for(CounterState.HELD)
    assert "No answer from the platform" in teller.window.pane.heading
    teller.press(Qt.Key.Key_1)
    teller.wait_until(lambda: "Still no answer" in teller.window.message)
    teller.press(Qt.Key.Key_2)
    teller.wait_for(CounterState.SHOWING)
    assert sorted(flow.is_visible for flow in teller.platform.flows(title)) == [False, True]


def test_f9_blanks_and_ctrl_l_covers_both_screens(teller: Teller) -> None:
    teller.put_preset(2)
    teller.sit_down()
    link = teller.serve(ZHANG)
    teller.press(Qt.Key.Key_F9)
    assert teller.customer_sees(Face.BLANK)
    assert teller.window.display.code.text == ""
    teller.press(Qt.Key.Key_F9)
    assert teller.customer_sees(Face.CODE)
    teller.press(Qt.Key.Key_L, CTRL)
    assert teller.customer_sees(Face.BLANK)
    assert seen_on(teller.window) == []
    teller.press(Qt.Key.Key_Escape)
    teller.press(Qt.Key.Key_Escape)
    assert teller.desk.view.state is CounterState.SHOWING
    teller.unlock()
    assert seen_on(teller.window) == [link]


def test_what_was_typed_clears_by_itself(teller: Teller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window_module, "TYPED_FOR_MS", 200)
    teller.begin()
    teller.type(ZHANG)
    teller.wait_until(lambda: teller.window.line.text == "")


def test_the_window_stays_while_a_code_is_shown(teller: Teller) -> None:
    teller.put_preset(2)
    teller.sit_down()
    teller.serve(ZHANG)
    teller.press(Qt.Key.Key_F11)
    assert teller.window.isVisible()
    assert "Esc twice" in teller.window.message
    teller.press_escape_twice()
    teller.wait_for(CounterState.READY)
    teller.press(Qt.Key.Key_F11)
    assert not teller.window.isVisible()


def test_signed_files_are_saved_where_files_go(teller: Teller, tmp_path: Path) -> None:
    teller.preferences.set_download_folder(tmp_path / "signed")
    teller.put_preset(2)
    teller.sit_down()
    teller.platform.sign(teller.serve(ZHANG))
    teller.wait_until(lambda: "saved" in teller.window.message)
    assert list((tmp_path / "signed").rglob("*.pdf"))


@pytest.mark.parametrize(("width", "height"), [(960, 540), (1280, 720), (1920, 1080)])
def test_the_window_fits_small_and_magnified_screens(teller: Teller, width: int, height: int) -> None:
    teller.put_preset(2)
    teller.sit_down()
    teller.window.fit(QSize(width, height))
    teller.serve(ZHANG)
    needed = teller.window.minimumSizeHint()
    assert (needed.width() <= width, needed.height() <= height) == (True, True)


def test_a_window_that_is_moved_to_another_screen_by_a_pulled_cable_is_covered(teller: Teller) -> None:
    teller.put_preset(2)
    teller.sit_down()
    teller.serve(ZHANG)
    teller.window.placing.operator_displaced.emit()
    assert teller.window.is_locked
    assert seen_on(teller.window) == []


def test_nothing_of_the_customer_is_left_after_clearing(
    teller: Teller, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    teller.put_preset(2)
    teller.sit_down()
    link = teller.serve(ZHANG)
    shown = " ".join(label.text() for label in teller.window.display.findChildren(QLabel))
    assert "张三" not in shown
    assert "张*" in shown
    teller.press_escape_twice()
    teller.wait_for(CounterState.READY)
    qtbot.wait(0)
    windows = (teller.window, teller.window.display)
    left = " ".join(label.text() for window in windows for label in window.findChildren(QLabel))
    left += " ".join(edit.text() for edit in teller.window.findChildren(QLineEdit))
    left += repr(teller.desk.view) + caplog.text
    for canary in ("张三", "110101199003078515", "8515", "13800000000", link):
        assert canary not in left
    assert all(code.text == "" for window in windows for code in window.findChildren(QrCode))
    assert not any(edit.isUndoAvailable() for edit in teller.window.findChildren(QLineEdit))


def test_what_was_being_sent_lies_on_the_desk_at_the_next_opening(teller: Teller) -> None:
    title = teller.begin()
    teller.lose_network_at("/sign/execute")
    teller.wait_for(CounterState.PAUSED)
    teller.leave()
    teller.wait_until(lambda: not teller.installation.counter.view.customers[0].name)
    teller.platform.set_faults()
    teller.sit_down()
    teller.wait_for(CounterState.SHOWING)
    assert seen_on(teller.window) == [teller.desk.view.link]
    assert [flow.is_visible for flow in teller.platform.flows(title)] == [True]
    teller.press(Qt.Key.Key_F12)
    teller.wait_until(lambda: "data entered was lost" in teller.window.message)
    teller.press_escape_twice()
    teller.wait_for(CounterState.READY)
    assert [flow.status for flow in teller.platform.flows(title)] == [3]


def test_what_nobody_can_have_seen_waits_for_a_key_at_the_next_opening(teller: Teller) -> None:
    title = teller.begin()
    teller.lose_network_at("/file/uploadurl")
    teller.wait_for(CounterState.PAUSED)
    teller.leave()
    teller.wait_until(lambda: not teller.installation.counter.view.customers[0].name)
    teller.platform.set_faults()
    teller.sit_down()
    teller.wait_for(CounterState.PAUSED)
    assert "Sending was interrupted. Nothing is lost." in teller.window.pane.detail
    assert teller.customer_sees(Face.ASK)
    assert teller.platform.flows(title) == ()
    teller.press(Qt.Key.Key_Return)
    teller.wait_for(CounterState.SHOWING)
    assert [flow.is_visible for flow in teller.platform.flows(title)] == [True]


def test_a_tone_tells_the_next_customers_turn_and_the_end(teller: Teller, monkeypatch: pytest.MonkeyPatch) -> None:
    tones: list[str] = []
    monkeypatch.setattr(
        "esign_desktop.ui.counter.window.QApplication.beep", lambda: tones.append(teller.desk.view.link)
    )
    teller.put_preset(3, signers=2)
    teller.sit_down()
    teller.choose(Qt.Key.Key_F3)
    for line in (ZHANG, LI):
        teller.type(line)
        teller.press(Qt.Key.Key_Return)
        teller.wait_until(lambda: teller.window.line.text == "")
    teller.wait_for(CounterState.SHOWING)
    assert len(tones) == 0
    first = teller.desk.view.link
    teller.platform.sign(first)
    teller.wait_until(lambda: teller.desk.view.link not in {"", first})
    assert len(tones) == 1
    teller.platform.sign(teller.desk.view.link)
    teller.wait_for(CounterState.SIGNED)
    assert len(tones) == 2


def test_a_reader_that_types_the_number_of_a_known_customer_is_enough(teller: Teller) -> None:
    teller.put_preset(2)
    teller.sit_down()
    teller.serve(ZHANG)
    teller.press_escape_twice()
    teller.wait_for(CounterState.READY)
    line = teller.window.line.focusProxy()
    assert line is not None
    QTest.keyClicks(line, "110101199003078515\r")
    teller.wait_for(CounterState.SHOWING)
    assert teller.desk.view.customers[0].name == "张三"


def test_once_the_customer_has_signed_enter_serves_the_next_and_revokes_nothing(teller: Teller) -> None:
    title = teller.put_preset_with_colleague(2)
    teller.sit_down()
    teller.platform.sign(teller.serve(ZHANG))
    teller.wait_until(lambda: teller.window.pane.heading == "The customer has signed")
    assert teller.desk.view.state is CounterState.SHOWING
    assert teller.customer_sees(Face.SIGNED)
    teller.press(Qt.Key.Key_Return)
    teller.wait_for(CounterState.READY)
    assert teller.is_at_the_line
    assert [flow.status for flow in teller.platform.flows(title)] == [1]


def test_what_has_ended_goes_by_itself(teller: Teller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window_module, "ENDED_FOR_MS", 300)
    teller.put_preset(2)
    teller.sit_down()
    teller.refuse(teller.serve(ZHANG), "no")
    teller.wait_for(CounterState.REFUSED)
    teller.wait_for(CounterState.READY)
    assert teller.customer_sees(Face.BLANK)


def test_what_waits_for_a_decision_is_covered_after_a_while_and_stays(
    teller: Teller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window_module, "TYPED_FOR_MS", 300)
    teller.begin()
    teller.lose_network_at("/file/uploadurl")
    teller.wait_for(CounterState.PAUSED)
    teller.wait_until(lambda: teller.window.is_locked)
    assert teller.customer_sees(Face.BLANK)
    assert not any("张三" in label.text() for label in teller.window.findChildren(QLabel) if label.isVisible())
    teller.unlock()
    assert teller.desk.view.customers[0].name == "张三"
    teller.press_escape_twice()
    teller.wait_for(CounterState.READY)
