"""/sign/start refuses what the specification refuses (4.9.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from tests.sandbox.client import Client, FakeClock, Response, coordinate, cross_page, keyword
from tests.sandbox.pages import blank_pdf, text_pdf

FIELD = 1_100_010
UNKNOWN = 1_100_020
FLOW = 1_100_050
POSITION = 1_100_052
KEYWORD_NOT_FOUND = 1_100_053


@dataclass
class Parties:
    """A contract of one page and those who may sign it."""

    client: Client
    doc_id: str
    person: str
    organization: str

    def start(self, *positions: dict[str, Any], signer: dict[str, Any] | None = None, **more: Any) -> Response:
        entry = {"accountId": self.person} | ({"docPosList": list(positions)} if positions else {}) | (signer or {})
        return self.client.start([self.doc_id], [entry], **more)


@pytest.fixture
def parties(client: Client) -> Parties:
    person = client.person()
    return Parties(client, client.document(text_pdf("甲方签字")), person, client.organization(person))


def test_start_tells_the_flow_and_an_array_of_addresses_for_each_account(parties: Parties) -> None:
    answer = parties.start(coordinate(parties.doc_id)).data
    assert answer["flowId"]
    ((entry),) = answer["signUrlList"]
    assert entry["accountId"] == parties.person
    assert entry["signUrl"][0].startswith("http://127.0.0.1:")


def test_who_signs_for_himself_and_for_an_organization_has_two_addresses(parties: Parties) -> None:
    signers = [
        {"accountId": parties.person},
        {"accountId": parties.person, "authorizationOrgId": parties.organization},
    ]
    answer = parties.client.start([parties.doc_id], signers).data
    assert [len(entry["signUrl"]) for entry in answer["signUrlList"]] == [2]


def test_the_texts_own_sample_is_refused_since_its_key_is_empty(parties: Parties) -> None:
    sample = {
        "docId": parties.doc_id,
        "signType": "1",
        "qrcodeSign": "1",
        "posBeanList": [{"posPage": "1", "posX": "100", "posY": "100", "key": "", "scale": ""}],
    }
    answer = parties.start(sample, signer={"autoSign": "0", "signOrder": "1", "sealType": "0", "certType": "1"})
    assert answer.err_code == POSITION
    assert "key" in answer.json["msg"]


def test_the_texts_own_sample_is_refused_for_its_hand_drawn_silent_seal_too(parties: Parties) -> None:
    sample = {
        "docId": parties.doc_id,
        "signType": "1",
        "qrcodeSign": "1",
        "posBeanList": [{"posPage": "1", "posX": "100", "posY": "100", "key": "甲方", "scale": ""}],
    }
    silent = {"authorizationOrgId": "", "autoSign": "1", "signOrder": "1", "certType": "1"}
    answer = parties.start(sample, signer=silent | {"sealType": "0"})
    assert answer.err_code == FLOW
    assert "sealType" in answer.json["msg"]
    # Its silent person is none of the reasons.
    assert parties.start(sample, signer=silent | {"sealType": "1"}).err_code == 0


def test_a_sign_type_may_be_left_out_where_there_is_no_place_and_only_there(parties: Parties) -> None:
    assert parties.start({"docId": parties.doc_id}).err_code == 0
    placed = coordinate(parties.doc_id)
    del placed["signType"]
    answer = parties.start(placed)
    assert "signType" in answer.json["msg"]


def test_a_document_may_be_named_once_for_each_kind_of_place(parties: Parties) -> None:
    answer = parties.start(coordinate(parties.doc_id), keyword(parties.doc_id, "甲方"))
    assert answer.err_code == 0
    (info,) = parties.client.detail(answer.data["flowId"])["signInfo"]
    assert len(info["signDetail"]) == 1


def test_numeric_strings_and_empty_strings_are_taken(parties: Parties) -> None:
    position = coordinate(parties.doc_id, "1", x="100", y="100.5", key="", scale="")  # type: ignore[arg-type]
    answer = parties.start(
        position | {"signType": "2", "qrcodeSign": ""},
        signer={"authorizationOrgId": "", "autoSign": "", "signOrder": "1", "sealType": "0,1", "certType": ""},
        autoInitiate="1",
        signPlatform="",
        noticeType="1,2,3",
        redirectUrl="",
        payer="",
        signValidity="65464896464648",
    )
    assert answer.err_code == 0


def test_keyword_that_is_nowhere_is_refused_by_name(parties: Parties) -> None:
    answer = parties.start(keyword(parties.doc_id, "乙方签字"))
    assert answer.err_code == KEYWORD_NOT_FOUND
    assert "乙方签字" in answer.json["msg"]


@pytest.mark.parametrize(
    "position",
    [
        coordinate("D", "2"),
        coordinate("D", "0"),
        coordinate("D", "1-2"),
        coordinate("D", "all"),
        coordinate("D", "1,"),
        coordinate("D", "１"),
        coordinate("D", ""),
        coordinate("D", "1-999999999"),
        coordinate("D", "1", x=None),  # type: ignore[arg-type]
        coordinate("D", "1", y="nan"),  # type: ignore[arg-type]
        coordinate("D", "1", scale=0),
        coordinate("D", "1", scale=-5),
        coordinate("D", "1", x=-100),
        coordinate("D", "1", y=5000),
        cross_page("D", "1"),
        cross_page("D", "1-2"),
        cross_page("D", "1,1"),
        keyword("D", ""),
        {"docId": "D", "signType": 1},
        {"docId": "D", "signType": 3, "posBeanList": []},
        {"docId": "D", "signType": 4, "posBeanList": [{"posPage": "1", "posX": 1, "posY": 1}]},
        {"docId": "D", "posBeanList": [{"posPage": "1", "posX": 1, "posY": 1}]},
        {"docId": "D", "signType": 2, "posBeanList": "x"},
        coordinate("D") | {"qrcodeSign": 2},
        coordinate("elsewhere"),
        coordinate(""),
    ],
)
def test_unsound_positions_are_refused(parties: Parties, position: dict[str, Any]) -> None:
    if position["docId"] == "D":
        position = position | {"docId": parties.doc_id}
    assert parties.start(position).err_code in (FIELD, POSITION)


def test_a_cross_page_seal_needs_no_x_but_refuses_one_that_is_no_number(parties: Parties) -> None:
    two_pages = parties.client.document(blank_pdf(2))
    for place, answer in (
        (cross_page(two_pages, "1-2"), 0),
        (cross_page(two_pages, "1-2", posX="12.5"), 0),
        (cross_page(two_pages, "1-2", posX="x"), FIELD),
    ):
        signer = {"accountId": parties.person, "docPosList": [place]}
        assert parties.client.start([two_pages], [signer]).err_code == answer


@pytest.mark.parametrize(
    "more",
    [
        {"businessScene": ""},
        {"docList": []},
        {"docList": "x"},
        {"recipientList": None},
        {"recipientList": {}},
        {"recipientList": {"signerList": []}},
        {"recipientList": {"signerList": [], "signerAppAuto": {}}},
        {"autoInitiate": 2},
        {"autoInitiate": "true"},
        {"signValidity": 1000},
        {"contractValidity": 1000},
        {"signValidity": "soon"},
        {"signValidity": 10**18},
        {"signPlatform": "4"},
        {"noticeType": "1;2"},
        {"redirectUrl": "javascript:alert(1)"},
        {"redirectUrl": "file:///etc/hosts"},
        {"redirectUrl": "https://a.example\\@b.example/"},
        {"redirectUrl": "https://["},
    ],
)
def test_unsound_requests_are_refused(parties: Parties, more: dict[str, Any]) -> None:
    assert parties.start(**more).err_code in (FIELD, FLOW)


@pytest.mark.parametrize(
    "signer",
    [
        {"accountId": ""},
        {"signOrder": 0},
        {"signOrder": "x"},
        {"autoSign": 2},
        {"autoSign": 1},
        {"sealType": "2"},
        {"certType": 6},
        {"docPosList": {}},
    ],
)
def test_unsound_signers_are_refused(parties: Parties, signer: dict[str, Any]) -> None:
    assert parties.start(signer=signer).err_code in (FIELD, FLOW, POSITION)


@pytest.mark.parametrize(
    "more",
    [
        {"initiatorAccountId": "nobody"},
        {"payer": "nobody"},
        {"docList": [{"docId": "nothing"}]},
    ],
)
def test_unknown_ids_are_refused(parties: Parties, more: dict[str, Any]) -> None:
    assert parties.start(**more).err_code == UNKNOWN


def test_unknown_accounts_are_refused(parties: Parties) -> None:
    assert parties.start(signer={"accountId": "nobody"}).err_code == UNKNOWN
    assert parties.start(signer={"authorizationOrgId": "nobody"}).err_code == UNKNOWN


def test_the_same_document_twice_is_refused(parties: Parties) -> None:
    answer = parties.client.start([parties.doc_id, parties.doc_id], [{"accountId": parties.person}])
    assert answer.err_code == FLOW


def test_only_its_agent_signs_for_an_organization(parties: Parties) -> None:
    other = parties.client.person("李四")
    refused = [
        {"accountId": other, "authorizationOrgId": parties.organization},
        {"accountId": parties.person, "authorizationOrgId": other},
        {"accountId": parties.organization},
    ]
    for signer in refused:
        assert parties.start(signer=signer).err_code == FLOW
    assert parties.start(signer={"authorizationOrgId": parties.organization}).err_code == 0


def test_a_person_can_sign_silently_since_the_text_forbids_it_nowhere(parties: Parties) -> None:
    assert parties.start(coordinate(parties.doc_id), signer={"autoSign": 1}).err_code == 0


def test_silent_signing_needs_a_place_in_every_document_and_no_pen(parties: Parties) -> None:
    silent = {"authorizationOrgId": parties.organization, "autoSign": 1}
    assert parties.start(signer=silent).err_code == POSITION
    assert parties.start(coordinate(parties.doc_id), signer=silent | {"sealType": "0"}).err_code == FLOW
    assert parties.start(coordinate(parties.doc_id), signer=silent | {"sealType": "0,1"}).err_code == 0


def test_refused_start_leaves_no_flow_and_freezes_nothing(parties: Parties, server: Any) -> None:
    parties.start(keyword(parties.doc_id, "乙方签字"))
    assert len(server.platform.state.flows) == 0
    assert server.platform.billing.balance().frozen == 0


def test_deadline_may_lie_just_ahead(parties: Parties, clock: FakeClock) -> None:
    assert parties.start(signValidity=clock.now_ms).err_code == FLOW
    assert parties.start(signValidity=clock.now_ms + 1).err_code == 0
