from __future__ import annotations

from dataclasses import replace

import pytest

from esign_desktop.domain.account import (
    Identity,
    Organization,
    OrganizationCodeType,
    Person,
    PersonIdType,
    masked_name,
    masked_number,
)
from esign_desktop.domain.contract.draft import ContractDraft
from esign_desktop.domain.cost import TIERS, cost_of
from esign_desktop.domain.document import DocumentId
from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.domain.errors import AppError, InputError
from esign_desktop.domain.flow import FlowStatus, SignedDocument, SigningLink, SignStatus
from esign_desktop.domain.options import FlowOptions, SignUntil, SignWithin
from esign_desktop.domain.placing.placement import PlacementId
from esign_desktop.domain.signer import SignerId, display_name, new_signer_id
from tests.drafts import (
    NOW_MS,
    make_application_signer,
    make_document,
    make_draft,
    make_organization_signer,
    make_person_signer,
)


def test_a_seal_stands_for_whom_it_names() -> None:
    signers = (make_person_signer(), make_organization_signer(), make_application_signer())
    assert [display_name(signer) for signer in signers] == ["张三", "示例有限公司", "平台"]


def test_parts_of_a_draft_are_found_by_their_id() -> None:
    draft = make_draft()
    assert draft.document(draft.documents[0].id) is draft.documents[0]
    assert draft.signer(draft.signers[0].id) is draft.signers[0]
    assert draft.placement(draft.placements[0].id) is draft.placements[0]
    assert draft.signer_number(draft.signers[0].id) == 1
    for find in (
        lambda: draft.document(DocumentId("?")),
        lambda: draft.signer(SignerId("?")),
        lambda: draft.placement(PlacementId("?")),
        lambda: draft.signer_number(SignerId("?")),
    ):
        with pytest.raises(KeyError):
            find()


def test_steps_are_in_their_order_and_signers_in_that_of_the_list() -> None:
    a, b, c = make_person_signer("甲", step=2), make_person_signer("乙", step=1), make_person_signer("丙", step=2)
    assert make_draft(signers=(a, b, c)).steps == ((b,), (a, c))


def test_a_contract_is_called_by_its_scene_or_its_first_document() -> None:
    assert ContractDraft.new().title == ""
    assert make_draft().title == "合同"
    assert make_draft(options=FlowOptions("买房子")).title == "买房子"


def test_only_a_draft_with_nothing_in_it_is_empty() -> None:
    assert ContractDraft.new().is_empty
    assert not make_draft(signers=(), placements=()).is_empty
    assert ContractDraft.new().id != ContractDraft.new().id


def test_a_deadline_is_a_moment_once_the_contract_is_sent() -> None:
    assert FlowOptions(deadline=SignWithin(5)).deadline_ms(NOW_MS) == NOW_MS + 5
    assert FlowOptions(deadline=SignUntil(7)).deadline_ms(NOW_MS) == 7
    assert FlowOptions(deadline=None).deadline_ms(NOW_MS) is None


@pytest.mark.parametrize(
    ("tier", "amount"), list(zip(TIERS, ["15.00", "13.50", "12.00", "10.50", "9.00"], strict=True))
)
def test_each_document_is_one_contract_at_the_list_price(tier: object, amount: str) -> None:
    draft = make_draft(documents=tuple(make_document(str(number)) for number in range(3)))
    cost = cost_of(draft, tier)  # type: ignore[arg-type]  # a Tier
    assert (cost.contract_count, str(cost.amount_yuan)) == (3, amount)


@pytest.mark.parametrize(
    ("name", "shown"), [("张三", "张*"), ("张", "张*"), ("欧阳娜娜", "欧***"), ("A very long name", "A***"), ("", "")]
)
def test_strangers_see_the_first_character_of_a_name(name: str, shown: str) -> None:
    assert masked_name(name) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [("371500198101175693", "****5693"), ("13500001234", "****1234"), ("1234567", "****7"), ("12", "*2"), ("", "")],
)
def test_strangers_see_the_end_of_a_number(number: str, shown: str) -> None:
    assert masked_number(number) == shown


@pytest.mark.parametrize(
    ("kind", "written", "number"),
    [
        (PersonIdType.RESIDENT_IDENTITY, " 371500 19810117 569x\n", "37150019810117569X"),
        (OrganizationCodeType.UNIFIED_SOCIAL_CREDIT, "91330100 ma27xl3b2k", "91330100MA27XL3B2K"),
    ],
)
def test_spaces_and_small_letters_of_a_number_make_no_other_identity(
    kind: PersonIdType | OrganizationCodeType, written: str, number: str
) -> None:
    assert Identity("张三", kind, written) == Identity("张三", kind, number)
    assert Identity("张三", kind, written).number == number


def test_what_is_personal_stays_out_of_every_repr() -> None:
    person = Person("张三", "371500198101175693", mobile="13500001234", email="a@example.com", third_id="u1")
    signer = make_person_signer("1", person=person)
    values = (person, signer, make_draft(signers=(signer,), placements=()))
    for value in values:
        shown = repr(value)
        assert not [text for text in ("张三", "3715", "1350000", "a@example", "u1'") if text in shown]


def test_what_is_personal_of_an_organization_stays_out_of_every_repr() -> None:
    company = Organization(
        "张三", "371500", legal_name="张三", legal_id_number="3715", email="a@example.com", third_id="u1"
    )
    for value in (company, replace(company, account_id="a1").account_of, company.identity):
        shown = repr(value)
        assert not [text for text in ("张三", "3715", "1350000", "a@example", "u1'") if text in shown]


def test_addresses_that_are_as_good_as_keys_stay_out_of_every_repr() -> None:
    for value in (SigningLink("a1", ("https://example.com/key",)), SignedDocument("d1", "https://example.com/key")):
        assert "example.com" not in repr(value)


def test_unknown_states_are_unknown_and_never_final() -> None:
    assert FlowStatus.of(77) is FlowStatus.UNKNOWN
    assert SignStatus.of(77) is SignStatus.UNKNOWN
    assert [status for status in FlowStatus if status.is_final] == [2, 3, 4, 5]


@pytest.mark.parametrize(("kind", "is_binding"), list(zip(EnvironmentKind, [False, False, True, True], strict=True)))
def test_production_and_an_own_address_have_legal_effect(kind: EnvironmentKind, is_binding: bool) -> None:
    assert Environment(kind, "https://example.com").is_binding is is_binding


def test_an_error_carries_its_code_apart_from_its_values() -> None:
    error = InputError("pages.zero", "detail", position=3)
    assert isinstance(error, AppError)
    assert (str(error), error.params, error.retryable) == ("pages.zero: detail", {"position": 3}, False)
    assert str(InputError("pages.zero")) == "pages.zero"


def test_ids_are_never_given_twice() -> None:
    assert new_signer_id() != new_signer_id()
