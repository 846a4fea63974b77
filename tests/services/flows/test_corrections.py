from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.contract.form_values import FilledForm
from esign_desktop.domain.contract.problems import OptionsSubject, SignerSubject
from esign_desktop.domain.errors import InputError, StoreError
from esign_desktop.domain.flow import FlowId, FlowStatus
from esign_desktop.domain.submission import SubmissionId
from esign_desktop.services.flows.corrections import CorrectionService
from esign_desktop.store.database.connection import Database
from esign_desktop.store.files.paths import AppPaths
from esign_desktop.store.party_details import SealedPartyDetails
from esign_desktop.store.tables.audit import Audit
from esign_desktop.store.tables.drafts import Drafts
from esign_desktop.store.tables.flows import Flows
from esign_desktop.store.tables.journal import Journal
from esign_desktop.store.tables.kept_values import KEPT_MS, KeptValues
from tests.raised import raises_code
from tests.store.samples import DRAFT, submission
from tests.ui.flow_samples import make_flow, make_signer, progress

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from esign_desktop.domain.flow import FlowRecord


class Desk:
    def __init__(self, database: Database) -> None:
        self.database = database
        self.flows = Flows(database)
        self.journal = Journal(database)
        self.audit = Audit(database, who="clerk")
        self.drafts = Drafts(database)
        self.corrections = CorrectionService(
            self.flows,
            self.journal,
            self.drafts,
            KeptValues(database, SealedPartyDetails(lambda: bytes(32))),
            audit=self.audit,
        )

    def keep(self, record: FlowRecord) -> FlowId:
        self.journal.queue(submission())
        self.flows.add(replace(record, submission_id=submission().id))
        return record.flow_id


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    paths = AppPaths.at(tmp_path)
    paths.prepare()
    database = Database(paths.database_path)
    database.open()
    yield Desk(database)
    database.close()


def test_the_contract_comes_back_under_a_new_id(desk: Desk) -> None:
    correction = desk.corrections.begin(desk.keep(make_flow(status=FlowStatus.REVOKED)))
    assert correction.draft.id != DRAFT.id
    assert correction.draft.replaces == "flow"
    assert replace(correction.draft, id=DRAFT.id, replaces=None) == DRAFT
    assert correction.focus == SignerSubject(DRAFT.signers[0].id, "person.mobile")
    assert [entry.action for entry in desk.audit.entries()] == ["corrected"]


def test_who_refused_is_looked_at_first_and_heard(desk: Desk) -> None:
    record = make_flow(status=FlowStatus.TERMINATED, steps=(progress(1, 2), progress(2, 4, remark="价格不符")))
    correction = desk.corrections.begin(desk.keep(record))
    assert correction.focus == SignerSubject(DRAFT.signers[1].id, "agent.mobile")
    assert correction.reason == "价格不符"


def test_an_own_seal_that_failed_is_looked_at_first(desk: Desk) -> None:
    own = make_signer(3, "平台")
    steps = (progress(1, 2), progress(2, 2), progress(3, 3))
    record = make_flow(status=FlowStatus.TERMINATED, signers=(make_signer(1), make_signer(2), own), steps=steps)
    assert desk.corrections.begin(desk.keep(record)).focus == SignerSubject(DRAFT.signers[2].id)


def test_a_correction_that_can_not_be_read_just_now_is_not_begun_anew(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    flow_id = desk.keep(make_flow(status=FlowStatus.REVOKED))

    def fail(_draft_id: object) -> None:
        raise StoreError("store.locked", retryable=True)

    monkeypatch.setattr(desk.drafts, "load", fail)
    with raises_code(StoreError, "store.locked"):
        desk.corrections.begin(flow_id)
    assert desk.audit.entries() == ()


def test_a_deadline_that_passed_is_looked_at_first(desk: Desk) -> None:
    assert desk.corrections.begin(desk.keep(make_flow(status=FlowStatus.EXPIRED))).focus == OptionsSubject("deadline")


def test_who_has_signed_is_not_suspected(desk: Desk) -> None:
    record = make_flow(status=FlowStatus.REVOKED, steps=(progress(1, 2), progress(2, 1)))
    assert desk.corrections.begin(desk.keep(record)).focus == SignerSubject(DRAFT.signers[1].id, "agent.mobile")


@pytest.mark.parametrize("status", [FlowStatus.SIGNING, FlowStatus.DRAFT, FlowStatus.UNKNOWN])
def test_a_contract_that_may_still_be_signed_is_taken_up_as_what_replaces_it(desk: Desk, status: FlowStatus) -> None:
    correction = desk.corrections.begin(desk.keep(make_flow(status=status)))
    assert correction.draft.replaces == "flow"


def test_a_contract_that_everybody_signed_is_not_corrected(desk: Desk) -> None:
    with raises_code(InputError, "flow.completed"):
        desk.corrections.begin(desk.keep(make_flow(status=FlowStatus.COMPLETED)))


@pytest.mark.parametrize("status", FlowStatus)
def test_values_that_were_kept_after_their_contract_had_ended_are_swept(desk: Desk, status: FlowStatus) -> None:
    desk.keep(make_flow(status=status))
    now_ms = [100 * KEPT_MS]
    values = KeptValues(desk.database, SealedPartyDetails(lambda: bytes(32)), clock_ms=lambda: now_ms[0])
    values.keep(submission().id, {0: FilledForm((("amount", "1"),))})
    values.sweep()
    assert bool(values.get(submission().id)) is (status is not FlowStatus.COMPLETED)
    now_ms[0] += KEPT_MS + 1
    values.sweep()
    assert bool(values.get(submission().id)) is not status.is_final


def test_there_is_one_correction_of_a_contract_and_it_is_found_as_it_was_left(desk: Desk) -> None:
    flow_id = desk.keep(make_flow(status=FlowStatus.SIGNING))
    begun = desk.corrections.begin(flow_id).draft
    changed = replace(begun, options=replace(begun.options, business_scene="改过的合同"))
    desk.drafts.save(changed, saved_at_ms=1)

    assert desk.corrections.begin(flow_id).draft == changed

    desk.journal.queue(replace(submission(), id=SubmissionId("correction"), draft=changed))
    with raises_code(InputError, "correction.sent_before"):
        desk.corrections.begin(flow_id)


def test_a_flow_that_was_not_sent_here_has_no_draft(desk: Desk) -> None:
    desk.flows.add(make_flow(status=FlowStatus.REVOKED))
    with raises_code(InputError, "flow.no_draft"):
        desk.corrections.begin(FlowId("flow"))
