"""What the program doubts: names in the review, in presets, in Bulk and at the counter."""

from __future__ import annotations

import csv
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QScrollArea

from esign_desktop.app.self_test import driver, parties
from esign_desktop.domain.account import Person
from esign_desktop.domain.contract import edits
from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.geometry import PagePoint
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.placement import CoordinatePlacement, new_placement_id
from esign_desktop.domain.signer import PersonSigner, SignerId
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.presets.settling import SettlingDialog
from esign_desktop.ui.send.parties import PartyList
from esign_desktop.ui.send.readiness import ReadinessList
from esign_desktop.ui.send.review import ReviewSheet
from esign_desktop.ui.shell.rail import RoomName
from esign_desktop.ui.viewer.doubts import DoubtList
from esign_desktop.ui.viewer.page_parts import PagePicture
from esign_desktop.ui.widgets.actions import ActionName
from esign_desktop.ui.widgets.layouts import fit_on_screen
from tests.pictures.contracts import COMPANY, CONTRACTOR, WIDTH_PT, open_contract, ready_contract, sample
from tests.pictures.counter_presets import keep_named_preset
from tests.pictures.office import Office, office
from tests.pictures.popups import top_level
from tests.pictures.scenes.counter import SIZE_PX

if TYPE_CHECKING:
    from pathlib import Path

    from tests.pictures.studio import Studio

_HANG_S = 600
_ANOTHER = replace(CONTRACTOR, person=replace(CONTRACTOR.person, name="王五", id_number="110101195101014015"))
_KNOWN_ELSEWHERE = PersonSigner(
    SignerId("witness"), Person("许晚晴", mobile="13800000003", account_id="6f0c2d", third_id="K-0001")
)


def play(studio: Studio) -> None:
    """Doubt a signer, ask the platform before a send, and settle whom a preset's pages name."""
    with office(studio, "doubts") as here:
        _doubt_signer(studio, here)
    with office(studio, "asking") as here:
        _ask(studio, here)
    with office(studio, "named-contract") as here:
        _save_named(studio, here)
    with office(studio, "named-preset") as here:
        _settle(studio, here)


def _doubt_signer(studio: Studio, here: Office) -> None:
    fit_on_screen(here.window, *SIZE_PX)
    _lay_out(here)
    sheet = _open_review(here)
    doubts = driver.the(sheet, DoubtList)
    studio.take("review-doubts", here.window)
    driver.confirm_doubts(doubts)
    driver.wait_until("the contract can be sent", sheet.send_button.isEnabled)
    studio.take("review-doubts-answered", here.window)


def _lay_out(here: Office) -> None:
    """Put the sample on the desk, signed by a person whom its pages do not name."""
    session = here.workspace.session
    (document,) = open_contract(here, sample(here.folder / "files"))
    for signer in (replace(COMPANY, role="甲方"), replace(_ANOTHER, role="乙方")):
        session.apply(EditName.ADD_SIGNER, lambda draft, one=signer: edits.add_signer(draft, one))  # type: ignore[misc]
        seal = CoordinatePlacement(
            *(new_placement_id(), signer.id, document.id, PageRanges.single(document.page_count)),
            PagePoint(160.0 if signer.id == COMPANY.id else 400.0, 250.0),
            WIDTH_PT,
        )
        session.apply(EditName.PLACE_SEAL, lambda draft, one=seal: edits.place(draft, one))  # type: ignore[misc]
    here.pages_are_drawn()


def _open_review(here: Office) -> ReviewSheet:
    """Open the review and wait until its pages are drawn and the signers are compared with them."""
    here.workspace.send_controller.begin()
    sheet = driver.the(here.workspace.prepare, ReviewSheet)
    paper = driver.the(sheet, PartyList).paper
    driver.wait_until("the pages are compared", lambda: sheet.is_compared)
    driver.rest(500)
    driver.wait_until("the paper is drawn", lambda: paper.is_idle)
    return sheet


def _ask(studio: Studio, here: Office) -> None:
    """Open the review while the platform is slow to answer, stop asking, and see what the answers find."""
    fit_on_screen(here.window, *SIZE_PX)
    ready_contract(here)
    here.workspace.session.apply(EditName.ADD_SIGNER, lambda draft: edits.add_signer(draft, _KNOWN_ELSEWHERE))
    here.set_faults({"path": "/account/idexchange", "fault": "hang", "seconds": _HANG_S, "times": 9})
    sheet = _open_review(here)
    studio.take("review-asking", here.window)
    driver.the(sheet, ReadinessList).stop()
    driver.rest(300)
    studio.take("review-asking-stopped", here.window)
    here.set_faults()
    here.workspace.prepare.uncover()
    quota = here.services.quota
    assert quota is not None
    driver.elsewhere(
        lambda: quota.enter(EnvironmentKind.SANDBOX, total_count=100, remaining_count=0, valid_until_ms=None)
    )
    with (here.folder / "files" / "软件实施服务合同.pdf").open("ab") as file:
        file.write(b"\n% changed")
    sheet = _open_review(here)
    answers = driver.the(sheet, ReadinessList)
    driver.wait_until("the platform has answered", lambda: len(answers.problems) > 1)
    driver.rest(300)
    studio.take("review-findings", here.window)


def _save_named(studio: Studio, here: Office) -> None:
    """Save a filled-in contract as a preset, whose pages name its customer."""
    fit_on_screen(here.window, *SIZE_PX)
    ready_contract(here)
    here.window.actions_by_name[ActionName.SAVE_PRESET].trigger()
    sheet = here.workspace.presets.sheet
    assert sheet is not None
    driver.wait_until("the preset can be saved", sheet.button.isEnabled)
    driver.press(sheet.button)
    (names,) = sheet.findChildren(DoubtList)
    driver.wait_until("the names are shown", lambda: names.next_answer)
    driver.rest(700)
    studio.take("preset-save-names", here.window)


def _settle(studio: Studio, here: Office) -> None:
    """Choose a preset in Bulk whose pages name its customer, settle that, and confirm a sheet."""
    fit_on_screen(here.window, *SIZE_PX)
    keep_named_preset(here)
    here.window.show_room(RoomName.BULK)
    room = here.workspace.bulk
    driver.wait_until("the preset is stopped", lambda: room.work.obstacle)
    driver.rest(300)
    studio.take("bulk-names", here.window)
    driver.press(driver.button(room.start, "StartPane", "Check the names…"))
    dialog = top_level(SettlingDialog)
    (names,) = dialog.findChildren(DoubtList)
    driver.wait_until("the names are shown", lambda: names.next_answer)
    driver.rest(700)
    studio.take("preset-names", dialog)
    driver.confirm_doubts(names)
    driver.wait_until("the preset is settled", lambda: room.work.obstacle is None)
    room.take_sheet(_sheet(here.folder / "客户名单.csv"))
    driver.wait_until("the rows are looked through", lambda: room.work.may_send)
    driver.press(room.rows.foot.send_button)
    driver.wait_until("the pages are shown", lambda: room.confirm.findChildren(PagePicture))
    driver.rest(700)
    studio.take("bulk-confirm-names", here.window)
    scroll = driver.the(room.confirm, QScrollArea)
    studio.take("bulk-confirm-foot", here.window, settle=lambda: scroll.verticalScrollBar().setValue(1 << 20))


def _sheet(path: Path) -> Path:
    rows = [(one.name, one.id_number, one.mobile) for one in parties.CUSTOMERS]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([("姓名", "身份证号码", "手机号"), *rows])
    return path
