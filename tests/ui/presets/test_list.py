from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLineEdit, QListWidget, QPushButton

from esign_desktop.domain.account import OrganizationCodeType, PersonIdType
from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.domain.file_kinds import PRESET_SUFFIX
from esign_desktop.domain.placing.placement import moved_to
from esign_desktop.domain.preset.preset import for_others
from esign_desktop.domain.signer import ApplicationSigner, SignerId
from esign_desktop.store.files.preset_files import PresetFiles
from esign_desktop.ui.presets.cards import PresetCards
from esign_desktop.ui.presets.list import KeyChoice, PresetListWindow
from esign_desktop.ui.presets.people import PeopleForm
from esign_desktop.ui.widgets.deliberate import ConfirmButton
from esign_desktop.ui.widgets.labels import PlainLabel
from tests.drafts import NOW_MS
from tests.services.counter_desk import CounterDesk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.ui.presets.importing import ImportSheet
    from esign_desktop.ui.tasks import TaskRunner
    from esign_desktop.ui.widgets.deliberate import DeliberateButton

WAIT_MS = 5_000


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[CounterDesk]:
    one = CounterDesk(tmp_path / "desk", Environment(EnvironmentKind.TEST, "http://127.0.0.1:9/v3", "project"))
    for number, name in enumerate(("贷款", "开户"), 1):
        one.make_preset(tmp_path / f"form {number}", name=name)
    yield one
    one.close()


@pytest.fixture
def window(installation: CounterDesk, tasks: TaskRunner, qtbot: QtBot) -> Iterator[PresetListWindow]:
    one = PresetListWindow(installation.presets, tasks)
    qtbot.addWidget(one)
    one.read()
    qtbot.waitUntil(lambda: one.chosen is not None, timeout=WAIT_MS)
    yield one
    tasks.wait_idle()


def look_at(window: PresetListWindow, path: Path, qtbot: QtBot) -> ImportSheet:
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
    flows = cast("Any", SimpleNamespace(last_sent=lambda titles: dict.fromkeys(titles & {first.title}, NOW_MS)))
    window = PresetListWindow(installation.presets, tasks, documents=installation.documents, flows=flows)
    qtbot.addWidget(window)
    window.show()
    window.read()
    cards = cast("PresetCards", window.findChild(PresetCards))
    qtbot.waitUntil(lambda: all(cards.sheet_of(one) for one in installation.presets.list()), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: "last sent 2027-01-15" in cards.item(0).text(), timeout=WAIT_MS)
    assert first.name in cards.item(0).text()
    # The page is drawn on the card: it is not all of one colour.
    picture = cards.viewport().grab(cards.visualItemRect(cards.item(0))).toImage()
    assert len({picture.pixelColor(x, y).name() for x in range(14, 70) for y in range(10, 86)}) > 3
    tasks.wait_idle()


def test_where_there_is_none_one_can_be_made_or_imported(
    window: PresetListWindow, installation: CounterDesk, qtbot: QtBot
) -> None:
    for preset in installation.presets.list():
        installation.presets.delete(preset.id)
    window.show()
    window.read()

    def offered() -> dict[str, QPushButton]:
        return {one.text(): one for one in window.findChildren(QPushButton) if one.isVisible()}

    qtbot.waitUntil(lambda: "Create from the open contract" in offered(), timeout=WAIT_MS)
    assert set(offered()) == {"Create from the open contract", "Import a preset you received…", "Close"}
    assert offered()["Close"].objectName() != "primary"
    with qtbot.waitSignal(window.new_requested, timeout=WAIT_MS):
        press(cast("DeliberateButton", offered()["Create from the open contract"]), qtbot)


def test_a_preset_is_renamed(window: PresetListWindow, installation: CounterDesk, qtbot: QtBot) -> None:
    name = next(edit for edit in window.findChildren(QLineEdit) if window.chosen and edit.text() == window.chosen.name)
    name.setText("新名")
    with qtbot.waitSignal(window.changed, timeout=WAIT_MS):
        qtbot.keyClick(name, Qt.Key.Key_Return)
    assert "新名" in names(installation)


def test_a_preset_is_put_on_a_key(window: PresetListWindow, installation: CounterDesk, qtbot: QtBot) -> None:
    choice = cast("KeyChoice", window.findChild(KeyChoice))
    choice.setCurrentIndex(choice.findData(4))
    with qtbot.waitSignal(window.changed, timeout=WAIT_MS):
        choice.activated.emit(choice.currentIndex())
    found = installation.presets.on_key(4)
    assert found is not None
    assert window.chosen is not None
    assert found.id == window.chosen.id


def test_a_preset_goes_after_two_presses(window: PresetListWindow, installation: CounterDesk, qtbot: QtBot) -> None:
    assert window.chosen is not None
    gone = window.chosen.name
    button = cast("ConfirmButton", window.findChild(ConfirmButton))
    with qtbot.waitSignal(window.changed, timeout=WAIT_MS):
        button.confirmed.emit()
    assert names(installation) == {"贷款", "开户"} - {gone}
    qtbot.waitUntil(lambda: cast("QListWidget", window.findChild(QListWidget)).count() == 1, timeout=WAIT_MS)


