"""Open signers: another party each time, a person or an organization with its agent."""

from __future__ import annotations

from dataclasses import replace

import pytest

from esign_desktop.domain.account import AccountKind, Organization, Person
from esign_desktop.domain.contract.checks import obstacles, signer_problems
from esign_desktop.domain.preset.named_pages import names_of_customers
from esign_desktop.domain.proposal import PartyKind, ProposedParty
from esign_desktop.domain.signer import (
    OpenSigner,
    OrganizationSigner,
    PersonSigner,
    RepresentedOrganization,
    SignerId,
    SigningTerms,
    display_name,
    is_identified,
    party_name,
    party_of,
    title_of,
    unknown_party,
    with_party,
)
from tests.domain.preset.test_preset import make_contract, make_preset
from tests.drafts import make_person_signer

TERMS = SigningTerms(3, is_silent=True)
PERSON = Person("张三", "110101199003078515")
COMPANY = RepresentedOrganization(Organization("云禾示例科技有限公司", "91310115591693856A"), PERSON)


def open_signer(kind: AccountKind, role: str = "采购方") -> OpenSigner:
    return OpenSigner(SignerId("open"), role, TERMS, kind)


def party(role: str, name: str) -> ProposedParty:
    return ProposedParty(role, PartyKind.EITHER, (), name=name)


@pytest.mark.parametrize(
    ("kind", "party", "signer_type"),
    [(AccountKind.PERSON, PERSON, PersonSigner), (AccountKind.ORGANIZATION, COMPANY, OrganizationSigner)],
)
def test_a_party_takes_the_place_of_an_open_signer(
    kind: AccountKind, party: Person | RepresentedOrganization, signer_type: type
) -> None:
    signer = open_signer(kind)
    filled = with_party(signer, party)
    assert isinstance(filled, signer_type)
    assert (filled.id, filled.terms, filled.role) == (signer.id, TERMS, "采购方")
    assert party_of(filled) == party
    assert (title_of(signer), display_name(signer), party_of(signer), is_identified(signer)) == (
        "采购方",
        "",
        None,
        False,
    )
    assert (display_name(filled), is_identified(filled)) == (party_name(party), True)
    unknown = with_party(signer, unknown_party(kind, "某"))
    assert isinstance(unknown, signer_type)
    assert (display_name(unknown), is_identified(unknown)) == ("某", False)


def test_a_contract_with_an_open_signer_is_not_sent() -> None:
    draft = make_contract()
    signer = replace(open_signer(AccountKind.PERSON), id=make_person_signer().id, terms=SigningTerms())
    opened = replace(draft, signers=(signer, *draft.signers[1:]))
    assert "signer.no_name" not in {problem.code for problem in obstacles(draft)}
    assert "signer.no_name" in {problem.code for problem in obstacles(opened)}
    assert "signer.no_name" in {problem.code for problem in signer_problems(opened, signer, {signer.id})}


def test_names_in_a_document_go_to_customers_of_their_kind() -> None:
    preset = make_preset()
    person = replace(preset.customers[0], role="乙方")
    buyer = replace(open_signer(AccountKind.ORGANIZATION), terms=SigningTerms(2))
    preset = replace(preset, signers=(person, buyer))
    parties = (party("采购方", "云禾示例科技有限公司"), party("乙方", "王五"))
    assert names_of_customers(preset, parties) == {person.id: "王五", buyer.id: "云禾示例科技有限公司"}
    unlabelled = (party("甲方", "云禾示例科技有限公司"), party("丙方", "王五"))
    assert names_of_customers(preset, unlabelled) == {person.id: "王五", buyer.id: "云禾示例科技有限公司"}
