from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from esign_desktop.api.payload import SignerAccounts, preview_body, start_body
from esign_desktop.api.wire import START_PATH
from esign_desktop.domain.account import Person
from esign_desktop.domain.environment import PlatformBehaviour, SealAnchor
from esign_desktop.domain.geometry import PagePoint
from esign_desktop.domain.options import (
    AccountParty,
    FlowOptions,
    NoticeChannel,
    SignerParty,
    SignPlatform,
    SignUntil,
    SignWithin,
)
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.signer import CertificateType, SealType, SigningTerms
from tests.drafts import (
    NOW_MS,
    make_application_signer,
    make_cross_page,
    make_document,
    make_draft,
    make_keyword,
    make_organization_signer,
    make_person_signer,
    make_seal,
)

if TYPE_CHECKING:
    from esign_desktop.domain.contract.draft import ContractDraft
    from tests.api.openapi import OpenApi

CENTRE, LOWER_LEFT = (PlatformBehaviour(seal_anchor=anchor) for anchor in SealAnchor)


def body_of(draft: ContractDraft, *, behaviour: PlatformBehaviour = CENTRE, auto_initiate: int = 0) -> dict[str, Any]:
    return start_body(
        draft,
        doc_ids={document.id: f"doc {document.name}" for document in draft.documents},
        account_ids={
            signer.id: SignerAccounts(
                f"account {number}", f"organization {number}" if hasattr(signer, "organization") else ""
            )
            for number, signer in enumerate(draft.signers, 1)
        },
        auto_initiate=auto_initiate,
        behaviour=behaviour,
        sent_at_ms=NOW_MS,
    )


def positions_of(draft: ContractDraft, *, behaviour: PlatformBehaviour = CENTRE) -> list[dict[str, Any]]:
    signer = body_of(draft, behaviour=behaviour)["recipientList"]["signerList"][0]
    positions: list[dict[str, Any]] = signer.get("docPosList", [])
    return positions


def test_the_smallest_contract_says_no_more_than_it_must() -> None:
    draft = make_draft(placements=(), is_ordered=False, options=FlowOptions(deadline=None, notices=frozenset()))
    assert body_of(draft) == {
        "businessScene": "合同",
        "autoInitiate": 0,
        "docList": [{"docId": "doc 合同", "name": "合同"}],
        "recipientList": {"signerList": [{"accountId": "account 1"}]},
    }


def test_every_option_has_its_field() -> None:
    options = FlowOptions(
        business_scene="买房子",
        initiator=AccountParty("a9"),
        payer=SignerParty(make_person_signer().id),
        deadline=SignUntil(NOW_MS + 5),
        archive_until_ms=NOW_MS + 9,
        platforms=frozenset({SignPlatform.WECHAT, SignPlatform.H5}),
        notices=frozenset({NoticeChannel.EMAIL, NoticeChannel.SMS}),
        redirect_url="https://example.com/done",
    )
    body = body_of(make_draft(options=options), auto_initiate=1)
    del body["docList"], body["recipientList"]
    assert body == {
        "businessScene": "买房子",
        "initiatorAccountId": "a9",
        "signValidity": NOW_MS + 5,
        "contractValidity": NOW_MS + 9,
        "payer": "account 1",
        "autoInitiate": 1,
        "signPlatform": "1,3",
        "noticeType": "1,2",
        "redirectUrl": "https://example.com/done",
    }


def test_a_deadline_counts_from_the_moment_of_sending() -> None:
    assert body_of(make_draft(options=FlowOptions(deadline=SignWithin(1000))))["signValidity"] == NOW_MS + 1000


def test_an_organization_pays_and_initiates_itself_and_the_application_by_saying_nothing() -> None:
    company, application = make_organization_signer(), make_application_signer()
    options = FlowOptions(payer=SignerParty(company.id), initiator=SignerParty(application.id))
    body = start_body(
        make_draft(signers=(company, application), placements=(), options=options),
        doc_ids={make_document().id: "d"},
        account_ids={company.id: SignerAccounts("agent", "company")},
        auto_initiate=0,
        behaviour=CENTRE,
        sent_at_ms=NOW_MS,
    )
    assert body["payer"] == "company"
    assert "initiatorAccountId" not in body


