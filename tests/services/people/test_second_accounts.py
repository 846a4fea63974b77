"""Somebody known is sent a contract at another mobile: what each kind of platform does about it, and who is told."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from esign_desktop.api.errors import Refused
from esign_desktop.domain.account import Person
from esign_desktop.domain.environment import PlatformBehaviour, SecondAccount
from esign_desktop.domain.signer import PersonSigner, SignerId
from esign_desktop.domain.submission import SubmissionState
from esign_desktop.services.bulk.values import RowState
from esign_desktop.services.counter.states import CounterState
from esign_desktop.services.people.accounts import AccountService, Reach
from esign_desktop.services.people.customers import CustomerProblem
from tests.bulk_samples import make_sheet
from tests.services.bulk_desk import BulkDesk
from tests.services.counter_desk import CounterDesk, made_up_number
from tests.services.desk import ONE_TRY, Desk, clock_ms, make_contract
from tests.services.sandbox_platform import SandboxPlatform

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from esign_desktop.services.sending.values import SubmissionOutcome

CREATE = "/account/create/person/private"
CONFLICT = 1_100_021
OLD, NEW = "13800000000", "13700000000"

KNOWN = [PlatformBehaviour(second_account=known) for known in (SecondAccount.SAME, SecondAccount.REFUSED)]
NOT_KNOWN = [PlatformBehaviour(second_account=known) for known in (SecondAccount.UNKNOWN, SecondAccount.NEW)]


@pytest.fixture(scope="module")
def refusing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxPlatform]:
    """A platform that refuses anybody a second account."""
    with SandboxPlatform(tmp_path_factory.mktemp("refusing"), "--second-account", "refused") as platform:
        yield platform


class Clerk:
    def __init__(self, desk: Desk, folder: Path) -> None:
        self.desk = desk
        self._folder = folder
        self._count = 0

    def send(self, person: Person) -> SubmissionOutcome:
        self._count += 1
        signers = (PersonSigner(SignerId("0"), person),)
        draft = make_contract(self._folder / f"contract {self._count}", signers=signers)
        return self.desk.submission.run(self.desk.submission.queue(draft, self.desk.environment))

    @property
    def accounts(self) -> AccountService:
        stores = self.desk.stores
        return AccountService(stores.accounts, client_for=self.desk.client_for, clock_ms=clock_ms, book=stores.book)

    def reach(self, person: Person) -> Reach | None:
        """Where cards and Review say that somebody is reached."""
        signers = (PersonSigner(SignerId("0"), person),)
        draft = make_contract(self._folder / "looked at", signers=signers)
        return self.accounts.reaches(self.desk.environment, draft).get(SignerId("0"))


def account_of(desk: Desk, outcome: SubmissionOutcome) -> str:
    assert (outcome.state, outcome.error) == (SubmissionState.DONE, None)
    assert outcome.flow_id is not None
    return desk.stores.flows.get(outcome.flow_id).signers[0].account_id


@pytest.fixture
def person(request: pytest.FixtureRequest) -> Person:
    """Somebody whom no other test knows."""
    return Person("钱多", made_up_number(abs(hash(request.node.nodeid)) % 20_000), mobile=OLD)


@pytest.mark.parametrize("behaviour", NOT_KNOWN)
def test_refusal_is_told_in_the_platforms_words_each_time_and_an_empty_mobile_goes_on(
    refusing: SandboxPlatform, tmp_path: Path, person: Person, behaviour: PlatformBehaviour
) -> None:
    desk = Desk(tmp_path / "desk", replace(refusing.environment, behaviour=behaviour))
    clerk = Clerk(desk, tmp_path)
    first = account_of(desk, clerk.send(person))
    changed = replace(person, mobile=NEW)
    for _ in range(2):
        outcome = clerk.send(changed)
        assert (outcome.state, outcome.flow_id) == (SubmissionState.FAILED, None)
        assert isinstance(outcome.error, Refused)
        assert (outcome.error.code, outcome.error.err_code) == ("account.second_refused", CONFLICT)
        assert "this identity has an account already" in outcome.error.msg
        assert outcome.error.params["number"] == 1
        # Nothing is said to be kept that might be refused for another reason.
        assert clerk.reach(changed) is None
    assert account_of(desk, clerk.send(replace(person, mobile=""))) == first
    assert clerk.reach(replace(person, mobile="")) == Reach("138****0000")
    desk.close()


@pytest.mark.parametrize("behaviour", KNOWN)
def test_platform_that_is_known_to_keep_addresses_is_not_asked_and_the_old_one_is_shown_before(
    platform: SandboxPlatform, tmp_path: Path, person: Person, behaviour: PlatformBehaviour
) -> None:
    desk = Desk(tmp_path / "desk", replace(platform.environment, behaviour=behaviour))
    clerk = Clerk(desk, tmp_path)
    first = account_of(desk, clerk.send(person))
    changed = replace(person, mobile=NEW)
    assert clerk.reach(changed) == Reach("138****0000", is_kept=True)
    assert clerk.reach(person) == Reach("138****0000")

    before = platform.requests(CREATE)
    sent = clerk.send(changed)
    assert account_of(desk, sent) == first
    assert sent.flow_id is not None
    assert clerk.accounts.reached(desk.stores.flows.get(sent.flow_id)) == {1: Reach("138****0000")}
    assert platform.requests(CREATE) == before
    assert clerk.reach(changed) == Reach("138****0000", is_kept=True)
    desk.close()


def test_bulk_row_of_a_second_account_fails_with_the_platforms_words_and_goes_on_without_a_mobile(
    refusing: SandboxPlatform, tmp_path: Path, person: Person
) -> None:
    desk = BulkDesk(tmp_path / "desk", refusing.environment, retry=ONE_TRY)
    Clerk(desk, tmp_path).send(person)
    preset = desk.make_preset(tmp_path / "form")
    for _ in range(2):
        (row,) = desk.send(preset, make_sheet((person.name, person.id_number, NEW))).rows
        assert row.state is RowState.FAILED
        assert isinstance(row.error, Refused)
        assert (row.error.code, row.error.err_code) == ("account.second_refused", CONFLICT)
        assert refusing.flows(preset.title) == ()
    (row,) = desk.send(preset, make_sheet((person.name, person.id_number, ""))).rows
    assert row.state is RowState.SENT
    desk.close()


@pytest.mark.parametrize("behaviour", KNOWN)
def test_bulk_row_goes_to_the_address_that_the_platform_is_known_to_keep(
    refusing: SandboxPlatform, tmp_path: Path, person: Person, behaviour: PlatformBehaviour
) -> None:
    desk = BulkDesk(tmp_path / "desk", replace(refusing.environment, behaviour=behaviour), retry=ONE_TRY)
    Clerk(desk, tmp_path).send(person)
    preset = desk.make_preset(tmp_path / "form")
    for mobile, remarks in ((OLD, []), ("", ["bulk.mobile_missing"]), (NEW, ["bulk.mobile_kept"])):
        (row,) = desk.plan(preset, make_sheet((person.name, person.id_number, mobile))).rows
        assert [(problem.code, problem.is_blocking) for problem in row.problems] == [(one, False) for one in remarks]
    (row,) = desk.send(preset, make_sheet((person.name, person.id_number, NEW))).rows
    assert row.state is RowState.SENT
    desk.close()


def test_counter_says_the_platforms_words_and_goes_on_without_a_mobile(
    refusing: SandboxPlatform, tmp_path: Path, person: Person
) -> None:
    desk = CounterDesk(tmp_path / "desk", refusing.environment, retry=ONE_TRY)
    Clerk(desk, tmp_path).send(person)
    preset = desk.make_preset(tmp_path / "form")
    desk.counter.choose(preset.id)
    before = refusing.flows(preset.title)
    desk.counter.enter(f"{person.name} {person.id_number} {NEW}")
    for view in (desk.counter.send(), desk.counter.retry()):
        assert view.link == ""
        assert isinstance(view.error, Refused)
        assert (view.error.code, view.error.err_code) == ("account.second_refused", CONFLICT)
        assert [one.name for one in view.customers] == [person.name]
        assert refusing.flows(preset.title) == before
    desk.counter.clear()
    desk.counter.enter(f"{person.name} {person.id_number}")
    assert desk.counter.send().state is CounterState.SHOWING
    desk.close()


@pytest.mark.parametrize("behaviour", KNOWN)
def test_counter_sends_to_the_address_that_the_platform_is_known_to_keep(
    refusing: SandboxPlatform, tmp_path: Path, person: Person, behaviour: PlatformBehaviour
) -> None:
    desk = CounterDesk(tmp_path / "desk", replace(refusing.environment, behaviour=behaviour), retry=ONE_TRY)
    Clerk(desk, tmp_path).send(person)
    desk.counter.choose(desk.make_preset(tmp_path / "form").id)
    assert desk.counter.look(f"{person.name} {person.id_number} {OLD}").problems == ()
    line = f"{person.name} {person.id_number} {NEW}"
    assert desk.counter.look(line).problems == (CustomerProblem.MOBILE_KEPT,)
    desk.counter.enter(line)
    assert desk.counter.send().state is CounterState.SHOWING
    desk.close()
