"""Send the rows of a sheet, and check that each valid row is sent exactly once and that no other rows are sent."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QFileDialog

from esign_desktop.app.self_test import driver
from esign_desktop.app.self_test.driver import SelfTestFailed, sign_on_page
from esign_desktop.app.self_test.parties import CUSTOMERS
from esign_desktop.app.self_test.presets import prepare_form, save_as_preset
from esign_desktop.app.self_test.scenario import tell_what_was_sent
from esign_desktop.domain.flow import FlowStatus
from esign_desktop.services.bulk.values import RowState
from esign_desktop.ui.bulk.work import BulkStage
from esign_desktop.ui.shell.rail import RoomName

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.app.self_test.scenario import ScenarioContext
    from esign_desktop.ui.bulk.room import BulkRoom

HEADINGS: Final = ("姓名", "身份证号", "手机号")
_WRONG: Final = ("陆行舟", "330100199001010000", "13800000006")
"""A person whose ID number has a wrong check digit."""
_RIGHT: Final = len(CUSTOMERS)


def run(context: ScenarioContext) -> bool:
    """Send the rows of a sheet, sign one of the contracts, and open the sheet again.

    Return whether each valid row was sent exactly once. Raises SelfTestFailed if a step fails.
    """
    prepare_form(context)
    save_as_preset(context, "演练·批量", for_counter=False)
    sheet = context.folder / "名单.csv"
    with sheet.open("w", encoding="utf-8-sig", newline="") as file:
        rows = [(person.name, person.id_number, person.mobile) for person in CUSTOMERS]
        csv.writer(file).writerows([HEADINGS, *rows, _WRONG])
    report, room = context.report, context.workspace.bulk
    with report.step("read the sheet"):
        context.window.show_room(RoomName.BULK)
        driver.wait_until("the preset is chosen", lambda: room.work.preset is not None)
        report.photograph(context.window, "bulk")
        _choose(room, sheet)
        driver.wait_until("the rows are checked", lambda: room.work.may_send)
        report.photograph(context.window, "rows")
        faulty = room.work.count(RowState.FAULTY)
    with report.step("send the sheet"):
        driver.press(room.rows.foot.send_button)
        driver.wait_until("the confirmation appears", room.confirm.isVisible)
        report.photograph(context.window, "confirm")
        driver.press(room.confirm.send_button)
        driver.wait_until("the sheet is sent", lambda: room.work.stage is BulkStage.STOPPED)
        report.photograph(context.window, "sent")
        sent = room.work.count(RowState.SENT)
    with report.step("read the sheet again"):
        room.work.reset()
        room.work.take_sheet(sheet)
        driver.wait_until("the rows are checked", lambda: room.work.stage is BulkStage.PLANNED)
        driver.wait_until("the plan is complete", lambda: not room.work.is_planning)
        report.photograph(context.window, "again")
        again = {"sent_before": room.work.count(RowState.SENT), "may_send": room.work.may_send}
    with report.step("one recipient signs"):
        link = next(url for flow in tell_what_was_sent(context) for signer in flow.signers for url in signer.urls)
        state = driver.elsewhere(lambda: sign_on_page(link))
        if state != "signed":
            raise SelfTestFailed(f"the sign page says {state!r}")
        flows = tell_what_was_sent(context)
    report.values["rows"] = {"sent": sent, "faulty": faulty, "again": again}
    return (
        (sent, faulty, len(flows), len(context.witness.bodies)) == (_RIGHT, 1, _RIGHT, _RIGHT)
        and again == {"sent_before": _RIGHT, "may_send": False}
        and [flow.status for flow in flows].count(FlowStatus.COMPLETED) == 1
        and report.values["accounts"] == {"identities": _RIGHT, "accounts": _RIGHT, "are_their_own": True}
    )


def _choose(room: BulkRoom, sheet: Path) -> None:
    """Choose the sheet in the file dialog of the Bulk page."""
    driver.press(driver.button(room.start, "StartPane", "Choose spreadsheet…"))
    driver.wait_until("the file dialog opens", lambda: room.findChildren(QFileDialog))
    dialog = room.findChildren(QFileDialog)[-1]
    dialog.selectFile(str(sheet))
    dialog.accept()
