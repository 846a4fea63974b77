from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QInputDialog, QLineEdit, QPushButton

from esign_desktop.domain.account import OrganizationCodeType, PersonIdType
from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.domain.file_kinds import PRESET_SUFFIX
from esign_desktop.domain.placing.placement import moved_to
from esign_desktop.domain.preset.preset import for_others
from esign_desktop.domain.signer import ApplicationSigner, PersonSigner, SignerId
from esign_desktop.store.files.preset_files import PresetFiles
from esign_desktop.ui.presets.cards import CardFilter
from esign_desktop.ui.presets.people import PeopleForm
from esign_desktop.ui.presets.room import PresetsRoom
from esign_desktop.ui.text.moments import now_ms
from esign_desktop.ui.widgets.labels import PlainLabel
from esign_desktop.ui.widgets.notice_bar import Messages
from tests.drafts import NOW_MS
from tests.services.counter_desk import CounterDesk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.ui.presets.importing import ImportSheet
    from esign_desktop.ui.tasks import TaskRunner
    from esign_desktop.ui.widgets.deliberate import DeliberateButton

WAIT_MS = 5_000


class Room(PresetsRoom):
    """The room with its messages."""

    def __init__(self, services: Any, tasks: TaskRunner) -> None:
        self.messages = Messages()
        super().__init__(services, tasks, self.messages)

    @property
    def chosen(self) -> Preset | None:
        card = self.grid.chosen
        return card.preset if card is not None else None

    @property
    def status_text(self) -> str:
        return " ".join(f"{row.title} {row.remedy}" for row in self.messages.rows)

    def choose(self, command: str) -> None:
        """Choose a command in the drawer's menu by its text."""
        next(one for one in self.drawer.menu.actions() if one.text() == command).trigger()


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[CounterDesk]:
    one = CounterDesk(tmp_path / "desk", Environment(EnvironmentKind.TEST, "http://127.0.0.1:9/v3", "project"))
    for number, name in enumerate(("贷款", "开户"), 1):
        one.make_preset(tmp_path / f"form {number}", name=name)
    yield one
    one.close()


@pytest.fixture
def window(installation: CounterDesk, tasks: TaskRunner, qtbot: QtBot) -> Iterator[Room]:
    one = make_room(installation, tasks, qtbot)
    one.show()
    one.reload()
    qtbot.waitUntil(lambda: one.grid.count() > 0, timeout=WAIT_MS)
    yield one
    tasks.wait_idle()


def make_room(installation: CounterDesk, tasks: TaskRunner, qtbot: QtBot, sent: dict[str, int] | None = None) -> Room:
    services: Any = SimpleNamespace(
        environments=SimpleNamespace(current=lambda: installation.environment),
        presets=installation.presets,
        preset_layouts=installation.layouts,
        templates=SimpleNamespace(list=tuple),
        flows=SimpleNamespace(
            last_sent=lambda titles: {title: at for title, at in (sent or {}).items() if title in titles}
        ),
        documents=installation.documents,
    )
    one = Room(services, tasks)
    qtbot.addWidget(one)
    qtbot.addWidget(one.messages)
    one.resize(1100, 700)
    return one


def look_at(window: Room, path: Path, qtbot: QtBot) -> ImportSheet:
    """Choose a file, and wait until it is shown."""
    window.show()
    window.import_from(path)
    qtbot.waitUntil(lambda: window.sheet is not None and window.sheet.isVisible(), timeout=WAIT_MS)
    sheet = window.sheet
    assert sheet is not None
    return sheet


def press(button: DeliberateButton, qtbot: QtBot) -> None:
    """Press a button as somebody who means it."""
    qtbot.waitUntil(lambda: button.press_guard.is_long_enough, timeout=WAIT_MS)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def words(sheet: ImportSheet) -> str:
    return "\n".join(label.text() for label in sheet.findChildren(PlainLabel))


