from __future__ import annotations

import threading
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, cast

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget

from esign_desktop.app.composition import build_services
from esign_desktop.domain.cost import OWN_TIER_INDEX, Tier
from esign_desktop.domain.environment import Environment, EnvironmentKind, PlatformBehaviour, SealAnchor, SecondAccount
from esign_desktop.domain.file_names import FolderLayout
from esign_desktop.store.clock import system_clock_ms
from esign_desktop.store.database.connection import Database
from esign_desktop.store.files.paths import AppPaths
from esign_desktop.store.secrets import SecretStore
from esign_desktop.ui.settings.general import GeneralChoices
from esign_desktop.ui.settings.room import SettingsRoom
from esign_desktop.ui.widgets.forms import ChoiceField
from esign_desktop.ui.widgets.lengths import LengthBox
from esign_desktop.ui.widgets.notice_bar import MarkedText, Messages
from tests.services.sandbox_platform import PROJECT_ID, SECRET, SandboxPlatform
from tests.ui.typed_text import type_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from esign_desktop.services.catalogue import Services
    from esign_desktop.services.preferences import Preferences
    from esign_desktop.ui.tasks import TaskRunner


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxPlatform]:
    with SandboxPlatform(tmp_path_factory.mktemp("platform")) as running:
        yield running


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    database = Database(tmp_path / "esign.db")
    database.open()
    services = build_services(AppPaths.at(tmp_path), database, cast("Any", None), clock_ms=system_clock_ms)
    yield services
    services.environments.close()
    database.close()


@pytest.fixture
def make_room(
    services: Services, tasks: TaskRunner, qtbot: QtBot, speak: Callable[[str], None]
) -> Iterator[Callable[[], SettingsRoom]]:
    rooms: list[SettingsRoom] = []

    def make() -> SettingsRoom:
        messages = Messages()
        qtbot.addWidget(messages)
        room = SettingsRoom(services, tasks, messages)
        qtbot.addWidget(room)
        rooms.append(room)
        room.show()
        with qtbot.waitSignal(room.kept_shown):
            room.activated()
        open_management(room, qtbot)
        return room

    yield make
    for room in rooms:
        room.hide()


def open_management(room: SettingsRoom, qtbot: QtBot) -> None:
    tabs = room.sections
    at = tabs.tabRect(tabs.count() - 1).center()
    qtbot.mouseClick(tabs, Qt.MouseButton.LeftButton, pos=at)
    qtbot.waitUntil(room.picker.isVisible)


def pick(room: SettingsRoom, kind: EnvironmentKind, qtbot: QtBot) -> None:
    qtbot.mouseClick(room.picker.button(kind), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: room.form.values.kind is kind and room.form.is_secret_known)


def write(field: QLineEdit, text: str, qtbot: QtBot) -> None:
    field.clear()
    qtbot.keyClicks(field, text)


def fill_in(room: SettingsRoom, base_url: str, secret: str, qtbot: QtBot) -> None:
    pick(room, EnvironmentKind.OWN, qtbot)
    form = room.form
    write(form.address, base_url, qtbot)
    write(form.project, PROJECT_ID, qtbot)
    write(form.secret, secret, qtbot)


def click_test(room: SettingsRoom, qtbot: QtBot) -> str:
    qtbot.mouseClick(room.form.test, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(room.result) and "Testing" not in room.result, timeout=10_000)
    return room.result


def test_right_account_is_connected_before_anything_is_saved(
    make_room: Callable[[], SettingsRoom],
    platform: SandboxPlatform,
    services: Services,
    qtbot: QtBot,
    no_secret_service: None,
) -> None:
    room = make_room()
    fill_in(room, platform.base_url, SECRET, qtbot)
    assert click_test(room, qtbot).startswith("Connected. The platform answered in ")
    assert services.environments.get(EnvironmentKind.OWN).base_url == ""


def test_wrong_secret_is_told_in_words(
    make_room: Callable[[], SettingsRoom], platform: SandboxPlatform, qtbot: QtBot, no_secret_service: None
) -> None:
    room = make_room()
    fill_in(room, platform.base_url, "0" * 32, qtbot)
    assert "The project ID or secret may be wrong" in click_test(room, qtbot)


