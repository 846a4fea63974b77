from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.account import Organization, Person
from esign_desktop.domain.document import TemplateFilling
from esign_desktop.domain.doubts.doubt import Doubt, DoubtKind, with_papers_name
from esign_desktop.domain.doubts.finding import KnownAccount, OpenContract, find_doubts, people_of
from esign_desktop.domain.doubts.paper import Legibility, Paper, PaperPage
from esign_desktop.domain.flow import FlowId
from esign_desktop.domain.geometry import DisplayPoint, DisplayRect
from esign_desktop.domain.proposal import (
    MarkKind,
    PaperFact,
    PaperPlace,
    PartyKind,
    Proposal,
    ProposedMark,
    ProposedParty,
)
from esign_desktop.domain.signer import (
    ApplicationSigner,
    OrganizationSigner,
    PersonSigner,
    Signer,
    SignerId,
    SigningTerms,
    display_name,
)
from tests.drafts import make_cross_page, make_document, make_draft, make_seal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from esign_desktop.domain.contract.draft import ContractDraft

PLACE = PaperPlace(1, DisplayRect(120.0, 90.0, 60.0, 14.0))
DOCUMENT = make_document()
COMPANY = "云禾科技有限公司"


def party(role: str, name: str = "", *, number: str = "", legal: str = "", left: float = 76.0) -> ProposedParty:
    mark = ProposedMark(3, DisplayRect(left, 480.0, 77.0, 14.0), MarkKind.SEAL, f"{role}:")
    return ProposedParty(
        *(role, PartyKind.EITHER, (mark,), (), name, PLACE if name else None),
        PaperFact(number, PLACE) if number else None,
        PaperFact(legal, PLACE) if legal else None,
    )


def person(name: str, role: str = "", number: str = "") -> PersonSigner:
    return PersonSigner(SignerId(f"p{len(name)}{ord(name[-1])}"), Person(name, number), role=role)


def company(name: str = COMPANY, role: str = "甲方", agent: str = "林小满") -> OrganizationSigner:
    return OrganizationSigner(SignerId(f"o-{name}"), Organization(name), Person(agent), role=role)


def draft_of(*signers: Signer) -> ContractDraft:
    return make_draft(documents=(DOCUMENT,), signers=signers, placements=())


def doubts(draft: ContractDraft, parties: Sequence[ProposedParty], text: str = "", **known: object) -> list[Doubt]:
    text = text or "".join(f"{one.role}:{one.name}" for one in parties)
    paper = Paper(Proposal(tuple(parties)), (PaperPage(text),))
    return list(find_doubts(draft, {DOCUMENT.id: paper}, **known))  # type: ignore[arg-type]


def told(found: Sequence[Doubt]) -> list[tuple[str, bool, str, str, str]]:
    return [(one.kind.value, one.is_severe, one.label, one.paper, one.form) for one in found]


def test_another_name_where_the_signers_own_stands_nowhere_is_grave() -> None:
    found = doubts(draft_of(company(), person("王五", "乙方")), [party("甲方", COMPANY), party("乙方", "张三")])
    assert told(found) == [("other_name", True, "乙方", "张三", "王五")]
    assert (found[0].place, found[0].document_id, found[0].signer_id) == (PLACE, DOCUMENT.id, person("王五").id)


@pytest.mark.parametrize(
    "text",
    ["甲方:林 小 满", "甲方:林　小　满", "委托代理人:林小满", "甲方:林\n小满"],
    ids=["blanks", "wide blanks", "elsewhere", "broken"],
)
def test_a_signer_whose_name_stands_anywhere_is_in_no_grave_doubt(text: str) -> None:
    assert not [
        one for one in doubts(draft_of(person("林小满", "乙方")), [party("乙方", "张三")], text) if one.is_severe
    ]


@pytest.mark.parametrize(
    ("paper", "form"),
    [
        ("云禾（中国）投资有限公司", "云禾(中国)投资有限公司"),
        ("雲禾科技有限公司", "云禾科技有限公司"),
        ("ＡＢＣ科技有限公司", "ABC科技有限公司"),
        ("云禾科技", "云禾科技有限公司"),
        ("云禾科技有限公司（原名：星渡有限公司）", "星渡有限公司"),
        ("云禾科技有限公司", "云禾科技有限公司（曾用名：星渡有限公司）"),
        ("陳國強", "陈国强"),
        ("阿依古丽·买买提", "阿依古丽•买买提"),
    ],
)
def test_spellings_are_never_grave(paper: str, form: str) -> None:
    signer = company(form) if "公司" in form else person(form, "甲方")
    assert not [one for one in doubts(draft_of(signer), [party("甲方", paper)]) if one.is_severe]


def test_width_and_blanks_say_nothing_and_a_short_form_says_so_quietly() -> None:
    assert told(doubts(draft_of(company("云禾(中国)有限公司")), [party("甲方", "云禾（中国） 有限公司")])) == []
    found = doubts(draft_of(company()), [party("甲方", "云禾科技")])
    assert told(found) == [("another_spelling", False, "甲方", "云禾科技", COMPANY)]