def forged_file(installation: CounterDesk, preset: Preset, path: Path, **changes: Any) -> Path:
    """Write a file about a preset that is here with something else in it, and leave what is here alone."""
    elsewhere = CounterDesk(path.parent / "elsewhere", installation.environment)
    (kept,) = preset.documents
    with installation.presets.paths_of(preset)[0].open("rb") as pdf:
        PresetFiles(elsewhere.paths.presets_dir).keep(pdf, kept.sha256, max_bytes=kept.size_bytes)
    elsewhere.presets.save(replace(preset, function_key=None, **changes))
    elsewhere.presets.export(preset.id, path)
    elsewhere.close()
    return path


def names(installation: CounterDesk) -> set[str]:
    return {preset.name for preset in installation.presets.list()}


def test_a_card_shows_the_first_page_the_key_the_roles_and_the_last_use(
    installation: CounterDesk, tasks: TaskRunner, qtbot: QtBot
) -> None:
    first = installation.presets.list()[0]
    installation.presets.assign_key(first.id, 2)
    room = make_room(installation, tasks, qtbot, {first.title: NOW_MS})
    room.show()
    room.reload()
    grid = room.grid
    qtbot.waitUntil(lambda: grid.count() == 2 and all(map(grid.sheet_of, grid.cards)), timeout=WAIT_MS)
    assert grid.item(0).text().startswith(f"F2 · {first.name} · ")
    assert "last sent 15 January" in grid.item(0).text()
    # The page is drawn on the card: it is not all of one color.
    picture = grid.viewport().grab(grid.visualItemRect(grid.item(0))).toImage()
    assert len({picture.pixelColor(x, y).name() for x in range(40, 120) for y in range(16, 120)}) > 3
    tasks.wait_idle()


def test_where_there_is_none_one_can_be_made_or_imported(window: Room, installation: CounterDesk, qtbot: QtBot) -> None:
    for preset in installation.presets.list():
        installation.presets.delete(preset.id)
    window.reload()
    qtbot.waitUntil(window.from_contract.isVisible, timeout=WAIT_MS)
    assert all(one.isVisible() for one in (window.receive, window.from_pdf, window.by_id))
    assert not window.drawer.isVisible()
    with qtbot.waitSignal(window.new_requested, timeout=WAIT_MS):
        press(window.from_contract, qtbot)


def test_filters_show_what_is_on_a_key_and_what_was_sent_lately(
    installation: CounterDesk, tasks: TaskRunner, qtbot: QtBot
) -> None:
    first, second = installation.presets.list()
    installation.presets.assign_key(first.id, 2)
    room = make_room(installation, tasks, qtbot, {second.title: now_ms(), first.title: now_ms() - 40 * 86_400_000})
    room.reload()
    qtbot.waitUntil(lambda: room.grid.count() == 2, timeout=WAIT_MS)

    def shown(kind: CardFilter) -> list[str]:
        room.filters.choose(kind)
        return [card.name for card in room.grid.cards]

    assert shown(CardFilter.COUNTER) == [first.name]
    assert room.chosen is not None
    assert shown(CardFilter.RECENT) == [second.name]
    assert shown(CardFilter.FIELDS) == []
    assert room.drawer.isHidden()
    assert shown(CardFilter.ALL) == [first.name, second.name]


def test_a_contract_begins_with_a_preset_and_keeps_its_file_when_the_preset_goes(
    window: Room, installation: CounterDesk, qtbot: QtBot
) -> None:
    preset = window.chosen
    assert preset is not None
    with qtbot.waitSignal(window.contract_requested, timeout=WAIT_MS) as asked:
        qtbot.keyClick(window.grid, Qt.Key.Key_Return)
    draft = asked.args[0]
    (document,) = draft.documents
    (customer,) = draft.signers
    assert isinstance(customer, PersonSigner)
    assert customer.person.name == ""
    assert draft.title == preset.title
    assert len(draft.placements) == len(preset.placements)
    installation.presets.delete(preset.id)
    assert Path(document.path).exists()
    assert installation.documents.is_open(document.id)
    installation.layouts.close(draft.documents)
    assert not installation.documents.is_open(document.id)


