"""A flow's life, as the application sees it (4.9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.client import Client, FakeClock, Response, coordinate
from tests.sandbox.pages import blank_pdf, changed_box

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.sandbox.server import SandboxServer

FLOW_STATE = 1_100_051
QUOTA = 1_100_060


def urls_of(response: Response) -> list[str]:
    return [url for entry in response.data["signUrlList"] for url in entry["signUrl"]]


def statuses(client: Client, flow_id: str) -> list[int]:
    info = client.detail(flow_id)["signInfo"]
    return [signing["signStatus"] for document in info for signing in document["signDetail"]]


def one_signer_flow(client: Client, documents: int = 1, **more: Any) -> tuple[str, str]:
    doc_ids = [client.document(blank_pdf()) for _ in range(documents)]
    positions = [coordinate(doc_id) for doc_id in doc_ids]
    response = client.start(doc_ids, [{"accountId": client.person(), "docPosList": positions}], **more)
    return response.data["flowId"], urls_of(response)[0]


def ordered_flow(client: Client, *orders: int | None) -> tuple[str, list[str]]:
    doc_id = client.document(blank_pdf())
    signers = []
    for i, order in enumerate(orders):
        signer = {"accountId": client.person(f"人{i}"), "docPosList": [coordinate(doc_id, y=100 + 100 * i)]}
        signers.append(signer | ({"signOrder": order} if order is not None else {}))
    response = client.start([doc_id], signers)
    return response.data["flowId"], urls_of(response)


def can_sign(client: Client, url: str) -> bool:
    return client.sign(url).status == 200


def test_signed_by_its_only_signer_a_flow_is_complete(client: Client, clock: FakeClock) -> None:
    flow_id, url = one_signer_flow(client)
    before = client.detail(flow_id)
    assert (before["flowStatus"], before["endTime"], statuses(client, flow_id)) == (1, "", [1])
    clock.advance(60)
    assert can_sign(client, url)
    after = client.detail(flow_id)
    assert after["flowStatus"] == 2
    signing = after["signInfo"][0]["signDetail"][0]
    assert (signing["signStatus"], signing["signTime"]) == (2, after["endTime"])
    assert signing["recieveTime"] == after["startTime"]


def test_times_are_chinas(client: Client) -> None:
    flow_id, _ = one_signer_flow(client)
    # 1 790 000 000 s is 2026-09-21 14:13:20 UTC.
    assert client.detail(flow_id)["startTime"] == "2026-09-21 22:13:20"


def test_detail_tells_scene_names_and_deadline(client: Client, clock: FakeClock) -> None:
    flow_id, _ = one_signer_flow(client, businessScene="买房子", signValidity=clock.now_ms + 5000)
    detail = client.detail(flow_id)
    assert detail["businessScene"] == "买房子"
    assert detail["signValidity"] == str(clock.now_ms + 5000)
    assert detail["signInfo"][0]["docName"] == "合同.pdf"
    assert len(detail["initiatorAccountId"]) == 32


def test_signing_twice_is_refused(client: Client) -> None:
    _, url = one_signer_flow(client)
    assert can_sign(client, url)
    assert client.sign(url).status == 409


def test_downloaded_file_has_the_seal(client: Client) -> None:
    flow_id, url = one_signer_flow(client)
    assert client.call("/sign/download", {"flowId": flow_id}).data == []
    client.sign(url)
    box = changed_box(blank_pdf(), client.signed_file(flow_id))
    assert box is not None
    assert box.center[0] * 400 == pytest.approx(200, abs=0.5)
    assert box.center[1] * 600 == pytest.approx(300, abs=0.5)


def test_one_signature_signs_every_document(client: Client) -> None:
    flow_id, url = one_signer_flow(client, documents=3)
    client.sign(url)
    assert statuses(client, flow_id) == [2, 2, 2]
    assert len(client.call("/sign/download", {"flowId": flow_id}).data) == 3


@pytest.mark.parametrize(
    ("orders", "first_round"),
    [
        ((1, 2, 3), [True, False, False]),
        ((3, 1, 2), [False, True, False]),
        ((1, 1, 2), [True, True, False]),
        ((7, 7, 7), [True, True, True]),
        ((None, None, None), [True, True, True]),
        ((1, 2, None), [True, False, True]),
    ],
)
def test_only_signers_of_the_lowest_open_order_have_their_turn(
    client: Client, orders: tuple[int | None, ...], first_round: list[bool]
) -> None:
    flow_id, _ = ordered_flow(client, *orders)
    assert [status == 1 for status in statuses(client, flow_id)] == first_round


def test_next_order_waits_for_all_of_the_one_before(client: Client) -> None:
    flow_id, (first, second, third) = ordered_flow(client, 1, 1, 2)
    assert not can_sign(client, third)
    assert can_sign(client, second)
    assert not can_sign(client, third)
    assert can_sign(client, first)
    assert can_sign(client, third)
    assert client.detail(flow_id)["flowStatus"] == 2


def test_files_in_between_carry_the_seals_stamped_so_far(client: Client) -> None:
    flow_id, (first, second) = ordered_flow(client, 1, 2)
    client.sign(first)
    early = client.signed_file(flow_id)
    client.sign(second)
    late = client.signed_file(flow_id)
    both, later_one = changed_box(blank_pdf(), late), changed_box(early, late)
    assert both is not None
    assert later_one is not None
    assert later_one.bottom < both.bottom


def test_draft_is_invisible_until_executed(client: Client) -> None:
    flow_id, url = one_signer_flow(client, autoInitiate=0)
    assert (client.detail(flow_id)["flowStatus"], statuses(client, flow_id)) == (0, [0])
    assert not can_sign(client, url)
    assert client.call("/sign/execute", {"flowId": flow_id}).err_code == 0
    assert client.detail(flow_id)["flowStatus"] == 1
    assert can_sign(client, url)


def test_executing_twice_is_refused(client: Client) -> None:
    flow_id, _ = one_signer_flow(client, autoInitiate=0)
    client.call("/sign/execute", {"flowId": flow_id})
    again = client.call("/sign/execute", {"flowId": flow_id})
    assert again.err_code == FLOW_STATE
    assert "already" in again.json["msg"]


def test_started_flow_cannot_be_executed(client: Client) -> None:
    flow_id, _ = one_signer_flow(client)
    assert client.call("/sign/execute", {"flowId": flow_id}).err_code == FLOW_STATE


def test_addresses_before_execute_are_a_setting(start_server: Callable[..., SandboxServer]) -> None:
    client = Client(start_server(sign_urls_before_execute=False).base_url)
    signer = {"accountId": client.person()}
    doc_id = client.document(blank_pdf())
    assert "signUrlList" not in client.start([doc_id], [signer], autoInitiate=0).data
    assert "signUrlList" in client.start([doc_id], [signer]).data


@pytest.mark.parametrize("path", ["/sign/execute", "/sign/revoke", "/sign/download", "/sign/docdetail"])
def test_unknown_flows_are_refused(client: Client, path: str) -> None:
    assert client.call(path, {"flowId": "nothing"}).err_code == 1_100_020
    assert client.call(path, {}).err_code == 1_100_010


@pytest.mark.parametrize("auto_initiate", [0, 1])
def test_revoked_flow_has_ended(client: Client, auto_initiate: int) -> None:
    flow_id, url = one_signer_flow(client, autoInitiate=auto_initiate)
    assert client.call("/sign/revoke", {"flowId": flow_id}).err_code == 0
    assert client.detail(flow_id)["flowStatus"] == 3
    assert client.detail(flow_id)["endTime"] != ""
    assert not can_sign(client, url)
    for path in ("/sign/revoke", "/sign/execute"):
        assert client.call(path, {"flowId": flow_id}).err_code == FLOW_STATE


def test_completed_flow_cannot_be_revoked(client: Client) -> None:
    flow_id, url = one_signer_flow(client)
    client.sign(url)
    assert client.call("/sign/revoke", {"flowId": flow_id}).err_code == FLOW_STATE


def test_refusal_ends_the_flow_for_all_and_keeps_its_reason(client: Client) -> None:
    flow_id, (first, second) = ordered_flow(client, 1, 1)
    assert client.refuse(first, "金额不对").status == 200
    detail = client.detail(flow_id)
    assert (detail["flowStatus"], statuses(client, flow_id)) == (4, [4, 1])
    assert detail["signInfo"][0]["signDetail"][0]["signExplain"] == "金额不对"
    assert not can_sign(client, second)


def test_flow_expires_at_its_deadline_without_being_asked(
    client: Client, server: SandboxServer, clock: FakeClock
) -> None:
    flow_id, url = one_signer_flow(client, signValidity=clock.now_ms + 1000)
    clock.advance(1)
    with server.platform.state.lock:
        server.platform.flows.expire_all_due()
    flow = server.platform.state.flows.get(flow_id)
    assert flow is not None
    assert flow.status == 5
    assert client.detail(flow_id)["flowStatus"] == 5
    assert not can_sign(client, url)


def test_draft_expires_too(client: Client, clock: FakeClock) -> None:
    flow_id, _ = one_signer_flow(client, signValidity=clock.now_ms + 1000, autoInitiate=0)
    clock.advance(1)
    assert client.call("/sign/execute", {"flowId": flow_id}).err_code == FLOW_STATE
    assert client.detail(flow_id)["flowStatus"] == 5


def test_application_signs_silently_at_once(client: Client) -> None:
    doc_id = client.document(blank_pdf())
    response = client.start([doc_id], [], application={"autoSign": 1, "docPosList": [coordinate(doc_id)]})
    assert response.data["signUrlList"] == []
    flow_id = response.data["flowId"]
    assert client.detail(flow_id)["flowStatus"] == 2
    assert changed_box(blank_pdf(), client.signed_file(flow_id)) is not None


def test_application_that_does_not_sign_silently_has_an_address(client: Client) -> None:
    doc_id = client.document(blank_pdf())
    response = client.start([doc_id], [], application={"autoSign": 0, "docPosList": [coordinate(doc_id)]})
    (url,) = urls_of(response)
    assert can_sign(client, url)


def test_silent_signers_sign_when_their_turn_comes(client: Client) -> None:
    doc_id = client.document(blank_pdf())
    agent = client.person()
    signers = [
        {"accountId": client.person("李四"), "signOrder": 1, "docPosList": [coordinate(doc_id)]},
        {
            "accountId": agent,
            "authorizationOrgId": client.organization(agent),
            "signOrder": 2,
            "autoSign": 1,
            "docPosList": [coordinate(doc_id)],
        },
    ]
    application = {"signOrder": 3, "autoSign": 1, "docPosList": [coordinate(doc_id)]}
    response = client.start([doc_id], signers, application=application)
    flow_id = response.data["flowId"]
    assert statuses(client, flow_id) == [1, 0, 0]
    (url,) = urls_of(response)
    client.sign(url)
    assert statuses(client, flow_id) == [2, 2, 2]
    assert client.detail(flow_id)["flowStatus"] == 2


def test_silent_signature_that_fails_ends_the_flow(client: Client, server: SandboxServer) -> None:
    doc_id = client.document(blank_pdf())
    application = {"autoSign": 1, "docPosList": [coordinate(doc_id)]}
    flow_id = client.start([doc_id], [], application=application, autoInitiate=0).data["flowId"]
    server.platform.documents.path(doc_id).write_bytes(b"%PDF-1.7 lost")
    assert client.call("/sign/execute", {"flowId": flow_id}).err_code == 0
    assert (client.detail(flow_id)["flowStatus"], statuses(client, flow_id)) == (4, [3])
    assert server.platform.billing.balance().frozen == 0


def test_signer_only_signs_documents_that_name_him(client: Client) -> None:
    first, second = client.document(blank_pdf()), client.document(blank_pdf())
    signers: list[dict[str, Any]] = [
        {"accountId": client.person("甲")},
        {"accountId": client.person("乙"), "docPosList": [coordinate(second)]},
    ]
    flow_id = client.start([first, second], signers).data["flowId"]
    info = client.detail(flow_id)["signInfo"]
    assert [len(document["signDetail"]) for document in info] == [1, 2]


def test_contracts_are_frozen_at_start_and_charged_at_the_end(client: Client, server: SandboxServer) -> None:
    billing = server.platform.billing
    _, url = one_signer_flow(client, documents=2)
    assert (billing.balance().frozen, billing.balance().charged) == (2, 0)
    client.sign(url)
    assert (billing.balance().frozen, billing.balance().charged) == (0, 2)


@pytest.mark.parametrize("end", ["revoke", "refuse", "expire"])
def test_contracts_are_released_when_a_flow_ends_unsigned(
    client: Client, server: SandboxServer, clock: FakeClock, end: str
) -> None:
    flow_id, url = one_signer_flow(client, signValidity=clock.now_ms + 1000)
    if end == "revoke":
        client.call("/sign/revoke", {"flowId": flow_id})
    elif end == "refuse":
        client.refuse(url, "")
    else:
        clock.advance(1)
    assert client.detail(flow_id)["flowStatus"] >= 3
    assert (server.platform.billing.balance().frozen, server.platform.billing.balance().charged) == (0, 0)


def test_start_is_refused_when_the_package_is_used_up(start_server: Callable[..., SandboxServer]) -> None:
    client = Client(start_server(quota_contracts=2).base_url)
    doc_ids = [client.document(blank_pdf()) for _ in range(3)]
    signer = {"accountId": client.person()}
    assert client.start(doc_ids, [signer]).err_code == QUOTA
    flow_id = client.start(doc_ids[:2], [signer]).data["flowId"]
    assert client.start(doc_ids[2:], [signer]).err_code == QUOTA
    client.call("/sign/revoke", {"flowId": flow_id})
    assert client.start(doc_ids[2:], [signer]).err_code == 0


def test_signer_who_pays_and_has_no_contract_left_cannot_sign(start_server: Callable[..., SandboxServer]) -> None:
    server = start_server(quota_contracts=1)
    client = Client(server.base_url)
    payer = client.person()
    doc_ids = [client.document(blank_pdf()) for _ in range(2)]
    flows = [
        client.start([one], [{"accountId": payer, "docPosList": [coordinate(one)]}], payer=payer) for one in doc_ids
    ]
    assert [client.sign(urls_of(flow)[0]).status == 200 for flow in flows] == [True, False]
    assert server.platform.billing.balance(payer).charged == 1


def test_drafts_freeze_at_execute_when_so_set(start_server: Callable[..., SandboxServer]) -> None:
    server = start_server(freeze_at="execute")
    client = Client(server.base_url)
    flow_id, _ = one_signer_flow(client, autoInitiate=0)
    assert server.platform.billing.balance().frozen == 0
    client.call("/sign/execute", {"flowId": flow_id})
    assert server.platform.billing.balance().frozen == 1


def test_signer_who_pays_is_charged_instead_of_the_application(client: Client, server: SandboxServer) -> None:
    doc_id, payer = client.document(blank_pdf()), client.person()
    signer = {"accountId": payer, "docPosList": [coordinate(doc_id)]}
    response = client.start([doc_id], [signer], payer=payer)
    assert server.platform.billing.balance(payer).frozen == 0
    client.sign(urls_of(response)[0])
    assert server.platform.billing.balance(payer).charged == 1
    assert server.platform.billing.balance().charged == 0
