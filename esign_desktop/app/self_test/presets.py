"""Save the contract on the Prepare page as a preset, using the real form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLineEdit

from esign_desktop.app.self_test import driver
from esign_desktop.app.self_test import prepare as places
from esign_desktop.app.self_test.driver import SelfTestFailed
from esign_desktop.app.self_test.parties import PERSON
from esign_desktop.app.self_test.prepare import PreparePage
from esign_desktop.ui.presets.making import SaveSheet
from esign_desktop.ui.viewer.doubts import DoubtList
from esign_desktop.ui.widgets.actions import ActionName

if TYPE_CHECKING:
    from esign_desktop.app.self_test.scenario import ScenarioContext
    from esign_desktop.domain.preset.preset import Preset


def prepare_form(context: ScenarioContext) -> None:
    """Open the contract, add a signer, and place a seal by keyword, so that the preset also fits other contracts."""
    page = PreparePage(context.workspace)
    with context.report.step("prepare the contract"):
        page.open_file(context.pdf)
        page.add_person(PERSON)
        documents, document_id = context.workspace.services.documents, page.document.id
        keyword = driver.elsewhere(
            lambda: places.usable_keyword(lambda text: documents.find(document_id, text), context.keyword)
        )
        page.place_by_keyword(keyword)
        context.report.values["keyword"] = keyword
        context.report.photograph(context.window, "prepared")


def save_as_preset(context: ScenarioContext, name: str, *, for_counter: bool) -> Preset:
    """Save the contract on the Prepare page as a preset with this name, and return the preset.

    If ``for_counter`` is True, the preset is saved for the counter and gets the first free function key. Raises
    SelfTestFailed if the preset is not saved.
    """
    workspace = context.workspace
    with context.report.step("save as preset"):
        context.window.actions_by_name[ActionName.SAVE_PRESET].trigger()
        driver.wait_until("the sheet opens", lambda: workspace.prepare.findChildren(SaveSheet))
        sheet = driver.the(workspace.prepare, SaveSheet)
        driver.write(driver.the(sheet, QLineEdit), name)
        if for_counter:
            box = next(
                (check_box for check_box in sheet.findChildren(QCheckBox) if check_box.text() == _for_counter()), None
            )
            if box is None:
                raise SelfTestFailed("the sheet does not offer the counter")
            box.setFocus()
            driver.strike(box, Qt.Key.Key_Space)
        context.report.photograph(context.window, "preset")
        driver.press(sheet.button)
        presets = workspace.services.presets

        def saved() -> list[Preset]:
            # The preset gets its key right after it was saved.
            return [
                preset
                for preset in driver.elsewhere(presets.list)
                if preset.function_key is not None or not for_counter
            ]

        names = sheet.findChildren(DoubtList)[0]
        driver.wait_until("the preset is saved, or asks about names", lambda: saved() or names.next_answer)
        if names.next_answer is not None:
            # The contract is filled in, so its pages name the customer.
            driver.confirm_doubts(names)
            driver.press(sheet.button)
        driver.wait_until("the preset is saved", saved)
        (preset,) = saved()
    return preset


def _for_counter() -> str:
    return driver.words("SaveSheet", "For the &counter: sign within 30 minutes by QR code, without notifications")