def test_a_name_within_another_persons_is_not_the_signers() -> None:
    found = doubts(draft_of(person("林安", "乙方")), [party("乙方", "林安琪")])
    assert told(found) == [("other_name", True, "乙方", "林安琪", "林安")]


def test_another_number_is_grave_where_no_name_was_filled_in() -> None:
    parties = [party("甲方", COMPANY), party("乙方", number="990001199001011234")]
    draft = draft_of(company(), person("王五", "乙方", "990001198802021234"))
    assert told(doubts(draft, parties)) == [("other_number", True, "乙方", "990001199001011234", "990001198802021234")]
    text = "甲方:云禾科技有限公司乙方:身份证号990001198802021234"
    assert doubts(draft, parties, text) == []
    accounts = {person("王五").id: KnownAccount(number="990001199001011234")}
    parties = [party("甲方", COMPANY), party("乙方", number="990001199303031234")]
    draft = draft_of(company(), person("王五", "乙方"))
    assert [one.kind for one in doubts(draft, parties, accounts=accounts)] == [DoubtKind.OTHER_NUMBER]
    assert doubts(draft, parties) == []


def test_a_name_that_the_account_had_before_counts_as_the_signers_own() -> None:
    accounts = {SignerId(f"o-{COMPANY}"): KnownAccount(names=("星渡有限公司",))}
    found = doubts(draft_of(company()), [party("甲方", "星渡有限公司")], accounts=accounts)
    assert not [one for one in found if one.is_severe]


def test_signers_without_a_label_are_told_apart_by_where_their_seals_stand() -> None:
    parties = [party("甲方", "张三"), party("乙方", left=318.0)]
    wrong = person("王五")
    center = DOCUMENT.frame(3).to_page(DisplayPoint(120.0, 490.0))
    beside_first = make_seal(signer="王五", center=center, pages="3", signer_id=wrong.id)
    found = doubts(make_draft(documents=(DOCUMENT,), signers=(wrong,), placements=(beside_first,)), parties)
    assert told(found) == [("other_name", True, "甲方", "张三", "王五")]
    center = DOCUMENT.frame(3).to_page(DisplayPoint(360.0, 490.0))
    at_open = make_seal(signer="王五", center=center, pages="3", signer_id=wrong.id)
    found = doubts(make_draft(documents=(DOCUMENT,), signers=(wrong,), placements=(at_open,)), parties)
    assert told(found) == [("not_signing", False, "甲方", "张三", "")]


def test_a_third_party_that_does_not_sign_here_is_told_quietly() -> None:
    parties = [party("甲方", COMPANY), party("乙方", "王五"), party("担保人", "陈七")]
    found = doubts(draft_of(company(), person("王五", "乙方")), parties)
    assert told(found) == [("not_signing", False, "担保人", "陈七", "")]


def test_the_applications_own_seal_takes_the_organization_that_nobody_else_is() -> None:
    own = ApplicationSigner(SignerId("own"))
    assert doubts(draft_of(own, person("王五", "乙方")), [party("甲方", COMPANY), party("乙方", "王五")]) == []
    found = doubts(draft_of(own, person("王五")), [party("甲方", COMPANY), party("乙方", "张三")])
    assert told(found) == [("other_name", True, "乙方", "张三", "王五")]


def test_who_acts_without_being_the_legal_representative_is_told_quietly() -> None:
    found = doubts(draft_of(company(agent="周知夏")), [party("甲方", COMPANY, legal="温予舟")])
    assert told(found) == [("another_legal", False, "甲方", "温予舟", "周知夏")]
    assert doubts(draft_of(company(agent="温予舟")), [party("甲方", COMPANY, legal="温予舟")]) == []


def test_a_placeholder_of_the_form_is_no_name() -> None:
    found = doubts(draft_of(company("星渡有限公司")), [party("甲方", "示例市（县）土地管理局")])
    assert not [one for one in found if one.is_severe]


def test_a_name_in_a_forms_values_counts_as_on_the_paper() -> None:
    document = replace(DOCUMENT, template=TemplateFilling("t", fields=(("name", "王 五"),)))
    draft = make_draft(documents=(document,), signers=(person("王五", "乙方"),), placements=())
    found = doubts(draft, [party("乙方", "张三")])
    assert not [one for one in found if one.is_severe]


@pytest.mark.parametrize(
    "pages",
    [
        (PaperPage("乙方:张三"), PaperPage(legibility=Legibility.NONE)),
        (PaperPage("乙方:张三"), PaperPage("五王方乙", Legibility.CHARACTERS)),
    ],
)
def test_what_could_not_be_read_may_hold_the_name(pages: tuple[PaperPage, ...]) -> None:
    paper = Paper(Proposal((party("乙方", "张三"),)), pages)
    found = find_doubts(draft_of(person("王五", "乙方")), {DOCUMENT.id: paper})
    assert not [one for one in found if one.is_severe]


