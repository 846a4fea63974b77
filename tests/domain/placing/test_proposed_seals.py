from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esign_desktop.domain.account import AccountKind, Organization, Person
from esign_desktop.domain.contract import edits
from esign_desktop.domain.geometry import DisplayRect, PageFrame, Rotation
from esign_desktop.domain.placing.marks import MarkCache
from esign_desktop.domain.placing.placement import CoordinatePlacement, CrossPagePlacement, PlacementId, is_thin_slice
from esign_desktop.domain.placing.proposed_seals import (
    COMPANY_SEAL_PT,
    MOST_PARTIES,
    MOST_SEALS,
    OurParty,
    SealPlan,
    plan_seals,
    with_other_kind,
)
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
    OpenSigner,
    OrganizationSigner,
    PersonSigner,
    SignerId,
    display_name,
    is_identified,
    role_of,
    unknown_party,
    with_party,
)
from tests.drafts import (
    A4,
    make_cross_page,
    make_document,
    make_draft,
    make_organization_signer,
    make_person_signer,
    make_seal,
)

if TYPE_CHECKING:
    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.document import Document
    from esign_desktop.domain.placing.placement import SealMark


def mark(
    top: float, left: float = 76.0, *, page: int = 3, kind: MarkKind = MarkKind.SEAL, text: str = ""
) -> ProposedMark:
    return ProposedMark(page, DisplayRect(left, top, 77.0, 14.0), kind, text or f"{kind} at {top:.0f}")


def party(role: str, *marks: ProposedMark, kind: PartyKind = PartyKind.ORGANIZATION, name: str = "") -> ProposedParty:
    return ProposedParty(role, kind, marks, name=name)


FIRST = party("甲方", mark(480.0), mark(560.0, kind=MarkKind.SIGNATURE, text="代表人:"))
SECOND = party("乙方", mark(480.0, 318.0, kind=MarkKind.SIGNATURE), kind=PartyKind.PERSON, name="林小满")
PAPER = Proposal((FIRST, SECOND))


def draft_of(*documents: Document) -> ContractDraft:
    return make_draft(documents=documents or (make_document(),), signers=(), placements=())


def plan_of(draft: ContractDraft, proposal: Proposal = PAPER, **options: object) -> SealPlan:
    proposals = {document.id: proposal for document in draft.documents}
    return plan_seals(draft, proposals, MarkCache().of(draft, {}), **options)  # type: ignore[arg-type]


def seals(draft: ContractDraft) -> list[tuple[str, str, float | None]]:
    names = {CoordinatePlacement: "at", CrossPagePlacement: "across"}
    return [(names[type(one)], role_of(draft.signer(one.signer_id)), one.width_pt) for one in draft.placements]


def test_taken_the_papers_parties_are_signers_with_their_roles_and_their_own_kinds_of_seal() -> None:
    draft = draft_of()
    taken = plan_of(draft).taken(draft)
    company, person = taken.signers
    assert isinstance(company, OrganizationSigner)
    assert isinstance(person, PersonSigner)
    assert [(role_of(one), display_name(one), one.terms.step) for one in taken.signers] == [
        ("甲方", "", 1),
        ("乙方", "林小满", 2),
    ]
    # The company's seal is not set where its representative signs; it is set over the pages once.
    assert seals(taken) == [("at", "甲方", COMPANY_SEAL_PT), ("at", "乙方", None), ("across", "甲方", COMPANY_SEAL_PT)]
    assert not any(map(is_identified, taken.signers))
    assert not plan_of(taken)


def test_a_seal_stands_at_its_label_and_the_label_is_its_reason() -> None:
    plan = plan_of(draft_of(), with_across=False)
    assert plan.allows_across
    first, second = plan.ghosts
    assert first.reason == "seal at 480"
    (where,) = first.marks
    shown = A4.rect_to_display(where.rect)
    assert where.page_number == 3
    assert shown.left_pt < FIRST.marks[0].rect.left_pt + FIRST.marks[0].rect.width_pt < shown.center.x_pt
    assert second.marks[0].rect.intersection_area(where.rect) == 0


