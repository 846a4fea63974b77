from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QLabel

from esign_desktop.domain.flow import SignStatus
from esign_desktop.services.counter.states import CounterState
from esign_desktop.services.counter.values import CounterView
from esign_desktop.ui.counter.state import StatePane, state_keys, state_words
from esign_desktop.ui.widgets.theme import apply_theme

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot


@pytest.fixture
def pane(qtbot: QtBot, qapp: QApplication) -> StatePane:
    apply_theme(qapp, "light")
    pane = StatePane()
    qtbot.addWidget(pane)
    pane.resize(1100, 500)
    pane.show_view(CounterView(CounterState.SIGNED, title="个人借款合同"))
    pane.show()
    return pane


def letters_px(pane: StatePane) -> list[int]:
    return [label.fontInfo().pixelSize() for label in pane.findChildren(QLabel) if label.isVisible()]


def test_letters_keep_their_size_when_the_theme_changes(pane: StatePane, qapp: QApplication) -> None:
    before = letters_px(pane)
    assert max(before) >= 40
    apply_theme(qapp, "dark")
    after = letters_px(pane)
    apply_theme(qapp, "light")
    assert after == before


def test_after_ten_silent_seconds_it_says_what_is_waited_for_and_what_esc_does(
    pane: StatePane, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setattr("esign_desktop.ui.counter.state.SILENCE_S", 1)
    pane.show_view(CounterView(CounterState.SENDING, title="个人借款合同"))
    assert "Esc" not in _said(pane)

    qtbot.waitUntil(lambda: "press Esc twice" in _said(pane), timeout=5000)

    pane.show_view(CounterView(CounterState.SIGNED, title="个人借款合同"))
    assert "Esc" not in _said(pane)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (CounterState.REFUSED, "Declined"),
        (CounterState.BROKEN_OFF, "signing failed"),
        (CounterState.EXPIRED, "Press F12 to send the contract"),
        (CounterState.REVOKED, "Revoked"),
    ],
)
def test_the_reason_of_an_end_stands_beside_it_to_the_letter(pane: StatePane, state: CounterState, words: str) -> None:
    pane.show_view(CounterView(state, title="个人借款合同", remark="<b>利率\n不对</b>"))
    assert words in _said(pane)
    assert "Reason: <b>利率 不对</b>" in _said(pane)


@pytest.mark.parametrize(
    ("stopped", "words"),
    [
        (SignStatus.FAILED, "Not signed: signing failed"),
        (SignStatus.REFUSED, "Not signed: another signer declined"),
        (None, "Not signed: signing failed, or another signer declined"),
    ],
)
def test_what_a_contract_ended_of_is_said_where_it_is_known(
    pane: StatePane, stopped: SignStatus | None, words: str
) -> None:
    pane.show_view(CounterView(CounterState.BROKEN_OFF, title="个人借款合同", stopped=stopped))
    assert pane.heading == words


def test_what_is_to_be_confirmed_is_told_as_that(pane: StatePane) -> None:
    pane.show_view(CounterView(CounterState.SHOWING, link="https://sign.example.com/s/1", is_to_be_confirmed=True))
    assert "Awaiting confirmation" in _said(pane)
    assert "signed" not in _said(pane).lower()


def _said(pane: StatePane) -> str:
    return " ".join(label.text() for label in pane.findChildren(QLabel) if label.isVisible())


def test_each_trouble_has_a_sign_of_its_own_and_only_what_was_sent_is_revoked() -> None:
    troubles = (CounterState.PAUSED, CounterState.FAILED, CounterState.HELD, CounterState.REFUSED)
    marks = [state_words(CounterView(state)).mark for state in troubles]
    assert None not in marks
    assert (
        len({mark.value[0] for mark in marks if mark}) == len({mark.value[1] for mark in marks if mark}) == len(marks)
    )
    for state in (CounterState.PAUSED, CounterState.FAILED):
        assert dict(state_keys(CounterView(state)))["Esc Esc"] == "clear"
    assert dict(state_keys(CounterView(CounterState.SHOWING)))["Esc Esc"] == "revoke and clear"
