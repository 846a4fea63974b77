from __future__ import annotations

from dataclasses import replace

from esign_desktop.domain.flow import DocumentProgress, FlowDetail, FlowId, FlowSigner, FlowStatus, SignStatus
from esign_desktop.services.flows.progress import current_signers, signer_states
from tests.ui.flow_samples import make_flow, make_signer, progress


def test_signers_come_in_the_order_of_their_numbers() -> None:
    flow = make_flow(signers=(make_signer(2), make_signer(1)))
    assert [state.signer.number for state in signer_states(flow)] == [1, 2]


def test_a_signer_whom_the_platform_does_not_name_has_no_status() -> None:
    states = signer_states(make_flow(steps=(progress(1, 1),)))
    assert [state.status for state in states] == [SignStatus.SIGNING, None]


def test_a_signer_is_through_only_with_the_last_document() -> None:
    documents = (
        DocumentProgress("a", "A", (progress(1, 2, signed_at_ms=10),)),
        DocumentProgress("b", "B", (progress(1, 0, received_at_ms=5),)),
    )
    flow = make_flow(detail=FlowDetail(FlowId("flow"), FlowStatus.SIGNING, 1, documents))
    state = signer_states(flow)[0]
    assert (state.status, state.signed_count, state.document_count) == (SignStatus.SIGNING, 1, 2)
    assert (state.received_at_ms, state.signed_at_ms) == (5, 10)


def test_a_refusal_outweighs_everything_and_brings_its_reason() -> None:
    documents = (
        DocumentProgress("a", "A", (progress(1, 2),)),
        DocumentProgress("b", "B", (progress(1, 4, remark="价格不符"),)),
    )
    state = signer_states(make_flow(detail=FlowDetail(FlowId("flow"), FlowStatus.TERMINATED, 4, documents)))[0]
    assert state.has_stopped
    assert state.remark == "价格不符"


def test_an_unknown_code_is_kept() -> None:
    state = signer_states(make_flow(steps=(progress(1, 77),)))[0]
    assert (state.status, state.code) == (SignStatus.UNKNOWN, 77)


def test_one_account_that_signs_for_two_organizations_is_told_apart() -> None:
    signers = (
        FlowSigner("account 1", "甲公司", 1, 1, "org a"),
        FlowSigner("account 1", "乙公司", 2, 1, "org b"),
    )
    steps = (progress(1, 2, organization_account_id="org a"), progress(1, 0, organization_account_id="org b"))
    states = signer_states(make_flow(signers=signers, steps=steps))
    assert [state.status for state in states] == [SignStatus.SIGNED, SignStatus.WAITING]


def test_an_account_that_signs_once_may_be_told_without_its_organization() -> None:
    flow = make_flow(signers=(make_signer(1, organization_account_id="org"),), steps=(progress(1, 2),))
    assert signer_states(flow)[0].has_signed


def test_an_account_that_nobody_has_is_the_platform_accounts_own_seal() -> None:
    signers = (make_signer(1), make_signer(2, "", account_id="", is_silent=True, urls=()))
    states = signer_states(make_flow(signers=signers, steps=(progress(1, 0), progress(9, 2))))
    assert [state.status for state in states] == [SignStatus.WAITING, SignStatus.SIGNED]


def test_everybody_has_signed_a_complete_flow() -> None:
    flow = make_flow(status=FlowStatus.COMPLETED, steps=(progress(1, 2),))
    assert all(state.has_signed for state in signer_states(flow))


def test_the_turn_is_that_of_the_first_step_which_is_not_through() -> None:
    flow = make_flow(
        signers=(make_signer(1), make_signer(2, step=2), make_signer(3, step=2)), steps=(progress(1, 2), progress(2, 0))
    )
    assert [signer.number for signer in current_signers(flow)] == [2, 3]
    assert current_signers(replace(flow, status=FlowStatus.EXPIRED)) == ()


def test_signers_without_an_order_have_their_turn_beside_those_of_the_first_step() -> None:
    signers = (make_signer(1), make_signer(2, step=2), make_signer(3, step=0))
    flow = make_flow(signers=signers, steps=(progress(1, 1), progress(3, 1)))
    assert [signer.number for signer in current_signers(flow)] == [1, 3]
    flow = make_flow(signers=signers, steps=(progress(1, 2), progress(3, 1)))
    assert [signer.number for signer in current_signers(flow)] == [2, 3]


def test_nobody_is_asked_any_more_once_a_flow_has_ended() -> None:
    assert all(state.flow_has_ended for state in signer_states(make_flow(status=FlowStatus.REVOKED)))