ROTATIONS = st.sampled_from(Rotation)
PLACES = st.tuples(st.floats(0, 595), st.floats(0, 842), st.sampled_from(MarkKind))


@given(
    places=st.lists(PLACES, max_size=12),
    rotation=ROTATIONS,
    unit=st.sampled_from((1.0, 0.5, 2.0)),
    other=st.floats(100, 480),
)
def test_no_seal_leaves_its_page_or_covers_another(
    places: list[tuple[float, float, MarkKind]], rotation: Rotation, unit: float, other: float
) -> None:
    document = make_document(frame=PageFrame(595.0, 842.0, rotation, unit))
    draft = make_draft(
        documents=(document,),
        signers=(make_person_signer(),),
        placements=(replace(make_seal(pages="1-3"), center=replace(make_seal().center, x_pt=other)),),
    )
    marks = tuple(mark(top, left, kind=kind, page=1 + index % 3) for index, (left, top, kind) in enumerate(places))
    taken = plan_of(draft, Proposal((party("甲方", *marks), party("乙方", *marks, kind=PartyKind.PERSON)))).taken(draft)
    drawn = MarkCache().of(taken, {})
    for one in drawn:
        assert document.frame(one.page_number).bounds.contains(one.rect)
    assert not any(_overlap(one, two) for index, one in enumerate(drawn) for two in drawn[:index])


def _overlap(one: SealMark, two: SealMark) -> bool:
    return one.page_number == two.page_number and one.rect.intersection_area(two.rect) > 1e-6


def test_who_is_there_already_is_not_added_again() -> None:
    company, person = make_organization_signer(), make_person_signer("林小满")
    draft = edits.add_signer(edits.add_signer(draft_of(), company), person)
    plan = plan_of(draft)
    assert plan.added == ()
    taken = plan.taken(draft)
    assert [(one.id, role_of(one)) for one in taken.signers] == [(company.id, "甲方"), (person.id, "乙方")]
    assert {one.signer_id for one in taken.placements} == {company.id, person.id}


def test_a_second_paper_calls_the_same_parties_by_the_same_roles() -> None:
    draft = draft_of(make_document("合同"), make_document("附件", pages=1))
    annex = Proposal((party("甲方", mark(300.0, page=1)), party("丙方", mark(300.0, 320.0, page=1), name="丙方公司")))
    one, two = draft.documents
    plan = plan_seals(draft, {one.id: PAPER, two.id: annex})
    assert [role_of(signer) for signer in plan.added] == ["甲方", "乙方", "丙方"]
    taken = plan.taken(draft)
    assert [role for _, role, _ in seals(taken)] == ["甲方", "乙方", "甲方", "丙方", "甲方"]
    # Another organization in the same role is somebody else.
    named = Proposal((party("甲方", mark(300.0, page=1), name="另一公司"),))
    first = Proposal((replace(FIRST, name="示例公司"), SECOND))
    assert len(plan_seals(draft, {one.id: first, two.id: named}).added) == 3


def test_a_word_with_which_the_documents_name_several_parties_names_none_of_them() -> None:
    draft = draft_of(*(make_document(name, pages=1) for name in ("合同", "借款合同", "附件")))
    one, two, three = (document.id for document in draft.documents)
    buyer, lender = (Proposal((party("甲方", mark(300.0, page=1), name=name),)) for name in ("示例公司", "另一公司"))
    annex = Proposal((party("甲方", mark(300.0, page=1)),))
    papers = {one: buyer, two: lender, three: annex}
    plan = plan_seals(draft, papers)
    assert [display_name(signer) for signer in plan.added] == ["示例公司", "另一公司", ""]
    # Also after only the first of them was accepted.
    partly = plan.taken(draft, {plan.ghosts[0].placement.id})
    assert [display_name(signer) for signer in plan_seals(partly, papers).added] == ["另一公司", ""]


