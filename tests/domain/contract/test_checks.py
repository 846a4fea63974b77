from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from esign_desktop.domain.account import Organization, Person
from esign_desktop.domain.contract.checks import check
from esign_desktop.domain.contract.placement_checks import is_uncertain, overlaps
from esign_desktop.domain.contract.problems import (
    DocumentSubject,
    OptionsSubject,
    PlacementSubject,
    Problem,
    Severity,
    SignerSubject,
    is_sendable,
)
from esign_desktop.domain.document import DocumentId, PreflightFacts, TemplateFilling, WantedField
from esign_desktop.domain.flow import FlowId
from esign_desktop.domain.geometry import PageFrame, PagePoint, PageRect, Rotation
from esign_desktop.domain.options import AccountParty, FlowOptions, NoticeChannel, SignerParty, SignUntil
from esign_desktop.domain.placing.marks import MarkCache
from esign_desktop.domain.placing.placement import KeywordHit, PlacementId, SealMark
from esign_desktop.domain.signer import SignerId, SigningTerms
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
    from esign_desktop.domain.contract.draft import ContractDraft

BLOCKING, CONFIRM, WARNING, HINT = Severity.BLOCKING, Severity.CONFIRM, Severity.WARNING, Severity.HINT
SMS_AND_MAIL = FlowOptions(notices=frozenset({NoticeChannel.SMS, NoticeChannel.EMAIL}))
TURNED = PageFrame(595, 842, Rotation.RIGHT)


def hit(page_number: int = 1, left: float = 100, *, is_literal: bool = True) -> KeywordHit:
    return KeywordHit(page_number, (PageRect(left, 400, left + 40, 412),), "乙方", is_literal=is_literal)


def facts(**changes: Any) -> dict[str, Any]:
    return {"documents": (make_document(facts=PreflightFacts(**changes)),)}


def person(**changes: Any) -> dict[str, Any]:
    return {"signers": (make_person_signer(person=make_person(**changes)),)}


def terms(**changes: Any) -> dict[str, Any]:
    return {"signers": (replace(make_person_signer(), terms=SigningTerms(**changes)),)}


def company(**changes: Any) -> dict[str, Any]:
    signer = make_organization_signer()
    changed = replace(signer, organization=replace(signer.organization, **changes))
    return {"signers": (changed,), "placements": ()}


def options(**changes: Any) -> dict[str, Any]:
    return {"options": FlowOptions(**changes)}


def form(*values: tuple[str, str], wanted: tuple[WantedField, ...] = (), added_pages: int = 0) -> dict[str, Any]:
    filling = TemplateFilling("template", values, wanted, added_pages=added_pages)
    return {"documents": (make_document(template=filling),)}


def pages(*frames: PageFrame) -> tuple[Any, ...]:
    return (replace(make_document(), pages=frames),)


