from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from esign_desktop.domain.geometry import PageRect
from esign_desktop.domain.options import (
    AccountParty,
    FlowOptions,
    NoticeChannel,
    SignerParty,
    SignPlatform,
    SignUntil,
    SignWithin,
)
from esign_desktop.domain.placing.placement import KeywordHit
from esign_desktop.domain.signer import CertificateType, SealType, SignerId, SigningTerms
from esign_desktop.ui.send.plan import plan, plan_in_a_line, term_sentences
from tests.drafts import (
    NOW_MS,
    make_application_signer,
    make_cross_page,
    make_document,
    make_draft,
    make_keyword,
    make_organization_signer,
    make_person,
    make_person_signer,
    make_seal,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.domain.contract.draft import ContractDraft

HIT = KeywordHit(3, (PageRect(0, 0, 10, 10),), "乙方签字")


def _loan() -> ContractDraft:
    seal = make_seal("借款合同", name="own", pages="1")
    return make_draft(
        documents=(make_document("借款合同"),),
        signers=(make_person_signer(), make_application_signer(step=2)),
        placements=(
            make_keyword("借款合同", keyword="乙方签字"),
            replace(seal, signer_id=SignerId("id of the application")),
        ),
    )


def test_the_plan_is_one_sentence_in_english(speak: Callable[[str], None]) -> None:
    speak("en")
    draft = _loan()
    hits = {(draft.documents[0].id, "乙方签字"): (HIT,)}
    assert plan_in_a_line(draft, hits) == (
        "① 张三, notified by SMS, 135****0000, 1 seal on 借款合同 p. 3 at “乙方签字” → ② 平台, signs "
        "automatically, 1 seal on 借款合同 p. 1"
    )


def test_the_plan_is_one_sentence_in_chinese(speak: Callable[[str], None]) -> None:
    speak("zh_CN")
    draft = _loan()
    hits = {(draft.documents[0].id, "乙方签字"): (HIT, HIT)}
    assert plan_in_a_line(draft, hits).split(" → ") == [
        "① 张三，短信通知，135****0000，在《借款合同》第 3 页“乙方签字”处盖 2 枚印章",
        "② 平台，自动签署，在《借款合同》第 1 页盖 1 枚印章",
    ]


def test_a_keyword_that_was_not_searched_yet_names_no_page(speak: Callable[[str], None]) -> None:
    speak("en")
    assert "seal at each “乙方签字” in 借款合同" in plan_in_a_line(_loan(), {})


def test_signers_without_an_order_stand_behind_the_steps(speak: Callable[[str], None]) -> None:
    speak("en")
    signers = (make_person_signer(), make_organization_signer(step=2), make_person_signer("李四", step=0))
    draft = make_draft(signers=signers)
    assert [(step.title, [line.number for line in step.lines]) for step in plan(draft, {})] == [
        *(("Step 1", [1]), ("Step 2", [2]), ("At any time", [3]))
    ]
    sentence = plan_in_a_line(draft, {})
    assert sentence.count(" → ") == 1
    assert " · at any time: ③ 李四" in sentence


def test_signers_of_one_step_stand_together(speak: Callable[[str], None]) -> None:
    speak("en")
    signers = (make_person_signer(), make_person_signer("李四"), make_organization_signer(step=2))
    draft = make_draft(signers=signers, placements=())
    steps = plan(draft, {})
    assert [step.title for step in steps] == ["Step 1, signed at the same time", "Step 2"]
    assert [[line.number for line in step.lines] for step in steps] == [[1, 2], [3]]
    assert " + ② 李四" in plan_in_a_line(draft, {})


def test_a_contract_without_order_says_so(speak: Callable[[str], None]) -> None:
    draft = make_draft(signers=(make_person_signer(), make_person_signer("李四", step=2)), is_ordered=False)
    speak("en")
    assert [step.title for step in plan(draft, {})] == ["In any order"]
    speak("zh_CN")
    assert [step.title for step in plan(draft, {})] == ["不分先后"]


def test_one_signer_alone_needs_no_title() -> None:
    assert [step.title for step in plan(make_draft(), {})] == [""]
    assert [step.title for step in plan(make_draft(is_ordered=False), {})] == [""]


def test_an_organization_is_told_with_who_acts_for_it(speak: Callable[[str], None]) -> None:
    speak("zh_CN")
    signer = replace(make_organization_signer(), agent=make_person("王五"))
    cross_page = make_cross_page(signer="示例有限公司", pages="1-3")
    seals = make_seal(signer="示例有限公司", pages="1,3")
    draft = make_draft(signers=(signer,), placements=(seals, cross_page))
    assert plan_in_a_line(draft, {}) == (
        "① 示例有限公司，经办人 王五，短信通知，135****0000，在《合同》第 1-3 页盖骑缝章，"
        "在《合同》第 1,3 页盖 2 枚印章"
    )


def test_who_has_no_place_signs_everything_and_places_the_seal_themselves(speak: Callable[[str], None]) -> None:
    speak("en")
    assert "places the seal themselves on all documents" in plan_in_a_line(make_draft(placements=()), {})


def test_terms_of_one_signer_are_told_when_they_are_not_the_usual_ones(speak: Callable[[str], None]) -> None:
    speak("en")
    terms = SigningTerms(seal_types=frozenset({SealType.HAND_DRAWN}), certificate=CertificateType.EVENT)
    line = plan_in_a_line(make_draft(signers=(replace(make_person_signer(), terms=terms),)), {})
    assert "Hand-drawn signature, Per-event certificate" in line


def test_the_ways_of_being_told_are_joined(speak: Callable[[str], None]) -> None:
    speak("en")
    options = FlowOptions(notices=frozenset({NoticeChannel.EMAIL, NoticeChannel.SMS}))
    assert "notified by SMS and email" in plan_in_a_line(make_draft(options=options), {})
    nobody = FlowOptions(notices=frozenset())
    assert "only with your QR code or link" in plan_in_a_line(make_draft(options=nobody), {})


def test_the_deadline_is_told_with_date_and_span(speak: Callable[[str], None]) -> None:
    draft = make_draft(options=FlowOptions(deadline=SignWithin(30 * 86_400_000)))
    speak("en")
    assert term_sentences(draft, NOW_MS) == ("All signers must sign by 2027-02-14 16:00 China time, within 30 days.",)
    speak("zh_CN")
    assert term_sentences(draft, NOW_MS) == ("所有人须在北京时间 2027-02-14 16:00 前签署，即 30 天内。",)


def test_no_deadline_is_told_too(speak: Callable[[str], None]) -> None:
    speak("en")
    draft = make_draft(options=FlowOptions(deadline=None))
    assert term_sentences(draft, NOW_MS) == ("No signing deadline set.",)


def test_all_other_terms_are_told(speak: Callable[[str], None]) -> None:
    speak("en")
    options = FlowOptions(
        deadline=SignUntil(NOW_MS + 3_600_000),
        archive_until_ms=NOW_MS,
        payer=SignerParty(make_person_signer().id),
        initiator=AccountParty("account", "某机构"),
        platforms=frozenset({SignPlatform.WECHAT, SignPlatform.H5}),
        redirect_url="https://example.com/done",
    )
    assert term_sentences(make_draft(options=options), NOW_MS)[1:] == (
        "The platform archives the contract until 2027-01-15 16:00.",
        "张三 pays.",
        "某机构 is shown as the initiator.",
        "Signing is possible with: browser and WeChat.",
        "After signing, https://example.com/done opens.",
    )