def test_a_preset_that_lost_its_file_begins_no_contract(window: Room, installation: CounterDesk, qtbot: QtBot) -> None:
    assert window.chosen is not None
    for path in installation.presets.paths_of(window.chosen):
        path.unlink()
    with qtbot.assertNotEmitted(window.contract_requested):
        qtbot.mouseClick(window.drawer.main, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: bool(window.messages.rows), timeout=WAIT_MS)


def test_a_preset_is_duplicated_without_its_key(window: Room, installation: CounterDesk, qtbot: QtBot) -> None:
    assert window.chosen is not None
    mine = window.chosen
    installation.presets.assign_key(mine.id, 3)
    with qtbot.waitSignal(window.changed, timeout=WAIT_MS):
        window.choose("D&uplicate")
    qtbot.waitUntil(lambda: window.chosen is not None and window.chosen.name == f"{mine.name} (2)", timeout=WAIT_MS)
    assert {one.name: one.function_key for one in installation.presets.list()}[f"{mine.name} (2)"] is None
    assert installation.presets.get(mine.id).function_key == 3


def test_a_preset_is_renamed(window: Room, installation: CounterDesk, qtbot: QtBot) -> None:
    window.choose("&Rename…")
    dialog = window.findChild(QInputDialog)
    assert dialog is not None
    dialog.setTextValue("新名")
    with qtbot.waitSignal(window.changed, timeout=WAIT_MS):
        dialog.accept()
    assert "新名" in names(installation)


def test_a_preset_is_put_on_a_key(window: Room, installation: CounterDesk, qtbot: QtBot) -> None:
    choice = window.drawer.key
    choice.setCurrentIndex(choice.findData(4))
    with qtbot.waitSignal(window.changed, timeout=WAIT_MS):
        choice.activated.emit(choice.currentIndex())
    found = installation.presets.on_key(4)
    assert found is not None
    assert window.chosen is not None
    assert found.id == window.chosen.id


def test_a_preset_goes_after_two_presses(window: Room, installation: CounterDesk, qtbot: QtBot) -> None:
    assert window.chosen is not None
    gone = window.chosen.name
    button = window.drawer.remove
    with qtbot.waitSignal(window.changed, timeout=WAIT_MS):
        button.confirmed.emit()
    assert names(installation) == {"贷款", "开户"} - {gone}
    qtbot.waitUntil(lambda: window.grid.count() == 1, timeout=WAIT_MS)


def test_a_question_about_one_preset_is_not_answered_for_another(
    window: Room, installation: CounterDesk, qtbot: QtBot
) -> None:
    listed = window.grid
    button = window.drawer.remove
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=WAIT_MS)
    listed.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: button.is_armed, timeout=WAIT_MS)
    before = window.chosen
    qtbot.keyClick(listed, Qt.Key.Key_Right)
    assert window.chosen != before
    assert not button.is_armed
    qtbot.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: button.is_armed, timeout=WAIT_MS)
    assert window.chosen is not None
    installation.presets.delete(window.chosen.id)
    window.reload()
    qtbot.waitUntil(lambda: listed.count() == 1, timeout=WAIT_MS)
    assert not button.is_armed
    assert before is not None
    assert names(installation) == {before.name}


def test_a_preset_is_handed_on_in_one_file(
    window: Room, installation: CounterDesk, qtbot: QtBot, tmp_path: Path
) -> None:
    assert window.chosen is not None
    name, path = window.chosen.name, tmp_path / f"preset{PRESET_SUFFIX}"
    window.export_to(window.chosen, path)
    qtbot.waitUntil(path.exists, timeout=WAIT_MS)
    installation.presets.delete(window.chosen.id)
    sheet = look_at(window, path, qtbot)
    assert not sheet.beside.isVisible()
    with qtbot.waitSignal(window.changed, timeout=WAIT_MS):
        press(sheet.take, qtbot)
    assert name in names(installation)
    assert name in window.status_text


