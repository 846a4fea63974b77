"""A clerk with a queue: the real window, a real drag and drop, mouse and keys, and every action counted."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from esign_desktop.app.self_test import parties
from esign_desktop.domain.contract import edits
from esign_desktop.domain.contract.draft import ContractDraft
from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.domain.geometry import PagePoint
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.placement import CoordinatePlacement, CrossPagePlacement, PlacementId
from esign_desktop.domain.signer import OrganizationSigner, PersonSigner, SignerId, SigningTerms
from tests.e2e.accessible import ENABLED, FOCUSED, WAIT_S
from tests.e2e.clerk import Clerk
from tests.e2e.running_application import RunningApplication
from tests.e2e.test_without_mouse import wait_until
from tests.e2e.texts import chinese
from tests.e2e.x_hands import XHands, read
from tests.services.counter_desk import CounterDesk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.accessibility_bus import AccessibilityBus
    from tests.virtual_display import VirtualDisplay

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

POLL_S = 0.1
HELD_S = 2.0
KNOWN_FORM_ACTIONS = 4
NEW_CONTRACT_ACTIONS = 8
NEW_CUSTOMER_ACTIONS = 6
FINALITY = "After sending, a contract can't be changed, only revoked."
REHEARSAL = "No data leaves this computer, and nothing has legal effect."
A4_PT = (595.0, 842.0)
ORGANIZATION_LINE = " ".join(
    (
        *(parties.ORGANIZATION.name, parties.ORGANIZATION.code),
        *(parties.AGENT.name, parties.AGENT.id_number, parties.AGENT.mobile),
    )
)
PERSON_LINE = f"{parties.PERSON.name} {parties.PERSON.id_number} {parties.PERSON.mobile}"
COMPANY_SEAL_CENTER = PagePoint(180.0, 650.0)
PERSONAL_SEAL_CENTER = PagePoint(440.0, 740.0)
# Where the labels of the sample end, at which seals are proposed.
COMPANY_LABEL = PagePoint(153.0, 357.0)
PERSON_LABEL = PagePoint(395.0, 357.0)
BESIDE_PT = 60.0


@dataclass
class Office:
    """A clerk, the application that they work with, and what the platform has on record."""

    clerk: Clerk
    running: RunningApplication
    hands: XHands
    folder: Path

    @property
    def records(self) -> Path:
        """What the platform keeps. Looking for it would meet folders that come and go while contracts are sent."""
        return self.folder / "data" / "data" / "sandbox" / "platform" / "records"

    def flows(self) -> list[dict[str, Any]]:
        return [json.loads(path.read_text("utf-8")) for path in (self.records / "flows").glob("*.json")]

    def account(self, account_id: str) -> dict[str, Any]:
        path = self.records / "accounts" / f"{account_id}.json"
        return dict(json.loads(path.read_text("utf-8")))

    def wait_for_started_flow(self) -> dict[str, Any]:
        end = time.monotonic() + WAIT_S
        while time.monotonic() < end:
            started = [flow for flow in self.flows() if flow["status"] != 0]
            if started:
                (flow,) = started
                return flow
            time.sleep(POLL_S)
        pytest.fail("no flow is started")

    def name(self, account_id: str) -> str:
        return str(self.account(account_id)["name"])


@pytest.fixture
def office(
    tmp_path: Path, display: VirtualDisplay, accessibility_bus: AccessibilityBus, hands: XHands
) -> Iterator[Office]:
    """An empty window; presets are made by the test before it asks for this."""
    folder = tmp_path / "application"
    with RunningApplication(folder, display, accessibility_bus) as running, Clerk(display, hands) as clerk:
        yield Office(clerk, running, hands, folder)
        hands.see().save(str(tmp_path / "last-seen.png"))


def keep_known_form(folder: Path, contract: Path, *, has_customer: bool = False) -> None:
    """Keep a preset of the sample in what an application in this folder will find.

    It has everybody who signs it, or a customer in the place of the person.
    """
    nowhere = Environment(EnvironmentKind.SANDBOX, "http://127.0.0.1:9/v3", "project")
    installation = CounterDesk(folder / "data", nowhere)
    document = installation.documents.open(contract)
    company = OrganizationSigner(SignerId("company"), parties.ORGANIZATION, parties.AGENT, SigningTerms(1))
    person = PersonSigner(SignerId("person"), parties.PERSON, SigningTerms(2))
    draft = edits.add_documents(ContractDraft.new(), (document,))
    for signer in (company, person):
        draft = edits.add_signer(draft, signer)
    page = PageRanges.single(1)
    for place in (
        CoordinatePlacement(PlacementId("company"), company.id, document.id, page, COMPANY_SEAL_CENTER),
        CoordinatePlacement(PlacementId("person"), person.id, document.id, page, PERSONAL_SEAL_CENTER),
        CrossPagePlacement(PlacementId("across"), company.id, document.id, document.all_pages, 500.0),
    ):
        draft = edits.place(draft, place)
    customers = (person.id,) if has_customer else ()
    installation.presets.make(draft, customers, name="软件实施服务", environment=nowhere)
    installation.close()


@pytest.fixture
def _known_form(tmp_path: Path, contract: Path) -> None:
    keep_known_form(tmp_path / "application", contract)


@pytest.mark.nightly
@pytest.mark.usefixtures("_known_form")
def test_a_known_form_takes_four_actions(office: Office, contract: Path) -> None:
    clerk, window = office.clerk, office.running.window
    window.find("label", chinese("EnvironmentWords", REHEARSAL))
    empty = window.find("push button", chinese("WelcomePage", "Choose PDFs…"))
    clerk.begin()
    clerk.drop(contract, empty.extents.center)
    window.find("push button", chinese("OfferBar", "Use preset"))
    clerk.press("Return")
    window.find("label", chinese("ProblemsBar", "Everything is ready. Review before sending."))
    confirm(office)
    flow = office.wait_for_started_flow()
    assert clerk.count == KNOWN_FORM_ACTIONS, clerk.actions
    names = [office.name(signer["account_id"]) for signer in flow["signers"]]
    assert names == [parties.AGENT.name, parties.PERSON.name]
    assert len(office.flows()) == 1


@pytest.fixture
def _known_form_of_a_customer(tmp_path: Path, contract: Path) -> None:
    keep_known_form(tmp_path / "application", contract, has_customer=True)


@pytest.mark.nightly
@pytest.mark.usefixtures("_known_form_of_a_customer")
def test_a_known_form_with_a_new_customer_takes_six_actions(office: Office, contract: Path) -> None:
    clerk, window = office.clerk, office.running.window
    window.find("label", chinese("EnvironmentWords", REHEARSAL))
    empty = window.find("push button", chinese("WelcomePage", "Choose PDFs…"))
    clerk.begin()
    clerk.drop(contract, empty.extents.center)
    window.find("push button", chinese("OfferBar", "Use preset"))
    clerk.press("Return")
    clerk.type(PERSON_LINE, window.find("text", chinese("PersonFields", "Name")))
    clerk.press("Return")
    window.find("label", chinese("ProblemsBar", "Everything is ready. Review before sending."))
    confirm(office)
    flow = office.wait_for_started_flow()
    assert clerk.count == NEW_CUSTOMER_ACTIONS, clerk.actions
    names = [office.name(signer["account_id"]) for signer in flow["signers"]]
    assert names == [parties.AGENT.name, parties.PERSON.name]


@pytest.mark.usefixtures("_known_form")
def test_a_known_form_is_never_sent_by_itself_or_by_keys_that_are_held_down(office: Office, contract: Path) -> None:
    clerk, window = office.clerk, office.running.window
    window.find("label", chinese("EnvironmentWords", REHEARSAL))
    clerk.drop(contract, window.find("push button", chinese("WelcomePage", "Choose PDFs…")).extents.center)
    window.find("push button", chinese("OfferBar", "Use preset"))
    clerk.press("Return")
    window.find("label", chinese("ProblemsBar", "Everything is ready. Review before sending."))
    office.hands.hold_keys("ctrl", "Return", seconds=HELD_S)
    window.find("label", chinese("ReviewSheet", FINALITY))
    assert office.flows() == []
    read()
    clerk.press("ctrl+Return")
    office.wait_for_started_flow()
    assert len(office.flows()) == 1


def confirm(office: Office) -> None:
    """Go to the review by key, read it, and send by a fresh press."""
    office.clerk.press("ctrl+Return")
    button = office.running.window.find("push button", chinese("ReviewSheet", "Send now"))
    wait_until("the review is complete", lambda: ENABLED in button.states)
    read()
    office.clerk.press("ctrl+Return")


def prepare_two_parties(office: Office, contract: Path, company: str, person: str) -> None:
    """From an empty window to the flow at its signers; every action is the clerk's."""
    clerk, window = office.clerk, office.running.window
    window.find("label", chinese("EnvironmentWords", REHEARSAL))
    empty = window.find("push button", chinese("WelcomePage", "Choose PDFs…"))
    clerk.begin()
    clerk.drop(contract, empty.extents.center)
    take = window.find("push button", chinese("ProposalBar", "Accept all (Enter)"))
    wait_until("the proposals have the keyboard", lambda: FOCUSED in take.states)
    clerk.press("Return")
    clerk.type(company, window.find("text", chinese("OrganizationFields", "Organization")))
    clerk.press("Return")
    clerk.type(person, window.find("text", chinese("PersonFields", "Name")))
    clerk.press("Return")
    window.find("label", chinese("ProblemsBar", "Everything is ready. Review before sending."))
    confirm(office)


