from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import pytest

from esign_desktop.domain.account import Person
from esign_desktop.domain.contract.fingerprint import PageDigest
from esign_desktop.domain.document import DocumentId, TemplateFilling
from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.geometry import PageFrame, PagePoint, PageRect
from esign_desktop.domain.options import AccountParty, FlowOptions, Party, SignerParty, SignWithin
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.participation import Participation, participation
from esign_desktop.domain.placing.placement import (
    CoordinatePlacement,
    CrossPagePlacement,
    FallbackPoint,
    KeywordHit,
    KeywordPlacement,
)
from esign_desktop.domain.preset.differences import differences
from esign_desktop.domain.preset.fields import CustomerDatum, FormField
from esign_desktop.domain.preset.filling import FormFacts, fill, filling_of
from esign_desktop.domain.preset.making import kept_document, preset_of, require_agreed
from esign_desktop.domain.preset.preset import (
    COUNTER_VALIDITY_MS,
    Preset,
    PresetHome,
    PresetId,
    counter_options,
    for_others,
    uses_home,
    with_branch,
    with_staff,
    without_numbers,
)
from esign_desktop.domain.preset.questions import MAX_CHARACTERS
from esign_desktop.domain.preset.soundness import is_sound
from esign_desktop.domain.signer import (
    ApplicationSigner,
    OpenSigner,
    OrganizationSigner,
    PersonSigner,
    SignerId,
    SigningTerms,
)
from esign_desktop.domain.templates import MAX_CHOICES
from esign_desktop.domain.titles import Naming
from tests.drafts import (
    A4,
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

CUSTOMER = SignerId("id of 张三")
DIGESTS = (PageDigest("a" * 64, (1, 2)), PageDigest("b" * 64, (3,)), PageDigest())
SOMEBODY = Person("赵六", account_id="account-6")
HIT = KeywordHit(2, (PageRect(100.0, 200.0, 150.0, 212.0),), "乙方")


def make_contract() -> ContractDraft:
    return make_draft(
        signers=(
            make_person_signer(),
            make_organization_signer(step=2),
            make_person_signer("行长", step=2),
            make_application_signer(step=3),
        ),
        placements=(
            make_keyword(offset_x_pt=20.0, offset_y_pt=-5.0, with_qr_code=True),
            make_cross_page(signer="示例有限公司"),
            make_seal(signer="行长", name="of the head"),
        ),
        options=FlowOptions(
            "借款合同", initiator=SignerParty(SignerId("id of 示例有限公司")), payer=SignerParty(CUSTOMER)
        ),
    )


def make_preset(draft: ContractDraft | None = None, **changes: Any) -> Preset:
    draft = draft or make_contract()
    kept = {document.id: kept_document(document, DIGESTS) for document in draft.documents}
    hits = {(DocumentId("id of 合同"), "乙方"): (HIT,)}
    return replace(preset_of(draft, {CUSTOMER}, kept, name="借款", titles={CUSTOMER: "乙方"}, hits=hits), **changes)


def customer_of(preset: Preset) -> SignerId:
    return preset.customers[0].id


@pytest.mark.parametrize(
    ("hits", "changes", "code"),
    [
        ((), {}, "preset.keyword_not_found"),
        ((HIT, HIT), {}, "preset.keyword_unconfirmed"),
        ((HIT, HIT), {"confirmed_hits": 3}, "preset.keyword_unconfirmed"),
    ],
)
def test_a_keyword_of_a_preset_has_matches_that_the_user_has_confirmed(
    hits: tuple[KeywordHit, ...], changes: dict[str, Any], code: str
) -> None:
    draft = make_draft(placements=(make_seal(), make_keyword(**changes)))
    with pytest.raises(InputError) as caught:
        require_agreed(draft, {(DocumentId("id of 合同"), "乙方"): hits})
    assert (caught.value.code, caught.value.params["keyword"]) == (code, "乙方")


def test_one_match_confirmed_matches_and_a_keyword_that_was_not_searched_for_are_agreed() -> None:
    place = DocumentId("id of 合同"), "乙方"
    require_agreed(make_draft(placements=(make_keyword(),)), {place: (HIT,)})
    require_agreed(make_draft(placements=(make_keyword(confirmed_hits=2),)), {place: (HIT, HIT)})
    require_agreed(make_draft(placements=(make_keyword(),)), {})


def test_roles_take_the_place_of_signers() -> None:
    customer, branch, head, platform = make_preset().signers
    assert customer == OpenSigner(SignerId("role 1"), "乙方", SigningTerms(1))
    assert isinstance(branch, OrganizationSigner)
    assert branch.organization.name == "示例有限公司"
    assert isinstance(head, PersonSigner)
    assert isinstance(platform, ApplicationSigner)
    assert platform.terms.is_silent


def test_filling_puts_the_same_contract_together_again() -> None:
    draft, preset = make_contract(), make_preset()
    filled = fill(preset, draft.documents, {customer_of(preset): SOMEBODY})

    assert filled.id != draft.id
    assert filled.documents == draft.documents
    assert [type(signer) for signer in filled.signers] == [
        PersonSigner,
        OrganizationSigner,
        PersonSigner,
        ApplicationSigner,
    ]
    assert [signer.terms for signer in filled.signers] == [signer.terms for signer in draft.signers]
    assert isinstance(filled.signers[0], PersonSigner)
    assert filled.signers[0].person == SOMEBODY
    by_id = {signer.id: number for number, signer in enumerate(filled.signers)}
    assert [by_id[place.signer_id] for place in filled.placements] == [0, 1, 2]
    assert filled.options.initiator == SignerParty(filled.signers[1].id)
    assert filled.options.payer == SignerParty(filled.signers[0].id)
    assert filled.options.business_scene == "借款合同"


def test_the_title_of_a_preset_names_the_customer_of_each_contract() -> None:
    draft, naming = make_contract(), Naming("{合同} – {客户}")
    parties = {customer_of(make_preset()): SOMEBODY}
    typed = fill(make_preset(), draft.documents, parties, naming=naming)
    assert typed.title == "借款合同"
    plain = replace(draft, options=replace(draft.options, business_scene=""))
    assert fill(make_preset(plain), draft.documents, parties).title == "合同"
    ruled = fill(make_preset(plain), draft.documents, parties, naming=naming)
    assert ruled.title == "合同 – 赵六"
    assert replace(ruled, signers=(make_person_signer("李四"),)).title == "合同 – 李四"

    own = make_preset(replace(draft, options=replace(draft.options, business_scene="借款 · {客户}")))
    assert own.title == "借款"
    assert fill(own, draft.documents, parties, naming=naming).title == "借款 · 赵六"


def test_who_places_freely_on_which_document_is_kept_and_speaks_of_the_new_ones() -> None:
    first, second = make_document("一"), make_document("二")
    signer = replace(make_person_signer(), terms=SigningTerms(free_documents=(second.id,)))
    draft = make_draft(documents=(first, second), signers=(signer,), placements=(make_seal("一"),))
    preset = make_preset(draft)
    assert is_sound(preset)
    opened = (make_document("甲", id=DocumentId("甲")), make_document("乙", id=DocumentId("乙")))
    filled = fill(preset, opened, {preset.customers[0].id: SOMEBODY})
    assert filled.signers[0].terms.free_documents == ("乙",)
    assert [participation(filled, filled.signers[0], one.id) for one in opened] == [
        Participation.GIVEN,
        Participation.FREE,
    ]


def test_two_contracts_of_a_preset_share_no_id() -> None:
    preset = make_preset()
    one, other = (fill(preset, (make_document(),), {customer_of(preset): SOMEBODY}) for _ in range(2))
    for mine, theirs in (
        ({one.id}, {other.id}),
        ({signer.id for signer in one.signers}, {signer.id for signer in other.signers}),
        ({place.id for place in one.placements}, {place.id for place in other.placements}),
    ):
        assert mine.isdisjoint(theirs)


def test_customer_who_is_missing_or_the_application_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        fill(make_preset(), (make_document(),), {})
    assert (caught.value.code, caught.value.params["title"]) == ("preset.person_missing", "乙方")
    with pytest.raises(InputError) as caught:
        preset_of(make_contract(), {make_application_signer().id}, {make_document().id: make_document()}, name="x")
    assert caught.value.code == "preset.not_a_person"
    with pytest.raises(InputError) as caught:
        fill(make_preset(), (), {})
    assert caught.value.code == "preset.other_documents"


def test_missing_keyword_gives_way_to_its_points() -> None:
    preset = make_preset()
    document = make_document()
    filled = fill(preset, (document,), {customer_of(preset): SOMEBODY}, hits={(document.id, "乙方"): ()})
    seal = filled.placements[0]
    assert isinstance(seal, CoordinatePlacement)
    assert (seal.center, seal.pages, seal.with_qr_code) == (PagePoint(120.0, 195.0), PageRanges.single(2), True)


@pytest.mark.parametrize(("found", "confirmed"), [(None, 1), ((HIT,), 1), ((HIT, HIT), None)])
def test_keyword_that_is_there_stays_and_another_count_is_confirmed_anew(
    found: tuple[KeywordHit, ...] | None, confirmed: int | None
) -> None:
    preset, document = make_preset(), make_document()
    hits = {} if found is None else {(document.id, "乙方"): found}
    seal = fill(preset, (document,), {customer_of(preset): SOMEBODY}, hits=hits).placements[0]
    assert isinstance(seal, KeywordPlacement)
    assert seal.confirmed_hits == confirmed


@pytest.mark.parametrize(("pages", "expected"), [(3, "1-3"), (5, "1-5"), (2, "1-2")])
def test_seal_across_all_pages_is_across_all_pages_of_another_version(pages: int, expected: str) -> None:
    preset = make_preset()
    filled = fill(preset, (make_document(pages=pages),), {customer_of(preset): SOMEBODY})
    across = next(place for place in filled.placements if isinstance(place, CrossPagePlacement))
    assert str(across.pages) == expected


def test_seal_on_a_page_that_is_not_there_is_left_out() -> None:
    draft = make_draft(
        placements=(make_seal(pages="3"), make_seal(pages="2-3", name="two"), make_cross_page(pages="2-3"))
    )
    preset = make_preset(draft)
    filled = fill(preset, (make_document(pages=2),), {customer_of(preset): SOMEBODY})
    assert [str(place.pages) for place in filled.placements if not isinstance(place, KeywordPlacement)] == ["2", "2"]


def test_differences_name_what_matters_to_a_signer() -> None:
    draft = make_draft(placements=(make_keyword(), make_seal(pages="3"), make_seal(pages="1", name="first")))
    preset = make_preset(draft)
    kept = preset.documents[0]
    same = make_document()
    assert differences(preset, kept, same, {(same.id, "乙方"): (HIT,)}) == ()

    other = replace(make_document(), pages=(A4, A4))
    found = differences(preset, kept, other, {(other.id, "乙方"): ()})
    assert [(one.code, dict(one.params)) for one in found] == [
        ("keyword_missing", {"keyword": "乙方"}),
        ("no_such_page", {"pages": "3"}),
    ]
    many = differences(preset, kept, same, {(same.id, "乙方"): (HIT, HIT)})
    assert [(one.code, one.params["found"]) for one in many] == [("keyword_count", 2)]


def test_template_is_filled_with_what_is_known() -> None:
    one, two = SignerId("one"), SignerId("two")
    template = TemplateFilling(
        "template-1",
        preset_fields=(
            FormField("borrower", CustomerDatum.NAME),
            FormField("guarantor", CustomerDatum.NAME, two),
            FormField("bank", text="示例银行"),
            FormField("phone", CustomerDatum.MOBILE),
        ),
    )
    filling = filling_of(
        template, FormFacts({one: {CustomerDatum.NAME: "张三"}, two: {CustomerDatum.NAME: "李四"}}), only=one
    )
    assert filling.template_id == "template-1"
    assert filling.fields == (("borrower", "张三"), ("guarantor", "李四"), ("bank", "示例银行"))
    assert "张三" not in repr(filling)


def test_counter_gives_half_an_hour_and_sends_no_message() -> None:
    options = counter_options(FlowOptions("借款"))
    assert options.deadline == SignWithin(COUNTER_VALIDITY_MS)
    assert options.notices == frozenset()
    assert options.business_scene == "借款"


def test_preset_for_others_tells_nobodys_number() -> None:
    preset = with_staff(
        make_preset(function_key=2), SignerId("role 3"), Person("行长", "123456", mobile="1", third_id="t")
    )
    staff = for_others(preset).signers[2]
    assert isinstance(staff, PersonSigner)
    assert staff.person == Person("行长")
    assert for_others(preset).function_key is None
    kept = without_numbers(preset).signers[2]
    assert isinstance(kept, PersonSigner)
    assert kept.person == Person("行长", third_id="t")
    assert without_numbers(preset).function_key == 2


def test_staff_who_is_not_known_is_named_until_somebody_says_who_it_is() -> None:
    preset = for_others(make_preset())
    assert preset.roles_without_signer == ("role 2", "role 3")
    branch = preset.signers[1]
    assert isinstance(branch, OrganizationSigner)
    preset = with_branch(preset, branch.id, branch.organization, Person("王经办", "1"))
    assert with_staff(preset, SignerId("role 3"), SOMEBODY).roles_without_signer == ()


def test_ids_of_a_project_tie_a_preset_to_it() -> None:
    preset = make_preset()
    assert not uses_home(preset)
    assert uses_home(with_staff(preset, SignerId("role 3"), SOMEBODY))
    document = preset.documents[0].created_from(TemplateFilling("template-1"))
    assert uses_home(replace(preset, documents=(document,)))
    payer = AccountParty("account", "云禾银行")
    assert uses_home(replace(preset, options=replace(preset.options, payer=payer)))


def test_who_pays_for_a_presets_contracts_is_told() -> None:
    preset = make_preset()
    own = next(role for role in preset.signers if isinstance(role, ApplicationSigner))
    cases: dict[Party | None, bool] = {
        None: False,
        SignerParty(SignerId(preset.customers[0].id)): True,
        AccountParty("account"): True,
    }
    cases[SignerParty(SignerId(own.id))] = False
    for payer, is_elsewhere in cases.items():
        assert replace(preset, options=replace(preset.options, payer=payer)).is_paid_elsewhere is is_elsewhere
    assert PresetHome(EnvironmentKind.TEST, "a") != PresetHome(EnvironmentKind.TEST, "b")


def test_customers_come_in_the_order_in_which_they_sign() -> None:
    late, early = (
        OpenSigner(SignerId("late"), terms=SigningTerms(2)),
        OpenSigner(SignerId("early"), terms=SigningTerms(1)),
    )
    preset = make_preset(signers=(late, early))
    assert preset.customers == (early, late)
    assert replace(preset, is_ordered=False).customers == (late, early)


def damaged() -> list[Preset]:
    preset = make_preset()
    place, keyword, document = preset.placements[2], preset.placements[0], preset.documents[0]
    assert isinstance(place, CoordinatePlacement)
    assert isinstance(keyword, KeywordPlacement)
    point = FallbackPoint(place.pages, place.center)

    def with_place(**changes: Any) -> Preset:
        return replace(preset, placements=(replace(place, **changes),))

    return [
        replace(preset, id=PresetId("../../etc/passwd")),
        replace(preset, name=""),
        replace(preset, name="x" * 201),
        replace(preset, function_key=12),
        replace(preset, documents=()),
        replace(preset, documents=(document, document)),
        replace(preset, signers=()),
        replace(preset, signers=preset.signers * 2),
        replace(preset, placements=preset.placements * 200),
        replace(preset, placements=(replace(keyword, fallbacks=(point,) * 201),)),
        replace(preset, documents=(replace(document, name=""),)),
        replace(preset, documents=(replace(document, pages=()),)),
        replace(preset, documents=(replace(document, pages=(PageFrame(-1.0, 5.0),), digests=()),)),
        replace(preset, documents=(replace(document, pages=(A4,)),)),
        replace(preset, options=replace(preset.options, redirect_url="javascript:alert(1)")),
        with_place(signer_id=SignerId("nobody")),
        with_place(document_id=DocumentId("none")),
        with_place(pages=PageRanges(((1, 10**9),))),
        with_place(pages=PageRanges(((3, 1),))),
        with_place(pages=PageRanges(((0, 1),))),
        with_place(pages=PageRanges(())),
        with_place(center=PagePoint(1e300, 0.0)),
        with_place(width_pt=-5.0),
    ]


def test_no_text_of_the_options_is_longer_than_a_window_can_show() -> None:
    preset = make_preset()

    def with_long(name: str) -> Preset:
        text: dict[str, Any] = {name: "https://" + "x" * 2000}
        return replace(preset, options=replace(preset.options, **text))

    names = [one.name for one in fields(FlowOptions) if one.default == ""]
    assert [name for name in names if is_sound(with_long(name))] == [], (
        "limit the length of these texts in domain/preset/soundness.py"
    )


def test_preset_that_was_made_here_is_sound() -> None:
    assert is_sound(make_preset())
    assert is_sound(make_preset(function_key=8))


def is_sound_with(field: FormField) -> bool:
    preset = make_preset()
    document = preset.documents[0].created_from(TemplateFilling("t", preset_fields=(field,)))
    return is_sound(replace(preset, documents=(document, *preset.documents[1:])))


def test_a_field_may_offer_so_many_choices_and_hold_so_many_characters() -> None:
    assert is_sound_with(FormField("kind", choices=("x",) * MAX_CHOICES, most_characters=MAX_CHARACTERS))
    assert is_sound_with(FormField("kind", choices=("x" * MAX_CHARACTERS,), most_characters=1))
    assert not is_sound_with(FormField("kind", choices=("x",) * (MAX_CHOICES + 1)))
    assert not is_sound_with(FormField("kind", choices=("x", "")))
    assert not is_sound_with(FormField("kind", choices=("x" * (MAX_CHARACTERS + 1),)))
    assert not is_sound_with(FormField("kind", most_characters=0))
    assert not is_sound_with(FormField("kind", most_characters=MAX_CHARACTERS + 1))


@pytest.mark.parametrize("preset", damaged())
def test_preset_that_does_not_hold_together_is_told(preset: Preset) -> None:
    assert not is_sound(preset)


def test_what_is_typed_at_the_desk_fills_its_own_field() -> None:
    fields = (FormField("amount", CustomerDatum.TYPED), FormField("purpose", CustomerDatum.TYPED))
    filling = filling_of(TemplateFilling("t", preset_fields=fields), FormFacts({}, {"amount": "50,000"}))
    assert filling.fields == (("amount", "50,000"),)
