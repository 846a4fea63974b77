"""Presets: kept, offered, edited."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox, QLineEdit

from esign_desktop.app.self_test import driver
from esign_desktop.domain.account import OrganizationCodeType, PersonIdType
from esign_desktop.ui.presets.list import PresetListWindow
from tests.pictures import papers
from tests.pictures.contracts import ready_contract
from tests.pictures.counter_presets import NAMES, keep_presets
from tests.pictures.office import Office, office
from tests.pictures.popups import top_level

if TYPE_CHECKING:
    from esign_desktop.ui.presets.editor.window import PresetEditor
    from tests.pictures.studio import Studio

_PAGES = ("general", "documents", "people", "seals", "fields")


def play(studio: Studio) -> None:
    """From a contract to a preset, and back."""
    with office(studio, "preset-list") as here:
        here.workspace.presets.show_list()
        listed = top_level(PresetListWindow)
        driver.rest(300)
        studio.take("presets-none", listed)
        keep_presets(here)
        here.workspace.presets.show_list()
        driver.rest(400)
        studio.take("presets", listed)
        listed.close()
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
    assert presets is not None
    here.workspace.presets.edit(driver.elsewhere(presets.list)[0])
    editor = here.workspace.presets.editor
    assert editor is not None
    for index, name in enumerate(_PAGES):
        editor.tabs.setCurrentIndex(index)
        driver.rest(700)
        studio.take(f"preset-{name}", editor)
    _somebody_else(studio, editor)
    editor.done(0)
    driver.rest(200)


def _somebody_else(studio: Studio, editor: PresetEditor) -> None:
    people = editor.people
    editor.tabs.setCurrentWidget(people)
    people.list.choose(1)
    people.other_signer.click()
    code_type, id_type = people.people.findChildren(QComboBox)
    for choice, kind in ((code_type, OrganizationCodeType.ORGANIZATION_CODE), (id_type, PersonIdType.PASSPORT)):
        choice.setCurrentIndex(choice.findData(kind))
        choice.activated.emit(choice.currentIndex())
    for line, text in zip(
        people.people.findChildren(QLineEdit), ("示例支行", "600037342", "MARIA SAMPLE", "E12"), strict=True
    ):
        line.setText(text)
    driver.rest(300)
    studio.take("preset-somebody-else", editor)


def _offer(studio: Studio, here: Office) -> None:
    path = papers.annex(here.folder / "forms" / f"{NAMES[2]} 张三.pdf", title=NAMES[2], pages=2)
    here.workspace.open_files([path])
    driver.wait_until("the file is open", lambda: here.workspace.session.draft.documents)
    here.pages_are_drawn()
    driver.rest(1200)
    studio.take("preset-offer", here.window, settle=here.pages_are_drawn)