@pytest.mark.parametrize("pages", [(), (PaperPage(),), (PaperPage("甲方:____乙方:____"),)])
def test_scans_and_forms_without_names_say_that_nothing_was_compared(pages: tuple[PaperPage, ...]) -> None:
    paper = Paper(Proposal((party("甲方"), party("乙方"))), pages)
    assert [one.kind for one in find_doubts(draft_of(person("王五", "乙方")), {DOCUMENT.id: paper})] == [
        DoubtKind.NOTHING_COMPARED
    ]


def test_the_same_files_to_the_same_people_while_the_first_is_open() -> None:
    draft = draft_of(company(), person("王五"))
    sent = OpenContract(FlowId("f"), "租赁合同", frozenset({DOCUMENT.sha256}), people_of(draft))
    (found,) = find_doubts(draft, {}, [sent])
    assert (found.kind, found.is_severe, found.paper, found.flow_id) == (DoubtKind.SENT_ALREADY, True, "租赁合同", "f")
    assert find_doubts(draft, {}, [replace(sent, people=frozenset({"林小满"}))]) == ()
    assert find_doubts(draft, {}, [replace(sent, files=frozenset({"1" * 64}))]) == ()
    assert find_doubts(replace(draft, replaces=FlowId("f")), {}, [sent]) == ()


def test_two_cross_page_seals_of_one_signer_that_cover_each_other() -> None:
    signer = company()
    across = [make_cross_page(name=f"{y}", center_y_pt=y, signer_id=signer.id) for y in (400.0, 410.0)]
    draft = make_draft(documents=(DOCUMENT,), signers=(signer,), placements=tuple(across))
    (found,) = find_doubts(draft, {})
    assert (found.kind, found.is_severe, found.placement_id) == (DoubtKind.SEALS_OVERLAP, False, across[1].id)
    apart = make_draft(
        documents=(DOCUMENT,),
        signers=(signer,),
        placements=(across[0], make_cross_page(center_y_pt=100.0, signer_id=signer.id)),
    )
    assert find_doubts(apart, {}) == ()


def test_a_signer_who_signs_some_of_several_documents() -> None:
    documents = (DOCUMENT, make_document("附件"))
    signer = replace(person("王五"), terms=SigningTerms(free_documents=(DOCUMENT.id,)))
    (found,) = find_doubts(make_draft(documents=documents, signers=(signer,), placements=()), {})
    assert (found.kind, found.is_severe, found.form) == (DoubtKind.SIGNS_FEW, False, "王五")


def test_taking_the_papers_name_makes_the_signer_another_one() -> None:
    wrong = PersonSigner(SignerId("p"), Person("王五", "990001199001011234", mobile="19900001234"), role="乙方")
    draft = draft_of(wrong)
    (found,) = doubts(draft, [party("乙方", "张三")])
    taken = with_papers_name(draft, found)
    (signer,) = taken.signers
    assert isinstance(signer, PersonSigner)
    assert (display_name(signer), signer.role, signer.person) == ("张三", "乙方", Person("张三"))
    assert doubts(taken, [party("乙方", "张三")]) == []


def test_a_person_becomes_the_organization_that_the_paper_names() -> None:
    draft = draft_of(person("王五", "甲方"))
    (found,) = doubts(draft, [party("甲方", COMPANY)])
    (signer,) = with_papers_name(draft, found).signers
    assert isinstance(signer, OrganizationSigner)
    assert (signer.id, signer.organization, signer.role) == (person("王五").id, Organization(COMPANY), "甲方")


def test_a_spelling_is_not_offered_in_the_place_of_the_registered_name() -> None:
    (found,) = doubts(draft_of(company()), [party("甲方", "云禾科技")])
    assert not found.can_take_paper
    (other,) = doubts(draft_of(person("林小满", "乙方")), [party("乙方", "张三")], "乙方:张三 代理人:林小满")
    assert (other.kind, other.can_take_paper) == (DoubtKind.ANOTHER_SPELLING, True)


def test_words_that_are_gone_name_the_seal_and_its_signer() -> None:
    signer = person("王五")
    seal = make_seal(signer_id=signer.id)
    draft = make_draft(documents=(DOCUMENT,), signers=(signer,), placements=(seal,))
    (found,) = find_doubts(draft, {}, words_gone={seal.id: "乙方（签字）"})
    assert told([found]) == [("words_gone", True, "", "乙方（签字）", "王五")]
    assert found.placement_id == seal.id


def test_a_doubts_key_tells_it_from_others_and_holds_no_name() -> None:
    parties = [party("乙方", "张三")]
    (one,), (other,) = (doubts(draft_of(person(name, "乙方")), parties) for name in ("王五", "王六"))
    assert one.key != other.key
    assert "王五" not in repr(one) + one.key