def test_address_where_nobody_answers_is_told_in_words(
    make_room: Callable[[], SettingsRoom], qtbot: QtBot, no_secret_service: None
) -> None:
    room = make_room()
    fill_in(room, "http://127.0.0.1:9", SECRET, qtbot)
    assert "no connection" in click_test(room, qtbot)


def test_plain_http_to_another_computer_is_refused(
    make_room: Callable[[], SettingsRoom], qtbot: QtBot, no_secret_service: None
) -> None:
    room = make_room()
    fill_in(room, "http://platform.example", SECRET, qtbot)
    assert "https" in click_test(room, qtbot)


def test_address_and_proxy_may_be_nonsense_while_they_are_typed(
    make_room: Callable[[], SettingsRoom], qtbot: QtBot, no_secret_service: None
) -> None:
    room = make_room()
    fill_in(room, "https://[", SECRET, qtbot)
    write(room.form.proxy, "http://[", qtbot)
    assert "complete https address" in room.form.problem()
    write(room.form.address, "https://platform.example", qtbot)
    assert "proxy" in room.form.problem()


@pytest.mark.usefixtures("secret_service")
def test_saved_secret_is_in_the_keyring_and_not_shown_again(
    make_room: Callable[[], SettingsRoom],
    platform: SandboxPlatform,
    services: Services,
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    room = make_room()
    fill_in(room, platform.base_url, SECRET, qtbot)
    with qtbot.waitSignal(room.environment_changed, timeout=10_000):
        qtbot.mouseClick(room.form.save, Qt.MouseButton.LeftButton)
    assert room.result == "Saved."
    assert SecretStore().get(EnvironmentKind.OWN, PROJECT_ID) == SECRET
    assert all(SECRET not in field.text() for field in room.findChildren(QLineEdit))
    qtbot.waitUntil(lambda: room.form.secret.placeholderText().startswith("Saved."))
    assert SECRET.encode() not in b"".join(path.read_bytes() for path in tmp_path.glob("esign.db*"))
    assert click_test(room, qtbot).startswith("Connected")


@pytest.mark.usefixtures("secret_service")
def test_forgotten_secret_is_gone_from_the_keyring(
    make_room: Callable[[], SettingsRoom], platform: SandboxPlatform, qtbot: QtBot
) -> None:
    room = make_room()
    fill_in(room, platform.base_url, SECRET, qtbot)
    with qtbot.waitSignal(room.environment_changed, timeout=10_000):
        qtbot.mouseClick(room.form.save, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(room.form.forget.isVisible)
    with qtbot.waitSignal(room.environment_changed, timeout=10_000):
        qtbot.mouseClick(room.form.forget, Qt.MouseButton.LeftButton)
    assert SecretStore().get(EnvironmentKind.OWN, PROJECT_ID) is None
    qtbot.waitUntil(lambda: not room.form.test.isEnabled())


def test_without_keyring_the_window_says_that_the_secret_holds_for_the_session(
    make_room: Callable[[], SettingsRoom],
    platform: SandboxPlatform,
    services: Services,
    qtbot: QtBot,
    no_secret_service: None,
) -> None:
    room = make_room()
    fill_in(room, platform.base_url, SECRET, qtbot)
    assert any("no keyring" in label.text() for label in room.form.findChildren(QLabel) if label.isVisible())
    with qtbot.waitSignal(room.environment_changed, timeout=10_000):
        qtbot.mouseClick(room.form.save, Qt.MouseButton.LeftButton)
    assert "kept only until you close the program" in room.result
    assert services.environments.secret(services.environments.get(EnvironmentKind.OWN)) is not None


def test_contracts_go_elsewhere_only_by_the_button(
    make_room: Callable[[], SettingsRoom], services: Services, qtbot: QtBot, no_secret_service: None
) -> None:
    services.environments.save(replace(services.environments.get(EnvironmentKind.PRODUCTION), project_id=PROJECT_ID))
    room = make_room()
    pick(room, EnvironmentKind.PRODUCTION, qtbot)
    assert not room.form.use.isVisible()
    qtbot.mouseClick(room.form.use_bindingly, Qt.MouseButton.LeftButton)
    assert "legally binding" in room.form.use_bindingly.text()
    assert services.environments.current().kind is EnvironmentKind.SANDBOX
    with qtbot.waitSignal(room.environment_changed, timeout=10_000):
        # Not so soon as to be a double click, which does not count.
        room.form.use_bindingly.click()
    qtbot.waitUntil(lambda: services.environments.current().kind is EnvironmentKind.PRODUCTION)
    qtbot.waitUntil(lambda: room.form.use.text() == "In use")


def test_environment_without_project_can_not_be_used(
    make_room: Callable[[], SettingsRoom], qtbot: QtBot, no_secret_service: None
) -> None:
    room = make_room()
    pick(room, EnvironmentKind.PRODUCTION, qtbot)
    assert not room.form.use.isEnabled()


def test_addresses_of_the_platform_are_fixed_and_an_own_one_is_not(
    make_room: Callable[[], SettingsRoom], qtbot: QtBot, no_secret_service: None
) -> None:
    room = make_room()
    pick(room, EnvironmentKind.TEST, qtbot)
    assert room.form.address.isReadOnly()
    pick(room, EnvironmentKind.OWN, qtbot)
    assert not room.form.address.isReadOnly()


def test_secret_typed_for_one_environment_is_not_taken_to_another(
    make_room: Callable[[], SettingsRoom], qtbot: QtBot, no_secret_service: None
) -> None:
    room = make_room()
    pick(room, EnvironmentKind.TEST, qtbot)
    write(room.form.secret, SECRET, qtbot)
    pick(room, EnvironmentKind.PRODUCTION, qtbot)
    assert room.form.typed_secret == ""


def test_slow_keyring_does_not_hold_up_the_window(
    make_room: Callable[[], SettingsRoom], services: Services, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = threading.Event()

    def secret(_environment: Environment) -> None:
        release.wait(10)

    room = make_room()
    monkeypatch.setattr(services.environments, "secret", secret)
    room.show_kind(EnvironmentKind.PRODUCTION)
    assert room.form.values.kind is EnvironmentKind.PRODUCTION
    release.set()


def test_choices_take_effect_and_are_kept(
    make_room: Callable[[], SettingsRoom], services: Services, qtbot: QtBot, tmp_path: Path
) -> None:
    room = make_room()
    with qtbot.waitSignal(room.language_chosen) as language:
        choose(room.general.language, "zh_CN")
    assert language.args is not None
    choose(room.costs.tier, 2)
    room.general.folder.choose(tmp_path)
    qtbot.waitUntil(lambda: services.preferences.tier_index == 2)
    qtbot.waitUntil(lambda: services.preferences.download_folder == tmp_path)
    qtbot.waitUntil(lambda: room.general.folder.text == str(tmp_path))
    choose(room.general.layout_of_files, "month")
    qtbot.waitUntil(lambda: services.preferences.folder_layout is FolderLayout.MONTH)
    type_text(room.general.title_rule, "{合同} – {客户}")
    QTest.keyClick(room.general.title_rule, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: services.preferences.title_rule == "{合同} – {客户}")


def test_values_read_before_an_edit_do_not_replace_it(
    make_room: Callable[[], SettingsRoom], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = make_room()
    was_read = threading.Event()
    read = GeneralChoices.read

    def read_and_tell(preferences: Preferences) -> GeneralChoices:
        choices = read(preferences)
        was_read.set()
        return choices

    monkeypatch.setattr(GeneralChoices, "read", read_and_tell)
    shown: list[object] = []
    room.kept_shown.connect(lambda: shown.append(room.costs.tier.read_value()))

    room.activated()
    assert was_read.wait(10)
    choose(room.costs.tier, 2)

    qtbot.waitUntil(lambda: bool(shown))
    assert set(shown) == {2}


def test_a_negotiated_price_is_entered_beside_the_list(
    make_room: Callable[[], SettingsRoom], services: Services, qtbot: QtBot
) -> None:
    room = make_room()
    own = room.costs.own_price
    assert not own.isVisible()
    choose(room.costs.tier, OWN_TIER_INDEX)
    qtbot.waitUntil(lambda: services.preferences.tier_index == OWN_TIER_INDEX)
    room.show_part(own)
    qtbot.waitUntil(own.isVisible)
    assert own.text == "Enter both values. Until then, ¥3.00 per contract is assumed."
    own.price.setValue(500_000)
    read_anew(room, qtbot)
    assert own.price.value() == 500_000
    own.count.setValue(250_000)
    assert own.text == "¥2.00 each"
    qtbot.waitUntil(lambda: services.preferences.tier == Tier(500_000, 250_000))


# What is typed and not saved


def type_in(room: SettingsRoom, field: QLineEdit, text: str, qtbot: QtBot) -> None:
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text)


def choose(field: QWidget, value: str | int) -> None:
    assert isinstance(field, ChoiceField)
    row = field.findData(value)
    field.setCurrentIndex(row)
    field.activated.emit(row)


def choose_behaviour(room: SettingsRoom, name: str, value: str) -> None:
    choose(room.form.behaviour.field(name), str(value))


def read_anew(room: SettingsRoom, qtbot: QtBot) -> None:
    """As after a change of theme, tier, folder or language, and when the room is entered."""
    with qtbot.waitSignal(room.kept_shown):
        room.activated()


def choose_tier(room: SettingsRoom, qtbot: QtBot) -> None:
    room.show_part(room.costs.tier)
    with qtbot.waitSignal(room.kept_shown):
        qtbot.keyClick(room.costs.tier, Qt.Key.Key_Down)


@pytest.mark.parametrize("how", [read_anew, choose_tier])
@pytest.mark.usefixtures("secret_service")
def test_typed_secret_is_saved_under_the_project_it_was_typed_for(
    make_room: Callable[[], SettingsRoom],
    services: Services,
    qtbot: QtBot,
    how: Callable[[SettingsRoom, QtBot], None],
) -> None:
    services.environments.save(replace(services.environments.get(EnvironmentKind.TEST), project_id="1111111111"))
    room = make_room()
    pick(room, EnvironmentKind.TEST, qtbot)
    type_in(room, room.form.project, "2222222222", qtbot)
    type_in(room, room.form.secret, SECRET, qtbot)
    how(room, qtbot)
    assert (room.form.values.project_id, room.form.typed_secret) == ("2222222222", SECRET)
    with qtbot.waitSignal(room.environment_changed, timeout=10_000):
        qtbot.mouseClick(room.form.save, Qt.MouseButton.LeftButton)
    assert SecretStore().get(EnvironmentKind.TEST, "2222222222") == SECRET
    assert SecretStore().get(EnvironmentKind.TEST, "1111111111") is None


def test_unsaved_address_and_proxy_stay_when_the_room_is_shown_again(
    make_room: Callable[[], SettingsRoom],
    qtbot: QtBot,
    no_secret_service: None,
) -> None:
    room = make_room()
    fill_in(room, "https://new.example/v3", SECRET, qtbot)
    type_in(room, room.form.proxy, "http://proxy.example:3128", qtbot)
    choose_behaviour(room, "seal_anchor", SealAnchor.LOWER_LEFT)
    typed = room.form.values
    read_anew(room, qtbot)
    choose_tier(room, qtbot)
    assert (room.form.values, room.form.typed_secret) == (typed, SECRET)
    assert room.form.save.isEnabled()


def test_what_is_typed_for_an_environment_is_there_when_it_is_picked_again(
    make_room: Callable[[], SettingsRoom], services: Services, qtbot: QtBot, no_secret_service: None
) -> None:
    room = make_room()
    pick(room, EnvironmentKind.TEST, qtbot)
    type_in(room, room.form.project, "2222222222", qtbot)
    type_in(room, room.form.secret, SECRET, qtbot)
    pick(room, EnvironmentKind.PRODUCTION, qtbot)
    assert (room.form.values.project_id, room.form.typed_secret) == ("", "")
    type_in(room, room.form.project, "3333333333", qtbot)
    pick(room, EnvironmentKind.TEST, qtbot)
    assert (room.form.values.project_id, room.form.typed_secret) == ("2222222222", SECRET)
    pick(room, EnvironmentKind.PRODUCTION, qtbot)
    assert (room.form.values.project_id, room.form.typed_secret) == ("3333333333", "")


@pytest.mark.usefixtures("secret_service")
def test_forgetting_takes_the_secret_of_the_saved_project_and_names_it(
    make_room: Callable[[], SettingsRoom], services: Services, qtbot: QtBot
) -> None:
    environment = replace(services.environments.get(EnvironmentKind.TEST), project_id="1111111111")
    services.environments.save(environment)
    services.environments.set_secret(environment, SECRET)
    services.environments.set_secret(replace(environment, project_id="2222222222"), "of another project")
    room = make_room()
    pick(room, EnvironmentKind.TEST, qtbot)
    qtbot.waitUntil(room.form.forget.isVisible)
    type_in(room, room.form.project, "2222222222", qtbot)
    assert room.form.secret.placeholderText() == "As shown in the platform's console"
    assert not room.form.test.isEnabled()
    assert "1111111111" in room.form.forget.toolTip()
    with qtbot.waitSignal(room.environment_changed, timeout=10_000):
        qtbot.mouseClick(room.form.forget, Qt.MouseButton.LeftButton)
    assert room.result == "The secret of project 1111111111 has been deleted."
    assert SecretStore().get(EnvironmentKind.TEST, "1111111111") is None
    assert SecretStore().get(EnvironmentKind.TEST, "2222222222") == "of another project"
    assert room.form.values.project_id == "2222222222"


def test_saved_does_not_stand_beside_what_is_not(
    make_room: Callable[[], SettingsRoom], qtbot: QtBot, platform: SandboxPlatform, no_secret_service: None
) -> None:
    room = make_room()
    fill_in(room, platform.base_url, "", qtbot)
    with qtbot.waitSignal(room.environment_changed, timeout=10_000):
        qtbot.mouseClick(room.form.save, Qt.MouseButton.LeftButton)
    assert room.result == "Saved."
    type_in(room, room.form.secret, "1", qtbot)
    assert room.result == ""
    mark = room.findChild(MarkedText)
    assert mark is not None
    assert not mark.isVisible()


def test_what_is_typed_while_it_is_being_saved_is_not_taken_for_saved(
    make_room: Callable[[], SettingsRoom],
    services: Services,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    no_secret_service: None,
) -> None:
    release, save = threading.Event(), services.environments.save

    def save_slowly(environment: Environment) -> bool:
        release.wait(10)
        return save(environment)

    room = make_room()
    monkeypatch.setattr(services.environments, "save", save_slowly)
    pick(room, EnvironmentKind.TEST, qtbot)
    type_in(room, room.form.project, "2222222222", qtbot)
    qtbot.mouseClick(room.form.save, Qt.MouseButton.LeftButton)
    type_in(room, room.form.secret, SECRET, qtbot)
    with qtbot.waitSignal(room.environment_changed, timeout=10_000):
        release.set()
    assert (room.result, room.form.typed_secret) == ("", SECRET)
    assert room.form.save.isEnabled()


def test_result_of_a_test_is_not_said_of_other_values(
    make_room: Callable[[], SettingsRoom],
    services: Services,
    platform: SandboxPlatform,
    qtbot: QtBot,
    no_secret_service: None,
) -> None:
    room = make_room()
    fill_in(room, platform.base_url, SECRET, qtbot)
    assert click_test(room, qtbot).startswith("Connected")
    type_in(room, room.form.project, "2222222222", qtbot)
    assert room.result == ""


def test_address_without_a_platform_is_not_to_be_tried_again_later(
    make_room: Callable[[], SettingsRoom], platform: SandboxPlatform, qtbot: QtBot, no_secret_service: None
) -> None:
    room = make_room()
    fill_in(room, platform.base_url.rsplit("/", 2)[0] + "/nowhere", SECRET, qtbot)
    told = click_test(room, qtbot)
    assert told.startswith("No signing platform responds at this address (HTTP 404).")
    assert "again in a few minutes" not in told


def test_port_that_is_being_typed_stays(
    make_room: Callable[[], SettingsRoom], services: Services, qtbot: QtBot, no_secret_service: None
) -> None:
    services.preferences.set_notice_port(8791)
    room = make_room()
    port = room.costs.port.number
    room.activateWindow()
    room.show_part(port)
    qtbot.waitUntil(port.hasFocus)
    port.selectAll()
    qtbot.keyClicks(port, "90")
    read_anew(room, qtbot)
    qtbot.keyClicks(port, "01")
    with qtbot.waitSignal(room.reception_changed):
        qtbot.keyClick(port, Qt.Key.Key_Return)
    assert services.preferences.notice_port == 9001


def test_behaviour_is_folded_until_it_is_asked_for_and_kept_when_saved(
    make_room: Callable[[], SettingsRoom], services: Services, qtbot: QtBot, no_secret_service: None
) -> None:
    room = make_room()
    fill_in(room, "https://new.example/v3", SECRET, qtbot)
    group = room.form.behaviour
    assert not group.field("seal_anchor").isVisible()
    assert group.summary == ""
    qtbot.mouseClick(group.head, Qt.MouseButton.LeftButton)
    assert group.field("seal_anchor").isVisible()

    choose_behaviour(room, "second_account", SecondAccount.REFUSED)
    width = group.field("person_seal_width_pt")
    assert isinstance(width, LengthBox)
    write(width.lineEdit(), "60 pt", qtbot)
    qtbot.keyClick(width, Qt.Key.Key_Return)
    assert group.summary == "2 settings differ from the default"
    room.form.save.click()
    expected = PlatformBehaviour(second_account=SecondAccount.REFUSED, person_seal_width_pt=60.0)
    qtbot.waitUntil(lambda: services.environments.get(EnvironmentKind.OWN).behaviour == expected)
    qtbot.waitUntil(lambda: not room.form.is_changed)

    qtbot.mouseClick(group.reset, Qt.MouseButton.LeftButton)
    assert group.summary == ""
    qtbot.waitUntil(room.form.save.isEnabled)
    room.form.save.click()
    qtbot.waitUntil(lambda: services.environments.get(EnvironmentKind.OWN).behaviour == PlatformBehaviour())


def test_wheel_over_a_field_that_nobody_is_in_changes_nothing(
    make_room: Callable[[], SettingsRoom], qtbot: QtBot
) -> None:
    room = make_room()
    pick(room, EnvironmentKind.OWN, qtbot)
    group = room.form.behaviour
    group.open()
    room.form.project.setFocus()
    general, costs = room.general, room.costs
    before = (general.theme.read_value(), costs.tier.read_value(), general.text_size.read_value())
    assert before[0] == "system"
    others = (general.theme, costs.tier, general.text_size, costs.own_price.price, costs.own_price.count)
    for field in (*(group.field(one.name) for one in fields(PlatformBehaviour)), *others):
        middle = QPointF(field.rect().center())
        turn = QWheelEvent(
            *(middle, field.mapToGlobal(middle), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton),
            *(Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False),
        )
        QApplication.sendEvent(field, turn)
    assert room.form.values.behaviour == PlatformBehaviour()
    assert (general.theme.read_value(), costs.tier.read_value(), general.text_size.read_value()) == before


def test_narrowest_and_widest_seal_that_can_be_typed_are_kept(
    make_room: Callable[[], SettingsRoom], services: Services, qtbot: QtBot
) -> None:
    room = make_room()
    pick(room, EnvironmentKind.OWN, qtbot)
    box = room.form.behaviour.field("organization_seal_width_pt")
    assert isinstance(box, LengthBox)
    for end, width_pt in ((box.minimum(), 10.0), (box.maximum(), 600.0)):
        box.setValue(end)
        assert room.form.values.behaviour.organization_seal_width_pt == pytest.approx(width_pt)