def test_another_file_is_refused_in_words(window: Room, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / f"no{PRESET_SUFFIX}"
    path.write_bytes(b"nothing")
    window.import_from(path)
    qtbot.waitUntil(lambda: "isn't a preset" in window.status_text, timeout=WAIT_MS)


def test_a_preset_from_a_head_office_is_told_who_signs_here(
    window: Room, installation: CounterDesk, qtbot: QtBot, tmp_path: Path
) -> None:
    made = installation.make_preset(tmp_path / "branch", name="网点", branch=True)
    path = tmp_path / f"branch{PRESET_SUFFIX}"
    installation.presets.export(made.id, path)
    installation.presets.delete(made.id)
    sheet = look_at(window, path, qtbot)
    with qtbot.waitSignal(window.changed, timeout=WAIT_MS):
        press(sheet.take, qtbot)
    qtbot.waitUntil(lambda: window.chosen is not None and window.chosen.name == "网点", timeout=WAIT_MS)
    form = window.drawer.people
    assert not form.isHidden()
    fields = form.findChildren(QLineEdit)
    for field, text in zip(fields, ("示例支行", "91110000600037341L", "王经办", "110101199003078515"), strict=True):
        field.setText(text)
    button = next(one for one in form.findChildren(QPushButton) if one.isEnabled())
    with qtbot.waitSignal(window.changed, timeout=WAIT_MS):
        button.click()
    assert installation.presets.get(made.id).roles_without_signer == ()
    qtbot.waitUntil(form.isHidden, timeout=WAIT_MS)
    assert all(field.text() != "110101199003078515" for field in fields)


def test_numbers_that_cannot_be_right_are_not_kept(
    window: Room, installation: CounterDesk, qtbot: QtBot, tmp_path: Path
) -> None:
    made = installation.make_preset(tmp_path / "branch", name="网点", branch=True)
    form = PeopleForm()
    qtbot.addWidget(form)
    form.show_preset(for_others(made))
    fields = form.findChildren(QLineEdit)
    for field, text in zip(fields, ("示例支行", "91110000600037341X", "王经办", "110101199003078515"), strict=True):
        field.setText(text)
    assert not any(one.isEnabled() for one in form.findChildren(QPushButton))


def test_people_of_a_preset_have_any_document_and_any_code(
    window: Room, installation: CounterDesk, qtbot: QtBot, tmp_path: Path
) -> None:
    made = for_others(installation.make_preset(tmp_path / "branch", name="网点", branch=True))
    form = PeopleForm()
    qtbot.addWidget(form)
    form.show()
    form.show_preset(made)
    code_type, id_type = form.findChildren(QComboBox)
    button = next(iter(form.findChildren(QPushButton)))
    fields = form.findChildren(QLineEdit)
    for field, text in zip(fields, ("示例支行", "60003734-1", "MARIA SAMPLE", "e1234567"), strict=True):
        qtbot.keyClicks(field, text) if text.isascii() else field.setText(text)
    assert not button.isEnabled()
    for choice, kind in ((code_type, OrganizationCodeType.ORGANIZATION_CODE), (id_type, PersonIdType.PASSPORT)):
        choice.setFocus()
        for _ in range(choice.findData(kind)):
            qtbot.keyClick(choice, Qt.Key.Key_Down)
    assert button.isEnabled()
    with qtbot.waitSignal(form.filled) as filled:
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    role = filled.args[0].signers[-1]
    assert (role.organization.code, role.organization.code_type) == (
        "600037341",
        OrganizationCodeType.ORGANIZATION_CODE,
    )
    assert (role.agent.id_number, role.agent.id_type) == ("E1234567", PersonIdType.PASSPORT)


def test_arrow_keys_take_no_key_from_another_preset(window: Room, installation: CounterDesk, qtbot: QtBot) -> None:
    mine, other = installation.presets.list()
    installation.presets.assign_key(other.id, 2)
    window.reload()
    listed = window.grid
    qtbot.waitUntil(lambda: listed.item(0).text().startswith("F2"), timeout=WAIT_MS)
    assert window.chosen is not None
    assert window.chosen.id == mine.id
    choice = window.drawer.key
    with qtbot.waitSignal(window.changed, timeout=WAIT_MS):
        qtbot.keyClick(choice, Qt.Key.Key_Down)
    assert {preset.id: preset.function_key for preset in installation.presets.list()} == {mine.id: 3, other.id: 2}


def test_what_a_file_would_change_is_shown_and_asked_about(
    window: Room, installation: CounterDesk, qtbot: QtBot, tmp_path: Path
) -> None:
    (mine, _other) = installation.presets.list()
    installation.presets.assign_key(mine.id, 2)
    mine = installation.presets.get(mine.id)
    (place,) = mine.placements
    (customer,) = mine.signers
    path = forged_file(
        installation,
        mine,
        tmp_path / f"x{PRESET_SUFFIX}",
        options=replace(mine.options, redirect_url="https://evil.example/collect"),
        placements=(moved_to(place, x_pt=200.0),),
        signers=(customer, ApplicationSigner(SignerId("role 2"), "示例平台")),
    )

    sheet = look_at(window, path, qtbot)

    assert sheet.different == ("Signers", "Signs automatically", "Seals", "After signing")
    said = words(sheet)
    for text in ("https://evil.example/collect", "示例平台", "F2 at the counter", "According to the file", "pages: 2"):
        assert text in said, text
    assert sheet.focusWidget() is sheet.cancel
    qtbot.keyClick(sheet, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.sheet is None, timeout=WAIT_MS)
    assert installation.presets.get(mine.id) == mine

    sheet = look_at(window, path, qtbot)
    with qtbot.waitSignal(window.changed, timeout=WAIT_MS):
        press(sheet.take, qtbot)
    on_key = installation.presets.on_key(2)
    assert on_key is not None
    assert on_key.options.redirect_url == "https://evil.example/collect"
    (earlier,) = (one for one in installation.presets.list() if one.name.startswith(f"{mine.name} (until "))
    assert replace(earlier, id=mine.id, name=mine.name, function_key=2) == mine
    assert "stays in the list" in window.status_text


def test_a_file_that_is_dropped_on_a_double_click_takes_nothing_in(
    window: Room, installation: CounterDesk, qtbot: QtBot, tmp_path: Path
) -> None:
    (mine, _other) = installation.presets.list()
    path = forged_file(installation, mine, tmp_path / f"x{PRESET_SUFFIX}", is_ordered=not mine.is_ordered)
    sheet = look_at(window, path, qtbot)
    qtbot.mouseDClick(sheet.take, Qt.MouseButton.LeftButton)
    qtbot.wait(50)
    assert window.sheet is sheet
    assert installation.presets.get(mine.id) == mine
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)