def test_each_kind_of_signer_stands_where_it_belongs() -> None:
    signers = (make_person_signer(), make_organization_signer(step=2), make_application_signer(step=2))
    recipients = body_of(make_draft(signers=signers, placements=()))["recipientList"]
    assert recipients == {
        "signerList": [
            {"accountId": "account 1", "signOrder": 1},
            {"accountId": "account 2", "authorizationOrgId": "organization 2", "signOrder": 2},
        ],
        "signerAppAuto": {"signOrder": 2, "autoSign": 1},
    }


def test_an_application_that_signs_alone_needs_no_list_and_no_account() -> None:
    draft = make_draft(signers=(make_application_signer(),), placements=())
    assert "signerList" not in body_of(draft)["recipientList"]


def test_an_order_for_some_signers_and_none_for_others() -> None:
    signers = (make_person_signer(), make_person_signer("李四", step=0), make_application_signer(step=0))
    recipients = body_of(make_draft(signers=signers))["recipientList"]
    assert [entry.get("signOrder") for entry in recipients["signerList"]] == [1, None]
    assert "signOrder" not in recipients["signerAppAuto"]


def test_no_order_is_sent_when_there_is_none() -> None:
    draft = make_draft(signers=(make_person_signer(), make_person_signer("李四", step=2)), is_ordered=False)
    assert all("signOrder" not in signer for signer in body_of(draft)["recipientList"]["signerList"])


def test_terms_are_sent_as_numbers_and_lists() -> None:
    terms = SigningTerms(3, True, frozenset({SealType.TEMPLATE, SealType.HAND_DRAWN}), CertificateType.EVENT)
    draft = make_draft(signers=(replace(make_person_signer(), terms=terms),), placements=())
    assert body_of(draft)["recipientList"]["signerList"] == [
        {"accountId": "account 1", "signOrder": 3, "autoSign": 1, "sealType": "0,1", "certType": 2}
    ]


def test_a_coordinate_seal_names_its_centre() -> None:
    seal = make_seal(pages="1-3,5", center=PagePoint(100.126, 200.0), width_pt=113.386)
    assert positions_of(make_draft(documents=(make_document(pages=5),), placements=(seal,))) == [
        {
            "docId": "doc 合同",
            "signType": 2,
            "posBeanList": [{"posPage": "1-3,5", "posX": 100.13, "posY": 200.0, "scale": 113.39}],
        }
    ]


def test_a_keyword_is_sent_without_pages() -> None:
    keyword = make_keyword(offset_x_pt=-3.333, offset_y_pt=-0.001)
    (entry,) = positions_of(make_draft(placements=(keyword,)))
    assert entry["signType"] == 1
    assert json.dumps(entry["posBeanList"], ensure_ascii=False) == '[{"key": "乙方", "posX": -3.33, "posY": 0.0}]'


def test_a_cross_page_seal_is_sent_without_x() -> None:
    (entry,) = positions_of(make_draft(placements=(make_cross_page(width_pt=120.0),)))
    assert entry == {
        "docId": "doc 合同",
        "signType": 3,
        "posBeanList": [{"posPage": "1-3", "posY": 421.0, "scale": 120.0}],
    }


def test_where_the_platform_wants_the_lower_left_corner_half_the_width_is_taken_off() -> None:
    seals = (make_seal(width_pt=100.0), make_keyword(width_pt=40.0), make_cross_page(width_pt=60.0))
    beans = [entry["posBeanList"][0] for entry in positions_of(make_draft(placements=seals), behaviour=LOWER_LEFT)]
    assert [(bean.get("posX"), bean["posY"]) for bean in beans] == [(250.0, 350.0), (-20.0, -20.0), (None, 391.0)]


