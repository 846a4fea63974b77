"""Create a template, fill in its fields on the Prepare page, add a table, and find the values in the signed file."""

from __future__ import annotations

import shutil
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLineEdit, QPushButton

from esign_desktop.app.self_test import driver
from esign_desktop.app.self_test import prepare as places
from esign_desktop.app.self_test.driver import SelfTestFailed, sign_on_page
from esign_desktop.app.self_test.parties import PERSON
from esign_desktop.app.self_test.prepare import SEAL_WIDTH_PT, PreparePage
from esign_desktop.app.self_test.scenario import tell_what_was_sent
from esign_desktop.app.self_test.send import SendPage
from esign_desktop.domain.flow import FlowStatus
from esign_desktop.domain.geometry import PagePoint
from esign_desktop.ui.shell.rail import RoomName

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.app.self_test.scenario import ScenarioContext
    from esign_desktop.domain.flow import FlowRecord
    from esign_desktop.ui.presets.drawing import TemplateDrawing
    from esign_desktop.ui.viewer.view import PagesView

VALUES: Final = {"borrower": "林小满", "amount": "50,000.00"}
"""The values to be entered, keyed by field name."""
TABLE: Final = "品名\t数量\n云禾软件许可\t12\n"
_KEYS: Final = {"borrower": Qt.Key.Key_T, "amount": Qt.Key.Key_A}
_FIRST_PT: Final = (330.0, 60.0)
_SIZE_PT: Final = (150.0, 20.0)
_STEP_PT: Final = 26.0
_SETTLE_MS: Final = 250


def run(context: ScenarioContext) -> bool:
    """Create a template, fill it in, send and sign the contract, and return whether the signed file has all values.

    Raises SelfTestFailed if a step fails.
    """
    report = context.report
    with report.step("draw the fields"):
        context.window.show_room(RoomName.PRESETS)
        room: Any = context.workspace.presets_room
        driver.wait_until("the page is ready", room.from_pdf.isVisible)
        _open_pdf(room, context.pdf)
        drawing, view = context.workspace.presets.drawing, context.workspace.prepare.canvas.view
        driver.wait_until("the PDF is shown", lambda: drawing.is_open and view.isVisible())
        driver.wait_until("the pages are drawn", lambda: view.source.is_idle and not view.is_settling)
        driver.come_to_front(context.window)
        for number, name in enumerate(VALUES):
            _draw(drawing, view, name, number)
        report.photograph(context.window, "fields")
    with report.step("make the template"):
        driver.press(drawing.strip.make)
        driver.wait_until("the template is made", lambda: not drawing.is_open and room.isVisible())
        driver.rest(_SETTLE_MS)
        report.photograph(context.window, "templates")
    with report.step("fill the template in Prepare"):
        session, prepare = context.workspace.session, context.workspace.prepare
        driver.press(room.drawer.main)
        driver.wait_until("the document is in the contract", lambda: session.draft.documents)
        document = session.draft.documents[0]
        driver.wait_until("its card is shown", lambda: prepare.documents.card(document.id) is not None)
        card: Any = prepare.documents.card(document.id)
        driver.wait_until("its fields are shown", lambda: set(VALUES) <= set(card.form.edits))
        for name, value in VALUES.items():
            edit = card.form.edits[name]
            if not isinstance(edit, QLineEdit):
                raise SelfTestFailed(f"the field {name!r} is not a text field")
            driver.write(edit, value)
            driver.strike(edit, Qt.Key.Key_Return)
        driver.rest(_SETTLE_MS)
        report.photograph(context.window, "filled")
        prepare.blocks.open(document.id)
        QGuiApplication.clipboard().setText(TABLE)
        prepare.blocks.grid.paste()
        driver.rest(_SETTLE_MS)
        report.photograph(context.window, "table")
        page_count = session.draft.documents[0].page_count
    with report.step("add the signer"):
        page = PreparePage(context.workspace)
        page.add_person(PERSON)
        page.choose_width(SEAL_WIDTH_PT)
        find = partial(context.workspace.services.documents.find, document.id)
        page.place_seal(driver.elsewhere(lambda: places.free_spot(page.document, find, SEAL_WIDTH_PT, session.marks)))
        report.photograph(context.window, "prepared")
    record = _send(context)
    signed = _sign_and_fetch(context, record)
    with report.step("read the signed file"):
        found, pages = driver.elsewhere(lambda: _read(context, signed))
        report.values["form_values"] = found
        report.values["pages"] = {"form": document.page_count, "expected": page_count, "signed": pages}
    (flow,) = tell_what_was_sent(context)
    return (
        all(found.values())
        and document.page_count < page_count == pages
        and flow.status is FlowStatus.COMPLETED
        and report.values["accounts"] == {"identities": 1, "accounts": 1, "are_their_own": True}
    )