def test_a_question_about_one_preset_is_not_answered_for_another(
    window: PresetListWindow, installation: CounterDesk, qtbot: QtBot
) -> None:
    listed = cast("QListWidget", window.findChild(QListWidget))
    button = cast("ConfirmButton", window.findChild(ConfirmButton))
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=WAIT_MS)
    listed.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: button.is_armed, timeout=WAIT_MS)
    before = window.chosen
    qtbot.keyClick(listed, Qt.Key.Key_Down)
    assert window.chosen != before
    assert not button.is_armed
    qtbot.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: button.is_armed, timeout=WAIT_MS)
    assert window.chosen is not None
    installation.presets.delete(window.chosen.id)
    window.read()
    qtbot.waitUntil(lambda: listed.count() == 1, timeout=WAIT_MS)
    assert not button.is_armed
    assert before is not None
    assert names(installation) == {before.name}


def test_a_preset_is_handed_on_in_one_file(
    window: PresetListWindow, installation: CounterDesk, qtbot: QtBot, tmp_path: Path
) -> None:
    assert window.chosen is not None
    name, path = window.chosen.name, tmp_path / f"preset{PRESET_SUFFIX}"
    window.export_to(path)
    qtbot.waitUntil(path.exists, timeout=WAIT_MS)
    installation.presets.delete(window.chosen.id)
    sheet = look_at(window, path, qtbot)
    assert not sheet.beside.isVisible()
    with qtbot.waitSignal(window.changed, timeout=WAIT_MS):
        press(sheet.take, qtbot)
    assert name in names(installation)
    assert name in window.status_text


def test_another_file_is_refused_in_words(window: PresetListWindow, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / f"no{PRESET_SUFFIX}"
    path.write_bytes(b"nothing")
    window.import_from(path)
    qtbot.waitUntil(lambda: "isn't a preset" in window.status_text, timeout=WAIT_MS)


def test_a_preset_from_a_head_office_is_told_who_signs_here(
    window: PresetListWindow, installation: CounterDesk, qtbot: QtBot, tmp_path: Path
) -> None:
    made = installation.make_preset(tmp_path / "branch", name="网点", branch=True)
    path = tmp_path / f"branch{PRESET_SUFFIX}"
    installation.presets.export(made.id, path)
    installation.presets.delete(made.id)
    sheet = look_at(window, path, qtbot)
    with qtbot.waitSignal(window.changed, timeout=WAIT_MS):
        press(sheet.take, qtbot)
    qtbot.waitUntil(lambda: window.chosen is not None and window.chosen.name == "网点", timeout=WAIT_MS)
    form = cast("PeopleForm", window.findChild(PeopleForm))
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
    window: PresetListWindow, installation: CounterDesk, qtbot: QtBot, tmp_path: Path
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
    window: PresetListWindow, installation: CounterDesk, qtbot: QtBot, tmp_path: Path
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


def test_arrow_keys_take_no_key_from_another_preset(
    window: PresetListWindow, installation: CounterDesk, qtbot: QtBot
) -> None:
    mine, other = installation.presets.list()
    installation.presets.assign_key(other.id, 2)
    window.read()
    listed = window.findChild(QListWidget)
    assert listed is not None
    qtbot.waitUntil(lambda: listed.item(0).text().startswith("F2"), timeout=WAIT_MS)
    assert window.chosen is not None
    assert window.chosen.id == mine.id
    choice = window.findChild(KeyChoice)
    assert choice is not None
    with qtbot.waitSignal(window.changed, timeout=WAIT_MS):
        qtbot.keyClick(choice, Qt.Key.Key_Down)
    assert {preset.id: preset.function_key for preset in installation.presets.list()} == {mine.id: 3, other.id: 2}


def test_what_a_file_would_change_is_shown_and_asked_about(
    window: PresetListWindow, installation: CounterDesk, qtbot: QtBot, tmp_path: Path
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
    window: PresetListWindow, installation: CounterDesk, qtbot: QtBot, tmp_path: Path
) -> None:
    (mine, _other) = installation.presets.list()
    path = forged_file(installation, mine, tmp_path / f"x{PRESET_SUFFIX}", is_ordered=not mine.is_ordered)
    sheet = look_at(window, path, qtbot)
    qtbot.mouseDClick(sheet.take, Qt.MouseButton.LeftButton)
    qtbot.wait(50)
    assert window.sheet is sheet
    assert installation.presets.get(mine.id) == mine
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)


def test_both_are_kept(window: PresetListWindow, installation: CounterDesk, qtbot: QtBot, tmp_path: Path) -> None:
    (mine, _other) = installation.presets.list()
    path = forged_file(installation, mine, tmp_path / f"x{PRESET_SUFFIX}", is_ordered=not mine.is_ordered)
    sheet = look_at(window, path, qtbot)
    with qtbot.waitSignal(window.changed, timeout=WAIT_MS):
        press(sheet.beside, qtbot)
    assert installation.presets.get(mine.id) == mine
    assert f"{mine.name} (2)" in names(installation)


def test_what_was_edited_meanwhile_is_not_replaced(
    window: PresetListWindow, installation: CounterDesk, qtbot: QtBot, tmp_path: Path
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
    window: PresetListWindow, installation: CounterDesk, qtbot: QtBot, tmp_path: Path
) -> None:
    (mine, _other) = installation.presets.list()
    path = tmp_path / f"x{PRESET_SUFFIX}"
    installation.presets.export(mine.id, path)
    window.import_from(path)
    qtbot.waitUntil(lambda: "already has this preset" in window.status_text, timeout=WAIT_MS)
    assert window.sheet is None