CASES: list[tuple[str, Severity, dict[str, Any], dict[str, Any]]] = [
    # code, severity, how the draft differs from a good one, keyword hits
    ("contract.no_documents", BLOCKING, {"documents": (), "placements": ()}, {}),
    ("contract.no_signers", BLOCKING, {"signers": (), "placements": ()}, {}),
    ("options.no_scene", BLOCKING, {"documents": (make_document(" "),), "placements": ()}, {}),
    ("options.deadline_past", BLOCKING, options(deadline=SignUntil(NOW_MS)), {}),
    ("options.archive_too_short", BLOCKING, options(deadline=None, archive_until_ms=NOW_MS), {}),
    (
        "options.archive_too_short",
        BLOCKING,
        options(deadline=SignUntil(NOW_MS + 9), archive_until_ms=NOW_MS + 8),
        {},
    ),
    ("options.bad_redirect", BLOCKING, options(redirect_url="javascript:alert(1)"), {}),
    ("options.bad_redirect", BLOCKING, options(redirect_url="https://[x"), {}),
    ("options.bad_redirect", BLOCKING, options(redirect_url=" https://example.com"), {}),
    ("options.unknown_initiator", BLOCKING, options(initiator=SignerParty(SignerId("?"))), {}),
    ("options.unknown_payer", BLOCKING, options(payer=SignerParty(SignerId("?"))), {}),
    ("options.nobody_is_told", HINT, options(notices=frozenset()), {}),
    ("document.already_signed", WARNING, facts(is_signed=True), {}),
    ("document.encrypted", WARNING, facts(is_encrypted=True), {}),
    ("document.repaired", WARNING, facts(is_repaired=True), {}),
    ("document.large", WARNING, {"documents": (make_document(size_bytes=41 << 20),)}, {}),
    ("document.long_name", WARNING, {"documents": (make_document(), make_document("长" * 65)), "placements": ()}, {}),
    ("document.no_name", BLOCKING, {"documents": (make_document(), make_document("")), "placements": ()}, {}),
    ("document.nobody_signs", BLOCKING, {"documents": (make_document(), make_document("附件"))}, {}),
    ("form.value_missing", BLOCKING, form(wanted=(WantedField("amount"),)), {}),
    ("form.value_missing", BLOCKING, form(("amount", "  "), wanted=(WantedField("amount"),)), {}),
    ("form.too_many_pages", BLOCKING, form(added_pages=11), {}),
    ("form.without_values", WARNING, form(), {}),
    ("form.without_values", WARNING, form(wanted=(WantedField("note", is_required=False),)), {}),
    ("form.values_unknown", BLOCKING, {**form(), "replaces": FlowId("flow")}, {}),
    (
        "form.correction_empty",
        BLOCKING,
        {**form(wanted=(WantedField("note", is_required=False),)), "replaces": FlowId("flow")},
        {},
    ),
    ("signer.places_seal_themselves", HINT, {"placements": ()}, {}),
    ("signer.signs_nothing", BLOCKING, {**terms(free_documents=("gone",)), "placements": ()}, {}),
    ("signer.silent_without_place", BLOCKING, {**terms(is_silent=True), "placements": ()}, {}),
    ("signer.silent_person", WARNING, terms(is_silent=True), {}),
    (
        "signer.application_twice",
        BLOCKING,
        {"signers": (make_application_signer(), replace(make_application_signer(), id=SignerId("2")))},
        {},
    ),
    (
        "signer.twice",
        BLOCKING,
        {"signers": (make_person_signer(), replace(make_person_signer(), id=SignerId("2")))},
        {},
    ),
    (
        "signer.twice",
        BLOCKING,
        {"signers": (make_organization_signer(), replace(make_organization_signer(), id=SignerId("2")))},
        {},
    ),
    ("signer.no_name", BLOCKING, person(name=" "), {}),
    ("signer.no_name", BLOCKING, company(name=""), {}),
    (
        "signer.no_agent_name",
        BLOCKING,
        {"signers": (replace(make_organization_signer(), agent=make_person(name="")),), "placements": ()},
        {},
    ),
    ("signer.no_code", BLOCKING, company(code=""), {}),
    ("signer.no_id_number", BLOCKING, person(id_number=""), {}),
    ("signer.no_mobile", WARNING, person(mobile=""), {}),
    ("signer.no_email", WARNING, {"options": SMS_AND_MAIL}, {}),
    ("signer.long_third_id", BLOCKING, person(third_id="客" * 17), {}),
    ("signer.long_third_id", BLOCKING, company(third_id="x" * 51), {}),
    ("placement.orphan", BLOCKING, {"placements": (make_seal(document="别处"),)}, {}),
    ("placement.orphan", BLOCKING, {"placements": (make_seal(signer="别人"),)}, {}),
    ("placement.beyond_the_end", BLOCKING, {"placements": (make_seal(pages="3-4"),)}, {}),
    (
        "placement.unverified",
        BLOCKING,
        {"placements": (replace(make_seal(), unverified_at=make_seal().center),)},
        {},
    ),
    ("placement.qr_without_effect", HINT, {"placements": (make_seal(pages="1-2", with_qr_code=True),)}, {}),
    ("placement.turned_or_cropped_page", WARNING, {"documents": pages(TURNED)}, {}),
    ("placement.off_the_page", BLOCKING, {"placements": (make_seal(center=PagePoint(595, 842)),)}, {}),
    ("placement.over_the_edge", WARNING, {"placements": (make_seal(center=PagePoint(590, 400)),)}, {}),
    (
        "placement.overlap",
        WARNING,
        {"placements": (make_seal(), make_seal(name="other", center=PagePoint(340, 400)))},
        {},
    ),
    ("keyword.empty", BLOCKING, {"placements": (make_keyword(keyword=" "),)}, {}),
    ("keyword.long", WARNING, {"placements": (make_keyword(keyword="乙" * 31),)}, {}),
    ("keyword.not_searched", BLOCKING, {"placements": (make_keyword(),)}, {}),
    ("keyword.not_searched", BLOCKING, {"placements": (make_keyword(),)}, {"乙方": None}),
    ("keyword.not_found", BLOCKING, {"placements": (make_keyword(),)}, {"乙方": ()}),
    (
        "keyword.not_found_beside_scans",
        BLOCKING,
        {**facts(pages_without_text=(2, 3)), "placements": (make_keyword(),)},
        {"乙方": ()},
    ),
    ("keyword.no_text_layer", BLOCKING, {**facts(has_text=False), "placements": (make_keyword(),)}, {"乙方": ()}),
    ("keyword.many", CONFIRM, {"placements": (make_keyword(),)}, {"乙方": (hit(), hit(2))}),
    (
        "keyword.many",
        CONFIRM,
        {"placements": (make_keyword(confirmed_hits=3),)},
        {"乙方": (hit(), hit(2))},
    ),
    (
        "keyword.spelled_differently",
        WARNING,
        {"placements": (make_keyword(),)},
        {"乙方": (hit(is_literal=False),)},
    ),
    ("cross_page.one_page", BLOCKING, {"placements": (make_cross_page(pages="2"),)}, {}),
    ("cross_page.one_page", BLOCKING, {"placements": (make_cross_page(pages="3-9"),)}, {}),
    (
        "cross_page.thin_slices",
        WARNING,
        {"documents": (make_document(pages=20),), "placements": (make_cross_page(pages="1-20"),)},
        {},
    ),
    (
        "cross_page.mixed_sizes",
        WARNING,
        {"documents": pages(PageFrame(595, 842), PageFrame(842, 595)), "placements": (make_cross_page(pages="1-2"),)},
        {},
    ),
    (
        "cross_page.turned_page",
        WARNING,
        {"documents": pages(TURNED, TURNED), "placements": (make_cross_page(pages="1-2"),)},
        {},
    ),
]


