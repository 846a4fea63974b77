"""Rooms and dialogs with something in them: what is read at each stop, in which state it is, and what is said."""

from __future__ import annotations

import csv
from functools import partial
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.environment import Environment, EnvironmentKind
from tests.bulk_samples import HEADINGS, person_row
from tests.e2e.accessible import CHECKED, ENABLED, FOCUSED, HAS_POPUP, SELECTED
from tests.e2e.running_application import RunningApplication
from tests.e2e.test_without_mouse import wait_until
from tests.e2e.texts import chinese
from tests.services.counter_desk import CounterDesk, make_form

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.e2e.accessibility.reader import Reader
    from tests.e2e.accessibility_bus import AccessibilityBus
    from tests.e2e.accessible import Accessible
    from tests.virtual_display import VirtualDisplay

pytestmark = [pytest.mark.e2e, pytest.mark.nightly, pytest.mark.slow, pytest.mark.timeout(300)]

FILE_NAME = "文件名称"
"""What Qt's own dialog calls the field in which a path is typed."""


@pytest.fixture
def application(
    tmp_path: Path, display: VirtualDisplay, accessibility_bus: AccessibilityBus
) -> Iterator[RunningApplication]:
    """The application of somebody who has a preset."""
    folder = tmp_path / "application"
    nowhere = Environment(EnvironmentKind.SANDBOX, "http://127.0.0.1:9/v3", "project")
    installation = CounterDesk(folder / "data", nowhere)
    installation.make_preset(tmp_path / "loan", name="借款合同", branch=True)
    installation.close()
    with RunningApplication(folder, display, accessibility_bus) as running:
        yield running


def choose_file(reader: Reader, path: Path) -> None:
    """Type a path into the dialog that is about to open."""

    def asks() -> bool:
        reader.listener.rest()
        at = reader.listener.at
        return at is not None and at.role == "text" and any(one.startswith(FILE_NAME) for one in (at.name, *at.labels))

    wait_until("the dialog asks for a file", asks)
    reader.type(str(path))
    reader.press("Return")


def pages(reader: Reader) -> Accessible:
    return reader.window.find("filler", chinese("PageScrollArea", "Pages"))


def test_sheet_preset_and_template_are_read_in_order_and_in_their_states(reader: Reader, tmp_path: Path) -> None:
    walk, listener = reader.walker.walk, reader.listener

    # A sheet with a row that can't be sent.
    sheet = tmp_path / "people.csv"
    rows = [list(person_row(number)) for number in range(1, 4)]
    rows[1][1] = "123"
    with sheet.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([HEADINGS, *rows])
    reader.press("ctrl+3")
    preset = reader.find("list", chinese("StartPane", "Presets")).thing.children[0]
    wait_until("it is chosen", lambda: SELECTED in preset.states)
    walk("sheet to be chosen")
    listener.forget()
    reader.use("push button", chinese("StartPane", "Choose spreadsheet…"))
    choose_file(reader, sheet)
    listener.hears("2 份可发起", "1 行待改正")
    found = walk("rows of a sheet")
    assert not [stop for stop in found if stop.role == "filler"]
    table = next(stop.thing for stop in found if stop.role == "table")
    assert SELECTED in table.cell(0, 0).states
    assert SELECTED not in table.cell(1, 0).states
    reader.find("table", table.name)
    listener.forget()
    reader.press("F8")
    wrong = table.cell(1, 2).name
    listener.hears("第 3 行", wrong)
    assert sum(wrong in said for said in listener.announcements) == 1
    everything = reader.find("check box", chinese("RowFilterBar", "All")).thing
    assert CHECKED in everything.states
    reader.press("Right")
    assert CHECKED not in everything.states
    assert listener.at is not None
    assert {CHECKED, FOCUSED} <= listener.at.states
    walk("wrong rows of a sheet")

    # A preset, and its pages.
    reader.press("ctrl+5")
    reader.find("list", chinese("CardGrid", "Presets"))
    walk("presets")
    reader.use("push button", chinese("PresetDrawer", "E&dit…"))
    wait_until("the pages have the keyboard", lambda: FOCUSED in pages(reader).states)
    reader.press("Tab")
    walk("a preset on its pages")
    reader.use("push button", chinese("PresetStrip", "Cancel"))

    # A template's field, placed by ear.
    reader.press("ctrl+5")
    reader.find("button menu", chinese("PresetsRoom", "&Add"))
    reader.command("space", chinese("PresetsRoom", "A te&mplate from a PDF…"))
    choose_file(reader, make_form(tmp_path / "form.pdf"))
    wait_until("the pages have the keyboard", lambda: FOCUSED in pages(reader).states)
    make = reader.window.find("push button", chinese("TemplateStrip", "Create template"))
    assert ENABLED not in make.states
    reader.press("d", "Return")
    reader.type("due")
    reader.press("Return")
    field = next(one for one in pages(reader).all("list item") if one.name.startswith("due"))
    assert {FOCUSED, SELECTED} <= field.states
    assert ENABLED in make.states
    before = field.name
    listener.forget()
    reader.press("shift+Right")
    assert field.name != before
    assert len(listener.announcements) == 1
    assert listener.announcements[0] in field.name
    walk("a template with a field")
    listener.forget()
    reader.use("push button", chinese("TemplateStrip", "Cancel"))
    listener.hears(chinese("TemplateDrawing", "template “{name}”").format(name="form"))
    assert not reader.walker.findings, reader.walker.told


