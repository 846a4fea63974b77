"""Presets: kept, offered, edited."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from esign_desktop.app.self_test import driver
from esign_desktop.domain.document import TemplateFilling
from esign_desktop.domain.preset.fields import CustomerDatum, FormField
from esign_desktop.ui.shell.rail import RoomName
from tests.pictures import papers
from tests.pictures.contracts import ready_contract
from tests.pictures.counter_presets import NAMES, keep_presets
from tests.pictures.office import Office, office

if TYPE_CHECKING:
    from tests.pictures.studio import Studio


def play(studio: Studio) -> None:
    """From a contract to a preset, and back."""
    with office(studio, "preset-list") as here:
        here.window.show_room(RoomName.PRESETS)
        room = here.workspace.presets_room
        driver.wait_until("the room is read", room.from_contract.isVisible)
        driver.rest(300)
        studio.take("presets-none", here.window)
        keep_presets(here)
        room.reload()
        driver.wait_until("the cards are shown", lambda: room.grid.count() > 0)
        driver.wait_until("the pages are drawn", lambda: all(map(room.grid.sheet_of, room.grid.cards)))
        driver.rest(200)
        studio.take("presets", here.window)
        _edit(studio, here)
    with office(studio, "preset-save") as here:
        ready_contract(here)
        here.workspace.presets.save()
        driver.rest(500)
        studio.take("preset-save", here.window)
    with office(studio, "preset-offer") as here:
        keep_presets(here)
        _offer(studio, here)


def _edit(studio: Studio, here: Office) -> None:
    presets = here.services.presets
    preset = driver.elsewhere(presets.list)[0]
    fields = (
        FormField("姓名", CustomerDatum.NAME),
        FormField("借款金额", CustomerDatum.TYPED),
        FormField("签订地点", text="杭州"),
    )
    here.workspace.presets.edit(preset)
    editing = here.workspace.presets.editing
    driver.wait_until("the preset is laid out", editing.strip.isVisible)
    here.pages_are_drawn()
    here.workspace.prepare.selection.set([here.workspace.session.draft.placements[0].id])
    driver.rest(700)
    studio.take("preset-edit", here.window, settle=here.pages_are_drawn)
    here.workspace.prepare.signers.edit(here.workspace.session.draft.signers[0].id)
    driver.rest(300)
    studio.take("preset-party", here.window)
    here.workspace.prepare.signers.discard_form()
    editing.leave()
    driver.wait_until("the preset is closed", lambda: editing.preset is None)
    document = preset.documents[0].created_from(TemplateFilling("20180403120233", preset_fields=fields))
    form = replace(preset, documents=(document,))
    driver.elsewhere(lambda: presets.save_edited(form, here.services.environments.current()))
    here.workspace.presets.edit(driver.elsewhere(presets.list)[0])
    driver.wait_until("the form is laid out", editing.strip.isVisible)
    editing.strip.fields.click()
    editing.fields.list.choose(1)
    driver.rest(700)
    studio.take("preset-fields", here.window)
    editing.leave()
    driver.wait_until("the form is closed", lambda: editing.preset is None)


def _offer(studio: Studio, here: Office) -> None:
    path = papers.annex(here.folder / "forms" / f"{NAMES[2]} 张三.pdf", title=NAMES[2], pages=2)
    here.workspace.open_files([path])
    driver.wait_until("the file is open", lambda: here.workspace.session.draft.documents)
    here.pages_are_drawn()
    driver.rest(1200)
    studio.take("preset-offer", here.window, settle=here.pages_are_drawn)
