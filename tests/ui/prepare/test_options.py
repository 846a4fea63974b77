"""The options of a contract, set and shown in their panel."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QDateTime, Qt, QTimeZone
from PySide6.QtWidgets import QCheckBox, QComboBox, QDateTimeEdit, QLabel, QLineEdit, QScrollArea, QWidget

from esign_desktop.domain.contract import edits
from esign_desktop.domain.contract.draft import ContractDraft
from esign_desktop.domain.options import (
    MS_PER_DAY,
    AccountParty,
    FlowOptions,
    NoticeChannel,
    SignerParty,
    SignPlatform,
    SignUntil,
    SignWithin,
)
from esign_desktop.services.editing.session import ContractSession, EditName
from esign_desktop.ui.prepare.options import OptionsPanel
from esign_desktop.ui.prepare.party_picker import PartyPicker
from tests.drafts import make_application_signer, make_organization_signer, make_person_signer
from tests.ui.prepare.conftest import SANDBOX, KnownContacts
from tests.ui.typed_text import type_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from esign_desktop.services.catalogue import Services
    from esign_desktop.ui.tasks import TaskRunner

CHINA = ZoneInfo("Asia/Shanghai")
PERSON, COMPANY = make_person_signer(), make_organization_signer()
NOON_MS = int(datetime(2031, 5, 6, 12, 30, tzinfo=CHINA).timestamp() * 1000)


@pytest.fixture
def session() -> ContractSession:
    return ContractSession(ContractDraft.new(), clock_ms=lambda: 0)


@pytest.fixture
def panel(qtbot: QtBot, session: ContractSession, speak: Callable[[str], None], tasks: TaskRunner) -> OptionsPanel:
    speak("en")
    contacts = KnownContacts()
    services = cast(
        "Services", SimpleNamespace(contacts=contacts, environments=SimpleNamespace(current=lambda: SANDBOX))
    )
    panel = OptionsPanel(session, services, tasks)
    qtbot.addWidget(panel)
    panel.resize(360, 700)
    with qtbot.waitExposed(panel):
        panel.show()
    panel.more.click()
    return panel


def set_options(session: ContractSession, options: FlowOptions) -> None:
    session.apply(EditName.CHANGE_OPTIONS, lambda draft: edits.set_options(draft, options))


def archive_until_ms(session: ContractSession) -> int | None:
    return session.draft.options.archive_until_ms


def labelled(panel: OptionsPanel, label: str) -> QWidget:
    """The field that a person finds by the label before it."""
    return next(
        buddy for one in panel.findChildren(QLabel) if one.text() == label and (buddy := one.buddy()) is not None
    )


def choice(panel: OptionsPanel, label: str) -> QComboBox:
    field = labelled(panel, label)
    assert isinstance(field, QComboBox)
    return field


def line(panel: OptionsPanel, label: str) -> QLineEdit:
    field = labelled(panel, label)
    assert isinstance(field, QLineEdit)
    return field


def moment(panel: OptionsPanel, label: str) -> QDateTimeEdit:
    field = labelled(panel, label)
    assert isinstance(field, QDateTimeEdit)
    return field


def box(panel: OptionsPanel, label: str, index: int = 0) -> QCheckBox:
    return [one for one in panel.findChildren(QCheckBox) if one.text() == label][index]


def choose(panel: OptionsPanel, label: str, text: str) -> None:
    field = choice(panel, label)
    index = field.findText(text)
    assert index >= 0, [field.itemText(i) for i in range(field.count())]
    field.setCurrentIndex(index)
    field.activated.emit(index)


def test_the_return_address_is_kept_without_blanks_around_it(panel: OptionsPanel, session: ContractSession) -> None:
    type_text(line(panel, "After signing"), " https://example.cn/done ")
    assert session.draft.options.redirect_url == "https://example.cn/done"
    set_options(session, replace(session.draft.options, redirect_url="https://example.cn/other"))
    assert line(panel, "After signing").text() == "https://example.cn/other"


@pytest.mark.parametrize(
    ("text", "duration_ms"),
    [
        ("30 minutes", MS_PER_DAY // 48),
        ("1 day", MS_PER_DAY),
        ("30 days", 30 * MS_PER_DAY),
        ("90 days", 90 * MS_PER_DAY),
    ],
)
def test_a_period_is_chosen_and_shown_again(
    panel: OptionsPanel, session: ContractSession, text: str, duration_ms: int
) -> None:
    choose(panel, "Sign within", text)
    assert session.draft.options.deadline == SignWithin(duration_ms)
    assert choice(panel, "Sign within").currentText() == text
    assert not moment(panel, "at").isVisible()
    set_options(session, FlowOptions(deadline=None))
    assert choice(panel, "Sign within").currentText() == "no deadline"
    set_options(session, FlowOptions(deadline=SignWithin(duration_ms)))
    assert choice(panel, "Sign within").currentText() == text


def test_the_deadlines_offered(panel: OptionsPanel, session: ContractSession) -> None:
    set_options(session, FlowOptions(deadline=None))
    field = choice(panel, "Sign within")
    periods = ["1 day", "3 days", "7 days", "30 days", "90 days"]
    assert [field.itemText(i) for i in range(field.count())] == [
        "30 minutes",
        *periods,
        "fixed time",
        "no deadline",
    ]


def test_a_period_that_is_not_on_the_list_is_shown_too(panel: OptionsPanel, session: ContractSession) -> None:
    set_options(session, FlowOptions(deadline=SignWithin(45 * MS_PER_DAY)))
    assert choice(panel, "Sign within").currentText() == "45 days"
    set_options(session, FlowOptions(deadline=SignWithin(10 * 60_000)))
    assert choice(panel, "Sign within").currentText() == "10 minutes"


def test_no_deadline_is_a_choice(panel: OptionsPanel, session: ContractSession) -> None:
    set_options(session, FlowOptions(deadline=SignWithin(MS_PER_DAY)))
    choose(panel, "Sign within", "no deadline")
    assert session.draft.options.deadline is None


def test_a_fixed_moment_is_a_week_from_now_until_it_is_set(panel: OptionsPanel, session: ContractSession) -> None:
    before = QDateTime.currentMSecsSinceEpoch()
    choose(panel, "Sign within", "fixed time")
    deadline = session.draft.options.deadline
    assert isinstance(deadline, SignUntil)
    assert 0 <= deadline.at_ms - before - 7 * MS_PER_DAY < 60_000
    field = moment(panel, "at")
    assert field.isVisible()
    assert field.dateTime().toMSecsSinceEpoch() == deadline.at_ms
    field.setDateTime(QDateTime.fromMSecsSinceEpoch(NOON_MS, QTimeZone(b"Asia/Shanghai")))
    assert session.draft.options.deadline == SignUntil(NOON_MS)


def test_moments_are_shown_as_in_china(panel: OptionsPanel, session: ContractSession) -> None:
    set_options(session, FlowOptions(deadline=SignUntil(NOON_MS), archive_until_ms=NOON_MS + MS_PER_DAY))
    assert moment(panel, "at").text() == "2031-05-06 12:30"
    assert moment(panel, "until").text() == "2031-05-07 12:30"


def test_showing_another_contract_changes_nothing_in_it(panel: OptionsPanel, session: ContractSession) -> None:
    set_options(session, FlowOptions(deadline=SignUntil(NOON_MS), archive_until_ms=NOON_MS))
    options = FlowOptions(
        business_scene="x",
        deadline=SignUntil(NOON_MS + 5 * MS_PER_DAY),
        archive_until_ms=NOON_MS + 9 * MS_PER_DAY,
        redirect_url="https://example.cn/",
        notices=frozenset({NoticeChannel.EMAIL}),
        platforms=frozenset({SignPlatform.WECHAT}),
    )
    session.load(replace(ContractDraft.new(), options=options))
    assert session.draft.options == options
    assert session.undo_name is None


def test_archiving_is_limited_to_five_years_until_a_moment_is_set(
    panel: OptionsPanel, session: ContractSession
) -> None:
    before = QDateTime.currentDateTime()
    assert not moment(panel, "until").isVisible()
    assert box(panel, "Limit archiving").isVisible()
    assert panel.isAncestorOf(box(panel, "Limit archiving"))
    assert box(panel, "Limit archiving").y() > line(panel, "After signing").y()
    box(panel, "Limit archiving").click()
    until_ms = archive_until_ms(session)
    assert until_ms is not None
    assert 0 <= until_ms - before.addYears(5).toMSecsSinceEpoch() < 60_000
    field = moment(panel, "until")
    assert field.isVisible()
    field.setDateTime(QDateTime.fromMSecsSinceEpoch(NOON_MS, QTimeZone(b"Asia/Shanghai")))
    assert archive_until_ms(session) == NOON_MS
    box(panel, "Limit archiving").click()
    assert archive_until_ms(session) is None
    assert not field.isVisible()
    session.undo()
    assert box(panel, "Limit archiving").isChecked()


@pytest.mark.parametrize(
    ("label", "index", "channel"),
    [("SMS", 0, NoticeChannel.SMS), ("email", 0, NoticeChannel.EMAIL), ("Alipay", 0, NoticeChannel.ALIPAY)],
)
def test_each_way_of_notice_is_a_box(
    panel: OptionsPanel, session: ContractSession, label: str, index: int, channel: NoticeChannel
) -> None:
    platforms = session.draft.options.platforms
    set_options(session, replace(session.draft.options, notices=frozenset()))
    box(panel, label, index).click()
    assert session.draft.options.notices == {channel}
    assert session.draft.options.platforms == platforms
    set_options(session, replace(session.draft.options, notices=frozenset()))
    assert not box(panel, label, index).isChecked()


@pytest.mark.parametrize(
    ("label", "index", "platform"),
    [("browser", 0, SignPlatform.H5), ("Alipay", 1, SignPlatform.ALIPAY), ("WeChat", 0, SignPlatform.WECHAT)],
)
def test_each_place_to_sign_is_a_box(
    panel: OptionsPanel, session: ContractSession, label: str, index: int, platform: SignPlatform
) -> None:
    notices = session.draft.options.notices
    set_options(session, replace(session.draft.options, platforms=frozenset()))
    box(panel, label, index).click()
    assert session.draft.options.platforms == {platform}
    assert session.draft.options.notices == notices
    set_options(session, replace(session.draft.options, platforms=frozenset()))
    assert not box(panel, label, index).isChecked()


@pytest.mark.parametrize(("label", "field"), [("Paid by", "payer"), ("Initiated by", "initiator")])
def test_who_pays_and_who_begins_are_signers_or_this_account(
    panel: OptionsPanel, session: ContractSession, label: str, field: str
) -> None:
    for signer in (PERSON, make_application_signer(), COMPANY):
        session.apply(EditName.ADD_SIGNER, partial(edits.add_signer, signer=signer))
    parties = choice(panel, label)
    assert [parties.itemData(i) for i in range(parties.count())] == [
        None,
        SignerParty(PERSON.id),
        SignerParty(COMPANY.id),
    ]
    assert parties.currentIndex() == 0
    parties.setCurrentIndex(2)
    parties.activated.emit(2)
    assert getattr(session.draft.options, field) == SignerParty(COMPANY.id)
    other = "initiator" if field == "payer" else "payer"
    assert getattr(session.draft.options, other) is None
    assert choice(panel, label).currentIndex() == 2
    parties.setCurrentIndex(0)
    parties.activated.emit(0)
    assert getattr(session.draft.options, field) is None


def test_somebody_else_who_pays_is_shown_by_name(panel: OptionsPanel, session: ContractSession) -> None:
    payer = AccountParty("account", "云禾示例科技有限公司")
    set_options(session, FlowOptions(payer=payer))
    assert choice(panel, "Paid by").currentText() == "云禾示例科技有限公司"
    assert choice(panel, "Paid by").currentData() == payer
    assert choice(panel, "Initiated by").currentData() is None


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("deadline", "Sign within"),
        ("redirect_url", "After signing"),
        ("payer", "Paid by"),
        ("initiator", "Initiated by"),
    ],
)
def test_a_problem_leads_to_its_field(panel: OptionsPanel, qtbot: QtBot, name: str, label: str) -> None:
    panel.activateWindow()
    panel.focus_field(name)
    qtbot.waitUntil(labelled(panel, label).hasFocus)


def test_what_is_rare_is_shown_when_it_is_asked_for(panel: OptionsPanel, session: ContractSession) -> None:
    panel.more.click()
    assert choice(panel, "Sign within").isVisible()
    assert not choice(panel, "Paid by").isVisible()
    set_options(session, FlowOptions(archive_until_ms=NOON_MS))
    assert not moment(panel, "until").isVisible()
    panel.focus_field("archive_until_ms")
    assert moment(panel, "until").isVisible()


def test_a_problem_below_the_fold_is_scrolled_to(panel: OptionsPanel, session: ContractSession, qtbot: QtBot) -> None:
    set_options(session, FlowOptions(archive_until_ms=NOON_MS))
    panel.resize(360, 140)
    panel.focus_field("archive_until_ms")
    field = moment(panel, "until")
    assert isinstance(panel, QScrollArea)
    qtbot.waitUntil(lambda: field.visibleRegion().boundingRect() == field.rect())


def pick(panel: OptionsPanel, name: str, typed: str, qtbot: QtBot) -> PartyPicker:
    """Open the picker of a part, and pick the only contact that is meant by what is typed."""
    qtbot.mouseClick(panel.from_contacts[name], Qt.MouseButton.LeftButton)
    picker = panel.window().findChild(PartyPicker)
    assert picker is not None
    with qtbot.waitExposed(picker):
        picker.show()
    picker.activateWindow()
    qtbot.waitUntil(picker.line.hasFocus)
    type_text(picker.line, typed)
    qtbot.waitUntil(picker.matches.isVisible)
    qtbot.keyClick(picker.line, Qt.Key.Key_Down)
    qtbot.keyClick(picker.line, Qt.Key.Key_Return)
    return picker


@pytest.mark.parametrize("name", ["payer", "initiator"])
def test_anybody_from_contacts_pays_or_initiates(
    panel: OptionsPanel, session: ContractSession, qtbot: QtBot, name: str
) -> None:
    pick(panel, name, "赵六", qtbot)
    qtbot.waitUntil(lambda: getattr(session.draft.options, name) is not None)
    assert getattr(session.draft.options, name) == AccountParty("account of 赵六", "赵六")
    assert choice(panel, "Paid by" if name == "payer" else "Initiated by").currentText() == "赵六"
    assert session.draft.is_paid_elsewhere is (name == "payer")
    session.undo()
    assert getattr(session.draft.options, name) is None


def test_whom_the_platform_doesn_t_know_pays_nothing_yet(
    panel: OptionsPanel, session: ContractSession, qtbot: QtBot
) -> None:
    picker = pick(panel, "payer", "孙样", qtbot)
    qtbot.waitUntil(lambda: "has no platform account" in picker.said)
    assert session.draft.options.payer is None
    picker.reject()
