"""One person goes out of the tables; a namesake, and whoever else is in the same contracts, stays."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.account import AccountKind, Person
from esign_desktop.domain.contract.draft import DraftId
from esign_desktop.domain.contract.form_values import FilledForm
from esign_desktop.domain.document import TemplateFilling
from esign_desktop.domain.erasure import FORGOTTEN_NAME, PersonIdentifiers, forgotten_token
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.flow import FlowId, FlowSigner, FlowStatus, NoticeRemark
from esign_desktop.domain.signer import PersonSigner, SignerId
from esign_desktop.domain.submission import SubmissionId, SubmissionState
from esign_desktop.store.erasure import PersonErasure
from esign_desktop.store.party_details import SealedPartyDetails
from esign_desktop.store.tables.accounts import Accounts
from esign_desktop.store.tables.drafts import Drafts
from esign_desktop.store.tables.flows import Flows
from esign_desktop.store.tables.journal import Journal
from esign_desktop.store.tables.kept_values import KeptValues
from esign_desktop.store.tables.settings import Settings
from tests.drafts import make_document, make_draft
from tests.raised import raises_code
from tests.store.samples import ACCOUNT, DRAFT, FLOW, ID_NUMBER, submission

if TYPE_CHECKING:
    from esign_desktop.domain.flow import FlowRecord
    from esign_desktop.store.database.connection import Database

MINE, NAMESAKES = "account-1", "account-2"
OTHER_NUMBER = "11010119900307803X"
TRACES = PersonIdentifiers("张三", forgotten_token("1"), account_ids=frozenset({MINE}))


def flow(name: str, account_id: str, status: FlowStatus = FlowStatus.COMPLETED, submission_id: str = "") -> FlowRecord:
    """A contract with one signer, all of whom are called the same."""
    signers = (FlowSigner(account_id, "张三", 1, 1),)
    remarks = (NoticeRemark(account_id, "张三不同意"),)
    return replace(
        FLOW, flow_id=FlowId(name), submission_id=submission_id, signers=signers, status=status, remarks=remarks
    )


def by_name(database: Database) -> dict[str, FlowRecord]:
    return {record.flow_id: record for record in Flows(database).list()}


def test_a_namesake_keeps_name_and_reasons(database: Database) -> None:
    flows = Flows(database)
    flows.add(flow("mine", MINE))
    flows.add(flow("namesake's", NAMESAKES))
    PersonErasure(database).begin(TRACES)
    kept = by_name(database)
    assert kept["mine"].signers == (FlowSigner(TRACES.token, FORGOTTEN_NAME, 1, 1),)
    assert kept["mine"].remarks == ()
    assert kept["namesake's"].signers == (FlowSigner(NAMESAKES, "张三", 1, 1),)
    assert kept["namesake's"].remarks != ()


@pytest.mark.parametrize("status", [FlowStatus.SIGNING, FlowStatus.UNKNOWN, FlowStatus.DRAFT])
def test_an_open_contract_of_theirs_is_in_the_way_and_a_namesakes_is_not(
    database: Database, status: FlowStatus
) -> None:
    flows = Flows(database)
    flows.add(flow("namesake's", NAMESAKES, status))
    PersonErasure(database).begin(TRACES)
    flows.add(flow("mine", MINE, status))
    before = by_name(database)
    with raises_code(InputError, "person.contract_open"):
        PersonErasure(database).begin(TRACES)
    assert by_name(database) == before


def test_a_flow_that_nobody_will_be_shown_is_not_in_the_way(database: Database) -> None:
    Journal(database).queue(submission())
    Journal(database).record(SubmissionId("submission-1"), SubmissionState.FAILED)
    Flows(database).add(flow("mine", MINE, FlowStatus.DRAFT, "submission-1"))
    PersonErasure(database).begin(TRACES)
    assert by_name(database)["mine"].signers[0].name == FORGOTTEN_NAME


def queue(database: Database, name: str, person: Person) -> SubmissionId:
    """A contract with that person, on its way."""
    draft = replace(DRAFT, id=DraftId(name), signers=(PersonSigner(SignerId("one"), person),), placements=())
    record = replace(submission(), id=SubmissionId(name), draft=draft)
    Journal(database).queue(record)
    return record.id


def test_what_forms_were_filled_with_goes_for_the_person_alone(database: Database) -> None:
    values = KeptValues(database, SealedPartyDetails(lambda: bytes(32)), clock_ms=lambda: 1)
    ids = {name: queue(database, name, Person("张三", account_id=name)) for name in (MINE, NAMESAKES)}
    for submission_id in ids.values():
        Journal(database).record(submission_id, SubmissionState.DONE)
        values.keep(submission_id, {0: FilledForm((("address", "somewhere"),))})
    PersonErasure(database).begin(TRACES)
    assert values.get(ids[MINE]) == {}
    assert values.get(ids[NAMESAKES]) == {0: FilledForm((("address", "somewhere"),))}


def test_a_send_that_is_not_over_is_in_the_way_and_a_namesakes_is_not(database: Database) -> None:
    queue(database, NAMESAKES, Person("张三", account_id=NAMESAKES))
    PersonErasure(database).begin(TRACES)
    queue(database, MINE, Person("张三", account_id=MINE))
    with raises_code(InputError, "person.send_open"):
        PersonErasure(database).begin(TRACES)


def test_all_accounts_of_the_person_go_and_a_namesakes_stays(database: Database) -> None:
    accounts = Accounts(database)
    accounts.remember(ACCOUNT)
    accounts.remember(replace(ACCOUNT, account_id="with the same number", third_id="t-2"))
    accounts.remember(replace(ACCOUNT, account_id=NAMESAKES, third_id="t-3", masked_number=OTHER_NUMBER))
    accounts.remember(replace(ACCOUNT, account_id="longer", third_id="t-4", name="张三丰", masked_number=""))
    company = replace(ACCOUNT, account_id="o", kind=AccountKind.ORGANIZATION, name="示例", third_id="t-5")
    accounts.remember(replace(company, agent_account_id=MINE))
    accounts.remember(replace(company, account_id="p", third_id="t-6", agent_account_id=NAMESAKES))
    identifiers = PersonErasure(database).begin(replace(TRACES, masked_numbers=frozenset({"****8515"})))
    assert ID_NUMBER.endswith("8515")
    assert identifiers.account_ids == {MINE, "with the same number"}
    assert identifiers.longer_names == {"张三丰"}
    kept = {record.account_id: record.agent_account_id for record in accounts.all()}
    assert kept == {NAMESAKES: "", "longer": "", "o": "", "p": NAMESAKES}


def test_paths_with_the_name_are_no_recent_files_any_more(database: Database) -> None:
    settings = Settings(database)
    settings.set("recents", json.dumps(["/contracts/张三.pdf", "/contracts/李四.pdf"]))
    PersonErasure(database).begin(TRACES)
    assert settings.get("recents") == json.dumps(["/contracts/李四.pdf"])
    settings.set("recents", "no JSON: 张三")
    PersonErasure(database).begin(TRACES)
    assert settings.get("recents") == "[]"


def test_what_is_begun_is_pending_until_it_is_over(database: Database) -> None:
    forgetting = PersonErasure(database)
    assert forgetting.pending() is None
    identifiers = forgetting.begin(TRACES)
    for _ in range(2):
        left = forgetting.pending()
        assert left is not None
        assert left.person == identifiers
    forgetting.files_done()
    left = forgetting.pending()
    assert left is not None
    assert left.person is None
    forgetting.end()
    assert forgetting.pending() is None


def test_a_title_loses_the_name(database: Database) -> None:
    Flows(database).add(replace(flow("mine", MINE), title="张三的借款合同"))
    PersonErasure(database).begin(TRACES)
    assert by_name(database)["mine"].title == f"{FORGOTTEN_NAME}的借款合同"


def test_documents_of_the_person_are_found_and_not_given_away(database: Database) -> None:
    for name, account in (("mine", MINE), ("other", NAMESAKES)):
        path = f"/contracts/张三 {name}.pdf"
        signer = PersonSigner(SignerId("s"), Person("张三", account_id=account))
        draft = make_draft(id=DraftId(name), documents=(make_document(path=path),), signers=(signer,))
        draft = replace(draft, options=replace(draft.options, business_scene="张三的借款合同"))
        Drafts(database).save(draft, saved_at_ms=1)
    found = PersonErasure(database).documents(TRACES)
    assert {(one.path[-9:], one.title, one.is_needed, one.is_theirs) for one in found} == {
        (" mine.pdf", "张三的借款合同", True, True),
        ("other.pdf", "张三的借款合同", True, False),
    }
    assert "张三" not in repr(found)


def test_a_person_goes_out_of_what_the_forms_of_drafts_hold(database: Database) -> None:
    sealed = SealedPartyDetails(lambda: bytes(32))
    drafts = Drafts(database, sealed)
    filled = TemplateFilling("template", (("借款人", "张三"), ("金额", "1")))
    of_others, theirs = (
        make_draft(
            id=DraftId(name),
            documents=(make_document(template=filled),),
            signers=(PersonSigner(SignerId("s"), Person(name, account_id=name)),),
        )
        for name in (NAMESAKES, MINE)
    )
    for draft in (of_others, theirs):
        drafts.save(draft, saved_at_ms=1)
    PersonErasure(database, sealed).begin(TRACES)
    (kept,), (gone,) = (drafts.load(draft.id).documents for draft in (of_others, theirs))
    assert kept.template is not None
    assert gone.template is not None
    assert kept.template.fields == (("借款人", FORGOTTEN_NAME), ("金额", "1"))
    assert gone.template.fields == ()


def test_values_that_cannot_be_opened_go_with_anybody(database: Database) -> None:
    draft = make_draft(documents=(make_document(template=TemplateFilling("template", (("x", "y"),))),))
    Drafts(database, SealedPartyDetails(lambda: b"x" * 32)).save(draft, saved_at_ms=1)
    PersonErasure(database, SealedPartyDetails(lambda: bytes(32))).begin(TRACES)
    assert database.query("SELECT form_values FROM drafts") == [(b"",)]