def problems_of(draft: ContractDraft, hits: dict[str, Any] | None = None) -> tuple[Problem, ...]:
    by_document = {(make_document().id, keyword): found for keyword, found in (hits or {}).items()}
    return check(draft, by_document, now_ms=NOW_MS)


def codes_of(draft: ContractDraft, hits: dict[str, Any] | None = None) -> set[str]:
    return {problem.code for problem in problems_of(draft, hits)}


def test_a_good_contract_has_no_problem() -> None:
    assert problems_of(make_draft()) == ()


@pytest.mark.parametrize(("code", "severity", "changes", "hits"), CASES)
def test_each_problem_is_found(code: str, severity: Severity, changes: dict[str, Any], hits: dict[str, Any]) -> None:
    found = problems_of(make_draft(**changes), hits)
    severities = {problem.severity for problem in found if problem.code == code}
    assert severities == {severity}, found
    assert is_sendable(found) is (max(problem.severity for problem in found) < CONFIRM)


def test_the_gravest_comes_first() -> None:
    draft = make_draft(options=FlowOptions(notices=frozenset()), **facts(is_signed=True))
    draft = replace(draft, placements=(make_seal(center=PagePoint(900, 900)),))
    severities = [problem.severity for problem in problems_of(draft)]
    assert severities == sorted(severities, reverse=True)
    assert len(set(severities)) == 3


@pytest.mark.parametrize(
    ("changes", "code", "subject"),
    [
        (options(redirect_url="x"), "options.bad_redirect", OptionsSubject("redirect_url")),
        (facts(is_signed=True), "document.already_signed", DocumentSubject(make_document().id)),
        (person(mobile=""), "signer.no_mobile", SignerSubject(make_person_signer().id, "person.mobile")),
        (
            {"placements": (make_seal(pages="2", center=PagePoint(590, 400)),)},
            "placement.over_the_edge",
            PlacementSubject(make_seal().id, 2),
        ),
    ],
)
def test_a_problem_names_what_it_is_about(changes: dict[str, Any], code: str, subject: object) -> None:
    (problem,) = [problem for problem in problems_of(make_draft(**changes)) if problem.code == code]
    assert problem.subject == subject


def test_the_number_of_hits_that_was_confirmed_is_enough() -> None:
    draft = make_draft(placements=(make_keyword(confirmed_hits=2),))
    assert "keyword.many" not in codes_of(draft, {"乙方": (hit(), hit(2))})


def test_one_hit_needs_no_word() -> None:
    assert codes_of(make_draft(placements=(make_keyword(offset_x_pt=100),)), {"乙方": (hit(),)}) == set()


def test_who_has_an_account_needs_neither_number_nor_phone() -> None:
    known = Person("张三", account_id="a1")
    company = replace(make_organization_signer(), organization=Organization("示例", account_id="o1"), agent=known)
    draft = make_draft(
        signers=(make_person_signer(person=known), company),
        placements=(make_seal(), make_seal(signer="示例有限公司", name="2", pages="2")),
    )
    assert codes_of(draft) == set()


def test_an_id_of_the_customers_system_may_have_50_bytes() -> None:
    draft = make_draft(**person(third_id="客" * 16 + "xy"))
    assert "signer.long_third_id" not in codes_of(draft)


