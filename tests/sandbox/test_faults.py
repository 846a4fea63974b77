"""Faults do what their name says, as often as the rule says."""

from __future__ import annotations

import http.client
import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.client import Client, coordinate, fetch
from tests.sandbox.pages import blank_pdf

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from esign_desktop.sandbox.server import SandboxServer

PERSON = {"name": "张三", "idNo": "1", "idType": 19, "thirdId": "u"}
CREATE = "/account/create/person/private"


@pytest.fixture
def faults(tmp_path: Path) -> Callable[..., None]:
    versions = iter(range(1, 1000))

    def write(*rules: dict[str, Any]) -> None:
        path = tmp_path / "faults.json"
        path.write_text(json.dumps(rules), "utf-8")
        # Two writes within the clock's resolution must differ.
        os.utime(path, ns=(0, next(versions) * 1_000_000_000))

    return write


@pytest.fixture
def faulty(start_server: Callable[..., SandboxServer], tmp_path: Path) -> SandboxServer:
    return start_server(faults_file=tmp_path / "faults.json")


@pytest.fixture
def faulty_client(faulty: SandboxServer) -> Client:
    return Client(faulty.base_url)


def test_no_file_means_no_faults(faulty_client: Client) -> None:
    assert faulty_client.call(CREATE, PERSON).err_code == 0


def test_lost_reply_has_acted_all_the_same(faulty_client: Client, faults: Callable[..., None]) -> None:
    faults({"path": CREATE, "fault": "drop_reply"})
    with pytest.raises(ConnectionError):
        faulty_client.call(CREATE, PERSON)
    assert faulty_client.call("/account/idexchange", {"thirdId": "u"}).err_code == 0


def test_reset_has_not_acted(faulty_client: Client, faults: Callable[..., None]) -> None:
    faults({"path": CREATE, "fault": "reset"})
    with pytest.raises(ConnectionError):
        faulty_client.call(CREATE, PERSON)
    assert faulty_client.call("/account/idexchange", {"thirdId": "u"}).err_code != 0


def test_hang_gives_no_answer(faulty_client: Client, faults: Callable[..., None]) -> None:
    faults({"path": CREATE, "fault": "hang", "seconds": 0.2})
    with pytest.raises(http.client.RemoteDisconnected):
        faulty_client.call(CREATE, PERSON)


def test_hanging_request_does_not_outlive_the_server(
    faulty: SandboxServer, faulty_client: Client, faults: Callable[..., None]
) -> None:
    faults({"path": CREATE, "fault": "hang", "seconds": 3600})
    with pytest.raises(TimeoutError):
        fetch("POST", faulty.base_url + CREATE, b"{}", timeout_s=0.2)
    faulty.stop()


def test_truncated_answer_is_shorter_than_announced(faulty_client: Client, faults: Callable[..., None]) -> None:
    faults({"path": CREATE, "fault": "truncate"})
    with pytest.raises(http.client.IncompleteRead):
        faulty_client.call(CREATE, PERSON)


@pytest.mark.parametrize(
    ("rule", "status"),
    [
        ({"fault": "http_500"}, 500),
        ({"fault": "gateway_html"}, 502),
        ({"fault": "http_status", "status": 503, "retry_after": 3}, 503),
        ({"fault": "redirect"}, 307),
    ],
)
def test_statuses_are_answered_without_acting(
    faulty_client: Client, faults: Callable[..., None], rule: dict[str, Any], status: int
) -> None:
    faults({"path": CREATE} | rule)
    response = faulty_client.call(CREATE, PERSON)
    assert response.status == status
    assert response.headers["X-timevale-signature"] is None
    assert response.headers["Retry-After"] == ("3" if "retry_after" in rule else None)
    assert faulty_client.call("/account/idexchange", {"thirdId": "u"}).err_code != 0


def test_err_code_is_a_signed_refusal(faulty_client: Client, faults: Callable[..., None]) -> None:
    faults({"path": CREATE, "fault": "err_code", "err_code": 42, "msg": "服务繁忙"})
    response = faulty_client.call(CREATE, PERSON)
    assert (response.err_code, response.json["msg"]) == (42, "服务繁忙")
    assert response.is_signed


@pytest.mark.parametrize("fault", ["bad_signature", "no_signature"])
def test_signature_faults_act_but_do_not_verify(faulty_client: Client, faults: Callable[..., None], fault: str) -> None:
    faults({"path": CREATE, "fault": fault})
    response = faulty_client.call(CREATE, PERSON)
    assert response.err_code == 0
    assert not response.is_signed


def test_garbage_is_no_http(faulty_client: Client, faults: Callable[..., None]) -> None:
    faults({"path": CREATE, "fault": "garbage"})
    with pytest.raises(http.client.BadStatusLine):
        faulty_client.call(CREATE, PERSON)


def test_clock_is_wrong_by_what_the_rule_says(faulty_client: Client, faults: Callable[..., None]) -> None:
    faults({"path": CREATE, "fault": "wrong_clock", "seconds": -3600})
    assert faulty_client.call(CREATE, PERSON).headers["Date"] == "Mon, 21 Sep 2026 13:13:20 GMT"
    assert faulty_client.call(CREATE, PERSON).headers["Date"] == "Mon, 21 Sep 2026 14:13:20 GMT"


def test_slow_answer_is_whole(faulty_client: Client, faults: Callable[..., None]) -> None:
    faults({"path": CREATE, "fault": "slow", "seconds": 0.05})
    assert faulty_client.call(CREATE, PERSON).is_signed


def test_rule_waits_and_then_is_used_up(faulty_client: Client, faults: Callable[..., None]) -> None:
    faults({"path": CREATE, "fault": "http_500", "skip": 1, "times": 2})
    assert [faulty_client.call(CREATE, PERSON).status for _ in range(5)] == [200, 500, 500, 200, 200]


def test_rule_without_limit_holds_until_the_file_changes(faulty_client: Client, faults: Callable[..., None]) -> None:
    faults({"path": CREATE, "fault": "http_500", "times": None})
    assert [faulty_client.call(CREATE, PERSON).status for _ in range(3)] == [500] * 3
    faults()
    assert faulty_client.call(CREATE, PERSON).status == 200


def test_half_written_file_changes_nothing(faulty_client: Client, faults: Callable[..., None], tmp_path: Path) -> None:
    faults({"path": CREATE, "fault": "http_500", "times": None})
    assert faulty_client.call(CREATE, PERSON).status == 500
    (tmp_path / "faults.json").write_text('[{"path": "/acc', "utf-8")
    assert faulty_client.call(CREATE, PERSON).status == 500


def test_storage_and_sign_pages_have_faults_too(faulty_client: Client, faults: Callable[..., None]) -> None:
    faults({"path": "/storage/upload", "fault": "http_status", "status": 403}, {"path": "/s/", "fault": "http_500"})
    content = blank_pdf()
    announced = faulty_client.announce(content)
    assert faulty_client.put(announced["uploadUrl"], content).status == 403
    doc_id = faulty_client.document(content)
    signer = {"accountId": faulty_client.person(), "docPosList": [coordinate(doc_id)]}
    url = faulty_client.start([doc_id], [signer]).data["signUrlList"][0]["signUrl"][0]
    assert fetch("GET", url).status == 500
    assert fetch("GET", url).status == 200