def test_a_signer_with_the_name_of_another_party_is_not_the_unnamed_one() -> None:
    company, person = make_organization_signer(), make_person_signer("林小满")
    draft = edits.add_signer(edits.add_signer(draft_of(), company), person)
    guarantor = party("丙方", mark(300.0, 318.0), kind=PartyKind.EITHER)
    named = replace(FIRST, name=display_name(company))
    plan = plan_of(draft, Proposal((guarantor, named, SECOND)))
    assert plan.roles == ((company.id, "甲方"), (person.id, "乙方"))
    assert [role_of(signer) for signer in plan.added] == ["丙方"]


def test_of_two_signers_with_one_name_the_number_in_the_document_decides() -> None:
    numbers = ("110101199003078515", "11010119900307803X")
    first, second = (PersonSigner(SignerId(number), Person("林小满", number)) for number in numbers)
    draft = edits.add_signer(edits.add_signer(draft_of(), first), second)
    place = PaperPlace(3, DisplayRect(76.0, 400.0, 77.0, 14.0))
    for number in numbers:
        paper = Proposal((replace(SECOND, number=PaperFact(number.lower(), place)),))
        assert {ghost.placement.signer_id for ghost in plan_of(draft, paper, with_across=False).ghosts} == {number}


def test_ours_is_filled_in_where_the_paper_names_it_and_sets_the_seal_across() -> None:
    ours = OurParty(make_organization_signer("云禾 示例"), 113.4)
    paper = Proposal((party("甲方", mark(480.0)), party("乙方", mark(480.0, 318.0), name="云禾示例")))
    draft = draft_of()
    taken = plan_of(draft, paper, ours=(ours,)).taken(draft)
    first, second = taken.signers
    assert isinstance(second, OrganizationSigner)
    assert (second.organization, second.agent, second.role) == (ours.signer.organization, ours.signer.agent, "乙方")
    assert not is_identified(first)
    assert seals(taken)[1:] == [("at", "乙方", 113.4), ("across", "乙方", 113.4)]


def test_an_open_organization_gets_the_seals_of_an_organization() -> None:
    representative = mark(400.0, kind=MarkKind.SIGNATURE, text="授权代表:")
    paper = Proposal((party("乙方", representative, mark(480.0, text="乙方(盖章):")),))
    open_signer = OpenSigner(SignerId("buyer"), role="乙方", kind=AccountKind.ORGANIZATION)
    told = with_party(open_signer, unknown_party(AccountKind.ORGANIZATION))
    drafts = [edits.add_signer(draft_of(), signer) for signer in (open_signer, told)]
    plans = [plan_of(draft, paper) for draft in drafts]
    assert [plan.added for plan in plans] == [(), ()]
    taken, expected = (plan.taken(draft) for plan, draft in zip(plans, drafts, strict=True))
    assert seals(taken) == seals(expected) == [("at", "乙方", COMPANY_SEAL_PT), ("across", "乙方", COMPANY_SEAL_PT)]
    assert [ghost.reason for ghost in plans[0].ghosts] == [ghost.reason for ghost in plans[1].ghosts]


def test_in_a_preset_only_an_organization_that_the_form_names_is_the_same_each_time() -> None:
    borrower = party("丙方", kind=PartyKind.PERSON, name="林小满")
    paper = Proposal((party("甲方", name="示例银行"), party("乙方"), borrower))
    plan = plan_of(draft_of(), paper, keeps_open=True)
    assert [display_name(signer) for signer in plan.added] == ["示例银行", "", ""]
    _bank, company, person = plan.added
    assert company == OpenSigner(company.id, "乙方", kind=AccountKind.ORGANIZATION)
    assert person == OpenSigner(person.id, "丙方")
    our = OurParty(make_organization_signer("示例银行"))
    with_ours = plan_of(draft_of(), paper, ours=(our,), keeps_open=True)
    assert [is_identified(signer) for signer in with_ours.added] == [True, False, False]


