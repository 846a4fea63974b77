"""Whose account a contract goes to, as the platform has it: always that of whom the contract names."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from esign_desktop.api.wire import CREATE_ORGANIZATION_PATH, FIND_ACCOUNT_PATH
from esign_desktop.domain.account import Organization, OrganizationCodeType, Person, PersonIdType
from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.signer import OrganizationSigner, PersonSigner, SignerId
from esign_desktop.domain.submission import SubmissionState
from esign_desktop.services.people.accounts import AccountService, Reach
from esign_desktop.services.people.customers import CustomerReader
from esign_desktop.store.codec import draft_from_json, draft_to_json
from tests.services.desk import Desk, clock_ms, make_contract
from tests.services.sandbox_platform import SandboxPlatform

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from esign_desktop.domain.account import AccountRecord
    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.signer import Signer
    from esign_desktop.services.sending.values import SubmissionOutcome

ZHANG = Person("张三", "110101199003078515", mobile="13800000000")
LI = Person("李四", "11010119900307803X", mobile="13900000000")
COMPANY = Organization("示例公司", "91110000600037341L")


@pytest.fixture(scope="module")
def strict_platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxPlatform]:
    """A platform that gives nobody a second account."""
    with SandboxPlatform(tmp_path_factory.mktemp("strict"), "--second-account", "same") as platform:
        yield platform


@pytest.fixture
def strict_desk(tmp_path: Path, strict_platform: SandboxPlatform) -> Iterator[Desk]:
    desk = Desk(tmp_path / "desk", strict_platform.environment)
    yield desk
    desk.close()


class Clerk:
    """Sends one contract after the other and says whom the platform asks to sign."""

    def __init__(self, desk: Desk, platform: SandboxPlatform, folder: Path) -> None:
        self.desk = desk
        self.platform = platform
        self._folder = folder
        self._count = 0

    def contract(self, *parties: Person | Signer) -> ContractDraft:
        self._count += 1
        signers = tuple(
            PersonSigner(SignerId(f"{number}"), one) if isinstance(one, Person) else one
            for number, one in enumerate(parties)
        )
        return make_contract(self._folder / f"contract {self._count}", signers=signers)

    def send(self, *parties: Person | Signer) -> list[dict[str, str]]:
        """Send, and return the signers of the flow as the platform keeps them."""
        draft = self.contract(*parties)
        outcome = self.outcome(draft)
        assert (outcome.state, outcome.error) == (SubmissionState.DONE, None)
        (flow,) = self.platform.flows(draft.title)
        return list(flow.signers)

    def refused(self, *parties: Person | Signer) -> str:
        """Send what is not to be sent, and return why not."""
        draft = self.contract(*parties)
        outcome = self.outcome(draft)
        assert outcome.error is not None
        assert (outcome.state, self.platform.flows(draft.title)) == (SubmissionState.FAILED, ())
        return outcome.error.code

    def outcome(self, draft: ContractDraft) -> SubmissionOutcome:
        return self.desk.submission.run(self.desk.submission.queue(draft, self.platform.environment))

    def known(self, name: str) -> tuple[AccountRecord, ...]:
        environment = self.platform.environment
        records = self.desk.stores.accounts.list(environment.kind, environment.project_id)
        return tuple(record for record in records if record.name == name)


@pytest.fixture
def clerk(desk: Desk, platform: SandboxPlatform, tmp_path: Path) -> Clerk:
    return Clerk(desk, platform, tmp_path / "contracts")


@pytest.fixture
def strict_clerk(strict_desk: Desk, strict_platform: SandboxPlatform, tmp_path: Path) -> Clerk:
    return Clerk(strict_desk, strict_platform, tmp_path / "contracts")


def test_a_draft_of_an_earlier_version_whose_signer_was_retyped_goes_to_whom_it_names(
    clerk: Clerk, platform: SandboxPlatform
) -> None:
    (first,) = clerk.send(ZHANG)
    draft = json.loads(draft_to_json(clerk.contract(LI)))
    draft["draft"]["signers"][0]["person"] |= {"account_id": first["account_id"], "third_id": "that of 张三"}

    read = draft_from_json(json.dumps(draft))
    assert clerk.outcome(read).state is SubmissionState.DONE

    ((signer,),) = (flow.signers for flow in platform.flows(read.title))
    assert signer["account_id"] != first["account_id"]
    assert platform.account_name(signer["account_id"]) == "李四"
    assert [platform.account_name(first["account_id"]), *(one.name for one in clerk.known("张三"))] == ["张三", "张三"]


def test_an_account_that_is_known_by_another_name_is_not_sent_to(clerk: Clerk) -> None:
    (first,) = clerk.send(ZHANG)
    assert clerk.refused(Person("李四", account_id=first["account_id"])) == "account.another_name"
    assert clerk.refused(replace(ZHANG, name="李四")) == "account.new_name"
    assert [record.name for record in clerk.known("张三")] == ["张三"]


def test_a_number_with_a_new_name_is_asked_about_once_and_gets_an_account_of_its_own(
    clerk: Clerk, platform: SandboxPlatform
) -> None:
    (first,) = clerk.send(ZHANG)
    draft = clerk.contract(replace(ZHANG, name="张三丰"))
    refused = clerk.outcome(draft)
    assert refused.error is not None
    assert (refused.state, refused.error.code) == (SubmissionState.FAILED, "account.new_name")
    # Another contract is asked about by itself.
    assert clerk.refused(replace(ZHANG, name="张三丰")) == "account.new_name"

    assert clerk.outcome(draft).state is SubmissionState.DONE

    ((signer,),) = (flow.signers for flow in platform.flows(draft.title))
    assert signer["account_id"] != first["account_id"]
    assert platform.account_name(signer["account_id"]) == "张三丰"
    told = [clerk.send(ZHANG)[0], clerk.send(replace(ZHANG, name="张三丰"))[0]]
    assert [one["account_id"] for one in told] == [first["account_id"], signer["account_id"]]


def test_an_account_of_another_project_is_not_sent_to(clerk: Clerk, desk: Desk) -> None:
    (first,) = clerk.send(ZHANG)
    (record,) = clerk.known("张三")
    desk.stores.accounts.forget(record.account_id)
    desk.stores.accounts.remember(replace(record, environment=EnvironmentKind.PRODUCTION))
    assert clerk.refused(Person("张三", account_id=first["account_id"])) == "account.unknown_here"
    by_reference = Person("张三", third_id=record.third_id, account_id=first["account_id"])
    assert clerk.send(by_reference)[0]["account_id"] == first["account_id"]


def test_the_same_person_typed_again_keeps_one_account(clerk: Clerk, platform: SandboxPlatform) -> None:
    made = len(platform.accounts("李四"))
    told = [clerk.send(LI), clerk.send(replace(LI, name="李 四")), clerk.send(replace(LI, mobile=""))]
    told.append(clerk.send(Person("李四", account_id=told[0][0]["account_id"])))
    assert len({signer["account_id"] for (signer,) in told}) == 1
    assert len(platform.accounts("李四")) <= made + 1
    assert len(clerk.known("李四")) == 1


@pytest.mark.parametrize("is_picked", [False, True])
def test_another_mobile_makes_another_account_of_the_same_person(
    clerk: Clerk, platform: SandboxPlatform, *, is_picked: bool
) -> None:
    (first,) = clerk.send(ZHANG)
    changed = replace(ZHANG, mobile="13700000000")
    if is_picked:
        changed = Person("张三", mobile="13700000000", account_id=first["account_id"])

    (second,) = clerk.send(changed)

    assert second["account_id"] != first["account_id"]
    assert platform.account_name(second["account_id"]) == "张三"
    assert {(one.account_id, one.is_current) for one in clerk.known("张三")} == {
        (first["account_id"], False),
        (second["account_id"], True),
    }
    # Whoever is picked is reached as they were last; the old mobile still has its own account.
    assert clerk.send(Person("张三", account_id=first["account_id"]))[0]["account_id"] == second["account_id"]
    assert clerk.send(ZHANG)[0]["account_id"] == first["account_id"]


def test_a_line_with_an_earlier_mobile_goes_to_the_account_of_that_mobile(clerk: Clerk, desk: Desk) -> None:
    (first,) = clerk.send(ZHANG)
    (second,) = clerk.send(replace(ZHANG, mobile="13700000000"))
    reader = CustomerReader(desk.stores.book, clock_ms=clock_ms)
    for mobile, told in (("13800000000", first), ("13700000000", second)):
        person = reader.look(f"张三 {ZHANG.id_number} {mobile}", clerk.platform.environment).person
        assert person is not None
        assert clerk.send(person)[0]["account_id"] == told["account_id"]


def test_a_correction_goes_to_the_mobile_and_to_the_person_it_was_corrected_to(
    clerk: Clerk, platform: SandboxPlatform
) -> None:
    sent = clerk.desk.submission.queue(clerk.contract(ZHANG), platform.environment)
    clerk.desk.submission.run(sent)
    (before,) = clerk.desk.submission.contract(sent).signers
    assert isinstance(before, PersonSigner)
    assert (before.person.id_number, before.person.mobile) == ("", "")

    (corrected,) = clerk.send(replace(before, person=replace(before.person, mobile="13700000000")))
    assert corrected["account_id"] != before.person.account_id
    assert platform.account_name(corrected["account_id"]) == "张三"
    another = replace(before.person, name="李四", id_number=LI.id_number, mobile=LI.mobile)
    (other,) = clerk.send(replace(before, person=another))
    assert platform.account_name(other["account_id"]) == "李四"


def test_where_somebody_is_reached_is_told_before_it_is_sent(strict_clerk: Clerk) -> None:
    desk, environment = strict_clerk.desk, strict_clerk.platform.environment
    accounts = AccountService(
        desk.stores.accounts, client_for=desk.client_for, clock_ms=clock_ms, book=desk.stores.book
    )

    def reach(person: Person) -> Reach | None:
        return accounts.reaches(environment, strict_clerk.contract(person)).get(SignerId("0"))

    wang = Person("王五", "110101198808080036", mobile="13800000000")
    changed = replace(wang, mobile="13700000000")
    assert reach(wang) is None
    (first,) = strict_clerk.send(wang)
    assert reach(wang) == reach(Person("王五", account_id=first["account_id"])) == Reach("138****0000")
    assert reach(changed) is None
    strict_clerk.refused(changed)
    assert reach(changed) == Reach("138****0000", is_kept=True)


def test_without_a_keyring_the_number_is_asked_for_once_more(clerk: Clerk, desk: Desk) -> None:
    desk.party_details_key = None
    desk.stores = desk.make_stores()
    desk.submission = desk.make_submission(desk.stores)
    (first,) = clerk.send(ZHANG)
    picked = Person("张三", mobile="13700000000", account_id=first["account_id"])
    assert clerk.refused(picked) == "account.number_needed"
    assert clerk.send(Person("张三", account_id=first["account_id"]))[0]["account_id"] == first["account_id"]
    assert clerk.send(replace(ZHANG, mobile="13700000000"))[0]["account_id"] != first["account_id"]
    assert [record.sealed for record in clerk.known("张三")] == [b"", b""]


def test_a_platform_that_keeps_the_old_mobile_is_told_of_before_anything_is_sent(strict_clerk: Clerk) -> None:
    (first,) = strict_clerk.send(ZHANG)
    changed = replace(ZHANG, mobile="13700000000")
    assert strict_clerk.refused(changed) == "account.keeps_address"
    (again,) = strict_clerk.send(changed)
    assert again["account_id"] == first["account_id"]
    (record,) = strict_clerk.known("张三")
    assert strict_clerk.desk.stores.book.shown(record).masked_mobile == "138****0000"


def test_another_agent_makes_another_account_of_the_organization(clerk: Clerk, platform: SandboxPlatform) -> None:
    (first,) = clerk.send(OrganizationSigner(SignerId("o"), COMPANY, ZHANG))
    (second,) = clerk.send(OrganizationSigner(SignerId("o"), COMPANY, LI))
    assert first["organization_id"] != second["organization_id"]
    picked = Organization("示例公司", account_id=first["organization_id"])
    for agent, told in ((ZHANG, first), (LI, second)):
        (signer,) = clerk.send(OrganizationSigner(SignerId("o"), picked, agent))
        assert (signer["account_id"], signer["organization_id"]) == (told["account_id"], told["organization_id"])
    assert platform.account_name(first["organization_id"]) == "示例公司"


def test_the_same_agent_signs_with_the_account_that_the_organization_has(
    clerk: Clerk, platform: SandboxPlatform
) -> None:
    (first,) = clerk.send(OrganizationSigner(SignerId("o"), COMPANY, ZHANG))
    asked = [platform.requests(path) for path in (CREATE_ORGANIZATION_PATH, FIND_ACCOUNT_PATH)]
    (again,) = clerk.send(OrganizationSigner(SignerId("o"), COMPANY, ZHANG))
    assert again["organization_id"] == first["organization_id"]
    assert [platform.requests(path) for path in (CREATE_ORGANIZATION_PATH, FIND_ACCOUNT_PATH)] == asked


@pytest.mark.parametrize(
    ("party", "number_field", "type_field"),
    [
        (Person("王护照", "E12345678", PersonIdType.PASSPORT), "id_number", "id_type"),
        (Organization("老示例", "110000012345678", OrganizationCodeType.BUSINESS_REGISTRATION), "code", "code_type"),
    ],
)
def test_whoever_is_told_by_an_account_has_the_document_that_it_was_made_with(
    clerk: Clerk, desk: Desk, party: Person | Organization, number_field: str, type_field: str
) -> None:
    if isinstance(party, Person):
        account_id = clerk.send(party)[0]["account_id"]
    else:
        account_id = clerk.send(OrganizationSigner(SignerId("o"), party, ZHANG))[0]["organization_id"]
    entry = desk.make_book().look_up(clerk.platform.environment, type(party)(party.name, account_id=account_id))
    assert getattr(entry.subject, number_field) == getattr(party, number_field)
    assert getattr(entry.subject, type_field) is getattr(party, type_field)


def test_a_doubtful_account_is_not_sent_to_and_found_again_by_the_number(clerk: Clerk, desk: Desk) -> None:
    (first,) = clerk.send(ZHANG)
    (record,) = clerk.known("张三")
    desk.stores.accounts.doubt([first["account_id"]])
    assert clerk.refused(Person("张三", account_id=first["account_id"])) == "account.unknown_here"
    by_reference = Person("张三", third_id=record.third_id, account_id=first["account_id"])
    assert clerk.refused(by_reference) == "account.unknown_here"
    assert clerk.known("张三") == ()
    assert clerk.send(ZHANG)[0]["account_id"] == first["account_id"]
    assert [record.is_doubtful for record in clerk.known("张三")] == [False]


def test_number_mobile_and_address_lie_on_the_disk_encrypted(clerk: Clerk, desk: Desk) -> None:
    clerk.send(replace(ZHANG, email="zhang@example.com"))
    (record,) = clerk.known("张三")
    shown = desk.stores.book.shown(record)
    assert (shown.masked_mobile, shown.masked_email) == ("138****0000", "z***@example.com")
    kept = desk.all_bytes()
    assert not any(secret in kept for secret in (b"110101199003078515", b"13800000000", b"zhang@example.com"))
