"""*Forget this person* leaves no byte of who it was in any file of the program, and all else as it was."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from esign_desktop.app.commands.support_bundle import write_bundle
from esign_desktop.domain.erasure import FORGOTTEN_NAME
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.flow import FlowStatus
from esign_desktop.services.backup.rebuilding import rebuild_flows
from esign_desktop.store.database.connection import Database
from esign_desktop.store.files.ledger import Ledger
from esign_desktop.store.tables.flows import Flows
from tests.canaries.persons import CANARIES, LONGER_NAME, NAME, PERSON
from tests.canaries.scanner import Scanner, told
from tests.raised import raises_code
from tests.services.counter_desk import made_up_number

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.domain.flow import FlowRecord
    from esign_desktop.services.erasure.service import KnownPerson
    from tests.canaries.household import Household


def person_of(household: Household, name: str = NAME) -> KnownPerson:
    people = household.services.people
    assert people is not None
    (found,) = [person for person in people.list() if person.name == name]
    return found


def forget(household: Household, person: KnownPerson) -> None:
    people = household.services.people
    assert people is not None
    people.forget(person, presets=[one.preset.id for one in people.presets_about(person)])


def scanner_for(*records: FlowRecord) -> Scanner:
    """Look for the person, their account and their links."""
    canaries = dict(CANARIES)
    for record in records:
        for signer in record.signers:
            if signer.name == NAME or signer.organization_account_id:
                canaries[f"account of {record.flow_id}"] = signer.account_id
                canaries |= {f"link of {record.flow_id}": url.rsplit("/", 1)[1] for url in signer.urls}
    return Scanner({key: value for key, value in canaries.items() if value})


def fill(household: Household) -> list[FlowRecord]:
    sent = household.send_with_canary()
    served = household.serve()
    company = household.send_for_company()
    from_sheet = household.send_sheet()
    household.keep_draft()
    household.keep_presets()
    household.keep_notice(sent.flow_id)
    return [sent, served, company, from_sheet]


def test_no_byte_of_a_forgotten_person_stays_in_any_file(household: Household) -> None:
    records = fill(household)
    others = household.send("别人的合同")
    household.leave_remnants()
    scanner = scanner_for(*records)
    before = {leak.canary for leak in scanner.in_folder(household.root)}
    assert before == scanner.canaries.keys(), "the test would prove nothing"
    # What goes to whoever helps tells of nobody, forgotten or not.
    bundle = household.outside / "support.zip"
    write_bundle(bundle, household.paths)
    assert told(scanner.in_bytes(bundle.read_bytes(), depth=3)) == []
    bundle.unlink()

    forget(household, person_of(household))

    assert told(scanner.in_folder(household.root)) == []
    household.restart()
    assert told(scanner.in_folder(household.root)) == []
    assert list(household.paths.copies_dir.iterdir()) == []
    # Whoever shares a contract is as they were.
    assert person_of(household, "孙旁人").account_ids
    assert household.services.flows.get(others.flow_id).title == others.title
    assert [summary.title for summary in household.services.drafts.list()] == [f"{FORGOTTEN_NAME}的草稿"]
    assert [preset.name for preset in household.services.presets.list()] == [f"{FORGOTTEN_NAME}的预设", "柜面"]
    (company,) = [flow for flow in household.services.flows.list() if flow.flow_id == records[2].flow_id]
    assert company.signers[0].name == "示例公司"


def test_the_rehearsal_platform_goes_on_without_a_forgotten_person(household: Household) -> None:
    """It runs all the while, and holds its records in memory."""
    household.send_with_canary()
    others = household.send("别人的合同")
    account_ids = person_of(household).account_ids
    forget(household, person_of(household))

    assert household.services.flows.refresh(others.flow_id).status is FlowStatus.COMPLETED
    (fetched,) = household.services.flows.download(others.flow_id, household.outside / "fetched")
    assert fetched.is_file()
    client = household.services.environments.client()
    again = household.send_with_canary()
    assert {signer.account_id for signer in again.signers}.isdisjoint(account_ids)
    assert client.detail(again.flow_id).status is FlowStatus.COMPLETED
    records = household.paths.sandbox_dir / "data" / "records" / "accounts"
    assert all(account_id not in path.read_text("utf-8") for path in records.iterdir() for account_id in account_ids)


def test_the_contracts_of_a_forgotten_person_stay_listed(household: Household) -> None:
    sent = household.send_with_canary()
    files = sorted(household.outside.rglob("*.pdf"))
    forget(household, person_of(household))

    after = household.services.flows.get(sent.flow_id)

    assert [signer.name for signer in after.signers] == [FORGOTTEN_NAME, "孙旁人"]
    assert (after.signers[0].urls, after.signers[1].urls) == ((), sent.signers[1].urls)
    assert after.status is FlowStatus.COMPLETED
    audit = household.services.audit_log
    assert audit is not None
    assert [entry.flow_id for entry in audit.entries() if entry.flow_id] == [sent.flow_id] * 2
    # What was fetched is the user's own.
    assert sorted(household.outside.rglob("*.pdf")) == files
    assert len(after.downloaded_to) == 1


def test_what_the_platform_says_later_brings_nothing_back(household: Household) -> None:
    sent = household.send_with_canary()
    scanner = scanner_for(sent)
    forget(household, person_of(household))

    refreshed = household.services.flows.refresh(sent.flow_id)

    assert refreshed.status is FlowStatus.COMPLETED
    assert told(scanner.in_folder(household.root)) == []


def test_the_ledger_still_gives_every_flow_back(household: Household, tmp_path: Path) -> None:
    sent = household.send_with_canary()
    served = household.serve()
    forget(household, person_of(household))

    database = Database(tmp_path / "rebuilt.db")
    database.open()
    rebuilt = rebuild_flows(Ledger(household.paths.ledger_path), Flows(database))
    flows = {flow.flow_id: flow for flow in Flows(database).list()}
    database.close()

    assert rebuilt.flow_count == 2
    assert set(flows) == {sent.flow_id, served.flow_id}
    assert [bool(signer.urls) for signer in flows[sent.flow_id].signers] == [False, True]


def test_nobody_is_forgotten_while_their_contract_waits(household: Household) -> None:
    waiting = household.send_with_canary(is_signed=False)
    person = person_of(household)
    with raises_code(InputError, "person.contract_open") as caught:
        forget(household, person)
    assert caught.value.params == {"count": 1}
    assert household.services.flows.get(waiting.flow_id) == waiting
    assert person_of(household) == person

    household.services.flows.revoke(waiting.flow_id)
    forget(household, person)
    assert told(scanner_for(waiting).in_folder(household.root)) == []


def test_nobody_is_forgotten_while_a_send_with_them_is_not_over(household: Household) -> None:
    sent = household.send_with_canary()
    draft = household.services.drafts.load(household.keep_draft())
    queued = household.services.submission.queue(draft, household.platform.environment)
    with raises_code(InputError, "person.send_open"):
        forget(household, person_of(household))
    assert NAME in household.services.flows.get(sent.flow_id).title

    household.services.submission.cancel_before_execute(queued)
    forget(household, person_of(household))
    assert told(scanner_for(sent).in_folder(household.root)) == []


def test_whose_name_begins_alike_keeps_it(household: Household) -> None:
    household.send_with_canary()
    other = replace(PERSON, name=LONGER_NAME, id_number=made_up_number(3), mobile="13900000003", email="")
    draft = household.services.drafts.load(household.keep_draft(other))
    forget(household, person_of(household))
    assert household.services.drafts.load(draft.id) == draft


def test_a_namesake_with_another_number_keeps_what_is_theirs(household: Household) -> None:
    sent = household.send_with_canary()
    person = person_of(household)
    namesake = replace(person, account_ids=("somebody else",), masked_number="****0000")
    forget(household, namesake)
    assert household.services.flows.get(sent.flow_id).signers == sent.signers
    assert person_of(household) == person