def test_two_people_of_one_name_are_not_the_same() -> None:
    other = replace(make_person_signer(person=make_person(id_number="another")), id=SignerId("2"))
    assert "signer.twice" not in codes_of(make_draft(signers=(make_person_signer(), other)))


def test_people_who_are_not_filled_in_yet_are_not_the_same() -> None:
    blank = Person("")
    signers = tuple(replace(make_person_signer(person=blank), id=SignerId(str(n))) for n in range(2))
    assert "signer.twice" not in codes_of(make_draft(signers=signers))


def test_who_signs_silently_needs_no_phone_and_nobody_needs_to_be_told() -> None:
    draft = make_draft(
        signers=(make_application_signer(),),
        placements=(make_seal(signer="the application"),),
        options=FlowOptions(notices=frozenset()),
    )
    assert codes_of(draft) == set()


def test_a_party_that_does_not_sign_is_known_by_its_account() -> None:
    draft = make_draft(options=FlowOptions(initiator=AccountParty("a9"), payer=SignerParty(make_person_signer().id)))
    assert codes_of(draft) == set()


def test_a_signer_without_any_place_signs_every_document() -> None:
    draft = make_draft(
        documents=(make_document(), make_document("附件")), signers=(make_person_signer(), make_person_signer("李四"))
    )
    assert "document.nobody_signs" not in codes_of(draft)


def test_an_overlap_is_told_once_however_many_pages_share_it() -> None:
    draft = make_draft(placements=(make_seal(pages="1-3"), make_seal(pages="1-3", name="other")))
    assert [problem.code for problem in problems_of(draft)] == ["placement.overlap"]


@pytest.mark.parametrize("is_turned", [False, True], ids=["down the page", "across the page"])
def test_of_marks_that_cover_one_another_one_pair_of_two_placements_is_told(is_turned: bool) -> None:
    def mark(name: str, place_pt: float) -> SealMark:
        point = PagePoint(place_pt, 90.0) if is_turned else PagePoint(90.0, place_pt)
        return SealMark(PlacementId(name), SignerId("s"), DocumentId("d"), 1, PageRect.around(point, 80.0, 80.0))

    marks = [mark("a", 20.0 * step) for step in range(1, 30)] + [mark("b", 620.0), mark("c", 900.0)]
    told = [(one.placement_id, other.placement_id) for one, other in overlaps(marks)]
    assert told == [("a", "a"), ("a", "b")]


def test_seals_on_different_pages_or_documents_do_not_overlap() -> None:
    documents = (make_document(), make_document("附件"))
    seals = (make_seal(), make_seal(name="2", pages="2"), make_seal("附件", name="3"))
    assert codes_of(make_draft(documents=documents, placements=seals)) == set()


def test_a_little_overlap_is_normal() -> None:
    seals = (make_seal(width_pt=100), make_seal(name="other", width_pt=100, center=PagePoint(361, 400)))
    assert codes_of(make_draft(placements=seals)) == set()


def test_a_good_redirect_and_archive_are_fine() -> None:
    good = FlowOptions(
        redirect_url="https://example.com/done?x=1", deadline=SignUntil(NOW_MS + 1), archive_until_ms=NOW_MS + 2
    )
    assert codes_of(make_draft(options=good)) == set()


def test_marks_follow_the_placements_and_skip_what_has_no_owner() -> None:
    draft = make_draft(placements=(make_seal(pages="2"), make_seal(document="别处", name="x"), make_keyword()))
    marks = MarkCache().of(draft, {(make_document().id, "乙方"): (hit(3),)})
    assert [(mark.placement_id, mark.page_number) for mark in marks] == [("seal", 2), ("keyword", 3)]


def test_a_mark_is_certain_only_with_a_size_on_a_plain_page() -> None:
    plain, turned = make_document(), replace(make_document(), pages=(TURNED,))
    for document, width, uncertain in ((plain, 50.0, False), (plain, None, True), (turned, 50.0, True)):
        (mark,) = MarkCache().of(make_draft(documents=(document,), placements=(make_seal(width_pt=width),)), {})
        assert is_uncertain(document, mark) is uncertain


def test_a_thousand_pages_are_checked_at_once() -> None:
    draft = make_draft(
        documents=(make_document(pages=1000),),
        placements=(make_seal(pages="1-1000"), make_seal(name="2", pages="1-1000", center=PagePoint(100, 100))),
    )
    assert codes_of(draft) == set()


def test_archiving_may_end_with_the_deadline() -> None:
    draft = make_draft(**options(deadline=SignUntil(NOW_MS + 9), archive_until_ms=NOW_MS + 9))
    assert "options.archive_too_short" not in codes_of(draft)
