"""The rehearsal's own page lets things go wrong as they may at the platform, and shows nothing to strangers."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from esign_desktop.sandbox import http_handler
from tests.sandbox.client import Client, Response, coordinate, fetch
from tests.sandbox.pages import blank_pdf, form_pdf

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.sandbox.server import SandboxServer


def open_console(server: SandboxServer, language: str = "en") -> str:
    answer = fetch("GET", f"{server.console_url}?lang={language}")
    assert answer.status == 200
    return answer.body.decode()


def press(server: SandboxServer, **values: str) -> Response:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return fetch("POST", server.console_url, urlencode(values).encode(), headers)


def start(client: Client, *, signers: int = 1, **terms: Any) -> tuple[str, list[str]]:
    doc_id = client.document(blank_pdf())
    entries = [
        {"accountId": client.person(f"人{i}"), "signOrder": i, "docPosList": [coordinate(doc_id)]} | terms
        for i in range(1, signers + 1)
    ]
    data = client.start([doc_id], entries).data
    return data["flowId"], [url for one in data.get("signUrlList", ()) for url in one["signUrl"]]


def state_of(url: str) -> str:
    match = re.search(r'data-state="([^"]+)"', fetch("GET", url).body.decode())
    assert match is not None
    return match.group(1)


def sign_status(client: Client, flow_id: str) -> tuple[int, list[int]]:
    detail = client.detail(flow_id)
    return detail["flowStatus"], [one["signStatus"] for one in detail["signInfo"][0]["signDetail"]]


def test_a_stranger_finds_nothing(server: SandboxServer) -> None:
    assert fetch("GET", server.console_url + "x").status == 404
    assert fetch("GET", server.console_url.rpartition("/")[0] + "/").status == 404
    foreign = {"Origin": "http://elsewhere.example", "Content-Type": "application/x-www-form-urlencoded"}
    answer = fetch("POST", server.console_url, b"action=package&value=ended", foreign)
    assert answer.status == 409
    assert "foreign origin" in answer.body.decode()
    assert server.platform.trouble.package == "usual"


@pytest.mark.parametrize(("package", "words"), [("used_up", "not enough contracts left"), ("ended", "has ended")])
def test_a_package_that_is_used_up_or_over_refuses_in_a_sentence(
    server: SandboxServer, client: Client, package: str, words: str
) -> None:
    doc_id = client.document(blank_pdf())
    signer = {"accountId": client.person(), "docPosList": [coordinate(doc_id)]}
    assert press(server, action="package", value=package).status == 303
    refused = client.start([doc_id], [signer])
    assert words in refused.json["msg"]
    # Whoever else pays has a package of their own.
    assert client.start([doc_id], [signer], payer=client.person("付款人")).err_code == 0
    press(server, action="package", value="usual")
    assert client.start([doc_id], [signer]).err_code == 0


def test_a_signature_fails_once_with_its_reason_and_the_flow_ends(server: SandboxServer, client: Client) -> None:
    flow_id, urls = start(client, signers=2)
    press(server, action="signature", value="fails", reason="<b>证书已过期</b>")
    assert "&lt;b&gt;证书已过期" in open_console(server)
    client.sign(urls[0])
    assert sign_status(client, flow_id) == (4, [3, 0])
    assert state_of(urls[1]) == "failed"
    flow_id, urls = start(client)
    client.sign(urls[0])
    assert sign_status(client, flow_id) == (2, [2])


def test_a_silent_signature_fails_too(server: SandboxServer, client: Client) -> None:
    press(server, action="signature", value="fails", reason="")
    flow_id, _ = start(client, autoSign=1)
    assert sign_status(client, flow_id) == (4, [3])


def test_what_waits_to_be_confirmed_holds_up_the_next_and_goes_on_when_it_is(
    server: SandboxServer, client: Client
) -> None:
    flow_id, urls = start(client, signers=2)
    press(server, action="signature", value="waits")
    assert client.sign(urls[0]).json["state"] == "to-be-confirmed"
    assert sign_status(client, flow_id) == (1, [5, 0])
    assert [state_of(url) for url in urls] == ["to-be-confirmed", "waiting-turn"]
    # Signed twice is signed once.
    assert client.sign(urls[0]).status == 409
    page = open_console(server)
    assert "人1" in page
    assert 'value="confirm"' in page
    press(server, action="confirm", value=urls[0].rpartition("/")[2])
    assert sign_status(client, flow_id) == (1, [2, 1])
    client.sign(urls[1])
    assert sign_status(client, flow_id) == (2, [2, 2])
    assert 'value="confirm"' not in open_console(server)


def test_what_waits_to_be_confirmed_can_fail(server: SandboxServer, client: Client) -> None:
    flow_id, urls = start(client)
    press(server, action="signature", value="waits", reason="人脸比对未通过")
    client.sign(urls[0])
    press(server, action="fail", value=urls[0].rpartition("/")[2])
    assert sign_status(client, flow_id) == (4, [3])
    assert server.platform.state.flows.get(flow_id).status_description == "人脸比对未通过"  # type: ignore[union-attr]


def test_a_silent_signature_that_waits_stops_nothing(server: SandboxServer, client: Client) -> None:
    press(server, action="signature", value="waits")
    flow_id, _ = start(client, autoSign=1)
    assert sign_status(client, flow_id) == (1, [5])


def test_a_template_that_is_deleted_is_unknown(server: SandboxServer, client: Client) -> None:
    key = client.upload(form_pdf("name"))
    template_id = client.call("/template/createbyfilekey", {"fileKey": key, "templateName": "<i>合同</i>"}).data[
        "templateId"
    ]
    assert "&lt;i&gt;合同&lt;/i&gt;" in open_console(server)
    assert press(server, action="delete_template", value=template_id).status == 303
    assert "None yet." in open_console(server)
    assert client.call("/doc/createbytemplate", {"templateId": template_id, "name": "合同"}).err_code != 0


def test_what_is_asked_of_nobody_changes_nothing(server: SandboxServer, client: Client) -> None:
    flow_id, _ = start(client)
    for values in ({"action": "confirm", "value": "no such"}, {"action": "package", "value": "no such"}, {}):
        assert press(server, **values).status == 303
    assert sign_status(client, flow_id) == (1, [1])
    assert server.platform.trouble.package == "usual"


def test_it_speaks_both_languages_and_tells_where_notices_go(start_server: Callable[..., SandboxServer]) -> None:
    server = start_server(notify_url="http://127.0.0.1:9/")
    assert "演练控制台" in open_console(server, "zh")
    assert "Sent to http://127.0.0.1:9/" in open_console(server)


def test_the_console_is_for_this_computer_alone(server: SandboxServer, monkeypatch: pytest.MonkeyPatch) -> None:
    assert fetch("GET", server.console_url).status == 200
    monkeypatch.setattr(http_handler, "ip_address", lambda _text: ip_address("192.168.1.7"))
    assert fetch("GET", server.console_url).status == 404


def test_trouble_can_be_chosen_before_it_starts(start_server: Callable[..., SandboxServer]) -> None:
    server = start_server(package="ended", next_signature="fails")
    assert (server.platform.trouble.package, server.platform.trouble.next_signature) == ("ended", "fails")


def test_messages_and_signatures_are_listed_as_a_real_platform_would_have_them(
    server: SandboxServer, client: Client
) -> None:
    assert open_console(server).count("None yet.") >= 2
    doc_id = client.document(blank_pdf())
    people = [
        {"name": "张三", "idNo": "110101199003078515", "idType": 19, "mobile": "13800000001"},
        {"name": "李四", "idNo": "11010119900307803X", "idType": 19, "email": "li@example.com"},
    ]
    ids = [client.call("/account/create/person/private", person).data["accountId"] for person in people]
    signers = [
        {"accountId": account, "signOrder": order, "docPosList": [coordinate(doc_id)], "certType": 2}
        for order, account in enumerate(ids, 1)
    ]
    answer = client.start([doc_id], signers, noticeType="1,2", signPlatform="1,2").data
    urls = [url for one in answer["signUrlList"] for url in one["signUrl"]]
    page = open_console(server)
    assert "张三 · text message · 138****0001" in page
    assert "张三 · email · no address, so it can&#x27;t be sent" in page
    assert "李四" not in page, "it is not their turn"
    assert client.sign(urls[0], platform=2).status == 200
    page = open_console(server)
    assert "李四 · email · l***@example.com" in page
    assert "劳动合同 · 张三 · Alipay · 事件证书 single-use" in page
    assert "通知" in open_console(server, "zh")