def test_the_assumed_width_serves_where_none_was_chosen_but_is_not_sent() -> None:
    (entry,) = positions_of(make_draft(), behaviour=LOWER_LEFT)
    assert entry["posBeanList"] == [{"posPage": "1", "posX": 252.5, "posY": 352.5}]


def test_places_are_grouped_by_document_kind_and_qr_mark() -> None:
    documents = (make_document(), make_document("附件"))
    placements = (
        make_seal("附件", name="1"),
        make_seal(name="2"),
        make_keyword(name="3"),
        make_seal(name="4", pages="2"),
        make_seal(name="5", with_qr_code=True),
        make_seal(name="6", pages="1-2", with_qr_code=True),
    )
    entries = positions_of(make_draft(documents=documents, placements=placements))
    assert [(e["docId"], e["signType"], e.get("qrcodeSign"), len(e["posBeanList"])) for e in entries] == [
        ("doc 合同", 2, None, 3),
        ("doc 合同", 1, None, 1),
        ("doc 合同", 2, 1, 1),
        ("doc 附件", 2, None, 1),
    ]


def test_a_signer_without_places_signs_everything() -> None:
    signers = (make_person_signer(), make_person_signer("李四", step=2))
    first, second = body_of(make_draft(signers=signers))["recipientList"]["signerList"]
    assert "docPosList" in first
    assert "docPosList" not in second


def test_a_missing_id_is_a_bug_that_shows() -> None:
    with pytest.raises(KeyError):
        start_body(make_draft(), doc_ids={}, account_ids={}, auto_initiate=0, behaviour=CENTRE, sent_at_ms=NOW_MS)


def test_the_preview_has_names_for_what_is_not_known_yet(openapi: OpenApi) -> None:
    known = make_person_signer("李四", person=Person("李四", account_id="a7"))
    draft = make_draft(signers=(make_person_signer(), make_organization_signer(), known, make_application_signer()))
    body = preview_body(draft, CENTRE, NOW_MS)
    assert openapi.request_errors(START_PATH, body) == []
    assert body["autoInitiate"] == 0
    text = json.dumps(body)
    assert all(name in text for name in ("<docId 1>", "<accountId 1>", "<organization accountId 2>", '"a7"'))


widths = st.none() | st.floats(10, 600)
points = st.builds(PagePoint, st.floats(-50, 2000), st.floats(-50, 2000))
pages = st.sets(st.integers(1, 9), min_size=1).map(PageRanges.of)
signer_names = st.sampled_from(["张三", "示例有限公司"])
placements = st.one_of(
    st.builds(
        lambda s, p, c, w, q: make_seal(signer=s, center=c, width_pt=w, with_qr_code=q, pages=str(p)),
        signer_names,
        pages,
        points,
        widths,
        st.booleans(),
    ),
    st.builds(
        lambda s, k, x, w, q: make_keyword(signer=s, keyword=k, offset_x_pt=x, width_pt=w, with_qr_code=q),
        signer_names,
        st.text(min_size=1),
        st.floats(-500, 500),
        widths,
        st.booleans(),
    ),
    st.builds(
        lambda s, p, y, w: make_cross_page(signer=s, center_y_pt=y, width_pt=w, pages=str(p)),
        signer_names,
        pages,
        st.floats(0, 900),
        widths,
    ),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    placed=st.lists(placements, max_size=8),
    is_ordered=st.booleans(),
    behaviour=st.sampled_from([CENTRE, LOWER_LEFT]),
)
def test_whatever_is_placed_the_body_is_what_the_platform_describes(
    openapi: OpenApi, placed: list[Any], is_ordered: bool, behaviour: PlatformBehaviour
) -> None:
    draft = make_draft(
        signers=(make_person_signer(), make_organization_signer(step=2), make_application_signer()),
        placements=tuple(placed),
        is_ordered=is_ordered,
    )
    body = body_of(draft, behaviour=behaviour)
    assert openapi.request_errors(START_PATH, body) == []
    beans = [
        bean
        for signer in body["recipientList"]["signerList"]
        for entry in signer.get("docPosList", [])
        for bean in entry["posBeanList"]
    ]
    assert len(beans) == len(placed)
