from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from esign_desktop.api import wire
from esign_desktop.api.errors import OutcomeUnknown, Refused
from esign_desktop.api.exchange import RawAnswer
from esign_desktop.api.wire import Chunk
from esign_desktop.domain.account import Organization, Person, PersonIdType
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.flow import FlowStatus, SigningLink, SignStatus

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.api.openapi import OpenApi

PERSON = Person(name="张三", id_number="371500198101175693", mobile="13500000000", third_id="u1")
ORGANIZATION = Organization(name="示例有限公司", code="91330000000000000X", legal_name="李四")
# 2018-04-04 12:12:12 in China is 04:12:12 UTC.
NOON_MS = 1_522_815_132_000


def answer(data: Any = None, *, err_code: Any = 0, msg: Any = "SUCCESS", status: int = 200) -> RawAnswer:
    return RawAnswer(status, json.dumps({"errCode": err_code, "msg": msg, "data": data}).encode())


def detail(**changes: Any) -> dict[str, Any]:
    return {
        "flowId": "f1",
        "businessScene": "购房场景",
        "initiatorAccountId": "a0",
        "flowStatus": 1,
        "startTime": "2018-04-04 12:12:12",
        "endTime": "",
        "signInfo": [
            {
                "docId": "d1",
                "docName": "合同",
                "signDetail": [
                    {
                        "accountId": "a1",
                        "authorizationOrgId": "o1",
                        "signStatus": 2,
                        "recieveTime": "2018-04-04 12:12:12",
                        "signTime": "2018-04-04 12:12:13",
                        "signExplain": "好",
                    }
                ],
            }
        ],
        **changes,
    }


BODIES = [
    (wire.UPLOAD_URL_PATH, wire.build_upload_url("张三的借款合同.pdf", 151660, "eB5eJF1ptWaXm4bijSPyxw==")),
    (wire.CREATE_PERSON_PATH, wire.build_person(PERSON)),
    (wire.CREATE_PERSON_PATH, wire.build_person(Person("张三", "P1", PersonIdType.PASSPORT, email="a@example.com"))),
    (wire.CREATE_ORGANIZATION_PATH, wire.build_organization(ORGANIZATION, "a1")),
    (
        wire.CREATE_ORGANIZATION_PATH,
        wire.build_organization(Organization("示例", "1", legal_id_number="2", third_id="o"), "a1"),
    ),
    (wire.FIND_ACCOUNT_PATH, wire.build_find_account("u1")),
    (wire.CREATE_TEMPLATE_PATH, wire.build_template("key", "模板")),
    (wire.CREATE_DOCUMENT_PATH, wire.build_file_key("key")),
    (wire.CREATE_FROM_TEMPLATE_PATH, wire.build_from_template("t", "合同", {}, ())),
    (
        wire.CREATE_FROM_TEMPLATE_PATH,
        wire.build_from_template("t", "合同", {"a": "b"}, [Chunk("text/html", "PGI+", 0)]),
    ),
    (wire.DOCUMENT_URL_PATH, wire.build_doc_id("d1")),
    (wire.EXECUTE_PATH, wire.build_flow_id("f1")),
    (wire.REVOKE_PATH, wire.build_flow_id("f1")),
    (wire.SIGNED_DOCUMENTS_PATH, wire.build_flow_id("f1")),
    (wire.DETAIL_PATH, wire.build_flow_id("f1")),
]


def test_the_page_after_which_pages_are_to_come_is_sent_when_it_was_chosen() -> None:
    bodies = [wire.build_from_template("t", "合同", {}, [Chunk("text/html", "PGI+", 0, page)]) for page in (None, 2)]
    without, chosen = (json.loads(body)["chunkedFields"][0] for body in bodies)
    assert "pagePos" not in without
    assert chosen["pagePos"] == 2


def test_a_flow_need_not_say_when_it_ended() -> None:
    told = detail()
    del told["endTime"]
    assert wire.parse_detail(answer(told), "f1").ended_at_ms is None


@pytest.mark.parametrize(("path", "body"), BODIES)
def test_every_body_is_what_the_platform_describes(openapi: OpenApi, path: str, body: bytes) -> None:
    assert openapi.request_errors(path, json.loads(body)) == []


def test_what_is_empty_is_left_out() -> None:
    assert json.loads(wire.build_person(Person("张三", "1"))) == {"name": "张三", "idNo": "1", "idType": 19}


def test_a_kind_of_document_goes_with_its_number_only() -> None:
    assert "legalIdType" not in json.loads(wire.build_organization(ORGANIZATION, "a1"))
    with_number = Organization("示例", "1", legal_id_number="2", legal_id_type=PersonIdType.PASSPORT)
    assert json.loads(wire.build_organization(with_number, "a1"))["legalIdType"] == 13


def test_chinese_travels_as_itself() -> None:
    assert "张三".encode() in wire.build_person(PERSON)


