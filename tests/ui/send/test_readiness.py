"""What the review asks before a send, with real services and a real rehearsal platform."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtWidgets import QToolButton, QWidget

from esign_desktop.domain.account import Organization, Person
from esign_desktop.domain.contract.form_values import set_blocks
from esign_desktop.domain.contract.problems import DocumentSubject, SignerSubject
from esign_desktop.domain.document import TemplateFilling
from esign_desktop.domain.signer import PersonSigner
from esign_desktop.services.people.accounts import AccountService
from esign_desktop.ui.prepare.account_problems import AccountProblems
from esign_desktop.ui.prepare.debounced_changes import DebouncedChanges
from esign_desktop.ui.send.controller import SendController
from esign_desktop.ui.send.readiness import ReadinessList, ReadinessRow
from esign_desktop.ui.widgets.theme import apply_theme
from tests.services.desk import clock_ms, make_contract, organization_signer
from tests.services.template_files import make_part
from tests.ui.send.test_controller import NUMBERS, Rig

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from esign_desktop.domain.contract.problems import Problem
    from esign_desktop.domain.signer import Signer
    from esign_desktop.ui.tasks import TaskRunner
    from tests.services.sandbox_platform import SandboxPlatform


@pytest.fixture
def rig(
    tmp_path: Path, platform: SandboxPlatform, tasks: TaskRunner, qtbot: QtBot, speak: Callable[[str], None]
) -> Iterator[Rig]:
    speak("en")
    rig = Rig(tmp_path, platform, tasks, qtbot)
    yield rig
    rig.window.hide()
    tasks.stop()
    rig.installation.close()


def answers(rig: Rig) -> list[str]:
    return [row.text for row in rig.window.findChildren(ReadinessRow) if row.isVisible()]


def change_persons(rig: Rig, **changes: Any) -> None:
    """Change the same fields of every signer."""

    def changed(signer: Signer) -> Signer:
        assert isinstance(signer, PersonSigner)
        return replace(signer, person=replace(signer.person, **changes))

    draft = rig.session.draft
    rig.session.load(replace(draft, signers=tuple(map(changed, draft.signers))))


def test_everything_is_asked_when_the_review_opens_and_changes_nothing(
    rig: Rig, platform: SandboxPlatform, qtbot: QtBot
) -> None:
    rig.controller.begin()
    qtbot.waitUntil(lambda: len(answers(rig)) == 4)
    places = [(row.y(), row.height()) for row in rig.window.findChildren(ReadinessRow)]
    qtbot.waitUntil(
        lambda: f"The platform ({rig.installation.environment.host}) is reachable." in rig.texts, timeout=10_000
    )
    qtbot.waitUntil(lambda: not any("checking" in text for text in answers(rig)), timeout=10_000)
    assert answers(rig) == [
        "Signer 1, 张示例: new account",
        "Signer 2, 李示例: new account",
        "Plan: contracts left unknown; enter the number in Track",
        "“" + rig.session.draft.documents[0].name + "”: file unchanged",
    ]
    assert [(row.y(), row.height()) for row in rig.window.findChildren(ReadinessRow)] == places
    assert rig.button("Send now").isEnabled()
    assert platform.flows(rig.session.draft.title) == ()
    assert rig.installation.stores.accounts.all() == ()


def test_accounts_unknown_in_this_environment_are_all_told_at_once_and_lead_to_their_fields(
    rig: Rig, qtbot: QtBot
) -> None:
    change_persons(rig, account_id="an-account-of-another-environment", id_number="", mobile="")
    rig.controller.begin()
    sentence = "Signer {}: the account isn't known in this environment. Enter the ID number."
    qtbot.waitUntil(lambda: answers(rig)[:2] == [sentence.format(1), sentence.format(2)], timeout=10_000)
    assert not rig.button("Send now").isEnabled()
    shown: list[Problem] = []
    rig.controller.problem_activated.connect(shown.append)
    second = rig.window.findChildren(ReadinessRow)[1]
    next(one for one in second.findChildren(QToolButton) if one.isVisible()).click()
    assert [problem.subject for problem in shown] == [
        SignerSubject(rig.session.draft.signers[1].id, "person.id_number")
    ]


def test_a_new_phone_of_a_known_person_asks_for_the_number_before_the_send(
    rig: Rig, tasks: TaskRunner, qtbot: QtBot
) -> None:
    desk = rig.installation
    desk.party_details_key = None
    desk.stores = desk.make_stores()
    desk.submission = desk.make_submission(desk.stores)
    accounts_service = AccountService(
        desk.stores.accounts, client_for=desk.client_for, clock_ms=clock_ms, book=desk.stores.book
    )
    rig.services = replace(rig.services, accounts=accounts_service, submission=desk.submission)
    rig.controller = SendController(rig.window, rig.session, rig.services, tasks, rig.poller)
    with qtbot.waitSignal(rig.controller.sent, timeout=20_000):
        rig.review_and_send()
    accounts = {record.name: record.account_id for record in rig.installation.stores.accounts.all()}
    draft = rig.session.draft
    signers = tuple(
        replace(signer, person=Person(signer.person.name, "", account_id=accounts[signer.person.name], mobile=mobile))
        for signer, mobile in zip(draft.signers, ("13900000001", ""), strict=True)
        if isinstance(signer, PersonSigner)
    )
    rig.session.load(replace(draft, signers=signers))
    rig.controller.begin()
    qtbot.waitUntil(lambda: len(answers(rig)) == 4 and "checking" not in "".join(answers(rig)), timeout=10_000)
    assert answers(rig)[:2] == [
        "Signer 1 has a new mobile number or email address. Enter the ID number, or leave both empty.",
        "Signer 2, 李示例: has account",
    ]


def test_a_changed_file_is_told_in_its_place(rig: Rig, qtbot: QtBot) -> None:
    document = rig.session.draft.documents[0]
    path = Path(document.path)
    path.write_bytes(path.read_bytes() + b"\n% changed")
    rig.controller.begin()
    told = f"The file of “{document.name}” has changed since you opened it."
    qtbot.waitUntil(lambda: told in answers(rig), timeout=10_000)
    assert not rig.button("Send now").isEnabled()
    (list_,) = rig.window.findChildren(ReadinessList)
    assert [problem.subject for problem in list_.problems] == [DocumentSubject(document.id)]


def test_a_file_that_follows_a_form_and_is_gone_is_told_in_its_place(rig: Rig, qtbot: QtBot, tmp_path: Path) -> None:
    draft = rig.session.draft
    part = make_part(tmp_path / "copies", "general terms")
    form = replace(draft.documents[0], path="", template=TemplateFilling("form", (("amount", "1"),)))
    rig.session.load(set_blocks(replace(draft, documents=(form,)), form.id, (part,)))
    rig.controller.begin()
    qtbot.waitUntil(lambda: "file unchanged" in "".join(answers(rig)), timeout=10_000)
    Path(part.path).unlink()
    rig.controller.begin()
    told = f"The pages of “terms.pdf” after “{form.name}” are missing or have changed on this computer."
    told = f"{told} Add the file again."
    qtbot.waitUntil(lambda: told in answers(rig), timeout=10_000)
    assert not rig.button("Send now").isEnabled()


def test_without_a_network_the_review_says_what_could_not_be_asked_and_asks_again(
    rig: Rig, platform: SandboxPlatform, qtbot: QtBot
) -> None:
    platform.set_faults({"path": "/account/idexchange", "fault": "drop_reply", "times": 3})
    change_persons(rig, account_id="known", third_id="own-id-1", id_number="", mobile="")
    rig.controller.begin()
    unasked = "couldn't be checked; will be checked when you send"
    qtbot.waitUntil(lambda: "Couldn't check with the platform" in rig.texts, timeout=20_000)
    qtbot.waitUntil(lambda: [text.endswith(unasked) for text in answers(rig)[:2]] == [True, True], timeout=20_000)
    again = next(one for one in rig.window.findChildren(QToolButton) if one.isVisible() and one.text() == "Check again")
    again.click()
    qtbot.waitUntil(lambda: all("isn't known in this environment" in text for text in answers(rig)[:2]), timeout=20_000)


def test_stop_gives_up_what_the_platform_has_not_answered(rig: Rig, platform: SandboxPlatform, qtbot: QtBot) -> None:
    platform.set_faults({"path": "/account/idexchange", "fault": "hang", "times": 9})
    rig.controller.begin()
    qtbot.waitUntil(lambda: "file unchanged" in "".join(answers(rig)), timeout=10_000)
    next(one for one in rig.window.findChildren(QToolButton) if one.isVisible() and one.text() == "Stop").click()
    assert "Stopped. The rest will be checked when you send." in rig.texts
    qtbot.waitUntil(lambda: rig.button("Send now").isEnabled(), timeout=10_000)


def test_a_failed_send_leads_to_its_field_and_offers_no_second_try_that_cannot_help(rig: Rig, qtbot: QtBot) -> None:
    rig.controller.begin()
    qtbot.waitUntil(lambda: rig.button("Send now").isEnabled(), timeout=10_000)
    path = Path(rig.session.draft.documents[0].path)
    qtbot.waitUntil(lambda: "file unchanged" in "".join(answers(rig)), timeout=10_000)
    path.write_bytes(path.read_bytes() + b"\n% changed")
    rig.press("Send now")
    qtbot.waitUntil(lambda: rig.has_button("Show document"), timeout=20_000)
    assert not rig.has_button("Try again")
    shown: list[Problem] = []
    rig.controller.problem_activated.connect(shown.append)
    rig.press("Show document")
    assert [problem.subject for problem in shown] == [DocumentSubject(rig.session.draft.documents[0].id)]
    assert rig.window.count() == 1


def test_prepare_is_not_ready_where_this_computer_knows_that_a_number_is_missing(
    rig: Rig, tasks: TaskRunner, qtbot: QtBot
) -> None:
    problems = AccountProblems(rig.session, DebouncedChanges(rig.session, rig.window), rig.services, tasks, rig.window)
    change_persons(rig, account_id="an-account-of-another-environment", id_number="", mobile="")
    qtbot.waitUntil(lambda: len(problems.problems) == 2, timeout=10_000)
    assert {problem.code for problem in problems.problems} == {"account.unknown_here"}
    rig.session.load(
        replace(
            rig.session.draft,
            signers=tuple(
                replace(signer, person=Person(signer.person.name, number))
                for signer, number in zip(rig.session.draft.signers, NUMBERS, strict=True)
                if isinstance(signer, PersonSigner)
            ),
        )
    )
    assert problems.problems == ()


def test_details_that_a_known_organization_keeps_are_told_before_they_are_dropped(rig: Rig, qtbot: QtBot) -> None:
    company = Organization("示例公司", "91110000600037341L", legal_name="张三")
    signer = organization_signer("示例公司", Person("李示例", NUMBERS[1], mobile="13500000000"))
    first = make_contract(Path(rig.session.draft.documents[0].path).parent / "first", signers=(signer,))
    rig.session.load(replace(first, signers=(replace(signer, organization=company),)))
    with qtbot.waitSignal(rig.controller.sent, timeout=20_000):
        rig.review_and_send()
    changed = replace(company, legal_name="王五")
    second = make_contract(Path(rig.session.draft.documents[0].path).parent / "second", signers=(signer,))
    rig.session.load(replace(second, signers=(replace(signer, organization=changed),)))
    rig.controller.begin()
    told = "the platform keeps the earlier legal representative and email address."
    qtbot.waitUntil(lambda: any(text.endswith(told) for text in answers(rig)), timeout=10_000)
    qtbot.waitUntil(lambda: rig.button("Send now").isEnabled(), timeout=10_000)


def test_a_signer_whom_the_platform_refuses_is_named_and_led_to(
    rig: Rig, platform: SandboxPlatform, qtbot: QtBot
) -> None:
    rig.controller.begin()
    qtbot.waitUntil(lambda: rig.button("Send now").isEnabled(), timeout=10_000)
    fault = {"path": "/account/create/person/private", "fault": "err_code", "times": 9}
    platform.set_faults({**fault, "err_code": 1430001, "msg": "证件号码有误"})
    rig.press("Send now")
    qtbot.waitUntil(lambda: rig.has_button("Edit signer 1"), timeout=20_000)
    assert not rig.has_button("Try again")
    shown: list[Problem] = []
    rig.controller.problem_activated.connect(shown.append)
    rig.press("Edit signer 1")
    assert [problem.subject for problem in shown] == [
        SignerSubject(rig.session.draft.signers[0].id, "person.id_number")
    ]


def test_the_mark_of_an_answer_takes_the_colour_of_a_new_theme(qtbot: QtBot, qapp: QApplication) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    row = ReadinessRow(parent)

    def inks() -> set[str]:
        image = row.grab().toImage()
        pixels = [image.pixelColor(x, y) for x in range(20) for y in range(image.height())]
        return {pixel.name() for pixel in pixels if pixel.green() > pixel.red() + 60}

    parent.show()
    apply_theme(qapp, "light")
    row.show_text("The file is unchanged", "check")
    light = inks()
    apply_theme(qapp, "dark")
    try:
        assert light
        assert light.isdisjoint(inks())
        assert inks()
    finally:
        apply_theme(qapp, "light")