def test_one_seal_is_taken_alone_and_what_was_taken_is_not_proposed_again() -> None:
    draft = draft_of()
    plan = plan_of(draft)
    chosen = plan.ghosts[1].placement.id
    taken = plan.taken(draft, {chosen})
    assert [role_of(one) for one in taken.signers] == ["乙方"]
    assert [one.id for one in taken.placements] == [chosen]
    rest = plan_of(taken)
    assert [role_of(one) for one in rest.added] == ["甲方"]
    removed = edits.remove_signer(rest.taken(taken), taken.signers[0].id)
    passed_over = {chosen, *(one.placement.id for one in rest.ghosts), *(one.id for one in (*plan.added, *rest.added))}
    assert not plan_of(removed, passed_over=passed_over)


@pytest.mark.parametrize(
    ("name", "kind", "is_company"),
    [("", MarkKind.SEAL, True), ("", MarkKind.SIGNATURE, False), ("林小满", MarkKind.SEAL, False)],
)
def test_what_the_paper_leaves_open_is_told_by_name_and_mark(name: str, kind: MarkKind, is_company: bool) -> None:
    paper = Proposal((party("乙方", mark(480.0, kind=kind), kind=PartyKind.EITHER, name=name),))
    (signer,) = plan_of(draft_of(), paper).added
    assert isinstance(signer, OrganizationSigner) is is_company


def test_a_signer_of_the_other_kind_keeps_the_seals_in_the_size_of_that_kind() -> None:
    draft = draft_of()
    taken = plan_of(draft, with_across=False).taken(draft)
    company, person = taken.signers
    swapped = with_other_kind(taken, PersonSigner(company.id, Person(""), company.terms, "甲方"))
    swapped = with_other_kind(
        swapped, OrganizationSigner(person.id, Organization("林"), Person(""), person.terms, "乙方")
    )
    assert seals(swapped) == [("at", "甲方", None), ("at", "乙方", COMPANY_SEAL_PT)]


def test_no_cross_page_seal_for_one_page_for_persons_or_where_there_is_one() -> None:
    short, turned = make_document(pages=1), make_document(frame=replace(A4, rotation=Rotation.RIGHT))
    low = Proposal((party("甲方", mark(80.0, page=1)), SECOND))
    assert not plan_of(draft_of(short), low).allows_across
    assert not plan_of(draft_of(turned), low).allows_across
    assert not plan_of(draft_of(), Proposal((SECOND,))).allows_across
    company = make_organization_signer()
    sealed = edits.place(edits.add_signer(draft_of(), company), make_cross_page(signer=display_name(company)))
    assert not plan_of(sealed).allows_across


def test_a_paper_of_ten_thousand_labels_is_bounded() -> None:
    many = Proposal(tuple(party(f"第{n}方", *(mark(10.0 * m, page=1) for m in range(100))) for n in range(100)))
    draft = draft_of()
    plan = plan_of(draft, many)
    assert len(plan.added) == MOST_PARTIES
    assert 0 < len(plan.ghosts) <= MOST_SEALS + 1
    assert plan_of(draft, Proposal((party("甲方", mark(10.0, page=99)),)), with_across=False).ghosts == ()
    assert PlacementId(f"{draft.documents[0].id}-0-0") == plan.ghosts[0].placement.id
    assert plan.ghosts[0].placement.signer_id == SignerId(f"{draft.documents[0].id}-0")


def test_a_long_document_gets_a_cross_page_seal_for_each_group_of_pages_without_narrow_slices() -> None:
    document = make_document(pages=300)
    draft = draft_of(document)
    across = [one.placement for one in plan_of(draft).ghosts if isinstance(one.placement, CrossPagePlacement)]
    assert len(across) > 1
    assert [page for seal in across for page in seal.pages] == list(range(1, 301))
    assert not any(is_thin_slice((seal.width_pt or 0.0) / len(list(seal.pages))) for seal in across)


def test_the_other_groups_stay_proposed_when_the_seal_of_one_was_accepted() -> None:
    draft = draft_of(make_document(pages=300))
    plan = plan_of(draft)
    across = [one.placement.id for one in plan.ghosts if isinstance(one.placement, CrossPagePlacement)]
    taken = plan.taken(draft, {across[2]})
    left = [one.placement.id for one in plan_of(taken).ghosts if isinstance(one.placement, CrossPagePlacement)]
    assert left == [one for one in across if one != across[2]]
