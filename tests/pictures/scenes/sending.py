"""From the review to the signed file, and what can come between."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from esign_desktop.app.self_test import driver
from esign_desktop.app.self_test.driver import sign_on_page
from esign_desktop.app.self_test.send import SendPage
from esign_desktop.domain.account import Person
from esign_desktop.domain.contract import edits
from esign_desktop.domain.document import TemplateFilling, WantedField
from esign_desktop.domain.geometry import PageRect
from esign_desktop.domain.placing.placement import CoordinatePlacement
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.send.progress import SendingPanel
from esign_desktop.ui.send.review import ReviewSheet
from esign_desktop.ui.send.sending import Sending
from esign_desktop.ui.send.stages import TroubleCard
from esign_desktop.ui.shell.rail import RoomName
from esign_desktop.ui.track.details import DetailsPane
from esign_desktop.ui.track.signed_file import SignedFileWindow
from esign_desktop.ui.track.table import FlowTable
from esign_desktop.ui.viewer.view import PagesView
from tests.pictures.contracts import COMPANY_SEAL, CONTRACTOR, ready_contract
from tests.pictures.office import Office, office
from tests.pictures.popups import top_level
from tests.services.template_files import make_template

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from tests.pictures.studio import Studio

_HANG_S = 600


def play(studio: Studio) -> None:
    """Send well, slowly, and not at all."""
    with office(studio, "sent") as here:
        _review(studio, here)
        _send(studio, here)
    with office(studio, "prepared") as here:
        _prepare(studio, here)
    with office(studio, "made") as here:
        _make(studio, here)
    with office(studio, "slow") as here:
        here.set_faults({"path": "/sign/start", "fault": "hang", "seconds": _HANG_S})
        _begin(here)
        driver.rest(1500)
        studio.take("sending", here.window)
    with office(studio, "held") as here:
        here.set_faults({"path": "/sign/start", "fault": "drop_reply", "times": 1})
        _begin(here)
        _await_trouble(here)
        studio.take("sending-held", here.window)
        driver.the(here.workspace.prepare, SendingPanel).track_requested.emit(None)
        driver.rest(600)
        studio.take("track-unfinished", here.window)
    with office(studio, "correcting") as here:
        _correct(studio, here)
    with office(studio, "offline") as here:
        here.set_faults({"path": "/file/uploadurl", "fault": "reset", "times": 50})
        _begin(here)
        _await_trouble(here)
        studio.take("sending-paused", here.window)


def _begin(here: Office) -> None:
    ready_contract(here)
    here.workspace.prepare.problems_bar.press_send()
    sender = SendPage(here.window)
    sender.await_review()
    driver.press(driver.button(driver.the(here.workspace.prepare, ReviewSheet), "ReviewSheet", "Send now"))


def _prepare(studio: Studio, here: Office) -> None:
    ready_contract(here)
    here.workspace.prepare.problems_bar.press_send()
    sender = SendPage(here.window)
    sender.await_review()
    review = driver.the(here.workspace.prepare, ReviewSheet)
    driver.press(driver.button(review, "ReviewSheet", "Create on platform"))
    driver.wait_until(
        "it is prepared", lambda: any(one.is_prepared for one in here.window.findChildren(Sending)), limit_s=30
    )
    driver.rest(600)
    studio.take("prepared", here.window)
    driver.press(driver.button(driver.the(here.workspace.prepare, SendingPanel), "SendingPanel", "Show in Track"))
    driver.rest(1200)
    studio.take("track-prepared", here.window)


def _make(studio: Studio, here: Office) -> None:
    """A form that the platform fills in wrongly, beside what was typed."""
    ready_contract(here)
    services, session = here.workspace.services, here.workspace.session
    names = ("姓名", "住址", "身份证号", "借款金额")
    client = services.environments.client()
    here.folder.mkdir(parents=True, exist_ok=True)
    path = here.folder / "申请表.pdf"
    template_id = make_template(client, path, names)
    wanted = tuple(
        WantedField(name, page_number=1, rect=PageRect(60, 718 - 40 * row, 400, 742 - 40 * row))
        for row, name in enumerate(names)
    )
    values = ("林小满", "示例市示例路 1 号", "330100199203030046", "壹万元整")
    filling = TemplateFilling(template_id, tuple(zip(names, values, strict=True)), wanted)
    form = replace(services.documents.open(path), name="申请表", template=filling)
    seals = tuple(
        replace(one, document_id=form.id) for one in session.draft.placements if isinstance(one, CoordinatePlacement)
    )
    draft = replace(session.draft, documents=(form,), placements=seals)
    session.apply(EditName.ADD_DOCUMENTS, lambda _draft: draft)
    here.set_faults({"path": "/doc/createbytemplate", "fault": "fill_wrongly", "values": {"住址": "别处"}})
    here.workspace.prepare.problems_bar.press_send()
    SendPage(here.window).await_review()
    driver.press(driver.button(driver.the(here.workspace.prepare, ReviewSheet), "ReviewSheet", "Send now"))
    driver.wait_until(
        "it is made",
        lambda: any(one.current_page is not None for one in here.window.findChildren(PagesView) if one.isVisible()),
        limit_s=30,
    )
    _await_pages(here, here.window)
    studio.take("made-differs", here.window)
    panel = driver.the(here.workspace.prepare, SendingPanel)
    panel.track_requested.emit(None)
    driver.rest(600)
    studio.take("track-made", here.window)


def _await_pages(here: Office, window: QWidget) -> None:
    """Wait until all pages that are seen are sharp, and what is asked about the file is answered."""

    def are_drawn() -> bool:
        views = [one for one in window.findChildren(PagesView) if one.isVisible()]
        are_sharp = all(one.current_page is not None and not one.is_settling and one.source.is_idle for one in views)
        return bool(views) and are_sharp and here.workspace.tasks.wait_idle(0.0)

    driver.wait_until("the pages are drawn", are_drawn)
    driver.rest(300)


def _await_trouble(here: Office) -> None:
    driver.wait_until(
        "the send comes to a stand", lambda: any(one.isVisible() for one in here.window.findChildren(TroubleCard))
    )
    driver.rest(300)


def _correct(studio: Studio, here: Office) -> None:
    ready_contract(here)
    sender = SendPage(here.window)
    here.workspace.prepare.problems_bar.press_send()
    sender.await_review()
    sender.send()
    sender.go_to_track()
    details = driver.the(here.workspace.track, DetailsPane)
    driver.the(here.workspace.track, FlowTable).setFocus()
    driver.strike(driver.the(here.workspace.track, FlowTable), Qt.Key.Key_R)
    driver.rest(500)
    studio.take("track-revoke-asks", here.window)
    driver.press(driver.button(details, "Actions", "Correct and send again"))
    driver.wait_until("it is on the desk again", here.workspace.prepare.isVisible)
    driver.rest(600)
    studio.take("correcting", here.window, settle=here.pages_are_drawn)


def _review(studio: Studio, here: Office) -> None:
    session = here.workspace.session
    ready_contract(here)
    good = session.draft
    unknown = replace(CONTRACTOR, person=Person("林小满", id_number="330100199001010029", mobile="1380000"))
    session.apply(EditName.CHANGE_SIGNER, lambda draft: edits.update_signer(draft, unknown))
    session.apply(EditName.REMOVE_SEALS, lambda draft: edits.remove_placements(draft, {COMPANY_SEAL}))
    here.workspace.send_controller.begin()
    driver.rest(600)
    studio.take("review-problems", here.window)
    here.workspace.prepare.uncover()
    session.apply(EditName.CHANGE_SIGNER, lambda _draft: good)
    here.pages_are_drawn()
    here.workspace.prepare.problems_bar.press_send()
    SendPage(here.window).await_review()
    studio.take("review", here.window)


def _send(studio: Studio, here: Office) -> None:
    sender = SendPage(here.window)
    preferences = here.services.preferences
    driver.elsewhere(lambda: preferences.set_download_folder(here.folder / "downloads"))
    record = sender.send()
    studio.take("sent", here.window)
    sender.go_to_track()
    studio.take("track-sent", here.window)
    window = sender.show_code()
    studio.take("qr-code", window)
    first = window.card.link
    driver.elsewhere(lambda: sign_on_page(first))
    sender.await_next_code(window, first)
    studio.take("qr-code-second", window)
    second = window.card.link
    driver.elsewhere(lambda: sign_on_page(second))
    sender.await_completion(window)
    studio.take("qr-code-signed", window)
    window.close()
    sender.download(record.flow_id)
    here.window.show_room(RoomName.TRACK)
    driver.rest(300)
    driver.press(driver.button(driver.the(here.workspace.track, DetailsPane), "Actions", "Open the signed file"))
    signed = top_level(SignedFileWindow)
    _await_pages(here, signed)
    studio.take("signed-file", signed)
    signed.close()