def test_a_file_name_that_is_no_text_is_mended_but_a_persons_name_is_refused() -> None:
    assert json.loads(wire.build_upload_url("a\udcff.pdf", 1, "x"))["fileName"] == "a?.pdf"
    with pytest.raises(InputError):
        wire.build_person(Person("\udcff", "1"))


@pytest.mark.parametrize("err_code", [0, "0"])
def test_zero_means_success_as_number_and_as_text(err_code: object) -> None:
    assert wire.parse_doc_id(answer({"docId": "d1"}, err_code=err_code)) == "d1"


@pytest.mark.parametrize("err_code", [100, "100"])
def test_a_refusal_carries_code_and_message_apart_from_its_text(err_code: object) -> None:
    with pytest.raises(Refused) as caught:
        wire.parse_doc_id(answer(err_code=err_code, msg="证件号 371500198101175693 有误"))
    assert (caught.value.code, caught.value.err_code) == ("api.refused", 100)
    assert caught.value.msg == "证件号 371500198101175693 有误"
    assert "3715" not in f"{caught.value} {caught.value.params}"


def test_a_refusal_without_a_message_is_one_all_the_same() -> None:
    with pytest.raises(Refused) as caught:
        wire.parse_done(answer(err_code=5, msg=None))
    assert caught.value.msg == ""


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>502</html>",
        b"[]",
        b"{}",
        b'{"errCode":true}',
        b'{"errCode":null}',
        b'{"errCode":0.0,"data":{"docId":"d"}}',
        b'{"errCode":1,"errCode":0,"data":{"docId":"d"}}',
        b'{"errCode":0}',
        b'{"errCode":0,"data":null}',
        b'{"errCode":0,"data":[]}',
        b'{"errCode":0,"data":{}}',
        b'{"errCode":0,"data":{"docId":""}}',
        b'{"errCode":0,"data":{"docId":NaN}}',
        b'{"errCode":0,"data":{"docId":"\\ud800"}}',
    ],
)
def test_an_answer_of_another_shape_leaves_the_outcome_unknown(body: bytes) -> None:
    with pytest.raises(OutcomeUnknown) as caught:
        wire.parse_doc_id(RawAnswer(200, body))
    assert caught.value.code == "api.protocol"


@pytest.mark.parametrize("status", [400, 401, 404, 500, 503])
def test_success_and_a_failing_status_contradict_each_other(status: int) -> None:
    with pytest.raises(OutcomeUnknown):
        wire.parse_done(answer(status=status))


def test_an_unknown_third_id_is_no_account() -> None:
    assert wire.parse_found_account(answer({"accountId": "a1"})) == "a1"
    assert wire.parse_found_account(answer(err_code=7, msg="unknown")) is None


def test_a_request_refused_as_such_is_not_taken_for_an_unknown_third_id() -> None:
    with pytest.raises(Refused):
        wire.parse_found_account(answer(err_code=7, status=401))


def test_an_upload_needs_a_web_address() -> None:
    slot = wire.parse_upload_slot(answer({"fileKey": "$k$", "uploadUrl": "https://oss.example.com/a?Signature=b%2B"}))
    assert slot.file_key == "$k$"
    assert "Signature" not in repr(slot)
    for url in ("file:///etc/passwd", "ftp://example.com/", "", None, "https://", "https://user:pw@example.com/"):
        with pytest.raises(OutcomeUnknown):
            wire.parse_upload_slot(answer({"fileKey": "$k$", "uploadUrl": url}))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (["https://example.com/s/1"], ("https://example.com/s/1",)),
        ("https://example.com/s/1", ("https://example.com/s/1",)),
        (["javascript:alert(1)", "http://example.com/"], ("http://example.com/",)),
        (["https://esign.cn\\@evil.com/"], ()),
        (["https://a b.com/", "https://é.com/", "https://example.com:x/", "//example.com/"], ()),
        (None, ()),
        ([None, 1, {}], ()),
    ],
)
def test_only_web_addresses_that_all_readers_agree_on_are_given_out(given: object, kept: tuple[str, ...]) -> None:
    started = wire.parse_started(answer({"flowId": "f1", "signUrlList": [{"accountId": "a1", "signUrl": given}]}))
    assert started.links == (SigningLink("a1", kept),)


@pytest.mark.parametrize("links", [None, "x", [None], [{}], [{"accountId": ""}], {"accountId": "a1"}])
def test_a_flow_id_is_never_lost_over_its_links(links: object) -> None:
    started = wire.parse_started(answer({"flowId": "f1", "signUrlList": links}))
    assert (started.flow_id, started.links) == ("f1", ())


def test_links_stay_out_of_the_repr() -> None:
    started = wire.parse_started(
        answer({"flowId": "f1", "signUrlList": [{"accountId": "a1", "signUrl": ["https://example.com/s/key"]}]})
    )
    assert "example.com" not in repr(started)