def has_keyboard(thing: Accessible) -> bool:
    return FOCUSED in thing.states


def test_contacts_are_merged_by_ear(reader: Reader) -> None:
    walk, listener = reader.walker.walk, reader.listener
    number, mobile = (chinese("PersonFields", label) for label in ("ID number", "Mobile"))
    reader.press("ctrl+4")
    for digits in ("11010119900307803X", ""):
        new = reader.find("push button", chinese("ContactList", "New &person").rstrip("(P)")).thing
        reader.press("space")
        reader.type("Zhang")
        if digits:
            reader.fill(number, digits)
        else:
            reader.fill(mobile, "13800000001")
        reader.use("push button", chinese("ContactSheet", "Add"))
        # There is no keyring to keep the numbers in.
        reader.use("push button", chinese("ContactSheet", "Save without numbers"))
        wait_until("the keyboard is back in the room", partial(has_keyboard, new))
        listener.rest()
    table = reader.find("table", chinese("ContactTable", "Contacts")).thing
    wait_until("both are there", lambda: table.row_count == 2)
    reader.press("Home")
    assert SELECTED not in table.cell(1, 0).states
    reader.press("shift+Down")
    assert SELECTED in table.cell(1, 0).states
    walk("contacts")
    more = reader.find("button menu", chinese("MoreButton", "More"))
    while not more.description:
        more = reader.find("button menu", chinese("MoreButton", "More"))
    assert HAS_POPUP in more.states
    reader.press("space", "Down")
    assert listener.at is not None
    assert (listener.at.role, FOCUSED in listener.at.states) == ("menu item", True)
    reader.press("Return")
    walk("two contacts that are merged")
    question = chinese("MergeSheet", "Which name should be kept?")
    first = reader.find("radio button", "Zhang")
    assert first.description == question
    assert CHECKED in first.states
    reader.press("Down")
    assert {CHECKED, FOCUSED} <= listener.at.states
    assert CHECKED not in first.thing.states
    merge = reader.find("push button", chinese("MergeSheet", "&Merge"))
    assert merge.description.endswith("合并后不能撤销。")
    reader.press("Escape")
    # What one stays in is unfolded and folded up by keys.
    reader.press("ctrl+comma")
    # The last section opens Management, whose first section has the environments.
    reader.find("page tab list", "")
    reader.press("Right")
    reader.window.find("page tab list", chinese("SettingsRoom", "Environment"))
    reader.find("check box", chinese("EnvironmentWords", "Rehearsal"))
    reader.press("Down")
    walk("settings of another environment")
    assert not reader.walker.findings, reader.walker.told
