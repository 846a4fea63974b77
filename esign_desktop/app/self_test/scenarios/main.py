"""Perform the main job, from the original file to the signed file, with two parties and three kinds of seals.

The position of each seal in the signed file is measured.
"""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Final

from esign_desktop.app.self_test import driver
from esign_desktop.app.self_test import prepare as places
from esign_desktop.app.self_test.driver import SelfTestFailed, sign_on_page
from esign_desktop.app.self_test.parties import AGENT, ORGANIZATION, PERSON
from esign_desktop.app.self_test.prepare import SEAL_WIDTH_PT, PreparePage
from esign_desktop.app.self_test.send import SendPage
from esign_desktop.app.self_test.verdict import Verdict, judge
from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.flow import FlowStatus
from esign_desktop.domain.geometry import PagePoint
from esign_desktop.ui.shell.rail import RoomName

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.app.self_test.scenario import ScenarioContext
    from esign_desktop.domain.flow import FlowRecord
    from esign_desktop.domain.placing.placement import KeywordHit, SealMark
    from esign_desktop.ui.send.qr_card import QrWindow


_ORGANIZATION_NUMBER: Final = 1
_PERSON_NUMBER: Final = 2
_EDGE_PT: Final = 12.0


def run(context: ScenarioContext) -> bool:
    """Prepare, send, sign and download a contract, and return whether all seals are in the right places.

    Raises SelfTestFailed if a step fails.
    """
    job = _MainJob(context)
    job.prepare()
    record = job.send()
    job.sign(record)
    signed = context.report.folder / "signed.pdf"
    job.fetch(record, signed)
    verdict = job.measure(signed)
    context.report.values["placements"] = list(verdict.placements)
    context.report.values["cross_page"] = verdict.cross_page
    return verdict.is_right and job.is_ordered and bool(context.report.values["qr_text_matches"])