def test_details_are_read_with_their_times() -> None:
    flow = wire.parse_detail(answer(detail(signValidity="1522815132000")), "f1")
    assert (flow.status, flow.code, flow.business_scene) == (FlowStatus.SIGNING, 1, "购房场景")
    assert (flow.started_at_ms, flow.ended_at_ms, flow.deadline_ms) == (NOON_MS, None, NOON_MS)
    signer = flow.documents[0].signers[0]
    assert (signer.account_id, signer.organization_account_id, signer.remark) == ("a1", "o1", "好")
    assert (signer.status, signer.received_at_ms, signer.signed_at_ms) == (SignStatus.SIGNED, NOON_MS, NOON_MS + 1000)


def test_both_spellings_of_the_receive_time_are_read() -> None:
    signer = {"accountId": "a1", "signStatus": "0", "receiveTime": "2018-04-04 12:12:12"}
    flow = wire.parse_detail(answer(detail(signInfo=[{"docId": "d1", "signDetail": [signer]}])), "f1")
    assert flow.documents[0].name == ""
    assert flow.documents[0].signers[0].received_at_ms == NOON_MS


@pytest.mark.parametrize("deadline", [NOON_MS, str(NOON_MS), "2018-04-04 12:12:12"])
def test_a_deadline_is_read_in_each_of_its_forms(deadline: object) -> None:
    assert wire.parse_detail(answer(detail(signValidity=deadline)), "f1").deadline_ms == NOON_MS


@pytest.mark.parametrize(
    "time", [5, 1.5e12, True, [], "", None, "soon", "2018-02-30 12:00:00", "2018-4-4 12:12:12", "٢٠١٨-04-04 12:12:12"]
)
def test_a_time_that_can_not_be_read_stops_nothing(time: object) -> None:
    assert wire.parse_detail(answer(detail(startTime=time)), "f1").started_at_ms is None


@pytest.mark.parametrize("time", [NOON_MS, str(NOON_MS)])
def test_every_time_may_be_a_number(time: object) -> None:
    signer = {"accountId": "a1", "signStatus": 2, "recieveTime": time, "signTime": time}
    document = {"docId": "d1", "signDetail": [signer]}
    flow = wire.parse_detail(answer(detail(startTime=time, endTime=time, signInfo=[document])), "f1")
    progress = flow.documents[0].signers[0]
    assert (flow.started_at_ms, flow.ended_at_ms) == (NOON_MS, NOON_MS)
    assert (progress.received_at_ms, progress.signed_at_ms) == (NOON_MS, NOON_MS)


def test_unknown_states_are_kept_with_their_number() -> None:
    signers = [{"accountId": "a1", "signStatus": 77}]
    flow = wire.parse_detail(answer(detail(flowStatus="42", signInfo=[{"docId": "d1", "signDetail": signers}])), "f1")
    assert (flow.status, flow.code) == (FlowStatus.UNKNOWN, 42)
    signer = flow.documents[0].signers[0]
    assert (signer.status, signer.code) == (SignStatus.UNKNOWN, 77)


def test_a_flow_that_was_not_asked_for_is_not_believed() -> None:
    with pytest.raises(OutcomeUnknown):
        wire.parse_detail(answer(detail()), "f2")


@pytest.mark.parametrize("changes", [{"flowStatus": None}, {"flowStatus": "x"}, {"signInfo": {}}, {"signInfo": [1]}])
def test_details_of_another_shape_are_not_believed(changes: dict[str, Any]) -> None:
    with pytest.raises(OutcomeUnknown):
        wire.parse_detail(answer(detail(**changes)), "f1")


def test_signed_files_are_a_list_which_may_be_empty() -> None:
    data = [{"docId": "1", "docUrl": "http://h.example/1.pdf"}, {"docId": "2", "docUrl": "http://h.example/2.pdf"}]
    assert [document.doc_id for document in wire.parse_signed_documents(answer(data))] == ["1", "2"]
    assert wire.parse_signed_documents(answer(None)) == ()


def test_the_sample_with_repeated_keys_is_refused_rather_than_half_read() -> None:
    data = '{"docId":"1","docUrl":"http://h.example/1.pdf","docId":"2","docUrl":"http://h.example/2.pdf"}'
    with pytest.raises(OutcomeUnknown):
        wire.parse_signed_documents(RawAnswer(200, f'{{"errCode":0,"data":[{data}]}}'.encode()))


@pytest.mark.parametrize(
    ("parse", "data", "value"),
    [
        (wire.parse_account_id, {"accountId": "a"}, "a"),
        (wire.parse_template_id, {"templateId": "t "}, "t "),
        (wire.parse_document_url, {"docUrl": "https://h.example/d"}, "https://h.example/d"),
        (wire.parse_from_template, {"docId": "d", "docUrl": "https://h.example/d"}, ("d", "https://h.example/d")),
        (wire.parse_done, None, None),
    ],
)
def test_the_other_answers_are_read(parse: Callable[[RawAnswer], object], data: object, value: object) -> None:
    assert parse(answer(data)) == value


def test_unknown_keys_are_ignored() -> None:
    assert wire.parse_account_id(answer({"accountId": "a", "new": {"key": [1]}})) == "a"