def test_both_are_kept(window: Room, installation: CounterDesk, qtbot: QtBot, tmp_path: Path) -> None:
    (mine, _other) = installation.presets.list()
    path = forged_file(installation, mine, tmp_path / f"x{PRESET_SUFFIX}", is_ordered=not mine.is_ordered)
    sheet = look_at(window, path, qtbot)
    with qtbot.waitSignal(window.changed, timeout=WAIT_MS):
        press(sheet.beside, qtbot)
    assert installation.presets.get(mine.id) == mine
    assert f"{mine.name} (2)" in names(installation)


def test_what_was_edited_meanwhile_is_not_replaced(
    window: Room, installation: CounterDesk, qtbot: QtBot, tmp_path: Path
) -> None:
    (mine, _other) = installation.presets.list()
    path = forged_file(installation, mine, tmp_path / f"x{PRESET_SUFFIX}", is_ordered=not mine.is_ordered)
    sheet = look_at(window, path, qtbot)
    edited = installation.presets.save(replace(mine, name="edited"))
    press(sheet.take, qtbot)
    qtbot.waitUntil(lambda: "changed in the meantime" in sheet.status_text, timeout=WAIT_MS)
    assert installation.presets.get(mine.id) == edited
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)


def test_the_very_same_preset_is_not_asked_about(
    window: Room, installation: CounterDesk, qtbot: QtBot, tmp_path: Path
) -> None:
    (mine, _other) = installation.presets.list()
    path = tmp_path / f"x{PRESET_SUFFIX}"
    installation.presets.export(mine.id, path)
    window.import_from(path)
    qtbot.waitUntil(lambda: "already has this preset" in window.status_text, timeout=WAIT_MS)
    assert window.sheet is None