class _MainJob:
    """The steps of the main job. Each step raises SelfTestFailed if it fails."""

    def __init__(self, context: ScenarioContext) -> None:
        self._stage = context
        self._window = context.window
        self._workspace = context.workspace
        self._witness = context.witness
        self._report = context.report
        self._page = PreparePage(context.workspace)
        self._send_page = SendPage(context.window)
        self._preview: tuple[SealMark, ...] = ()
        self._read_codes: list[tuple[str, str]] = []

    def prepare(self) -> None:
        """Open the file, add the parties, and place seals of all three kinds."""
        report, page, session = self._report, self._page, self._workspace.session
        with report.step("empty page"):
            driver.rest(200)
            report.photograph(self._window, "empty-room")
        with report.step("open the document"):
            page.open_file(self._stage.pdf)
            if page.document.page_count < 2:
                raise SelfTestFailed("a cross-page seal needs a document of at least two pages")
            report.photograph(self._window, "document")
        with report.step("add an organization with its agent"):
            page.add_organization(ORGANIZATION, AGENT)
        with report.step("add a person"):
            page.add_person(PERSON)
            report.photograph(self._window, "signers")
        with report.step("place a seal by keyword"):
            keyword = driver.elsewhere(lambda: places.usable_keyword(self._find, self._stage.keyword))
            report.values["keyword"] = keyword
            page.choose_signer(_PERSON_NUMBER)
            page.choose_width(None)
            page.place_by_keyword(keyword)
            report.photograph(self._window, "keyword-seal")
        with report.step("place a seal by coordinates"):
            page.choose_signer(_ORGANIZATION_NUMBER)
            page.choose_width(SEAL_WIDTH_PT)
            spot = driver.elsewhere(
                lambda: places.free_spot(page.document, self._find, SEAL_WIDTH_PT, session.marks),
            )
            page.place_seal(spot)
            report.photograph(self._window, "coordinate-seal")
        with report.step("place a cross-page seal"):
            height = places.free_height(page.document, SEAL_WIDTH_PT, session.marks)
            edge = PagePoint(page.document.frame(1).width_pt - _EDGE_PT, height)
            page.place_cross_page_seal(1, edge)
            page.show_whole_pages()
            page.show_page(spot.page_number)
            report.photograph(self._window, "cross-page-seal")
        self._preview = session.marks

    def send(self) -> FlowRecord:
        """Review the contract, send it, and return its record."""
        report = self._report
        with report.step("review"):
            self._page.ask_to_send()
            self._send_page.await_review()
            report.photograph(self._window, "review")
        with report.step("send"):
            record = self._send_page.send()
            report.photograph(self._window, "sent")
        if len(self._witness.bodies) != 1:
            raise SelfTestFailed(f"{len(self._witness.bodies)} start requests instead of 1")
        path = report.folder / "payload.json"
        path.write_bytes(self._witness.bodies[0])
        report.values["payload"] = str(path)
        report.values["flow_id"] = record.flow_id
        return record

    def sign(self, record: FlowRecord) -> None:
        """Show each signer's QR code in turn, read it from the screen, and sign with it."""
        report, send_page = self._report, self._send_page
        with report.step("show the contract in Track"):
            send_page.go_to_track()
            report.photograph(self._window, "track")
        with report.step("draw the QR code and read it back"):
            window = send_page.show_code()
            first = self._read(window)
            # Without its token, because anyone with the whole link can sign.
            report.values["sign_url"] = f"{first.rpartition('/')[0]}/…"
            report.photograph(window, "qr-code")
        with report.step("sign for the first signer"):
            self._sign(first)
            send_page.await_next_code(window, first)
        with report.step("sign for the second signer"):
            second = self._read(window)
            report.photograph(window, "second-qr-code")
            self._sign(second)
            send_page.await_completion(window)
            report.photograph(window, "signed")
        report.values["qr_text_matches"] = all(
            decoded == shown and any(shown in signer.urls for signer in record.signers)
            for decoded, shown in self._read_codes
        )
        window.close()

    def fetch(self, record: FlowRecord, target: Path) -> None:
        """Download the signed file with the button in Track, and move it to ``target``."""
        report = self._report
        with report.step("download"):
            came = self._send_page.download(record.flow_id)
            # The paths may be on two file systems, because temporary folders are often in memory.
            shutil.move(came, target)
            report.values["signed_pdf"] = str(target)
            report.photograph(self._window, "track-signed")
        with report.step("settings"):
            self._show_settings()
            report.photograph(self._window, "settings")
        status = driver.elsewhere(lambda: self._workspace.services.flows.refresh(record.flow_id)).status
        report.values["flow_status"] = int(status)
        if status is not FlowStatus.COMPLETED:
            raise SelfTestFailed("the flow is not completed")

    def measure(self, signed: Path) -> Verdict:
        """Measure the seals in the pixels of the signed file, and compare them with the payload and the preview."""
        with self._report.step("measure the seals"):
            payload, engine = json.loads(self._witness.bodies[0]), self._stage.fixture.engine
            return driver.elsewhere(lambda: judge(engine, payload, self._stage.pdf, signed, self._preview))

    @property
    def is_ordered(self) -> bool:
        """Whether the payload specifies that the organization signs first and the person signs second."""
        payload = json.loads(self._witness.bodies[0])
        return [signer.get("signOrder") for signer in payload["recipientList"]["signerList"]] == [1, 2]

    def _show_settings(self) -> None:
        """Open the settings, and show the fields for a real account."""
        preferences = self._workspace.services.preferences
        driver.elsewhere(lambda: preferences.set_download_folder(None))
        self._window.show_room(RoomName.SETTINGS)
        self._workspace.settings.show_kind(EnvironmentKind.TEST)
        driver.rest(400)

    def _find(self, keyword: str) -> tuple[KeywordHit, ...]:
        return self._workspace.services.documents.find(self._page.document.id, keyword)

    def _read(self, window: QrWindow) -> str:
        decoded = self._send_page.read_code(window)
        self._read_codes.append((decoded, window.card.link))
        return decoded

    @staticmethod
    def _sign(url: str) -> None:
        state = driver.elsewhere(lambda: sign_on_page(url))
        if state != "signed":
            raise SelfTestFailed(f"the sign page says {state!r}")