def assert_two_parties(office: Office, flow: dict[str, Any]) -> None:
    """Find on the platform's record who signs, and where: to the point, as it was clicked."""
    company, person = flow["signers"]
    assert office.name(company["organization_id"]) == parties.ORGANIZATION.name
    assert office.name(company["account_id"]) == parties.AGENT.name
    assert office.name(person["account_id"]) == parties.PERSON.name
    assert person["organization_id"] is None
    assert [company["order"], person["order"]] == [1, 2]
    (of_company,), (of_person,) = company["documents"], person["documents"]
    seal, across = of_company["places"]
    (own,) = of_person["places"]
    assert [place["kind"] for place in (seal, across, own)] == ["coordinate", "cross_page", "coordinate"]
    assert [place["page_numbers"] for place in (seal, across, own)] == [[2], [1, 2], [2]]
    for place, label in ((seal, COMPANY_LABEL), (own, PERSON_LABEL)):
        assert 0 < place["x_pt"] - label.x_pt < BESIDE_PT
        assert 0 < label.y_pt - place["y_pt"] < BESIDE_PT


@pytest.mark.nightly
def test_a_new_contract_of_two_parties_takes_eight_actions(office: Office, contract: Path) -> None:
    prepare_two_parties(office, contract, ORGANIZATION_LINE, PERSON_LINE)
    assert_two_parties(office, office.wait_for_started_flow())
    assert office.clerk.count == NEW_CONTRACT_ACTIONS, office.clerk.actions