def _open_pdf(room: Any, pdf: Path) -> None:
    driver.press(room.from_pdf)
    driver.wait_until("the file dialog opens", lambda: room.findChildren(QFileDialog))
    dialog = room.findChildren(QFileDialog)[-1]
    dialog.selectFile(str(pdf))
    dialog.accept()


def _draw(drawing: TemplateDrawing, view: PagesView, name: str, number: int) -> None:
    """Choose the field tool with its key, draw a field with the mouse, and type the field's name."""
    slot = view.page_layout.slots[0]
    left, top = _FIRST_PT[0], slot.frame.height_pt - _FIRST_PT[1] - number * _STEP_PT
    first, last = PagePoint(left, top), PagePoint(left + _SIZE_PT[0], top - _SIZE_PT[1])
    view.setFocus()
    driver.strike(view, _KEYS[name])
    start, end = (view.view_point(*slot.point_px(point)).toPoint() for point in (first, last))
    viewport, button = view.viewport(), Qt.MouseButton.LeftButton
    QTest.mousePress(viewport, button, Qt.KeyboardModifier.NoModifier, start)
    for point in (start + (end - start) / 3, start + (end - start) / 2, end):
        driver.drag_to(viewport, point)
    QTest.mouseRelease(viewport, button, Qt.KeyboardModifier.NoModifier, end)
    driver.wait_until("the field is drawn", lambda: len(drawing.controller.fields) == number + 1, limit_s=10)
    driver.write(drawing.panel.name, name)
    driver.strike(drawing.panel.name, Qt.Key.Key_Return)


def _send(context: ScenarioContext) -> FlowRecord:
    """Review and send the contract. When the form that the platform has filled in is shown, check it and continue."""
    send_page, report = SendPage(context.window), context.report
    with report.step("send"):
        PreparePage(context.workspace).ask_to_send()
        send_page.await_review()
        report.photograph(context.window, "review")
        return send_page.send(on_the_way=partial(_go_on, context))


def _go_on(context: ScenarioContext) -> None:
    """Press *Continue* if the window shows the form that the platform has filled in beside the entered values."""
    text = driver.words("SendingPanel", "Continue")
    for button in context.workspace.prepare.findChildren(QPushButton):
        if button.isVisible() and button.isEnabled() and button.text() == text:
            driver.rest(_SETTLE_MS)
            context.report.photograph(context.window, "made-by-the-platform")
            driver.press(button)
            return


def _sign_and_fetch(context: ScenarioContext, record: FlowRecord) -> Path:
    send_page, target = SendPage(context.window), context.report.folder / "signed.pdf"
    with context.report.step("sign"):
        link = record.signers[0].urls[0]
        state = driver.elsewhere(lambda: sign_on_page(link))
        if state != "signed":
            raise SelfTestFailed(f"the sign page says {state!r}")
    with context.report.step("download"):
        flows = context.workspace.services.flows
        driver.elsewhere(lambda: flows.refresh(record.flow_id))
        send_page.go_to_track()
        shutil.move(send_page.download(record.flow_id), target)
        context.report.values["signed_pdf"] = str(target)
        context.report.photograph(context.window, "track")
    return target


def _read(context: ScenarioContext, signed: Path) -> tuple[dict[str, bool], int]:
    """Return which values the signed file contains, and its number of pages.

    Each value must be on the first page, and the table must be on the last page.
    """
    engine = context.fixture.engine
    opened = engine.open(signed)
    try:
        found = {
            name: any(hit.page_number == 1 for hit in engine.find(opened.handle, value))
            for name, value in VALUES.items()
        }
        last = len(opened.pages)
        cells = [cell for line in TABLE.splitlines() for cell in line.split("\t")]
        found["table"] = all(any(hit.page_number == last for hit in engine.find(opened.handle, cell)) for cell in cells)
        return found, last
    finally:
        engine.close(opened.handle)
